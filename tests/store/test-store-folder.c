#include <stdio.h>
#include <string.h>

#include "store-fixture.h"

static const StoreFolderFacts archive_facts = { .name = "Archive", .display_name = "Archive" };

typedef struct
{
  gint64 folder;
  StoreFolderFacts facts;
  StoreFolderStatus status;
  guint n_missing;
  gboolean is_missing;
  StoreUidFlags flags;
} Change;

static gboolean
flags_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  Change *change = data;

  return store_tx_set_flags (tx, change->folder, &change->flags, 1, NULL, error);
}

static gboolean
status_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Change *change = data;

  return store_tx_set_folder_status (tx, change->folder, &change->status, error);
}

static gboolean
backfill_cb (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  Change *change = data;

  return store_tx_set_folder_backfill (tx, change->folder, change->status.uid_next, error);
}

static gboolean
rename_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Change *change = data;

  return store_tx_rename_folder (tx, change->folder, &change->facts, error);
}

static gboolean
remove_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Change *change = data;

  return store_tx_remove_folder (tx, change->folder, error);
}

static gboolean
missing_cb (StoreTransaction  *tx,
            gpointer           data,
            GError           **error)
{
  Change *change = data;

  return store_tx_set_folder_missing (tx, change->folder, change->is_missing, &change->n_missing,
                                      error);
}

static gboolean
put_cb (StoreTransaction  *tx,
        gpointer           data,
        GError           **error)
{
  Change *change = data;
  gint64 account;

  return store_tx_ensure_account (tx, STORE_TEST_ACCOUNT, &account, error) &&
         store_tx_put_folder (tx, account, &change->facts, &change->folder, error);
}

static gboolean
use_cb (StoreTransaction  *tx,
        gpointer           data,
        GError           **error)
{
  Change *change = data;

  return store_tx_set_folder_use (tx, change->folder, STORE_SPECIAL_JUNK, error);
}

static gboolean
purge_cb (StoreTransaction  *tx,
          gpointer           data,
          GError           **error)
{
  return store_tx_purge (tx, data, error);
}

static guint
purge_all (StoreFixture *fixture,
           guint         max_rows)
{
  StorePurge purge = { G_MAXINT64, G_MAXINT64, max_rows, FALSE };
  guint n_rounds = 0;

  do
    {
      store_fixture_write (fixture, purge_cb, &purge);
      n_rounds++;
    }
  while (purge.is_more);

  return n_rounds;
}

static StoreFolder *
get_folder (StoreFixture *fixture,
            gint64        folder)
{
  g_autoptr(GError) error = NULL;
  StoreFolder *found = store_reader_get_folder (fixture->reader, folder, &error);

  g_assert_no_error (error);
  return found;
}

static void
test_folder_keeps_what_list_said (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  Change change = {
    .facts = {
      .name = "Entw&APw-rfe/2024", .display_name = "Entwürfe/2024", .delimiter = '/',
      .attributes = STORE_FOLDER_HAS_NO_CHILDREN | STORE_FOLDER_SUBSCRIBED,
      .special_use = STORE_SPECIAL_DRAFTS, .mailbox_id = "F1",
    },
  };
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(StoreFolder) copy = NULL;
  g_autoptr(StoreFolder) by_name = NULL;
  g_autoptr(StoreFolder) by_use = NULL;
  g_autoptr(StoreFolder) by_uuid = NULL;
  g_autoptr(GPtrArray) all = NULL;
  g_autoptr(GPtrArray) accounts = NULL;

  store_fixture_write (fixture, put_cb, &change);
  folder = get_folder (fixture, change.folder);
  copy = store_folder_copy (folder);
  g_assert_cmpstr (copy->name, ==, "Entw&APw-rfe/2024");
  g_assert_cmpstr (copy->display_name, ==, "Entwürfe/2024");
  g_assert_cmpuint (copy->delimiter, ==, '/');
  g_assert_cmpuint (copy->attributes, ==, STORE_FOLDER_HAS_NO_CHILDREN | STORE_FOLDER_SUBSCRIBED);
  g_assert_cmpint (copy->special_use, ==, STORE_SPECIAL_DRAFTS);
  g_assert_cmpstr (copy->mailbox_id, ==, "F1");
  g_assert_cmpstr (copy->account_uuid, ==, STORE_TEST_ACCOUNT);
  g_assert_true (g_uuid_string_is_valid (copy->uuid));
  g_assert_cmpint (copy->state, ==, STORE_FOLDER_NEW);
  g_assert_cmpint (copy->server_exists, ==, -1);
  g_assert_true (store_folder_is_selectable (copy));

  by_name = store_reader_find_folder_by_name (fixture->reader, STORE_TEST_ACCOUNT,
                                              "Entw&APw-rfe/2024", NULL);
  by_use = store_reader_find_folder_by_use (fixture->reader, STORE_TEST_ACCOUNT,
                                            STORE_SPECIAL_DRAFTS, NULL);
  by_uuid = store_reader_find_folder (fixture->reader, folder->uuid, NULL);
  g_assert_cmpint (by_name->folder, ==, change.folder);
  g_assert_cmpint (by_use->folder, ==, change.folder);
  g_assert_cmpint (by_uuid->folder, ==, change.folder);
  all = store_reader_list_folders (fixture->reader, STORE_TEST_ACCOUNT, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  accounts = store_reader_list_accounts (fixture->reader, NULL);
  g_assert_cmpuint (accounts->len, ==, 1);
}

static void
test_status_keeps_what_it_does_not_know (StoreFixture  *fixture,
                                         gconstpointer  data)
{
  Change change = {
    .folder = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .status = { STORE_TEST_VALIDITY, 100, 500, 42, 7 },
  };
  Change less = { .folder = change.folder, .status = { 0, 90, 400, -1, -1 } };
  Change other = { .folder = change.folder, .status = { STORE_TEST_VALIDITY + 1, 0, 0, -1, -1 } };
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(StoreFolder) renumbered = NULL;
  g_autoptr(GError) error = NULL;

  store_fixture_write (fixture, status_cb, &change);
  store_fixture_write (fixture, status_cb, &less);
  folder = get_folder (fixture, change.folder);
  g_assert_cmpuint (folder->uid_validity, ==, STORE_TEST_VALIDITY);
  g_assert_cmpuint (folder->uid_next, ==, 100);
  g_assert_cmpuint (folder->highest_modseq, ==, 500);
  g_assert_cmpint (folder->server_exists, ==, 42);
  g_assert_cmpint (folder->server_unseen, ==, 7);

  /* without messages another UIDVALIDITY is no news, with them it is */
  g_assert_cmpint (folder->state, ==, STORE_FOLDER_NEW);
  store_fixture_write (fixture, status_cb, &other);
  renumbered = get_folder (fixture, change.folder);
  g_assert_cmpuint (renumbered->uid_validity, ==, STORE_TEST_VALIDITY + 1);
  store_fixture_add_simple (fixture, change.folder, 1, "a@x");
  error = store_fixture_write_fails (fixture, status_cb, &change);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_STATE);
}

static gboolean
proved_cb (StoreTransaction  *tx,
           gpointer           data,
           GError           **error)
{
  Change *change = data;

  return store_tx_set_folder_proved (tx, change->folder, change->status.n_exists, error);
}

static gboolean
forget_modseqs_cb (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  Change *change = data;

  return store_tx_forget_modseqs (tx, change->folder, error);
}

static gint64
get_proved (StoreFixture *fixture,
            gint64        id)
{
  g_autoptr(StoreFolder) folder = get_folder (fixture, id);

  return folder->proved_exists;
}

static void
test_proof_holds_until_rows_come_or_go (StoreFixture  *fixture,
                                        gconstpointer  data)
{
  Change change = {
    .folder = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .status = { STORE_TEST_VALIDITY, 100, 500, 1, -1 },
  };
  gint64 other = store_fixture_add_folder (fixture, "Other", STORE_SPECIAL_NONE);
  gint64 location = store_fixture_add_simple (fixture, change.folder, 5, "a@x");
  gint64 n_present;

  g_assert_cmpint (get_proved (fixture, change.folder), ==, -1);
  store_fixture_write (fixture, proved_cb, &change);
  g_assert_cmpint (get_proved (fixture, change.folder), ==, 1);

  /* neither what a person wishes, nor flags, nor what happens elsewhere make it another set */
  store_fixture_wish_flags (fixture, location, STORE_FLAG_FLAGGED, 0);
  change.flags = (StoreUidFlags) { .uid = 5, .flags = STORE_FLAG_SEEN };
  store_fixture_write (fixture, flags_cb, &change);
  store_fixture_add_simple (fixture, other, 5, "b@x");
  g_assert_cmpint (get_proved (fixture, change.folder), ==, 1);

  store_fixture_add_simple (fixture, change.folder, 6, "c@x");
  g_assert_cmpint (get_proved (fixture, change.folder), ==, -1);
  change.status.n_exists = 2;
  store_fixture_write (fixture, proved_cb, &change);
  store_fixture_vanish (fixture, change.folder, 5);
  g_assert_cmpint (get_proved (fixture, change.folder), ==, -1);
  g_assert_true (store_reader_count_present (fixture->reader, change.folder, &n_present, NULL));
  g_assert_cmpint (n_present, ==, 1);
}

static void
test_forgotten_modseqs_let_newer_flags_in (StoreFixture  *fixture,
                                           gconstpointer  data)
{
  Change change = {
    .folder = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX),
    .status = { STORE_TEST_VALIDITY, 100, 500, 1, -1 },
  };
  gint64 location = store_fixture_add_simple (fixture, change.folder, 5, "a@x");
  Change first = { .folder = change.folder,
                   .flags = { .uid = 5, .flags = STORE_FLAG_SEEN, .modseq = 400 } };
  Change later = { .folder = change.folder,
                   .flags = { .uid = 5, .flags = STORE_FLAG_FLAGGED, .modseq = 3 } };
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(StoreRow) before = NULL;
  g_autoptr(StoreRow) after = NULL;

  store_fixture_write (fixture, status_cb, &change);
  store_fixture_write (fixture, flags_cb, &first);
  store_fixture_write (fixture, flags_cb, &later);
  before = store_fixture_row (fixture, location);
  g_assert_cmpuint (before->flags, ==, STORE_FLAG_SEEN);

  store_fixture_write (fixture, forget_modseqs_cb, &change);
  store_fixture_write (fixture, flags_cb, &later);
  after = store_fixture_row (fixture, location);
  g_assert_cmpuint (after->flags, ==, STORE_FLAG_FLAGGED);
  folder = get_folder (fixture, change.folder);
  g_assert_cmpuint (folder->highest_modseq, ==, 0);
}

static void
test_backfill_marks_progress (StoreFixture  *fixture,
                              gconstpointer  data)
{
  Change change = { .folder = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX) };
  g_autoptr(StoreFolder) filling = NULL;
  g_autoptr(StoreFolder) complete = NULL;

  change.status.uid_next = 500;
  store_fixture_write (fixture, backfill_cb, &change);
  filling = get_folder (fixture, change.folder);
  g_assert_cmpint (filling->state, ==, STORE_FOLDER_FILLING);
  g_assert_cmpuint (filling->backfill_uid, ==, 500);
  change.status.uid_next = 1;
  store_fixture_write (fixture, backfill_cb, &change);
  complete = get_folder (fixture, change.folder);
  g_assert_cmpint (complete->state, ==, STORE_FOLDER_COMPLETE);
}

static void
test_rename_keeps_everything (StoreFixture  *fixture,
                              gconstpointer  data)
{
  Change change = {
    .folder = store_fixture_add_folder (fixture, "Old", STORE_SPECIAL_NONE),
    .facts = { .name = "New", .display_name = "New", .delimiter = '/' },
  };
  g_autoptr(StoreFolder) before = get_folder (fixture, change.folder);
  g_autoptr(StoreFolder) after = NULL;
  g_autoptr(GError) error = NULL;

  store_fixture_add_simple (fixture, change.folder, 5, "a@x");
  store_fixture_write (fixture, rename_cb, &change);
  after = get_folder (fixture, change.folder);
  g_assert_cmpstr (after->name, ==, "New");
  g_assert_cmpstr (after->uuid, ==, before->uuid);
  g_assert_cmpuint (store_fixture_count (fixture, change.folder), ==, 1);

  store_fixture_add_folder (fixture, "Old", STORE_SPECIAL_NONE);
  change.facts.name = "Old";
  error = store_fixture_write_fails (fixture, rename_cb, &change);
  g_assert_error (error, STORE_ERROR, STORE_ERROR_STATE);
}

/* The name on the wire is whatever bytes the server has chosen: another one is another mailbox. */
static void
test_name_stays_byte_by_byte (StoreFixture  *fixture,
                              gconstpointer  data)
{
  Change change = { .facts = { .name = "caf\xe9 &AOQ", .display_name = "café" } };
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(StoreFolder) by_name = NULL;

  store_fixture_write (fixture, put_cb, &change);
  folder = get_folder (fixture, change.folder);
  g_assert_cmpstr (folder->name, ==, "caf\xe9 &AOQ");
  by_name = store_reader_find_folder_by_name (fixture->reader, STORE_TEST_ACCOUNT, folder->name,
                                              NULL);
  g_assert_cmpint (by_name->folder, ==, change.folder);
}

static void
test_missing_is_counted_in_a_row (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  Change change = { .folder = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_NONE),
                    .is_missing = TRUE };

  store_fixture_write (fixture, missing_cb, &change);
  g_assert_cmpuint (change.n_missing, ==, 1);
  store_fixture_write (fixture, missing_cb, &change);
  g_assert_cmpuint (change.n_missing, ==, 2);

  /* a LIST that names it ends the row */
  change.facts = archive_facts;
  store_fixture_write (fixture, put_cb, &change);
  store_fixture_write (fixture, missing_cb, &change);
  g_assert_cmpuint (change.n_missing, ==, 1);
}

static void
test_person_chooses_the_use (StoreFixture  *fixture,
                             gconstpointer  data)
{
  Change change = { .folder = store_fixture_add_folder (fixture, "Spam", STORE_SPECIAL_NONE) };
  g_autoptr(StoreFolder) junk = NULL;

  store_fixture_write (fixture, use_cb, &change);
  junk = store_reader_find_folder_by_use (fixture->reader, STORE_TEST_ACCOUNT, STORE_SPECIAL_JUNK,
                                          NULL);
  g_assert_cmpint (junk->folder, ==, change.folder);
}

static void
test_removed_is_gone_and_purged (StoreFixture  *fixture,
                                 gconstpointer  data)
{
  Change change = { .folder = store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_NONE) };
  g_autofree char *old_uuid = NULL;
  g_autoptr(GPtrArray) folders = NULL;
  g_autoptr(StoreFolder) purged = NULL;
  g_autoptr(StoreFolder) again = NULL;
  gint64 location = 0;

  {
    g_autoptr(StoreFolder) before = get_folder (fixture, change.folder);

    old_uuid = g_strdup (before->uuid);
  }
  for (guint uid = 1; uid <= 25; uid++)
    location = store_fixture_add_simple (fixture, change.folder, uid, "a@x");
  store_fixture_write (fixture, remove_cb, &change);
  folders = store_reader_list_folders (fixture->reader, NULL, NULL);
  g_assert_cmpuint (folders->len, ==, 0);

  /* its name may be used at once, by another folder */
  again = get_folder (fixture, store_fixture_add_folder (fixture, "Archive", STORE_SPECIAL_NONE));
  g_assert_cmpstr (again->uuid, !=, old_uuid);

  g_assert_cmpuint (purge_all (fixture, 10), ==, 3);
  purged = get_folder (fixture, change.folder);
  g_assert_null (purged);
  g_assert_null (store_fixture_row (fixture, location));
}

static void
test_identity_outlives_the_cache (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  Change change = { .facts = { .name = "Box", .display_name = "Box", .mailbox_id = "ID7" } };
  g_autofree char *inbox_uuid = NULL;
  g_autofree char *box_uuid = NULL;
  g_autoptr(StoreFolder) inbox = NULL;
  g_autoptr(StoreFolder) box = NULL;

  {
    g_autoptr(StoreFolder) folder = NULL;
    g_autoptr(StoreFolder) other = NULL;

    folder = get_folder (fixture, store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX));
    inbox_uuid = g_strdup (folder->uuid);
    store_fixture_write (fixture, put_cb, &change);
    other = get_folder (fixture, change.folder);
    box_uuid = g_strdup (other->uuid);
  }

  store_fixture_close (fixture);
  {
    g_autofree char *cache = g_build_filename (fixture->directory, "cache.db", NULL);

    g_assert_cmpint (remove (cache), ==, 0);
  }
  store_fixture_open (fixture);

  inbox = get_folder (fixture, store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX));
  g_assert_cmpstr (inbox->uuid, ==, inbox_uuid);

  /* renamed in between, and known by its MAILBOXID */
  change.facts.name = "Renamed";
  store_fixture_write (fixture, put_cb, &change);
  box = get_folder (fixture, change.folder);
  g_assert_cmpstr (box->uuid, ==, box_uuid);
}

typedef struct
{
  gboolean with_journal;
} RemoveAccount;

static gboolean
remove_account_cb (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  RemoveAccount *removal = data;

  return store_tx_remove_account (tx, STORE_TEST_ACCOUNT, removal->with_journal, error);
}

static void
test_removed_account_leaves_nothing (StoreFixture  *fixture,
                                     gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 location = store_fixture_add_simple (fixture, inbox, 5, "a@x");
  RemoveAccount removal = { FALSE };
  g_autoptr(GPtrArray) accounts = NULL;
  gint64 account;

  store_fixture_wish_flags (fixture, location, STORE_FLAG_SEEN, 0);
  store_fixture_write (fixture, remove_account_cb, &removal);
  accounts = store_reader_list_accounts (fixture->reader, NULL);
  g_assert_cmpuint (accounts->len, ==, 0);
  g_assert_cmpint (store_reader_count_pending (fixture->reader, NULL, NULL, NULL), ==, 1);

  /* the same account may come back before the rows of the first time are gone */
  inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 0);
  removal.with_journal = TRUE;
  store_fixture_write (fixture, remove_account_cb, &removal);
  purge_all (fixture, 100);
  g_assert_cmpint (store_reader_count_pending (fixture->reader, NULL, NULL, NULL), ==, 0);
  g_assert_true (store_reader_find_account (fixture->reader, STORE_TEST_ACCOUNT, &account, NULL));
  g_assert_cmpint (account, ==, 0);
  g_assert_null (store_fixture_row (fixture, location));
}

/* UIDVALIDITY */

typedef struct
{
  gint64 folder;
  StoreRematch rematch;
} Rematch;

static gboolean
begin_rematch_cb (StoreTransaction  *tx,
                  gpointer           data,
                  GError           **error)
{
  Rematch *rematch = data;

  return store_tx_begin_rematch (tx, rematch->folder, STORE_TEST_VALIDITY + 1, error);
}

static gboolean
finish_rematch_cb (StoreTransaction  *tx,
                   gpointer           data,
                   GError           **error)
{
  Rematch *rematch = data;

  return store_tx_set_folder_backfill (tx, rematch->folder, 1, error) &&
         store_tx_finish_rematch (tx, rematch->folder, &rematch->rematch, error);
}

typedef struct
{
  gint64 location;
  StoreBody *body;
} PutBody;

static gboolean
put_body_cb (StoreTransaction  *tx,
             gpointer           data,
             GError           **error)
{
  PutBody *put = data;

  return store_tx_put_body (tx, put->location, STORE_SECTION_WHOLE, put->body, STORE_BODY_WHOLE,
                            error);
}

static void
put_body (StoreFixture *fixture,
          gint64        location,
          const char   *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(StoreBody) body = store_body_new (fixture->store, bytes, NULL);
  PutBody put = { location, body };

  store_fixture_write (fixture, put_body_cb, &put);
}

/* The message that store_fixture_add_simple () makes of one UID, under another. */
static gint64
add_renumbered (StoreFixture *fixture,
                gint64        folder,
                guint32       old_uid,
                guint32       new_uid,
                const char   *message_id)
{
  StoreAddress from = { "Mara Lind", "mara@example.org" };
  StoreMessageFacts facts = {
    .uid = new_uid,
    .internal_date_unix = 1600000000 + old_uid,
    .date_unix = 1600000000 + old_uid,
    .size_bytes = 1000,
    .message_id = message_id,
    .from = &from,
    .n_from = 1,
    .subject = "Budget for the north pier",
  };

  return store_fixture_add_message (fixture, folder, &facts);
}

static void
test_renumbered_folder_is_known_again (StoreFixture  *fixture,
                                       gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 first = store_fixture_add_simple (fixture, inbox, 1, "a@x");
  gint64 second = store_fixture_add_simple (fixture, inbox, 2, "b@x");
  gint64 third = store_fixture_add_simple (fixture, inbox, 3, "c@x");
  gint64 kept = store_fixture_wish_flags (fixture, first, STORE_FLAG_FLAGGED, 0);
  gint64 lost = store_fixture_wish_flags (fixture, third, STORE_FLAG_FLAGGED, 0);
  Rematch rematch = { inbox, { 0 } };
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(StoreOperation) rewritten = NULL;
  g_autoptr(StoreOperation) refused = NULL;
  g_autoptr(StoreRow) row = NULL;
  g_autoptr(GBytes) body = NULL;

  put_body (fixture, second, "second");
  store_fixture_write (fixture, begin_rematch_cb, &rematch);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 3);

  /* the body can be read all the while */
  body = store_reader_load_body (fixture->reader, second, STORE_SECTION_WHOLE, NULL);
  g_assert_nonnull (body);
  g_clear_pointer (&body, g_bytes_unref);

  g_assert_cmpint (add_renumbered (fixture, inbox, 1, 11, "a@x"), ==, first);
  g_assert_cmpint (add_renumbered (fixture, inbox, 2, 12, "b@x"), ==, second);
  store_fixture_add_simple (fixture, inbox, 20, "new@x");
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 4);
  store_fixture_write (fixture, finish_rematch_cb, &rematch);

  g_assert_cmpuint (rematch.rematch.n_matched, ==, 2);
  g_assert_cmpuint (rematch.rematch.n_lost, ==, 1);
  g_assert_cmpuint (rematch.rematch.n_rewritten, ==, 1);
  g_assert_cmpuint (rematch.rematch.n_doubtful, ==, 1);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 3);
  folder = get_folder (fixture, inbox);
  g_assert_cmpint (folder->state, ==, STORE_FOLDER_COMPLETE);
  g_assert_cmpuint (folder->uid_validity, ==, STORE_TEST_VALIDITY + 1);

  rewritten = store_reader_get_operation (fixture->reader, kept, NULL);
  g_assert_cmpuint (rewritten->uid, ==, 11);
  g_assert_cmpuint (rewritten->uid_validity, ==, STORE_TEST_VALIDITY + 1);
  refused = store_reader_get_operation (fixture->reader, lost, NULL);
  g_assert_cmpint (refused->state, ==, STORE_OPERATION_REFUSED);
  row = store_fixture_row (fixture, first);
  g_assert_cmpuint (row->flags, ==, STORE_FLAG_FLAGGED);
  body = store_reader_load_body (fixture->reader, second, STORE_SECTION_WHOLE, NULL);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "second", 6);
}

static void
test_twins_are_not_guessed (StoreFixture  *fixture,
                            gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  Rematch rematch = { inbox, { 0 } };
  gint64 twins[2];
  gint64 flags;
  g_autoptr(StoreOperation) operation = NULL;

  twins[0] = add_renumbered (fixture, inbox, 1, 1, "a@x");
  twins[1] = add_renumbered (fixture, inbox, 1, 2, "a@x");
  flags = store_fixture_wish_flags (fixture, twins[0], STORE_FLAG_FLAGGED, 0);
  store_fixture_write (fixture, begin_rematch_cb, &rematch);
  add_renumbered (fixture, inbox, 1, 11, "a@x");
  add_renumbered (fixture, inbox, 1, 12, "a@x");
  store_fixture_write (fixture, finish_rematch_cb, &rematch);

  g_assert_cmpuint (rematch.rematch.n_matched, ==, 0);
  operation = store_reader_get_operation (fixture->reader, flags, NULL);
  g_assert_cmpint (operation->state, ==, STORE_OPERATION_REFUSED);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 2);
}

static void
test_renumbered_twice_still_ends (StoreFixture  *fixture,
                                  gconstpointer  data)
{
  gint64 inbox = store_fixture_add_folder (fixture, "INBOX", STORE_SPECIAL_INBOX);
  gint64 first = store_fixture_add_simple (fixture, inbox, 1, "a@x");
  Rematch rematch = { inbox, { 0 } };

  store_fixture_add_simple (fixture, inbox, 2, "b@x");
  for (guint i = 0; i < 2; i++)
    {
      store_fixture_write (fixture, begin_rematch_cb, &rematch);
      g_assert_cmpint (add_renumbered (fixture, inbox, 1, 11 + i, "a@x"), ==, first);
      store_fixture_write (fixture, finish_rematch_cb, &rematch);
      g_assert_cmpuint (rematch.rematch.n_matched, ==, 1);
      g_assert_cmpuint (rematch.rematch.n_lost, ==, i == 0 ? 1 : 0);
    }

  purge_all (fixture, 100);
  g_assert_cmpuint (store_fixture_count (fixture, inbox), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/folder/list", test_folder_keeps_what_list_said);
  store_test_add ("/store/folder/status", test_status_keeps_what_it_does_not_know);
  store_test_add ("/store/folder/proved", test_proof_holds_until_rows_come_or_go);
  store_test_add ("/store/folder/modseqs", test_forgotten_modseqs_let_newer_flags_in);
  store_test_add ("/store/folder/backfill", test_backfill_marks_progress);
  store_test_add ("/store/folder/rename", test_rename_keeps_everything);
  store_test_add ("/store/folder/name", test_name_stays_byte_by_byte);
  store_test_add ("/store/folder/missing", test_missing_is_counted_in_a_row);
  store_test_add ("/store/folder/use", test_person_chooses_the_use);
  store_test_add ("/store/folder/removed", test_removed_is_gone_and_purged);
  store_test_add ("/store/folder/identity", test_identity_outlives_the_cache);
  store_test_add ("/store/folder/account", test_removed_account_leaves_nothing);
  store_test_add ("/store/folder/rematch", test_renumbered_folder_is_known_again);
  store_test_add ("/store/folder/rematch/twins", test_twins_are_not_guessed);
  store_test_add ("/store/folder/rematch/twice", test_renumbered_twice_still_ends);

  return g_test_run ();
}
