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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/message/row", test_row_shows_what_was_put);
  store_test_add ("/store/message/twice", test_putting_twice_is_once);
  store_test_add ("/store/message/uid-zero", test_uid_zero_is_no_message);

  return g_test_run ();
}
