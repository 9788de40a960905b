#include "pipit-drafts-page.h"

#include "pipit-draft-row.h"

/**
 * PipitDraftsPage:
 *
 * The messages being written that are kept on this computer. Stands in the place of the list of
 * messages; a row opens its composer again.
 */
struct _PipitDraftsPage
{
  AdwBin parent_instance;

  GtkListBox *list;

  PipitEngine *engine; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (PipitDraftsPage, pipit_drafts_page, ADW_TYPE_BIN)

static void
on_row_activated (GtkListBox      *list,
                  GtkListBoxRow   *row,
                  PipitDraftsPage *self)
{
  PipitDraft *draft = pipit_draft_row_get_draft (PIPIT_DRAFT_ROW (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-draft", "s",
                              pipit_draft_get_id (draft));
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  PipitDraftsPage *self = user_data;

  return pipit_draft_row_new (self->engine, item);
}

/**
 * pipit_drafts_page_set_engine:
 * @engine: whose drafts they are; set once
 */
void
pipit_drafts_page_set_engine (PipitDraftsPage *self,
                              PipitEngine     *engine)
{
  g_return_if_fail (PIPIT_IS_DRAFTS_PAGE (self));

  g_set_object (&self->engine, engine);
  gtk_list_box_bind_model (self->list, pipit_engine_get_drafts (engine), make_row, self, NULL);
}

static void
pipit_drafts_page_dispose (GObject *object)
{
  PipitDraftsPage *self = PIPIT_DRAFTS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_DRAFTS_PAGE);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_drafts_page_parent_class)->dispose (object);
}

static void
pipit_drafts_page_class_init (PipitDraftsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_drafts_page_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-drafts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitDraftsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
pipit_drafts_page_init (PipitDraftsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
