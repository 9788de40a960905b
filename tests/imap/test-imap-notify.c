#include "scripted.h"

/* NOTIFY, RFC 5465: what is sent, what comes at any time, and how refusals are read. */

#define ASK(events) "C: AAAB NOTIFY SET STATUS (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange)) " \
                    "(personal (MessageNew MessageExpunge" events "))"

static ImapCommand *
notify (Scripted *scripted,
        guint     events)
{
  static const ImapFetchQuery query = { .items = IMAP_FETCH_UID | IMAP_FETCH_FLAGS };

  return imap_session_notify (scripted->worker.session, events, &query);
}

static void
test_asked_and_told (void)
{
  g_autoptr(ImapCommand) idle = NULL;
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "NOTIFY IDLE] hi", SCRIPTED_SELECT,
                           ASK (" FlagChange MailboxName SubscriptionChange"),
                           "S: * STATUS b (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 9 UNSEEN 1)",
                           "S: AAAB OK done", "C: AAAC IDLE", "S: + idling", "S: * 4 EXISTS",
                           "S: * 4 FETCH (UID 31 FLAGS ())", "S: * STATUS b (UNSEEN 0)",
                           "S: * LIST (\\NonExistent) \"/\" gone",
                           "S: * LIST () \"/\" new (\"OLDNAME\" (old))", "C: DONE",
                           "S: AAAC OK done", "silence"));
  worker_assert (&scripted.worker, notify (&scripted, IMAP_NOTIFY_ALL));
  g_assert_cmpstr (scripted_applied (&scripted), ==, "STATUS;");

  idle = imap_session_idle_start (scripted.worker.session);
  scripted.worker.n_applied = 0;
  while (scripted.worker.n_applied < 5)
    worker_run_for (&scripted.worker, 10);
  imap_session_idle_done (scripted.worker.session);
  g_assert_true (imap_command_await (idle, NULL, NULL));
  g_assert_cmpuint (imap_session_get_exists (scripted.worker.session), ==, 4);
  scripted_finish (&scripted);
}

static void
test_not_offered (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "silence"));
  {
    g_autoptr(GError) error = scripted_try (&scripted, notify (&scripted, 0));

    g_assert_error (error, IMAP_ERROR, IMAP_ERROR_NOT_SUPPORTED);
  }
  scripted_finish (&scripted);
}

/* As the RFC has it, the events that there are; as Dovecot, those that there are not */
static void
test_refused_events (void)
{
  static const struct
  {
    const char *code;
    guint supported;
  } cases[] = {
    { "[BADEVENT (MessageNew MessageExpunge FlagChange)]", IMAP_NOTIFY_FLAG_CHANGE },
    { "[BADEVENT (MessageNew MessageExpunge)]", 0 },
    { "[BADEVENT (messagenew MESSAGEEXPUNGE mailboxname)]", IMAP_NOTIFY_MAILBOX_NAME },
    { "[BADEVENT SubscriptionChange]", IMAP_NOTIFY_FLAG_CHANGE | IMAP_NOTIFY_MAILBOX_NAME },
    { "[BADEVENT MailboxName SubscriptionChange]", IMAP_NOTIFY_FLAG_CHANGE },
    { "[BADEVENT]", IMAP_NOTIFY_ALL },
    { "[CANNOT]", IMAP_NOTIFY_ALL },
    { "[BADEVENT MailboxNames]", IMAP_NOTIFY_ALL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = g_strdup_printf ("S: AAAB NO %s not these", cases[i].code);
      g_autoptr(ImapCommand) command = NULL;
      Scripted scripted;

      scripted_open (&scripted,
                     SCRIPTED (SCRIPTED_HELLO "NOTIFY] hi", SCRIPTED_SELECT,
                               ASK (" FlagChange MailboxName SubscriptionChange"), answer,
                               "silence"));
      command = notify (&scripted, IMAP_NOTIFY_ALL);
      g_assert_false (imap_command_await (command, NULL, NULL));
      g_assert_cmpuint (imap_notify_get_supported (imap_command_get_status (command),
                                                   IMAP_NOTIFY_ALL), ==, cases[i].supported);
      scripted_finish (&scripted);
    }
}

static void
test_events_that_are_left_out (void)
{
  Scripted scripted;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "NOTIFY] hi", SCRIPTED_SELECT,
                           "C: AAAB NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) "
                           "(personal (MessageNew MessageExpunge MailboxName))",
                           "S: AAAB OK done", "silence"));
  worker_assert (&scripted.worker, imap_session_notify (scripted.worker.session,
                                                        IMAP_NOTIFY_MAILBOX_NAME, NULL));
  scripted_finish (&scripted);
}

/* The silence that counts can be made shorter for one question */
static void
test_silence_that_is_asked_about (void)
{
  Scripted scripted;
  gint64 begun_us;

  scripted_open (&scripted,
                 SCRIPTED (SCRIPTED_HELLO "IDLE] hi", SCRIPTED_SELECT, "C: AAAB IDLE", "S: + idling",
                           "C: DONE", "silence"));
  imap_command_unref (imap_session_idle_start (scripted.worker.session));
  worker_run_for (&scripted.worker, 100);
  imap_session_set_silence (scripted.worker.session, 200);
  begun_us = g_get_monotonic_time ();
  {
    g_autoptr(GError) error = scripted_try (&scripted, imap_session_noop (scripted.worker.session));

    g_assert_error (error, NET_ERROR, NET_ERROR_TIMED_OUT);
  }
  g_test_message ("noticed after %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - begun_us) / 1000);
  scripted_finish (&scripted);
}

#define ADD(name, func) g_test_add_func ("/imap/notify/" name, func)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("asked-and-told", test_asked_and_told);
  ADD ("not-offered", test_not_offered);
  ADD ("refused-events", test_refused_events);
  ADD ("events-that-are-left-out", test_events_that_are_left_out);
  ADD ("silence-that-is-asked-about", test_silence_that_is_asked_about);

  return g_test_run ();
}
