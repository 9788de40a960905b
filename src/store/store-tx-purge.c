#include "store-transaction-private.h"

#include <glib/gstdio.h>

#include "store-bodies-private.h"
#include "store-index-private.h"
#include "store-overlay-private.h"

/* Housekeeping: what is not shown any more is removed, a bounded number of rows a transaction. */

static gboolean
list_ids (StoreDb         *db,
          StoreStatement  *select,
          GArray          *ids,
          GError         **error)
{
  StoreStep step;

  while ((step = store_db_step (db, select, error)) == STORE_STEP_ROW)
    {
      gint64 id = sqlite3_column_int64 (select, 0);

      g_array_append_val (ids, id);
    }

  return step == STORE_STEP_DONE;
}

/* A message that lives on at another place takes its body there. */
static gboolean
move_or_drop_bodies (StoreTransaction        *tx,
                     const StoreLocationRow  *row,
                     StoreFolderInfo         *info,
                     GError                 **error)
{
  StoreDb *cache = tx->reader->cache;
  guint32 uid_validity = row->uid != 0 ? info->uid_validity : row->old_uid_validity;
  guint32 uid = row->uid != 0 ? row->uid : row->old_uid;
  g_autoptr(StoreStatement) select = NULL;
  g_autofree char *uuid = NULL;
  guint32 other_validity = 0;
  guint32 other_uid = 0;
  StoreStep step;

  if (uid == 0)
    return TRUE;

  select = store_db_take (cache,
                          "SELECT f.uuid, f.uid_validity, l.uid FROM location AS l"
                          " JOIN folder AS f ON f.id = l.folder"
                          " WHERE l.message = ? AND l.id <> ? AND l.state = 0 AND f.state <> 4"
                          " LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, row->message);
  store_bind_int (select, 2, row->location);
  step = store_db_step (cache, select, error);
  if (step == STORE_STEP_ERROR)
    return FALSE;
  if (step == STORE_STEP_ROW)
    {
      uuid = store_column_dup (select, 0);
      other_validity = (guint32) sqlite3_column_int64 (select, 1);
      other_uid = (guint32) sqlite3_column_int64 (select, 2);
    }

  if (uuid == NULL)
    return store_bodies_remove (tx, info->uuid, uid_validity, uid, error);

  return store_bodies_rekey (tx, info->account_uuid, info->uuid, uid_validity, uid, uuid,
                             other_validity, other_uid, error);
}

static gboolean
purge_location (StoreTransaction  *tx,
                gint64             location,
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
  if (info == NULL || !move_or_drop_bodies (tx, &row, info, error))
    return FALSE;

  /* it was not shown: nobody has to be told */
  row.hidden_by = STORE_HIDDEN_GONE;
  return store_location_delete (tx, &row, error);
}

static gboolean
purge_locations (StoreTransaction  *tx,
                 StoreStatement    *select,
                 guint             *left,
                 GError           **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (select == NULL || !list_ids (tx->reader->cache, select, ids, error))
    return FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      if (!purge_location (tx, g_array_index (ids, gint64, i), error))
        return FALSE;
    }

  *left -= MIN (*left, ids->len);
  return TRUE;
}

static gboolean
purge_tombstones (StoreTransaction  *tx,
                  gint64             before_unix,
                  guint             *left,
                  GError           **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (tx->reader->cache,
                          "SELECT id FROM location INDEXED BY location_gone"
                          " WHERE gone IS NOT NULL AND gone < ? LIMIT ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, before_unix);
  store_bind_int (select, 2, *left);
  return purge_locations (tx, select, left, error);
}

static gboolean
purge_folders (StoreTransaction  *tx,
               guint             *left,
               GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreStatement) folders = NULL;
  g_autoptr(StoreStatement) accounts = NULL;

  select = store_db_take (cache,
                          "SELECT l.id FROM folder AS f CROSS JOIN location AS l"
                          " INDEXED BY location_uid ON l.folder = f.id WHERE f.state = 4 LIMIT ?",
                          error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, *left);
  if (!purge_locations (tx, select, left, error))
    return FALSE;
  if (*left == 0)
    return TRUE;

  g_hash_table_remove_all (tx->folders);
  folders = store_db_take (cache, "DELETE FROM folder WHERE state = 4", error);
  accounts = store_db_take (cache,
                            "DELETE FROM account WHERE uuid LIKE 'removed %' AND NOT EXISTS"
                            " (SELECT 1 FROM folder WHERE folder.account = account.id)", error);
  return folders != NULL && accounts != NULL && store_db_run (cache, folders, error) &&
         store_db_run (cache, accounts, error) && store_index_forget_all (tx, error);
}

static gboolean
run_history (StoreTransaction  *tx,
             const char        *literal,
             gint64             before_unix,
             guint              limit,
             GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) delete = NULL;

  if (journal == NULL)
    return FALSE;

  delete = store_db_take (journal, literal, error);
  if (delete == NULL)
    return FALSE;

  /* a number that the statement does not have is passed over */
  store_bind_int (delete, 1, before_unix);
  store_bind_int (delete, 2, limit);
  return store_db_run (journal, delete, error);
}

static gboolean
purge_history (StoreTransaction  *tx,
               gint64             before_unix,
               guint             *left,
               GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  guint n_operations;

  /* one that something still waits for stays, whatever its age */
  if (!run_history (tx,
                    "DELETE FROM operation WHERE id IN (SELECT o.id FROM operation AS o"
                    " INDEXED BY operation_settled WHERE o.state > 2 AND o.changed < ?1"
                    " AND NOT EXISTS (SELECT 1 FROM operation AS d WHERE d.depends_on = o.id"
                    "                 AND d.depends_on <> 0 AND d.state <= 2) LIMIT ?2)",
                    before_unix, *left, error))
    return FALSE;

  n_operations = (guint) sqlite3_changes (journal->handle);
  *left -= MIN (*left, n_operations);
  if (n_operations > 0)
    store_change_set_operations (tx->changes);

  if (!run_history (tx,
                    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
                    " WHERE state IN (4, 6) AND changed < ?1 LIMIT ?2)", before_unix, *left, error))
    return FALSE;

  n_operations = (guint) sqlite3_changes (journal->handle);
  *left -= MIN (*left, n_operations);
  return n_operations == 0 ||
         (run_history (tx,
                       "DELETE FROM outbox_recipient"
                       " WHERE item NOT IN (SELECT id FROM outbox)", 0, 0,
                       error) &&
          run_history (tx,
                       "DELETE FROM outbox_bytes"
                       " WHERE item NOT IN (SELECT id FROM outbox)", 0, 0,
                       error));
}

/* The bytes of what is in Sent are there, and of what was taken back nowhere on purpose. */
static gboolean
purge_sent_bytes (StoreTransaction  *tx,
                  GError           **error)
{
  return run_history (tx,
                      "DELETE FROM outbox_bytes WHERE item IN"
                      " (SELECT id FROM outbox WHERE state = 4)", 0, 0,
                      error);
}

/**
 * store_tx_purge:
 *
 * Removes tombstones and folders that are gone, with their bodies where no other location has the
 * message, and settled history.
 */
gboolean
store_tx_purge (StoreTransaction  *tx,
                StorePurge        *purge,
                GError           **error)
{
  guint left = MAX (purge->max_rows, 1);

  if (store_tx_cache (tx, error) == NULL ||
      !purge_tombstones (tx, purge->tombstones_before_unix, &left, error) ||
      (left > 0 && !purge_folders (tx, &left, error)) ||
      (left > 0 && !purge_history (tx, purge->history_before_unix, &left, error)) ||
      !purge_sent_bytes (tx, error))
    return FALSE;

  purge->is_more = left == 0;
  return TRUE;
}

/* Files that no row names: of a body that was made and never committed. One that is younger
 * than an hour may be on its way. */
static gboolean
drop_orphans (StoreTransaction  *tx,
              GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autofree char *path = g_build_filename (tx->directory, "bodies", NULL);
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  g_autoptr(StoreStatement) select = NULL;
  const char *name;

  select = store_db_take (bodies, "SELECT 1 FROM body INDEXED BY body_file WHERE file = ?", error);
  if (select == NULL)
    return FALSE;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      gboolean is_named;
      GStatBuf status;

      store_bind_text (select, 1, name);
      if (!store_db_get_int64 (bodies, select, &(gint64) { 0 }, &is_named, error))
        return FALSE;
      if (!is_named && g_stat (file, &status) == 0 && status.st_mtime < tx->now_unix - 3600)
        g_ptr_array_add (tx->dropped_files, g_steal_pointer (&file));
    }

  return TRUE;
}

/**
 * store_tx_optimize:
 *
 * What pays now and then: files that nothing names are removed, free pages given back, and the
 * planner's statistics refreshed.
 */
gboolean
store_tx_optimize (StoreTransaction  *tx,
                   GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  StoreDb *bodies = store_tx_bodies (tx, error);

  return cache != NULL && bodies != NULL && drop_orphans (tx, error) &&
         store_db_exec (cache, "PRAGMA incremental_vacuum(2000)", error) &&
         store_db_exec (bodies, "PRAGMA incremental_vacuum(2000)", error) &&
         store_db_exec (cache, "PRAGMA analysis_limit=400; PRAGMA optimize", error);
}
