#pragma once

#include "account-profile.h"
#include "net-certificate.h"
#include "net-endpoint.h"
#include "net-trust.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_TYPE_TRUST (account_trust_get_type ())

G_DECLARE_FINAL_TYPE (AccountTrust, account_trust, ACCOUNT, TRUST, GObject)

AccountTrust *account_trust_open          (AccountProfile  *profile,
                                           GError         **error);

NetTrust     *account_trust_get_net_trust (AccountTrust    *self);
gboolean      account_trust_pin           (AccountTrust    *self,
                                           NetEndpoint     *endpoint,
                                           NetCertificate  *certificate,
                                           GError         **error);
gboolean      account_trust_unpin         (AccountTrust    *self,
                                           NetEndpoint     *endpoint,
                                           GError         **error);
NetCertificate *account_trust_dup_certificate (AccountTrust  *self,
                                              NetEndpoint   *endpoint);

G_END_DECLS
