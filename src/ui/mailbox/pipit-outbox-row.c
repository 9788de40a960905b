#include "pipit-config.h"

#include "pipit-outbox-row.h"

#include <glib/gi18n-lib.h>

/**
 * PipitOutboxRow:
 *
 * A message that is not sent yet: how far it has come, and what the person can decide.
 *
 * Emits "edit" with the #PipitOutboxItem that is to be written on.
 */
struct _PipitOutboxRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *recipients;
  GtkLabel *subject;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkWidget *buttons;
  GtkButton *retry;
  GtkButton *mark_sent;
  GtkButton *edit;
  GtkButton *discard;

  PipitOutboxItem *item; /* (owned) */
};

enum
{
  SIGNAL_EDIT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitOutboxRow, pipit_outbox_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (PipitOutboxRow *self)
{
  PipitOutboxState state = pipit_outbox_item_get_state (self->item);
  const char *subject = pipit_outbox_item_get_subject (self->item);
  gboolean is_unsure = state == PIPIT_OUTBOX_UNSURE;
  gboolean is_sending = state == PIPIT_OUTBOX_SENDING || state == PIPIT_OUTBOX_SENT;
  g_autofree char *label = NULL;

  gtk_label_set_label (self->recipients, pipit_outbox_item_get_recipients (self->item));
  gtk_label_set_label (self->subject, *subject != '\0' ? subject : _("No subject"));
  gtk_label_set_label (self->status, pipit_outbox_item_get_status (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_sending);
  gtk_spinner_set_spinning (self->spinner, is_sending);
  gtk_widget_set_visible (self->buttons, !is_sending);
  gtk_button_set_label (self->retry, is_unsure ? _("Send _Again") : _("_Send Now"));
  gtk_widget_set_visible (GTK_WIDGET (self->retry), pipit_outbox_item_can_retry (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->mark_sent), is_unsure);
  gtk_widget_set_visible (GTK_WIDGET (self->edit), pipit_outbox_item_can_cancel (self->item));
  gtk_widget_set_visible (GTK_WIDGET (self->discard), pipit_outbox_item_can_cancel (self->item));
  if (state == PIPIT_OUTBOX_FAILED || is_unsure)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "error");

  label = g_strdup_printf ("%s, %s, %s", pipit_outbox_item_get_recipients (self->item),
                           gtk_label_get_label (self->subject),
                           pipit_outbox_item_get_status (self->item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_retry (PipitOutboxRow *self)
{
  pipit_outbox_item_retry (self->item);
}

static void
on_mark_sent (PipitOutboxRow *self)
{
  pipit_outbox_item_mark_sent (self->item);
}

static void
on_edit (PipitOutboxRow *self)
{
  g_signal_emit (self, signals[SIGNAL_EDIT], 0, self->item);
}

static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     PipitOutboxRow   *self)
{
  if (g_str_equal (response, "discard"))
    pipit_outbox_item_discard (self->item);
}

/* What is not on a server yet is gone for good. */
static void
on_discard (PipitOutboxRow *self)
{
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            _("Discard This Message?"),
                            _("It has not been sent, and there is no other copy of it."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
pipit_outbox_row_dispose (GObject *object)
{
  PipitOutboxRow *self = PIPIT_OUTBOX_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_OUTBOX_ROW);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (pipit_outbox_row_parent_class)->dispose (object);
}

static void
pipit_outbox_row_class_init (PipitOutboxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_outbox_row_dispose;

  signals[SIGNAL_EDIT] =
    g_signal_new ("edit", PIPIT_TYPE_OUTBOX_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, PIPIT_TYPE_OUTBOX_ITEM);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-outbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, subject);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, status);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, retry);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, mark_sent);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, edit);
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxRow, discard);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_mark_sent);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
}

static void
pipit_outbox_row_init (PipitOutboxRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_outbox_row_new:
 * @item: what to show and to follow
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
pipit_outbox_row_new (PipitOutboxItem *item)
{
  PipitOutboxRow *self = g_object_new (PIPIT_TYPE_OUTBOX_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_object (item, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
