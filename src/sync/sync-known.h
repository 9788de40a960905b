#pragma once

#include "imap-uid-set.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

void     sync_known_sort        (GPtrArray          *folders);
gint64   sync_known_get_wait_us (SyncJob            *job,
                                 SyncWorker         *worker,
                                 const StoreFolder  *folder);
gboolean sync_known_is_likely   (SyncWorker         *worker);
gboolean sync_known_place       (SyncJob            *job,
                                 SyncWorker         *worker,
                                 ImapUidSet         *unknown,
                                 gboolean           *out_is_whole,
                                 GError            **error);

G_END_DECLS
