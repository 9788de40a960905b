#include "pipit-config.h"

#include "pipit-setup-window.h"

#include "pipit-account-setup.h"
#include "pipit-problem.h"
#include "pipit-remedy.h"
#include "pipit-setup-details-page.h"
#include "pipit-setup-done-page.h"
#include "pipit-setup-test-page.h"

#include <glib/gi18n.h>

/* The wizard: three pages under one header bar. Details → test → done. Each page tells the window
 * when it is through; the window decides what comes next. */

struct _PipitSetupWindow
{
  AdwWindow parent_instance;

  PipitAccountSetup *setup;  /* (owned) */
  GCancellable *cancellable; /* (owned): of the saving */

  AdwToastOverlay *toasts;
  GtkWidget *back_button;
  AdwWindowTitle *title;
  GtkStack *stack;
  PipitSetupDetailsPage *details_page;
  PipitSetupTestPage *test_page;
  PipitSetupDonePage *done_page;
};

enum
{
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitSetupWindow, pipit_setup_window, ADW_TYPE_WINDOW)

static void save (PipitSetupWindow *self);

static void
show_page (PipitSetupWindow *self,
           const char       *name,
           const char       *title)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  adw_window_title_set_title (self->title, title);
  gtk_widget_set_visible (self->back_button, g_str_equal (name, "test"));
}

static void
show_details (PipitSetupWindow *self)
{
  pipit_account_setup_stop (self->setup);
  show_page (self, "details", pipit_account_setup_get_account (self->setup) != NULL
                                ? _("Account")
                                : "");
}

static void
show_done (PipitSetupWindow *self)
{
  pipit_setup_done_page_set_setup (self->done_page, self->setup);
  show_page (self, "done", "");
  pipit_setup_done_page_focus (self->done_page);
}

static void
on_no_keyring_response (AdwMessageDialog *dialog,
                        const char       *response,
                        PipitSetupWindow *self)
{
  if (g_str_equal (response, "session"))
    {
      pipit_account_setup_set_keep_password (self->setup, PIPIT_KEEP_SESSION);
      save (self);
    }
  else if (g_str_equal (response, "again"))
    {
      save (self);
    }
  else
    {
      show_details (self);
    }
}

/* The password could not be kept: the person chooses, nothing is chosen for them. */
static void
ask_without_keyring (PipitSetupWindow *self,
                     const GError     *error)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (self), _("The password cannot be kept safely"),
    _("There is no keyring on this computer that could keep it, or it is locked. Pipit can use the "
      "password until it is closed, and ask for it again at the next start."));

  g_message ("The keyring: %s", error->message);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "again",
                                    _("_Try Again"), "session", _("Use It for _This Run Only"),
                                    NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "session");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_no_keyring_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_failed_save (PipitSetupWindow *self,
                  const GError     *error)
{
  g_autofree char *words = g_strdup_printf (_("The account could not be kept: %s"), error->message);
  AdwToast *toast = adw_toast_new (words);

  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
checked_keyring_cb (GObject      *source_object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(PipitSetupWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (pipit_account_setup_check_keyring_finish (PIPIT_ACCOUNT_SETUP (source_object), result,
                                                &error))
    save (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ask_without_keyring (self, error);
}

static void
saved_cb (GObject      *source_object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(PipitSetupWindow) self = user_data;
  g_autoptr(PipitAccount) account = NULL;
  g_autoptr(GError) error = NULL;

  account = pipit_account_setup_save_finish (PIPIT_ACCOUNT_SETUP (source_object), result, &error);

  if (account != NULL)
    show_done (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_failed_save (self, error);
}

static void
save (PipitSetupWindow *self)
{
  pipit_account_setup_save_async (self->setup, self->cancellable, saved_cb, g_object_ref (self));
}

static void
on_state_changed (PipitSetupWindow *self)
{
  if (pipit_account_setup_get_state (self->setup) == PIPIT_SETUP_PASSED)
    pipit_account_setup_check_keyring_async (self->setup, self->cancellable, checked_keyring_cb,
                                             g_object_ref (self));
}

static void
on_details_completed (PipitSetupWindow *self)
{
  show_page (self, "test", _("Testing the Connection"));
  pipit_account_setup_test (self->setup);
}

static void
on_test_edit (PipitSetupWindow *self,
              int               kind)
{
  PipitProblem *problem = pipit_account_setup_get_problem (self->setup);
  PipitServer server = problem != NULL ? pipit_problem_get_server (problem)
                                       : PIPIT_SERVER_RECEIVING;

  show_details (self);

  if (kind == PIPIT_REMEDY_ENTER_PASSWORD)
    pipit_setup_details_page_focus_password (self->details_page);
  else
    pipit_setup_details_page_show_servers (self->details_page, server);
}

static void
chosen_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(PipitSetupWindow) self = user_data;
  g_autoptr(PipitAccount) account = NULL;
  g_autoptr(GError) error = NULL;

  account = pipit_account_setup_save_finish (PIPIT_ACCOUNT_SETUP (source_object), result, &error);
  if (account == NULL)
    {
      show_failed_save (self, error);
      return;
    }

  g_signal_emit (self, signals[FINISHED], 0, account);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_done_completed (PipitSetupWindow *self)
{
  pipit_account_setup_save_async (self->setup, self->cancellable, chosen_cb, g_object_ref (self));
}

static void
back_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  show_details (PIPIT_SETUP_WINDOW (widget));
}

/* Closed on the last page: the account is there already, so that is the end of the wizard too. */
static gboolean
pipit_setup_window_close_request (GtkWindow *window)
{
  PipitSetupWindow *self = PIPIT_SETUP_WINDOW (window);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "done") == 0)
    {
      on_done_completed (self);
      return TRUE;
    }

  return GTK_WINDOW_CLASS (pipit_setup_window_parent_class)->close_request (window);
}

static void
pipit_setup_window_dispose (GObject *object)
{
  PipitSetupWindow *self = PIPIT_SETUP_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->setup != NULL)
    pipit_account_setup_stop (self->setup);
  g_clear_object (&self->setup);

  G_OBJECT_CLASS (pipit_setup_window_parent_class)->dispose (object);
}

static void
pipit_setup_window_finalize (GObject *object)
{
  g_clear_object (&PIPIT_SETUP_WINDOW (object)->cancellable);

  G_OBJECT_CLASS (pipit_setup_window_parent_class)->finalize (object);
}

static void
pipit_setup_window_class_init (PipitSetupWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = pipit_setup_window_dispose;
  object_class->finalize = pipit_setup_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = pipit_setup_window_close_request;

  /* The account is set up. */
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, PIPIT_TYPE_ACCOUNT);

  g_type_ensure (PIPIT_TYPE_SETUP_DETAILS_PAGE);
  g_type_ensure (PIPIT_TYPE_SETUP_TEST_PAGE);
  g_type_ensure (PIPIT_TYPE_SETUP_DONE_PAGE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-setup-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, details_page);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, test_page);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupWindow, done_page);
  gtk_widget_class_bind_template_callback (widget_class, on_details_completed);
  gtk_widget_class_bind_template_callback (widget_class, on_test_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_done_completed);

  gtk_widget_class_install_action (widget_class, "setup.back", NULL, back_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "setup.back", NULL);
}

static void
pipit_setup_window_init (PipitSetupWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static PipitSetupWindow *
new_with_setup (GtkWindow         *parent,
                PipitAccountSetup *setup)
{
  PipitSetupWindow *self = g_object_new (PIPIT_TYPE_SETUP_WINDOW, "transient-for", parent,
                                         "modal", parent != NULL, NULL);

  self->setup = setup;
  pipit_setup_details_page_set_setup (self->details_page, setup);
  pipit_setup_test_page_set_setup (self->test_page, setup);
  g_signal_connect_object (setup, "notify::state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  show_details (self);
  pipit_setup_details_page_focus (self->details_page);

  return self;
}

/**
 * pipit_setup_window_new:
 * @parent: (nullable): the window that it stands before
 * @engine: an engine that is open
 *
 * Returns: (transfer floating): the wizard for a new account; it destroys itself after "finished"
 */
PipitSetupWindow *
pipit_setup_window_new (GtkWindow   *parent,
                        PipitEngine *engine)
{
  g_return_val_if_fail (PIPIT_IS_ENGINE (engine), NULL);

  return new_with_setup (parent, pipit_account_setup_new (engine));
}

/**
 * pipit_setup_window_new_for_account:
 * @parent: (nullable): the window that it stands before
 * @account: an account to change
 *
 * Returns: (transfer floating): the same pages, filled in, with the same test
 */
PipitSetupWindow *
pipit_setup_window_new_for_account (GtkWindow    *parent,
                                    PipitAccount *account)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (account), NULL);

  return new_with_setup (parent, pipit_account_setup_new_for_account (account));
}
