#include "store-index-private.h"
#include "store-overlay-private.h"

/* Rows of location, read and written one at a time: every change to one goes through here, so
 * that every change is told. */

#define LOCATION_COLUMNS \
  "id, folder, message, uid, state, flags, keywords, flags_shown, keywords_shown, hidden_by," \
  " sort_date, internal_date, modseq, fingerprint, operation, old_uid_validity, old_uid," \
  " has_attachment"

void
store_location_clear (StoreLocationRow *row)
{
  g_clear_pointer (&row->keywords, g_free);
  g_clear_pointer (&row->keywords_shown, g_free);
}

static gboolean
load (StoreDb           *cache,
      StoreStatement    *select,
      StoreLocationRow  *row,
      gboolean          *out_is_found,
      GError           **error)
{
  StoreStep step = store_db_step (cache, select, error);

  *out_is_found = step == STORE_STEP_ROW;
  if (step != STORE_STEP_ROW)
    return step == STORE_STEP_DONE;

  row->location = sqlite3_column_int64 (select, 0);
  row->folder = sqlite3_column_int64 (select, 1);
  row->message = sqlite3_column_int64 (select, 2);
  row->uid = (guint32) sqlite3_column_int64 (select, 3);
  row->state = (StoreLocationState) sqlite3_column_int (select, 4);
  row->flags = (guint32) sqlite3_column_int64 (select, 5);
  row->keywords = store_column_dup (select, 6);
  row->flags_shown = (guint32) sqlite3_column_int64 (select, 7);
  row->keywords_shown = store_column_dup (select, 8);
  row->hidden_by = sqlite3_column_int64 (select, 9);
  row->sort_date = sqlite3_column_int64 (select, 10);
  row->internal_date = sqlite3_column_int64 (select, 11);
  row->modseq = (guint64) sqlite3_column_int64 (select, 12);
  row->fingerprint = (guint64) sqlite3_column_int64 (select, 13);
  row->operation = sqlite3_column_int64 (select, 14);
  row->old_uid_validity = (guint32) sqlite3_column_int64 (select, 15);
  row->old_uid = (guint32) sqlite3_column_int64 (select, 16);
  row->has_attachment = sqlite3_column_int (select, 17) != 0;
  return TRUE;
}

/**
 * store_location_load:
 * @row: (out caller-allocates): all zero before; filled where there is a row
 */
gboolean
store_location_load (StoreTransaction  *tx,
                     gint64             location,
                     StoreLocationRow  *row,
                     gboolean          *out_is_found,
                     GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache, "SELECT " LOCATION_COLUMNS " FROM location WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, location);
  return load (cache, select, row, out_is_found, error);
}

/**
 * store_location_find_uid:
 * @out_location: (out): the location, or 0
 */
gboolean
store_location_find_uid (StoreTransaction  *tx,
                         gint64             folder,
                         guint32            uid,
                         gint64            *out_location,
                         GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_uid"
                          " WHERE folder = ? AND uid = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, uid);
  return store_db_get_int64 (cache, select, out_location, NULL, error);
}

gboolean
store_location_load_uid (StoreTransaction  *tx,
                         gint64             folder,
                         guint32            uid,
                         StoreLocationRow  *row,
                         gboolean          *out_is_found,
                         GError           **error)
{
  gint64 location;

  *out_is_found = FALSE;
  return store_location_find_uid (tx, folder, uid, &location, error) &&
         (location == 0 || store_location_load (tx, location, row, out_is_found, error));
}

/**
 * store_location_note:
 *
 * Tells how a row is now.
 */
void
store_location_note (StoreTransaction       *tx,
                     const StoreLocationRow *row)
{
  StoreRowChange change = {
    .location = row->location,
    .sort_date = row->sort_date,
    .flags = row->flags_shown,
    .is_shown = row->hidden_by == 0,
    .has_attachment = row->has_attachment,
  };

  store_change_set_row (tx->changes, row->folder, &change);
}

/**
 * store_location_note_conversation:
 *
 * Tells that something has changed about a message of a conversation.
 */
gboolean
store_location_note_conversation (StoreTransaction  *tx,
                                  gint64             message,
                                  GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  gint64 conversation;

  select = store_db_take (cache, "SELECT conversation FROM message WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, message);
  if (!store_db_get_int64 (cache, select, &conversation, NULL, error))
    return FALSE;

  if (conversation != 0)
    store_change_set_conversation (tx->changes, conversation);
  return TRUE;
}

/* The messages of a folder are others than those that were proved to be there. */
static gboolean
unprove (StoreTransaction  *tx,
         gint64             folder,
         GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  StoreFolderInfo *info = store_tx_folder_info (tx, folder, error);
  g_autoptr(StoreStatement) update = NULL;

  if (info == NULL)
    return FALSE;
  if (info->is_unproved)
    return TRUE;

  update = store_db_take (cache, "UPDATE folder SET proved_exists = -1 WHERE id = ?", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, folder);
  info->is_unproved = TRUE;
  return store_db_run (cache, update, error);
}

static void
bind_row (StoreStatement         *statement,
          const StoreLocationRow *row,
          gint64                  now_unix)
{
  store_bind_int (statement, 1, row->location);
  store_bind_int (statement, 2, row->message);
  store_bind_int_or_null (statement, 3, row->uid);
  store_bind_int (statement, 4, row->state);
  store_bind_int (statement, 5, row->flags);
  store_bind_text (statement, 6, row->keywords);
  store_bind_int (statement, 7, row->flags_shown);
  store_bind_text (statement, 8, row->keywords_shown);
  store_bind_int (statement, 9, row->hidden_by);
  store_bind_int (statement, 10, row->modseq <= G_MAXINT64 ? (gint64) row->modseq : 0);
  store_bind_int_or_null (statement, 11, row->operation);
  store_bind_int_or_null (statement, 12,
                          row->state == STORE_LOCATION_TOMBSTONE ? now_unix : 0);
  store_bind_int_or_null (statement, 13, row->old_uid_validity);
  store_bind_int_or_null (statement, 14, row->old_uid);
  store_bind_int (statement, 15, row->internal_date);
}

/**
 * store_location_write:
 *
 * Writes everything of a row that can change, and tells it.
 */
gboolean
store_location_write (StoreTransaction  *tx,
                      StoreLocationRow  *row,
                      GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache,
                          "UPDATE location SET message = ?2, uid = ?3, state = ?4, flags = ?5,"
                          " keywords = ?6, flags_shown = ?7, keywords_shown = ?8, hidden_by = ?9,"
                          " modseq = ?10, operation = ?11, gone = ?12, old_uid_validity = ?13,"
                          " old_uid = ?14, internal_date = ?15 WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  bind_row (update, row, tx->now_unix);
  if (!store_db_run (cache, update, error) || !unprove (tx, row->folder, error))
    return FALSE;

  store_location_note (tx, row);
  return store_location_note_conversation (tx, row->message, error);
}

static gboolean
write_some (StoreTransaction        *tx,
            const StoreLocationRow  *row,
            const char              *literal,
            GError                 **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache, literal, error);
  if (update == NULL)
    return FALSE;

  /* a number that the statement does not have is passed over */
  store_bind_int (update, 1, row->location);
  store_bind_int (update, 2, row->flags_shown);
  store_bind_text (update, 3, row->keywords_shown);
  store_bind_int (update, 4, row->hidden_by);
  store_bind_int (update, 5, row->flags);
  store_bind_text (update, 6, row->keywords);
  store_bind_int (update, 7, row->modseq <= G_MAXINT64 ? (gint64) row->modseq : 0);
  if (!store_db_run (cache, update, error))
    return FALSE;

  store_location_note (tx, row);
  return store_location_note_conversation (tx, row->message, error);
}

/**
 * store_location_write_shown:
 * @hidden_before: hidden_by as it is in the database
 *
 * Writes what is shown of a row, and tells it. SQLite rewrites each index that has a column which
 * is named, changed or not: so no more is named than has to be.
 */
gboolean
store_location_write_shown (StoreTransaction        *tx,
                            const StoreLocationRow  *row,
                            gint64                   hidden_before,
                            GError                 **error)
{
  if (row->hidden_by == hidden_before)
    return write_some (tx, row,
                       "UPDATE location SET flags_shown = ?2, keywords_shown = ?3"
                       " WHERE id = ?1", error);

  return write_some (tx, row,
                     "UPDATE location SET flags_shown = ?2, keywords_shown = ?3, hidden_by = ?4"
                     " WHERE id = ?1", error);
}

/**
 * store_location_write_flags:
 * @hidden_before: hidden_by as it is in the database
 *
 * Writes the server's flags and what is shown of a row whose place and state stay.
 */
gboolean
store_location_write_flags (StoreTransaction        *tx,
                            const StoreLocationRow  *row,
                            gint64                   hidden_before,
                            GError                 **error)
{
  if (row->hidden_by == hidden_before)
    return write_some (tx, row,
                       "UPDATE location SET flags_shown = ?2, keywords_shown = ?3, flags = ?5,"
                       " keywords = ?6, modseq = ?7 WHERE id = ?1", error);

  return write_some (tx, row,
                     "UPDATE location SET flags_shown = ?2, keywords_shown = ?3, hidden_by = ?4,"
                     " flags = ?5, keywords = ?6, modseq = ?7 WHERE id = ?1", error);
}

/**
 * store_location_insert:
 * @row: its id is filled in
 */
gboolean
store_location_insert (StoreTransaction  *tx,
                       StoreLocationRow  *row,
                       GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) insert = NULL;

  if (cache == NULL)
    return FALSE;

  insert = store_db_take (cache,
                          "INSERT INTO location (id, message, uid, state, flags, keywords,"
                          " flags_shown, keywords_shown, hidden_by, modseq, operation, gone,"
                          " old_uid_validity, old_uid, internal_date, folder, sort_date,"
                          " fingerprint, has_attachment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                          " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)", error);
  if (insert == NULL)
    return FALSE;

  row->location = store_tx_take_id (tx);
  bind_row (insert, row, tx->now_unix);
  store_bind_int (insert, 16, row->folder);
  store_bind_int (insert, 17, row->sort_date);
  store_bind_int (insert, 18, (gint64) row->fingerprint);
  store_bind_int (insert, 19, row->has_attachment);
  if (!store_db_run (cache, insert, error) || !unprove (tx, row->folder, error))
    return FALSE;

  store_location_note (tx, row);
  return TRUE;
}

static gboolean
delete_message (StoreTransaction  *tx,
                gint64             message,
                GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) delete = NULL;

  if (!store_index_remove (tx, message, error))
    return FALSE;

  delete = store_db_take (cache, "DELETE FROM message WHERE id = ?", error);
  if (delete == NULL)
    return FALSE;

  store_bind_int (delete, 1, message);
  return store_db_run (cache, delete, error);
}

/**
 * store_location_delete:
 *
 * Deletes a row, and its message when it was the last location of it.
 */
gboolean
store_location_delete (StoreTransaction        *tx,
                       const StoreLocationRow  *row,
                       GError                 **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) delete_location = NULL;
  g_autoptr(StoreStatement) is_last = NULL;
  gint64 is_message_gone;
  StoreRowChange change = { .location = row->location, .sort_date = row->sort_date };

  if (cache == NULL || !store_location_note_conversation (tx, row->message, error) ||
      (row->state == STORE_LOCATION_PRESENT && !unprove (tx, row->folder, error)))
    return FALSE;

  delete_location = store_db_take (cache, "DELETE FROM location WHERE id = ?", error);
  if (delete_location == NULL)
    return FALSE;

  store_bind_int (delete_location, 1, row->location);
  if (!store_db_run (cache, delete_location, error))
    return FALSE;

  is_last = store_db_take (cache, "SELECT NOT EXISTS (SELECT 1 FROM location WHERE message = ?)",
                           error);
  if (is_last == NULL)
    return FALSE;

  store_bind_int (is_last, 1, row->message);
  if (!store_db_get_int64 (cache, is_last, &is_message_gone, NULL, error))
    return FALSE;
  if (is_message_gone && !delete_message (tx, row->message, error))
    return FALSE;

  if (row->hidden_by == 0)
    store_change_set_row (tx->changes, row->folder, &change);
  return TRUE;
}
