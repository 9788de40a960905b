#pragma once

#include "store-reader.h"
#include "sync-worker.h"

G_BEGIN_DECLS

void       sync_latch_attach  (SyncWorker    *worker);
GPtrArray *sync_latch_list    (StoreReader   *reader,
                               const char    *account_uuid,
                               GError       **error);
gboolean   sync_latch_suspect (SyncWorker    *worker,
                               const char    *feature,
                               const GError  *error);
void       sync_latch_acquit  (SyncWorker    *worker,
                               const char    *feature);

G_END_DECLS
