#include "model-fixture.h"

#include "pipit-message-list.h"
#include "pipit-message.h"
#include "pipit-undo.h"

#include "store-flags.h"

/* Follows a list by its signals alone, as a widget does. */
typedef struct
{
  PipitMessageList *list; /* (owned) */
  GArray *ids;            /* (owned) of gint64 */
  guint n_changes;
} Replica;

static void
replica_check (Replica *self)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, self->ids->len);
  for (guint i = 0; i < self->ids->len; i++)
    g_assert_cmpint (pipit_message_list_get_id_at (self->list, i), ==,
                     g_array_index (self->ids, gint64, i));
}

static void
on_items_changed (PipitMessageList *list,
                  guint             position,
                  guint             n_removed,
                  guint             n_added,
                  Replica          *self)
{
  g_assert_cmpuint (position + n_removed, <=, self->ids->len);
  if (n_removed > 0)
    g_array_remove_range (self->ids, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      gint64 id = pipit_message_list_get_id_at (list, position + i);

      g_assert_cmpint (id, >, 0);
      g_array_insert_val (self->ids, position + i, id);
    }
  self->n_changes++;
  replica_check (self);
}

static Replica *
replica_new (ModelFixture *fixture,
             PipitFolder  *folder)
{
  Replica *self = g_new0 (Replica, 1);

  self->list = pipit_message_list_new (fixture->engine, folder);
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);

  return self;
}

static void
replica_free (Replica *self)
{
  g_signal_handlers_disconnect_by_data (self->list, self);
  g_object_unref (self->list);
  g_array_unref (self->ids);
  g_free (self);
}

static gboolean
replica_equals (Replica      *self,
                ModelFixture *fixture,
                PipitFolder  *folder,
                StoreFilter   filter)
{
  g_autoptr(GArray) fresh = model_fixture_query (fixture, folder, filter);

  if (fresh->len != self->ids->len)
    return FALSE;
  for (guint i = 0; i < fresh->len; i++)
    if (g_array_index (fresh, StoreListEntry, i).location != g_array_index (self->ids, gint64, i))
      return FALSE;

  return TRUE;
}

static void
test_fills_newest_first (ModelFixture  *fixture,
                         gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;

  for (guint i = 0; i < 20; i++)
    model_fixture_add (fixture, inbox, 1700000000 + (i * 7919) % 1000, 0, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 20);

  g_assert_true (replica_equals (replica, fixture, inbox, STORE_FILTER_ALL));
  g_assert_cmpint (pipit_message_list_get_state (replica->list), ==, PIPIT_LIST_READY);
  replica_free (replica);
}

static void
test_rows_fill_when_asked_for (ModelFixture  *fixture,
                               gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  g_autoptr(PipitMessage) message = NULL;
  g_autoptr(PipitMessage) again = NULL;

  model_fixture_add (fixture, inbox, 1700000000, STORE_FLAG_FLAGGED, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 1);

  message = g_list_model_get_item (G_LIST_MODEL (replica->list), 0);
  g_assert_false (pipit_message_get_loaded (message));
  g_assert_cmpstr (pipit_message_get_subject (message), ==, "");
  model_fixture_wait (pipit_message_get_loaded (message));
  g_assert_cmpstr (pipit_message_get_subject (message), ==, "Budget for the north pier");
  g_assert_cmpstr (pipit_message_get_people (message), ==, "Jonas Weir");
  g_assert_true (pipit_message_get_unread (message));
  g_assert_true (pipit_message_get_starred (message));

  again = g_list_model_get_item (G_LIST_MODEL (replica->list), 0);
  g_assert_true (again == message);
  replica_free (replica);
}

static void
test_one_change_is_told_as_one (ModelFixture  *fixture,
                                gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  guint before;

  for (guint i = 0; i < 50; i++)
    model_fixture_add (fixture, inbox, 1700000000 + i, 0, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 50);
  before = replica->n_changes;

  model_fixture_add (fixture, inbox, 1700000020, 0, NULL);
  model_fixture_wait (replica->ids->len == 51);
  g_assert_cmpuint (replica->n_changes, ==, before + 1);
  g_assert_true (replica_equals (replica, fixture, inbox, STORE_FILTER_ALL));
  replica_free (replica);
}

/* Whatever the server and the person do, a list told by signals equals a fresh query. */
static void
test_random_changes (ModelFixture  *fixture,
                     gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  PipitFolder *archive = model_fixture_add_folder (fixture, "Archive", '/', 0,
                                                   STORE_SPECIAL_ARCHIVE);
  Replica *all = replica_new (fixture, inbox);
  Replica *unread = replica_new (fixture, inbox);
  Replica *archived = replica_new (fixture, archive);
  g_autoptr(GArray) last = g_array_new (FALSE, FALSE, sizeof (gint64));

  pipit_message_list_set_filter (unread->list, PIPIT_FILTER_UNREAD);
  for (guint round = 0; round < 300; round++)
    {
      guint dice = g_test_rand_int_range (0, 100);
      gint64 date_unix = g_test_rand_int_range (1600000000, 1600003000);
      guint32 uid = g_test_rand_int_range (1, MAX (fixture->next_uid, 2));
      guint32 flags = g_test_rand_bit () ? STORE_FLAG_SEEN : 0;
      gint64 id = all->ids->len > 0
        ? g_array_index (all->ids, gint64, g_test_rand_int_range (0, all->ids->len)) : 0;
      g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

      g_array_append_val (ids, id);
      if (dice < 40)
        model_fixture_add (fixture, inbox, date_unix, flags, NULL);
      else if (dice < 55)
        model_fixture_vanish (fixture, inbox, uid);
      else if (dice < 70)
        model_fixture_set_flags (fixture, inbox, uid, flags);
      else if (dice < 80 && id != 0)
        pipit_engine_archive (fixture->engine, ids);
      else if (dice < 90 && id != 0)
        pipit_engine_set_unread (fixture->engine, ids, flags == 0, TRUE);
      else if (dice < 95)
        pipit_undo_undo (pipit_engine_get_undo (fixture->engine));
      else
        pipit_message_list_set_filter (unread->list,
                                       g_test_rand_bit () ? PIPIT_FILTER_UNREAD
                                                          : PIPIT_FILTER_STARRED);
    }
  pipit_message_list_set_filter (unread->list, PIPIT_FILTER_UNREAD);
  model_fixture_wait (all->ids->len > 0);
  g_array_append_val (last, g_array_index (all->ids, gint64, 0));
  pipit_engine_archive (fixture->engine, last);

  model_fixture_wait (replica_equals (all, fixture, inbox, STORE_FILTER_ALL));
  model_fixture_wait (replica_equals (unread, fixture, inbox, STORE_FILTER_UNREAD));
  model_fixture_wait (archived->ids->len > 0);
  model_fixture_wait (replica_equals (archived, fixture, archive, STORE_FILTER_ALL));
  g_assert_cmpuint (archived->ids->len, >, 0);
  g_assert_cmpuint (all->ids->len, >, 0);
  g_test_message ("%u messages, %u changes told", all->ids->len, all->n_changes);
  replica_free (all);
  replica_free (unread);
  replica_free (archived);
}

static void
test_archive_hides_at_once (ModelFixture  *fixture,
                            gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  model_fixture_add_folder (fixture, "Archive", '/', 0, STORE_SPECIAL_ARCHIVE);
  for (guint i = 0; i < 3; i++)
    model_fixture_add (fixture, inbox, 1700000000 + i, 0, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 3);

  g_array_append_val (ids, g_array_index (replica->ids, gint64, 1));
  pipit_engine_archive (fixture->engine, ids);
  g_assert_cmpuint (replica->ids->len, ==, 2);

  /* and stays so when the store has told about it, and when the overlay has gone */
  model_fixture_wait (pipit_undo_get_can_undo (pipit_engine_get_undo (fixture->engine)));
  model_fixture_wait (replica_equals (replica, fixture, inbox, STORE_FILTER_ALL));
  g_assert_cmpuint (replica->ids->len, ==, 2);
  replica_free (replica);
}

static void
on_problem (PipitEngine  *engine,
            PipitProblem *problem,
            gboolean     *told)
{
  *told = TRUE;
}

static void
test_failed_archive_comes_back (ModelFixture  *fixture,
                                gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean told = FALSE;

  model_fixture_add (fixture, inbox, 1700000000, 0, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 1);

  /* there is no archive */
  g_signal_connect (fixture->engine, "problem", G_CALLBACK (on_problem), &told);
  g_array_append_val (ids, g_array_index (replica->ids, gint64, 0));
  pipit_engine_archive (fixture->engine, ids);
  g_assert_cmpuint (replica->ids->len, ==, 0);
  model_fixture_wait (told);
  model_fixture_wait (replica->ids->len == 1);
  g_assert_false (pipit_undo_get_can_undo (pipit_engine_get_undo (fixture->engine)));
  replica_free (replica);
}

static void
test_read_shows_at_once (ModelFixture  *fixture,
                         gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  g_autoptr(PipitMessage) message = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  model_fixture_add (fixture, inbox, 1700000000, 0, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 1);
  message = g_list_model_get_item (G_LIST_MODEL (replica->list), 0);
  model_fixture_wait (pipit_message_get_loaded (message));
  model_fixture_wait (pipit_folder_get_unread (inbox) == 1);

  g_array_append_val (ids, g_array_index (replica->ids, gint64, 0));
  pipit_engine_set_unread (fixture->engine, ids, FALSE, TRUE);
  g_assert_false (pipit_message_get_unread (message));
  model_fixture_wait (pipit_folder_get_unread (inbox) == 0);
  replica_free (replica);
}

static void
test_kept_message_stays_in_filter (ModelFixture  *fixture,
                                   gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  model_fixture_add (fixture, inbox, 1700000000, 0, NULL);
  model_fixture_add (fixture, inbox, 1700000001, 0, NULL);
  replica = replica_new (fixture, inbox);
  pipit_message_list_set_filter (replica->list, PIPIT_FILTER_UNREAD);
  model_fixture_wait (replica->ids->len == 2);

  g_array_append_val (ids, g_array_index (replica->ids, gint64, 0));
  pipit_message_list_keep (replica->list, g_array_index (ids, gint64, 0));
  pipit_engine_set_unread (fixture->engine, ids, FALSE, FALSE);
  model_fixture_wait (pipit_folder_get_unread (inbox) == 1);
  g_assert_cmpuint (replica->ids->len, ==, 2);

  pipit_message_list_keep (replica->list, 0);
  model_fixture_wait (replica->ids->len == 1);
  replica_free (replica);
}

static void
on_unread_found (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  *(gint64 *) user_data =
    pipit_message_list_find_unread_finish (PIPIT_MESSAGE_LIST (source), result, &error);
  g_assert_no_error (error);
}

static void
test_next_unread (ModelFixture  *fixture,
                  gconstpointer  data)
{
  PipitFolder *inbox = model_fixture_add_folder (fixture, "INBOX", '/', 0, STORE_SPECIAL_INBOX);
  Replica *replica;
  gint64 found = -1;

  for (guint i = 0; i < 10; i++)
    model_fixture_add (fixture, inbox, 1700000000 - i,
                       i == 2 || i == 7 ? 0 : STORE_FLAG_SEEN, NULL);
  replica = replica_new (fixture, inbox);
  model_fixture_wait (replica->ids->len == 10);

  pipit_message_list_find_unread_async (replica->list, g_array_index (replica->ids, gint64, 2),
                                        NULL, on_unread_found, &found);
  model_fixture_wait (found != -1);
  g_assert_cmpint (found, ==, g_array_index (replica->ids, gint64, 7));

  found = -1;
  pipit_message_list_find_unread_async (replica->list, g_array_index (replica->ids, gint64, 7),
                                        NULL, on_unread_found, &found);
  model_fixture_wait (found != -1);
  g_assert_cmpint (found, ==, 0);
  replica_free (replica);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  model_test_add ("/model/list/fills-newest-first", test_fills_newest_first);
  model_test_add ("/model/list/rows-fill-when-asked-for", test_rows_fill_when_asked_for);
  model_test_add ("/model/list/one-change-is-told-as-one", test_one_change_is_told_as_one);
  model_test_add ("/model/list/random-changes", test_random_changes);
  model_test_add ("/model/list/archive-hides-at-once", test_archive_hides_at_once);
  model_test_add ("/model/list/failed-archive-comes-back", test_failed_archive_comes_back);
  model_test_add ("/model/list/read-shows-at-once", test_read_shows_at_once);
  model_test_add ("/model/list/kept-message-stays-in-filter", test_kept_message_stays_in_filter);
  model_test_add ("/model/list/next-unread", test_next_unread);

  return g_test_run ();
}
