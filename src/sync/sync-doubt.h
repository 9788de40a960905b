#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

gboolean sync_doubt_settle (SyncJob     *job,
                            SyncWorker  *worker,
                            gboolean    *out_is_left,
                            GError     **error);
gboolean sync_doubt_look   (SyncJob     *job,
                            SyncWorker  *worker,
                            GArray      *operations,
                            gboolean     was_answered,
                            gboolean    *out_is_left,
                            GError     **error);
gboolean sync_doubt_remove (SyncWorker    *worker,
                            const GArray  *uids,
                            gboolean      *out_is_gone,
                            GError       **error);

G_END_DECLS
