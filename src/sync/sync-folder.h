#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

SyncJob *sync_folder_job_new (gint64         folder_id,
                              SyncPriority   priority,
                              SyncJobFlags   flags);
ImapCommand *
         sync_folder_send_first_look (SyncWorker *worker);
gboolean sync_folder_follow  (SyncWorker    *worker,
                              SyncReport    *report,
                              GCancellable  *cancellable,
                              GError       **error);
gboolean sync_folder_compare (SyncWorker    *worker,
                              gint64         folder_id,
                              SyncReport    *report,
                              GCancellable  *cancellable,
                              GError       **error);

G_END_DECLS
