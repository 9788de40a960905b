#include <glib/gstdio.h>
#include <string.h>

#include "store-fixture.h"

#include "store-reader-private.h"
#include "store-tokenizer-private.h"
#include "store-transaction-private.h"

static gboolean
collect (const char *token,
         gsize       size,
         gboolean    is_character,
         gboolean    is_colocated,
         gpointer    user_data)
{
  GString *all = user_data;

  if (all->len > 0)
    g_string_append_c (all, is_colocated ? '+' : ' ');
  g_string_append_len (all, token, (gssize) size);
  return TRUE;
}

static void
assert_tokens (const char  *text,
               StoreTokens  tokens,
               const char  *expected)
{
  g_autoptr(GString) all = g_string_new (NULL);

  g_assert_true (store_tokenize (text, strlen (text), tokens, collect, all));
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_words_are_folded (void)
{
  assert_tokens ("", STORE_TOKENS_DOCUMENT, "");
  assert_tokens ("Re: the Pier, 2nd draft!", STORE_TOKENS_DOCUMENT, "re the pier 2nd draft");
  assert_tokens ("lena.gross@people.example", STORE_TOKENS_DOCUMENT, "lena gross people example");
  assert_tokens ("Ünal GRÜßE Łódź Søren Yılmaz", STORE_TOKENS_DOCUMENT,
                 "unal grusse lodz soren yilmaz");
  assert_tokens ("a\xc2\xad" "b ﬁne ＡＢＣ", STORE_TOKENS_DOCUMENT, "ab fine abc");
  /* decomposed, as some systems write it */
  assert_tokens ("Cafe\xcc\x81", STORE_TOKENS_DOCUMENT, "cafe");
  assert_tokens ("Привет, МИР; Ελλάδα", STORE_TOKENS_DOCUMENT, "привет мир ελλαδα");
  assert_tokens ("מִכְתָּב", STORE_TOKENS_DOCUMENT, "מכתב");
  assert_tokens ("हिन्दी", STORE_TOKENS_DOCUMENT, "हिनदी");
}

static void
test_scripts_without_spaces_are_pairs (void)
{
  assert_tokens ("東京都", STORE_TOKENS_DOCUMENT, "東京 京都+都");
  assert_tokens ("東京都", STORE_TOKENS_QUERY, "東京 京都");
  assert_tokens ("都", STORE_TOKENS_DOCUMENT, "都");
  assert_tokens ("都", STORE_TOKENS_QUERY, "都");
  assert_tokens ("iPhone用 ケース", STORE_TOKENS_DOCUMENT, "iphone 用 ケー ース+ス");
  assert_tokens ("ไทย", STORE_TOKENS_DOCUMENT, "ไท ทย+ย");
  assert_tokens ("東京、大阪", STORE_TOKENS_QUERY, "東京 大阪");
}

static void
test_long_and_broken_text_is_bounded (void)
{
  g_autofree char *longest = g_strnfill (100000, 'x');
  g_autofree char *cut = g_strnfill (64, 'x');

  assert_tokens (longest, STORE_TOKENS_DOCUMENT, cut);
  assert_tokens ("ab\xff" "cd \xc3", STORE_TOKENS_DOCUMENT, "ab cd");
}

/* A character that no short cut knows makes the tokenizer go the long way through all of the text: both
 * have to say the same. */
static void
test_short_cut_is_the_long_way (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autoptr(GString) quick = g_string_new (NULL);
      g_autoptr(GString) slow = g_string_new (NULL);
      g_autofree char *longer = NULL;

      for (int i = g_test_rand_int_range (1, round % 10 == 0 ? 200 : 12); i > 0; i--)
        g_string_append_unichar (text, (gunichar) g_test_rand_int_range (0x20, 0x250));
      store_tokenize (text->str, text->len, STORE_TOKENS_DOCUMENT, collect, quick);
      longer = g_strconcat (text->str, "\xe2\x80\xa6", NULL);
      store_tokenize (longer, strlen (longer), STORE_TOKENS_DOCUMENT, collect, slow);
      g_assert_cmpstr (quick->str, ==, slow->str);
    }
}

static void
assert_compiled (const char *words,
                 const char *expected)
{
  g_autofree char *expression = store_search_compile (words);

  g_assert_cmpstr (expression, ==, expected);
}

static void
test_what_is_typed_is_text (void)
{
  assert_compiled ("", NULL);
  assert_compiled (" - \"\" * from: ", NULL);
  assert_compiled ("pier", "\"pier\" *");
  assert_compiled ("x", "\"x\"");
  assert_compiled ("\"north pier\" AND", "\"north pier\" AND \"AND\" *");
  assert_compiled ("a\"b OR", "\"a\"\"b\" AND \"OR\" *");
  assert_compiled ("from:mara subject:\"the pier\" to:x@y.example",
                   "{\"from\" sender reply_to} : \"mara\" * AND {subject} : \"the pier\" AND "
                   "{\"to\" cc bcc} : \"x@y.example\" *");
  assert_compiled ("\"never closed", "\"never closed\"");
  assert_compiled ("\"都\"", "\"都\" *");
}

static gint64
add (StoreFixture *fixture,
     gint64        folder,
     guint32       uid,
     gint64        date_unix,
     const char   *name,
     const char   *subject)
{
  StoreAddress from = { (char *) name, (char *) "someone@example.org" };
  StoreAddress to = { (char *) "Mara Lind", (char *) "mara@example.net" };
  g_autofree char *message_id = g_strdup_printf ("%u.%" G_GINT64_FORMAT "@x", uid, folder);
  StoreMessageFacts facts = {
    .uid = uid,
    .internal_date_unix = date_unix,
    .date_unix = date_unix,
    .size_bytes = 1000,
    .message_id = message_id,
    .from = &from,
    .n_from = 1,
    .to = &to,
    .n_to = 1,
    .subject = subject,
    .list_id = "harbour.lists.example",
  };

  return store_fixture_add_message (fixture, folder, &facts);
}

/* @expected: locations, the newest first, ended by 0 */
static void
assert_found (StoreFixture *fixture,
              gint64        folder,
              guint         limit,
              const char   *words,
              const gint64 *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = store_reader_search (fixture->reader, words, &folder, folder != 0,
                                                 limit, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (; expected[n] != 0; n++)
    {
      g_assert_cmpuint (found->len, >, n);
      g_assert_cmpint (g_array_index (found, StoreListEntry, n).location, ==, expected[n]);
    }
  g_assert_cmpuint (found->len, ==, n);
}

#define NOTHING ((const gint64[]) { 0 })
#define LOCATIONS(...) ((const gint64[]) { __VA_ARGS__, 0 })

static void
test_finds_the_newest_first (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE);
  gint64 middle = add (fixture, inbox, 1, 1600000000, "Jan Novák", "The north pier");
  gint64 oldest = add (fixture, archive, 2, 1500000000, "Ada Vogel", "Re: the north pier");
  gint64 newest = add (fixture, inbox, 3, 1700000000, "Lena Groß", "東京都の桟橋 (pier)");

  assert_found (fixture, 0, 0, "pier", LOCATIONS (newest, middle, oldest));
  assert_found (fixture, 0, 2, "pier", LOCATIONS (newest, middle));
  assert_found (fixture, inbox, 0, "pier", LOCATIONS (newest, middle));
  assert_found (fixture, archive, 0, "PIE", LOCATIONS (oldest));
  assert_found (fixture, 0, 0, "north pier", LOCATIONS (middle, oldest));
  assert_found (fixture, 0, 0, "\"the north\"", LOCATIONS (middle, oldest));
  assert_found (fixture, 0, 0, "\"north the\"", NOTHING);
  assert_found (fixture, 0, 0, "\"pie\"", NOTHING);
  assert_found (fixture, 0, 0, "novak", LOCATIONS (middle));
  assert_found (fixture, 0, 0, "from:gross", LOCATIONS (newest));
  assert_found (fixture, 0, 0, "to:gross", NOTHING);
  assert_found (fixture, 0, 1, "to:mara@example.net", LOCATIONS (newest));
  assert_found (fixture, 0, 0, "subject:mara", NOTHING);
  assert_found (fixture, 0, 1, "harbour.lists.example", LOCATIONS (newest));
  assert_found (fixture, 0, 0, "京都", LOCATIONS (newest));
  assert_found (fixture, 0, 0, "東京 桟", LOCATIONS (newest));
  assert_found (fixture, 0, 0, "京東", NOTHING);
  assert_found (fixture, 0, 0, "absent", NOTHING);
  assert_found (fixture, 0, 0, "…", NOTHING);
}

static void
test_dates_that_cannot_be_are_found (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 future = add (fixture, inbox, 1, G_MAXINT64, "A", "pier");
  gint64 past = add (fixture, inbox, 2, G_MININT64, "A", "pier");

  assert_found (fixture, 0, 0, "pier", LOCATIONS (future, past));
}

static void
test_hidden_and_purged_are_not_found (StoreFixture  *fixture,
                                      gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 trash = store_fixture_add_folder (fixture, "Trash", STORE_SPECIAL_TRASH);
  gint64 gone = add (fixture, inbox, 1, 1600000000, "Ada", "pier");
  gint64 moved = add (fixture, inbox, 2, 1600000001, "Ada", "pier");
  gint64 stays = add (fixture, inbox, 3, 1600000002, "Ada", "pier");

  assert_found (fixture, 0, 0, "pier", LOCATIONS (stays, moved, gone));
  store_fixture_vanish (fixture, inbox, 1);
  store_fixture_wish_move (fixture, moved, trash);
  assert_found (fixture, inbox, 0, "pier", LOCATIONS (stays));
}

static gboolean
purge_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  return store_tx_purge (tx, data, error);
}

static gint64
count (StoreFixture *fixture,
       const char   *sql)
{
  gint64 value;

  g_assert_true (store_db_pragma_int64 (fixture->reader->cache, sql, &value, NULL));
  return value;
}

static gboolean
merge_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  gboolean is_more = TRUE;

  for (guint i = 0; is_more; i++)
    {
      g_assert_cmpuint (i, <, 1000);
      if (!store_tx_merge_index (tx, i == 0, &is_more, error))
        return FALSE;
    }
  return TRUE;
}

/* A word of the index in which no row has it any more would be found again as soon as its place is
 * somebody else's. */
static void
test_nothing_is_left_of_the_purged (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StorePurge purge = { .tombstones_before_unix = G_MAXINT64, .max_rows = 100 };

  for (guint32 uid = 1; uid <= 20; uid++)
    add (fixture, inbox, uid, 1600000000 + uid, "Lena Groß", "東京都 pier Straße");
  for (guint32 uid = 1; uid <= 20; uid++)
    store_fixture_vanish (fixture, inbox, uid);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM header_index"
                                   " WHERE header_index MATCH 'pier'"), ==, 20);

  store_fixture_write (fixture, purge_cb, &purge);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM message"), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM header_index"
                                   " WHERE header_index MATCH 'pier'"), ==, 0);
  store_fixture_write (fixture, merge_cb, NULL);
  store_fixture_write (fixture, merge_cb, NULL);
  store_fixture_check (fixture);
}

static void
test_many_pieces_become_one (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 before;

  for (guint32 uid = 1; uid <= 30; uid++)
    add (fixture, inbox, uid, 1600000000 - uid, "Ada", "pier");
  before = count (fixture, "SELECT count(DISTINCT segid) FROM header_index_idx");
  g_assert_cmpint (before, ==, 30);
  store_fixture_write (fixture, merge_cb, NULL);
  g_assert_cmpint (count (fixture, "SELECT count(DISTINCT segid) FROM header_index_idx"), ==, 1);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM header_index"
                                   " WHERE header_index MATCH 'pier'"), ==, 30);
}

/* Whatever is typed: no error, and no more than there is. */
static void
test_no_input_is_an_error (StoreFixture  *fixture,
                           gconstpointer  data)
{
  static const char *const pieces[] = {
    "pier", "\"", "*", "from:", "to:", "subject:", "(", ")", "{", "}", ":", "-", "+", "^", "AND",
    "OR", "NOT", "NEAR(", " ", "\xe6\x9d\xb1", "\xff", "'", ";", "\\", "a", "\xc3\xa9", "\t", "header_index",
    "\xcc\x81", "0", ",", "\xe2\x80\x8b",
  };
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);

  add (fixture, inbox, 1, 1600000000, "Ada", "pier a 東");
  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr(GString) words = g_string_new (NULL);
      g_autoptr(GArray) found = NULL;
      g_autoptr(GError) error = NULL;

      for (int i = g_test_rand_int_range (1, 9); i > 0; i--)
        g_string_append (words, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      found = store_reader_search (fixture->reader, words->str, NULL, 0, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (found->len, <=, 1);
    }
}

typedef struct
{
  guint n_slices;
  gboolean is_more;
} More;

static gboolean
more_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  More *more = data;

  more->n_slices++;
  return store_tx_index_more (tx, 4, &more->is_more, error);
}

static gboolean
make_old_cb (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);

  return store_db_exec (cache,
                        "INSERT INTO header_index (header_index) VALUES ('delete-all');"
                        "UPDATE message SET docid = NULL;"
                        "INSERT INTO meta SELECT 'unindexed_below', value FROM meta"
                        " WHERE key = 'next_id'", error);
}

static void
test_an_old_cache_is_indexed_in_slices (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 locations[12] = { 0 };
  gboolean is_whole;
  More more = { 0, TRUE };

  for (guint32 uid = 1; uid <= 9; uid++)
    locations[10 - uid] = add (fixture, inbox, uid, 1600000000 + uid, "Ada", "pier");
  store_fixture_write (fixture, make_old_cb, NULL);
  g_assert_true (store_reader_is_index_whole (fixture->reader, &is_whole, NULL));
  g_assert_false (is_whole);

  /* what comes meanwhile is found at once */
  locations[0] = add (fixture, inbox, 10, 1600000010, "Ada", "pier");
  assert_found (fixture, 0, 0, "pier", LOCATIONS (locations[0]));
  while (more.is_more)
    store_fixture_write (fixture, more_cb, &more);
  g_assert_cmpuint (more.n_slices, ==, 4);
  g_assert_true (store_reader_is_index_whole (fixture->reader, &is_whole, NULL));
  g_assert_true (is_whole);
  assert_found (fixture, 0, 0, "pier", locations);
}

static void
wait_for (StoreFixture *fixture,
          const char   *sql,
          gint64        value)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (count (fixture, sql) != value)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (50000);
    }
}

/* Nobody asks for it: what an idle store does for itself, once the old rows, then what came after. */
static void
test_an_idle_store_tidies_up (StoreFixture  *fixture,
                              gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);

  for (guint32 uid = 1; uid <= 700; uid++)
    add (fixture, inbox, uid, 1600000000 + uid, "Ada", "pier");
  store_fixture_write (fixture, make_old_cb, NULL);
  for (guint32 uid = 701; uid <= 720; uid++)
    add (fixture, inbox, uid, 1600000000 + uid, "Ada", "pier");

  wait_for (fixture, "SELECT coalesce (sum (value), 0) FROM meta WHERE key = 'unindexed_below'", 0);
  wait_for (fixture, "SELECT count(DISTINCT segid) FROM header_index_idx", 1);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM header_index"
                                   " WHERE header_index MATCH 'pier'"), ==, 720);
  add (fixture, inbox, 721, 1600000721, "Ada", "pier");
  g_assert_cmpint (count (fixture, "SELECT count(DISTINCT segid) FROM header_index_idx"), ==, 2);
  wait_for (fixture, "SELECT count(DISTINCT segid) FROM header_index_idx", 1);
  store_fixture_check (fixture);
}

static void
test_found_after_reopening (StoreFixture  *fixture,
                               gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = add (fixture, inbox, 1, 1600000000, "Ada", "pier");

  store_fixture_close (fixture);
  store_fixture_open (fixture);
  assert_found (fixture, 0, 0, "pier", LOCATIONS (location));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/search/tokens/folded", test_words_are_folded);
  g_test_add_func ("/store/search/tokens/pairs", test_scripts_without_spaces_are_pairs);
  g_test_add_func ("/store/search/tokens/bounded", test_long_and_broken_text_is_bounded);
  g_test_add_func ("/store/search/tokens/short-cut", test_short_cut_is_the_long_way);
  g_test_add_func ("/store/search/typed", test_what_is_typed_is_text);
  store_test_add ("/store/search/newest", test_finds_the_newest_first);
  store_test_add ("/store/search/dates", test_dates_that_cannot_be_are_found);
  store_test_add ("/store/search/hidden", test_hidden_and_purged_are_not_found);
  store_test_add ("/store/search/purged", test_nothing_is_left_of_the_purged);
  store_test_add ("/store/search/pieces", test_many_pieces_become_one);
  store_test_add ("/store/search/no-error", test_no_input_is_an_error);
  store_test_add ("/store/search/old", test_an_old_cache_is_indexed_in_slices);
  store_test_add ("/store/search/idle", test_an_idle_store_tidies_up);
  store_test_add ("/store/search/reopened", test_found_after_reopening);

  return g_test_run ();
}
