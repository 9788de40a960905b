#include "store-transaction-private.h"

/* The outbox. Each state is committed before the step that it names, and every change of one
 * is a conditional UPDATE along an allowed edge. */

static gboolean
is_allowed (StoreOutboxState from,
            StoreOutboxState to)
{
  static const struct
  {
    StoreOutboxState from;
    StoreOutboxState to;
  } edges[] = {
    { STORE_OUTBOX_QUEUED, STORE_OUTBOX_SENDING },
    { STORE_OUTBOX_QUEUED, STORE_OUTBOX_FAILED },
    { STORE_OUTBOX_QUEUED, STORE_OUTBOX_CANCELLED },
    { STORE_OUTBOX_SENDING, STORE_OUTBOX_QUEUED },
    { STORE_OUTBOX_SENDING, STORE_OUTBOX_UNSURE },
    { STORE_OUTBOX_SENDING, STORE_OUTBOX_FAILED },
    { STORE_OUTBOX_UNSURE, STORE_OUTBOX_QUEUED },
    { STORE_OUTBOX_UNSURE, STORE_OUTBOX_SENT },
    { STORE_OUTBOX_UNSURE, STORE_OUTBOX_FAILED },
    { STORE_OUTBOX_UNSURE, STORE_OUTBOX_CANCELLED },
    { STORE_OUTBOX_SENT, STORE_OUTBOX_FILED },
    { STORE_OUTBOX_FAILED, STORE_OUTBOX_QUEUED },
    { STORE_OUTBOX_FAILED, STORE_OUTBOX_CANCELLED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      if (edges[i].from == from && edges[i].to == to)
        return TRUE;
    }

  return FALSE;
}

static gboolean
find_item (StoreTransaction  *tx,
           const char        *uuid,
           gint64            *out_item,
           GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (journal, "SELECT id FROM outbox WHERE uuid = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, uuid);
  return store_db_get_int64 (journal, select, out_item, NULL, error);
}

static gboolean
insert_item (StoreTransaction      *tx,
             const StoreOutgoing   *outgoing,
             gint64                *out_item,
             GError               **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) insert = NULL;

  insert = store_db_take (journal,
                          "INSERT INTO outbox (uuid, account_uuid, identity, sender, message_id,"
                          " subject, to_text, size, state, created, changed, not_before,"
                          " answered_folder_uuid, answered_uid_validity, answered_uid,"
                          " answered_flag) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?9, ?10,"
                          " ?11, ?12, ?13, ?14)", error);
  if (insert == NULL)
    return FALSE;

  store_bind_text (insert, 1, outgoing->uuid);
  store_bind_text (insert, 2, outgoing->account_uuid);
  store_bind_text (insert, 3, outgoing->identity);
  store_bind_text (insert, 4, outgoing->sender);
  store_bind_text (insert, 5, outgoing->message_id);
  store_bind_text (insert, 6, outgoing->subject);
  store_bind_text (insert, 7, outgoing->to_text);
  store_bind_int (insert, 8, (gint64) g_bytes_get_size (outgoing->bytes));
  store_bind_int (insert, 9, tx->now_unix);
  store_bind_int (insert, 10, outgoing->not_before_unix);
  store_bind_text (insert, 11, outgoing->answered_folder_uuid);
  store_bind_int (insert, 12, outgoing->answered_uid_validity);
  store_bind_int (insert, 13, outgoing->answered_uid);
  store_bind_int (insert, 14, outgoing->answered_flag);
  if (!store_db_run (journal, insert, error))
    return FALSE;

  *out_item = sqlite3_last_insert_rowid (journal->handle);
  return TRUE;
}

static gboolean
insert_recipients (StoreTransaction    *tx,
                   gint64               item,
                   const char *const   *recipients,
                   GError             **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) insert = NULL;

  insert = store_db_take (journal,
                          "INSERT INTO outbox_recipient (item, position, address) VALUES (?, ?, ?)",
                          error);
  if (insert == NULL)
    return FALSE;

  for (guint i = 0; recipients[i] != NULL; i++)
    {
      store_bind_int (insert, 1, item);
      store_bind_int (insert, 2, i);
      store_bind_text (insert, 3, recipients[i]);
      if (!store_db_run (journal, insert, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
insert_bytes (StoreTransaction  *tx,
              gint64             item,
              gboolean           is_filed,
              GBytes            *bytes,
              GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) insert = NULL;

  if (bytes == NULL)
    return TRUE;

  insert = store_db_take (journal,
                          "INSERT INTO outbox_bytes (item, is_filed, bytes) VALUES (?, ?, ?)",
                          error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, item);
  store_bind_int (insert, 2, is_filed);
  store_bind_bytes (insert, 3, bytes);
  return store_db_run (journal, insert, error);
}

/**
 * store_tx_put_outgoing:
 * @out_item: (out) (optional): the item
 *
 * Puts a finished message into the outbox; the draft that it was made from goes with the same
 * commit. A second time with the same UUID does nothing.
 */
gboolean
store_tx_put_outgoing (StoreTransaction     *tx,
                       const StoreOutgoing  *outgoing,
                       gint64               *out_item,
                       GError              **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  gint64 item;

  g_return_val_if_fail (outgoing->recipients != NULL && outgoing->recipients[0] != NULL, FALSE);

  if (journal == NULL || !find_item (tx, outgoing->uuid, &item, error))
    return FALSE;

  if (item == 0 &&
      (!insert_item (tx, outgoing, &item, error) ||
       !insert_recipients (tx, item, outgoing->recipients, error) ||
       !insert_bytes (tx, item, FALSE, outgoing->bytes, error) ||
       !insert_bytes (tx, item, TRUE, outgoing->filed_bytes, error)))
    return FALSE;

  if (out_item != NULL)
    *out_item = item;
  store_change_set_outbox (tx->changes);
  return outgoing->draft_uuid == NULL ||
         store_tx_remove_draft (tx, outgoing->draft_uuid, error);
}

/**
 * store_tx_set_outbox_state:
 * @from: the state that the caller believes it to be in
 * @out_is_changed: (out) (optional): whether it was, and is in the state @to now
 *
 * Takes one allowed step. Whoever has it changed has the item: a worker that claims it, or the
 * person who takes it back.
 */
gboolean
store_tx_set_outbox_state (StoreTransaction  *tx,
                           gint64             item,
                           StoreOutboxState   from,
                           StoreOutboxState   to,
                           gboolean          *out_is_changed,
                           GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  g_return_val_if_fail (is_allowed (from, to), FALSE);

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE outbox SET state = ?3, changed = ?4,"
                          " n_attempts = n_attempts + (?3 = 1)"
                          " WHERE id = ?1 AND state = ?2", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, item);
  store_bind_int (update, 2, from);
  store_bind_int (update, 3, to);
  store_bind_int (update, 4, tx->now_unix);
  if (!store_db_run (journal, update, error))
    return FALSE;

  if (out_is_changed != NULL)
    *out_is_changed = sqlite3_changes (journal->handle) > 0;
  store_change_set_outbox (tx->changes);
  return TRUE;
}

/**
 * store_tx_set_outbox_failure:
 * @error_class: (nullable): net_error_class_name () of it, or %NULL to forget an earlier one
 * @error_text: (nullable): what the server said, quoted
 * @not_before_unix: when it may be tried again
 */
gboolean
store_tx_set_outbox_failure (StoreTransaction  *tx,
                             gint64             item,
                             const char        *error_class,
                             const char        *error_text,
                             gint64             not_before_unix,
                             GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE outbox SET error_class = ?2, error_text = ?3, not_before = ?4"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, item);
  store_bind_text (update, 2, error_class);
  store_bind_text (update, 3, error_text);
  store_bind_int (update, 4, not_before_unix);
  store_change_set_outbox (tx->changes);
  return store_db_run (journal, update, error);
}

/**
 * store_tx_set_outbox_answer:
 * @recipient: position, as in the item's array
 *
 * What the submission server said about one recipient.
 */
gboolean
store_tx_set_outbox_answer (StoreTransaction  *tx,
                            gint64             item,
                            guint              recipient,
                            StoreAnswerState   state,
                            guint              code,
                            const char        *text,
                            GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE outbox_recipient SET state = ?3, code = ?4, text = ?5"
                          " WHERE item = ?1 AND position = ?2", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, item);
  store_bind_int (update, 2, recipient);
  store_bind_int (update, 3, state);
  store_bind_int (update, 4, code);
  store_bind_text (update, 5, text);
  store_change_set_outbox (tx->changes);
  return store_db_run (journal, update, error);
}

/**
 * store_tx_set_outbox_target:
 *
 * Notes, before the message goes out or is filed, from which UID on a copy in Sent can be its own.
 */
gboolean
store_tx_set_outbox_target (StoreTransaction  *tx,
                            gint64             item,
                            const char        *sent_folder_uuid,
                            guint32            sent_uid_validity,
                            guint32            sent_uid_next,
                            GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE outbox SET sent_folder_uuid = ?2, sent_uid_validity = ?3,"
                          " sent_uid_next = ?4 WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, item);
  store_bind_text (update, 2, sent_folder_uuid);
  store_bind_int (update, 3, sent_uid_validity);
  store_bind_int (update, 4, sent_uid_next);
  return store_db_run (journal, update, error);
}

/**
 * store_tx_recover_outbox:
 * @out_n_unsure: (out) (optional): how many are unsure
 *
 * After a start, when nothing can be under way: what was being sent and had not come to the last
 * byte of DATA, which is what its state says, was not accepted and waits again. To be called only
 * by the process that syncs.
 */
gboolean
store_tx_recover_outbox (StoreTransaction  *tx,
                         const char        *account_uuid,
                         guint             *out_n_unsure,
                         GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;
  g_autoptr(StoreStatement) count = NULL;
  gint64 n_unsure;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE outbox SET state = 0, changed = ?2"
                          " WHERE account_uuid = ?1 AND state = 1", error);
  if (update == NULL)
    return FALSE;

  store_bind_text (update, 1, account_uuid);
  store_bind_int (update, 2, tx->now_unix);
  if (!store_db_run (journal, update, error))
    return FALSE;

  count = store_db_take (journal,
                         "SELECT count(*) FROM outbox WHERE account_uuid = ? AND state = 2", error);
  if (count == NULL)
    return FALSE;

  store_bind_text (count, 1, account_uuid);
  if (!store_db_get_int64 (journal, count, &n_unsure, NULL, error))
    return FALSE;

  if (out_n_unsure != NULL)
    *out_n_unsure = (guint) n_unsure;
  store_change_set_outbox (tx->changes);
  return TRUE;
}
