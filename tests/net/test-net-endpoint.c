#include "net-endpoint.h"
#include "net-error.h"
#include "net-trust.h"

static void
test_round_trip (void)
{
  static const char * const texts[] = {
    "imap.example.org:993:tls",
    "smtp.example.org:587:starttls",
    "127.0.0.1:1143:none",
    "[::1]:993:tls",
    "xn--mller-kva.example:993:tls",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NetEndpoint) endpoint = net_endpoint_parse (NET_PURPOSE_IMAP, texts[i], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = net_endpoint_to_string (endpoint);
      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_parts (void)
{
  g_autoptr(NetEndpoint) endpoint = net_endpoint_parse (NET_PURPOSE_SMTP, "[::1]:465:tls", NULL);

  g_assert_cmpint (net_endpoint_get_purpose (endpoint), ==, NET_PURPOSE_SMTP);
  g_assert_cmpstr (net_endpoint_get_host (endpoint), ==, "::1");
  g_assert_cmpint (net_endpoint_get_port (endpoint), ==, 465);
  g_assert_cmpint (net_endpoint_get_security (endpoint), ==, NET_SECURITY_TLS);
  g_assert_false (net_endpoint_is_plain_allowed (endpoint));
}

static void
test_host_is_normalised (void)
{
  g_autoptr(NetEndpoint) international = NULL;
  g_autoptr(NetEndpoint) dotted = NULL;

  international = net_endpoint_new (NET_PURPOSE_IMAP, "Müller.Example", 993, NET_SECURITY_TLS);
  g_assert_cmpstr (net_endpoint_get_host (international), ==, "xn--mller-kva.example");

  dotted = net_endpoint_new (NET_PURPOSE_IMAP, "IMAP.example.org.", 993, NET_SECURITY_TLS);
  g_assert_cmpstr (net_endpoint_get_host (dotted), ==, "imap.example.org");
}

static void
test_nonsense_is_refused (void)
{
  static const char * const texts[] = {
    "", ":", "::", "host", "host:993", "host:993:ssl", "host:0:tls", "host:65536:tls", "host:x:tls",
    "host:-1:tls", ":993:tls", "ho st:993:tls", "host/x:993:tls", "a..b:993:tls", ".a:993:tls",
    "::1:993:tls", "[::1:993:tls", "host\r\n:993:tls", "user@host:993:tls",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (net_endpoint_parse (NET_PURPOSE_IMAP, texts[i], &error));
      g_assert_error (error, NET_ERROR, NET_ERROR_INVALID);
    }
}

static void
test_loopback (void)
{
  static const struct
  {
    const char *host;
    gboolean loopback;
  } table[] = {
    { "localhost", TRUE },    { "LOCALHOST.", TRUE },   { "mail.localhost", TRUE },
    { "127.0.0.1", TRUE },    { "127.8.9.10", TRUE },   { "[::1]", TRUE },
    { "example.org", FALSE }, { "notlocalhost", FALSE }, { "128.0.0.1", FALSE },
    { "localhost.example", FALSE }, { "::2", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, table[i].host, 143,
                                                          NET_SECURITY_NONE);

      g_assert_cmpint (net_endpoint_is_loopback (endpoint), ==, table[i].loopback);
    }
}

static void
test_plain_is_a_choice (void)
{
  g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "example.org", 143,
                                                      NET_SECURITY_NONE);
  g_autoptr(NetEndpoint) allowed = net_endpoint_allow_plain (endpoint);

  g_assert_false (net_endpoint_is_plain_allowed (endpoint));
  g_assert_true (net_endpoint_is_plain_allowed (allowed));
  g_assert_false (net_endpoint_equal (endpoint, allowed));
}

#define SHA256 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
test_pin_is_for_one_endpoint (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  g_autoptr(NetTrust) trust = NULL;
  g_autoptr(NetEndpoint) same = net_endpoint_parse (NET_PURPOSE_IMAP, "host.example:993:tls", NULL);
  g_autoptr(NetEndpoint) mode = net_endpoint_parse (NET_PURPOSE_IMAP, "host.example:993:starttls",
                                                    NULL);
  g_autoptr(NetEndpoint) port = net_endpoint_parse (NET_PURPOSE_IMAP, "host.example:994:tls", NULL);
  g_autoptr(NetEndpoint) host = net_endpoint_parse (NET_PURPOSE_IMAP, "other.example:993:tls",
                                                    NULL);
  g_autoptr(NetEndpoint) purpose = net_endpoint_parse (NET_PURPOSE_SMTP, "host.example:993:tls",
                                                       NULL);

  trust = net_trust_with_pin (nobody, NET_PURPOSE_IMAP, "HOST.example", 993,
                              "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                              "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF");

  g_assert_cmpstr (net_trust_get_pin (trust, same), ==, SHA256);
  g_assert_cmpstr (net_trust_get_pin (trust, mode), ==, SHA256);
  g_assert_null (net_trust_get_pin (trust, port));
  g_assert_null (net_trust_get_pin (trust, host));
  g_assert_null (net_trust_get_pin (trust, purpose));
  g_assert_null (net_trust_get_pin (nobody, same));
}

static void
test_anchors_must_be_certificates (void)
{
  g_autoptr(NetTrust) nobody = net_trust_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (net_trust_with_anchors (nobody, "no certificate", &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_INVALID);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/endpoint/round-trip", test_round_trip);
  g_test_add_func ("/net/endpoint/parts", test_parts);
  g_test_add_func ("/net/endpoint/host-is-normalised", test_host_is_normalised);
  g_test_add_func ("/net/endpoint/nonsense-is-refused", test_nonsense_is_refused);
  g_test_add_func ("/net/endpoint/loopback", test_loopback);
  g_test_add_func ("/net/endpoint/plain-is-a-choice", test_plain_is_a_choice);
  g_test_add_func ("/net/trust/pin-is-for-one-endpoint", test_pin_is_for_one_endpoint);
  g_test_add_func ("/net/trust/anchors-must-be-certificates", test_anchors_must_be_certificates);

  return g_test_run ();
}
