#include "discovery-advice.h"
#include "discovery-error.h"
#include "discovery-test.h"
#include "net-test-server.h"

#include <string.h>

/* The staged test on a main context, as the wizard runs it. What each failure is called and what
 * is advised is held against servers in tests/tool/test-tool-doctor.py. */

#define PASSWORD "s3cret-of-alice"

typedef struct
{
  NetTestCertificate *certificate;
  GString *heard; /* everything that the server was told, under a lock */
  GMutex lock;
  gboolean is_smtp;
} Script;

static NetTestCertificate *authority;

static void
note_line (Script     *script,
           const char *line)
{
  g_mutex_lock (&script->lock);
  g_string_append_printf (script->heard, "%s\n", line);
  g_mutex_unlock (&script->lock);
}

static void
answer_imap (NetTestPeer *peer,
             const char  *line)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 3);
  g_autofree char *done = g_strdup_printf ("%s OK done\r\n", words[0]);

  if (g_strcmp0 (words[1], "LIST") == 0)
    net_test_peer_write (peer, "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
                               "* LIST (\\Sent) \"/\" \"Gesendet &- &APw-ber\"\r\n"
                               "* LIST (\\Noselect) \"/\" \"Nothing\"\r\n");
  if (g_strcmp0 (words[1], "CAPABILITY") == 0)
    net_test_peer_write (peer, "* CAPABILITY IMAP4rev1 SPECIAL-USE\r\n");
  net_test_peer_write (peer, done);
}

static void
answer_smtp (NetTestPeer *peer,
             const char  *line)
{
  if (g_str_has_prefix (line, "EHLO"))
    net_test_peer_write (peer, "250-test\r\n250 AUTH PLAIN\r\n");
  else if (g_str_has_prefix (line, "AUTH"))
    net_test_peer_write (peer, "235 fine\r\n");
  else
    net_test_peer_write (peer, "250 fine\r\n");
}

static void
serve (NetTestPeer *peer,
       gpointer     user_data)
{
  Script *script = user_data;
  char *line;

  if (!net_test_peer_start_tls (peer, script->certificate, NULL))
    return;

  net_test_peer_write (peer, script->is_smtp ? "220 ready\r\n"
                                             : "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n");
  while ((line = net_test_peer_read_line (peer)) != NULL)
    {
      note_line (script, line);
      if (script->is_smtp)
        answer_smtp (peer, line);
      else
        answer_imap (peer, line);
      g_free (line);
    }
}

static void
be_silent (NetTestPeer *peer,
           gpointer     user_data)
{
  net_test_peer_wait_for_end (peer);
}

typedef struct
{
  Script imap_script, smtp_script;
  NetTestServer *imap, *smtp;
  DiscoveryTest *test;
  GString *record;      /* of steps */
  GThread *thread;      /* that steps came on */
  GAsyncResult *result; /* (nullable) */
  GError *error;        /* (nullable) */
} Fixture;

static void
script_init (Script   *script,
             gboolean  is_smtp)
{
  const NetTestCertificateSpec spec = { .issuer = authority };

  script->certificate = net_test_certificate_new (&spec);
  script->heard = g_string_new (NULL);
  script->is_smtp = is_smtp;
  g_mutex_init (&script->lock);
}

static void
script_clear (Script *script)
{
  net_test_certificate_free (script->certificate);
  g_string_free (script->heard, TRUE);
  g_mutex_clear (&script->lock);
}

static void
on_step (DiscoveryTest *test,
         DiscoveryStep *step,
         Fixture       *fixture)
{
  static const char marks[] = { '+', '=', '!' };
  NetEndpoint *endpoint = discovery_step_get_endpoint (step);

  g_assert_true (g_thread_self () == fixture->thread);
  g_assert_cmpint (discovery_step_get_elapsed_us (step), >=, 0);
  g_string_append_printf (fixture->record, "%s-%s%c ",
                          net_purpose_to_string (net_endpoint_get_purpose (endpoint)),
                          net_stage_to_string (discovery_step_get_stage (step)),
                          marks[discovery_step_get_state (step)]);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  g_autoptr(NetTrust) trust = NULL;

  trust = net_trust_with_anchors (nobody, net_test_certificate_get_pem (authority), NULL);
  script_init (&fixture->imap_script, FALSE);
  script_init (&fixture->smtp_script, TRUE);
  fixture->imap = net_test_server_new (serve, &fixture->imap_script);
  fixture->smtp = net_test_server_new (serve, &fixture->smtp_script);
  fixture->record = g_string_new (NULL);
  fixture->thread = g_thread_self ();
  fixture->test = discovery_test_new (trust);
  g_signal_connect (fixture->test, "step", G_CALLBACK (on_step), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->test);
  g_clear_object (&fixture->result);
  net_test_server_free (fixture->imap);
  net_test_server_free (fixture->smtp);
  script_clear (&fixture->imap_script);
  script_clear (&fixture->smtp_script);
  g_string_free (fixture->record, TRUE);
  g_clear_error (&fixture->error);
}

static NetEndpoint *
endpoint_at (NetPurpose purpose,
             guint16    port)
{
  return net_endpoint_new (purpose, "localhost", port, NET_SECURITY_TLS);
}

static void
add (Fixture    *fixture,
     NetPurpose  purpose,
     guint16     port,
     gboolean    is_guess)
{
  g_autoptr(NetEndpoint) endpoint = endpoint_at (purpose, port);

  if (is_guess)
    discovery_test_add_guess (fixture->test, endpoint);
  else
    discovery_test_add_endpoint (fixture->test, endpoint);
}

static void
result_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
run (Fixture      *fixture,
     GCancellable *cancellable)
{
  g_autoptr(BaseSecret) secret = base_secret_new (PASSWORD);

  discovery_test_set_sign_in (fixture->test, NET_PURPOSE_IMAP, "alice", secret);
  discovery_test_set_sign_in (fixture->test, NET_PURPOSE_SMTP, "alice", secret);
  discovery_test_set_sender (fixture->test, "alice@example.org");
  discovery_test_run_async (fixture->test, cancellable, result_cb, &fixture->result);
  g_assert_null (discovery_test_get_failure (fixture->test));
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return discovery_test_run_finish (fixture->test, fixture->result, &fixture->error);
}

static gboolean
has_heard_a_sign_in (Script *script)
{
  gboolean heard;

  g_mutex_lock (&script->lock);
  heard = strstr (script->heard->str, "AUTH") != NULL || strstr (script->heard->str, "LOGIN") != NULL;
  g_mutex_unlock (&script->lock);

  return heard;
}

#define STEPS_OF(purpose) \
  purpose "-resolve+ " purpose "-resolve= " purpose "-connect+ " purpose "-connect= " \
  purpose "-encrypt+ " purpose "-encrypt= " purpose "-greeting+ " purpose "-greeting= "
#define SIGNED_IN(purpose) purpose "-sign-in+ " purpose "-sign-in= "

static void
test_all_steps (Fixture       *fixture,
                gconstpointer  data)
{
  const char * const folders[] = { "INBOX", "Gesendet & über", NULL };
  g_autofree char *transcript = NULL;

  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (fixture->imap), FALSE);
  add (fixture, NET_PURPOSE_SMTP, net_test_server_get_port (fixture->smtp), FALSE);
  g_assert_true (run (fixture, NULL));
  g_assert_no_error (fixture->error);
  g_assert_null (discovery_test_get_failure (fixture->test));
  g_assert_cmpstr (fixture->record->str, ==,
                   STEPS_OF ("imap") SIGNED_IN ("imap") "imap-folders+ imap-folders= "
                   STEPS_OF ("smtp") SIGNED_IN ("smtp") "smtp-sender+ smtp-sender= ");

  g_assert_cmpstrv (discovery_test_get_folders (fixture->test), folders);
  g_assert_cmpstr (discovery_test_get_special_use (fixture->test, ACCOUNT_FOLDER_SENT), ==,
                   "Gesendet & über");
  g_assert_null (discovery_test_get_special_use (fixture->test, ACCOUNT_FOLDER_TRASH));
  g_assert_true (g_strv_contains (discovery_test_get_capabilities (fixture->test, NET_PURPOSE_IMAP),
                                  "SPECIAL-USE"));
  g_assert_nonnull (discovery_test_get_endpoint (fixture->test, NET_PURPOSE_IMAP));

  transcript = discovery_test_dup_transcript (fixture->test);
  g_assert_nonnull (strstr (transcript, "LIST"));
  g_assert_null (strstr (transcript, PASSWORD));
  g_assert_null (strstr (transcript, "AGFsaWNl")); /* base64 of "\0alice" */
}

static void
test_the_next_server_is_tried (Fixture       *fixture,
                               gconstpointer  data)
{
  guint16 port = net_test_server_get_port (fixture->imap);

  add (fixture, NET_PURPOSE_IMAP, net_test_free_port (), FALSE);
  add (fixture, NET_PURPOSE_IMAP, port, FALSE);
  g_assert_true (run (fixture, NULL));
  g_assert_no_error (fixture->error);
  g_assert_null (discovery_test_get_failure (fixture->test));
  g_assert_cmpstr (fixture->record->str, ==,
                   "imap-resolve+ imap-resolve= imap-connect+ imap-connect! "
                   STEPS_OF ("imap") SIGNED_IN ("imap") "imap-folders+ imap-folders= ");
  g_assert_cmpint (net_endpoint_get_port (discovery_test_get_endpoint (fixture->test, NET_PURPOSE_IMAP)),
                   ==, port);
}

static void
test_of_several_failures_the_one_that_came_furthest_is_told (Fixture       *fixture,
                                                             gconstpointer  data)
{
  g_autoptr(NetTestServer) silent = net_test_server_new (be_silent, NULL);
  DiscoveryFailure *failure;

  discovery_test_set_step_timeout (fixture->test, 300);
  add (fixture, NET_PURPOSE_IMAP, net_test_free_port (), FALSE);
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (silent), FALSE);
  add (fixture, NET_PURPOSE_IMAP, net_test_free_port (), FALSE);
  g_assert_false (run (fixture, NULL));

  failure = discovery_test_get_failure (fixture->test);
  g_assert_cmpint (discovery_failure_get_stage (failure), ==, NET_STAGE_ENCRYPT);
  g_assert_cmpstr (discovery_failure_get_class (failure), ==, "timed-out");
  g_assert_cmpint (net_endpoint_get_port (discovery_failure_get_endpoint (failure)), ==,
                   net_test_server_get_port (silent));
  g_assert_null (discovery_test_get_endpoint (fixture->test, NET_PURPOSE_IMAP));
}

static void
test_no_other_server_after_a_certificate (Fixture       *fixture,
                                          gconstpointer  data)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  DiscoveryFailure *failure;

  g_object_unref (fixture->test);
  fixture->test = discovery_test_new (nobody);
  g_signal_connect (fixture->test, "step", G_CALLBACK (on_step), fixture);
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (fixture->imap), FALSE);
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (fixture->imap), FALSE);
  g_assert_false (run (fixture, NULL));
  g_assert_error (fixture->error, NET_ERROR, NET_ERROR_CERTIFICATE);
  g_assert_cmpuint (net_test_server_count (fixture->imap), ==, 1);

  failure = discovery_test_get_failure (fixture->test);
  g_assert_nonnull (discovery_failure_get_certificate (failure));
  g_assert_false (has_heard_a_sign_in (&fixture->imap_script));
}

static void
test_a_guess_gets_no_password (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr(DiscoveryAdvice) advice = NULL;
  DiscoveryFailure *failure;

  add (fixture, NET_PURPOSE_IMAP, net_test_free_port (), TRUE);
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (fixture->imap), TRUE);
  add (fixture, NET_PURPOSE_SMTP, net_test_server_get_port (fixture->smtp), TRUE);
  g_assert_false (run (fixture, NULL));
  g_assert_error (fixture->error, DISCOVERY_ERROR, DISCOVERY_ERROR_UNCONFIRMED);
  g_assert_false (has_heard_a_sign_in (&fixture->imap_script));
  g_assert_false (has_heard_a_sign_in (&fixture->smtp_script));

  /* Both were found, and the person can confirm both at once. */
  g_assert_nonnull (discovery_test_get_endpoint (fixture->test, NET_PURPOSE_IMAP));
  g_assert_nonnull (discovery_test_get_endpoint (fixture->test, NET_PURPOSE_SMTP));
  failure = discovery_test_get_failure (fixture->test);
  g_assert_cmpint (net_endpoint_get_purpose (discovery_failure_get_endpoint (failure)), ==,
                   NET_PURPOSE_IMAP);
  advice = discovery_advise (failure, NULL);
  g_assert_cmpint (discovery_advice_get_code (advice), ==, DISCOVERY_ADVICE_CONFIRM_SERVER);
  g_assert_cmpint (discovery_advice_get_remedy (advice, 0)->kind, ==, DISCOVERY_REMEDY_CONFIRM);
}

static void
test_a_guess_for_sending_that_does_not_answer (Fixture       *fixture,
                                               gconstpointer  data)
{
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (fixture->imap), TRUE);
  add (fixture, NET_PURPOSE_SMTP, net_test_free_port (), TRUE);
  g_assert_false (run (fixture, NULL));
  g_assert_error (fixture->error, NET_ERROR, NET_ERROR_REFUSED);
  g_assert_cmpint (net_endpoint_get_purpose (
                     discovery_failure_get_endpoint (discovery_test_get_failure (fixture->test))),
                   ==, NET_PURPOSE_SMTP);
  g_assert_false (has_heard_a_sign_in (&fixture->imap_script));
}

static gboolean
cancel_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
test_cancelling (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(NetTestServer) silent = net_test_server_new (be_silent, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  gint64 began_us = g_get_monotonic_time ();

  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (silent), FALSE);
  g_timeout_add (100, cancel_cb, cancellable);
  g_assert_false (run (fixture, cancellable));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (discovery_test_get_failure (fixture->test));
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 5 * G_USEC_PER_SEC);
}

static void
test_main_context_stays_alive (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr(NetTestServer) silent = net_test_server_new (be_silent, NULL);
  g_autoptr(BaseSecret) secret = base_secret_new (PASSWORD);
  gint64 longest_us = 0, before_us;

  discovery_test_set_step_timeout (fixture->test, 500);
  add (fixture, NET_PURPOSE_IMAP, net_test_server_get_port (silent), FALSE);
  discovery_test_set_sign_in (fixture->test, NET_PURPOSE_IMAP, "alice", secret);
  discovery_test_run_async (fixture->test, NULL, result_cb, &fixture->result);

  while (fixture->result == NULL)
    {
      before_us = g_get_monotonic_time ();
      g_main_context_iteration (NULL, FALSE);
      longest_us = MAX (longest_us, g_get_monotonic_time () - before_us);
      g_usleep (1000);
    }

  g_test_message ("longest turn of the main context: %" G_GINT64_FORMAT " µs", longest_us);
  g_assert_cmpint (longest_us, <, G_USEC_PER_SEC);
  g_assert_false (discovery_test_run_finish (fixture->test, fixture->result, &fixture->error));
}

#define ADD(name, function) \
  g_test_add ("/discovery/test/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  const NetTestCertificateSpec spec = { .is_authority = TRUE };
  int status;

  g_test_init (&argc, &argv, NULL);
  authority = net_test_certificate_new (&spec);

  ADD ("all-steps", test_all_steps);
  ADD ("next-server", test_the_next_server_is_tried);
  ADD ("furthest-failure", test_of_several_failures_the_one_that_came_furthest_is_told);
  ADD ("certificate", test_no_other_server_after_a_certificate);
  ADD ("guess", test_a_guess_gets_no_password);
  ADD ("guess-for-sending", test_a_guess_for_sending_that_does_not_answer);
  ADD ("cancel", test_cancelling);
  ADD ("main-context", test_main_context_stays_alive);

  status = g_test_run ();
  net_test_certificate_free (authority);
  return status;
}
