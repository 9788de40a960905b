/* One command "sync": the list of folders, then every folder, then bodies, as jobs of the queue,
 * so that they can run on several workers and what is more urgent goes between them. */

#include "sync-round.h"

#include "base-time.h"
#include "imap-error.h"
#include "store-folder.h"
#include "sync-body.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-list.h"

/* Lives on the main thread. */
typedef struct
{
  SyncCore *core; /* (owned) */
  GTask *task;    /* (owned) until it returns; then it owns the round */
  SyncBodies bodies;
  gboolean is_account; /* all folders, and not one */
  GPtrArray *jobs;     /* (owned) (element-type SyncJob): under way */
  gulong cancelled_id;
  SyncReport *report; /* (owned) */
  GError *error;      /* (owned) (nullable): the first that ends everything */
} Round;

/* A job of a round. */
typedef struct
{
  Round *round;
  gint64 folder_id;
  char *name; /* (owned): of the folder, for people */
} Step;

static void
round_free (Round *round)
{
  sync_core_unref (round->core);
  g_ptr_array_unref (round->jobs);
  sync_report_free (round->report);
  g_clear_error (&round->error);
  g_free (round);
}

static void
cancel_jobs (Round *round)
{
  for (guint i = 0; i < round->jobs->len; i++)
    sync_core_cancel (round->core, g_ptr_array_index (round->jobs, i));
}

static void
end_round (Round *round)
{
  GTask *task = g_steal_pointer (&round->task);

  if (round->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), round->cancelled_id);

  if (round->error != NULL)
    g_task_return_error (task, g_error_copy (round->error));
  else if (round->report->failures->len > 0)
    g_task_return_new_error (task, SYNC_ERROR, SYNC_ERROR_INCOMPLETE, "%s",
                             (char *) g_ptr_array_index (round->report->failures, 0));
  else
    {
      if (round->is_account)
        sync_core_set_checked (round->core, base_time_now_unix ());
      g_task_return_boolean (task, TRUE);
    }

  g_object_unref (task);
}

static void
push_step (Round *round,
           SyncJob *job,
           SyncJobDoneFunc done,
           const StoreFolder *folder,
           gint64 folder_id,
           const char *name)
{
  Step *step = g_new0 (Step, 1);

  step->round = round;
  step->folder_id = folder != NULL ? folder->folder : folder_id;
  step->name = g_strdup (folder != NULL ? folder->display_name : name);
  g_ptr_array_add (round->jobs, sync_job_ref (job));
  sync_job_set_done (job, done, step);
  sync_core_push (round->core, job);
}

/* Errors of one folder leave the others alone; what concerns the connection ends the round. */
static gboolean
is_of_folder (const GError *error)
{
  return (error->domain == SYNC_ERROR && error->code != SYNC_ERROR_STOPPED &&
          error->code != SYNC_ERROR_OFFLINE) ||
         error->domain == IMAP_ERROR;
}

/* Takes note of what a job did. Returns whether what follows it makes sense. */
static gboolean
take_result (Round *round,
             SyncJob *job,
             const Step *step)
{
  sync_report_add (round->report, job->report);
  if (job->error == NULL)
    return round->error == NULL;

  if (is_of_folder (job->error))
    g_ptr_array_add (round->report->failures,
                     g_strdup_printf ("%s: %s", step->name, job->error->message));
  else if (round->error == NULL)
    {
      round->error = g_error_copy (job->error);
      cancel_jobs (round);
    }

  return FALSE;
}

static void
end_step (Step *step,
          SyncJob *job)
{
  Round *round = step->round;

  g_free (step->name);
  g_free (step);
  g_ptr_array_remove_fast (round->jobs, job);
  if (round->jobs->len == 0)
    end_round (round);
}

static void
on_bodies_done (SyncJob *job,
                gpointer user_data)
{
  Step *step = user_data;

  take_result (step->round, job, step);
  end_step (step, job);
}

static void
push_bodies (Round *round,
             gint64 folder_id,
             const char *name)
{
  if (round->bodies != SYNC_BODIES_NONE)
    push_step (round,
               sync_body_prefetch_job_new (folder_id, round->bodies, SYNC_JOB_FAIL_OFFLINE),
               on_bodies_done, NULL, folder_id, name);
}

static void
on_folder_done (SyncJob *job,
                gpointer user_data)
{
  Step *step = user_data;

  if (take_result (step->round, job, step))
    push_bodies (step->round, step->folder_id, step->name);
  end_step (step, job);
}

static void
on_list_done (SyncJob *job,
              gpointer user_data)
{
  Step *step = user_data;
  GPtrArray *folders = sync_list_job_get_folders (job);

  if (take_result (step->round, job, step))
    for (guint i = 0; i < folders->len; i++)
      {
        const StoreFolder *folder = g_ptr_array_index (folders, i);

        if (sync_list_job_is_equal (job, folder->folder))
          push_bodies (step->round, folder->folder, folder->display_name);
        else
          push_step (step->round,
                     sync_folder_job_new (folder->folder,
                                          folder->special_use == STORE_SPECIAL_INBOX ?
                                              SYNC_PRIORITY_VISIBLE : SYNC_PRIORITY_FOLDER,
                                          SYNC_JOB_FAIL_OFFLINE),
                     on_folder_done, folder, 0, NULL);
      }
  end_step (step, job);
}

static gboolean
on_cancelled_cb (gpointer user_data)
{
  GTask *task = user_data;
  Round *round = g_task_get_task_data (task);

  if (round->task != NULL)
    cancel_jobs (round);

  return G_SOURCE_REMOVE;
}

/* May come on any thread: the round is the main thread's. */
static void
on_cancelled (GCancellable *cancellable,
              GTask *task)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_cancelled_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/**
 * sync_round_start:
 * @folder_id: one folder, or 0 for all
 * @task: (transfer full): returns a boolean at the end
 *
 * Makes the cache equal to the server. Main thread.
 */
void
sync_round_start (SyncCore *core,
                  gint64 folder_id,
                  SyncBodies bodies,
                  GTask *task)
{
  Round *round = g_new0 (Round, 1);

  round->core = sync_core_ref (core);
  round->task = task;
  round->bodies = bodies;
  round->is_account = folder_id == 0;
  round->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_job_unref);
  round->report = sync_report_new ();
  g_task_set_task_data (task, round, (GDestroyNotify) round_free);

  if (folder_id != 0)
    push_step (round,
               sync_folder_job_new (folder_id, SYNC_PRIORITY_VISIBLE, SYNC_JOB_FAIL_OFFLINE),
               on_folder_done, NULL, folder_id, "Folder");
  else
    push_step (round, sync_list_job_new (SYNC_PRIORITY_VISIBLE, SYNC_JOB_FAIL_OFFLINE, 0),
               on_list_done, NULL, 0, "Folders");

  if (g_task_get_cancellable (task) != NULL)
    round->cancelled_id = g_cancellable_connect (g_task_get_cancellable (task),
                                                 G_CALLBACK (on_cancelled), task, NULL);
}

/**
 * sync_round_dup_report:
 *
 * Returns: (transfer full): what the round has done
 */
SyncReport *
sync_round_dup_report (GTask *task)
{
  Round *round = g_task_get_task_data (task);

  return sync_report_copy (round->report);
}
