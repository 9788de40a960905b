#pragma once

#include "sync-job.h"

G_BEGIN_DECLS

/* The jobs of one account that wait, and the lanes that are taken. Not locked: its owner is. */
typedef struct _SyncQueue SyncQueue;

SyncQueue *sync_queue_new         (void);
void       sync_queue_free        (SyncQueue       *self);

void       sync_queue_push        (SyncQueue       *self,
                                   SyncJob         *job);
SyncJob   *sync_queue_take        (SyncQueue       *self,
                                   gint64           now_us,
                                   gboolean         with_session,
                                   SyncPriority     better_than,
                                   gint64          *out_next_us);
void       sync_queue_release     (SyncQueue       *self,
                                   SyncJob         *job);
gboolean   sync_queue_has_runnable (SyncQueue      *self,
                                   gint64           now_us,
                                   SyncPriority     better_than);
gboolean   sync_queue_has_before   (SyncQueue       *self,
                                    gint64           now_us,
                                    const SyncJob   *job);
gboolean   sync_queue_has_flags    (SyncQueue       *self,
                                   gint64           now_us,
                                   SyncJobFlags     flags);
SyncJob   *sync_queue_find        (SyncQueue       *self,
                                   const char      *name,
                                   gint64           lane);
void       sync_queue_promote      (SyncQueue       *self,
                                   SyncJob         *job,
                                   SyncPriority     priority,
                                   gint64           not_before_us);
GPtrArray *sync_queue_steal       (SyncQueue       *self,
                                   SyncJobFlags     with_flags);
guint      sync_queue_get_length  (SyncQueue       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncQueue, sync_queue_free)

G_END_DECLS
