#pragma once

#include "base-secret.h"
#include "net-transport.h"

G_BEGIN_DECLS

/**
 * NetSaslMechanism:
 * @NET_SASL_NONE: none
 * @NET_SASL_PLAIN: RFC 4616
 * @NET_SASL_LOGIN: two prompts, never standardised, still all that some servers offer
 */
typedef enum
{
  NET_SASL_NONE,
  NET_SASL_PLAIN,
  NET_SASL_LOGIN,
} NetSaslMechanism;

typedef struct _NetSasl NetSasl;

NetSaslMechanism net_sasl_choose             (const char * const *offered);
const char      *net_sasl_mechanism_to_string (NetSaslMechanism   mechanism);

NetSasl         *net_sasl_new                (NetTransport       *transport,
                                              NetSaslMechanism    mechanism,
                                              const char         *user,
                                              BaseSecret         *secret,
                                              GError            **error);
void             net_sasl_free               (NetSasl            *self);

gboolean         net_sasl_is_client_first    (NetSasl            *self);
char            *net_sasl_step               (NetSasl            *self,
                                              const char         *challenge_base64,
                                              GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetSasl, net_sasl_free)

G_END_DECLS
