#include "pipit-config.h"

#include "pipit-composer-attachment.h"

#include <glib/gi18n.h>

/* A file that will go with the message, and the button that takes it out again. */

struct _PipitComposerAttachment
{
  GtkFlowBoxChild parent_instance;

  PipitAttachment *attachment; /* (owned) */

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *size;
  GtkWidget *remove_button;
};

enum
{
  REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitComposerAttachment, pipit_composer_attachment, GTK_TYPE_FLOW_BOX_CHILD)

static void
on_remove (PipitComposerAttachment *self)
{
  g_autoptr(PipitAttachment) attachment = g_object_ref (self->attachment);

  g_signal_emit (self, signals[REMOVED], 0, attachment);
}

static void
pipit_composer_attachment_dispose (GObject *object)
{
  g_clear_object (&PIPIT_COMPOSER_ATTACHMENT (object)->attachment);

  G_OBJECT_CLASS (pipit_composer_attachment_parent_class)->dispose (object);
}

static void
pipit_composer_attachment_class_init (PipitComposerAttachmentClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_composer_attachment_dispose;

  /* The person wants the file out. */
  signals[REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, PIPIT_TYPE_ATTACHMENT);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/composer/pipit-composer-attachment.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitComposerAttachment, icon);
  gtk_widget_class_bind_template_child (widget_class, PipitComposerAttachment, name);
  gtk_widget_class_bind_template_child (widget_class, PipitComposerAttachment, size);
  gtk_widget_class_bind_template_child (widget_class, PipitComposerAttachment, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
pipit_composer_attachment_init (PipitComposerAttachment *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_composer_attachment_new:
 * @attachment: a file of the composition
 *
 * Returns: (transfer floating): its widget
 */
GtkWidget *
pipit_composer_attachment_new (PipitAttachment *attachment)
{
  PipitComposerAttachment *self = g_object_new (PIPIT_TYPE_COMPOSER_ATTACHMENT, NULL);
  const char *name = pipit_attachment_get_name (attachment);
  g_autofree char *size = pipit_attachment_dup_size (attachment);
  g_autofree char *remove = NULL;

  self->attachment = g_object_ref (attachment);
  gtk_image_set_from_icon_name (self->icon, pipit_attachment_get_icon_name (attachment));
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->size, size);

  /* Translators: %s is the name of a file */
  remove = g_strdup_printf (_("Remove “%s”"), name);
  gtk_widget_set_tooltip_text (self->remove_button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);

  return GTK_WIDGET (self);
}
