#pragma once

#include "store-changes.h"

G_BEGIN_DECLS

/* Being collected: by a transaction, then, one commit after the other, for each watcher. */
typedef struct _StoreChangeSet StoreChangeSet;

StoreChangeSet *store_change_set_new           (void);
void            store_change_set_free          (StoreChangeSet       *self);
gboolean        store_change_set_is_empty      (StoreChangeSet       *self);
void            store_change_set_clear         (StoreChangeSet       *self);
void            store_change_set_merge         (StoreChangeSet       *self,
                                                StoreChangeSet       *later);

void            store_change_set_row           (StoreChangeSet       *self,
                                                gint64                folder,
                                                const StoreRowChange *row);
void            store_change_set_reload        (StoreChangeSet       *self,
                                                gint64                folder);
void            store_change_set_folder        (StoreChangeSet       *self,
                                                gint64                folder);
void            store_change_set_folder_gone   (StoreChangeSet       *self,
                                                gint64                folder);
void            store_change_set_folder_list   (StoreChangeSet       *self);
void            store_change_set_message       (StoreChangeSet       *self,
                                                gint64                message);
void            store_change_set_conversation  (StoreChangeSet       *self,
                                                gint64                conversation);
void            store_change_set_merged        (StoreChangeSet       *self,
                                                gint64                from,
                                                gint64                into);
void            store_change_set_operations    (StoreChangeSet       *self);
void            store_change_set_outbox        (StoreChangeSet       *self);
void            store_change_set_drafts        (StoreChangeSet       *self);
void            store_change_set_learnt        (StoreChangeSet       *self);

StoreChanges   *store_changes_new_from_set     (StoreChangeSet       *set,
                                                guint64               serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreChangeSet, store_change_set_free)

G_END_DECLS
