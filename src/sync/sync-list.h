#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

SyncJob *sync_list_job_new (SyncPriority priority,
                            SyncJobFlags flags,
                            gint64       not_before_us);
GPtrArray *sync_list_job_get_folders (SyncJob      *job);
gboolean   sync_list_job_is_equal    (SyncJob      *job,
                                      gint64        folder_id);

G_END_DECLS
