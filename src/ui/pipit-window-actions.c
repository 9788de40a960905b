#include "pipit-config.h"

#include "pipit-window-private.h"

#include "pipit-account.h"
#include "pipit-activity-window.h"
#include "pipit-folder.h"
#include "pipit-move-dialog.h"
#include "pipit-setup-window.h"
#include "pipit-undo.h"

#include <glib/gi18n-lib.h>

/* What a person does to messages: to those that are selected, else to the one that is shown. */

GArray *
pipit_window_dup_ids (PipitWindow *self)
{
  GArray *ids = pipit_list_pane_dup_selected (self->list_pane);
  PipitMessage *message = pipit_reader_get_message (self->reader);

  if (ids->len == 0 && message != NULL && !pipit_list_pane_get_selecting (self->list_pane))
    {
      gint64 id = pipit_message_get_id (message);

      g_array_append_val (ids, id);
    }

  return ids;
}

/* The message that follows takes the place of those that go, with the keyboard. */
static void
go_on_after (PipitWindow *self,
             gint64       next_id)
{
  gboolean was_selecting = pipit_list_pane_get_selecting (self->list_pane);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean from_reader = focus != NULL &&
                         gtk_widget_is_ancestor (focus, GTK_WIDGET (self->reader));

  pipit_list_pane_set_selecting (self->list_pane, FALSE);
  if (adw_leaflet_get_folded (self->inner) || was_selecting)
    {
      pipit_reader_show (self->reader, NULL);
      pipit_window_turn_to_list (self);
    }
  if (next_id == 0 || !pipit_list_pane_select (self->list_pane, next_id, !from_reader))
    pipit_reader_show (self->reader, NULL);
  if (from_reader && next_id != 0)
    pipit_reader_grab_content (self->reader);
}

typedef void (*RemovingFunc) (PipitEngine *engine,
                              GArray      *ids);

static void
remove_messages (PipitWindow  *self,
                 RemovingFunc  func)
{
  g_autoptr(GArray) ids = pipit_window_dup_ids (self);
  gint64 next_id;

  if (ids->len == 0)
    return;

  next_id = pipit_list_pane_find_after (self->list_pane, ids);
  func (self->engine, ids);
  go_on_after (self, next_id);
}

static void
action_archive (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  remove_messages (PIPIT_WINDOW (widget), pipit_engine_archive);
}

static void
mark_junk (PipitEngine *engine,
           GArray      *ids)
{
  pipit_engine_set_junk (engine, ids, TRUE);
}

static void
mark_not_junk (PipitEngine *engine,
               GArray      *ids)
{
  pipit_engine_set_junk (engine, ids, FALSE);
}

static void
action_junk (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  remove_messages (PIPIT_WINDOW (widget), mark_junk);
}

static void
action_not_junk (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  remove_messages (PIPIT_WINDOW (widget), mark_not_junk);
}

/* Where the messages that an action is about lie. */
static PipitFolder *
current_folder (PipitWindow *self)
{
  PipitFolder *folder = pipit_list_pane_get_folder (self->list_pane);
  PipitMessage *message = pipit_reader_get_message (self->reader);

  if (folder != NULL && pipit_folder_get_role (folder) != PIPIT_FOLDER_ALL_INBOXES)
    return folder;

  return message != NULL ? pipit_message_get_folder (message) : folder;
}

static void
on_delete_response (AdwMessageDialog *dialog,
                    const char       *response,
                    PipitWindow      *self)
{
  if (g_str_equal (response, "delete"))
    remove_messages (self, pipit_engine_delete_for_good);
}

/* There is no way back from here, so it is asked. */
static void
ask_delete (PipitWindow *self)
{
  g_autoptr(GArray) ids = pipit_window_dup_ids (self);
  GtkWidget *dialog;
  g_autofree char *heading =
    g_strdup_printf (ngettext ("Delete %'u Message for Good?", "Delete %'u Messages for Good?",
                               ids->len), ids->len);

  if (ids->len == 0)
    return;

  dialog = adw_message_dialog_new (GTK_WINDOW (self), heading,
                                   _("It is removed from the server as well, and cannot be brought back."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "delete");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_delete (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  PipitFolder *folder = current_folder (self);

  if (folder != NULL && pipit_folder_get_role (folder) == PIPIT_FOLDER_TRASH)
    ask_delete (self);
  else
    remove_messages (self, pipit_engine_delete);
}

static void
on_folder_chosen (PipitMoveDialog *dialog,
                  PipitFolder     *folder,
                  PipitWindow     *self)
{
  g_autoptr(GArray) ids = pipit_window_dup_ids (self);
  gint64 next_id = pipit_list_pane_find_after (self->list_pane, ids);

  if (ids->len == 0)
    return;

  pipit_engine_move (self->engine, ids, folder);
  go_on_after (self, next_id);
}

static void
action_move (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  PipitFolder *folder = current_folder (self);
  PipitAccount *account = folder != NULL ? pipit_folder_get_account (folder) : NULL;
  PipitMoveDialog *dialog;

  if (account == NULL)
    return;

  dialog = pipit_move_dialog_new (GTK_WINDOW (self), account, folder);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_folder_chosen), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
set_unread (PipitWindow *self,
            gboolean     unread)
{
  g_autoptr(GArray) ids = pipit_window_dup_ids (self);

  if (ids->len == 0)
    return;

  pipit_engine_set_unread (self->engine, ids, unread, ids->len > 1);
  pipit_window_stop_reading (self);
  self->keep_unread = unread;
  if (pipit_list_pane_get_selecting (self->list_pane))
    pipit_list_pane_set_selecting (self->list_pane, FALSE);
}

static void
action_mark_unread (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  set_unread (PIPIT_WINDOW (widget), TRUE);
}

static void
action_mark_read (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  set_unread (PIPIT_WINDOW (widget), FALSE);
}

static void
action_mark_all_read (GtkWidget  *widget,
                      const char *action_name,
                      GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  g_autoptr(GArray) ids = pipit_list_pane_dup_all (self->list_pane);

  if (ids->len > 0)
    pipit_engine_set_unread (self->engine, ids, FALSE, TRUE);
}

/* Stars are taken off only where all have one. */
static void
action_star (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  g_autoptr(GArray) ids = pipit_window_dup_ids (self);
  PipitMessage *message = pipit_reader_get_message (self->reader);
  gboolean starred = ids->len == 1 && message != NULL && pipit_message_get_starred (message);

  if (ids->len > 0)
    pipit_engine_set_starred (self->engine, ids, !starred);
}

static void
action_undo (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  pipit_undo_undo (pipit_engine_get_undo (PIPIT_WINDOW (widget)->engine));
}

static void
action_add_account (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (pipit_setup_window_new (GTK_WINDOW (self), self->engine)));
}

static void
action_activity (GtkWidget  *widget,
                 const char *action_name,
                 GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (pipit_activity_window_new (GTK_WINDOW (self), self->engine)));
}

/* Not by GtkApplication, which makes the window of shortcuts with every window: 12 ms. */
static void
action_show_help (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  g_autoptr(GtkBuilder) builder =
    gtk_builder_new_from_resource ("/io/github/pipitmail/Pipit/ui/help-overlay.ui");
  GtkWindow *help = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  gtk_window_set_transient_for (help, GTK_WINDOW (widget));
  gtk_window_present (help);
}

/* Going about */

static void
action_back (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);

  if (pipit_list_pane_get_selecting (self->list_pane))
    pipit_list_pane_set_selecting (self->list_pane, FALSE);
  else if (adw_leaflet_get_folded (self->inner) &&
           adw_leaflet_get_visible_child (self->inner) == self->reader_pane)
    {
      adw_leaflet_navigate (self->inner, ADW_NAVIGATION_DIRECTION_BACK);
      pipit_list_pane_grab_list (self->list_pane);
    }
  else if (adw_leaflet_get_folded (self->outer))
    {
      adw_leaflet_navigate (self->outer, ADW_NAVIGATION_DIRECTION_BACK);
      pipit_sidebar_grab_list (self->sidebar);
    }
}

static void
action_page (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  PipitWindow *self = PIPIT_WINDOW (widget);
  gboolean down = g_str_equal (action_name, "win.page-down");

  /* at the end of a message, on to the next that is unread */
  if (!pipit_reader_page (self->reader, down ? 1 : -1) && down)
    pipit_list_pane_step_unread (self->list_pane);
}

static void
action_step (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  pipit_list_pane_step (PIPIT_WINDOW (widget)->list_pane,
                        g_str_equal (action_name, "win.next") ? 1 : -1);
}

typedef void (*GrabFunc) (PipitWindow *self);

static void
grab_sidebar (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->outer))
    adw_leaflet_set_visible_child_name (self->outer, "sidebar");
  pipit_sidebar_grab_list (self->sidebar);
}

static void
grab_list (PipitWindow *self)
{
  pipit_window_turn_to_list (self);
  pipit_list_pane_grab_list (self->list_pane);
}

static void
grab_reader (PipitWindow *self)
{
  if (adw_leaflet_get_folded (self->outer))
    adw_leaflet_set_visible_child_name (self->outer, "content");
  if (adw_leaflet_get_folded (self->inner))
    adw_leaflet_set_visible_child_name (self->inner, "reader");
  pipit_reader_grab_content (self->reader);
}

/* Round the panes, from the one that has the keyboard. */
static void
action_pane (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  static const GrabFunc grabs[] = { grab_sidebar, grab_list, grab_reader };
  PipitWindow *self = PIPIT_WINDOW (widget);
  GtkWidget *panes[] = { self->sidebar_pane, self->list_pane_bin, self->reader_pane };
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  int step = g_str_equal (action_name, "win.next-pane") ? 1 : 2;
  int current = step == 1 ? 2 : 0;

  for (gsize i = 0; i < G_N_ELEMENTS (panes); i++)
    if (focus != NULL && gtk_widget_is_ancestor (focus, panes[i]))
      current = i;

  grabs[(current + step) % G_N_ELEMENTS (panes)] (self);
}

/**
 * pipit_window_update_actions:
 *
 * Enables what makes sense for what is selected and shown.
 */
void
pipit_window_update_actions (PipitWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  PipitMessage *message = pipit_reader_get_message (self->reader);
  PipitFolder *folder = current_folder (self);
  PipitFolderRole role = folder != NULL ? pipit_folder_get_role (folder) : PIPIT_FOLDER_PLAIN;
  gboolean any = message != NULL || pipit_list_pane_get_n_selected (self->list_pane) > 0;
  static const char *const for_any[] = { "win.delete", "win.move", "win.star", "win.mark-read",
                                         "win.mark-unread" };
  static const char *const for_one[] = { "win.reply", "win.reply-all", "win.forward" };

  for (gsize i = 0; i < G_N_ELEMENTS (for_any); i++)
    gtk_widget_action_set_enabled (widget, for_any[i], any);
  for (gsize i = 0; i < G_N_ELEMENTS (for_one); i++)
    gtk_widget_action_set_enabled (widget, for_one[i], message != NULL);

  gtk_widget_action_set_enabled (widget, "win.archive", any && role != PIPIT_FOLDER_ARCHIVE);
  gtk_widget_action_set_enabled (widget, "win.junk", any && role != PIPIT_FOLDER_JUNK);
  gtk_widget_action_set_enabled (widget, "win.not-junk", any && role == PIPIT_FOLDER_JUNK);
  gtk_widget_action_set_enabled (widget, "win.reply-list",
                                 message != NULL && pipit_message_get_list_id (message) != NULL);
  gtk_widget_action_set_enabled (widget, "win.undo", pipit_undo_get_can_undo (
                                                       pipit_engine_get_undo (self->engine)));
}

void
pipit_window_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.archive", action_archive },
    { "win.delete", action_delete },
    { "win.junk", action_junk },
    { "win.not-junk", action_not_junk },
    { "win.move", action_move },
    { "win.mark-unread", action_mark_unread },
    { "win.mark-read", action_mark_read },
    { "win.mark-all-read", action_mark_all_read },
    { "win.star", action_star },
    { "win.undo", action_undo },
    { "win.add-account", action_add_account },
    { "win.activity", action_activity },
    { "win.show-help-overlay", action_show_help },
    { "win.back", action_back },
    { "win.page-down", action_page },
    { "win.page-up", action_page },
    { "win.next", action_step },
    { "win.previous", action_step },
    { "win.next-pane", action_pane },
    { "win.previous-pane", action_pane },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}
