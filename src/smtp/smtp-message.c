#include "smtp-message.h"

#include <string.h>

#include "smtp-error.h"

/* A message as it goes over the wire: without Bcc, with CRLF at the end of each line and nowhere
 * else (RFC 5321 section 2.3.8; anything else lets a message smuggle another one), with dots
 * doubled (section 4.5.2). */

struct _SmtpMessage
{
  GBytes *wire;           /* (owned) without the dot that ends it */
  gsize size_bytes;       /* as RFC 1870 counts */
  gboolean has_8bit_header;
  gboolean has_8bit_body;
};

typedef struct
{
  GByteArray *wire;
  gsize n_dots;
  gboolean in_header;
  gboolean dropping; /* in a header field that is not sent */
  gboolean has_8bit_header;
  gboolean has_8bit_body;
} Conversion;

static gboolean
is_named (const char *line,
          gsize       size,
          const char *name)
{
  gsize name_size = strlen (name);

  if (size < name_size || g_ascii_strncasecmp (line, name, name_size) != 0)
    return FALSE;

  /* RFC 5322 section 4.5.3 lets old messages have spaces before the colon */
  while (name_size < size && (line[name_size] == ' ' || line[name_size] == '\t'))
    name_size++;

  return name_size < size && line[name_size] == ':';
}

/* Decides at the first line of each header field, and keeps to it for the folded ones */
static gboolean
is_dropped (Conversion *self,
            const char *line,
            gsize       size)
{
  if (!self->in_header)
    return FALSE;

  if (size > 0 && (line[0] == ' ' || line[0] == '\t'))
    return self->dropping;

  self->dropping = is_named (line, size, "Bcc") || is_named (line, size, "Resent-Bcc");
  return self->dropping;
}

static void
note_8bit (Conversion *self,
           const char *line,
           gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if ((guchar) line[i] >= 0x80)
      {
        if (self->in_header)
          self->has_8bit_header = TRUE;
        else
          self->has_8bit_body = TRUE;
        return;
      }
}

static void
append_line (Conversion *self,
             const char *line,
             gsize       size)
{
  if (is_dropped (self, line, size))
    return;

  note_8bit (self, line, size);
  if (size == 0)
    self->in_header = FALSE;

  if (size > 0 && line[0] == '.')
    {
      g_byte_array_append (self->wire, (const guint8 *) ".", 1);
      self->n_dots++;
    }
  g_byte_array_append (self->wire, (const guint8 *) line, (guint) size);
  g_byte_array_append (self->wire, (const guint8 *) "\r\n", 2);
}

/* A line of the message up to its LF. CRs before that belong to the end of the line. One in the
 * middle ends the line too; in the header, where that would begin another field, it becomes a
 * space. */
static void
convert_line (Conversion *self,
              const char *line,
              gsize       size)
{
  const char *cr;

  while (size > 0 && line[size - 1] == '\r')
    size--;

  cr = memchr (line, '\r', size);
  if (cr == NULL)
    {
      append_line (self, line, size);
      return;
    }

  if (self->in_header)
    {
      g_autofree char *copy = g_memdup2 (line, size);

      for (gsize i = 0; i < size; i++)
        if (copy[i] == '\r')
          copy[i] = ' ';
      append_line (self, copy, size);
      return;
    }

  while (cr != NULL)
    {
      append_line (self, line, (gsize) (cr - line));
      size -= (gsize) (cr - line) + 1;
      line = cr + 1;
      cr = memchr (line, '\r', size);
    }
  append_line (self, line, size);
}

/**
 * smtp_message_new:
 * @bytes: a whole message (RFC 5322)
 *
 * Prepares a message to be sent: removes Bcc and Resent-Bcc with their folded lines from the
 * header, makes every end of a line CRLF, doubles dots.
 *
 * Errors: SMTP_ERROR_INVALID for a message of no bytes, or one of 2 GB or more.
 *
 * Returns: (transfer full): the message
 */
SmtpMessage *
smtp_message_new (GBytes  *bytes,
                  GError **error)
{
  Conversion conversion = { .in_header = TRUE };
  SmtpMessage *self;
  gsize left;
  const char *rest;

  g_return_val_if_fail (bytes != NULL, NULL);

  rest = g_bytes_get_data (bytes, &left);
  if (left == 0 || left >= G_MAXINT32)
    {
      g_set_error (error, SMTP_ERROR, SMTP_ERROR_INVALID, "A message of %" G_GSIZE_FORMAT " bytes",
                   left);
      return NULL;
    }

  conversion.wire = g_byte_array_sized_new ((guint) (left + left / 32 + 64));
  while (left > 0)
    {
      const char *end = memchr (rest, '\n', left);
      gsize size = end != NULL ? (gsize) (end - rest) : left;

      convert_line (&conversion, rest, size);
      rest += size + (end != NULL ? 1 : 0);
      left -= size + (end != NULL ? 1 : 0);
    }

  self = g_new0 (SmtpMessage, 1);
  self->size_bytes = conversion.wire->len - conversion.n_dots;
  self->has_8bit_header = conversion.has_8bit_header;
  self->has_8bit_body = conversion.has_8bit_body;
  self->wire = g_byte_array_free_to_bytes (conversion.wire);

  return self;
}

/**
 * smtp_message_free:
 * @self: (transfer full): a message
 */
void
smtp_message_free (SmtpMessage *self)
{
  g_return_if_fail (self != NULL);

  g_bytes_unref (self->wire);
  g_free (self);
}

/**
 * smtp_message_get_wire:
 *
 * Returns: (transfer none): what goes over the wire after DATA, but for the dot that ends it
 */
GBytes *
smtp_message_get_wire (SmtpMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->wire;
}

/**
 * smtp_message_get_size:
 *
 * Returns: its size in bytes as SIZE counts it: with CRLF, without doubled dots; RFC 1870
 *   section 5
 */
gsize
smtp_message_get_size (SmtpMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size_bytes;
}

/**
 * smtp_message_has_8bit_header:
 *
 * Returns: %TRUE if the header has bytes that are not ASCII, which needs SMTPUTF8
 */
gboolean
smtp_message_has_8bit_header (SmtpMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_8bit_header;
}

/**
 * smtp_message_has_8bit_body:
 *
 * Returns: %TRUE if the body has bytes that are not ASCII, which needs 8BITMIME
 */
gboolean
smtp_message_has_8bit_body (SmtpMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_8bit_body;
}
