#include "store-reading-private.h"

#include "store-reader-private.h"

typedef struct
{
  int io_priority;
  StoreReadFunc func;
  GTask *task; /* (owned) */
} Job;

/* The thread is started by the first job; its reader lives as long as it does. */
struct _StoreReading
{
  GMutex lock;
  GCond wake;
  GQueue jobs; /* (owned) (element-type Job): the most urgent first */
  gboolean is_closing;
  GThread *thread; /* (nullable) until the first job */
  Store *store;    /* (unowned): it closes this before it goes */
};

StoreReading *
store_reading_new (Store *store)
{
  StoreReading *self = g_new0 (StoreReading, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->jobs);
  self->store = store;
  return self;
}

static void
return_closed (GTask *task)
{
  g_task_return_new_error (task, STORE_ERROR, STORE_ERROR_CLOSED, "The store is closed");
}

static Job *
take_job (StoreReading *self)
{
  Job *job;

  g_mutex_lock (&self->lock);
  while (g_queue_is_empty (&self->jobs) && !self->is_closing)
    g_cond_wait (&self->wake, &self->lock);
  job = self->is_closing ? NULL : g_queue_pop_head (&self->jobs);
  g_mutex_unlock (&self->lock);
  return job;
}

static void
run_job (StoreReader *reader,
         Job         *job)
{
  g_autoptr(GError) error = NULL;
  gboolean is_done;

  if (g_task_return_error_if_cancelled (job->task))
    return;

  is_done = store_reader_begin (reader, &error) &&
            job->func (reader, g_task_get_task_data (job->task), &error);
  store_reader_end (reader);
  if (is_done)
    g_task_return_boolean (job->task, TRUE);
  else
    g_task_return_error (job->task, g_steal_pointer (&error));
}

static void
free_job (Job *job)
{
  g_object_unref (job->task);
  g_free (job);
}

static gpointer
reading_main (gpointer data)
{
  StoreReading *self = data;
  g_autoptr(StoreReader) reader = NULL;
  Job *job;

  while ((job = take_job (self)) != NULL)
    {
      g_autoptr(GError) error = NULL;

      if (reader == NULL)
        reader = store_reader_new_unowned (self->store, &error);
      if (reader != NULL)
        run_job (reader, job);
      else
        g_task_return_error (job->task, g_steal_pointer (&error));
      free_job (job);
    }

  return NULL;
}

/**
 * store_reading_close:
 *
 * Lets the query under way end and refuses the others.
 */
void
store_reading_close (StoreReading *self)
{
  Job *job;

  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);

  if (self->thread != NULL)
    g_thread_join (self->thread);
  while ((job = g_queue_pop_head (&self->jobs)) != NULL)
    {
      return_closed (job->task);
      free_job (job);
    }

  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static int
compare_jobs (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const Job *left = a;
  const Job *right = b;

  /* a new one goes behind its equals */
  return left->io_priority <= right->io_priority ? -1 : 1;
}

/**
 * store_reading_push:
 * @task: (transfer full): its data is what @func is given
 */
void
store_reading_push (StoreReading  *self,
                    int            io_priority,
                    StoreReadFunc  func,
                    GTask         *task)
{
  Job *job = g_new0 (Job, 1);

  job->io_priority = io_priority;
  job->func = func;
  job->task = task;

  g_mutex_lock (&self->lock);
  g_queue_insert_sorted (&self->jobs, job, compare_jobs, NULL);
  if (self->thread == NULL)
    self->thread = g_thread_new ("store-reader", reading_main, self);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}
