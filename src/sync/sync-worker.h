#pragma once

#include "imap-session.h"
#include "store-lane.h"
#include "store-reader.h"
#include "sync-core.h"
#include "sync-mailbox.h"

G_BEGIN_DECLS

/* A thread with one context and one IMAP session, which runs one job at a time. */

/* Any thread; for the core. */
SyncWorker  *sync_worker_spawn          (SyncCore       *core,
                                         gboolean        is_primary);
void         sync_worker_wake           (SyncWorker     *self);
void         sync_worker_cancel         (SyncWorker     *self);
void         sync_worker_cancel_job     (SyncWorker     *self,
                                         SyncJob        *job);
void         sync_worker_check_link     (SyncWorker     *self,
                                         gboolean        is_dead);

/* For jobs, on the worker's thread. */
SyncCore    *sync_worker_get_core       (SyncWorker     *self);
Store       *sync_worker_get_store      (SyncWorker     *self);
StoreReader *sync_worker_get_reader     (SyncWorker     *self);
ImapSession *sync_worker_get_session    (SyncWorker     *self);
SyncMailbox *sync_worker_get_mailbox    (SyncWorker     *self);
gboolean     sync_worker_select         (SyncWorker     *self,
                                         gint64          folder_id,
                                         GCancellable   *cancellable,
                                         GError        **error);
gboolean     sync_worker_select_again   (SyncWorker     *self,
                                         gint64          folder_id,
                                         GCancellable   *cancellable,
                                         GError        **error);
gboolean     sync_worker_send_select    (SyncWorker     *self,
                                         gint64          folder_id,
                                         GError        **error);
gboolean     sync_worker_write          (SyncWorker     *self,
                                         StorePriority   priority,
                                         StoreWriteFunc  func,
                                         gpointer        data,
                                         GError        **error);
gboolean     sync_worker_leave          (SyncWorker     *self,
                                         GError        **error);
gboolean     sync_worker_has_link_changed (SyncWorker   *self);
void         sync_worker_trust_link     (SyncWorker     *self);

/* For whoever holds the session for news. */
const gboolean *sync_worker_get_wake_flag (SyncWorker   *self);
void         sync_worker_set_listening  (SyncWorker     *self,
                                         gboolean        is_listening);
gboolean     sync_worker_is_listening   (SyncWorker     *self);
void         sync_worker_tell_news      (SyncWorker     *self);

G_END_DECLS
