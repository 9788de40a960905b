#pragma once

#include "sync-worker.h"

G_BEGIN_DECLS

gboolean sync_live_hold (SyncWorker    *worker,
                         gint64         until_us,
                         GCancellable  *cancellable,
                         GError       **error);

G_END_DECLS
