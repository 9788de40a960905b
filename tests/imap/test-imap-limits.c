#include "net-error.h"
#include "scripted.h"

/* What the response codes of RFC 5530, and the words of servers that have none, decide: as the answer
 * to the sign-in, in a BYE, and as the answer to any other command. */

#define ANY (-1)

typedef struct
{
  const char *text; /* behind NO or BYE */
  int sign_in;      /* NetError */
  int bye;          /* NetError */
  GQuark (*domain) (void);
  int refusal;      /* of the domain */
} Case;

static const Case cases[] = {
  { "[ALERT] Read this", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_NO },
  { "[ALREADYEXISTS] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_ALREADY_EXISTS },
  { "[AUTHENTICATIONFAILED] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[AUTHORIZATIONFAILED] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[CANNOT] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_NO },
  { "[CLIENTBUG] x", NET_ERROR_PROTOCOL, NET_ERROR_SHUTTING_DOWN, imap_error_quark, IMAP_ERROR_NO },
  { "[CONTACTADMIN] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    imap_error_quark, IMAP_ERROR_NO },
  { "[CORRUPTION] x", NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, imap_error_quark, IMAP_ERROR_NO },
  { "[EXPIRED] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[EXPUNGEISSUED] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_TRY_LATER },
  { "[INUSE] x", NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, imap_error_quark, IMAP_ERROR_TRY_LATER },
  { "[LIMIT] x", NET_ERROR_TOO_MANY_CONNECTIONS, NET_ERROR_TOO_MANY_CONNECTIONS,
    imap_error_quark, IMAP_ERROR_TRY_LATER },
  { "[NONEXISTENT] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_NONEXISTENT },
  { "[NOPERM] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[OVERQUOTA] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    imap_error_quark, IMAP_ERROR_OVER_QUOTA },
  { "[PRIVACYREQUIRED] x", NET_ERROR_MECHANISM_NOT_OFFERED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[READ-ONLY] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_DENIED },
  { "[SERVERBUG] x", NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_TRY_LATER },
  { "[TRYCREATE] x", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_TRY_CREATE },
  { "[UNAVAILABLE] x", NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_TRY_LATER },
  { "[WEBALERT https://accounts.example/] x", NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    imap_error_quark, IMAP_ERROR_NO },
  { "what no table knows", NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_NO },

  /* Gmail, field.md 10 */
  { "[ALERT] Too many simultaneous connections. (Failure)", NET_ERROR_TOO_MANY_CONNECTIONS,
    NET_ERROR_TOO_MANY_CONNECTIONS, net_error_quark, NET_ERROR_TOO_MANY_CONNECTIONS },
  { "[ALERT] Account exceeded command or bandwidth limits. (Failure)", NET_ERROR_ACCOUNT_LIMITED,
    NET_ERROR_ACCOUNT_LIMITED, net_error_quark, NET_ERROR_ACCOUNT_LIMITED },
  { "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
    NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    net_error_quark, NET_ERROR_ACCOUNT_LIMITED },
  { "[THROTTLED] Slow down", ANY, ANY, net_error_quark, NET_ERROR_ACCOUNT_LIMITED },
  { "[AUTHENTICATIONFAILED] Too many simultaneous connections", NET_ERROR_TOO_MANY_CONNECTIONS,
    ANY, net_error_quark, NET_ERROR_TOO_MANY_CONNECTIONS },
  { "[ALERT] Please log in via your web browser: https://support.example/ (Failure)",
    NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED, imap_error_quark, IMAP_ERROR_NO },
  /* Exchange, field.md 17 */
  { "User is authenticated but not connected.", NET_ERROR_ACCOUNT_LIMITED,
    NET_ERROR_ACCOUNT_LIMITED, net_error_quark, NET_ERROR_ACCOUNT_LIMITED },
  { "Request is throttled. Suggested Backoff Time: 299961 milliseconds", NET_ERROR_ACCOUNT_LIMITED,
    NET_ERROR_ACCOUNT_LIMITED, net_error_quark, NET_ERROR_ACCOUNT_LIMITED },
  /* Dovecot, field.md 47 */
  { "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    NET_ERROR_TOO_MANY_CONNECTIONS, NET_ERROR_TOO_MANY_CONNECTIONS,
    imap_error_quark, IMAP_ERROR_NO },
  { "[UNAVAILABLE] Temporary authentication failure.", NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN,
    imap_error_quark, IMAP_ERROR_TRY_LATER },
  /* Courier */
  { "Maximum connection limit reached for ::1", NET_ERROR_TOO_MANY_CONNECTIONS,
    NET_ERROR_TOO_MANY_CONNECTIONS, imap_error_quark, IMAP_ERROR_NO },
  /* Coremail */
  { "Unsafe Login. Please contact kefu@188.example for help", NET_ERROR_ACCOUNT_LIMITED,
    NET_ERROR_ACCOUNT_LIMITED, imap_error_quark, IMAP_ERROR_NO },
};

static GError *
sign_in (const char *answer)
{
  g_autofree char *line = g_strconcat ("S: AAAA NO ", answer, NULL);
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
  GError *error = NULL;
  Scripted scripted;

  scripted_begin (&scripted, SCRIPTED ("S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *", line,
                                       "silence"));
  scripted_connect (&scripted);
  g_assert_false (imap_session_sign_in (scripted.worker.session, "me", secret, NULL, &error));
  scripted_finish (&scripted);

  return error;
}

static void
test_sign_in (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      if (cases[i].sign_in == ANY)
        continue;

      error = sign_in (cases[i].text);
      g_test_message ("NO %s: %s", cases[i].text, error->message);
      g_assert_error (error, NET_ERROR, cases[i].sign_in);
    }
}

static void
test_bye (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = g_strconcat ("S: * BYE ", cases[i].text, NULL);
      g_autoptr(GError) error = NULL;
      Scripted scripted;

      if (cases[i].bye == ANY)
        continue;

      scripted_begin (&scripted, SCRIPTED (SCRIPTED_HELLO "] hi", "C: AAAA NOOP", line, "silence"));
      scripted_connect (&scripted);
      error = scripted_try (&scripted, imap_session_noop (scripted.worker.session));
      g_test_message ("BYE %s: %s", cases[i].text, error->message);
      g_assert_error (error, NET_ERROR, cases[i].bye);
      scripted_finish (&scripted);
    }
}

static void
test_refusals (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) script = NULL;
  Scripted scripted;

  g_strv_builder_add (builder, SCRIPTED_HELLO "] hi");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = g_strdup_printf ("S: AA%c%c NO %s", 'A' + i / 26, 'A' + i % 26,
                                                 cases[i].text);

      g_strv_builder_add_many (builder, "C* AA* CREATE \"x\"", answer, NULL);
    }
  g_strv_builder_add (builder, "silence");
  script = g_strv_builder_end (builder);

  scripted_begin (&scripted, (const char *const *) script);
  scripted_connect (&scripted);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      error = scripted_try (&scripted, imap_session_create (scripted.worker.session, "x", 0));
      g_test_message ("NO %s: %s", cases[i].text, error->message);
      g_assert_error (error, cases[i].domain (), cases[i].refusal);
    }
  scripted_finish (&scripted);
}

/* What people have to read, in a tagged answer too */
static void
test_shown (void)
{
  Scripted scripted;

  scripted_begin (&scripted,
                  SCRIPTED (SCRIPTED_HELLO "] hi", "C* AAAA CREATE *",
                            "S: AAAA NO [CONTACTADMIN] Call us", "C* AAAB CREATE *",
                            "S: AAAB NO [ALERT] The house is on fire", "silence"));
  scripted_connect (&scripted);
  g_assert_null (imap_session_get_alert (scripted.worker.session));
  g_error_free (scripted_try (&scripted, imap_session_create (scripted.worker.session, "x", 0)));
  g_assert_cmpstr (imap_session_get_alert (scripted.worker.session), ==, "Call us");
  g_error_free (scripted_try (&scripted, imap_session_create (scripted.worker.session, "x", 0)));
  g_assert_cmpstr (imap_session_get_alert (scripted.worker.session), ==, "The house is on fire");
  scripted_finish (&scripted);
}

/* RFC 9585: a server that is at work says so, and is not silent */
static void
test_progress_is_no_silence (void)
{
  Scripted scripted;

  scripted_begin (&scripted,
                  SCRIPTED (SCRIPTED_HELLO "INPROGRESS] hi", "C: AAAA NOOP", "pause 150",
                            "S: * OK [INPROGRESS (\"AAAA\" 1 3)] Still here", "pause 150",
                            "S: * OK [INPROGRESS (\"AAAA\" 2 3)] Still here", "pause 150",
                            "S: * OK [INPROGRESS] Still here", "pause 150", "S: AAAA OK done",
                            "C: AAAB NOOP", "silence"));
  imap_session_set_timeouts (scripted.worker.session, NULL, 250);
  scripted_connect (&scripted);
  worker_assert (&scripted.worker, imap_session_noop (scripted.worker.session));
  {
    g_autoptr(GError) error = scripted_try (&scripted, imap_session_noop (scripted.worker.session));

    g_assert_error (error, NET_ERROR, NET_ERROR_TIMED_OUT);
  }
  scripted_finish (&scripted);
}

#define ADD(name, func) g_test_add_func ("/imap/limits/" name, func)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("sign-in", test_sign_in);
  ADD ("bye", test_bye);
  ADD ("refusals", test_refusals);
  ADD ("shown", test_shown);
  ADD ("progress-is-no-silence", test_progress_is_no_silence);

  return g_test_run ();
}
