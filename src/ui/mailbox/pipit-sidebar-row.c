#include "pipit-config.h"

#include "pipit-sidebar-row.h"

#include "pipit-account.h"
#include "pipit-folder.h"

#include <glib/gi18n-lib.h>

/**
 * PipitSidebarRow:
 *
 * A row of the sidebar: an account's heading, or a folder with what is unread in it.
 */
struct _PipitSidebarRow
{
  GtkWidget parent_instance;

  GtkTreeExpander *expander;
  GtkImage *icon;
  GtkLabel *name;
  GtkImage *warning;
  GtkLabel *counter;

  GObject *item; /* (owned) (nullable) a PipitAccount or a PipitFolder while bound */
  gulong notify_id;
};

G_DEFINE_FINAL_TYPE (PipitSidebarRow, pipit_sidebar_row, GTK_TYPE_WIDGET)

static void
set_accessible_name (PipitSidebarRow *self,
                     const char      *label)
{
  GtkWidget *list_item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (list_item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list_item),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  /* the keyboard is on the expander, so that Left and Right close and open a row */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
set_css_class (PipitSidebarRow *self,
               const char      *name,
               gboolean         wanted)
{
  if (wanted)
    gtk_widget_add_css_class (GTK_WIDGET (self), name);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), name);
}

static void
update_account (PipitSidebarRow *self,
                PipitAccount    *account)
{
  PipitProblem *problem = pipit_account_get_problem (account);
  const char *status = pipit_account_get_status (account);
  g_autofree char *label = NULL;

  gtk_label_set_label (self->name, pipit_account_get_name (account));
  gtk_widget_set_visible (GTK_WIDGET (self->icon), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->counter), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), problem != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), status);

  if (status != NULL)
    /* Translators: for a screen reader: an account's name and what it is doing */
    label = g_strdup_printf (_("Account %s, %s"), pipit_account_get_name (account), status);
  else
    /* Translators: for a screen reader: an account's name */
    label = g_strdup_printf (_("Account %s"), pipit_account_get_name (account));
  set_accessible_name (self, label);
}

static char *
folder_label (PipitFolder *folder,
              guint        counter)
{
  PipitFolderRole role = pipit_folder_get_role (folder);
  const char *name = pipit_folder_get_name (folder);

  if (counter == 0)
    return g_strdup (name);
  if (role == PIPIT_FOLDER_DRAFTS || role == PIPIT_FOLDER_LOCAL_DRAFTS ||
      role == PIPIT_FOLDER_OUTBOX)
    /* Translators: for a screen reader: a folder's name and how many messages lie in it */
    return g_strdup_printf (ngettext ("%s, %u message", "%s, %u messages", counter), name, counter);

  /* Translators: for a screen reader: a folder's name and how many messages in it are unread */
  return g_strdup_printf (ngettext ("%s, %u unread", "%s, %u unread", counter), name, counter);
}

static void
update_folder (PipitSidebarRow *self,
               PipitFolder     *folder)
{
  guint counter = pipit_folder_get_counter (folder);
  g_autofree char *label = folder_label (folder, counter);
  /* Translators: the number beside a folder, with the locale's digits and separators */
  g_autofree char *text = g_strdup_printf (_("%'u"), counter);

  gtk_label_set_label (self->name, pipit_folder_get_name (folder));
  gtk_image_set_from_icon_name (self->icon, pipit_folder_get_icon_name (folder));
  gtk_widget_set_visible (GTK_WIDGET (self->icon), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->warning), FALSE);
  gtk_label_set_label (self->counter, text);
  gtk_widget_set_visible (GTK_WIDGET (self->counter), counter > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), pipit_folder_get_status (folder));
  set_css_class (self, "unread", pipit_folder_get_unread (folder) > 0);
  set_css_class (self, "apart", pipit_folder_get_account (folder) == NULL);
  set_accessible_name (self, label);
}

static void
update (PipitSidebarRow *self)
{
  if (PIPIT_IS_ACCOUNT (self->item))
    update_account (self, PIPIT_ACCOUNT (self->item));
  else
    update_folder (self, PIPIT_FOLDER (self->item));
}

/**
 * pipit_sidebar_row_bind:
 * @row: a row of the sidebar's tree
 *
 * Shows what @row holds, and follows its changes. The row must be in its list item already.
 */
void
pipit_sidebar_row_bind (PipitSidebarRow *self,
                        GtkTreeListRow  *row)
{
  g_return_if_fail (PIPIT_IS_SIDEBAR_ROW (self));

  pipit_sidebar_row_unbind (self);
  self->item = gtk_tree_list_row_get_item (row);
  self->notify_id = g_signal_connect_swapped (self->item, "notify", G_CALLBACK (update), self);

  set_css_class (self, "heading", PIPIT_IS_ACCOUNT (self->item));
  gtk_tree_expander_set_list_row (self->expander, row);
  update (self);
}

/**
 * pipit_sidebar_row_unbind:
 *
 * Lets go of what is shown.
 */
void
pipit_sidebar_row_unbind (PipitSidebarRow *self)
{
  g_return_if_fail (PIPIT_IS_SIDEBAR_ROW (self));

  if (self->item != NULL)
    g_clear_signal_handler (&self->notify_id, self->item);
  g_clear_object (&self->item);
  gtk_tree_expander_set_list_row (self->expander, NULL);
}

/**
 * pipit_sidebar_row_get_item:
 *
 * Returns: (transfer none) (nullable): the account or folder that is shown
 */
gpointer
pipit_sidebar_row_get_item (PipitSidebarRow *self)
{
  return self->item;
}

static void
pipit_sidebar_row_dispose (GObject *object)
{
  PipitSidebarRow *self = PIPIT_SIDEBAR_ROW (object);

  if (self->expander != NULL)
    pipit_sidebar_row_unbind (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_SIDEBAR_ROW);

  G_OBJECT_CLASS (pipit_sidebar_row_parent_class)->dispose (object);
}

static void
pipit_sidebar_row_class_init (PipitSidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_sidebar_row_dispose;

  gtk_widget_class_set_css_name (widget_class, "sidebarrow");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitSidebarRow, expander);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebarRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebarRow, name);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebarRow, warning);
  gtk_widget_class_bind_template_child (widget_class, PipitSidebarRow, counter);
}

static void
pipit_sidebar_row_init (PipitSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pipit_sidebar_row_new (void)
{
  return g_object_new (PIPIT_TYPE_SIDEBAR_ROW, NULL);
}
