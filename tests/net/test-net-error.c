#include <errno.h>

#include "net-error.h"
#include "net-stage.h"

/* Every failure of the libraries below that has been seen, and its class */
static void
test_classes (void)
{
  const struct
  {
    GQuark domain;
    int code;
    NetError expected;
  } table[] = {
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, NET_ERROR_REFUSED },
    { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, NET_ERROR_TIMED_OUT },
    { G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, NET_ERROR_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, NET_ERROR_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, NET_ERROR_UNREACHABLE },
    { G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, NET_ERROR_NAME_NOT_FOUND },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, NET_ERROR_CLOSED },
    { G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, NET_ERROR_CLOSED },
    { G_IO_ERROR, G_IO_ERROR_CLOSED, NET_ERROR_CLOSED },
    { G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, NET_ERROR_CLOSED },
    { G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, NET_ERROR_CLOSED },
    { G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, NET_ERROR_INVALID },
    { G_IO_ERROR, G_IO_ERROR_FAILED, NET_ERROR_FAILED },
    { G_IO_ERROR, G_IO_ERROR_NO_SPACE, NET_ERROR_FAILED },
    { G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, NET_ERROR_NOT_TLS },
    { G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, NET_ERROR_CERTIFICATE },
    { G_TLS_ERROR, G_TLS_ERROR_EOF, NET_ERROR_CLOSED },
    { G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE, NET_ERROR_TLS_FAILED },
    { G_TLS_ERROR, G_TLS_ERROR_MISC, NET_ERROR_TLS_FAILED },
    { G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED, NET_ERROR_TLS_FAILED },
    { G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE, NET_ERROR_TLS_FAILED },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, NET_ERROR_NAME_NOT_FOUND },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, NET_ERROR_NAME_LOOKUP },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_INTERNAL, NET_ERROR_NAME_LOOKUP },
    { NET_ERROR, NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SIGN_IN_REFUSED },
    { G_FILE_ERROR, G_FILE_ERROR_NOENT, NET_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) cause = g_error_new_literal (table[i].domain, table[i].code, "cause");
      g_autoptr(GError) error = net_error_from_gio (cause, "Trying");

      g_test_message ("%s %d", g_quark_to_string (table[i].domain), table[i].code);
      g_assert_error (error, NET_ERROR, (int) table[i].expected);
      g_assert_cmpstr (error->message, ==, "Trying: cause");
    }
}

/* What the kernel says comes as GIO makes it of errno, with strerror ()'s text */
static void
test_errno (void)
{
  static const struct
  {
    int number;
    NetError expected;
  } table[] = {
    { ECONNREFUSED, NET_ERROR_REFUSED },   { ETIMEDOUT, NET_ERROR_TIMED_OUT },
    { EHOSTUNREACH, NET_ERROR_UNREACHABLE }, { ENETUNREACH, NET_ERROR_UNREACHABLE },
    { ENETDOWN, NET_ERROR_UNREACHABLE },   { EHOSTDOWN, NET_ERROR_UNREACHABLE },
    { EADDRNOTAVAIL, NET_ERROR_UNREACHABLE }, { EACCES, NET_ERROR_UNREACHABLE },
    { EPERM, NET_ERROR_UNREACHABLE },      { ECONNRESET, NET_ERROR_CLOSED },
    { EPIPE, NET_ERROR_CLOSED },           { ECONNABORTED, NET_ERROR_CLOSED },
    { ENOTCONN, NET_ERROR_CLOSED },        { EINVAL, NET_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) cause = g_error_new (G_IO_ERROR, g_io_error_from_errno (table[i].number),
                                             "Could not connect: %s",
                                             g_strerror (table[i].number));
      g_autoptr(GError) error = net_error_from_gio (cause, NULL);

      g_test_message ("%s", g_strerror (table[i].number));
      g_assert_error (error, NET_ERROR, (int) table[i].expected);
    }
}

/* GLib 2.84 gives EADDRNOTAVAIL the code of a refusal, which it is not: nobody was asked */
static void
test_errno_under_another_code (void)
{
  g_autoptr(GError) cause = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                                         "Could not connect: %s", g_strerror (EADDRNOTAVAIL));
  g_autoptr(GError) error = net_error_from_gio (cause, NULL);

  g_assert_error (error, NET_ERROR, NET_ERROR_UNREACHABLE);
}

static void
test_cancelled_is_no_failure (void)
{
  g_autoptr(GError) cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr(GError) error = net_error_from_gio (cause, NULL);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (net_error_class_name (error), ==, "cancelled");
  g_assert_false (net_error_is_temporary (error));
}

static void
test_names (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code <= NET_ERROR_LAST; code++)
    {
      g_autoptr(GError) error = g_error_new_literal (NET_ERROR, code, "x");
      const char *name = net_error_class_name (error);
      NetError back;

      g_assert_true (g_hash_table_add (seen, (gpointer) name));
      g_assert_true (net_error_class_from_name (name, &back));
      g_assert_cmpint (back, ==, code);
    }
}

static void
test_well_known_names (void)
{
  static const struct
  {
    NetError code;
    const char *name;
  } table[] = {
    { NET_ERROR_NAME_NOT_FOUND, "name-not-found" },
    { NET_ERROR_REFUSED, "refused" },
    { NET_ERROR_TIMED_OUT, "timed-out" },
    { NET_ERROR_UNREACHABLE, "unreachable" },
    { NET_ERROR_NOT_TLS, "not-tls" },
    { NET_ERROR_TLS_EXPECTED, "tls-expected" },
    { NET_ERROR_CERTIFICATE, "certificate" },
    { NET_ERROR_CERTIFICATE_CHANGED, "certificate-changed" },
    { NET_ERROR_SIGN_IN_REFUSED, "sign-in-refused" },
    { NET_ERROR_MECHANISM_NOT_OFFERED, "mechanism-not-offered" },
    { NET_ERROR_TOO_MANY_CONNECTIONS, "too-many-connections" },
    { NET_ERROR_SHUTTING_DOWN, "shutting-down" },
    { NET_ERROR_PROTOCOL, "protocol" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (NET_ERROR, table[i].code, "x");

      g_assert_cmpstr (net_error_class_name (error), ==, table[i].name);
    }
}

static void
test_what_waiting_helps (void)
{
  g_autoptr(GError) refused = g_error_new_literal (NET_ERROR, NET_ERROR_REFUSED, "x");
  g_autoptr(GError) sign_in = g_error_new_literal (NET_ERROR, NET_ERROR_SIGN_IN_REFUSED, "x");
  g_autoptr(GError) changed = g_error_new_literal (NET_ERROR, NET_ERROR_CERTIFICATE_CHANGED, "x");

  g_assert_true (net_error_is_temporary (refused));
  g_assert_false (net_error_is_temporary (sign_in));
  g_assert_false (net_error_is_temporary (changed));
}

static void
test_tls_record (void)
{
  g_assert_true (net_error_is_tls_record ((const guint8 *) "\x15\x03\x01", 3));
  g_assert_true (net_error_is_tls_record ((const guint8 *) "\x16\x03", 2));
  g_assert_true (net_error_is_tls_record ((const guint8 *) "\x15", 1));
  g_assert_false (net_error_is_tls_record ((const guint8 *) "\x15*", 2));
  g_assert_false (net_error_is_tls_record ((const guint8 *) "* OK", 4));
  g_assert_false (net_error_is_tls_record ((const guint8 *) "220", 3));
  g_assert_false (net_error_is_tls_record ((const guint8 *) "", 0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/error/classes", test_classes);
  g_test_add_func ("/net/error/errno", test_errno);
  g_test_add_func ("/net/error/errno-under-another-code", test_errno_under_another_code);
  g_test_add_func ("/net/error/cancelled-is-no-failure", test_cancelled_is_no_failure);
  g_test_add_func ("/net/error/names", test_names);
  g_test_add_func ("/net/error/well-known-names", test_well_known_names);
  g_test_add_func ("/net/error/what-waiting-helps", test_what_waiting_helps);
  g_test_add_func ("/net/error/tls-record", test_tls_record);

  return g_test_run ();
}
