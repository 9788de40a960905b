#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NetCertificateProblems:
 * @NET_CERTIFICATE_EXPIRED: its time is over
 * @NET_CERTIFICATE_NOT_YET_VALID: its time has not begun (or this computer's clock is slow)
 * @NET_CERTIFICATE_OTHER_HOST: made for other host names
 * @NET_CERTIFICATE_UNKNOWN_ISSUER: issued by somebody whom this computer does not know
 * @NET_CERTIFICATE_SELF_SIGNED: issued by itself
 * @NET_CERTIFICATE_REVOKED: taken back by its issuer
 * @NET_CERTIFICATE_INSECURE: signed with an algorithm that is broken
 * @NET_CERTIFICATE_CHANGED: not the one that was pinned
 * @NET_CERTIFICATE_OTHER: refused for another reason
 *
 * Why a certificate was not trusted. Each is looked at on its own: an expired one for another host
 * has both. %NET_CERTIFICATE_SELF_SIGNED comes instead of %NET_CERTIFICATE_UNKNOWN_ISSUER.
 */
typedef enum
{
  NET_CERTIFICATE_FINE = 0,
  NET_CERTIFICATE_EXPIRED = 1 << 0,
  NET_CERTIFICATE_NOT_YET_VALID = 1 << 1,
  NET_CERTIFICATE_OTHER_HOST = 1 << 2,
  NET_CERTIFICATE_UNKNOWN_ISSUER = 1 << 3,
  NET_CERTIFICATE_SELF_SIGNED = 1 << 4,
  NET_CERTIFICATE_REVOKED = 1 << 5,
  NET_CERTIFICATE_INSECURE = 1 << 6,
  NET_CERTIFICATE_CHANGED = 1 << 7,
  NET_CERTIFICATE_OTHER = 1 << 8,
} NetCertificateProblems;

#define NET_TYPE_CERTIFICATE (net_certificate_get_type ())

typedef struct _NetCertificate NetCertificate;

GType                  net_certificate_get_type          (void) G_GNUC_CONST;

NetCertificate        *net_certificate_new_from_der      (const guint8         *der,
                                                          gsize                 size_bytes,
                                                          GError              **error);
NetCertificate        *net_certificate_new_from_pem      (const char           *pem,
                                                          GError              **error);
NetCertificate        *net_certificate_with_problems     (NetCertificate       *self,
                                                          NetCertificateProblems problems);
NetCertificate        *net_certificate_ref               (NetCertificate       *self);
void                   net_certificate_unref             (NetCertificate       *self);

const char            *net_certificate_get_subject       (NetCertificate       *self);
const char            *net_certificate_get_issuer        (NetCertificate       *self);
const char * const    *net_certificate_get_names         (NetCertificate       *self);
gint64                 net_certificate_get_not_before_unix (NetCertificate     *self);
gint64                 net_certificate_get_not_after_unix (NetCertificate      *self);
const char            *net_certificate_get_sha256        (NetCertificate       *self);
char                  *net_certificate_dup_sha256_shown  (NetCertificate       *self);
const char            *net_certificate_get_key           (NetCertificate       *self);
const char            *net_certificate_get_pem           (NetCertificate       *self);
gboolean               net_certificate_is_self_issued    (NetCertificate       *self);
gboolean               net_certificate_is_for_host       (NetCertificate       *self,
                                                          const char           *host);
NetCertificateProblems net_certificate_get_problems      (NetCertificate       *self);
char                  *net_certificate_describe_problems (NetCertificate       *self);

char                 **net_certificate_dup_problem_names (NetCertificateProblems problems);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetCertificate, net_certificate_unref)

G_END_DECLS
