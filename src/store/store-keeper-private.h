#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

/* What a store does for itself when it has nothing else to do. */
typedef struct _StoreKeeper StoreKeeper;

StoreKeeper *store_keeper_new   (void);
void         store_keeper_free  (StoreKeeper       *self);
gboolean     store_keeper_wants (StoreKeeper       *self,
                                 StoreTransaction  *tx);
void         store_keeper_step  (StoreKeeper       *self,
                                 StoreTransaction  *tx);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreKeeper, store_keeper_free)

G_END_DECLS
