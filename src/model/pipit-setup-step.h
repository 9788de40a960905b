#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_STEP (pipit_setup_step_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupStep, pipit_setup_step, PIPIT, SETUP_STEP, GObject)

/* One row of the test. Properties (all notify): "title", "detail", "state" (PipitStepState), "elapsed-ms". */
const char     *pipit_setup_step_get_title      (PipitSetupStep *self); /* "Connect, port 993" */
const char     *pipit_setup_step_get_detail     (PipitSetupStep *self); /* (nullable) "TLS 1.3 · certificate valid until 4 March" */
PipitStepState  pipit_setup_step_get_state      (PipitSetupStep *self);
PipitServer     pipit_setup_step_get_server     (PipitSetupStep *self);
guint           pipit_setup_step_get_elapsed_ms (PipitSetupStep *self);

G_END_DECLS
