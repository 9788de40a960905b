#include "store-bodies-private.h"
#include "store-reader-private.h"

/* Where a body may be kept: under each location of its message. */
typedef struct
{
  char *folder_uuid;
  guint32 uid_validity;
  guint32 uid;
} Key;

static void
key_clear (gpointer data)
{
  Key *key = data;

  g_free (key->folder_uuid);
}

static GArray *
list_keys (StoreReader  *self,
           gint64        location,
           GError      **error)
{
  g_autoptr(GArray) keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  g_array_set_clear_func (keys, key_clear);
  select = store_db_take (self->cache,
                          "SELECT f.uuid, iif (l.uid IS NULL, l.old_uid_validity, f.uid_validity),"
                          " coalesce (l.uid, l.old_uid) FROM location AS given"
                          " JOIN location AS l ON l.message = given.message"
                          " JOIN folder AS f ON f.id = l.folder"
                          " WHERE given.id = ?1 AND coalesce (l.uid, l.old_uid) IS NOT NULL"
                          " ORDER BY l.id <> ?1, l.id", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, location);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      Key key = {
        .folder_uuid = store_column_dup (select, 0),
        .uid_validity = (guint32) sqlite3_column_int64 (select, 1),
        .uid = (guint32) sqlite3_column_int64 (select, 2),
      };

      g_array_append_val (keys, key);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&keys) : NULL;
}

static GBytes *
read_file (StoreReader *self,
           const char  *file)
{
  g_autofree char *path = store_bodies_file_path (self->directory, file);
  char *data = NULL;
  gsize size;

  /* a file that is gone is a body that is not downloaded */
  return g_file_get_contents (path, &data, &size, NULL) ? g_bytes_new_take (data, size) : NULL;
}

static GBytes *
expand_row (StoreReader    *self,
            StoreStatement *select)
{
  const char *file = store_column_peek (select, 0);
  gsize size = (gsize) sqlite3_column_int64 (select, 2);
  guint64 hash = (guint64) sqlite3_column_int64 (select, 3);
  g_autoptr(GBytes) stored = NULL;

  if (file == NULL)
    return store_body_expand (sqlite3_column_blob (select, 1),
                              (gsize) sqlite3_column_bytes (select, 1), size, hash);

  stored = read_file (self, file);
  return stored == NULL ? NULL
                        : store_body_expand (g_bytes_get_data (stored, NULL),
                                             g_bytes_get_size (stored), size, hash);
}

/**
 * store_reader_load_body:
 * @section: STORE_SECTION_WHOLE or a section number
 *
 * Reads what was downloaded, at this location or at another one of the same message. What does
 * not have the hash that was noted counts as not downloaded.
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL without an error when they are not here
 */
GBytes *
store_reader_load_body (StoreReader  *self,
                        gint64        location,
                        const char   *section,
                        GError      **error)
{
  g_autoptr(GArray) keys = list_keys (self, location, error);
  g_autoptr(StoreStatement) select = NULL;

  if (keys == NULL)
    return NULL;

  select = store_db_take (self->bodies,
                          "SELECT b.file, b.data, b.size, b.hash FROM place AS p"
                          " JOIN body AS b INDEXED BY body_key ON b.place = p.id"
                          " WHERE p.folder_uuid = ? AND p.uid_validity = ? AND b.uid = ?"
                          " AND b.section = ?", error);
  if (select == NULL)
    return NULL;

  for (guint i = 0; i < keys->len; i++)
    {
      Key *key = &g_array_index (keys, Key, i);
      GBytes *bytes = NULL;
      StoreStep step;

      store_bind_text (select, 1, key->folder_uuid);
      store_bind_int (select, 2, key->uid_validity);
      store_bind_int (select, 3, key->uid);
      store_bind_text (select, 4, section);
      step = store_db_step (self->bodies, select, error);
      if (step == STORE_STEP_ERROR)
        return NULL;
      if (step == STORE_STEP_ROW)
        {
          bytes = expand_row (self, select);
          store_statement_reset (select);
        }
      if (bytes != NULL)
        return bytes;
    }

  return NULL;
}

/**
 * store_reader_list_sections:
 *
 * Returns: (transfer full) (nullable): which sections of the message were downloaded, sorted
 */
char **
store_reader_list_sections (StoreReader  *self,
                            gint64        location,
                            GError      **error)
{
  g_autoptr(GArray) keys = list_keys (self, location, error);
  g_autoptr(GStrvBuilder) sections = g_strv_builder_new ();
  g_autoptr(StoreStatement) select = NULL;

  if (keys == NULL)
    return NULL;

  select = store_db_take (self->bodies,
                          "SELECT b.section FROM place AS p"
                          " JOIN body AS b INDEXED BY body_key ON b.place = p.id"
                          " WHERE p.folder_uuid = ? AND p.uid_validity = ? AND b.uid = ?"
                          " ORDER BY b.section", error);
  if (select == NULL)
    return NULL;

  for (guint i = 0; i < keys->len; i++)
    {
      Key *key = &g_array_index (keys, Key, i);
      guint n_sections = 0;
      StoreStep step;

      store_bind_text (select, 1, key->folder_uuid);
      store_bind_int (select, 2, key->uid_validity);
      store_bind_int (select, 3, key->uid);
      while ((step = store_db_step (self->bodies, select, error)) == STORE_STEP_ROW)
        {
          g_strv_builder_add (sections, store_column_peek (select, 0));
          n_sections++;
        }
      if (step == STORE_STEP_ERROR)
        return NULL;
      if (n_sections > 0)
        break;
    }

  return g_strv_builder_end (sections);
}

/**
 * store_reader_get_body_use:
 *
 * How much is downloaded, and what it takes.
 */
gboolean
store_reader_get_body_use (StoreReader   *self,
                           StoreBodyUse  *out_use,
                           GError       **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->bodies,
                          "SELECT count(*), sum (size), sum (stored) FROM body"
                          " INDEXED BY body_age", error);
  if (select == NULL)
    return FALSE;

  step = store_db_step (self->bodies, select, error);
  if (step != STORE_STEP_ROW)
    return FALSE;

  out_use->n_bodies = sqlite3_column_int64 (select, 0);
  out_use->size_bytes = sqlite3_column_int64 (select, 1);
  out_use->stored_bytes = sqlite3_column_int64 (select, 2);
  return TRUE;
}
