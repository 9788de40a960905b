#include "sync-job.h"

/**
 * sync_job_new:
 * @name: a static string for the log
 * @lane: jobs of one lane never run at the same time; %SYNC_LANE_NONE for any time
 * @run: the work, straight code on a worker
 * @data: (transfer full): for @run, as the job's field
 *
 * Returns: (transfer full): a new job, for sync_core_push ()
 */
SyncJob *
sync_job_new (const char *name,
              SyncPriority priority,
              gint64 lane,
              SyncJobFlags flags,
              SyncJobFunc run,
              gpointer data,
              GDestroyNotify destroy_data)
{
  SyncJob *self = g_new0 (SyncJob, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = name;
  self->priority = priority;
  self->lane = lane;
  self->flags = flags;
  self->run = run;
  self->data = data;
  self->destroy_data = destroy_data;
  self->cancellable = g_cancellable_new ();
  self->report = sync_report_new ();

  return self;
}

/**
 * sync_job_ref:
 *
 * Returns: (transfer full): @self
 */
SyncJob *
sync_job_ref (SyncJob *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * sync_job_unref:
 * @self: (transfer full): a job
 */
void
sync_job_unref (SyncJob *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->destroy_data != NULL)
    self->destroy_data (self->data);
  g_object_unref (self->cancellable);
  sync_report_free (self->report);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * sync_job_set_done:
 * @done: called once on the main thread, when the job has ended in any way
 *
 * To be set before the job is pushed.
 */
void
sync_job_set_done (SyncJob *self,
                   SyncJobDoneFunc done,
                   gpointer user_data)
{
  self->done = done;
  self->done_data = user_data;
}

/**
 * sync_job_compare:
 *
 * Returns: below 0 when @a comes first: by priority, then by age
 */
int
sync_job_compare (const SyncJob *a,
                  const SyncJob *b)
{
  if (a->priority != b->priority)
    return a->priority < b->priority ? -1 : 1;

  return a->serial < b->serial ? -1 : a->serial > b->serial;
}
