#include "net-error.h"

#include <errno.h>
#include <gio/gio.h>

G_DEFINE_QUARK (pipit-net-error-quark, net_error)

/* In the order of NetError. Never changed: scripts and logs know them. */
static const char * const class_names[] = {
  "failed",
  "invalid",
  "name-not-found",
  "name-lookup",
  "refused",
  "timed-out",
  "unreachable",
  "closed",
  "not-tls",
  "tls-expected",
  "tls-version",
  "tls-failed",
  "starttls-not-offered",
  "plain-not-allowed",
  "certificate",
  "certificate-changed",
  "sign-in-refused",
  "mechanism-not-offered",
  "account-limited",
  "too-many-connections",
  "shutting-down",
  "busy",
  "protocol",
};

G_STATIC_ASSERT (G_N_ELEMENTS (class_names) == NET_ERROR_LAST + 1);

/**
 * net_error_class_name:
 * @error: an error of any domain
 *
 * Returns: (transfer none): the stable name of the class in kebab case; "cancelled" for a
 *   cancelled call, "failed" for what is not of %NET_ERROR
 */
const char *
net_error_class_name (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";

  if (error->domain == NET_ERROR && error->code >= 0 && error->code <= NET_ERROR_LAST)
    return class_names[error->code];

  return class_names[NET_ERROR_FAILED];
}

/**
 * net_error_class_from_name:
 * @name: what net_error_class_name () gave
 * @out_code: (out): the code
 *
 * Returns: %TRUE if there is such a class
 */
gboolean
net_error_class_from_name (const char *name,
                           NetError   *out_code)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (class_names); i++)
    if (g_str_equal (name, class_names[i]))
      {
        *out_code = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * net_error_is_temporary:
 * @error: an error of any domain
 *
 * Tells whether the same attempt may succeed later without anybody changing a setting: the
 * question of whoever tries again by itself.
 *
 * Returns: %TRUE if waiting may help
 */
gboolean
net_error_is_temporary (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (error->domain != NET_ERROR)
    return FALSE;

  switch ((NetError) error->code)
    {
    case NET_ERROR_NAME_NOT_FOUND: /* also what many resolvers say while offline */
    case NET_ERROR_NAME_LOOKUP:
    case NET_ERROR_REFUSED:
    case NET_ERROR_TIMED_OUT:
    case NET_ERROR_UNREACHABLE:
    case NET_ERROR_CLOSED:
    case NET_ERROR_ACCOUNT_LIMITED:
    case NET_ERROR_TOO_MANY_CONNECTIONS:
    case NET_ERROR_SHUTTING_DOWN:
    case NET_ERROR_BUSY:
      return TRUE;

    case NET_ERROR_FAILED:
    case NET_ERROR_INVALID:
    case NET_ERROR_NOT_TLS:
    case NET_ERROR_TLS_EXPECTED:
    case NET_ERROR_TLS_VERSION:
    case NET_ERROR_TLS_FAILED:
    case NET_ERROR_STARTTLS_NOT_OFFERED:
    case NET_ERROR_PLAIN_NOT_ALLOWED:
    case NET_ERROR_CERTIFICATE:
    case NET_ERROR_CERTIFICATE_CHANGED:
    case NET_ERROR_SIGN_IN_REFUSED:
    case NET_ERROR_MECHANISM_NOT_OFFERED:
    case NET_ERROR_PROTOCOL:
    default:
      return FALSE;
    }
}

static NetError
classify_io (int code)
{
  /* G_IO_ERROR_CONNECTION_CLOSED is another name of G_IO_ERROR_BROKEN_PIPE */
  switch (code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return NET_ERROR_REFUSED;
    case G_IO_ERROR_TIMED_OUT:
      return NET_ERROR_TIMED_OUT;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_PERMISSION_DENIED: /* a firewall's EPERM and EACCES */
      return NET_ERROR_UNREACHABLE;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return NET_ERROR_NAME_NOT_FOUND;
    case G_IO_ERROR_BROKEN_PIPE:
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_NOT_CONNECTED:
    case G_IO_ERROR_PARTIAL_INPUT:
      return NET_ERROR_CLOSED;
    case G_IO_ERROR_INVALID_ARGUMENT:
      return NET_ERROR_INVALID;
    default:
      return NET_ERROR_FAILED;
    }
}

static NetError
classify_tls (int code)
{
  switch (code)
    {
    case G_TLS_ERROR_NOT_TLS:
      return NET_ERROR_NOT_TLS;
    case G_TLS_ERROR_BAD_CERTIFICATE:
      return NET_ERROR_CERTIFICATE;
    case G_TLS_ERROR_EOF:
      return NET_ERROR_CLOSED;
    default:
      return NET_ERROR_TLS_FAILED;
    }
}

static NetError
classify_resolver (int code)
{
  return code == G_RESOLVER_ERROR_NOT_FOUND ? NET_ERROR_NAME_NOT_FOUND : NET_ERROR_NAME_LOOKUP;
}

/* Failures for which GIO has no code of its own, or from version to version another one, and only
 * repeats strerror () */
static NetError
classify_errno (int saved_errno)
{
  switch (saved_errno)
    {
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
      return NET_ERROR_UNREACHABLE;
    case ECONNABORTED:
    case ESHUTDOWN:
      return NET_ERROR_CLOSED;
    default:
      return classify_io (g_io_error_from_errno (saved_errno));
    }
}

static NetError
classify_message (const char *message)
{
  static const int numbers[] = { ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, ECONNABORTED, ESHUTDOWN };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_has_suffix (message, g_strerror (numbers[i])))
      return classify_errno (numbers[i]);

  return NET_ERROR_FAILED;
}

/**
 * net_error_from_gio:
 * @cause: what GIO, the TLS backend or the resolver said
 * @what: (nullable): what was tried, such as "Connecting to 127.0.0.1:993"
 *
 * The one place where failures of the libraries below are given a class. An error of %NET_ERROR,
 * and one that says that the call was cancelled, keep domain and code.
 *
 * Returns: (transfer full): a new error
 */
GError *
net_error_from_gio (const GError *cause,
                    const char   *what)
{
  NetError code = NET_ERROR_FAILED;
  g_autofree char *message = NULL;

  g_return_val_if_fail (cause != NULL, NULL);

  message = what != NULL ? g_strdup_printf ("%s: %s", what, cause->message)
                         : g_strdup (cause->message);

  if (cause->domain == NET_ERROR || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (cause->domain, cause->code, message);

  if (cause->domain == G_IO_ERROR)
    {
      code = classify_message (cause->message);
      if (code == NET_ERROR_FAILED)
        code = classify_io (cause->code);
    }
  else if (cause->domain == G_TLS_ERROR)
    code = classify_tls (cause->code);
  else if (cause->domain == G_RESOLVER_ERROR)
    code = classify_resolver (cause->code);

  return g_error_new_literal (NET_ERROR, code, message);
}

/**
 * net_error_take_gio:
 * @error: (out) (optional): where it goes
 * @cause: (transfer full): as for net_error_from_gio ()
 * @what: (nullable): as for net_error_from_gio ()
 *
 * Classifies and sets an error in one line.
 */
void
net_error_take_gio (GError     **error,
                    GError      *cause,
                    const char  *what)
{
  g_propagate_error (error, net_error_from_gio (cause, what));
  g_error_free (cause);
}

/**
 * net_error_is_tls_record:
 * @bytes: the first bytes that a server sent
 * @size_bytes: how many, 1 is enough
 *
 * Tells whether a server that was expected to speak plain text speaks TLS: its first byte is the
 * type of an alert or a handshake record (RFC 8446 section 5.1), which no greeting begins with.
 *
 * Returns: %TRUE for TLS
 */
gboolean
net_error_is_tls_record (const guint8 *bytes,
                         gsize         size_bytes)
{
  if (size_bytes == 0 || (bytes[0] != 0x15 && bytes[0] != 0x16))
    return FALSE;

  return size_bytes < 2 || bytes[1] == 0x03;
}
