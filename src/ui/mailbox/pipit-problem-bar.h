#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_PROBLEM_BAR (pipit_problem_bar_get_type ())
G_DECLARE_FINAL_TYPE (PipitProblemBar, pipit_problem_bar, PIPIT, PROBLEM_BAR, AdwBin)

void pipit_problem_bar_set_engine (PipitProblemBar *self,
                                   PipitEngine     *engine);

G_END_DECLS
