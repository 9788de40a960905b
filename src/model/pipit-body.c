#include "pipit-config.h"

#include "pipit-body-struct-private.h"

#include "pipit-attachment-private.h"
#include "pipit-message.h"

#include "mime-html.h"
#include "mime-message.h"
#include "sync-structure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * PipitBody:
 *
 * What is in a message. Immutable, and made on a thread of its own: parsing takes a while.
 */

G_DEFINE_FINAL_TYPE (PipitBody, pipit_body, G_TYPE_OBJECT)

static void
pipit_body_finalize (GObject *object)
{
  PipitBody *self = PIPIT_BODY (object);

  g_clear_object (&self->attachments);
  g_clear_object (&self->message);
  g_clear_pointer (&self->mime, mime_message_unref);
  g_clear_pointer (&self->note, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->html, g_free);
  g_clear_pointer (&self->html_with_pictures, g_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->headers, g_free);

  G_OBJECT_CLASS (pipit_body_parent_class)->finalize (object);
}

static void
pipit_body_class_init (PipitBodyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_body_finalize;
}

static void
pipit_body_init (PipitBody *self)
{
}

/* The size of a part that is not here, as the server said. */
static const SyncPart *
find_in_structure (GPtrArray  *parts,
                   const char *section)
{
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    {
      const SyncPart *part = g_ptr_array_index (parts, i);

      if (g_strcmp0 (part->section, section) == 0)
        return part;
    }

  return NULL;
}

/* base64 writes three bytes as four. */
static gint64
decoded_size (const SyncPart *part)
{
  if (part->encoding != NULL && g_ascii_strcasecmp (part->encoding, "base64") == 0)
    return part->size_bytes / 4 * 3;

  return part->size_bytes;
}

static PipitAttachment *
make_attachment (PipitBody *self,
                 MimePart  *part,
                 gboolean   is_whole,
                 GPtrArray *structure)
{
  const SyncPart *told = find_in_structure (structure, mime_part_get_section (part));
  gint64 size_bytes = mime_part_get_size_bytes (part);
  gboolean is_here = is_whole || size_bytes > 0 || told == NULL || told->size_bytes == 0;

  if (!is_here)
    size_bytes = decoded_size (told);

  return pipit_attachment_new_for_part (self->message, self->mime, part, size_bytes, is_here);
}

static void
fill_attachments (PipitBody  *self,
                  gboolean    is_whole,
                  const char *structure_text)
{
  GPtrArray *parts = mime_message_get_attachments (self->mime);
  g_autoptr(GPtrArray) structure = NULL;
  GListStore *store = g_list_store_new (PIPIT_TYPE_ATTACHMENT);

  if (!is_whole && structure_text != NULL)
    structure = sync_structure_parse (structure_text);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr(PipitAttachment) attachment =
        make_attachment (self, g_ptr_array_index (parts, i), is_whole, structure);

      g_list_store_append (store, attachment);
    }

  self->attachments = G_LIST_MODEL (store);
}

static char *
format_headers (MimeHeaders *headers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < mime_headers_get_n_fields (headers); i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *raw = NULL;
      g_autofree char *valid = NULL;

      if (!mime_headers_get_field (headers, i, &name, &raw))
        continue;
      valid = g_utf8_make_valid (raw, -1);
      g_string_append_printf (text, "%s: %s\n", name, g_strstrip (valid));
    }

  return g_string_free (text, FALSE);
}

/**
 * pipit_body_new:
 * @message: whose body it is
 * @bytes: the message, whole or with parts that are empty
 * @is_whole: which of both
 * @structure: (nullable): what the server said of its parts, as sync has kept it
 *
 * Parses a message. Takes a while: for threads other than the main one.
 *
 * Returns: (transfer full): the body
 */
PipitBody *
pipit_body_new (PipitMessage *message,
                GBytes       *bytes,
                gboolean      is_whole,
                const char   *structure)
{
  PipitBody *self = g_object_new (PIPIT_TYPE_BODY, NULL);

  self->message = g_object_ref (message);
  self->mime = mime_message_new (bytes);
  self->text = mime_message_dup_text (self->mime);
  if (self->text == NULL)
    self->text = g_strdup ("");
  self->html = mime_message_dup_html (self->mime);
  if (self->html != NULL)
    {
      self->has_dark = mime_html_supports_dark (self->html, -1);
      pipit_body_find_pictures (self);
    }
  self->headers = format_headers (mime_message_get_headers (self->mime));
  self->state = is_whole ? PIPIT_BODY_COMPLETE : PIPIT_BODY_PARTIAL;
  if (is_whole && !mime_message_is_complete (self->mime))
    self->note = g_strdup (_("This message is damaged: its end is missing. What is there is shown."));
  fill_attachments (self, is_whole, structure);

  return self;
}

/**
 * pipit_body_get_message:
 *
 * Returns: (transfer none): whose body it is
 */
PipitMessage *
pipit_body_get_message (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->message;
}

/**
 * pipit_body_get_state:
 *
 * Returns: whether large files in it are still on the server
 */
PipitBodyState
pipit_body_get_state (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), PIPIT_BODY_MISSING);

  return self->state;
}

/**
 * pipit_body_get_note:
 *
 * Returns: (transfer none) (nullable): why it is not whole, a sentence to show with it
 */
const char *
pipit_body_get_note (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->note;
}

/**
 * pipit_body_get_text:
 *
 * Returns: (transfer none): its text, made from the HTML where there is no other
 */
const char *
pipit_body_get_text (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->text;
}

/**
 * pipit_body_get_html:
 *
 * Returns: (transfer none) (nullable): its HTML, UTF-8, as it was sent: not to be trusted
 */
const char *
pipit_body_get_html (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->html;
}

/**
 * pipit_body_has_html:
 *
 * Returns: %TRUE if it has HTML
 */
gboolean
pipit_body_has_html (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), FALSE);

  return self->html != NULL;
}

/**
 * pipit_body_has_dark:
 *
 * Returns: %TRUE if its HTML says that it has colours for a dark desktop
 */
gboolean
pipit_body_has_dark (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), FALSE);

  return self->has_dark;
}

/**
 * pipit_body_get_attachments:
 *
 * Returns: (transfer none): of #PipitAttachment, without what the HTML shows itself
 */
GListModel *
pipit_body_get_attachments (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->attachments;
}

/**
 * pipit_body_dup_inline:
 * @content_id: what the HTML calls it, without the angle brackets
 *
 * Returns: (transfer full) (nullable): a part that the HTML refers to
 */
PipitAttachment *
pipit_body_dup_inline (PipitBody  *self,
                       const char *content_id)
{
  MimePart *part;

  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  part = mime_message_find_content_id (self->mime, content_id);
  if (part == NULL)
    return NULL;

  return make_attachment (self, part, self->state == PIPIT_BODY_COMPLETE, NULL);
}

/**
 * pipit_body_get_headers:
 *
 * Returns: (transfer none): the fields of its head as they were sent, a field a line
 */
const char *
pipit_body_get_headers (PipitBody *self)
{
  g_return_val_if_fail (PIPIT_IS_BODY (self), NULL);

  return self->headers;
}
