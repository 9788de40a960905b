#include "pipit-config.h"

#include "pipit-password-dialog.h"

#include "pipit-problem.h"

#include <glib/gi18n-lib.h>

/**
 * PipitPasswordDialog:
 *
 * Asks for a password that was refused, or that nobody knows, and lets the account try it.
 */
struct _PipitPasswordDialog
{
  AdwMessageDialog parent_instance;

  AdwPasswordEntryRow *password;
  GtkSwitch *remember;

  PipitAccount *account; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PipitPasswordDialog, pipit_password_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
on_changed (PipitPasswordDialog *self)
{
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password));

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "use", *password != '\0');
}

static void
pipit_password_dialog_response (AdwMessageDialog *dialog,
                                const char       *response)
{
  PipitPasswordDialog *self = PIPIT_PASSWORD_DIALOG (dialog);

  if (g_str_equal (response, "use"))
    pipit_account_set_password (self->account,
                                gtk_editable_get_text (GTK_EDITABLE (self->password)),
                                gtk_switch_get_active (self->remember) ? PIPIT_KEEP_KEYRING
                                                                       : PIPIT_KEEP_SESSION);
}

static void
pipit_password_dialog_dispose (GObject *object)
{
  g_clear_object (&PIPIT_PASSWORD_DIALOG (object)->account);

  G_OBJECT_CLASS (pipit_password_dialog_parent_class)->dispose (object);
}

static void
pipit_password_dialog_class_init (PipitPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_password_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = pipit_password_dialog_response;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitPasswordDialog, password);
  gtk_widget_class_bind_template_child (widget_class, PipitPasswordDialog, remember);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
pipit_password_dialog_init (PipitPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_password_dialog_new:
 * @parent: (nullable): the window that it belongs to
 * @account: whose password it asks for
 *
 * Returns: (transfer none): the dialog, owned by GTK
 */
PipitPasswordDialog *
pipit_password_dialog_new (GtkWindow    *parent,
                           PipitAccount *account)
{
  PipitPasswordDialog *self = g_object_new (PIPIT_TYPE_PASSWORD_DIALOG,
                                            "transient-for", parent,
                                            "modal", TRUE,
                                            NULL);
  PipitProblem *problem = pipit_account_get_problem (account);
  const char *server_text = problem != NULL ? pipit_problem_get_server_text (problem) : NULL;

  self->account = g_object_ref (account);
  if (server_text != NULL)
    /* Translators: an address, and what its mail server said */
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (self), _("For %s. The server says: %s"),
                                    pipit_account_get_address (account), server_text);
  else
    /* Translators: an address */
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (self), _("For %s."),
                                    pipit_account_get_address (account));
  gtk_widget_grab_focus (GTK_WIDGET (self->password));

  return self;
}
