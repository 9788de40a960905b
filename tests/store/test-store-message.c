#include <string.h>

#include "store-fixture.h"

static void
test_row_shows_what_was_put (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StoreAddress from[] = { { "Mara Lind", "mara@example.org" }, { NULL, "tom@example.org" } };
  StoreAddress to[] = { { "Ärger, \"Ö\"", "o@example.org" } };
  StoreMessageFacts facts = {
    .uid = 7,
    .flags = STORE_FLAG_SEEN | STORE_FLAG_ANSWERED,
    .keywords = "zeta Alpha zeta",
    .modseq = 12,
    .internal_date_unix = 1600000000,
    .date_unix = 1599999999,
    .size_bytes = 4321,
    .message_id = "one@example.org",
    .from = from,
    .n_from = 2,
    .to = to,
    .n_to = 1,
    .subject = "Grüße",
    .content_type = "multipart/mixed",
  };
  gint64 location = store_fixture_add_message (fixture, inbox, &facts);
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

  g_assert_cmpuint (row->uid, ==, 7);
  g_assert_cmpint (row->folder, ==, inbox);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_SEEN | STORE_FLAG_ANSWERED);
  g_assert_cmpstr (row->keywords, ==, "Alpha zeta");
  g_assert_cmpstr (row->message_id, ==, "one@example.org");
  g_assert_cmpuint (row->from->n_items, ==, 2);
  g_assert_cmpstr (row->from->items[0].name, ==, "Mara Lind");
  g_assert_null (row->from->items[1].name);
  g_assert_cmpstr (row->from->items[1].address, ==, "tom@example.org");
  g_assert_cmpstr (row->to->items[0].name, ==, "Ärger, \"Ö\"");
  g_assert_cmpstr (row->subject, ==, "Grüße");
  g_assert_cmpint (row->sort_date, ==, 1600000000);
  g_assert_cmpint (row->date_unix, ==, 1599999999);
  g_assert_cmpint (row->size_bytes, ==, 4321);
  g_assert_cmpint (row->attachment, ==, STORE_ATTACHMENT_LIKELY);
  g_assert_cmpint (row->body, ==, STORE_BODY_NONE);
  g_assert_cmpuint (row->n_conversation, ==, 1);
  g_assert_false (row->is_waiting);
  g_assert_true (row->is_shown);
}

static void
test_putting_twice_is_once (StoreFixture  *fixture,
                            gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 first = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  gint64 second = store_fixture_add_simple (fixture, inbox, 5, "a@x");

  g_assert_cmpint (first, ==, second);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
}

static void
test_uid_zero_is_no_message (StoreFixture  *fixture,
                             gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);

  g_assert_cmpint (store_fixture_add_simple (fixture, inbox, 0, "a@x"), ==, 0);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);
}


typedef struct
{
  gint64 folder;
  StoreUidFlags items[4];
  guint n_items;
  guint n_changed;
} SetFlags;

static gboolean
set_flags_cb (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  SetFlags *set = data;

  return store_tx_set_flags (tx, set->folder, set->items, set->n_items, &set->n_changed, error);
}

static void
test_older_modseq_never_wins (StoreFixture  *fixture,
                              gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  SetFlags newer = { inbox, { { 5, STORE_FLAG_SEEN, 20, "work" } }, 1, 0 };
  SetFlags older = { inbox, { { 5, STORE_FLAG_FLAGGED, 10, NULL } }, 1, 9 };
  SetFlags same = { inbox, { { 5, STORE_FLAG_SEEN, 20, "work" } }, 1, 9 };
  SetFlags without = { inbox, { { 5, STORE_FLAG_FLAGGED, 0, NULL } }, 1, 0 };
  g_autoptr(StoreMessage) message = NULL;

  store_fixture_write (fixture, set_flags_cb, &newer);
  g_assert_cmpuint (newer.n_changed, ==, 1);
  store_fixture_write (fixture, set_flags_cb, &older);
  g_assert_cmpuint (older.n_changed, ==, 0);
  store_fixture_write (fixture, set_flags_cb, &same);
  g_assert_cmpuint (same.n_changed, ==, 0);
  message = store_reader_get_message (fixture->reader, location, NULL);
  g_assert_cmpuint (message->server_flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpstr (message->server_keywords, ==, "work");
  g_assert_cmpuint (message->modseq, ==, 20);

  /* a server without MODSEQ is believed */
  store_fixture_write (fixture, set_flags_cb, &without);
  g_assert_cmpuint (without.n_changed, ==, 1);
}

static void
test_flags_of_unknown_uids_are_passed_over (StoreFixture  *fixture,
                                            gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  SetFlags set = { inbox, { { 5, STORE_FLAG_SEEN, 0, NULL } }, 1, 9 };

  store_fixture_write (fixture, set_flags_cb, &set);
  g_assert_cmpuint (set.n_changed, ==, 0);
}

typedef struct
{
  gint64 folder;
  guint32 uid;
} ChangeFlags;

static gboolean
change_flags_cb (StoreTransaction  *tx,
                 gpointer           data,
                 GError           **error)
{
  ChangeFlags *change = data;

  return store_tx_change_flags (tx, change->folder, &change->uid, 1, STORE_FLAG_FLAGGED,
                                STORE_FLAG_SEEN, "new", "Old", error);
}

static void
test_silent_store_changes_server_flags (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StoreMessageFacts facts = { .uid = 3, .flags = STORE_FLAG_SEEN | STORE_FLAG_ANSWERED,
                              .keywords = "old other" };
  gint64 location = store_fixture_add_message (fixture, inbox, &facts);
  ChangeFlags change = { inbox, 3 };
  g_autoptr(StoreRow) row = NULL;

  store_fixture_write (fixture, change_flags_cb, &change);
  row = store_fixture_row (fixture, location);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_FLAGGED | STORE_FLAG_ANSWERED);
  g_assert_cmpstr (row->keywords, ==, "new other");
  g_assert_false (row->is_waiting);
}

static void
test_vanished_is_hidden_and_comes_back (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(GArray) uids = NULL;

  store_fixture_vanish (fixture, inbox, 5);
  store_fixture_vanish (fixture, inbox, 6);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);
  uids = store_reader_list_uids (fixture->reader, inbox, 1, 0, NULL);
  g_assert_cmpuint (uids->len, ==, 0);

  g_assert_cmpint (store_fixture_add_simple (fixture, inbox, 5, "a@x"), ==, location);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
}

static void
test_deleted_is_hidden (StoreFixture  *fixture,
                        gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  SetFlags set = { inbox, { { 5, STORE_FLAG_DELETED, 0, NULL } }, 1, 0 };
  SetFlags reset = { inbox, { { 5, 0, 0, NULL } }, 1, 0 };
  StoreFolderCounts counts;

  store_fixture_add_simple (fixture, inbox, 5, "a@x");
  store_fixture_write (fixture, set_flags_cb, &set);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);

  /* the server still has it, which is what EXISTS is compared with */
  g_assert_true (store_reader_count_folder (fixture->reader, inbox, TRUE, &counts, NULL));
  g_assert_cmpint (counts.n_present, ==, 1);
  store_fixture_write (fixture, set_flags_cb, &reset);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
}

static void
assert_sorts (StoreFixture *fixture,
              gint64        folder,
              guint32       uid,
              gint64        internal_date,
              gint64        date,
              gint64        expected)
{
  StoreMessageFacts facts = { .uid = uid, .internal_date_unix = internal_date, .date_unix = date };
  gint64 location = store_fixture_add_message (fixture, folder, &facts);
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);

  g_assert_cmpint (row->sort_date, >=, expected);
  g_assert_cmpint (row->sort_date, <=, expected + 5);
}

static void
test_sort_date_follows_the_rule (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 sent = store_fixture_add_folder (fixture, "Sent", STORE_SPECIAL_SENT);
  gint64 tomorrow = g_get_real_time () / G_USEC_PER_SEC + 24 * 60 * 60;

  assert_sorts (fixture, inbox, 1, 1500000000, 1400000000, 1500000000);
  assert_sorts (fixture, inbox, 2, 0, 1400000000, 1400000000);
  assert_sorts (fixture, inbox, 3, -50, 0, 0);
  assert_sorts (fixture, inbox, 4, 99999999999, 1400000000, tomorrow);
  assert_sorts (fixture, sent, 1, 1500000000, 1400000000, 1400000000);
  assert_sorts (fixture, sent, 2, 1500000000, 0, 1500000000);
  assert_sorts (fixture, sent, 3, 1500000000, 99999999999, tomorrow);
}

static void
test_email_id_shares_a_message (StoreFixture  *fixture,
                                gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 all = store_fixture_add_folder (fixture, "All", STORE_SPECIAL_ALL);
  StoreMessageFacts facts = { .uid = 1, .internal_date_unix = 1500000000, .message_id = "a@x",
                              .email_id = "M1" };
  StoreMessageFacts other = facts;
  g_autoptr(StoreRow) first = NULL;
  g_autoptr(StoreRow) second = NULL;
  g_autoptr(StoreRow) third = NULL;
  g_autoptr(GArray) locations = NULL;

  first = store_fixture_row (fixture, store_fixture_add_message (fixture, inbox, &facts));
  facts.uid = 9;
  facts.internal_date_unix = 1600000000;
  second = store_fixture_row (fixture, store_fixture_add_message (fixture, all, &facts));
  g_assert_cmpint (second->message, ==, first->message);
  g_assert_cmpint (second->sort_date, ==, first->sort_date);
  g_assert_cmpuint (second->n_conversation, ==, 1);
  locations = store_reader_list_locations (fixture->reader, first->message, NULL);
  g_assert_cmpuint (locations->len, ==, 2);

  /* the same Message-ID alone is another message */
  other.uid = 10;
  other.email_id = NULL;
  third = store_fixture_row (fixture, store_fixture_add_message (fixture, all, &other));
  g_assert_cmpint (third->message, !=, first->message);
  g_assert_cmpint (third->conversation, ==, first->conversation);
}

static void
test_bare_facts_place_what_is_known (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 all = store_fixture_add_folder (fixture, "All", STORE_SPECIAL_ALL);
  gint64 label = store_fixture_add_folder (fixture, "Label", STORE_SPECIAL_NONE);
  StoreMessageFacts facts = { .uid = 1, .internal_date_unix = 1500000000, .message_id = "a@x",
                              .subject = "Known", .email_id = "M1" };
  StoreMessageFacts bare = { .uid = 7, .internal_date_unix = 1500000000, .email_id = "M1",
                             .flags = STORE_FLAG_SEEN, .is_bare = TRUE };
  g_autoptr(StoreRow) known = NULL;
  g_autoptr(StoreRow) placed = NULL;

  known = store_fixture_row (fixture, store_fixture_add_message (fixture, all, &facts));
  placed = store_fixture_row (fixture, store_fixture_add_message (fixture, label, &bare));
  g_assert_cmpint (placed->message, ==, known->message);
  g_assert_cmpstr (placed->subject, ==, "Known");
  g_assert_cmpuint (placed->flags, ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (known->flags, ==, 0);

  /* what is not known is left for whoever brings the header; what has no id as well */
  bare.uid = 8;
  bare.email_id = "M2";
  g_assert_cmpint (store_fixture_add_message (fixture, label, &bare), ==, 0);
  bare.uid = 9;
  bare.email_id = NULL;
  g_assert_cmpint (store_fixture_add_message (fixture, label, &bare), ==, 0);
  g_assert_cmpint (store_reader_find_uid (fixture->reader, label, 8, NULL), ==, 0);
}

typedef struct
{
  gint64 message;
  StoreAttachmentState attachment;
  const char *structure;
  const char *preview;
} Details;

static gboolean
details_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Details *details = data;

  return store_tx_set_structure (tx, details->message, details->structure, details->attachment,
                                 error) &&
         store_tx_set_preview (tx, details->message, details->preview, error);
}

static guint
count_filtered (StoreFixture *fixture,
                gint64        folder,
                StoreFilter   filter)
{
  g_autoptr(GArray) entries = store_reader_list_entries (fixture->reader, &folder, 1, filter, 0,
                                                         NULL);

  return entries->len;
}

static void
test_details_come_later (StoreFixture  *fixture,
                         gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  g_autoptr(StoreRow) row = store_fixture_row (fixture, location);
  Details details = { row->message, STORE_ATTACHMENT_SOME, "(structure)", "Dear all" };
  g_autoptr(GArray) before = NULL;
  g_autoptr(GArray) after = NULL;
  g_autoptr(StoreMessage) message = NULL;

  before = store_reader_list_without_structure (fixture->reader, inbox, NULL, 10, NULL);
  g_assert_cmpuint (before->len, ==, 1);
  g_assert_cmpuint (count_filtered (fixture, inbox, STORE_FILTER_ATTACHMENTS), ==, 0);

  store_fixture_write (fixture, details_cb, &details);
  message = store_reader_get_message (fixture->reader, location, NULL);
  g_assert_cmpstr (message->structure, ==, "(structure)");
  g_assert_cmpstr (message->row->preview, ==, "Dear all");
  g_assert_cmpint (message->row->attachment, ==, STORE_ATTACHMENT_SOME);
  after = store_reader_list_without_structure (fixture->reader, inbox, NULL, 10, NULL);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_cmpuint (count_filtered (fixture, inbox, STORE_FILTER_ATTACHMENTS), ==, 1);
}

static void
test_message_keeps_every_fact (StoreFixture  *fixture,
                               gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  const char *const references[] = { "r1@x", "r2@x" };
  StoreAddress address = { "N", "n@x" };
  g_autofree char *endless = g_strnfill (100000, 'a');
  StoreMessageFacts facts = {
    .uid = 1, .size_bytes = 5, .email_id = "E", .thread_id = "T",
    .message_id = "a@x", .in_reply_to = references + 1, .n_in_reply_to = 1,
    .references = references, .n_references = 2, .sender = &address, .n_sender = 1,
    .reply_to = &address, .n_reply_to = 1, .cc = &address, .n_cc = 1, .bcc = &address, .n_bcc = 1,
    .list_id = "list", .list_unsubscribe = "<mailto:x@x>", .list_unsubscribe_post = "One-Click",
    .content_type = "text/plain", .authentication_results = endless, .is_bulk = TRUE,
  };
  gint64 location = store_fixture_add_message (fixture, inbox, &facts);
  g_autoptr(StoreMessage) read = store_reader_get_message (fixture->reader, location, NULL);
  g_autoptr(StoreMessage) message = store_message_copy (read);

  g_assert_cmpstr (message->email_id, ==, "E");
  g_assert_cmpstr (message->thread_id, ==, "T");
  g_assert_cmpuint (g_strv_length (message->references), ==, 2);
  g_assert_cmpstr (message->references[1], ==, "r2@x");
  g_assert_cmpstr (message->in_reply_to[0], ==, "r2@x");
  g_assert_cmpstr (message->sender->items[0].address, ==, "n@x");
  g_assert_cmpstr (message->reply_to->items[0].address, ==, "n@x");
  g_assert_cmpstr (message->cc->items[0].address, ==, "n@x");
  g_assert_cmpstr (message->bcc->items[0].address, ==, "n@x");
  g_assert_cmpstr (message->list_id, ==, "list");
  g_assert_cmpstr (message->list_unsubscribe, ==, "<mailto:x@x>");
  g_assert_cmpstr (message->list_unsubscribe_post, ==, "One-Click");
  g_assert_cmpstr (message->content_type, ==, "text/plain");
  g_assert_cmpuint (strlen (message->authentication_results), <=, 2000);
  g_assert_cmpuint (message->fingerprint, ==, store_facts_fingerprint (&facts));
  g_assert_true (message->is_bulk);
}

static void
test_lists_are_sorted_and_filtered (StoreFixture  *fixture,
                                    gconstpointer  data)
{
  gint64 folders[2] = { store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
                        store_fixture_add_folder (fixture, "Other", STORE_SPECIAL_NONE) };
  g_autoptr(GArray) both = NULL;
  g_autoptr(GArray) first = NULL;
  StoreFolderCounts counts;

  for (guint uid = 1; uid <= 20; uid++)
    {
      StoreMessageFacts facts = {
        .uid = uid,
        .flags = (uid % 2 == 0 ? STORE_FLAG_SEEN : 0u) | (uid % 5 == 0 ? STORE_FLAG_FLAGGED : 0u),
        .internal_date_unix = 1500000000 + (uid * 7) % 20 / 2,
      };

      store_fixture_add_message (fixture, folders[uid % 2], &facts);
    }

  both = store_reader_list_entries (fixture->reader, folders, 2, STORE_FILTER_ALL, 0, NULL);
  g_assert_cmpuint (both->len, ==, 20);
  for (guint i = 1; i < both->len; i++)
    g_assert_cmpint (store_list_entry_compare (&g_array_index (both, StoreListEntry, i - 1),
                                               &g_array_index (both, StoreListEntry, i)), <, 0);

  first = store_reader_list_entries (fixture->reader, folders, 2, STORE_FILTER_ALL, 7, NULL);
  g_assert_cmpuint (first->len, ==, 7);
  g_assert_cmpmem (first->data, 7 * sizeof (StoreListEntry), both->data,
                   7 * sizeof (StoreListEntry));

  g_assert_cmpuint (count_filtered (fixture, folders[1], STORE_FILTER_UNREAD), ==, 10);
  g_assert_cmpuint (count_filtered (fixture, folders[0], STORE_FILTER_UNREAD), ==, 0);
  g_assert_cmpuint (count_filtered (fixture, folders[0], STORE_FILTER_STARRED), ==, 2);
  g_assert_true (store_reader_count_folder (fixture->reader, folders[1], TRUE, &counts, NULL));
  g_assert_cmpint (counts.n_shown, ==, 10);
  g_assert_cmpint (counts.n_unread, ==, 10);
  g_assert_cmpint (counts.n_starred, ==, 2);
  g_assert_cmpint (counts.n_present, ==, 10);
}

static void
test_page_has_holes_where_rows_are_gone (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 page[3] = { store_fixture_add_simple (fixture, inbox, 1, "a@x"), 4711,
                     store_fixture_add_simple (fixture, inbox, 2, "b@x") };
  g_autoptr(GPtrArray) rows = store_reader_load_rows (fixture->reader, page, 3, NULL);

  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpuint (((StoreRow *) rows->pdata[0])->uid, ==, 1);
  g_assert_null (rows->pdata[1]);
  g_assert_cmpuint (((StoreRow *) rows->pdata[2])->uid, ==, 2);
}

static void
test_uids_are_listed_as_the_server_sees_them (StoreFixture  *fixture,
                                              gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  StoreMessageFacts facts = { .uid = 4, .keywords = "b a" };
  g_autoptr(GArray) uids = NULL;
  g_autoptr(GArray) range = NULL;
  gint64 location;

  store_fixture_add_simple (fixture, inbox, 9, "a@x");
  location = store_fixture_add_simple (fixture, inbox, 2, "b@x");
  store_fixture_add_message (fixture, inbox, &facts);
  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);

  uids = store_reader_list_uids (fixture->reader, inbox, 1, 0, NULL);
  g_assert_cmpuint (uids->len, ==, 3);
  g_assert_cmpuint (g_array_index (uids, StoreUidFlags, 0).uid, ==, 2);
  g_assert_cmpuint (g_array_index (uids, StoreUidFlags, 0).flags, ==, 0);
  g_assert_cmpuint (g_array_index (uids, StoreUidFlags, 0).keywords_hash, ==, 0);
  g_assert_cmpuint (g_array_index (uids, StoreUidFlags, 1).keywords_hash, ==,
                    store_keywords_hash ("a b"));
  g_assert_cmpuint (g_array_index (uids, StoreUidFlags, 2).uid, ==, 9);
  range = store_reader_list_uids (fixture->reader, inbox, 3, 8, NULL);
  g_assert_cmpuint (range->len, ==, 1);
  g_assert_cmpint (store_reader_find_uid (fixture->reader, inbox, 2, NULL), ==, location);
  g_assert_cmpint (store_reader_find_uid (fixture->reader, inbox, 3, NULL), ==, 0);
}

static void
test_recipients_complete (StoreFixture  *fixture,
                          gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 sent = store_fixture_add_folder (fixture, "Sent", STORE_SPECIAL_SENT);
  StoreAddress to[] = { { "Zoë Lind", "zoe@example.org" }, { NULL, "Mara@example.org" } };
  StoreAddress often = { "Lindsay", "often@example.org" };
  StoreAddress robot = { "Linda", "no-reply@example.org" };
  StoreMessageFacts facts = { .uid = 1, .internal_date_unix = 1500000000, .to = to, .n_to = 2 };
  StoreMessageFacts received = { .uid = 1, .internal_date_unix = 1600000000, .from = &robot,
                                 .n_from = 1 };
  g_autoptr(GPtrArray) lind = NULL;
  g_autoptr(GPtrArray) mara = NULL;
  g_autoptr(GPtrArray) percent = NULL;

  store_fixture_add_simple (fixture, inbox, 2, "a@x");
  store_fixture_add_message (fixture, inbox, &received);
  store_fixture_add_message (fixture, sent, &facts);
  facts.to = &often;
  facts.n_to = 1;
  for (facts.uid = 2; facts.uid < 5; facts.uid++)
    store_fixture_add_message (fixture, sent, &facts);

  lind = store_reader_complete (fixture->reader, "LIND", 10, NULL);
  g_assert_cmpuint (lind->len, ==, 3);
  g_assert_cmpstr (((StoreRecipient *) lind->pdata[0])->address, ==, "often@example.org");
  g_assert_cmpuint (((StoreRecipient *) lind->pdata[0])->n_written, ==, 3);
  g_assert_cmpstr (((StoreRecipient *) lind->pdata[1])->address, ==, "mara@example.org");
  g_assert_cmpstr (((StoreRecipient *) lind->pdata[2])->address, ==, "zoe@example.org");

  /* one person, whatever the case: written to without a name, and named when writing */
  mara = store_reader_complete (fixture->reader, "mara", 10, NULL);
  g_assert_cmpuint (mara->len, ==, 1);
  g_assert_cmpstr (((StoreRecipient *) mara->pdata[0])->name, ==, "Mara Lind");
  percent = store_reader_complete (fixture->reader, "%", 10, NULL);
  g_assert_cmpuint (percent->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/message/row", test_row_shows_what_was_put);
  store_test_add ("/store/message/twice", test_putting_twice_is_once);
  store_test_add ("/store/message/uid-zero", test_uid_zero_is_no_message);
  store_test_add ("/store/message/modseq", test_older_modseq_never_wins);
  store_test_add ("/store/message/flags/unknown", test_flags_of_unknown_uids_are_passed_over);
  store_test_add ("/store/message/flags/silent", test_silent_store_changes_server_flags);
  store_test_add ("/store/message/vanished", test_vanished_is_hidden_and_comes_back);
  store_test_add ("/store/message/deleted", test_deleted_is_hidden);
  store_test_add ("/store/message/sort-date", test_sort_date_follows_the_rule);
  store_test_add ("/store/message/email-id", test_email_id_shares_a_message);
  store_test_add ("/store/message/bare-facts", test_bare_facts_place_what_is_known);
  store_test_add ("/store/message/details", test_details_come_later);
  store_test_add ("/store/message/facts", test_message_keeps_every_fact);
  store_test_add ("/store/message/lists", test_lists_are_sorted_and_filtered);
  store_test_add ("/store/message/page", test_page_has_holes_where_rows_are_gone);
  store_test_add ("/store/message/uids", test_uids_are_listed_as_the_server_sees_them);
  store_test_add ("/store/message/recipients", test_recipients_complete);

  return g_test_run ();
}
