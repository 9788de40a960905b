#include "net-wire-private.h"

#include <string.h>

/* A socket's stream that remembers the first bytes which came in. When a handshake fails, GIO says
 * "not TLS" to a server that speaks plain text, to one that is too old and to one that hung up;
 * these bytes tell them apart.
 *
 * While a handshake runs, its thread writes here; nobody reads before its callback came. */

#define HEAD_BYTES 64

struct _NetWire
{
  GIOStream parent_instance;

  GSocketConnection *connection; /* (owned) */
  GInputStream *input;           /* (owned) NetWireInput */
  guint8 head[HEAD_BYTES];
  gsize head_size;
  gboolean ended; /* the server hung up, or the connection broke */
};

/* The input side */

#define NET_TYPE_WIRE_INPUT (net_wire_input_get_type ())
G_DECLARE_FINAL_TYPE (NetWireInput, net_wire_input, NET, WIRE_INPUT, GFilterInputStream)

struct _NetWireInput
{
  GFilterInputStream parent_instance;

  NetWire *wire; /* owns this */
};

static void net_wire_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NetWireInput, net_wire_input, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      net_wire_input_pollable_init))

G_DEFINE_FINAL_TYPE (NetWire, net_wire, G_TYPE_IO_STREAM)

static void
remember (NetWireInput *self,
          const void   *bytes,
          gssize        size_bytes,
          const GError *error)
{
  NetWire *wire = self->wire;
  gsize room = HEAD_BYTES - wire->head_size;

  if (size_bytes > 0)
    {
      memcpy (wire->head + wire->head_size, bytes, MIN (room, (gsize) size_bytes));
      wire->head_size += MIN (room, (gsize) size_bytes);
    }
  else if (size_bytes == 0 || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    wire->ended = TRUE;
}

static GInputStream *
base_of (NetWireInput *self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

static gssize
net_wire_input_read (GInputStream  *stream,
                     void          *buffer,
                     gsize          count,
                     GCancellable  *cancellable,
                     GError       **error)
{
  NetWireInput *self = NET_WIRE_INPUT (stream);
  GError *cause = NULL;
  gssize size = g_input_stream_read (base_of (self), buffer, count, cancellable, &cause);

  remember (self, buffer, size, cause);
  if (cause != NULL)
    g_propagate_error (error, cause);
  return size;
}

static gboolean
net_wire_input_can_poll (GPollableInputStream *stream)
{
  return TRUE;
}

static gboolean
net_wire_input_is_readable (GPollableInputStream *stream)
{
  NetWireInput *self = NET_WIRE_INPUT (stream);

  return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base_of (self)));
}

static GSource *
net_wire_input_create_source (GPollableInputStream *stream,
                              GCancellable         *cancellable)
{
  NetWireInput *self = NET_WIRE_INPUT (stream);
  g_autoptr(GSource) base = NULL;

  base = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base_of (self)), NULL);
  return g_pollable_source_new_full (stream, base, cancellable);
}

static gssize
net_wire_input_read_nonblocking (GPollableInputStream  *stream,
                                 void                  *buffer,
                                 gsize                  count,
                                 GError               **error)
{
  NetWireInput *self = NET_WIRE_INPUT (stream);
  GError *cause = NULL;
  gssize size;

  size = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (base_of (self)),
                                                   buffer, count, NULL, &cause);
  remember (self, buffer, size, cause);
  if (cause != NULL)
    g_propagate_error (error, cause);
  return size;
}

static void
net_wire_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = net_wire_input_can_poll;
  iface->is_readable = net_wire_input_is_readable;
  iface->create_source = net_wire_input_create_source;
  iface->read_nonblocking = net_wire_input_read_nonblocking;
}

static void
net_wire_input_class_init (NetWireInputClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  stream_class->read_fn = net_wire_input_read;
}

static void
net_wire_input_init (NetWireInput *self)
{
}

/* The stream */

static GInputStream *
net_wire_get_input_stream (GIOStream *stream)
{
  return NET_WIRE (stream)->input;
}

static GOutputStream *
net_wire_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (NET_WIRE (stream)->connection));
}

static gboolean
net_wire_close (GIOStream     *stream,
                GCancellable  *cancellable,
                GError       **error)
{
  return g_io_stream_close (G_IO_STREAM (NET_WIRE (stream)->connection), cancellable, error);
}

static void
net_wire_finalize (GObject *object)
{
  NetWire *self = NET_WIRE (object);

  NET_WIRE_INPUT (self->input)->wire = NULL;
  g_object_unref (self->input);
  g_object_unref (self->connection);

  G_OBJECT_CLASS (net_wire_parent_class)->finalize (object);
}

static void
net_wire_class_init (NetWireClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = net_wire_finalize;
  stream_class->get_input_stream = net_wire_get_input_stream;
  stream_class->get_output_stream = net_wire_get_output_stream;
  stream_class->close_fn = net_wire_close;
}

static void
net_wire_init (NetWire *self)
{
}

/**
 * net_wire_new:
 * @connection: a connected socket
 *
 * Returns: (transfer full): a stream over @connection
 */
NetWire *
net_wire_new (GSocketConnection *connection)
{
  NetWire *self = g_object_new (NET_TYPE_WIRE, NULL);
  GInputStream *base = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  self->connection = g_object_ref (connection);
  self->input = g_object_new (NET_TYPE_WIRE_INPUT, "base-stream", base,
                              "close-base-stream", FALSE, NULL);
  NET_WIRE_INPUT (self->input)->wire = self;

  return self;
}

/**
 * net_wire_get_socket:
 *
 * Returns: (transfer none): the socket below
 */
GSocket *
net_wire_get_socket (NetWire *self)
{
  return g_socket_connection_get_socket (self->connection);
}

/**
 * net_wire_peek_head:
 * @out_size_bytes: (out): how many
 *
 * Returns: (transfer none): the first bytes that came in, 64 at most
 */
const guint8 *
net_wire_peek_head (NetWire *self,
                    gsize   *out_size_bytes)
{
  *out_size_bytes = self->head_size;
  return self->head;
}

/**
 * net_wire_has_ended:
 *
 * Returns: %TRUE after the server hung up or the connection broke
 */
gboolean
net_wire_has_ended (NetWire *self)
{
  return self->ended;
}

/**
 * net_wire_forget_head:
 *
 * Begins to remember anew, before STARTTLS's handshake.
 */
void
net_wire_forget_head (NetWire *self)
{
  self->head_size = 0;
}
