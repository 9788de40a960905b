#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <utime.h>

#include "store-fixture.h"

typedef struct
{
  gint64 location;
  const char *section;
  StoreBody *body;
  StoreBodyState state;
  gboolean is_failing;
} Put;

static gboolean
put_cb (StoreTransaction  *tx,
        gpointer           data,
        GError           **error)
{
  Put *put = data;

  if (!store_tx_put_body (tx, put->location, put->section, put->body, put->state, error))
    return FALSE;
  if (put->is_failing)
    g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "on purpose");
  return !put->is_failing;
}

static StoreBody *
make_body (StoreFixture *fixture,
           GBytes       *bytes)
{
  g_autoptr(GError) error = NULL;
  StoreBody *body = store_body_new (fixture->store, bytes, &error);

  g_assert_no_error (error);
  return body;
}

static void
put_bytes (StoreFixture   *fixture,
           gint64          location,
           const char     *section,
           GBytes         *bytes,
           StoreBodyState  state)
{
  g_autoptr(StoreBody) body = make_body (fixture, bytes);
  Put put = { location, section, body, state, FALSE };

  g_assert_cmpuint (store_body_get_size (body), ==, g_bytes_get_size (bytes));
  store_fixture_write (fixture, put_cb, &put);
}

static void
put_text (StoreFixture   *fixture,
          gint64          location,
          const char     *section,
          const char     *text,
          StoreBodyState  state)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  put_bytes (fixture, location, section, bytes, state);
}

static void
assert_body (StoreFixture *fixture,
             gint64        location,
             const char   *section,
             const char   *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = store_reader_load_body (fixture->reader, location, section, &error);

  g_assert_no_error (error);
  if (expected == NULL)
    g_assert_null (bytes);
  else
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                     strlen (expected));
}

static StoreBodyState
state_of (StoreFixture *fixture,
          gint64        location)
{
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

  return row->body;
}

/* More than fits into a row, and does not compress. */
static GBytes *
make_noise (gsize size)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (11);
  guint32 *words = g_malloc (size);

  for (gsize i = 0; i < size / 4; i++)
    words[i] = g_rand_int (random);
  return g_bytes_new_take (words, size);
}

static guint
count_files (StoreFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->directory, "bodies", NULL);
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  guint n_files = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n_files++;
  return n_files;
}

static void
run_sql (StoreFixture *fixture,
         const char   *sql)
{
  g_autofree char *path = g_build_filename (fixture->directory, "bodies.db", NULL);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static void
test_sections_come_back (StoreFixture  *fixture,
                         gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_auto(GStrv) sections = NULL;
  g_auto(GStrv) whole = NULL;
  StoreBodyUse use;

  assert_body (fixture, location, STORE_SECTION_WHOLE, NULL);
  put_text (fixture, location, "2", "attachment", STORE_BODY_NONE);
  g_assert_cmpint (state_of (fixture, location), ==, STORE_BODY_NONE);
  put_text (fixture, location, "1", "text", STORE_BODY_TEXT);
  put_text (fixture, location, "1", "text again", STORE_BODY_TEXT);
  assert_body (fixture, location, "1", "text again");
  assert_body (fixture, location, "2", "attachment");
  assert_body (fixture, location, "3", NULL);
  g_assert_cmpint (state_of (fixture, location), ==, STORE_BODY_TEXT);
  sections = store_reader_list_sections (fixture->reader, location, NULL);
  g_assert_cmpuint (g_strv_length (sections), ==, 2);

  put_text (fixture, location, STORE_SECTION_WHOLE, "all of it", STORE_BODY_WHOLE);
  assert_body (fixture, location, STORE_SECTION_WHOLE, "all of it");
  g_assert_cmpint (state_of (fixture, location), ==, STORE_BODY_WHOLE);
  whole = store_reader_list_sections (fixture->reader, location, NULL);
  g_assert_cmpuint (g_strv_length (whole), ==, 1);
  g_assert_true (store_reader_get_body_use (fixture->reader, &use, NULL));
  g_assert_cmpint (use.n_bodies, ==, 1);
  g_assert_cmpint (use.size_bytes, ==, 9);
}

static void
test_empty_is_not_absent (StoreFixture  *fixture,
                          gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");

  put_text (fixture, location, "1", "", STORE_BODY_TEXT);
  assert_body (fixture, location, "1", "");
}

static void
test_wrong_bytes_are_not_downloaded (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");

  put_text (fixture, location, "1", "text", STORE_BODY_TEXT);
  run_sql (fixture, "UPDATE body SET hash = hash + 1");
  assert_body (fixture, location, "1", NULL);
  run_sql (fixture, "UPDATE body SET hash = hash - 1");
  assert_body (fixture, location, "1", "text");
  run_sql (fixture, "UPDATE body SET data = x'00112233'");
  assert_body (fixture, location, "1", NULL);
  run_sql (fixture, "UPDATE body SET size = 99999999999");
  assert_body (fixture, location, "1", NULL);
}

static void
test_large_lies_in_a_file (StoreFixture  *fixture,
                           gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GBytes) noise = make_noise (3 * 1024 * 1024);
  g_autoptr(GBytes) read = NULL;

  put_bytes (fixture, location, "2", noise, STORE_BODY_NONE);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  read = store_reader_load_body (fixture->reader, location, "2", NULL);
  g_assert_true (g_bytes_equal (read, noise));

  /* replaced: the file of before goes with the commit */
  put_text (fixture, location, "2", "small", STORE_BODY_NONE);
  g_assert_cmpuint (count_files (fixture), ==, 0);
  assert_body (fixture, location, "2", "small");
}

static void
test_file_of_a_failed_commit_goes (StoreFixture  *fixture,
                                   gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GBytes) noise = make_noise (2 * 1024 * 1024);
  g_autoptr(StoreBody) body = make_body (fixture, noise);
  Put put = { location, "2", body, STORE_BODY_NONE, TRUE };
  g_autoptr(GError) error = store_fixture_write_fails (fixture, put_cb, &put);

  g_assert_error (error, STORE_ERROR, STORE_ERROR_FAILED);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_clear_pointer (&body, store_body_free);
  g_assert_cmpuint (count_files (fixture), ==, 0);
  assert_body (fixture, location, "2", NULL);
}

static void
test_lost_file_is_not_downloaded (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GBytes) noise = make_noise (2 * 1024 * 1024);
  g_autofree char *path = g_build_filename (fixture->directory, "bodies", NULL);
  g_autofree char *aside = g_build_filename (fixture->directory, "elsewhere", NULL);

  put_bytes (fixture, location, "2", noise, STORE_BODY_NONE);
  g_assert_cmpint (g_rename (path, aside), ==, 0);
  assert_body (fixture, location, "2", NULL);
}

static gboolean
optimize_cb (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  return store_tx_optimize (tx, error);
}

static void
test_orphaned_files_are_found (StoreFixture  *fixture,
                               gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GBytes) noise = make_noise (2 * 1024 * 1024);
  g_autofree char *young = g_build_filename (fixture->directory, "bodies", "young", NULL);
  g_autofree char *old = g_build_filename (fixture->directory, "bodies", "old", NULL);
  struct utimbuf times = { 1000000000, 1000000000 };

  put_bytes (fixture, location, "2", noise, STORE_BODY_NONE);
  g_assert_true (g_file_set_contents (young, "x", 1, NULL));
  g_assert_true (g_file_set_contents (old, "x", 1, NULL));
  g_assert_cmpint (g_utime (old, &times), ==, 0);
  store_fixture_write (fixture, optimize_cb, NULL);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (young, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (fixture), ==, 2);
}

static void
test_body_follows_its_message (StoreFixture  *fixture,
                               gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  gint64 operation;
  gint64 arrival;
  g_autoptr(GArray) entries = NULL;

  put_text (fixture, location, STORE_SECTION_WHOLE, "body", STORE_BODY_WHOLE);
  operation = store_fixture_wish_move (fixture, location, archive);
  entries = store_reader_list_entries (fixture->reader, &archive, 1, STORE_FILTER_ALL, 0, NULL);
  arrival = g_array_index (entries, StoreListEntry, 0).location;
  assert_body (fixture, arrival, STORE_SECTION_WHOLE, "body");
  store_fixture_arrive (fixture, operation, 44);
  store_fixture_vanish (fixture, inbox, 5);
  assert_body (fixture, arrival, STORE_SECTION_WHOLE, "body");
  assert_body (fixture, location, STORE_SECTION_WHOLE, "body");
}

static gboolean
purge_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  return store_tx_purge (tx, data, error);
}

static void
test_body_goes_with_the_last_place (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 all = store_fixture_add_folder (fixture, "All", STORE_SPECIAL_ALL);
  StoreMessageFacts facts = { .uid = 5, .email_id = "E" };
  gint64 first = store_fixture_add_message (fixture, inbox, &facts);
  gint64 second = store_fixture_add_message (fixture, all, &facts);
  StorePurge purge = { G_MAXINT64, 0, 100, FALSE };
  StoreBodyUse use;

  put_text (fixture, first, STORE_SECTION_WHOLE, "body", STORE_BODY_WHOLE);
  assert_body (fixture, second, STORE_SECTION_WHOLE, "body");
  store_fixture_vanish (fixture, inbox, 5);
  store_fixture_write (fixture, purge_cb, &purge);
  g_assert_null (store_fixture_row (fixture, first));
  assert_body (fixture, second, STORE_SECTION_WHOLE, "body");

  store_fixture_vanish (fixture, all, 5);
  store_fixture_write (fixture, purge_cb, &purge);
  g_assert_true (store_reader_get_body_use (fixture->reader, &use, NULL));
  g_assert_cmpint (use.n_bodies, ==, 0);
}

static void
test_new_cache_finds_its_bodies (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autofree char *cache = g_build_filename (fixture->directory, "cache.db", NULL);

  put_text (fixture, location, STORE_SECTION_WHOLE, "body", STORE_BODY_WHOLE);
  store_fixture_close (fixture);
  g_assert_cmpint (g_unlink (cache), ==, 0);
  store_fixture_open (fixture);
  inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_assert_cmpint (state_of (fixture, location), ==, STORE_BODY_WHOLE);
  assert_body (fixture, location, STORE_SECTION_WHOLE, "body");
}

typedef struct
{
  gint64 keep;
  guint n_evicted;
} Evict;

static gboolean
evict_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  Evict *evict = data;

  return store_tx_evict_bodies (tx, evict->keep, 100, &evict->n_evicted, error);
}

static void
test_eviction_takes_the_oldest (StoreFixture  *fixture,
                                gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 locations[4];
  StoreBodyUse use;
  Evict evict = { 0, 0 };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GBytes) noise = make_noise (100000);

      locations[i] = store_fixture_add_simple (fixture, inbox, i + 1, "a@x");
      put_bytes (fixture, locations[i], STORE_SECTION_WHOLE, noise, STORE_BODY_WHOLE);
    }
  run_sql (fixture, "UPDATE body SET fetched = 1000 + uid");

  evict.keep = 250000;
  store_fixture_write (fixture, evict_cb, &evict);
  g_assert_cmpuint (evict.n_evicted, ==, 2);
  g_assert_cmpint (state_of (fixture, locations[1]), ==, STORE_BODY_NONE);
  g_assert_cmpint (state_of (fixture, locations[2]), ==, STORE_BODY_WHOLE);
  g_assert_true (store_reader_get_body_use (fixture->reader, &use, NULL));
  g_assert_cmpint (use.n_bodies, ==, 2);
  store_fixture_write (fixture, evict_cb, &evict);
  g_assert_cmpuint (evict.n_evicted, ==, 0);
}

static gboolean
forget_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  return store_tx_forget_bodies (tx, *(gint64 *) data, error);
}

static void
test_prefetch_goes_on_where_it_was (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 locations[10];
  g_autoptr(GArray) first = NULL;
  g_autoptr(GArray) second = NULL;
  g_autoptr(GArray) recent = NULL;
  g_autoptr(GArray) all = NULL;

  for (guint i = 0; i < 10; i++)
    locations[i] = store_fixture_add_simple (fixture, inbox, i + 1, "a@x");
  put_text (fixture, locations[8], "1", "text", STORE_BODY_TEXT);

  first = store_reader_list_without_body (fixture->reader, inbox, STORE_BODY_TEXT, 0, NULL, 3,
                                          NULL);
  g_assert_cmpuint (first->len, ==, 3);
  g_assert_cmpint (g_array_index (first, StoreListEntry, 0).location, ==, locations[9]);
  g_assert_cmpint (g_array_index (first, StoreListEntry, 1).location, ==, locations[7]);
  second = store_reader_list_without_body (fixture->reader, inbox, STORE_BODY_TEXT, 0,
                                           &g_array_index (first, StoreListEntry, 2), 100, NULL);
  g_assert_cmpuint (second->len, ==, 6);
  g_assert_cmpint (g_array_index (second, StoreListEntry, 0).location, ==, locations[5]);
  recent = store_reader_list_without_body (fixture->reader, inbox, STORE_BODY_TEXT, 1600000009,
                                           NULL, 0, NULL);
  g_assert_cmpuint (recent->len, ==, 1);
  all = store_reader_list_without_body (fixture->reader, inbox, STORE_BODY_WHOLE, 0, NULL, 0, NULL);
  g_assert_cmpuint (all->len, ==, 10);

  store_fixture_write (fixture, forget_cb, &locations[8]);
  g_assert_cmpint (state_of (fixture, locations[8]), ==, STORE_BODY_NONE);
  assert_body (fixture, locations[8], "1", NULL);
}

static void
test_body_needs_a_place (StoreFixture  *fixture,
                         gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr(StoreBody) body = make_body (fixture, bytes);
  Put put = { 4711, "1", body, STORE_BODY_TEXT, FALSE };
  g_autoptr(GError) missing = store_fixture_write_fails (fixture, put_cb, &put);
  g_autoptr(GError) expected = NULL;
  g_autoptr(GArray) entries = NULL;

  g_assert_error (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  store_fixture_wish_move (fixture, location, archive);
  entries = store_reader_list_entries (fixture->reader, &archive, 1, STORE_FILTER_ALL, 0, NULL);
  put.location = g_array_index (entries, StoreListEntry, 0).location;
  expected = store_fixture_write_fails (fixture, put_cb, &put);
  g_assert_error (expected, STORE_ERROR, STORE_ERROR_STATE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/body/sections", test_sections_come_back);
  store_test_add ("/store/body/empty", test_empty_is_not_absent);
  store_test_add ("/store/body/wrong", test_wrong_bytes_are_not_downloaded);
  store_test_add ("/store/body/file", test_large_lies_in_a_file);
  store_test_add ("/store/body/file/failed", test_file_of_a_failed_commit_goes);
  store_test_add ("/store/body/file/lost", test_lost_file_is_not_downloaded);
  store_test_add ("/store/body/file/orphan", test_orphaned_files_are_found);
  store_test_add ("/store/body/move", test_body_follows_its_message);
  store_test_add ("/store/body/purge", test_body_goes_with_the_last_place);
  store_test_add ("/store/body/new-cache", test_new_cache_finds_its_bodies);
  store_test_add ("/store/body/evict", test_eviction_takes_the_oldest);
  store_test_add ("/store/body/prefetch", test_prefetch_goes_on_where_it_was);
  store_test_add ("/store/body/place", test_body_needs_a_place);

  return g_test_run ();
}
