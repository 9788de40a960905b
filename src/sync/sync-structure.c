/* The structure of a message as a small text: one line a part, fields separated by tabs and
 * escaped as in URIs. */

#include "sync-structure.h"

#include <string.h>

#define N_FIELDS 9

static void
part_free (SyncPart *part)
{
  g_free (part->section);
  g_free (part->content_type);
  g_free (part->boundary);
  g_free (part->encoding);
  g_free (part->charset);
  g_free (part->disposition);
  g_free (part->file_name);
  g_free (part->content_id);
  g_free (part);
}

static char *
take_field (const char *field)
{
  char *text;

  if (*field == '\0')
    return NULL;

  text = g_uri_unescape_string (field, NULL);
  return text != NULL ? text : g_strdup (field);
}

/**
 * sync_structure_parse:
 * @text: (nullable): as kept in the cache
 *
 * Returns: (transfer full) (element-type SyncPart): the parts, parents before their children; empty
 *   where nothing is known
 */
GPtrArray *
sync_structure_parse (const char *text)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) part_free);
  g_auto(GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[i], "\t", -1);
      SyncPart *part;

      if (g_strv_length (fields) != N_FIELDS)
        continue;

      part = g_new0 (SyncPart, 1);
      part->section = g_strdup (fields[0]);
      part->content_type = g_uri_unescape_string (fields[1], NULL);
      part->size_bytes = g_ascii_strtoll (fields[2], NULL, 10);
      part->encoding = take_field (fields[3]);
      part->charset = take_field (fields[4]);
      part->disposition = take_field (fields[5]);
      part->file_name = take_field (fields[6]);
      part->content_id = take_field (fields[7]);
      part->boundary = take_field (fields[8]);
      if (part->content_type == NULL)
        part->content_type = g_strdup ("application/octet-stream");
      g_ptr_array_add (parts, part);
    }

  return parts;
}

static void
add_field (GString *text,
           const char *value)
{
  g_string_append_c (text, '\t');
  if (value == NULL)
    return;

  /* bytes that are not UTF-8 are escaped as well, so that the text always is */
  if (g_utf8_validate (value, -1, NULL))
    g_string_append_uri_escaped (text, value, " !\"#$&'()*+,/:;<=>?@[\\]^`{|}", TRUE);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      g_string_append_uri_escaped (text, valid, " !\"#$&'()*+,/:;<=>?@[\\]^`{|}", TRUE);
    }
}

static void
add_line (GString *text,
          const SyncPart *part)
{
  g_string_append (text, part->section);
  add_field (text, part->content_type);
  g_string_append_printf (text, "\t%" G_GINT64_FORMAT, part->size_bytes);
  add_field (text, part->encoding);
  add_field (text, part->charset);
  add_field (text, part->disposition);
  add_field (text, part->file_name);
  add_field (text, part->content_id);
  add_field (text, part->boundary);
  g_string_append_c (text, '\n');
}

static char *
strip_brackets (const char *content_id)
{
  gsize size;

  if (content_id == NULL)
    return NULL;

  size = strlen (content_id);
  if (size >= 2 && content_id[0] == '<' && content_id[size - 1] == '>')
    return g_strndup (content_id + 1, size - 2);

  return g_strdup (content_id);
}

static void
add_imap_part (GString *text,
               const ImapPart *imap)
{
  g_autofree char *content_type = g_strdup_printf ("%s/%s", imap->type, imap->subtype);
  g_autofree char *content_id = strip_brackets (imap->content_id);
  const char *file_name = imap_part_get_disposition_parameter (imap, "filename");
  SyncPart part = {
    .section = (char *) imap->section,
    .content_type = content_type,
    .boundary = (char *) imap_part_get_parameter (imap, "boundary"),
    .encoding = (char *) imap->encoding,
    .charset = (char *) imap_part_get_parameter (imap, "charset"),
    .disposition = (char *) imap->disposition,
    .file_name = (char *) (file_name != NULL ? file_name : imap_part_get_parameter (imap, "name")),
    .content_id = content_id,
    .size_bytes = (gint64) MIN (imap->size_bytes, (guint64) G_MAXINT64),
  };

  add_line (text, &part);

  /* what lies inside an attached message is not the message's own */
  if (!imap_part_is_multipart (imap))
    return;
  for (guint i = 0; i < imap->n_children; i++)
    add_imap_part (text, imap->children[i]);
}

/**
 * sync_structure_from_imap:
 *
 * Returns: (transfer full): a BODYSTRUCTURE in the form that is kept
 */
char *
sync_structure_from_imap (const ImapStructure *structure)
{
  GString *text = g_string_new (NULL);

  add_imap_part (text, structure->root);
  return g_string_free (text, FALSE);
}

/**
 * sync_structure_from_message:
 *
 * Returns: (transfer full): the structure of a message that is here, in the form that is kept
 */
char *
sync_structure_from_message (MimeMessage *message)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    {
      MimePart *mime = mime_message_get_part (message, i);
      SyncPart part = {
        .section = (char *) mime_part_get_section (mime),
        .content_type = (char *) mime_part_get_content_type (mime),
        .boundary = (char *) mime_part_get_parameter (mime, "boundary"),
        .encoding = (char *) mime_part_get_encoding (mime),
        .charset = (char *) mime_part_get_charset (mime),
        .file_name = (char *) mime_part_get_file_name (mime),
        .content_id = (char *) mime_part_get_content_id (mime),
        .size_bytes = (gint64) mime_part_get_encoded_size_bytes (mime),
      };

      if (mime_part_get_role (mime) == MIME_ROLE_NESTED)
        continue;
      if (mime_part_get_role (mime) == MIME_ROLE_ATTACHMENT ||
          mime_part_get_role (mime) == MIME_ROLE_CALENDAR)
        part.disposition = (char *) "attachment";
      else if (mime_part_get_disposition (mime) == MIME_DISPOSITION_INLINE)
        part.disposition = (char *) "inline";
      add_line (text, &part);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_attachment (const SyncPart *part)
{
  if (g_str_has_prefix (part->content_type, "multipart/"))
    return FALSE;
  if (g_strcmp0 (part->disposition, "attachment") == 0)
    return TRUE;
  if (g_str_has_suffix (part->content_type, "-signature"))
    return FALSE;

  return part->content_id == NULL &&
         (part->file_name != NULL || !g_str_has_prefix (part->content_type, "text/"));
}

/**
 * sync_structure_get_attachment:
 *
 * Returns: whether a person would say that the message has attachments
 */
StoreAttachmentState
sync_structure_get_attachment (GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (is_attachment (g_ptr_array_index (parts, i)))
      return STORE_ATTACHMENT_SOME;

  return parts->len > 0 ? STORE_ATTACHMENT_NONE : STORE_ATTACHMENT_UNKNOWN;
}

/**
 * sync_structure_is_text_part:
 *
 * Returns: whether the part is needed to read the message
 */
gboolean
sync_structure_is_text_part (const SyncPart *part)
{
  return g_str_has_prefix (part->content_type, "text/") &&
         g_strcmp0 (part->disposition, "attachment") != 0;
}

/**
 * sync_structure_needs_whole:
 *
 * Signatures are over bytes, encryption hides the parts, and some servers report structures that
 * do not fit: such messages are fetched whole whatever their size.
 *
 * Returns: whether the parts alone would not do
 */
gboolean
sync_structure_needs_whole (GPtrArray *parts)
{
  gboolean has_text = FALSE;

  if (parts->len < 2)
    return TRUE;

  for (guint i = 0; i < parts->len; i++)
    {
      const SyncPart *part = g_ptr_array_index (parts, i);

      if (g_str_equal (part->content_type, "multipart/signed") ||
          g_str_equal (part->content_type, "multipart/encrypted") ||
          g_str_has_suffix (part->content_type, "pkcs7-mime"))
        return TRUE;
      if (g_str_has_prefix (part->content_type, "multipart/") && part->boundary == NULL)
        return TRUE;
      has_text |= sync_structure_is_text_part (part);
    }

  return !has_text;
}
