/* TLS: whom to trust, what failures are called, STARTTLS, and no more than four handshakes at
 * once. */

#include <string.h>

#include "base-time.h"
#include "net-test-server.h"
#include "net-test-worker.h"

static NetTestCertificate *authority;
static NetTestCertificate *stranger;

typedef struct
{
  NetTestCertificate *certificate; /* (owned) */
  NetTestServer *server;           /* (owned) */
  NetTransport *transport;         /* (owned) */
  GString *record;                 /* (owned) */
  const char *priority;
  GError *error;
} Fixture;

static void
speak_tls (NetTestPeer *peer,
           gpointer     user_data)
{
  Fixture *self = user_data;

  if (!net_test_peer_start_tls (peer, self->certificate, self->priority))
    return;

  net_test_peer_write (peer, "* OK encrypted\r\n");
  while (TRUE)
    {
      g_autofree char *line = net_test_peer_read_line (peer);
      g_autofree char *answer = NULL;

      if (line == NULL)
        return;
      answer = g_strconcat (line, "\r\n", NULL);
      net_test_peer_write (peer, answer);
    }
}

static NetTrust *
new_trust (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();

  return net_trust_with_anchors (nobody, net_test_certificate_get_pem (authority), NULL);
}

static NetTransport *
new_transport (Fixture     *self,
               const char  *host,
               NetSecurity  security,
               NetTrust    *trust)
{
  g_autoptr(NetEndpoint) endpoint = NULL;
  NetTransport *transport;

  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, host, net_test_server_get_port (self->server),
                               security);
  transport = net_transport_new (endpoint, trust, NULL);
  net_test_record_stages (transport, self->record);

  return transport;
}

static void
fixture_begin (Fixture                      *self,
               NetTestScript                 script,
               const NetTestCertificateSpec *spec)
{
  *self = (Fixture) { 0 };
  if (spec != NULL)
    self->certificate = net_test_certificate_new (spec);
  self->server = net_test_server_new (script, self);
  self->record = g_string_new (NULL);
}

static void
fixture_end (Fixture *self)
{
  g_clear_object (&self->transport);
  g_clear_error (&self->error);
  g_string_free (self->record, TRUE);
  net_test_server_free (self->server);
  g_clear_pointer (&self->certificate, net_test_certificate_free);
}

static gboolean
open_it (Fixture    *self,
         const char *host,
         NetTrust   *trust)
{
  gboolean opened;

  g_clear_object (&self->transport);
  g_clear_error (&self->error);
  g_string_truncate (self->record, 0);
  self->transport = new_transport (self, host, NET_SECURITY_TLS, trust);
  opened = net_transport_open (self->transport, NULL, &self->error);
  if (self->error != NULL)
    g_test_message ("%s", self->error->message);

  return opened;
}

/* Certificates */

static void
test_trusted (void)
{
  static const char * const hosts[] = { "127.0.0.1", "localhost" };
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *line = NULL;
      NetCertificate *certificate;

      open_it (&fixture, hosts[i], trust);
      g_assert_no_error (fixture.error);
      g_assert_cmpstr (fixture.record->str, ==,
                       "resolve+ resolve= connect+ connect= encrypt+ encrypt=");
      g_assert_true (net_transport_is_encrypted (fixture.transport));
      g_assert_true (net_transport_may_send_secret (fixture.transport));
      g_assert_cmpstr (net_transport_get_tls_version (fixture.transport), ==, "TLS 1.3");
      g_assert_nonnull (net_transport_get_tls_cipher (fixture.transport));
      g_assert_null (net_transport_get_rejected_certificate (fixture.transport));

      certificate = net_transport_get_certificate (fixture.transport);
      g_assert_cmpint (net_certificate_get_problems (certificate), ==, NET_CERTIFICATE_FINE);
      g_assert_cmpstr (net_certificate_get_subject (certificate), ==, "CN=Test Server");
      g_assert_cmpstr (net_certificate_get_issuer (certificate), ==, "CN=Test Authority");

      g_assert_true (net_transport_await_greeting (fixture.transport, NULL, NULL));
      line = net_test_read_line (fixture.transport, NULL);
      g_assert_cmpstr (line, ==, "* OK encrypted");
    }
  fixture_end (&fixture);
}

static void
test_tls_1_2 (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  fixture.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
  open_it (&fixture, "localhost", trust);
  g_assert_no_error (fixture.error);
  g_assert_cmpstr (net_transport_get_tls_version (fixture.transport), ==, "TLS 1.2");
  fixture_end (&fixture);
}

static void
assert_rejected (const NetTestCertificateSpec *spec,
                 NetTrust                     *trust,
                 NetCertificateProblems        problems)
{
  NetCertificate *rejected;
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, spec);
  g_assert_false (open_it (&fixture, "localhost", trust));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE);
  g_assert_cmpstr (fixture.record->str, ==,
                   "resolve+ resolve= connect+ connect= encrypt+ encrypt!");
  g_assert_false (net_transport_is_open (fixture.transport));
  g_assert_null (net_transport_get_certificate (fixture.transport));

  rejected = net_transport_get_rejected_certificate (fixture.transport);
  g_assert_nonnull (rejected);
  g_assert_cmpint (net_certificate_get_problems (rejected), ==, problems);
  g_assert_cmpstr (net_certificate_get_pem (rejected), ==,
                   net_test_certificate_get_pem (fixture.certificate));
  fixture_end (&fixture);
}

static void
test_expired (void)
{
  NetTestCertificateSpec spec = { .issuer = authority, .begins_in_s = -7200, .ends_in_s = -3600 };
  g_autoptr(NetTrust) trust = new_trust ();

  assert_rejected (&spec, trust, NET_CERTIFICATE_EXPIRED);
}

static void
test_not_yet_valid (void)
{
  NetTestCertificateSpec spec = { .issuer = authority, .begins_in_s = 3600 };
  g_autoptr(NetTrust) trust = new_trust ();

  assert_rejected (&spec, trust, NET_CERTIFICATE_NOT_YET_VALID);
}

static void
test_other_host (void)
{
  NetTestCertificateSpec spec = { .issuer = authority, .host = "mail.example.org" };
  g_autoptr(NetTrust) trust = new_trust ();

  assert_rejected (&spec, trust, NET_CERTIFICATE_OTHER_HOST);
}

static void
test_unknown_issuer (void)
{
  NetTestCertificateSpec spec = { .issuer = stranger };
  g_autoptr(NetTrust) trust = new_trust ();

  assert_rejected (&spec, trust, NET_CERTIFICATE_UNKNOWN_ISSUER);
  assert_rejected (&spec, NULL, NET_CERTIFICATE_UNKNOWN_ISSUER);
}

static void
test_self_signed (void)
{
  NetTestCertificateSpec spec = { 0 };
  g_autoptr(NetTrust) trust = new_trust ();

  assert_rejected (&spec, NULL, NET_CERTIFICATE_SELF_SIGNED);
  assert_rejected (&spec, trust, NET_CERTIFICATE_SELF_SIGNED);
}

static void
test_everything_wrong (void)
{
  NetTestCertificateSpec spec = { .host = "mail.example.org", .begins_in_s = -7200,
                                  .ends_in_s = -3600 };

  assert_rejected (&spec, NULL,
                   NET_CERTIFICATE_EXPIRED | NET_CERTIFICATE_OTHER_HOST |
                   NET_CERTIFICATE_SELF_SIGNED);
}

/* Pins */

static NetTrust *
pin (Fixture    *fixture,
     const char *sha256)
{
  g_autoptr(NetTrust) trust = new_trust ();

  return net_trust_with_pin (trust, NET_PURPOSE_IMAP, "localhost",
                             net_test_server_get_port (fixture->server), sha256);
}

static void
test_pinned_after_refusal (void)
{
  NetTestCertificateSpec spec = { .host = "mail.example.org", .begins_in_s = -7200,
                                  .ends_in_s = -3600 };
  g_autoptr(NetTrust) trust = NULL;
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  g_assert_false (open_it (&fixture, "localhost", NULL));
  trust = pin (&fixture, net_certificate_get_sha256 (
                 net_transport_get_rejected_certificate (fixture.transport)));

  open_it (&fixture, "localhost", trust);
  g_assert_no_error (fixture.error);
  g_assert_nonnull (net_transport_get_certificate (fixture.transport));

  /* the pin is the host's and nobody else's */
  g_assert_false (open_it (&fixture, "127.0.0.1", trust));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE);
  fixture_end (&fixture);
}

static void
assert_changed (const NetTestCertificateSpec *spec,
                NetCertificateProblems        problems)
{
  g_autoptr(NetTrust) trust = NULL;
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, spec);
  trust = pin (&fixture, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  g_assert_false (open_it (&fixture, "localhost", trust));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE_CHANGED);
  g_assert_cmpint (net_certificate_get_problems (
                     net_transport_get_rejected_certificate (fixture.transport)), ==, problems);
  g_assert_false (net_transport_is_open (fixture.transport));
  fixture_end (&fixture);
}

static void
test_pin_changed (void)
{
  NetTestCertificateSpec spec = { 0 };

  assert_changed (&spec, NET_CERTIFICATE_CHANGED | NET_CERTIFICATE_SELF_SIGNED);
}

/* Another one than the pinned one, even if an authority vouches for it */
static void
test_pin_changed_to_trusted (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };

  assert_changed (&spec, NET_CERTIFICATE_CHANGED);
}

/* A session that is resumed skips the server's certificate on the wire, and not our judgement */
static void
test_each_connection_is_judged (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *line = NULL;
      g_autoptr(NetTrust) changed = pin (&fixture, "00");

      g_assert_true (open_it (&fixture, "localhost", trust));
      line = net_test_read_line (fixture.transport, NULL);
      g_assert_false (open_it (&fixture, "localhost", NULL));
      g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE);
      g_assert_false (open_it (&fixture, "localhost", changed));
      g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE_CHANGED);
    }
  fixture_end (&fixture);
}

static void
test_certificate_facts (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTestCertificate) made = net_test_certificate_new (&spec);
  g_autoptr(NetCertificate) certificate = NULL;
  g_autoptr(NetCertificate) bad = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *described = NULL;
  g_auto(GStrv) names = NULL;
  gint64 now = base_time_now_unix ();

  certificate = net_certificate_new_from_pem (net_test_certificate_get_pem (made), NULL);
  g_assert_true (g_strv_contains (net_certificate_get_names (certificate), "localhost"));
  g_assert_true (g_strv_contains (net_certificate_get_names (certificate), "127.0.0.1"));
  g_assert_true (g_strv_contains (net_certificate_get_names (certificate), "::1"));
  g_assert_cmpint (net_certificate_get_not_before_unix (certificate), <, now);
  g_assert_cmpint (net_certificate_get_not_after_unix (certificate), >, now + 86400);
  g_assert_cmpuint (strlen (net_certificate_get_sha256 (certificate)), ==, 64);
  g_assert_true (g_str_has_suffix (net_certificate_get_key (certificate), " 256"));
  g_assert_false (net_certificate_is_self_issued (certificate));
  g_assert_true (net_certificate_is_for_host (certificate, "localhost"));
  g_assert_true (net_certificate_is_for_host (certificate, "127.0.0.1"));
  g_assert_false (net_certificate_is_for_host (certificate, "example.org"));

  shown = net_certificate_dup_sha256_shown (certificate);
  g_assert_cmpuint (strlen (shown), ==, 95);

  bad = net_certificate_with_problems (certificate,
                                       NET_CERTIFICATE_EXPIRED | NET_CERTIFICATE_OTHER_HOST);
  described = net_certificate_describe_problems (bad);
  g_assert_cmpstr (described, ==, "expired, made for another host");
  names = net_certificate_dup_problem_names (net_certificate_get_problems (bad));
  g_assert_cmpstrv (names, ((const char *[]) { "expired", "other-host", NULL }));
}

static void
test_not_a_certificate (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (net_certificate_new_from_der ((const guint8 *) "abc", 3, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_INVALID);
}

/* Failures */

static void
assert_fails_within (NetTestScript script,
                     gpointer      unused,
                     NetError      code,
                     const char   *message)
{
  static const NetTimeouts impatient = { 5000, 5000, 400, 5000, 5000 };
  Fixture fixture;

  fixture_begin (&fixture, script, NULL);
  fixture.transport = new_transport (&fixture, "127.0.0.1", NET_SECURITY_TLS, NULL);
  if (code == NET_ERROR_TIMED_OUT)
    net_transport_set_timeouts (fixture.transport, &impatient);

  g_assert_false (net_transport_open (fixture.transport, NULL, &fixture.error));
  g_test_message ("%s", fixture.error->message);
  g_assert_error (fixture.error, NET_ERROR, (int) code);
  if (message != NULL)
    g_assert_nonnull (strstr (fixture.error->message, message));
  g_assert_null (net_transport_get_rejected_certificate (fixture.transport));
  g_assert_true (g_str_has_suffix (fixture.record->str, "encrypt+ encrypt!"));
  fixture_end (&fixture);
}

static gboolean
read_hello (NetTestPeer *peer)
{
  guint8 bytes[4096];

  return net_test_peer_read (peer, bytes, sizeof bytes) > 0 && bytes[0] == 0x16;
}

static void
greet_in_plain_text (NetTestPeer *peer,
                     gpointer     user_data)
{
  net_test_peer_write (peer, "* OK [CAPABILITY IMAP4rev1] ready\r\n");
  net_test_peer_wait_for_end (peer);
}

static void
complain_in_plain_text (NetTestPeer *peer,
                        gpointer     user_data)
{
  read_hello (peer);
  net_test_peer_write (peer, "500 5.5.1 what?\r\n");
  net_test_peer_wait_for_end (peer);
}

static void
be_silent (NetTestPeer *peer,
           gpointer     user_data)
{
  net_test_peer_wait_for_end (peer);
}

static void
hang_up_at_hello (NetTestPeer *peer,
                  gpointer     user_data)
{
  read_hello (peer);
}

static void
reset_at_hello (NetTestPeer *peer,
                gpointer     user_data)
{
  read_hello (peer);
  net_test_peer_reset (peer);
}

static void
hang_up_in_answer (NetTestPeer *peer,
                   gpointer     user_data)
{
  read_hello (peer);
  net_test_peer_write_bytes (peer, "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", 11);
}

static void
answer_with_old_version (NetTestPeer *peer,
                         gpointer     user_data)
{
  read_hello (peer);
  net_test_peer_write_bytes (peer, "\x15\x03\x01\x00\x02\x02\x46", 7);
}

static void
answer_with_refusal (NetTestPeer *peer,
                     gpointer     user_data)
{
  read_hello (peer);
  net_test_peer_write_bytes (peer, "\x15\x03\x03\x00\x02\x02\x28", 7);
  net_test_peer_wait_for_end (peer);
}

static void
test_plain_text_on_a_tls_port (void)
{
  assert_fails_within (greet_in_plain_text, NULL, NET_ERROR_NOT_TLS,
                       "* OK [CAPABILITY IMAP4rev1] ready");
  assert_fails_within (complain_in_plain_text, NULL, NET_ERROR_NOT_TLS, "500 5.5.1 what?");
}

static void
test_silent_handshake (void)
{
  assert_fails_within (be_silent, NULL, NET_ERROR_TIMED_OUT, NULL);
}

static void
test_cut_handshake (void)
{
  assert_fails_within (hang_up_at_hello, NULL, NET_ERROR_CLOSED, NULL);
  assert_fails_within (reset_at_hello, NULL, NET_ERROR_CLOSED, NULL);
  assert_fails_within (hang_up_in_answer, NULL, NET_ERROR_CLOSED, NULL);
}

static void
test_old_version_alert (void)
{
  assert_fails_within (answer_with_old_version, NULL, NET_ERROR_TLS_VERSION, NULL);
}

static void
test_refusal_alert (void)
{
  assert_fails_within (answer_with_refusal, NULL, NET_ERROR_TLS_FAILED, NULL);
}

/* A real server that has nothing newer than TLS 1.1 */
static void
test_old_version (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  fixture.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+SHA1:+SIGN-ALL:%VERIFY_ALLOW_SIGN_WITH_SHA1";
  g_assert_false (open_it (&fixture, "localhost", trust));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_TLS_VERSION);
  fixture_end (&fixture);
}

static void
test_tls_where_plain_was_expected (void)
{
  static const NetTimeouts timeouts = { 5000, 5000, 5000, 20000, 1500 };
  static const NetSecurity securities[] = { NET_SECURITY_STARTTLS, NET_SECURITY_NONE };
  NetTestCertificateSpec spec = { .issuer = authority };

  for (guint i = 0; i < G_N_ELEMENTS (securities); i++)
    {
      Fixture fixture;

      fixture_begin (&fixture, speak_tls, &spec);
      fixture.transport = new_transport (&fixture, "127.0.0.1", securities[i], NULL);
      net_transport_set_timeouts (fixture.transport, &timeouts);
      g_assert_true (net_transport_open (fixture.transport, NULL, NULL));
      g_assert_false (net_transport_await_greeting (fixture.transport, NULL, &fixture.error));
      g_assert_error (fixture.error, NET_ERROR, NET_ERROR_TLS_EXPECTED);
      fixture_end (&fixture);
    }
}

/* STARTTLS */

static void
offer_starttls (NetTestPeer *peer,
                gpointer     user_data)
{
  g_autofree char *line = NULL;

  net_test_peer_write (peer, "* OK plain\r\n");
  line = net_test_peer_read_line (peer);
  if (g_strcmp0 (line, "a STARTTLS") != 0)
    return;

  net_test_peer_write (peer, "a OK begin\r\n");
  speak_tls (peer, user_data);
}

static void
go_plain_after_starttls (NetTestPeer *peer,
                         gpointer     user_data)
{
  g_autofree char *line = NULL;

  net_test_peer_write (peer, "* OK plain\r\n");
  line = net_test_peer_read_line (peer);
  net_test_peer_write (peer, "a OK begin\r\n");
  net_test_peer_write (peer, "* OK [ALERT] injected\r\n");
  net_test_peer_wait_for_end (peer);
}

static gboolean
upgrade (Fixture *fixture)
{
  g_autoptr(NetTrust) trust = new_trust ();
  g_autofree char *greeting = NULL;
  g_autofree char *answer = NULL;

  fixture->transport = new_transport (fixture, "localhost", NET_SECURITY_STARTTLS, trust);
  g_assert_true (net_transport_open (fixture->transport, NULL, NULL));
  g_assert_true (net_transport_await_greeting (fixture->transport, NULL, NULL));
  greeting = net_test_read_line (fixture->transport, NULL);
  g_assert_cmpstr (greeting, ==, "* OK plain");
  g_assert_true (net_test_write (fixture->transport, "a STARTTLS\r\n", 12, NULL));
  answer = net_test_read_line (fixture->transport, NULL);
  g_assert_cmpstr (answer, ==, "a OK begin");
  g_assert_false (net_transport_is_encrypted (fixture->transport));

  return net_transport_start_tls (fixture->transport, NULL, &fixture->error);
}

static void
test_starttls (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autofree char *line = NULL;
  Fixture fixture;

  fixture_begin (&fixture, offer_starttls, &spec);
  upgrade (&fixture);
  g_assert_no_error (fixture.error);
  g_assert_true (net_transport_is_encrypted (fixture.transport));
  line = net_test_read_line (fixture.transport, NULL);
  g_assert_cmpstr (line, ==, "* OK encrypted");
  fixture_end (&fixture);
}

static void
test_starttls_with_stranger (void)
{
  NetTestCertificateSpec spec = { .issuer = stranger };
  Fixture fixture;

  fixture_begin (&fixture, offer_starttls, &spec);
  g_assert_false (upgrade (&fixture));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_CERTIFICATE);
  g_assert_false (net_transport_is_open (fixture.transport));
  fixture_end (&fixture);
}

/* Bytes that somebody slipped in behind the server's agreement never count as protected */
static void
test_starttls_injection (void)
{
  Fixture fixture;

  fixture_begin (&fixture, go_plain_after_starttls, NULL);
  g_assert_false (upgrade (&fixture));
  g_assert_error (fixture.error, NET_ERROR, NET_ERROR_NOT_TLS);
  g_assert_false (net_transport_is_open (fixture.transport));
  fixture_end (&fixture);
}

/* Streams */

static void
test_much_data_both_ways (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  g_autofree char *greeting = NULL;
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  g_assert_true (open_it (&fixture, "localhost", trust));
  greeting = net_test_read_line (fixture.transport, NULL);

  for (gsize size = 1; size < 400 * 1000; size *= 7)
    {
      g_autofree char *text = g_strnfill (size, 'x');
      g_autofree char *line = g_strconcat (text, "\r\n", NULL);
      g_autofree char *echo = NULL;

      g_assert_true (net_test_write (fixture.transport, line, size + 2, NULL));
      echo = net_test_read_line (fixture.transport, NULL);
      g_assert_cmpstr (echo, ==, text);
    }
  fixture_end (&fixture);
}

static void
hang_up_after_greeting (NetTestPeer *peer,
                        gpointer     user_data)
{
  Fixture *self = user_data;

  if (net_test_peer_start_tls (peer, self->certificate, NULL))
    net_test_peer_write (peer, "bye\r\n");
}

static void
test_end_of_stream (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  char c;
  Fixture fixture;

  fixture_begin (&fixture, hang_up_after_greeting, &spec);
  g_assert_true (open_it (&fixture, "localhost", trust));
  line = net_test_read_line (fixture.transport, NULL);
  g_assert_cmpstr (line, ==, "bye");

  g_assert_cmpint (net_transport_await_io (fixture.transport, G_IO_IN,
                                           base_time_boottime_us () + 10 * G_USEC_PER_SEC, NULL,
                                           &error), ==, G_IO_IN);
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (
                     net_transport_get_input (fixture.transport), &c, 1, NULL, &error), ==, 0);
  fixture_end (&fixture);
}

static void
test_await_times_out (void)
{
  NetTestCertificateSpec spec = { .issuer = authority };
  g_autoptr(NetTrust) trust = new_trust ();
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  Fixture fixture;

  fixture_begin (&fixture, speak_tls, &spec);
  g_assert_true (open_it (&fixture, "localhost", trust));
  line = net_test_read_line (fixture.transport, NULL);

  g_assert_cmpint (net_transport_await_io (fixture.transport, G_IO_IN,
                                           base_time_boottime_us () + 100 * 1000, NULL, &error),
                   ==, 0);
  g_assert_error (error, NET_ERROR, NET_ERROR_TIMED_OUT);
  g_assert_cmpint (net_transport_await_io (fixture.transport, G_IO_IN | G_IO_OUT,
                                           base_time_boottime_us () + 10 * G_USEC_PER_SEC, NULL,
                                           NULL), ==, G_IO_OUT);
  fixture_end (&fixture);
}

/* Four at once */

typedef struct
{
  gint under_way;
  gint most;
} Crowd;

static void
handshake_slowly (NetTestPeer *peer,
                  gpointer     user_data)
{
  Crowd *crowd = user_data;
  gint now;

  if (!read_hello (peer))
    return;

  now = g_atomic_int_add (&crowd->under_way, 1) + 1;
  for (gint most = g_atomic_int_get (&crowd->most); now > most;
       most = g_atomic_int_get (&crowd->most))
    if (g_atomic_int_compare_and_exchange (&crowd->most, most, now))
      break;

  g_usleep (250 * 1000);
  g_atomic_int_add (&crowd->under_way, -1);
}

typedef struct
{
  guint16 port;
  guint cancel_ms;
} Visitor;

static gpointer
visit (gpointer data)
{
  const Visitor *visitor = data;
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "127.0.0.1", visitor->port,
                                                      NET_SECURITY_TLS);
  g_autoptr(NetTransport) transport = net_transport_new (endpoint, NULL, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  g_main_context_acquire (context);
  g_main_context_push_thread_default (context);
  if (visitor->cancel_ms != 0)
    net_test_cancel_in (cancellable, visitor->cancel_ms);
  g_assert_false (net_transport_open (transport, cancellable, &error));
  g_assert_true (g_error_matches (error, NET_ERROR, NET_ERROR_CLOSED) ||
                 g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);

  return NULL;
}

static gint
receive_crowd (guint n_visitors,
               guint cancel_every)
{
  Crowd crowd = { 0 };
  g_autoptr(NetTestServer) server = net_test_server_new (handshake_slowly, &crowd);
  g_autofree Visitor *visitors = g_new0 (Visitor, n_visitors);
  g_autofree GThread **threads = g_new0 (GThread *, n_visitors);

  for (guint i = 0; i < n_visitors; i++)
    {
      visitors[i].port = net_test_server_get_port (server);
      visitors[i].cancel_ms = cancel_every != 0 && i % cancel_every == 0 ? 20 * i + 10 : 0;
      threads[i] = g_thread_new ("visitor", visit, &visitors[i]);
    }
  for (guint i = 0; i < n_visitors; i++)
    g_thread_join (threads[i]);

  g_test_message ("at most %d at once", crowd.most);
  return crowd.most;
}

static void
test_four_at_once (void)
{
  g_assert_cmpint (receive_crowd (12, 0), ==, 4);
}

/* Those who leave while they wait, or inside, leave neither a place taken nor one too many */
static void
test_four_after_cancellations (void)
{
  receive_crowd (24, 2);
  g_assert_cmpint (receive_crowd (12, 0), ==, 4);
}

int
main (int   argc,
      char *argv[])
{
  NetTestCertificateSpec spec = { .is_authority = TRUE };
  int status;

  g_test_init (&argc, &argv, NULL);
  net_test_worker_begin ();
  authority = net_test_certificate_new (&spec);
  stranger = net_test_certificate_new (&spec);

  g_test_add_func ("/net/tls/trusted", test_trusted);
  g_test_add_func ("/net/tls/tls-1.2", test_tls_1_2);
  g_test_add_func ("/net/tls/expired", test_expired);
  g_test_add_func ("/net/tls/not-yet-valid", test_not_yet_valid);
  g_test_add_func ("/net/tls/other-host", test_other_host);
  g_test_add_func ("/net/tls/unknown-issuer", test_unknown_issuer);
  g_test_add_func ("/net/tls/self-signed", test_self_signed);
  g_test_add_func ("/net/tls/everything-wrong", test_everything_wrong);
  g_test_add_func ("/net/tls/pinned-after-refusal", test_pinned_after_refusal);
  g_test_add_func ("/net/tls/pin-changed", test_pin_changed);
  g_test_add_func ("/net/tls/pin-changed-to-trusted", test_pin_changed_to_trusted);
  g_test_add_func ("/net/tls/each-connection-is-judged", test_each_connection_is_judged);
  g_test_add_func ("/net/tls/certificate-facts", test_certificate_facts);
  g_test_add_func ("/net/tls/not-a-certificate", test_not_a_certificate);
  g_test_add_func ("/net/tls/plain-text-on-a-tls-port", test_plain_text_on_a_tls_port);
  g_test_add_func ("/net/tls/silent-handshake", test_silent_handshake);
  g_test_add_func ("/net/tls/cut-handshake", test_cut_handshake);
  g_test_add_func ("/net/tls/old-version-alert", test_old_version_alert);
  g_test_add_func ("/net/tls/refusal-alert", test_refusal_alert);
  g_test_add_func ("/net/tls/old-version", test_old_version);
  g_test_add_func ("/net/tls/tls-where-plain-was-expected", test_tls_where_plain_was_expected);
  g_test_add_func ("/net/starttls/upgrade", test_starttls);
  g_test_add_func ("/net/starttls/stranger", test_starttls_with_stranger);
  g_test_add_func ("/net/starttls/injection", test_starttls_injection);
  g_test_add_func ("/net/stream/much-data", test_much_data_both_ways);
  g_test_add_func ("/net/stream/end", test_end_of_stream);
  g_test_add_func ("/net/stream/await-times-out", test_await_times_out);
  g_test_add_func ("/net/tls/four-at-once", test_four_at_once);
  g_test_add_func ("/net/tls/four-after-cancellations", test_four_after_cancellations);

  status = g_test_run ();
  net_test_certificate_free (authority);
  net_test_certificate_free (stranger);
  net_test_worker_end ();

  return status;
}
