#include <string.h>

#include "store-fixture.h"

#include "store-reader-private.h"

/* Every statement that the store has prepared is asked for its plan: none may walk over a table
 * that grows with the mail. What walks on purpose is named here. */

static const char *const growing[] = { "message", "location", "m", "l", "body", "b", "reference",
                                       "operation", "o", "outbox_recipient", "outbox_bytes" };

static const char *const walks[] = {
  /* a few lines of history, and only for a person who looks at it */
  "FROM operation WHERE (?1 IS NULL OR account_uuid = ?1)",
  "SELECT count(*) FROM operation WHERE state <= 2",
  /* at start and after a failed commit, over what waits */
  "SELECT id FROM operation WHERE state <= 2",
  /* housekeeping, after something was removed */
  "DELETE FROM outbox_recipient WHERE item NOT IN",
  "DELETE FROM outbox_bytes WHERE item NOT IN",
  /* once in a folder's life */
  "UPDATE location SET old_uid = uid",
  "UPDATE location SET uid = NULL",
  "AND fingerprint = ? AND state = 0",
};

static gboolean
may_walk (const char *sql)
{
  for (guint i = 0; i < G_N_ELEMENTS (walks); i++)
    {
      if (strstr (sql, walks[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_growing (const char *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (growing); i++)
    {
      if (strcmp (table, growing[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

/* "SCAN l USING COVERING INDEX x" is a walk, "SEARCH l USING INDEX x (folder=?)" is not. A walk
 * over a partial index of small sets is fine. */
static void
check_step (const char *sql,
            const char *step)
{
  g_auto(GStrv) words = g_strsplit (step, " ", -1);

  if (strcmp (words[0], "SCAN") != 0 || words[1] == NULL || !is_growing (words[1]))
    return;
  if (strstr (step, "location_overlay") != NULL || strstr (step, "location_operation") != NULL ||
      strstr (step, "operation_pending") != NULL || strstr (step, "body_age") != NULL)
    return;

  g_error ("%s: %s", step, sql);
}

static void
check_plan (sqlite3    *handle,
            const char *sql)
{
  g_autofree char *explain = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  sqlite3_stmt *plan = NULL;

  if (may_walk (sql) || g_str_has_prefix (sql, "BEGIN") || g_str_has_prefix (sql, "COMMIT"))
    return;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, explain, -1, &plan, NULL), ==, SQLITE_OK);
  while (sqlite3_step (plan) == SQLITE_ROW)
    check_step (sql, (const char *) sqlite3_column_text (plan, 3));
  sqlite3_finalize (plan);
}

static guint
check_all (sqlite3 *handle)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (sqlite3_stmt *s = sqlite3_next_stmt (handle, NULL); s != NULL;
       s = sqlite3_next_stmt (handle, s))
    g_ptr_array_add (texts, g_strdup (sqlite3_sql (s)));
  for (guint i = 0; i < texts->len; i++)
    check_plan (handle, texts->pdata[i]);

  return texts->len;
}

static gboolean
check_writer_cb (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  StoreReader *reader = store_tx_get_reader (tx);
  guint *n_checked = data;

  *n_checked += check_all (reader->cache->handle) + check_all (reader->bodies->handle) +
                check_all (reader->journal->handle);
  return TRUE;
}

typedef struct
{
  gint64 folder;
  gint64 location;
  gint64 message;
  StoreBody *body;
  GBytes *bytes;
} Everything;

static gboolean
everything_cb (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  static const char *const recipients[] = { "a@x", NULL };
  Everything *all = data;
  StoreUidFlags flags = { .uid = 1, .flags = STORE_FLAG_ANSWERED };
  StoreOutgoing outgoing = { .uuid = "u", .account_uuid = STORE_TEST_ACCOUNT, .sender = "a@x",
                             .recipients = recipients, .bytes = all->bytes };
  StoreDraft draft = { .uuid = (char *) "d", .content = all->bytes };
  StorePurge purge = { G_MAXINT64, G_MAXINT64, 100, FALSE };
  gboolean is_more;
  guint n;
  guint32 uid = 1;
  gint64 item;

  return store_tx_set_flags (tx, all->folder, &flags, 1, NULL, error) &&
         store_tx_change_flags (tx, all->folder, &uid, 1, 1, 0, NULL, NULL, error) &&
         store_tx_set_structure (tx, all->message, "s", STORE_ATTACHMENT_SOME, error) &&
         store_tx_set_preview (tx, all->message, "p", error) &&
         store_tx_describe (tx, all->message, "s", STORE_ATTACHMENT_NONE, "p", error) &&
         store_tx_put_body (tx, all->location, "1", all->body, STORE_BODY_TEXT, error) &&
         store_tx_put_outgoing (tx, &outgoing, &item, error) &&
         store_tx_set_outbox_state (tx, item, STORE_OUTBOX_QUEUED, STORE_OUTBOX_CANCELLED, NULL,
                                    error) &&
         store_tx_recover_outbox (tx, STORE_TEST_ACCOUNT, NULL, error) &&
         store_tx_recover_operations (tx, STORE_TEST_ACCOUNT, NULL, error) &&
         store_tx_put_draft (tx, &draft, NULL, error) &&
         store_tx_remove_draft (tx, "d", error) &&
         store_tx_set_folder_checked (tx, all->folder, 1, error) &&
         store_tx_evict_bodies (tx, 0, 10, &n, error) &&
         store_tx_vanish (tx, all->folder, &uid, 1, NULL, error) &&
         store_tx_index_more (tx, 100, &is_more, error) &&
         store_tx_purge (tx, &purge, error);
}

static void
read_everything (StoreFixture *fixture,
                 gint64        folder,
                 gint64        location)
{
  StoreReader *reader = fixture->reader;
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);
  StoreFolderCounts counts;
  StoreLocation where;
  StoreBodyUse use;
  gboolean is_whole;

  for (StoreFilter filter = STORE_FILTER_ALL; filter <= STORE_FILTER_ATTACHMENTS; filter++)
    g_array_unref (store_reader_list_entries (reader, &folder, 1, filter, 200, NULL));
  g_assert_true (store_reader_count_folder (reader, folder, TRUE, &counts, NULL));
  g_ptr_array_unref (store_reader_list_conversation (reader, row->conversation, folder, 0, NULL));
  store_message_free (store_reader_get_message (reader, location, NULL));
  g_assert_true (store_reader_get_location (reader, location, &where, NULL));
  store_reader_find_uid (reader, folder, 1, NULL);
  g_array_unref (store_reader_list_locations (reader, row->message, NULL));
  g_array_unref (store_reader_list_uids (reader, folder, 1, 0, NULL));
  g_array_unref (store_reader_list_without_body (reader, folder, STORE_BODY_TEXT, 0, NULL, 9,
                                                 NULL));
  g_array_unref (store_reader_list_without_structure (reader, folder, NULL, 9, NULL));
  g_array_unref (store_reader_search (reader, "pier", &folder, 1, 9, NULL));
  g_assert_true (store_reader_is_index_whole (reader, &is_whole, NULL));
  g_assert_null (store_reader_load_body (reader, location, "9", NULL));
  g_strfreev (store_reader_list_sections (reader, location, NULL));
  g_assert_true (store_reader_get_body_use (reader, &use, NULL));
  g_ptr_array_unref (store_reader_list_operations (reader, NULL, TRUE, 0, NULL));
  store_reader_count_pending (reader, NULL, NULL, NULL);
  g_ptr_array_unref (store_reader_list_outbox (reader, NULL, TRUE, NULL));
  g_assert_null (store_reader_find_outgoing (reader, STORE_TEST_ACCOUNT, 0, NULL, NULL));
}

static void
test_nothing_walks_over_the_mail (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr(StoreBody) body = store_body_new (fixture->store, bytes, NULL);
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE);
  StoreMessageFacts shared = { .uid = 4, .email_id = "E", .message_id = "e@x" };
  Everything all = { .folder = inbox, .body = body, .bytes = bytes };
  g_autoptr(StoreWork) work = NULL;
  guint n_checked = 0;

  all.location = store_fixture_add_simple (fixture, inbox, 1, "a@x");
  {
    g_autoptr(StoreRow) row = store_fixture_row (fixture, all.location);

    all.message = row->message;
  }
  store_fixture_add_message (fixture, inbox, &shared);
  store_fixture_wish_flags (fixture, all.location, STORE_FLAG_SEEN, 0);
  store_fixture_wish_move (fixture, store_fixture_add_simple (fixture, inbox, 2, "b@x"), archive);
  store_fixture_add_simple (fixture, archive, 9, "b@x");
  work = store_fixture_claim (fixture);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);
  read_everything (fixture, inbox, all.location);
  store_fixture_write (fixture, everything_cb, &all);

  n_checked += check_all (fixture->reader->cache->handle);
  n_checked += check_all (fixture->reader->bodies->handle);
  n_checked += check_all (fixture->reader->journal->handle);
  store_fixture_write (fixture, check_writer_cb, &n_checked);
  g_test_message ("%u statements", n_checked);
  g_assert_cmpuint (n_checked, >, 80);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/plans", test_nothing_walks_over_the_mail);

  return g_test_run ();
}
