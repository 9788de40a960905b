#include "imap-connection-private.h"

#include <string.h>

#include "base-secret.h"
#include "base-time.h"
#include "imap-classify-private.h"
#include "imap-reader.h"

/* The wire: one pump feeds the reader with whatever has come, the other writes what the socket takes
 * of the outbox. Requests wait in three places: in the outbox until their turn, as the one that is
 * going out (a literal may wait for the server there), and in the list of those without an
 * answer. Nothing is completed inside of the call that started it, and there is one way to fail.
 *
 * COMPRESS=DEFLATE has its place here: between read_some () and the reader, between
 * stage_bytes () and the socket. */

#define DEFAULT_SILENCE_MS (120 * 1000)
#define OUT_BYTES (32 * 1024)
#define READ_BYTES_A_TURN (1024 * 1024)
/* Outlook.com breaks when about 50 are under way */
#define MAX_WAITING 20

typedef enum
{
  STATE_NEW,
  STATE_OPEN,
  STATE_STOPPED,
  STATE_FAILED,
} State;

static const char *const state_names[] = { "new", "open", "stopped", "failed" };

struct _ImapConnection
{
  GObject parent_instance;

  NetTransport *transport; /* (owned) */
  const ImapConnectionHandler *handler;
  gpointer handler_data;
  State state;
  GError *error;           /* (owned) (nullable) until it has failed */

  ImapReader *reader;      /* (owned) */
  GSource *in_source;      /* (owned) (nullable) */
  guint64 bytes_read;
  guint n_fetches_untold;  /* FETCH responses since the last line of the transcript */

  GQueue outbox;           /* (owned) of ImapRequest: not begun */
  ImapRequest *current;    /* (nullable) going out; owned by @waiting, or by us when answered */
  GQueue waiting;          /* (owned) of ImapRequest: begun, not answered */
  GByteArray *out;         /* (owned): bytes for the socket */
  gsize out_offset;
  GSource *out_source;     /* (owned) (nullable) */
  gboolean has_continue;   /* the server has said + to @current */
  guint n_tags;

  gboolean is_idling;      /* the server has taken our IDLE, and DONE is not sent */
  gboolean wants_done;

  guint silence_ms;
  gint64 heard_us;         /* when something last went in or out */
  GSource *timer;          /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ImapConnection, imap_connection, G_TYPE_OBJECT)

static void pump_out (ImapConnection *self);
static void watch_output (ImapConnection *self);

static void
set_state (ImapConnection *self,
           State           state)
{
  static const guint allowed[] = {
    [STATE_NEW] = 1 << STATE_OPEN | 1 << STATE_FAILED,
    [STATE_OPEN] = 1 << STATE_STOPPED | 1 << STATE_FAILED,
    [STATE_STOPPED] = 1 << STATE_OPEN | 1 << STATE_FAILED,
    [STATE_FAILED] = 0,
  };

  g_assert (allowed[self->state] & 1u << state);
  g_debug ("connection %p: %s → %s", (void *) self, state_names[self->state], state_names[state]);
  self->state = state;
}

static void
destroy_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
destroy_sources (ImapConnection *self)
{
  destroy_source (&self->in_source);
  destroy_source (&self->out_source);
  destroy_source (&self->timer);
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
  self->silence_ms = DEFAULT_SILENCE_MS;
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
  self->silence_ms = silence_ms;
}

static void
log_received (ImapConnection     *self,
              const ImapResponse *response)
{
  NetTranscript *transcript = net_transport_get_transcript (self->transport);
  g_autofree char *line = NULL;

  if (transcript == NULL)
    return;

  /* a hundred thousand of them would push everything else out, and they hold what is private */
  if (response->type == IMAP_RESPONSE_FETCH)
    {
      self->n_fetches_untold++;
      return;
    }

  if (self->n_fetches_untold > 0)
    net_transcript_note (transcript, "%u FETCH responses", self->n_fetches_untold);
  self->n_fetches_untold = 0;
  line = imap_response_to_string (response);
  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, line, -1);
}

static void
log_sent (ImapConnection  *self,
          ImapRequest     *request,
          const ImapPiece *piece)
{
  NetTranscript *transcript = net_transport_get_transcript (self->transport);
  g_autofree char *line = NULL;
  gsize size;
  const char *text = g_bytes_get_data (piece->bytes, &size);
  gboolean is_first = !request->is_logged;

  request->is_logged = TRUE;
  if (transcript == NULL)
    return;

  if (!piece->is_text)
    net_transcript_note (transcript, "a literal of %" G_GSIZE_FORMAT " bytes", size);
  else if (piece->is_secret)
    {
      line = g_strdup_printf ("%s %s", request->tag,
                              request->command != NULL ? imap_command_get_name (request->command)
                                                       : "");
      net_transcript_add_secret (transcript, NET_DIRECTION_SENT, line);
    }
  else if (size > 2)
    {
      line = g_strdup_printf ("%s%s%.*s", is_first ? request->tag : "", is_first ? " " : "",
                              (int) MIN (size, 8000), text);
      net_transcript_add (transcript, NET_DIRECTION_SENT, line, -1);
    }
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

  if (self->state == STATE_FAILED)
    {
      g_error_free (error);
      return;
    }

  set_state (self, STATE_FAILED);
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

static void
fail_gio (ImapConnection *self,
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

static gboolean
on_tick (gpointer user_data)
{
  ImapConnection *self = user_data;
  GPollableInputStream *input = net_transport_get_input (self->transport);
  gint64 silent_us = base_time_boottime_us () - self->heard_us;

  if (!is_owed (self))
    {
      destroy_source (&self->timer);
      return G_SOURCE_REMOVE;
    }

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

static void
watch_silence (ImapConnection *self)
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
static void
update_dropping (ImapConnection *self)
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

static ImapRequest *
find_waiting (ImapConnection *self,
              const char     *tag)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (strcmp (((ImapRequest *) l->data)->tag, tag) == 0)
      return l->data;

  return NULL;
}

/* What is left of a request when its answer has come early: a literal that waits is never sent, one
 * that the server has been promised, or has asked for, has to be. */
static void
drop_rest (ImapConnection *self,
           ImapRequest    *request)
{
  gboolean is_asked_for = request->piece_offset > 0 ||
                          (self->current == request && self->has_continue);
  gboolean drop = FALSE;

  for (GList *l = request->pieces.head; l != NULL;)
    {
      GList *next = l->next;
      ImapPiece *piece = l->data;

      drop = drop || (piece->waits && !is_asked_for);
      is_asked_for = FALSE;
      if (drop)
        {
          imap_piece_free (piece);
          g_queue_delete_link (&request->pieces, l);
        }
      l = next;
    }
}

static void
fail_injected (ImapConnection *self)
{
  imap_connection_fail (self, g_error_new_literal (NET_ERROR, NET_ERROR_PROTOCOL,
                                                   "The server, or someone between, sent more "
                                                   "behind its agreement to STARTTLS"));
}

static void
on_tagged (ImapConnection     *self,
           const ImapResponse *response)
{
  ImapRequest *request = find_waiting (self, response->tag);
  gboolean ends_stream;
  gboolean is_going_out;

  if (request == NULL)
    {
      g_debug ("connection %p: unknown tag %s", (void *) self, response->tag);
      return;
    }

  ends_stream = (request->flags & IMAP_REQUEST_ENDS_STREAM) &&
                response->status->kind == IMAP_STATUS_OK;
  if (ends_stream && !imap_reader_is_between (self->reader))
    {
      fail_injected (self);
      return;
    }

  g_queue_remove (&self->waiting, request);
  request->is_answered = TRUE;
  if (request->flags & IMAP_REQUEST_IDLE)
    self->is_idling = self->wants_done = FALSE;

  drop_rest (self, request);
  if (self->current == request && g_queue_is_empty (&request->pieces))
    self->current = NULL;
  is_going_out = self->current == request;

  self->handler->answered (self->handler_data, request, response);
  if (!is_going_out)
    imap_request_free (request);

  if (self->state != STATE_OPEN)
    return;
  if (ends_stream)
    imap_connection_stop (self);
  update_dropping (self);
  watch_output (self);
}

static ImapRequest *
find_idle (ImapConnection *self)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->flags & IMAP_REQUEST_IDLE)
      return l->data;

  return NULL;
}

static void
on_continue (ImapConnection     *self,
             const ImapResponse *response)
{
  ImapRequest *request = self->current;

  if (request != NULL && request->on_continue != NULL && g_queue_is_empty (&request->pieces))
    {
      char *answer = request->on_continue (response->text, request->continue_data);

      imap_request_add_answer (request, answer != NULL ? answer : g_strdup ("*"));
    }
  else if (request != NULL && !g_queue_is_empty (&request->pieces))
    self->has_continue = TRUE;
  else if (find_idle (self) != NULL && !self->is_idling)
    {
      self->is_idling = TRUE;
      if (self->wants_done)
        imap_connection_end_idle (self);
    }
  else
    g_debug ("connection %p: nobody waits for a +", (void *) self);

  watch_output (self);
}

static void
on_bye (ImapConnection     *self,
        const ImapResponse *response)
{
  /* the good-bye that we have asked for; its tagged answer may follow */
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->flags & IMAP_REQUEST_LEAVES)
      return;

  /* the first one ends it: Yandex repeats it for ever */
  imap_connection_fail (self, imap_classify_bye (response->status));
}

static void
dispatch (ImapConnection     *self,
          const ImapResponse *response)
{
  log_received (self, response);

  switch (response->type)
    {
    case IMAP_RESPONSE_TAGGED:
      on_tagged (self, response);
      break;
    case IMAP_RESPONSE_CONTINUE:
      on_continue (self, response);
      break;
    default:
      self->handler->untagged (self->handler_data, response);
      if (self->state == STATE_OPEN && response->type == IMAP_RESPONSE_STATUS &&
          response->status->kind == IMAP_STATUS_BYE)
        on_bye (self, response);
      break;
    }
}

/* Tells what the bytes read so far amount to. */
static void
drain_reader (ImapConnection *self)
{
  while (self->state == STATE_OPEN)
    {
      g_autoptr(ImapResponse) response = NULL;
      g_autoptr(GError) error = NULL;

      switch (imap_reader_next (self->reader, &response, &error))
        {
        case IMAP_READER_RESPONSE:
          dispatch (self, response);
          break;
        case IMAP_READER_MORE:
          return;
        case IMAP_READER_ERROR:
        default:
          imap_connection_fail (self, g_steal_pointer (&error));
          return;
        }
    }
}

static void
on_end (ImapConnection *self)
{
  imap_connection_fail (self,
                        g_error_new (NET_ERROR, NET_ERROR_CLOSED,
                                     "The server closed the connection%s",
                                     imap_reader_is_between (self->reader)
                                     ? "" : " in the middle of a response"));
}

/* One read. Returns how many bytes came; 0 when there are none, or this was the end. */
static gsize
read_some (ImapConnection *self)
{
  GPollableInputStream *input = net_transport_get_input (self->transport);
  GError *error = NULL;
  gsize space;
  guint8 *memory = imap_reader_get_space (self->reader, &space);
  gssize n = g_pollable_input_stream_read_nonblocking (input, memory, space, NULL, &error);

  if (n > 0)
    {
      self->bytes_read += (gsize) n;
      self->heard_us = base_time_boottime_us ();
      imap_reader_commit (self->reader, (gsize) n);
      drain_reader (self);
      return (gsize) n;
    }

  imap_reader_commit (self->reader, 0);
  if (n == 0)
    on_end (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_error_free (error);
  else
    fail_gio (self, error, "Reading from the server");

  return 0;
}

static gboolean
on_readable (GObject  *stream,
             gpointer  user_data)
{
  g_autoptr(ImapConnection) self = g_object_ref (user_data);
  gsize total = 0;
  gsize n;

  do
    {
      n = self->state == STATE_OPEN ? read_some (self) : 0;
      total += n;
    }
  while (n > 0 && total < READ_BYTES_A_TURN);

  return self->in_source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
on_writable (GObject  *stream,
             gpointer  user_data)
{
  g_autoptr(ImapConnection) self = g_object_ref (user_data);

  pump_out (self);
  return self->out_source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
watch_input (ImapConnection *self)
{
  GPollableInputStream *input = net_transport_get_input (self->transport);

  self->in_source = g_pollable_input_stream_create_source (input, NULL);
  g_source_set_callback (self->in_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->in_source, g_main_context_get_thread_default ());
}

static gboolean
may_stage_next (ImapConnection *self)
{
  ImapRequest *next = g_queue_peek_head (&self->outbox);

  if (next == NULL || self->current != NULL || self->waiting.length >= MAX_WAITING)
    return FALSE;
  if ((next->flags & IMAP_REQUEST_ALONE_BEFORE) && self->waiting.length > 0)
    return FALSE;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      ImapRequest *before = l->data;

      if ((before->flags & IMAP_REQUEST_ALONE_AFTER) ||
          (before->flags & next->flags & IMAP_REQUEST_SEARCH))
        return FALSE;
    }

  return TRUE;
}

/* Whether something can go out now */
static gboolean
has_output (ImapConnection *self)
{
  if (self->out->len > self->out_offset)
    return TRUE;

  if (self->current != NULL)
    {
      ImapPiece *piece = g_queue_peek_head (&self->current->pieces);

      return piece != NULL && (!piece->waits || self->has_continue);
    }

  return may_stage_next (self);
}

static void
watch_output (ImapConnection *self)
{
  GPollableOutputStream *output;

  if (self->state != STATE_OPEN)
    return;

  /* whoever sends while we idle wants the IDLE to end */
  if (self->is_idling && !g_queue_is_empty (&self->outbox))
    imap_connection_end_idle (self);
  if (self->out_source != NULL || !has_output (self))
    return;

  output = net_transport_get_output (self->transport);
  self->out_source = g_pollable_output_stream_create_source (output, NULL);
  g_source_set_callback (self->out_source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->out_source, g_main_context_get_thread_default ());
}

/* Four letters: Coremail mishandles tags of digits only */
static void
make_tag (ImapConnection *self,
          ImapRequest    *request)
{
  guint n = self->n_tags++;

  for (int i = 3; i >= 0; i--, n /= 26)
    request->tag[i] = (char) ('A' + n % 26);
  request->tag[4] = '\0';
}

static void
stage_next (ImapConnection *self)
{
  ImapRequest *request = g_queue_pop_head (&self->outbox);

  make_tag (self, request);
  g_byte_array_append (self->out, (const guint8 *) request->tag, 4);
  g_byte_array_append (self->out, (const guint8 *) " ", 1);
  request->is_staged = TRUE;
  self->current = request;
  self->has_continue = FALSE;
  g_queue_push_tail (&self->waiting, request);
  self->handler->staged (self->handler_data, request);
  update_dropping (self);
}

/* Moves as much of the current request as fits to the bytes for the socket. Whether it is stuck, or
 * there is enough to write. */
static gboolean
stage_bytes (ImapConnection *self)
{
  ImapRequest *request = self->current;

  while (self->out->len < OUT_BYTES)
    {
      ImapPiece *piece = g_queue_peek_head (&request->pieces);
      const guint8 *bytes;
      gsize size;
      gsize n;

      if (piece == NULL)
        break;
      if (piece->waits && !self->has_continue)
        return TRUE;

      bytes = g_bytes_get_data (piece->bytes, &size);
      if (request->piece_offset == 0)
        log_sent (self, request, piece);
      n = MIN (size - request->piece_offset, OUT_BYTES - self->out->len);
      g_byte_array_append (self->out, bytes + request->piece_offset, (guint) n);
      request->piece_offset += n;
      if (request->piece_offset < size)
        return TRUE;

      request->piece_offset = 0;
      if (piece->waits)
        self->has_continue = FALSE;
      imap_piece_free (g_queue_pop_head (&request->pieces));
    }

  if (!g_queue_is_empty (&request->pieces))
    return TRUE;

  /* one that has to answer challenges stays until it is answered itself */
  if (request->on_continue != NULL && !request->is_answered)
    return TRUE;

  self->current = NULL;
  if (request->is_answered)
    imap_request_free (request);
  return FALSE;
}

static void
fill_out (ImapConnection *self)
{
  if (self->out_offset < self->out->len)
    return;

  base_secret_wipe (self->out->data, self->out->len);
  g_byte_array_set_size (self->out, 0);
  self->out_offset = 0;

  while (self->out->len < OUT_BYTES)
    {
      if (self->current == NULL && may_stage_next (self))
        stage_next (self);
      if (self->current == NULL || stage_bytes (self))
        break;
    }
}

static void
pump_out (ImapConnection *self)
{
  while (self->state == STATE_OPEN)
    {
      GError *error = NULL;
      gssize n;

      fill_out (self);
      if (self->out_offset == self->out->len)
        {
          destroy_source (&self->out_source);
          break;
        }

      n = g_pollable_output_stream_write_nonblocking (net_transport_get_output (self->transport),
                                                      self->out->data + self->out_offset,
                                                      self->out->len - self->out_offset, NULL,
                                                      &error);
      if (n < 0)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            g_error_free (error);
          else
            fail_gio (self, error, "Writing to the server");
          break;
        }

      self->out_offset += (gsize) n;
      self->heard_us = base_time_boottime_us ();
    }

  if (self->state == STATE_OPEN)
    watch_silence (self);
}

/* imap_connection_start: begins to listen; again after imap_connection_stop () */
void
imap_connection_start (ImapConnection *self)
{
  set_state (self, STATE_OPEN);
  self->heard_us = base_time_boottime_us ();
  watch_input (self);
  watch_output (self);
}

/* imap_connection_stop: stops listening, for the transport to put TLS below */
void
imap_connection_stop (ImapConnection *self)
{
  set_state (self, STATE_STOPPED);
  destroy_sources (self);
  imap_reader_free (self->reader);
  self->reader = imap_reader_new ();
}

/* imap_connection_send:
 * @request: (transfer full): what to send, finished
 *
 * Never waits and never fails at once: on a connection that has failed, the request is lost in the
 * same way as those that were under way. */
void
imap_connection_send (ImapConnection *self,
                      ImapRequest    *request)
{
  if (self->state == STATE_FAILED)
    {
      self->handler->lost (self->handler_data, request, self->error);
      imap_request_free (request);
      return;
    }

  g_queue_push_tail (&self->outbox, request);
  watch_output (self);
}

/* imap_connection_abandon: takes back what a command has not begun to send. The answers to what is under
 * way will be swallowed. */
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

  update_dropping (self);
}

static gboolean
has_idle (ImapConnection *self)
{
  for (GList *l = self->outbox.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->flags & IMAP_REQUEST_IDLE)
      return TRUE;

  return find_idle (self) != NULL;
}

/* imap_connection_end_idle: sends DONE, or will when the server has taken the IDLE */
void
imap_connection_end_idle (ImapConnection *self)
{
  static const char done[] = "DONE\r\n";

  if (self->state != STATE_OPEN)
    return;

  self->wants_done = has_idle (self);
  if (!self->is_idling)
    return;

  self->is_idling = self->wants_done = FALSE;
  g_byte_array_append (self->out, (const guint8 *) done, sizeof done - 1);
  if (net_transport_get_transcript (self->transport) != NULL)
    net_transcript_add (net_transport_get_transcript (self->transport), NET_DIRECTION_SENT, "DONE",
                        -1);
  watch_output (self);
}

gboolean
imap_connection_is_idling (ImapConnection *self)
{
  return self->is_idling;
}

gboolean
imap_connection_is_open (ImapConnection *self)
{
  return self->state == STATE_OPEN;
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

guint64
imap_connection_get_bytes_read (ImapConnection *self)
{
  return self->bytes_read;
}

/* imap_connection_peek_waiting: the requests without an answer, in the order in which they went out */
GList *
imap_connection_peek_waiting (ImapConnection *self)
{
  return self->waiting.head;
}
