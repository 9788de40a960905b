#include "pipit-config.h"

#include "pipit-window-private.h"

#include "pipit-account.h"
#include "pipit-folder.h"
#include "pipit-pane.h"
#include "pipit-setup-window.h"
#include "pipit-undo.h"

#include <glib/gi18n-lib.h>

/**
 * PipitWindow:
 *
 * The window: folders, messages, what is read. It holds no mail of its own: it shows the engine.
 */
G_DEFINE_FINAL_TYPE (PipitWindow, pipit_window, ADW_TYPE_APPLICATION_WINDOW)

/* Panes */

/* Shows the list, where one pane is shown at a time. */
void
pipit_window_turn_to_list (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->outer))
    adw_leaflet_set_visible_child_name (self->outer, "content");
  if (adw_leaflet_get_folded (self->inner))
    adw_leaflet_set_visible_child_name (self->inner, "list");
}

/* A leaflet that is not folded would move the keyboard with it. */
static void
turn_to_reader (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->inner))
    adw_leaflet_set_visible_child_name (self->inner, "reader");
}

/* A window that becomes narrow goes on showing what is read. */
static void
on_inner_folded (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->inner))
    adw_leaflet_set_visible_child_name (self->inner,
                                        pipit_reader_get_message (self->reader) != NULL
                                          ? "reader" : "list");
}

static void
on_outer_folded (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->outer) && pipit_list_pane_get_folder (self->list_pane) != NULL)
    adw_leaflet_set_visible_child_name (self->outer, "content");
}

/* Folder */

static void
remember_folder (PipitWindow *self,
                 PipitFolder *folder)
{
  PipitAccount *account = pipit_folder_get_account (folder);
  g_autofree char *name = NULL;

  if (account == NULL && pipit_folder_get_role (folder) != PIPIT_FOLDER_ALL_INBOXES)
    return;

  name = g_strdup_printf ("%s:%s", account != NULL ? pipit_account_get_id (account) : "",
                          pipit_folder_get_path (folder));
  g_settings_set_string (self->settings, "folder", name);
}

static void
show_folder (PipitWindow *self,
             PipitFolder *folder)
{
  g_autofree char *title = NULL;

  pipit_list_pane_set_folder (self->list_pane, folder);
  if (folder == NULL)
    return;

  /* Translators: the title of the window: the folder that is shown, and the program */
  title = g_strdup_printf (_("%s – Pipit"), pipit_folder_get_name (folder));
  gtk_window_set_title (GTK_WINDOW (self), title);
  remember_folder (self, folder);
}

static void
on_folder_opened (PipitSidebar *sidebar,
                  PipitFolder  *folder,
                  gboolean      go,
                  PipitWindow  *self)
{
  show_folder (self, folder);
  if (go)
    pipit_window_turn_to_list (self);
}

static PipitFolder *
find_path (GListModel *folders,
           const char *path)
{
  for (guint i = 0; folders != NULL && i < g_list_model_get_n_items (folders); i++)
    {
      g_autoptr(PipitFolder) folder = g_list_model_get_item (folders, i);
      PipitFolder *found;

      if (g_strcmp0 (pipit_folder_get_path (folder), path) == 0)
        return folder;
      found = find_path (pipit_folder_get_children (folder), path);
      if (found != NULL)
        return found;
    }

  return NULL;
}

/* The folder that was shown when the window was closed. */
static PipitFolder *
find_remembered (PipitWindow *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, "folder");
  char *path = strchr (name, ':');
  PipitAccount *account;

  if (path == NULL)
    return NULL;

  *path++ = '\0';
  if (*name == '\0')
    return g_list_model_get_n_items (pipit_engine_get_accounts (self->engine)) > 1
             ? pipit_engine_get_all_inboxes (self->engine) : NULL;

  account = pipit_engine_get_account (self->engine, name);

  return account != NULL ? find_path (pipit_account_get_folders (account), path) : NULL;
}

static PipitFolder *
find_first (PipitWindow *self)
{
  GListModel *accounts = pipit_engine_get_accounts (self->engine);
  PipitFolder *folder = find_remembered (self);
  guint n_accounts = g_list_model_get_n_items (accounts);

  if (folder != NULL && pipit_folder_can_open (folder))
    return folder;
  if (n_accounts > 1)
    return pipit_engine_get_all_inboxes (self->engine);

  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);

      folder = pipit_account_get_folder (account, PIPIT_FOLDER_INBOX);
      if (folder != NULL)
        return folder;
    }

  return NULL;
}

/* The folder that is shown may have gone, and a new account has its first one a moment later. */
static void
ensure_folder (PipitWindow *self)
{
  PipitFolder *current = pipit_list_pane_get_folder (self->list_pane);
  PipitFolder *folder;

  if (!pipit_engine_get_opened (self->engine))
    return;
  if (current != NULL && pipit_sidebar_select (self->sidebar, current))
    return;

  folder = find_first (self);
  show_folder (self, folder);
  pipit_sidebar_select (self->sidebar, folder);
}

static void
watch_folders (PipitWindow *self)
{
  GListModel *accounts = pipit_engine_get_accounts (self->engine);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);
      GListModel *folders = pipit_account_get_folders (account);

      g_signal_handlers_disconnect_by_func (folders, ensure_folder, self);
      g_signal_connect_object (folders, "items-changed", G_CALLBACK (ensure_folder), self,
                               G_CONNECT_SWAPPED | G_CONNECT_AFTER);
    }
}

static void
on_accounts_changed (PipitWindow *self)
{
  if (!pipit_engine_get_opened (self->engine))
    return;

  watch_folders (self);
  gtk_stack_set_visible_child_name (self->stack, pipit_engine_has_accounts (self->engine)
                                                   ? "mail" : "welcome");
  ensure_folder (self);
}

/* Messages */

static void
on_message_opened (PipitListPane *list_pane,
                   PipitMessage  *message,
                   gboolean       go,
                   PipitWindow   *self)
{
  pipit_window_stop_reading (self);
  pipit_reader_show (self->reader, message);
  pipit_list_pane_keep (self->list_pane, message != NULL ? pipit_message_get_id (message) : 0);
  if (message != NULL)
    pipit_window_start_reading (self);
  if (message != NULL && go)
    turn_to_reader (self);
  pipit_window_update_actions (self);
}

/* A draft is there to be written on. */
static void
on_activated (PipitWindow *self)
{
  PipitMessage *message = pipit_reader_get_message (self->reader);

  if (message != NULL && pipit_message_get_draft (message))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.edit-draft", NULL);
}

static void
on_selection_changed (PipitWindow *self)
{
  guint n_selected = pipit_list_pane_get_n_selected (self->list_pane);

  if (n_selected > 1 || pipit_list_pane_get_selecting (self->list_pane))
    {
      pipit_window_stop_reading (self);
      pipit_reader_show_count (self->reader, n_selected);
    }
  else if (n_selected == 0)
    pipit_reader_show (self->reader, NULL);
  pipit_window_update_actions (self);
}

/* Toasts */

/* Long enough to be read and reached by keyboard. */
#define UNDO_SHOWN_S 10

static void
on_undo_offered (PipitUndo   *undo,
                 const char  *text,
                 PipitWindow *self)
{
  AdwToast *toast = adw_toast_new (text);

  /* one at a time: a new one takes the place of the one before, with the sum of both */
  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_set_timeout (toast, UNDO_SHOWN_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_set_weak_pointer (&self->undo_toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_undo_withdrawn (PipitUndo   *undo,
                   PipitWindow *self)
{
  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
}

/* Window */

/**
 * pipit_window_show_failure:
 * @title: what is the case
 * @explanation: what it means and what can be done
 *
 * Takes the place of everything else: nothing could be opened.
 */
void
pipit_window_show_failure (PipitWindow *self,
                           const char  *title,
                           const char  *explanation)
{
  g_return_if_fail (PIPIT_IS_WINDOW (self));

  adw_status_page_set_title (self->failure_page, title);
  adw_status_page_set_description (self->failure_page, explanation);
  gtk_stack_set_visible_child_name (self->stack, "failure");
}

static void
save_size (PipitWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

static gboolean
pipit_window_close_request (GtkWindow *window)
{
  save_size (PIPIT_WINDOW (window));

  return GTK_WINDOW_CLASS (pipit_window_parent_class)->close_request (window);
}

static void
pipit_window_dispose (GObject *object)
{
  PipitWindow *self = PIPIT_WINDOW (object);

  if (self->reader != NULL)
    pipit_window_stop_reading (self);
  g_clear_weak_pointer (&self->undo_toast);
  g_clear_object (&self->list_keys);
  g_clear_object (&self->reader_keys);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_WINDOW);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_window_parent_class)->dispose (object);
}

static void
pipit_window_class_init (PipitWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = pipit_window_close_request;

  g_type_ensure (PIPIT_TYPE_PANE);
  g_type_ensure (PIPIT_TYPE_SIDEBAR);
  g_type_ensure (PIPIT_TYPE_LIST_PANE);
  g_type_ensure (PIPIT_TYPE_READER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/pipit-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, failure_page);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, outer);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, inner);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, sidebar_pane);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, list_pane_bin);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, reader_pane);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, list_pane);
  gtk_widget_class_bind_template_child (widget_class, PipitWindow, reader);
  gtk_widget_class_bind_template_callback (widget_class, on_inner_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_outer_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_message_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);

  pipit_window_install_actions (widget_class);
  pipit_window_install_compose (widget_class);
  pipit_window_install_keys (widget_class);
}

static void
pipit_window_init (PipitWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_leaflet_set_visible_child_name (self->outer, "content");
}

static void
follow_engine (PipitWindow *self)
{
  PipitUndo *undo = pipit_engine_get_undo (self->engine);

  g_signal_connect_object (undo, "offer", G_CALLBACK (on_undo_offered), self, 0);
  g_signal_connect_object (undo, "withdrawn", G_CALLBACK (on_undo_withdrawn), self, 0);
  g_signal_connect_object (undo, "notify::can-undo", G_CALLBACK (pipit_window_update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "notify::opened", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pipit_engine_get_accounts (self->engine), "items-changed",
                           G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

/**
 * pipit_window_new:
 * @application: the application
 * @engine: what it shows; may still be opening
 * @settings: the person's preferences
 *
 * Returns: (transfer none): the window, owned by GTK
 */
PipitWindow *
pipit_window_new (GtkApplication *application,
                  PipitEngine    *engine,
                  GSettings      *settings)
{
  PipitWindow *self = g_object_new (PIPIT_TYPE_WINDOW, "application", application, NULL);

  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (settings);
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_settings_bind (settings, "preview-lines", self->list_pane, "preview-lines",
                   G_SETTINGS_BIND_GET);

  pipit_sidebar_set_engine (self->sidebar, engine);
  pipit_list_pane_set_engine (self->list_pane, engine);
  pipit_window_add_single_keys (self);
  follow_engine (self);
  on_accounts_changed (self);
  pipit_window_update_actions (self);

  return self;
}
