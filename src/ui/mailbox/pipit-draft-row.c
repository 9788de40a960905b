#include "pipit-config.h"

#include "pipit-draft-row.h"

#include "pipit-date.h"

#include <glib/gi18n-lib.h>

/**
 * PipitDraftRow:
 *
 * A message being written, kept on this computer.
 */
struct _PipitDraftRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *recipients;
  GtkLabel *date;
  GtkLabel *subject;
  GtkLabel *summary;

  PipitEngine *engine; /* (owned) */
  PipitDraft *draft;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitDraftRow, pipit_draft_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     PipitDraftRow    *self)
{
  if (g_str_equal (response, "discard"))
    pipit_engine_discard_draft (self->engine, self->draft);
}

static void
on_discard (PipitDraftRow *self)
{
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            _("Discard This Draft?"), _("There is no other copy of it."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * pipit_draft_row_get_draft:
 *
 * Returns: (transfer none): what is shown
 */
PipitDraft *
pipit_draft_row_get_draft (PipitDraftRow *self)
{
  g_return_val_if_fail (PIPIT_IS_DRAFT_ROW (self), NULL);

  return self->draft;
}

static void
pipit_draft_row_dispose (GObject *object)
{
  PipitDraftRow *self = PIPIT_DRAFT_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_DRAFT_ROW);
  g_clear_object (&self->draft);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_draft_row_parent_class)->dispose (object);
}

static void
pipit_draft_row_class_init (PipitDraftRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_draft_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-draft-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitDraftRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, PipitDraftRow, date);
  gtk_widget_class_bind_template_child (widget_class, PipitDraftRow, subject);
  gtk_widget_class_bind_template_child (widget_class, PipitDraftRow, summary);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
}

static void
pipit_draft_row_init (PipitDraftRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
text_or (const char *text,
         const char *otherwise)
{
  return *text != '\0' ? text : otherwise;
}

/**
 * pipit_draft_row_new:
 * @engine: whose draft it is
 * @draft: what to show
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
pipit_draft_row_new (PipitEngine *engine,
                     PipitDraft  *draft)
{
  PipitDraftRow *self = g_object_new (PIPIT_TYPE_DRAFT_ROW, NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = pipit_date_format_short (pipit_draft_get_date_unix (draft), now);
  g_autofree char *label = NULL;

  self->engine = g_object_ref (engine);
  self->draft = g_object_ref (draft);
  gtk_label_set_label (self->recipients, text_or (pipit_draft_get_recipients (draft),
                                                  _("No recipients")));
  gtk_label_set_label (self->subject, text_or (pipit_draft_get_subject (draft),
                                               _("No subject")));
  gtk_label_set_label (self->summary, pipit_draft_get_summary (draft));
  gtk_label_set_label (self->date, date);
  label = g_strdup_printf ("%s, %s, %s", gtk_label_get_label (self->recipients),
                           gtk_label_get_label (self->subject), date);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return GTK_WIDGET (self);
}
