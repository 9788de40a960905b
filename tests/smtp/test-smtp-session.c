/* Connecting, STARTTLS, signing in. */

#include <string.h>

#include "base-time.h"
#include "net-test-worker.h"
#include "smtp-test-dialogue.h"

static NetTestCertificate *certificate;

static const SmtpTimeouts impatient = { 400, 400, 400 };

static NetTrust *
new_trust (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();

  return net_trust_with_anchors (nobody, net_test_certificate_get_pem (certificate), NULL);
}

/* Connects; the end of the conversation is on success left open */
static GError *
connect_to (Dialogue           *dialogue,
            const char * const *lines,
            NetSecurity         security)
{
  g_autoptr(NetTrust) trust = new_trust ();
  GError *error = NULL;

  *dialogue = (Dialogue) { .certificate = certificate };
  dialogue_begin (dialogue, lines, security, trust);
  smtp_session_set_timeouts (dialogue->session, &impatient);
  g_assert_cmpint (smtp_session_connect (dialogue->session, NULL, &error), ==, error == NULL);
  g_assert_cmpint (smtp_session_is_open (dialogue->session), ==, error == NULL);
  if (error != NULL)
    g_test_message ("%s", error->message);

  return error;
}

static void
assert_connect_fails (const char * const *lines,
                      NetSecurity         security,
                      GQuark              domain,
                      int                 code,
                      const char         *stages)
{
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, security);

  g_assert_error (error, domain, code);
  g_assert_cmpstr (dialogue.stages->str, ==, stages);
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

/* Connecting */

static void
test_connect (void)
{
  static const char * const lines[] = {
    "S: 220-mail.example ESMTP", "S: 220 at your service",
    "C: EHLO [127.0.0.1]",
    "S: 250-mail.example", "S: 250-PIPELINING", "S: 250-SIZE 26214400", "S: 250-8bitmime",
    "S: 250-AUTH PLAIN LOGIN", "S: 250-AUTH=LOGIN XOAUTH2", "S: 250-ENHANCEDSTATUSCODES",
    "S: 250-SIZEUP", "S: 250 SMTPUTF8",
    "C: QUIT", "S: 221 bye", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_NONE);

  g_assert_no_error (error);
  g_assert_cmpstr (smtp_session_get_greeting (dialogue.session), ==,
                   "mail.example ESMTP at your service");
  g_assert_true (smtp_session_has (dialogue.session,
                                   SMTP_CAPABILITY_PIPELINING | SMTP_CAPABILITY_SIZE |
                                   SMTP_CAPABILITY_8BITMIME | SMTP_CAPABILITY_AUTH |
                                   SMTP_CAPABILITY_ENHANCED_STATUS | SMTP_CAPABILITY_SMTPUTF8));
  g_assert_false (smtp_session_has (dialogue.session, SMTP_CAPABILITY_STARTTLS));
  g_assert_cmpuint (smtp_session_get_size_limit (dialogue.session), ==, 26214400);
  g_assert_cmpstrv (smtp_session_get_mechanisms (dialogue.session),
                    ((const char *[]) { "PLAIN", "LOGIN", "XOAUTH2", NULL }));
  g_assert_cmpstr (dialogue.stages->str, ==,
                   "resolve+ resolve= connect+ connect= greeting+ greeting=");

  smtp_session_quit (dialogue.session, NULL);
  g_assert_false (smtp_session_is_open (dialogue.session));
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

static void
test_helo (void)
{
  static const char * const lines[] = {
    "S: 220 old", "C: EHLO [127.0.0.1]", "S: 502 what?", "C: HELO [127.0.0.1]", "S: 250 old",
    "wait", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_NONE);

  g_assert_no_error (error);
  g_assert_false (smtp_session_has (dialogue.session, SMTP_CAPABILITY_SIZE));
  g_assert_cmpuint (smtp_session_get_size_limit (dialogue.session), ==, 0);
  g_assert_cmpuint (g_strv_length ((char **) smtp_session_get_mechanisms (dialogue.session)), ==,
                    0);
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

#define AT_GREETING "resolve+ resolve= connect+ connect= greeting+ greeting!"

static void
test_greeting_fails (void)
{
  static const struct
  {
    const char *lines[4];
    gboolean smtp;
    int code;
  } table[] = {
    { { "S: 554 5.7.1 go away", "wait", NULL }, TRUE, SMTP_ERROR_PERMANENT },
    { { "S: 450 later", "wait", NULL }, FALSE, NET_ERROR_BUSY },
    { { "S: 421 4.7.0 Too many connections from you", NULL }, FALSE,
      NET_ERROR_TOO_MANY_CONNECTIONS },
    { { "S: 421 closing", NULL }, FALSE, NET_ERROR_SHUTTING_DOWN },
    { { "S: * OK IMAP4rev1", "wait", NULL }, FALSE, NET_ERROR_PROTOCOL },
    { { "S: HTTP/1.1 400 Bad Request", NULL }, FALSE, NET_ERROR_PROTOCOL },
    { { "raw 220-never", "wait", NULL }, FALSE, NET_ERROR_TIMED_OUT },
    { { "raw 220-never", NULL }, FALSE, NET_ERROR_CLOSED },
    { { NULL }, FALSE, NET_ERROR_CLOSED },
    { { "S: 220 hello", "wait", NULL }, FALSE, NET_ERROR_TIMED_OUT },
    { { "S: 220 hello", "C: EHLO [127.0.0.1]", NULL }, FALSE, NET_ERROR_CLOSED },
    { { "S: 220 hello", "C: EHLO [127.0.0.1]", "S: 421 no", NULL }, FALSE,
      NET_ERROR_SHUTTING_DOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    assert_connect_fails (table[i].lines, NET_SECURITY_NONE,
                          table[i].smtp ? SMTP_ERROR : NET_ERROR, table[i].code, AT_GREETING);
}

/* STARTTLS */

static void
test_starttls (void)
{
  static const char * const lines[] = {
    "S: 220 hello", "C: EHLO [127.0.0.1]", "S: 250-hello", "S: 250-SIZE 10",
    "S: 250-AUTH LOGIN", "S: 250 STARTTLS",
    "C: STARTTLS", "S: 220 2.0.0 go", "tls",
    "C: EHLO [127.0.0.1]", "S: 250-hello", "S: 250 AUTH PLAIN", "wait", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_STARTTLS);

  g_assert_no_error (error);
  g_assert_cmpstr (dialogue.stages->str, ==,
                   "resolve+ resolve= connect+ connect= greeting+ greeting= encrypt+ encrypt=");
  g_assert_true (net_transport_is_encrypted (smtp_session_get_transport (dialogue.session)));
  g_assert_false (smtp_session_has (dialogue.session, SMTP_CAPABILITY_SIZE));
  g_assert_cmpstrv (smtp_session_get_mechanisms (dialogue.session),
                    ((const char *[]) { "PLAIN", NULL }));
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

static void
test_tls (void)
{
  static const char * const lines[] = {
    "tls", "S: 220 hello", "C: EHLO [127.0.0.1]", "S: 250 hello", "wait", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_TLS);

  g_assert_no_error (error);
  g_assert_cmpstr (dialogue.stages->str, ==,
                   "resolve+ resolve= connect+ connect= encrypt+ encrypt= greeting+ greeting=");
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

#define AT_STARTTLS \
  "resolve+ resolve= connect+ connect= greeting+ greeting= encrypt+ encrypt!"

static void
test_starttls_fails (void)
{
  static const struct
  {
    const char *lines[8];
    NetError code;
  } table[] = {
    { { "S: 220 a", "C: EHLO [127.0.0.1]", "S: 250 a", "wait", NULL },
      NET_ERROR_STARTTLS_NOT_OFFERED },
    { { "S: 220 a", "C: EHLO [127.0.0.1]", "S: 250-a", "S: 250 STARTTLS", "C: STARTTLS",
        "S: 454 4.7.0 not now", "wait", NULL }, NET_ERROR_STARTTLS_NOT_OFFERED },
    { { "S: 220 a", "C: EHLO [127.0.0.1]", "S: 250-a", "S: 250 STARTTLS", "C: STARTTLS", NULL },
      NET_ERROR_CLOSED },
    { { "S: 220 a", "C: EHLO [127.0.0.1]", "S: 250-a", "S: 250 STARTTLS", "C: STARTTLS", "wait",
        NULL }, NET_ERROR_TIMED_OUT },
    /* in one piece with the agreement, and so never protected */
    { { "S: 220 a", "C: EHLO [127.0.0.1]", "S: 250-a", "S: 250 STARTTLS", "C: STARTTLS",
        "S: 220 go\r\n250-a\r\n250 AUTH PLAIN", "wait", NULL }, NET_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    assert_connect_fails (table[i].lines, NET_SECURITY_STARTTLS, NET_ERROR, (int) table[i].code,
                          AT_STARTTLS);
}

/* The offer in plain text is never used where encryption was asked for */
static void
test_plain_text_instead_of_tls (void)
{
  static const char * const lines[] = { "S: 220 hello", "wait", NULL };

  assert_connect_fails (lines, NET_SECURITY_TLS, NET_ERROR, NET_ERROR_NOT_TLS,
                        "resolve+ resolve= connect+ connect= encrypt+ encrypt!");
}

/* Signing in */

#define BEGIN "S: 220 hello", "C: EHLO [127.0.0.1]", "S: 250-hello"

static GError *
sign_in (const char * const *lines,
         gboolean           *out_open)
{
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_NONE);
  g_autoptr(BaseSecret) secret = base_secret_new ("tanstaaf");
  g_autofree char *transcript = NULL;
  GError *failure = NULL;

  g_assert_no_error (error);
  smtp_session_sign_in (dialogue.session, "tim", secret, NULL, &failure);
  g_assert_true (g_str_has_suffix (dialogue.stages->str,
                                   failure == NULL ? "sign-in+ sign-in=" : "sign-in+ sign-in!"));
  if (out_open != NULL)
    *out_open = smtp_session_is_open (dialogue.session);
  if (failure != NULL)
    g_test_message ("%s", failure->message);

  transcript = net_transcript_dup_text (dialogue.transcript);
  g_assert_null (strstr (transcript, "tanstaaf"));
  g_assert_null (strstr (transcript, "dGFuc3RhYWY"));
  g_assert_null (strstr (transcript, "AHRpbQB0YW5zdGFhZg"));

  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
  return failure;
}

static void
test_sign_in_plain (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 AUTH LOGIN PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==", "S: 235 2.7.0 welcome",
    "wait", NULL
  };
  g_autoptr(GError) error = sign_in (lines, NULL);

  g_assert_no_error (error);
}

static void
test_sign_in_login (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 AUTH LOGIN XOAUTH2", "C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6", "C: dGlt",
    "S: 334 UGFzc3dvcmQ6", "C: dGFuc3RhYWY=", "S: 235 2.7.0 welcome", "wait", NULL
  };
  g_autoptr(GError) error = sign_in (lines, NULL);

  g_assert_no_error (error);
}

static void
test_sign_in_refused (void)
{
  static const struct
  {
    const char *answer;
    NetError code;
    gboolean stays_open;
  } table[] = {
    { "S: 535 5.7.8 no", NET_ERROR_SIGN_IN_REFUSED, TRUE },
    { "S: 535 no", NET_ERROR_SIGN_IN_REFUSED, TRUE },
    { "S: 534 5.7.9 Application-specific password required", NET_ERROR_SIGN_IN_REFUSED, TRUE },
    { "S: 550 5.7.1 no", NET_ERROR_SIGN_IN_REFUSED, TRUE },
    { "S: 535 5.7.139 SmtpClientAuthentication is disabled", NET_ERROR_ACCOUNT_LIMITED, TRUE },
    { "S: 525 5.7.13 disabled", NET_ERROR_ACCOUNT_LIMITED, TRUE },
    { "S: 454 4.7.0 Too many login attempts", NET_ERROR_ACCOUNT_LIMITED, TRUE },
    { "S: 454 4.7.0 try again later", NET_ERROR_BUSY, TRUE },
    { "S: 538 5.7.11 encryption needed", NET_ERROR_PLAIN_NOT_ALLOWED, TRUE },
    { "S: 504 5.5.4 unknown mechanism", NET_ERROR_MECHANISM_NOT_OFFERED, TRUE },
    { "S: 421 4.3.0 closing", NET_ERROR_SHUTTING_DOWN, FALSE },
    { "S: 334 more", NET_ERROR_PROTOCOL, FALSE },
    { "S: what?", NET_ERROR_PROTOCOL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char * const lines[] = {
        BEGIN, "S: 250 AUTH PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==", table[i].answer, "wait",
        NULL
      };
      gboolean open;
      g_autoptr(GError) error = sign_in (lines, &open);

      g_test_message ("%s", table[i].answer);
      g_assert_error (error, NET_ERROR, (int) table[i].code);
      g_assert_cmpint (open, ==, table[i].stays_open);
    }
}

/* The password in the server's answer is nobody's to read */
static void
test_sign_in_echoed (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 AUTH PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==",
    "S: 535 5.7.8 no: tim with tanstaaf", "wait", NULL
  };
  g_autoptr(GError) error = sign_in (lines, NULL);

  g_assert_error (error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED);
}

static void
test_no_mechanism (void)
{
  static const char * const none[] = { BEGIN, "S: 250 SIZE", "wait", NULL };
  static const char * const others[] = { BEGIN, "S: 250 AUTH CRAM-MD5 GSSAPI", "wait", NULL };
  g_autoptr(GError) error_none = sign_in (none, NULL);
  g_autoptr(GError) error_others = sign_in (others, NULL);

  g_assert_error (error_none, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED);
  g_assert_error (error_others, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED);
}

static void
test_sign_in_cut (void)
{
  static const char * const silent[] = {
    BEGIN, "S: 250 AUTH PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==", "wait", NULL
  };
  static const char * const gone[] = {
    BEGIN, "S: 250 AUTH PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==", "reset", NULL
  };
  gboolean open;
  g_autoptr(GError) error_silent = sign_in (silent, &open);
  g_autoptr(GError) error_gone = NULL;

  g_assert_error (error_silent, NET_ERROR, NET_ERROR_TIMED_OUT);
  g_assert_false (open);
  error_gone = sign_in (gone, &open);
  g_assert_error (error_gone, NET_ERROR, NET_ERROR_CLOSED);
  g_assert_false (open);
}

static void
test_sign_in_cancelled (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 AUTH PLAIN", "C: AUTH PLAIN AHRpbQB0YW5zdGFhZg==", "cancel", "wait", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_NONE);
  g_autoptr(BaseSecret) secret = base_secret_new ("tanstaaf");

  smtp_session_set_timeouts (dialogue.session, &smtp_timeouts_default);
  g_assert_false (smtp_session_sign_in (dialogue.session, "tim", secret, dialogue.cancellable,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (smtp_session_is_open (dialogue.session));
  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

/* The sender */

static void
test_check_sender (void)
{
  static const char * const lines[] = {
    BEGIN, "S: 250 SIZE",
    "C: MAIL FROM:<tim@example.org>", "S: 250 2.1.0 fine", "C: RSET", "S: 250 2.0.0 fine",
    "C: MAIL FROM:<tom@example.org>", "S: 553 5.7.1 not yours", "C: RSET", "S: 250 fine",
    "C: MAIL FROM:<tam@example.org>", "S: 451 4.3.0 later", "C: RSET", "S: 250 fine",
    "wait", NULL
  };
  Dialogue dialogue;
  g_autoptr(GError) error = connect_to (&dialogue, lines, NET_SECURITY_NONE);

  smtp_session_check_sender (dialogue.session, "tim@example.org", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (dialogue.stages->str, "sender+ sender="));

  g_assert_false (smtp_session_check_sender (dialogue.session, "tom@example.org", NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_PERMANENT);
  g_assert_nonnull (strstr (error->message, "“553 5.7.1 not yours”"));
  g_assert_true (g_str_has_suffix (dialogue.stages->str, "sender+ sender!"));
  g_clear_error (&error);

  g_assert_false (smtp_session_check_sender (dialogue.session, "tam@example.org", NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_TEMPORARY);
  g_clear_error (&error);

  g_assert_false (smtp_session_check_sender (dialogue.session, "tüm@example.org", NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  g_assert_false (smtp_session_check_sender (dialogue.session, "nobody", NULL, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_INVALID);
  g_assert_true (smtp_session_is_open (dialogue.session));

  dialogue_end (&dialogue);
  dialogue_clear (&dialogue);
}

static void
test_closed_session (void)
{
  g_autoptr(NetEndpoint) endpoint = net_endpoint_parse (NET_PURPOSE_SMTP, "localhost:1:tls", NULL);
  g_autoptr(SmtpSession) session = smtp_session_new (endpoint, NULL, NULL);
  g_autoptr(BaseSecret) secret = base_secret_new ("x");
  g_autoptr(GBytes) message = g_bytes_new_static ("A: b\r\n\r\n", 8);
  const char * const recipients[] = { "a@b.c", NULL };
  g_autoptr(GError) error = NULL;

  g_assert_false (smtp_session_sign_in (session, "tim", secret, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (smtp_session_send (session, "a@b.c", recipients, message, SMTP_POLICY_ALL, NULL,
                                     NULL, NULL, NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (smtp_session_check_sender (session, "a@b.c", NULL, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_CLOSED);
  smtp_session_quit (session, NULL);
}

int
main (int   argc,
      char *argv[])
{
  NetTestCertificateSpec spec = { 0 };
  int status;

  g_test_init (&argc, &argv, NULL);
  net_test_worker_begin ();
  certificate = net_test_certificate_new (&spec);

  g_test_add_func ("/smtp/connect/capabilities", test_connect);
  g_test_add_func ("/smtp/connect/helo", test_helo);
  g_test_add_func ("/smtp/connect/greeting-fails", test_greeting_fails);
  g_test_add_func ("/smtp/connect/tls", test_tls);
  g_test_add_func ("/smtp/connect/plain-text-instead-of-tls", test_plain_text_instead_of_tls);
  g_test_add_func ("/smtp/starttls/upgrade", test_starttls);
  g_test_add_func ("/smtp/starttls/fails", test_starttls_fails);
  g_test_add_func ("/smtp/sign-in/plain", test_sign_in_plain);
  g_test_add_func ("/smtp/sign-in/login", test_sign_in_login);
  g_test_add_func ("/smtp/sign-in/refused", test_sign_in_refused);
  g_test_add_func ("/smtp/sign-in/echoed", test_sign_in_echoed);
  g_test_add_func ("/smtp/sign-in/no-mechanism", test_no_mechanism);
  g_test_add_func ("/smtp/sign-in/cut", test_sign_in_cut);
  g_test_add_func ("/smtp/sign-in/cancelled", test_sign_in_cancelled);
  g_test_add_func ("/smtp/sender", test_check_sender);
  g_test_add_func ("/smtp/closed", test_closed_session);

  status = g_test_run ();
  net_test_certificate_free (certificate);
  net_test_worker_end ();

  return status;
}
