#pragma once

#include "pipit-draft.h"
#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_DRAFT_ROW (pipit_draft_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitDraftRow, pipit_draft_row, PIPIT, DRAFT_ROW, GtkListBoxRow)

GtkWidget  *pipit_draft_row_new       (PipitEngine   *engine,
                                       PipitDraft    *draft);
PipitDraft *pipit_draft_row_get_draft (PipitDraftRow *self);

G_END_DECLS
