#include "imap-connection-pumps-private.h"

#include <string.h>

#include "base-secret.h"
#include "base-time.h"

/* The pump that writes: requests in their order, each when its turn has come. */

#define OUT_BYTES (32 * 1024)
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

static gboolean
may_stage_next (ImapConnection *self)
{
  ImapRequest *next = g_queue_peek_head (&self->outbox);

  if (next == NULL || self->current != NULL || self->waiting.length >= self->max_waiting)
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
  request->is_alone = g_queue_is_empty (&self->waiting);
  request->staged_us = base_time_boottime_us ();
  request->bytes_before = self->bytes_read;
  self->current = request;
  self->has_continue = FALSE;
  g_queue_push_tail (&self->waiting, request);
  self->handler->staged (self->handler_data, request);
  imap_connection_update_dropping (self);
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

/* Packs what was put to the bytes for the socket since there were @from of them. */
static void
pack_out (ImapConnection *self,
          guint           from)
{
  g_autoptr(GByteArray) packed = NULL;
  guint size = self->out->len - from;

  if (self->deflate == NULL || size == 0)
    return;

  packed = g_byte_array_new ();
  imap_deflate_pack (self->deflate, self->out->data + from, size, packed);
  base_secret_wipe (self->out->data + from, size);
  g_byte_array_set_size (self->out, from);
  g_byte_array_append (self->out, packed->data, packed->len);
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

  pack_out (self, 0);
}

static void
pump_out (ImapConnection *self)
{
  while (self->state == IMAP_CONNECTION_OPEN)
    {
      GError *error = NULL;
      gssize n;

      fill_out (self);
      if (self->out_offset == self->out->len)
        {
          imap_connection_destroy_source (&self->out_source);
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
            imap_connection_fail_gio (self, error, "Writing to the server");
          break;
        }

      self->out_offset += (gsize) n;
      self->heard_us = base_time_boottime_us ();
    }

  if (self->state == IMAP_CONNECTION_OPEN)
    imap_connection_watch_silence (self);
}

static gboolean
on_writable (GObject  *stream,
             gpointer  user_data)
{
  g_autoptr(ImapConnection) self = g_object_ref (user_data);

  pump_out (self);
  return self->out_source != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
imap_connection_watch_output (ImapConnection *self)
{
  GPollableOutputStream *output;

  if (self->state != IMAP_CONNECTION_OPEN)
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

/* imap_connection_send:
 * @request: (transfer full): what to send, finished
 *
 * Never waits and never fails at once: on a connection that has failed, the request is lost in the
 * same way as those that were under way. */
void
imap_connection_send (ImapConnection *self,
                      ImapRequest    *request)
{
  if (self->state == IMAP_CONNECTION_FAILED)
    {
      self->handler->lost (self->handler_data, request, self->error);
      imap_request_free (request);
      return;
    }

  g_queue_push_tail (&self->outbox, request);
  imap_connection_watch_output (self);
}

static gboolean
has_idle (ImapConnection *self)
{
  for (GList *l = self->outbox.head; l != NULL; l = l->next)
    if (((ImapRequest *) l->data)->flags & IMAP_REQUEST_IDLE)
      return TRUE;

  return imap_connection_find_idle (self) != NULL;
}

/* imap_connection_end_idle: sends DONE, or will when the server has taken the IDLE */
void
imap_connection_end_idle (ImapConnection *self)
{
  static const char done[] = "DONE\r\n";
  guint before = self->out->len;

  if (self->state != IMAP_CONNECTION_OPEN)
    return;

  self->wants_done = has_idle (self);
  if (!self->is_idling)
    return;

  /* the server reads commands again behind it: RFC 2177 section 3 */
  imap_connection_find_idle (self)->flags &= ~(guint) IMAP_REQUEST_ALONE_AFTER;
  self->is_idling = self->wants_done = FALSE;
  g_byte_array_append (self->out, (const guint8 *) done, sizeof done - 1);
  pack_out (self, before);
  if (net_transport_get_transcript (self->transport) != NULL)
    net_transcript_add (net_transport_get_transcript (self->transport), NET_DIRECTION_SENT, "DONE",
                        -1);
  imap_connection_watch_output (self);
}
