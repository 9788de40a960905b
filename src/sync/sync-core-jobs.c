#include "sync-core-private.h"

#include "base-time.h"
#include "sync-error.h"

/* Jobs on their way to workers and back. */

/* A job that loses its connection so often, without getting anywhere, is not tried again. */
#define MAX_ATTEMPTS 3

/* A job of the background waits 2^n seconds at most before it is tried again. */
#define MAX_DELAY_DOUBLINGS 9

static GError *
why_unreachable_locked (SyncCore *self)
{
  if (self->is_stopping)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_STOPPED, "Stopped");
  if (!self->has_network)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_OFFLINE, "There is no network");
  if (sync_gate_is_latched (self->gate) && sync_gate_get_n_signed_in (self->gate) == 0 &&
      sync_core_get_refusal_locked (self) != NULL)
    return g_error_copy (sync_core_get_refusal_locked (self));
  if (self->config == NULL || self->config->imap_secret == NULL)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_OFFLINE, "No password is known");

  return NULL;
}

static void
push_locked (SyncCore *self,
             SyncJob *job)
{
  if ((job->flags & SYNC_JOB_FAIL_OFFLINE) != 0 || self->is_stopping)
    {
      GError *error = why_unreachable_locked (self);

      if (error != NULL)
        {
          sync_core_complete_locked (self, job, error);
          sync_job_unref (job);
          return;
        }
      if (self->slots->len == 0 || sync_gate_get_n_signed_in (self->gate) == 0)
        {
          sync_gate_hurry (self->gate);
          for (guint i = 0; i < self->slots->len; i++)
            sync_worker_wake (((SyncSlot *) g_ptr_array_index (self->slots, i))->worker);
        }
    }

  job->pushed_us = base_time_boottime_us ();
  sync_queue_push (self->queue, job);
  sync_core_dispatch_locked (self);
}

/**
 * sync_core_push:
 * @job: (transfer full): a job
 *
 * Hands a job to whichever worker is the first to have time. Its done function is told, on the
 * main thread, when it has ended; at the earliest after this call.
 */
void
sync_core_push (SyncCore *self,
                SyncJob *job)
{
  g_mutex_lock (&self->mutex);
  push_locked (self, job);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_push_once:
 * @job: (transfer full): a job without a done function
 *
 * Does as sync_core_push (), unless one of the same name and lane waits already: then that one is
 * made as urgent as this one.
 *
 * Returns: whether @job itself was taken
 */
gboolean
sync_core_push_once (SyncCore *self,
                     SyncJob *job)
{
  SyncJob *waiting;

  g_mutex_lock (&self->mutex);

  waiting = sync_queue_find (self->queue, job->name, job->lane);
  if (waiting != NULL)
    {
      sync_queue_promote (self->queue, waiting, job->priority, job->not_before_us);
      sync_core_dispatch_locked (self);
    }
  else
    push_locked (self, sync_job_ref (job));

  g_mutex_unlock (&self->mutex);

  sync_job_unref (job);
  return waiting == NULL;
}

/**
 * sync_core_cancel:
 * @job: one that was pushed
 *
 * Makes a job end early: with G_IO_ERROR_CANCELLED, when its turn comes or in the middle of it.
 */
void
sync_core_cancel (SyncCore *self,
                  SyncJob *job)
{
  g_mutex_lock (&self->mutex);

  if (job->worker != NULL)
    sync_worker_cancel_job (job->worker, job);
  else
    g_cancellable_cancel (job->cancellable);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_take:
 * @has_session: whether the worker has one, whatever the gate says
 * @out_next_us: (out): when to ask again if there is none, or 0
 * @out_stopping: (out): whether the worker is to end
 *
 * Returns: (transfer full) (nullable): the worker's next job, for sync_core_finish ()
 */
SyncJob *
sync_core_take (SyncCore *self,
                SyncWorker *worker,
                gboolean has_session,
                gint64 *out_next_us,
                gboolean *out_stopping)
{
  gint64 now_us = base_time_boottime_us ();
  SyncJob *job = NULL;
  gboolean can_connect;
  SyncSlot *slot;

  *out_next_us = 0;

  g_mutex_lock (&self->mutex);

  slot = sync_core_find_slot_locked (self, worker);

  *out_stopping = self->is_stopping;
  can_connect = self->has_network && self->config != NULL && self->config->imap_secret != NULL &&
                sync_gate_may_connect (self->gate, now_us);
  if (!self->is_stopping)
    job = sync_queue_take (self->queue, now_us, has_session || can_connect,
                           sync_core_get_limit_locked (self, slot), out_next_us);
  /* what only waits for a connection can be run when there may be one again */
  if (job == NULL && !has_session && !can_connect && self->has_network &&
      !sync_gate_is_latched (self->gate) && sync_gate_get_retry_us (self->gate) > now_us)
    *out_next_us = *out_next_us == 0 ? sync_gate_get_retry_us (self->gate) :
                                       MIN (*out_next_us, sync_gate_get_retry_us (self->gate));

  if (job != NULL)
    {
      /* with a session only: how long the network and the server make somebody wait is another thing */
      if (job->priority == SYNC_PRIORITY_PERSON && job->n_slices == 0 && has_session)
        self->longest_wait_us = MAX (self->longest_wait_us, now_us - job->pushed_us);
      job->worker = worker;
      g_ptr_array_add (self->running, sync_job_ref (job));
    }
  slot->is_waiting = job == NULL;

  g_mutex_unlock (&self->mutex);

  return job;
}

static gboolean
may_retry_locked (SyncCore *self,
                  SyncJob *job)
{
  if (self->is_stopping || g_cancellable_is_cancelled (job->cancellable))
    return FALSE;

  job->n_attempts++;
  if ((job->flags & SYNC_JOB_FAIL_OFFLINE) != 0)
    return job->n_attempts < MAX_ATTEMPTS;

  /* one job that breaks the connection each time must not keep the others from theirs */
  if (job->n_attempts > 1)
    job->not_before_us = base_time_boottime_us () +
                         (G_USEC_PER_SEC << MIN (job->n_attempts, MAX_DELAY_DOUBLINGS));
  return TRUE;
}

/* When the last comparison of a round has ended, and none has failed, all of the account was seen
 * equal to the server. */
static void
end_round_locked (SyncCore *self,
                  SyncJob *job)
{
  if ((job->flags & SYNC_JOB_COMPARES) == 0)
    return;

  self->round_failed |= job->error != NULL;
  if (sync_queue_has_flags (self->queue, base_time_boottime_us (), SYNC_JOB_COMPARES))
    return;
  for (guint i = 0; i < self->running->len; i++)
    if ((((SyncJob *) g_ptr_array_index (self->running, i))->flags & SYNC_JOB_COMPARES) != 0)
      return;

  if (!self->round_failed && self->mode == SYNC_MODE_LIVE)
    self->checked_unix = base_time_now_unix ();
  self->round_failed = FALSE;
  sync_core_notify_locked (self);
}

/**
 * sync_core_finish:
 * @job: (transfer full): one that was taken
 * @error: (transfer full) (nullable): why it failed or was lost
 *
 * Ends a worker's turn at a job. What is not done comes back into the queue.
 */
void
sync_core_finish (SyncCore *self,
                  SyncJob *job,
                  SyncJobOutcome outcome,
                  GError *error)
{
  g_autoptr(GError) owned_error = error;

  g_mutex_lock (&self->mutex);

  sync_queue_release (self->queue, job);
  g_ptr_array_remove_fast (self->running, job);
  job->worker = NULL;

  if (outcome == SYNC_JOB_AGAIN)
    {
      job->n_attempts = 0;
      job->n_slices++;
      push_locked (self, sync_job_ref (job));
    }
  else if (outcome == SYNC_JOB_LOST && may_retry_locked (self, job))
    push_locked (self, sync_job_ref (job));
  else
    {
      sync_core_complete_locked (self, job, g_steal_pointer (&owned_error));
      end_round_locked (self, job);
    }

  sync_core_dispatch_locked (self);
  g_mutex_unlock (&self->mutex);

  sync_job_unref (job);
}

/* Whoever asks is at work for some time: what it leaves is for others. */
static gboolean
answer_locked (SyncCore *self,
               gboolean yield)
{
  if (!yield)
    sync_core_dispatch_locked (self);

  return yield;
}

/**
 * sync_core_has_job:
 *
 * Returns: whether a job of this name and lane waits or runs
 */
gboolean
sync_core_has_job (SyncCore *self,
                   const char *name,
                   gint64 lane)
{
  gboolean has_job;

  g_mutex_lock (&self->mutex);

  has_job = sync_queue_find (self->queue, name, lane) != NULL;
  for (guint i = 0; i < self->running->len && !has_job; i++)
    {
      const SyncJob *job = g_ptr_array_index (self->running, i);

      has_job = job->lane == lane && g_str_equal (job->name, name);
    }

  g_mutex_unlock (&self->mutex);

  return has_job;
}

/**
 * sync_core_should_yield:
 * @job: the one that runs
 *
 * Returns: whether something more urgent waits, so that the job should end its slice
 */
gboolean
sync_core_should_yield (SyncCore *self,
                        SyncJob *job)
{
  gboolean yield;

  g_mutex_lock (&self->mutex);
  yield = answer_locked (self, self->is_stopping ||
                               sync_queue_has_runnable (self->queue, base_time_boottime_us (),
                                                        job->priority));
  g_mutex_unlock (&self->mutex);

  return yield;
}

/**
 * sync_core_should_give_way:
 * @job: the one that runs, and can go on later where it stands
 *
 * Returns: whether something more urgent waits, or somebody else who has waited for fewer turns
 */
gboolean
sync_core_should_give_way (SyncCore *self,
                           SyncJob *job)
{
  gboolean yield;

  if (job->priority != SYNC_PRIORITY_PERSON)
    return sync_core_should_yield (self, job);

  g_mutex_lock (&self->mutex);
  yield = answer_locked (self, self->is_stopping ||
                               sync_queue_has_before (self->queue, base_time_boottime_us (), job));
  g_mutex_unlock (&self->mutex);

  return yield;
}
