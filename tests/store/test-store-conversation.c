#include "store-fixture.h"

#include "store-references-private.h"

/* A message of a thread: its own identifier, and what it answers, oldest first. */
static gint64
add (StoreFixture *fixture,
     gint64        folder,
     guint32       uid,
     const char   *message_id,
     const char   *references)
{
  g_auto(GStrv) words = references == NULL ? NULL : g_strsplit (references, " ", -1);
  StoreMessageFacts facts = {
    .uid = uid,
    .internal_date_unix = 1600000000 + uid,
    .message_id = message_id,
    .references = (const char *const *) words,
    .n_references = words == NULL ? 0 : g_strv_length (words),
  };

  return store_fixture_add_message (fixture, folder, &facts);
}

static gint64
conversation_of (StoreFixture *fixture,
                 gint64        location)
{
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

  return row->conversation;
}

static void
test_answers_join_over_folders (StoreFixture  *fixture,
                                gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 sent = store_fixture_add_folder (fixture, "Sent", STORE_SPECIAL_SENT);
  gint64 first = add (fixture, inbox, 1, "a@x", NULL);
  gint64 answer = add (fixture, sent, 2, "b@x", "a@x");
  gint64 further = add (fixture, inbox, 3, "c@x", "a@x b@x");
  gint64 other = add (fixture, inbox, 4, "d@x", NULL);
  g_autoptr(StoreRow) row = store_fixture_row (fixture, further);
  g_autoptr(GPtrArray) rows = NULL;

  g_assert_cmpint (row->conversation, ==, conversation_of (fixture, first));
  g_assert_cmpint (row->conversation, ==, conversation_of (fixture, answer));
  g_assert_cmpint (row->conversation, !=, conversation_of (fixture, other));
  g_assert_cmpuint (row->n_conversation, ==, 3);

  rows = store_reader_list_conversation (fixture->reader, row->conversation, inbox, 0, NULL);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpint (((StoreRow *) rows->pdata[0])->location, ==, first);
  g_assert_cmpint (((StoreRow *) rows->pdata[1])->location, ==, answer);
  g_assert_cmpint (((StoreRow *) rows->pdata[2])->location, ==, further);
}

static void
test_newest_first_gives_the_same (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 last = add (fixture, inbox, 3, "c@x", "a@x b@x");
  gint64 middle = add (fixture, inbox, 2, "b@x", "a@x");
  gint64 first = add (fixture, inbox, 1, "a@x", NULL);

  g_assert_cmpint (conversation_of (fixture, last), ==, conversation_of (fixture, middle));
  g_assert_cmpint (conversation_of (fixture, last), ==, conversation_of (fixture, first));
}

static void
test_message_that_ties_two_merges_them (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 a = add (fixture, inbox, 1, "a@x", NULL);
  gint64 b = add (fixture, inbox, 2, "b@x", NULL);
  gint64 c = add (fixture, inbox, 3, "c@x", NULL);
  gint64 lost = conversation_of (fixture, c);
  gint64 tie;
  gint64 later;
  g_autoptr(GPtrArray) rows = NULL;

  g_assert_cmpint (conversation_of (fixture, a), !=, conversation_of (fixture, b));
  tie = add (fixture, inbox, 4, "d@x", "b@x c@x");
  g_assert_cmpint (conversation_of (fixture, b), ==, conversation_of (fixture, c));
  later = add (fixture, inbox, 5, "e@x", "c@x a@x");
  g_assert_cmpint (conversation_of (fixture, a), ==, conversation_of (fixture, tie));
  g_assert_cmpint (conversation_of (fixture, a), ==, conversation_of (fixture, c));
  g_assert_cmpint (conversation_of (fixture, a), ==, conversation_of (fixture, later));

  /* who still has the old id finds the conversation */
  rows = store_reader_list_conversation (fixture->reader, lost, inbox, 0, NULL);
  g_assert_cmpuint (rows->len, ==, 5);
  {
    g_autoptr(GPtrArray) latest = store_reader_list_conversation (fixture->reader, lost, inbox, 2,
                                                                  NULL);

    g_assert_cmpuint (latest->len, ==, 2);
    g_assert_cmpint (((StoreRow *) latest->pdata[1])->location, ==, later);
  }
}

static void
test_servers_thread_id_ties (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StoreMessageFacts facts = { .uid = 1, .message_id = "a@x", .thread_id = "T1" };
  gint64 first = store_fixture_add_message (fixture, inbox, &facts);
  gint64 second;

  facts.uid = 2;
  facts.message_id = "T1";
  facts.thread_id = NULL;
  second = store_fixture_add_message (fixture, inbox, &facts);
  g_assert_cmpint (conversation_of (fixture, first), !=, conversation_of (fixture, second));
  facts.uid = 3;
  facts.message_id = NULL;
  facts.thread_id = "T1";
  g_assert_cmpint (conversation_of (fixture, store_fixture_add_message (fixture, inbox, &facts)),
                   ==, conversation_of (fixture, first));
}

static void
test_servers_thread_id_alone_counts (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  const char *references[] = { "a@x" };
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StoreMessageFacts facts = { .uid = 1, .message_id = "a@x", .thread_id = "T1" };
  gint64 first = store_fixture_add_message (fixture, inbox, &facts);
  gint64 second;

  /* an answer under another subject, of which the server has made a conversation of its own */
  facts.uid = 2;
  facts.message_id = "b@x";
  facts.references = references;
  facts.n_references = 1;
  facts.thread_id = "T2";
  second = store_fixture_add_message (fixture, inbox, &facts);
  g_assert_cmpint (conversation_of (fixture, first), !=, conversation_of (fixture, second));

  /* of an answer without an id the references are all that is known */
  g_assert_cmpint (conversation_of (fixture, add (fixture, inbox, 3, "c@x", "b@x")), ==,
                   conversation_of (fixture, second));
}

static void
test_no_identifier_is_alone (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 first = add (fixture, inbox, 1, NULL, NULL);
  gint64 second = add (fixture, inbox, 2, NULL, NULL);
  gint64 third = add (fixture, inbox, 3, "", "");

  g_assert_cmpint (conversation_of (fixture, first), !=, conversation_of (fixture, second));
  g_assert_cmpint (conversation_of (fixture, third), !=, conversation_of (fixture, second));
}

static void
test_endless_references_are_bounded (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(GString) many = g_string_new ("root@x");
  gint64 root = add (fixture, inbox, 1, "root@x", NULL);
  gint64 parent = add (fixture, inbox, 2, "parent@x", NULL);
  gint64 answer;
  g_autoptr(StoreMessage) message = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (many, " m%u@x", i);
  g_string_append (many, " parent@x");
  answer = add (fixture, inbox, 3, "answer@x", many->str);
  g_assert_cmpint (conversation_of (fixture, answer), ==, conversation_of (fixture, root));
  g_assert_cmpint (conversation_of (fixture, answer), ==, conversation_of (fixture, parent));
  message = store_reader_get_message (fixture->reader, answer, NULL);
  g_assert_cmpuint (g_strv_length (message->references), ==, 64);
  g_assert_cmpstr (message->references[0], ==, "root@x");
  g_assert_cmpstr (message->references[63], ==, "parent@x");
}

/* Many runs are merged, and a model in memory has to agree with what is found. */
static gboolean
compare_with_model (StoreDb  *db,
                    GError  **error)
{
  g_autoptr(StoreReferences) references = store_references_new ();
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  g_autoptr(GHashTable) model = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n_wrong = 0;

  for (guint i = 1; i <= 150000; i++)
    {
      guint64 hash = (guint64) g_rand_int (random) << 32 | g_rand_int (random);
      gint64 found;

      if (!store_references_add (references, db, hash, i, error))
        return FALSE;
      g_hash_table_insert (model, g_memdup2 (&hash, sizeof hash), GUINT_TO_POINTER (i));
      if (i % 2000 == 0 && !store_references_tidy (references, db, error))
        return FALSE;
      if (i % 50000 == 0)
        store_references_forget (references);
      n_wrong += !store_references_find (references, db, hash, &found, error) || found != i;
      g_assert_cmpuint (store_references_get_size (references), <, 4 * 1024 * 1024);
    }

  g_assert_cmpuint (n_wrong, ==, 0);
  {
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init (&iter, model);
    while (g_hash_table_iter_next (&iter, &key, &value))
      {
        gint64 found;

        if (!store_references_find (references, db, *(guint64 *) key, &found, error))
          return FALSE;
        g_assert_cmpint (found, ==, GPOINTER_TO_UINT (value));
      }
  }

  return TRUE;
}

static void
test_references_are_found_while_they_merge (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreDb) db = NULL;

  db = store_db_open (":memory:", "cache", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);
  g_assert_no_error (error);
  store_db_exec (db, "CREATE TABLE reference (hash INTEGER PRIMARY KEY, conversation);"
                     "CREATE TABLE reference_log (id INTEGER PRIMARY KEY, hash, conversation);"
                     "CREATE TABLE conversation_alias (id INTEGER PRIMARY KEY, conversation);"
                     "BEGIN", &error);
  g_assert_no_error (error);
  compare_with_model (db, &error);
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/conversation/answers", test_answers_join_over_folders);
  store_test_add ("/store/conversation/newest-first", test_newest_first_gives_the_same);
  store_test_add ("/store/conversation/merge", test_message_that_ties_two_merges_them);
  store_test_add ("/store/conversation/thread-id", test_servers_thread_id_ties);
  store_test_add ("/store/conversation/thread-id-alone", test_servers_thread_id_alone_counts);
  store_test_add ("/store/conversation/alone", test_no_identifier_is_alone);
  store_test_add ("/store/conversation/bounded", test_endless_references_are_bounded);
  g_test_add_func ("/store/conversation/index", test_references_are_found_while_they_merge);

  return g_test_run ();
}
