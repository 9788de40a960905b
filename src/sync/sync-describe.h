#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

SyncJob *sync_describe_job_new (const gint64 *location_ids,
                                gsize         n_location_ids);

G_END_DECLS
