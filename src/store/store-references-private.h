#pragma once

#include "store-db-private.h"
#include "store-facts.h"

G_BEGIN_DECLS

/* Which conversation a Message-ID belongs to. */
typedef struct _StoreReferences StoreReferences;

StoreReferences *store_references_new       (void);
void             store_references_free      (StoreReferences          *self);
void             store_references_forget    (StoreReferences          *self);

gboolean         store_references_find      (StoreReferences          *self,
                                             StoreDb                  *cache,
                                             guint64                   hash,
                                             gint64                   *out_conversation,
                                             GError                  **error);
gboolean         store_references_add       (StoreReferences          *self,
                                             StoreDb                  *cache,
                                             guint64                   hash,
                                             gint64                    conversation,
                                             GError                  **error);
gboolean         store_references_tidy      (StoreReferences          *self,
                                             StoreDb                  *cache,
                                             GError                  **error);

guint64          store_references_of_message (const StoreMessageFacts *facts,
                                             gint64                   account);
guint            store_references_of_facts  (const StoreMessageFacts  *facts,
                                             gint64                    account,
                                             guint64                  *hashes,
                                             guint                     max_hashes);
gsize            store_references_get_size  (StoreReferences          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreReferences, store_references_free)

G_END_DECLS
