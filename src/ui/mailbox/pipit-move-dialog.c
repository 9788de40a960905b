#include "pipit-config.h"

#include "pipit-move-dialog.h"

#include "pipit-folder.h"

#include <glib/gi18n-lib.h>

/**
 * PipitMoveDialog:
 *
 * Asks for a folder of an account, by a few letters of its name.
 *
 * Emits "chosen" with the #PipitFolder.
 */
struct _PipitMoveDialog
{
  AdwWindow parent_instance;

  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListView *list;

  PipitFolder *current;          /* (owned) (nullable): where the messages lie */
  GtkFilter *filter;             /* (owned) */
  GtkSingleSelection *selection; /* (owned) */
  char *needle;                  /* (owned) casefolded */
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitMoveDialog, pipit_move_dialog, ADW_TYPE_WINDOW)

static gboolean
matches (gpointer item,
         gpointer user_data)
{
  PipitMoveDialog *self = user_data;
  g_autoptr(PipitFolder) folder = gtk_tree_list_row_get_item (item);
  g_autofree char *path = NULL;

  if (folder == self->current || !pipit_folder_can_receive (folder))
    return FALSE;

  path = g_utf8_casefold (pipit_folder_get_path (folder), -1);

  return strstr (path, self->needle) != NULL;
}

static void
on_search_changed (PipitMoveDialog *self)
{
  g_free (self->needle);
  self->needle = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0
                                      ? "list" : "nothing");
}

static void
choose (PipitMoveDialog *self,
        guint            position)
{
  g_autoptr(GtkTreeListRow) row =
    g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr(PipitFolder) folder = NULL;

  if (row == NULL)
    return;

  folder = gtk_tree_list_row_get_item (row);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, folder);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_search_activate (PipitMoveDialog *self)
{
  choose (self, 0);
}

static void
on_activate (GtkListView     *list,
             guint            position,
             PipitMoveDialog *self)
{
  choose (self, position);
}

static void
on_row_setup (GtkSignalListItemFactory *factory,
              GtkListItem              *list_item,
              PipitMoveDialog          *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (list_item, box);
}

static void
on_row_bind (GtkSignalListItemFactory *factory,
             GtkListItem              *list_item,
             PipitMoveDialog          *self)
{
  GtkWidget *box = gtk_list_item_get_child (list_item);
  g_autoptr(PipitFolder) folder = gtk_tree_list_row_get_item (gtk_list_item_get_item (list_item));

  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)),
                                pipit_folder_get_icon_name (folder));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), pipit_folder_get_path (folder));
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, pipit_folder_get_path (folder),
                                  -1);
}

static GListModel *
children_new (gpointer item,
              gpointer user_data)
{
  GListModel *children = pipit_folder_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static void
pipit_move_dialog_dispose (GObject *object)
{
  PipitMoveDialog *self = PIPIT_MOVE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_MOVE_DIALOG);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_object (&self->current);
  g_clear_pointer (&self->needle, g_free);

  G_OBJECT_CLASS (pipit_move_dialog_parent_class)->dispose (object);
}

static void
pipit_move_dialog_class_init (PipitMoveDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_move_dialog_dispose;

  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", PIPIT_TYPE_MOVE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, PIPIT_TYPE_FOLDER);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-move-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitMoveDialog, search);
  gtk_widget_class_bind_template_child (widget_class, PipitMoveDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitMoveDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pipit_move_dialog_init (PipitMoveDialog *self)
{
  self->needle = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_move_dialog_new:
 * @parent: the window that it belongs to
 * @account: whose folders are offered
 * @current: (nullable): one that is not, because the messages lie there
 *
 * Returns: (transfer none): the dialog, owned by GTK
 */
PipitMoveDialog *
pipit_move_dialog_new (GtkWindow    *parent,
                       PipitAccount *account,
                       PipitFolder  *current)
{
  PipitMoveDialog *self = g_object_new (PIPIT_TYPE_MOVE_DIALOG, "transient-for", parent, NULL);
  GtkTreeListModel *tree =
    gtk_tree_list_model_new (g_object_ref (pipit_account_get_folders (account)), FALSE, TRUE,
                             children_new, NULL, NULL);
  GtkFilterListModel *filtered;

  g_set_object (&self->current, current);
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (tree), g_object_ref (self->filter));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (filtered));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  on_search_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));

  return self;
}
