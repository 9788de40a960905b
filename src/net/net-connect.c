#include "net-connect-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base-await.h"
#include "base-time.h"
#include "net-error.h"
#include "net-watch-private.h"

/* From a name to a connected socket: all addresses of the name, both families in turn, the next one
 * begun when the one before has not answered for a quarter of a second; the first to answer wins
 * (RFC 8305). */

#define ATTEMPT_DELAY_US (250 * 1000)
#define MAX_ADDRESSES 12

#define KEEPALIVE_IDLE_S 120
#define KEEPALIVE_INTERVAL_S 30
#define KEEPALIVE_PROBES 4

/* Resolving */

static void
append_address (GPtrArray    *addresses,
                GInetAddress *address,
                guint16       port)
{
  if (addresses->len < MAX_ADDRESSES)
    g_ptr_array_add (addresses, g_inet_socket_address_new (address, port));
}

static GList *
next_of_family (GList         *from,
                GSocketFamily  family,
                gboolean       same)
{
  while (from != NULL && (g_inet_address_get_family (from->data) == family) != same)
    from = from->next;

  return from;
}

/* The families take turns, beginning with the one that the system prefers */
static GPtrArray *
interleave (GList   *found,
            guint16  port)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_object_unref);
  GSocketFamily first = g_inet_address_get_family (found->data);
  GList *preferred = next_of_family (found, first, TRUE);
  GList *other = next_of_family (found, first, FALSE);

  while (preferred != NULL || other != NULL)
    {
      if (preferred != NULL)
        {
          append_address (addresses, preferred->data, port);
          preferred = next_of_family (preferred->next, first, TRUE);
        }
      if (other != NULL)
        {
          append_address (addresses, other->data, port);
          other = next_of_family (other->next, first, FALSE);
        }
    }

  return addresses;
}

/**
 * net_connect_resolve:
 * @host: a DNS name in ASCII form, or an IP address
 * @port: a TCP port
 * @timeout_ms: how long it may take
 * @cancellable: (nullable): a cancellable
 *
 * Awaits the addresses of @host.
 *
 * Errors: NET_ERROR_NAME_NOT_FOUND, NET_ERROR_NAME_LOOKUP, NET_ERROR_TIMED_OUT.
 *
 * Returns: (transfer full) (element-type GInetSocketAddress): one address or more, in the order in
 *   which to try them
 */
GPtrArray *
net_connect_resolve (const char    *host,
                     guint16        port,
                     guint          timeout_ms,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr(GResolver) resolver = g_resolver_get_default ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *what = NULL;
  GError *cause = NULL;
  GPtrArray *addresses;
  GList *found;
  NetWatch watch;

  net_watch_begin (&watch, timeout_ms, cancellable);
  g_resolver_lookup_by_name_async (resolver, host, watch.cancellable, base_await_result_cb,
                                   &result);
  base_await_result (&result);
  found = g_resolver_lookup_by_name_finish (resolver, result, &cause);
  net_watch_end (&watch, &cause);

  if (cause != NULL)
    {
      what = g_strdup_printf ("Looking up %s", host);
      net_error_take_gio (error, cause, what);
      return NULL;
    }

  addresses = interleave (found, port);
  g_resolver_free_addresses (found);

  return addresses;
}

/* Connecting */

typedef struct
{
  GPtrArray *attempts; /* (owned) Attempt */
  GSocket *winner;     /* (owned) (nullable) */
  guint n_pending;
  gboolean woken;
} Race;

typedef struct
{
  Race *race;
  GSocket *socket;             /* (owned) (nullable) once it lost */
  GSocketAddress *address;     /* (owned) */
  GSource *source;             /* (owned) (nullable) while it is under way */
  gint64 deadline_us;
  GError *error;               /* (owned) (nullable) why it lost */
} Attempt;

static void
attempt_stop (Attempt *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
      self->race->n_pending--;
    }
  g_clear_object (&self->socket);
}

static void
attempt_free (Attempt *self)
{
  attempt_stop (self);
  g_clear_error (&self->error);
  g_object_unref (self->address);
  g_free (self);
}

static void
attempt_lose (Attempt *self,
              GError  *cause)
{
  g_autofree char *address = net_connect_describe (G_INET_SOCKET_ADDRESS (self->address));
  g_autofree char *what = g_strdup_printf ("Connecting to %s", address);

  self->error = net_error_from_gio (cause, what);
  g_error_free (cause);
  attempt_stop (self);
}

static void
attempt_win (Attempt *self)
{
  if (self->race->winner == NULL)
    self->race->winner = g_object_ref (self->socket);
  attempt_stop (self);
}

static gboolean
on_socket_writable (GSocket      *socket,
                    GIOCondition  condition,
                    gpointer      user_data)
{
  Attempt *self = user_data;
  GError *cause = NULL;

  self->race->woken = TRUE;
  if (g_socket_check_connect_result (socket, &cause))
    attempt_win (self);
  else
    attempt_lose (self, cause);

  return G_SOURCE_REMOVE;
}

static void
attempt_start (Race           *race,
               GSocketAddress *address,
               guint           timeout_ms)
{
  Attempt *self = g_new0 (Attempt, 1);
  GError *cause = NULL;

  self->race = race;
  self->address = g_object_ref (address);
  self->deadline_us = base_time_boottime_us () + (gint64) timeout_ms * 1000;
  g_ptr_array_add (race->attempts, self);

  self->socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_TCP, &cause);
  if (self->socket == NULL)
    {
      attempt_lose (self, cause);
      return;
    }

  g_socket_set_blocking (self->socket, FALSE);
  if (g_socket_connect (self->socket, address, NULL, &cause))
    {
      attempt_win (self);
      return;
    }

  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      attempt_lose (self, cause);
      return;
    }

  g_error_free (cause);
  self->source = g_socket_create_source (self->socket, G_IO_OUT, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_socket_writable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  race->n_pending++;
}

static void
race_drop_overdue (Race *race)
{
  for (guint i = 0; i < race->attempts->len; i++)
    {
      Attempt *attempt = race->attempts->pdata[i];

      if (attempt->source != NULL && base_time_boottime_us () >= attempt->deadline_us)
        attempt_lose (attempt, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                                    "Timed out"));
    }
}

/* When something is to be done even if no socket reports anything */
static gint64
race_next_us (Race   *race,
              gint64  next_start_us)
{
  gint64 next_us = next_start_us;

  for (guint i = 0; i < race->attempts->len; i++)
    {
      Attempt *attempt = race->attempts->pdata[i];

      if (attempt->source != NULL && (next_us == 0 || attempt->deadline_us < next_us))
        next_us = attempt->deadline_us;
    }

  return next_us;
}

/* Which of several failures says most about the server: one that answered "no" is there */
static int
rank_failure (const GError *error)
{
  switch (error->code)
    {
    case NET_ERROR_REFUSED:
      return 3;
    case NET_ERROR_TIMED_OUT:
      return 2;
    case NET_ERROR_UNREACHABLE:
      return 1;
    default:
      return 0;
    }
}

static void
race_report_failure (Race    *race,
                     GError **error)
{
  const GError *best = NULL;

  for (guint i = 0; i < race->attempts->len; i++)
    {
      const Attempt *attempt = race->attempts->pdata[i];

      if (attempt->error != NULL &&
          (best == NULL || rank_failure (attempt->error) > rank_failure (best)))
        best = attempt->error;
    }

  g_assert (best != NULL);
  g_propagate_error (error, g_error_copy (best));
}

static gboolean
race_run (Race          *race,
          GPtrArray     *addresses,
          guint          timeout_ms,
          GCancellable  *cancellable,
          GError       **error)
{
  guint next = 0;
  gint64 next_start_us = 0;

  while (TRUE)
    {
      g_autoptr(GError) local_error = NULL;

      while (race->winner == NULL && next < addresses->len &&
             (race->n_pending == 0 || base_time_boottime_us () >= next_start_us))
        {
          attempt_start (race, addresses->pdata[next++], timeout_ms);
          next_start_us = base_time_boottime_us () + ATTEMPT_DELAY_US;
        }

      if (race->winner != NULL)
        return TRUE;

      if (race->n_pending == 0)
        {
          race_report_failure (race, error);
          return FALSE;
        }

      race->woken = FALSE;
      if (!base_await (&race->woken,
                       race_next_us (race, next < addresses->len ? next_start_us : 0),
                       cancellable, &local_error) &&
          g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      race_drop_overdue (race);
    }
}

static void
set_up_socket (GSocket *socket)
{
  g_socket_set_keepalive (socket, TRUE);

  /* each of them is a wish: none of them missing makes the connection unusable */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

/**
 * net_connect_to_addresses:
 * @addresses: (element-type GInetSocketAddress): one or more, in the order in which to try them
 * @timeout_ms: how long each of them may take to answer
 * @cancellable: (nullable): a cancellable
 *
 * Awaits a TCP connection to one of @addresses.
 *
 * Errors: when none answers, what the most telling of them failed with: NET_ERROR_REFUSED,
 * NET_ERROR_TIMED_OUT, NET_ERROR_UNREACHABLE.
 *
 * Returns: (transfer full): a connected socket
 */
GSocketConnection *
net_connect_to_addresses (GPtrArray     *addresses,
                          guint          timeout_ms,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr(GSocket) winner = NULL;
  Race race = { 0 };

  g_return_val_if_fail (addresses->len > 0, NULL);

  race.attempts = g_ptr_array_new_with_free_func ((GDestroyNotify) attempt_free);
  race_run (&race, addresses, timeout_ms, cancellable, error);
  g_ptr_array_unref (race.attempts);

  winner = race.winner;
  if (winner == NULL)
    return NULL;

  set_up_socket (winner);
  return g_socket_connection_factory_create_connection (winner);
}

/**
 * net_connect_describe:
 * @address: an address
 *
 * Returns: (transfer full): `127.0.0.1:993` or `[::1]:993`
 */
char *
net_connect_describe (GInetSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (address);
  g_autofree char *text = g_inet_address_to_string (inet);
  gboolean brackets = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf ("%s%s%s:%u", brackets ? "[" : "", text, brackets ? "]" : "",
                          (guint) g_inet_socket_address_get_port (address));
}
