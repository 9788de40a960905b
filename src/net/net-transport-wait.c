#include "net-transport-private.h"

#include <errno.h>
#include <sys/socket.h>

#include "base-await.h"
#include "base-time.h"
#include "net-connect-private.h"

/* What is waited for on an open connection: that its streams can be used, and the greeting. */

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
