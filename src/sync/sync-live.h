#pragma once

#include "sync-worker.h"

G_BEGIN_DECLS

/* What a session that is kept for news knows of them. */
typedef struct _SyncLive SyncLive;

SyncLive *sync_live_new      (SyncWorker         *worker);
void      sync_live_free     (SyncLive           *self);

/* Called from the session's pump: keeps, and awaits nothing. */
void      sync_live_apply    (SyncLive           *self,
                              const ImapResponse *response);

/* Awaits. */
gboolean  sync_live_hold     (SyncLive           *self,
                              gint64              until_us,
                              GCancellable       *cancellable,
                              GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncLive, sync_live_free)

G_END_DECLS
