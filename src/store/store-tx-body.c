#include "store-bodies-private.h"

#include "store-overlay-private.h"

/* Bodies are kept by (account, folder, UIDVALIDITY, UID, section) and by no id of the cache, so
 * that a cache that was made anew finds them again. The first three are one place. */

static gboolean
find_place (StoreTransaction  *tx,
            const char        *folder_uuid,
            guint32            uid_validity,
            gint64            *out_place,
            GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (bodies,
                          "SELECT id FROM place WHERE folder_uuid = ? AND uid_validity = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_text (select, 1, folder_uuid);
  store_bind_int (select, 2, uid_validity);
  return store_db_get_int64 (bodies, select, out_place, NULL, error);
}

static gboolean
ensure_place (StoreTransaction  *tx,
              const char        *account_uuid,
              const char        *folder_uuid,
              guint32            uid_validity,
              gint64            *out_place,
              GError           **error)
{
  StoreDb *bodies = store_tx_bodies (tx, error);
  g_autoptr(StoreStatement) insert = NULL;

  if (bodies == NULL || !find_place (tx, folder_uuid, uid_validity, out_place, error))
    return FALSE;
  if (*out_place != 0)
    return TRUE;

  insert = store_db_take (bodies,
                          "INSERT INTO place (account_uuid, folder_uuid, uid_validity)"
                          " VALUES (?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;

  store_bind_text (insert, 1, account_uuid);
  store_bind_text (insert, 2, folder_uuid);
  store_bind_int (insert, 3, uid_validity);
  if (!store_db_run (bodies, insert, error))
    return FALSE;

  *out_place = sqlite3_last_insert_rowid (bodies->handle);
  return TRUE;
}

/**
 * store_bodies_state:
 * @out_state: (out): what is kept of a UID
 */
gboolean
store_bodies_state (StoreTransaction  *tx,
                    StoreFolderInfo   *info,
                    guint32            uid,
                    StoreBodyState    *out_state,
                    GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  *out_state = STORE_BODY_NONE;
  if (info->place < 0 && !find_place (tx, info->uuid, info->uid_validity, &info->place, error))
    return FALSE;
  if (info->place == 0)
    return TRUE;

  select = store_db_take (bodies,
                          "SELECT section = '' FROM body INDEXED BY body_key"
                          " WHERE place = ? AND uid = ? ORDER BY section LIMIT 1", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, info->place);
  store_bind_int (select, 2, uid);
  step = store_db_step (bodies, select, error);
  if (step == STORE_STEP_ROW)
    *out_state = sqlite3_column_int (select, 0) ? STORE_BODY_WHOLE : STORE_BODY_TEXT;
  return step != STORE_STEP_ERROR;
}

static gboolean
drop_file_of (StoreTransaction  *tx,
              StoreStatement    *select,
              GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  StoreStep step;

  while ((step = store_db_step (bodies, select, error)) == STORE_STEP_ROW)
    {
      const char *file = store_column_peek (select, 0);

      if (file != NULL)
        g_ptr_array_add (tx->dropped_files, store_bodies_file_path (tx->directory, file));
    }

  return step == STORE_STEP_DONE;
}

/* Files are unlinked after the commit: a row may lack its file, which reads as not downloaded,
 * only if the machine stops between the two, and then nothing is lost but room. */
static gboolean
drop_bodies (StoreTransaction  *tx,
             gint64             place,
             guint32            uid,
             const char        *section,
             GError           **error)
{
  StoreDb *bodies = store_tx_bodies (tx, error);
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreStatement) delete = NULL;

  if (bodies == NULL)
    return FALSE;

  select = store_db_take (bodies,
                          "SELECT file FROM body WHERE place = ?1 AND uid = ?2"
                          " AND (?3 IS NULL OR section = ?3)", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, place);
  store_bind_int (select, 2, uid);
  store_bind_text (select, 3, section);
  if (!drop_file_of (tx, select, error))
    return FALSE;

  delete = store_db_take (bodies,
                          "DELETE FROM body WHERE place = ?1 AND uid = ?2"
                          " AND (?3 IS NULL OR section = ?3)", error);
  if (delete == NULL)
    return FALSE;

  store_bind_int (delete, 1, place);
  store_bind_int (delete, 2, uid);
  store_bind_text (delete, 3, section);
  return store_db_run (bodies, delete, error);
}

/**
 * store_bodies_remove:
 *
 * Removes all that is kept of a UID.
 */
gboolean
store_bodies_remove (StoreTransaction  *tx,
                     const char        *folder_uuid,
                     guint32            uid_validity,
                     guint32            uid,
                     GError           **error)
{
  gint64 place;

  return find_place (tx, folder_uuid, uid_validity, &place, error) &&
         (place == 0 || drop_bodies (tx, place, uid, NULL, error));
}

/**
 * store_bodies_rekey:
 *
 * A message has another UID, or lies in another folder: its bodies are kept under that.
 */
gboolean
store_bodies_rekey (StoreTransaction  *tx,
                    const char        *account_uuid,
                    const char        *from_folder_uuid,
                    guint32            from_uid_validity,
                    guint32            from_uid,
                    const char        *to_folder_uuid,
                    guint32            to_uid_validity,
                    guint32            to_uid,
                    GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) update = NULL;
  gint64 from;
  gint64 to;

  if (!find_place (tx, from_folder_uuid, from_uid_validity, &from, error))
    return FALSE;
  if (from == 0)
    return TRUE;

  if (!ensure_place (tx, account_uuid, to_folder_uuid, to_uid_validity, &to, error))
    return FALSE;

  /* what is there already under the new key is as good */
  update = store_db_take (bodies,
                          "UPDATE OR IGNORE body SET place = ?3, uid = ?4"
                          " WHERE place = ?1 AND uid = ?2", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, from);
  store_bind_int (update, 2, from_uid);
  store_bind_int (update, 3, to);
  store_bind_int (update, 4, to_uid);
  return store_db_run (bodies, update, error) && drop_bodies (tx, from, from_uid, NULL, error);
}

static gboolean
insert_body (StoreTransaction  *tx,
             gint64             place,
             guint32            uid,
             const char        *section,
             StoreBody         *body,
             GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) insert = NULL;

  insert = store_db_take (bodies,
                          "INSERT INTO body (place, uid, section, hash, size, stored, fetched, file,"
                          " data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, place);
  store_bind_int (insert, 2, uid);
  store_bind_text (insert, 3, section);
  store_bind_int (insert, 4, (gint64) body->hash);
  store_bind_int (insert, 5, (gint64) body->size_bytes);
  store_bind_int (insert, 6, (gint64) body->stored_bytes);
  store_bind_int (insert, 7, tx->now_unix);
  store_bind_text (insert, 8, body->file);
  store_bind_bytes (insert, 9, body->data);
  return store_db_run (bodies, insert, error);
}

static gboolean
set_state (StoreTransaction  *tx,
           gint64             message,
           StoreBodyState     state,
           gboolean           is_lowered,
           GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (cache == NULL)
    return FALSE;

  update = store_db_take (cache,
                          "UPDATE message SET body = iif (?3, ?2, max (body, ?2)) WHERE id = ?1",
                          error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, message);
  store_bind_int (update, 2, state);
  store_bind_int (update, 3, is_lowered);
  store_change_set_message (tx->changes, message);
  return store_db_run (cache, update, error);
}

static gboolean
load_place (StoreTransaction   *tx,
            gint64              location,
            StoreLocationRow   *row,
            StoreFolderInfo   **out_info,
            guint32            *out_uid_validity,
            guint32            *out_uid,
            GError            **error)
{
  gboolean is_found;

  if (!store_location_load (tx, location, row, &is_found, error))
    return FALSE;
  if (!is_found)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                   "There is no location %" G_GINT64_FORMAT, location);
      return FALSE;
    }

  *out_info = store_tx_folder_info (tx, row->folder, error);
  if (*out_info == NULL)
    return FALSE;

  *out_uid = row->uid != 0 ? row->uid : row->old_uid;
  *out_uid_validity = row->uid != 0 ? (*out_info)->uid_validity : row->old_uid_validity;
  return TRUE;
}

/**
 * store_tx_put_body:
 * @section: STORE_SECTION_WHOLE or a section number
 * @body: (transfer none): has to live until the transaction is committed, from when on its file,
 *   if it has one, belongs to the store
 * @state: what the message has with this: STORE_BODY_TEXT when the parts that are read are
 *   here, STORE_BODY_WHOLE, or STORE_BODY_NONE for a part that alone is not enough
 *
 * Keeps downloaded bytes; what was kept of the section before is replaced, and a whole message
 * replaces its parts.
 *
 * Errors: STORE_ERROR_NOT_FOUND, STORE_ERROR_STATE for a location that has no UID.
 */
gboolean
store_tx_put_body (StoreTransaction  *tx,
                   gint64             location,
                   const char        *section,
                   StoreBody         *body,
                   StoreBodyState     state,
                   GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  guint32 uid_validity;
  guint32 uid;
  gint64 place;

  if (!load_place (tx, location, &row, &info, &uid_validity, &uid, error))
    return FALSE;
  if (uid == 0)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_STATE, "The location has no UID yet");
      return FALSE;
    }

  if (!ensure_place (tx, info->account_uuid, info->uuid, uid_validity, &place, error) ||
      !drop_bodies (tx, place, uid, *section == '\0' ? NULL : section, error) ||
      !insert_body (tx, place, uid, section, body, error) ||
      !set_state (tx, row.message, state, FALSE, error))
    return FALSE;

  info->place = -1;
  g_ptr_array_add (tx->kept_bodies, body);
  return store_location_note_conversation (tx, row.message, error);
}

/**
 * store_tx_forget_bodies:
 *
 * Removes what was downloaded of a message at a location; it can be fetched again.
 */
gboolean
store_tx_forget_bodies (StoreTransaction  *tx,
                        gint64             location,
                        GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  guint32 uid_validity;
  guint32 uid;

  return load_place (tx, location, &row, &info, &uid_validity, &uid, error) &&
         store_bodies_remove (tx, info->uuid, uid_validity, uid, error) &&
         set_state (tx, row.message, STORE_BODY_NONE, TRUE, error);
}

typedef struct
{
  gint64 place;
  guint32 uid;
} Key;

static gboolean
list_oldest (StoreTransaction  *tx,
             gint64             excess,
             guint              max_bodies,
             GArray            *keys,
             GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step = STORE_STEP_DONE;

  select = store_db_take (bodies,
                          "SELECT b.place, b.uid, b.stored FROM body AS b INDEXED BY body_age"
                          " ORDER BY fetched LIMIT ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, max_bodies);
  while (excess > 0 && (step = store_db_step (bodies, select, error)) == STORE_STEP_ROW)
    {
      Key key = { sqlite3_column_int64 (select, 0), (guint32) sqlite3_column_int64 (select, 1) };

      excess -= sqlite3_column_int64 (select, 2);
      g_array_append_val (keys, key);
    }

  return step != STORE_STEP_ERROR;
}

static gboolean
lower_state (StoreTransaction  *tx,
             const Key         *key,
             GError           **error)
{
  StoreDb *bodies = tx->reader->bodies;
  g_autoptr(StoreStatement) select = NULL;
  g_auto(StoreLocationRow) row = { 0 };
  g_autofree char *folder_uuid = NULL;
  guint32 uid_validity = 0;
  StoreFolderInfo *info;
  gint64 folder;
  gboolean is_found;
  StoreStep step;

  select = store_db_take (bodies, "SELECT folder_uuid, uid_validity FROM place WHERE id = ?",
                          error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, key->place);
  step = store_db_step (bodies, select, error);
  if (step == STORE_STEP_ROW)
    {
      folder_uuid = store_column_dup (select, 0);
      uid_validity = (guint32) sqlite3_column_int64 (select, 1);
    }
  if (folder_uuid == NULL)
    return step != STORE_STEP_ERROR;

  if (!store_tx_find_folder_id (tx, folder_uuid, &folder, error))
    return FALSE;
  if (folder == 0)
    return TRUE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL)
    return FALSE;
  if (info->uid_validity != uid_validity)
    return TRUE;

  return store_location_load_uid (tx, folder, key->uid, &row, &is_found, error) &&
         (!is_found || set_state (tx, row.message, STORE_BODY_NONE, TRUE, error));
}

/**
 * store_tx_evict_bodies:
 * @keep_stored_bytes: how much may stay
 * @max_bodies: how many to remove at most in this transaction
 * @out_n_evicted: (out): how many were removed; 0 when there is nothing left to do
 *
 * Makes room: removes what was downloaded longest ago, whole messages at a time.
 */
gboolean
store_tx_evict_bodies (StoreTransaction  *tx,
                       gint64             keep_stored_bytes,
                       guint              max_bodies,
                       guint             *out_n_evicted,
                       GError           **error)
{
  StoreDb *bodies = store_tx_bodies (tx, error);
  g_autoptr(GArray) keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_autoptr(StoreStatement) sum = NULL;
  gint64 stored;

  *out_n_evicted = 0;
  if (bodies == NULL)
    return FALSE;

  sum = store_db_take (bodies, "SELECT sum (stored) FROM body INDEXED BY body_age", error);
  if (sum == NULL || !store_db_get_int64 (bodies, sum, &stored, NULL, error) ||
      !list_oldest (tx, stored - keep_stored_bytes, max_bodies, keys, error))
    return FALSE;

  for (guint i = 0; i < keys->len; i++)
    {
      Key *key = &g_array_index (keys, Key, i);

      if (!drop_bodies (tx, key->place, key->uid, NULL, error) || !lower_state (tx, key, error))
        return FALSE;
    }

  *out_n_evicted = keys->len;
  return TRUE;
}
