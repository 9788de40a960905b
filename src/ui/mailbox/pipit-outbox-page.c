#include "pipit-outbox-page.h"

#include "pipit-outbox-row.h"

/**
 * PipitOutboxPage:
 *
 * What is in the outbox. Stands in the place of the list of messages.
 */
struct _PipitOutboxPage
{
  AdwBin parent_instance;

  GtkListBox *list;

  PipitEngine *engine; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PipitOutboxPage, pipit_outbox_page, ADW_TYPE_BIN)

static void
on_edit (PipitOutboxRow  *row,
         PipitOutboxItem *item,
         PipitOutboxPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-outgoing", "x",
                              pipit_outbox_item_get_id (item));
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  GtkWidget *row = pipit_outbox_row_new (item);

  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), user_data, 0);

  return row;
}

/**
 * pipit_outbox_page_set_engine:
 * @engine: whose outbox it is; set once
 */
void
pipit_outbox_page_set_engine (PipitOutboxPage *self,
                              PipitEngine     *engine)
{
  g_return_if_fail (PIPIT_IS_OUTBOX_PAGE (self));

  g_set_object (&self->engine, engine);
  gtk_list_box_bind_model (self->list, pipit_engine_get_outbox (engine), make_row, self, NULL);
}

static void
pipit_outbox_page_dispose (GObject *object)
{
  PipitOutboxPage *self = PIPIT_OUTBOX_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_OUTBOX_PAGE);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_outbox_page_parent_class)->dispose (object);
}

static void
pipit_outbox_page_class_init (PipitOutboxPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_outbox_page_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-outbox-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitOutboxPage, list);
}

static void
pipit_outbox_page_init (PipitOutboxPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
