#include "store-db-private.h"

/* How long a connection waits for another process that writes, in milliseconds. */
#define BUSY_TIMEOUT_MS 10000

static void
initialize_sqlite (void)
{
  static gsize is_done = 0;

  if (g_once_init_enter (&is_done))
    {
      /* Counting every allocation under a lock costs and is of no use here. Refused when a
       * library has initialised SQLite before us, which does no harm. */
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      sqlite3_initialize ();
      g_once_init_leave (&is_done, 1);
    }
}

static StoreError
error_from_sqlite (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return STORE_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return STORE_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return STORE_ERROR_BUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return STORE_ERROR_ACCESS;
    default:
      return STORE_ERROR_FAILED;
    }
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

/**
 * store_db_set_error:
 * @code: what SQLite returned
 *
 * Turns SQLite's last words on this connection into an error of the floor.
 *
 * Returns: %FALSE
 */
gboolean
store_db_set_error (StoreDb  *self,
                    int       code,
                    GError  **error)
{
  StoreError class = error_from_sqlite (code);

  if (class == STORE_ERROR_CORRUPT)
    self->is_damaged = TRUE;

  g_set_error (error, STORE_ERROR, class, "%s.db: %s (%s)", self->name,
               sqlite3_errmsg (self->handle), sqlite3_errstr (code));
  return FALSE;
}

/**
 * store_db_open:
 * @open_flags: SQLITE_OPEN_…
 *
 * Opens a connection. Nothing is read from the file yet.
 *
 * Returns: (transfer full): the connection, or %NULL
 */
StoreDb *
store_db_open (const char  *path,
               const char  *name,
               int          open_flags,
               GError     **error)
{
  g_autoptr(StoreDb) self = g_new0 (StoreDb, 1);
  int code;

  initialize_sqlite ();

  self->path = g_strdup (path);
  self->name = name;
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);

  code = sqlite3_open_v2 (path, &self->handle, open_flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    {
      store_db_set_error (self, code, error);
      return NULL;
    }

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  return g_steal_pointer (&self);
}

/**
 * store_db_close:
 *
 * Finalises the statements and closes the connection.
 */
void
store_db_close (StoreDb *self)
{
  g_clear_pointer (&self->statements, g_hash_table_unref);
  if (self->handle != NULL)
    {
      int code = sqlite3_close (self->handle);

      if (code != SQLITE_OK)
        g_critical ("%s.db is closed with something still open", self->name);
    }

  g_free (self->path);
  g_free (self);
}

/**
 * store_db_exec:
 * @sql: one or more literal statements that give no rows
 */
gboolean
store_db_exec (StoreDb     *self,
               const char  *sql,
               GError     **error)
{
  int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || store_db_set_error (self, code, error);
}

/**
 * store_db_take:
 * @literal: a string literal: its address is the key under which the statement is kept
 *
 * Gives the prepared statement, reset and without bindings. Text and blobs are bound without
 * being copied: they have to live until the statement has been run.
 *
 * Returns: (transfer none): the statement, or %NULL
 */
StoreStatement *
store_db_take (StoreDb     *self,
               const char  *literal,
               GError     **error)
{
  StoreStatement *statement = g_hash_table_lookup (self->statements, literal);
  int code;

  if (statement != NULL)
    {
      g_assert (!sqlite3_stmt_busy (statement));
      sqlite3_clear_bindings (statement);
      return statement;
    }

  code = sqlite3_prepare_v3 (self->handle, literal, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                             NULL);
  if (code != SQLITE_OK)
    {
      store_db_set_error (self, code, error);
      return NULL;
    }

  g_hash_table_insert (self->statements, (gpointer) literal, statement);
  return statement;
}

/**
 * store_statement_reset:
 *
 * Gives a statement back before its last row was read.
 */
void
store_statement_reset (StoreStatement *statement)
{
  if (statement != NULL)
    sqlite3_reset (statement);
}

/**
 * store_db_step:
 *
 * Returns: whether there is a row; after the last one, and after an error, the statement is
 *   reset
 */
StoreStep
store_db_step (StoreDb         *self,
               StoreStatement  *statement,
               GError         **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return STORE_STEP_ROW;

  if (code != SQLITE_DONE)
    store_db_set_error (self, code, error);

  sqlite3_reset (statement);
  return code == SQLITE_DONE ? STORE_STEP_DONE : STORE_STEP_ERROR;
}

/**
 * store_db_run:
 *
 * Runs a statement whose rows, if any, are of no interest.
 */
gboolean
store_db_run (StoreDb         *self,
              StoreStatement  *statement,
              GError         **error)
{
  StoreStep step;

  do
    step = store_db_step (self, statement, error);
  while (step == STORE_STEP_ROW);

  return step == STORE_STEP_DONE;
}

/**
 * store_db_get_int64:
 * @out_is_found: (optional) (out): whether there was a row with a value
 *
 * Runs a statement for the number in its first row. Without a row @out_value is 0.
 */
gboolean
store_db_get_int64 (StoreDb         *self,
                    StoreStatement  *statement,
                    gint64          *out_value,
                    gboolean        *out_is_found,
                    GError         **error)
{
  StoreStep step = store_db_step (self, statement, error);
  gboolean is_found = FALSE;

  *out_value = 0;
  if (step == STORE_STEP_ROW)
    {
      is_found = sqlite3_column_type (statement, 0) != SQLITE_NULL;
      *out_value = sqlite3_column_int64 (statement, 0);
      sqlite3_reset (statement);
    }

  if (out_is_found != NULL)
    *out_is_found = is_found;
  return step != STORE_STEP_ERROR;
}

/**
 * store_db_pragma_int64:
 *
 * Runs a statement that is not worth keeping, for its one number.
 */
gboolean
store_db_pragma_int64 (StoreDb     *self,
                       const char  *sql,
                       gint64      *out_value,
                       GError     **error)
{
  StoreStatement *statement = NULL;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL);

  if (code == SQLITE_OK)
    {
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        *out_value = sqlite3_column_int64 (statement, 0);
    }

  if (code != SQLITE_ROW)
    store_db_set_error (self, code, error);

  sqlite3_finalize (statement);
  return code == SQLITE_ROW;
}

void
store_bind_text (StoreStatement *statement,
                 int             position,
                 const char     *text)
{
  if (text == NULL)
    sqlite3_bind_null (statement, position);
  else
    sqlite3_bind_text (statement, position, text, -1, SQLITE_STATIC);
}

void
store_bind_int (StoreStatement *statement,
                int             position,
                gint64          value)
{
  sqlite3_bind_int64 (statement, position, value);
}

/**
 * store_bind_int_or_null:
 *
 * Binds NULL for 0, where 0 means that there is none.
 */
void
store_bind_int_or_null (StoreStatement *statement,
                        int             position,
                        gint64          value)
{
  if (value == 0)
    sqlite3_bind_null (statement, position);
  else
    sqlite3_bind_int64 (statement, position, value);
}

void
store_bind_bytes (StoreStatement *statement,
                  int             position,
                  GBytes         *bytes)
{
  gsize size = 0;
  const void *data = bytes == NULL ? NULL : g_bytes_get_data (bytes, &size);

  if (bytes == NULL)
    sqlite3_bind_null (statement, position);
  else
    sqlite3_bind_blob64 (statement, position, data != NULL ? data : "", size, SQLITE_STATIC);
}

/**
 * store_column_peek:
 *
 * Returns: (nullable) (transfer none): the text, until the next step
 */
const char *
store_column_peek (StoreStatement *statement,
                   int             column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

/**
 * store_column_dup:
 *
 * Returns: (nullable) (transfer full): the text, valid UTF-8 whatever the file holds
 */
char *
store_column_dup (StoreStatement *statement,
                  int             column)
{
  const char *text = store_column_peek (statement, column);

  if (text == NULL)
    return NULL;
  if (G_LIKELY (g_utf8_validate (text, -1, NULL)))
    return g_strdup (text);
  return g_utf8_make_valid (text, -1);
}

/**
 * store_column_bytes:
 *
 * Returns: (nullable) (transfer full): the blob
 */
GBytes *
store_column_bytes (StoreStatement *statement,
                    int             column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return NULL;

  return g_bytes_new (sqlite3_column_blob (statement, column),
                      (gsize) sqlite3_column_bytes (statement, column));
}
