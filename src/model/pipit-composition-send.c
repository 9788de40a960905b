#include "pipit-config.h"

#include "pipit-composition-private.h"

#include "mime-builder.h"
#include "pipit-account-private.h"
#include "pipit-attachment-private.h"
#include "pipit-engine-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Building the message, off the main thread, and handing it to the outbox. What is built from was
 * copied before: the window may go on. */

/* Everything that the message is made of. */
typedef struct
{
  MimeAddressList *from;                              /* (owned) */
  MimeAddressList *people[PIPIT_N_RECIPIENTS_FIELDS]; /* (owned) */
  char *subject;         /* (owned) */
  char *text;            /* (owned) */
  char *in_reply_to;     /* (owned) (nullable) */
  char **references;     /* (owned) (nullable) */
  GPtrArray *attachments; /* (owned) of PipitAttachment: immutable */
  gint64 date_unix;
  int offset_minutes;
  SyncSubmission *submission; /* (owned) (nullable) until it is built */
  char *draft_uuid;      /* (owned) */
  gint64 answered_id;
  gint64 forwarded_id;
} Outgoing;

static void
outgoing_free (Outgoing *outgoing)
{
  g_clear_pointer (&outgoing->from, mime_address_list_unref);
  for (guint i = 0; i < PIPIT_N_RECIPIENTS_FIELDS; i++)
    g_clear_pointer (&outgoing->people[i], mime_address_list_unref);
  g_free (outgoing->subject);
  g_free (outgoing->text);
  g_free (outgoing->in_reply_to);
  g_strfreev (outgoing->references);
  g_ptr_array_unref (outgoing->attachments);
  g_clear_pointer (&outgoing->submission, sync_submission_free);
  g_free (outgoing->draft_uuid);
  g_free (outgoing);
}

static MimeAddressList *
copy_addresses (GListModel *addresses)
{
  g_autoptr(GArray) items = g_array_new (FALSE, TRUE, sizeof (MimeAddress));
  g_autoptr(GPtrArray) holders = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    {
      PipitAddress *address = g_list_model_get_item (addresses, i);
      MimeAddress item = { .name = pipit_address_get_name (address),
                           .address = pipit_address_get_address (address) };

      g_ptr_array_add (holders, address);
      g_array_append_val (items, item);
    }

  return mime_address_list_new ((const MimeAddress *) items->data, items->len);
}

static Outgoing *
copy_composition (PipitComposition *self)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);
  MimeAddress from = { .name = pipit_identity_get_name (self->identity),
                       .address = pipit_identity_get_address (self->identity) };
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  outgoing->from = mime_address_list_new (&from, 1);
  for (guint i = 0; i < PIPIT_N_RECIPIENTS_FIELDS; i++)
    outgoing->people[i] = copy_addresses (G_LIST_MODEL (self->recipients[i]));
  outgoing->subject = g_strdup (self->subject);
  outgoing->text = g_strdup (self->text);
  outgoing->in_reply_to = g_strdup (self->in_reply_to);
  outgoing->references = g_strdupv (self->references);
  outgoing->date_unix = g_date_time_to_unix (now);
  outgoing->offset_minutes = (int) (g_date_time_get_utc_offset (now) / G_TIME_SPAN_MINUTE);
  outgoing->draft_uuid = g_strdup (self->draft_uuid);
  outgoing->answered_id = self->answered_id;
  outgoing->forwarded_id = self->forwarded_id;

  outgoing->attachments = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    g_ptr_array_add (outgoing->attachments,
                     g_list_model_get_item (G_LIST_MODEL (self->attachments), i));

  return outgoing;
}

/* Everybody once, in the order of the fields. */
static char **
list_recipients (Outgoing *outgoing)
{
  g_autoptr(GStrvBuilder) recipients = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint field = 0; field < PIPIT_N_RECIPIENTS_FIELDS; field++)
    for (guint i = 0; i < mime_address_list_get_length (outgoing->people[field]); i++)
      {
        const char *address = mime_address_list_get (outgoing->people[field], i)->address;

        if (g_hash_table_add (seen, mime_address_normalize (address)))
          g_strv_builder_add (recipients, address);
      }

  return g_strv_builder_end (recipients);
}

static MimeBuilder *
fill_builder (Outgoing *outgoing)
{
  MimeBuilder *builder = mime_builder_new ();

  mime_builder_set_from (builder, outgoing->from);
  mime_builder_set_to (builder, outgoing->people[PIPIT_RECIPIENTS_TO]);
  mime_builder_set_cc (builder, outgoing->people[PIPIT_RECIPIENTS_CC]);
  mime_builder_set_bcc (builder, outgoing->people[PIPIT_RECIPIENTS_BCC]);
  mime_builder_set_subject (builder, outgoing->subject);
  mime_builder_set_date (builder, outgoing->date_unix, outgoing->offset_minutes);
  if (outgoing->in_reply_to != NULL)
    mime_builder_set_in_reply_to (builder, outgoing->in_reply_to);
  if (outgoing->references != NULL)
    mime_builder_set_references (builder, (const char *const *) outgoing->references);
  mime_builder_set_user_agent (builder, "Pipit/" PIPIT_VERSION);
  mime_builder_set_text (builder, outgoing->text);

  for (guint i = 0; i < outgoing->attachments->len; i++)
    {
      PipitAttachment *attachment = outgoing->attachments->pdata[i];

      mime_builder_add_attachment (builder, pipit_attachment_get_name (attachment),
                                   pipit_attachment_get_content_type (attachment),
                                   pipit_attachment_get_bytes (attachment));
    }

  return builder;
}

static void
build_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Outgoing *outgoing = task_data;
  g_autoptr(MimeBuilder) builder = fill_builder (outgoing);
  g_autoptr(GBytes) wire = NULL;
  g_autoptr(GBytes) local = NULL;
  g_auto(GStrv) recipients = list_recipients (outgoing);
  GError *error = NULL;

  wire = mime_builder_build (builder, MIME_BUILDER_FLOWED, &error);
  if (wire != NULL && mime_address_list_get_length (outgoing->people[PIPIT_RECIPIENTS_BCC]) > 0)
    local = mime_builder_build (builder, MIME_BUILDER_FLOWED | MIME_BUILDER_KEEP_BCC, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  outgoing->submission = sync_submission_new (mime_address_list_get (outgoing->from, 0)->address,
                                              (const char *const *) recipients, wire);
  outgoing->submission->local_copy = g_steal_pointer (&local);
  outgoing->submission->draft_uuid = g_strdup (outgoing->draft_uuid);
  outgoing->submission->answered_location_id = outgoing->answered_id;
  outgoing->submission->forwarded_location_id = outgoing->forwarded_id;
  g_task_return_boolean (task, TRUE);
}

static void
submitted_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitComposition *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (sync_account_submit_finish (SYNC_ACCOUNT (source_object), result, NULL, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  /* it is still a draft, and goes on being kept */
  self->ended = FALSE;
  pipit_composition_keep_soon (self);
  g_task_return_error (task, error);
}

static void
built_cb (GObject      *source_object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitComposition *self = PIPIT_COMPOSITION (source_object);
  Outgoing *outgoing = g_task_get_task_data (G_TASK (result));
  PipitAccount *account = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* from here on no save may put the draft back after the outbox has taken it out */
  pipit_composition_forget_draft (self);
  sync_account_submit_async (pipit_account_get_sync (account), outgoing->submission, submitted_cb,
                             g_object_ref (task));
}

/**
 * pipit_composition_send_async:
 *
 * Builds the message and puts it into the outbox, which takes the draft's place in one commit.
 * pipit_composition_can_send () must be true.
 */
void
pipit_composition_send_async (PipitComposition    *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) build = NULL;
  PipitAccount *account;
  GTask *task;

  g_return_if_fail (PIPIT_IS_COMPOSITION (self));
  g_return_if_fail (pipit_composition_can_send (self, NULL));

  account = pipit_identity_get_account (self->identity);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_composition_send_async);
  g_task_set_task_data (task, g_object_ref (account), g_object_unref);

  build = g_task_new (self, cancellable, built_cb, task);
  g_task_set_task_data (build, copy_composition (self), (GDestroyNotify) outgoing_free);
  g_task_run_in_thread (build, build_in_thread);
}

/**
 * pipit_composition_send_finish:
 *
 * Errors: MIME_ERROR_* when it could not be built, STORE_ERROR_* when the outbox could not be
 * written. The composition is still a draft then.
 *
 * Returns: %TRUE when the message is durable in the outbox
 */
gboolean
pipit_composition_send_finish (PipitComposition  *self,
                               GAsyncResult      *result,
                               GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static PipitAddress *
find_invalid (PipitComposition *self)
{
  for (guint field = 0; field < PIPIT_N_RECIPIENTS_FIELDS; field++)
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->recipients[field])); i++)
      {
        g_autoptr(PipitAddress) address = NULL;

        address = g_list_model_get_item (G_LIST_MODEL (self->recipients[field]), i);
        if (!pipit_address_is_valid (address))
          return address; /* the list holds it */
      }

  return NULL;
}

/**
 * pipit_composition_can_send:
 * @out_reason: (out) (optional) (transfer full): why not, translated
 *
 * Returns: whether there is somebody to send to, and somebody who sends
 */
gboolean
pipit_composition_can_send (PipitComposition  *self,
                            char             **out_reason)
{
  g_autofree char *reason = NULL;
  PipitAddress *invalid;
  guint n_recipients = 0;

  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), FALSE);

  for (guint field = 0; field < PIPIT_N_RECIPIENTS_FIELDS; field++)
    n_recipients += g_list_model_get_n_items (G_LIST_MODEL (self->recipients[field]));
  invalid = find_invalid (self);

  if (self->identity == NULL || pipit_identity_get_account (self->identity) == NULL)
    reason = g_strdup (_("There is no account to send from."));
  else if (n_recipients == 0)
    reason = g_strdup (_("Nobody to send it to yet."));
  else if (invalid != NULL)
    /* Translators: %s is what was typed in place of an e-mail address */
    reason = g_strdup_printf (_("“%s” is no e-mail address."), pipit_address_get_address (invalid));

  if (out_reason != NULL)
    *out_reason = g_strdup (reason);

  return reason == NULL;
}

/* Whether what the person wrote, not what is quoted, speaks of an attachment. */
static gboolean
promises_attachment (const char *text)
{
  /* Translators: words that promise an attachment, in lower case, separated by a bar */
  g_auto(GStrv) words = g_strsplit (_("attached|attachment|enclosed"), "|", -1);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL && !g_str_equal (lines[i], "-- "); i++)
    {
      g_autofree char *line = NULL;

      if (*lines[i] == '>')
        continue;

      line = g_utf8_strdown (lines[i], -1);
      for (guint j = 0; words[j] != NULL; j++)
        if (*words[j] != '\0' && strstr (line, words[j]) != NULL)
          return TRUE;
    }

  return FALSE;
}

/**
 * pipit_composition_dup_send_warning:
 *
 * Returns: (transfer full) (nullable): what the person should be asked about before it is sent,
 *   translated
 */
char *
pipit_composition_dup_send_warning (PipitComposition *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSITION (self), NULL);

  if (*self->subject == '\0')
    return g_strdup (_("The message has no subject."));

  if (g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0 &&
      self->kind != PIPIT_COMPOSE_FORWARD && promises_attachment (self->text))
    return g_strdup (_("The text speaks of an attachment, and none is there."));

  return NULL;
}
