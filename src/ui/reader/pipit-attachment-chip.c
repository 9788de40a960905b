#include "pipit-config.h"

#include "pipit-attachment-chip.h"

#include <glib/gi18n-lib.h>

/**
 * PipitAttachmentChip:
 *
 * A file of a message, with its size. A click saves it where the person says.
 */
struct _PipitAttachmentChip
{
  AdwBin parent_instance;

  GtkButton *button;
  GtkStack *stack;
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *name;
  GtkLabel *size;

  PipitAttachment *attachment;   /* (owned) */
  GtkFileChooserNative *chooser; /* (owned) (nullable) while it is open */
};

G_DEFINE_FINAL_TYPE (PipitAttachmentChip, pipit_attachment_chip, ADW_TYPE_BIN)

static void
set_busy (PipitAttachmentChip *self,
          gboolean             busy)
{
  gtk_stack_set_visible_child (self->stack, busy ? GTK_WIDGET (self->spinner)
                                                 : GTK_WIDGET (self->icon));
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), !busy);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(PipitAttachmentChip) self = user_data;
  g_autoptr(GError) error = NULL;
  GtkRoot *root;
  GtkWidget *dialog;

  if (self->button == NULL)
    return;

  set_busy (self, FALSE);
  if (pipit_attachment_save_finish (PIPIT_ATTACHMENT (source), result, &error))
    return;

  root = gtk_widget_get_root (GTK_WIDGET (self));
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                   _("The File Was Not Saved"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_chosen (PipitAttachmentChip *self,
           int                  response)
{
  g_autoptr(GFile) target = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    target = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (target == NULL)
    return;

  set_busy (self, TRUE);
  pipit_attachment_save_async (self->attachment, target, NULL, saved_cb, g_object_ref (self));
}

static void
on_clicked (PipitAttachmentChip *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save Attachment"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser),
                                     pipit_attachment_get_name (self->attachment));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
pipit_attachment_chip_dispose (GObject *object)
{
  PipitAttachmentChip *self = PIPIT_ATTACHMENT_CHIP (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_ATTACHMENT_CHIP);
  g_clear_object (&self->chooser);
  g_clear_object (&self->attachment);

  G_OBJECT_CLASS (pipit_attachment_chip_parent_class)->dispose (object);
}

static void
pipit_attachment_chip_class_init (PipitAttachmentChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_attachment_chip_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/reader/pipit-attachment-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, button);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, spinner);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, name);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, size);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
pipit_attachment_chip_init (PipitAttachmentChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_attachment_chip_new:
 * @attachment: a file of a message
 *
 * Returns: (transfer floating): a chip
 */
GtkWidget *
pipit_attachment_chip_new (PipitAttachment *attachment)
{
  PipitAttachmentChip *self = g_object_new (PIPIT_TYPE_ATTACHMENT_CHIP, NULL);
  g_autofree char *size = pipit_attachment_dup_size (attachment);
  g_autofree char *label = NULL;

  self->attachment = g_object_ref (attachment);
  gtk_image_set_from_icon_name (self->icon, pipit_attachment_get_icon_name (attachment));
  gtk_label_set_label (self->name, pipit_attachment_get_name (attachment));
  gtk_label_set_label (self->size, size);
  /* Translators: for a screen reader: a button that saves a file, with its name and size */
  label = g_strdup_printf (_("Save %s, %s"), pipit_attachment_get_name (attachment), size);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return GTK_WIDGET (self);
}
