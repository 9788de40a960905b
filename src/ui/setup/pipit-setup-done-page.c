#include "pipit-config.h"

#include "pipit-setup-done-page.h"

#include "pipit-account.h"

#include <glib/gi18n.h>

/* The wizard's last page: how much to keep on this computer, and which folders are the special ones
 * where the server does not say so. The account is already at work behind it. */

struct _PipitSetupDonePage
{
  AdwBin parent_instance;

  PipitAccountSetup *setup; /* (owned) (nullable) */
  GSignalGroup *account_signals; /* (owned) */
  GPtrArray *role_rows;     /* (owned) of AdwComboRow */

  GtkLabel *status;
  AdwComboRow *keep_row;
  AdwPreferencesGroup *roles_group;
  GtkWidget *finish_button;
};

enum
{
  COMPLETED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const int keep_days[] = { 0, 30, 365, -1 };

static const struct
{
  PipitFolderRole role;
  const char *title;    /* of the row */
  const char *new_name; /* of the folder to be made */
} roles[] = {
  { PIPIT_FOLDER_ARCHIVE, N_("Archive"), N_("Archive") },
  { PIPIT_FOLDER_SENT, N_("Sent"), N_("Sent") },
  { PIPIT_FOLDER_DRAFTS, N_("Drafts"), N_("Drafts") },
  { PIPIT_FOLDER_JUNK, N_("Junk"), N_("Junk") },
  { PIPIT_FOLDER_TRASH, N_("Trash"), N_("Trash") },
};

G_DEFINE_FINAL_TYPE (PipitSetupDonePage, pipit_setup_done_page, ADW_TYPE_BIN)

static void
on_account_changed (PipitSetupDonePage *self)
{
  PipitAccount *account = pipit_account_setup_get_account (self->setup);
  const char *status = account != NULL ? pipit_account_get_status (account) : NULL;

  gtk_label_set_label (self->status, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != NULL && *status != '\0');
}

/* Where a role's folder probably is: one of the same name, at the top or below the inbox. */
static guint
guess_position (char       **paths,
                const char  *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *path = g_utf8_casefold (paths[i], -1);

      if (g_str_equal (path, folded) ||
          (g_str_has_prefix (path, "inbox") && g_str_has_suffix (path, folded)))
        return i + 1;
    }

  return 0;
}

static void
add_role_row (PipitSetupDonePage *self,
              guint               index,
              char              **paths)
{
  g_autoptr(GtkStringList) choices = gtk_string_list_new (NULL);
  g_autofree char *make = NULL;
  GtkWidget *row;

  /* Translators: a choice; %s is the name of a folder that will be made on the server */
  make = g_strdup_printf (_("A new folder “%s”"), _(roles[index].new_name));
  gtk_string_list_append (choices, make);
  for (guint i = 0; paths[i] != NULL; i++)
    gtk_string_list_append (choices, paths[i]);

  row = g_object_new (ADW_TYPE_COMBO_ROW, "title", _(roles[index].title), "model", choices,
                      "selected", guess_position (paths, roles[index].new_name), NULL);
  g_object_set_data (G_OBJECT (row), "pipit-role", GUINT_TO_POINTER (index));
  g_ptr_array_add (self->role_rows, row);
  adw_preferences_group_add (self->roles_group, row);
}

static void
show_roles (PipitSetupDonePage *self)
{
  g_auto(GStrv) paths = pipit_account_setup_dup_folder_paths (self->setup);

  for (guint i = 0; i < self->role_rows->len; i++)
    adw_preferences_group_remove (self->roles_group, g_ptr_array_index (self->role_rows, i));
  g_ptr_array_set_size (self->role_rows, 0);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (pipit_account_setup_get_role_path (self->setup, roles[i].role) == NULL)
      add_role_row (self, i, paths);

  gtk_widget_set_visible (GTK_WIDGET (self->roles_group), self->role_rows->len > 0);
}

static void
take_choices (PipitSetupDonePage *self)
{
  pipit_account_setup_set_keep_days (self->setup,
                                     keep_days[adw_combo_row_get_selected (self->keep_row)]);

  for (guint i = 0; i < self->role_rows->len; i++)
    {
      AdwComboRow *row = g_ptr_array_index (self->role_rows, i);
      guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "pipit-role"));
      guint selected = adw_combo_row_get_selected (row);
      GtkStringObject *choice = adw_combo_row_get_selected_item (row);

      pipit_account_setup_set_role_path (self->setup, roles[index].role,
                                         selected == 0 ? roles[index].new_name
                                                       : gtk_string_object_get_string (choice));
    }
}

static void
on_finish (PipitSetupDonePage *self)
{
  take_choices (self);
  g_signal_emit (self, signals[COMPLETED], 0);
}

static void
pipit_setup_done_page_dispose (GObject *object)
{
  PipitSetupDonePage *self = PIPIT_SETUP_DONE_PAGE (object);

  g_clear_object (&self->account_signals);
  g_clear_object (&self->setup);
  g_clear_pointer (&self->role_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (pipit_setup_done_page_parent_class)->dispose (object);
}

static void
pipit_setup_done_page_class_init (PipitSetupDonePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_setup_done_page_dispose;

  /* The person has chosen, and wants to read. */
  signals[COMPLETED] = g_signal_new ("completed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-setup-done-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitSetupDonePage, status);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupDonePage, keep_row);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupDonePage, roles_group);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupDonePage, finish_button);
  gtk_widget_class_bind_template_callback (widget_class, on_finish);
}

static void
pipit_setup_done_page_init (PipitSetupDonePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->role_rows = g_ptr_array_new ();
  self->account_signals = g_signal_group_new (PIPIT_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_signals, "notify::status",
                                  G_CALLBACK (on_account_changed), self);
}

/**
 * pipit_setup_done_page_set_setup:
 * @setup: a setup whose account has been saved
 */
void
pipit_setup_done_page_set_setup (PipitSetupDonePage *self,
                                 PipitAccountSetup  *setup)
{
  int days;

  g_return_if_fail (PIPIT_IS_SETUP_DONE_PAGE (self));
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (setup));

  g_set_object (&self->setup, setup);
  g_signal_group_set_target (self->account_signals, pipit_account_setup_get_account (setup));
  on_account_changed (self);
  show_roles (self);

  days = pipit_account_setup_get_keep_days (setup);
  for (guint i = 0; i < G_N_ELEMENTS (keep_days); i++)
    if (keep_days[i] == days)
      adw_combo_row_set_selected (self->keep_row, i);
}

/**
 * pipit_setup_done_page_focus:
 *
 * Puts the focus on the button that ends the wizard.
 */
void
pipit_setup_done_page_focus (PipitSetupDonePage *self)
{
  g_return_if_fail (PIPIT_IS_SETUP_DONE_PAGE (self));

  gtk_widget_grab_focus (self->finish_button);
}
