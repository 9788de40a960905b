/*
 * Messages of our own. What they say is collected here and checked; GMime writes it down.
 */
#include "mime-builder.h"

#include "mime-builder-private.h"
#include "mime-message-id.h"

#include <string.h>

static void
piece_free (gpointer data)
{
  MimeBuilderPiece *piece = data;

  g_free (piece->content_id);
  g_free (piece->file_name);
  g_free (piece->content_type);
  g_bytes_unref (piece->bytes);
  g_free (piece);
}

/**
 * mime_builder_new:
 *
 * Returns: (transfer full): a message with nothing in it
 */
MimeBuilder *
mime_builder_new (void)
{
  MimeBuilder *self = g_new0 (MimeBuilder, 1);

  self->pieces = g_ptr_array_new_with_free_func (piece_free);
  self->extra = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * mime_builder_free:
 * @self: (transfer full) (nullable): a message
 */
void
mime_builder_free (MimeBuilder *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < MIME_N_ADDRESS_FIELDS; i++)
    g_clear_pointer (&self->addresses[i], mime_address_list_unref);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->in_reply_to);
  g_strfreev (self->references);
  g_free (self->user_agent);
  g_free (self->text);
  g_free (self->html);
  g_ptr_array_unref (self->pieces);
  g_ptr_array_unref (self->extra);
  g_free (self);
}

static void
set_addresses (MimeBuilder           *self,
               MimeAddressField       field,
               const MimeAddressList *list)
{
  g_clear_pointer (&self->addresses[field], mime_address_list_unref);
  if (mime_address_list_get_length (list) > 0)
    self->addresses[field] = mime_address_list_concat (NULL, list);
}

/*
 * mime_builder_one_line:
 * @text: (nullable): what somebody typed, or a message said
 *
 * One line without control characters: nothing that is put into a header can become another field.
 *
 * Returns: (transfer full) (nullable): valid UTF-8
 */
char *
mime_builder_one_line (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid == NULL)
    return NULL;
  for (char *p = valid; *p != '\0'; p++)
    if ((guchar) *p < ' ' || *p == 0x7f)
      *p = ' ';

  return g_strdup (g_strstrip (valid));
}

/* An identifier as it may stand between angle brackets, or NULL. */
static char *
clean_id (const char *id)
{
  g_autofree char *line = mime_builder_one_line (id);
  char *out = line;

  if (line == NULL)
    return NULL;
  for (const char *p = line; *p != '\0'; p++)
    if (*p != ' ' && *p != '<' && *p != '>')
      *out++ = *p;
  *out = '\0';

  return *line != '\0' ? g_steal_pointer (&line) : NULL;
}

/**
 * mime_builder_set_from:
 * @self: a message
 * @from: who writes; one address as a rule
 */
void
mime_builder_set_from (MimeBuilder           *self,
                       const MimeAddressList *from)
{
  set_addresses (self, MIME_ADDRESS_FIELD_FROM, from);
}

/**
 * mime_builder_set_sender:
 * @self: a message
 * @sender: (nullable): who sends it, where that is not who writes
 */
void
mime_builder_set_sender (MimeBuilder           *self,
                         const MimeAddressList *sender)
{
  set_addresses (self, MIME_ADDRESS_FIELD_SENDER, sender);
}

/**
 * mime_builder_set_reply_to:
 * @self: a message
 * @reply_to: (nullable): where answers are to go
 */
void
mime_builder_set_reply_to (MimeBuilder           *self,
                           const MimeAddressList *reply_to)
{
  set_addresses (self, MIME_ADDRESS_FIELD_REPLY_TO, reply_to);
}

/**
 * mime_builder_set_to:
 * @self: a message
 * @to: (nullable): recipients
 */
void
mime_builder_set_to (MimeBuilder           *self,
                     const MimeAddressList *to)
{
  set_addresses (self, MIME_ADDRESS_FIELD_TO, to);
}

/**
 * mime_builder_set_cc:
 * @self: a message
 * @cc: (nullable): recipients of a copy
 */
void
mime_builder_set_cc (MimeBuilder           *self,
                     const MimeAddressList *cc)
{
  set_addresses (self, MIME_ADDRESS_FIELD_CC, cc);
}

/**
 * mime_builder_set_bcc:
 * @self: a message
 * @bcc: (nullable): recipients that the others do not see; written only with %MIME_BUILDER_KEEP_BCC
 */
void
mime_builder_set_bcc (MimeBuilder           *self,
                      const MimeAddressList *bcc)
{
  set_addresses (self, MIME_ADDRESS_FIELD_BCC, bcc);
}

/**
 * mime_builder_set_subject:
 * @self: a message
 * @subject: (nullable): UTF-8
 */
void
mime_builder_set_subject (MimeBuilder *self,
                          const char  *subject)
{
  g_free (self->subject);
  self->subject = mime_builder_one_line (subject);
}

/**
 * mime_builder_set_date:
 * @self: a message
 * @unix_time: seconds since 1970 UTC
 * @offset_minutes: the zone to write it in, minutes east of UTC
 *
 * Without it, the time of building is taken, in UTC.
 */
void
mime_builder_set_date (MimeBuilder *self,
                       gint64       unix_time,
                       int          offset_minutes)
{
  self->date_unix = unix_time;
  self->date_offset_minutes = offset_minutes;
  self->has_date = TRUE;
}

/**
 * mime_builder_set_message_id:
 * @self: a message
 * @message_id: (nullable): without angle brackets; %NULL to have one made
 */
void
mime_builder_set_message_id (MimeBuilder *self,
                             const char  *message_id)
{
  g_free (self->message_id);
  self->message_id = clean_id (message_id);
}

/**
 * mime_builder_get_message_id:
 * @self: a message with a sender
 *
 * Returns: (transfer none): its Message-ID, made now if there is none yet; it stays
 */
const char *
mime_builder_get_message_id (MimeBuilder *self)
{
  const MimeAddressList *from = self->addresses[MIME_ADDRESS_FIELD_FROM];

  if (self->message_id == NULL)
    self->message_id = mime_message_id_new (from != NULL ? mime_address_list_get (from, 0)->address
                                                         : "");

  return self->message_id;
}

/**
 * mime_builder_set_in_reply_to:
 * @self: a message
 * @message_id: (nullable): of the message that is answered, without angle brackets
 */
void
mime_builder_set_in_reply_to (MimeBuilder *self,
                              const char  *message_id)
{
  g_free (self->in_reply_to);
  self->in_reply_to = clean_id (message_id);
}

/**
 * mime_builder_set_references:
 * @self: a message
 * @references: (nullable) (array zero-terminated=1): identifiers without angle brackets, as
 *   mime_references_for_reply() gives them
 */
void
mime_builder_set_references (MimeBuilder        *self,
                             const char * const *references)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();

  g_strfreev (self->references);
  for (gsize i = 0; references != NULL && references[i] != NULL; i++)
    {
      char *id = clean_id (references[i]);

      if (id != NULL)
        g_ptr_array_add (ids, id);
    }
  g_ptr_array_add (ids, NULL);
  self->references = (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

/**
 * mime_builder_set_user_agent:
 * @self: a message
 * @user_agent: (nullable): what to say of the program, or %NULL to say nothing
 */
void
mime_builder_set_user_agent (MimeBuilder *self,
                             const char  *user_agent)
{
  g_free (self->user_agent);
  self->user_agent = mime_builder_one_line (user_agent);
}

/**
 * mime_builder_add_header:
 * @self: a message
 * @name: the name of a field, ASCII without blanks
 * @text: its value, UTF-8
 *
 * Adds a field of any other kind. A name that is none is not heard.
 */
void
mime_builder_add_header (MimeBuilder *self,
                         const char  *name,
                         const char  *text)
{
  g_return_if_fail (name != NULL && text != NULL);

  for (const char *p = name; *p != '\0'; p++)
    if (*p <= ' ' || *p == ':' || *p >= 0x7f)
      return;
  if (*name == '\0')
    return;
  g_ptr_array_add (self->extra, g_strdup (name));
  g_ptr_array_add (self->extra, mime_builder_one_line (text));
}

/**
 * mime_builder_set_text:
 * @self: a message
 * @text: (nullable): its plain text, UTF-8, one paragraph a line, lines ending with LF
 */
void
mime_builder_set_text (MimeBuilder *self,
                       const char  *text)
{
  g_free (self->text);
  self->text = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

/**
 * mime_builder_set_html:
 * @self: a message
 * @html: (nullable): its HTML, UTF-8. Give a text as well.
 */
void
mime_builder_set_html (MimeBuilder *self,
                       const char  *html)
{
  g_free (self->html);
  self->html = html != NULL ? g_utf8_make_valid (html, -1) : NULL;
}

static void
add_piece (MimeBuilder *self,
           const char  *content_id,
           const char  *file_name,
           const char  *content_type,
           GBytes      *bytes)
{
  MimeBuilderPiece *piece = g_new0 (MimeBuilderPiece, 1);

  piece->content_id = clean_id (content_id);
  piece->file_name = mime_builder_one_line (file_name);
  piece->content_type = g_strdup (content_type);
  piece->bytes = g_bytes_ref (bytes);
  g_ptr_array_add (self->pieces, piece);
}

/**
 * mime_builder_add_attachment:
 * @self: a message
 * @file_name: (nullable): UTF-8, the last component of a path
 * @content_type: (nullable): `type/subtype`; application/octet-stream when it is not known
 * @bytes: its content, kept
 */
void
mime_builder_add_attachment (MimeBuilder *self,
                             const char  *file_name,
                             const char  *content_type,
                             GBytes      *bytes)
{
  g_return_if_fail (bytes != NULL);

  add_piece (self, NULL, file_name, content_type, bytes);
}

/**
 * mime_builder_add_inline:
 * @self: a message with HTML
 * @content_id: what the HTML calls it behind `cid:`, without angle brackets
 * @file_name: (nullable): UTF-8
 * @content_type: (nullable): `type/subtype`
 * @bytes: its content, kept
 *
 * Adds a picture that the HTML shows.
 */
void
mime_builder_add_inline (MimeBuilder *self,
                         const char  *content_id,
                         const char  *file_name,
                         const char  *content_type,
                         GBytes      *bytes)
{
  g_return_if_fail (content_id != NULL && bytes != NULL);

  add_piece (self, content_id, file_name, content_type, bytes);
}

/**
 * mime_builder_needs_smtputf8:
 * @self: a message
 *
 * Returns: whether an address in it can only be written with RFC 6531, which both servers have to know
 */
gboolean
mime_builder_needs_smtputf8 (MimeBuilder *self)
{
  for (int i = 0; i < MIME_N_ADDRESS_FIELDS; i++)
    for (guint j = 0; j < mime_address_list_get_length (self->addresses[i]); j++)
      if (mime_address_needs_smtputf8 (mime_address_list_get (self->addresses[i], j)->address))
        return TRUE;

  return FALSE;
}

/* Whether the field that begins at @line is one of hidden recipients. */
static gboolean
is_bcc (const char *line,
        const char *end)
{
  static const char * const names[] = { "bcc", "resent-bcc" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize size = strlen (names[i]);
      const char *p = line + size;

      if ((gsize) (end - line) <= size || g_ascii_strncasecmp (line, names[i], size) != 0)
        continue;
      while (p < end && (*p == ' ' || *p == '\t'))
        p++;
      if (p < end && *p == ':')
        return TRUE;
    }

  return FALSE;
}

/**
 * mime_message_bytes_without_bcc:
 * @message: the bytes of a message
 *
 * Takes the Bcc fields out of a header, for the wire. RFC 5322 section 3.6.3.
 *
 * Returns: (transfer full): the bytes, @message itself when there is none
 */
GBytes *
mime_message_bytes_without_bcc (GBytes *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  const char *end;
  gboolean dropping = FALSE, dropped = FALSE;
  GByteArray *kept;

  if (size == 0)
    return g_bytes_ref (message);

  end = data + size;
  kept = g_byte_array_sized_new ((guint) size);
  for (const char *line = data; line < end;)
    {
      const char *line_end = memchr (line, '\n', (gsize) (end - line));
      const char *next = line_end != NULL ? line_end + 1 : end;

      if (*line == '\n' || (*line == '\r' && line + 1 < end && line[1] == '\n'))
        {
          g_byte_array_append (kept, (const guint8 *) line, (guint) (end - line));
          break;
        }
      if (*line != ' ' && *line != '\t')
        dropping = is_bcc (line, next);
      if (dropping)
        dropped = TRUE;
      else
        g_byte_array_append (kept, (const guint8 *) line, (guint) (next - line));
      line = next;
    }

  if (!dropped)
    {
      g_byte_array_unref (kept);
      return g_bytes_ref (message);
    }
  return g_byte_array_free_to_bytes (kept);
}
