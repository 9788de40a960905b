#pragma once

#include "sync-account.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* Up to this size a message is fetched whole; of larger ones the text parts. */
#define SYNC_WHOLE_BYTES (128 * 1024)

SyncJob *sync_body_message_job_new  (gint64        location_id,
                                     SyncFetch     fetch,
                                     SyncJobFlags  flags);
SyncJob *sync_body_part_job_new     (gint64        location_id,
                                     const char   *section,
                                     SyncJobFlags  flags);
SyncJob *sync_body_prefetch_job_new (gint64        folder_id,
                                     SyncBodies    bodies,
                                     SyncJobFlags  flags);

G_END_DECLS
