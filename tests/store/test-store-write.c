#include "store-fixture.h"

#include "store-changes-private.h"
#include "store-reader-private.h"

/* The writer, its queue and lanes, the reader thread, and what watchers are told. */

typedef struct
{
  GString *order;
  char name;
  gboolean is_failing;
} Step;

static gboolean
step_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Step *step = data;

  g_string_append_c (step->order, step->name);
  if (step->is_failing)
    g_set_error (error, STORE_ERROR, STORE_ERROR_FULL, "%c", step->name);
  return !step->is_failing;
}

/* Keeps the writer busy until the main thread lets go. */
typedef struct
{
  GMutex lock;
  GCond wake;
  gboolean is_running;
  gboolean may_end;
} Gate;

static gboolean
gate_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  gate->is_running = TRUE;
  g_cond_broadcast (&gate->wake);
  while (!gate->may_end)
    g_cond_wait (&gate->wake, &gate->lock);
  g_mutex_unlock (&gate->lock);
  return TRUE;
}

static void
gate_close (Gate         *gate,
            StoreFixture *fixture)
{
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->wake);
  gate->is_running = gate->may_end = FALSE;
  store_write_async (fixture->store, STORE_PRIORITY_PERSON, gate_cb, gate, NULL, NULL, NULL, NULL);
  g_mutex_lock (&gate->lock);
  while (!gate->is_running)
    g_cond_wait (&gate->wake, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static gpointer
gate_open (gpointer data)
{
  Gate *gate = data;

  g_mutex_lock (&gate->lock);
  gate->may_end = TRUE;
  g_cond_broadcast (&gate->wake);
  g_mutex_unlock (&gate->lock);
  return NULL;
}

static void
test_person_goes_first (StoreFixture  *fixture,
                        gconstpointer  data)
{
  g_autoptr(GString) order = g_string_new (NULL);
  Step steps[] = { { order, 'h' }, { order, 's' }, { order, 't' }, { order, 'o' }, { order, 'p' } };
  static const StorePriority priorities[] = {
    STORE_PRIORITY_HOUSEKEEPING, STORE_PRIORITY_SYNC, STORE_PRIORITY_SYNC,
    STORE_PRIORITY_OPERATIONS, STORE_PRIORITY_PERSON,
  };
  Step last = { order, '.' };
  Gate gate;

  gate_close (&gate, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    store_write_async (fixture->store, priorities[i], step_cb, &steps[i], NULL, NULL, NULL, NULL);
  gate_open (&gate);
  g_assert_true (store_write_await (fixture->store, STORE_PRIORITY_HOUSEKEEPING, step_cb, &last,
                                    NULL, NULL));
  g_assert_cmpstr (order->str, ==, "posth.");
}

static void
test_cancelled_write_does_not_run (StoreFixture  *fixture,
                                   gconstpointer  data)
{
  g_autoptr(GString) order = g_string_new (NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Step step = { order, 'x' };

  g_cancellable_cancel (cancellable);
  g_assert_false (store_write_await (fixture->store, STORE_PRIORITY_SYNC, step_cb, &step,
                                     cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (order->str, ==, "");
}

typedef struct
{
  gint64 folder;
  gint64 location;
} Half;

static gboolean
half_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  Half *half = data;
  StoreMessageFacts facts = { .uid = 9, .message_id = "half@x" };
  StoreWish wish = { .add_flags = STORE_FLAG_SEEN };

  if (!store_tx_put_message (tx, half->folder, &facts, STORE_PUT_DEFAULT, &half->location, error) ||
      !store_tx_enqueue (tx, &wish, &half->location, 1, NULL, NULL, error))
    return FALSE;

  g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "on purpose");
  return FALSE;
}

static void
test_failed_write_leaves_nothing (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  Half half = { store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX), 0 };
  g_autoptr(GError) error = NULL;
  guint64 serial = store_get_serial (fixture->store);
  gint64 location;

  error = store_fixture_write_fails (fixture, half_cb, &half);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FAILED);
  g_assert_cmpuint (store_get_serial (fixture->store), ==, serial);
  g_assert_cmpuint (store_fixture_count (fixture, half.folder), ==, 0);
  g_assert_cmpint (store_reader_count_pending (fixture->reader, NULL, NULL, NULL), ==, 0);

  /* and what is kept in memory beside the database went back, too */
  location = store_fixture_add_simple (fixture, half.folder, 10, "half@x");
  {
    g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

    g_assert_cmpuint (row->n_conversation, ==, 1);
    g_assert_cmpint (row->conversation, ==, row->message);
  }
}

static gboolean
fill_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  g_autofree char *text = g_strnfill (1000, 'x');
  gint64 *folder = data;
  StoreMessageFacts facts = { .subject = text };

  for (facts.uid = 1; facts.uid < 20000; facts.uid++)
    {
      if (!store_tx_put_message (tx, *folder, &facts, STORE_PUT_DEFAULT, NULL, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
limit_pages_cb (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  StoreReader *reader = store_tx_get_reader (tx);
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %d", GPOINTER_TO_INT (data));

  return sqlite3_exec (reader->cache->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void
test_full_disk_is_said_and_survived (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(GError) error = NULL;

  /* a database that may not grow is what a full disk looks like */
  store_fixture_write (fixture, limit_pages_cb, GINT_TO_POINTER (200));
  error = store_fixture_write_fails (fixture, fill_cb, &inbox);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FULL);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);
  store_fixture_write (fixture, limit_pages_cb, GINT_TO_POINTER (1 << 30));
  store_fixture_add_simple (fixture, inbox, 1, "a@x");
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
}

/* By then the store is being closed. */
static gpointer
gate_open_late (gpointer data)
{
  g_usleep (G_USEC_PER_SEC / 4);
  return gate_open (data);
}

static void
on_closed_write (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  GError **error = data;

  store_write_finish (NULL, result, error);
}

static void
test_close_writes_what_a_person_did (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  g_autoptr(GString) order = g_string_new (NULL);
  Step person = { order, 'p' };
  Step sync = { order, 's' };
  g_autoptr(GError) error = NULL;
  Gate gate;
  GThread *opener;

  gate_close (&gate, fixture);
  store_write_async (fixture->store, STORE_PRIORITY_SYNC, step_cb, &sync, NULL, NULL,
                     on_closed_write, &error);
  store_write_async (fixture->store, STORE_PRIORITY_PERSON, step_cb, &person, NULL, NULL, NULL,
                     NULL);
  opener = g_thread_new ("opener", gate_open_late, &gate);
  store_close (fixture->store);
  g_thread_join (opener);
  while (error == NULL)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_CLOSED);
  g_assert_cmpstr (order->str, ==, "p");

  g_clear_error (&error);
  g_assert_false (store_write_await (fixture->store, STORE_PRIORITY_PERSON, step_cb, &person, NULL,
                                     &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_CLOSED);
}

/* Lanes */

static guint n_freed;

static void
count_free (gpointer data)
{
  g_atomic_int_inc (&n_freed);
}

static void
on_pushed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  gboolean *is_pushed = data;

  *is_pushed = TRUE;
}

static void
test_lane_holds_two (StoreFixture  *fixture,
                     gconstpointer  data)
{
  g_autoptr(StoreLane) lane = store_lane_new (fixture->store, STORE_PRIORITY_SYNC);
  g_autoptr(GString) order = g_string_new (NULL);
  Step steps[] = { { order, 'a' }, { order, 'b' }, { order, 'c' } };
  gboolean is_pushed = FALSE;
  Gate gate;

  n_freed = 0;
  gate_close (&gate, fixture);
  g_assert_true (store_lane_push_await (lane, step_cb, &steps[0], count_free, NULL));
  g_assert_true (store_lane_push_await (lane, step_cb, &steps[1], count_free, NULL));
  store_lane_push_async (lane, step_cb, &steps[2], count_free, on_pushed, &is_pushed);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (fixture->context, FALSE);
  g_assert_false (is_pushed);
  g_assert_cmpstr (order->str, ==, "");

  gate_open (&gate);
  while (!is_pushed)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_true (store_lane_drain_await (lane, NULL));
  g_assert_cmpstr (order->str, ==, "abc");
  g_assert_cmpuint (g_atomic_int_get (&n_freed), ==, 3);
}

static void
test_lane_runs_nothing_behind_a_failure (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  g_autoptr(StoreLane) lane = store_lane_new (fixture->store, STORE_PRIORITY_SYNC);
  g_autoptr(GString) order = g_string_new (NULL);
  Step fails = { order, 'f', TRUE };
  Step behind = { order, 'b', FALSE };
  Step third = { order, 't', FALSE };
  Step again = { order, 'a', FALSE };
  g_autoptr(GError) error = NULL;
  Gate gate;
  gboolean is_pushed = FALSE;

  n_freed = 0;
  gate_close (&gate, fixture);
  store_lane_push_await (lane, step_cb, &fails, count_free, NULL);
  store_lane_push_await (lane, step_cb, &behind, count_free, NULL);
  store_lane_push_async (lane, step_cb, &third, count_free, on_pushed, &is_pushed);
  gate_open (&gate);
  while (!is_pushed)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpstr (order->str, ==, "f");
  g_assert_cmpuint (g_atomic_int_get (&n_freed), ==, 3);

  /* the error was told once: the lane is clean again */
  g_assert_true (store_lane_push_await (lane, step_cb, &again, count_free, &error));
  g_assert_true (store_lane_drain_await (lane, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (order->str, ==, "fa");
}

static void
test_drain_tells_the_failure (StoreFixture  *fixture,
                              gconstpointer  data)
{
  g_autoptr(StoreLane) lane = store_lane_new (fixture->store, STORE_PRIORITY_SYNC);
  g_autoptr(GString) order = g_string_new (NULL);
  Step fails = { order, 'f', TRUE };
  g_autoptr(GError) error = NULL;

  store_lane_push_await (lane, step_cb, &fails, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (store_lane_drain_await (lane, &error));
  g_assert_error (error, STORE_ERROR, STORE_ERROR_FULL);
  g_assert_true (store_lane_drain_await (lane, NULL));
}

/* Reading on the reader thread */

typedef struct
{
  gint64 folder;
  GArray *entries;
  guint64 serial;
  GThread *thread;
} Read;

static gboolean
read_cb (StoreReader  *reader,
         gpointer      data,
         GError      **error)
{
  Read *read = data;

  read->thread = g_thread_self ();
  read->serial = store_reader_get_serial (reader);
  read->entries = store_reader_list_entries (reader, &read->folder, 1, STORE_FILTER_ALL, 0, error);
  return read->entries != NULL;
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

static void
test_reads_elsewhere (StoreFixture  *fixture,
                      gconstpointer  data)
{
  Read read = { .folder = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX) };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  store_fixture_add_simple (fixture, read.folder, 1, "a@x");
  store_read_async (fixture->store, G_PRIORITY_DEFAULT, read_cb, &read, NULL, NULL, on_read,
                    &result);
  while (result == NULL)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_true (store_read_finish (fixture->store, result, &error));
  g_assert_no_error (error);
  g_assert_true (store_read_get_data (result) == &read);
  g_assert_true (read.thread != g_thread_self ());
  g_assert_cmpuint (read.serial, ==, store_get_serial (fixture->store));
  g_assert_cmpuint (read.entries->len, ==, 1);
  g_array_unref (read.entries);
}

static void
test_snapshot_stays (StoreFixture  *fixture,
                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  guint64 serial;

  g_assert_true (store_reader_begin (fixture->reader, NULL));
  serial = store_reader_get_serial (fixture->reader);
  store_fixture_add_simple (fixture, inbox, 1, "a@x");
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);
  g_assert_cmpuint (store_reader_get_serial (fixture->reader), ==, serial);
  store_reader_end (fixture->reader);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
  g_assert_cmpuint (store_reader_get_serial (fixture->reader), >, serial);
}

/* Watching */

static void
on_changes (Store        *store,
            StoreChanges *changes,
            gpointer      data)
{
  GPtrArray *notices = data;

  g_ptr_array_add (notices, store_changes_ref (changes));
}

static GPtrArray *
notices_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) store_changes_unref);
}

/* Waiting for a write turns the context: on a slow machine the notice is there by then. */
static StoreChanges *
first_notice (StoreFixture *fixture,
              GPtrArray    *notices)
{
  while (notices->len == 0)
    g_main_context_iteration (fixture->context, TRUE);
  return notices->pdata[0];
}

static void
test_frame_coalesces (StoreFixture  *fixture,
                      gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(GPtrArray) notices = notices_new ();
  guint watch = store_watch (fixture->store, on_changes, notices, NULL);
  const StoreFolderChange *change;
  StoreChanges *changes;
  const StoreRowChange *rows;
  gint64 first;
  gint64 second;

  first = store_fixture_add_simple (fixture, inbox, 1, "a@x");
  second = store_fixture_add_simple (fixture, inbox, 2, "b@x");
  store_fixture_wish_flags (fixture, first, STORE_FLAG_SEEN, 0);
  store_fixture_vanish (fixture, inbox, 2);
  changes = first_notice (fixture, notices);
  if (store_changes_get_serial (changes) < store_get_serial (fixture->store))
    {
      g_test_skip ("the machine was too slow for one frame");
      store_unwatch (fixture->store, watch);
      return;
    }

  g_assert_cmpuint (store_changes_get_n_folders (changes), ==, 1);
  change = store_changes_find_folder (changes, inbox);
  g_assert_true (change == store_changes_get_folder (changes, 0));
  g_assert_null (store_changes_find_folder (changes, 4711));
  g_assert_true (change->is_folder_changed);
  g_assert_false (change->is_reload);
  g_assert_cmpuint (change->rows->len, ==, 2);
  rows = (const StoreRowChange *) (gpointer) change->rows->data;
  g_assert_cmpint (rows[0].location, ==, second);
  g_assert_false (rows[0].is_shown);
  g_assert_cmpint (rows[1].location, ==, first);
  g_assert_true (rows[1].is_shown);
  g_assert_cmpuint (rows[1].flags, ==, STORE_FLAG_SEEN);
  g_assert_true (store_changes_has_operations (changes));
  g_assert_false (store_changes_has_outbox (changes));
  g_assert_false (store_changes_is_folder_list (changes));
  store_unwatch (fixture->store, watch);
}

static void
test_merge_is_told (StoreFixture  *fixture,
                    gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(StoreRow) first = NULL;
  g_autoptr(StoreRow) second = NULL;
  const char *const references[] = { "a@x", "b@x" };
  StoreMessageFacts facts = { .uid = 3, .references = references, .n_references = 2 };
  g_autoptr(GPtrArray) notices = notices_new ();
  const StoreMerge *merges;
  const gint64 *conversations;
  guint n_merges;
  guint n_conversations;
  guint watch;

  first = store_fixture_row (fixture, store_fixture_add_simple (fixture, inbox, 1, "a@x"));
  second = store_fixture_row (fixture, store_fixture_add_simple (fixture, inbox, 2, "b@x"));
  watch = store_watch (fixture->store, on_changes, notices, NULL);
  store_fixture_add_message (fixture, inbox, &facts);
  merges = store_changes_get_merges (first_notice (fixture, notices), &n_merges);
  g_assert_cmpuint (n_merges, ==, 1);
  g_assert_cmpint (merges[0].from, ==, second->conversation);
  g_assert_cmpint (merges[0].into, ==, first->conversation);
  conversations = store_changes_get_conversations (notices->pdata[0], &n_conversations);
  g_assert_cmpuint (n_conversations, ==, 1);
  g_assert_cmpint (conversations[0], ==, first->conversation);
  store_unwatch (fixture->store, watch);
}

static void
test_too_much_is_a_reload (void)
{
  g_autoptr(StoreChangeSet) set = store_change_set_new ();
  g_autoptr(StoreChangeSet) later = store_change_set_new ();
  g_autoptr(StoreChanges) changes = NULL;
  const StoreFolderChange *change;
  StoreRowChange row = { .is_shown = TRUE };

  g_assert_true (store_change_set_is_empty (set));
  for (row.location = 1; row.location <= 9000; row.location++)
    store_change_set_row (set, 1, &row);
  for (; row.location <= 12000; row.location++)
    store_change_set_row (later, 1, &row);
  store_change_set_row (later, 2, &row);
  store_change_set_merge (set, later);
  changes = store_changes_new_from_set (set, 5);
  g_assert_true (store_change_set_is_empty (set));
  change = store_changes_find_folder (changes, 1);
  g_assert_true (change->is_reload);
  g_assert_cmpuint (change->rows->len, ==, 0);
  g_assert_false (store_changes_find_folder (changes, 2)->is_reload);
}

static void
test_unwatched_hears_nothing (StoreFixture  *fixture,
                              gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_autoptr(GPtrArray) gone = notices_new ();
  g_autoptr(GPtrArray) stays = notices_new ();
  guint first = store_watch (fixture->store, on_changes, gone, NULL);
  guint second = store_watch (fixture->store, on_changes, stays, NULL);

  /* a notice is on its way when the watch ends */
  store_fixture_add_simple (fixture, inbox, 1, "a@x");
  g_ptr_array_set_size (gone, 0);
  store_unwatch (fixture->store, first);
  first_notice (fixture, stays);
  g_assert_cmpuint (gone->len, ==, 0);
  store_unwatch (fixture->store, second);
}

/* A list that only applies notices has to be the list that is read. */
static void
apply (GArray                  *list,
       const StoreFolderChange *change)
{
  for (guint i = 0; i < change->rows->len; i++)
    {
      StoreRowChange *row = &g_array_index (change->rows, StoreRowChange, i);
      StoreListEntry entry = { row->sort_date, row->location };
      guint place = 0;
      gboolean is_there;

      while (place < list->len &&
             store_list_entry_compare (&g_array_index (list, StoreListEntry, place), &entry) < 0)
        place++;
      is_there = place < list->len && g_array_index (list, StoreListEntry, place).location ==
                                        row->location;
      if (row->is_shown && !is_there)
        g_array_insert_val (list, place, entry);
      else if (!row->is_shown && is_there)
        g_array_remove_index (list, place);
    }
}

static void
test_notices_make_the_list (StoreFixture  *fixture,
                            gconstpointer  data)
{
  gint64 folders[2] = { store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
                        store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE) };
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  g_autoptr(GPtrArray) notices = notices_new ();
  guint watch = store_watch (fixture->store, on_changes, notices, NULL);
  GArray *list[2] = { g_array_new (FALSE, FALSE, sizeof (StoreListEntry)),
                      g_array_new (FALSE, FALSE, sizeof (StoreListEntry)) };

  for (guint round = 0; round < 300; round++)
    {
      guint which = (guint) g_rand_int_range (random, 0, 2);
      gint64 location = g_rand_int_range (random, 1, 200);
      guint32 uid = (guint32) g_rand_int_range (random, 1, 60);

      switch (g_rand_int_range (random, 0, 5))
        {
        case 0:
        case 1:
          store_fixture_add_simple (fixture, folders[which], uid, "a@x");
          break;
        case 2:
          store_fixture_vanish (fixture, folders[which], uid);
          break;
        case 3:
          store_fixture_wish_move (fixture, location, folders[which]);
          break;
        default:
          store_fixture_undo (fixture, g_rand_int_range (random, 1, 100));
          break;
        }
    }

  while (notices->len == 0 ||
         store_changes_get_serial (notices->pdata[notices->len - 1]) <
           store_get_serial (fixture->store))
    g_main_context_iteration (fixture->context, TRUE);
  for (guint i = 0; i < notices->len; i++)
    {
      for (guint which = 0; which < 2; which++)
        {
          const StoreFolderChange *change = store_changes_find_folder (notices->pdata[i],
                                                                       folders[which]);

          if (change != NULL)
            apply (list[which], change);
        }
    }

  for (guint which = 0; which < 2; which++)
    {
      g_autoptr(GArray) read = store_reader_list_entries (fixture->reader, &folders[which], 1,
                                                          STORE_FILTER_ALL, 0, NULL);

      g_assert_cmpmem (read->data, read->len * sizeof (StoreListEntry), list[which]->data,
                       list[which]->len * sizeof (StoreListEntry));
      g_array_unref (list[which]);
    }
  store_unwatch (fixture->store, watch);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/write/priority", test_person_goes_first);
  store_test_add ("/store/write/cancelled", test_cancelled_write_does_not_run);
  store_test_add ("/store/write/failed", test_failed_write_leaves_nothing);
  store_test_add ("/store/write/full", test_full_disk_is_said_and_survived);
  store_test_add ("/store/write/close", test_close_writes_what_a_person_did);
  store_test_add ("/store/lane/two", test_lane_holds_two);
  store_test_add ("/store/lane/failure", test_lane_runs_nothing_behind_a_failure);
  store_test_add ("/store/lane/drain", test_drain_tells_the_failure);
  store_test_add ("/store/read/async", test_reads_elsewhere);
  store_test_add ("/store/read/snapshot", test_snapshot_stays);
  store_test_add ("/store/changes/frame", test_frame_coalesces);
  store_test_add ("/store/changes/merge", test_merge_is_told);
  g_test_add_func ("/store/changes/reload", test_too_much_is_a_reload);
  store_test_add ("/store/changes/unwatch", test_unwatched_hears_nothing);
  store_test_add ("/store/changes/list", test_notices_make_the_list);

  return g_test_run ();
}
