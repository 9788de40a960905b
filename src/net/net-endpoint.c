#include "net-endpoint.h"

#include <string.h>

#include "net-error.h"

/* Where a server is and how it is spoken to. Immutable; counted atomically, so that threads may
 * share it. */

#define MAX_HOST_BYTES 253 /* RFC 1035 section 2.3.4, as text */

struct _NetEndpoint
{
  gatomicrefcount ref_count;
  NetPurpose purpose;
  char *host; /* (owned) lower case, ASCII form of an international name, no brackets */
  guint16 port;
  NetSecurity security;
  gboolean plain_allowed;
};

G_DEFINE_BOXED_TYPE (NetEndpoint, net_endpoint, net_endpoint_ref, net_endpoint_unref)

static char *
normalise_host (const char *host)
{
  gsize size = strlen (host);
  g_autofree char *bare = NULL;
  g_autofree char *ascii = NULL;

  if (size > 2 && host[0] == '[' && host[size - 1] == ']')
    bare = g_strndup (host + 1, size - 2);
  else if (size > 1 && host[size - 1] == '.')
    bare = g_strndup (host, size - 1);
  else
    bare = g_strdup (host);

  ascii = g_hostname_to_ascii (bare);
  return g_ascii_strdown (ascii != NULL ? ascii : bare, -1);
}

static gboolean
is_usable_host (const char *host)
{
  if (*host == '\0' || strlen (host) > MAX_HOST_BYTES)
    return FALSE;

  if (g_hostname_is_ip_address (host))
    return TRUE;

  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.' && *p != '_')
      return FALSE;

  return *host != '.' && strstr (host, "..") == NULL;
}

/**
 * net_endpoint_new:
 * @purpose: what it serves
 * @host: a name, also an international one, or an IP address, with or without brackets
 * @port: a TCP port
 * @security: how the connection is protected
 *
 * A host that cannot be one is kept as it is: connecting to it fails with %NET_ERROR_INVALID. To
 * learn about it before, use net_endpoint_parse ().
 *
 * Returns: (transfer full): an endpoint that does not allow plain text except on loopback
 */
NetEndpoint *
net_endpoint_new (NetPurpose  purpose,
                  const char *host,
                  guint16     port,
                  NetSecurity security)
{
  NetEndpoint *self;

  g_return_val_if_fail (host != NULL, NULL);

  self = g_new0 (NetEndpoint, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->purpose = purpose;
  self->host = normalise_host (host);
  self->port = port;
  self->security = security;

  return self;
}

static NetEndpoint *
parse_failed (const char  *text,
              GError     **error)
{
  g_set_error (error, NET_ERROR, NET_ERROR_INVALID,
               "Not a server as HOST:PORT:tls, :starttls or :none: %s", text);
  return NULL;
}

/**
 * net_endpoint_parse:
 * @purpose: what it serves
 * @text: `host:port:security`, the security being `tls`, `starttls` or `none`; an IPv6 address
 *   stands in brackets
 *
 * Errors: NET_ERROR_INVALID.
 *
 * Returns: (transfer full): an endpoint that does not allow plain text except on loopback
 */
NetEndpoint *
net_endpoint_parse (NetPurpose   purpose,
                    const char  *text,
                    GError     **error)
{
  g_autoptr(NetEndpoint) self = NULL;
  g_autofree char *host = NULL;
  g_autofree char *port_text = NULL;
  const char *last;
  const char *middle;
  guint64 port = 0;
  NetSecurity security;

  g_return_val_if_fail (text != NULL, NULL);

  last = strrchr (text, ':');
  if (last == NULL || last == text || !net_security_from_string (last + 1, &security))
    return parse_failed (text, error);

  middle = memrchr (text, ':', last - text);
  if (middle == NULL)
    return parse_failed (text, error);

  host = g_strndup (text, middle - text);
  port_text = g_strndup (middle + 1, last - middle - 1);
  if (!g_ascii_string_to_unsigned (port_text, 10, 1, G_MAXUINT16, &port, NULL))
    return parse_failed (text, error);

  /* an IPv6 address without brackets would leave its last group to be taken for the port */
  if (strchr (host, ':') != NULL && host[0] != '[')
    return parse_failed (text, error);

  self = net_endpoint_new (purpose, host, (guint16) port, security);
  if (!is_usable_host (self->host))
    return parse_failed (text, error);

  return g_steal_pointer (&self);
}

/**
 * net_endpoint_allow_plain:
 *
 * The same endpoint, with a person's explicit choice that %NET_SECURITY_NONE may go over a
 * network. The choice is not part of net_endpoint_to_string ().
 *
 * Returns: (transfer full): a new endpoint
 */
NetEndpoint *
net_endpoint_allow_plain (NetEndpoint *self)
{
  NetEndpoint *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = net_endpoint_new (self->purpose, self->host, self->port, self->security);
  copy->plain_allowed = TRUE;

  return copy;
}

/**
 * net_endpoint_ref:
 *
 * Returns: (transfer full): @self
 */
NetEndpoint *
net_endpoint_ref (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * net_endpoint_unref:
 * @self: (transfer full): an endpoint
 */
void
net_endpoint_unref (NetEndpoint *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->host);
  g_free (self);
}

/**
 * net_endpoint_get_purpose:
 *
 * Returns: what it serves
 */
NetPurpose
net_endpoint_get_purpose (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NET_PURPOSE_IMAP);

  return self->purpose;
}

/**
 * net_endpoint_get_host:
 *
 * Returns: (transfer none): the host as DNS and certificates know it: lower case, an
 *   international name in its ASCII form, an IPv6 address without brackets
 */
const char *
net_endpoint_get_host (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

/**
 * net_endpoint_get_port:
 *
 * Returns: the TCP port
 */
guint16
net_endpoint_get_port (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * net_endpoint_get_security:
 *
 * Returns: how the connection is protected
 */
NetSecurity
net_endpoint_get_security (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NET_SECURITY_TLS);

  return self->security;
}

/**
 * net_endpoint_is_plain_allowed:
 *
 * Returns: %TRUE after net_endpoint_allow_plain ()
 */
gboolean
net_endpoint_is_plain_allowed (NetEndpoint *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->plain_allowed;
}

/**
 * net_endpoint_is_loopback:
 *
 * Tells by the name alone whether the server is on this machine: `localhost` and what ends in
 * it (RFC 6761 section 6.3), 127.0.0.0/8, ::1. What a name really leads to is looked at again
 * when it is connected to.
 *
 * Returns: %TRUE for loopback
 */
gboolean
net_endpoint_is_loopback (NetEndpoint *self)
{
  g_autoptr(GInetAddress) address = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  address = g_inet_address_new_from_string (self->host);
  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_str_equal (self->host, "localhost") || g_str_has_suffix (self->host, ".localhost");
}

/**
 * net_endpoint_to_string:
 *
 * Returns: (transfer full): what net_endpoint_parse () reads
 */
char *
net_endpoint_to_string (NetEndpoint *self)
{
  gboolean brackets;

  g_return_val_if_fail (self != NULL, NULL);

  brackets = strchr (self->host, ':') != NULL;
  return g_strdup_printf ("%s%s%s:%u:%s", brackets ? "[" : "", self->host, brackets ? "]" : "",
                          (guint) self->port, net_security_to_string (self->security));
}

/**
 * net_endpoint_equal:
 * @a: an endpoint
 * @b: an endpoint
 *
 * Returns: %TRUE if both are the same in everything
 */
gboolean
net_endpoint_equal (NetEndpoint *a,
                    NetEndpoint *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->purpose == b->purpose && a->port == b->port && a->security == b->security &&
         a->plain_allowed == b->plain_allowed && g_str_equal (a->host, b->host);
}

/**
 * net_purpose_to_string:
 * @purpose: a purpose
 *
 * Returns: (transfer none): "imap" or "smtp"
 */
const char *
net_purpose_to_string (NetPurpose purpose)
{
  return purpose == NET_PURPOSE_SMTP ? "smtp" : "imap";
}

static const char * const security_names[] = { "tls", "starttls", "none" };

/**
 * net_security_to_string:
 * @security: a security
 *
 * Returns: (transfer none): "tls", "starttls" or "none"
 */
const char *
net_security_to_string (NetSecurity security)
{
  g_return_val_if_fail (security <= NET_SECURITY_NONE, NULL);

  return security_names[security];
}

/**
 * net_security_from_string:
 * @text: "tls", "starttls" or "none"
 * @out_security: (out): the security
 *
 * Returns: %TRUE if it is one of them
 */
gboolean
net_security_from_string (const char  *text,
                          NetSecurity *out_security)
{
  g_return_val_if_fail (text != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (security_names); i++)
    if (g_ascii_strcasecmp (text, security_names[i]) == 0)
      {
        *out_security = i;
        return TRUE;
      }

  return FALSE;
}
