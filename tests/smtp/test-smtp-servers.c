/* The same against a real submission server (Postfix, or Dovecot's own), which delivers into a real
 * Dovecot; what arrived is read there. run-with-dovecot says where they are. */

#include <stdlib.h>
#include <string.h>

#include "base-time.h"
#include "net-test-worker.h"
#include "smtp-session.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC)

static NetTrust *trust;

static guint16
port_of (const char *name)
{
  const char *text = g_getenv (name);

  if (text == NULL)
    g_error ("%s is not set: this test is run by run-with-dovecot", name);

  return (guint16) strtoul (text, NULL, 10);
}

static NetEndpoint *
endpoint_of (NetPurpose   purpose,
             const char  *port_name,
             NetSecurity  security)
{
  return net_endpoint_new (purpose, "localhost", port_of (port_name), security);
}

static SmtpSession *
new_session (NetSecurity security)
{
  g_autoptr(NetEndpoint) endpoint = endpoint_of (NET_PURPOSE_SMTP,
                                                 security == NET_SECURITY_TLS
                                                 ? "PIPIT_TEST_SUBMISSIONS_PORT"
                                                 : "PIPIT_TEST_SUBMISSION_PORT", security);

  return smtp_session_new (endpoint, trust, NULL);
}

static SmtpSession *
sign_in (NetSecurity  security,
         const char  *user,
         const char  *password_name)
{
  SmtpSession *session = new_session (security);
  g_autoptr(BaseSecret) secret = base_secret_new (g_getenv (password_name));
  g_autoptr(GError) error = NULL;

  smtp_session_connect (session, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (net_transport_is_encrypted (smtp_session_get_transport (session)));
  smtp_session_sign_in (session, user, secret, NULL, &error);
  g_assert_no_error (error);

  return session;
}

static SmtpSession *
sign_in_alice (NetSecurity security)
{
  return sign_in (security, "alice@example.test", "PIPIT_TEST_PASSWORD_ALICE");
}

/* Reading what arrived, with as little IMAP as that takes */

static char *
ask (NetTransport *transport,
     const char   *command)
{
  g_autofree char *line = g_strdup_printf ("a %s\r\n", command);
  GString *answer = g_string_new (NULL);

  g_assert_true (net_test_write (transport, line, strlen (line), NULL));
  while (TRUE)
    {
      g_autofree char *said = net_test_read_line (transport, NULL);

      g_assert_nonnull (said);
      g_string_append_printf (answer, "%s\r\n", said);
      if (g_str_has_prefix (said, "a "))
        return g_string_free (answer, FALSE);
    }
}

static char *
read_inbox (const char *user,
            const char *password)
{
  g_autoptr(NetEndpoint) endpoint = endpoint_of (NET_PURPOSE_IMAP, "PIPIT_TEST_IMAPS_PORT",
                                                 NET_SECURITY_TLS);
  g_autoptr(NetTransport) transport = net_transport_new (endpoint, trust, NULL);
  g_autofree char *login = g_strdup_printf ("LOGIN %s \"%s\"", user, password);
  g_autofree char *greeting = NULL;
  g_autofree char *signed_in = NULL;
  g_autofree char *selected = NULL;

  g_assert_true (net_transport_open (transport, NULL, NULL));
  g_assert_true (net_transport_await_greeting (transport, NULL, NULL));
  greeting = net_test_read_line (transport, NULL);
  signed_in = ask (transport, login);
  g_assert_nonnull (strstr (signed_in, "a OK"));
  selected = ask (transport, "EXAMINE INBOX");

  return ask (transport, "FETCH 1:* BODY.PEEK[]");
}

/* Waits until a message with @subject is there, and returns it with what stands before it */
static char *
await_message (const char *user,
               const char *password_name,
               const char *subject)
{
  gint64 deadline_us = base_time_boottime_us () + PATIENCE_US;
  g_autofree char *wanted = g_strdup_printf ("Subject: %s\r\n", subject);

  while (base_time_boottime_us () < deadline_us)
    {
      g_autofree char *inbox = read_inbox (user, g_getenv (password_name));
      const char *found = strstr (inbox, wanted);

      if (found != NULL)
        {
          const char *begin = g_strrstr_len (inbox, found - inbox, "FETCH (BODY[]");

          return g_strdup (begin);
        }
      g_usleep (100 * 1000);
    }

  return NULL;
}

static GBytes *
new_message (const char *subject,
             const char *body)
{
  char *text = g_strdup_printf ("From: alice@example.test\r\nTo: bob@example.test\r\n"
                                "Bcc: carol@example.test,\r\n secret@elsewhere.example\r\n"
                                "Subject: %s\r\n\r\n%s", subject, body);

  return g_bytes_new_take (text, strlen (text));
}

/* Sending */

static void
send_and_read (NetSecurity security,
               const char *subject)
{
  static const char * const recipients[] = { "bob@example.test", "alice@example.test", NULL };
  g_autoptr(SmtpSession) session = sign_in_alice (security);
  g_autoptr(GBytes) message = new_message (subject, "One\n.\n..two\nthr\xc3\xa9" "e");
  g_autoptr(SmtpResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *seen_by_bob = NULL;
  g_autofree char *seen_by_alice = NULL;

  smtp_session_send (session, "alice@example.test", recipients, message, SMTP_POLICY_ALL, NULL,
                     NULL, &result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smtp_result_count_accepted (result), ==, 2);
  smtp_session_quit (session, NULL);

  seen_by_bob = await_message ("bob", "PIPIT_TEST_PASSWORD_BOB", subject);
  g_assert_nonnull (seen_by_bob);
  g_assert_nonnull (strstr (seen_by_bob, "\r\n\r\nOne\r\n.\r\n..two\r\nthr\xc3\xa9" "e\r\n"));
  g_assert_null (strstr (seen_by_bob, "secret@elsewhere.example"));
  g_assert_null (strstr (seen_by_bob, "Bcc"));

  seen_by_alice = await_message ("alice", "PIPIT_TEST_PASSWORD_ALICE", subject);
  g_assert_nonnull (seen_by_alice);
}

static void
test_send_starttls (void)
{
  send_and_read (NET_SECURITY_STARTTLS, "over STARTTLS");
}

static void
test_send_tls (void)
{
  send_and_read (NET_SECURITY_TLS, "over TLS");
}

/* Her password has an ä, a space, a quotation mark and a backslash */
static void
test_unusual_password (void)
{
  g_autoptr(SmtpSession) session = sign_in (NET_SECURITY_TLS, "carol@example.test",
                                            "PIPIT_TEST_PASSWORD_CAROL");
  g_autoptr(GError) error = NULL;

  smtp_session_check_sender (session, "carol@example.test", NULL, &error);
  g_assert_no_error (error);
  smtp_session_quit (session, NULL);
}

static void
test_wrong_password (void)
{
  g_autoptr(SmtpSession) session = new_session (NET_SECURITY_STARTTLS);
  g_autoptr(BaseSecret) wrong = base_secret_new ("not this one");
  g_autoptr(BaseSecret) right = base_secret_new (g_getenv ("PIPIT_TEST_PASSWORD_ALICE"));
  g_autoptr(GError) error = NULL;

  g_assert_true (smtp_session_connect (session, NULL, NULL));
  g_assert_false (smtp_session_sign_in (session, "alice@example.test", wrong, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED);
  g_clear_error (&error);

  g_assert_true (smtp_session_is_open (session));
  smtp_session_sign_in (session, "alice@example.test", right, NULL, &error);
  g_assert_no_error (error);
}

static void
test_unknown_recipient (void)
{
  static const char * const recipients[] = { "nobody-here@example.test", "bob@example.test", NULL };
  g_autoptr(SmtpSession) session = sign_in_alice (NET_SECURITY_TLS);
  g_autoptr(GBytes) message = new_message ("half of it", "text\r\n");
  g_autoptr(SmtpResult) result = NULL;
  g_autoptr(SmtpResult) partial = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *seen = NULL;

  g_assert_false (smtp_session_send (session, "alice@example.test", recipients, message,
                                     SMTP_POLICY_ALL, NULL, NULL, &result, NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_RECIPIENTS);
  g_assert_false (smtp_result_is_accepted (result, 0));
  g_assert_true (smtp_result_is_accepted (result, 1));
  g_clear_error (&error);

  smtp_session_send (session, "alice@example.test", recipients, message, SMTP_POLICY_ANY, NULL,
                     NULL, &partial, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smtp_result_count_accepted (partial), ==, 1);
  seen = await_message ("bob", "PIPIT_TEST_PASSWORD_BOB", "half of it");
  g_assert_nonnull (seen);
}

static void
test_size (void)
{
  static const char * const recipients[] = { "bob@example.test", NULL };
  g_autoptr(SmtpSession) session = sign_in_alice (NET_SECURITY_TLS);
  guint64 limit = smtp_session_get_size_limit (session);
  g_autofree char *text = NULL;
  g_autoptr(GBytes) message = NULL;
  g_autoptr(GError) error = NULL;

  if (limit == 0)
    {
      g_test_skip ("this server has no limit");
      return;
    }

  text = g_strnfill (limit + 1, '\n');
  message = new_message ("too large", text);
  g_assert_false (smtp_session_send (session, "alice@example.test", recipients, message,
                                     SMTP_POLICY_ALL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_TOO_LARGE);
  g_assert_true (smtp_session_is_open (session));
}

/* Several messages over one connection, each after the other's answer */
static void
test_several (void)
{
  static const char * const recipients[] = { "bob@example.test", NULL };
  g_autoptr(SmtpSession) session = sign_in_alice (NET_SECURITY_STARTTLS);
  g_autofree char *seen = NULL;
  gint64 began_us = base_time_boottime_us ();

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *subject = g_strdup_printf ("number %d", i);
      g_autoptr(GBytes) message = new_message (subject, "text\r\n");
      g_autoptr(GError) error = NULL;

      smtp_session_send (session, "alice@example.test", recipients, message, SMTP_POLICY_ALL, NULL,
                         NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  g_test_message ("20 messages in %" G_GINT64_FORMAT " ms",
                  (base_time_boottime_us () - began_us) / 1000);
  smtp_session_quit (session, NULL);

  seen = await_message ("bob", "PIPIT_TEST_PASSWORD_BOB", "number 19");
  g_assert_nonnull (seen);
}

/* The wrong mode, and whom to trust */

static NetTransport *
attempt (NetPurpose   purpose,
         const char  *port_name,
         NetSecurity  security,
         NetTrust    *whom,
         GError     **error)
{
  static const NetTimeouts timeouts = { 10000, 10000, 10000, 10000, 1000 };
  g_autoptr(NetEndpoint) endpoint = endpoint_of (purpose, port_name, security);
  NetTransport *transport = net_transport_new (endpoint, whom, NULL);

  net_transport_set_timeouts (transport, &timeouts);
  if (net_transport_open (transport, NULL, error))
    net_transport_await_greeting (transport, NULL, error);

  return transport;
}

static void
test_wrong_mode (void)
{
  static const struct
  {
    NetPurpose purpose;
    const char *port_name;
    NetSecurity security;
    NetError code;
  } table[] = {
    { NET_PURPOSE_IMAP, "PIPIT_TEST_IMAP_PORT", NET_SECURITY_TLS, NET_ERROR_NOT_TLS },
    { NET_PURPOSE_IMAP, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_STARTTLS, NET_ERROR_TLS_EXPECTED },
    { NET_PURPOSE_IMAP, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_NONE, NET_ERROR_TLS_EXPECTED },
    { NET_PURPOSE_SMTP, "PIPIT_TEST_SUBMISSION_PORT", NET_SECURITY_TLS, NET_ERROR_NOT_TLS },
    { NET_PURPOSE_SMTP, "PIPIT_TEST_SUBMISSIONS_PORT", NET_SECURITY_STARTTLS,
      NET_ERROR_TLS_EXPECTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NetTransport) transport = NULL;

      transport = attempt (table[i].purpose, table[i].port_name, table[i].security, trust, &error);
      g_assert_nonnull (transport);
      g_test_message ("%s", error != NULL ? error->message : "no error");
      g_assert_error (error, NET_ERROR, (int) table[i].code);
    }
}

static void
test_pin (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  g_autoptr(NetTrust) pinned = NULL;
  g_autoptr(NetTransport) refused = NULL;
  g_autoptr(NetTransport) accepted = NULL;
  g_autoptr(GError) error = NULL;
  NetCertificate *certificate;

  refused = attempt (NET_PURPOSE_IMAP, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_TLS, NULL, &error);
  g_assert_error (error, NET_ERROR, NET_ERROR_CERTIFICATE);
  g_clear_error (&error);

  certificate = net_transport_get_rejected_certificate (refused);
  g_assert_cmpint (net_certificate_get_problems (certificate), ==, NET_CERTIFICATE_UNKNOWN_ISSUER);
  pinned = net_trust_with_pin (nobody, NET_PURPOSE_IMAP, "localhost",
                               port_of ("PIPIT_TEST_IMAPS_PORT"),
                               net_certificate_get_sha256 (certificate));
  accepted = attempt (NET_PURPOSE_IMAP, "PIPIT_TEST_IMAPS_PORT", NET_SECURITY_TLS, pinned, &error);
  g_assert_no_error (error);
}

static NetTrust *
load_trust (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  g_autofree char *pem = NULL;

  if (g_getenv ("PIPIT_TEST_CA") == NULL ||
      !g_file_get_contents (g_getenv ("PIPIT_TEST_CA"), &pem, NULL, NULL))
    g_error ("This test is run by run-with-dovecot");

  return net_trust_with_anchors (nobody, pem, NULL);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  net_test_worker_begin ();
  trust = load_trust ();

  g_test_add_func ("/smtp/servers/send-starttls", test_send_starttls);
  g_test_add_func ("/smtp/servers/send-tls", test_send_tls);
  g_test_add_func ("/smtp/servers/unusual-password", test_unusual_password);
  g_test_add_func ("/smtp/servers/wrong-password", test_wrong_password);
  g_test_add_func ("/smtp/servers/unknown-recipient", test_unknown_recipient);
  g_test_add_func ("/smtp/servers/size", test_size);
  g_test_add_func ("/smtp/servers/several", test_several);
  g_test_add_func ("/smtp/servers/wrong-mode", test_wrong_mode);
  g_test_add_func ("/smtp/servers/pin", test_pin);

  status = g_test_run ();
  net_trust_unref (trust);
  net_test_worker_end ();

  return status;
}
