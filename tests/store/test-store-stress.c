#include "store-fixture.h"

/* One writer with bulk mail and a person's wishes, several readers that look meanwhile. What a
 * reader sees in one snapshot has to agree with itself. Under AddressSanitizer or helgrind it
 * finds what is shared by mistake. */

#define N_READERS 3
#define N_BATCHES 60
#define BATCH_MESSAGES 200

typedef struct
{
  Store *store;
  gint64 inbox;
  gint64 archive;
  int is_ended;
  int n_looks;
} Shared;

static void
look (StoreReader *reader,
      Shared      *shared)
{
  gint64 folders[2] = { shared->inbox, shared->archive };
  g_autoptr(GArray) all = NULL;
  g_autoptr(GArray) inbox = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(GError) error = NULL;
  StoreFolderCounts counts;
  gint64 page[20];
  guint n_page;

  g_assert_true (store_reader_begin (reader, &error));
  all = store_reader_list_entries (reader, folders, 2, STORE_FILTER_ALL, 0, &error);
  inbox = store_reader_list_entries (reader, folders, 1, STORE_FILTER_ALL, 0, &error);
  g_assert_no_error (error);
  g_assert_true (store_reader_count_folder (reader, shared->inbox, FALSE, &counts, &error));
  g_assert_cmpint (counts.n_shown, ==, inbox->len);

  /* whole batches only, and a message that moves is in one of the folders */
  g_assert_cmpuint (all->len % BATCH_MESSAGES, ==, 0);
  n_page = MIN (all->len, G_N_ELEMENTS (page));
  for (guint i = 0; i < n_page; i++)
    page[i] = g_array_index (all, StoreListEntry, i).location;
  rows = store_reader_load_rows (reader, page, n_page, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_page; i++)
    {
      StoreRow *row = rows->pdata[i];

      g_assert_nonnull (row);
      g_assert_cmpint (row->location, ==, page[i]);
      g_assert_cmpint (row->sort_date, ==, g_array_index (all, StoreListEntry, i).sort_date);
      g_assert_true (row->is_shown);
    }
  store_reader_end (reader);
  g_atomic_int_inc (&shared->n_looks);
}

static gpointer
reader_main (gpointer data)
{
  Shared *shared = data;
  g_autoptr(StoreReader) reader = store_reader_new (shared->store, NULL);

  while (!g_atomic_int_get (&shared->is_ended))
    look (reader, shared);
  return NULL;
}

typedef struct
{
  gint64 folder;
  guint32 first_uid;
} Batch;

static gboolean
batch_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  Batch *batch = data;
  g_autoptr(StoreBatch) messages = store_batch_new ();

  for (guint i = 0; i < BATCH_MESSAGES; i++)
    {
      StoreMessageFacts *facts = store_batch_add (messages);
      g_autofree char *message_id = g_strdup_printf ("m%u@x", batch->first_uid + i);

      facts->uid = batch->first_uid + i;
      facts->message_id = store_batch_add_string (messages, message_id);
      facts->internal_date_unix = 1500000000 + facts->uid;
    }

  return store_tx_put_batch (tx, batch->folder, messages, STORE_PUT_DEFAULT, NULL, error);
}

static gboolean
person_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Shared *shared = data;
  StoreWish move = { .kind = STORE_OPERATION_MOVE, .target_folder = shared->archive };
  g_autoptr(GArray) entries = NULL;
  gint64 group;

  entries = store_reader_list_entries (store_tx_get_reader (tx), &shared->inbox, 1,
                                       STORE_FILTER_ALL, 1, error);
  if (entries == NULL || entries->len == 0)
    return entries != NULL;

  return store_tx_enqueue (tx, &move, &g_array_index (entries, StoreListEntry, 0).location, 1,
                           &group, NULL, error) &&
         (group % 3 != 0 || store_tx_undo (tx, group, NULL, error));
}

static void
on_changes (Store        *store,
            StoreChanges *changes,
            gpointer      data)
{
  guint *n_notices = data;

  (*n_notices)++;
}

static void
test_readers_see_whole_commits (StoreFixture  *fixture,
                                gconstpointer  data)
{
  Shared shared = {
    .store = fixture->store,
    .inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE),
  };
  g_autoptr(StoreLane) lane = store_lane_new (fixture->store, STORE_PRIORITY_SYNC);
  GThread *threads[N_READERS];
  g_autoptr(GError) error = NULL;
  guint n_notices = 0;
  guint watch = store_watch (fixture->store, on_changes, &n_notices, NULL);

  for (guint i = 0; i < N_READERS; i++)
    threads[i] = g_thread_new ("reader", reader_main, &shared);
  for (guint i = 0; i < N_BATCHES; i++)
    {
      Batch *batch = g_new0 (Batch, 1);

      batch->folder = shared.inbox;
      batch->first_uid = i * BATCH_MESSAGES + 1;
      store_lane_push_await (lane, batch_cb, batch, g_free, &error);
      g_assert_no_error (error);
      store_write_await (fixture->store, STORE_PRIORITY_PERSON, person_cb, &shared, NULL, &error);
      g_assert_no_error (error);
    }
  store_lane_drain_await (lane, &error);
  g_assert_no_error (error);

  g_atomic_int_set (&shared.is_ended, 1);
  for (guint i = 0; i < N_READERS; i++)
    g_thread_join (threads[i]);
  store_unwatch (fixture->store, watch);
  g_test_message ("%d looks, %u notices", g_atomic_int_get (&shared.n_looks), n_notices);
  g_assert_cmpuint (store_fixture_count (fixture, shared.inbox) +
                      store_fixture_count (fixture, shared.archive), ==,
                    N_BATCHES * BATCH_MESSAGES);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/stress/readers", test_readers_see_whole_commits);

  return g_test_run ();
}
