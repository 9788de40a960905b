#pragma once

#include "sync-status.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SyncWorker SyncWorker;

/* What comes first. */
typedef enum
{
  SYNC_PRIORITY_PERSON,  /* somebody looks at the screen and waits */
  SYNC_PRIORITY_CHANGE,  /* what a person did, on its way to the server */
  SYNC_PRIORITY_VISIBLE, /* the folder on the screen */
  SYNC_PRIORITY_FOLDER,  /* the other folders */
  SYNC_PRIORITY_PREFETCH,
  SYNC_PRIORITY_HOUSEKEEPING,
} SyncPriority;

/* Jobs of one lane never run at the same time. Folders use their own id. */
#define SYNC_LANE_NONE ((gint64) 0)
#define SYNC_LANE_FOLDER_LIST ((gint64) -1)
#define SYNC_LANE_CHANGES ((gint64) -2)
#define SYNC_LANE_OUTBOX ((gint64) -3)
#define SYNC_LANE_FILING ((gint64) -4)
#define SYNC_LANE_PREFETCH(folder_id) (-16 - (folder_id))

typedef enum
{
  SYNC_JOB_NEEDS_SESSION = 1 << 0, /* run only with a signed-in IMAP session */
  SYNC_JOB_FAIL_OFFLINE = 1 << 1,  /* fails at once when the server cannot be reached */
  SYNC_JOB_COMPARES = 1 << 2,      /* once none of these is left, all was seen equal */
} SyncJobFlags;

typedef enum
{
  SYNC_JOB_DONE,
  SYNC_JOB_AGAIN, /* a slice is done; run it again when its turn comes */
  SYNC_JOB_FAILED,
  SYNC_JOB_LOST, /* the connection broke; for the worker to say and not for the job */
} SyncJobOutcome;

typedef struct _SyncJob SyncJob;

typedef SyncJobOutcome (*SyncJobFunc) (SyncJob     *job,
                                       SyncWorker  *worker,
                                       GError     **error);

typedef void (*SyncJobDoneFunc) (SyncJob  *job,
                                 gpointer  user_data);

/* One piece of work for a worker. Until it is pushed it belongs to who made it; then to the queue
 * and the worker that runs it; in its done function, on the main thread, to nobody else. */
struct _SyncJob
{
  gatomicrefcount ref_count;

  const char *name; /* static, for the log */
  SyncPriority priority;
  SyncJobFlags flags;
  gint64 lane;
  gint64 not_before_us; /* CLOCK_BOOTTIME, or 0 */
  SyncJobFunc run;
  gpointer data;               /* (owned) */
  GDestroyNotify destroy_data;

  GCancellable *cancellable; /* (owned) */
  SyncReport *report;        /* (owned): what it did */
  GError *error;             /* (owned) (nullable): why it failed */
  guint n_slices;            /* turns that it has had and not ended */
  guint n_attempts;          /* connections that broke while it ran, without progress in between */

  SyncJobDoneFunc done; /* (nullable): called on the main thread */
  gpointer done_data;

  /* The queue's. */
  guint64 serial;
  gint64 pushed_us; /* CLOCK_BOOTTIME: since when it waits */
  SyncWorker *worker; /* (unowned) (nullable): who runs it */
};

SyncJob *sync_job_new      (const char      *name,
                            SyncPriority     priority,
                            gint64           lane,
                            SyncJobFlags     flags,
                            SyncJobFunc      run,
                            gpointer         data,
                            GDestroyNotify   destroy_data);
SyncJob *sync_job_ref      (SyncJob         *self);
void     sync_job_unref    (SyncJob         *self);
void     sync_job_set_done (SyncJob         *self,
                            SyncJobDoneFunc  done,
                            gpointer         user_data);
int      sync_job_compare  (const SyncJob   *a,
                            const SyncJob   *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncJob, sync_job_unref)

G_END_DECLS
