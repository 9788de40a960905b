#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_DRAFTS_PAGE (pipit_drafts_page_get_type ())
G_DECLARE_FINAL_TYPE (PipitDraftsPage, pipit_drafts_page, PIPIT, DRAFTS_PAGE, AdwBin)

void pipit_drafts_page_set_engine (PipitDraftsPage *self,
                                   PipitEngine     *engine);

G_END_DECLS
