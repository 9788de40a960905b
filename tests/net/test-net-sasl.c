#include <string.h>

#include "net-sasl.h"

static NetTransport *
new_transport (NetSecurity security,
               gboolean    allowed)
{
  g_autoptr(NetEndpoint) endpoint = net_endpoint_new (NET_PURPOSE_IMAP, "example.org", 143,
                                                      security);
  g_autoptr(NetEndpoint) plain = net_endpoint_allow_plain (endpoint);

  return net_transport_new (allowed ? plain : endpoint, NULL, NULL);
}

static NetSasl *
begin (NetSaslMechanism  mechanism,
       const char       *user,
       const char       *password)
{
  g_autoptr(NetTransport) transport = new_transport (NET_SECURITY_NONE, TRUE);
  g_autoptr(BaseSecret) secret = base_secret_new (password);

  return net_sasl_new (transport, mechanism, user, secret, NULL);
}

static void
test_choice (void)
{
  g_assert_cmpint (net_sasl_choose ((const char *[]) { "LOGIN", "plain", NULL }), ==,
                   NET_SASL_PLAIN);
  g_assert_cmpint (net_sasl_choose ((const char *[]) { "XOAUTH2", "Login", NULL }), ==,
                   NET_SASL_LOGIN);
  g_assert_cmpint (net_sasl_choose ((const char *[]) { "GSSAPI", "PLAIN-CLIENTTOKEN", NULL }), ==,
                   NET_SASL_NONE);
  g_assert_cmpint (net_sasl_choose ((const char *[]) { NULL }), ==, NET_SASL_NONE);
}

/* The example of RFC 4616 section 4 */
static void
test_plain (void)
{
  g_autoptr(NetSasl) sasl = begin (NET_SASL_PLAIN, "tim", "tanstaaftanstaaf");
  g_autoptr(GError) error = NULL;
  g_autofree char *response = NULL;
  g_autofree guchar *decoded = NULL;
  gsize size;

  g_assert_true (net_sasl_is_client_first (sasl));
  response = net_sasl_step (sasl, NULL, NULL);
  decoded = g_base64_decode (response, &size);
  g_assert_cmpmem (decoded, size, "\0tim\0tanstaaftanstaaf", 21);

  g_assert_null (net_sasl_step (sasl, "", &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_PROTOCOL);
}

static void
test_plain_utf8 (void)
{
  g_autoptr(NetSasl) sasl = begin (NET_SASL_PLAIN, "jürgen", "päss \"q\\");
  g_autofree char *response = net_sasl_step (sasl, NULL, NULL);

  g_assert_cmpstr (response, ==, "AGrDvHJnZW4AcMOkc3MgInFc");
}

static void
test_login (void)
{
  g_autoptr(NetSasl) sasl = begin (NET_SASL_LOGIN, "tim", "tanstaaf");
  g_autoptr(GError) error = NULL;
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  g_assert_false (net_sasl_is_client_first (sasl));
  user = net_sasl_step (sasl, "VXNlcm5hbWU6", NULL);
  password = net_sasl_step (sasl, "UGFzc3dvcmQ6", NULL);
  g_assert_cmpstr (user, ==, "dGlt");
  g_assert_cmpstr (password, ==, "dGFuc3RhYWY=");

  g_assert_null (net_sasl_step (sasl, "", &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_PROTOCOL);
}

static void
test_nothing_in_the_open (void)
{
  static const NetSecurity securities[] = { NET_SECURITY_TLS, NET_SECURITY_STARTTLS,
                                            NET_SECURITY_NONE };
  g_autoptr(BaseSecret) secret = base_secret_new ("secret");

  for (guint i = 0; i < G_N_ELEMENTS (securities); i++)
    {
      g_autoptr(NetTransport) transport = new_transport (securities[i], FALSE);
      g_autoptr(GError) error = NULL;

      g_assert_null (net_sasl_new (transport, NET_SASL_PLAIN, "tim", secret, &error));
      g_assert_error (error, NET_ERROR, NET_ERROR_PLAIN_NOT_ALLOWED);
    }
}

/* Who allowed plain text for `none` did not allow it for a STARTTLS that never came */
static void
test_choice_is_for_none_alone (void)
{
  g_autoptr(NetTransport) transport = new_transport (NET_SECURITY_STARTTLS, TRUE);
  g_autoptr(BaseSecret) secret = base_secret_new ("secret");

  g_assert_null (net_sasl_new (transport, NET_SASL_PLAIN, "tim", secret, NULL));
}

static void
test_no_mechanism (void)
{
  g_autoptr(NetTransport) transport = new_transport (NET_SECURITY_NONE, TRUE);
  g_autoptr(BaseSecret) secret = base_secret_new ("secret");
  g_autoptr(GError) error = NULL;

  g_assert_null (net_sasl_new (transport, NET_SASL_NONE, "tim", secret, &error));
  g_assert_error (error, NET_ERROR, NET_ERROR_MECHANISM_NOT_OFFERED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/sasl/choice", test_choice);
  g_test_add_func ("/net/sasl/plain", test_plain);
  g_test_add_func ("/net/sasl/plain-utf8", test_plain_utf8);
  g_test_add_func ("/net/sasl/login", test_login);
  g_test_add_func ("/net/sasl/nothing-in-the-open", test_nothing_in_the_open);
  g_test_add_func ("/net/sasl/choice-is-for-none-alone", test_choice_is_for_none_alone);
  g_test_add_func ("/net/sasl/no-mechanism", test_no_mechanism);

  return g_test_run ();
}
