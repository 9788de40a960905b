#include "store-reader-private.h"

#define FOLDER_COLUMNS \
  "f.id, f.account, a.uuid, f.uuid, f.name, f.display_name, f.delimiter, f.attributes," \
  " f.special_use, f.state, f.mailbox_id, f.uid_validity, f.uid_next, f.highest_modseq," \
  " f.server_exists, f.server_unseen, f.backfill_uid, f.checked, f.n_missing_lists," \
  " f.proved_exists" \
  " FROM folder AS f JOIN account AS a ON a.id = f.account"

static StoreFolder *
dup_folder (StoreStatement *select)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->folder = sqlite3_column_int64 (select, 0);
  folder->account = sqlite3_column_int64 (select, 1);
  folder->account_uuid = store_column_dup (select, 2);
  folder->uuid = store_column_dup (select, 3);
  /* byte by byte: servers have names that are not UTF-8, and commands have to name them so */
  folder->name = g_strdup (store_column_peek (select, 4));
  folder->display_name = store_column_dup (select, 5);
  folder->delimiter = (gunichar) sqlite3_column_int64 (select, 6);
  folder->attributes = (guint32) sqlite3_column_int64 (select, 7);
  folder->special_use = (StoreSpecialUse) sqlite3_column_int (select, 8);
  folder->state = (StoreFolderState) sqlite3_column_int (select, 9);
  folder->mailbox_id = store_column_dup (select, 10);
  folder->uid_validity = (guint32) sqlite3_column_int64 (select, 11);
  folder->uid_next = (guint32) sqlite3_column_int64 (select, 12);
  folder->highest_modseq = (guint64) sqlite3_column_int64 (select, 13);
  folder->server_exists = sqlite3_column_int64 (select, 14);
  folder->server_unseen = sqlite3_column_int64 (select, 15);
  folder->backfill_uid = (guint32) sqlite3_column_int64 (select, 16);
  folder->checked_unix = sqlite3_column_int64 (select, 17);
  folder->n_missing_lists = (guint) sqlite3_column_int (select, 18);
  folder->proved_exists = sqlite3_column_int64 (select, 19);
  return folder;
}

static StoreFolder *
get_one (StoreReader     *self,
         StoreStatement  *select,
         GError         **error)
{
  StoreFolder *folder = NULL;

  if (store_db_step (self->cache, select, error) == STORE_STEP_ROW)
    folder = dup_folder (select);
  return folder;
}

/**
 * store_reader_find_account:
 * @out_account: (out): its id in the cache, or 0
 */
gboolean
store_reader_find_account (StoreReader  *self,
                           const char   *account_uuid,
                           gint64       *out_account,
                           GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->cache, "SELECT id FROM account WHERE uuid = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, account_uuid);
  return store_db_get_int64 (self->cache, select, out_account, NULL, error);
}

/**
 * store_reader_list_accounts:
 *
 * Returns: (transfer full) (element-type utf8): UUIDs of the accounts that the cache knows
 */
GPtrArray *
store_reader_list_accounts (StoreReader  *self,
                            GError      **error)
{
  g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT uuid FROM account WHERE uuid NOT LIKE 'removed %' ORDER BY id",
                          error);
  if (select == NULL)
    return NULL;

  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (accounts, store_column_dup (select, 0));

  return step == STORE_STEP_DONE ? g_steal_pointer (&accounts) : NULL;
}

/**
 * store_reader_list_folders:
 * @account_uuid: (nullable): %NULL for the folders of all accounts
 *
 * Returns: (transfer full) (element-type StoreFolder): the folders, by name
 */
GPtrArray *
store_reader_list_folders (StoreReader  *self,
                           const char   *account_uuid,
                           GError      **error)
{
  g_autoptr(GPtrArray) folders = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT " FOLDER_COLUMNS
                          " WHERE (?1 IS NULL OR a.uuid = ?1) AND f.state <> 4"
                          " ORDER BY f.account, f.name", error);
  if (select == NULL)
    return NULL;

  folders = g_ptr_array_new_with_free_func ((GDestroyNotify) store_folder_free);
  store_bind_text (select, 1, account_uuid);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (folders, dup_folder (select));

  return step == STORE_STEP_DONE ? g_steal_pointer (&folders) : NULL;
}

/**
 * store_reader_get_folder:
 *
 * Returns: (transfer full) (nullable): the folder; one that is gone as long as it is being purged
 */
StoreFolder *
store_reader_get_folder (StoreReader  *self,
                         gint64        folder,
                         GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->cache, "SELECT " FOLDER_COLUMNS " WHERE f.id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, folder);
  return get_one (self, select, error);
}

/**
 * store_reader_find_folder:
 *
 * Returns: (transfer full) (nullable): the folder of that durable identity
 */
StoreFolder *
store_reader_find_folder (StoreReader  *self,
                          const char   *folder_uuid,
                          GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->cache,
                          "SELECT " FOLDER_COLUMNS " WHERE f.uuid = ? AND f.state <> 4", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, folder_uuid);
  return get_one (self, select, error);
}

/**
 * store_reader_find_folder_by_name:
 * @name: as on the wire
 *
 * Returns: (transfer full) (nullable): the folder
 */
StoreFolder *
store_reader_find_folder_by_name (StoreReader  *self,
                                  const char   *account_uuid,
                                  const char   *name,
                                  GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->cache,
                          "SELECT " FOLDER_COLUMNS
                          " WHERE a.uuid = ? AND f.name = ? AND f.state <> 4", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, account_uuid);
  store_bind_text (select, 2, name);
  return get_one (self, select, error);
}

/**
 * store_reader_find_folder_by_use:
 *
 * Returns: (transfer full) (nullable): the account's folder for that use; the first by name where
 *   a server names several
 */
StoreFolder *
store_reader_find_folder_by_use (StoreReader      *self,
                                 const char       *account_uuid,
                                 StoreSpecialUse   special_use,
                                 GError          **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->cache,
                          "SELECT " FOLDER_COLUMNS
                          " WHERE a.uuid = ? AND f.special_use = ? AND f.state <> 4"
                          " ORDER BY f.name LIMIT 1", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, special_use);
  return get_one (self, select, error);
}

static gboolean
count (StoreReader  *self,
       const char   *literal,
       gint64        folder,
       gint64       *out_count,
       GError      **error)
{
  g_autoptr(StoreStatement) select = store_db_take (self->cache, literal, error);

  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  return store_db_get_int64 (self->cache, select, out_count, NULL, error);
}

/**
 * store_reader_count_present:
 * @out_n_present: (out): messages that the server is known to have, whatever is shown
 *
 * Counts what EXISTS is compared with: a walk over one covering index, about 15 ns a row.
 */
gboolean
store_reader_count_present (StoreReader  *self,
                            gint64        folder,
                            gint64       *out_n_present,
                            GError      **error)
{
  return count (self,
                "SELECT count(*) FROM location INDEXED BY location_uid"
                " WHERE folder = ? AND uid > 0 AND state = 0", folder, out_n_present, error);
}

/**
 * store_reader_get_nth_newest:
 * @n_newer: how many messages of the folder have a higher UID
 * @out_uid: (out): the UID of the message that comes next, or 0
 *
 * Walks over so many entries of an index.
 */
gboolean
store_reader_get_nth_newest (StoreReader  *self,
                             gint64        folder,
                             guint         n_newer,
                             guint32      *out_uid,
                             GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 uid = 0;

  select = store_db_take (self->cache,
                          "SELECT uid FROM location INDEXED BY location_uid"
                          " WHERE folder = ? AND uid > 0 AND state = 0"
                          " ORDER BY uid DESC LIMIT 1 OFFSET ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, n_newer);
  if (!store_db_get_int64 (self->cache, select, &uid, NULL, error))
    return FALSE;

  *out_uid = (guint32) uid;
  return TRUE;
}

/**
 * store_reader_count_folder:
 * @with_present: whether to count what the server has, too
 *
 * Counts rows. Each number is a walk over one covering index: about 15 ns a row.
 */
gboolean
store_reader_count_folder (StoreReader        *self,
                           gint64              folder,
                           gboolean            with_present,
                           StoreFolderCounts  *out_counts,
                           GError            **error)
{
  out_counts->n_present = -1;
  return count (self,
                "SELECT count(*) FROM location INDEXED BY location_list"
                " WHERE folder = ? AND hidden_by = 0", folder, &out_counts->n_shown, error) &&
         count (self,
                "SELECT count(*) FROM location INDEXED BY location_unread"
                " WHERE folder = ? AND hidden_by = 0 AND flags_shown & 1 = 0", folder,
                &out_counts->n_unread, error) &&
         count (self,
                "SELECT count(*) FROM location INDEXED BY location_starred"
                " WHERE folder = ? AND hidden_by = 0 AND flags_shown & 2 <> 0", folder,
                &out_counts->n_starred, error) &&
         (!with_present ||
          store_reader_count_present (self, folder, &out_counts->n_present, error));
}
