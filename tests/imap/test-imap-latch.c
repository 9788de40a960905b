#include <string.h>

#include "scripted.h"

/* What was found broken: off at once, told with its evidence, recalled in the next session, and
 * given up when the server is another one. */

#define OK_ID(fields) "S: * ID " fields, "S: AAAC OK done"
#define SIGN_IN(capabilities) "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *", \
  "S: AAAA OK done", "C: AAAB CAPABILITY", "S: * CAPABILITY IMAP4rev1 " capabilities, \
  "S: AAAB OK done"
#define ID "C* AAAC ID *"

typedef struct
{
  Scripted scripted;
  GPtrArray *told; /* of ImapLatch */
} Fixture;

static void
on_latch (ImapSession     *session,
          const ImapLatch *latch,
          gpointer         user_data)
{
  g_ptr_array_add (user_data, imap_latch_copy (latch));
}

static void
begin (Fixture           *fixture,
       const char *const *script)
{
  fixture->told = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_latch_free);
  scripted_begin (&fixture->scripted, script);
  imap_session_set_latch_func (fixture->scripted.worker.session, on_latch, fixture->told);
}

static void
sign_in (Fixture *fixture)
{
  scripted_connect (&fixture->scripted);
  scripted_sign_in (&fixture->scripted);
}

static void
finish (Fixture *fixture)
{
  scripted_finish (&fixture->scripted);
  g_ptr_array_unref (fixture->told);
}

static ImapSession *
session_of (Fixture *fixture)
{
  return fixture->scripted.worker.session;
}

static void
noop (Fixture *fixture)
{
  worker_assert (&fixture->scripted.worker, imap_session_noop (session_of (fixture)));
}

static void
recall (Fixture    *fixture,
        const char *feature,
        const char *server)
{
  g_autoptr(ImapLatch) latch = imap_latch_new (feature, "it broke", server, 1000);

  imap_session_recall_latch (session_of (fixture), latch);
}

static const ImapLatch *
get_told (Fixture *fixture,
          guint    i)
{
  g_assert_cmpuint (i, <, fixture->told->len);
  return g_ptr_array_index (fixture->told, i);
}

static void
test_off_and_told (void)
{
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE QRESYNC"), ID,
                             OK_ID ("(\"name\" \"Mailer\" \"version\" \"2.1\" \"os\" \"x\")"),
                             "C: AAAD ENABLE CONDSTORE QRESYNC", "S: * ENABLED QRESYNC", "S: AAAD OK done",
                             "C: AAAE NOOP", "S: AAAE OK done"));
  sign_in (&fixture);
  g_assert_true (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_QRESYNC));
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_QRESYNC, "VANISHED\r\nof 0");
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_QRESYNC));
  /* not what it brings along */
  g_assert_true (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_CONDSTORE));

  /* told as soon as the server has a name, and once */
  noop (&fixture);
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_QRESYNC, "again");
  g_assert_cmpuint (fixture.told->len, ==, 1);
  g_assert_cmpstr (get_told (&fixture, 0)->feature, ==, "QRESYNC");
  g_assert_cmpstr (get_told (&fixture, 0)->evidence, ==, "VANISHED  of 0");
  g_assert_cmpstr (get_told (&fixture, 0)->server, ==, "Mailer 2.1");
  g_assert_cmpint (get_told (&fixture, 0)->since_unix, >, 1700000000);

  imap_session_latch_quirk (session_of (&fixture), IMAP_QUIRK_NO_PARTIAL_FETCH, "nothing came");
  g_assert_true (imap_session_has_quirk (session_of (&fixture), IMAP_QUIRK_NO_PARTIAL_FETCH));
  g_assert_cmpuint (fixture.told->len, ==, 2);
  g_assert_cmpstr (get_told (&fixture, 1)->feature, ==, "no-partial-fetch");
  finish (&fixture);
}

/* Cyrus 3.6 */
static void
test_bad_mailbox_id_is_not_asked_for_again (void)
{
  guint items = IMAP_MAILBOX_STATUS_UIDNEXT | IMAP_MAILBOX_STATUS_MAILBOXID;
  g_autoptr(ImapCommand) status = NULL;
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("OBJECTID"), "C: AAAC STATUS \"a\" (UIDNEXT MAILBOXID)",
                             "S> * STATUS a (UIDNEXT 3 MAILBOXID (\xfe" "I))\\r\\n",
                             "S: AAAC OK done", "C: AAAD STATUS \"a\" (UIDNEXT)",
                             "S: * STATUS a (UIDNEXT 3)", "S: AAAD OK done"));
  sign_in (&fixture);
  status = imap_session_status (session_of (&fixture), "a", items);
  worker_assert (&fixture.scripted.worker, imap_command_ref (status));
  g_assert_cmpuint (imap_command_get_statuses (status)->len, ==, 1);
  g_assert_true (imap_session_has_quirk (session_of (&fixture), IMAP_QUIRK_NO_STATUS_MAILBOXID));
  worker_assert (&fixture.scripted.worker, imap_session_status (session_of (&fixture), "a", items));
  finish (&fixture);
}

static void
test_recalled (void)
{
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID,
                             OK_ID ("(\"name\" \"Mailer\" \"version\" \"2.1\")"),
                             "C: AAAD NOOP", "S: AAAD OK done"));
  recall (&fixture, "MOVE", "Mailer 2.1");
  recall (&fixture, "no-partial-fetch", "Mailer 2.1");
  recall (&fixture, "what-a-later-version-knows", "Mailer 2.1");
  sign_in (&fixture);
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  noop (&fixture);
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  g_assert_true (imap_session_has_quirk (session_of (&fixture), IMAP_QUIRK_NO_PARTIAL_FETCH));
  g_assert_cmpuint (fixture.told->len, ==, 0);
  finish (&fixture);
}

static void
test_other_version_gets_it_back (void)
{
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID,
                             OK_ID ("(\"name\" \"Mailer\" \"version\" \"2.2\")"),
                             "C: AAAD NOOP", "S: AAAD OK done"));
  recall (&fixture, "MOVE", "Mailer 2.1");
  sign_in (&fixture);
  /* until it has said so */
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  noop (&fixture);
  g_assert_cmpstr (imap_session_get_server_name (session_of (&fixture)), ==, "Mailer 2.2");
  g_assert_true (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));

  /* and may lose it again */
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_MOVE, "still");
  g_assert_cmpstr (get_told (&fixture, 0)->server, ==, "Mailer 2.2");
  finish (&fixture);
}

/* Without a version, a server is what it can do, in whatever order */
static void
test_named_by_capabilities (void)
{
  g_autofree char *name = NULL;
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("MOVE IDLE"), "silence"));
  sign_in (&fixture);
  worker_run_for (&fixture.scripted.worker, 20);
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_MOVE, "it broke");
  name = g_strdup (get_told (&fixture, 0)->server);
  g_assert_true (g_str_has_prefix (name, "capabilities "));
  finish (&fixture);

  begin (&fixture, SCRIPTED (SIGN_IN ("IDLE MOVE"), "silence"));
  recall (&fixture, "MOVE", name);
  sign_in (&fixture);
  worker_run_for (&fixture.scripted.worker, 20);
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  finish (&fixture);

  begin (&fixture, SCRIPTED (SIGN_IN ("IDLE MOVE QUOTA"), "silence"));
  recall (&fixture, "MOVE", name);
  sign_in (&fixture);
  worker_run_for (&fixture.scripted.worker, 20);
  g_assert_true (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  finish (&fixture);

  /* a server that offers ID and refuses it; one that says NIL; one without a version */
  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID, "S: AAAC BAD what", "C: AAAD NOOP",
                             "S: AAAD OK done"));
  sign_in (&fixture);
  noop (&fixture);
  g_assert_true (g_str_has_prefix (imap_session_get_server_name (session_of (&fixture)),
                                   "capabilities "));
  finish (&fixture);

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID, OK_ID ("NIL"), "C: AAAD NOOP",
                             "S: AAAD OK done"));
  sign_in (&fixture);
  noop (&fixture);
  g_assert_true (g_str_has_prefix (imap_session_get_server_name (session_of (&fixture)),
                                   "capabilities "));
  finish (&fixture);

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID, OK_ID ("(\"name\" \"Dovecot\")"),
                             "C: AAAD NOOP", "S: AAAD OK done"));
  sign_in (&fixture);
  noop (&fixture);
  g_assert_true (g_str_has_prefix (imap_session_get_server_name (session_of (&fixture)),
                                   "Dovecot, capabilities "));
  finish (&fixture);
}

/* What broke before the server had a name is told when the session ends, and gets the name next
 * time */
static void
test_told_without_a_name (void)
{
  Fixture fixture;

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), "silence"));
  sign_in (&fixture);
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_MOVE, "it broke");
  g_assert_cmpuint (fixture.told->len, ==, 0);
  imap_session_close (session_of (&fixture));
  g_assert_cmpuint (fixture.told->len, ==, 1);
  g_assert_cmpstr (get_told (&fixture, 0)->server, ==, "");
  /* what a job finds out then is told as well */
  imap_session_latch_off (session_of (&fixture), IMAP_CAPABILITY_IDLE, "it closed");
  g_assert_cmpuint (fixture.told->len, ==, 2);
  finish (&fixture);

  begin (&fixture, SCRIPTED (SIGN_IN ("ID MOVE"), ID, OK_ID ("(\"name\" \"M\" \"version\" \"1\")"),
                             "C: AAAD NOOP", "S: AAAD OK done"));
  recall (&fixture, "MOVE", "");
  sign_in (&fixture);
  noop (&fixture);
  g_assert_false (imap_session_has (session_of (&fixture), IMAP_CAPABILITY_MOVE));
  g_assert_cmpuint (fixture.told->len, ==, 1);
  g_assert_cmpstr (get_told (&fixture, 0)->server, ==, "M 1");
  g_assert_cmpint (get_told (&fixture, 0)->since_unix, ==, 1000);
  finish (&fixture);
}

static void
test_written_and_read (void)
{
  g_autoptr(ImapLatch) latch = imap_latch_new ("MOVE", "BAD to “MOVE”\nx", "a\nb 1", 12345);
  g_autofree char *text = imap_latch_to_string (latch);
  g_autoptr(ImapLatch) read = imap_latch_parse ("MOVE", text);
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autoptr(ImapLatch) cut = imap_latch_new ("MOVE", long_text, long_text, 1);

  g_assert_cmpstr (read->feature, ==, "MOVE");
  g_assert_cmpstr (read->evidence, ==, "BAD to “MOVE” x");
  g_assert_cmpstr (read->server, ==, "a b 1");
  g_assert_cmpint (read->since_unix, ==, 12345);
  g_assert_cmpuint (strlen (cut->evidence) + strlen (cut->server), <, 1000);
  g_assert_null (imap_latch_parse ("MOVE", ""));
  g_assert_null (imap_latch_parse ("MOVE", "yesterday\na\nb"));
  g_assert_null (imap_latch_parse ("MOVE", "1\na"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/latch/off-and-told", test_off_and_told);
  g_test_add_func ("/imap/latch/recalled", test_recalled);
  g_test_add_func ("/imap/latch/bad-mailbox-id-is-not-asked-for-again",
                   test_bad_mailbox_id_is_not_asked_for_again);
  g_test_add_func ("/imap/latch/other-version-gets-it-back", test_other_version_gets_it_back);
  g_test_add_func ("/imap/latch/named-by-capabilities", test_named_by_capabilities);
  g_test_add_func ("/imap/latch/told-without-a-name", test_told_without_a_name);
  g_test_add_func ("/imap/latch/written-and-read", test_written_and_read);
  return g_test_run ();
}
