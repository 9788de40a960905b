#include "store-index-private.h"

/* The index of header facts.
 *
 * A message's place in it, its docid, carries the date, so that the newest hits come first without
 * their dates being looked at: seconds above, the message's id below. The message keeps it, since
 * its date may change and its place must not. The index holds no text; what is taken out of it is
 * read from the message, whose columns that are indexed never change while it is in there. */

/* Room for two thousand million messages; the seconds above end in 2106. */
#define ID_BITS 31
#define MAX_ID ((G_GINT64_CONSTANT (1) << ID_BITS) - 1)
#define MAX_SECONDS ((gint64) G_MAXUINT32)

#define INDEXED "subject, \"from\", sender, reply_to, \"to\", cc, bcc, list_id"
#define N_INDEXED 8

/* How much is done at a time of what can wait: some ten milliseconds. */
#define MERGE_PAGES 200

/**
 * store_index_docid:
 * @sort_date: of the message's first location
 *
 * Returns: the message's place in the index, or 0 when it has none
 */
gint64
store_index_docid (gint64 sort_date,
                   gint64 message)
{
  if (message > MAX_ID)
    return 0;

  return CLAMP (sort_date, 0, MAX_SECONDS) << ID_BITS | message;
}

/**
 * store_index_message:
 *
 * Returns: the message that has a place
 */
gint64
store_index_message (gint64 docid)
{
  return docid & MAX_ID;
}

/**
 * store_index_add:
 * @docid: of a message that is inserted in this transaction
 *
 * Notes that a message is to be indexed, which is done for all together before the commit: FTS5 wants them
 * in ascending order, and mail comes the newest first.
 */
void
store_index_add (StoreTransaction *tx,
                 gint64            docid)
{
  if (docid != 0)
    g_array_append_val (tx->to_index, docid);
}

static int
compare_docids (gconstpointer a,
                gconstpointer b)
{
  const gint64 *left = a;
  const gint64 *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* Gives FTS5 what a message has. Not by INSERT … SELECT: for that SQLite makes a savepoint, at which
 * FTS5 writes out all that it has gathered. */
static gboolean
write_message (StoreTransaction  *tx,
               StoreStatement    *write,
               gint64             message,
               GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (cache,
                          "SELECT " INDEXED ", docid FROM message"
                          " WHERE id = ? AND docid IS NOT NULL", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, message);
  step = store_db_step (cache, select, error);
  if (step != STORE_STEP_ROW)
    return step == STORE_STEP_DONE;

  store_bind_int (write, 1, sqlite3_column_int64 (select, N_INDEXED));
  for (int i = 0; i < N_INDEXED; i++)
    store_bind_text (write, i + 2, store_column_peek (select, i));

  return store_db_run (cache, write, error);
}

/**
 * store_index_flush:
 *
 * Indexes what was added. To be called before the commit.
 */
gboolean
store_index_flush (StoreTransaction  *tx,
                   GError           **error)
{
  g_autoptr(StoreStatement) insert = NULL;

  if (tx->to_index->len == 0)
    return TRUE;

  insert = store_db_take (tx->reader->cache,
                          "INSERT INTO header_index (rowid, " INDEXED ")"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;

  tx->has_new_pieces = TRUE;
  g_array_sort (tx->to_index, compare_docids);
  for (guint i = 0; i < tx->to_index->len; i++)
    if (!write_message (tx, insert,
                        store_index_message (g_array_index (tx->to_index, gint64, i)), error))
      return FALSE;

  g_array_set_size (tx->to_index, 0);
  return TRUE;
}

/**
 * store_index_remove:
 * @message: one that is about to be deleted
 *
 * Takes a message out of the index.
 */
gboolean
store_index_remove (StoreTransaction  *tx,
                    gint64             message,
                    GError           **error)
{
  g_autoptr(StoreStatement) delete = NULL;

  if (!store_index_flush (tx, error))
    return FALSE;

  tx->has_new_pieces = TRUE;
  delete = store_db_take (tx->reader->cache,
                          "INSERT INTO header_index (header_index, rowid, " INDEXED ")"
                          " VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  return delete != NULL && write_message (tx, delete, message, error);
}

/**
 * store_index_forget_all:
 *
 * Empties the index when no message is left. What was taken out of it one by one leaves its words behind
 * until its pieces are merged.
 */
gboolean
store_index_forget_all (StoreTransaction  *tx,
                        GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreStatement) delete = NULL;
  gint64 is_empty;

  select = store_db_take (cache, "SELECT NOT EXISTS (SELECT 1 FROM message WHERE id > 0)", error);
  if (select == NULL || !store_db_get_int64 (cache, select, &is_empty, NULL, error))
    return FALSE;
  if (!is_empty)
    return TRUE;

  delete = store_db_take (cache, "INSERT INTO header_index (header_index) VALUES ('delete-all')",
                          error);
  return delete != NULL && store_db_run (cache, delete, error);
}

/* Messages of an older cache, which had no index. */

static gboolean
get_unindexed_below (StoreDb  *cache,
                     gint64   *out_below,
                     GError  **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache, "SELECT value FROM meta WHERE key = 'unindexed_below'", error);
  return select != NULL && store_db_get_int64 (cache, select, out_below, NULL, error);
}

static gboolean
set_unindexed_below (StoreDb  *cache,
                     gint64    below,
                     GError  **error)
{
  g_autoptr(StoreStatement) update = NULL;

  update = store_db_take (cache,
                          "INSERT INTO meta (key, value) VALUES ('unindexed_below', ?)"
                          " ON CONFLICT (key) DO UPDATE SET value = excluded.value", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, below);
  return store_db_run (cache, update, error);
}

/* Messages without a location are not looked at: nobody finds them, and they are on their way out. */
static gboolean
give_docids (StoreTransaction  *tx,
             gint64             below,
             guint              max_messages,
             gint64            *out_below,
             GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(GArray) docids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(StoreStatement) select = NULL;
  g_autoptr(StoreStatement) update = NULL;
  StoreStep step;

  *out_below = 0;
  select = store_db_take (cache,
                          "SELECT m.id, (SELECT l.sort_date FROM location AS l"
                          "              WHERE l.message = m.id ORDER BY l.id LIMIT 1), m.docid"
                          " FROM message AS m WHERE m.id < ? ORDER BY m.id DESC LIMIT ?", error);
  update = store_db_take (cache, "UPDATE message SET docid = ?2 WHERE id = ?1", error);
  if (select == NULL || update == NULL)
    return FALSE;

  store_bind_int (select, 1, below);
  store_bind_int (select, 2, max_messages);
  while ((step = store_db_step (cache, select, error)) == STORE_STEP_ROW)
    {
      gint64 docid = store_index_docid (sqlite3_column_int64 (select, 1),
                                        sqlite3_column_int64 (select, 0));

      *out_below = sqlite3_column_int64 (select, 0);
      if (docid != 0 && sqlite3_column_type (select, 1) != SQLITE_NULL &&
          sqlite3_column_type (select, 2) == SQLITE_NULL)
        g_array_append_val (docids, docid);
    }
  if (step != STORE_STEP_DONE)
    return FALSE;

  for (guint i = 0; i < docids->len; i++)
    {
      gint64 docid = g_array_index (docids, gint64, i);

      store_bind_int (update, 1, store_index_message (docid));
      store_bind_int (update, 2, docid);
      if (!store_db_run (cache, update, error))
        return FALSE;
      store_index_add (tx, docid);
    }

  return TRUE;
}

/**
 * store_tx_index_more:
 * @max_messages: how many at most: 500 take some ten milliseconds
 * @out_is_more: (out): whether there are more
 *
 * Indexes messages of a cache that is older than the index, the newest first. Housekeeping.
 */
gboolean
store_tx_index_more (StoreTransaction  *tx,
                     guint              max_messages,
                     gboolean          *out_is_more,
                     GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  gint64 below;

  *out_is_more = FALSE;
  if (cache == NULL || !get_unindexed_below (cache, &below, error))
    return FALSE;
  if (below == 0)
    return TRUE;

  if (!give_docids (tx, below, MAX (max_messages, 1), &below, error) ||
      !set_unindexed_below (cache, below, error))
    return FALSE;

  *out_is_more = below != 0;
  return TRUE;
}

/**
 * store_tx_merge_index:
 * @begin: whether this is the first slice
 * @out_is_more: (out): whether there is more to do
 *
 * Does a slice of bringing the pieces of the index together, of which each transaction leaves one: it
 * is not done on the way, since a first sync would then do most of it several times. Housekeeping.
 */
gboolean
store_tx_merge_index (StoreTransaction  *tx,
                      gboolean           begin,
                      gboolean          *out_is_more,
                      GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) merge = NULL;
  gint64 before;

  *out_is_more = FALSE;
  if (cache == NULL)
    return FALSE;

  merge = store_db_take (cache, "INSERT INTO header_index (header_index, rank) VALUES ('merge', ?)",
                         error);
  if (merge == NULL)
    return FALSE;

  /* a negative number begins to make one piece of all; by the changes FTS5 tells what it did */
  before = sqlite3_total_changes64 (cache->handle);
  store_bind_int (merge, 1, begin ? -MERGE_PAGES : MERGE_PAGES);
  if (!store_db_run (cache, merge, error))
    return FALSE;

  *out_is_more = sqlite3_total_changes64 (cache->handle) - before >= 2;
  return TRUE;
}
