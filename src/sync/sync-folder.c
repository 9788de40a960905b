/* Makes one folder of the cache equal to the server.
 *
 * SELECT, then UID SEARCH ALL, whose result is proved by EXISTS. What the server has and the cache
 * has not is fetched, newest first: that is a first sync, the rest of an interrupted one, new mail
 * and a hole alike. What the cache has and the server has not is removed. The flags of the
 * others are compared. A NOOP at the end says whether all this still holds; if not, once more. */

#include "sync-folder.h"

#include "base-time.h"
#include "store-transaction.h"
#include "sync-body.h"
#include "sync-compare.h"
#include "sync-error.h"
#include "sync-facts.h"
#include "sync-known.h"
#include "sync-window.h"

#define MAX_ROUNDS 5

/* How long a folder of Gmail's waits for All Mail before it asks again. */
#define WAIT_FOR_ALL_US (2 * G_USEC_PER_SEC)

/* How often the folder on the screen is compared with the server. */
#define LOOK_AGAIN_US (3 * 60 * G_USEC_PER_SEC)

/* What is asked for at once when a folder is opened for the first time, beside its list. */
#define FIRST_LOOK 100

static const ImapFetchQuery facts_query = {
  .items = SYNC_FACTS_ITEMS,
  .header_fields = SYNC_FACTS_HEADER_FIELDS,
};

static const ImapFetchQuery bare_query = {
  .items = SYNC_FACTS_BARE_ITEMS,
};

/* One folder's sync, from SELECT to the proof. */
typedef struct
{
  SyncJob *job;         /* (unowned) */
  SyncWorker *worker;   /* (unowned) */
  SyncMailbox *mailbox; /* (unowned): the worker's */
  gint64 folder_id;
  gboolean is_whole;    /* not ended early */
  guint64 n_undelivered;
} Run;

static ImapSession *
get_session (Run *run)
{
  return sync_worker_get_session (run->worker);
}

/* The first sync's first rows: without waiting for the list of UIDs. */
static ImapCommand *
send_first_look (Run *run)
{
  const ImapSelected *selected = sync_mailbox_get_selected (run->mailbox);
  g_autoptr(ImapUidSet) uids = NULL;

  if (sync_mailbox_get_folder (run->mailbox)->state != STORE_FOLDER_NEW ||
      selected->uid_next < 2 || selected->exists == 0)
    return NULL;

  uids = imap_uid_set_new_range (selected->uid_next > FIRST_LOOK ?
                                     selected->uid_next - FIRST_LOOK : 1,
                                 selected->uid_next - 1);
  return imap_session_uid_fetch (get_session (run), uids,
                                 sync_known_is_likely (run->worker) ? &bare_query : &facts_query,
                                 NULL, NULL);
}

static void
set_status (Run *run)
{
  const ImapSelected *selected = sync_mailbox_get_selected (run->mailbox);
  StoreFolderStatus status = {
    .uid_validity = selected->uid_validity,
    .uid_next = selected->uid_next,
    .highest_modseq = 0,
    .n_exists = imap_session_get_exists (get_session (run)),
    .n_unseen = -1,
  };

  sync_mailbox_set_status (run->mailbox, &status);
}

typedef struct
{
  gint64 folder_id;
  guint32 uid_validity;
  StoreRematch rematch;
} Rematch;

static gboolean
begin_rematch (StoreTransaction *tx,
               gpointer data,
               GError **error)
{
  Rematch *rematch = data;

  return store_tx_begin_rematch (tx, rematch->folder_id, rematch->uid_validity, error);
}

static gboolean
finish_rematch (StoreTransaction *tx,
                gpointer data,
                GError **error)
{
  Rematch *rematch = data;

  return store_tx_finish_rematch (tx, rematch->folder_id, &rematch->rematch, error);
}

static gboolean
reload (Run *run,
        GError **error)
{
  StoreFolder *folder = store_reader_get_folder (sync_worker_get_reader (run->worker),
                                                 run->folder_id, error);

  if (folder == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND, "The folder is gone");
      return FALSE;
    }

  return sync_mailbox_reload (run->mailbox, folder);
}

/* RFC 3501 section 2.3.1.1: with another UIDVALIDITY every UID means another message. The
 * folder's messages are matched again by what they are. */
static gboolean
check_validity (Run *run,
                GError **error)
{
  const StoreFolder *folder = sync_mailbox_get_folder (run->mailbox);
  const ImapSelected *selected = sync_mailbox_get_selected (run->mailbox);
  Rematch rematch = { .folder_id = run->folder_id, .uid_validity = selected->uid_validity };

  if (folder->state == STORE_FOLDER_NEW || folder->uid_validity == selected->uid_validity)
    return TRUE;

  g_message ("UIDVALIDITY of %s has changed from %u to %u: matching its messages again",
             folder->display_name, folder->uid_validity, selected->uid_validity);

  return sync_worker_write (run->worker, STORE_PRIORITY_SYNC, begin_rematch, &rematch, error) &&
         reload (run, error);
}

static gboolean
end_rematch (Run *run,
             GError **error)
{
  Rematch rematch = { .folder_id = run->folder_id };

  if (sync_mailbox_get_folder (run->mailbox)->state != STORE_FOLDER_REMATCHING)
    return TRUE;
  if (!sync_worker_write (run->worker, STORE_PRIORITY_SYNC, finish_rematch, &rematch, error))
    return FALSE;

  g_message ("Matched %u messages, lost %u; %u waiting operations go on, %u are in doubt",
             rematch.rematch.n_matched, rematch.rematch.n_lost, rematch.rematch.n_rewritten,
             rematch.rematch.n_doubtful);
  run->job->report->n_gone += rematch.rematch.n_lost;

  return reload (run, error);
}

/* Fetches what the cache lacks. What a server lists and does not deliver is asked for once more
 * behind a NOOP, without which Courier keeps quiet about what has just arrived. */
static gboolean
fetch_unknown (Run *run,
               const ImapUidSet *unknown,
               GError **error)
{
  StoreFolderState state = sync_mailbox_get_folder (run->mailbox)->state;
  g_auto(SyncFill) fill = { 0 };
  g_auto(SyncFill) again = { 0 };
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(ImapUidSet) wanted = imap_uid_set_copy (unknown);

  if (!sync_known_place (run->job, run->worker, wanted, &run->is_whole, error))
    return FALSE;
  if (!run->is_whole)
    return TRUE;

  sync_fill_init (&fill, run->job, run->worker, wanted);
  fill.moves_marker = state != STORE_FOLDER_COMPLETE;
  if (!sync_fill_run (&fill, &run->is_whole, error))
    return FALSE;
  imap_uid_set_remove_set (fill.missing, sync_mailbox_get_gone (run->mailbox));
  if (!run->is_whole || imap_uid_set_is_empty (fill.missing))
    return TRUE;

  noop = imap_session_noop (get_session (run));
  if (!imap_command_await (noop, run->job->cancellable, error))
    return FALSE;
  imap_uid_set_remove_set (fill.missing, sync_mailbox_get_gone (run->mailbox));
  sync_fill_init (&again, run->job, run->worker, fill.missing);
  if (!sync_fill_run (&again, &run->is_whole, error))
    return FALSE;
  imap_uid_set_remove_set (again.missing, sync_mailbox_get_gone (run->mailbox));
  run->n_undelivered = imap_uid_set_get_size (again.missing);

  return TRUE;
}

/* One comparison of the cache with the server. */
static gboolean
compare_once (Run *run,
              GError **error)
{
  g_autoptr(ImapCommand) first_look = send_first_look (run);
  g_autoptr(ImapUidSet) found = NULL;
  g_autoptr(ImapUidSet) unknown = NULL;
  g_autoptr(ImapUidSet) absent = NULL;
  g_autoptr(ImapUidSet) known = NULL;

  sync_mailbox_clear_arrivals (run->mailbox);
  sync_mailbox_clear_doubt (run->mailbox);
  set_status (run);

  found = sync_compare_list (run->job, run->worker, error);
  if (found == NULL)
    return FALSE;
  if (first_look != NULL && !imap_command_await (first_look, run->job->cancellable, error))
    return FALSE;
  if (!sync_mailbox_settle (run->mailbox, run->job->report, error) ||
      !sync_compare_uids (run->worker, found, &unknown, &absent, error))
    return FALSE;

  sync_mailbox_vanish (run->mailbox, absent);
  known = imap_uid_set_copy (found);
  imap_uid_set_remove_set (known, unknown);

  if (!imap_uid_set_is_empty (unknown) && !fetch_unknown (run, unknown, error))
    return FALSE;
  if (run->is_whole && run->n_undelivered == 0 &&
      sync_mailbox_get_folder (run->mailbox)->state != STORE_FOLDER_COMPLETE)
    sync_mailbox_set_backfill (run->mailbox, 1);
  if (first_look == NULL && run->is_whole && !imap_uid_set_is_empty (known) &&
      !sync_compare_flags (run->job, run->worker, known, &run->is_whole, error))
    return FALSE;

  return sync_mailbox_settle (run->mailbox, run->job->report, error) && reload (run, error);
}

/* Whether the cache equals the server now, by the numbers of both. */
static gboolean
is_equal (Run *run,
          gboolean *out_equal,
          GError **error)
{
  g_autoptr(ImapCommand) noop = imap_session_noop (get_session (run));
  StoreFolderCounts counts = { 0 };

  if (!imap_command_await (noop, run->job->cancellable, error) ||
      !sync_mailbox_settle (run->mailbox, run->job->report, error) ||
      !store_reader_count_folder (sync_worker_get_reader (run->worker), run->folder_id, TRUE,
                                  &counts, error))
    return FALSE;

  *out_equal = !sync_mailbox_has_arrivals (run->mailbox) &&
               !sync_mailbox_is_doubtful (run->mailbox) &&
               counts.n_present == (gint64) imap_session_get_exists (get_session (run));
  return TRUE;
}

static gboolean
finish (Run *run,
        GError **error)
{
  if (!end_rematch (run, error))
    return FALSE;

  set_status (run);
  sync_mailbox_set_checked (run->mailbox, base_time_now_unix ());
  run->job->report->n_folders++;

  return sync_mailbox_settle (run->mailbox, run->job->report, error);
}

static gboolean
compare_until_equal (Run *run,
                     GError **error)
{
  gboolean equal = FALSE;

  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      run->n_undelivered = 0;
      if (!compare_once (run, error))
        return FALSE;
      if (!run->is_whole)
        return TRUE;
      if (run->n_undelivered > 0)
        {
          g_set_error (error, SYNC_ERROR, SYNC_ERROR_INCOMPLETE,
                       "The server lists %" G_GUINT64_FORMAT
                       " messages that it does not deliver",
                       run->n_undelivered);
          return FALSE;
        }
      if (!is_equal (run, &equal, error))
        return FALSE;
      if (equal)
        return finish (run, error);
    }

  g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL,
                       "The folder changes faster than it can be compared");
  return FALSE;
}

/* In a live account: the texts of what has come, and another look while the folder is on the
 * screen. The inbox has its IDLE. */
static void
push_what_follows (Run *run)
{
  SyncCore *core = sync_worker_get_core (run->worker);
  const StoreFolder *folder = sync_mailbox_get_folder (run->mailbox);

  if (run->job->report->n_new > 0)
    sync_core_push_once (core, sync_body_prefetch_job_new (run->folder_id, SYNC_BODIES_RECENT, 0));

  if (folder->special_use != STORE_SPECIAL_INBOX && sync_core_get_visible (core) == run->folder_id)
    {
      SyncJob *next = sync_folder_job_new (run->folder_id, SYNC_PRIORITY_VISIBLE, 0);

      next->not_before_us = base_time_boottime_us () + LOOK_AGAIN_US;
      sync_core_push_once (core, next);
    }
}

static SyncJobOutcome
run_folder_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  gint64 folder_id = *(gint64 *) job->data;
  Run run = { .job = job, .worker = worker, .folder_id = folder_id, .is_whole = TRUE };
  g_autoptr(StoreFolder) cached = NULL;
  const StoreFolder *folder;

  cached = store_reader_get_folder (sync_worker_get_reader (worker), folder_id, NULL);
  if (cached != NULL && sync_known_waits (job, worker, cached))
    {
      job->not_before_us = base_time_boottime_us () + WAIT_FOR_ALL_US;
      return SYNC_JOB_AGAIN;
    }
  if (!sync_worker_select (worker, folder_id, job->cancellable, error))
    return SYNC_JOB_FAILED;

  run.mailbox = sync_worker_get_mailbox (worker);
  if (!reload (&run, error))
    return SYNC_JOB_FAILED;
  folder = sync_mailbox_get_folder (run.mailbox);
  sync_core_set_activity (sync_worker_get_core (worker), worker, SYNC_ACTIVITY_SYNCING, folder_id,
                          folder->display_name);

  if (!check_validity (&run, error) || !compare_until_equal (&run, error))
    return SYNC_JOB_FAILED;
  if (!run.is_whole)
    return SYNC_JOB_AGAIN;

  if (sync_core_get_mode (sync_worker_get_core (worker)) == SYNC_MODE_LIVE)
    push_what_follows (&run);
  return SYNC_JOB_DONE;
}

/**
 * sync_folder_job_new:
 *
 * Returns: (transfer full): a job that makes a folder equal to the server
 */
SyncJob *
sync_folder_job_new (gint64 folder_id,
                     SyncPriority priority,
                     SyncJobFlags flags)
{
  return sync_job_new ("folder", priority, folder_id, flags | SYNC_JOB_NEEDS_SESSION | SYNC_JOB_COMPARES,
                       run_folder_job, g_memdup2 (&folder_id, sizeof folder_id), g_free);
}

static void
note_uid (ImapSession *session,
          const ImapResponse *response,
          guint32 uid,
          gpointer user_data)
{
  if (uid != 0)
    imap_uid_set_add (user_data, uid);
}

/* What a folder of Gmail's gets is, as a rule, a message that lost its place in the inbox or got a
 * label: its header is here. Leaves in @arrived what has to be fetched whole. */
static gboolean
place_arrived (SyncWorker *worker,
               ImapUidSet **arrived,
               SyncReport *report,
               GCancellable *cancellable,
               GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  g_autoptr(ImapUidSet) seen = imap_uid_set_new ();
  g_autoptr(ImapCommand) fetch = imap_session_uid_fetch (sync_worker_get_session (worker), *arrived,
                                                         &bare_query, note_uid, seen);
  g_autoptr(GArray) rows = NULL;

  if (!imap_command_await (fetch, cancellable, error))
    {
      imap_command_abandon (fetch);
      return FALSE;
    }
  if (!sync_mailbox_settle (mailbox, report, error))
    return FALSE;

  rows = store_reader_list_uids (sync_worker_get_reader (worker),
                                 sync_mailbox_get_folder (mailbox)->folder,
                                 imap_uid_set_get_first (seen), 0, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    imap_uid_set_remove (seen, g_array_index (rows, StoreUidFlags, i).uid);
  imap_uid_set_unref (*arrived);
  *arrived = g_steal_pointer (&seen);
  return TRUE;
}

/**
 * sync_folder_follow:
 * @report: (nullable): what was done is added to it
 *
 * Takes into the cache what the server has said of its own accord about the selected mailbox, and
 * fetches what has arrived. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed. A doubt that remains, which
 *   sync_mailbox_is_doubtful () tells, is for a job of sync_folder_job_new ()
 */
gboolean
sync_folder_follow (SyncWorker *worker,
                    SyncReport *report,
                    GCancellable *cancellable,
                    GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  StoreFolderStatus status = { .n_exists = -1, .n_unseen = -1 };
  StoreFolderCounts counts = { 0 };
  g_autoptr(ImapUidSet) arrived = NULL;
  g_autoptr(ImapCommand) fetch = NULL;

  if (!sync_mailbox_has_arrivals (mailbox))
    return sync_mailbox_settle (mailbox, report, error);

  sync_mailbox_clear_arrivals (mailbox);
  arrived = imap_uid_set_new_range (sync_mailbox_get_next_uid (mailbox), IMAP_UID_STAR);
  if (sync_mailbox_get_folder (mailbox)->special_use != STORE_SPECIAL_INBOX &&
      sync_known_is_likely (worker) &&
      !place_arrived (worker, &arrived, report, cancellable, error))
    return FALSE;
  fetch = imap_session_uid_fetch (sync_worker_get_session (worker), arrived, &facts_query, NULL,
                                  NULL);
  if (!imap_command_await (fetch, cancellable, error))
    return FALSE;

  status.uid_next = sync_mailbox_get_next_uid (mailbox);
  status.n_exists = imap_session_get_exists (sync_worker_get_session (worker));
  sync_mailbox_set_status (mailbox, &status);

  if (!sync_mailbox_settle (mailbox, report, error) ||
      !store_reader_count_folder (sync_worker_get_reader (worker),
                                  sync_mailbox_get_folder (mailbox)->folder, TRUE, &counts, error))
    return FALSE;
  if (counts.n_present != status.n_exists)
    sync_mailbox_doubt (mailbox);

  return TRUE;
}

/**
 * sync_folder_compare:
 * @report: (nullable): what was done is added to it
 *
 * Does what a job of sync_folder_job_new () does, within the job or the wait of the caller, who has
 * selected the folder. That the server's answers contradict each other is not an error here: the
 * doubt is dropped until the next comparison. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_folder_compare (SyncWorker *worker,
                     gint64 folder_id,
                     SyncReport *report,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr(SyncJob) job = sync_folder_job_new (folder_id, SYNC_PRIORITY_VISIBLE, 0);
  g_autoptr(GError) local_error = NULL;
  SyncJobOutcome outcome;

  g_set_object (&job->cancellable, cancellable);
  outcome = run_folder_job (job, worker, &local_error);
  if (report != NULL)
    sync_report_add (report, job->report);
  if (outcome != SYNC_JOB_FAILED)
    return TRUE;

  if (local_error->domain == SYNC_ERROR && sync_worker_get_mailbox (worker) != NULL)
    {
      g_message ("Not compared: %s", local_error->message);
      sync_mailbox_clear_doubt (sync_worker_get_mailbox (worker));
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
