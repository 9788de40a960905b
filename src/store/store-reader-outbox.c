#include "store-reader-private.h"

#define ITEM_COLUMNS \
  "id, uuid, account_uuid, identity, sender, message_id, subject, to_text, size, state, created," \
  " changed, not_before, n_attempts, error_class, error_text, sent_folder_uuid," \
  " sent_uid_validity, sent_uid_next, answered_folder_uuid, answered_uid_validity, answered_uid," \
  " answered_flag FROM outbox"

static StoreOutboxItem *
dup_item (StoreStatement *select)
{
  StoreOutboxItem *item = g_new0 (StoreOutboxItem, 1);

  item->item = sqlite3_column_int64 (select, 0);
  item->uuid = store_column_dup (select, 1);
  item->account_uuid = store_column_dup (select, 2);
  item->identity = store_column_dup (select, 3);
  item->sender = store_column_dup (select, 4);
  item->message_id = store_column_dup (select, 5);
  item->subject = store_column_dup (select, 6);
  item->to_text = store_column_dup (select, 7);
  item->size_bytes = sqlite3_column_int64 (select, 8);
  item->state = (StoreOutboxState) sqlite3_column_int (select, 9);
  item->created_unix = sqlite3_column_int64 (select, 10);
  item->changed_unix = sqlite3_column_int64 (select, 11);
  item->not_before_unix = sqlite3_column_int64 (select, 12);
  item->n_attempts = (guint) sqlite3_column_int64 (select, 13);
  item->error_class = store_column_dup (select, 14);
  item->error_text = store_column_dup (select, 15);
  item->sent_folder_uuid = store_column_dup (select, 16);
  item->sent_uid_validity = (guint32) sqlite3_column_int64 (select, 17);
  item->sent_uid_next = (guint32) sqlite3_column_int64 (select, 18);
  item->answered_folder_uuid = store_column_dup (select, 19);
  item->answered_uid_validity = (guint32) sqlite3_column_int64 (select, 20);
  item->answered_uid = (guint32) sqlite3_column_int64 (select, 21);
  item->answered_flag = (guint32) sqlite3_column_int64 (select, 22);
  item->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) store_outbox_recipient_free);
  return item;
}

static gboolean
load_recipients (StoreReader      *self,
                 StoreOutboxItem  *item,
                 GError          **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT address, state, code, text FROM outbox_recipient WHERE item = ?"
                          " ORDER BY position", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, item->item);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    {
      StoreOutboxRecipient *recipient = g_new0 (StoreOutboxRecipient, 1);

      recipient->address = store_column_dup (select, 0);
      recipient->state = (StoreAnswerState) sqlite3_column_int (select, 1);
      recipient->code = (guint) sqlite3_column_int (select, 2);
      recipient->text = store_column_dup (select, 3);
      g_ptr_array_add (item->recipients, recipient);
    }

  return step == STORE_STEP_DONE;
}

static StoreOutboxItem *
get_one (StoreReader     *self,
         StoreStatement  *select,
         GError         **error)
{
  g_autoptr(StoreOutboxItem) item = NULL;

  if (store_db_step (self->journal, select, error) != STORE_STEP_ROW)
    return NULL;

  item = dup_item (select);
  return load_recipients (self, item, error) ? g_steal_pointer (&item) : NULL;
}

/**
 * store_reader_get_outbox_item:
 *
 * Returns: (transfer full) (nullable): the item
 */
StoreOutboxItem *
store_reader_get_outbox_item (StoreReader  *self,
                              gint64        item,
                              GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal, "SELECT " ITEM_COLUMNS " WHERE id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, item);
  return get_one (self, select, error);
}

static gboolean
find_next_time (StoreReader  *self,
                const char   *account_uuid,
                gint64       *out_next_unix,
                GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal,
                          "SELECT min (not_before) FROM outbox WHERE account_uuid = ?"
                          " AND state = 0", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, account_uuid);
  return store_db_get_int64 (self->journal, select, out_next_unix, NULL, error);
}

/**
 * store_reader_find_outgoing:
 * @out_next_unix: (out) (optional): where nothing may be sent now but later: when; else 0
 *
 * Returns: (transfer full) (nullable): what is to be sent or, being sent, to be filed next; %NULL
 *   without an error when there is nothing now
 */
StoreOutboxItem *
store_reader_find_outgoing (StoreReader  *self,
                            const char   *account_uuid,
                            gint64        now_unix,
                            gint64       *out_next_unix,
                            GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(StoreOutboxItem) item = NULL;

  if (out_next_unix != NULL)
    *out_next_unix = 0;

  select = store_db_take (self->journal,
                          "SELECT " ITEM_COLUMNS " WHERE account_uuid = ? AND state IN (0, 3)"
                          " AND not_before <= ? ORDER BY state, id LIMIT 1", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, now_unix);
  item = get_one (self, select, &local_error);
  if (local_error != NULL ||
      (item == NULL && out_next_unix != NULL &&
       !find_next_time (self, account_uuid, out_next_unix, &local_error)))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&item);
}

/**
 * store_reader_load_outgoing:
 * @for_filing: whether the copy for Sent is wanted, where it is another
 *
 * Returns: (transfer full) (nullable): the bytes of the message
 */
GBytes *
store_reader_load_outgoing (StoreReader  *self,
                            gint64        item,
                            gboolean      for_filing,
                            GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal,
                          "SELECT bytes FROM outbox_bytes WHERE item = ? AND is_filed <= ?"
                          " ORDER BY is_filed DESC LIMIT 1", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, item);
  store_bind_int (select, 2, for_filing);
  if (store_db_step (self->journal, select, error) != STORE_STEP_ROW)
    return NULL;

  return store_column_bytes (select, 0);
}

/**
 * store_reader_list_outbox:
 * @account_uuid: (nullable): %NULL for all accounts
 * @with_history: whether to list what was filed or taken back, too
 *
 * Returns: (transfer full) (element-type StoreOutboxItem): the oldest first, or %NULL
 */
GPtrArray *
store_reader_list_outbox (StoreReader  *self,
                          const char   *account_uuid,
                          gboolean      with_history,
                          GError      **error)
{
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT " ITEM_COLUMNS " WHERE (?1 IS NULL OR account_uuid = ?1)"
                          " AND (?2 OR state NOT IN (4, 6)) ORDER BY id", error);
  if (select == NULL)
    return NULL;

  items = g_ptr_array_new_with_free_func ((GDestroyNotify) store_outbox_item_free);
  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, with_history);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (items, dup_item (select));
  if (step != STORE_STEP_DONE)
    return NULL;

  for (guint i = 0; i < items->len; i++)
    {
      if (!load_recipients (self, items->pdata[i], error))
        return NULL;
    }

  return g_steal_pointer (&items);
}
