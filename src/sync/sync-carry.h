#pragma once

#include "store-operation.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

gboolean sync_carry_out (SyncJob     *job,
                         SyncWorker  *worker,
                         StoreWork   *work,
                         GError     **error);

G_END_DECLS
