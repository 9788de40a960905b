#pragma once

#include "pipit-setup-step.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_STEP_ROW (pipit_setup_step_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupStepRow, pipit_setup_step_row, PIPIT, SETUP_STEP_ROW, AdwActionRow)

GtkWidget *pipit_setup_step_row_new (PipitSetupStep *step);

G_END_DECLS
