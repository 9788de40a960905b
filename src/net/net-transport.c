#include "net-transport.h"

#include <errno.h>
#include <sys/socket.h>

#include "base-await.h"
#include "base-time.h"
#include "net-connect-private.h"
#include "net-tls-private.h"
#include "net-wire-private.h"

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

struct _NetTransport
{
  GObject parent_instance;

  NetEndpoint *endpoint;     /* (owned) */
  NetTrust *trust;           /* (owned) (nullable) */
  NetTranscript *transcript; /* (owned) (nullable) */
  NetTimeouts timeouts;

  NetStageFunc stage_func; /* (nullable) */
  gpointer stage_data;
  GDestroyNotify stage_destroy;
  gint64 stage_began_us;

  NetWire *wire;              /* (owned) (nullable) */
  GTlsConnection *tls;        /* (owned) (nullable) */
  GIOStream *stream;          /* (owned) (nullable) tls, else wire */
  NetCertificate *certificate; /* (owned) (nullable) */
  NetCertificate *rejected;   /* (owned) (nullable) */
  GInetSocketAddress *remote; /* (owned) (nullable) */
  GInetSocketAddress *local;  /* (owned) (nullable) */
  char *cipher;               /* (owned) (nullable) */
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

static void
fail_stage (NetTransport  *self,
            NetStage       stage,
            GError        *failure,
            GError       **error)
{
  net_transport_end_stage (self, stage, NULL, failure);
  g_propagate_error (error, failure);
}

/* Opening */

static char *
describe_addresses (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      GInetAddress *address = g_inet_socket_address_get_address (addresses->pdata[i]);
      g_autofree char *one = g_inet_address_to_string (address);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_loopback (GInetSocketAddress *address)
{
  return g_inet_address_get_is_loopback (g_inet_socket_address_get_address (address));
}

/* Without encryption and without a person's choice only this machine is spoken to: what its name
 * leads to counts, not how it is called. */
static gboolean
check_plain_allowed (NetTransport  *self,
                     GPtrArray     *addresses,
                     GError       **error)
{
  if (net_endpoint_get_security (self->endpoint) != NET_SECURITY_NONE ||
      net_endpoint_is_plain_allowed (self->endpoint))
    return TRUE;

  for (guint i = 0; i < addresses->len; i++)
    if (!is_loopback (addresses->pdata[i]))
      {
        g_set_error (error, NET_ERROR, NET_ERROR_PLAIN_NOT_ALLOWED,
                     "%s is not on this computer, and plain text was not allowed for it",
                     net_endpoint_get_host (self->endpoint));
        return FALSE;
      }

  return TRUE;
}

static GPtrArray *
resolve (NetTransport  *self,
         GCancellable  *cancellable,
         GError       **error)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_autofree char *detail = NULL;
  GError *failure = NULL;

  net_transport_begin_stage (self, NET_STAGE_RESOLVE);

  addresses = net_connect_resolve (net_endpoint_get_host (self->endpoint),
                                   net_endpoint_get_port (self->endpoint),
                                   self->timeouts.resolve_ms, cancellable, &failure);
  if (addresses == NULL || !check_plain_allowed (self, addresses, &failure))
    {
      fail_stage (self, NET_STAGE_RESOLVE, failure, error);
      return NULL;
    }

  detail = describe_addresses (addresses);
  net_transport_end_stage (self, NET_STAGE_RESOLVE, detail, NULL);

  return g_steal_pointer (&addresses);
}

static gboolean
connect_socket (NetTransport  *self,
                GPtrArray     *addresses,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *detail = NULL;
  GError *failure = NULL;

  net_transport_begin_stage (self, NET_STAGE_CONNECT);

  connection = net_connect_to_addresses (addresses, self->timeouts.connect_ms, cancellable,
                                         &failure);
  if (connection == NULL)
    {
      fail_stage (self, NET_STAGE_CONNECT, failure, error);
      return FALSE;
    }

  self->wire = net_wire_new (connection);
  self->stream = g_object_ref (G_IO_STREAM (self->wire));
  self->remote = (GInetSocketAddress *) g_socket_connection_get_remote_address (connection, NULL);
  self->local = (GInetSocketAddress *) g_socket_connection_get_local_address (connection, NULL);

  if (self->remote != NULL)
    detail = net_connect_describe (self->remote);
  net_transport_end_stage (self, NET_STAGE_CONNECT, detail, NULL);

  return TRUE;
}

static gboolean
encrypt (NetTransport  *self,
         GCancellable  *cancellable,
         GError       **error)
{
  g_autofree char *detail = NULL;
  NetTlsOutcome outcome;
  GError *failure = NULL;

  net_transport_begin_stage (self, NET_STAGE_ENCRYPT);

  if (!net_tls_handshake (self->wire, self->endpoint, self->trust, self->timeouts.encrypt_ms,
                          &outcome, cancellable, &failure))
    {
      self->rejected = g_steal_pointer (&outcome.rejected);
      net_tls_outcome_clear (&outcome);
      net_transport_close (self);
      fail_stage (self, NET_STAGE_ENCRYPT, failure, error);
      return FALSE;
    }

  self->tls = g_steal_pointer (&outcome.stream);
  self->certificate = g_steal_pointer (&outcome.certificate);
  self->cipher = g_tls_connection_get_ciphersuite_name (self->tls);
  g_set_object (&self->stream, G_IO_STREAM (self->tls));

  detail = g_strdup_printf ("%s, %s", net_transport_get_tls_version (self), self->cipher);
  net_transport_end_stage (self, NET_STAGE_ENCRYPT, detail, NULL);

  return TRUE;
}

/**
 * net_transport_open:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the connection: resolve, connect, and for %NET_SECURITY_TLS encrypt. To be called once.
 *
 * Thread: as base_await ().
 * Errors: %NET_ERROR; after NET_ERROR_CERTIFICATE and NET_ERROR_CERTIFICATE_CHANGED the server's
 * certificate is net_transport_get_rejected_certificate ().
 *
 * Returns: %TRUE when the streams can be used
 */
gboolean
net_transport_open (NetTransport  *self,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_autofree char *endpoint = NULL;

  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (self->wire == NULL, FALSE);

  endpoint = net_endpoint_to_string (self->endpoint);
  if (self->transcript != NULL)
    net_transcript_note (self->transcript, "opening %s", endpoint);

  addresses = resolve (self, cancellable, error);
  if (addresses == NULL || !connect_socket (self, addresses, cancellable, error))
    return FALSE;

  if (net_endpoint_get_security (self->endpoint) != NET_SECURITY_TLS)
    return TRUE;

  return encrypt (self, cancellable, error);
}

/**
 * net_transport_start_tls:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits encryption of a connection whose server has just agreed to STARTTLS. Bytes that came
 * together with its agreement are the caller's to refuse: they were not protected.
 *
 * After it the streams are new ones; sources on the old ones must be gone before. After an error
 * the transport is closed.
 *
 * Thread: as base_await ().
 * Errors: as net_transport_open ().
 *
 * Returns: %TRUE when the streams can be used
 */
gboolean
net_transport_start_tls (NetTransport  *self,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (self->tls == NULL, FALSE);

  if (!net_transport_is_open (self))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return FALSE;
    }

  net_wire_forget_head (self->wire);
  return encrypt (self, cancellable, error);
}

/* Waiting */

typedef struct
{
  GIOCondition ready;
  gboolean woken;
} IoWait;

static gboolean
on_input_ready (GObject  *stream,
                gpointer  user_data)
{
  IoWait *wait = user_data;

  wait->ready |= G_IO_IN;
  wait->woken = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_output_ready (GObject  *stream,
                 gpointer  user_data)
{
  IoWait *wait = user_data;

  wait->ready |= G_IO_OUT;
  wait->woken = TRUE;
  return G_SOURCE_REMOVE;
}

static GSource *
attach (GSource             *source,
        GPollableSourceFunc  func,
        IoWait              *wait)
{
  g_source_set_callback (source, G_SOURCE_FUNC (func), wait, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
detach (GSource *source)
{
  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

/**
 * net_transport_await_io:
 * @wanted: %G_IO_IN, %G_IO_OUT or both
 * @deadline_us: as for base_await ()
 * @cancellable: (nullable): a cancellable
 *
 * Awaits that at least one of the streams can be used without blocking. An ended or failed stream
 * can: reading it says so.
 *
 * Thread: as base_await ().
 * Errors: NET_ERROR_TIMED_OUT, NET_ERROR_CLOSED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: which of @wanted; 0 for an error
 */
GIOCondition
net_transport_await_io (NetTransport  *self,
                        GIOCondition   wanted,
                        gint64         deadline_us,
                        GCancellable  *cancellable,
                        GError       **error)
{
  IoWait wait = { 0 };
  GSource *input = NULL;
  GSource *output = NULL;
  GError *cause = NULL;

  g_return_val_if_fail (NET_IS_TRANSPORT (self), 0);

  if (!net_transport_is_open (self))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return 0;
    }

  if (wanted & G_IO_IN)
    input = attach (g_pollable_input_stream_create_source (net_transport_get_input (self), NULL),
                    on_input_ready, &wait);
  if (wanted & G_IO_OUT)
    output = attach (g_pollable_output_stream_create_source (net_transport_get_output (self), NULL),
                     on_output_ready, &wait);

  base_await (&wait.woken, deadline_us, cancellable, &cause);
  detach (input);
  detach (output);

  if (cause != NULL)
    net_error_take_gio (error, cause, "Waiting for the server");

  return wait.ready;
}

/* Greeting */

/* Looks at what waits in the socket without taking it. Returns as recv () */
static gssize
peek_socket (NetTransport *self,
             guint8       *bytes,
             gsize         size_bytes)
{
  return recv (g_socket_get_fd (net_wire_get_socket (self->wire)), bytes, size_bytes,
               MSG_PEEK | MSG_DONTWAIT);
}

static void
set_tls_expected (GError **error)
{
  g_set_error_literal (error, NET_ERROR, NET_ERROR_TLS_EXPECTED,
                       "The server speaks TLS from the first byte, not plain text");
}

static gboolean
check_first_bytes (NetTransport  *self,
                   GError       **error)
{
  guint8 bytes[2];
  gssize size;

  if (self->tls != NULL)
    return TRUE;

  size = peek_socket (self, bytes, sizeof bytes);
  if (size == 0)
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED,
                           "The server closed the connection without a word");
      return FALSE;
    }

  if (size < 0 && errno != EAGAIN)
    {
      g_set_error (error, NET_ERROR, NET_ERROR_CLOSED,
                   "The connection broke before the server's greeting: %s", g_strerror (errno));
      return FALSE;
    }

  if (size > 0 && net_error_is_tls_record (bytes, (gsize) size))
    {
      set_tls_expected (error);
      return FALSE;
    }

  return TRUE;
}

/* A server that wants TLS says nothing before the client does. A second connection to the same
 * address asks it; the first one is left as it is, for a server that is only slow. */
static gboolean
probe_for_tls (NetTransport *self,
               GCancellable *cancellable)
{
  g_autoptr(GPtrArray) addresses = g_ptr_array_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(NetWire) wire = NULL;
  NetTlsOutcome outcome;
  const guint8 *head;
  gsize head_size;

  if (self->remote == NULL)
    return FALSE;

  g_ptr_array_add (addresses, self->remote);
  connection = net_connect_to_addresses (addresses, self->timeouts.quiet_ms, cancellable, NULL);
  if (connection == NULL)
    return FALSE;

  wire = net_wire_new (connection);
  net_tls_handshake (wire, self->endpoint, self->trust, self->timeouts.quiet_ms, &outcome,
                     cancellable, NULL);
  net_tls_outcome_clear (&outcome);

  head = net_wire_peek_head (wire, &head_size);
  return net_error_is_tls_record (head, head_size);
}

static gboolean
await_input (NetTransport  *self,
             guint          timeout_ms,
             GCancellable  *cancellable,
             GError       **error)
{
  gint64 deadline_us = base_time_boottime_us () + (gint64) timeout_ms * 1000;

  return net_transport_await_io (self, G_IO_IN, deadline_us, cancellable, error) != 0;
}

/**
 * net_transport_await_greeting:
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the first byte of the server's greeting, and takes nothing of it. Without encryption it
 * tells a server that wants TLS from one that is only slow.
 *
 * Thread: as base_await ().
 * Errors: NET_ERROR_TLS_EXPECTED, NET_ERROR_CLOSED, NET_ERROR_TIMED_OUT.
 *
 * Returns: %TRUE when there is something to read
 */
gboolean
net_transport_await_greeting (NetTransport  *self,
                              GCancellable  *cancellable,
                              GError       **error)
{
  g_autoptr(GError) silence = NULL;
  guint quiet_ms;

  g_return_val_if_fail (NET_IS_TRANSPORT (self), FALSE);

  quiet_ms = MIN (self->timeouts.quiet_ms, self->timeouts.greeting_ms);
  if (self->tls != NULL)
    return await_input (self, self->timeouts.greeting_ms, cancellable, error);

  if (await_input (self, quiet_ms, cancellable, &silence))
    return check_first_bytes (self, error);

  if (!g_error_matches (silence, NET_ERROR, NET_ERROR_TIMED_OUT))
    {
      g_propagate_error (error, g_steal_pointer (&silence));
      return FALSE;
    }

  if (probe_for_tls (self, cancellable))
    {
      set_tls_expected (error);
      return FALSE;
    }

  return await_input (self, self->timeouts.greeting_ms - quiet_ms, cancellable, error) &&
         check_first_bytes (self, error);
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
         (self->remote != NULL && is_loopback (self->remote));
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
