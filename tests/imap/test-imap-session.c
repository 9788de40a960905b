#include <string.h>

#include "base-time.h"
#include "script-server.h"
#include "worker.h"

/* Sessions against a server that plays a script: first what goes wrong, then what goes another way
 * than with the usual server. */

typedef struct
{
  Worker worker;
  ScriptServer *server;
} Fixture;

static void
prepare_with (Fixture           *fixture,
              const char *const *script,
              NetSecurity        security)
{
  static const NetTimeouts timeouts = { 2000, 2000, 2000, 1000, 500 };
  g_autoptr(NetEndpoint) endpoint = NULL;

  fixture->server = script_server_new (script);
  worker_init (&fixture->worker);
  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "127.0.0.1",
                               script_server_get_port (fixture->server), security);
  worker_open (&fixture->worker, endpoint, NULL);
  imap_session_set_timeouts (fixture->worker.session, &timeouts, 400);
}

static void
prepare (Fixture           *fixture,
         const char *const *script)
{
  prepare_with (fixture, script, NET_SECURITY_NONE);
}

static void
finish (Fixture *fixture)
{
  worker_clear (&fixture->worker);
  script_server_finish (fixture->server);
}

static GError *
try_connect (Fixture *fixture)
{
  GError *error = NULL;

  g_assert_cmpint (imap_session_connect (fixture->worker.session, NULL, &error), ==, error == NULL);
  return error;
}

static GError *
try_sign_in (Fixture    *fixture,
             const char *user)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame \"\\");
  GError *error = NULL;

  g_assert_cmpint (imap_session_sign_in (fixture->worker.session, user, secret, NULL, &error), ==,
                   error == NULL);
  return error;
}

/* Connected, signed in by PREAUTH and in a mailbox of three messages with the UIDs 10, 20 and 30:
 * the beginning of most scripts. Capabilities: IDLE UIDPLUS. */
#define HELLO "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS] hello"
#define SELECT_A "C: AAAA SELECT \"a\"", \
  "S: * FLAGS (\\Seen)", "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 7] x", "S: * OK [UIDNEXT 31] x", \
  "S: AAAA OK [READ-WRITE] done"
#define FETCH_A "C: AAAB UID FETCH 1:* (UID FLAGS)", \
  "S: * 1 FETCH (UID 10 FLAGS ())", "S: * 2 FETCH (UID 20 FLAGS ())", \
  "S: * 3 FETCH (UID 30 FLAGS ())", "S: AAAB OK done"

static const ImapFetchQuery flags_query = { .items = IMAP_FETCH_FLAGS };

static ImapCommand *
fetch_all (Fixture *fixture)
{
  g_autoptr(ImapUidSet) all = imap_uid_set_new_range (1, IMAP_UID_STAR);

  return imap_session_uid_fetch (fixture->worker.session, all, &flags_query, NULL, NULL);
}

static void
select_a (Fixture *fixture)
{
  g_assert_no_error (try_connect (fixture));
  worker_assert (&fixture->worker, imap_session_select (fixture->worker.session, "a", FALSE));
}

static void
select_and_fetch_a (Fixture *fixture)
{
  select_a (fixture);
  worker_assert (&fixture->worker, fetch_all (fixture));
  g_string_truncate (fixture->worker.applied, 0);
}

static void
assert_fails (Fixture     *fixture,
              ImapCommand *command,
              GQuark       domain,
              int          code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (worker_await (&fixture->worker, command, &error));
  g_assert_error (error, domain, code);
}

/* Greetings */

static void
assert_connect_fails (const char *const *script,
                      NetError           code)
{
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  error = try_connect (&fixture);
  g_assert_error (error, NET_ERROR, (int) code);
  g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_CLOSED);
  finish (&fixture);
}

static void
test_greeting_fails (void)
{
  assert_connect_fails ((const char *[]) { "S: * BYE go away", "end", NULL },
                        NET_ERROR_SHUTTING_DOWN);
  assert_connect_fails ((const char *[]) { "S: * BYE Too many connections from you", "end", NULL },
                        NET_ERROR_TOO_MANY_CONNECTIONS);
  assert_connect_fails ((const char *[]) { "S: * BYE [UNAVAILABLE] x", "S: * BYE x", "S: * BYE x",
                                           "silence", NULL },
                        NET_ERROR_SHUTTING_DOWN);
  assert_connect_fails ((const char *[]) { "S: 220 mail ESMTP", "silence", NULL },
                        NET_ERROR_PROTOCOL);
  assert_connect_fails ((const char *[]) { "S: HTTP/1.1 400 Bad Request", "silence", NULL },
                        NET_ERROR_PROTOCOL);
  assert_connect_fails ((const char *[]) { "end", NULL }, NET_ERROR_CLOSED);
  assert_connect_fails ((const char *[]) { "silence", NULL }, NET_ERROR_TIMED_OUT);
  assert_connect_fails ((const char *[]) { "S> * OK hel", "end", NULL }, NET_ERROR_CLOSED);
  assert_connect_fails ((const char *[]) { "S: * OK hello", "C: AAAA CAPABILITY", "silence", NULL },
                        NET_ERROR_TIMED_OUT);
  assert_connect_fails ((const char *[]) { "S: * OK hello", "C: AAAA CAPABILITY", "end", NULL },
                        NET_ERROR_CLOSED);
}

/* STARTTLS that is not offered, refused, or comes with more than the server could have meant: never
 * a fall-back, and nothing of what was slipped in counts */
static void
test_starttls_fails (void)
{
  static const struct { const char *const script[6]; NetError code; } cases[] = {
    { { "S: * OK [CAPABILITY IMAP4rev1] hi", "silence" }, NET_ERROR_STARTTLS_NOT_OFFERED },
    { { "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi", "silence" },
      NET_ERROR_STARTTLS_NOT_OFFERED },
    { { "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi", "C: AAAA STARTTLS", "S: AAAA NO not today",
        "silence" }, NET_ERROR_STARTTLS_NOT_OFFERED },
    { { "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi", "C: AAAA STARTTLS",
        "S> AAAA OK go\\r\\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\\r\\n", "silence" },
      NET_ERROR_PROTOCOL },
    { { "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi", "C: AAAA STARTTLS", "S: AAAA OK go", "end" },
      NET_ERROR_CLOSED },
    { { "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi", "C: AAAA STARTTLS", "silence" },
      NET_ERROR_TIMED_OUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      Fixture fixture;

      prepare_with (&fixture, cases[i].script, NET_SECURITY_STARTTLS);
      error = try_connect (&fixture);
      g_test_message ("%s", error->message);
      g_assert_error (error, NET_ERROR, (int) cases[i].code);
      g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_CLOSED);
      finish (&fixture);
    }
}

/* Signing in */

static void
assert_sign_in (const char *user,
                int         code,
                ...)
{
  g_autoptr(GPtrArray) script = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  const char *line;
  Fixture fixture;
  va_list args;

  va_start (args, code);
  while ((line = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (script, (gpointer) line);
  va_end (args);
  g_ptr_array_add (script, NULL);

  prepare (&fixture, (const char *const *) script->pdata);
  g_assert_no_error (try_connect (&fixture));
  error = try_sign_in (&fixture, user);
  if (code < 0)
    {
      g_assert_no_error (error);
      /* what follows the sign-in goes out by itself */
      worker_run_for (&fixture.worker, 100);
    }
  else
    {
      g_assert_error (error, NET_ERROR, (int) code);
    }
  finish (&fixture);
}

static void
test_sign_in_ways (void)
{
  /* with the response at once, and after the server has asked: with the space behind + and without
   * */
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi",
                  "C: AAAA AUTHENTICATE PLAIN AG1lAHNlc2FtZSAiXA==",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY",
                  "S: AAAB OK done", NULL);
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
                  "C: AAAA AUTHENTICATE PLAIN", "S: +", "C: AG1lAHNlc2FtZSAiXA==",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY", NULL);
  /* without capabilities in the answer they are waited for; ID and NAMESPACE follow */
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
                  "C: AAAA AUTHENTICATE PLAIN", "S: + ", "C: AG1lAHNlc2FtZSAiXA==",
                  "S: AAAA OK done", "C: AAAB CAPABILITY", "S: * CAPABILITY IMAP4rev1 ID NAMESPACE",
                  "S: AAAB OK done", "C* AAAC ID (\"name\" \"Pipit\" \"version\" *)",
                  "C: AAAD NAMESPACE", NULL);
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1] hi",
                  "C: AAAA LOGIN \"me\" \"sesame \\\"\\\\\"",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY", NULL);
  /* Exchange: names with a backslash or slash only with LOGIN */
  assert_sign_in ("DOMAIN\\me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi",
                  "C: AAAA LOGIN \"DOMAIN\\\\me\" \"sesame \\\"\\\\\"",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY", NULL);
  assert_sign_in ("DOMAIN\\me", -1,
                  "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED] hi",
                  "C* AAAA AUTHENTICATE PLAIN *",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY", NULL);
  /* only AUTH=LOGIN, the two prompts */
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=LOGIN LOGINDISABLED] hi",
                  "C: AAAA AUTHENTICATE LOGIN", "S: + VXNlcm5hbWU6", "C: bWU=",
                  "S: + UGFzc3dvcmQ6", "C: c2VzYW1lICJc",
                  "S: AAAA OK [CAPABILITY IMAP4rev1] done", "C: AAAB CAPABILITY", NULL);
  /* a name in UTF-8 as a literal */
  assert_sign_in ("mü", -1, "S: * OK [CAPABILITY IMAP4rev1] hi", "C: AAAA LOGIN {3}", "S: + go",
                  "C: mü \"sesame \\\"\\\\\"", "S: AAAA OK [CAPABILITY IMAP4rev1] done",
                  "C: AAAB CAPABILITY", NULL);
  /* AUTHENTICATE is bad after all: LOGIN once */
  assert_sign_in ("me", -1, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
                  "C: AAAA AUTHENTICATE PLAIN", "S: AAAA BAD unknown command", "C* AAAB LOGIN \"me\" *",
                  "S: AAAB OK [CAPABILITY IMAP4rev1] done", "C: AAAC CAPABILITY", NULL);
}

static void
assert_refused (const char *answer,
                NetError    code)
{
  g_autofree char *line = g_strconcat ("S: AAAA ", answer, NULL);

  assert_sign_in ("me", (int) code, "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *", line,
                  "silence", NULL);
}

static void
test_sign_in_refused (void)
{
  assert_refused ("NO wrong password", NET_ERROR_SIGN_IN_REFUSED);
  assert_refused ("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
                  NET_ERROR_SIGN_IN_REFUSED);
  assert_refused ("NO [AUTHENTICATIONFAILED] Too many simultaneous connections",
                  NET_ERROR_TOO_MANY_CONNECTIONS);
  assert_refused ("NO [LIMIT] x", NET_ERROR_TOO_MANY_CONNECTIONS);
  assert_refused ("NO Maximum number of connections from user+IP exceeded",
                  NET_ERROR_TOO_MANY_CONNECTIONS);
  assert_refused ("NO [UNAVAILABLE] Temporary authentication failure.", NET_ERROR_BUSY);
  assert_refused ("NO Internal error occurred. Refer to server log", NET_ERROR_BUSY);
  assert_refused ("NO [CONTACTADMIN] locked", NET_ERROR_ACCOUNT_LIMITED);
  assert_refused ("NO [ALERT] Please log in via your web browser", NET_ERROR_ACCOUNT_LIMITED);
  /* Exchange */
  assert_refused ("BAD User is authenticated but not connected.", NET_ERROR_ACCOUNT_LIMITED);
  assert_sign_in ("me", NET_ERROR_MECHANISM_NOT_OFFERED,
                  "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] hi", "silence", NULL);
  assert_sign_in ("me", NET_ERROR_TIMED_OUT, "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *",
                  "silence", NULL);
  assert_sign_in ("me", NET_ERROR_CLOSED, "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *",
                  "end", NULL);
  assert_sign_in ("me", NET_ERROR_SHUTTING_DOWN, "S: * OK [CAPABILITY IMAP4rev1] hi",
                  "C* AAAA LOGIN *", "S: * BYE restarting", "end", NULL);
  /* signed in, and sent away in the same breath */
  assert_sign_in ("me", NET_ERROR_SHUTTING_DOWN, "S: * OK [CAPABILITY IMAP4rev1] hi",
                  "C* AAAA LOGIN *",
                  "S> AAAA OK [CAPABILITY IMAP4rev1] done\\r\\n* BYE restarting\\r\\n", "end",
                  NULL);
  /* a server that asks for ever */
  assert_sign_in ("me", NET_ERROR_SIGN_IN_REFUSED,
                  "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hi",
                  "C: AAAA AUTHENTICATE PLAIN", "S: + ", "C: AG1lAHNlc2FtZSAiXA==", "S: + more",
                  "C: *", "S: AAAA BAD cancelled", "silence", NULL);
}

static void
test_secrets_stay_out_of_the_transcript (void)
{
  static const char *const script[] = {
    "S: * OK [CAPABILITY IMAP4rev1] hi", "C* AAAA LOGIN *",
    "S: AAAA NO I do not know sesame \"\\ at all", NULL
  };
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  error = try_sign_in (&fixture, "me");
  g_assert_error (error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED);
  text = net_transcript_dup_text (fixture.worker.transcript);
  g_assert_null (strstr (text, "sesame"));
  finish (&fixture);
}

/* Failures of a session at work */

static void
assert_fetch_fails (GQuark domain,
                    int    code,
                    ...)
{
  g_autoptr(GPtrArray) script = g_ptr_array_new ();
  static const char *const head[] = { HELLO, SELECT_A, "C: AAAB UID FETCH 1:* (UID FLAGS)" };
  g_autoptr(ImapCommand) fetch = NULL;
  const char *line;
  Fixture fixture;
  va_list args;

  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    g_ptr_array_add (script, (gpointer) head[i]);
  va_start (args, code);
  while ((line = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (script, (gpointer) line);
  va_end (args);
  g_ptr_array_add (script, NULL);

  prepare (&fixture, (const char *const *) script->pdata);
  select_a (&fixture);
  fetch = fetch_all (&fixture);
  assert_fails (&fixture, g_steal_pointer (&fetch), domain, code);
  finish (&fixture);
}

static void
test_failures (void)
{
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_NO, "S: AAAB NO not now", "silence", NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_TRY_LATER, "S: AAAB NO [INUSE] not now", "silence",
                      NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_BAD, "S: AAAB BAD what?", "silence", NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_SHUTTING_DOWN, "S: * BYE bye", "silence", NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_TIMED_OUT, "silence", NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_TIMED_OUT, "S> * 1 FETCH (BODY[] {10}\\r\\nabc", "silence",
                      NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_CLOSED, "S> * 1 FETCH (BODY[] {10}\\r\\nabc", "end", NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_CLOSED, "S> * 1 FETCH (BODY[] {100000}\\r\\nabc", "end",
                      NULL);
  assert_fetch_fails (NET_ERROR, NET_ERROR_CLOSED, "S> * 1 FETCH (UID", "end", NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_TOO_LARGE,
                      "S> * 1 FETCH (BODY[] {99999999999999999999}\\r\\n", "silence", NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_TOO_LARGE, "S> * 1 FETCH (", "flood 2000000 FLAGS (a) ",
                      "silence", NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_SYNTAX, "flood 100000 <br>\\r\\n", "silence", NULL);
  assert_fetch_fails (IMAP_ERROR, IMAP_ERROR_SYNTAX, "flood 1000000 \\r\\n", "silence", NULL);
  /* Exchange */
  assert_fetch_fails (NET_ERROR, NET_ERROR_SHUTTING_DOWN, "S: Server Unavailable. 15", "silence",
                      NULL);
}

/* everything that waits is told, in its order, and what had not gone out is not doubtful */
static void
test_all_waiting_are_told (void)
{
  static const char *const script[] = { HELLO, SELECT_A, "C* AAAB UID STORE 10 +FLAGS (\\Seen)",
                                        "end", NULL };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 10);
  g_autoptr(ImapCommand) store = NULL;
  g_autoptr(ImapCommand) unselect = NULL;
  g_autoptr(ImapCommand) late = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  store = imap_session_uid_store (fixture.worker.session, uids, IMAP_STORE_ADD, IMAP_FLAG_SEEN,
                                  NULL, 0);
  unselect = imap_session_select (fixture.worker.session, "b", FALSE);
  g_assert_false (imap_command_await (store, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  g_assert_true (imap_command_is_doubtful (store));
  g_assert_true (imap_command_is_done (unselect));
  g_assert_false (imap_command_is_sent (unselect));
  g_assert_false (imap_command_is_doubtful (unselect));

  late = imap_session_noop (fixture.worker.session);
  g_assert_true (imap_command_is_done (late));
  g_assert_error (imap_command_get_error (late), NET_ERROR, NET_ERROR_CLOSED);
  finish (&fixture);
}

static void
test_states_are_kept (void)
{
  static const char *const script[] = { "S: * OK [CAPABILITY IMAP4rev1] hi", "silence", NULL };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 10);
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  assert_fails (&fixture, imap_session_list (fixture.worker.session, "*", 0), IMAP_ERROR,
                IMAP_ERROR_STATE);
  assert_fails (&fixture, imap_session_uid_expunge (fixture.worker.session, uids), IMAP_ERROR,
                IMAP_ERROR_STATE);
  assert_fails (&fixture, imap_session_idle_start (fixture.worker.session), IMAP_ERROR,
                IMAP_ERROR_NOT_SUPPORTED);
  finish (&fixture);
}

/* Cancelling */

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
cancel_soon (GCancellable *cancellable)
{
  g_autoptr(GSource) source = g_timeout_source_new (50);

  g_source_set_callback (source, cancel_cb, cancellable, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
count_sink (ImapSession        *session,
            const ImapResponse *response,
            guint32             uid,
            gpointer            user_data)
{
  (*(guint *) user_data)++;
}

/* FETCH is abandoned: it returns at once, its data still counts, its late answer is swallowed, and
 * a large literal of it is not kept */
static void
test_abandoned_fetch (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB UID FETCH 10 (UID BODY.PEEK[])", "pause 150",
    "S> * 1 FETCH (UID 10 BODY[] {100000}\\r\\n", "flood 10000 0123456789", "S> )\\r\\n",
    "S: * 2 FETCH (UID 20 FLAGS (\\Seen))", "S: AAAB OK late", "C: AAAC NOOP", "S: ZZZZ OK whose?",
    "S: AAAC OK done", "silence", NULL
  };
  static const char *const whole[] = { "", NULL };
  const ImapFetchQuery query = { .sections = whole };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 10);
  g_autoptr(ImapCommand) fetch = NULL;
  g_autoptr(GError) error = NULL;
  guint n_sunk = 0;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  fetch = imap_session_uid_fetch (fixture.worker.session, uids, &query, count_sink, &n_sunk);
  cancel_soon (cancellable);
  g_assert_false (imap_command_await (fetch, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_string_truncate (fixture.worker.applied, 0);
  for (guint i = 0; i < 20 && imap_session_get_n_waiting (fixture.worker.session) > 0; i++)
    worker_run_for (&fixture.worker, 50);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpstr (fixture.worker.applied->str, ==, "FETCH 10;FETCH 20;");
  g_assert_cmpuint (n_sunk, ==, 0);
  finish (&fixture);
}

/* STORE runs to its tag, cancelled or not */
static void
test_store_is_not_abandoned (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB UID STORE 10 +FLAGS (\\Seen)", "pause 200", "S: AAAB OK done",
    "silence", NULL
  };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 10);
  g_autoptr(ImapCommand) store = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  store = imap_session_uid_store (fixture.worker.session, uids, IMAP_STORE_ADD, IMAP_FLAG_SEEN,
                                  NULL, 0);
  cancel_soon (cancellable);
  g_assert_true (imap_command_await (store, cancellable, &error));
  g_assert_no_error (error);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  finish (&fixture);
}

/* what has not begun to go out is taken back, whatever it is */
static void
test_unsent_is_withdrawn (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB NOOP", "pause 200", "S: AAAB OK done", "C: AAAC NOOP",
    "S: AAAC OK done", "silence", NULL
  };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(ImapCommand) select = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  noop = imap_session_noop (fixture.worker.session);
  select = imap_session_select (fixture.worker.session, "b", FALSE);
  cancel_soon (cancellable);
  g_assert_false (imap_command_await (select, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (imap_command_await (noop, NULL, NULL));
  g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_SELECTED);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  finish (&fixture);
}

/* Literals to the server */

static ImapCommand *
append_ten (Fixture *fixture)
{
  g_autoptr(GBytes) message = g_bytes_new_static ("12345678", 8);

  return imap_session_append (fixture->worker.session, "a",
                              &(ImapMessage) { .flags = IMAP_FLAG_SEEN, .bytes = message }, 1);
}

static void
test_append_waits (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1] hi", "C: AAAA APPEND \"a\" (\\Seen) {10}", "pause 50",
    "S: * 4 EXISTS", "S: + go", "C# 10", "C: ", "S: AAAA OK [APPENDUID 7 31] done", "silence", NULL
  };
  g_autoptr(ImapCommand) append = NULL;
  guint32 validity;
  guint32 uid;
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  append = append_ten (&fixture);
  g_assert_true (imap_command_await (append, NULL, NULL));
  g_assert_true (imap_command_get_appended (append, &validity, &uid));
  g_assert_cmpuint (validity, ==, 7);
  g_assert_cmpuint (uid, ==, 31);
  finish (&fixture);
}

/* refused before the literal: it is never sent, and the next command goes out */
static void
test_append_refused (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1] hi", "C: AAAA APPEND \"a\" (\\Seen) {10}",
    "S: AAAA NO [TRYCREATE] no such mailbox", "C: AAAB NOOP", "S: AAAB OK done", "silence", NULL
  };
  g_autoptr(ImapCommand) append = NULL;
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  append = append_ten (&fixture);
  noop = imap_session_noop (fixture.worker.session);
  g_assert_false (imap_command_await (append, NULL, &error));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_TRY_CREATE);
  g_assert_false (imap_command_is_doubtful (append));
  g_assert_true (imap_command_await (noop, NULL, NULL));
  finish (&fixture);
}

/* refused early with LITERAL+: what was promised is sent all the same */
static void
test_append_plus_refused (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi",
    "C: AAAA APPEND \"a\" () {300002+}", "S: AAAA NO [OVERQUOTA] full", "pause 100", "C# 300002", "C: ",
    "C: AAAB NOOP", "S: AAAB OK done", "silence", NULL
  };
  g_autofree char *text = g_strnfill (300000, 'x');
  g_autoptr(GBytes) message = g_bytes_new (text, 300000);
  g_autoptr(ImapCommand) append = NULL;
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  append = imap_session_append (fixture.worker.session, "a", &(ImapMessage) { .bytes = message }, 1);
  noop = imap_session_noop (fixture.worker.session);
  g_assert_false (imap_command_await (append, NULL, &error));
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_OVER_QUOTA);
  g_assert_true (imap_command_await (noop, NULL, NULL));
  finish (&fixture);
}

static void
test_literal_minus (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL-] hi", "C: AAAA APPEND \"a\" (\\Seen) {10+}",
    "C# 10", "C: ", "S: AAAA OK done", "C: AAAB APPEND \"a\" () {5002}", "S: + ", "C# 5002", "C: ",
    "S: AAAB OK done", "silence", NULL
  };
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autoptr(GBytes) message = g_bytes_new (text, 5000);
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  worker_assert (&fixture.worker, append_ten (&fixture));
  worker_assert (&fixture.worker,
                 imap_session_append (fixture.worker.session, "a", &(ImapMessage) { .bytes = message }, 1));
  finish (&fixture);
}

/* The selected mailbox */

static void
test_expunge_gives_uids (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, FETCH_A, "C: AAAC NOOP", "S: * 2 EXPUNGE", "S: * 2 EXPUNGE", "S: * 2 EXISTS",
    "S: * 2 EXPUNGE", "S: * 1 FETCH (FLAGS (\\Seen))", "S: AAAC OK done", "silence", NULL
  };
  Fixture fixture;

  prepare (&fixture, script);
  select_and_fetch_a (&fixture);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpstr (fixture.worker.applied->str, ==,
                   "EXPUNGE 20;EXPUNGE 30;EXISTS;EXPUNGE;FETCH 10;");
  g_assert_true (imap_session_is_numbered (fixture.worker.session));
  g_assert_cmpuint (imap_session_get_exists (fixture.worker.session), ==, 1);
  finish (&fixture);
}

/* numbers that do not fit: from then on nothing is guessed, nor whose the flags are that came with
 * them */
static void
test_expunge_that_does_not_fit (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, FETCH_A, "C: AAAC NOOP", "S: * 1 FETCH (UID 11 FLAGS ())", "S: * 2 EXPUNGE",
    "S: AAAC OK done", "silence", NULL
  };
  Fixture fixture;

  prepare (&fixture, script);
  select_and_fetch_a (&fixture);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpstr (fixture.worker.applied->str, ==, "FETCH;EXPUNGE;");
  g_assert_false (imap_session_is_numbered (fixture.worker.session));
  finish (&fixture);
}

static void
test_search_all_teaches_numbers (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB UID SEARCH ALL", "S: * SEARCH 30 10 20 ", "S: AAAB OK done",
    "C: AAAC NOOP", "S: * 1 EXPUNGE", "S: AAAC OK done", "silence", NULL
  };
  g_autoptr(ImapCommand) search = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  search = imap_session_uid_search (fixture.worker.session, "ALL");
  g_assert_true (imap_command_await (search, NULL, NULL));
  g_assert_cmpuint (imap_uid_set_get_size (imap_command_get_found (search)), ==, 3);
  g_string_truncate (fixture.worker.applied, 0);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpstr (fixture.worker.applied->str, ==, "EXPUNGE 10;");
  finish (&fixture);
}

static void
note_serial (ImapSession        *session,
             const ImapResponse *response,
             guint32             uid,
             gpointer            user_data)
{
  g_string_append_printf (user_data, "%u:%s %u;", imap_session_get_selection (session),
                          response->name, uid);
}

/* what the server says of the mailbox before, until it has read our SELECT, stays with that one */
static void
test_switching (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, FETCH_A, "C: AAAC SELECT \"b\"", "S: * 1 EXPUNGE",
    "S: * 1 FETCH (UID 20 FLAGS ())", "S: * FLAGS ()", "S: * 1 EXISTS",
    "S: * OK [UIDVALIDITY 8] x", "S: * 1 FETCH (UID 500 FLAGS ())", "S: AAAC OK [READ-ONLY] done",
    "C: AAAD SELECT \"gone\"", "S: AAAD NO no such mailbox", "silence", NULL
  };
  g_autoptr(GString) serials = g_string_new (NULL);
  g_autoptr(ImapCommand) select = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_and_fetch_a (&fixture);
  imap_session_set_applier (fixture.worker.session, note_serial, serials);
  select = imap_session_select (fixture.worker.session, "b", FALSE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  g_assert_cmpstr (serials->str, ==,
                   "1:EXPUNGE 10;1:FETCH 20;2:FLAGS 0;2:EXISTS 0;2:OK 0;2:FETCH 500;");
  g_assert_true (imap_command_get_selected (select)->is_read_only);
  g_assert_cmpuint (imap_command_get_selected (select)->exists, ==, 1);
  g_assert_cmpuint (imap_command_get_selected (select)->uid_validity, ==, 8);

  assert_fails (&fixture, imap_session_select (fixture.worker.session, "gone", FALSE), IMAP_ERROR,
                IMAP_ERROR_NO);
  g_assert_cmpuint (imap_session_get_selection (fixture.worker.session), ==, 0);
  g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_SIGNED_IN);
  finish (&fixture);
}

/* with CLOSED the server draws the line itself: an EXISTS before it is of the old mailbox */
static void
test_switching_with_closed (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 QRESYNC] hi", "C: AAAA SELECT \"a\" (CONDSTORE)",
    "S: * FLAGS ()", "S: * 3 EXISTS", "S: AAAA OK done", "C: AAAB SELECT \"b\" (CONDSTORE)",
    "S: * 4 EXISTS", "S: * OK [CLOSED] x", "S: * 1 EXISTS", "S: AAAB OK done", "silence", NULL
  };
  g_autoptr(GString) serials = g_string_new (NULL);
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  imap_session_set_applier (fixture.worker.session, note_serial, serials);
  worker_assert (&fixture.worker, imap_session_select (fixture.worker.session, "b", FALSE));
  g_assert_cmpstr (serials->str, ==, "1:EXISTS 0;2:OK 0;2:EXISTS 0;");
  g_assert_cmpuint (imap_session_get_exists (fixture.worker.session), ==, 1);
  finish (&fixture);
}

/* a STORE with the UIDs of one mailbox never meets another */
static void
test_no_store_behind_select (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB SELECT \"b\"", "S: * 0 EXISTS", "S: AAAB OK done", "silence", NULL
  };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 10);
  g_autoptr(ImapCommand) select = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  select = imap_session_select (fixture.worker.session, "b", FALSE);
  assert_fails (&fixture, imap_session_uid_copy (fixture.worker.session, uids, "c"), IMAP_ERROR,
                IMAP_ERROR_STATE);
  g_assert_true (imap_command_await (select, NULL, NULL));
  finish (&fixture);
}

static void
test_unselect_without_unselect (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB EXAMINE \"a\"", "S: * 3 EXISTS", "S: AAAB OK [READ-ONLY] done",
    "C: AAAC CLOSE", "S: AAAC OK done", "silence", NULL
  };
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  worker_assert (&fixture.worker, imap_session_unselect (fixture.worker.session));
  g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_SIGNED_IN);
  finish (&fixture);
}

/* IDLE */

static void
test_idle (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C: AAAB IDLE",
    /* Exchange: news before the + */
    "S: * 4 EXISTS", "S: + idling", "pause 900", "S: * 5 EXISTS", "C: DONE", "S: AAAB OK done",
    "C: AAAC IDLE", "S: +", "C: DONE", "S: AAAC OK done", "C: AAAD NOOP", "S: AAAD OK done",
    "silence", NULL
  };
  g_autoptr(ImapCommand) idle = NULL;
  g_autoptr(ImapCommand) second = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  idle = imap_session_idle_start (fixture.worker.session);
  /* longer than the silence that would be a failure otherwise */
  worker_run_for (&fixture.worker, 1200);
  g_assert_true (imap_session_is_idling (fixture.worker.session));
  g_assert_cmpuint (imap_session_get_exists (fixture.worker.session), ==, 5);
  imap_session_idle_done (fixture.worker.session);
  g_assert_true (imap_command_await (idle, NULL, NULL));

  /* ended before the server has taken it, by the next command */
  second = imap_session_idle_start (fixture.worker.session);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_true (imap_command_is_done (second));
  finish (&fixture);
}

static void
test_idle_failures (void)
{
  static const char *const closes[] = { HELLO, SELECT_A, "C: AAAB IDLE", "S: + idling", "pause 50",
                                        "end", NULL };
  static const char *const refuses[] = { HELLO, SELECT_A, "C: AAAB IDLE", "S: AAAB NO not today",
                                         "C: AAAC NOOP", "S: AAAC OK done", "silence", NULL };
  static const char *const ignores[] = { HELLO, SELECT_A, "C: AAAB IDLE", "S: + idling", "C: DONE",
                                         "silence", NULL };
  const gboolean never = FALSE;
  g_autoptr(ImapCommand) idle = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, closes);
  select_a (&fixture);
  imap_command_unref (imap_session_idle_start (fixture.worker.session));
  g_assert_false (imap_session_wait (fixture.worker.session, &never, 0, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  finish (&fixture);

  prepare (&fixture, refuses);
  select_a (&fixture);
  assert_fails (&fixture, imap_session_idle_start (fixture.worker.session), IMAP_ERROR,
                IMAP_ERROR_NO);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  finish (&fixture);

  prepare (&fixture, ignores);
  select_a (&fixture);
  idle = imap_session_idle_start (fixture.worker.session);
  worker_run_for (&fixture.worker, 200);
  imap_session_idle_done (fixture.worker.session);
  assert_fails (&fixture, g_steal_pointer (&idle), NET_ERROR, NET_ERROR_TIMED_OUT);
  finish (&fixture);
}

/* Servers that are otherwise */

/* Proton Bridge: the extended LIST is BAD; Strato: it is empty */
static void
test_list_falls_back (void)
{
  static const char *const bad[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED SPECIAL-USE LIST-STATUS] hi",
    "C: AAAA LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES))",
    "S: AAAA BAD no", "C: AAAB LIST \"\" \"*\"", "S: * LIST () \"/\" INBOX", "S: AAAB OK done",
    "C: AAAC LIST \"\" \"*\"", "S: AAAC OK done", "silence", NULL
  };
  static const char *const empty[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED] hi",
    "C: AAAA LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN)", "S: AAAA OK done",
    "C: AAAB LIST \"\" \"*\"", "S: * LIST () \"/\" INBOX", "S: AAAB OK done", "silence", NULL
  };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(ImapCommand) list = NULL;
      g_autoptr(GError) error = NULL;
      Fixture fixture;

      prepare (&fixture, i == 0 ? bad : empty);
      g_assert_no_error (try_connect (&fixture));
      list = imap_session_list (fixture.worker.session, "*", IMAP_MAILBOX_STATUS_MESSAGES);
      imap_command_await (list, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (imap_command_get_lists (list)->len, ==, 1);
      if (i == 0)
        worker_assert (&fixture.worker, imap_session_list (fixture.worker.session, "*", 0));
      finish (&fixture);
    }
}

/* what the server does not offer is not asked for */
static void
test_items_are_gated (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A,
    "C: AAAB UID FETCH 5:* (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE "
    "BODY.PEEK[HEADER.FIELDS (From To)] BODY.PEEK[1.2]<0.100>)",
    "S: AAAB OK done", "C: AAAC STATUS \"b\" (MESSAGES UIDNEXT)", "S: * STATUS b (MESSAGES 3 )",
    "S: AAAC OK done", "silence", NULL
  };
  static const char *const sections[] = { "1.2", NULL };
  const ImapFetchQuery query = {
    .items = ~0u & ~(guint) IMAP_FETCH_ENVELOPE,
    .header_fields = "From To",
    .sections = sections,
    .partial_size = 100,
    .changed_since = 5,
  };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (5, IMAP_UID_STAR);
  g_autoptr(ImapCommand) status = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  worker_assert (&fixture.worker,
                 imap_session_uid_fetch (fixture.worker.session, uids, &query, NULL, NULL));
  status = imap_session_status (fixture.worker.session, "b",
                                IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_UIDNEXT |
                                IMAP_MAILBOX_STATUS_HIGHESTMODSEQ | IMAP_MAILBOX_STATUS_SIZE |
                                IMAP_MAILBOX_STATUS_MAILBOXID);
  g_assert_true (imap_command_await (status, NULL, NULL));
  g_assert_cmpuint (imap_command_get_statuses (status)->len, ==, 1);
  finish (&fixture);
}

/* a long set becomes several commands, and one result */
static void
test_long_sets_are_split (void)
{
  static const char *const script[] = {
    HELLO, SELECT_A, "C* AAAB UID COPY 1,3,* \"b\"", "C* AAAC UID COPY *,399 \"b\"",
    "S: AAAB OK [COPYUID 9 1,3 1:2] done", "S: AAAC OK [COPYUID 9 5 3] done", "silence", NULL
  };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();
  g_autoptr(ImapCommand) copy = NULL;
  GArray *to;
  Fixture fixture;

  for (guint32 uid = 1; uid < 400; uid += 2)
    imap_uid_set_add (uids, uid);

  prepare (&fixture, script);
  select_a (&fixture);
  copy = imap_session_uid_copy (fixture.worker.session, uids, "b");
  g_assert_true (imap_command_await (copy, NULL, NULL));
  g_assert_true (imap_command_get_copied (copy, NULL, NULL, &to));
  g_assert_cmpuint (to->len, ==, 3);
  finish (&fixture);
}

/* MOVE says COPYUID untagged, before what is expunged */
static void
test_move (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 MOVE] hi", SELECT_A, FETCH_A,
    "C: AAAC UID MOVE 10:20 \"b\"", "S: * OK [COPYUID 9 10:20 1:11] x",
    "S: * 1 EXPUNGE", "S: * 1 EXPUNGE", "S: AAAC OK done", "silence", NULL
  };
  g_autoptr(ImapUidSet) uids = imap_uid_set_new_range (10, 20);
  g_autoptr(ImapCommand) move = NULL;
  guint32 validity;
  Fixture fixture;

  prepare (&fixture, script);
  select_and_fetch_a (&fixture);
  move = imap_session_uid_move (fixture.worker.session, uids, "b");
  g_assert_true (imap_command_await (move, NULL, NULL));
  g_assert_true (imap_command_get_copied (move, &validity, NULL, NULL));
  g_assert_cmpuint (validity, ==, 9);
  g_assert_cmpstr (fixture.worker.applied->str, ==, "OK;EXPUNGE 10;EXPUNGE 20;");
  finish (&fixture);
}

/* plain SEARCH answers do not say whose they are: one at a time; iCloud's ESEARCH without ALL is no
 * result */
static void
test_searches (void)
{
  static const char *const plain[] = {
    HELLO, SELECT_A, "C: AAAB UID SEARCH SEEN", "pause 100", "S: * SEARCH 10", "S: AAAB OK done",
    "C: AAAC UID SEARCH UNSEEN", "S: * SEARCH", "S: AAAC OK done", "silence", NULL
  };
  static const char *const extended[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] hi", SELECT_A,
    "C: AAAB UID SEARCH RETURN (ALL) SEEN", "C: AAAC UID SEARCH RETURN (ALL) UNSEEN",
    "S: * ESEARCH (TAG \"AAAC\") UID COUNT 3", "S: AAAC OK done",
    "S: * ESEARCH (TAG \"AAAB\") UID ALL 10", "S: AAAB OK done", "silence", NULL
  };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(ImapCommand) seen = NULL;
      g_autoptr(ImapCommand) unseen = NULL;
      Fixture fixture;

      prepare (&fixture, i == 0 ? plain : extended);
      select_a (&fixture);
      seen = imap_session_uid_search (fixture.worker.session, "SEEN");
      unseen = imap_session_uid_search (fixture.worker.session, "UNSEEN");
      g_assert_true (imap_command_await (seen, NULL, NULL));
      g_assert_true (imap_command_await (unseen, NULL, NULL));
      g_assert_true (imap_command_has_found (seen));
      g_assert_true (imap_uid_set_contains (imap_command_get_found (seen), 10));
      g_assert_cmpint (imap_command_has_found (unseen), ==, i == 0);
      g_assert_true (imap_uid_set_is_empty (imap_command_get_found (unseen)));
      finish (&fixture);
    }
}

/* at most twenty under way: Outlook.com breaks at fifty */
static void
test_not_too_many_at_once (void)
{
  g_autoptr(GPtrArray) script = g_ptr_array_new_with_free_func (g_free);
  ImapCommand *commands[30];
  Fixture fixture;

  g_ptr_array_add (script, g_strdup ("S: * PREAUTH [CAPABILITY IMAP4rev1] hi"));
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (script, g_strdup_printf ("C: AAA%c NOOP", 'A' + i));
  g_ptr_array_add (script, g_strdup ("pause 100"));
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (script, g_strdup_printf ("S: AAA%c OK done", 'A' + i));
  for (guint i = 20; i < 30; i++)
    g_ptr_array_add (script, g_strdup_printf ("C: AA%c%c NOOP", 'A' + i / 26, 'A' + i % 26));
  for (guint i = 20; i < 30; i++)
    g_ptr_array_add (script, g_strdup_printf ("S: AA%c%c OK done", 'A' + i / 26, 'A' + i % 26));
  g_ptr_array_add (script, g_strdup ("silence"));
  g_ptr_array_add (script, NULL);

  prepare (&fixture, (const char *const *) script->pdata);
  g_assert_no_error (try_connect (&fixture));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    commands[i] = imap_session_noop (fixture.worker.session);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    worker_assert (&fixture.worker, commands[i]);
  finish (&fixture);
}

static void
test_alert (void)
{
  static const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1] hi", "C: AAAA NOOP", "S: * NO [ALERT] Disk almost full",
    "S: AAAA OK done", "silence", NULL
  };
  Fixture fixture;

  prepare (&fixture, script);
  g_assert_no_error (try_connect (&fixture));
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpstr (imap_session_get_alert (fixture.worker.session), ==, "Disk almost full");
  finish (&fixture);
}

static void
test_log_out (void)
{
  static const char *const polite[] = { HELLO, "C: AAAA LOGOUT", "S: * BYE see you",
                                        "S: AAAA OK done", "end", NULL };
  static const char *const curt[] = { HELLO, "C: AAAA LOGOUT", "S: * BYE see you", "end", NULL };
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, polite);
  g_assert_no_error (try_connect (&fixture));
  g_assert_true (imap_session_log_out (fixture.worker.session, NULL, NULL));
  g_assert_cmpint (imap_session_get_state (fixture.worker.session), ==, IMAP_STATE_CLOSED);
  finish (&fixture);

  prepare (&fixture, curt);
  g_assert_no_error (try_connect (&fixture));
  g_assert_false (imap_session_log_out (fixture.worker.session, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  finish (&fixture);
}

/* a session that goes away with everything under way */
static void
test_dropped_session (void)
{
  static const char *const script[] = { HELLO, SELECT_A, "silence", NULL };
  g_autoptr(ImapCommand) fetch = NULL;
  g_autoptr(ImapCommand) select = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  select_a (&fixture);
  fetch = fetch_all (&fixture);
  select = imap_session_select (fixture.worker.session, "b", FALSE);
  worker_run_for (&fixture.worker, 50);
  finish (&fixture);
  g_assert_true (imap_command_is_done (fetch));
  g_assert_true (imap_command_is_done (select));
  g_assert_error (imap_command_get_error (fetch), NET_ERROR, NET_ERROR_CLOSED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add_func ("/imap/session/" name, func)
  ADD ("greeting-fails", test_greeting_fails);
  ADD ("starttls-fails", test_starttls_fails);
  ADD ("sign-in-ways", test_sign_in_ways);
  ADD ("sign-in-refused", test_sign_in_refused);
  ADD ("secrets-stay-out-of-the-transcript", test_secrets_stay_out_of_the_transcript);
  ADD ("failures", test_failures);
  ADD ("all-waiting-are-told", test_all_waiting_are_told);
  ADD ("states-are-kept", test_states_are_kept);
  ADD ("abandoned-fetch", test_abandoned_fetch);
  ADD ("store-is-not-abandoned", test_store_is_not_abandoned);
  ADD ("unsent-is-withdrawn", test_unsent_is_withdrawn);
  ADD ("append-waits", test_append_waits);
  ADD ("append-refused", test_append_refused);
  ADD ("append-plus-refused", test_append_plus_refused);
  ADD ("literal-minus", test_literal_minus);
  ADD ("expunge-gives-uids", test_expunge_gives_uids);
  ADD ("expunge-that-does-not-fit", test_expunge_that_does_not_fit);
  ADD ("search-all-teaches-numbers", test_search_all_teaches_numbers);
  ADD ("switching", test_switching);
  ADD ("switching-with-closed", test_switching_with_closed);
  ADD ("no-store-behind-select", test_no_store_behind_select);
  ADD ("unselect-without-unselect", test_unselect_without_unselect);
  ADD ("idle", test_idle);
  ADD ("idle-failures", test_idle_failures);
  ADD ("list-falls-back", test_list_falls_back);
  ADD ("items-are-gated", test_items_are_gated);
  ADD ("long-sets-are-split", test_long_sets_are_split);
  ADD ("move", test_move);
  ADD ("searches", test_searches);
  ADD ("not-too-many-at-once", test_not_too_many_at_once);
  ADD ("alert", test_alert);
  ADD ("log-out", test_log_out);
  ADD ("dropped-session", test_dropped_session);
#undef ADD
  return g_test_run ();
}
