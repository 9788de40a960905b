#pragma once

#include "pipit-draft.h"

#include "store-draft.h"

G_BEGIN_DECLS

PipitDraft *pipit_draft_new (const StoreDraft *row);

G_END_DECLS
