#include "store-lane.h"

#include "base-await.h"
#include "store-private.h"

typedef struct
{
  StoreLane *lane; /* (owned) */
  StoreWriteFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Batch;

/* The lock guards everything that changes: batches end on the writer thread. */
struct _StoreLane
{
  gatomicrefcount ref_count;
  Store *store; /* (owned) */
  StorePriority priority;

  GMutex lock;
  guint n_under_way;
  GError *error;    /* (owned) (nullable): of the first batch that failed, until it is told */
  GTask *pushing;   /* (owned) (nullable): waits for room */
  Batch *pushed;    /* (owned) (nullable): what @pushing wants to push */
  GTask *draining;  /* (owned) (nullable): waits for the last one */
};

/**
 * store_lane_new:
 *
 * Returns: (transfer full): a lane, for one worker
 */
StoreLane *
store_lane_new (Store         *store,
                StorePriority  priority)
{
  StoreLane *self = g_new0 (StoreLane, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->store = g_object_ref (store);
  self->priority = priority;
  g_mutex_init (&self->lock);
  return self;
}

StoreLane *
store_lane_ref (StoreLane *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
store_lane_unref (StoreLane *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->pushing == NULL && self->draining == NULL);
  g_clear_error (&self->error);
  g_clear_object (&self->store);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
batch_free (Batch *batch)
{
  if (batch->destroy != NULL)
    batch->destroy (batch->data);
  store_lane_unref (batch->lane);
  g_free (batch);
}

static gboolean
run_batch (StoreTransaction  *tx,
           gpointer           user_data,
           GError           **error)
{
  Batch *batch = user_data;
  StoreLane *self = batch->lane;
  g_autoptr(GError) earlier = NULL;

  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    earlier = g_error_copy (self->error);
  g_mutex_unlock (&self->lock);

  if (earlier != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&earlier));
      return FALSE;
    }

  return batch->func (tx, batch->data, error);
}

static void batch_done (GError   *error,
                        gpointer  done_data);

/* Called without the lock. */
static void
start (StoreLane *self,
       Batch     *batch)
{
  StoreWriter *writer = store_get_writer (self->store);

  if (writer != NULL)
    store_writer_push (writer, self->priority, run_batch, batch, NULL, batch_done, batch);
  else
    {
      g_autoptr(GError) error = g_error_new_literal (STORE_ERROR, STORE_ERROR_CLOSED,
                                                     "The store is closed");

      batch_done (error, batch);
    }
}

static void
batch_done (GError   *error,
            gpointer  done_data)
{
  Batch *batch = done_data;
  StoreLane *self = store_lane_ref (batch->lane);
  g_autoptr(GTask) pushing = NULL;
  g_autoptr(GTask) draining = NULL;
  g_autoptr(GError) told = NULL;
  Batch *next = NULL;

  g_mutex_lock (&self->lock);
  self->n_under_way--;
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);

  /* an error is told when nothing is left that must not run after it */
  if (self->pushing != NULL && (self->error == NULL || self->n_under_way == 0))
    {
      pushing = g_steal_pointer (&self->pushing);
      next = g_steal_pointer (&self->pushed);
      told = g_steal_pointer (&self->error);
      self->n_under_way += told == NULL;
    }
  else if (self->draining != NULL && self->n_under_way == 0)
    {
      draining = g_steal_pointer (&self->draining);
      told = g_steal_pointer (&self->error);
    }
  g_mutex_unlock (&self->lock);

  batch_free (batch);
  if (next != NULL && told == NULL)
    start (self, next);
  else if (next != NULL)
    batch_free (next);

  if (told != NULL)
    g_task_return_error (pushing != NULL ? pushing : draining, g_steal_pointer (&told));
  else if (pushing != NULL || draining != NULL)
    g_task_return_boolean (pushing != NULL ? pushing : draining, TRUE);

  store_lane_unref (self);
}

/**
 * store_lane_push_async:
 * @data: given to @func on the writer thread
 * @destroy: (nullable): frees @data, on the writer thread, as soon as the batch has been run
 *
 * Hands over a batch. Completes as soon as it is in the queue, which is at once unless
 * STORE_LANE_DEPTH are under way; only one push at a time. An error is one of an earlier batch: this
 * one and all behind that one have not been run then, and the lane is clean again.
 */
void
store_lane_push_async (StoreLane           *self,
                       StoreWriteFunc       func,
                       gpointer             data,
                       GDestroyNotify       destroy,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr(GError) error = NULL;
  Batch *batch = g_new0 (Batch, 1);
  gboolean is_full;

  g_task_set_source_tag (task, store_lane_push_async);
  batch->lane = store_lane_ref (self);
  batch->func = func;
  batch->data = data;
  batch->destroy = destroy;

  g_mutex_lock (&self->lock);
  g_assert (self->pushing == NULL && self->draining == NULL);
  is_full = self->n_under_way >= STORE_LANE_DEPTH ||
            (self->error != NULL && self->n_under_way > 0);
  if (is_full)
    {
      self->pushing = g_object_ref (task);
      self->pushed = batch;
    }
  else
    {
      error = g_steal_pointer (&self->error);
      self->n_under_way += error == NULL;
    }
  g_mutex_unlock (&self->lock);

  if (is_full)
    return;

  if (error != NULL)
    {
      batch_free (batch);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  start (self, batch);
  g_task_return_boolean (task, TRUE);
}

gboolean
store_lane_push_finish (StoreLane     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_lane_push_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * store_lane_push_await:
 *
 * As store_lane_push_async ().
 *
 * Thread: a worker, as base_await ().
 */
gboolean
store_lane_push_await (StoreLane       *self,
                       StoreWriteFunc   func,
                       gpointer         data,
                       GDestroyNotify   destroy,
                       GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  store_lane_push_async (self, func, data, destroy, base_await_result_cb, &result);
  base_await_result (&result);
  return store_lane_push_finish (self, result, error);
}

/**
 * store_lane_drain_async:
 *
 * Completes when all that was pushed is committed, or with the error of what failed.
 */
void
store_lane_drain_async (StoreLane           *self,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr(GError) error = NULL;
  gboolean is_waiting;

  g_task_set_source_tag (task, store_lane_drain_async);

  g_mutex_lock (&self->lock);
  g_assert (self->pushing == NULL && self->draining == NULL);
  is_waiting = self->n_under_way > 0;
  if (is_waiting)
    self->draining = g_object_ref (task);
  else
    error = g_steal_pointer (&self->error);
  g_mutex_unlock (&self->lock);

  if (is_waiting)
    return;
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
store_lane_drain_finish (StoreLane     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_lane_drain_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * store_lane_drain_await:
 *
 * As store_lane_drain_async ().
 *
 * Thread: a worker, as base_await ().
 */
gboolean
store_lane_drain_await (StoreLane  *self,
                        GError    **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  store_lane_drain_async (self, base_await_result_cb, &result);
  base_await_result (&result);
  return store_lane_drain_finish (self, result, error);
}
