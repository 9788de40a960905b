#pragma once

#include "store-folder.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

gboolean sync_create_folder  (SyncWorker       *worker,
                              StoreSpecialUse   use,
                              GCancellable     *cancellable,
                              GError          **error);
SyncJob *sync_create_job_new (StoreSpecialUse   use,
                              SyncJobFlags      flags);

G_END_DECLS
