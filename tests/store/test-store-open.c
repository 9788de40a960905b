#include <glib/gstdio.h>
#include <string.h>

#include "store-fixture.h"
#include "store-schema-private.h"

static char *
path_of (StoreFixture *fixture,
         const char   *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

static GBytes *
read_whole (StoreFixture *fixture,
            const char   *name)
{
  g_autofree char *path = path_of (fixture, name);
  g_autoptr(GError) error = NULL;
  char *contents;
  gsize size;

  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, size);
}

static void
run_sql (StoreFixture *fixture,
         const char   *name,
         const char   *sql)
{
  g_autofree char *path = path_of (fixture, name);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
set_version (StoreFixture *fixture,
             const char   *name,
             int           version)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %d", version);

  run_sql (fixture, name, sql);
}

static int
get_version (StoreFixture *fixture,
             const char   *name)
{
  g_autofree char *path = path_of (fixture, name);
  sqlite3 *handle = NULL;
  sqlite3_stmt *select = NULL;
  int version;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, "PRAGMA user_version", -1, &select, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (select), ==, SQLITE_ROW);
  version = sqlite3_column_int (select, 0);
  sqlite3_finalize (select);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);

  return version;
}

static void
assert_open_fails (StoreFixture *fixture,
                   StoreError    code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open (fixture->directory, STORE_OPEN_DEFAULT, &error);

  g_assert_null (store);
  g_assert_error (error, STORE_ERROR, (int) code);
}

static void
test_reopened_has_it_all (StoreFixture  *fixture,
                          gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(StoreRow) row = NULL;

  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_assert_null (store_get_set_aside_path (fixture->store));
  row = store_fixture_row (fixture, location);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN);
  g_assert_true (row->is_waiting);
}

static void
test_pragmas_are_set (StoreFixture  *fixture,
                      gconstpointer  data)
{
  g_autoptr(StoreDb) journal = NULL;
  g_autoptr(StoreDb) cache = NULL;
  g_autoptr(GError) error = NULL;
  gint64 value;

  store_fixture_close (fixture);
  journal = store_schema_open (&store_schema_journal, fixture->directory, NULL, &error);
  g_assert_no_error (error);
  cache = store_schema_open (&store_schema_cache, fixture->directory, NULL, &error);
  g_assert_no_error (error);

  /* 2 is FULL, 1 is NORMAL */
  g_assert_true (store_db_pragma_int64 (journal, "PRAGMA synchronous", &value, NULL));
  g_assert_cmpint (value, ==, 2);
  g_assert_true (store_db_pragma_int64 (cache, "PRAGMA synchronous", &value, NULL));
  g_assert_cmpint (value, ==, 1);
  g_assert_true (store_db_pragma_int64 (cache, "PRAGMA auto_vacuum", &value, NULL));
  g_assert_cmpint (value, ==, 2);
  g_assert_true (store_db_pragma_int64 (cache, "SELECT journal_mode = 'wal' FROM"
                                               " pragma_journal_mode", &value, NULL));
  g_assert_cmpint (value, ==, 1);
}

static void
test_newer_is_refused_untouched (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  static const char *const names[] = { "cache.db", "bodies.db", "journal.db" };

  store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  store_fixture_close (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GPtrArray) before = NULL;
      int version = get_version (fixture, names[i]);

      set_version (fixture, names[i], 99);
      before = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        g_ptr_array_add (before, read_whole (fixture, names[j]));

      assert_open_fails (fixture, STORE_ERROR_NEWER);
      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        {
          g_autoptr(GBytes) after = read_whole (fixture, names[j]);

          g_assert_true (g_bytes_equal (before->pdata[j], after));
        }
      set_version (fixture, names[i], version);
    }
}

static void
test_damaged_cache_is_made_anew (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autofree char *path = path_of (fixture, "cache.db");
  g_autofree char *noise = g_strnfill (8192, 'x');
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(GPtrArray) folders = NULL;

  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  store_fixture_close (fixture);
  g_assert_true (g_file_set_contents (path, noise, 8192, NULL));

  g_test_expect_message ("pipit-store", G_LOG_LEVEL_WARNING, "*set aside*");
  store_fixture_open (fixture);
  g_test_assert_expected_messages ();
  g_assert_nonnull (store_get_set_aside_path (fixture->store));
  g_assert_true (g_file_test (store_get_set_aside_path (fixture->store), G_FILE_TEST_EXISTS));

  folders = store_reader_list_folders (fixture->reader, NULL, NULL);
  g_assert_cmpuint (folders->len, ==, 0);
  operations = store_reader_list_operations (fixture->reader, NULL, FALSE, 0, NULL);
  g_assert_cmpuint (operations->len, ==, 1);

  /* fetched again, the message has its wish again */
  inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  {
    g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

    g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN);
    g_assert_true (row->is_waiting);
  }
}

static void
test_damage_found_later_is_remembered (StoreFixture  *fixture,
                                       gconstpointer  data)
{
  store_fixture_close (fixture);
  g_test_expect_message ("pipit-store", G_LOG_LEVEL_CRITICAL, "*damaged*");
  store_schema_damaged (&store_schema_cache, fixture->directory);
  g_test_assert_expected_messages ();

  g_test_expect_message ("pipit-store", G_LOG_LEVEL_WARNING, "*set aside*");
  store_fixture_open (fixture);
  g_test_assert_expected_messages ();
  g_assert_nonnull (store_get_set_aside_path (fixture->store));

  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_assert_null (store_get_set_aside_path (fixture->store));
}

static void
test_damaged_journal_is_never_set_aside (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  g_autofree char *path = path_of (fixture, "journal.db");
  g_autofree char *noise = g_strnfill (8192, 'x');
  g_autoptr(GBytes) after = NULL;

  store_fixture_close (fixture);
  g_assert_true (g_file_set_contents (path, noise, 8192, NULL));
  assert_open_fails (fixture, STORE_ERROR_CORRUPT);
  after = read_whole (fixture, "journal.db");
  g_assert_cmpmem (g_bytes_get_data (after, NULL), g_bytes_get_size (after), noise, 8192);
}

static void
test_read_only_reads_and_does_not_write (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) beside = NULL;
  g_autoptr(StoreReader) reader = NULL;
  g_autoptr(StoreFolder) folder = NULL;

  beside = store_open (fixture->directory, STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  reader = store_reader_new (beside, &error);
  g_assert_no_error (error);
  folder = store_reader_get_folder (reader, inbox, &error);
  g_assert_cmpstr (folder->name, ==, "INBOX");
  g_assert_false (store_write_await (beside, STORE_PRIORITY_PERSON, NULL, NULL, NULL, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_ACCESS);
}

static void
test_read_only_makes_nothing (StoreFixture  *fixture,
                              gconstpointer  data)
{
  g_autofree char *path = path_of (fixture, "nothing");
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open (path, STORE_OPEN_READ_ONLY, &error);

  g_assert_null (store);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_ACCESS);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* The files as a process leaves them that is killed now. */
static char *
copy_as_killed (StoreFixture *fixture,
                const char   *name)
{
  static const char *const files[] = { "cache.db", "cache.db-wal", "cache.db-shm",
                                       "bodies.db", "bodies.db-wal", "bodies.db-shm",
                                       "journal.db", "journal.db-wal", "journal.db-shm" };
  g_autofree char *directory = path_of (fixture, name);

  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GBytes) bytes = read_whole (fixture, files[i]);
      g_autofree char *path = g_build_filename (directory, files[i], NULL);

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                          (gssize) g_bytes_get_size (bytes), NULL));
    }

  return g_steal_pointer (&directory);
}

static void
assert_has_inbox (const char     *directory,
                  StoreOpenFlags  flags)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open (directory, flags, &error);
  g_autoptr(StoreReader) reader = NULL;
  g_autoptr(GPtrArray) folders = NULL;

  g_assert_no_error (error);
  reader = store_reader_new (store, &error);
  g_assert_no_error (error);
  folders = store_reader_list_folders (reader, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, ==, 1);
}

static void
test_killed_is_recovered (StoreFixture  *fixture,
                          gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  first = copy_as_killed (fixture, "first");
  second = copy_as_killed (fixture, "second");
  assert_has_inbox (first, STORE_OPEN_DEFAULT);
  assert_has_inbox (second, STORE_OPEN_READ_ONLY);
}

static void
test_directory_is_the_users_alone (StoreFixture  *fixture,
                                   gconstpointer  data)
{
  g_autofree char *path = path_of (fixture, "a/b");
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open (path, STORE_OPEN_DEFAULT, &error);
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_false (store_is_read_only (store));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Store **store = data;
  g_autoptr(GError) error = NULL;

  *store = store_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_opens_on_a_thread (StoreFixture  *fixture,
                        gconstpointer  data)
{
  g_autofree char *path = path_of (fixture, "other");
  Store *store = NULL;

  store_open_async (path, STORE_OPEN_DEFAULT, NULL, on_opened, &store);
  while (store == NULL)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpstr (store_get_directory (store), ==, path);
  g_assert_finalize_object (store);
}

/* A schema of its own, to see the machinery go through several steps. */
static const StoreSchemaStep steps[] = {
  { "CREATE TABLE a (x); INSERT INTO a VALUES (1)" },
  { "ALTER TABLE a ADD COLUMN y DEFAULT 7" },
  { "INSERT INTO a VALUES (2, 8); CREATE TABLE a (z)" },
};

static StoreSchema
make_schema (guint n_steps)
{
  StoreSchema schema = store_schema_journal;

  schema.name = "steps";
  schema.steps = steps;
  schema.n_steps = n_steps;
  return schema;
}

static void
test_migration_goes_step_by_step (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  StoreSchema first = make_schema (1);
  StoreSchema second = make_schema (2);
  g_autoptr(StoreDb) db = NULL;
  g_autofree char *copy = path_of (fixture, "steps.db.version-1");
  g_autoptr(GError) error = NULL;
  gint64 value;

  db = store_schema_open (&first, fixture->directory, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&db, store_db_close);
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));

  db = store_schema_open (&second, fixture->directory, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (store_db_pragma_int64 (db, "SELECT y FROM a", &value, NULL));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (store_db_pragma_int64 (db, "PRAGMA user_version", &value, NULL));
  g_assert_cmpint (value, ==, 2);
  g_clear_pointer (&db, store_db_close);

  /* what was there before lies beside it */
  db = store_db_open (copy, "copy", SQLITE_OPEN_READONLY, &error);
  g_assert_no_error (error);
  g_assert_true (store_db_pragma_int64 (db, "SELECT x FROM a", &value, NULL));
  g_assert_cmpint (value, ==, 1);
  g_assert_false (store_db_pragma_int64 (db, "SELECT y FROM a", &value, NULL));
}

static void
test_failed_step_leaves_the_version_before (StoreFixture  *fixture,
                                            gconstpointer  data)
{
  StoreSchema second = make_schema (2);
  StoreSchema third = make_schema (3);
  g_autoptr(StoreDb) db = NULL;
  g_autoptr(GError) error = NULL;
  gint64 value;

  db = store_schema_open (&second, fixture->directory, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&db, store_db_close);

  db = store_schema_open (&third, fixture->directory, NULL, &error);
  g_assert_null (db);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FAILED);
  g_clear_error (&error);

  db = store_schema_open (&second, fixture->directory, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (store_db_pragma_int64 (db, "SELECT count(*) FROM a", &value, NULL));
  g_assert_cmpint (value, ==, 1);
}

/* Databases as version 1 wrote them, in the form of SQL text. */
static void
unpack (StoreFixture *fixture,
        const char   *name)
{
  g_autofree char *packed = g_strconcat (name, "-version-1.sql", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "store", "data", packed, NULL);
  g_autofree char *file = g_strconcat (name, ".db", NULL);
  g_autofree char *sql = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  run_sql (fixture, file, sql);
}

static gboolean
index_more_cb (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  return store_tx_index_more (tx, 100, data, error);
}

/* Version 1 had no index: a search says that it does not see everything, until housekeeping was
 * there. */
static void
check_index_of_old (StoreFixture *fixture)
{
  g_autoptr(GArray) before = NULL;
  g_autoptr(GArray) after = NULL;
  gboolean is_more = TRUE;
  gboolean is_whole;

  before = store_reader_search (fixture->reader, "pier", NULL, 0, 0, NULL);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_true (store_reader_is_index_whole (fixture->reader, &is_whole, NULL));
  g_assert_false (is_whole);

  while (is_more)
    store_fixture_write (fixture, index_more_cb, &is_more);
  after = store_reader_search (fixture->reader, "pier mara", NULL, 0, 0, NULL);
  g_assert_cmpuint (after->len, ==, 3);
  g_assert_true (store_reader_is_index_whole (fixture->reader, &is_whole, NULL));
  g_assert_true (is_whole);
}

static void
test_version_1_is_read (StoreFixture  *fixture,
                        gconstpointer  data)
{
  static const char *const names[] = { "cache", "bodies", "journal" };
  g_autofree char *old = fixture->directory;
  g_autoptr(StoreFolder) inbox = NULL;
  g_autoptr(GArray) entries = NULL;
  g_autoptr(StoreRow) row = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(GPtrArray) outbox = NULL;
  g_autoptr(GPtrArray) drafts = NULL;
  g_autofree char *learnt = NULL;

  store_fixture_close (fixture);
  fixture->directory = g_build_filename (old, "version-1", NULL);
  g_assert_cmpint (g_mkdir (fixture->directory, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    unpack (fixture, names[i]);

  store_fixture_open (fixture);
  inbox = store_reader_find_folder_by_use (fixture->reader, STORE_TEST_ACCOUNT,
                                           STORE_SPECIAL_INBOX, NULL);
  g_assert_cmpstr (inbox->name, ==, "INBOX");
  entries = store_reader_list_entries (fixture->reader, &inbox->folder, 1, STORE_FILTER_ALL, 0,
                                       NULL);
  g_assert_cmpuint (entries->len, ==, 3);
  row = store_fixture_row (fixture, g_array_index (entries, StoreListEntry, 0).location);
  g_assert_cmpstr (row->subject, ==, "Budget for the north pier");
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN);
  g_assert_true (row->is_waiting);
  body = store_reader_load_body (fixture->reader, row->location, STORE_SECTION_WHOLE, NULL);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "Hello\r\n", 7);
  operations = store_reader_list_operations (fixture->reader, NULL, FALSE, 0, NULL);
  g_assert_cmpuint (operations->len, ==, 1);
  outbox = store_reader_list_outbox (fixture->reader, NULL, FALSE, NULL);
  g_assert_cmpuint (outbox->len, ==, 1);
  drafts = store_reader_list_drafts (fixture->reader, NULL, NULL);
  g_assert_cmpuint (drafts->len, ==, 1);
  learnt = store_reader_get_learnt (fixture->reader, STORE_TEST_ACCOUNT, "sent-is-filed", NULL);
  g_assert_cmpstr (learnt, ==, "yes");

  g_clear_pointer (&body, g_bytes_unref);
  check_index_of_old (fixture);
  store_fixture_check (fixture);
  store_fixture_close (fixture);
  g_free (fixture->directory);
  fixture->directory = g_steal_pointer (&old);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/open/reopened", test_reopened_has_it_all);
  store_test_add ("/store/open/pragmas", test_pragmas_are_set);
  store_test_add ("/store/open/newer", test_newer_is_refused_untouched);
  store_test_add ("/store/open/damaged/cache", test_damaged_cache_is_made_anew);
  store_test_add ("/store/open/damaged/later", test_damage_found_later_is_remembered);
  store_test_add ("/store/open/damaged/journal", test_damaged_journal_is_never_set_aside);
  store_test_add ("/store/open/read-only", test_read_only_reads_and_does_not_write);
  store_test_add ("/store/open/read-only/nothing", test_read_only_makes_nothing);
  store_test_add ("/store/open/killed", test_killed_is_recovered);
  store_test_add ("/store/open/directory", test_directory_is_the_users_alone);
  store_test_add ("/store/open/async", test_opens_on_a_thread);
  store_test_add ("/store/open/migration", test_migration_goes_step_by_step);
  store_test_add ("/store/open/migration/failed", test_failed_step_leaves_the_version_before);
  store_test_add ("/store/open/version-1", test_version_1_is_read);

  return g_test_run ();
}
