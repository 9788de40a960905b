#include "pipit-config.h"

#include "pipit-setup-test-page.h"

#include "pipit-certificate-dialog.h"
#include "pipit-problem.h"
#include "pipit-setup-step-row.h"

#include <glib/gi18n.h>

/* The wizard's second page: the test step by step, and below the step that failed what that means
 * and what can be done. */

struct _PipitSetupTestPage
{
  AdwBin parent_instance;

  PipitAccountSetup *setup; /* (owned) */
  GSignalGroup *signals;    /* (owned) */
  guint focus_id;           /* of the tick that moves the focus, or 0 */

  GtkScrolledWindow *scroller;
  GtkListBox *receiving_list;
  GtkListBox *sending_list;
  GtkWidget *sending_group;
  GtkWidget *problem_box;
  GtkLabel *problem_title;
  GtkLabel *problem_explanation;
  GtkLabel *problem_server_text;
  GtkBox *remedies;
  GtkWidget *stop_button;
  GtkWidget *details;
  GtkToggleButton *details_button;
  GtkTextView *transcript;
};

enum
{
  EDIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PipitSetupTestPage, pipit_setup_test_page, ADW_TYPE_BIN)

static gboolean
is_step_of (gpointer item,
            gpointer user_data)
{
  return pipit_setup_step_get_server (item) == (PipitServer) GPOINTER_TO_INT (user_data);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  return pipit_setup_step_row_new (item);
}

static void
show_steps (GtkListBox        *list,
            PipitAccountSetup *setup,
            PipitServer        server)
{
  GtkFilter *filter = GTK_FILTER (
    gtk_custom_filter_new (is_step_of, GINT_TO_POINTER (server), NULL));
  g_autoptr(GtkFilterListModel) steps = NULL;

  steps = gtk_filter_list_model_new (g_object_ref (pipit_account_setup_get_steps (setup)), filter);
  gtk_list_box_bind_model (list, G_LIST_MODEL (steps), create_row, NULL, NULL);
}

static void
on_certificate_trusted (PipitCertificateDialog *dialog,
                        PipitSetupTestPage     *self)
{
  PipitProblem *problem = pipit_account_setup_get_problem (self->setup);

  if (problem != NULL)
    pipit_account_setup_trust (self->setup, pipit_problem_get_server (problem),
                               pipit_certificate_dialog_get_certificate (dialog));
}

static void
view_certificate (PipitSetupTestPage *self)
{
  PipitProblem *problem = pipit_account_setup_get_problem (self->setup);
  PipitCertificate *certificate = pipit_problem_get_certificate (problem);
  PipitCertificateDialog *dialog;

  if (certificate == NULL)
    return;

  dialog = pipit_certificate_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), certificate,
    pipit_problem_get_kind (problem) != PIPIT_PROBLEM_CERTIFICATE_CHANGED);
  g_signal_connect_object (dialog, "trusted", G_CALLBACK (on_certificate_trusted), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_remedy (GtkButton          *button,
           PipitSetupTestPage *self)
{
  PipitRemedy *remedy = g_object_get_data (G_OBJECT (button), "pipit-remedy");

  switch (pipit_remedy_get_kind (remedy))
    {
    case PIPIT_REMEDY_ENTER_PASSWORD:
    case PIPIT_REMEDY_EDIT_SETTINGS:
      g_signal_emit (self, signals[EDIT], 0, pipit_remedy_get_kind (remedy));
      break;
    case PIPIT_REMEDY_VIEW_CERTIFICATE:
      view_certificate (self);
      break;
    case PIPIT_REMEDY_OPEN_LINK:
      gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                    pipit_remedy_get_value (remedy), GDK_CURRENT_TIME);
      break;
    case PIPIT_REMEDY_TRY_AGAIN:
    case PIPIT_REMEDY_USE_SERVER:
    case PIPIT_REMEDY_USE_NAME:
    default:
      pipit_account_setup_apply_remedy (self->setup, remedy);
      break;
    }
}

static void
show_remedies (PipitSetupTestPage *self,
               GListModel         *remedies)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->remedies))) != NULL)
    gtk_box_remove (self->remedies, child);

  for (guint i = 0; remedies != NULL && i < g_list_model_get_n_items (remedies); i++)
    {
      g_autoptr(PipitRemedy) remedy = g_list_model_get_item (remedies, i);
      GtkWidget *button = gtk_button_new_with_label (pipit_remedy_get_label (remedy));
      GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

      /* a label with the name of a server may be long: the page is as narrow as a phone */
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
      if (i == 0)
        gtk_widget_add_css_class (button, "suggested-action");
      g_object_set_data_full (G_OBJECT (button), "pipit-remedy", g_object_ref (remedy),
                              g_object_unref);
      g_signal_connect (button, "clicked", G_CALLBACK (on_remedy), self);
      gtk_box_append (self->remedies, button);
    }
}

/* The explanation stands right below the steps that failed. */
static void
place_problem (PipitSetupTestPage *self,
               PipitServer         server)
{
  GtkWidget *box = gtk_widget_get_parent (self->problem_box);
  GtkWidget *after = server == PIPIT_SERVER_SENDING
                       ? self->sending_group
                       : gtk_widget_get_first_child (box);

  gtk_box_reorder_child_after (GTK_BOX (box), self->problem_box, after);
}

static void
show_problem (PipitSetupTestPage *self,
              PipitProblem       *problem)
{
  const char *said = pipit_problem_get_server_text (problem);
  g_autofree char *quoted = NULL;

  if (said != NULL && *said != '\0')
    /* Translators: %s is what a mail server said, in its own words */
    quoted = g_strdup_printf (_("The server said: “%s”"), said);

  gtk_label_set_label (self->problem_title, pipit_problem_get_title (problem));
  gtk_label_set_label (self->problem_explanation, pipit_problem_get_explanation (problem));
  gtk_label_set_label (self->problem_server_text, quoted != NULL ? quoted : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_server_text), quoted != NULL);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->problem_title),
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self->problem_explanation,
                                  NULL, -1);
  show_remedies (self, pipit_problem_get_remedies (problem));
  place_problem (self, pipit_problem_get_server (problem));
}

/* A screen reader is told by the focus, since GTK 4.8 has no announcements; and the page scrolls to
 * what has it, once it has a place. */
static gboolean
focus_problem (GtkWidget     *widget,
               GdkFrameClock *frame_clock,
               gpointer       user_data)
{
  PipitSetupTestPage *self = PIPIT_SETUP_TEST_PAGE (widget);

  if (gtk_widget_get_height (self->problem_box) == 0)
    return G_SOURCE_CONTINUE;

  gtk_widget_grab_focus (GTK_WIDGET (self->problem_title));
  gtk_label_select_region (self->problem_title, 0, 0);
  self->focus_id = 0;

  return G_SOURCE_REMOVE;
}

static void
cancel_focus (PipitSetupTestPage *self)
{
  if (self->focus_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->focus_id);
  self->focus_id = 0;
}

static void
on_state_changed (PipitSetupTestPage *self)
{
  PipitSetupState state = pipit_account_setup_get_state (self->setup);
  PipitProblem *problem = pipit_account_setup_get_problem (self->setup);
  gboolean failed = state == PIPIT_SETUP_FAILED && problem != NULL;

  if (failed)
    show_problem (self, problem);

  gtk_widget_set_visible (self->problem_box, failed);
  gtk_widget_set_visible (self->details, failed);
  gtk_toggle_button_set_active (self->details_button, FALSE);
  gtk_widget_set_visible (self->stop_button, state == PIPIT_SETUP_TESTING);

  cancel_focus (self);
  if (failed)
    self->focus_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), focus_problem, NULL, NULL);
}

static void
on_stop (PipitSetupTestPage *self)
{
  pipit_account_setup_stop (self->setup);
  g_signal_emit (self, signals[EDIT], 0, PIPIT_REMEDY_EDIT_SETTINGS);
}

static void
on_details_toggled (PipitSetupTestPage *self)
{
  g_autofree char *transcript = NULL;

  if (!gtk_toggle_button_get_active (self->details_button))
    return;

  transcript = pipit_account_setup_dup_transcript (self->setup);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->transcript), transcript, -1);
}

static void
on_copy (PipitSetupTestPage *self)
{
  g_autofree char *transcript = pipit_account_setup_dup_transcript (self->setup);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), transcript);
}

static void
pipit_setup_test_page_dispose (GObject *object)
{
  PipitSetupTestPage *self = PIPIT_SETUP_TEST_PAGE (object);

  cancel_focus (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->setup);

  G_OBJECT_CLASS (pipit_setup_test_page_parent_class)->dispose (object);
}

static void
pipit_setup_test_page_class_init (PipitSetupTestPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_setup_test_page_dispose;

  /* The person wants to change something: a PipitRemedyKind says what. */
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-setup-test-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PipitSetupTestPage, name)
  BIND (scroller);
  BIND (receiving_list);
  BIND (sending_list);
  BIND (sending_group);
  BIND (problem_box);
  BIND (problem_title);
  BIND (problem_explanation);
  BIND (problem_server_text);
  BIND (remedies);
  BIND (stop_button);
  BIND (details);
  BIND (details_button);
  BIND (transcript);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_details_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
pipit_setup_test_page_init (PipitSetupTestPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (PIPIT_TYPE_ACCOUNT_SETUP);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (on_state_changed),
                                  self);
}

/**
 * pipit_setup_test_page_set_setup:
 * @setup: whose test the page shows
 */
void
pipit_setup_test_page_set_setup (PipitSetupTestPage *self,
                                 PipitAccountSetup  *setup)
{
  g_return_if_fail (PIPIT_IS_SETUP_TEST_PAGE (self));
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (setup));

  g_set_object (&self->setup, setup);
  g_signal_group_set_target (self->signals, setup);
  show_steps (self->receiving_list, setup, PIPIT_SERVER_RECEIVING);
  show_steps (self->sending_list, setup, PIPIT_SERVER_SENDING);
  on_state_changed (self);
}
