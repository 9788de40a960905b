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

void     sync_list_push_poll (SyncWorker   *worker);
void     sync_list_push_look (SyncWorker   *worker,
                              gint64        folder_id);
void     sync_list_look_into (SyncWorker              *worker,
                              const StoreFolder       *folder,
                              const ImapMailboxStatus *status);

G_END_DECLS
