#include "store-transaction-private.h"

#include <glib/gstdio.h>

#include "base-time.h"
#include "store-bodies-private.h"
#include "store-index-private.h"
#include "store-overlay-private.h"
#include "store-recipients-private.h"
#include "store-schema-private.h"

/* One transaction over three databases.
 *
 * Each database's part begins when a step first needs it. The journal is committed first, then
 * the bodies, then the cache: whatever happens in between, a wish is never shown that is not
 * durable, and what the cache then lacks can be computed or fetched again. */

static void
folder_info_free (StoreFolderInfo *self)
{
  g_free (self->account_uuid);
  g_free (self->uuid);
  g_free (self);
}

/**
 * store_transaction_new:
 * @cache: (transfer full): a connection that writes, and so the others
 *
 * Returns: (transfer full): the transaction of a writer thread
 */
StoreTransaction *
store_transaction_new (const char *directory,
                       StoreDb    *cache,
                       StoreDb    *bodies,
                       StoreDb    *journal,
                       StoreHub   *hub)
{
  StoreTransaction *self = g_new0 (StoreTransaction, 1);

  self->directory = g_strdup (directory);
  self->reader = store_reader_new_for_writer (directory, cache, bodies, journal);
  self->hub = hub;
  self->changes = store_change_set_new ();
  self->references = store_references_new ();
  self->folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                         (GDestroyNotify) folder_info_free);
  self->dropped_files = g_ptr_array_new_with_free_func (g_free);
  self->kept_bodies = g_ptr_array_new ();
  self->to_index = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < G_N_ELEMENTS (self->scratch); i++)
    self->scratch[i] = g_string_new (NULL);
  return self;
}

void
store_transaction_free (StoreTransaction *self)
{
  store_recipients_forget (self);
  g_hash_table_unref (self->folders);
  g_ptr_array_unref (self->dropped_files);
  g_ptr_array_unref (self->kept_bodies);
  g_array_unref (self->to_index);
  store_references_free (self->references);
  store_change_set_free (self->changes);
  store_reader_free (self->reader);
  for (guint i = 0; i < G_N_ELEMENTS (self->scratch); i++)
    g_string_free (self->scratch[i], TRUE);
  g_free (self->directory);
  g_free (self);
}

/**
 * store_tx_get_reader:
 *
 * Returns: (transfer none): the queries of a reader, which see what this transaction has done
 */
StoreReader *
store_tx_get_reader (StoreTransaction *self)
{
  return self->reader;
}

static StoreDb *
begin (StoreDb   *db,
       gboolean  *is_begun,
       GError   **error)
{
  StoreStatement *statement;

  if (*is_begun)
    return db;

  statement = store_db_take (db, "BEGIN IMMEDIATE", error);
  if (statement == NULL || !store_db_run (db, statement, error))
    return NULL;

  *is_begun = TRUE;
  return db;
}

StoreDb *
store_tx_cache (StoreTransaction  *self,
                GError           **error)
{
  return begin (self->reader->cache, &self->is_cache_begun, error);
}

StoreDb *
store_tx_bodies (StoreTransaction  *self,
                 GError           **error)
{
  return begin (self->reader->bodies, &self->is_bodies_begun, error);
}

StoreDb *
store_tx_journal (StoreTransaction  *self,
                  GError           **error)
{
  return begin (self->reader->journal, &self->is_journal_begun, error);
}

static gboolean
commit (StoreDb   *db,
        gboolean  *is_begun,
        GError   **error)
{
  StoreStatement *statement;

  if (!*is_begun)
    return TRUE;

  statement = store_db_take (db, "COMMIT", error);
  if (statement == NULL || !store_db_run (db, statement, error))
    return FALSE;

  *is_begun = FALSE;
  return TRUE;
}

static void
roll_back (StoreDb  *db,
           gboolean *is_begun)
{
  /* a full disk may have rolled it back already */
  if (*is_begun && !sqlite3_get_autocommit (db->handle))
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
  *is_begun = FALSE;
}

static void
roll_back_all (StoreTransaction *self)
{
  if (self->is_cache_begun)
    {
      store_references_forget (self->references);
      self->next_id = 0;
    }

  roll_back (self->reader->cache, &self->is_cache_begun);
  roll_back (self->reader->bodies, &self->is_bodies_begun);
  roll_back (self->reader->journal, &self->is_journal_begun);
  store_recipients_forget (self);
  store_change_set_clear (self->changes);
  g_ptr_array_set_size (self->dropped_files, 0);
  g_ptr_array_set_size (self->kept_bodies, 0);
  g_array_set_size (self->to_index, 0);
}

static gboolean
load_next_id (StoreTransaction  *self,
              GError           **error)
{
  StoreDb *cache = self->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache, "SELECT value FROM meta WHERE key = 'next_id'", error);
  if (select == NULL ||
      !store_db_get_int64 (cache, select, &self->next_id, NULL, error))
    return FALSE;

  self->stored_next_id = self->next_id;
  return TRUE;
}

static gboolean
save_next_id (StoreTransaction  *self,
              GError           **error)
{
  StoreDb *cache = self->reader->cache;
  g_autoptr(StoreStatement) update = NULL;

  if (!self->is_cache_begun || self->next_id == self->stored_next_id)
    return TRUE;

  update = store_db_take (cache, "UPDATE meta SET value = ? WHERE key = 'next_id'", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, self->next_id);
  if (!store_db_run (cache, update, error))
    return FALSE;

  self->stored_next_id = self->next_id;
  return TRUE;
}

/**
 * store_tx_take_id:
 *
 * Returns: an id of the cache that was never given before
 */
gint64
store_tx_take_id (StoreTransaction *self)
{
  g_assert (self->is_cache_begun && self->next_id > 0);

  return self->next_id++;
}

static gboolean
commit_all (StoreTransaction  *self,
            GError           **error)
{
  StoreReader *dbs = self->reader;
  gboolean is_journal = self->is_journal_begun;
  g_autoptr(GError) local_error = NULL;
  int code;

  if (!store_index_flush (self, error) || !save_next_id (self, error))
    return FALSE;

  /* When there are two parts, the larger one is written out first, though not committed, so
   * that a full disk shows before the journal is. */
  if (self->is_cache_begun && (self->is_journal_begun || self->is_bodies_begun))
    {
      code = sqlite3_db_cacheflush (dbs->cache->handle);
      if (code != SQLITE_OK)
        return store_db_set_error (dbs->cache, code, error);
    }

  if (!commit (dbs->journal, &self->is_journal_begun, error))
    return FALSE;

  if (commit (dbs->bodies, &self->is_bodies_begun, &local_error) &&
      commit (dbs->cache, &self->is_cache_begun, &local_error))
    return TRUE;

  if (is_journal)
    {
      self->is_overlay_stale = TRUE;
      g_set_error (error, STORE_ERROR, STORE_ERROR_CACHE_LOST,
                   "The journal is committed, but the cache is not: %s", local_error->message);
    }
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
note_damage (StoreTransaction *self)
{
  static const StoreSchema *const schemas[] = { &store_schema_cache, &store_schema_bodies,
                                                &store_schema_journal };
  StoreDb *dbs[] = { self->reader->cache, self->reader->bodies, self->reader->journal };

  for (guint i = 0; i < G_N_ELEMENTS (dbs); i++)
    {
      if (dbs[i]->is_damaged)
        store_schema_damaged (schemas[i], self->directory);
      dbs[i]->is_damaged = FALSE;
    }
}

static void
settle_files (StoreTransaction *self)
{
  for (guint i = 0; i < self->kept_bodies->len; i++)
    store_body_keep (self->kept_bodies->pdata[i]);
  g_ptr_array_set_size (self->kept_bodies, 0);

  for (guint i = 0; i < self->dropped_files->len; i++)
    g_unlink (self->dropped_files->pdata[i]);
  g_ptr_array_set_size (self->dropped_files, 0);
}

static gboolean
run_once (StoreTransaction  *self,
          StoreWriteFunc     func,
          gpointer           user_data,
          GError           **error)
{
  gboolean is_done;

  self->now_unix = base_time_now_unix ();
  is_done = (self->next_id != 0 || load_next_id (self, error)) &&
            func (self, user_data, error) &&
            commit_all (self, error);
  g_hash_table_remove_all (self->folders);
  self->is_pending_known = FALSE;

  if (is_done)
    {
      store_hub_commit (self->hub, self->changes);
      settle_files (self);
    }
  else
    {
      roll_back_all (self);
      note_damage (self);
    }

  return is_done;
}

static gboolean
recompute_cb (StoreTransaction  *tx,
              gpointer           user_data,
              GError           **error)
{
  return store_overlay_recompute_all (tx, error);
}

/**
 * store_transaction_run:
 *
 * Runs and commits, or rolls back, one transaction.
 *
 * Thread: the writer.
 */
gboolean
store_transaction_run (StoreTransaction  *self,
                       StoreWriteFunc     func,
                       gpointer           user_data,
                       GError           **error)
{
  if (self->is_overlay_stale && run_once (self, recompute_cb, NULL, NULL))
    self->is_overlay_stale = FALSE;

  return run_once (self, func, user_data, error);
}

static gboolean
load_pending (StoreTransaction  *self,
              StoreFolderInfo   *info,
              GError           **error)
{
  StoreReader *dbs = self->reader;
  g_autoptr(StoreStatement) pending = NULL;
  g_autoptr(StoreStatement) unmatched = NULL;

  pending = store_db_take (dbs->journal,
                           "SELECT 1 FROM operation INDEXED BY operation_place"
                           " WHERE folder_uuid = ? AND state <= 2 LIMIT 1", error);
  if (pending == NULL)
    return FALSE;

  store_bind_text (pending, 1, info->uuid);
  if (!store_db_get_int64 (dbs->journal, pending, &(gint64) { 0 }, &info->has_pending, error))
    return FALSE;

  unmatched = store_db_take (dbs->cache,
                             "SELECT 1 FROM location INDEXED BY location_unmatched"
                             " WHERE folder = ? AND uid IS NULL LIMIT 1", error);
  if (unmatched == NULL)
    return FALSE;

  store_bind_int (unmatched, 1, info->folder);
  return store_db_get_int64 (dbs->cache, unmatched, &(gint64) { 0 }, &info->has_unmatched, error);
}

/**
 * store_tx_has_pending:
 * @out_has_pending: (out): whether any operation waits
 */
gboolean
store_tx_has_pending (StoreTransaction  *self,
                      gboolean          *out_has_pending,
                      GError           **error)
{
  StoreDb *journal = self->reader->journal;
  g_autoptr(StoreStatement) select = NULL;

  if (!self->is_pending_known)
    {
      select = store_db_take (journal,
                              "SELECT 1 FROM operation INDEXED BY operation_pending"
                              " WHERE state <= 2 LIMIT 1", error);
      if (select == NULL ||
          !store_db_get_int64 (journal, select, &(gint64) { 0 }, &self->has_pending, error))
        return FALSE;
      self->is_pending_known = TRUE;
    }

  *out_has_pending = self->has_pending;
  return TRUE;
}

/**
 * store_tx_folder_info:
 *
 * Returns: (transfer none): the folder, until the transaction ends or it is forgotten
 */
StoreFolderInfo *
store_tx_folder_info (StoreTransaction  *self,
                      gint64             folder,
                      GError           **error)
{
  StoreFolderInfo *info = g_hash_table_lookup (self->folders, &folder);
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  if (info != NULL)
    return info;

  select = store_db_take (self->reader->cache,
                          "SELECT f.account, a.uuid, f.uuid, f.uid_validity, f.special_use, f.state,"
                          " f.attributes FROM folder AS f JOIN account AS a ON a.id = f.account"
                          " WHERE f.id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, folder);
  step = store_db_step (self->reader->cache, select, error);
  if (step == STORE_STEP_DONE)
    g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                 "There is no folder %" G_GINT64_FORMAT, folder);
  if (step != STORE_STEP_ROW)
    return NULL;

  info = g_new0 (StoreFolderInfo, 1);
  info->folder = folder;
  info->account = sqlite3_column_int64 (select, 0);
  info->account_uuid = store_column_dup (select, 1);
  info->uuid = store_column_dup (select, 2);
  info->uid_validity = (guint32) sqlite3_column_int64 (select, 3);
  info->special_use = (StoreSpecialUse) sqlite3_column_int (select, 4);
  info->state = (StoreFolderState) sqlite3_column_int (select, 5);
  info->is_label = (sqlite3_column_int64 (select, 6) & STORE_FOLDER_LABEL) != 0;
  info->place = -1;
  if (!load_pending (self, info, error))
    {
      folder_info_free (info);
      return NULL;
    }

  g_hash_table_insert (self->folders, &info->folder, info);
  return info;
}

/**
 * store_tx_forget_folder_info:
 *
 * To be called when what a StoreFolderInfo says has changed.
 */
void
store_tx_forget_folder_info (StoreTransaction *self,
                             gint64            folder)
{
  g_hash_table_remove (self->folders, &folder);
}

/**
 * store_tx_find_folder_id:
 * @out_folder: (out): the folder, or 0 where the cache does not have it
 */
gboolean
store_tx_find_folder_id (StoreTransaction  *self,
                         const char        *folder_uuid,
                         gint64            *out_folder,
                         GError           **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->reader->cache,
                          "SELECT id FROM folder WHERE uuid = ? AND state <> 4", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, folder_uuid);
  return store_db_get_int64 (self->reader->cache, select, out_folder, NULL, error);
}
