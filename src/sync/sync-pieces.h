#pragma once

#include "sync-download.h"

G_BEGIN_DECLS

guint64 sync_pieces_get_size (SyncWorker       *worker);
GBytes *sync_pieces_fetch    (SyncJob          *job,
                              SyncWorker       *worker,
                              const SyncWanted *wanted,
                              const char       *section,
                              guint64           expected_bytes,
                              guint64           most_bytes,
                              GError          **error);

G_END_DECLS
