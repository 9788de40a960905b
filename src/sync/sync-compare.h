#pragma once

#include "imap-uid-set.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

ImapCommand *sync_compare_send_list (SyncWorker       *worker);
ImapUidSet *sync_compare_list     (SyncJob           *job,
                                   SyncWorker        *worker,
                                   ImapCommand       *sent,
                                   GError           **error);
gboolean    sync_compare_uids     (SyncWorker        *worker,
                                   const ImapUidSet  *found,
                                   ImapUidSet       **out_unknown,
                                   ImapUidSet       **out_absent,
                                   GError           **error);
gboolean    sync_compare_flags    (SyncJob           *job,
                                   SyncWorker        *worker,
                                   const ImapUidSet  *known,
                                   gboolean          *out_is_whole,
                                   GError           **error);

G_END_DECLS
