#include <malloc.h>
#include <string.h>
#include <time.h>

#include "store-fixture.h"

/* Prints how fast headers go into the store, and what stays in memory. Never fails on time. */

#define BATCH_MESSAGES 2000

typedef struct
{
  gint64 folder;
  StoreBatch *batch;
  guint32 backfill_uid;
} Window;

static void
window_free (gpointer data)
{
  Window *window = data;

  store_batch_free (window->batch);
  g_free (window);
}

static gboolean
window_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Window *window = data;

  return store_tx_put_batch (tx, window->folder, window->batch, STORE_PUT_DEFAULT, NULL, error) &&
         store_tx_set_folder_backfill (tx, window->folder, window->backfill_uid, error);
}

/* A third of the messages begin a conversation; the others answer an earlier one. */
static void
fill (StoreBatch *batch,
      guint32     uid)
{
  StoreMessageFacts *facts = store_batch_add (batch);
  g_autofree char *message_id = g_strdup_printf ("CAF%08x%08x@mail%u.example.org", uid * 2654435761u,
                                                 uid, uid % 50);
  g_autofree char *root = g_strdup_printf ("CAF%08x%08x@mail%u.example.org",
                                           (uid - uid % 3) * 2654435761u, uid - uid % 3,
                                           (uid - uid % 3) % 50);
  g_autofree char *address = g_strdup_printf ("person%u@example%u.org", uid % 4000, uid % 30);
  g_autofree char *name = g_strdup_printf ("Person Number %u", uid % 4000);
  g_autofree char *subject = g_strdup_printf ("Re: the %u things to be said about the pier", uid);
  StoreAddress from = { name, address };
  StoreAddress to = { "Mara Lind", "mara@example.org" };
  const char *reference = root;

  facts->uid = uid;
  facts->flags = uid % 5 == 0 ? 0 : STORE_FLAG_SEEN;
  facts->modseq = uid;
  facts->internal_date_unix = 1400000000 + (gint64) uid * 600;
  facts->date_unix = facts->internal_date_unix - 20;
  facts->size_bytes = 2000 + uid % 50000;
  facts->message_id = store_batch_add_string (batch, message_id);
  facts->from = store_batch_add_addresses (batch, &from, 1);
  facts->n_from = 1;
  facts->to = store_batch_add_addresses (batch, &to, 1);
  facts->n_to = 1;
  facts->subject = store_batch_add_string (batch, subject);
  facts->content_type = "multipart/alternative";
  if (uid % 3 != 0)
    {
      facts->in_reply_to = store_batch_add_strings (batch, &reference, 1);
      facts->n_in_reply_to = 1;
      facts->references = facts->in_reply_to;
      facts->n_references = 1;
    }
}

static double
resident_mb (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;

  line = strstr (status, "RssAnon:");
  return line == NULL ? 0 : g_ascii_strtod (line + 8, NULL) / 1024;
}

/* Runs on the writer thread, whose time it is. */
static gboolean
thread_time_cb (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  struct timespec now;
  double *seconds = data;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  *seconds = (double) now.tv_sec + (double) now.tv_nsec / 1e9;
  return TRUE;
}

static double
writer_cpu_s (StoreFixture *fixture)
{
  double seconds = 0;

  store_fixture_write (fixture, thread_time_cb, &seconds);
  return seconds;
}

static void
insert_all (StoreFixture *fixture,
            gint64        folder,
            guint32       n_messages)
{
  g_autoptr(StoreLane) lane = store_lane_new (fixture->store, STORE_PRIORITY_SYNC);
  g_autoptr(GError) error = NULL;
  guint32 next = n_messages;

  while (next > 0)
    {
      Window *window = g_new0 (Window, 1);
      guint32 first = next > BATCH_MESSAGES ? next - BATCH_MESSAGES + 1 : 1;

      window->folder = folder;
      window->batch = store_batch_new ();
      window->backfill_uid = first;
      for (guint32 uid = first; uid <= next; uid++)
        fill (window->batch, uid);

      store_lane_push_await (lane, window_cb, window, window_free, &error);
      g_assert_no_error (error);
      next = first - 1;
    }

  store_lane_drain_await (lane, &error);
  g_assert_no_error (error);
}

static void
read_lists (StoreFixture *fixture,
            gint64        folder)
{
  g_autoptr(GArray) all = NULL;
  g_autoptr(GArray) first = NULL;
  g_autoptr(GArray) uids = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  gint64 ids[50];
  StoreFolderCounts counts;
  gint64 times[6];

  times[0] = g_get_monotonic_time ();
  first = store_reader_list_entries (fixture->reader, &folder, 1, STORE_FILTER_ALL, 200, NULL);
  times[1] = g_get_monotonic_time ();
  all = store_reader_list_entries (fixture->reader, &folder, 1, STORE_FILTER_ALL, 0, NULL);
  times[2] = g_get_monotonic_time ();
  for (guint i = 0; i < 50; i++)
    ids[i] = g_array_index (all, StoreListEntry, all->len / 2 + i).location;
  rows = store_reader_load_rows (fixture->reader, ids, 50, NULL);
  times[3] = g_get_monotonic_time ();
  store_reader_count_folder (fixture->reader, folder, TRUE, &counts, NULL);
  times[4] = g_get_monotonic_time ();
  uids = store_reader_list_uids (fixture->reader, folder, 1, 0, NULL);
  times[5] = g_get_monotonic_time ();

  g_assert_cmpuint (rows->len, ==, 50);
  g_assert_cmpuint (uids->len, ==, all->len);
  g_test_message ("first 200 %.2f ms, array of %u %.1f ms, page of 50 %.2f ms, counts %.1f ms, "
                  "UIDs and flags %.1f ms",
                  (double) (times[1] - times[0]) / 1000, all->len,
                  (double) (times[2] - times[1]) / 1000, (double) (times[3] - times[2]) / 1000,
                  (double) (times[4] - times[3]) / 1000, (double) (times[5] - times[4]) / 1000);
}

/* The newest 10,000 starred, claimed and taken back. */
static void
star_many (StoreFixture *fixture,
           gint64        folder)
{
  g_autoptr(GArray) entries = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_flags = STORE_FLAG_FLAGGED };
  g_autoptr(StoreWork) work = NULL;
  gint64 times[4];
  gint64 group;

  entries = store_reader_list_entries (fixture->reader, &folder, 1, STORE_FILTER_ALL, 10000, NULL);
  for (guint i = 0; i < entries->len; i++)
    g_array_append_val (ids, g_array_index (entries, StoreListEntry, i).location);

  times[0] = g_get_monotonic_time ();
  group = store_fixture_wish (fixture, &wish, (gint64 *) (gpointer) ids->data, ids->len);
  times[1] = g_get_monotonic_time ();
  work = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, G_MAXINT64, 1000, NULL, NULL);
  times[2] = g_get_monotonic_time ();
  store_fixture_undo (fixture, group);
  times[3] = g_get_monotonic_time ();
  g_assert_cmpuint (work->uids->len, ==, 1000);
  g_test_message ("%u starred in %.0f ms, the next 1000 of them found in %.0f ms, undone in %.0f ms",
                  ids->len, (double) (times[1] - times[0]) / 1000,
                  (double) (times[2] - times[1]) / 1000, (double) (times[3] - times[2]) / 1000);
}

static void
changes_cb (Store        *store,
            StoreChanges *changes,
            gpointer      user_data)
{
  guint *n_notices = user_data;

  (*n_notices)++;
}

static void
bench (gconstpointer data)
{
  guint32 n_messages = GPOINTER_TO_UINT (data);
  StoreFixture fixture = { 0 };
  gint64 folder;
  double before_mb;
  double cpu;
  gint64 begin;
  double seconds;
  guint n_notices = 0;
  guint watch;

  store_fixture_set_up (&fixture, NULL);
  folder = store_fixture_add_folder (&fixture, "INBOX", STORE_SPECIAL_INBOX);
  watch = store_watch (fixture.store, changes_cb, &n_notices, NULL);
  before_mb = resident_mb ();
  cpu = writer_cpu_s (&fixture);
  begin = g_get_monotonic_time ();
  insert_all (&fixture, folder, n_messages);
  seconds = (double) (g_get_monotonic_time () - begin) / 1e6;
  malloc_trim (0);
  g_test_message ("%u messages in %.2f s: %.2f us each, of the writer's CPU %.2f us; "
                  "anonymous memory %.1f MB, before %.1f MB; %u notices",
                  n_messages, seconds, seconds * 1e6 / n_messages,
                  (writer_cpu_s (&fixture) - cpu) * 1e6 / n_messages, resident_mb (), before_mb, n_notices);
  read_lists (&fixture, folder);
  star_many (&fixture, folder);
  store_unwatch (fixture.store, watch);
  store_fixture_tear_down (&fixture, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/store/bench/1000", GUINT_TO_POINTER (1000), bench);
  g_test_add_data_func ("/store/bench/100000", GUINT_TO_POINTER (100000), bench);
  if (g_test_slow ())
    g_test_add_data_func ("/store/bench/1000000", GUINT_TO_POINTER (1000000), bench);

  return g_test_run ();
}
