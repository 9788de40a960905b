#include "net-transport-private.h"

#include "base-time.h"
#include "net-patience.h"

/* A byte stream to a server: the addresses of its name, TCP, TLS. What takes time awaits, in the
 * order in which it happens; after that there are two pollable streams, and the protocols
 * above pump them.
 *
 * A transport belongs to one worker and is used once: after a failure there is a new one. */

const NetTimeouts net_timeouts_default = {
  .resolve_ms = 10 * 1000,
  .connect_ms = 15 * 1000,
  .encrypt_ms = 15 * 1000,
  .greeting_ms = 30 * 1000,
  .quiet_ms = 4 * 1000,
};

G_DEFINE_FINAL_TYPE (NetTransport, net_transport, G_TYPE_OBJECT)

static void
net_transport_dispose (GObject *object)
{
  NetTransport *self = NET_TRANSPORT (object);

  net_transport_close (self);
  net_transport_set_stage_func (self, NULL, NULL, NULL);

  G_OBJECT_CLASS (net_transport_parent_class)->dispose (object);
}

static void
net_transport_finalize (GObject *object)
{
  NetTransport *self = NET_TRANSPORT (object);

  g_clear_pointer (&self->endpoint, net_endpoint_unref);
  g_clear_pointer (&self->trust, net_trust_unref);
  g_clear_pointer (&self->transcript, net_transcript_unref);
  g_clear_pointer (&self->certificate, net_certificate_unref);
  g_clear_pointer (&self->rejected, net_certificate_unref);
  g_clear_object (&self->remote);
  g_clear_object (&self->local);
  g_free (self->cipher);

  G_OBJECT_CLASS (net_transport_parent_class)->finalize (object);
}

static void
net_transport_class_init (NetTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = net_transport_dispose;
  object_class->finalize = net_transport_finalize;
}

static void
net_transport_init (NetTransport *self)
{
  self->timeouts = net_timeouts_default;
  self->timeouts.resolve_ms = net_patience_ms (self->timeouts.resolve_ms);
  self->timeouts.connect_ms = net_patience_ms (self->timeouts.connect_ms);
  self->timeouts.encrypt_ms = net_patience_ms (self->timeouts.encrypt_ms);
  self->timeouts.greeting_ms = net_patience_ms (self->timeouts.greeting_ms);
  self->timeouts.quiet_ms = net_patience_ms (self->timeouts.quiet_ms);
}

/**
 * net_transport_new:
 * @endpoint: where to
 * @trust: (nullable): whom to trust beyond the system's authorities
 * @transcript: (nullable): where to write down what happens
 *
 * Returns: (transfer full): a transport that is not connected
 */
NetTransport *
net_transport_new (NetEndpoint   *endpoint,
                   NetTrust      *trust,
                   NetTranscript *transcript)
{
  NetTransport *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (NET_TYPE_TRANSPORT, NULL);
  self->endpoint = net_endpoint_ref (endpoint);
  self->trust = trust != NULL ? net_trust_ref (trust) : NULL;
  self->transcript = transcript != NULL ? net_transcript_ref (transcript) : NULL;

  return self;
}

/**
 * net_transport_set_timeouts:
 * @timeouts: how long each step may take; copied
 */
void
net_transport_set_timeouts (NetTransport      *self,
                            const NetTimeouts *timeouts)
{
  g_return_if_fail (NET_IS_TRANSPORT (self));
  g_return_if_fail (timeouts != NULL);

  self->timeouts = *timeouts;
}

/* Steps */

/**
 * net_transport_set_stage_func:
 * @func: (nullable): who hears of each step
 * @user_data: its data
 * @destroy: (nullable): frees @user_data
 */
void
net_transport_set_stage_func (NetTransport   *self,
                              NetStageFunc    func,
                              gpointer        user_data,
                              GDestroyNotify  destroy)
{
  g_return_if_fail (NET_IS_TRANSPORT (self));

  if (self->stage_destroy != NULL)
    self->stage_destroy (self->stage_data);

  self->stage_func = func;
  self->stage_data = user_data;
  self->stage_destroy = destroy;
}

/**
 * net_transport_begin_stage:
 * @stage: the step that begins
 *
 * Tells whoever listens that a step begins. Steps do not overlap.
 */
void
net_transport_begin_stage (NetTransport *self,
                           NetStage      stage)
{
  g_return_if_fail (NET_IS_TRANSPORT (self));

  self->stage_began_us = base_time_boottime_us ();
  if (self->stage_func != NULL)
    self->stage_func (stage, NET_STAGE_STARTED, NULL, 0, self->stage_data);
}

/**
 * net_transport_end_stage:
 * @stage: the step that ends
 * @detail: (nullable): for experts, when it was reached
 * @error: (nullable): why it was not
 *
 * Tells whoever listens that a step was reached, or failed.
 */
void
net_transport_end_stage (NetTransport *self,
                         NetStage      stage,
                         const char   *detail,
                         const GError *error)
{
  gint64 elapsed_us;

  g_return_if_fail (NET_IS_TRANSPORT (self));

  elapsed_us = base_time_boottime_us () - self->stage_began_us;
  if (error != NULL)
    detail = error->message;

  if (self->transcript != NULL)
    net_transcript_note (self->transcript, "%s %s after %" G_GINT64_FORMAT " ms%s%s",
                         net_stage_to_string (stage), error != NULL ? "failed" : "done",
                         elapsed_us / 1000, detail != NULL ? ": " : "",
                         detail != NULL ? detail : "");

  if (self->stage_func != NULL)
    self->stage_func (stage, error != NULL ? NET_STAGE_FAILED : NET_STAGE_DONE, detail, elapsed_us,
                      self->stage_data);
}

/* State */

/**
 * net_transport_close:
 *
 * Ends the connection at once and without a word: good-byes are the protocols'. Sources on the
 * streams must be gone before. May be called again.
 */
void
net_transport_close (NetTransport *self)
{
  g_return_if_fail (NET_IS_TRANSPORT (self));

  if (self->wire != NULL)
    g_socket_close (net_wire_get_socket (self->wire), NULL);

  g_clear_object (&self->stream);
  g_clear_object (&self->tls);
  g_clear_object (&self->wire);
}

/**
 * net_transport_is_open:
 *
 * Returns: %TRUE between net_transport_open () and net_transport_close (); a server may have
 *   hung up all the same
 */
gboolean
net_transport_is_open (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);

  return self->stream != NULL;
}

/**
 * net_transport_get_input:
 *
 * Returns: (transfer none) (nullable): what the server sends; another one after STARTTLS
 */
GPollableInputStream *
net_transport_get_input (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  if (self->stream == NULL)
    return NULL;

  return G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
}

/**
 * net_transport_get_output:
 *
 * Returns: (transfer none) (nullable): what goes to the server; another one after STARTTLS
 */
GPollableOutputStream *
net_transport_get_output (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  if (self->stream == NULL)
    return NULL;

  return G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
}

/**
 * net_transport_get_endpoint:
 *
 * Returns: (transfer none): where it leads
 */
NetEndpoint *
net_transport_get_endpoint (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->endpoint;
}

/**
 * net_transport_get_transcript:
 *
 * Returns: (transfer none) (nullable): where to write down what is said
 */
NetTranscript *
net_transport_get_transcript (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->transcript;
}

/**
 * net_transport_get_remote_address:
 *
 * Returns: (transfer none) (nullable): the address that answered
 */
GInetSocketAddress *
net_transport_get_remote_address (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->remote;
}

/**
 * net_transport_get_local_address:
 *
 * Returns: (transfer none) (nullable): our end
 */
GInetSocketAddress *
net_transport_get_local_address (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->local;
}

/**
 * net_transport_is_encrypted:
 *
 * Returns: %TRUE if there is TLS now
 */
gboolean
net_transport_is_encrypted (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);

  return self->tls != NULL;
}

/* net_transport_is_loopback: whether an address is of this machine */
gboolean
net_transport_is_loopback (GInetSocketAddress *address)
{
  return g_inet_address_get_is_loopback (g_inet_socket_address_get_address (address));
}

/**
 * net_transport_may_send_secret:
 *
 * Returns: %TRUE if a password may go over it: encrypted, or plain text by intent and either on
 *   loopback or explicitly allowed
 */
gboolean
net_transport_may_send_secret (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);

  if (self->tls != NULL)
    return TRUE;

  if (net_endpoint_get_security (self->endpoint) != NET_SECURITY_NONE)
    return FALSE;

  return net_endpoint_is_plain_allowed (self->endpoint) ||
         (self->remote != NULL && net_transport_is_loopback (self->remote));
}

/**
 * net_transport_get_tls_version:
 *
 * Returns: (transfer none) (nullable): "TLS 1.3" or "TLS 1.2", or %NULL without TLS
 */
const char *
net_transport_get_tls_version (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  if (self->tls == NULL)
    return NULL;

  return g_tls_connection_get_protocol_version (self->tls) == G_TLS_PROTOCOL_VERSION_TLS_1_2
         ? "TLS 1.2" : "TLS 1.3";
}

/**
 * net_transport_get_tls_cipher:
 *
 * Returns: (transfer none) (nullable): the cipher suite
 */
const char *
net_transport_get_tls_cipher (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->cipher;
}

/**
 * net_transport_get_certificate:
 *
 * Returns: (transfer none) (nullable): the server's certificate, trusted
 */
NetCertificate *
net_transport_get_certificate (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->certificate;
}

/**
 * net_transport_get_rejected_certificate:
 *
 * Returns: (transfer none) (nullable): the server's certificate, with what is the matter with it,
 *   after NET_ERROR_CERTIFICATE or NET_ERROR_CERTIFICATE_CHANGED
 */
NetCertificate *
net_transport_get_rejected_certificate (NetTransport *self)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), NULL);

  return self->rejected;
}
