#pragma once

#include <gio/gio.h>

#include "net-certificate.h"
#include "net-endpoint.h"
#include "net-error.h"
#include "net-stage.h"
#include "net-transcript.h"
#include "net-trust.h"

G_BEGIN_DECLS

#define NET_TYPE_TRANSPORT (net_transport_get_type ())

G_DECLARE_FINAL_TYPE (NetTransport, net_transport, NET, TRANSPORT, GObject)

/**
 * NetTimeouts:
 * @resolve_ms: for the name service
 * @connect_ms: for one of the addresses to answer
 * @encrypt_ms: for the TLS handshake
 * @greeting_ms: for the server's first byte
 * @quiet_ms: without encryption: silence for so long before it is looked at whether the server
 *   waits for TLS
 *
 * How long each step of a connection may take.
 */
typedef struct
{
  guint resolve_ms;
  guint connect_ms;
  guint encrypt_ms;
  guint greeting_ms;
  guint quiet_ms;
} NetTimeouts;

extern const NetTimeouts net_timeouts_default;

NetTransport          *net_transport_new                     (NetEndpoint            *endpoint,
                                                              NetTrust               *trust,
                                                              NetTranscript          *transcript);
void                   net_transport_set_timeouts            (NetTransport           *self,
                                                              const NetTimeouts      *timeouts);

/* Steps, for whoever shows them; the floors above report theirs here too */
void                   net_transport_set_stage_func          (NetTransport           *self,
                                                              NetStageFunc            func,
                                                              gpointer                user_data,
                                                              GDestroyNotify          destroy);
void                   net_transport_begin_stage             (NetTransport           *self,
                                                              NetStage                stage);
void                   net_transport_end_stage               (NetTransport           *self,
                                                              NetStage                stage,
                                                              const char             *detail,
                                                              const GError           *error);

/* Awaits */
gboolean               net_transport_open                    (NetTransport           *self,
                                                              GCancellable           *cancellable,
                                                              GError                **error);
gboolean               net_transport_await_greeting          (NetTransport           *self,
                                                              GCancellable           *cancellable,
                                                              GError                **error);
gboolean               net_transport_start_tls               (NetTransport           *self,
                                                              GCancellable           *cancellable,
                                                              GError                **error);
GIOCondition           net_transport_await_io                (NetTransport           *self,
                                                              GIOCondition            wanted,
                                                              gint64                  deadline_us,
                                                              GCancellable           *cancellable,
                                                              GError                **error);

void                   net_transport_close                   (NetTransport           *self);
gboolean               net_transport_is_open                 (NetTransport           *self);

GPollableInputStream  *net_transport_get_input               (NetTransport           *self);
GPollableOutputStream *net_transport_get_output              (NetTransport           *self);

NetEndpoint           *net_transport_get_endpoint            (NetTransport           *self);
NetTranscript         *net_transport_get_transcript          (NetTransport           *self);
GInetSocketAddress    *net_transport_get_remote_address      (NetTransport           *self);
GInetSocketAddress    *net_transport_get_local_address       (NetTransport           *self);
gboolean               net_transport_is_encrypted            (NetTransport           *self);
gboolean               net_transport_may_send_secret         (NetTransport           *self);
const char            *net_transport_get_tls_version         (NetTransport           *self);
const char            *net_transport_get_tls_cipher          (NetTransport           *self);
NetCertificate        *net_transport_get_certificate         (NetTransport           *self);
NetCertificate        *net_transport_get_rejected_certificate (NetTransport          *self);

G_END_DECLS
