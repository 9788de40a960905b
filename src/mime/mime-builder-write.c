#include "mime-builder-private.h"

#include "mime-date.h"
#include "mime-error.h"
#include "mime-file-name.h"
#include "mime-gmime-private.h"
#include "mime-header-text-private.h"
#include "mime-text.h"

#include <string.h>

/* RFC 5322 section 2.1.1 */
#define MAX_LINE_BYTES 998
#define FOLD_COLUMN    76

/* The width that plain text is wrapped to where it is not left to the reader's program. */
#define PLAIN_COLUMNS 76

typedef struct
{
  gboolean has_8bit;
  gboolean has_nul;
  gsize    n_8bit;
  gsize    longest_line;
} ContentSurvey;

static ContentSurvey
survey_content (const char *data,
                gsize       size)
{
  ContentSurvey survey = { 0 };
  gsize line = 0;

  for (gsize i = 0; i < size; i++)
    {
      guchar c = (guchar) data[i];

      if (c == '\n')
        {
          survey.longest_line = MAX (survey.longest_line, line);
          line = 0;
          continue;
        }
      line++;
      if (c >= 0x80)
        survey.n_8bit++;
      else if (c == 0)
        survey.has_nul = TRUE;
    }
  survey.longest_line = MAX (survey.longest_line, line);
  survey.has_8bit = survey.n_8bit > 0;

  return survey;
}

static void
set_content (GMimePart            *part,
             GBytes               *bytes,
             GMimeContentEncoding  encoding)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data != NULL ? data : "", size);
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream (stream,
                                                                   GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, encoding);
  g_object_unref (content);
  g_object_unref (stream);
}

static char *
with_crlf (const char *text)
{
  GString *out = g_string_sized_new (strlen (text) + strlen (text) / 32 + 2);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n' && (p == text || p[-1] != '\r'))
        g_string_append_c (out, '\r');
      g_string_append_c (out, *p);
    }

  return g_string_free (out, FALSE);
}

/*
 * A part of text. As it is where that is safe on every way, else quoted-printable, or base64 where most
 * of it would be quoted anyway.
 */
static GMimeObject *
text_part (const char       *subtype,
           const char       *text,
           MimeBuilderFlags  flags)
{
  GMimePart *part = g_mime_part_new_with_type ("text", subtype);
  ContentSurvey survey = survey_content (text, strlen (text));
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_7BIT;
  g_autofree char *content = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (survey.longest_line > MAX_LINE_BYTES ||
      (survey.has_8bit && (flags & MIME_BUILDER_ALLOW_8BIT) == 0))
    encoding = survey.n_8bit > strlen (text) / 3 ? GMIME_CONTENT_ENCODING_BASE64
                                                 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  else if (survey.has_8bit)
    encoding = GMIME_CONTENT_ENCODING_8BIT;

  /* base64 hides line ends from whoever would make them right later */
  content = encoding == GMIME_CONTENT_ENCODING_BASE64 ? with_crlf (text) : g_strdup (text);
  bytes = g_bytes_new (content, strlen (content));
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset",
                                            survey.has_8bit ? "utf-8" : "us-ascii");
  set_content (part, bytes, encoding);

  return GMIME_OBJECT (part);
}

/* Lines end with LF, the last one too. */
static char *
tidy_text (const char *text)
{
  GString *out = g_string_sized_new (strlen (text) + 2);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\r')
        g_string_append_c (out, '\n');
      else
        g_string_append_c (out, *p);
      if (*p == '\r' && p[1] == '\n')
        p++;
    }
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}

static GMimeObject *
plain_part (const char       *text,
            MimeBuilderFlags  flags)
{
  g_autofree char *tidy = tidy_text (text != NULL ? text : "");
  g_autofree char *laid_out = (flags & MIME_BUILDER_FLOWED) != 0
                                ? mime_text_flow (tidy) : mime_text_wrap (tidy, PLAIN_COLUMNS);
  GMimeObject *part = text_part ("plain", laid_out, flags);

  if ((flags & MIME_BUILDER_FLOWED) != 0)
    g_mime_object_set_content_type_parameter (part, "format", "flowed");

  return part;
}

static gboolean
is_token (const char *text,
          gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$&-^_.+", text[i]) == NULL)
      return FALSE;

  return size > 0;
}

/* "type/subtype" with its parameters; anything else is bytes of which nothing is known. */
static GMimeContentType *
content_type_new (const char *given)
{
  gsize size = given != NULL ? strcspn (given, "; ") : 0;
  const char *slash = given != NULL ? memchr (given, '/', size) : NULL;

  if (slash == NULL || !is_token (given, (gsize) (slash - given)) ||
      !is_token (slash + 1, size - (gsize) (slash + 1 - given)) ||
      g_ascii_strncasecmp (given, "multipart/", 10) == 0 || strpbrk (given, "\r\n") != NULL)
    return g_mime_content_type_new ("application", "octet-stream");

  return g_mime_content_type_parse (NULL, given);
}

/*
 * RFC 2231 for the disposition, as it should be; RFC 2047 for the old parameter of the type, which is
 * all that some programs of wide use look at.
 */
static void
set_file_name (GMimeObject *part,
               const char  *file_name)
{
  g_autofree char *encoded = mime_header_text_encode (file_name, TRUE);
  GMimeContentDisposition *disposition = g_mime_object_get_content_disposition (part);
  GMimeParamList *list = g_mime_content_disposition_get_parameters (disposition);
  GMimeParam *parameter;

  g_mime_param_list_set_parameter (list, "filename", file_name);
  g_mime_param_set_charset (g_mime_param_list_get_parameter (list, "filename"), "utf-8");

  list = g_mime_content_type_get_parameters (g_mime_object_get_content_type (part));
  g_mime_param_list_set_parameter (list, "name", encoded);
  parameter = g_mime_param_list_get_parameter (list, "name");
  g_mime_param_set_encoding_method (parameter, GMIME_PARAM_ENCODING_METHOD_RFC2047);
}

/*
 * An attached file. A message is not encoded (RFC 2046 section 5.2.1 forbids it) unless its lines are too
 * long or it is none.
 */
static GMimeObject *
piece_part (const MimeBuilderPiece *piece)
{
  GMimePart *part = g_mime_part_new ();
  GMimeContentType *type = content_type_new (piece->content_type);
  gsize size;
  const char *data = g_bytes_get_data (piece->bytes, &size);
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_BASE64;

  if (g_mime_content_type_is_type (type, "message", "*"))
    {
      ContentSurvey survey = survey_content (data, size);

      if (survey.has_nul || survey.longest_line > MAX_LINE_BYTES + 1)
        {
          g_object_unref (type);
          type = g_mime_content_type_new ("application", "octet-stream");
        }
      else
        encoding = survey.has_8bit ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_7BIT;
    }

  g_mime_object_set_content_type (GMIME_OBJECT (part), type);
  g_object_unref (type);
  g_mime_object_set_disposition (GMIME_OBJECT (part),
                                 piece->content_id != NULL ? "inline" : "attachment");
  if (piece->file_name != NULL)
    {
      g_autofree char *safe = mime_file_name_make_safe (piece->file_name, piece->content_type,
                                                        "attachment");

      set_file_name (GMIME_OBJECT (part), safe);
    }
  if (piece->content_id != NULL)
    g_mime_object_set_content_id (GMIME_OBJECT (part), piece->content_id);
  set_content (part, piece->bytes, encoding);

  return GMIME_OBJECT (part);
}

/* Puts @first and the pieces of one kind into a multipart; without pieces it stays @first. */
static GMimeObject *
with_pieces (MimeBuilder *self,
             GMimeObject *first,
             const char  *subtype,
             gboolean     inline_ones)
{
  GMimeMultipart *multipart = NULL;

  for (guint i = 0; i < self->pieces->len; i++)
    {
      const MimeBuilderPiece *piece = self->pieces->pdata[i];
      GMimeObject *part;

      if ((piece->content_id != NULL && self->html != NULL) != inline_ones)
        continue;
      if (multipart == NULL)
        {
          multipart = g_mime_multipart_new_with_subtype (subtype);
          g_mime_multipart_add (multipart, first);
          g_object_unref (first);
        }
      part = piece_part (piece);
      g_mime_multipart_add (multipart, part);
      g_object_unref (part);
    }
  if (multipart != NULL && inline_ones)
    g_mime_object_set_content_type_parameter (GMIME_OBJECT (multipart), "type", "text/html");

  return multipart != NULL ? GMIME_OBJECT (multipart) : first;
}

static GMimeObject *
build_body (MimeBuilder      *self,
            MimeBuilderFlags  flags)
{
  GMimeObject *body;

  if (self->html == NULL)
    body = plain_part (self->text, flags);
  else
    {
      g_autofree char *html = tidy_text (self->html);
      GMimeObject *shown = with_pieces (self, text_part ("html", html, flags), "related", TRUE);

      if (self->text != NULL)
        {
          GMimeMultipart *alternative = g_mime_multipart_new_with_subtype ("alternative");
          GMimeObject *plain = plain_part (self->text, flags);

          g_mime_multipart_add (alternative, plain);
          g_mime_multipart_add (alternative, shown);
          g_object_unref (plain);
          g_object_unref (shown);
          shown = GMIME_OBJECT (alternative);
        }
      body = shown;
    }

  return with_pieces (self, body, "mixed", FALSE);
}

static gboolean
add_addresses (MimeBuilder       *self,
               GMimeMessage      *message,
               MimeAddressField   field,
               GMimeAddressType   type,
               GError           **error)
{
  const MimeAddressList *list = self->addresses[field];
  InternetAddressList *out = g_mime_message_get_addresses (message, type);

  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *address = mime_address_list_get (list, i);
      g_autofree char *wire = mime_address_to_wire (address->address);
      g_autofree char *name = NULL;
      InternetAddress *mailbox;

      if (wire == NULL)
        {
          g_set_error (error, MIME_ERROR, MIME_ERROR_ADDRESS, "not an address: %s",
                       address->address);
          return FALSE;
        }
      if (address->name != NULL)
        {
          g_autofree char *line = mime_builder_one_line (address->name);

          name = mime_header_text_encode (line, TRUE);
        }
      mailbox = internet_address_mailbox_new (name, wire);
      internet_address_list_add (out, mailbox);
      g_object_unref (mailbox);
    }

  return TRUE;
}

static gboolean
add_all_addresses (MimeBuilder   *self,
                   GMimeMessage  *message,
                   GError       **error)
{
  static const struct
  {
    MimeAddressField field;
    GMimeAddressType type;
  } fields[] = {
    { MIME_ADDRESS_FIELD_FROM, GMIME_ADDRESS_TYPE_FROM },
    { MIME_ADDRESS_FIELD_SENDER, GMIME_ADDRESS_TYPE_SENDER },
    { MIME_ADDRESS_FIELD_REPLY_TO, GMIME_ADDRESS_TYPE_REPLY_TO },
    { MIME_ADDRESS_FIELD_TO, GMIME_ADDRESS_TYPE_TO },
    { MIME_ADDRESS_FIELD_CC, GMIME_ADDRESS_TYPE_CC },
    { MIME_ADDRESS_FIELD_BCC, GMIME_ADDRESS_TYPE_BCC },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!add_addresses (self, message, fields[i].field, fields[i].type, error))
      return FALSE;

  return TRUE;
}

/* Folded at blanks. RFC 5322 section 2.2.3. */
static char *
fold (const char *name,
      const char *value)
{
  GString *out = g_string_new (NULL);
  gsize column = strlen (name) + 1;

  for (const char *word = value;;)
    {
      gsize blanks = strspn (word, " ");
      gsize size = blanks + strcspn (word + blanks, " ");

      if (column + size > FOLD_COLUMN && out->len > 0 && blanks > 0 && word[blanks] != '\0')
        {
          g_string_append_c (out, '\n');
          column = 0;
        }
      if (out->len == 0 && blanks == 0)
        g_string_append_c (out, ' ');
      g_string_append_len (out, word, (gssize) size);
      column += size;
      word += size;
      if (*word == '\0')
        break;
    }
  g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}

/*
 * A field written by us to the last byte: GMime would decode what is encoded and encode it again, and
 * lose text that only looks like it.
 */
static void
append_ascii_header (GMimeMessage *message,
                     const char   *name,
                     const char   *value)
{
  GMimeHeaderList *list = g_mime_object_get_header_list (GMIME_OBJECT (message));
  g_autofree char *raw = fold (name, value);
  GMimeHeader *header;

  g_mime_header_list_append (list, name, value, NULL);
  header = g_mime_header_list_get_header_at (list, g_mime_header_list_get_count (list) - 1);
  g_mime_header_set_raw_value (header, raw);
}

/* A field whose value is text of whatever kind. */
static void
append_text_header (GMimeMessage *message,
                    const char   *name,
                    const char   *text)
{
  g_autofree char *value = mime_header_text_encode (text, FALSE);

  append_ascii_header (message, name, value);
}

static void
set_header (GMimeMessage *message,
            const char   *name,
            const char   *value)
{
  g_mime_object_set_header (GMIME_OBJECT (message), name, value, NULL);
}

static void
add_identifiers (MimeBuilder  *self,
                 GMimeMessage *message)
{
  g_mime_message_set_message_id (message, mime_builder_get_message_id (self));
  if (self->in_reply_to != NULL)
    {
      g_autofree char *value = g_strdup_printf ("<%s>", self->in_reply_to);

      set_header (message, "In-Reply-To", value);
    }
  if (self->references != NULL && self->references[0] != NULL)
    {
      GString *value = g_string_new (NULL);

      for (gsize i = 0; self->references[i] != NULL; i++)
        g_string_append_printf (value, "%s<%s>", i > 0 ? " " : "", self->references[i]);
      append_ascii_header (message, "References", value->str);
      g_string_free (value, TRUE);
    }
}

static void
add_fields (MimeBuilder  *self,
            GMimeMessage *message)
{
  g_autofree char *date =
    self->has_date ? mime_date_format (self->date_unix, self->date_offset_minutes)
                   : mime_date_format (g_get_real_time () / G_USEC_PER_SEC, 0);

  set_header (message, "Date", date);
  if (self->addresses[MIME_ADDRESS_FIELD_TO] == NULL &&
      self->addresses[MIME_ADDRESS_FIELD_CC] == NULL)
    set_header (message, "To", "undisclosed-recipients:;");
  append_text_header (message, "Subject", self->subject != NULL ? self->subject : "");
  add_identifiers (self, message);
  if (self->user_agent != NULL)
    append_text_header (message, "User-Agent", self->user_agent);
  for (guint i = 0; i + 1 < self->extra->len; i += 2)
    append_text_header (message, self->extra->pdata[i], self->extra->pdata[i + 1]);
}

static GBytes *
serialize (GMimeMessage     *message,
           MimeBuilderFlags  flags)
{
  GMimeFormatOptions *options = g_mime_format_options_new ();
  GMimeStream *stream = g_mime_stream_mem_new ();
  GByteArray *array;
  GBytes *bytes;

  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_mime_format_options_set_param_encoding_method (options, GMIME_PARAM_ENCODING_METHOD_RFC2231);
  if ((flags & MIME_BUILDER_KEEP_BCC) == 0)
    g_mime_format_options_add_hidden_header (options, "Bcc");
  g_mime_object_write_to_stream (GMIME_OBJECT (message), options, stream);

  array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  bytes = g_byte_array_free_to_bytes (array);
  g_object_unref (stream);
  g_mime_format_options_free (options);

  return bytes;
}

/**
 * mime_builder_build:
 * @self: a message
 * @flags: how to write it
 *
 * Writes the message down, with lines ending in CRLF. Fit for any way by default: everything beyond
 * ASCII is encoded, except for attached messages, which may not be, and for local parts of addresses,
 * which cannot be (mime_builder_needs_smtputf8()).
 *
 * Errors: MIME_ERROR_INCOMPLETE without a sender; MIME_ERROR_ADDRESS for an address that is none.
 * RFC 5322, RFC 2045 to 2047, RFC 2231.
 *
 * Returns: (transfer full) (nullable): its bytes
 */
GBytes *
mime_builder_build (MimeBuilder       *self,
                    MimeBuilderFlags   flags,
                    GError           **error)
{
  GMimeMessage *message;
  GMimeObject *body;
  GBytes *bytes = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->addresses[MIME_ADDRESS_FIELD_FROM] == NULL)
    {
      g_set_error_literal (error, MIME_ERROR, MIME_ERROR_INCOMPLETE, "a message without a sender");
      return NULL;
    }

  mime_gmime_init ();
  message = g_mime_message_new (TRUE);
  if (add_all_addresses (self, message, error))
    {
      add_fields (self, message);
      body = build_body (self, flags);
      g_mime_message_set_mime_part (message, body);
      g_object_unref (body);
      bytes = serialize (message, flags);
    }
  g_object_unref (message);

  return bytes;
}
