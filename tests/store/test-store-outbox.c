#include <string.h>

#include "store-fixture.h"

static const char *const recipients[] = { "tom@example.org", "zoe@example.org", NULL };

typedef struct
{
  StoreOutgoing outgoing;
  gint64 item;
  StoreOutboxState from;
  StoreOutboxState to;
  gboolean is_changed;
  guint n_unsure;
} Outgoing;

static gboolean
put_cb (StoreTransaction  *tx,
        gpointer           data,
        GError           **error)
{
  Outgoing *outgoing = data;

  return store_tx_put_outgoing (tx, &outgoing->outgoing, &outgoing->item, error);
}

static gboolean
state_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  Outgoing *outgoing = data;

  return store_tx_set_outbox_state (tx, outgoing->item, outgoing->from, outgoing->to,
                                    &outgoing->is_changed, error);
}

static gboolean
answers_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Outgoing *outgoing = data;

  return store_tx_set_outbox_answer (tx, outgoing->item, 1, STORE_ANSWER_REFUSED, 550,
                                     "5.1.1 no such user", error) &&
         store_tx_set_outbox_failure (tx, outgoing->item, "refused", "550", 99, error) &&
         store_tx_set_outbox_target (tx, outgoing->item, "sent-uuid", 7, 8, error);
}

static gboolean
recover_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Outgoing *outgoing = data;

  return store_tx_recover_outbox (tx, STORE_TEST_ACCOUNT, &outgoing->n_unsure, error);
}

static Outgoing
put (StoreFixture *fixture,
     const char   *uuid,
     GBytes       *bytes,
     gint64        not_before_unix)
{
  Outgoing outgoing = {
    .outgoing = {
      .uuid = uuid,
      .account_uuid = STORE_TEST_ACCOUNT,
      .identity = "mara",
      .sender = "mara@example.org",
      .recipients = recipients,
      .message_id = "out@example.org",
      .subject = "Subject",
      .to_text = "Tom, Zoë",
      .bytes = bytes,
      .not_before_unix = not_before_unix,
    },
  };

  store_fixture_write (fixture, put_cb, &outgoing);
  return outgoing;
}

static gboolean
step (StoreFixture     *fixture,
      Outgoing         *outgoing,
      StoreOutboxState  from,
      StoreOutboxState  to)
{
  outgoing->from = from;
  outgoing->to = to;
  store_fixture_write (fixture, state_cb, outgoing);
  return outgoing->is_changed;
}

static void
test_outgoing_comes_back (StoreFixture  *fixture,
                          gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("wire\0bytes\r\n", 12);
  g_autoptr(GBytes) filed = g_bytes_new_static ("with Bcc", 8);
  Outgoing outgoing = put (fixture, "u1", bytes, 0);
  g_autoptr(StoreOutboxItem) item = NULL;
  g_autoptr(StoreOutboxItem) copy = NULL;
  g_autoptr(GBytes) wire = NULL;
  g_autoptr(GBytes) same = NULL;
  g_autoptr(GBytes) other = NULL;
  g_autoptr(GPtrArray) all = NULL;
  gint64 first = outgoing.item;

  item = store_reader_get_outbox_item (fixture->reader, outgoing.item, NULL);
  copy = store_outbox_item_copy (item);
  g_assert_cmpstr (copy->sender, ==, "mara@example.org");
  g_assert_cmpuint (copy->recipients->len, ==, 2);
  g_assert_cmpstr (((StoreOutboxRecipient *) copy->recipients->pdata[1])->address, ==,
                   "zoe@example.org");
  g_assert_cmpint (copy->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (copy->size_bytes, ==, 12);
  g_assert_cmpstr (copy->to_text, ==, "Tom, Zoë");

  wire = store_reader_load_outgoing (fixture->reader, outgoing.item, FALSE, NULL);
  g_assert_true (g_bytes_equal (wire, bytes));
  same = store_reader_load_outgoing (fixture->reader, outgoing.item, TRUE, NULL);
  g_assert_true (g_bytes_equal (same, bytes));

  /* twice is once */
  store_fixture_write (fixture, put_cb, &outgoing);
  g_assert_cmpint (outgoing.item, ==, first);
  all = store_reader_list_outbox (fixture->reader, STORE_TEST_ACCOUNT, FALSE, NULL);
  g_assert_cmpuint (all->len, ==, 1);

  outgoing.outgoing.uuid = "u2";
  outgoing.outgoing.filed_bytes = filed;
  store_fixture_write (fixture, put_cb, &outgoing);
  other = store_reader_load_outgoing (fixture->reader, outgoing.item, TRUE, NULL);
  g_assert_true (g_bytes_equal (other, filed));
}

static void
test_sending_goes_by_states (StoreFixture  *fixture,
                             gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  Outgoing outgoing = put (fixture, "u1", bytes, 0);
  g_autoptr(StoreOutboxItem) to_send = NULL;
  g_autoptr(StoreOutboxItem) none = NULL;
  g_autoptr(StoreOutboxItem) to_file = NULL;
  g_autoptr(GPtrArray) open = NULL;
  g_autoptr(GPtrArray) history = NULL;

  to_send = store_reader_find_outgoing (fixture->reader, STORE_TEST_ACCOUNT, 10, NULL, NULL);
  g_assert_cmpint (to_send->item, ==, outgoing.item);
  g_assert_true (step (fixture, &outgoing, STORE_OUTBOX_QUEUED, STORE_OUTBOX_SENDING));

  /* one of two has it: the person who takes it back comes too late */
  g_assert_false (step (fixture, &outgoing, STORE_OUTBOX_QUEUED, STORE_OUTBOX_CANCELLED));
  none = store_reader_find_outgoing (fixture->reader, STORE_TEST_ACCOUNT, 10, NULL, NULL);
  g_assert_null (none);
  g_assert_true (step (fixture, &outgoing, STORE_OUTBOX_SENDING, STORE_OUTBOX_UNSURE));
  g_assert_true (step (fixture, &outgoing, STORE_OUTBOX_UNSURE, STORE_OUTBOX_SENT));
  to_file = store_reader_find_outgoing (fixture->reader, STORE_TEST_ACCOUNT, 10, NULL, NULL);
  g_assert_cmpint (to_file->state, ==, STORE_OUTBOX_SENT);
  g_assert_cmpuint (to_file->n_attempts, ==, 1);
  g_assert_true (step (fixture, &outgoing, STORE_OUTBOX_SENT, STORE_OUTBOX_FILED));
  open = store_reader_list_outbox (fixture->reader, NULL, FALSE, NULL);
  g_assert_cmpuint (open->len, ==, 0);
  history = store_reader_list_outbox (fixture->reader, NULL, TRUE, NULL);
  g_assert_cmpuint (history->len, ==, 1);
}

static void
test_answers_are_kept (StoreFixture  *fixture,
                       gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  Outgoing outgoing = put (fixture, "u1", bytes, 0);
  g_autoptr(StoreOutboxItem) item = NULL;
  StoreOutboxRecipient *second;

  store_fixture_write (fixture, answers_cb, &outgoing);
  item = store_reader_get_outbox_item (fixture->reader, outgoing.item, NULL);
  second = item->recipients->pdata[1];
  g_assert_cmpint (second->state, ==, STORE_ANSWER_REFUSED);
  g_assert_cmpuint (second->code, ==, 550);
  g_assert_cmpstr (second->text, ==, "5.1.1 no such user");
  g_assert_cmpint (((StoreOutboxRecipient *) item->recipients->pdata[0])->state, ==,
                   STORE_ANSWER_NONE);
  g_assert_cmpstr (item->error_class, ==, "refused");
  g_assert_cmpint (item->not_before_unix, ==, 99);
  g_assert_cmpstr (item->sent_folder_uuid, ==, "sent-uuid");
  g_assert_cmpuint (item->sent_uid_next, ==, 8);
}

static void
test_send_later_waits (StoreFixture  *fixture,
                       gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr(StoreOutboxItem) none = NULL;
  g_autoptr(StoreOutboxItem) due = NULL;
  gint64 next = 0;

  put (fixture, "u1", bytes, 5000);
  put (fixture, "u2", bytes, 4000);
  none = store_reader_find_outgoing (fixture->reader, STORE_TEST_ACCOUNT, 3999, &next, NULL);
  g_assert_null (none);
  g_assert_cmpint (next, ==, 4000);
  due = store_reader_find_outgoing (fixture->reader, STORE_TEST_ACCOUNT, 4000, &next, NULL);
  g_assert_cmpstr (due->uuid, ==, "u2");
  g_assert_cmpint (next, ==, 0);
}

static void
test_recovery_never_sends_the_unsure (StoreFixture  *fixture,
                                      gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  Outgoing sending = put (fixture, "u1", bytes, 0);
  Outgoing unsure = put (fixture, "u2", bytes, 0);
  g_autoptr(StoreOutboxItem) first = NULL;
  g_autoptr(StoreOutboxItem) second = NULL;

  step (fixture, &sending, STORE_OUTBOX_QUEUED, STORE_OUTBOX_SENDING);
  step (fixture, &unsure, STORE_OUTBOX_QUEUED, STORE_OUTBOX_SENDING);
  step (fixture, &unsure, STORE_OUTBOX_SENDING, STORE_OUTBOX_UNSURE);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  store_fixture_write (fixture, recover_cb, &unsure);
  g_assert_cmpuint (unsure.n_unsure, ==, 1);
  first = store_reader_get_outbox_item (fixture->reader, sending.item, NULL);
  g_assert_cmpint (first->state, ==, STORE_OUTBOX_QUEUED);
  second = store_reader_get_outbox_item (fixture->reader, unsure.item, NULL);
  g_assert_cmpint (second->state, ==, STORE_OUTBOX_UNSURE);
}

/* Drafts */

typedef struct
{
  StoreDraft draft;
  StoreDraftAttachment attachment;
  gint64 id;
} Draft;

static gboolean
put_draft_cb (StoreTransaction  *tx,
              gpointer           data,
              GError           **error)
{
  Draft *draft = data;

  return store_tx_put_draft (tx, &draft->draft, &draft->id, error);
}

static gboolean
attach_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Draft *draft = data;

  return store_tx_put_draft_attachment (tx, draft->draft.uuid, &draft->attachment, error);
}

static gboolean
detach_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Draft *draft = data;

  return store_tx_remove_draft_attachment (tx, draft->draft.uuid, draft->attachment.key, error);
}

static void
test_draft_is_saved_again_and_again (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  g_autoptr(GBytes) content = g_bytes_new_static ("one", 3);
  g_autoptr(GBytes) later = g_bytes_new_static ("two", 3);
  g_autoptr(GBytes) file = g_bytes_new_static ("file", 4);
  Draft draft = {
    .draft = { .uuid = (char *) "d1", .subject = (char *) "S", .content = content },
    .attachment = { .key = (char *) "k", .name = (char *) "a.txt",
                    .content_type = (char *) "text/plain", .bytes = file },
  };
  g_autoptr(StoreDraft) read = NULL;
  g_autoptr(GPtrArray) names = NULL;
  g_autoptr(GPtrArray) bytes = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autoptr(GPtrArray) drafts = NULL;
  Outgoing outgoing;

  store_fixture_write (fixture, put_draft_cb, &draft);
  store_fixture_write (fixture, attach_cb, &draft);
  draft.draft.content = later;
  store_fixture_write (fixture, put_draft_cb, &draft);
  read = store_reader_get_draft (fixture->reader, "d1", NULL);
  g_assert_cmpint (read->draft, ==, draft.id);
  g_assert_cmpuint (read->revision, ==, 2);
  g_assert_cmpuint (read->n_attachments, ==, 1);
  g_assert_true (g_bytes_equal (read->content, later));
  names = store_reader_list_draft_attachments (fixture->reader, "d1", FALSE, NULL);
  g_assert_cmpstr (((StoreDraftAttachment *) names->pdata[0])->name, ==, "a.txt");
  g_assert_cmpint (((StoreDraftAttachment *) names->pdata[0])->size_bytes, ==, 4);
  g_assert_null (((StoreDraftAttachment *) names->pdata[0])->bytes);
  bytes = store_reader_list_draft_attachments (fixture->reader, "d1", TRUE, NULL);
  g_assert_true (g_bytes_equal (((StoreDraftAttachment *) bytes->pdata[0])->bytes, file));
  store_fixture_write (fixture, detach_cb, &draft);
  none = store_reader_list_draft_attachments (fixture->reader, "d1", TRUE, NULL);
  g_assert_cmpuint (none->len, ==, 0);

  /* sent: the draft goes in the commit that brings it into the outbox */
  store_fixture_write (fixture, attach_cb, &draft);
  outgoing = put (fixture, "u1", content, 0);
  outgoing.outgoing.uuid = "u2";
  outgoing.outgoing.draft_uuid = "d1";
  store_fixture_write (fixture, put_cb, &outgoing);
  drafts = store_reader_list_drafts (fixture->reader, NULL, NULL);
  g_assert_cmpuint (drafts->len, ==, 0);
}

static void
test_attachment_needs_its_draft (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  g_autoptr(GBytes) file = g_bytes_new_static ("file", 4);
  Draft draft = { .draft = { .uuid = (char *) "d1" },
                  .attachment = { .key = (char *) "k", .bytes = file } };
  g_autoptr(GError) error = store_fixture_write_fails (fixture, attach_cb, &draft);

  g_assert_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
}

static gboolean
learn_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  return store_tx_learn (tx, STORE_TEST_ACCOUNT, "key", data, error);
}

static void
test_facts_are_learnt_and_forgotten (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) others = NULL;
  const StoreLearnt *learnt;

  store_fixture_write (fixture, learn_cb, (gpointer) "a");
  store_fixture_write (fixture, learn_cb, (gpointer) "b");
  all = store_reader_list_learnt (fixture->reader, STORE_TEST_ACCOUNT, "ke", NULL);
  g_assert_cmpuint (all->len, ==, 1);
  learnt = g_ptr_array_index (all, 0);
  g_assert_cmpstr (learnt->key, ==, "key");
  g_assert_cmpstr (learnt->value, ==, "b");
  g_assert_cmpint (learnt->changed_unix, >, 0);
  others = store_reader_list_learnt (fixture->reader, STORE_TEST_ACCOUNT, "keys", NULL);
  g_assert_cmpuint (others->len, ==, 0);
  first = store_reader_get_learnt (fixture->reader, STORE_TEST_ACCOUNT, "key", NULL);
  g_assert_cmpstr (first, ==, "b");
  g_assert_null (store_reader_get_learnt (fixture->reader, "another", "key", NULL));
  store_fixture_write (fixture, learn_cb, NULL);
  second = store_reader_get_learnt (fixture->reader, STORE_TEST_ACCOUNT, "key", NULL);
  g_assert_null (second);
}

static gboolean
purge_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  return store_tx_purge (tx, data, error);
}

static void
test_history_ends (StoreFixture  *fixture,
                   gconstpointer  data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  Outgoing filed = put (fixture, "u1", bytes, 0);
  Outgoing queued = put (fixture, "u2", bytes, 0);
  StorePurge now = { 0, 0, 100, FALSE };
  StorePurge later = { 0, G_MAXINT64, 100, FALSE };
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 1, "a@x");
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(GBytes) kept = NULL;
  g_autoptr(GBytes) gone = NULL;

  store_fixture_undo (fixture, store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0));
  store_fixture_wish_flags (fixture, location, STORE_FLAG_FLAGGED, 0);
  step (fixture, &filed, STORE_OUTBOX_QUEUED, STORE_OUTBOX_SENDING);
  step (fixture, &filed, STORE_OUTBOX_SENDING, STORE_OUTBOX_UNSURE);
  step (fixture, &filed, STORE_OUTBOX_UNSURE, STORE_OUTBOX_SENT);
  step (fixture, &filed, STORE_OUTBOX_SENT, STORE_OUTBOX_FILED);

  /* the bytes at once, for Sent has them; the rest when its time is over */
  store_fixture_write (fixture, purge_cb, &now);
  gone = store_reader_load_outgoing (fixture->reader, filed.item, FALSE, NULL);
  g_assert_null (gone);
  kept = store_reader_load_outgoing (fixture->reader, queued.item, FALSE, NULL);
  g_assert_nonnull (kept);
  store_fixture_write (fixture, purge_cb, &later);
  items = store_reader_list_outbox (fixture->reader, NULL, TRUE, NULL);
  g_assert_cmpuint (items->len, ==, 1);
  operations = store_reader_list_operations (fixture->reader, NULL, TRUE, 0, NULL);
  g_assert_cmpuint (operations->len, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/outbox/outgoing", test_outgoing_comes_back);
  store_test_add ("/store/outbox/states", test_sending_goes_by_states);
  store_test_add ("/store/outbox/answers", test_answers_are_kept);
  store_test_add ("/store/outbox/later", test_send_later_waits);
  store_test_add ("/store/outbox/recover", test_recovery_never_sends_the_unsure);
  store_test_add ("/store/outbox/draft", test_draft_is_saved_again_and_again);
  store_test_add ("/store/outbox/draft/attachment", test_attachment_needs_its_draft);
  store_test_add ("/store/outbox/learnt", test_facts_are_learnt_and_forgotten);
  store_test_add ("/store/outbox/history", test_history_ends);

  return g_test_run ();
}
