#include "store-reader-private.h"

static StoreLocation
read_location (StoreStatement *select)
{
  return (StoreLocation) {
    .location = sqlite3_column_int64 (select, 0),
    .message = sqlite3_column_int64 (select, 1),
    .folder = sqlite3_column_int64 (select, 2),
    .state = (StoreLocationState) sqlite3_column_int (select, 3),
    .uid_validity = (guint32) sqlite3_column_int64 (select, 4),
    .uid = (guint32) sqlite3_column_int64 (select, 5),
    .flags = (guint32) sqlite3_column_int64 (select, 6),
    .is_shown = sqlite3_column_int (select, 7) != 0,
  };
}

#define LOCATION_COLUMNS \
  "l.id, l.message, l.folder, l.state, f.uid_validity, l.uid, l.flags_shown, l.hidden_by = 0" \
  " FROM location AS l JOIN folder AS f ON f.id = l.folder"

/**
 * store_reader_get_location:
 * @out_location: (out caller-allocates): all zero where there is none
 */
gboolean
store_reader_get_location (StoreReader    *self,
                           gint64          location,
                           StoreLocation  *out_location,
                           GError        **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  *out_location = (StoreLocation) { 0 };
  select = store_db_take (self->cache, "SELECT " LOCATION_COLUMNS " WHERE l.id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, location);
  step = store_db_step (self->cache, select, error);
  if (step == STORE_STEP_ROW)
    *out_location = read_location (select);
  return step != STORE_STEP_ERROR;
}

/**
 * store_reader_find_uid:
 *
 * Returns: the location that has the UID, present or a tombstone; 0 if there is none, and with an
 *   error
 */
gint64
store_reader_find_uid (StoreReader  *self,
                       gint64        folder,
                       guint32       uid,
                       GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 location = 0;

  select = store_db_take (self->cache,
                          "SELECT id FROM location INDEXED BY location_uid"
                          " WHERE folder = ? AND uid = ?", error);
  if (select == NULL)
    return 0;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, uid);
  return store_db_get_int64 (self->cache, select, &location, NULL, error) ? location : 0;
}

/**
 * store_reader_list_locations:
 *
 * Returns: (transfer full) (element-type StoreLocation): everywhere that a message lies, or %NULL
 */
GArray *
store_reader_list_locations (StoreReader  *self,
                             gint64        message,
                             GError      **error)
{
  g_autoptr(GArray) locations = g_array_new (FALSE, FALSE, sizeof (StoreLocation));
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT " LOCATION_COLUMNS " WHERE l.message = ? ORDER BY l.id", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, message);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      StoreLocation location = read_location (select);

      g_array_append_val (locations, location);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&locations) : NULL;
}

/**
 * store_reader_list_uids:
 * @first_uid: from this UID on
 * @last_uid: up to this one, 0 for the end
 *
 * The messages that the server is known to have, as it last said: to be compared with what it
 * says now. From a covering index: 100,000 in about 20 ms.
 *
 * Returns: (transfer full) (element-type StoreUidFlags): sorted by UID, or %NULL; of the keywords
 *   only the hash is filled in, and no MODSEQ
 */
GArray *
store_reader_list_uids (StoreReader  *self,
                        gint64        folder,
                        guint32       first_uid,
                        guint32       last_uid,
                        GError      **error)
{
  g_autoptr(GArray) uids = g_array_new (FALSE, FALSE, sizeof (StoreUidFlags));
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT uid, flags, keywords FROM location INDEXED BY location_uid"
                          " WHERE folder = ? AND uid BETWEEN ? AND ? AND state = 0"
                          " ORDER BY uid", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, MAX (first_uid, 1));
  store_bind_int (select, 3, last_uid == 0 ? G_MAXUINT32 : last_uid);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      StoreUidFlags item = {
        .uid = (guint32) sqlite3_column_int64 (select, 0),
        .flags = (guint32) sqlite3_column_int64 (select, 1),
        .keywords_hash = store_keywords_hash (store_column_peek (select, 2)),
      };

      g_array_append_val (uids, item);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&uids) : NULL;
}

static GArray *
list_lacking (StoreReader           *self,
              const char            *literal,
              gint64                 folder,
              int                    wanted,
              gint64                 since_unix,
              const StoreListEntry  *after,
              guint                  limit,
              GError               **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (StoreListEntry));
  g_autoptr(StoreStatement) select = store_db_take (self->cache, literal, error);
  StoreStep step;

  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, wanted);
  store_bind_int (select, 3, since_unix);
  store_bind_int (select, 4, after == NULL ? G_MAXINT64 : after->sort_date);
  store_bind_int (select, 5, after == NULL ? 0 : after->location);
  store_bind_int (select, 6, limit == 0 ? -1 : (gint64) limit);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      StoreListEntry entry = { sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1) };

      g_array_append_val (entries, entry);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&entries) : NULL;
}

/**
 * store_reader_list_without_body:
 * @wanted: the state that is enough
 * @since_unix: nothing that sorts before this time
 * @after: (nullable): the last entry of the answer before, so that a prefetch goes on from there
 *   and does not walk over what it has
 * @limit: how many at most, 0 for all
 *
 * Returns: (transfer full) (element-type StoreListEntry): what is to be downloaded, the newest
 *   first, or %NULL
 */
GArray *
store_reader_list_without_body (StoreReader           *self,
                                gint64                 folder,
                                StoreBodyState         wanted,
                                gint64                 since_unix,
                                const StoreListEntry  *after,
                                guint                  limit,
                                GError               **error)
{
  return list_lacking (self,
                       "SELECT l.sort_date, l.id FROM location AS l INDEXED BY location_list"
                       " CROSS JOIN message AS m ON m.id = l.message"
                       " WHERE l.folder = ?1 AND l.hidden_by = 0 AND l.sort_date >= ?3"
                       " AND l.sort_date <= ?4 AND (l.sort_date < ?4 OR l.id > ?5)"
                       " AND l.uid IS NOT NULL AND m.body < ?2"
                       " ORDER BY l.sort_date DESC, l.id LIMIT ?6",
                       folder, wanted, since_unix, after, limit, error);
}

/**
 * store_reader_list_without_structure:
 * @after: (nullable): as in store_reader_list_without_body ()
 *
 * Returns: (transfer full) (element-type StoreListEntry): messages whose body structure or preview
 *   was not fetched yet, the newest first, or %NULL
 */
GArray *
store_reader_list_without_structure (StoreReader           *self,
                                     gint64                 folder,
                                     const StoreListEntry  *after,
                                     guint                  limit,
                                     GError               **error)
{
  return list_lacking (self,
                       "SELECT l.sort_date, l.id FROM location AS l INDEXED BY location_list"
                       " CROSS JOIN message AS m ON m.id = l.message"
                       " WHERE l.folder = ?1 AND l.hidden_by = 0 AND l.sort_date >= ?3"
                       " AND l.sort_date <= ?4 AND (l.sort_date < ?4 OR l.id > ?5)"
                       " AND l.uid IS NOT NULL"
                       " AND (m.structure IS NULL OR m.preview IS NULL)"
                       " ORDER BY l.sort_date DESC, l.id LIMIT ?6",
                       folder, 0, 0, after, limit, error);
}

static char *
make_pattern (const char *text,
              const char *before)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GString *pattern = g_string_new (before);

  for (const char *p = folded; *p != '\0'; p++)
    {
      if (*p == '%' || *p == '_' || *p == '\\')
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *p);
    }

  g_string_append_c (pattern, '%');
  return g_string_free (pattern, FALSE);
}

/**
 * store_reader_complete:
 * @text: the beginning of an address or of any word of a name
 *
 * Returns: (transfer full) (element-type StoreRecipient): who may be meant: whom one writes to
 *   most and lately first, then who has written; or %NULL
 */
GPtrArray *
store_reader_complete (StoreReader  *self,
                       const char   *text,
                       guint         limit,
                       GError      **error)
{
  g_autofree char *first = make_pattern (text, "");
  g_autofree char *inner = make_pattern (text, "% ");
  g_autoptr(GPtrArray) recipients = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT name, address, n_written, written, seen FROM recipient"
                          " WHERE key LIKE ?1 ESCAPE '\\' OR key LIKE ?2 ESCAPE '\\'"
                          /* a letter more is worth as much as having written ten weeks later */
                          " ORDER BY n_written > 0 DESC,"
                          " min (n_written, 20) * 10 + written / 604800 DESC, seen DESC, address"
                          " LIMIT ?3", error);
  if (select == NULL)
    return NULL;

  recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) store_recipient_free);
  store_bind_text (select, 1, first);
  store_bind_text (select, 2, inner);
  store_bind_int (select, 3, limit);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      StoreRecipient *recipient = g_new0 (StoreRecipient, 1);

      recipient->name = store_column_dup (select, 0);
      recipient->address = store_column_dup (select, 1);
      recipient->n_written = (guint) sqlite3_column_int64 (select, 2);
      recipient->written_unix = sqlite3_column_int64 (select, 3);
      recipient->seen_unix = sqlite3_column_int64 (select, 4);
      g_ptr_array_add (recipients, recipient);
    }

  return step == STORE_STEP_DONE ? g_steal_pointer (&recipients) : NULL;
}
