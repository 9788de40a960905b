/* The mutation lane: what a person did, on its way to the server.
 *
 * One job of this kind at a time, on whichever worker has time. The journal says what is next; each
 * command is claimed in it before its first byte, and settled in it after its answer. Whatever
 * ends the job in between, the next one finds in the journal where it has to go on. */

#include "sync-operations.h"

#include "base-time.h"
#include "imap-error.h"
#include "store-transaction.h"
#include "sync-carry.h"
#include "sync-doubt.h"

/* How many messages one command may name. */
#define MAX_MESSAGES 500

/* When what could not be looked into, or into the store, is tried again. */
#define AGAIN_US (30 * G_USEC_PER_SEC)

static gboolean
recover (StoreTransaction *tx,
         gpointer data,
         GError **error)
{
  return store_tx_recover_operations (tx, data, NULL, error);
}

static void
push_later (SyncWorker *worker,
            gint64 wait_us)
{
  sync_core_push_once (sync_worker_get_core (worker),
                       sync_operations_job_new (0, base_time_boottime_us () + wait_us));
}

/* Does what is next. */
static gboolean
do_next (SyncJob *job,
         SyncWorker *worker,
         gboolean *out_is_more,
         GError **error)
{
  const char *uuid = sync_core_get_uuid (sync_worker_get_core (worker));
  gint64 now_unix = base_time_now_unix ();
  gint64 next_unix = 0;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(StoreWork) work = store_reader_find_work (sync_worker_get_reader (worker), uuid,
                                                      now_unix, MAX_MESSAGES, &next_unix,
                                                      &local_error);

  *out_is_more = work != NULL;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (work == NULL)
    {
      if (next_unix > 0)
        push_later (worker, MAX (next_unix - now_unix, 1) * G_USEC_PER_SEC);
      return TRUE;
    }

  if (g_cancellable_set_error_if_cancelled (job->cancellable, error) ||
      !sync_carry_out (job, worker, work, error))
    return FALSE;

  /* it got somewhere: connections that break from now on are counted anew */
  job->n_attempts = 0;
  return TRUE;
}

static gboolean
do_all (SyncJob *job,
        SyncWorker *worker,
        gboolean *out_is_more,
        GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  gboolean is_left = FALSE;

  /* nothing of this lane is under way while this job has it */
  if (!sync_worker_write (worker, STORE_PRIORITY_OPERATIONS, recover,
                          (gpointer) sync_core_get_uuid (core), error) ||
      !sync_doubt_settle (job, worker, &is_left, error))
    return FALSE;
  if (is_left)
    push_later (worker, AGAIN_US);

  do
    if (!do_next (job, worker, out_is_more, error))
      return FALSE;
  while (*out_is_more && !sync_core_should_yield (core, job));

  return TRUE;
}

static SyncJobOutcome
run_operations_job (SyncJob *job,
                    SyncWorker *worker,
                    GError **error)
{
  gboolean is_more = FALSE;

  if (do_all (job, worker, &is_more, error))
    return is_more ? SYNC_JOB_AGAIN : SYNC_JOB_DONE;

  /* with a lost connection the worker runs it again; a store that fails may recover */
  if (!g_cancellable_is_cancelled (job->cancellable) &&
      imap_session_is_open (sync_worker_get_session (worker)))
    push_later (worker, AGAIN_US);

  return SYNC_JOB_FAILED;
}

/**
 * sync_operations_job_new:
 * @not_before_us: CLOCK_BOOTTIME, or 0
 *
 * Returns: (transfer full): a job that carries to the server what waits in the journal, in its
 *   order, and settles what is in doubt
 */
SyncJob *
sync_operations_job_new (SyncJobFlags flags,
                         gint64 not_before_us)
{
  SyncJob *job = sync_job_new ("operations", SYNC_PRIORITY_CHANGE, SYNC_LANE_CHANGES,
                               flags | SYNC_JOB_NEEDS_SESSION, run_operations_job, NULL, NULL);

  job->not_before_us = not_before_us;
  return job;
}
