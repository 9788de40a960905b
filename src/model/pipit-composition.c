#include "pipit-config.h"

#include "pipit-composition-private.h"

#include "pipit-attachment-private.h"
#include "pipit-problem.h"

#include <glib/gi18n.h>
#include <string.h>

/* A message being written: its fields, and what changes them. How one begins from another message
 * is in pipit-composition-from.c, how it is kept in -draft.c, how it goes out in -send.c. */

/* Larger files are refused: hardly any server takes them, and they would lie in memory. */
#define MAX_ATTACHMENT_BYTES (100 * 1024 * 1024)

enum
{
  PROP_IDENTITY = 1,
  PROP_SUBJECT,
  PROP_TEXT,
  PROP_DRAFT_STATUS,
  PROP_MODIFIED,
  N_PROPS,
};

enum
{
  DRAFT_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitComposition, pipit_composition, G_TYPE_OBJECT)

static void
pipit_composition_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  PipitComposition *self = PIPIT_COMPOSITION (object);

  switch (prop_id)
    {
    case PROP_IDENTITY:
      pipit_composition_set_identity (self, g_value_get_object (value));
      break;
    case PROP_SUBJECT:
      pipit_composition_set_subject (self, g_value_get_string (value));
      break;
    case PROP_TEXT:
      pipit_composition_set_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_composition_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  PipitComposition *self = PIPIT_COMPOSITION (object);

  switch (prop_id)
    {
    case PROP_IDENTITY:
      g_value_set_object (value, self->identity);
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, self->subject);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_DRAFT_STATUS:
      g_value_set_string (value, self->draft_status);
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, self->modified);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
pipit_composition_dispose (GObject *object)
{
  PipitComposition *self = PIPIT_COMPOSITION (object);

  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  g_clear_object (&self->identity);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_composition_parent_class)->dispose (object);
}

static void
pipit_composition_finalize (GObject *object)
{
  PipitComposition *self = PIPIT_COMPOSITION (object);

  g_free (self->subject);
  g_free (self->text);
  g_free (self->in_reply_to);
  g_strfreev (self->references);
  g_free (self->draft_uuid);
  g_free (self->draft_status);
  g_hash_table_unref (self->kept);
  g_object_unref (self->attachments);
  for (guint i = 0; i < PIPIT_N_RECIPIENTS_FIELDS; i++)
    g_object_unref (self->recipients[i]);

  G_OBJECT_CLASS (pipit_composition_parent_class)->finalize (object);
}

static void
pipit_composition_class_init (PipitCompositionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags in_out = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags out = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = pipit_composition_set_property;
  object_class->get_property = pipit_composition_get_property;
  object_class->dispose = pipit_composition_dispose;
  object_class->finalize = pipit_composition_finalize;

  properties[PROP_IDENTITY] = g_param_spec_object ("identity", NULL, NULL, PIPIT_TYPE_IDENTITY,
                                                   in_out);
  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, "", in_out);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", in_out);
  properties[PROP_DRAFT_STATUS] = g_param_spec_string ("draft-status", NULL, NULL, NULL, out);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, out);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* The draft could not be kept: the window has to say so, for it is the only copy. */
  signals[DRAFT_FAILED] = g_signal_new ("draft-failed", G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        PIPIT_TYPE_PROBLEM);
}

static void
pipit_composition_init (PipitComposition *self)
{
  self->subject = g_strdup ("");
  self->text = g_strdup ("");
  self->draft_uuid = g_uuid_string_random ();
  self->kept = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  self->attachments = g_list_store_new (PIPIT_TYPE_ATTACHMENT);
  for (guint i = 0; i < PIPIT_N_RECIPIENTS_FIELDS; i++)
    self->recipients[i] = g_list_store_new (PIPIT_TYPE_ADDRESS);
}

/*
 * pipit_composition_new_empty:
 * @identity: (nullable): who writes; %NULL for the first account's
 *
 * Returns: (transfer full): a composition without any text
 */
PipitComposition *
pipit_composition_new_empty (PipitEngine      *engine,
                             PipitComposeKind  kind,
                             PipitIdentity    *identity)
{
  PipitComposition *self = g_object_new (PIPIT_TYPE_COMPOSITION, NULL);
  g_autoptr(PipitAccount) first = NULL;

  self->engine = g_object_ref (engine);
  self->kind = kind;

  if (identity == NULL)
    {
      first = g_list_model_get_item (pipit_engine_get_accounts (engine), 0);
      identity = first != NULL ? pipit_account_get_identity (first) : NULL;
    }
  g_set_object (&self->identity, identity);

  return self;
}

/* Something was changed: by the person, unless a message is just being taken up. */
void
pipit_composition_changed (PipitComposition *self)
{
  if (self->loading || self->ended)
    return;

  pipit_composition_set_modified (self, TRUE);
  pipit_composition_keep_soon (self);
}

void
pipit_composition_set_modified (PipitComposition *self,
                                gboolean          modified)
{
  if (self->modified == modified)
    return;

  self->modified = modified;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODIFIED]);
}

void
pipit_composition_set_status (PipitComposition *self,
                              const char       *status)
{
  if (g_strcmp0 (self->draft_status, status) == 0)
    return;

  g_free (self->draft_status);
  self->draft_status = g_strdup (status);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT_STATUS]);
}

/**
 * pipit_composition_get_engine:
 *
 * Returns: (transfer none): the engine that it goes out by
 */
PipitEngine *
pipit_composition_get_engine (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->engine;
}

/**
 * pipit_composition_get_draft_id:
 *
 * Returns: (transfer none): what its draft is called on this computer, once it is kept
 */
const char *
pipit_composition_get_draft_id (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->draft_uuid;
}

/**
 * pipit_composition_get_kind:
 *
 * Returns: what it began as
 */
PipitComposeKind
pipit_composition_get_kind (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), PIPIT_COMPOSE_NEW);

  return self->kind;
}

/**
 * pipit_composition_get_identity:
 *
 * Returns: (transfer none) (nullable): who writes; %NULL while there is no account
 */
PipitIdentity *
pipit_composition_get_identity (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->identity;
}

/**
 * pipit_composition_set_identity:
 * @identity: (nullable): who writes
 */
void
pipit_composition_set_identity (PipitComposition *self,
                                PipitIdentity    *identity)
{
  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  if (!g_set_object (&self->identity, identity))
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDENTITY]);
  pipit_composition_changed (self);
}

/**
 * pipit_composition_get_subject:
 *
 * Returns: (transfer none): the subject, maybe empty
 */
const char *
pipit_composition_get_subject (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->subject;
}

/**
 * pipit_composition_set_subject:
 * @subject: (nullable): the subject
 */
void
pipit_composition_set_subject (PipitComposition *self,
                               const char       *subject)
{
  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  if (subject == NULL)
    subject = "";
  if (g_str_equal (self->subject, subject))
    return;

  g_free (self->subject);
  self->subject = g_strdup (subject);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
  pipit_composition_changed (self);
}

/**
 * pipit_composition_get_text:
 *
 * Returns: (transfer none): the text with its quote and signature
 */
const char *
pipit_composition_get_text (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->text;
}

/**
 * pipit_composition_set_text:
 * @text: (nullable): the whole text
 */
void
pipit_composition_set_text (PipitComposition *self,
                            const char       *text)
{
  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  if (text == NULL)
    text = "";
  if (g_str_equal (self->text, text))
    return;

  g_free (self->text);
  self->text = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  pipit_composition_changed (self);
}

/**
 * pipit_composition_get_cursor:
 *
 * Returns: where writing begins, in characters
 */
gsize
pipit_composition_get_cursor (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), 0);

  return self->cursor_chars;
}

/**
 * pipit_composition_get_recipients:
 *
 * Returns: (transfer none): a list of #PipitAddress that changes with the field
 */
GListModel *
pipit_composition_get_recipients (PipitComposition     *self,
                                  PipitRecipientsField  field)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);
  g_return_val_if_fail (field < PIPIT_N_RECIPIENTS_FIELDS, NULL);

  return G_LIST_MODEL (self->recipients[field]);
}

static gboolean
is_same_list (GListModel *a,
              GListModel *b)
{
  guint n_items = g_list_model_get_n_items (a);

  if (n_items != g_list_model_get_n_items (b))
    return FALSE;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr(PipitAddress) one = g_list_model_get_item (a, i);
      g_autoptr(PipitAddress) other = g_list_model_get_item (b, i);

      if (!pipit_address_equal (one, other) ||
          g_strcmp0 (pipit_address_get_name (one), pipit_address_get_name (other)) != 0)
        return FALSE;
    }

  return TRUE;
}

/**
 * pipit_composition_set_recipients:
 * @addresses: a list of #PipitAddress, which is copied
 */
void
pipit_composition_set_recipients (PipitComposition     *self,
                                  PipitRecipientsField  field,
                                  GListModel           *addresses)
{
  g_autoptr(GPtrArray) items = NULL;

  g_return_if_fail (PIPIT_IS_COMPOSITION (self));
  g_return_if_fail (field < PIPIT_N_RECIPIENTS_FIELDS);
  g_return_if_fail (G_IS_LIST_MODEL (addresses));

  if (is_same_list (G_LIST_MODEL (self->recipients[field]), addresses))
    return;

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    g_ptr_array_add (items, g_list_model_get_item (addresses, i));

  g_list_store_splice (self->recipients[field], 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->recipients[field])),
                       items->pdata, items->len);
  pipit_composition_changed (self);
}

/**
 * pipit_composition_get_attachments:
 *
 * Returns: (transfer none): a list of #PipitAttachment
 */
GListModel *
pipit_composition_get_attachments (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return G_LIST_MODEL (self->attachments);
}

void
pipit_composition_take_attachment (PipitComposition *self,
                                   PipitAttachment  *attachment)
{
  g_list_store_append (self->attachments, attachment);
  pipit_composition_changed (self);
}

/**
 * pipit_composition_detach:
 * @attachment: one of the attachments
 */
void
pipit_composition_detach (PipitComposition *self,
                          PipitAttachment  *attachment)
{
  guint position;

  g_return_if_fail (PIPIT_IS_COMPOSITION (self));

  if (!g_list_store_find (self->attachments, attachment, &position))
    return;

  g_list_store_remove (self->attachments, position);
  pipit_composition_changed (self);
}

static char *
guess_content_type (const char *name,
                    GBytes     *bytes)
{
  gsize size_bytes;
  const guchar *start = g_bytes_get_data (bytes, &size_bytes);
  g_autofree char *type = g_content_type_guess (name, start, MIN (size_bytes, 4096), NULL);
  char *mime_type = g_content_type_get_mime_type (type);

  return mime_type != NULL ? mime_type : g_strdup ("application/octet-stream");
}

static void
file_loaded_cb (GObject      *source_object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitComposition *self = g_task_get_source_object (task);
  GFile *file = G_FILE (source_object);
  g_autofree char *name = NULL;
  g_autofree char *content_type = NULL;
  g_autoptr(PipitAttachment) attachment = NULL;
  g_autoptr(GBytes) bytes = NULL;
  GError *error = NULL;

  bytes = g_file_load_bytes_finish (file, result, NULL, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  name = g_file_get_basename (file);
  if (!g_utf8_validate (name, -1, NULL))
    {
      char *valid = g_filename_display_basename (name);

      g_free (name);
      name = valid;
    }
  content_type = guess_content_type (name, bytes);
  attachment = pipit_attachment_new_for_bytes (name, content_type, bytes);
  pipit_composition_take_attachment (self, attachment);
  g_task_return_boolean (task, TRUE);
}

static void
file_asked_cb (GObject      *source_object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GFileInfo) info = NULL;
  GError *error = NULL;

  info = g_file_query_info_finish (G_FILE (source_object), result, &error);

  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "%s",
                               _("A folder cannot be attached; make an archive of it first."));
      return;
    }
  if (g_file_info_get_size (info) > MAX_ATTACHMENT_BYTES)
    {
      g_autofree char *limit = g_format_size (MAX_ATTACHMENT_BYTES);

      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                               _("The file is larger than %s."), limit);
      return;
    }

  g_file_load_bytes_async (G_FILE (source_object), g_task_get_cancellable (task), file_loaded_cb,
                           g_object_ref (task));
}

/**
 * pipit_composition_attach_async:
 * @file: what to attach; it is read now, so that it may change or go afterwards
 */
void
pipit_composition_attach_async (PipitComposition    *self,
                                GFile               *file,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (PIPIT_IS_COMPOSITION (self));
  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_attach_async);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, cancellable, file_asked_cb,
                           task);
}

/**
 * pipit_composition_attach_finish:
 *
 * Errors: G_IO_ERROR_*; the message of IS_DIRECTORY and MESSAGE_TOO_LARGE is translated.
 *
 * Returns: %TRUE if the file is attached
 */
gboolean
pipit_composition_attach_finish (PipitComposition  *self,
                                 GAsyncResult      *result,
                                 GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * pipit_composition_get_draft_status:
 *
 * Returns: (transfer none) (nullable): "Draft kept 10:51", translated
 */
const char *
pipit_composition_get_draft_status (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  return self->draft_status;
}

/**
 * pipit_composition_get_modified:
 *
 * Returns: whether the person has changed anything
 */
gboolean
pipit_composition_get_modified (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), FALSE);

  return self->modified;
}
