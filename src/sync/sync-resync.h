#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* What sync_resync_run () has found out. */
typedef enum
{
  SYNC_RESYNC_NOTHING, /* nothing that counts: the whole mailbox has to be compared */
  SYNC_RESYNC_FLAGS,   /* flags are up to date, but which messages there are is not proved */
  SYNC_RESYNC_EQUAL,   /* the cache equals the server */
} SyncResync;

ImapCommand *sync_resync_select      (ImapSession        *session,
                                      StoreReader        *reader,
                                      const StoreFolder  *folder);
gboolean     sync_resync_is_possible (SyncWorker         *worker);
gboolean     sync_resync_run         (SyncJob            *job,
                                      SyncWorker         *worker,
                                      SyncResync         *out_result,
                                      gboolean           *out_is_whole,
                                      GError            **error);

G_END_DECLS
