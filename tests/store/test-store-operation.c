#include "store-fixture.h"

#include "store-overlay-private.h"

typedef struct
{
  gint64 inbox;
  gint64 archive;
  gint64 trash;
} Folders;

static Folders
add_folders (StoreFixture *fixture)
{
  return (Folders) {
    .inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .archive = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_ARCHIVE),
    .trash = store_fixture_add_folder (fixture, "Trash", STORE_SPECIAL_TRASH),
  };
}

static void
assert_flags (StoreFixture *fixture,
              gint64        location,
              guint32       flags)
{
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

  g_assert_nonnull (row);
  g_assert_cmpuint (row->flags, ==, flags);
}

static gint64
only_location (StoreFixture *fixture,
               gint64        folder)
{
  g_autoptr(GArray) entries = store_reader_list_entries (fixture->reader, &folder, 1,
                                                         STORE_FILTER_ALL, 0, NULL);

  g_assert_cmpuint (entries->len, ==, 1);
  return g_array_index (entries, StoreListEntry, 0).location;
}

static StoreOperation *
get_operation (StoreFixture *fixture,
               gint64        operation)
{
  g_autoptr(GError) error = NULL;
  StoreOperation *found = store_reader_get_operation (fixture->reader, operation, &error);

  g_assert_no_error (error);
  g_assert_nonnull (found);
  return found;
}

static void
assert_state (StoreFixture        *fixture,
              gint64               operation,
              StoreOperationState  state)
{
  g_autoptr(StoreOperation) found = get_operation (fixture, operation);

  g_assert_cmpint (found->state, ==, state);
}

static void
test_overlay_is_a_fold (void)
{
  StoreOperation seen = { .operation = 1, .add_flags = STORE_FLAG_SEEN,
                          .add_keywords = (char *) "b" };
  StoreOperation unseen = { .operation = 2, .remove_flags = STORE_FLAG_SEEN,
                            .add_flags = STORE_FLAG_FLAGGED, .remove_keywords = (char *) "a" };
  StoreOperation move = { .operation = 3, .kind = STORE_OPERATION_MOVE };
  StoreOperation expunge = { .operation = 4, .kind = STORE_OPERATION_EXPUNGE };
  StoreOperation copy = { .operation = 5, .kind = STORE_OPERATION_COPY };
  StoreShown shown;

  store_overlay_begin (&shown, STORE_LOCATION_PRESENT, STORE_FLAG_ANSWERED, "a");
  store_overlay_apply (&shown, &seen);
  store_overlay_apply (&shown, &unseen);
  store_overlay_apply (&shown, &copy);
  store_overlay_end (&shown);
  g_assert_cmpuint (shown.flags, ==, STORE_FLAG_ANSWERED | STORE_FLAG_FLAGGED);
  g_assert_cmpstr (shown.keywords, ==, "b");
  g_assert_cmpint (shown.hidden_by, ==, 0);
  store_overlay_apply (&shown, &move);
  store_overlay_apply (&shown, &expunge);
  store_overlay_end (&shown);
  g_assert_cmpint (shown.hidden_by, ==, 3);
  g_free (shown.keywords);

  store_overlay_begin (&shown, STORE_LOCATION_TOMBSTONE, 0, NULL);
  store_overlay_end (&shown);
  g_assert_cmpint (shown.hidden_by, ==, STORE_HIDDEN_GONE);
  store_overlay_begin (&shown, STORE_LOCATION_PRESENT, STORE_FLAG_DELETED, NULL);
  store_overlay_end (&shown);
  g_assert_cmpint (shown.hidden_by, ==, STORE_HIDDEN_DELETED);
}

static void
test_flags_are_shown_at_once (StoreFixture  *fixture,
                              gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 group = store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  g_autoptr(StoreMessage) message = store_reader_get_message (fixture->reader, location, NULL);
  StoreUndo undo;

  g_assert_cmpint (group, >, 0);
  g_assert_cmpuint (message->row->flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (message->server_flags, ==, 0);
  g_assert_true (message->row->is_waiting);
  g_assert_cmpint (store_reader_count_pending (fixture->reader, NULL, NULL, NULL), ==, 1);

  undo = store_fixture_undo (fixture, group);
  g_assert_cmpuint (undo.n_dropped, ==, 1);
  assert_flags (fixture, location, 0);
  assert_state (fixture, group, STORE_OPERATION_UNDONE);
  g_assert_cmpint (store_reader_count_pending (fixture->reader, NULL, NULL, NULL), ==, 0);
}

static void
test_what_is_so_already_is_no_operation (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");

  g_assert_cmpint (store_fixture_wish_flags (fixture, location, 0, STORE_FLAG_SEEN), ==, 0);
  g_assert_cmpint (store_fixture_wish_move (fixture, location, folders.inbox), ==, 0);
  g_assert_cmpint (store_fixture_wish_flags (fixture, 4711, STORE_FLAG_SEEN, 0), ==, 0);
  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  g_assert_cmpint (store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0), ==, 0);
}

static void
test_undo_restores_each_state (StoreFixture  *fixture,
                               gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  StoreMessageFacts read = { .uid = 1, .flags = STORE_FLAG_SEEN };
  gint64 locations[2];
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_flags = STORE_FLAG_SEEN,
                     .remove_flags = STORE_FLAG_FLAGGED };
  g_autoptr(StoreWork) work = NULL;
  g_autoptr(StoreWork) back = NULL;
  StoreUndo undo;
  gint64 group;

  read.flags |= STORE_FLAG_FLAGGED;
  locations[0] = store_fixture_add_message (fixture, folders.inbox, &read);
  locations[1] = store_fixture_add_simple (fixture, folders.inbox, 2, "b@x");
  group = store_fixture_wish (fixture, &wish, locations, 2);
  work = store_fixture_claim (fixture);
  g_assert_cmpuint (work->uids->len, ==, 2);
  g_assert_cmpuint (work->add_flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (work->remove_flags, ==, STORE_FLAG_FLAGGED);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);

  /* what the server says of them now */
  read.flags = STORE_FLAG_SEEN;
  store_fixture_add_message (fixture, folders.inbox, &read);
  read.uid = 2;
  store_fixture_add_message (fixture, folders.inbox, &read);

  undo = store_fixture_undo (fixture, group);
  g_assert_cmpuint (undo.n_inverted, ==, 2);
  assert_flags (fixture, locations[0], STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  assert_flags (fixture, locations[1], 0);
  back = store_fixture_claim (fixture);
  g_assert_cmpuint (back->uids->len, ==, 1);
}

static void
test_undo_restores_keywords (StoreFixture  *fixture,
                             gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  StoreMessageFacts facts = { .uid = 1, .keywords = "a b" };
  gint64 location = store_fixture_add_message (fixture, folders.inbox, &facts);
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_keywords = "b c", .remove_keywords = "a" };
  gint64 group = store_fixture_wish (fixture, &wish, &location, 1);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  g_autoptr(StoreRow) during = store_fixture_row (fixture, location);
  g_autoptr(StoreRow) after = NULL;

  g_assert_cmpstr (during->keywords, ==, "b c");
  g_assert_cmpstr (work->add_keywords, ==, "b c");
  g_assert_cmpstr (work->remove_keywords, ==, "a");
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);
  facts.keywords = "b c";
  store_fixture_add_message (fixture, folders.inbox, &facts);

  g_assert_cmpuint (store_fixture_undo (fixture, group).n_inverted, ==, 1);
  after = store_fixture_row (fixture, location);
  g_assert_cmpstr (after->keywords, ==, "a b");
}

static void
test_last_wish_wins (StoreFixture  *fixture,
                     gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  g_autoptr(StoreWork) work = NULL;

  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  store_fixture_wish_flags (fixture, location, STORE_FLAG_FLAGGED, 0);
  store_fixture_wish_flags (fixture, location, 0, STORE_FLAG_SEEN);
  work = store_fixture_claim (fixture);
  g_assert_cmpuint (work->operations->len, ==, 3);
  g_assert_cmpuint (work->uids->len, ==, 1);
  g_assert_cmpuint (work->add_flags, ==, STORE_FLAG_FLAGGED);
  g_assert_cmpuint (work->remove_flags, ==, STORE_FLAG_SEEN);
}

static void
test_earlier_operation_goes_first (StoreFixture  *fixture,
                                   gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 first = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 second = store_fixture_add_simple (fixture, folders.inbox, 6, "b@x");
  g_autoptr(StoreWork) flags = NULL;
  g_autoptr(StoreWork) other = NULL;
  g_autoptr(StoreWork) none = NULL;
  g_autoptr(StoreWork) move = NULL;

  store_fixture_wish_flags (fixture, first, STORE_FLAG_SEEN, 0);
  store_fixture_wish_move (fixture, first, folders.archive);
  store_fixture_wish_move (fixture, second, folders.archive);

  /* only the flags of the first, and meanwhile the move of the second */
  flags = store_fixture_claim (fixture);
  g_assert_cmpint (flags->kind, ==, STORE_OPERATION_FLAGS);
  other = store_fixture_claim (fixture);
  g_assert_cmpint (other->kind, ==, STORE_OPERATION_MOVE);
  g_assert_cmpuint (other->uids->len, ==, 1);
  g_assert_cmpuint (g_array_index (other->uids, guint32, 0), ==, 6);
  none = store_fixture_claim (fixture);
  g_assert_null (none);

  store_fixture_settle (fixture, flags, STORE_OPERATION_DONE);
  move = store_fixture_claim (fixture);
  g_assert_cmpuint (g_array_index (move->uids, guint32, 0), ==, 5);
}

static void
test_claim_and_undo_cannot_both_have_it (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 other = store_fixture_add_simple (fixture, folders.inbox, 6, "b@x");
  gint64 group = store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  g_autoptr(StoreWork) work = NULL;
  g_autoptr(GError) error = NULL;

  store_fixture_wish_flags (fixture, other, STORE_FLAG_SEEN, 0);
  work = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, 0, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (work->uids->len, ==, 2);
  store_fixture_undo (fixture, group);

  {
    g_autoptr(StoreWork) claimed = store_fixture_claim (fixture);

    g_assert_cmpuint (claimed->uids->len, ==, 1);
    g_assert_cmpuint (g_array_index (claimed->uids, guint32, 0), ==, 6);
  }
}

static gboolean
claim_stale_cb (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  return store_tx_claim_work (tx, data, 0, 0, error);
}

static void
test_claim_drops_what_was_taken_back (StoreFixture  *fixture,
                                      gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 other = store_fixture_add_simple (fixture, folders.inbox, 6, "b@x");
  gint64 first = store_fixture_wish_flags (fixture, location, STORE_FLAG_FLAGGED, 0);
  gint64 second = store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  g_autoptr(StoreWork) work = NULL;
  StoreWish both = { .add_flags = STORE_FLAG_FLAGGED | STORE_FLAG_SEEN };
  gint64 third = store_fixture_wish (fixture, &both, &other, 1);

  work = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, 0, 100, NULL, NULL);
  g_assert_cmpuint (work->operations->len, ==, 3);
  store_fixture_undo (fixture, second);
  store_fixture_write (fixture, claim_stale_cb, work);

  /* the first goes another time: what is left of its message's wishes is another change */
  g_assert_cmpuint (work->operations->len, ==, 1);
  g_assert_cmpuint (work->uids->len, ==, 1);
  assert_state (fixture, first, STORE_OPERATION_WAITING);
  assert_state (fixture, third, STORE_OPERATION_SENT);
}

static void
test_move_is_shown_at_once (StoreFixture  *fixture,
                            gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 group = store_fixture_wish_move (fixture, location, folders.archive);
  g_autoptr(StoreRow) row = NULL;
  gint64 arrival = only_location (fixture, folders.archive);

  g_assert_cmpuint (store_fixture_count (fixture, folders.inbox), ==, 0);
  row = store_fixture_row (fixture, arrival);
  g_assert_cmpint (row->state, ==, STORE_LOCATION_EXPECTED);
  g_assert_cmpuint (row->uid, ==, 0);
  g_assert_cmpstr (row->subject, ==, "Budget for the north pier");
  g_assert_cmpuint (row->n_conversation, ==, 1);

  store_fixture_undo (fixture, group);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  g_assert_cmpint (only_location (fixture, folders.inbox), ==, location);
}

static void
test_copyuid_gives_the_arrival_its_uid (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 operation = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  g_autoptr(StoreOperation) done = NULL;
  g_autoptr(StoreRow) row = NULL;

  g_assert_cmpint (work->kind, ==, STORE_OPERATION_MOVE);
  store_fixture_arrive (fixture, operation, 77);
  store_fixture_vanish (fixture, folders.inbox, 5);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);

  row = store_fixture_row (fixture, arrival);
  g_assert_cmpuint (row->uid, ==, 77);
  g_assert_cmpint (row->state, ==, STORE_LOCATION_PRESENT);
  g_assert_false (row->is_waiting);
  done = get_operation (fixture, operation);
  g_assert_cmpuint (done->target_uid, ==, 77);
  g_assert_cmpuint (done->target_uid_validity, ==, STORE_TEST_VALIDITY);

  /* the server tells of it: nothing is shown twice */
  g_assert_cmpint (store_fixture_add_simple (fixture, folders.archive, 77, "a@x"), ==, arrival);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 1);
}

static void
test_arrival_is_known_by_fingerprint (StoreFixture  *fixture,
                                      gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  StoreAddress from = { "Mara Lind", "mara@example.org" };
  StoreMessageFacts facts = {
    .uid = 5, .message_id = "a@x", .subject = "s", .date_unix = 9, .from = &from, .n_from = 1,
    .internal_date_unix = 1600000000, .size_bytes = 9,
  };
  gint64 location = store_fixture_add_message (fixture, folders.inbox, &facts);
  gint64 operation = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  g_autoptr(StoreWork) work = NULL;
  g_autoptr(StoreOperation) done = NULL;
  gint64 twin;

  /* it cannot have arrived before it was sent: another of the same kind */
  facts.uid = 30;
  twin = store_fixture_add_message (fixture, folders.archive, &facts);
  g_assert_cmpint (twin, !=, arrival);

  work = store_fixture_claim (fixture);
  store_fixture_settle (fixture, work, STORE_OPERATION_DOUBTFUL);
  facts.uid = 31;
  g_assert_cmpint (store_fixture_add_message (fixture, folders.archive, &facts), ==, arrival);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 2);
  done = get_operation (fixture, operation);
  g_assert_cmpuint (done->target_uid, ==, 31);
}

static void
test_arrival_that_came_in_first_is_merged (StoreFixture  *fixture,
                                           gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 operation = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  StoreMessageFacts facts = { .uid = 77, .flags = STORE_FLAG_SEEN, .subject = "rewritten" };
  g_autoptr(StoreRow) row = NULL;

  g_assert_cmpint (work->kind, ==, STORE_OPERATION_MOVE);
  store_fixture_add_message (fixture, folders.archive, &facts);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 2);
  store_fixture_arrive (fixture, operation, 77);
  g_assert_cmpint (only_location (fixture, folders.archive), ==, arrival);
  row = store_fixture_row (fixture, arrival);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (row->uid, ==, 77);
}

static void
test_operations_on_an_arrival_wait_for_it (StoreFixture  *fixture,
                                           gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 move = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  gint64 flags = store_fixture_wish_flags (fixture, arrival, STORE_FLAG_FLAGGED, 0);
  gint64 further = store_fixture_wish_move (fixture, arrival, folders.trash);
  g_autoptr(StoreWork) first = NULL;
  g_autoptr(StoreWork) none = NULL;
  g_autoptr(StoreWork) second = NULL;
  g_autoptr(StoreWork) third = NULL;
  g_autoptr(StoreOperation) waiting = get_operation (fixture, flags);

  g_assert_cmpint (waiting->depends_on, ==, move);
  g_assert_cmpuint (waiting->uid, ==, 0);
  assert_flags (fixture, arrival, STORE_FLAG_FLAGGED);
  assert_flags (fixture, only_location (fixture, folders.trash), STORE_FLAG_FLAGGED);

  first = store_fixture_claim (fixture);
  g_assert_cmpint (first->kind, ==, STORE_OPERATION_MOVE);
  none = store_fixture_claim (fixture);
  g_assert_null (none);

  store_fixture_arrive (fixture, move, 40);
  store_fixture_settle (fixture, first, STORE_OPERATION_DONE);
  second = store_fixture_claim (fixture);
  g_assert_cmpint (second->kind, ==, STORE_OPERATION_FLAGS);
  g_assert_cmpuint (g_array_index (second->uids, guint32, 0), ==, 40);
  store_fixture_settle (fixture, second, STORE_OPERATION_DONE);
  third = store_fixture_claim (fixture);
  g_assert_cmpint (third->kind, ==, STORE_OPERATION_MOVE);
  g_assert_cmpuint (g_array_index (third->uids, guint32, 0), ==, 40);
  g_assert_cmpint (g_array_index (third->operations, gint64, 0), ==, further);
}

static void
test_refused_move_hands_its_wishes_back (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 move = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  gint64 flags = store_fixture_wish_flags (fixture, arrival, STORE_FLAG_FLAGGED, 0);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  g_autoptr(StoreOperation) refused = NULL;
  g_autoptr(StoreWork) next = NULL;

  store_fixture_settle (fixture, work, STORE_OPERATION_REFUSED);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  g_assert_cmpint (only_location (fixture, folders.inbox), ==, location);
  assert_flags (fixture, location, STORE_FLAG_FLAGGED);
  refused = get_operation (fixture, move);
  g_assert_cmpstr (refused->answer, ==, "answer");
  next = store_fixture_claim (fixture);
  g_assert_cmpuint (g_array_index (next->uids, guint32, 0), ==, 5);
  g_assert_cmpint (g_array_index (next->operations, gint64, 0), ==, flags);
}

static void
test_undo_of_a_move_takes_back_what_followed (StoreFixture  *fixture,
                                              gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 move = store_fixture_wish_move (fixture, location, folders.archive);
  gint64 arrival = only_location (fixture, folders.archive);
  StoreUndo undo;

  store_fixture_wish_move (fixture, arrival, folders.trash);
  undo = store_fixture_undo (fixture, move);
  g_assert_cmpuint (undo.n_dropped, ==, 2);
  g_assert_cmpint (only_location (fixture, folders.inbox), ==, location);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  g_assert_cmpuint (store_fixture_count (fixture, folders.trash), ==, 0);
}

static void
test_undo_of_a_sent_move_moves_back (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 move = store_fixture_wish_move (fixture, location, folders.archive);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  g_autoptr(StoreWork) none = NULL;
  g_autoptr(StoreWork) back = NULL;
  StoreUndo undo = store_fixture_undo (fixture, move);

  g_assert_cmpuint (undo.n_inverted, ==, 1);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  g_assert_cmpuint (store_fixture_count (fixture, folders.inbox), ==, 1);
  none = store_fixture_claim (fixture);
  g_assert_null (none);

  store_fixture_arrive (fixture, move, 40);
  store_fixture_vanish (fixture, folders.inbox, 5);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  g_assert_cmpuint (store_fixture_count (fixture, folders.inbox), ==, 1);
  back = store_fixture_claim (fixture);
  g_assert_cmpuint (g_array_index (back->uids, guint32, 0), ==, 40);
  store_fixture_arrive (fixture, g_array_index (back->operations, gint64, 0), 90);
  store_fixture_vanish (fixture, folders.archive, 40);
  store_fixture_settle (fixture, back, STORE_OPERATION_DONE);
  {
    g_autoptr(StoreRow) row = store_fixture_row (fixture, only_location (fixture, folders.inbox));

    g_assert_cmpuint (row->uid, ==, 90);
    g_assert_false (row->is_waiting);
  }
}

static void
test_copy_keeps_the_source (StoreFixture  *fixture,
                            gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  StoreWish wish = { .kind = STORE_OPERATION_COPY, .target_folder = folders.archive };
  gint64 group = store_fixture_wish (fixture, &wish, &location, 1);
  g_autoptr(StoreRow) source = NULL;
  g_autoptr(StoreRow) copy = NULL;

  source = store_fixture_row (fixture, only_location (fixture, folders.inbox));
  copy = store_fixture_row (fixture, only_location (fixture, folders.archive));
  g_assert_cmpint (source->message, ==, copy->message);
  store_fixture_undo (fixture, group);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
}

static void
test_expunge_cannot_be_undone_once_sent (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.trash, 5, "a@x");
  StoreWish wish = { .kind = STORE_OPERATION_EXPUNGE };
  gint64 group = store_fixture_wish (fixture, &wish, &location, 1);
  g_autoptr(StoreWork) work = NULL;

  g_assert_cmpuint (store_fixture_count (fixture, folders.trash), ==, 0);
  store_fixture_undo (fixture, group);
  g_assert_cmpuint (store_fixture_count (fixture, folders.trash), ==, 1);
  group = store_fixture_wish (fixture, &wish, &location, 1);
  work = store_fixture_claim (fixture);
  g_assert_cmpuint (store_fixture_undo (fixture, group).n_impossible, ==, 1);
  g_assert_cmpuint (store_fixture_count (fixture, folders.trash), ==, 0);
}

static gboolean
recover_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  return store_tx_recover_operations (tx, STORE_TEST_ACCOUNT, data, error);
}

static void
test_recovery_doubts_only_what_is_not_idempotent (StoreFixture  *fixture,
                                                  gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 first = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 second = store_fixture_add_simple (fixture, folders.inbox, 6, "b@x");
  gint64 flags = store_fixture_wish_flags (fixture, first, STORE_FLAG_SEEN, 0);
  gint64 move = store_fixture_wish_move (fixture, second, folders.archive);
  g_autoptr(StoreWork) a = store_fixture_claim (fixture);
  g_autoptr(StoreWork) b = store_fixture_claim (fixture);
  g_autoptr(StoreOperation) doubtful = NULL;
  guint n_doubtful = 9;

  g_assert_cmpint (a->kind, ==, STORE_OPERATION_FLAGS);
  g_assert_cmpint (b->kind, ==, STORE_OPERATION_MOVE);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  store_fixture_write (fixture, recover_cb, &n_doubtful);
  g_assert_cmpuint (n_doubtful, ==, 1);
  assert_state (fixture, flags, STORE_OPERATION_WAITING);
  doubtful = get_operation (fixture, move);
  g_assert_cmpint (doubtful->state, ==, STORE_OPERATION_DOUBTFUL);
  g_assert_cmpuint (doubtful->target_uid_validity, ==, STORE_TEST_VALIDITY);
  g_assert_cmpuint (doubtful->target_uid_next, ==, 1);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 1);
  g_assert_cmpuint (store_fixture_count (fixture, folders.inbox), ==, 1);
}

typedef struct
{
  StoreWork *work;
  gint64 not_before;
} Release;

static gboolean
release_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Release *release = data;

  return store_tx_release_operations (tx, (gint64 *) (gpointer) release->work->operations->data,
                                      release->work->operations->len, release->not_before,
                                      "try later", error);
}

static void
test_released_work_waits_its_time (StoreFixture  *fixture,
                                   gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 operation = store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  g_autoptr(StoreWork) work = store_fixture_claim (fixture);
  g_autoptr(StoreWork) none = NULL;
  g_autoptr(StoreWork) later = NULL;
  g_autoptr(StoreOperation) released = NULL;
  Release release = { work, 5000000000 };
  gint64 next = 0;

  store_fixture_write (fixture, release_cb, &release);
  none = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, 4999999999, 10, &next, NULL);
  g_assert_null (none);
  g_assert_cmpint (next, ==, 5000000000);
  later = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, 5000000000, 10, &next, NULL);
  g_assert_nonnull (later);
  released = get_operation (fixture, operation);
  g_assert_cmpuint (released->n_attempts, ==, 1);
  g_assert_cmpstr (released->answer, ==, "try later");
}

static gboolean
settle_twice_cb (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  return store_tx_settle_operations (tx, data, 1, STORE_OPERATION_DONE, NULL, error);
}

static void
test_only_allowed_steps (StoreFixture  *fixture,
                         gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 operation = store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  gint64 unknown = 4711;
  g_autoptr(GError) waiting = NULL;
  g_autoptr(GError) missing = NULL;

  waiting = store_fixture_write_fails (fixture, settle_twice_cb, &operation);
  g_assert_error (waiting, STORE_ERROR, STORE_ERROR_STATE);
  missing = store_fixture_write_fails (fixture, settle_twice_cb, &unknown);
  g_assert_error (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  assert_state (fixture, operation, STORE_OPERATION_WAITING);
}

static void
test_work_is_bounded_and_sorted (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 locations[20];
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_flags = STORE_FLAG_SEEN };
  g_autoptr(StoreWork) work = NULL;

  for (guint i = 0; i < 20; i++)
    locations[19 - i] = store_fixture_add_simple (fixture, folders.inbox, i + 1, "a@x");
  store_fixture_wish (fixture, &wish, locations, 20);
  work = store_reader_find_work (fixture->reader, STORE_TEST_ACCOUNT, 0, 7, NULL, NULL);
  g_assert_cmpuint (work->uids->len, ==, 7);
  g_assert_cmpuint (work->operations->len, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpuint (g_array_index (work->uids, guint32, i), ==, 14 + i);
}

typedef struct
{
  gint64 folder;
  gint64 checked;
} Checked;

static gboolean
checked_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Checked *checked = data;

  return store_tx_set_folder_checked (tx, checked->folder, checked->checked, error);
}

static void
test_arrival_that_never_comes_ends (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  g_autoptr(StoreWork) work = NULL;
  Checked checked = { folders.archive, 1 };
  gint64 flags;

  store_fixture_wish_move (fixture, location, folders.archive);
  flags = store_fixture_wish_flags (fixture, only_location (fixture, folders.archive),
                                    STORE_FLAG_SEEN, 0);
  work = store_fixture_claim (fixture);
  store_fixture_settle (fixture, work, STORE_OPERATION_DONE);
  store_fixture_write (fixture, checked_cb, &checked);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 1);
  checked.checked = g_get_real_time () / G_USEC_PER_SEC + 60;
  store_fixture_write (fixture, checked_cb, &checked);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 0);
  assert_state (fixture, flags, STORE_OPERATION_REFUSED);
}

static void
test_start_brings_cache_and_journal_together (StoreFixture  *fixture,
                                              gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  gint64 first = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  gint64 second = store_fixture_add_simple (fixture, folders.inbox, 6, "b@x");
  g_autofree char *cache = g_build_filename (fixture->directory, "cache.db", NULL);
  g_autofree char *journal = g_build_filename (fixture->directory, "journal.db", NULL);
  sqlite3 *handle = NULL;

  store_fixture_wish_flags (fixture, first, STORE_FLAG_SEEN, 0);
  store_fixture_wish_move (fixture, second, folders.archive);
  store_fixture_close (fixture);

  /* as after a crash that lost the cache's last commit, and one that lost the journal's */
  g_assert_cmpint (sqlite3_open (cache, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "DELETE FROM location WHERE state = 1;"
                                         "UPDATE location SET hidden_by = 0 WHERE uid = 6", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  g_assert_cmpint (sqlite3_open (journal, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "DELETE FROM operation WHERE kind = 0", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (handle);

  store_fixture_open (fixture);
  assert_flags (fixture, first, 0);
  g_assert_cmpint (only_location (fixture, folders.inbox), ==, first);
  g_assert_cmpuint (store_fixture_count (fixture, folders.archive), ==, 1);
}

typedef struct
{
  StoreWish wish;
  gint64 location;
} Enqueue;

static gboolean
enqueue_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Enqueue *enqueue = data;

  return store_tx_enqueue (tx, &enqueue->wish, &enqueue->location, 1, NULL, NULL, error);
}

static gboolean
add_others_cb (StoreTransaction  *tx,
               gpointer           data,
               GError           **error)
{
  gint64 *folders = data;
  StoreFolderFacts facts = { .name = "Parent", .display_name = "Parent",
                             .attributes = STORE_FOLDER_NO_SELECT };
  StoreFolderFacts other = { .name = "INBOX", .display_name = "INBOX" };
  gint64 account;

  return store_tx_ensure_account (tx, STORE_TEST_ACCOUNT, &account, error) &&
         store_tx_put_folder (tx, account, &facts, &folders[0], error) &&
         store_tx_ensure_account (tx, "another", &account, error) &&
         store_tx_put_folder (tx, account, &other, &folders[1], error);
}

static void
test_target_of_another_kind_is_refused (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  Folders folders = add_folders (fixture);
  Enqueue enqueue = { { .kind = STORE_OPERATION_MOVE }, 0 };
  gint64 others[2];
  g_autoptr(GError) parent = NULL;
  g_autoptr(GError) account = NULL;
  g_autoptr(GError) missing = NULL;

  enqueue.location = store_fixture_add_simple (fixture, folders.inbox, 5, "a@x");
  store_fixture_write (fixture, add_others_cb, others);
  enqueue.wish.target_folder = others[0];
  parent = store_fixture_write_fails (fixture, enqueue_cb, &enqueue);
  g_assert_error (parent, STORE_ERROR, STORE_ERROR_STATE);
  enqueue.wish.target_folder = others[1];
  account = store_fixture_write_fails (fixture, enqueue_cb, &enqueue);
  g_assert_error (account, STORE_ERROR, STORE_ERROR_STATE);
  enqueue.wish.target_folder = 4711;
  missing = store_fixture_write_fails (fixture, enqueue_cb, &enqueue);
  g_assert_error (missing, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_assert_cmpuint (store_fixture_count (fixture, folders.inbox), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/operation/overlay", test_overlay_is_a_fold);
  store_test_add ("/store/operation/flags", test_flags_are_shown_at_once);
  store_test_add ("/store/operation/needless", test_what_is_so_already_is_no_operation);
  store_test_add ("/store/operation/undo", test_undo_restores_each_state);
  store_test_add ("/store/operation/undo/keywords", test_undo_restores_keywords);
  store_test_add ("/store/operation/undo/chain", test_undo_of_a_move_takes_back_what_followed);
  store_test_add ("/store/operation/undo/sent", test_undo_of_a_sent_move_moves_back);
  store_test_add ("/store/operation/last-wish", test_last_wish_wins);
  store_test_add ("/store/operation/order", test_earlier_operation_goes_first);
  store_test_add ("/store/operation/claim", test_claim_and_undo_cannot_both_have_it);
  store_test_add ("/store/operation/claim/stale", test_claim_drops_what_was_taken_back);
  store_test_add ("/store/operation/move", test_move_is_shown_at_once);
  store_test_add ("/store/operation/arrival/copyuid", test_copyuid_gives_the_arrival_its_uid);
  store_test_add ("/store/operation/arrival/fingerprint", test_arrival_is_known_by_fingerprint);
  store_test_add ("/store/operation/arrival/first", test_arrival_that_came_in_first_is_merged);
  store_test_add ("/store/operation/arrival/waiting", test_operations_on_an_arrival_wait_for_it);
  store_test_add ("/store/operation/arrival/never", test_arrival_that_never_comes_ends);
  store_test_add ("/store/operation/refused", test_refused_move_hands_its_wishes_back);
  store_test_add ("/store/operation/copy", test_copy_keeps_the_source);
  store_test_add ("/store/operation/expunge", test_expunge_cannot_be_undone_once_sent);
  store_test_add ("/store/operation/recover", test_recovery_doubts_only_what_is_not_idempotent);
  store_test_add ("/store/operation/release", test_released_work_waits_its_time);
  store_test_add ("/store/operation/steps", test_only_allowed_steps);
  store_test_add ("/store/operation/bounded", test_work_is_bounded_and_sorted);
  store_test_add ("/store/operation/start", test_start_brings_cache_and_journal_together);
  store_test_add ("/store/operation/target", test_target_of_another_kind_is_refused);

  return g_test_run ();
}
