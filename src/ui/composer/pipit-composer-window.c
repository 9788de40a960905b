#include "pipit-config.h"

#include "pipit-composer-window.h"

#include "pipit-account.h"
#include "pipit-attachment.h"
#include "pipit-composer-attachment.h"
#include "pipit-engine.h"
#include "pipit-identity.h"
#include "pipit-problem.h"
#include "pipit-recipients-row.h"

#include <glib/gi18n.h>

/* A message being written, in a window of its own. The composition holds everything; the window
 * shows it, asks before something would be lost, and closes when the outbox has it. */

struct _PipitComposerWindow
{
  AdwWindow parent_instance;

  PipitComposition *composition; /* (owned) */
  GListStore *identities;        /* (owned) of PipitIdentity */
  GCancellable *cancellable;     /* (owned) */
  gboolean may_close;

  AdwToastOverlay *toasts;
  AdwWindowTitle *window_title;
  GtkWidget *from_row;
  GtkDropDown *from_choice;
  GtkLabel *from_label;
  PipitRecipientsRow *to_row;
  PipitRecipientsRow *cc_row;
  PipitRecipientsRow *bcc_row;
  GtkWidget *more_button;
  GtkEntry *subject;
  GtkTextView *text_view;
  GtkWidget *attachments_scroller;
  GtkFlowBox *attachments;
  GtkLabel *draft_status;
  GtkDropTarget *drop_target;
};

G_DEFINE_FINAL_TYPE (PipitComposerWindow, pipit_composer_window, ADW_TYPE_WINDOW)

static void
show_toast (PipitComposerWindow *self,
            const char          *words)
{
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
end (PipitComposerWindow *self)
{
  self->may_close = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
end_now (gpointer user_data)
{
  end (user_data);

  return G_SOURCE_REMOVE;
}

/* Not while a dialog of its own answers: that would be left with a parent that is gone. */
static void
end_later (PipitComposerWindow *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, end_now, g_object_ref (self), g_object_unref);
}

static void
on_subject_changed (PipitComposerWindow *self)
{
  const char *subject = pipit_composition_get_subject (self->composition);
  const char *title = *subject != '\0' ? subject : _("New Message");

  adw_window_title_set_title (self->window_title, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
on_text_changed (PipitComposerWindow *self,
                 GtkTextBuffer       *buffer)
{
  GtkTextIter start, end_iter;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end_iter);
  text = gtk_text_buffer_get_text (buffer, &start, &end_iter, FALSE);
  pipit_composition_set_text (self->composition, text);
}

static void
on_subject_activate (PipitComposerWindow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

static void
on_more (PipitComposerWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->cc_row), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->bcc_row), TRUE);
  gtk_widget_set_visible (self->more_button, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->cc_row));
}

static void
on_detach (PipitComposerWindow *self,
           PipitAttachment     *attachment)
{
  pipit_composition_detach (self->composition, attachment);
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

static GtkWidget *
create_attachment (gpointer item,
                   gpointer user_data)
{
  PipitComposerWindow *self = user_data;
  GtkWidget *widget = pipit_composer_attachment_new (item);

  g_signal_connect_object (widget, "removed", G_CALLBACK (on_detach), self, G_CONNECT_SWAPPED);

  return widget;
}

static void
on_attachments_changed (PipitComposerWindow *self)
{
  GListModel *attachments = pipit_composition_get_attachments (self->composition);

  gtk_widget_set_visible (self->attachments_scroller, g_list_model_get_n_items (attachments) > 0);
}

static void
attached_cb (GObject      *source_object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(PipitComposerWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!pipit_composition_attach_finish (PIPIT_COMPOSITION (source_object), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *words = g_strdup_printf (_("Not attached: %s"), error->message);

      show_toast (self, words);
    }
}

static void
attach (PipitComposerWindow *self,
        GFile               *file)
{
  pipit_composition_attach_async (self->composition, file, self->cancellable, attached_cb,
                                  g_object_ref (self));
}

static void
on_files_chosen (PipitComposerWindow  *self,
                 int                   response,
                 GtkFileChooserNative *chooser)
{
  g_autoptr(GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        {
          g_autoptr(GFile) file = g_list_model_get_item (files, i);

          attach (self, file);
        }
    }

  g_object_unref (chooser);
}

static void
attach_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    _("Attach Files"), GTK_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Attach"), NULL);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_files_chosen), widget,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
on_drop (PipitComposerWindow *self,
         const GValue        *value)
{
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;

  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    attach (self, l->data);

  return TRUE;
}

static void
sent_cb (GObject      *source_object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(PipitComposerWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (pipit_composition_send_finish (PIPIT_COMPOSITION (source_object), result, &error))
    {
      end (self);
      return;
    }

  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", TRUE);
  {
    g_autofree char *words = g_strdup_printf (_("Not sent, it is still a draft: %s"),
                                              error->message);

    show_toast (self, words);
  }
}

static void
send (PipitComposerWindow *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->toasts), FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", FALSE);
  pipit_composition_send_async (self->composition, NULL, sent_cb, g_object_ref (self));
}

static void
on_warning_response (AdwMessageDialog    *dialog,
                     const char          *response,
                     PipitComposerWindow *self)
{
  if (g_str_equal (response, "send"))
    send (self);
}

static void
send_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PipitComposerWindow *self = PIPIT_COMPOSER_WINDOW (widget);
  g_autofree char *reason = NULL;
  g_autofree char *warning = NULL;
  GtkWidget *dialog;

  if (!pipit_composition_can_send (self->composition, &reason))
    {
      show_toast (self, reason);
      gtk_widget_grab_focus (GTK_WIDGET (self->to_row));
      return;
    }

  warning = pipit_composition_dup_send_warning (self->composition);
  if (warning == NULL)
    {
      send (self);
      return;
    }

  dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Send it like this?"), warning);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Go On Writing"),
                                    "send", _("_Send"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "send",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "send");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_warning_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject      *source_object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(PipitComposerWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (pipit_composition_save_finish (PIPIT_COMPOSITION (source_object), result, &error))
    {
      end (self);
      return;
    }

  {
    g_autofree char *words = g_strdup_printf (_("The draft could not be kept: %s"),
                                              error->message);

    show_toast (self, words);
  }
}

static void
on_close_response (AdwMessageDialog    *dialog,
                   const char          *response,
                   PipitComposerWindow *self)
{
  if (g_str_equal (response, "keep"))
    {
      pipit_composition_save_async (self->composition, NULL, saved_cb, g_object_ref (self));
    }
  else if (g_str_equal (response, "discard"))
    {
      pipit_composition_discard (self->composition);
      end_later (self);
    }
}

static void
ask_before_closing (PipitComposerWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (self), _("Keep this message as a draft?"),
    _("A draft stays on this computer and can be taken up again from Local Drafts."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "discard",
                                    _("_Discard"), "keep", _("_Keep"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
pipit_composer_window_close_request (GtkWindow *window)
{
  PipitComposerWindow *self = PIPIT_COMPOSER_WINDOW (window);

  if (!self->may_close && pipit_composition_get_modified (self->composition))
    {
      ask_before_closing (self);
      return TRUE;
    }

  return GTK_WINDOW_CLASS (pipit_composer_window_parent_class)->close_request (window);
}

static void
on_draft_failed (PipitComposerWindow *self,
                 PipitProblem        *problem)
{
  show_toast (self, pipit_problem_get_title (problem));
}

static void
on_identity_selected (PipitComposerWindow *self)
{
  PipitIdentity *selected = gtk_drop_down_get_selected_item (self->from_choice);

  if (selected != NULL)
    pipit_composition_set_identity (self->composition, selected);
}

static char *
format_identity (PipitIdentity *identity)
{
  return identity != NULL ? pipit_identity_dup_full (identity) : g_strdup ("");
}

static void
list_identities (PipitComposerWindow *self)
{
  GListModel *accounts = pipit_engine_get_accounts (
    pipit_composition_get_engine (self->composition));

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);
      GListModel *identities = pipit_account_get_identities (account);

      for (guint j = 0; j < g_list_model_get_n_items (identities); j++)
        {
          g_autoptr(PipitIdentity) identity = g_list_model_get_item (identities, j);

          g_list_store_append (self->identities, identity);
        }
    }
}

static void
show_identities (PipitComposerWindow *self)
{
  PipitIdentity *identity = pipit_composition_get_identity (self->composition);
  g_autofree char *full = format_identity (identity);
  GtkExpression *expression;
  guint n_identities;
  guint position;

  list_identities (self);
  n_identities = g_list_model_get_n_items (G_LIST_MODEL (self->identities));
  expression = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL,
                                            G_CALLBACK (format_identity), NULL, NULL);
  gtk_drop_down_set_expression (self->from_choice, expression);
  gtk_expression_unref (expression);
  gtk_drop_down_set_model (self->from_choice, G_LIST_MODEL (self->identities));
  if (identity != NULL && g_list_store_find (self->identities, identity, &position))
    gtk_drop_down_set_selected (self->from_choice, position);

  gtk_label_set_label (self->from_label, full);
  gtk_widget_set_visible (GTK_WIDGET (self->from_choice), n_identities > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->from_label), n_identities <= 1);
  g_signal_connect_object (self->from_choice, "notify::selected",
                           G_CALLBACK (on_identity_selected), self, G_CONNECT_SWAPPED);
}

static void
show_text (PipitComposerWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkTextIter cursor;

  /* what the message begins with is not the person's to undo */
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_set_text (buffer, pipit_composition_get_text (self->composition), -1);
  gtk_text_buffer_set_enable_undo (buffer, TRUE);
  gtk_text_buffer_get_iter_at_offset (buffer, &cursor,
                                      (int) pipit_composition_get_cursor (self->composition));
  gtk_text_buffer_place_cursor (buffer, &cursor);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (on_text_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
show_composition (PipitComposerWindow *self)
{
  show_identities (self);
  pipit_recipients_row_set_composition (self->to_row, self->composition, PIPIT_RECIPIENTS_TO);
  pipit_recipients_row_set_composition (self->cc_row, self->composition, PIPIT_RECIPIENTS_CC);
  pipit_recipients_row_set_composition (self->bcc_row, self->composition, PIPIT_RECIPIENTS_BCC);
  if (!pipit_recipients_row_is_empty (self->cc_row) ||
      !pipit_recipients_row_is_empty (self->bcc_row))
    on_more (self);

  g_object_bind_property (self->composition, "subject", self->subject, "text",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->composition, "draft-status", self->draft_status, "label",
                          G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->composition, "notify::subject", G_CALLBACK (on_subject_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composition, "draft-failed", G_CALLBACK (on_draft_failed), self,
                           G_CONNECT_SWAPPED);
  on_subject_changed (self);
  show_text (self);

  gtk_flow_box_bind_model (self->attachments,
                           pipit_composition_get_attachments (self->composition),
                           create_attachment, self, NULL);
  g_signal_connect_object (pipit_composition_get_attachments (self->composition), "items-changed",
                           G_CALLBACK (on_attachments_changed), self, G_CONNECT_SWAPPED);
  on_attachments_changed (self);
}

/* Writing begins in the text of an answer, and at the recipients of anything else. */
static void
place_focus (PipitComposerWindow *self)
{
  if (!pipit_recipients_row_is_empty (self->to_row))
    gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->to_row));
}

static void
pipit_composer_window_dispose (GObject *object)
{
  PipitComposerWindow *self = PIPIT_COMPOSER_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->identities);
  g_clear_object (&self->composition);

  G_OBJECT_CLASS (pipit_composer_window_parent_class)->dispose (object);
}

static void
pipit_composer_window_class_init (PipitComposerWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_composer_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = pipit_composer_window_close_request;

  g_type_ensure (PIPIT_TYPE_RECIPIENTS_ROW);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/composer/pipit-composer-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PipitComposerWindow, name)
  BIND (toasts);
  BIND (window_title);
  BIND (from_row);
  BIND (from_choice);
  BIND (from_label);
  BIND (to_row);
  BIND (cc_row);
  BIND (bcc_row);
  BIND (more_button);
  BIND (subject);
  BIND (text_view);
  BIND (attachments_scroller);
  BIND (attachments);
  BIND (draft_status);
  BIND (drop_target);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_subject_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_drop);

  gtk_widget_class_install_action (widget_class, "composer.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "composer.attach", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
pipit_composer_window_init (PipitComposerWindow *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST };

  self->cancellable = g_cancellable_new ();
  self->identities = g_list_store_new (PIPIT_TYPE_IDENTITY);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_target_set_gtypes (self->drop_target, types, G_N_ELEMENTS (types));
}

/**
 * pipit_composer_window_new:
 * @application: the application
 * @composition: what is written
 *
 * Returns: (transfer floating): a window of its own for the message
 */
PipitComposerWindow *
pipit_composer_window_new (GtkApplication   *application,
                           PipitComposition *composition)
{
  PipitComposerWindow *self;

  g_return_val_if_fail (PIPIT_IS_COMPOSITION (composition), NULL);

  self = g_object_new (PIPIT_TYPE_COMPOSER_WINDOW, "application", application, NULL);
  self->composition = g_object_ref (composition);
  show_composition (self);
  place_focus (self);

  return self;
}

/**
 * pipit_composer_window_get_composition:
 *
 * Returns: (transfer none): what is being written
 */
PipitComposition *
pipit_composer_window_get_composition (PipitComposerWindow *self)
{
  g_return_val_if_fail (PIPIT_IS_COMPOSER_WINDOW (self), NULL);

  return self->composition;
}
