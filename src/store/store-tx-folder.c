#include "store-transaction-private.h"

#include "store-arrival-private.h"

/* Accounts and folders. A folder's UUID is durable: the journal keeps which name has which, so
 * that operations and bodies find their folder again when the cache has been made anew. */

/**
 * store_tx_ensure_account:
 * @account_uuid: as in the settings
 * @out_account: (out): its id in the cache, made where it is new
 */
gboolean
store_tx_ensure_account (StoreTransaction  *tx,
                         const char        *account_uuid,
                         gint64            *out_account,
                         GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) insert = NULL;

  if (cache == NULL || !store_reader_find_account (tx->reader, account_uuid, out_account, error))
    return FALSE;
  if (*out_account != 0)
    return TRUE;

  insert = store_db_take (cache, "INSERT INTO account (id, uuid) VALUES (?, ?)", error);
  if (insert == NULL)
    return FALSE;

  *out_account = store_tx_take_id (tx);
  store_bind_int (insert, 1, *out_account);
  store_bind_text (insert, 2, account_uuid);
  store_change_set_folder_list (tx->changes);
  return store_db_run (cache, insert, error);
}

static gboolean
identify_by (StoreDb     *journal,
             const char  *literal,
             const char  *account_uuid,
             const char  *text,
             char       **out_uuid,
             GError     **error)
{
  g_autoptr(StoreStatement) select = store_db_take (journal, literal, error);
  StoreStep step;

  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, account_uuid);
  store_bind_text (select, 2, text);
  step = store_db_step (journal, select, error);
  if (step == STORE_STEP_ROW)
    *out_uuid = store_column_dup (select, 0);
  return step != STORE_STEP_ERROR;
}

static gboolean
write_identity (StoreTransaction        *tx,
                const char              *account_uuid,
                const char              *uuid,
                const StoreFolderFacts  *facts,
                GError                 **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) delete = NULL;
  g_autoptr(StoreStatement) insert = NULL;

  if (journal == NULL)
    return FALSE;

  /* whatever had that name before does not have it now */
  delete = store_db_take (journal,
                          "DELETE FROM folder WHERE account_uuid = ? AND name = ? AND uuid <> ?",
                          error);
  if (delete == NULL)
    return FALSE;

  store_bind_text (delete, 1, account_uuid);
  store_bind_text (delete, 2, facts->name);
  store_bind_text (delete, 3, uuid);
  if (!store_db_run (journal, delete, error))
    return FALSE;

  insert = store_db_take (journal,
                          "INSERT INTO folder (uuid, account_uuid, name, mailbox_id)"
                          " VALUES (?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE"
                          " SET name = excluded.name, mailbox_id = excluded.mailbox_id", error);
  if (insert == NULL)
    return FALSE;

  store_bind_text (insert, 1, uuid);
  store_bind_text (insert, 2, account_uuid);
  store_bind_text (insert, 3, facts->name);
  store_bind_text (insert, 4, facts->mailbox_id);
  return store_db_run (journal, insert, error);
}

static gboolean
find_identity (StoreTransaction        *tx,
               const char              *account_uuid,
               const StoreFolderFacts  *facts,
               char                   **out_uuid,
               GError                 **error)
{
  StoreDb *journal = tx->reader->journal;

  if (facts->mailbox_id != NULL &&
      !identify_by (journal, "SELECT uuid FROM folder WHERE account_uuid = ? AND mailbox_id = ?",
                    account_uuid, facts->mailbox_id, out_uuid, error))
    return FALSE;

  return *out_uuid != NULL ||
         identify_by (journal, "SELECT uuid FROM folder WHERE account_uuid = ? AND name = ?",
                      account_uuid, facts->name, out_uuid, error);
}

static gboolean
get_account_uuid (StoreTransaction  *tx,
                  gint64             account,
                  char             **out_uuid,
                  GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (cache, "SELECT uuid FROM account WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, account);
  step = store_db_step (cache, select, error);
  if (step == STORE_STEP_ROW)
    *out_uuid = store_column_dup (select, 0);
  else if (step == STORE_STEP_DONE)
    g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "There is no such account");
  return *out_uuid != NULL;
}

static void
bind_facts (StoreStatement         *statement,
            const StoreFolderFacts *facts)
{
  store_bind_text (statement, 2, facts->name);
  store_bind_text (statement, 3, facts->display_name);
  store_bind_int (statement, 4, facts->delimiter);
  store_bind_int (statement, 5, facts->attributes);
  store_bind_int (statement, 6, facts->special_use);
  store_bind_text (statement, 7, facts->mailbox_id);
}

static gboolean
insert_folder (StoreTransaction        *tx,
               gint64                   account,
               const StoreFolderFacts  *facts,
               gint64                  *out_folder,
               GError                 **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autofree char *account_uuid = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr(StoreStatement) insert = NULL;
  gint64 existing;

  if (!get_account_uuid (tx, account, &account_uuid, error) ||
      !find_identity (tx, account_uuid, facts, &uuid, error))
    return FALSE;

  /* an identity that another row still has is not given twice */
  if (uuid != NULL)
    {
      g_autoptr(StoreStatement) select = NULL;

      select = store_db_take (cache, "SELECT id FROM folder WHERE uuid = ?", error);
      if (select == NULL)
        return FALSE;

      store_bind_text (select, 1, uuid);
      if (!store_db_get_int64 (cache, select, &existing, NULL, error))
        return FALSE;
      if (existing != 0)
        g_clear_pointer (&uuid, g_free);
    }

  if (uuid == NULL)
    uuid = g_uuid_string_random ();

  insert = store_db_take (cache,
                          "INSERT INTO folder (id, name, display_name, delimiter, attributes,"
                          " special_use, mailbox_id, account, uuid)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", error);
  if (insert == NULL)
    return FALSE;

  *out_folder = store_tx_take_id (tx);
  store_bind_int (insert, 1, *out_folder);
  bind_facts (insert, facts);
  store_bind_int (insert, 8, account);
  store_bind_text (insert, 9, uuid);
  store_change_set_folder_list (tx->changes);
  return store_db_run (cache, insert, error) &&
         write_identity (tx, account_uuid, uuid, facts, error);
}

static gboolean
update_folder (StoreTransaction        *tx,
               gint64                   folder,
               const StoreFolderFacts  *facts,
               GError                 **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  /* most LISTs bring nothing new; then nothing is written */
  update = store_db_take (cache,
                          "UPDATE folder SET name = ?2, display_name = ?3, delimiter = ?4,"
                          " attributes = ?5, special_use = ?6, mailbox_id = ?7"
                          " WHERE id = ?1 AND (name <> ?2 OR display_name <> ?3"
                          " OR delimiter <> ?4 OR attributes <> ?5 OR special_use <> ?6"
                          " OR mailbox_id IS NOT ?7)", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  bind_facts (update, facts);
  if (!store_db_run (cache, update, error))
    return FALSE;

  if (sqlite3_changes (cache->handle) > 0)
    {
      store_change_set_folder_list (tx->changes);
      store_change_set_folder (tx->changes, folder);
      store_tx_forget_folder_info (tx, folder);
    }

  return TRUE;
}

/**
 * store_tx_put_folder:
 * @account: from store_tx_ensure_account ()
 * @facts: what LIST said
 * @out_folder: (out) (optional): the folder's id, made where it is new
 *
 * Stores what LIST said of a mailbox; its name is the key. A folder that was missing from
 * lists before is missing no longer.
 */
gboolean
store_tx_put_folder (StoreTransaction        *tx,
                     gint64                   account,
                     const StoreFolderFacts  *facts,
                     gint64                  *out_folder,
                     GError                 **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) select = NULL;
  gint64 folder;

  if (cache == NULL)
    return FALSE;

  select = store_db_take (cache,
                          "SELECT id FROM folder WHERE account = ? AND name = ? AND state <> 4",
                          error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, account);
  store_bind_text (select, 2, facts->name);
  if (!store_db_get_int64 (cache, select, &folder, NULL, error))
    return FALSE;

  if (folder == 0 ? !insert_folder (tx, account, facts, &folder, error)
                  : !update_folder (tx, folder, facts, error))
    return FALSE;

  if (out_folder != NULL)
    *out_folder = folder;
  return store_tx_set_folder_missing (tx, folder, FALSE, NULL, error);
}

/**
 * store_tx_rename_folder:
 * @facts: what LIST says of it under its new name
 *
 * The mailbox was renamed, here or by another client: its messages, its identity and what
 * waits for it stay.
 *
 * Errors: STORE_ERROR_STATE when another folder has that name.
 */
gboolean
store_tx_rename_folder (StoreTransaction        *tx,
                        gint64                   folder,
                        const StoreFolderFacts  *facts,
                        GError                 **error)
{
  StoreFolderInfo *info = store_tx_folder_info (tx, folder, error);
  g_autofree char *account_uuid = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr(StoreFolder) other = NULL;
  g_autoptr(GError) local_error = NULL;

  if (info == NULL)
    return FALSE;

  account_uuid = g_strdup (info->account_uuid);
  uuid = g_strdup (info->uuid);
  other = store_reader_find_folder_by_name (tx->reader, account_uuid, facts->name, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (other != NULL && other->folder != folder)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_STATE,
                           "Another folder has that name already");
      return FALSE;
    }

  return update_folder (tx, folder, facts, error) &&
         write_identity (tx, account_uuid, uuid, facts, error);
}

static gboolean
forget_identity (StoreTransaction  *tx,
                 const char        *uuid,
                 GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) delete = NULL;

  if (journal == NULL)
    return FALSE;

  delete = store_db_take (journal, "DELETE FROM folder WHERE uuid = ?", error);
  if (delete == NULL)
    return FALSE;

  store_bind_text (delete, 1, uuid);
  return store_db_run (journal, delete, error);
}

/**
 * store_tx_remove_folder:
 *
 * The mailbox is proved to be gone: it is shown no longer, and store_tx_purge () takes its rows
 * away bit by bit. Its waiting operations stay in the journal, for the person to see.
 */
gboolean
store_tx_remove_folder (StoreTransaction  *tx,
                        gint64             folder,
                        GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  StoreFolderInfo *info;
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL || !forget_identity (tx, info->uuid, error))
    return FALSE;

  update = store_db_take (cache, "UPDATE folder SET state = 4 WHERE id = ?", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  store_tx_forget_folder_info (tx, folder);
  store_change_set_folder_gone (tx->changes, folder);
  return store_db_run (cache, update, error);
}

static gboolean
set_number (StoreTransaction  *tx,
            gint64             folder,
            const char        *literal,
            gint64             value,
            GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache, literal, error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  store_bind_int (update, 2, value);
  if (!store_db_run (cache, update, error))
    return FALSE;

  if (sqlite3_changes (cache->handle) > 0)
    store_change_set_folder (tx->changes, folder);
  return TRUE;
}

/**
 * store_tx_set_folder_use:
 *
 * The person chose, or the server said, what the folder is for.
 */
gboolean
store_tx_set_folder_use (StoreTransaction  *tx,
                         gint64             folder,
                         StoreSpecialUse    special_use,
                         GError           **error)
{
  store_tx_forget_folder_info (tx, folder);
  store_change_set_folder_list (tx->changes);
  return set_number (tx, folder,
                     "UPDATE folder SET special_use = ?2 WHERE id = ?1 AND special_use <> ?2",
                     special_use, error);
}

/**
 * store_tx_set_folder_missing:
 * @is_missing: whether a complete LIST did not name it
 * @out_n_missing_lists: (out) (optional): how many in a row did not
 */
gboolean
store_tx_set_folder_missing (StoreTransaction  *tx,
                             gint64             folder,
                             gboolean           is_missing,
                             guint             *out_n_missing_lists,
                             GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  gint64 n_missing;

  if (is_missing
        ? !set_number (tx, folder,
                       "UPDATE folder SET n_missing_lists = n_missing_lists + ?2 WHERE id = ?1", 1,
                       error)
        : !set_number (tx, folder,
                       "UPDATE folder SET n_missing_lists = ?2"
                       " WHERE id = ?1 AND n_missing_lists <> ?2", 0, error))
    return FALSE;

  select = store_db_take (cache, "SELECT n_missing_lists FROM folder WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  if (!store_db_get_int64 (cache, select, &n_missing, NULL, error))
    return FALSE;

  if (out_n_missing_lists != NULL)
    *out_n_missing_lists = (guint) n_missing;
  return TRUE;
}

/**
 * store_tx_set_folder_status:
 * @status: what SELECT or STATUS said; what it does not know stays
 *
 * A UIDVALIDITY is stored here only for a folder that had none, or that has no messages yet: when
 * it changes later, that is store_tx_begin_rematch (). HIGHESTMODSEQ has to come from SELECT or a settled NOOP of one
 * connection, in the transaction of the rows that it speaks for; it never goes back.
 *
 * Errors: STORE_ERROR_STATE when UIDVALIDITY is another than the stored one.
 */
gboolean
store_tx_set_folder_status (StoreTransaction         *tx,
                            gint64                    folder,
                            const StoreFolderStatus  *status,
                            GError                  **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  StoreFolderInfo *info;
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL)
    return FALSE;
  if (info->state != STORE_FOLDER_NEW && info->uid_validity != 0 && status->uid_validity != 0 &&
      info->uid_validity != status->uid_validity)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_STATE,
                   "UIDVALIDITY was %u and is %u now", info->uid_validity, status->uid_validity);
      return FALSE;
    }

  update = store_db_take (cache,
                          "UPDATE folder SET"
                          " uid_validity = iif (?2 <> 0, ?2, uid_validity),"
                          " uid_next = max (uid_next, ?3),"
                          " highest_modseq = max (highest_modseq, ?4),"
                          " server_exists = iif (?5 >= 0, ?5, server_exists),"
                          " server_unseen = iif (?6 >= 0, ?6, server_unseen)"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  store_bind_int (update, 2, status->uid_validity);
  store_bind_int (update, 3, status->uid_next);
  store_bind_int (update, 4, (gint64) status->highest_modseq);
  store_bind_int (update, 5, status->n_exists);
  store_bind_int (update, 6, status->n_unseen);
  store_tx_forget_folder_info (tx, folder);
  store_change_set_folder (tx->changes, folder);
  return store_db_run (cache, update, error);
}

/**
 * store_tx_set_folder_backfill:
 * @backfill_uid: all messages from this UID on are stored; 1 when all are
 *
 * Moves the resume marker: to be called in the transaction of the rows, or after it, and only
 * for windows whose tag was OK.
 */
gboolean
store_tx_set_folder_backfill (StoreTransaction  *tx,
                              gint64             folder,
                              guint32            backfill_uid,
                              GError           **error)
{
  return set_number (tx, folder,
                     "UPDATE folder SET backfill_uid = ?2,"
                     " state = CASE WHEN state = 3 THEN 3 WHEN ?2 = 1 THEN 2"
                     " WHEN ?2 = 0 THEN 0 ELSE 1 END"
                     " WHERE id = ?1", backfill_uid, error);
}

/**
 * store_tx_set_folder_checked:
 * @checked_unix: when the check began that has found the folder identical to the server
 *
 * Also ends the wait for arrivals that were done before and did not come.
 */
gboolean
store_tx_set_folder_checked (StoreTransaction  *tx,
                             gint64             folder,
                             gint64             checked_unix,
                             GError           **error)
{
  return store_arrival_drop_overdue (tx, folder, checked_unix, error) &&
         set_number (tx, folder, "UPDATE folder SET checked = ?2 WHERE id = ?1", checked_unix,
                     error);
}

/**
 * store_tx_set_folder_proved:
 * @n_exists: how many messages the server has
 *
 * The folder's rows were compared with the server's messages, or counted against their number, and
 * are the same. It holds until a row comes or goes.
 */
gboolean
store_tx_set_folder_proved (StoreTransaction  *tx,
                            gint64             folder,
                            gint64             n_exists,
                            GError           **error)
{
  store_tx_forget_folder_info (tx, folder);
  return set_number (tx, folder,
                     "UPDATE folder SET proved_exists = ?2 WHERE id = ?1 AND proved_exists <> ?2",
                     n_exists, error);
}

/**
 * store_tx_forget_modseqs:
 *
 * The server has begun to count its changes anew (Dovecot does, without its index): mod-sequences
 * of before mean nothing, and must not keep newer flags out.
 */
gboolean
store_tx_forget_modseqs (StoreTransaction  *tx,
                         gint64             folder,
                         GError           **error)
{
  return set_number (tx, folder,
                     "UPDATE folder SET highest_modseq = 0, proved_exists = -1"
                     " WHERE id = ?1 AND ?2 = 0", 0, error) &&
         set_number (tx, folder,
                     "UPDATE location SET modseq = 0 WHERE folder = ?1 AND modseq > ?2", 0, error);
}

static gboolean
run_for_account (StoreDb     *db,
                 const char  *literal,
                 const char  *account_uuid,
                 GError     **error)
{
  g_autoptr(StoreStatement) statement = NULL;

  if (db == NULL)
    return FALSE;

  statement = store_db_take (db, literal, error);
  if (statement == NULL)
    return FALSE;

  store_bind_text (statement, 1, account_uuid);
  return store_db_run (db, statement, error);
}

static gboolean
remove_from_journal (StoreTransaction  *tx,
                     const char        *account_uuid,
                     GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);

  store_change_set_operations (tx->changes);
  store_change_set_outbox (tx->changes);
  store_change_set_drafts (tx->changes);
  store_change_set_learnt (tx->changes);
  return run_for_account (journal, "DELETE FROM operation WHERE account_uuid = ?", account_uuid,
                          error) &&
         run_for_account (journal,
                          "DELETE FROM outbox_recipient WHERE item IN"
                          " (SELECT id FROM outbox WHERE account_uuid = ?)", account_uuid, error) &&
         run_for_account (journal,
                          "DELETE FROM outbox_bytes WHERE item IN"
                          " (SELECT id FROM outbox WHERE account_uuid = ?)", account_uuid, error) &&
         run_for_account (journal, "DELETE FROM outbox WHERE account_uuid = ?", account_uuid,
                          error) &&
         run_for_account (journal,
                          "DELETE FROM draft_attachment WHERE draft IN"
                          " (SELECT id FROM draft WHERE account_uuid = ?)", account_uuid, error) &&
         run_for_account (journal, "DELETE FROM draft WHERE account_uuid = ?", account_uuid,
                          error) &&
         run_for_account (journal, "DELETE FROM learnt WHERE account_uuid = ?", account_uuid,
                          error) &&
         run_for_account (journal, "DELETE FROM folder WHERE account_uuid = ?", account_uuid,
                          error);
}

/**
 * store_tx_remove_account:
 * @with_journal: also what only this computer knows: operations, outbox, drafts
 *
 * Forgets an account. Its folders are gone at once; store_tx_purge () removes the rest, bodies
 * too, bit by bit.
 */
gboolean
store_tx_remove_account (StoreTransaction  *tx,
                         const char        *account_uuid,
                         gboolean           with_journal,
                         GError           **error)
{
  g_autoptr(GPtrArray) folders = NULL;

  folders = store_reader_list_folders (tx->reader, account_uuid, error);
  if (folders == NULL)
    return FALSE;

  for (guint i = 0; i < folders->len; i++)
    {
      StoreFolder *folder = g_ptr_array_index (folders, i);

      if (!store_tx_remove_folder (tx, folder->folder, error))
        return FALSE;
    }

  store_change_set_folder_list (tx->changes);
  return run_for_account (store_tx_cache (tx, error),
                          "UPDATE account SET uuid = 'removed ' || id || ' ' || uuid"
                          " WHERE uuid = ?", account_uuid, error) &&
         (!with_journal || remove_from_journal (tx, account_uuid, error));
}
