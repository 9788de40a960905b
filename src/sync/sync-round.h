#pragma once

#include "sync-core.h"

G_BEGIN_DECLS

void        sync_round_start      (SyncCore    *core,
                                   gint64       folder_id,
                                   SyncBodies   bodies,
                                   GTask       *task);
SyncReport *sync_round_dup_report (GTask       *task);

G_END_DECLS
