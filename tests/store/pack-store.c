#include <glib/gstdio.h>

#include "store-fixture.h"

/* Makes the databases that test-store-open.c opens as those of an older version:
 *
 *   pack-store DIRECTORY
 *   for name in cache bodies journal; do
 *     (sqlite3 DIRECTORY/$name.db .dump; echo "PRAGMA user_version=N;") \
 *       > tests/store/data/$name-version-N.sql
 *   done
 *
 * To be done once, before version N is released; what was packed then never changes. */

typedef struct
{
  Store *store;
  gint64 location;
  StoreBody *body;
} Pack;

static gboolean
pack_cb (StoreTransaction  *tx,
         gpointer           data,
         GError           **error)
{
  static const char *const recipients[] = { "tom@example.org", NULL };
  Pack *pack = data;
  g_autoptr(GBytes) bytes = g_bytes_new_static ("Subject: a\r\n\r\nb\r\n", 17);
  StoreOutgoing outgoing = {
    .uuid = "00000000-0000-4000-8000-00000000000a",
    .account_uuid = STORE_TEST_ACCOUNT,
    .sender = "mara@example.org",
    .recipients = recipients,
    .message_id = "out@example.org",
    .subject = "a",
    .bytes = bytes,
  };
  StoreDraft draft = { .uuid = (char *) "00000000-0000-4000-8000-00000000000b",
                       .subject = (char *) "Draft", .content = bytes };
  StoreDraftAttachment attachment = { .key = (char *) "1", .name = (char *) "a.txt",
                                      .bytes = bytes };

  return store_tx_put_body (tx, pack->location, STORE_SECTION_WHOLE, pack->body, STORE_BODY_WHOLE,
                            error) &&
         store_tx_put_outgoing (tx, &outgoing, NULL, error) &&
         store_tx_put_draft (tx, &draft, NULL, error) &&
         store_tx_put_draft_attachment (tx, draft.uuid, &attachment, error) &&
         store_tx_learn (tx, STORE_TEST_ACCOUNT, "sent-is-filed", "yes", error);
}

int
main (int   argc,
      char *argv[])
{
  StoreFixture fixture = { 0 };
  g_autoptr(GBytes) bytes = g_bytes_new_static ("Hello\r\n", 7);
  g_autoptr(StoreBody) body = NULL;
  Pack pack;
  gint64 inbox;

  if (argc != 2)
    {
      g_printerr ("pack-store DIRECTORY\n");
      return 2;
    }

  fixture.directory = argv[1];
  fixture.context = g_main_context_new ();
  g_main_context_acquire (fixture.context);
  g_main_context_push_thread_default (fixture.context);
  store_fixture_open (&fixture);

  inbox = store_fixture_add_folder (&fixture, "INBOX", STORE_SPECIAL_INBOX);
  store_fixture_add_folder (&fixture, "Archive", STORE_SPECIAL_ARCHIVE);
  store_fixture_add_simple (&fixture, inbox, 1, "a@example.org");
  store_fixture_add_simple (&fixture, inbox, 2, "b@example.org");
  pack.location = store_fixture_add_simple (&fixture, inbox, 3, "c@example.org");
  pack.body = body = store_body_new (fixture.store, bytes, NULL);
  store_fixture_write (&fixture, pack_cb, &pack);
  store_fixture_wish_flags (&fixture, pack.location, STORE_FLAG_SEEN, 0);
  store_fixture_close (&fixture);
  return 0;
}
