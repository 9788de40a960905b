#include <string.h>

#include "script-server.h"
#include "worker.h"

/* COMPRESS=DEFLATE, RFC 4978: what is packed arrives, a server that will not is left alone, and
 * what is broken or a bomb ends the connection with the right error. */

typedef struct
{
  Worker worker;
  ScriptServer *server;
  char *latched; /* (owned) (nullable): what was found broken */
} Fixture;

static void
on_latch (ImapSession     *session,
          const ImapLatch *latch,
          gpointer         user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->latched);
  fixture->latched = g_strdup (latch->feature);
}

#define HELLO "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE COMPRESS=DEFLATE] hello"
#define BEGIN HELLO, "C: AAAA CAPABILITY", "C: AAAB COMPRESS DEFLATE", \
  "S: * CAPABILITY IMAP4rev1 IDLE COMPRESS=DEFLATE", "S: AAAA OK done"

static void
prepare (Fixture           *fixture,
         const char *const *script)
{
  static const NetTimeouts timeouts = { 2000, 2000, 2000, 1000, 500 };
  static const char *const no_id[] = { NULL };
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(BaseSecret) secret = base_secret_new ("sesame");
  g_autoptr(GError) error = NULL;

  fixture->server = script_server_new (script);
  worker_init (&fixture->worker);
  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "127.0.0.1",
                               script_server_get_port (fixture->server), NET_SECURITY_NONE);
  worker_open (&fixture->worker, endpoint, NULL);
  imap_session_set_timeouts (fixture->worker.session, &timeouts, 5000);
  fixture->latched = NULL;
  imap_session_set_latch_func (fixture->worker.session, on_latch, fixture);
  imap_session_set_compression (fixture->worker.session, TRUE);
  imap_session_set_id (fixture->worker.session, no_id);

  imap_session_connect (fixture->worker.session, NULL, &error);
  g_assert_no_error (error);
  imap_session_sign_in (fixture->worker.session, "alice", secret, NULL, &error);
  g_assert_no_error (error);
}

static void
finish (Fixture *fixture)
{
  worker_clear (&fixture->worker);
  script_server_finish (fixture->server);
  g_free (fixture->latched);
}

static void
assert_broken (const char *const *script,
               const char        *pattern)
{
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  noop = imap_session_noop (fixture.worker.session);
  g_assert_false (imap_command_await (noop, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_PROTOCOL);
  g_assert_true (g_pattern_match_simple (pattern, error->message));
  g_assert_cmpstr (fixture.latched, ==, "COMPRESS=DEFLATE");
  finish (&fixture);
}

static void
test_both_ways (void)
{
  const char *const script[] = {
    BEGIN, "deflate AAAB OK begin",
    "S: * 1 EXISTS", "C: AAAC NOOP", "S: * 2 EXISTS", "S: AAAC OK done",
    "C: AAAD NOOP", "flood 50000 * OK still here\\r\\n", "S: AAAD OK done", NULL,
  };
  Fixture fixture;

  prepare (&fixture, script);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_true (imap_session_is_compressed (fixture.worker.session));
  /* the first one came in one segment with the agreement */
  g_assert_nonnull (strstr (fixture.worker.applied->str, "EXISTS;EXISTS;"));
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  g_assert_cmpuint (fixture.worker.n_applied, >=, 50000);
  g_assert_cmpuint (imap_session_get_bytes_read (fixture.worker.session), <, 100000);
  finish (&fixture);
}

static void
test_idle (void)
{
  const char *const script[] = {
    BEGIN, "deflate AAAB OK begin", "S: * OK x", "C: AAAC IDLE", "S: + idling", "C: DONE",
    "S: AAAC OK done", "C: AAAD NOOP", "S: AAAD OK done", NULL,
  };
  g_autoptr(ImapCommand) idle = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  idle = imap_session_idle_start (fixture.worker.session);
  while (!imap_session_is_idling (fixture.worker.session))
    g_main_context_iteration (fixture.worker.context, TRUE);
  imap_session_idle_done (fixture.worker.session);
  worker_assert (&fixture.worker, imap_command_ref (idle));
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  finish (&fixture);
}

static void
test_refused (void)
{
  static const char *const answers[] = {
    "S: AAAB NO [COMPRESSIONACTIVE] no", "S: AAAB BAD what", NULL,
  };

  for (guint i = 0; answers[i] != NULL; i++)
    {
      const char *const script[] = {
        BEGIN, answers[i], "C: AAAC NOOP", "S: AAAC OK done", NULL,
      };
      Fixture fixture;

      prepare (&fixture, script);
      worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
      g_assert_false (imap_session_is_compressed (fixture.worker.session));
      g_assert_cmpstr (fixture.latched, ==, i == 0 ? NULL : "COMPRESS=DEFLATE");
      finish (&fixture);
    }
}

static void
test_not_offered (void)
{
  const char *const script[] = {
    "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello", "C: AAAA CAPABILITY",
    "S: * CAPABILITY IMAP4rev1", "S: AAAA OK done", "C: AAAB NOOP", "S: AAAB OK done", NULL,
  };
  Fixture fixture;

  prepare (&fixture, script);
  worker_assert (&fixture.worker, imap_session_noop (fixture.worker.session));
  finish (&fixture);
}

static void
test_broken_at_once (void)
{
  const char *const script[] = {
    BEGIN, "raw AAAB OK begin\\r\\n* OK this is not packed at all\\r\\n", "silence", NULL,
  };

  assert_broken (script, "*compressed data is broken*");
}

static void
test_broken_later (void)
{
  const char *const script[] = {
    BEGIN, "deflate AAAB OK begin", "S: * OK x", "C: AAAC NOOP", "S: * 2 EXISTS",
    "raw * 3 EXISTS\\r\\n", "silence", NULL,
  };

  assert_broken (script, "*compressed data is broken*");
}

static void
test_end_of_stream (void)
{
  /* an empty last block: the end of a deflate stream, and then something behind it */
  const char *const script[] = {
    BEGIN, "raw AAAB OK begin\\r\\n\x03\\0* OK more\\r\\n", "silence", NULL,
  };

  assert_broken (script, "*behind the end of its compressed data*");
}

static void
test_cut (void)
{
  const char *const script[] = {
    BEGIN, "deflate AAAB OK begin", "S> * 1 EX", "C: AAAC NOOP", "end", NULL,
  };
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(GError) error = NULL;
  Fixture fixture;

  prepare (&fixture, script);
  noop = imap_session_noop (fixture.worker.session);
  g_assert_false (imap_command_await (noop, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  g_assert_null (fixture.latched);
  finish (&fixture);
}

static void
test_bomb (void)
{
  /* half a gigabyte of nothing, half a megabyte on the wire */
  const char *const script[] = {
    BEGIN, "deflate AAAB OK begin", "S: * OK x", "C: AAAC NOOP",
    "flood 8000000 * OK xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\r\\n", "silence",
    NULL,
  };

  assert_broken (script, "*unpacks to more than*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/imap/compress/both-ways", test_both_ways);
  g_test_add_func ("/imap/compress/idle", test_idle);
  g_test_add_func ("/imap/compress/refused", test_refused);
  g_test_add_func ("/imap/compress/not-offered", test_not_offered);
  g_test_add_func ("/imap/compress/broken-at-once", test_broken_at_once);
  g_test_add_func ("/imap/compress/broken-later", test_broken_later);
  g_test_add_func ("/imap/compress/end-of-stream", test_end_of_stream);
  g_test_add_func ("/imap/compress/cut", test_cut);
  g_test_add_func ("/imap/compress/bomb", test_bomb);

  return g_test_run ();
}
