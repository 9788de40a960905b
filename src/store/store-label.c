#include "store-label-private.h"

/* Folders that are labels, as Gmail has them (STORE_FOLDER_LABEL). A message lies in several at a time
 * and at most once in each. Its flags are the message's: what is said or wished of them at one place
 * holds at the others. Trash and Junk take it out of all other folders, and nothing else takes it out
 * of All Mail. */

/* \Deleted is the folder's own; what becomes of keywords is not known well enough. */
#define SHARED_FLAGS \
  (STORE_FLAG_SEEN | STORE_FLAG_FLAGGED | STORE_FLAG_ANSWERED | STORE_FLAG_DRAFT)

/**
 * store_label_takes_all:
 *
 * Returns: whether a message that comes into the folder leaves all others
 */
gboolean
store_label_takes_all (const StoreFolderInfo *info)
{
  return info->is_label && (info->special_use == STORE_SPECIAL_TRASH ||
                            info->special_use == STORE_SPECIAL_JUNK);
}

static gboolean
collect_ids (StoreTransaction  *tx,
             StoreStatement    *select,
             GArray            *ids,
             GError           **error)
{
  StoreStep step;

  while ((step = store_db_step (tx->reader->cache, select, error)) == STORE_STEP_ROW)
    {
      gint64 id = sqlite3_column_int64 (select, 0);

      g_array_append_val (ids, id);
    }

  return step == STORE_STEP_DONE;
}

/**
 * store_label_list_others:
 * @others: (element-type gint64): gets the message's other locations that are here
 */
gboolean
store_label_list_others (StoreTransaction        *tx,
                         const StoreLocationRow  *row,
                         GArray                  *others,
                         GError                 **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (tx->reader->cache,
                          "SELECT l.id FROM location AS l INDEXED BY location_message"
                          " JOIN folder AS f ON f.id = l.folder"
                          " WHERE l.message = ?1 AND l.id <> ?2 AND l.state = 0"
                          " AND f.attributes & 128 <> 0 AND f.state <> 4 ORDER BY l.id", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, row->message);
  store_bind_int (select, 2, row->location);
  return collect_ids (tx, select, others, error);
}

/**
 * store_label_find:
 * @out_location: (out): where the message is shown in the folder, or 0
 */
gboolean
store_label_find (StoreTransaction  *tx,
                  gint64             message,
                  gint64             folder,
                  gint64            *out_location,
                  GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_message"
                          " WHERE message = ? AND folder = ? AND state IN (0, 1)"
                          " AND hidden_by = 0 ORDER BY state LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, message);
  store_bind_int (select, 2, folder);
  return store_db_get_int64 (cache, select, out_location, NULL, error);
}

/**
 * store_label_find_all:
 * @out_folder: (out): All Mail, or 0 where it is not shown to IMAP clients
 */
gboolean
store_label_find_all (StoreTransaction  *tx,
                      gint64             account,
                      gint64            *out_folder,
                      GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache,
                          "SELECT id FROM folder WHERE account = ? AND special_use = 7"
                          " AND attributes & 128 <> 0 AND state <> 4 LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, account);
  return store_db_get_int64 (cache, select, out_folder, NULL, error);
}

/**
 * store_label_list_lost:
 * @since_unix: when the message was moved to Trash or Junk
 * @folders: (element-type gint64): gets the folders that it was in until then, without All Mail,
 *   into which it comes back by itself, and those that a label alone does not bring it into
 */
gboolean
store_label_list_lost (StoreTransaction  *tx,
                       gint64             message,
                       gint64             since_unix,
                       GArray            *folders,
                       GError           **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (tx->reader->cache,
                          "SELECT DISTINCT l.folder FROM location AS l INDEXED BY location_message"
                          " JOIN folder AS f ON f.id = l.folder"
                          " WHERE l.message = ?1 AND (l.state = 0 OR (l.state = 2 AND l.gone >= ?2))"
                          " AND f.attributes & 128 <> 0 AND f.state <> 4"
                          " AND f.special_use NOT IN (2, 3, 5, 6, 7, 8) ORDER BY l.folder", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, message);
  store_bind_int (select, 2, since_unix);
  return collect_ids (tx, select, folders, error);
}

/**
 * store_label_adapt:
 * @row: a location in a folder that is a label
 * @target: (nullable): of a move or a copy
 * @inout_kind: what is wished, and what has to be done for it
 * @out_is_needed: (out): %FALSE where the message is so already
 *
 * Out of All Mail nothing can be moved but into Trash or Junk, and these have a message for themselves.
 *
 * Errors: STORE_ERROR_STATE for a removal that would only take a label away.
 */
gboolean
store_label_adapt (StoreTransaction        *tx,
                   const StoreLocationRow  *row,
                   const StoreFolderInfo   *target,
                   StoreOperationKind      *inout_kind,
                   gboolean                *out_is_needed,
                   GError                 **error)
{
  StoreFolderInfo *info = store_tx_folder_info (tx, row->folder, error);
  gint64 existing = 0;

  *out_is_needed = TRUE;
  if (info == NULL)
    return FALSE;
  if (!info->is_label || *inout_kind == STORE_OPERATION_FLAGS)
    return TRUE;

  if (*inout_kind == STORE_OPERATION_EXPUNGE)
    {
      if (store_label_takes_all (info))
        return TRUE;
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_STATE,
                           "Removing it from this folder would not delete it");
      return FALSE;
    }

  if (target == NULL)
    return TRUE;
  if (store_label_takes_all (target) || store_label_takes_all (info))
    *inout_kind = STORE_OPERATION_MOVE;
  else if (info->special_use == STORE_SPECIAL_ALL)
    *inout_kind = STORE_OPERATION_COPY;
  if (*inout_kind == STORE_OPERATION_COPY &&
      !store_label_find (tx, row->message, target->folder, &existing, error))
    return FALSE;

  *out_is_needed = existing == 0 && target->folder != row->folder;
  return TRUE;
}

/* What an operation at another place of the message does to it here, if anything. */
static gboolean
translate (StoreTransaction  *tx,
           StoreOperation    *operation,
           gboolean          *out_matters,
           GError           **error)
{
  StoreFolderInfo *target;
  gint64 folder;

  *out_matters = FALSE;
  if (operation->kind == STORE_OPERATION_FLAGS)
    {
      operation->add_flags &= SHARED_FLAGS;
      operation->remove_flags &= SHARED_FLAGS;
      g_clear_pointer (&operation->add_keywords, g_free);
      g_clear_pointer (&operation->remove_keywords, g_free);
      *out_matters = (operation->add_flags | operation->remove_flags) != 0;
      return TRUE;
    }
  if (operation->kind != STORE_OPERATION_MOVE)
    return TRUE;

  if (!store_tx_find_folder_id (tx, operation->target_folder_uuid, &folder, error))
    return FALSE;
  if (folder == 0)
    return TRUE;

  target = store_tx_folder_info (tx, folder, error);
  *out_matters = target != NULL && store_label_takes_all (target);
  return target != NULL;
}

static gboolean
add_pending_of (StoreTransaction  *tx,
                gint64             location,
                GPtrArray         *operations,
                GError           **error)
{
  g_autoptr(GPtrArray) pending = NULL;
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  gboolean is_found;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL)
    return FALSE;
  if (!info->has_pending)
    return TRUE;

  pending = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  if (!store_overlay_list_pending (tx, &row, info, pending, error))
    return FALSE;

  while (pending->len > 0)
    {
      g_autoptr(StoreOperation) operation = g_ptr_array_steal_index (pending, 0);
      gboolean matters;

      if (!translate (tx, operation, &matters, error))
        return FALSE;
      if (matters)
        g_ptr_array_add (operations, g_steal_pointer (&operation));
    }

  return TRUE;
}

static int
compare_operations (gconstpointer a,
                    gconstpointer b)
{
  const StoreOperation *left = *(const StoreOperation *const *) a;
  const StoreOperation *right = *(const StoreOperation *const *) b;

  return left->operation < right->operation ? -1 : left->operation > right->operation;
}

/**
 * store_label_add_pending:
 * @row: a location in a folder that is a label
 * @operations: (element-type StoreOperation): those that wait for it; gets those that wait for the
 *   message's other locations, as far as they matter here, in the right order
 */
gboolean
store_label_add_pending (StoreTransaction        *tx,
                         const StoreLocationRow  *row,
                         GPtrArray               *operations,
                         GError                 **error)
{
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!store_label_list_others (tx, row, others, error))
    return FALSE;

  for (guint i = 0; i < others->len; i++)
    if (!add_pending_of (tx, g_array_index (others, gint64, i), operations, error))
      return FALSE;

  g_ptr_array_sort (operations, compare_operations);
  return TRUE;
}

static gboolean
list_others_of (StoreTransaction  *tx,
                gint64             location,
                GArray            *others,
                GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  gboolean is_found;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;
  if (!is_found)
    return TRUE;

  info = store_tx_folder_info (tx, row.folder, error);
  return info != NULL && (!info->is_label || store_label_list_others (tx, &row, others, error));
}

/**
 * store_label_refresh_others:
 * @location: one for which an operation waits, or does not wait any more
 *
 * Computes anew what is shown of the message's other locations.
 */
gboolean
store_label_refresh_others (StoreTransaction  *tx,
                            gint64             location,
                            GError           **error)
{
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!list_others_of (tx, location, others, error))
    return FALSE;

  for (guint i = 0; i < others->len; i++)
    if (!store_location_refresh (tx, g_array_index (others, gint64, i), error))
      return FALSE;

  return TRUE;
}

/**
 * store_label_share_flags:
 * @row: whose flags the server has just told
 *
 * Takes them over for the message's other locations, so that nobody sees two answers until their
 * folders are looked at. Their MODSEQ stays: what the server says of them later counts.
 */
gboolean
store_label_share_flags (StoreTransaction        *tx,
                         const StoreLocationRow  *row,
                         GError                 **error)
{
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!store_label_list_others (tx, row, others, error))
    return FALSE;

  for (guint i = 0; i < others->len; i++)
    {
      g_auto(StoreLocationRow) other = { 0 };
      gboolean is_found;
      guint32 flags;
      gint64 hidden_before;

      if (!store_location_load (tx, g_array_index (others, gint64, i), &other, &is_found, error))
        return FALSE;

      flags = (other.flags & ~SHARED_FLAGS) | (row->flags & SHARED_FLAGS);
      if (flags == other.flags)
        continue;

      hidden_before = other.hidden_by;
      other.flags = flags;
      if (!store_location_compute (tx, &other, error) ||
          !store_location_write_flags (tx, &other, hidden_before, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * store_label_settle:
 * @operation: one that is done
 * @source: its location
 *
 * When the server has named the UID in Trash or Junk, the message is in no other folder any more:
 * that is what these folders are. A folder that says otherwise brings it back.
 */
gboolean
store_label_settle (StoreTransaction      *tx,
                    const StoreOperation  *operation,
                    gint64                 source,
                    GError               **error)
{
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));
  StoreFolderInfo *target;
  gint64 folder;

  if (operation->kind != STORE_OPERATION_MOVE || operation->target_uid == 0)
    return TRUE;
  if (!store_tx_find_folder_id (tx, operation->target_folder_uuid, &folder, error))
    return FALSE;
  if (folder == 0)
    return TRUE;

  target = store_tx_folder_info (tx, folder, error);
  if (target == NULL)
    return FALSE;
  if (!store_label_takes_all (target))
    return TRUE;
  if (!list_others_of (tx, source, others, error))
    return FALSE;

  for (guint i = 0; i < others->len; i++)
    {
      g_auto(StoreLocationRow) other = { 0 };
      gboolean is_found;

      if (!store_location_load (tx, g_array_index (others, gint64, i), &other, &is_found, error))
        return FALSE;
      if (other.folder == folder)
        continue;

      other.state = STORE_LOCATION_TOMBSTONE;
      if (!store_location_compute (tx, &other, error) ||
          !store_location_write (tx, &other, error))
        return FALSE;
    }

  return TRUE;
}
