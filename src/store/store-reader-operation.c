#include "store-reader-private.h"

StoreOperation *
store_reader_dup_operation (StoreStatement *select)
{
  StoreOperation *operation = g_new0 (StoreOperation, 1);

  operation->operation = sqlite3_column_int64 (select, 0);
  operation->group = sqlite3_column_int64 (select, 1);
  operation->kind = (StoreOperationKind) sqlite3_column_int (select, 2);
  operation->state = (StoreOperationState) sqlite3_column_int (select, 3);
  operation->account_uuid = store_column_dup (select, 4);
  operation->folder_uuid = store_column_dup (select, 5);
  operation->uid_validity = (guint32) sqlite3_column_int64 (select, 6);
  operation->uid = (guint32) sqlite3_column_int64 (select, 7);
  operation->message_id = store_column_dup (select, 8);
  operation->size_bytes = sqlite3_column_int64 (select, 9);
  operation->internal_date_unix = sqlite3_column_int64 (select, 10);
  operation->facts_hash = (guint64) sqlite3_column_int64 (select, 11);
  operation->add_flags = (guint32) sqlite3_column_int64 (select, 12);
  operation->remove_flags = (guint32) sqlite3_column_int64 (select, 13);
  operation->add_keywords = store_column_dup (select, 14);
  operation->remove_keywords = store_column_dup (select, 15);
  operation->before_flags = (guint32) sqlite3_column_int64 (select, 16);
  operation->before_keywords = store_column_dup (select, 17);
  operation->target_folder_uuid = store_column_dup (select, 18);
  operation->target_uid_validity = (guint32) sqlite3_column_int64 (select, 19);
  operation->target_uid_next = (guint32) sqlite3_column_int64 (select, 20);
  operation->target_uid = (guint32) sqlite3_column_int64 (select, 21);
  operation->depends_on = sqlite3_column_int64 (select, 22);
  operation->created_unix = sqlite3_column_int64 (select, 23);
  operation->changed_unix = sqlite3_column_int64 (select, 24);
  operation->not_before_unix = sqlite3_column_int64 (select, 25);
  operation->n_attempts = (guint) sqlite3_column_int64 (select, 26);
  operation->answer = store_column_dup (select, 27);
  return operation;
}

/**
 * store_reader_get_operation:
 *
 * Returns: (transfer full) (nullable): the operation
 */
StoreOperation *
store_reader_get_operation (StoreReader  *self,
                            gint64        operation,
                            GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (self->journal,
                          "SELECT " STORE_OPERATION_COLUMNS " FROM operation WHERE id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, operation);
  if (store_db_step (self->journal, select, error) != STORE_STEP_ROW)
    return NULL;

  return store_reader_dup_operation (select);
}

/**
 * store_reader_list_operations:
 * @account_uuid: (nullable): %NULL for all accounts
 * @with_history: whether to list what is settled, too
 * @limit: how many at most, 0 for all
 *
 * Returns: (transfer full) (element-type StoreOperation): the latest first, or %NULL
 */
GPtrArray *
store_reader_list_operations (StoreReader  *self,
                              const char   *account_uuid,
                              gboolean      with_history,
                              guint         limit,
                              GError      **error)
{
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->journal,
                          "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                          " WHERE (?1 IS NULL OR account_uuid = ?1) AND (?2 OR state <= 2)"
                          " ORDER BY id DESC LIMIT ?3", error);
  if (select == NULL)
    return NULL;

  operations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, with_history);
  store_bind_int (select, 3, limit == 0 ? -1 : (gint64) limit);
  while ((step = store_db_step (self->journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (operations, store_reader_dup_operation (select));

  return step == STORE_STEP_DONE ? g_steal_pointer (&operations) : NULL;
}

/**
 * store_reader_count_pending:
 * @account_uuid: (nullable): %NULL for all accounts
 * @folder_uuid: (nullable): %NULL for all folders
 *
 * Returns: how many messages' changes are on their way, -1 with an error
 */
gint64
store_reader_count_pending (StoreReader  *self,
                            const char   *account_uuid,
                            const char   *folder_uuid,
                            GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 n_pending;

  select = store_db_take (self->journal,
                          "SELECT count(*) FROM operation WHERE state <= 2"
                          " AND (?1 IS NULL OR account_uuid = ?1)"
                          " AND (?2 IS NULL OR folder_uuid = ?2 OR target_folder_uuid = ?2)",
                          error);
  if (select == NULL)
    return -1;

  store_bind_text (select, 1, account_uuid);
  store_bind_text (select, 2, folder_uuid);
  return store_db_get_int64 (self->journal, select, &n_pending, NULL, error) ? n_pending : -1;
}

/**
 * store_reader_count_refused:
 * @account_uuid: (nullable): %NULL for all accounts
 * @since_unix: refusals before this time have been read long ago
 *
 * Returns: how many messages' changes the person should look after: in doubt, or refused since
 *   then; -1 with an error
 */
gint64
store_reader_count_refused (StoreReader  *self,
                            const char   *account_uuid,
                            gint64        since_unix,
                            GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 n_refused;

  select = store_db_take (self->journal,
                          "SELECT count(*) FROM operation WHERE (?1 IS NULL OR account_uuid = ?1)"
                          " AND (state = 2 OR (state = 4 AND changed >= ?2))", error);
  if (select == NULL)
    return -1;

  store_bind_text (select, 1, account_uuid);
  store_bind_int (select, 2, since_unix);
  return store_db_get_int64 (self->journal, select, &n_refused, NULL, error) ? n_refused : -1;
}
