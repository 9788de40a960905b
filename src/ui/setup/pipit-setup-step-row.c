#include "pipit-config.h"

#include "pipit-setup-step-row.h"

#include <glib/gi18n.h>

/* One step of the test: a mark, what is tried, what came of it, how long it took. */

struct _PipitSetupStepRow
{
  AdwActionRow parent_instance;

  PipitSetupStep *step; /* (owned) */

  GtkStack *mark;
  GtkSpinner *spinner;
  GtkLabel *time;
};

G_DEFINE_FINAL_TYPE (PipitSetupStepRow, pipit_setup_step_row, ADW_TYPE_ACTION_ROW)

static const char *const marks[] = {
  [PIPIT_STEP_WAITING] = "waiting",
  [PIPIT_STEP_RUNNING] = "running",
  [PIPIT_STEP_DONE] = "done",
  [PIPIT_STEP_FAILED] = "failed",
};

/* What a screen reader says of the mark. */
static const char *
state_words (PipitStepState state)
{
  switch (state)
    {
    case PIPIT_STEP_RUNNING:
      return _("under way");
    case PIPIT_STEP_DONE:
      return _("done");
    case PIPIT_STEP_FAILED:
      return _("failed");
    case PIPIT_STEP_WAITING:
    default:
      return _("waiting");
    }
}

static void
on_changed (PipitSetupStepRow *self)
{
  PipitStepState state = pipit_setup_step_get_state (self->step);
  const char *detail = pipit_setup_step_get_detail (self->step);
  gboolean ended = state == PIPIT_STEP_DONE || state == PIPIT_STEP_FAILED;
  g_autofree char *escaped = g_markup_escape_text (detail != NULL ? detail : "", -1);
  g_autofree char *time = NULL;
  g_autofree char *name = NULL;

  gtk_stack_set_visible_child_name (self->mark, marks[state]);
  gtk_spinner_set_spinning (self->spinner, state == PIPIT_STEP_RUNNING);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);

  if (ended)
    /* Translators: milliseconds */
    time = g_strdup_printf (_("%u ms"), pipit_setup_step_get_elapsed_ms (self->step));
  gtk_label_set_label (self->time, time != NULL ? time : "");

  name = g_strdup_printf ("%s, %s%s%s", pipit_setup_step_get_title (self->step),
                          state_words (state), *escaped != '\0' ? ", " : "",
                          detail != NULL ? detail : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
pipit_setup_step_row_dispose (GObject *object)
{
  PipitSetupStepRow *self = PIPIT_SETUP_STEP_ROW (object);

  if (self->step != NULL)
    g_signal_handlers_disconnect_by_data (self->step, self);
  g_clear_object (&self->step);

  G_OBJECT_CLASS (pipit_setup_step_row_parent_class)->dispose (object);
}

static void
pipit_setup_step_row_class_init (PipitSetupStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pipit_setup_step_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/pipitmail/Pipit/ui/setup/pipit-setup-step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PipitSetupStepRow, mark);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupStepRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PipitSetupStepRow, time);
}

static void
pipit_setup_step_row_init (PipitSetupStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * pipit_setup_step_row_new:
 * @step: a step of the test
 *
 * Returns: (transfer floating): a row that follows @step
 */
GtkWidget *
pipit_setup_step_row_new (PipitSetupStep *step)
{
  PipitSetupStepRow *self = g_object_new (PIPIT_TYPE_SETUP_STEP_ROW, NULL);
  g_autofree char *title = g_markup_escape_text (pipit_setup_step_get_title (step), -1);

  self->step = g_object_ref (step);
  /* the label says the title already */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  g_signal_connect_object (step, "notify", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);

  return GTK_WIDGET (self);
}
