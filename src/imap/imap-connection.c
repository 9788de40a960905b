#include "imap-connection-pumps-private.h"

#include <string.h>

#include "base-secret.h"
#include "base-time.h"
#include "imap-classify-private.h"
#include "net-patience.h"

/* The wire: one pump feeds the reader with whatever has come, the other writes what the socket
 * takes of the outbox. Requests wait in three places: in the outbox until their turn, as the one
 * that is going out (a literal may wait for the server there), and in the list of those without an
 * answer. Nothing is completed inside of the call that started it, and there is one way to fail.
 *
 * COMPRESS=DEFLATE stands between read_some () and the reader, and between stage_bytes () and the
 * socket; GIO's converter streams could block a non-blocking socket for good. */

#define DEFAULT_SILENCE_MS (120 * 1000)
/* Outlook.com breaks when about 50 are under way */
#define MAX_WAITING 20
/* Rambler's silence behind a literal that was announced too long */
#define SHORT_LITERAL_MS 3000

static const char *const state_names[] = {
  [IMAP_CONNECTION_NEW] = "new",
  [IMAP_CONNECTION_OPEN] = "open",
  [IMAP_CONNECTION_STOPPED] = "stopped",
  [IMAP_CONNECTION_FAILED] = "failed",
};

G_DEFINE_FINAL_TYPE (ImapConnection, imap_connection, G_TYPE_OBJECT)

static void
set_state (ImapConnection      *self,
           ImapConnectionState  state)
{
  static const guint allowed[] = {
    [IMAP_CONNECTION_NEW] = 1 << IMAP_CONNECTION_OPEN | 1 << IMAP_CONNECTION_FAILED,
    [IMAP_CONNECTION_OPEN] = 1 << IMAP_CONNECTION_STOPPED | 1 << IMAP_CONNECTION_FAILED,
    [IMAP_CONNECTION_STOPPED] = 1 << IMAP_CONNECTION_OPEN | 1 << IMAP_CONNECTION_FAILED,
    [IMAP_CONNECTION_FAILED] = 0,
  };

  g_assert (allowed[self->state] & 1u << state);
  g_debug ("connection %p: %s → %s", (void *) self, state_names[self->state], state_names[state]);
  self->state = state;
}

void
imap_connection_destroy_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
destroy_sources (ImapConnection *self)
{
  imap_connection_destroy_source (&self->in_source);
  imap_connection_destroy_source (&self->out_source);
  imap_connection_destroy_source (&self->timer);
}

static void
imap_connection_dispose (GObject *object)
{
  ImapConnection *self = IMAP_CONNECTION (object);

  destroy_sources (self);
  if (self->current != NULL && self->current->is_answered)
    g_clear_pointer (&self->current, imap_request_free);
  self->current = NULL;
  g_queue_clear_full (&self->outbox, (GDestroyNotify) imap_request_free);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) imap_request_free);
  if (self->transport != NULL)
    net_transport_close (self->transport);
  g_clear_object (&self->transport);

  G_OBJECT_CLASS (imap_connection_parent_class)->dispose (object);
}

static void
imap_connection_finalize (GObject *object)
{
  ImapConnection *self = IMAP_CONNECTION (object);

  g_clear_error (&self->error);
  imap_reader_free (self->reader);
  g_clear_pointer (&self->deflate, imap_deflate_free);
  g_clear_pointer (&self->packed_rest, g_bytes_unref);
  base_secret_wipe (self->out->data, self->out->len);
  g_byte_array_unref (self->out);

  G_OBJECT_CLASS (imap_connection_parent_class)->finalize (object);
}

static void
imap_connection_class_init (ImapConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = imap_connection_dispose;
  object_class->finalize = imap_connection_finalize;
}

static void
imap_connection_init (ImapConnection *self)
{
  self->reader = imap_reader_new ();
  self->out = g_byte_array_new ();
  self->silence_ms = net_patience_ms (DEFAULT_SILENCE_MS);
  self->max_waiting = MAX_WAITING;
  g_queue_init (&self->outbox);
  g_queue_init (&self->waiting);
}

/* imap_connection_new:
 * @transport: connected, its greeting not read yet
 * @handler: (transfer none): what the connection tells to whom; must stay
 *
 * Returns: (transfer full): a connection that is not started */
ImapConnection *
imap_connection_new (NetTransport                *transport,
                     const ImapConnectionHandler *handler,
                     gpointer                     user_data)
{
  ImapConnection *self = g_object_new (IMAP_TYPE_CONNECTION, NULL);

  self->transport = g_object_ref (transport);
  self->handler = handler;
  self->handler_data = user_data;

  return self;
}

/* imap_connection_set_silence: how long the server may be silent while it owes an answer */
void
imap_connection_set_silence (ImapConnection *self,
                             guint           silence_ms)
{
  self->silence_ms = net_patience_ms (silence_ms > 0 ? silence_ms : DEFAULT_SILENCE_MS);
  if (self->timer != NULL)
    {
      /* it ticks as often as is fit for the time before */
      imap_connection_destroy_source (&self->timer);
      imap_connection_watch_silence (self);
    }
}

/* imap_connection_limit_waiting: how many commands may be under way with this server */
void
imap_connection_limit_waiting (ImapConnection *self,
                               guint           max_waiting)
{
  self->max_waiting = CLAMP (max_waiting, 1, MAX_WAITING);
}

/* imap_connection_set_utf8_names: mailbox names are UTF-8 from the next response on */
void
imap_connection_set_utf8_names (ImapConnection *self,
                                gboolean        has_utf8_names)
{
  imap_reader_set_utf8_names (self->reader, has_utf8_names);
}

/* The one end of a connection: first the state, then everybody is told. */
static void
tell_lost (ImapConnection *self,
           GQueue         *requests)
{
  ImapRequest *request;

  while ((request = g_queue_pop_head (requests)) != NULL)
    {
      if (!request->is_answered)
        self->handler->lost (self->handler_data, request, self->error);
      imap_request_free (request);
    }
}

/* imap_connection_fail:
 * @error: (transfer full): why
 *
 * Ends the connection. Only the first call does anything. */
void
imap_connection_fail (ImapConnection *self,
                      GError         *error)
{
  g_autoptr(ImapConnection) keep G_GNUC_UNUSED = g_object_ref (self);
  GQueue waiting = self->waiting;
  GQueue outbox = self->outbox;

  if (self->state == IMAP_CONNECTION_FAILED)
    {
      g_error_free (error);
      return;
    }

  set_state (self, IMAP_CONNECTION_FAILED);
  self->error = error;
  g_debug ("connection %p: %s", (void *) self, error->message);
  if (net_transport_get_transcript (self->transport) != NULL)
    net_transcript_note (net_transport_get_transcript (self->transport), "%s", error->message);

  destroy_sources (self);
  net_transport_close (self->transport);
  if (self->current != NULL && self->current->is_answered)
    imap_request_free (self->current);
  self->current = NULL;
  self->is_idling = FALSE;
  g_queue_init (&self->waiting);
  g_queue_init (&self->outbox);

  tell_lost (self, &waiting);
  tell_lost (self, &outbox);
  self->handler->failed (self->handler_data, self->error);
}

void
imap_connection_fail_gio (ImapConnection *self,
                          GError         *cause,
                          const char     *what)
{
  imap_connection_fail (self, net_error_from_gio (cause, what));
  g_error_free (cause);
}

/* The silence that counts: somebody waits, and not for IDLE */
static gboolean
is_owed (ImapConnection *self)
{
  if (self->out->len > self->out_offset)
    return TRUE;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (!(((ImapRequest *) l->data)->flags & IMAP_REQUEST_IDLE) || !self->is_idling)
      return TRUE;

  return FALSE;
}

/* Whether the server is silent because it has sent less of a literal than it announced, and has
 * answered. What it has said then is told. */
static gboolean
has_short_literal (ImapConnection *self,
                   gint64          silent_us)
{
  ImapRequest *oldest = g_queue_peek_head (&self->waiting);

  if (oldest == NULL || silent_us < MIN (SHORT_LITERAL_MS, (gint64) self->silence_ms) * 1000 ||
      !imap_reader_end_literal (self->reader, oldest->tag))
    return FALSE;

  g_info ("A literal was shorter than announced");
  self->heard_us = base_time_boottime_us ();
  imap_connection_drain (self);
  return TRUE;
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr(ImapConnection) self = g_object_ref (user_data);
  GPollableInputStream *input = net_transport_get_input (self->transport);
  gint64 silent_us = base_time_boottime_us () - self->heard_us;

  if (!is_owed (self))
    {
      imap_connection_destroy_source (&self->timer);
      return G_SOURCE_REMOVE;
    }

  if (!g_pollable_input_stream_is_readable (input) && has_short_literal (self, silent_us))
    return self->timer != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;

  /* a job that was busy elsewhere has not listened: that is no silence */
  if (silent_us < (gint64) self->silence_ms * 1000 || g_pollable_input_stream_is_readable (input))
    return G_SOURCE_CONTINUE;

  imap_connection_fail (self, g_error_new (NET_ERROR, NET_ERROR_TIMED_OUT,
                                           "The server has been silent for %u s%s",
                                           self->silence_ms / 1000,
                                           imap_reader_is_between (self->reader)
                                           ? "" : ", in the middle of a response"));
  return G_SOURCE_REMOVE;
}

void
imap_connection_watch_silence (ImapConnection *self)
{
  if (self->timer != NULL || self->silence_ms == 0 || !is_owed (self))
    return;

  self->heard_us = base_time_boottime_us ();
  self->timer = g_timeout_source_new (MIN (self->silence_ms, 1000));
  g_source_set_callback (self->timer, on_tick, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* Large literals pass by while only abandoned requests could have
 * asked for them */
void
imap_connection_update_dropping (ImapConnection *self)
{
  gboolean has_abandoned = FALSE;
  gboolean has_wanted = FALSE;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      ImapRequest *request = l->data;

      if (!(request->flags & IMAP_REQUEST_BRINGS_BODIES))
        continue;
      if (request->is_abandoned)
        has_abandoned = TRUE;
      else
        has_wanted = TRUE;
    }

  imap_reader_set_dropping (self->reader, has_abandoned && !has_wanted);
}

ImapRequest *
imap_connection_find_idle (ImapConnection *self)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->flags & IMAP_REQUEST_IDLE)
      return l->data;

  return NULL;
}

/* imap_connection_start: begins to listen; again after imap_connection_stop () */
void
imap_connection_start (ImapConnection *self)
{
  set_state (self, IMAP_CONNECTION_OPEN);
  self->heard_us = base_time_boottime_us ();
  imap_connection_watch_input (self);
  imap_connection_watch_output (self);
}

/* imap_connection_stop: stops listening, for the transport to put TLS below */
void
imap_connection_stop (ImapConnection *self)
{
  set_state (self, IMAP_CONNECTION_STOPPED);
  destroy_sources (self);
  imap_reader_free (self->reader);
  self->reader = imap_reader_new ();
}

/* imap_connection_abandon: takes back what a command has not begun to send. The answers to what is
 * under way will be swallowed. */
void
imap_connection_abandon (ImapConnection *self,
                         ImapCommand    *command)
{
  for (GList *l = self->outbox.head; l != NULL;)
    {
      GList *next = l->next;
      ImapRequest *request = l->data;

      if (request->command == command)
        {
          g_queue_delete_link (&self->outbox, l);
          imap_request_free (request);
        }
      l = next;
    }

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->command == command)
      ((ImapRequest *) l->data)->is_abandoned = TRUE;

  imap_connection_update_dropping (self);
}

gboolean
imap_connection_is_idling (ImapConnection *self)
{
  return self->is_idling;
}

gboolean
imap_connection_is_open (ImapConnection *self)
{
  return self->state == IMAP_CONNECTION_OPEN;
}

const GError *
imap_connection_get_error (ImapConnection *self)
{
  return self->error;
}

guint
imap_connection_get_n_waiting (ImapConnection *self)
{
  return self->waiting.length + self->outbox.length;
}

/* imap_connection_is_compressed: whether COMPRESS is agreed on */
gboolean
imap_connection_is_compressed (ImapConnection *self)
{
  return self->deflate != NULL;
}

/* imap_connection_is_badly_packed: whether it has ended because of what could not be unpacked */
gboolean
imap_connection_is_badly_packed (ImapConnection *self)
{
  return self->is_badly_packed;
}

guint64
imap_connection_get_bytes_unpacked (ImapConnection *self)
{
  return self->bytes_unpacked;
}

/* imap_connection_get_link: what the way to the server was measured to do */
const ImapLink *
imap_connection_get_link (ImapConnection *self)
{
  return &self->meter.link;
}

guint64
imap_connection_get_bytes_read (ImapConnection *self)
{
  return self->bytes_read;
}

/* imap_connection_peek_waiting: the requests without an answer, in the order in which they went out
 * */
GList *
imap_connection_peek_waiting (ImapConnection *self)
{
  return self->waiting.head;
}
