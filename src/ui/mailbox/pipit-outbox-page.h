#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_OUTBOX_PAGE (pipit_outbox_page_get_type ())
G_DECLARE_FINAL_TYPE (PipitOutboxPage, pipit_outbox_page, PIPIT, OUTBOX_PAGE, AdwBin)

void pipit_outbox_page_set_engine (PipitOutboxPage *self,
                                   PipitEngine     *engine);

G_END_DECLS
