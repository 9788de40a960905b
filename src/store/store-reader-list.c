#include "store-reader-private.h"

#include "store-address-private.h"

/* Lists: an array of 16 bytes a row, and the contents of the rows that are on the screen. */

/* One query a filter, so that each uses its own partial index. */
static const char *const list_literals[] = {
  [STORE_FILTER_ALL] = "SELECT sort_date, id FROM location INDEXED BY location_list"
                       " WHERE folder = ? AND hidden_by = 0"
                       " ORDER BY sort_date DESC, id LIMIT ?",
  [STORE_FILTER_UNREAD] = "SELECT sort_date, id FROM location INDEXED BY location_unread"
                          " WHERE folder = ? AND hidden_by = 0 AND flags_shown & 1 = 0"
                          " ORDER BY sort_date DESC, id LIMIT ?",
  [STORE_FILTER_STARRED] = "SELECT sort_date, id FROM location INDEXED BY location_starred"
                           " WHERE folder = ? AND hidden_by = 0 AND flags_shown & 2 <> 0"
                           " ORDER BY sort_date DESC, id LIMIT ?",
  [STORE_FILTER_ATTACHMENTS] = "SELECT sort_date, id FROM location INDEXED BY location_attachments"
                               " WHERE folder = ? AND hidden_by = 0 AND has_attachment"
                               " ORDER BY sort_date DESC, id LIMIT ?",
};

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  return store_list_entry_compare (a, b);
}

/**
 * store_reader_list_entries:
 * @folders: (array length=n_folders): one for a folder, several for a unified inbox
 * @limit: how many rows at most, 0 for all
 *
 * The rows of a list, the newest first. The first 200 cost 0.1 ms at any size of the folder.
 *
 * Returns: (transfer full) (element-type StoreListEntry): the sorted array, or %NULL
 */
GArray *
store_reader_list_entries (StoreReader   *self,
                           const gint64  *folders,
                           guint          n_folders,
                           StoreFilter    filter,
                           guint          limit,
                           GError       **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (StoreListEntry));
  g_autoptr(StoreStatement) select = store_db_take (self->cache, list_literals[filter], error);

  if (select == NULL)
    return NULL;

  for (guint i = 0; i < n_folders; i++)
    {
      StoreStep step;

      store_bind_int (select, 1, folders[i]);
      store_bind_int (select, 2, limit == 0 ? -1 : (gint64) limit);
      while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
        {
          StoreListEntry entry = { sqlite3_column_int64 (select, 0),
                                   sqlite3_column_int64 (select, 1) };

          g_array_append_val (entries, entry);
        }
      if (step != STORE_STEP_DONE)
        return NULL;
    }

  if (n_folders > 1)
    g_array_sort (entries, compare_entries);
  if (limit != 0 && entries->len > limit)
    g_array_set_size (entries, limit);
  return g_steal_pointer (&entries);
}

#define ROW_COLUMNS \
  "l.id, l.message, m.conversation, l.folder, l.sort_date, l.state, l.uid, l.flags_shown," \
  " iif (l.keywords_shown IS NULL, l.keywords, nullif (l.keywords_shown, ''))," \
  " m.message_id, m.\"from\", m.\"to\", m.subject, m.preview, m.date, m.size, m.attachment," \
  " m.body, l.flags_shown <> l.flags OR l.keywords_shown IS NOT NULL OR l.hidden_by > 0" \
  " OR l.state = 1, l.hidden_by = 0"
#define N_ROW_COLUMNS 20

static StoreRow *
dup_row (StoreStatement *select)
{
  StoreRow *row = g_new0 (StoreRow, 1);

  row->location = sqlite3_column_int64 (select, 0);
  row->message = sqlite3_column_int64 (select, 1);
  row->conversation = sqlite3_column_int64 (select, 2);
  row->folder = sqlite3_column_int64 (select, 3);
  row->sort_date = sqlite3_column_int64 (select, 4);
  row->state = (StoreLocationState) sqlite3_column_int (select, 5);
  row->uid = (guint32) sqlite3_column_int64 (select, 6);
  row->flags = (guint32) sqlite3_column_int64 (select, 7);
  row->keywords = store_column_dup (select, 8);
  row->message_id = store_column_dup (select, 9);
  row->from = store_address_decode (store_column_peek (select, 10));
  row->to = store_address_decode (store_column_peek (select, 11));
  row->subject = store_column_dup (select, 12);
  row->preview = store_column_dup (select, 13);
  row->date_unix = sqlite3_column_int64 (select, 14);
  row->size_bytes = sqlite3_column_int64 (select, 15);
  row->attachment = (StoreAttachmentState) sqlite3_column_int (select, 16);
  row->body = (StoreBodyState) sqlite3_column_int (select, 17);
  row->is_waiting = sqlite3_column_int (select, 18) != 0;
  row->is_shown = sqlite3_column_int (select, 19) != 0;
  row->n_conversation = 1;
  return row;
}

/* Messages, not locations: one that lies in two folders is one. Nobody wants to know more exactly
 * how many there are of a thread that a machine has been adding to for years. */
static gboolean
count_conversation (StoreReader  *self,
                    StoreRow     *row,
                    GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 n_messages;

  select = store_db_take (self->cache,
                          "SELECT count(*) FROM (SELECT 1 FROM message AS m"
                          " INDEXED BY message_conversation WHERE m.conversation = ? AND EXISTS"
                          " (SELECT 1 FROM location AS l WHERE l.message = m.id"
                          "  AND l.hidden_by = 0) LIMIT 1000)", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, row->conversation);
  if (!store_db_get_int64 (self->cache, select, &n_messages, NULL, error))
    return FALSE;

  row->n_conversation = (guint) MAX (n_messages, 1);
  return TRUE;
}

static StoreRow *
load_row (StoreReader  *self,
          gint64        location,
          GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreRow) row = NULL;

  select = store_db_take (self->cache,
                          "SELECT " ROW_COLUMNS " FROM location AS l"
                          " JOIN message AS m ON m.id = l.message WHERE l.id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, location);
  if (store_db_step (self->cache, select, error) != STORE_STEP_ROW)
    return NULL;

  row = dup_row (select);
  return count_conversation (self, row, error) ? g_steal_pointer (&row) : NULL;
}

static void
free_row (gpointer row)
{
  if (row != NULL)
    store_row_free (row);
}

/**
 * store_reader_load_rows:
 * @locations: (array length=n_locations): a page of a list
 *
 * Returns: (transfer full) (element-type StoreRow): the contents in the same order, with %NULL
 *   where a location is there no more; or %NULL with an error
 */
GPtrArray *
store_reader_load_rows (StoreReader   *self,
                        const gint64  *locations,
                        guint          n_locations,
                        GError       **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);

  for (guint i = 0; i < n_locations; i++)
    {
      g_autoptr(GError) local_error = NULL;
      StoreRow *row = load_row (self, locations[i], &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }

      g_ptr_array_add (rows, row);
    }

  return g_steal_pointer (&rows);
}

/* Of the locations of one message: shown before hidden, the preferred folder before others. */
static gboolean
is_better (const StoreRow *row,
           const StoreRow *than,
           gint64          preferred_folder)
{
  if (row->is_shown != than->is_shown)
    return row->is_shown;
  return row->folder == preferred_folder && than->folder != preferred_folder;
}

/**
 * store_reader_list_conversation:
 * @preferred_folder: where the person came from: of a message that lies in several folders that
 *   location is given
 * @limit: how many messages at most, the latest; 0 for all
 *
 * Returns: (transfer full) (element-type StoreRow): the messages of a conversation that are shown
 *   somewhere, over all folders, the oldest first
 */
GPtrArray *
store_reader_list_conversation (StoreReader  *self,
                                gint64        conversation,
                                gint64        preferred_folder,
                                guint         limit,
                                GError      **error)
{
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (self->cache,
                          "SELECT " ROW_COLUMNS " FROM message AS m INDEXED BY message_conversation"
                          " JOIN location AS l ON l.message = m.id"
                          " WHERE m.conversation = coalesce ((SELECT conversation"
                          "   FROM conversation_alias WHERE id = ?1), ?1) AND l.hidden_by = 0"
                          " ORDER BY l.sort_date, l.message, l.id", error);
  if (select == NULL)
    return NULL;

  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) store_row_free);
  store_bind_int (select, 1, conversation);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      g_autoptr(StoreRow) row = dup_row (select);
      StoreRow *last = rows->len == 0 ? NULL : g_ptr_array_index (rows, rows->len - 1);

      if (last == NULL || last->message != row->message)
        g_ptr_array_add (rows, g_steal_pointer (&row));
      else if (is_better (row, last, preferred_folder))
        {
          g_ptr_array_remove_index (rows, rows->len - 1);
          g_ptr_array_add (rows, g_steal_pointer (&row));
        }
    }
  if (step != STORE_STEP_DONE)
    return NULL;

  for (guint i = 0; i < rows->len; i++)
    ((StoreRow *) rows->pdata[i])->n_conversation = rows->len;
  if (limit != 0 && rows->len > limit)
    g_ptr_array_remove_range (rows, 0, rows->len - limit);
  return g_steal_pointer (&rows);
}

static char **
dup_words (StoreStatement *select,
           int             column)
{
  const char *text = store_column_peek (select, column);

  return text == NULL ? NULL : g_strsplit (text, " ", -1);
}

/**
 * store_reader_get_message:
 *
 * Returns: (transfer full) (nullable): everything the cache knows of the message there
 */
StoreMessage *
store_reader_get_message (StoreReader  *self,
                          gint64        location,
                          GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreMessage) message = NULL;

  select = store_db_take (self->cache,
                          "SELECT " ROW_COLUMNS ", l.flags, l.keywords, l.modseq, l.internal_date,"
                          " l.fingerprint, m.email_id, m.thread_id, m.sender, m.reply_to, m.cc,"
                          " m.bcc, m.in_reply_to, m.\"references\", m.list_id, m.list_unsubscribe,"
                          " m.list_unsubscribe_post, m.content_type, m.authentication_results,"
                          " m.is_bulk, m.structure FROM location AS l"
                          " JOIN message AS m ON m.id = l.message WHERE l.id = ?", error);
  if (select == NULL)
    return NULL;

  store_bind_int (select, 1, location);
  if (store_db_step (self->cache, select, error) != STORE_STEP_ROW)
    return NULL;

  message = g_new0 (StoreMessage, 1);
  message->row = dup_row (select);
  message->server_flags = (guint32) sqlite3_column_int64 (select, N_ROW_COLUMNS);
  message->server_keywords = store_column_dup (select, N_ROW_COLUMNS + 1);
  message->modseq = (guint64) sqlite3_column_int64 (select, N_ROW_COLUMNS + 2);
  message->internal_date_unix = sqlite3_column_int64 (select, N_ROW_COLUMNS + 3);
  message->fingerprint = (guint64) sqlite3_column_int64 (select, N_ROW_COLUMNS + 4);
  message->email_id = store_column_dup (select, N_ROW_COLUMNS + 5);
  message->thread_id = store_column_dup (select, N_ROW_COLUMNS + 6);
  message->sender = store_address_decode (store_column_peek (select, N_ROW_COLUMNS + 7));
  message->reply_to = store_address_decode (store_column_peek (select, N_ROW_COLUMNS + 8));
  message->cc = store_address_decode (store_column_peek (select, N_ROW_COLUMNS + 9));
  message->bcc = store_address_decode (store_column_peek (select, N_ROW_COLUMNS + 10));
  message->in_reply_to = dup_words (select, N_ROW_COLUMNS + 11);
  message->references = dup_words (select, N_ROW_COLUMNS + 12);
  message->list_id = store_column_dup (select, N_ROW_COLUMNS + 13);
  message->list_unsubscribe = store_column_dup (select, N_ROW_COLUMNS + 14);
  message->list_unsubscribe_post = store_column_dup (select, N_ROW_COLUMNS + 15);
  message->content_type = store_column_dup (select, N_ROW_COLUMNS + 16);
  message->authentication_results = store_column_dup (select, N_ROW_COLUMNS + 17);
  message->is_bulk = sqlite3_column_int (select, N_ROW_COLUMNS + 18) != 0;
  message->structure = store_column_dup (select, N_ROW_COLUMNS + 19);

  return count_conversation (self, message->row, error) ? g_steal_pointer (&message) : NULL;
}
