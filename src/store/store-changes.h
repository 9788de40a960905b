#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreRowChange:
 * @is_shown: whether the row is in the list now
 * @flags: as shown now, so that a filtered list can decide
 * @has_attachment: known or likely, for the same purpose
 *
 * The state of one row of a folder after the last commit that the notice covers. It says what
 * is and not what happened, so that applying it twice, or to a list that was read later, does
 * no harm: shown and not in the list means inserted at the place of (@sort_date, @location);
 * shown and in the list means changed; not shown means removed, where it was in the list.
 */
typedef struct
{
  gint64 location;
  gint64 sort_date;
  guint32 flags;
  gboolean has_attachment;
  gboolean is_shown;
} StoreRowChange;

/**
 * StoreFolderChange:
 * @rows: (element-type StoreRowChange): sorted as a list is; empty when @is_reload
 * @is_reload: too much has changed to tell: the array of the folder is to be read again
 * @is_folder_changed: the folder's own row, or what it counts, has changed
 * @is_gone: the folder is no longer there
 */
typedef struct
{
  gint64 folder;
  GArray *rows;
  gboolean is_reload;
  gboolean is_folder_changed;
  gboolean is_gone;
} StoreFolderChange;

/**
 * StoreMerge:
 *
 * Two conversations turned out to be one: every message of @from is one of @into now.
 */
typedef struct
{
  gint64 from;
  gint64 into;
} StoreMerge;

/**
 * StoreChanges:
 *
 * What commits have changed since the notice before, coalesced. Immutable.
 */
typedef struct _StoreChanges StoreChanges;

#define STORE_TYPE_CHANGES (store_changes_get_type ())

GType                    store_changes_get_type            (void) G_GNUC_CONST;
StoreChanges            *store_changes_ref                 (StoreChanges *self);
void                     store_changes_unref               (StoreChanges *self);

guint64                  store_changes_get_serial          (StoreChanges *self);
gboolean                 store_changes_is_folder_list      (StoreChanges *self);
guint                    store_changes_get_n_folders       (StoreChanges *self);
const StoreFolderChange *store_changes_get_folder          (StoreChanges *self,
                                                            guint         position);
const StoreFolderChange *store_changes_find_folder         (StoreChanges *self,
                                                            gint64        folder);
const gint64            *store_changes_get_messages        (StoreChanges *self,
                                                            guint        *out_n_messages);
const gint64            *store_changes_get_conversations   (StoreChanges *self,
                                                            guint        *out_n_conversations);
const StoreMerge        *store_changes_get_merges          (StoreChanges *self,
                                                            guint        *out_n_merges);
gboolean                 store_changes_has_operations      (StoreChanges *self);
gboolean                 store_changes_has_outbox          (StoreChanges *self);
gboolean                 store_changes_has_drafts          (StoreChanges *self);
gboolean                 store_changes_has_learnt          (StoreChanges *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreChanges, store_changes_unref)

G_END_DECLS
