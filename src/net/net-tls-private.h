#pragma once

#include "net-certificate.h"
#include "net-endpoint.h"
#include "net-trust.h"
#include "net-wire-private.h"

G_BEGIN_DECLS

/* What came of a handshake */
typedef struct
{
  GTlsConnection *stream;      /* (owned) (nullable) on success */
  NetCertificate *certificate; /* (owned) (nullable) the server's, when trusted */
  NetCertificate *rejected;    /* (owned) (nullable) the server's, when not */
} NetTlsOutcome;

void     net_tls_outcome_clear (NetTlsOutcome  *outcome);

gboolean net_tls_handshake     (NetWire        *wire,
                                NetEndpoint    *endpoint,
                                NetTrust       *trust,
                                guint           timeout_ms,
                                NetTlsOutcome  *outcome,
                                GCancellable   *cancellable,
                                GError        **error);

/* What net_tls_handshake () decides with; separate for the tests */
NetCertificateProblems
         net_tls_judge         (GTlsCertificate      *chain,
                                NetCertificate       *leaf,
                                GTlsCertificateFlags  flags,
                                NetEndpoint          *endpoint,
                                NetTrust             *trust);
GError  *net_tls_explain       (const guint8         *head,
                                gsize                 head_size,
                                gboolean              ended,
                                const GError         *cause);

G_END_DECLS
