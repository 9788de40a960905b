#include "store-transaction-private.h"

/* Drafts, and what was learnt about accounts. */

static gboolean
find_draft (StoreTransaction  *tx,
            const char        *uuid,
            gint64            *out_draft,
            GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) select = NULL;

  if (journal == NULL)
    return FALSE;

  select = store_db_take (journal, "SELECT id FROM draft WHERE uuid = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, uuid);
  return store_db_get_int64 (journal, select, out_draft, NULL, error);
}

/**
 * store_tx_put_draft:
 * @draft: its UUID is the key; the id, the revision and the times are the store's
 * @out_draft: (out) (optional): its id
 *
 * Saves a draft, as often as one likes: attachments are not written again.
 */
gboolean
store_tx_put_draft (StoreTransaction  *tx,
                    const StoreDraft  *draft,
                    gint64            *out_draft,
                    GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) insert = NULL;
  gint64 id;

  g_return_val_if_fail (draft->content != NULL, FALSE);

  if (journal == NULL)
    return FALSE;

  insert = store_db_take (journal,
                          "INSERT INTO draft (uuid, account_uuid, to_text, subject, summary,"
                          " revision, created, changed, content)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6, ?7)"
                          " ON CONFLICT (uuid) DO UPDATE SET account_uuid = excluded.account_uuid,"
                          " to_text = excluded.to_text, subject = excluded.subject,"
                          " summary = excluded.summary, revision = revision + 1,"
                          " changed = excluded.changed, content = excluded.content", error);
  if (insert == NULL)
    return FALSE;

  store_bind_text (insert, 1, draft->uuid);
  store_bind_text (insert, 2, draft->account_uuid);
  store_bind_text (insert, 3, draft->to_text);
  store_bind_text (insert, 4, draft->subject);
  store_bind_text (insert, 5, draft->summary);
  store_bind_int (insert, 6, tx->now_unix);
  store_bind_bytes (insert, 7, draft->content);
  if (!store_db_run (journal, insert, error) || !find_draft (tx, draft->uuid, &id, error))
    return FALSE;

  if (out_draft != NULL)
    *out_draft = id;
  store_change_set_drafts (tx->changes);
  return TRUE;
}

static gboolean
delete_by_draft (StoreTransaction  *tx,
                 const char        *literal,
                 gint64             draft,
                 GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) delete = store_db_take (journal, literal, error);

  if (delete == NULL)
    return FALSE;

  store_bind_int (delete, 1, draft);
  return store_db_run (journal, delete, error);
}

/**
 * store_tx_remove_draft:
 *
 * Removes a draft with its attachments; nothing is wrong when there is none.
 */
gboolean
store_tx_remove_draft (StoreTransaction  *tx,
                       const char        *uuid,
                       GError           **error)
{
  gint64 draft;

  store_change_set_drafts (tx->changes);
  return find_draft (tx, uuid, &draft, error) &&
         delete_by_draft (tx, "DELETE FROM draft_attachment WHERE draft = ?", draft, error) &&
         delete_by_draft (tx, "DELETE FROM draft WHERE id = ?", draft, error);
}

/**
 * store_tx_put_draft_attachment:
 * @attachment: with its bytes; one of the same key is replaced
 *
 * Errors: STORE_ERROR_NOT_FOUND when there is no such draft.
 */
gboolean
store_tx_put_draft_attachment (StoreTransaction            *tx,
                               const char                  *draft_uuid,
                               const StoreDraftAttachment  *attachment,
                               GError                     **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) insert = NULL;
  gint64 draft;

  g_return_val_if_fail (attachment->bytes != NULL, FALSE);

  if (journal == NULL || !find_draft (tx, draft_uuid, &draft, error))
    return FALSE;
  if (draft == 0)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "There is no such draft");
      return FALSE;
    }

  insert = store_db_take (journal,
                          "INSERT INTO draft_attachment (draft, key, name, content_type, size,"
                          " bytes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (draft, key) DO UPDATE"
                          " SET name = excluded.name, content_type = excluded.content_type,"
                          " size = excluded.size, bytes = excluded.bytes", error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, draft);
  store_bind_text (insert, 2, attachment->key);
  store_bind_text (insert, 3, attachment->name);
  store_bind_text (insert, 4, attachment->content_type);
  store_bind_int (insert, 5, (gint64) g_bytes_get_size (attachment->bytes));
  store_bind_bytes (insert, 6, attachment->bytes);
  store_change_set_drafts (tx->changes);
  return store_db_run (journal, insert, error);
}

gboolean
store_tx_remove_draft_attachment (StoreTransaction  *tx,
                                  const char        *draft_uuid,
                                  const char        *key,
                                  GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) delete = NULL;
  gint64 draft;

  if (journal == NULL || !find_draft (tx, draft_uuid, &draft, error))
    return FALSE;

  delete = store_db_take (journal, "DELETE FROM draft_attachment WHERE draft = ? AND key = ?",
                          error);
  if (delete == NULL)
    return FALSE;

  store_bind_int (delete, 1, draft);
  store_bind_text (delete, 2, key);
  store_change_set_drafts (tx->changes);
  return store_db_run (journal, delete, error);
}

/**
 * store_tx_learn:
 * @value: (nullable): %NULL forgets it
 *
 * Keeps a fact about an account that no server says ("sent-is-filed", "no-idle").
 */
gboolean
store_tx_learn (StoreTransaction  *tx,
                const char        *account_uuid,
                const char        *key,
                const char        *value,
                GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) statement = NULL;

  if (journal == NULL)
    return FALSE;

  if (value == NULL)
    statement = store_db_take (journal, "DELETE FROM learnt WHERE account_uuid = ? AND key = ?",
                               error);
  else
    statement = store_db_take (journal,
                               "INSERT INTO learnt (account_uuid, key, value, changed)"
                               " VALUES (?, ?, ?, ?) ON CONFLICT (account_uuid, key) DO UPDATE"
                               " SET value = excluded.value, changed = excluded.changed"
                               " WHERE value <> excluded.value", error);
  if (statement == NULL)
    return FALSE;

  store_bind_text (statement, 1, account_uuid);
  store_bind_text (statement, 2, key);
  if (value != NULL)
    {
      store_bind_text (statement, 3, value);
      store_bind_int (statement, 4, tx->now_unix);
    }
  if (!store_db_run (journal, statement, error))
    return FALSE;

  if (sqlite3_changes (journal->handle) > 0)
    store_change_set_learnt (tx->changes);
  return TRUE;
}
