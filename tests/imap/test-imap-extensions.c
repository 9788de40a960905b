#include <string.h>

#include "scripted.h"

/* What the engine does with extensions that no server of this machine has, or only one. */

#define HELLO(capabilities) SCRIPTED_HELLO capabilities "] hi"

static ImapMessage
message_of (GBytes *bytes)
{
  return (ImapMessage) { .flags = IMAP_FLAG_SEEN, .bytes = bytes };
}

static ImapCommand *
append (Scripted   *scripted,
        const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  ImapMessage message = message_of (bytes);

  return imap_session_append (scripted->worker.session, "a", &message, 1);
}

/* RFC 6855: names in both directions, strings, no CHARSET, and what is appended */
static void
test_utf8_accept (void)
{
  g_autoptr(ImapCommand) enable = NULL;
  g_autoptr(ImapCommand) list = NULL;
  const ImapListEntry *entry;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("ENABLE UTF8=ACCEPT LITERAL+"), "C: AAAA ENABLE UTF8=ACCEPT",
      "C: AAAB LIST \"\" \"*\"",
      "S: * ENABLED UTF8=ACCEPT", "S: AAAA OK done",
      "S: * LIST () \"/\" \"Äpfel & Birnen\"", "S: * LIST () \"/\" INBOX", "S: AAAB OK done",
      "C: AAAC SELECT \"Äpfel & Birnen\"", "S: * 0 EXISTS", "S: AAAC OK done",
      "C: AAAD UID SEARCH SUBJECT \"Grüße\"", "S: * SEARCH", "S: AAAD OK done",
      "C: AAAE APPEND \"a\" (\\Seen) UTF8 (~{23+}", "C: Subject: Grüße", "C: ",
      "C: x", "C: )", "S: AAAE OK done",
      "C: AAAF APPEND \"a\" (\\Seen) {14+}", "C: Subject: x", "C: ", "C: ", "S: AAAF OK done"));
  scripted_connect (&scripted);
  enable = imap_session_enable (scripted.worker.session,
                                IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT));
  list = imap_session_list (scripted.worker.session, "*", 0);
  worker_assert (&scripted.worker, imap_command_ref (enable));
  worker_assert (&scripted.worker, imap_command_ref (list));

  entry = g_ptr_array_index (imap_command_get_lists (list), 0);
  g_assert_cmpstr (entry->mailbox, ==, "&AMQ-pfel &- Birnen");
  worker_assert (&scripted.worker, imap_session_select (scripted.worker.session, entry->mailbox,
                                                        FALSE));
  worker_assert (&scripted.worker, imap_session_uid_search_text (scripted.worker.session, "SUBJECT",
                                                                 "Grüße"));
  worker_assert (&scripted.worker, append (&scripted, "Subject: Grüße\r\n\r\nx"));
  worker_assert (&scripted.worker, append (&scripted, "Subject: x\r\n\r\n"));
  scripted_finish (&scripted);
}

/* A server that does not enable it goes on in modified UTF-7 */
static void
test_utf8_refused (void)
{
  g_autoptr(ImapCommand) status = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("ENABLE UTF8=ACCEPT"), "C: AAAA ENABLE UTF8=ACCEPT", "S: AAAA NO not today",
      "C: AAAB STATUS \"&AMQ-\" (MESSAGES)", "S: * STATUS &AMQ- (MESSAGES 3)", "S: AAAB OK done"));
  scripted_connect (&scripted);
  g_clear_error (&(GError *) { scripted_try (
      &scripted, imap_session_enable (scripted.worker.session,
                                      IMAP_CAPABILITY_BIT (IMAP_CAPABILITY_UTF8_ACCEPT))) });
  status = imap_session_status (scripted.worker.session, "&AMQ-", IMAP_MAILBOX_STATUS_MESSAGES);
  worker_assert (&scripted.worker, imap_command_ref (status));
  g_assert_cmpuint (imap_command_get_statuses (status)->len, ==, 1);
  scripted_finish (&scripted);
}

/* RFC 9051: nothing else is spoken, and nothing has to be enabled */
static void
test_rev2_only (void)
{
  g_autoptr(ImapCommand) list = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      "S: * PREAUTH [CAPABILITY IMAP4rev2] hi",
      "C: AAAA LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES SIZE))",
      "S: * LIST (\\Subscribed \\HasNoChildren \\Sent) \"/\" \"日本\"",
      "S: * STATUS \"日本\" (MESSAGES 3 SIZE 5000000000)", "S: AAAA OK done"));
  scripted_connect (&scripted);
  list = imap_session_list (scripted.worker.session, "*",
                            IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_SIZE);
  worker_assert (&scripted.worker, imap_command_ref (list));
  g_assert_cmpuint (imap_command_get_statuses (list)->len, ==, 1);
  g_assert_cmpstr (((ImapListEntry *) imap_command_get_lists (list)->pdata[0])->mailbox, ==,
                   "&ZeVnLA-");
  g_assert_cmpuint (((ImapMailboxStatus *) imap_command_get_statuses (list)->pdata[0])->size_bytes,
                    ==, G_GUINT64_CONSTANT (5000000000));
  g_assert_true (imap_session_has (scripted.worker.session, IMAP_CAPABILITY_MOVE));
  scripted_finish (&scripted);
}

/* Beside IMAP4rev1 it is enabled for what it brings, and only then */
static void
test_rev2_is_enabled (void)
{
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      "S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE] hi", "C* AAAA LOGIN *",
      "S: AAAA OK done", "C: AAAB CAPABILITY", "S: * CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE",
      "S: AAAB OK done", "C: AAAC ENABLE IMAP4rev2", "S: * ENABLED IMAP4REV2", "S: AAAC OK done",
      "C: AAAD LIST \"\" \"é\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)",
      "S: * LIST () \"/\" \"é\"", "S: AAAD OK done"));
  scripted_connect (&scripted);
  scripted_sign_in (&scripted);
  g_assert_true (imap_session_await_enabled (scripted.worker.session, NULL, NULL));
  worker_assert (&scripted.worker, imap_session_list (scripted.worker.session, "&AOk-", 0));
  g_assert_true (imap_session_has (scripted.worker.session, IMAP_CAPABILITY_UIDPLUS));
  scripted_finish (&scripted);
}

static void
test_create_special_use (void)
{
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("CREATE-SPECIAL-USE"), "C: AAAA CREATE \"Archive\" (USE (\\Archive))",
      "S: AAAA OK done", "C: AAAB CREATE \"Spam\" (USE (\\Junk))",
      "S: AAAB NO [USEATTR] there is one", "C: AAAC CREATE \"Spam\"", "S: AAAC OK done",
      "C: AAAD CREATE \"Sent\" (USE (\\Sent))", "S: AAAD NO [ALREADYEXISTS] there",
      "C: AAAE CREATE \"Other\"", "S: AAAE OK done"));
  scripted_connect (&scripted);
  worker_assert (&scripted.worker, imap_session_create (scripted.worker.session, "Archive",
                                                        IMAP_MAILBOX_ARCHIVE));
  worker_assert (&scripted.worker, imap_session_create (scripted.worker.session, "Spam",
                                                        IMAP_MAILBOX_JUNK));
  {
    g_autoptr(GError) error = scripted_try (&scripted,
                                            imap_session_create (scripted.worker.session, "Sent",
                                                                 IMAP_MAILBOX_SENT));

    g_assert_error (error, IMAP_ERROR, IMAP_ERROR_ALREADY_EXISTS);
  }
  worker_assert (&scripted.worker, imap_session_create (scripted.worker.session, "Other", 0));
  scripted_finish (&scripted);
}

/* RFC 3502, and what is done without it */
static void
test_multiappend (void)
{
  g_autoptr(GBytes) one = g_bytes_new_static ("a\r\n", 3);
  g_autoptr(GBytes) two = g_bytes_new_static ("b\r\n", 3);
  ImapMessage messages[] = { message_of (one), message_of (two) };
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("MULTIAPPEND LITERAL+"), "C: AAAA APPEND \"a\" (\\Seen) {3+}", "C: a",
      "C:  (\\Seen) {3+}", "C: b", "C: ", "S: AAAA OK done"));
  scripted_connect (&scripted);
  worker_assert (&scripted.worker, imap_session_append (scripted.worker.session, "a", messages, 2));
  scripted_finish (&scripted);

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("LITERAL+"), "C: AAAA APPEND \"a\" (\\Seen) {3+}", "C: a", "C: ",
      "C: AAAB APPEND \"a\" (\\Seen) {3+}", "C: b", "C: ",
      "S: AAAA OK done", "S: AAAB NO [OVERQUOTA] full"));
  scripted_connect (&scripted);
  {
    g_autoptr(GError) error = scripted_try (&scripted,
                                            imap_session_append (scripted.worker.session, "a",
                                                                 messages, 2));

    g_assert_error (error, IMAP_ERROR, IMAP_ERROR_OVER_QUOTA);
  }
  scripted_finish (&scripted);
}

/* RFC 7889, and the answer of RFC 4469 */
static void
test_append_limit (void)
{
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("APPENDLIMIT=10 LITERAL+"), "C: AAAA APPEND \"a\" (\\Seen) {10+}", "C: 12345678", "C: ",
      "S: AAAA NO [TOOBIG] after all"));
  scripted_connect (&scripted);
  error = scripted_try (&scripted, append (&scripted, "1234567890A\r\n"));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_TOO_BIG);
  g_clear_error (&error);
  error = scripted_try (&scripted, append (&scripted, "12345678\r\n"));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_TOO_BIG);
  scripted_finish (&scripted);
}

/* RFC 3516 section 4.4 */
static void
test_append_nul (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("a\0b\r\n", 5);
  ImapMessage message = message_of (bytes);
  g_autoptr(GError) error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (HELLO ("BINARY LITERAL+"),
                                       "C: AAAA APPEND \"a\" (\\Seen) ~{5+}", "C# 5", "C: ",
                                       "S: AAAA OK done"));
  scripted_connect (&scripted);
  worker_assert (&scripted.worker, imap_session_append (scripted.worker.session, "a", &message, 1));
  scripted_finish (&scripted);

  scripted_begin (&scripted, SCRIPTED (HELLO ("LITERAL+"), "silence"));
  scripted_connect (&scripted);
  error = scripted_try (&scripted, imap_session_append (scripted.worker.session, "a", &message, 1));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_NOT_SUPPORTED);
  scripted_finish (&scripted);
}

/* RFC 8508 */
static void
test_replace (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("draft\r\n", 7);
  ImapMessage message = { .flags = IMAP_FLAG_DRAFT, .bytes = bytes };
  g_autoptr(ImapCommand) replace = NULL;
  guint32 uid = 0;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED (
      HELLO ("REPLACE UIDPLUS LITERAL+"), SCRIPTED_SELECT,
      "C: AAAB UID REPLACE 20 \"a\" (\\Draft) {7+}", "C: draft", "C: ",
      "S: * OK [APPENDUID 7 31] replacing", "S: * 4 EXISTS", "S: * 2 EXPUNGE", "S: AAAB OK done", "silence"));
  scripted_connect (&scripted);
  scripted_select (&scripted);
  replace = imap_session_uid_replace (scripted.worker.session, 20, "a", &message);
  worker_assert (&scripted.worker, imap_command_ref (replace));
  g_assert_true (imap_command_get_appended (replace, NULL, &uid));
  g_assert_cmpuint (uid, ==, 31);
  g_assert_cmpuint (imap_session_get_exists (scripted.worker.session), ==, 3);
  scripted_finish (&scripted);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/extensions/utf8-accept", test_utf8_accept);
  g_test_add_func ("/imap/extensions/utf8-refused", test_utf8_refused);
  g_test_add_func ("/imap/extensions/rev2-only", test_rev2_only);
  g_test_add_func ("/imap/extensions/rev2-is-enabled", test_rev2_is_enabled);
  g_test_add_func ("/imap/extensions/create-special-use", test_create_special_use);
  g_test_add_func ("/imap/extensions/multiappend", test_multiappend);
  g_test_add_func ("/imap/extensions/append-limit", test_append_limit);
  g_test_add_func ("/imap/extensions/append-nul", test_append_nul);
  g_test_add_func ("/imap/extensions/replace", test_replace);
  return g_test_run ();
}
