#include "store-writer-private.h"

#include "store-keeper-private.h"
#include "store-overlay-private.h"
#include "store-schema-private.h"
#include "store-transaction-private.h"

#define N_PRIORITIES (STORE_PRIORITY_HOUSEKEEPING + 1)

/* How long nothing is to be written before the store thinks of itself. */
#define IDLE_US (2 * G_USEC_PER_SEC)

typedef struct
{
  StoreWriteFunc func;
  gpointer func_data; /* (unowned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  StoreJobDone done;
  gpointer done_data; /* (unowned) */
} Job;

struct _StoreWriter
{
  GMutex lock;
  GCond wake;
  GQueue jobs[N_PRIORITIES]; /* (owned) (element-type Job) */
  gboolean is_closing;
  GThread *thread;
  StoreTransaction *transaction; /* (owned): used by the thread alone */
  StoreKeeper *keeper;           /* (owned) (nullable): likewise */
};

static void
finish_job (Job    *job,
            GError *error)
{
  job->done (error, job->done_data);
  g_clear_object (&job->cancellable);
  g_clear_error (&error);
  g_free (job);
}

/* What a person did is written even when the store is being closed. Returns NULL as well when there
 * was nothing to do until @idle_at_us, which is a monotonic time or 0 for never. */
static Job *
take_job (StoreWriter *self,
          gint64       idle_at_us,
          gboolean    *out_closing)
{
  Job *job = NULL;
  gboolean is_idle = FALSE;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      guint n_taken = self->is_closing ? STORE_PRIORITY_OPERATIONS + 1 : N_PRIORITIES;

      for (guint i = 0; i < n_taken && job == NULL; i++)
        job = g_queue_pop_head (&self->jobs[i]);
      if (job != NULL || self->is_closing || is_idle)
        break;
      if (idle_at_us == 0)
        g_cond_wait (&self->wake, &self->lock);
      else
        is_idle = !g_cond_wait_until (&self->wake, &self->lock, idle_at_us);
    }
  *out_closing = self->is_closing;
  g_mutex_unlock (&self->lock);
  return job;
}

static void
run_job (StoreWriter *self,
         Job         *job)
{
  GError *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    store_transaction_run (self->transaction, job->func, job->func_data, &error);

  finish_job (job, error);
}

static gpointer
writer_main (gpointer data)
{
  StoreWriter *self = data;
  gint64 idle_at_us = g_get_monotonic_time () + IDLE_US;
  gboolean is_closing = FALSE;

  while (!is_closing)
    {
      gboolean wants = self->keeper != NULL &&
                       store_keeper_wants (self->keeper, self->transaction);
      Job *job = take_job (self, wants ? idle_at_us : 0, &is_closing);

      if (job != NULL)
        {
          run_job (self, job);
          idle_at_us = g_get_monotonic_time () + IDLE_US;
          is_closing = FALSE; /* there may be more */
        }
      else if (!is_closing)
        store_keeper_step (self->keeper, self->transaction);
    }

  return NULL;
}

static gboolean
recompute_cb (StoreTransaction  *tx,
              gpointer           user_data,
              GError           **error)
{
  return store_overlay_recompute_all (tx, error);
}

static gboolean
check_all (const char  *directory,
           GError     **error)
{
  return store_schema_check (&store_schema_journal, directory, error) &&
         store_schema_check (&store_schema_bodies, directory, error) &&
         store_schema_check (&store_schema_cache, directory, error);
}

/* @transaction: (transfer full)
 * @keeper: (transfer full) (nullable): where this is the one who keeps house */
static StoreWriter *
start (StoreTransaction *transaction,
       StoreKeeper      *keeper)
{
  StoreWriter *self = g_new0 (StoreWriter, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  for (guint i = 0; i < N_PRIORITIES; i++)
    g_queue_init (&self->jobs[i]);
  self->transaction = transaction;
  self->keeper = keeper;
  self->thread = g_thread_new ("store-writer", writer_main, self);
  return self;
}

/**
 * store_writer_new:
 *
 * Opens the databases, all or none, brings them forward and in line with each other, and starts
 * the thread.
 *
 * Returns: (transfer full): the writer, or %NULL
 */
StoreWriter *
store_writer_new (const char  *directory,
                  StoreHub    *hub,
                  char       **out_set_aside_path,
                  GError     **error)
{
  g_autoptr(StoreDb) cache = NULL;
  g_autoptr(StoreDb) bodies = NULL;
  g_autoptr(StoreDb) journal = NULL;
  g_autoptr(StoreTransaction) transaction = NULL;

  if (!check_all (directory, error))
    return NULL;

  journal = store_schema_open (&store_schema_journal, directory, NULL, error);
  if (journal == NULL)
    return NULL;
  bodies = store_schema_open (&store_schema_bodies, directory, out_set_aside_path, error);
  if (bodies == NULL)
    return NULL;
  cache = store_schema_open (&store_schema_cache, directory, out_set_aside_path, error);
  if (cache == NULL)
    return NULL;

  transaction = store_transaction_new (directory, g_steal_pointer (&cache),
                                       g_steal_pointer (&bodies), g_steal_pointer (&journal), hub);
  if (!store_transaction_run (transaction, recompute_cb, NULL, error))
    return NULL;

  return start (g_steal_pointer (&transaction), store_keeper_new ());
}

/**
 * store_writer_new_beside:
 *
 * Opens the databases beside the process that owns them, as they are, and starts the thread.
 *
 * Returns: (transfer full): the writer, or %NULL
 */
StoreWriter *
store_writer_new_beside (const char  *directory,
                         StoreHub    *hub,
                         GError     **error)
{
  g_autoptr(StoreDb) journal = store_schema_open_beside (&store_schema_journal, directory, error);
  g_autoptr(StoreDb) bodies = NULL;
  g_autoptr(StoreDb) cache = NULL;

  if (journal != NULL)
    bodies = store_schema_open_beside (&store_schema_bodies, directory, error);
  if (bodies != NULL)
    cache = store_schema_open_beside (&store_schema_cache, directory, error);
  if (cache == NULL)
    return NULL;

  return start (store_transaction_new (directory, g_steal_pointer (&cache), g_steal_pointer (&bodies),
                                       g_steal_pointer (&journal), hub), NULL);
}

static void
refuse (Job *job)
{
  finish_job (job, g_error_new_literal (STORE_ERROR, STORE_ERROR_CLOSED, "The store is closed"));
}

/**
 * store_writer_close:
 *
 * Lets the transaction under way and the person's waiting ones end, refuses the others, and
 * closes the databases.
 */
void
store_writer_close (StoreWriter *self)
{
  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);

  g_thread_join (self->thread);
  for (guint i = 0; i < N_PRIORITIES; i++)
    {
      Job *job;

      while ((job = g_queue_pop_head (&self->jobs[i])) != NULL)
        refuse (job);
    }

  store_transaction_free (self->transaction);
  g_clear_pointer (&self->keeper, store_keeper_free);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * store_writer_push:
 *
 * Enqueues a job. @done is called exactly once, on the writer thread or, when the store is
 * closed, on the one that closes it.
 */
void
store_writer_push (StoreWriter    *self,
                   StorePriority   priority,
                   StoreWriteFunc  func,
                   gpointer        func_data,
                   GCancellable   *cancellable,
                   StoreJobDone    done,
                   gpointer        done_data)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->func_data = func_data;
  job->cancellable = cancellable == NULL ? NULL : g_object_ref (cancellable);
  job->done = done;
  job->done_data = done_data;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->jobs[priority], job);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}
