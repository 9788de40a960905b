/* One command "carry it all out": what waits in the journal, then the outbox, then the copies in Sent,
 * one job after another. Lives on the main thread. */

#include "sync-account-private.h"

#include "store-reader.h"
#include "sync-error.h"
#include "sync-filing.h"
#include "sync-operations.h"
#include "sync-outbox.h"

typedef SyncJob *(*NewJobFunc) (SyncJobFlags flags,
                                gint64       not_before_us);

/* What is sent may leave a mark on the message that it answers. */
static const NewJobFunc steps[] = { sync_operations_job_new, sync_outbox_job_new,
                                    sync_operations_job_new, sync_filing_job_new };

typedef struct
{
  SyncCore *core;    /* (owned) */
  GTask *task;       /* (owned) until it returns; then it owns the settling */
  guint step;        /* the next one of steps */
  SyncJob *job;      /* (owned) (nullable): under way */
  gulong cancelled_id;
  SyncReport *report; /* (owned) */
  GError *error;      /* (owned) (nullable): the first */
  gint64 n_left;      /* what the journal and the outbox still hold */
} Settling;

static void
settling_free (Settling *settling)
{
  sync_core_unref (settling->core);
  g_clear_pointer (&settling->job, sync_job_unref);
  sync_report_free (settling->report);
  g_clear_error (&settling->error);
  g_free (settling);
}

static void
end (Settling *settling)
{
  GTask *task = g_steal_pointer (&settling->task);
  GPtrArray *failures = settling->report->failures;

  if (settling->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), settling->cancelled_id);

  if (settling->error != NULL)
    g_task_return_error (task, g_error_copy (settling->error));
  else if (failures->len > 0)
    g_task_return_new_error (task, SYNC_ERROR, SYNC_ERROR_INCOMPLETE, "%s",
                             (char *) g_ptr_array_index (failures, 0));
  else if (settling->n_left > 0)
    g_task_return_new_error (task, SYNC_ERROR, SYNC_ERROR_INCOMPLETE,
                             "%" G_GINT64_FORMAT " changes wait for a later time",
                             settling->n_left);
  else
    g_task_return_boolean (task, TRUE);

  g_object_unref (task);
}

/* What is left. */

static gboolean
count_left (StoreReader *reader,
            gpointer data,
            GError **error)
{
  Settling *settling = data;
  const char *uuid = sync_core_get_uuid (settling->core);
  g_autoptr(GPtrArray) outbox = store_reader_list_outbox (reader, uuid, FALSE, error);
  gint64 n_pending = store_reader_count_pending (reader, uuid, NULL, error);

  if (outbox == NULL || n_pending < 0)
    return FALSE;

  settling->n_left = n_pending + outbox->len;
  return TRUE;
}

static void
counted_cb (GObject *source_object,
            GAsyncResult *result,
            gpointer user_data)
{
  Settling *settling = user_data;
  g_autoptr(GError) error = NULL;

  if (!store_read_finish (STORE_STORE (source_object), result, &error) && settling->error == NULL)
    settling->error = g_steal_pointer (&error);

  end (settling);
}

/* The steps. */

static void push_step (Settling *settling);

static void
on_step_done (SyncJob *job,
              gpointer user_data)
{
  Settling *settling = user_data;

  sync_report_add (settling->report, job->report);
  if (job->error != NULL && settling->error == NULL)
    settling->error = g_error_copy (job->error);
  g_clear_pointer (&settling->job, sync_job_unref);

  push_step (settling);
}

/* A step that fails leaves the next ones their turn: mail goes out by another server. */
static void
push_step (Settling *settling)
{
  GCancellable *cancellable = g_task_get_cancellable (settling->task);

  if (settling->step == G_N_ELEMENTS (steps) || g_cancellable_is_cancelled (cancellable))
    {
      store_read_async (sync_core_get_store (settling->core), G_PRIORITY_DEFAULT, count_left,
                        settling, NULL, NULL, counted_cb, settling);
      return;
    }

  settling->job = steps[settling->step++] (SYNC_JOB_FAIL_OFFLINE, 0);
  sync_job_ref (settling->job);
  sync_job_set_done (settling->job, on_step_done, settling);
  sync_core_push (settling->core, settling->job);
}

static gboolean
on_cancelled_cb (gpointer user_data)
{
  GTask *task = user_data;
  Settling *settling = g_task_get_task_data (task);

  if (settling->job != NULL)
    g_cancellable_cancel (settling->job->cancellable);

  return G_SOURCE_REMOVE;
}

/* May come on any thread. */
static void
on_cancelled (GCancellable *cancellable,
              GTask *task)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_cancelled_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/**
 * sync_account_settle_async:
 *
 * Carries to the servers what the journal and the outbox hold. It ends when nothing is left that can go
 * now, and does not wait for a server that is away.
 */
void
sync_account_settle_async (SyncAccount *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Settling *settling;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  settling = g_new0 (Settling, 1);
  settling->core = sync_core_ref (sync_account_get_core (self));
  settling->task = g_task_new (self, cancellable, callback, user_data);
  settling->report = sync_report_new ();
  g_task_set_source_tag (settling->task, sync_account_settle_async);
  g_task_set_task_data (settling->task, settling, (GDestroyNotify) settling_free);
  if (cancellable != NULL)
    settling->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                    settling->task, NULL);

  push_step (settling);
}

/**
 * sync_account_settle_finish:
 * @out_report: (out) (optional) (transfer full): what was done, also when it failed
 *
 * Errors: NET_ERROR when there was no connection; SYNC_ERROR_INCOMPLETE when something was refused or
 * has to wait, with the reasons in the report; SYNC_ERROR_OFFLINE, SYNC_ERROR_STOPPED.
 *
 * Returns: whether nothing is left
 */
gboolean
sync_account_settle_finish (SyncAccount *self,
                            GAsyncResult *result,
                            SyncReport **out_report,
                            GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (out_report != NULL)
    {
      Settling *settling = g_task_get_task_data (G_TASK (result));

      *out_report = sync_report_copy (settling->report);
    }

  return g_task_propagate_boolean (G_TASK (result), error);
}
