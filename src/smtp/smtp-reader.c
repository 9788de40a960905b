#include "smtp-reader.h"

#include <string.h>

#include "base-text.h"
#include "net-error.h"
#include "smtp-reply-private.h"

/* Bytes in, replies out (RFC 5321 section 4.2). Does no I/O. */

#define MAX_LINE_BYTES 4096 /* RFC 5321 section 4.5.3.1.5 has 512; extensions may say more */
#define MAX_LINES 256
#define MAX_LINE_CHARS 1000

struct _SmtpReader
{
  GByteArray *buffer; /* (owned) not yet taken */
  GPtrArray *lines;   /* (owned) of the reply under way */
  char *enhanced;     /* (owned) (nullable) of its first line */
  gboolean failed;
};

/**
 * smtp_reader_new:
 *
 * Returns: (transfer full): a reader that has been fed nothing
 */
SmtpReader *
smtp_reader_new (void)
{
  SmtpReader *self = g_new0 (SmtpReader, 1);

  self->buffer = g_byte_array_new ();
  self->lines = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * smtp_reader_free:
 * @self: (transfer full): a reader
 */
void
smtp_reader_free (SmtpReader *self)
{
  g_return_if_fail (self != NULL);

  g_byte_array_unref (self->buffer);
  g_ptr_array_unref (self->lines);
  g_free (self->enhanced);
  g_free (self);
}

/**
 * smtp_reader_feed:
 * @bytes: what came from the server, cut anywhere
 * @size_bytes: its size
 */
void
smtp_reader_feed (SmtpReader *self,
                  const char *bytes,
                  gsize       size_bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (size_bytes <= G_MAXUINT);

  g_byte_array_append (self->buffer, (const guint8 *) bytes, (guint) size_bytes);
}

/**
 * smtp_reader_is_empty:
 *
 * Returns: %TRUE if nothing is left over, not even a part of a reply. What is left over after
 *   STARTTLS was agreed to was not protected.
 */
gboolean
smtp_reader_is_empty (SmtpReader *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->buffer->len == 0 && self->lines->len == 0;
}

static SmtpReaderStatus
fail (SmtpReader  *self,
      const char  *what,
      const char  *line,
      gsize        size,
      GError     **error)
{
  g_autofree char *quoted = base_text_quote (line, (gssize) size, 100);

  self->failed = TRUE;
  g_set_error (error, NET_ERROR, NET_ERROR_PROTOCOL, "%s: “%s”", what, quoted);
  return SMTP_READER_ERROR;
}

static gboolean
skip_digits (const char **position,
             const char  *end,
             guint        max_digits)
{
  const char *start = *position;

  while (*position < end && *position - start < (gssize) max_digits &&
         g_ascii_isdigit (**position))
    (*position)++;

  return *position > start;
}

/* RFC 2034 section 4: class, subject and detail, the class being that of the code. Returns the size
 * of what stands before the text, 0 if there is none */
static gsize
measure_enhanced (const char *text,
                  gsize       size,
                  char        reply_class)
{
  const char *end = text + size;
  const char *p = text;

  if (size < 5 || *p != reply_class || p[1] != '.')
    return 0;

  p += 2;
  if (!skip_digits (&p, end, 3) || p == end || *p++ != '.' || !skip_digits (&p, end, 3))
    return 0;

  return p == end || *p == ' ' ? (gsize) (p - text) : 0;
}

static void
take_text (SmtpReader *self,
           const char *text,
           gsize       size,
           char        reply_class)
{
  gsize enhanced_size = measure_enhanced (text, size, reply_class);

  if (enhanced_size > 0)
    {
      if (self->enhanced == NULL)
        self->enhanced = g_strndup (text, enhanced_size);
      text += enhanced_size;
      size -= enhanced_size;
      if (size > 0)
        {
          text++;
          size--;
        }
    }

  g_ptr_array_add (self->lines, base_text_quote (text, (gssize) size, MAX_LINE_CHARS));
}

static gboolean
is_reply_line (const char *line,
               gsize       size)
{
  return size >= 3 && line[0] >= '2' && line[0] <= '5' && g_ascii_isdigit (line[1]) &&
         g_ascii_isdigit (line[2]) && (size == 3 || line[3] == ' ' || line[3] == '-');
}

/* The code is that of the last line: where lines differ, which no server should do, it is the one
 * that the server ended with */
static SmtpReply *
take_reply (SmtpReader *self,
            const char *line)
{
  guint code = (guint) ((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
  g_autoptr(GPtrArray) lines = g_steal_pointer (&self->lines);
  g_autofree char *enhanced = g_steal_pointer (&self->enhanced);

  self->lines = g_ptr_array_new_with_free_func (g_free);
  return smtp_reply_new (code, enhanced, lines);
}

static SmtpReaderStatus
take_line (SmtpReader  *self,
           const char  *line,
           gsize        size,
           SmtpReply  **out_reply,
           GError     **error)
{
  if (!is_reply_line (line, size))
    return fail (self, "Not a reply", line, size, error);
  if (self->lines->len >= MAX_LINES)
    return fail (self, "A reply without an end", line, size, error);

  take_text (self, line + MIN (size, 4), size - MIN (size, 4), line[0]);
  if (size > 3 && line[3] == '-')
    return SMTP_READER_MORE;

  *out_reply = take_reply (self, line);
  return SMTP_READER_REPLY;
}

/**
 * smtp_reader_next:
 * @out_reply: (out) (transfer full): the reply
 *
 * Takes the next complete reply, with all its lines, out of the bytes fed so far.
 *
 * Limits: 4096 bytes a line, 256 lines a reply.
 * Errors: NET_ERROR_PROTOCOL; every further call repeats it.
 *
 * Returns: %SMTP_READER_REPLY, %SMTP_READER_MORE (feed it again) or %SMTP_READER_ERROR
 */
SmtpReaderStatus
smtp_reader_next (SmtpReader  *self,
                  SmtpReply  **out_reply,
                  GError     **error)
{
  SmtpReaderStatus status = SMTP_READER_MORE;
  gsize taken = 0;

  g_return_val_if_fail (self != NULL && out_reply != NULL, SMTP_READER_ERROR);

  if (self->failed)
    return fail (self, "The conversation is broken", "", 0, error);

  while (status == SMTP_READER_MORE && taken < self->buffer->len)
    {
      const char *line = (const char *) self->buffer->data + taken;
      gsize left = self->buffer->len - taken;
      const char *end = memchr (line, '\n', left);
      gsize size = end != NULL ? (gsize) (end - line) : left;

      if (size > MAX_LINE_BYTES)
        return fail (self, "A line without an end", line, size, error);
      if (end == NULL)
        break;

      taken += size + 1;
      if (size > 0 && line[size - 1] == '\r')
        size--;
      status = take_line (self, line, size, out_reply, error);
    }

  if (taken > 0 && status != SMTP_READER_ERROR)
    g_byte_array_remove_range (self->buffer, 0, (guint) taken);

  return status;
}
