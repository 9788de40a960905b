#include "pipit-config.h"

#include "pipit-problem-bar.h"

#include "pipit-account.h"
#include "pipit-certificate-dialog.h"
#include "pipit-password-dialog.h"
#include "pipit-problem.h"

#include <glib/gi18n-lib.h>

/**
 * PipitProblemBar:
 *
 * Above the list: what needs the person, one thing at a time. An account that cannot sign in, a
 * certificate that is not trusted, what a server wants to be read.
 */
struct _PipitProblemBar
{
  AdwBin parent_instance;

  GtkInfoBar *bar;
  GtkLabel *title;
  GtkLabel *explanation;
  GtkButton *button;

  PipitEngine *engine;   /* (owned) (nullable) */
  PipitAccount *account; /* (owned) (nullable): whose problem is shown */
  GQueue notices;        /* of (owned) Notice, the oldest first */
};

/* Something that was said once, until the person has read it. */
typedef struct
{
  char *title;
  char *text;
} Notice;

G_DEFINE_FINAL_TYPE (PipitProblemBar, pipit_problem_bar, ADW_TYPE_BIN)

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_free (notice->title);
  g_free (notice->text);
  g_free (notice);
}

static PipitAccount *
dup_account_with_problem (PipitProblemBar *self)
{
  GListModel *accounts = pipit_engine_get_accounts (self->engine);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);

      if (pipit_account_get_state (account) == PIPIT_STATE_PROBLEM &&
          pipit_account_get_problem (account) != NULL)
        return g_steal_pointer (&account);
    }

  return NULL;
}

static const char *
button_label (PipitProblem *problem)
{
  switch (pipit_problem_get_kind (problem))
    {
    case PIPIT_PROBLEM_SIGN_IN:
    case PIPIT_PROBLEM_PASSWORD_MISSING:
      return _("Enter _Password…");
    case PIPIT_PROBLEM_CERTIFICATE:
    case PIPIT_PROBLEM_CERTIFICATE_CHANGED:
      return pipit_problem_get_certificate (problem) != NULL ? _("View _Certificate…")
                                                             : _("_Try Again");
    case PIPIT_PROBLEM_OTHER:
    case PIPIT_PROBLEM_NOT_REACHABLE:
    case PIPIT_PROBLEM_SECURITY:
    case PIPIT_PROBLEM_LIMIT:
    case PIPIT_PROBLEM_REFUSED:
    case PIPIT_PROBLEM_LOCAL:
    default:
      return _("_Try Again");
    }
}

static void
show (PipitProblemBar *self,
      const char      *title,
      const char      *text,
      const char      *button)
{
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->explanation, text);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), text != NULL && *text != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
  gtk_info_bar_set_revealed (self->bar, TRUE);
}

/* What an account needs comes before what was only said. */
static void
update (PipitProblemBar *self)
{
  Notice *notice = g_queue_peek_head (&self->notices);

  g_clear_object (&self->account);
  if (self->engine != NULL)
    self->account = dup_account_with_problem (self);
  gtk_info_bar_set_show_close_button (self->bar, self->account == NULL);

  if (self->account != NULL)
    {
      PipitProblem *problem = pipit_account_get_problem (self->account);

      show (self, pipit_problem_get_title (problem), pipit_problem_get_explanation (problem),
            button_label (problem));
    }
  else if (notice != NULL)
    show (self, notice->title, notice->text, NULL);
  else
    gtk_info_bar_set_revealed (self->bar, FALSE);
}

static void
on_trusted (PipitCertificateDialog *dialog,
            PipitProblemBar        *self)
{
  PipitProblem *problem = self->account != NULL ? pipit_account_get_problem (self->account) : NULL;
  PipitCertificate *certificate = pipit_certificate_dialog_get_certificate (dialog);

  /* what is trusted is what was looked at, and only while it is still what is asked about */
  if (problem != NULL && pipit_problem_get_certificate (problem) == certificate)
    pipit_account_trust (self->account, pipit_problem_get_server (problem), certificate);
}

/* A certificate that has taken the place of a trusted one is shown, and not offered. */
static void
show_certificate (PipitProblemBar *self,
                  GtkWindow       *window,
                  PipitProblem    *problem)
{
  gboolean may_trust = pipit_problem_get_kind (problem) == PIPIT_PROBLEM_CERTIFICATE;
  PipitCertificateDialog *dialog =
    pipit_certificate_dialog_new (window, pipit_problem_get_certificate (problem), may_trust);

  g_signal_connect_object (dialog, "trusted", G_CALLBACK (on_trusted), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_button_clicked (PipitProblemBar *self)
{
  PipitProblem *problem = self->account != NULL ? pipit_account_get_problem (self->account) : NULL;
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  if (problem == NULL)
    return;

  switch (pipit_problem_get_kind (problem))
    {
    case PIPIT_PROBLEM_SIGN_IN:
    case PIPIT_PROBLEM_PASSWORD_MISSING:
      gtk_window_present (GTK_WINDOW (pipit_password_dialog_new (window, self->account)));
      break;
    case PIPIT_PROBLEM_CERTIFICATE:
    case PIPIT_PROBLEM_CERTIFICATE_CHANGED:
      if (pipit_problem_get_certificate (problem) != NULL)
        {
          show_certificate (self, window, problem);
          break;
        }
      G_GNUC_FALLTHROUGH;
    case PIPIT_PROBLEM_OTHER:
    case PIPIT_PROBLEM_NOT_REACHABLE:
    case PIPIT_PROBLEM_SECURITY:
    case PIPIT_PROBLEM_LIMIT:
    case PIPIT_PROBLEM_REFUSED:
    case PIPIT_PROBLEM_LOCAL:
    default:
      pipit_account_retry (self->account);
    }
}

static void
on_response (PipitProblemBar *self,
             int              response)
{
  if (response != GTK_RESPONSE_CLOSE || self->account != NULL)
    return;

  if (!g_queue_is_empty (&self->notices))
    notice_free (g_queue_pop_head (&self->notices));
  update (self);
}

/* The same thing is not said twice in a row. */
static void
add_notice (PipitProblemBar *self,
            const char      *title,
            const char      *text)
{
  Notice *last = g_queue_peek_tail (&self->notices);
  Notice *notice;

  if (last != NULL && g_strcmp0 (last->title, title) == 0 && g_strcmp0 (last->text, text) == 0)
    return;

  notice = g_new0 (Notice, 1);
  notice->title = g_strdup (title);
  notice->text = g_strdup (text);
  g_queue_push_tail (&self->notices, notice);
  update (self);
}

static void
on_alert (PipitEngine     *engine,
          PipitAccount    *account,
          const char      *text,
          PipitProblemBar *self)
{
  /* Translators: an account's name */
  g_autofree char *title = g_strdup_printf (_("The server of %s says"),
                                            pipit_account_get_name (account));

  add_notice (self, title, text);
}

static void
on_problem (PipitEngine     *engine,
            PipitProblem    *problem,
            PipitProblemBar *self)
{
  const char *explanation = pipit_problem_get_explanation (problem);
  const char *server_text = pipit_problem_get_server_text (problem);
  g_autofree char *text = NULL;

  if (server_text != NULL && *explanation != '\0')
    text = g_strdup_printf ("%s\n%s", explanation, server_text);
  else
    text = g_strdup (server_text != NULL ? server_text : explanation);

  add_notice (self, pipit_problem_get_title (problem), text);
}

static void
watch_account (PipitProblemBar *self,
               PipitAccount    *account)
{
  g_signal_handlers_disconnect_by_func (account, update, self);
  g_signal_connect_object (account, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::problem", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

static void
on_accounts_changed (PipitProblemBar *self)
{
  GListModel *accounts = pipit_engine_get_accounts (self->engine);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (accounts, i);

      watch_account (self, account);
    }
  update (self);
}

/**
 * pipit_problem_bar_set_engine:
 * @engine: whose accounts are watched; set once
 */
void
pipit_problem_bar_set_engine (PipitProblemBar *self,
                              PipitEngine     *engine)
{
  g_return_if_fail (PIPIT_IS_PROBLEM_BAR (self));

  g_set_object (&self->engine, engine);
  g_signal_connect_object (engine, "alert", G_CALLBACK (on_alert), self, 0);
  g_signal_connect_object (engine, "problem", G_CALLBACK (on_problem), self, 0);
  g_signal_connect_object (pipit_engine_get_accounts (engine), "items-changed",
                           G_CALLBACK (on_accounts_changed), self, G_CONNECT_SWAPPED);
  on_accounts_changed (self);
}

static void
pipit_problem_bar_dispose (GObject *object)
{
  PipitProblemBar *self = PIPIT_PROBLEM_BAR (object);

  /* the child is one of the template's names: AdwBin would let go of it a second time */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), PIPIT_TYPE_PROBLEM_BAR);
  g_queue_clear_full (&self->notices, notice_free);
  g_clear_object (&self->account);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (pipit_problem_bar_parent_class)->dispose (object);
}

static void
pipit_problem_bar_class_init (PipitProblemBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_problem_bar_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/mailbox/pipit-problem-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitProblemBar, bar);
  gtk_widget_class_bind_template_child (widget_class, PipitProblemBar, title);
  gtk_widget_class_bind_template_child (widget_class, PipitProblemBar, explanation);
  gtk_widget_class_bind_template_child (widget_class, PipitProblemBar, button);
  gtk_widget_class_bind_template_callback (widget_class, on_response);
  gtk_widget_class_bind_template_callback (widget_class, on_button_clicked);
}

static void
pipit_problem_bar_init (PipitProblemBar *self)
{
  g_queue_init (&self->notices);
  gtk_widget_init_template (GTK_WIDGET (self));
}
