#include "store-arrival-private.h"
#include "store-transaction-private.h"

/* A changed UIDVALIDITY: the folder's UIDs mean nothing any more.
 *
 * The rows stay and are shown, without UIDs. As the messages of the folder come in once more,
 * each is compared with them by fingerprint (store-arrival.c), and a row that is recognised
 * goes on with its id, its place in the lists and its bodies. At the end what was not
 * recognised is gone, and the waiting operations are rewritten in one transaction. */

/**
 * store_tx_begin_rematch:
 * @uid_validity: the new one
 *
 * Nothing may be sent for the folder from here to the end of the rematch.
 */
gboolean
store_tx_begin_rematch (StoreTransaction  *tx,
                        gint64             folder,
                        guint32            uid_validity,
                        GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  StoreFolderInfo *info;
  g_autoptr(StoreStatement) forget = NULL;
  g_autoptr(StoreStatement) stale = NULL;
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL)
    return FALSE;

  /* a second change in the middle: the rows that were matched keep their newest key only */
  stale = store_db_take (cache,
                         "UPDATE location SET old_uid = uid, old_uid_validity = ?2, uid = NULL,"
                         " state = 3, modseq = 0 WHERE folder = ?1 AND state = 0", error);
  if (stale == NULL)
    return FALSE;

  store_bind_int (stale, 1, folder);
  store_bind_int (stale, 2, info->uid_validity);
  if (!store_db_run (cache, stale, error))
    return FALSE;

  forget = store_db_take (cache,
                          "UPDATE location SET uid = NULL WHERE folder = ? AND state = 2", error);
  if (forget == NULL)
    return FALSE;

  store_bind_int (forget, 1, folder);
  if (!store_db_run (cache, forget, error))
    return FALSE;

  update = store_db_take (cache,
                          "UPDATE folder SET uid_validity = ?2, uid_next = 0, highest_modseq = 0,"
                          " backfill_uid = 0, checked = 0, proved_exists = -1, state = 3"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  store_bind_int (update, 2, uid_validity);
  store_tx_forget_folder_info (tx, folder);
  store_change_set_folder (tx->changes, folder);
  return store_db_run (cache, update, error);
}

static gboolean
load_fingerprint (StoreTransaction  *tx,
                  gint64             folder,
                  guint64            fingerprint,
                  gint64            *out_n_equal,
                  GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  /* rare enough for a walk over the folder */
  select = store_db_take (cache,
                          "SELECT count(*) FROM location"
                          " WHERE folder = ? AND fingerprint = ? AND state = 0", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, (gint64) fingerprint);
  return store_db_get_int64 (cache, select, out_n_equal, NULL, error);
}

static gboolean
rewrite_operation (StoreTransaction  *tx,
                   gint64             operation,
                   guint32            uid_validity,
                   guint32            uid,
                   GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE operation SET uid_validity = ?2, uid = ?3 WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, operation);
  store_bind_int (update, 2, uid_validity);
  store_bind_int (update, 3, uid);
  return store_db_run (journal, update, error);
}

static gboolean
rematch_operation (StoreTransaction      *tx,
                   gint64                 folder,
                   const StoreOperation  *operation,
                   StoreRematch          *rematch,
                   GError               **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info = store_tx_folder_info (tx, folder, error);
  gint64 location;
  gint64 n_equal = 0;
  gboolean is_found = FALSE;

  if (info == NULL)
    return FALSE;
  if (operation->uid == 0 || operation->uid_validity == info->uid_validity)
    return TRUE;

  if (!store_arrival_find_source (tx, operation, &location, error) ||
      (location != 0 && !store_location_load (tx, location, &row, &is_found, error)) ||
      (is_found && !load_fingerprint (tx, folder, row.fingerprint, &n_equal, error)))
    return FALSE;

  /* only what is certain: found, and nothing else in the folder looks like it */
  if (is_found && row.state == STORE_LOCATION_PRESENT && n_equal == 1)
    {
      rematch->n_rewritten++;
      return rewrite_operation (tx, operation->operation, info->uid_validity, row.uid, error);
    }

  rematch->n_doubtful++;
  if (operation->state != STORE_OPERATION_WAITING)
    return TRUE;

  return store_tx_settle_operations (tx, &operation->operation, 1, STORE_OPERATION_REFUSED,
                                     "The folder was renumbered by the server, and the message "
                                     "was not found again for certain", error);
}

static gboolean
rematch_operations (StoreTransaction  *tx,
                    gint64             folder,
                    StoreRematch      *rematch,
                    GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  StoreFolderInfo *info = store_tx_folder_info (tx, folder, error);
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  if (info == NULL)
    return FALSE;

  operations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  select = store_db_take (journal,
                          "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                          " INDEXED BY operation_place WHERE folder_uuid = ? AND state <= 2"
                          " ORDER BY id", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, info->uuid);
  while ((step = store_db_step (journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (operations, store_reader_dup_operation (select));
  if (step != STORE_STEP_DONE)
    return FALSE;

  for (guint i = 0; i < operations->len; i++)
    {
      if (!rematch_operation (tx, folder, operations->pdata[i], rematch, error))
        return FALSE;
    }

  store_change_set_operations (tx->changes);
  return TRUE;
}

static gboolean
list_old (StoreTransaction  *tx,
          gint64             folder,
          GArray            *locations,
          GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_old"
                          " WHERE folder = ? AND old_uid IS NOT NULL AND state <> 2", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  while ((step = store_db_step (cache, select, error)) == STORE_STEP_ROW)
    {
      gint64 location = sqlite3_column_int64 (select, 0);

      g_array_append_val (locations, location);
    }

  return step == STORE_STEP_DONE;
}

static gboolean
finish_location (StoreTransaction  *tx,
                 gint64             location,
                 StoreRematch      *rematch,
                 GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  gboolean is_found;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;

  if (row.state == STORE_LOCATION_STALE)
    {
      rematch->n_lost++;
      row.state = STORE_LOCATION_TOMBSTONE;
    }
  else
    {
      rematch->n_matched++;
      row.old_uid = 0;
      row.old_uid_validity = 0;
    }

  return store_location_compute (tx, &row, error) && store_location_write (tx, &row, error);
}

/**
 * store_tx_finish_rematch:
 *
 * All messages of the folder have come in under the new UIDVALIDITY.
 */
gboolean
store_tx_finish_rematch (StoreTransaction  *tx,
                         gint64             folder,
                         StoreRematch      *out_rematch,
                         GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(GArray) locations = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(StoreStatement) update = NULL;
  StoreRematch rematch = { 0 };

  if (cache == NULL || !rematch_operations (tx, folder, &rematch, error) ||
      !list_old (tx, folder, locations, error))
    return FALSE;

  for (guint i = 0; i < locations->len; i++)
    {
      if (!finish_location (tx, g_array_index (locations, gint64, i), &rematch, error))
        return FALSE;
    }

  update = store_db_take (cache,
                          "UPDATE folder SET state = iif (backfill_uid = 1, 2, 1)"
                          " WHERE id = ? AND state = 3", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  store_tx_forget_folder_info (tx, folder);
  store_change_set_folder (tx->changes, folder);
  if (out_rematch != NULL)
    *out_rematch = rematch;
  return store_db_run (cache, update, error);
}
