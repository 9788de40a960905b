#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

gboolean sync_rename_detect (SyncJob     *job,
                             SyncWorker  *worker,
                             GPtrArray   *cached,
                             GArray      *facts,
                             GArray      *missing,
                             GError     **error);

G_END_DECLS
