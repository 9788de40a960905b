#pragma once

#include "pipit-setup-step.h"

G_BEGIN_DECLS

PipitSetupStep *pipit_setup_step_new    (PipitServer     server,
                                         const char     *title);
void            pipit_setup_step_update (PipitSetupStep *self,
                                         PipitStepState  state,
                                         const char     *detail,
                                         guint           elapsed_ms);

G_END_DECLS
