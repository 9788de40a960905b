#pragma once

#include "store-operation.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* How commands of the mutation lane ended, collected and then written as one transaction: first
 * what the server's answer did to the rows, then the states of the operations. */
typedef struct _SyncSettlement SyncSettlement;

SyncSettlement *sync_settlement_new         (gint64               source_id);
void            sync_settlement_free        (SyncSettlement      *self);

void            sync_settlement_set_flags   (SyncSettlement      *self,
                                             const GArray        *uids,
                                             guint32              add_flags,
                                             guint32              remove_flags);
void            sync_settlement_vanish      (SyncSettlement      *self,
                                             guint32              uid);
void            sync_settlement_arrive      (SyncSettlement      *self,
                                             gint64               operation,
                                             guint32              uid_validity,
                                             guint32              uid);
void            sync_settlement_do          (SyncSettlement      *self,
                                             gint64               operation);
void            sync_settlement_refuse      (SyncSettlement      *self,
                                             gint64               operation,
                                             const char          *answer);
void            sync_settlement_release     (SyncSettlement      *self,
                                             gint64               operation,
                                             gint64               not_before_unix,
                                             const char          *answer);
gboolean        sync_settlement_write       (SyncSettlement      *self,
                                             SyncWorker          *worker,
                                             SyncReport          *report,
                                             GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncSettlement, sync_settlement_free)

G_END_DECLS
