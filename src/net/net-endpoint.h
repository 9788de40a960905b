#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NetPurpose:
 * @NET_PURPOSE_IMAP: reading
 * @NET_PURPOSE_SMTP: sending
 */
typedef enum
{
  NET_PURPOSE_IMAP,
  NET_PURPOSE_SMTP,
} NetPurpose;

/**
 * NetSecurity:
 * @NET_SECURITY_TLS: TLS from the first byte
 * @NET_SECURITY_STARTTLS: plain text until STARTTLS, and nothing without it
 * @NET_SECURITY_NONE: plain text: loopback, or after an explicit choice
 */
typedef enum
{
  NET_SECURITY_TLS,
  NET_SECURITY_STARTTLS,
  NET_SECURITY_NONE,
} NetSecurity;

#define NET_TYPE_ENDPOINT (net_endpoint_get_type ())

typedef struct _NetEndpoint NetEndpoint;

GType        net_endpoint_get_type         (void) G_GNUC_CONST;

NetEndpoint *net_endpoint_new              (NetPurpose          purpose,
                                            const char         *host,
                                            guint16             port,
                                            NetSecurity         security);
NetEndpoint *net_endpoint_parse            (NetPurpose          purpose,
                                            const char         *text,
                                            GError            **error);
NetEndpoint *net_endpoint_allow_plain      (NetEndpoint        *self);
NetEndpoint *net_endpoint_ref              (NetEndpoint        *self);
void         net_endpoint_unref            (NetEndpoint        *self);

NetPurpose   net_endpoint_get_purpose      (NetEndpoint        *self);
const char  *net_endpoint_get_host         (NetEndpoint        *self);
guint16      net_endpoint_get_port         (NetEndpoint        *self);
NetSecurity  net_endpoint_get_security     (NetEndpoint        *self);
gboolean     net_endpoint_is_plain_allowed (NetEndpoint        *self);
gboolean     net_endpoint_is_loopback      (NetEndpoint        *self);

char        *net_endpoint_to_string        (NetEndpoint        *self);
gboolean     net_endpoint_equal            (NetEndpoint        *a,
                                            NetEndpoint        *b);

const char  *net_purpose_to_string         (NetPurpose          purpose);
const char  *net_security_to_string        (NetSecurity         security);
gboolean     net_security_from_string      (const char         *text,
                                            NetSecurity        *out_security);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetEndpoint, net_endpoint_unref)

G_END_DECLS
