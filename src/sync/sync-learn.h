#pragma once

#include "sync-worker.h"

G_BEGIN_DECLS

void sync_learn (SyncWorker *worker,
                 const char *key,
                 char       *value);

G_END_DECLS
