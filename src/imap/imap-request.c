#include "imap-request-private.h"

#include <string.h>

#include "base-secret.h"
#include "imap-mailbox-name.h"

#define LITERAL_MINUS_BYTES 4096
#define MAX_QUOTED_BYTES 1000

void
imap_piece_free (ImapPiece *self)
{
  g_bytes_unref (self->bytes);
  g_free (self);
}

/* imap_request_new: a request without its text; the connection puts the tag before it */
ImapRequest *
imap_request_new (ImapCommand     *command,
                  guint            flags,
                  ImapLiteralMode  literals)
{
  ImapRequest *self = g_new0 (ImapRequest, 1);

  self->command = command != NULL ? imap_command_ref (command) : NULL;
  self->flags = flags;
  self->literals = literals;
  self->text = g_string_new (NULL);
  g_queue_init (&self->pieces);

  return self;
}

void
imap_request_free (ImapRequest *self)
{
  g_queue_clear_full (&self->pieces, (GDestroyNotify) imap_piece_free);
  if (self->text != NULL)
    {
      base_secret_wipe (self->text->str, self->text->len);
      g_string_free (self->text, TRUE);
    }
  g_clear_pointer (&self->command, imap_command_unref);
  g_free (self);
}

void
imap_request_add (ImapRequest *self,
                  const char  *text)
{
  g_string_append (self->text, text);
}

void
imap_request_add_format (ImapRequest *self,
                         const char  *format,
                         ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

static void
free_secret_text (gpointer data)
{
  base_secret_free (data);
}

static void
push_piece (ImapRequest *self,
            GBytes      *bytes,
            gboolean     is_text)
{
  ImapPiece *piece = g_new0 (ImapPiece, 1);

  piece->bytes = bytes;
  piece->waits = self->next_waits;
  piece->is_text = is_text;
  piece->is_secret = self->text_is_secret;
  self->next_waits = FALSE;
  g_queue_push_tail (&self->pieces, piece);
}

static void
push_text (ImapRequest *self)
{
  gsize size = self->text->len;
  char *text = g_strndup (self->text->str, size);

  push_piece (self, g_bytes_new_with_free_func (text, size, free_secret_text, text), TRUE);
  base_secret_wipe (self->text->str, self->text->len);
  g_string_truncate (self->text, 0);
}

/* imap_request_mark_secret: the line holds a secret: it is logged as its first word */
void
imap_request_mark_secret (ImapRequest *self)
{
  self->text_is_secret = TRUE;
}

static void
add_literal (ImapRequest *self,
             const char  *prefix,
             GBytes      *bytes)
{
  gsize size = g_bytes_get_size (bytes);
  gboolean waits = self->literals == IMAP_LITERAL_WAITS ||
                   (self->literals == IMAP_LITERAL_MINUS && size > LITERAL_MINUS_BYTES);

  g_string_append_printf (self->text, "%s{%" G_GSIZE_FORMAT "%s}\r\n", prefix, size,
                          waits ? "" : "+");
  push_text (self);
  self->next_waits = waits;
  if (size > 0)
    push_piece (self, g_bytes_ref (bytes), FALSE);
}

/* imap_request_add_literal: adds bytes as they are, which must not contain a NUL */
void
imap_request_add_literal (ImapRequest *self,
                          GBytes      *bytes)
{
  add_literal (self, "", bytes);
}

/* imap_request_add_literal8: adds any bytes, where the server has BINARY or UTF8=ACCEPT. RFC 3516
 * section 4.4. */
void
imap_request_add_literal8 (ImapRequest *self,
                           GBytes      *bytes)
{
  add_literal (self, "~", bytes);
}

static gboolean
can_be_quoted (const char *string,
               gboolean    has_utf8)
{
  gsize size = 0;

  if (has_utf8 && !g_utf8_validate (string, -1, NULL))
    return FALSE;

  for (const guchar *p = (const guchar *) string; *p != '\0'; p++, size++)
    if ((*p >= 0x80 && !has_utf8) || *p == '\r' || *p == '\n')
      return FALSE;

  return size <= MAX_QUOTED_BYTES;
}

/* imap_request_add_string: adds a string, quoted where that is possible: servers exist that take
 * no literals with LOGIN. RFC 9051 section 4.3. */
void
imap_request_add_string (ImapRequest *self,
                         const char  *string)
{
  if (!can_be_quoted (string, self->has_utf8))
    {
      char *copy = g_strdup (string);
      g_autoptr(GBytes) bytes = g_bytes_new_with_free_func (copy, strlen (copy), free_secret_text,
                                                            copy);

      imap_request_add_literal (self, bytes);
      return;
    }

  g_string_append_c (self->text, '"');
  for (const char *p = string; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (self->text, '\\');
      g_string_append_c (self->text, *p);
    }
  g_string_append_c (self->text, '"');
}

/* imap_request_add_mailbox: adds the name of a mailbox, or a pattern of names */
void
imap_request_add_mailbox (ImapRequest *self,
                          const char  *wire_name)
{
  g_autofree char *name = self->has_utf8 ? imap_mailbox_name_to_utf8 (wire_name) : NULL;

  imap_request_add_string (self, name != NULL ? name : wire_name);
}

/* imap_request_finish: ends the line. Nothing but answers can be added then. */
void
imap_request_finish (ImapRequest *self)
{
  g_string_append (self->text, "\r\n");
  push_text (self);
}

/* imap_request_add_answer:
 * @line: (transfer full): a secret, of SASL
 *
 * Adds a line that goes out now: the server has asked for it. */
void
imap_request_add_answer (ImapRequest *self,
                         char        *line)
{
  g_string_append (self->text, line);
  base_secret_free (line);
  self->text_is_secret = TRUE;
  imap_request_finish (self);
}
