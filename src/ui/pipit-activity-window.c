#include "pipit-config.h"

#include "pipit-activity-window.h"

#include "pipit-account.h"
#include "pipit-change.h"
#include "pipit-date.h"
#include "pipit-outbox-row.h"

#include <glib/gi18n-lib.h>

/**
 * PipitActivityWindow:
 *
 * What is going on: how each account stands, what is in the outbox, and what the person did and
 * the server has done, or not.
 */
struct _PipitActivityWindow
{
  AdwWindow parent_instance;

  GtkListBox *accounts;
  GtkWidget *outbox_group;
  GtkListBox *outbox;
  GtkWidget *changes_group;
  GtkListBox *changes;

  PipitEngine *engine;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) while the journal is read */
};

G_DEFINE_FINAL_TYPE (PipitActivityWindow, pipit_activity_window, ADW_TYPE_WINDOW)

static gboolean
status_to_subtitle (GBinding     *binding,
                    const GValue *from,
                    GValue       *to,
                    gpointer      user_data)
{
  const char *status = g_value_get_string (from);

  g_value_set_string (to, status != NULL ? status : _("Up to date"));

  return TRUE;
}

static GtkWidget *
make_account_row (gpointer item,
                  gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  g_object_bind_property (item, "name", row, "title", G_BINDING_SYNC_CREATE);
  g_object_bind_property_full (item, "status", row, "subtitle", G_BINDING_SYNC_CREATE,
                               status_to_subtitle, NULL, NULL, NULL);

  return row;
}

static void
on_edit (PipitOutboxRow      *row,
         PipitOutboxItem     *item,
         PipitActivityWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.edit-outgoing", "x",
                                pipit_outbox_item_get_id (item));
  gtk_window_close (GTK_WINDOW (self));
}

static GtkWidget *
make_outbox_row (gpointer item,
                 gpointer user_data)
{
  GtkWidget *row = pipit_outbox_row_new (item);

  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), user_data, 0);

  return row;
}

static const char *
state_icon (PipitStepState state)
{
  switch (state)
    {
    case PIPIT_STEP_DONE:
      return "object-select-symbolic";
    case PIPIT_STEP_FAILED:
      return "pipit-warning-symbolic";
    case PIPIT_STEP_WAITING:
    case PIPIT_STEP_RUNNING:
    default:
      return "content-loading-symbolic";
    }
}

static GtkWidget *
make_change_row (gpointer item,
                 gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (state_icon (pipit_change_get_state (item)));
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = pipit_date_format_short (pipit_change_get_date_unix (item), now);
  GtkWidget *label = gtk_label_new (date);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), pipit_change_get_title (item));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), pipit_change_get_status (item));
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);

  return row;
}

static void
changes_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(PipitActivityWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) changes =
    pipit_engine_list_changes_finish (PIPIT_ENGINE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->changes == NULL)
    return;

  g_clear_object (&self->cancellable);
  if (changes == NULL)
    {
      g_warning ("The journal could not be read: %s", error->message);
      return;
    }
  gtk_list_box_bind_model (self->changes, changes, make_change_row, self, NULL);
  gtk_widget_set_visible (self->changes_group, g_list_model_get_n_items (changes) > 0);
}

static void
read_changes (PipitActivityWindow *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  pipit_engine_list_changes_async (self->engine, self->cancellable, changes_read_cb,
                                   g_object_ref (self));
}

static void
on_outbox_changed (PipitActivityWindow *self)
{
  gtk_widget_set_visible (self->outbox_group,
                          g_list_model_get_n_items (pipit_engine_get_outbox (self->engine)) > 0);
}

static void
pipit_activity_window_dispose (GObject *object)
{
  PipitActivityWindow *self = PIPIT_ACTIVITY_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_ACTIVITY_WINDOW);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_activity_window_parent_class)->dispose (object);
}

static void
pipit_activity_window_class_init (PipitActivityWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_activity_window_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/pipit-activity-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitActivityWindow, accounts);
  gtk_widget_class_bind_template_child (widget_class, PipitActivityWindow, outbox_group);
  gtk_widget_class_bind_template_child (widget_class, PipitActivityWindow, outbox);
  gtk_widget_class_bind_template_child (widget_class, PipitActivityWindow, changes_group);
  gtk_widget_class_bind_template_child (widget_class, PipitActivityWindow, changes);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pipit_activity_window_init (PipitActivityWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_activity_window_new:
 * @parent: the window that it belongs to
 * @engine: what is looked at
 *
 * Returns: (transfer none): the window, owned by GTK
 */
PipitActivityWindow *
pipit_activity_window_new (GtkWindow   *parent,
                           PipitEngine *engine)
{
  PipitActivityWindow *self = g_object_new (PIPIT_TYPE_ACTIVITY_WINDOW,
                                            "transient-for", parent,
                                            "application", gtk_window_get_application (parent),
                                            NULL);

  self->engine = g_object_ref (engine);
  gtk_list_box_bind_model (self->accounts, pipit_engine_get_accounts (engine), make_account_row,
                           self, NULL);
  gtk_list_box_bind_model (self->outbox, pipit_engine_get_outbox (engine), make_outbox_row, self,
                           NULL);
  gtk_widget_set_visible (self->changes_group, FALSE);
  g_signal_connect_object (pipit_engine_get_outbox (engine), "items-changed",
                           G_CALLBACK (on_outbox_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "journal-changed", G_CALLBACK (read_changes), self,
                           G_CONNECT_SWAPPED);
  on_outbox_changed (self);
  read_changes (self);

  return self;
}
