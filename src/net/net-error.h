#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NET_ERROR (net_error_quark ())

/**
 * NetError:
 * @NET_ERROR_FAILED: none of the others
 * @NET_ERROR_INVALID: the endpoint or another argument cannot be used as it is
 * @NET_ERROR_NAME_NOT_FOUND: no such host, says the name service
 * @NET_ERROR_NAME_LOOKUP: the name service itself did not answer
 * @NET_ERROR_REFUSED: the machine is there, nothing listens at the port
 * @NET_ERROR_TIMED_OUT: silence for longer than the step may take
 * @NET_ERROR_UNREACHABLE: no way to the network or the machine; also: this computer is offline
 * @NET_ERROR_CLOSED: the server, or something between, ended the connection
 * @NET_ERROR_NOT_TLS: TLS was asked for and the server spoke plain text
 * @NET_ERROR_TLS_EXPECTED: plain text was expected and the server wants TLS from the first byte
 * @NET_ERROR_TLS_VERSION: the server has nothing newer than TLS 1.1
 * @NET_ERROR_TLS_FAILED: the handshake failed in another way
 * @NET_ERROR_STARTTLS_NOT_OFFERED: the server does not offer STARTTLS, or refused it
 * @NET_ERROR_PLAIN_NOT_ALLOWED: would have gone over the network unencrypted, and was not sent
 * @NET_ERROR_CERTIFICATE: not trusted; net_transport_get_rejected_certificate () says why
 * @NET_ERROR_CERTIFICATE_CHANGED: not the certificate that was pinned for this endpoint
 * @NET_ERROR_SIGN_IN_REFUSED: the name or the secret was refused
 * @NET_ERROR_MECHANISM_NOT_OFFERED: no way of signing in that both sides know
 * @NET_ERROR_ACCOUNT_LIMITED: the account is locked, over quota or throttled, whatever the secret
 * @NET_ERROR_TOO_MANY_CONNECTIONS: the server wants fewer connections
 * @NET_ERROR_SHUTTING_DOWN: the server said good-bye; later it may be there again
 * @NET_ERROR_BUSY: a temporary failure of the server; the same may succeed later
 * @NET_ERROR_PROTOCOL: the server said something that the protocol does not know
 *
 * The classes of failure of a connection, one for each advice that a person could be given.
 * A cancelled call is no failure: it stays %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  NET_ERROR_FAILED,
  NET_ERROR_INVALID,
  NET_ERROR_NAME_NOT_FOUND,
  NET_ERROR_NAME_LOOKUP,
  NET_ERROR_REFUSED,
  NET_ERROR_TIMED_OUT,
  NET_ERROR_UNREACHABLE,
  NET_ERROR_CLOSED,
  NET_ERROR_NOT_TLS,
  NET_ERROR_TLS_EXPECTED,
  NET_ERROR_TLS_VERSION,
  NET_ERROR_TLS_FAILED,
  NET_ERROR_STARTTLS_NOT_OFFERED,
  NET_ERROR_PLAIN_NOT_ALLOWED,
  NET_ERROR_CERTIFICATE,
  NET_ERROR_CERTIFICATE_CHANGED,
  NET_ERROR_SIGN_IN_REFUSED,
  NET_ERROR_MECHANISM_NOT_OFFERED,
  NET_ERROR_ACCOUNT_LIMITED,
  NET_ERROR_TOO_MANY_CONNECTIONS,
  NET_ERROR_SHUTTING_DOWN,
  NET_ERROR_BUSY,
  NET_ERROR_PROTOCOL,
} NetError;

#define NET_ERROR_LAST NET_ERROR_PROTOCOL

GQuark      net_error_quark          (void);

const char *net_error_class_name     (const GError  *error);
gboolean    net_error_class_from_name (const char   *name,
                                      NetError      *out_code);
gboolean    net_error_is_temporary   (const GError  *error);

GError     *net_error_from_gio       (const GError  *cause,
                                      const char    *what);
void        net_error_take_gio       (GError       **error,
                                      GError        *cause,
                                      const char    *what);

gboolean    net_error_is_tls_record  (const guint8  *bytes,
                                      gsize          size_bytes);

G_END_DECLS
