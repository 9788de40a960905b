#include "pipit-attachment-private.h"

#include "pipit-message.h"

#include "mime-file-name.h"

/**
 * PipitAttachment:
 *
 * A file in a message, or one that is being added to a composition. Immutable.
 */
struct _PipitAttachment
{
  GObject parent_instance;

  PipitMessage *message; /* (owned) (nullable): %NULL in a composition */
  MimeMessage *mime;     /* (owned) (nullable): holds part */
  MimePart *part;        /* (unowned) (nullable) */
  GBytes *bytes;         /* (owned) (nullable): of a composition */
  char *name;            /* (owned) safe as a file name */
  char *content_type;    /* (owned) */
  char *content_id;      /* (owned) (nullable) */
  char *section;         /* (owned) (nullable) */
  gint64 size_bytes;
  gboolean is_here;
};

G_DEFINE_FINAL_TYPE (PipitAttachment, pipit_attachment, G_TYPE_OBJECT)

static void
pipit_attachment_finalize (GObject *object)
{
  PipitAttachment *self = PIPIT_ATTACHMENT (object);

  g_clear_pointer (&self->mime, mime_message_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->content_type, g_free);
  g_clear_pointer (&self->content_id, g_free);
  g_clear_pointer (&self->section, g_free);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (pipit_attachment_parent_class)->finalize (object);
}

static void
pipit_attachment_class_init (PipitAttachmentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_attachment_finalize;
}

static void
pipit_attachment_init (PipitAttachment *self)
{
}

/**
 * pipit_attachment_new_for_part:
 * @message: whose it is
 * @mime: the parsed message
 * @part: one of its parts
 * @size_bytes: its size, about
 * @is_here: whether its bytes are in @mime
 *
 * Returns: (transfer full): the file
 */
PipitAttachment *
pipit_attachment_new_for_part (PipitMessage *message,
                               MimeMessage  *mime,
                               MimePart     *part,
                               gint64        size_bytes,
                               gboolean      is_here)
{
  PipitAttachment *self = g_object_new (PIPIT_TYPE_ATTACHMENT, NULL);

  self->message = g_object_ref (message);
  self->mime = mime_message_ref (mime);
  self->part = part;
  self->name = g_strdup (mime_part_get_file_name (part));
  if (self->name == NULL)
    self->name = mime_file_name_make_safe (NULL, mime_part_get_content_type (part), NULL);
  self->content_type = g_strdup (mime_part_get_content_type (part));
  self->content_id = g_strdup (mime_part_get_content_id (part));
  self->section = g_strdup (mime_part_get_section (part));
  self->size_bytes = size_bytes;
  self->is_here = is_here;

  return self;
}

/**
 * pipit_attachment_new_for_bytes:
 * @name: its name, made safe here
 * @content_type: its MIME type
 * @bytes: what is in it
 *
 * Returns: (transfer full): a file of a composition
 */
PipitAttachment *
pipit_attachment_new_for_bytes (const char *name,
                                const char *content_type,
                                GBytes     *bytes)
{
  PipitAttachment *self = g_object_new (PIPIT_TYPE_ATTACHMENT, NULL);

  self->name = mime_file_name_make_safe (name, content_type, NULL);
  self->content_type = g_strdup (content_type);
  self->bytes = g_bytes_ref (bytes);
  self->size_bytes = g_bytes_get_size (bytes);
  self->is_here = TRUE;

  return self;
}

/* Returns: (transfer none) (nullable): the bytes of a composition's file */
GBytes *
pipit_attachment_get_bytes (PipitAttachment *self)
{
  return self->bytes;
}

/**
 * pipit_attachment_get_name:
 *
 * Returns: (transfer none): its name, safe as a file name
 */
const char *
pipit_attachment_get_name (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), NULL);

  return self->name;
}

/**
 * pipit_attachment_get_content_type:
 *
 * Returns: (transfer none): its MIME type, as the message says
 */
const char *
pipit_attachment_get_content_type (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), NULL);

  return self->content_type;
}

/**
 * pipit_attachment_get_content_id:
 *
 * Returns: (transfer none) (nullable): what the HTML names it by
 */
const char *
pipit_attachment_get_content_id (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), NULL);

  return self->content_id;
}

/**
 * pipit_attachment_get_icon_name:
 *
 * Returns: (transfer none): a symbolic icon
 */
const char *
pipit_attachment_get_icon_name (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), NULL);

  if (g_ascii_strncasecmp (self->content_type, "image/", 6) == 0)
    return "pipit-image-symbolic";
  if (g_ascii_strcasecmp (self->content_type, "text/calendar") == 0)
    return "pipit-calendar-symbolic";
  if (g_ascii_strcasecmp (self->content_type, "message/rfc822") == 0)
    return "pipit-mail-symbolic";

  return "pipit-attachment-symbolic";
}

/**
 * pipit_attachment_get_size_bytes:
 *
 * Returns: its size in bytes; about, while it is not here
 */
gint64
pipit_attachment_get_size_bytes (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), 0);

  return self->size_bytes;
}

/**
 * pipit_attachment_dup_size:
 *
 * Returns: (transfer full): its size for a person
 */
char *
pipit_attachment_dup_size (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), NULL);

  return g_format_size (self->size_bytes);
}

/**
 * pipit_attachment_is_here:
 *
 * Returns: %TRUE if it can be opened without a connection
 */
gboolean
pipit_attachment_is_here (PipitAttachment *self)
{
  g_return_val_if_fail (PIPIT_IS_ATTACHMENT (self), FALSE);

  return self->is_here;
}

/* Runs on a thread of the pool: large files take a while to decode. */
static void
decode_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  PipitAttachment *self = source_object;
  GBytes *source = task_data;
  g_autoptr(MimeMessage) whole = NULL;
  MimePart *part = self->part;
  GBytes *bytes = NULL;

  if (source != NULL)
    {
      whole = mime_message_new (source);
      part = mime_message_find_section (whole, self->section);
    }
  if (part != NULL)
    bytes = mime_part_decode (part);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "The file is not in the message");
}

static void
source_loaded_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = pipit_message_load_source_finish (PIPIT_MESSAGE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_task_set_task_data (task, bytes, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, decode_in_thread);
}

/**
 * pipit_attachment_load_async:
 * @cancellable: (nullable): stops it
 *
 * Brings what is in the file, from the server if it is not here.
 */
void
pipit_attachment_load_async (PipitAttachment     *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (PIPIT_IS_ATTACHMENT (self));

  g_task_set_source_tag (task, pipit_attachment_load_async);
  if (self->bytes != NULL)
    g_task_return_pointer (task, g_bytes_ref (self->bytes), (GDestroyNotify) g_bytes_unref);
  else if (self->is_here)
    g_task_run_in_thread (task, decode_in_thread);
  else
    pipit_message_load_source_async (self->message, cancellable, source_loaded_cb,
                                     g_steal_pointer (&task));
}

/**
 * pipit_attachment_load_finish:
 *
 * Returns: (transfer full) (nullable): what is in it; on failure @error is a sentence for a person
 */
GBytes *
pipit_attachment_load_finish (PipitAttachment  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
replaced_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
loaded_to_save_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  bytes = pipit_attachment_load_finish (PIPIT_ATTACHMENT (source), result, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_file_replace_contents_bytes_async (g_task_get_task_data (task), bytes, NULL, FALSE,
                                       G_FILE_CREATE_REPLACE_DESTINATION,
                                       g_task_get_cancellable (task), replaced_cb,
                                       g_object_ref (task));
}

/**
 * pipit_attachment_save_async:
 * @target: where the person wants it; replaced if it is there
 * @cancellable: (nullable): stops it
 *
 * Writes the file.
 */
void
pipit_attachment_save_async (PipitAttachment     *self,
                             GFile               *target,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (PIPIT_IS_ATTACHMENT (self));
  g_return_if_fail (G_IS_FILE (target));

  g_task_set_source_tag (task, pipit_attachment_save_async);
  g_task_set_task_data (task, g_object_ref (target), g_object_unref);
  pipit_attachment_load_async (self, cancellable, loaded_to_save_cb, task);
}

/**
 * pipit_attachment_save_finish:
 *
 * Returns: %TRUE if it was written
 */
gboolean
pipit_attachment_save_finish (PipitAttachment  *self,
                              GAsyncResult     *result,
                              GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
