#include "net-transport-private.h"

#include "net-connect-private.h"

/* From nothing to two streams: name, TCP, TLS; and TLS later, for STARTTLS. */

static void
fail_stage (NetTransport  *self,
            NetStage       stage,
            GError        *failure,
            GError       **error)
{
  net_transport_end_stage (self, stage, NULL, failure);
  g_propagate_error (error, failure);
}

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
    if (!net_transport_is_loopback (addresses->pdata[i]))
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
