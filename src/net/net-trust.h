#pragma once

#include "net-certificate.h"
#include "net-endpoint.h"

G_BEGIN_DECLS

#define NET_TYPE_TRUST (net_trust_get_type ())

typedef struct _NetTrust NetTrust;

GType       net_trust_get_type     (void) G_GNUC_CONST;

NetTrust   *net_trust_new          (void);
NetTrust   *net_trust_with_pin     (NetTrust      *self,
                                    NetPurpose     purpose,
                                    const char    *host,
                                    guint16        port,
                                    const char    *sha256);
NetTrust   *net_trust_with_anchors (NetTrust      *self,
                                    const char    *pem,
                                    GError       **error);
NetTrust   *net_trust_ref          (NetTrust      *self);
void        net_trust_unref        (NetTrust      *self);

const char *net_trust_get_pin      (NetTrust      *self,
                                    NetEndpoint   *endpoint);
const char *net_trust_get_anchors  (NetTrust      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTrust, net_trust_unref)

G_END_DECLS
