#include "sync-queue.h"

struct _SyncQueue
{
  GSequence *waiting;    /* (element-type SyncJob), ordered by sync_job_compare () */
  GHashTable *taken;     /* (element-type gint64): lanes in which a job runs */
  guint64 last_serial;
};

static int
compare_jobs (gconstpointer a,
              gconstpointer b,
              gpointer user_data)
{
  return sync_job_compare (a, b);
}

/**
 * sync_queue_new:
 *
 * Returns: (transfer full): an empty queue
 */
SyncQueue *
sync_queue_new (void)
{
  SyncQueue *self = g_new0 (SyncQueue, 1);

  self->waiting = g_sequence_new ((GDestroyNotify) sync_job_unref);
  self->taken = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return self;
}

/**
 * sync_queue_free:
 * @self: (transfer full): a queue
 */
void
sync_queue_free (SyncQueue *self)
{
  g_sequence_free (self->waiting);
  g_hash_table_unref (self->taken);
  g_free (self);
}

/**
 * sync_queue_push:
 * @job: (transfer full): comes behind those of its priority that wait already
 */
void
sync_queue_push (SyncQueue *self,
                 SyncJob *job)
{
  job->serial = ++self->last_serial;
  g_sequence_insert_sorted (self->waiting, job, compare_jobs, NULL);
}

static gboolean
is_lane_free (SyncQueue *self,
              SyncJob *job)
{
  return job->lane == SYNC_LANE_NONE || !g_hash_table_contains (self->taken, &job->lane);
}

/**
 * sync_queue_take:
 * @now_us: the time, of CLOCK_BOOTTIME
 * @with_session: whether jobs that need a session may be taken
 * @better_than: only jobs that come before this priority are taken
 * @out_next_us: (out): when to ask again: the earliest time that a job waits for, or 0
 *
 * Takes the first job whose time has come and whose lane is free, and takes its lane.
 *
 * Returns: (transfer full) (nullable): a job, to be given back with sync_queue_release ()
 */
SyncJob *
sync_queue_take (SyncQueue *self,
                 gint64 now_us,
                 gboolean with_session,
                 SyncPriority better_than,
                 gint64 *out_next_us)
{
  *out_next_us = 0;

  for (GSequenceIter *at = g_sequence_get_begin_iter (self->waiting); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    {
      SyncJob *job = g_sequence_get (at);

      if (job->priority >= better_than)
        break;
      if ((job->flags & SYNC_JOB_NEEDS_SESSION) != 0 && !with_session)
        continue;
      if (job->not_before_us > now_us)
        {
          if (*out_next_us == 0 || job->not_before_us < *out_next_us)
            *out_next_us = job->not_before_us;
          continue;
        }
      if (!is_lane_free (self, job))
        continue;

      if (job->lane != SYNC_LANE_NONE)
        g_hash_table_add (self->taken, g_memdup2 (&job->lane, sizeof job->lane));
      sync_job_ref (job);
      g_sequence_remove (at);
      return job;
    }

  return NULL;
}

/**
 * sync_queue_release:
 * @job: one that was taken
 *
 * Frees the job's lane, whether it has ended or is about to be pushed again.
 */
void
sync_queue_release (SyncQueue *self,
                    SyncJob *job)
{
  if (job->lane != SYNC_LANE_NONE)
    g_hash_table_remove (self->taken, &job->lane);
}

/**
 * sync_queue_has_runnable:
 * @better_than: only jobs that come before this priority count
 *
 * Returns: whether sync_queue_take () would find such a job
 */
gboolean
sync_queue_has_runnable (SyncQueue *self,
                         gint64 now_us,
                         SyncPriority better_than)
{
  for (GSequenceIter *at = g_sequence_get_begin_iter (self->waiting); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    {
      SyncJob *job = g_sequence_get (at);

      if (job->priority >= better_than)
        return FALSE;
      if (job->not_before_us <= now_us && is_lane_free (self, job))
        return TRUE;
    }

  return FALSE;
}

/**
 * sync_queue_has_before:
 * @job: one that runs
 *
 * Returns: whether a job could run that comes before it, or is as urgent and has not had more turns:
 *   of two that give way to each other the one that came last goes first, and none for ever
 */
gboolean
sync_queue_has_before (SyncQueue *self,
                       gint64 now_us,
                       const SyncJob *job)
{
  for (GSequenceIter *at = g_sequence_get_begin_iter (self->waiting); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    {
      SyncJob *other = g_sequence_get (at);

      if (other->priority > job->priority)
        return FALSE;
      if (other->not_before_us <= now_us && is_lane_free (self, other) &&
          (other->priority < job->priority || other->n_slices <= job->n_slices))
        return TRUE;
    }

  return FALSE;
}

/**
 * sync_queue_has_flags:
 *
 * Returns: whether a job waits that has all these flags and whose time has come
 */
gboolean
sync_queue_has_flags (SyncQueue *self,
                      gint64 now_us,
                      SyncJobFlags flags)
{
  for (GSequenceIter *at = g_sequence_get_begin_iter (self->waiting); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    {
      SyncJob *job = g_sequence_get (at);

      if ((job->flags & flags) == flags && job->not_before_us <= now_us)
        return TRUE;
    }

  return FALSE;
}

/**
 * sync_queue_find:
 *
 * Returns: (transfer none) (nullable): a waiting job of that name and lane
 */
SyncJob *
sync_queue_find (SyncQueue *self,
                 const char *name,
                 gint64 lane)
{
  for (GSequenceIter *at = g_sequence_get_begin_iter (self->waiting); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    {
      SyncJob *job = g_sequence_get (at);

      if (job->lane == lane && g_str_equal (job->name, name))
        return job;
    }

  return NULL;
}

/**
 * sync_queue_promote:
 * @job: one that waits
 *
 * Makes a waiting job at least as urgent, and at least as early, as said.
 */
void
sync_queue_promote (SyncQueue *self,
                    SyncJob *job,
                    SyncPriority priority,
                    gint64 not_before_us)
{
  GSequenceIter *at = g_sequence_lookup (self->waiting, job, compare_jobs, NULL);

  g_assert (at != NULL);

  job->not_before_us = MIN (job->not_before_us, not_before_us);
  if (priority < job->priority)
    {
      job->priority = priority;
      g_sequence_sort_changed (at, compare_jobs, NULL);
    }
}

/**
 * sync_queue_steal:
 * @with_flags: only jobs that have all of these; 0 for every job
 *
 * Takes jobs out that will not be run.
 *
 * Returns: (transfer full) (element-type SyncJob): the jobs
 */
GPtrArray *
sync_queue_steal (SyncQueue *self,
                  SyncJobFlags with_flags)
{
  GPtrArray *stolen = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_job_unref);
  GSequenceIter *at = g_sequence_get_begin_iter (self->waiting);

  while (!g_sequence_iter_is_end (at))
    {
      GSequenceIter *next = g_sequence_iter_next (at);
      SyncJob *job = g_sequence_get (at);

      if ((job->flags & with_flags) == with_flags)
        {
          g_ptr_array_add (stolen, sync_job_ref (job));
          g_sequence_remove (at);
        }
      at = next;
    }

  return stolen;
}

/**
 * sync_queue_get_length:
 *
 * Returns: how many jobs wait
 */
guint
sync_queue_get_length (SyncQueue *self)
{
  return g_sequence_get_length (self->waiting);
}
