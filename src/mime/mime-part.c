#include "mime-part-private.h"

#include "mime-encoding-private.h"
#include "mime-header-text.h"
#include "mime-message-id-private.h"
#include "mime-text.h"

#include <string.h>

/*
 * mime_part_new:
 * @parent: (nullable): the part that it lies in
 *
 * Returns: (transfer full): an empty part
 */
MimePart *
mime_part_new (MimePart *parent)
{
  MimePart *self = g_new0 (MimePart, 1);

  self->parent = parent;
  self->role = MIME_ROLE_ATTACHMENT;
  if (parent != NULL)
    {
      self->depth = parent->depth + 1;
      self->is_nested = parent->is_nested || parent->is_message;
      if (parent->children == NULL)
        parent->children = g_ptr_array_new ();
      g_ptr_array_add (parent->children, self);
    }

  return self;
}

void
mime_part_free (MimePart *self)
{
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_pointer (&self->type, mime_parameters_free);
  g_clear_pointer (&self->disposition_parameters, mime_parameters_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->section);
  g_free (self->encoding);
  g_free (self->content_id);
  g_free (self->description);
  g_free (self->subject);
  g_free (self->file_name);
  g_free (self);
}

/* "text/plain" out of whatever stands there; what is no media type is @default_type. RFC 2045 5.2. */
static MimeParameters *
parse_type (const char *raw,
            const char *default_type)
{
  MimeParameters *type = mime_parameters_new (raw != NULL ? raw : default_type, -1);
  const char *value = mime_parameters_get_value (type);
  const char *slash = strchr (value, '/');
  g_autofree char *repaired = NULL;

  if (slash != NULL && slash != value && slash[1] != '\0' && strchr (slash + 1, '/') == NULL)
    return type;

  /* "text" alone and the names of programs that never read the RFC; parameters still count */
  if (raw != NULL && strchr (raw, ';') != NULL)
    repaired = g_strconcat (default_type, strchr (raw, ';'), NULL);
  mime_parameters_free (type);

  return mime_parameters_new (repaired != NULL ? repaired : default_type, -1);
}

/*
 * mime_part_set_headers:
 * @content_type: (nullable): raw field values, of any encoding
 * @default_type: what a part without a type is here
 */
void
mime_part_set_headers (MimePart   *self,
                       const char *content_type,
                       const char *disposition,
                       const char *encoding,
                       const char *content_id,
                       const char *description,
                       const char *default_type)
{
  g_autoptr(MimeParameters) encoding_value = NULL;

  self->type = parse_type (content_type, default_type);
  self->is_multipart = g_str_has_prefix (mime_parameters_get_value (self->type), "multipart/");
  self->is_message = mime_part_is_type (self, "message/rfc822") ||
                     mime_part_is_type (self, "message/global") ||
                     mime_part_is_type (self, "message/news");

  if (disposition != NULL)
    {
      const char *value;

      self->disposition_parameters = mime_parameters_new (disposition, -1);
      value = mime_parameters_get_value (self->disposition_parameters);
      if (g_str_equal (value, "inline"))
        self->disposition = MIME_DISPOSITION_INLINE;
      else if (*value != '\0')
        /* an unknown one is to be treated as an attachment. RFC 2183 section 2.8 */
        self->disposition = MIME_DISPOSITION_ATTACHMENT;
    }

  encoding_value = mime_parameters_new (encoding != NULL ? encoding : "", -1);
  self->encoding = g_strdup (mime_parameters_get_value (encoding_value));
  if (content_id != NULL)
    self->content_id = mime_message_id_single (content_id, strlen (content_id));
  if (description != NULL)
    self->description = mime_header_text_decode (description, -1);
  if (mime_part_is_type (self, "message/partial"))
    self->problems |= MIME_PROBLEM_PARTIAL;
}

/*
 * mime_part_set_body:
 * @body: the bytes of the part, as they came
 *
 * Looks through base64 once, for its size and for damage that the reader is to be told of.
 */
void
mime_part_set_body (MimePart *self,
                    GBytes   *body)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);

  self->body = g_bytes_ref (body);
  self->size_bytes = size;
  if (size == 0)
    return;
  if (g_str_equal (self->encoding, "base64"))
    self->size_bytes = mime_base64_measure (data, size, &self->problems);
  else if (g_str_equal (self->encoding, "quoted-printable"))
    self->size_bytes = mime_quoted_printable_measure (data, size);
  else if (*self->encoding != '\0')
    {
      /* rare ones: uuencode, and other names of those above */
      g_autoptr(GBytes) decoded = mime_body_decode (body, self->encoding, NULL);

      self->size_bytes = g_bytes_get_size (decoded);
    }
}

/*
 * mime_part_set_section:
 *
 * Gives a part its number, when it is the last of its parent's children so far. RFC 9051 section 6.4.5.1.
 */
void
mime_part_set_section (MimePart *self)
{
  MimePart *parent = self->parent;

  if (parent == NULL)
    self->section = g_strdup (self->is_multipart ? "" : "1");
  else if (parent->is_message)
    self->section = g_strdup_printf ("%s.%s", parent->section, self->is_multipart ? "TEXT" : "1");
  else
    {
      /* the parts of a multipart that is a whole message count from the message's own number */
      const char *prefix = parent->section != NULL ? parent->section : "";
      gsize size = strlen (prefix);

      if (g_str_has_suffix (prefix, ".TEXT"))
        size -= strlen (".TEXT");
      self->section = size > 0
                        ? g_strdup_printf ("%.*s.%u", (int) size, prefix, parent->children->len)
                        : g_strdup_printf ("%u", parent->children->len);
    }
}

gboolean
mime_part_is_type (const MimePart *self,
                   const char     *content_type)
{
  return g_str_equal (mime_parameters_get_value (self->type), content_type);
}

/*
 * mime_part_get_given_name:
 *
 * Returns: (nullable): the name that the message gives the part, as unsafe as it came
 */
const char *
mime_part_get_given_name (const MimePart *self)
{
  const char *name = NULL;

  if (self->disposition_parameters != NULL)
    {
      name = mime_parameters_get (self->disposition_parameters, "filename");
      if (name == NULL || *name == '\0')
        name = mime_parameters_get (self->disposition_parameters, "name");
    }
  if (name == NULL || *name == '\0')
    name = mime_parameters_get (self->type, "name");
  if (name == NULL || *name == '\0')
    name = mime_parameters_get (self->type, "filename");

  return name != NULL && *name != '\0' ? name : NULL;
}

/**
 * mime_part_get_section:
 * @self: a part
 *
 * Returns: its number as IMAP counts: `1.2`; empty for a multipart that is the whole message, and
 *   `N.TEXT` for one that is the whole of an attached message. RFC 9051 section 6.4.5.1
 */
const char *
mime_part_get_section (const MimePart *self)
{
  return self->section;
}

/**
 * mime_part_get_content_type:
 * @self: a part
 *
 * Returns: its media type in lower case, without parameters
 */
const char *
mime_part_get_content_type (const MimePart *self)
{
  return mime_parameters_get_value (self->type);
}

/**
 * mime_part_get_parameter:
 * @self: a part
 * @name: in lower case
 *
 * Returns: (nullable): a parameter of its media type, decoded
 */
const char *
mime_part_get_parameter (const MimePart *self,
                         const char     *name)
{
  return mime_parameters_get (self->type, name);
}

/**
 * mime_part_get_charset:
 * @self: a part
 *
 * Returns: (nullable): the charset that it declares
 */
const char *
mime_part_get_charset (const MimePart *self)
{
  return mime_parameters_get (self->type, "charset");
}

/**
 * mime_part_get_encoding:
 * @self: a part
 *
 * Returns: its transfer encoding in lower case, perhaps empty
 */
const char *
mime_part_get_encoding (const MimePart *self)
{
  return self->encoding;
}

/**
 * mime_part_get_disposition:
 * @self: a part
 *
 * Returns: what its sender wanted done with it. RFC 2183
 */
MimeDisposition
mime_part_get_disposition (const MimePart *self)
{
  return self->disposition;
}

/**
 * mime_part_get_role:
 * @self: a part
 *
 * Returns: what it is for
 */
MimeRole
mime_part_get_role (const MimePart *self)
{
  return self->role;
}

/**
 * mime_part_get_file_name:
 * @self: a part
 *
 * Returns: (nullable): a safe name to save it under, that no other part of the message has; %NULL for
 *   multiparts and for the text of the message
 */
const char *
mime_part_get_file_name (const MimePart *self)
{
  return self->file_name;
}

/**
 * mime_part_get_content_id:
 * @self: a part
 *
 * Returns: (nullable): its Content-ID, without angle brackets
 */
const char *
mime_part_get_content_id (const MimePart *self)
{
  return self->content_id;
}

/**
 * mime_part_get_description:
 * @self: a part
 *
 * Returns: (nullable): its Content-Description, decoded
 */
const char *
mime_part_get_description (const MimePart *self)
{
  return self->description;
}

/**
 * mime_part_get_encoded_size_bytes:
 * @self: a part
 *
 * Returns: its size in the message, in bytes; 0 for multiparts
 */
gsize
mime_part_get_encoded_size_bytes (const MimePart *self)
{
  return g_bytes_get_size (self->body);
}

/**
 * mime_part_get_size_bytes:
 * @self: a part
 *
 * Returns: its size once decoded, in bytes; for quoted-printable within a few
 */
gsize
mime_part_get_size_bytes (const MimePart *self)
{
  return self->size_bytes;
}

/**
 * mime_part_get_problems:
 * @self: a part
 *
 * Returns: what is wrong with it, as far as is known without decoding it
 */
MimeProblems
mime_part_get_problems (const MimePart *self)
{
  return self->problems;
}

/**
 * mime_part_get_depth:
 * @self: a part
 *
 * Returns: in how many others it lies
 */
guint
mime_part_get_depth (const MimePart *self)
{
  return self->depth;
}

/**
 * mime_part_get_parent:
 * @self: a part
 *
 * Returns: (transfer none) (nullable): the part that it lies in
 */
MimePart *
mime_part_get_parent (const MimePart *self)
{
  return self->parent;
}

/**
 * mime_part_get_n_children:
 * @self: a part
 *
 * Returns: how many parts it has; an attached message has one
 */
guint
mime_part_get_n_children (const MimePart *self)
{
  return self->children != NULL ? self->children->len : 0;
}

/**
 * mime_part_get_child:
 * @self: a part
 * @position: counted from 0
 *
 * Returns: (transfer none): one of its parts
 */
MimePart *
mime_part_get_child (const MimePart *self,
                     guint           position)
{
  g_return_val_if_fail (position < mime_part_get_n_children (self), NULL);

  return self->children->pdata[position];
}

/**
 * mime_part_decode:
 * @self: a part
 *
 * Returns: (transfer full): its content without the transfer encoding; empty for multiparts
 */
GBytes *
mime_part_decode (const MimePart *self)
{
  return mime_body_decode (self->body, self->encoding, NULL);
}

/**
 * mime_part_dup_text:
 * @self: a part
 *
 * Returns: (transfer full): its content as UTF-8 text, lines ending with LF, flowing paragraphs joined
 *   (RFC 3676)
 */
char *
mime_part_dup_text (const MimePart *self)
{
  g_autoptr(GBytes) content = mime_part_decode (self);
  g_autofree char *text = mime_text_to_utf8 (content, mime_part_get_charset (self), NULL);
  const char *format = mime_part_get_parameter (self, "format");
  const char *delete_space = mime_part_get_parameter (self, "delsp");

  if (mime_part_is_type (self, "text/plain") && format != NULL &&
      g_ascii_strcasecmp (format, "flowed") == 0)
    return mime_text_unflow (text, delete_space != NULL &&
                             g_ascii_strcasecmp (delete_space, "yes") == 0);

  return g_steal_pointer (&text);
}
