#pragma once

#include "store-transaction.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

SyncJob *sync_outbox_job_new       (SyncJobFlags            flags,
                                    gint64                  not_before_us);
gboolean sync_outbox_mark_answered (StoreTransaction       *tx,
                                    const StoreOutboxItem  *item,
                                    GError                **error);
void     sync_outbox_forgive       (SyncCore               *core);

G_END_DECLS
