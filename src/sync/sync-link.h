#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

void    sync_link_attach           (SyncWorker *worker);
void    sync_link_remember         (SyncWorker *worker);
guint64 sync_link_get_flight_bytes (SyncWorker *worker);

/* Something of which there are many, asked for in portions. */
typedef struct
{
  SyncWorker *worker;   /* (unowned) */
  guint64 item_bytes;   /* what one has taken on the average */
  guint64 counted;      /* bytes of the session when the last portion was complete */
} SyncPortions;

void    sync_portions_init         (SyncPortions *self,
                                    SyncWorker   *worker,
                                    guint64       item_bytes);
guint   sync_portions_get_size     (SyncPortions *self,
                                    guint         max_items);
void    sync_portions_took         (SyncPortions *self,
                                    guint64       n_items);

/* So many portions are under way at a time: one that is awaited, and others that fill the pipe. */
#define SYNC_PORTIONS_UNDER_WAY 4
/* The pipe is empty then: whoever comes waits for a round trip already */
#define SYNC_PORTIONS_AT_FIRST 2

G_END_DECLS
