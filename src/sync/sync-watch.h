#pragma once

#include "imap-session.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* What a session that has asked for NOTIFY hears of the folders that are not selected, until somebody
 * looks into it. */
typedef struct _SyncWatch SyncWatch;

SyncWatch *sync_watch_new      (void);
void       sync_watch_free     (SyncWatch          *self);

/* Called from the session's pump: keeps, and awaits nothing. */
void       sync_watch_apply    (SyncWatch          *self,
                                const ImapResponse *response,
                                gboolean            is_unasked);
gboolean   sync_watch_has_news (SyncWatch          *self);

/* Awaits. */
gboolean   sync_watch_begin    (SyncWatch          *self,
                                SyncWorker         *worker,
                                GCancellable       *cancellable,
                                GError            **error);
void       sync_watch_end      (SyncWatch          *self,
                                SyncWorker         *worker);
gboolean   sync_watch_settle   (SyncWatch          *self,
                                SyncWorker         *worker,
                                GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncWatch, sync_watch_free)

G_END_DECLS
