#pragma once

#include "store-reader.h"
#include "sync-worker.h"

G_BEGIN_DECLS

guint      sync_limit_get_max_connections (StoreReader  *reader,
                                           const char   *account_uuid);
GPtrArray *sync_limit_list_idles          (StoreReader  *reader,
                                           const char   *account_uuid,
                                           GError      **error);

/* What an IDLE may last in a network. */
typedef struct
{
  char *network; /* (owned) */
  guint idle_ms;
} SyncIdleLimit;

void       sync_idle_limit_free           (SyncIdleLimit *self);

/* For workers. */
void       sync_limit_recall              (SyncWorker   *worker);
void       sync_limit_remember            (SyncWorker   *worker);
guint      sync_limit_recall_idle         (SyncWorker   *worker,
                                           const char   *network);
void       sync_limit_remember_idle       (SyncWorker   *worker,
                                           const char   *network,
                                           guint         idle_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncIdleLimit, sync_idle_limit_free)

G_END_DECLS
