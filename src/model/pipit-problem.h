#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_PROBLEM (pipit_problem_get_type ())
G_DECLARE_FINAL_TYPE (PipitProblem, pipit_problem, PIPIT, PROBLEM, GObject)

/* A failure in words for a person: what is the case, what it means, what can be done. */
PipitProblemKind  pipit_problem_get_kind        (PipitProblem *self);
const char       *pipit_problem_get_title       (PipitProblem *self);
const char       *pipit_problem_get_explanation (PipitProblem *self);
const char       *pipit_problem_get_server_text (PipitProblem *self); /* (nullable) */
PipitServer       pipit_problem_get_server      (PipitProblem *self);
PipitCertificate *pipit_problem_get_certificate (PipitProblem *self); /* (nullable) */
GListModel       *pipit_problem_get_remedies    (PipitProblem *self); /* of PipitRemedy, best first */

G_END_DECLS
