#pragma once

#include "store-reader.h"
#include "sync-worker.h"

G_BEGIN_DECLS

void       sync_latch_attach (SyncWorker   *worker);
GPtrArray *sync_latch_list   (StoreReader  *reader,
                              const char   *account_uuid,
                              GError      **error);

G_END_DECLS
