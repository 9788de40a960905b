#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

SyncJob *sync_filing_job_new (SyncJobFlags  flags,
                              gint64        not_before_us);

G_END_DECLS
