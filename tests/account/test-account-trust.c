#include "account-error.h"
#include "account-trust.h"

#include <glib/gstdio.h>
#include <string.h>

/* A self-signed certificate for pin.example, made for this test. */
static const char certificate_pem[] =
  "-----BEGIN CERTIFICATE-----\n"
  "MIIBmzCCAUGgAwIBAgIUfv1oHRrJ3kK2JjQ4/YUDlWzIkV0wCgYIKoZIzj0EAwIw\n"
  "FjEUMBIGA1UEAwwLcGluLmV4YW1wbGUwIBcNMjYxMTIyMDMwODQ1WhgPMjEyNjEw\n"
  "MjkwMzA4NDVaMBYxFDASBgNVBAMMC3Bpbi5leGFtcGxlMFkwEwYHKoZIzj0CAQYI\n"
  "KoZIzj0DAQcDQgAEGkuxHPkB7n1MX6GcwvG6F1XbJJSUpmDM7Dj+OARg1GOPSULq\n"
  "HP6WdcILo3Ysz9Bu4jyiXJFoGOt9BhO+8J9MCKNrMGkwHQYDVR0OBBYEFE13QLYW\n"
  "N2Jj/PHxjaIbXJWGxGZqMB8GA1UdIwQYMBaAFE13QLYWN2Jj/PHxjaIbXJWGxGZq\n"
  "MA8GA1UdEwEB/wQFMAMBAf8wFgYDVR0RBA8wDYILcGluLmV4YW1wbGUwCgYIKoZI\n"
  "zj0EAwIDSAAwRQIhANlKHnFO3tKYWJ5b1BpNOESYLOxslMH8zbE5c/zpb5dRAiAK\n"
  "dbJm0N6MpKylTftXT9km/DyWWWC/LigkmLataV0lag==\n"
  "-----END CERTIFICATE-----\n";

typedef struct
{
  AccountProfile *profile;
  char *config_dir; /* (owned) */
  NetEndpoint *endpoint;
  NetCertificate *certificate;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("pipit-trust-XXXXXX", &error);

  g_assert_no_error (error);
  fixture->profile = account_profile_open (directory, &error);
  g_assert_no_error (error);
  fixture->config_dir = g_strdup (account_profile_get_config_dir (fixture->profile));
  fixture->endpoint = net_endpoint_parse (NET_PURPOSE_IMAP, "pin.example:993:tls", &error);
  g_assert_no_error (error);
  fixture->certificate = net_certificate_new_from_pem (certificate_pem, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->profile);
  g_free (fixture->config_dir);
  net_endpoint_unref (fixture->endpoint);
  net_certificate_unref (fixture->certificate);
}

static AccountTrust *
open_trust (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  AccountTrust *trust = account_trust_open (fixture->profile, &error);

  g_assert_no_error (error);
  return trust;
}

static void
write_below (Fixture    *fixture,
             const char *name,
             const char *text)
{
  g_autofree char *path = g_build_filename (fixture->config_dir, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
count_cb (AccountTrust *trust,
          guint        *count)
{
  (*count)++;
}

static void
test_nothing_is_pinned_at_first (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = open_trust (fixture);
  NetTrust *net_trust = account_trust_get_net_trust (trust);

  g_assert_null (net_trust_get_pin (net_trust, fixture->endpoint));
  g_assert_null (net_trust_get_anchors (net_trust));
  g_assert_null (account_trust_dup_certificate (trust, fixture->endpoint));
}

static void
test_a_pin_is_kept (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = open_trust (fixture);
  g_autoptr(AccountTrust) again = NULL;
  g_autoptr(NetCertificate) shown = NULL;
  g_autoptr(NetEndpoint) other_port = NULL;
  g_autoptr(NetEndpoint) for_smtp = NULL;
  g_autoptr(GError) error = NULL;
  const char *sha256 = net_certificate_get_sha256 (fixture->certificate);
  guint n_changed = 0;
  NetTrust *net_trust;

  g_signal_connect (trust, "changed", G_CALLBACK (count_cb), &n_changed);
  g_assert_true (account_trust_pin (trust, fixture->endpoint, fixture->certificate, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);

  again = open_trust (fixture);
  net_trust = account_trust_get_net_trust (again);
  g_assert_cmpstr (net_trust_get_pin (net_trust, fixture->endpoint), ==, sha256);
  shown = account_trust_dup_certificate (again, fixture->endpoint);
  g_assert_nonnull (shown);
  g_assert_cmpstr (net_certificate_get_sha256 (shown), ==, sha256);

  /* for this host, port and purpose, and for no other */
  other_port = net_endpoint_new (NET_PURPOSE_IMAP, "pin.example", 994, NET_SECURITY_TLS);
  for_smtp = net_endpoint_new (NET_PURPOSE_SMTP, "pin.example", 993, NET_SECURITY_TLS);
  g_assert_null (net_trust_get_pin (net_trust, other_port));
  g_assert_null (net_trust_get_pin (net_trust, for_smtp));
}

static void
test_a_trust_handed_out_does_not_change (Fixture       *fixture,
                                         gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = open_trust (fixture);
  g_autoptr(NetTrust) before = net_trust_ref (account_trust_get_net_trust (trust));

  g_assert_true (account_trust_pin (trust, fixture->endpoint, fixture->certificate, NULL));
  g_assert_null (net_trust_get_pin (before, fixture->endpoint));
  g_assert_nonnull (net_trust_get_pin (account_trust_get_net_trust (trust), fixture->endpoint));
}

static void
test_unpinning (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = open_trust (fixture);
  g_autoptr(AccountTrust) again = NULL;

  g_assert_true (account_trust_pin (trust, fixture->endpoint, fixture->certificate, NULL));
  g_assert_true (account_trust_unpin (trust, fixture->endpoint, NULL));
  g_assert_null (net_trust_get_pin (account_trust_get_net_trust (trust), fixture->endpoint));
  again = open_trust (fixture);
  g_assert_null (net_trust_get_pin (account_trust_get_net_trust (again), fixture->endpoint));
}

static void
test_ipv6_hosts_can_be_pinned (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = open_trust (fixture);
  g_autoptr(AccountTrust) again = NULL;
  g_autoptr(NetEndpoint) endpoint = NULL;

  endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "::1", 993, NET_SECURITY_TLS);
  g_assert_nonnull (endpoint);
  g_assert_true (account_trust_pin (trust, endpoint, fixture->certificate, NULL));
  again = open_trust (fixture);
  g_assert_nonnull (net_trust_get_pin (account_trust_get_net_trust (again), endpoint));
}

static void
test_authorities_are_anchors (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr(AccountTrust) trust = NULL;

  write_below (fixture, "authorities/own.pem", certificate_pem);
  write_below (fixture, "authorities/readme.txt", "not a certificate");
  trust = open_trust (fixture);
  g_assert_nonnull (strstr (net_trust_get_anchors (account_trust_get_net_trust (trust)),
                            "BEGIN CERTIFICATE"));
}

static void
check_is_refused (Fixture      *fixture,
                  AccountError  code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (account_trust_open (fixture->profile, &error));
  g_assert_error (error, ACCOUNT_ERROR, (int) code);
}

static void
test_an_unreadable_authority_is_an_error (Fixture       *fixture,
                                          gconstpointer  data)
{
  write_below (fixture, "authorities/own.pem", "no certificate at all");
  check_is_refused (fixture, ACCOUNT_ERROR_CERTIFICATE);
}

static void
test_unreadable_pins_are_an_error (Fixture       *fixture,
                                   gconstpointer  data)
{
  static const char * const texts[] = {
    "nonsense",
    "[Pipit]\nformat=1\n[imap pin.example:993]\n",
    "[Pipit]\nformat=1\n[imap pin.example:993]\nsha256=abc\n",
    "[Pipit]\nformat=1\n[imap pin.example]\nsha256=0000000000000000000000000000000000000000000000000000000000000000\n",
    "[Pipit]\nformat=1\n[pop3 pin.example:995]\nsha256=0000000000000000000000000000000000000000000000000000000000000000\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      write_below (fixture, "certificates.ini", texts[i]);
      check_is_refused (fixture, ACCOUNT_ERROR_MALFORMED);
    }

  write_below (fixture, "certificates.ini", "[Pipit]\nformat=9\n");
  check_is_refused (fixture, ACCOUNT_ERROR_NEWER);
}

#define ADD(name, function) \
  g_test_add ("/account/trust/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("empty", test_nothing_is_pinned_at_first);
  ADD ("pin", test_a_pin_is_kept);
  ADD ("immutable", test_a_trust_handed_out_does_not_change);
  ADD ("unpin", test_unpinning);
  ADD ("ipv6", test_ipv6_hosts_can_be_pinned);
  ADD ("authorities", test_authorities_are_anchors);
  ADD ("unreadable-authority", test_an_unreadable_authority_is_an_error);
  ADD ("unreadable-pins", test_unreadable_pins_are_an_error);

  return g_test_run ();
}
