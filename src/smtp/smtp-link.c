#include "smtp-link-private.h"

#include <string.h>

#include "base-secret.h"
#include "base-time.h"
#include "smtp-reader.h"

/* Two ways over a transport: commands and bodies out, replies in, at the same time, so that neither
 * side waits for the other to read. Nothing here knows what a command means. */

#define CHUNK_BYTES 16384

struct _SmtpLink
{
  NetTransport *transport; /* (owned) */
  SmtpReader *reader;      /* (owned) */
  GByteArray *commands;    /* (owned) not yet written; may hold secrets */
  const guint8 *body;      /* not yet written, behind the commands */
  gsize body_left;
  SmtpReply *early;        /* (owned) (nullable) one that came while a body was written */
  GError *write_error;     /* (owned) (nullable) reported when there is nothing more to read */
};

SmtpLink *
smtp_link_new (NetTransport *transport)
{
  SmtpLink *self = g_new0 (SmtpLink, 1);

  self->transport = g_object_ref (transport);
  self->reader = smtp_reader_new ();
  self->commands = g_byte_array_new ();

  return self;
}

void
smtp_link_free (SmtpLink *self)
{
  base_secret_wipe (self->commands->data, self->commands->len);
  g_byte_array_unref (self->commands);
  smtp_reader_free (self->reader);
  g_clear_pointer (&self->early, smtp_reply_unref);
  g_clear_error (&self->write_error);
  g_object_unref (self->transport);
  g_free (self);
}

static void
append (GByteArray *commands,
        const char *line)
{
  g_byte_array_append (commands, (const guint8 *) line, (guint) strlen (line));
  g_byte_array_append (commands, (const guint8 *) "\r\n", 2);
}

/* Puts a command behind those that wait to be written. Never waits: reading a reply writes. */
void
smtp_link_send (SmtpLink   *self,
                const char *line)
{
  NetTranscript *transcript = net_transport_get_transcript (self->transport);

  if (transcript != NULL)
    net_transcript_add (transcript, NET_DIRECTION_SENT, line, -1);
  append (self->commands, line);
}

/* The same for @shown, a space, and @secret; with an empty @shown for the secret alone. Nothing is
 * put behind it before it was answered, so that it never lies in an array that grows and leaves it
 * behind in freed memory. */
void
smtp_link_send_secret (SmtpLink   *self,
                       const char *shown,
                       const char *secret)
{
  NetTranscript *transcript = net_transport_get_transcript (self->transport);
  char *line = *shown != '\0' ? g_strconcat (shown, " ", secret, NULL) : g_strdup (secret);
  GByteArray *room = g_byte_array_sized_new ((guint) (self->commands->len + strlen (line) + 2));

  if (transcript != NULL)
    net_transcript_add_secret (transcript, NET_DIRECTION_SENT, shown);

  g_byte_array_append (room, self->commands->data, self->commands->len);
  append (room, line);
  g_byte_array_unref (self->commands);
  self->commands = room;

  base_secret_free (line);
}

/* Turning */

static gboolean
would_block (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gssize
write_some (SmtpLink      *self,
            const guint8  *bytes,
            gsize          size,
            GError       **error)
{
  return g_pollable_output_stream_write_nonblocking (net_transport_get_output (self->transport),
                                                     bytes, MIN (size, CHUNK_BYTES), NULL, error);
}

static void
drop_written (SmtpLink *self,
              gsize     size)
{
  if (self->commands->len == 0)
    {
      self->body += size;
      self->body_left -= size;
      return;
    }

  g_byte_array_remove_range (self->commands, 0, (guint) size);
  base_secret_wipe (self->commands->data + self->commands->len, size);
}

gboolean
smtp_link_has_unsent (SmtpLink *self)
{
  return self->commands->len > 0 || self->body_left > 0;
}

static gboolean
wants_to_write (SmtpLink *self)
{
  return smtp_link_has_unsent (self) && self->write_error == NULL;
}

/* Returns whether anything was written. A failure is kept: a server that hangs up has often said
 * why before, and that is still to be read */
static gboolean
write_step (SmtpLink *self)
{
  g_autoptr(GError) cause = NULL;
  gssize size;

  if (!wants_to_write (self))
    return FALSE;

  if (self->commands->len > 0)
    size = write_some (self, self->commands->data, self->commands->len, &cause);
  else
    size = write_some (self, self->body, self->body_left, &cause);

  if (size > 0)
    drop_written (self, (gsize) size);
  else if (cause != NULL && !would_block (cause))
    self->write_error = net_error_from_gio (cause, "Writing to the server");

  return size > 0;
}

static gboolean
end_of_stream (SmtpLink  *self,
               GError   **error)
{
  if (self->write_error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->write_error));
  else
    g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The server closed the connection");

  return FALSE;
}

static gboolean
read_step (SmtpLink  *self,
           gboolean  *out_progress,
           GError   **error)
{
  GError *cause = NULL;
  char bytes[CHUNK_BYTES];
  gssize size;

  size = g_pollable_input_stream_read_nonblocking (net_transport_get_input (self->transport), bytes,
                                                   sizeof bytes, NULL, &cause);
  if (size == 0)
    return end_of_stream (self, error);

  if (size > 0)
    {
      smtp_reader_feed (self->reader, bytes, (gsize) size);
      *out_progress = TRUE;
      return TRUE;
    }

  if (!would_block (cause))
    {
      net_error_take_gio (error, cause, "Reading from the server");
      return FALSE;
    }

  g_error_free (cause);
  return TRUE;
}

/* Reads and writes what can be without waiting; waits for either where nothing could */
static gboolean
turn (SmtpLink      *self,
      guint          timeout_ms,
      GCancellable  *cancellable,
      GError       **error)
{
  gint64 deadline_us = base_time_boottime_us () + (gint64) timeout_ms * 1000;
  gboolean progress = FALSE;
  GIOCondition wanted;

  if (!net_transport_is_open (self->transport))
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_CLOSED, "The connection is closed");
      return FALSE;
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (!read_step (self, &progress, error))
    return FALSE;
  if (write_step (self) || progress)
    return TRUE;

  wanted = wants_to_write (self) ? G_IO_IN | G_IO_OUT : G_IO_IN;
  return net_transport_await_io (self->transport, wanted, deadline_us, cancellable, error) != 0;
}

static void
write_down (SmtpLink  *self,
            SmtpReply *reply)
{
  NetTranscript *transcript = net_transport_get_transcript (self->transport);
  const char * const *lines = smtp_reply_get_lines (reply);
  const char *enhanced = smtp_reply_get_enhanced (reply);

  for (guint i = 0; transcript != NULL && lines[i] != NULL; i++)
    {
      g_autofree char *line = NULL;

      line = g_strdup_printf ("%u%s%s%s%s", smtp_reply_get_code (reply),
                              lines[i + 1] != NULL ? "-" : " ", enhanced != NULL ? enhanced : "",
                              enhanced != NULL ? " " : "", lines[i]);
      net_transcript_add (transcript, NET_DIRECTION_RECEIVED, line, -1);
    }
}

/* Takes a reply that is there already. Returns FALSE only for what is no reply */
static gboolean
take_reply (SmtpLink   *self,
            SmtpReply **out_reply,
            GError    **error)
{
  *out_reply = g_steal_pointer (&self->early);
  if (*out_reply != NULL)
    return TRUE;

  switch (smtp_reader_next (self->reader, out_reply, error))
    {
    case SMTP_READER_REPLY:
      write_down (self, *out_reply);
      return TRUE;
    case SMTP_READER_MORE:
      return TRUE;
    case SMTP_READER_ERROR:
    default:
      return FALSE;
    }
}

/**
 * smtp_link_read:
 * @timeout_ms: how long it may be quiet
 *
 * Awaits the next reply, and writes meanwhile what waits to be written.
 *
 * Errors: %NET_ERROR, %G_IO_ERROR_CANCELLED. After any of them the conversation cannot go on.
 *
 * Returns: (transfer full): the reply
 */
SmtpReply *
smtp_link_read (SmtpLink      *self,
                guint          timeout_ms,
                GCancellable  *cancellable,
                GError       **error)
{
  SmtpReply *reply = NULL;

  while (take_reply (self, &reply, error))
    {
      if (reply != NULL)
        return reply;
      if (!turn (self, timeout_ms, cancellable, error))
        return NULL;
    }

  return NULL;
}

/**
 * smtp_link_write_body:
 * @body: what to write behind the commands; stays alive until this returns, and is forgotten then
 * @timeout_ms: how long the server may take nothing
 * @out_interrupted: (out): whether the server answered before all was written; the reply is the
 *   next that smtp_link_read () gives
 *
 * Awaits that everything is written.
 *
 * Errors: as smtp_link_read ().
 *
 * Returns: %TRUE when it was written or interrupted
 */
gboolean
smtp_link_write_body (SmtpLink      *self,
                      GBytes        *body,
                      guint          timeout_ms,
                      gboolean      *out_interrupted,
                      GCancellable  *cancellable,
                      GError       **error)
{
  gboolean success = TRUE;

  self->body = g_bytes_get_data (body, &self->body_left);
  *out_interrupted = FALSE;

  do
    success = turn (self, timeout_ms, cancellable, error) &&
              take_reply (self, &self->early, error);
  while (success && self->early == NULL && smtp_link_has_unsent (self));

  *out_interrupted = self->early != NULL;
  self->body = NULL;
  self->body_left = 0;

  return success;
}

/**
 * smtp_link_has_received:
 *
 * Returns: %TRUE if there are bytes that no reply was made of yet
 */
gboolean
smtp_link_has_received (SmtpLink *self)
{
  return self->early != NULL || !smtp_reader_is_empty (self->reader);
}
