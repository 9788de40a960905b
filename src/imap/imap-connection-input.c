#include "imap-connection-pumps-private.h"

#include <string.h>

#include "base-time.h"
#include "imap-classify-private.h"

/* The pump that reads: bytes into the reader, responses to whom they concern. */

#define SHORT_ANSWER_BYTES 4096
#define READ_BYTES_A_TURN (1024 * 1024)
/* Packed ones: what they unpack to, a thousand times as much at worst, is taken at once */
#define PACKED_READ_BYTES (16 * 1024)
#define PACKED_READS_A_TURN 8
/* A byte now and then is silence: what counts is a response that is complete, or this much of one.
 * No link that works is so slow that this takes as long as a server may be silent. */
#define LEAST_HEARD_BYTES 1000

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

/* From here on both sides pack what they send, RFC 4978: what came in one read with the agreement is
 * packed already. */
static void
begin_compression (ImapConnection *self)
{
  self->deflate = imap_deflate_new ();
  self->packed_rest = imap_reader_steal_rest (self->reader);
  if (net_transport_get_transcript (self->transport) != NULL)
    net_transcript_note (net_transport_get_transcript (self->transport), "compressed from here on");
}

/* A short answer to a command that was alone tells how long the way is. */
static void
measure (ImapConnection *self,
         ImapRequest    *request)
{
  if (request->is_alone && !(request->flags & IMAP_REQUEST_IDLE) &&
      self->bytes_read - request->bytes_before < SHORT_ANSWER_BYTES)
    imap_link_meter_answered (&self->meter, self->read_us - request->staged_us);
  if (g_queue_is_empty (&self->waiting))
    imap_link_meter_rest (&self->meter, self->read_us);
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

  if ((request->flags & IMAP_REQUEST_COMPRESSES) && self->deflate == NULL &&
      response->status->kind == IMAP_STATUS_OK)
    begin_compression (self);

  g_queue_remove (&self->waiting, request);
  request->is_answered = TRUE;
  measure (self, request);
  if (request->flags & IMAP_REQUEST_IDLE)
    self->is_idling = self->wants_done = FALSE;

  drop_rest (self, request);
  if (self->current == request && g_queue_is_empty (&request->pieces))
    self->current = NULL;
  is_going_out = self->current == request;

  self->handler->answered (self->handler_data, request, response);
  if (!is_going_out)
    imap_request_free (request);

  if (self->state != IMAP_CONNECTION_OPEN)
    return;
  if (ends_stream)
    imap_connection_stop (self);
  imap_connection_update_dropping (self);
  imap_connection_watch_output (self);
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
  else if (imap_connection_find_idle (self) != NULL && !self->is_idling)
    {
      self->is_idling = TRUE;
      if (self->wants_done)
        imap_connection_end_idle (self);
    }
  else
    g_debug ("connection %p: nobody waits for a +", (void *) self);

  imap_connection_watch_output (self);
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
  gboolean is_first = !self->has_spoken;

  log_received (self, response);
  self->has_spoken = TRUE;

  /* whatever a server begins with stands for its greeting */
  if (is_first && (response->type == IMAP_RESPONSE_TAGGED ||
                   response->type == IMAP_RESPONSE_CONTINUE))
    {
      self->handler->untagged (self->handler_data, response);
      return;
    }

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
      if (self->state == IMAP_CONNECTION_OPEN && response->type == IMAP_RESPONSE_STATUS &&
          response->status->kind == IMAP_STATUS_BYE)
        on_bye (self, response);
      break;
    }
}

static void
note_heard (ImapConnection *self)
{
  self->heard_us = self->read_us;
  self->n_unheard = 0;
}

/* imap_connection_drain: tells what the bytes read so far amount to */
void
imap_connection_drain (ImapConnection *self)
{
  gboolean is_heard = self->n_unheard >= LEAST_HEARD_BYTES;

  while (self->state == IMAP_CONNECTION_OPEN)
    {
      g_autoptr(ImapResponse) response = NULL;
      g_autoptr(GError) error = NULL;

      switch (imap_reader_next (self->reader, &response, &error))
        {
        case IMAP_READER_RESPONSE:
          is_heard = TRUE;
          dispatch (self, response);
          break;
        case IMAP_READER_MORE:
          if (is_heard)
            note_heard (self);
          return;
        case IMAP_READER_ERROR:
        default:
          imap_connection_fail (self, g_steal_pointer (&error));
          return;
        }
    }
}

static void
note_read (ImapConnection *self,
           gsize           n)
{
  self->read_us = base_time_boottime_us ();
  self->bytes_read += n;
  self->n_unheard += n;
  if (self->deflate == NULL)
    self->bytes_unpacked += n;
  if (!g_queue_is_empty (&self->waiting) && !self->is_idling)
    imap_link_meter_received (&self->meter, self->read_us, n, self->deflate == NULL ? n : 0);
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

/* Unpacks bytes into the reader. A read is small enough for all that it can unpack to. */
static void
take_packed (ImapConnection *self,
             const guint8   *bytes,
             gsize           size)
{
  gsize n = 1;

  imap_deflate_feed (self->deflate, bytes, size);
  while (n > 0 && self->state == IMAP_CONNECTION_OPEN)
    {
      gsize space;
      guint8 *memory = imap_reader_get_space (self->reader, &space);
      GError *error = NULL;
      gboolean is_sound = imap_deflate_unpack (self->deflate, memory, space, &n, &error);

      imap_reader_commit (self->reader, n);
      if (!is_sound)
        {
          self->is_badly_packed = TRUE;
          imap_connection_fail (self, error);
          return;
        }
      self->meter.bytes += n;
      self->bytes_unpacked += n;
      imap_connection_drain (self);
    }
}

static void
take_packed_rest (ImapConnection *self)
{
  g_autoptr(GBytes) rest = g_steal_pointer (&self->packed_rest);
  gsize size;
  const guint8 *bytes;

  if (rest == NULL || self->state != IMAP_CONNECTION_OPEN)
    return;

  bytes = g_bytes_get_data (rest, &size);
  take_packed (self, bytes, size);
}

static gssize
read_packed (ImapConnection  *self,
             GError         **error)
{
  GPollableInputStream *input = net_transport_get_input (self->transport);
  guint8 packed[PACKED_READ_BYTES];
  gssize n = g_pollable_input_stream_read_nonblocking (input, packed, sizeof packed, NULL, error);

  if (n > 0)
    {
      note_read (self, (gsize) n);
      take_packed (self, packed, (gsize) n);
    }

  return n;
}

static gssize
read_plain (ImapConnection  *self,
            GError         **error)
{
  GPollableInputStream *input = net_transport_get_input (self->transport);
  gsize space;
  guint8 *memory = imap_reader_get_space (self->reader, &space);
  gssize n = g_pollable_input_stream_read_nonblocking (input, memory, space, NULL, error);

  imap_reader_commit (self->reader, (gsize) MAX (n, 0));
  if (n > 0)
    {
      note_read (self, (gsize) n);
      imap_connection_drain (self);
      take_packed_rest (self);
    }

  return n;
}

/* One read. Returns how many bytes came; 0 when there are none, or this was the end. */
static gsize
read_some (ImapConnection *self)
{
  GError *error = NULL;
  gssize n = self->deflate != NULL ? read_packed (self, &error) : read_plain (self, &error);

  if (n > 0)
    return (gsize) n;

  if (n == 0)
    on_end (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_error_free (error);
  else
    imap_connection_fail_gio (self, error, "Reading from the server");

  return 0;
}

static gboolean
on_readable (GObject  *stream,
             gpointer  user_data)
{
  g_autoptr(ImapConnection) self = g_object_ref (user_data);
  gsize most = self->deflate != NULL ? PACKED_READS_A_TURN * PACKED_READ_BYTES : READ_BYTES_A_TURN;
  gsize total = 0;
  gsize n;

  do
    {
      n = self->state == IMAP_CONNECTION_OPEN ? read_some (self) : 0;
      total += n;
    }
  while (n > 0 && total < most);

  return self->in_source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
imap_connection_watch_input (ImapConnection *self)
{
  GPollableInputStream *input = net_transport_get_input (self->transport);

  self->in_source = g_pollable_input_stream_create_source (input, NULL);
  g_source_set_callback (self->in_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->in_source, g_main_context_get_thread_default ());
}
