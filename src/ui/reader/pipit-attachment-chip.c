#include "pipit-config.h"

#include "pipit-attachment-chip.h"

#include "pipit-file-saver.h"

#include <glib/gi18n-lib.h>

/**
 * PipitAttachmentChip:
 *
 * A file of a message, with its size. A click opens it; the button beside saves it.
 */
struct _PipitAttachmentChip
{
  AdwBin parent_instance;

  GtkButton *open_button;
  GtkButton *save_button;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *size;

  PipitAttachment *attachment; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitAttachmentChip, pipit_attachment_chip, ADW_TYPE_BIN)

static void
on_open (PipitAttachmentChip *self)
{
  pipit_file_saver_open (GTK_WIDGET (self), self->attachment);
}

static void
on_save (PipitAttachmentChip *self)
{
  pipit_file_saver_save (GTK_WIDGET (self), self->attachment);
}

static void
pipit_attachment_chip_dispose (GObject *object)
{
  PipitAttachmentChip *self = PIPIT_ATTACHMENT_CHIP (object);

  /* the child is one of the template's names: AdwBin would let go of it a second time */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_ATTACHMENT_CHIP);
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
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, open_button);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, save_button);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, name);
  gtk_widget_class_bind_template_child (widget_class, PipitAttachmentChip, size);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
pipit_attachment_chip_init (PipitAttachmentChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
name_button (GtkButton  *button,
             const char *label)
{
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
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
  const char *name = pipit_attachment_get_name (attachment);
  g_autofree char *size = pipit_attachment_dup_size (attachment);
  /* Translators: the name of a button: a file of a message, its name and size */
  g_autofree char *open = g_strdup_printf (_("Open %s, %s"), name, size);
  /* Translators: the name of a button: a file of a message */
  g_autofree char *save = g_strdup_printf (_("Save %s"), name);

  self->attachment = g_object_ref (attachment);
  gtk_image_set_from_icon_name (self->icon, pipit_attachment_get_icon_name (attachment));
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->size, size);
  name_button (self->open_button, open);
  name_button (self->save_button, save);

  return GTK_WIDGET (self);
}
