#include "pipit-config.h"

#include "pipit-account-row.h"

#include "pipit-setup-window.h"

#include <glib/gi18n-lib.h>

/**
 * PipitAccountRow:
 *
 * An account in the preferences: what can be chosen about it.
 */
struct _PipitAccountRow
{
  AdwExpanderRow parent_instance;

  AdwComboRow *keep;
  GtkSwitch *pause;

  PipitAccount *account; /* (owned) (nullable) until it is set */
};

G_DEFINE_FINAL_TYPE (PipitAccountRow, pipit_account_row, ADW_TYPE_EXPANDER_ROW)

/* In the order of the rows in the .ui file. */
static const int keep_days[] = { 0, 30, 365, -1 };

static GtkWindow *
get_window (PipitAccountRow *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_edit (PipitAccountRow *self)
{
  gtk_window_present (GTK_WINDOW (pipit_setup_window_new_for_account (get_window (self),
                                                                      self->account)));
}

static void
on_keep_changed (PipitAccountRow *self)
{
  guint row = adw_combo_row_get_selected (self->keep);

  if (self->account != NULL && row < G_N_ELEMENTS (keep_days) &&
      pipit_account_get_keep_days (self->account) != keep_days[row])
    pipit_account_set_keep_days (self->account, keep_days[row]);
}

static void
on_pause_changed (PipitAccountRow *self)
{
  if (self->account != NULL)
    pipit_account_set_paused (self->account, gtk_switch_get_active (self->pause));
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!pipit_account_remove_finish (PIPIT_ACCOUNT (source), result, &error))
    g_warning ("The account was not removed: %s", error->message);
}

static void
on_remove_response (AdwMessageDialog *dialog,
                    const char       *response,
                    PipitAccountRow  *self)
{
  if (g_str_equal (response, "remove"))
    pipit_account_remove_async (self->account, NULL, removed_cb, NULL);
}

static void
on_remove (PipitAccountRow *self)
{
  /* Translators: an address */
  g_autofree char *heading = g_strdup_printf (_("Remove %s?"),
                                              pipit_account_get_address (self->account));
  GtkWidget *dialog =
    adw_message_dialog_new (get_window (self), heading,
                            _("Its settings, its password, the mail kept on this computer, drafts and what waits to be sent are removed. Nothing changes on the server."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
pipit_account_row_dispose (GObject *object)
{
  PipitAccountRow *self = PIPIT_ACCOUNT_ROW (object);

  g_clear_object (&self->account);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_ACCOUNT_ROW);

  G_OBJECT_CLASS (pipit_account_row_parent_class)->dispose (object);
}

static void
pipit_account_row_class_init (PipitAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_account_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/pipit-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitAccountRow, keep);
  gtk_widget_class_bind_template_child (widget_class, PipitAccountRow, pause);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_pause_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
pipit_account_row_init (PipitAccountRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_account_row_new:
 * @account: the account
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
pipit_account_row_new (PipitAccount *account)
{
  PipitAccountRow *self = g_object_new (PIPIT_TYPE_ACCOUNT_ROW, NULL);
  int days = pipit_account_get_keep_days (account);

  for (gsize i = 0; i < G_N_ELEMENTS (keep_days); i++)
    if (keep_days[i] == days)
      adw_combo_row_set_selected (self->keep, i);
  gtk_switch_set_active (self->pause, pipit_account_get_paused (account));
  g_object_bind_property (account, "name", self, "title", G_BINDING_SYNC_CREATE);
  self->account = g_object_ref (account);

  return GTK_WIDGET (self);
}
