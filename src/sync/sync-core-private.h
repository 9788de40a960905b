#pragma once

#include "sync-core.h"
#include "sync-queue.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* The core's inside, for sync-core*.c. What ends in _locked is called with the mutex held. */

/* What a folder's STATUS has more than the cache, and when the folder was equal to the server then. */
typedef struct
{
  gint64 n_messages;
  gint64 n_unseen;
  gint64 checked_unix;
} SyncSurplus;

/* What the core knows of a worker. */
typedef struct
{
  SyncWorker *worker; /* (unowned): ends by sync_core_worker_ended () */
  gboolean is_primary;
  gboolean is_waiting; /* for a job: it found none */
  SyncActivity activity;
  gint64 folder_id;
  char *folder; /* (owned) (nullable) */
  guint64 n_done;
  guint64 n_total;
  guint64 download_done_bytes;
  guint64 download_total_bytes; /* 0: none */
} SyncSlot;

struct _SyncCore
{
  gatomicrefcount ref_count;

  /* Set once. */
  char *account_uuid;          /* (owned) */
  Store *store;                /* (owned) */
  NetTranscript *transcript;   /* (owned) */
  GMainContext *main_context;  /* (owned) */
  SyncTimings timings;         /* until it is started */

  /* The main thread's. */
  SyncCoreNotifyFunc notify; /* (nullable) */
  gpointer notify_data;

  GMutex mutex;
  /* All that follows is guarded by the mutex. */
  SyncQueue *queue;   /* (owned) */
  SyncGate *gate;     /* (owned) */
  GPtrArray *slots;   /* (owned) (element-type SyncSlot) */
  GPtrArray *running; /* (owned) (element-type SyncJob) */
  GPtrArray *partials; /* (owned) (element-type Partial) */
  SyncConfig *config; /* (owned) (nullable) until the first sync_core_set_config () */
  SyncMode mode;
  gboolean is_started;
  gboolean is_stopping;
  gboolean has_network;
  gboolean is_metered;
  gboolean is_watched;   /* by NOTIFY: folders need no polling */
  guint n_polls;         /* looks at all folders */
  gboolean looks_again;  /* at the list of folders, soon after the next look */
  GHashTable *renames;   /* (owned): wire name → owned wire name that it was given, says the server */
  gint64 visible_folder_id;
  gint64 sending_item; /* of the outbox: the server has it before it, or 0 */
  gint64 account_id;

  GHashTable *latches;    /* (owned) (element-type utf8 utf8): features and what was found of them */
  GHashTable *surpluses;  /* (owned) (element-type gint64 SyncSurplus): by folder */
  GHashTable *suspicions; /* (owned) (element-type utf8 guint): features and how often they broke */

  GError *last_error;             /* (owned) (nullable): why there is no connection */
  GError *sending_error;          /* (owned) (nullable): how the server for sending refused the secret */
  NetCertificate *certificate;    /* (owned) (nullable): the rejected one */
  char *alert;                    /* (owned) (nullable) */
  gboolean has_looked;   /* at all folders, since the start */
  gboolean round_failed; /* a comparison did, since all was equal the last time */
  gint64 checked_unix;
  gint64 heard_unix;
  gint64 longest_wait_us; /* of a person's job for a worker */
  gint64 notified_us;
  gboolean notice_pending;
};

void      sync_core_check_links_locked  (SyncCore     *self,
                                         gboolean      are_dead);
void      sync_core_notify_locked       (SyncCore     *self);
const GError *
          sync_core_get_refusal_locked  (SyncCore     *self);
void      sync_core_complete_locked     (SyncCore     *self,
                                         SyncJob      *job,
                                         GError       *error);
void      sync_core_fail_waiting_locked (SyncCore     *self,
                                         SyncJobFlags  with_flags,
                                         const GError *error);
SyncSlot *sync_core_find_slot_locked    (SyncCore     *self,
                                         SyncWorker   *worker);
void      sync_core_dispatch_locked     (SyncCore     *self);
GPtrArray *sync_core_partials_new       (void);
SyncPriority sync_core_get_limit_locked (SyncCore     *self,
                                         const SyncSlot *slot);

G_END_DECLS
