#include "store-fixture.h"

/* Folders that are labels: one message at several places. */

typedef struct
{
  gint64 inbox;
  gint64 work;
  gint64 all;
  gint64 trash;
  gint64 in_inbox;
  gint64 in_work;
  gint64 in_all;
} Labels;

typedef struct
{
  const char *name;
  StoreSpecialUse special_use;
  gint64 folder;
} AddLabel;

static gboolean
add_label_cb (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  AddLabel *add = data;
  StoreFolderStatus status = { .uid_validity = STORE_TEST_VALIDITY, .n_exists = -1,
                               .n_unseen = -1 };
  StoreFolderFacts facts = { .name = add->name, .display_name = add->name, .delimiter = '/',
                             .attributes = STORE_FOLDER_LABEL, .special_use = add->special_use };
  gint64 account;

  return store_tx_ensure_account (tx, STORE_TEST_ACCOUNT, &account, error) &&
         store_tx_put_folder (tx, account, &facts, &add->folder, error) &&
         store_tx_set_folder_status (tx, add->folder, &status, error);
}

static gint64
add_label (StoreFixture    *fixture,
           const char      *name,
           StoreSpecialUse  special_use)
{
  AddLabel add = { name, special_use, 0 };

  store_fixture_write (fixture, add_label_cb, &add);
  return add.folder;
}

static gint64
put (StoreFixture *fixture,
     gint64        folder,
     guint32       uid,
     guint32       flags,
     guint64       modseq)
{
  StoreMessageFacts facts = { .uid = uid, .flags = flags, .modseq = modseq, .email_id = "1",
                              .internal_date_unix = 1500000000, .message_id = "a@x" };

  return store_fixture_add_message (fixture, folder, &facts);
}

static Labels
set_up (StoreFixture *fixture)
{
  Labels labels = {
    .inbox = add_label (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .work = add_label (fixture, "Work", STORE_SPECIAL_NONE),
    .all = add_label (fixture, "[Gmail]/All Mail", STORE_SPECIAL_ALL),
    .trash = add_label (fixture, "[Gmail]/Trash", STORE_SPECIAL_TRASH),
  };

  labels.in_inbox = put (fixture, labels.inbox, 5, 0, 50);
  labels.in_work = put (fixture, labels.work, 6, 0, 50);
  labels.in_all = put (fixture, labels.all, 7, 0, 50);
  return labels;
}

static void
assert_flags (StoreFixture *fixture,
              const Labels *labels,
              guint32       flags)
{
  const gint64 locations[] = { labels->in_inbox, labels->in_work, labels->in_all };

  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autoptr(StoreRow) row = store_fixture_row (fixture, locations[i]);

      g_assert_cmpuint (row->flags, ==, flags);
    }
}

static void
assert_counts (StoreFixture *fixture,
               const Labels *labels,
               guint         inbox,
               guint         work,
               guint         all,
               guint         trash)
{
  g_assert_cmpuint (store_fixture_count (fixture, labels->inbox), ==, inbox);
  g_assert_cmpuint (store_fixture_count (fixture, labels->work), ==, work);
  g_assert_cmpuint (store_fixture_count (fixture, labels->all), ==, all);
  g_assert_cmpuint (store_fixture_count (fixture, labels->trash), ==, trash);
}

static void
test_flags_are_shown_everywhere (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  Labels labels = set_up (fixture);
  gint64 group = store_fixture_wish_flags (fixture, labels.in_work, STORE_FLAG_SEEN, 0);

  assert_flags (fixture, &labels, STORE_FLAG_SEEN);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  assert_flags (fixture, &labels, STORE_FLAG_SEEN);
  store_fixture_undo (fixture, group);
  assert_flags (fixture, &labels, 0);
  store_fixture_check (fixture);
}

static void
test_servers_flags_hold_everywhere (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  Labels labels = set_up (fixture);

  put (fixture, labels.inbox, 5, STORE_FLAG_FLAGGED, 60);
  assert_flags (fixture, &labels, STORE_FLAG_FLAGGED);

  /* an answer about another folder that is older, and comes later */
  put (fixture, labels.all, 7, 0, 50);
  assert_flags (fixture, &labels, STORE_FLAG_FLAGGED);
  put (fixture, labels.all, 7, STORE_FLAG_SEEN, 70);
  assert_flags (fixture, &labels, STORE_FLAG_SEEN);

  /* \Deleted is one folder's alone */
  put (fixture, labels.work, 6, STORE_FLAG_SEEN | STORE_FLAG_DELETED, 80);
  assert_counts (fixture, &labels, 1, 0, 1, 0);
}

static void
test_trash_takes_it_out_of_all (StoreFixture  *fixture,
                                gconstpointer  data)
{
  Labels labels = set_up (fixture);
  gint64 group = store_fixture_wish_move (fixture, labels.in_inbox, labels.trash);
  g_autoptr(StoreWork) work = NULL;
  StoreUndo undo;

  assert_counts (fixture, &labels, 0, 0, 0, 1);
  undo = store_fixture_undo (fixture, group);
  g_assert_cmpuint (undo.n_dropped, ==, 1);
  assert_counts (fixture, &labels, 1, 1, 1, 0);

  group = store_fixture_wish_move (fixture, labels.in_inbox, labels.trash);
  work = store_fixture_claim (fixture);
  store_fixture_vanish (fixture, labels.inbox, 5);
  store_fixture_arrive (fixture, group, 90);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);
  assert_counts (fixture, &labels, 0, 0, 0, 1);

  /* a folder that says otherwise is right */
  put (fixture, labels.work, 6, 0, 95);
  assert_counts (fixture, &labels, 0, 1, 0, 1);
  store_fixture_vanish (fixture, labels.work, 6);

  /* back, and into the other folder that it was in */
  undo = store_fixture_undo (fixture, group);
  g_assert_cmpuint (undo.n_inverted, ==, 1);
  assert_counts (fixture, &labels, 1, 1, 0, 0);
  store_fixture_check (fixture);
}

static void
test_out_of_all_mail_nothing_moves (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  Labels labels = set_up (fixture);
  gint64 plans = add_label (fixture, "Plans", STORE_SPECIAL_NONE);
  gint64 group = store_fixture_wish_move (fixture, labels.in_all, plans);
  g_autoptr(StoreOperation) operation = store_reader_get_operation (fixture->reader, group, NULL);

  g_assert_cmpint (operation->kind, ==, STORE_OPERATION_COPY);
  assert_counts (fixture, &labels, 1, 1, 1, 0);
  g_assert_cmpuint (store_fixture_count (fixture, plans), ==, 1);

  /* it is in there already */
  g_assert_cmpint (store_fixture_wish_move (fixture, labels.in_all, labels.work), ==, 0);

  /* and All Mail has it once, archived or not */
  group = store_fixture_wish_move (fixture, labels.in_inbox, labels.all);
  g_assert_cmpint (group, >, 0);
  assert_counts (fixture, &labels, 0, 1, 1, 0);
}

static gboolean
expunge_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  StoreWish wish = { .kind = STORE_OPERATION_EXPUNGE };

  return store_tx_enqueue (tx, &wish, data, 1, NULL, NULL, error);
}

static void
test_a_label_is_no_place_to_expunge (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  Labels labels = set_up (fixture);
  g_autoptr(GError) error = store_fixture_write_fails (fixture, expunge_cb, &labels.in_all);

  g_assert_error (error, STORE_ERROR, STORE_ERROR_STATE);
  assert_counts (fixture, &labels, 1, 1, 1, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/label/flags", test_flags_are_shown_everywhere);
  store_test_add ("/store/label/server-flags", test_servers_flags_hold_everywhere);
  store_test_add ("/store/label/trash", test_trash_takes_it_out_of_all);
  store_test_add ("/store/label/all-mail", test_out_of_all_mail_nothing_moves);
  store_test_add ("/store/label/expunge", test_a_label_is_no_place_to_expunge);

  return g_test_run ();
}
