#pragma once

#include "pipit-problem.h"

G_BEGIN_DECLS

PipitProblem *pipit_problem_new            (PipitProblemKind  kind,
                                            const char       *title,
                                            const char       *explanation,
                                            const char       *server_text,
                                            PipitServer       server,
                                            PipitCertificate *certificate,
                                            GListModel       *remedies);
PipitProblem *pipit_problem_new_from_error (const GError     *error,
                                            const char       *host,
                                            PipitServer       server,
                                            PipitCertificate *certificate);

G_END_DECLS
