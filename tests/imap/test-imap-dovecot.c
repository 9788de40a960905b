#include <string.h>

#include "imap-session.h"
#include "worker.h"

/* The whole command list against a real server. Runs below servers/run-with-dovecot. */

static NetTrust *
trust_of_test (void)
{
  g_autofree char *pem = NULL;
  g_autoptr(NetTrust) plain = net_trust_new ();
  g_autoptr(GError) error = NULL;
  NetTrust *trust;

  g_assert_true (g_file_get_contents (g_getenv ("PIPIT_TEST_CA"), &pem, NULL, NULL));
  trust = net_trust_with_anchors (plain, pem, &error);
  g_assert_no_error (error);
  return trust;
}

static void
open_session (Worker      *worker,
              const char  *port_name,
              NetSecurity  security)
{
  const char *port = g_getenv (port_name);
  g_autoptr(NetTrust) trust = trust_of_test ();
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(GError) error = NULL;

  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "localhost",
                               (guint16) g_ascii_strtoull (port, NULL, 10), security);
  worker_init (worker);
  worker_open (worker, endpoint, trust);
  imap_session_connect (worker->session, NULL, &error);
  g_assert_no_error (error);
}

static void
sign_in (Worker     *worker,
         const char *user)
{
  g_autofree char *upper = g_ascii_strup (user, -1);
  g_autofree char *name = g_strdup_printf ("PIPIT_TEST_PASSWORD_%s", upper);
  g_autoptr(BaseSecret) secret = base_secret_new (g_getenv (name));
  g_autoptr(GError) error = NULL;

  imap_session_sign_in (worker->session, user, secret, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (imap_session_get_state (worker->session), ==, IMAP_STATE_SIGNED_IN);
}

/* Whether open_as () agrees on COMPRESS */
static gboolean compresses;

static void
open_as (Worker     *worker,
         const char *user)
{
  open_session (worker, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_TLS);
  imap_session_set_compression (worker->session, compresses);
  sign_in (worker, user);
}

/* Another test once more, with COMPRESS */
static void
test_compressed (gconstpointer data)
{
  void (*test) (void) = (void (*) (void)) data;
  Worker worker;

  compresses = TRUE;
  open_as (&worker, "alice");
  worker_assert (&worker, imap_session_noop (worker.session));
  g_assert_true (imap_session_is_compressed (worker.session));
  worker_clear (&worker);

  test ();
  compresses = FALSE;
}

static void
test_starttls (void)
{
  Worker worker;

  open_session (&worker, "PIPIT_TEST_IMAP_PORT", NET_SECURITY_STARTTLS);
  g_assert_true (net_transport_is_encrypted (imap_session_get_transport (worker.session)));
  sign_in (&worker, "alice");
  g_assert_true (imap_session_has (worker.session, IMAP_CAPABILITY_MOVE));
  worker_assert (&worker, imap_session_noop (worker.session));
  g_assert_true (imap_session_log_out (worker.session, NULL, NULL));
  worker_clear (&worker);
}

/* its password has everything in it that has to be quoted or sent as a literal */
static void
test_difficult_password (void)
{
  g_autofree char *log = NULL;
  Worker worker;

  open_as (&worker, "carol");
  log = net_transcript_dup_text (worker.transcript);
  g_assert_null (strstr (log, g_getenv ("PIPIT_TEST_PASSWORD_CAROL")));
  worker_clear (&worker);
}

static void
test_wrong_password (void)
{
  g_autoptr(BaseSecret) wrong = base_secret_new ("certainly not");
  g_autoptr(GError) error = NULL;
  Worker worker;

  open_session (&worker, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_TLS);
  g_assert_false (imap_session_sign_in (worker.session, "alice", wrong, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED);
  g_assert_true (imap_session_is_open (worker.session));
  sign_in (&worker, "alice");
  worker_clear (&worker);
}

static void
test_list (void)
{
  g_autoptr(ImapCommand) list = NULL;
  g_autofree char *encoded = imap_mailbox_name_encode ("Ünïcode & 日本");
  gboolean has_inbox = FALSE;
  gboolean has_other = FALSE;
  Worker worker;

  open_as (&worker, "alice");
  worker_assert (&worker, imap_session_create (worker.session, encoded, 0));
  worker_assert (&worker, imap_session_subscribe (worker.session, encoded, TRUE));
  list = imap_session_list (worker.session, "*", IMAP_MAILBOX_STATUS_MESSAGES |
                            IMAP_MAILBOX_STATUS_UIDVALIDITY | IMAP_MAILBOX_STATUS_HIGHESTMODSEQ |
                            IMAP_MAILBOX_STATUS_SIZE | IMAP_MAILBOX_STATUS_APPENDLIMIT);
  g_assert_true (imap_command_await (list, NULL, NULL));

  for (guint i = 0; i < imap_command_get_lists (list)->len; i++)
    {
      const ImapListEntry *entry = g_ptr_array_index (imap_command_get_lists (list), i);
      g_autofree char *shown = imap_mailbox_name_decode (entry->mailbox);

      has_inbox |= imap_mailbox_name_is_inbox (entry->mailbox);
      if (strcmp (shown, "Ünïcode & 日本") == 0)
        {
          has_other = TRUE;
          g_assert_true (entry->attributes & IMAP_MAILBOX_SUBSCRIBED);
        }
    }
  g_assert_true (has_inbox);
  g_assert_true (has_other);
  g_assert_nonnull (imap_command_get_statuses (list));
  g_assert_nonnull (imap_session_get_namespace (worker.session));
  g_assert_nonnull (imap_session_get_server_id (worker.session));

  worker_assert (&worker, imap_session_rename (worker.session, encoded, "Plain"));
  worker_assert (&worker, imap_session_status (worker.session, "Plain",
                                               IMAP_MAILBOX_STATUS_MESSAGES));
  worker_assert (&worker, imap_session_delete (worker.session, "Plain"));
  worker_clear (&worker);
}

static void
test_refusals (void)
{
  g_autoptr(ImapCommand) select = NULL;
  g_autoptr(GError) error = NULL;
  Worker worker;

  open_as (&worker, "alice");
  select = imap_session_select (worker.session, "No such mailbox", FALSE);
  g_assert_false (imap_command_await (select, NULL, &error));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_NONEXISTENT);
  g_assert_cmpint (imap_session_get_state (worker.session), ==, IMAP_STATE_SIGNED_IN);
  g_clear_error (&error);

  g_assert_false (worker_await (&worker, imap_session_create (worker.session, "INBOX", 0), &error));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_ALREADY_EXISTS);
  g_clear_error (&error);

  g_assert_false (worker_await (&worker, imap_session_expunge_all (worker.session), &error));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_STATE);
  worker_clear (&worker);
}

static void
append_message (Worker     *worker,
                const char *mailbox,
                guint       number,
                guint32    *out_uid)
{
  g_autofree char *text = g_strdup_printf ("From: a@example.org\r\nSubject: Message %u\r\n"
                                           "Message-ID: <%u@example.org>\r\n\r\n"
                                           "Grüße Nummer %u\r\n", number, number, number);
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  static const char *const keywords[] = { "$Forwarded", NULL };
  ImapMessage message = { .flags = IMAP_FLAG_FLAGGED, .keywords = keywords };
  g_autoptr(ImapCommand) append = NULL;
  g_autoptr(GError) error = NULL;

  message.internal_date_unix = 1000000000 + number;
  message.bytes = bytes;
  append = imap_session_append (worker->session, mailbox, &message, 1);
  imap_command_await (append, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (imap_command_get_appended (append, NULL, out_uid));
}

typedef struct
{
  GHashTable *subjects;
  guint n;
} Gathered;

static void
gather (ImapSession        *session,
        const ImapResponse *response,
        guint32             uid,
        gpointer            user_data)
{
  Gathered *gathered = user_data;
  const ImapSection *header = imap_response_find_section (response, IMAP_SECTION_HEADER_FIELDS, "");

  g_assert_nonnull (header);
  g_assert_cmpuint (uid, ==, response->fetch->uid);
  g_assert_true (response->fetch->items & IMAP_FETCH_INTERNALDATE);
  g_hash_table_insert (gathered->subjects, GUINT_TO_POINTER (uid),
                       g_strndup (header->bytes, header->size_bytes));
  gathered->n++;
}

static void
test_messages (void)
{
  static const char *const junk[] = { "$Junk", NULL };
  static const char *const whole[] = { "", NULL };
  const ImapFetchQuery query = {
    .items = IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE | IMAP_FETCH_MODSEQ |
             IMAP_FETCH_EMAILID | IMAP_FETCH_GM_LABELS | IMAP_FETCH_BODYSTRUCTURE |
             IMAP_FETCH_ENVELOPE | IMAP_FETCH_PREVIEW,
    .header_fields = "Subject Message-ID",
  };
  const ImapFetchQuery body_query = { .sections = whole };
  Gathered gathered = { g_hash_table_new_full (NULL, NULL, NULL, g_free), 0 };
  g_autoptr(ImapUidSet) all = imap_uid_set_new_range (1, IMAP_UID_STAR);
  g_autoptr(ImapUidSet) first = NULL;
  g_autoptr(ImapCommand) select = NULL;
  g_autoptr(ImapCommand) fetch = NULL;
  g_autoptr(ImapCommand) search = NULL;
  g_autoptr(ImapCommand) copy = NULL;
  g_autoptr(ImapCommand) move = NULL;
  g_autoptr(ImapCommand) bodies = NULL;
  const ImapSelected *selected;
  GArray *from;
  GArray *to;
  guint32 uids[5];
  Worker worker;

  open_as (&worker, "alice");
  worker_assert (&worker, imap_session_create (worker.session, "Work", 0));
  worker_assert (&worker, imap_session_create (worker.session, "Target", 0));
  for (guint i = 0; i < 5; i++)
    append_message (&worker, "Work", i, &uids[i]);

  /* the FETCH goes out right behind the SELECT */
  select = imap_session_select (worker.session, "Work", FALSE);
  fetch = imap_session_uid_fetch (worker.session, all, &query, gather, &gathered);
  g_assert_true (imap_command_await (select, NULL, NULL));
  selected = imap_command_get_selected (select);
  g_assert_cmpuint (selected->exists, ==, 5);
  g_assert_true (selected->has_uid_validity);
  g_assert_cmpuint (selected->uid_next, ==, uids[4] + 1);
  g_assert_true (selected->permanent_flags & IMAP_FLAG_ANY);
  g_assert_true (imap_command_await (fetch, NULL, NULL));
  g_assert_cmpuint (gathered.n, ==, 5);
  g_assert_cmpuint (imap_command_get_n_fetched (fetch), ==, 5);
  g_assert_nonnull (strstr (g_hash_table_lookup (gathered.subjects, GUINT_TO_POINTER (uids[2])),
                            "Message 2"));

  search = imap_session_uid_search_text (worker.session, "BODY", "Grüße Nummer 3");
  g_assert_true (imap_command_await (search, NULL, NULL));
  g_assert_true (imap_command_has_found (search));
  g_assert_cmpuint (imap_uid_set_get_size (imap_command_get_found (search)), ==, 1);
  g_assert_true (imap_uid_set_contains (imap_command_get_found (search), uids[3]));

  g_string_truncate (worker.applied, 0);
  first = imap_uid_set_new_range (uids[0], uids[1]);
  worker_assert (&worker, imap_session_uid_store (worker.session, first, IMAP_STORE_ADD,
                                                  IMAP_FLAG_SEEN, junk, 0));
  g_assert_nonnull (strstr (worker.applied->str, "FETCH"));

  copy = imap_session_uid_copy (worker.session, first, "Target");
  g_assert_true (imap_command_await (copy, NULL, NULL));
  g_assert_true (imap_command_get_copied (copy, NULL, &from, &to));
  g_assert_cmpuint (from->len, ==, 2);
  g_assert_cmpuint (g_array_index (from, guint32, 1), ==, uids[1]);

  g_string_truncate (worker.applied, 0);
  move = imap_session_uid_move (worker.session, first, "Target");
  g_assert_true (imap_command_await (move, NULL, NULL));
  g_assert_true (imap_command_get_copied (move, NULL, &from, &to));
  g_assert_cmpuint (to->len, ==, 2);
  g_assert_cmpuint (imap_session_get_exists (worker.session), ==, 3);
  g_assert_nonnull (strstr (worker.applied->str, "VANISHED"));
  g_assert_true (imap_session_is_numbered (worker.session));

  imap_uid_set_unref (first);
  first = imap_uid_set_new_range (uids[2], uids[2]);
  worker_assert (&worker, imap_session_uid_store (worker.session, first, IMAP_STORE_ADD,
                                                  IMAP_FLAG_DELETED, NULL, 0));
  g_string_truncate (worker.applied, 0);
  worker_assert (&worker, imap_session_uid_expunge (worker.session, first));
  g_assert_nonnull (strstr (worker.applied->str, "VANISHED;"));
  g_assert_cmpuint (imap_session_get_exists (worker.session), ==, 2);

  bodies = imap_session_uid_fetch (worker.session, all, &body_query, NULL, NULL);
  g_assert_true (imap_command_await (bodies, NULL, NULL));
  g_assert_cmpuint (imap_command_get_n_fetched (bodies), ==, 2);

  worker_assert (&worker, imap_session_unselect (worker.session));
  g_assert_cmpint (imap_session_get_state (worker.session), ==, IMAP_STATE_SIGNED_IN);
  worker_assert (&worker, imap_session_delete (worker.session, "Work"));
  worker_assert (&worker, imap_session_delete (worker.session, "Target"));
  g_hash_table_unref (gathered.subjects);
  worker_clear (&worker);
}

static void
test_idle (void)
{
  g_autoptr(ImapCommand) idle = NULL;
  g_autoptr(ImapCommand) renewed = NULL;
  guint32 uid;
  Worker worker;
  Worker other;

  open_as (&worker, "bob");
  worker_assert (&worker, imap_session_select (worker.session, "INBOX", FALSE));
  idle = imap_session_idle_start (worker.session);
  worker_run_for (&worker, 200);
  g_assert_true (imap_session_is_idling (worker.session));
  g_string_truncate (worker.applied, 0);

  open_as (&other, "bob");
  append_message (&other, "INBOX", 1, &uid);
  worker_clear (&other);

  for (guint i = 0; i < 50 && strstr (worker.applied->str, "EXISTS") == NULL; i++)
    worker_run_for (&worker, 100);
  g_assert_nonnull (strstr (worker.applied->str, "EXISTS"));

  imap_session_idle_done (worker.session);
  g_assert_true (imap_command_await (idle, NULL, NULL));

  /* another command ends it by itself */
  renewed = imap_session_idle_start (worker.session);
  worker_run_for (&worker, 100);
  worker_assert (&worker, imap_session_noop (worker.session));
  g_assert_true (imap_command_is_done (renewed));
  worker_clear (&worker);
}

static void
test_pipeline (void)
{
  ImapCommand *commands[200];
  Worker worker;

  open_as (&worker, "alice");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    commands[i] = i % 3 == 0 ? imap_session_list (worker.session, "*", 0)
                  : i % 3 == 1 ? imap_session_status (worker.session, "INBOX",
                                                      IMAP_MAILBOX_STATUS_MESSAGES)
                               : imap_session_noop (worker.session);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_assert_true (imap_command_await (commands[i], NULL, NULL));
      if (i % 3 == 0)
        g_assert_cmpuint (imap_command_get_lists (commands[i])->len, >, 0);
      if (i % 3 == 1)
        g_assert_cmpuint (imap_command_get_statuses (commands[i])->len, ==, 1);
      imap_command_unref (commands[i]);
    }
  worker_clear (&worker);
}

static void
test_enable (void)
{
  Worker worker;

  open_as (&worker, "alice");
  worker_assert (&worker,
                 imap_session_enable (worker.session,
                                      IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_CONDSTORE) |
                                      IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT)));
  g_assert_true (imap_session_is_enabled (worker.session, IMAP_CAPABILITY_CONDSTORE));
  worker_clear (&worker);
}

static void
add_section_size (ImapSession        *session,
                  const ImapResponse *response,
                  guint32             uid,
                  gpointer            user_data)
{
  for (guint i = 0; i < response->fetch->n_sections; i++)
    {
      g_autoptr(GBytes) bytes = imap_response_dup_section (response, &response->fetch->sections[i]);

      *(gsize *) user_data += g_bytes_get_size (bytes);
    }
}

/* a literal of some size in each direction */
static void
test_large_message (void)
{
  static const char *const whole[] = { "", NULL };
  const ImapFetchQuery query = { .items = IMAP_FETCH_SIZE, .sections = whole };
  g_autoptr(GString) text = g_string_new ("Subject: large\r\n\r\n");
  g_autoptr(ImapUidSet) all = imap_uid_set_new_range (1, IMAP_UID_STAR);
  g_autoptr(GBytes) bytes = NULL;
  gsize size = 0;
  Worker worker;

  while (text->len < 3000000)
    g_string_append_printf (text, "line %" G_GSIZE_FORMAT " of a large message\r\n", text->len);
  bytes = g_bytes_new (text->str, text->len);

  open_as (&worker, "alice");
  worker_assert (&worker, imap_session_create (worker.session, "Large", 0));
  worker_assert (&worker, imap_session_append (worker.session, "Large",
                                               &(ImapMessage) { .bytes = bytes }, 1));
  worker_assert (&worker, imap_session_select (worker.session, "Large", TRUE));
  worker_assert (&worker, imap_session_uid_fetch (worker.session, all, &query, add_section_size,
                                                  &size));
  g_assert_cmpuint (size, ==, text->len);
  g_assert_true (compresses == (imap_session_get_bytes_read (worker.session) < text->len));
  worker_assert (&worker, imap_session_unselect (worker.session));
  worker_assert (&worker, imap_session_delete (worker.session, "Large"));
  worker_clear (&worker);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/dovecot/starttls", test_starttls);
  g_test_add_func ("/imap/dovecot/difficult-password", test_difficult_password);
  g_test_add_func ("/imap/dovecot/wrong-password", test_wrong_password);
  g_test_add_func ("/imap/dovecot/list", test_list);
  g_test_add_func ("/imap/dovecot/refusals", test_refusals);
  g_test_add_func ("/imap/dovecot/messages", test_messages);
  g_test_add_func ("/imap/dovecot/idle", test_idle);
  g_test_add_func ("/imap/dovecot/pipeline", test_pipeline);
  g_test_add_func ("/imap/dovecot/enable", test_enable);
  g_test_add_func ("/imap/dovecot/large-message", test_large_message);
  g_test_add_data_func ("/imap/dovecot/compressed/list", test_list, test_compressed);
  g_test_add_data_func ("/imap/dovecot/compressed/idle", test_idle, test_compressed);
  g_test_add_data_func ("/imap/dovecot/compressed/pipeline", test_pipeline, test_compressed);
  g_test_add_data_func ("/imap/dovecot/compressed/large-message", test_large_message,
                        test_compressed);
  return g_test_run ();
}
