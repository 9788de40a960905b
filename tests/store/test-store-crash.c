#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-fixture.h"

/* A child that does everything at once is killed at random instants. Whatever it had reported as
 * committed has to be there afterwards, whole, and the three databases have to agree. */

#define N_KILLS 20

typedef struct
{
  gint64 inbox;
  gint64 archive;
  guint32 round;
  gint64 location;
  StoreBody *body;
  GBytes *bytes;
} Round;

/* What the child says of a round, in one write that the pipe keeps whole. */
typedef struct
{
  guint32 round;
  gint64 operation;
} Report;

static gboolean
mail_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Round *round = data;
  g_autoptr(StoreBatch) batch = store_batch_new ();

  for (guint i = 0; i < 20; i++)
    {
      StoreMessageFacts *facts = store_batch_add (batch);
      g_autofree char *message_id = g_strdup_printf ("m%u@x", round->round * 20 + i);

      facts->uid = round->round * 20 + i + 1;
      facts->message_id = store_batch_add_string (batch, message_id);
      facts->internal_date_unix = 1500000000 + facts->uid;
    }

  return store_tx_put_batch (tx, round->inbox, batch, STORE_PUT_DEFAULT, NULL, error) &&
         store_tx_set_folder_backfill (tx, round->inbox, round->round * 20 + 20, error);
}

static gboolean
person_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  static const char *const recipients[] = { "a@x", NULL };
  Round *round = data;
  g_autofree char *uuid = g_strdup_printf ("u%u", round->round);
  StoreOutgoing outgoing = { .uuid = uuid, .account_uuid = STORE_TEST_ACCOUNT, .sender = "a@x",
                             .recipients = recipients, .bytes = round->bytes };
  StoreWish flags = { .add_flags = STORE_FLAG_SEEN };
  StoreWish move = { .kind = STORE_OPERATION_MOVE, .target_folder = round->archive };
  gint64 first = store_reader_find_uid (store_tx_get_reader (tx), round->inbox,
                                        round->round * 20 + 1, error);

  round->location = first;
  return first != 0 &&
         store_tx_enqueue (tx, &flags, &first, 1, NULL, NULL, error) &&
         store_tx_enqueue (tx, &move, &first, 1, NULL, NULL, error) &&
         store_tx_put_outgoing (tx, &outgoing, NULL, error) &&
         store_tx_put_body (tx, first, STORE_SECTION_WHOLE, round->body, STORE_BODY_WHOLE, error);
}

static GBytes *
make_bytes (guint32 round)
{
  /* now and then one that lies in a file */
  gsize size = round % 7 == 0 ? 1200000 : 3000;
  g_autoptr(GRand) random = g_rand_new_with_seed (round);
  char *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char) g_rand_int (random);
  return g_bytes_new_take (bytes, size);
}

/* The folders are there after the first life. */
static void
child_main (const char *directory,
            guint32     first_round,
            int         out)
{
  StoreFixture fixture = { .directory = g_strdup (directory) };
  Round round = { .round = first_round };

  fixture.context = g_main_context_new ();
  g_main_context_acquire (fixture.context);
  g_main_context_push_thread_default (fixture.context);
  store_fixture_open (&fixture);
  round.inbox = store_fixture_add_folder (&fixture, "INBOX", STORE_SPECIAL_INBOX);
  round.archive = store_fixture_add_folder (&fixture, "Archive", STORE_SPECIAL_ARCHIVE);

  for (;; round.round++)
    {
      g_autoptr(GBytes) bytes = make_bytes (round.round);
      g_autoptr(StoreBody) body = store_body_new (fixture.store, bytes, NULL);
      Report report = { round.round, 0 };

      round.bytes = bytes;
      round.body = body;
      store_fixture_write (&fixture, mail_cb, &round);
      store_fixture_write (&fixture, person_cb, &round);
      if (write (out, &report, sizeof report) != sizeof report)
        _exit (1);
    }
}

/* Runs a child, kills it, and gives the rounds that it has reported. */
static guint32
one_life (StoreFixture *fixture,
          const char   *program,
          guint32       first_round,
          guint         life_us)
{
  g_autofree char *round_text = g_strdup_printf ("%u", first_round);
  guint32 n_reported = first_round;
  Report report;
  int ends[2];
  int status;
  pid_t pid;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      g_autofree char *out = g_strdup_printf ("%d", ends[1]);

      close (ends[0]);
      execl (program, program, "child", fixture->directory, round_text, out, NULL);
      _exit (1);
    }

  close (ends[1]);
  g_usleep (life_us);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  while (read (ends[0], &report, sizeof report) == sizeof report)
    n_reported = report.round + 1;
  close (ends[0]);
  return n_reported;
}

static guint
count_rows (GPtrArray *array)
{
  guint n_rows = array->len;

  g_ptr_array_unref (array);
  return n_rows;
}

/* The mail of a round and its resume marker came together. */
static void
check_mail (StoreFixture *fixture,
            StoreFolder  *inbox,
            guint32       n_reported)
{
  g_autoptr(GArray) uids = store_reader_list_uids (fixture->reader, inbox->folder, 1, 0, NULL);

  g_assert_cmpuint (uids->len, ==, inbox->backfill_uid);
  g_assert_cmpuint (uids->len, >=, n_reported * 20);
  for (guint i = 0; i < uids->len; i++)
    g_assert_cmpuint (g_array_index (uids, StoreUidFlags, i).uid, ==, i + 1);
}

/* Of a round that was reported everything is there. Of one that was cut short the journal's part
 * may be: then its wish is shown, and only the body is to be downloaded again. */
static void
check_round (StoreFixture *fixture,
             StoreFolder  *inbox,
             guint32       round,
             gboolean      must_be_there)
{
  g_autoptr(GBytes) expected = make_bytes (round);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(StoreRow) row = NULL;
  gint64 location = store_reader_find_uid (fixture->reader, inbox->folder, round * 20 + 1, NULL);

  if (location == 0)
    {
      g_assert_false (must_be_there);
      return;
    }

  row = store_fixture_row (fixture, location);
  body = store_reader_load_body (fixture->reader, location, STORE_SECTION_WHOLE, NULL);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN);
  g_assert_false (row->is_shown);
  if (must_be_there)
    g_assert_nonnull (body);
  if (body != NULL)
    g_assert_true (g_bytes_equal (body, expected));
}

static guint32
check_life (StoreFixture *fixture,
            guint32       n_reported,
            GHashTable   *cut_short)
{
  g_autoptr(StoreFolder) inbox = NULL;
  g_autoptr(StoreFolder) archive = NULL;
  guint n_operations;
  guint n_outbox;

  store_fixture_open (fixture);
  g_assert_null (store_get_set_aside_path (fixture->store));
  store_fixture_check (fixture);
  inbox = store_reader_find_folder_by_use (fixture->reader, STORE_TEST_ACCOUNT,
                                           STORE_SPECIAL_INBOX, NULL);
  archive = store_reader_find_folder_by_use (fixture->reader, STORE_TEST_ACCOUNT,
                                             STORE_SPECIAL_ARCHIVE, NULL);
  if (inbox == NULL || archive == NULL)
    {
      g_assert_cmpuint (n_reported, ==, 0);
      store_fixture_close (fixture);
      return 0;
    }

  check_mail (fixture, inbox, n_reported);
  n_outbox = count_rows (store_reader_list_outbox (fixture->reader, NULL, FALSE, NULL));
  n_operations = count_rows (store_reader_list_operations (fixture->reader, NULL, FALSE, 0, NULL));
  g_assert_cmpuint (n_outbox, >=, n_reported);
  g_assert_cmpuint (n_operations, ==, 2 * n_outbox);

  /* what is shown is what the journal says, whichever of the two was ahead */
  g_assert_cmpuint (store_fixture_count (fixture, archive->folder), ==, n_outbox);
  g_assert_cmpuint (store_fixture_count (fixture, inbox->folder) + n_outbox, ==,
                    inbox->backfill_uid);
  for (guint32 round = 0; round < n_outbox; round++)
    {
      if (round >= n_reported)
        g_hash_table_add (cut_short, GUINT_TO_POINTER (round));
      check_round (fixture, inbox, round,
                   !g_hash_table_contains (cut_short, GUINT_TO_POINTER (round)));
    }
  store_fixture_close (fixture);
  return n_outbox;
}

static const char *program;

/* Killed while the databases are being made: each time in a directory of its own. */
static void
test_killed_at_birth_opens (StoreFixture  *fixture,
                            gconstpointer  data)
{
  g_autofree char *old = fixture->directory;

  store_fixture_close (fixture);
  for (guint i = 0; i < N_KILLS; i++)
    {
      g_autofree char *name = g_strdup_printf ("birth-%u", i);
      g_autoptr(GHashTable) cut_short = g_hash_table_new (NULL, NULL);
      guint32 n_reported;

      fixture->directory = g_build_filename (old, name, NULL);
      n_reported = one_life (fixture, program, 0, 2000 + i * 1000);
      check_life (fixture, n_reported, cut_short);
      g_free (fixture->directory);
    }

  fixture->directory = g_steal_pointer (&old);
  store_fixture_open (fixture);
}

static void
test_killed_at_random_loses_nothing (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  g_autoptr(GRand) random = g_rand_new ();
  g_autoptr(GHashTable) cut_short = g_hash_table_new (NULL, NULL);
  guint32 n_rounds = 0;

  store_fixture_close (fixture);
  for (guint i = 0; i < N_KILLS; i++)
    {
      guint32 n_reported = one_life (fixture, program, n_rounds,
                                     (guint) g_rand_int_range (random, 20000, 250000));

      n_rounds = check_life (fixture, MAX (n_reported, n_rounds), cut_short);
    }

  g_test_message ("%u rounds survived %u kills; %u were cut short", n_rounds, N_KILLS,
                  g_hash_table_size (cut_short));
  store_fixture_open (fixture);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 5 && strcmp (argv[1], "child") == 0)
    {
      child_main (argv[2], (guint32) g_ascii_strtoull (argv[3], NULL, 10),
                  (int) g_ascii_strtoll (argv[4], NULL, 10));
      return 0;
    }

  program = argv[0];
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/crash/birth", test_killed_at_birth_opens);
  store_test_add ("/store/crash/kill", test_killed_at_random_loses_nothing);

  return g_test_run ();
}
