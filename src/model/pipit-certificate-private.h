#pragma once

#include "net-certificate.h"
#include "pipit-certificate.h"

G_BEGIN_DECLS

PipitCertificate *pipit_certificate_new     (NetCertificate   *certificate,
                                             const char       *host);
NetCertificate   *pipit_certificate_get_net (PipitCertificate *self);

G_END_DECLS
