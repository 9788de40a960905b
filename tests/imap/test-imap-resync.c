#include <string.h>

#include "scripted.h"

/* CONDSTORE, QRESYNC and PARTIAL on the wire: what is sent, with whom, and what is done about servers
 * that offer them and do not have them. */

#define SIGN_IN(capabilities) "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *", \
  "S: AAAA OK done", "C: AAAB CAPABILITY", "S: * CAPABILITY IMAP4rev1 " capabilities, \
  "S: AAAB OK done"
#define ENABLE "C: AAAC ENABLE CONDSTORE QRESYNC"
#define ENABLED "S: * ENABLED QRESYNC CONDSTORE", "S: AAAC OK done"
#define FLAGS_AND_EXISTS "S: * FLAGS (\\Seen)", "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 7] x", \
  "S: * OK [UIDNEXT 31] x"

static void
begin (Scripted          *self,
       const char *const *script)
{
  scripted_begin (self, script);
  scripted_connect (self);
  scripted_sign_in (self);
}

static void
await_enabled (Scripted *self)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (imap_session_await_enabled (self->worker.session, NULL, &error));
  g_assert_no_error (error);
}

static ImapCommand *
select_known (Scripted        *self,
              const ImapKnown *known)
{
  ImapCommand *select = imap_session_select_known (self->worker.session, "a", known);

  imap_command_await (select, NULL, NULL);
  return select;
}

static gboolean
has (Scripted       *self,
     ImapCapability  capability)
{
  return imap_session_has (self->worker.session, capability);
}

/* ENABLE has its place before the first SELECT and behind nothing that is waited for */
static void
test_enabled_and_resynced (void)
{
  g_autoptr(ImapUidSet) uids = scripted_uids ("1:30");
  ImapKnown known = { .uid_validity = 7, .modseq = 90, .uids = uids };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, ENABLED,
                          "C: AAAD SELECT \"a\" (QRESYNC (7 90 1:30))", FLAGS_AND_EXISTS,
                          "S: * OK [HIGHESTMODSEQ 95] x", "S: * VANISHED (EARLIER) 2,4:6",
                          "S: * 2 FETCH (UID 20 FLAGS (\\Seen) MODSEQ (95))",
                          "S: AAAD OK [READ-WRITE] done"));
  await_enabled (&self);
  g_string_truncate (self.worker.applied, 0);
  select = select_known (&self, &known);
  g_assert_true (imap_command_get_selected (select)->is_resynced);
  g_assert_cmpuint (imap_command_get_selected (select)->highest_modseq, ==, 95);

  /* what is gone from before does not count against EXISTS */
  g_assert_cmpuint (imap_command_get_selected (select)->exists, ==, 3);
  g_assert_nonnull (strstr (scripted_applied (&self), "VANISHED;FETCH 20;"));
  scripted_finish (&self);
}

static void
test_sequence_match (void)
{
  g_autoptr(ImapUidSet) uids = scripted_uids ("1:30");
  g_autoptr(ImapUidSet) sequences = scripted_uids ("1,3");
  g_autoptr(ImapUidSet) match = scripted_uids ("10,30");
  ImapKnown known = { 7, 90, uids, sequences, match };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, ENABLED,
                          "C: AAAD SELECT \"a\" (QRESYNC (7 90 1:30 (1,3 10,30)))",
                          FLAGS_AND_EXISTS, "S: AAAD OK done"));
  await_enabled (&self);
  select = select_known (&self, &known);
  g_assert_true (imap_command_get_selected (select)->is_resynced);
  scripted_finish (&self);
}

/* Zimbra refuses message numbers above EXISTS: that is no reason to do without QRESYNC */
static void
test_sequence_match_is_refused (void)
{
  g_autoptr(ImapUidSet) sequences = scripted_uids ("4");
  g_autoptr(ImapUidSet) match = scripted_uids ("30");
  ImapKnown known = { 7, 90, NULL, sequences, match };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, ENABLED,
                          "C: AAAD SELECT \"a\" (QRESYNC (7 90 (4 30)))", "S: AAAD BAD no",
                          "C: AAAE SELECT \"a\" (QRESYNC (7 90))", FLAGS_AND_EXISTS,
                          "S: AAAE OK done"));
  await_enabled (&self);
  select = select_known (&self, &known);
  g_assert_true (imap_command_get_selected (select)->is_resynced);
  g_assert_cmpuint (imap_command_get_selected (select)->exists, ==, 3);
  g_assert_true (has (&self, IMAP_CAPABILITY_QRESYNC));
  scripted_finish (&self);
}

static void
test_qresync_is_refused (void)
{
  ImapKnown known = { .uid_validity = 7, .modseq = 90 };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, ENABLED,
                          "C: AAAD SELECT \"a\" (QRESYNC (7 90))", "S: AAAD NO cannot",
                          "C: AAAE SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAE OK done",
                          "C: AAAF SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAF OK done"));
  await_enabled (&self);
  select = select_known (&self, &known);
  g_assert_false (imap_command_get_selected (select)->is_resynced);
  g_assert_false (has (&self, IMAP_CAPABILITY_QRESYNC));
  g_assert_true (has (&self, IMAP_CAPABILITY_CONDSTORE));

  g_clear_pointer (&select, imap_command_unref);
  select = select_known (&self, &known);
  g_assert_nonnull (imap_command_get_selected (select));
  scripted_finish (&self);
}

static void
test_condstore_is_refused (void)
{
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("CONDSTORE"), "C: AAAC SELECT \"a\" (CONDSTORE)",
                          "S: AAAC BAD no", "C: AAAD SELECT \"a\"", FLAGS_AND_EXISTS,
                          "S: AAAD OK done", "silence"));
  select = select_known (&self, NULL);
  g_assert_cmpuint (imap_command_get_selected (select)->exists, ==, 3);
  g_assert_cmpint (imap_session_get_state (self.worker.session), ==, IMAP_STATE_SELECTED);
  g_assert_false (has (&self, IMAP_CAPABILITY_CONDSTORE));
  scripted_finish (&self);
}

/* A mailbox that cannot be selected at all says nothing about parameters */
static void
test_mailbox_is_refused (void)
{
  g_autoptr(ImapCommand) gone = NULL;
  g_autoptr(ImapCommand) refused = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("CONDSTORE"), "C: AAAC SELECT \"a\" (CONDSTORE)",
                          "S: AAAC NO [NONEXISTENT] no", "C: AAAD SELECT \"a\" (CONDSTORE)",
                          "S: AAAD NO no", "C: AAAE SELECT \"a\"", "S: AAAE NO no",
                          "silence"));
  gone = select_known (&self, NULL);
  g_assert_error (imap_command_get_error (gone), IMAP_ERROR, IMAP_ERROR_NONEXISTENT);
  refused = select_known (&self, NULL);
  g_assert_error (imap_command_get_error (refused), IMAP_ERROR, IMAP_ERROR_NO);
  g_assert_true (has (&self, IMAP_CAPABILITY_CONDSTORE));
  g_assert_cmpint (imap_session_get_state (self.worker.session), ==, IMAP_STATE_SIGNED_IN);
  scripted_finish (&self);
}

/* iCloud: OK, and no ENABLED */
static void
test_enabled_is_not_said (void)
{
  ImapKnown known = { .uid_validity = 7, .modseq = 90 };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, "S: AAAC OK done",
                          "C: AAAD SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAD OK done"));
  await_enabled (&self);
  g_assert_false (has (&self, IMAP_CAPABILITY_QRESYNC));
  select = select_known (&self, &known);
  g_assert_false (imap_command_get_selected (select)->is_resynced);
  scripted_finish (&self);
}

static void
test_enable_is_refused (void)
{
  ImapKnown known = { .uid_validity = 7, .modseq = 90 };
  g_autoptr(ImapCommand) select = NULL;
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, "S: AAAC BAD what",
                          "C: AAAD SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAD OK done"));
  await_enabled (&self);
  select = select_known (&self, &known);
  g_assert_nonnull (imap_command_get_selected (select));
  scripted_finish (&self);
}

/* mox refuses 0, and the grammar has neither that nor UIDVALIDITY 0, which iCloud has */
static void
test_nothing_known_is_not_said (void)
{
  ImapKnown no_modseq = { .uid_validity = 7 };
  ImapKnown no_validity = { .modseq = 90 };
  ImapKnown too_high = { .uid_validity = 7, .modseq = G_MAXUINT64 };
  const ImapKnown *all[] = { &no_modseq, &no_validity, &too_high };
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("QRESYNC"), ENABLE, ENABLED,
                          "C: AAAD SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAD OK done",
                          "C: AAAE SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAE OK done",
                          "C: AAAF SELECT \"a\" (CONDSTORE)", FLAGS_AND_EXISTS, "S: AAAF OK done"));
  await_enabled (&self);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    imap_command_unref (select_known (&self, all[i]));
  scripted_finish (&self);
}

/* NOMODSEQ; and Zoho's -1, and more than 63 bits */
static void
test_no_highest_modseq (void)
{
  static const char *const codes[] = { "S: * OK [NOMODSEQ] x", "S: * OK [HIGHESTMODSEQ -1] x",
                                       "S: * OK [HIGHESTMODSEQ 0] x",
                                       "S: * OK [HIGHESTMODSEQ 18446744073709551615] x",
                                       "S: * OK [HIGHESTMODSEQ x] x" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr(ImapCommand) select = NULL;
      Scripted self;

      begin (&self, SCRIPTED (SIGN_IN ("CONDSTORE"), "C: AAAC SELECT \"a\" (CONDSTORE)",
                              FLAGS_AND_EXISTS, codes[i], "S: AAAC OK done"));
      select = select_known (&self, NULL);
      g_assert_cmpuint (imap_command_get_selected (select)->highest_modseq, ==, 0);
      scripted_finish (&self);
    }
}

/* RFC 9394: the newest without knowing their UIDs, right behind SELECT */
static void
test_partial (void)
{
  ImapFetchQuery query = { .items = IMAP_FETCH_FLAGS, .n_newest = 100 };
  g_autoptr(ImapUidSet) all = scripted_uids ("1:*");
  Scripted self;

  begin (&self, SCRIPTED (SIGN_IN ("PARTIAL"), "C: AAAC SELECT \"a\"", FLAGS_AND_EXISTS,
                          "S: AAAC OK done", "C: AAAD UID FETCH 1:* (UID FLAGS) (PARTIAL -1:-100)",
                          "S: AAAD OK done"));
  scripted_select (&self);
  worker_assert (&self.worker, imap_session_uid_fetch (self.worker.session, all, &query, NULL,
                                                       NULL));
  scripted_finish (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/imap/resync/enabled", test_enabled_and_resynced);
  g_test_add_func ("/imap/resync/sequence-match", test_sequence_match);
  g_test_add_func ("/imap/resync/sequence-match/refused", test_sequence_match_is_refused);
  g_test_add_func ("/imap/resync/qresync-refused", test_qresync_is_refused);
  g_test_add_func ("/imap/resync/condstore-refused", test_condstore_is_refused);
  g_test_add_func ("/imap/resync/mailbox-refused", test_mailbox_is_refused);
  g_test_add_func ("/imap/resync/enabled-not-said", test_enabled_is_not_said);
  g_test_add_func ("/imap/resync/enable-refused", test_enable_is_refused);
  g_test_add_func ("/imap/resync/nothing-known", test_nothing_known_is_not_said);
  g_test_add_func ("/imap/resync/no-highest-modseq", test_no_highest_modseq);
  g_test_add_func ("/imap/resync/partial", test_partial);

  return g_test_run ();
}
