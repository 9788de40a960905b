/* Makes one folder of the cache equal to the server.
 *
 * What was equal once is followed by what has changed: sync-resync.c. Where that is not possible,
 * or proves nothing:
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
#include "sync-list.h"
#include "sync-resync.h"
#include "sync-window.h"

#define MAX_ROUNDS 5

/* What is asked for at once when a folder is opened for the first time, beside its list. */
#define FIRST_LOOK 50

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
  gboolean has_flags;   /* they are up to date: only which messages there are is in question */
  ImapUidSet *accused;  /* (owned) (nullable): what VANISHED has named; the numbers did not fit */
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
  const ImapFetchQuery *query = &facts_query;

  if (sync_mailbox_get_folder (run->mailbox)->state != STORE_FOLDER_NEW ||
      sync_mailbox_has_looked (run->mailbox) || selected->uid_next < 2 || selected->exists == 0)
    return NULL;

  if (sync_known_is_likely (run->worker))
    query = &bare_query;

  if (imap_session_has (get_session (run), IMAP_CAPABILITY_PARTIAL))
    {
      ImapFetchQuery newest = *query;

      newest.n_newest = FIRST_LOOK;
      uids = imap_uid_set_new_range (1, IMAP_UID_STAR);
      return imap_session_uid_fetch (get_session (run), uids, &newest, NULL, NULL);
    }

  uids = imap_uid_set_new_range (selected->uid_next > FIRST_LOOK ?
                                     selected->uid_next - FIRST_LOOK : 1,
                                 selected->uid_next - 1);
  return imap_session_uid_fetch (get_session (run), uids, query, NULL, NULL);
}

/* HIGHESTMODSEQ of SELECT, 0 where it cannot be used: whatever was fetched since is at least as new */
static guint64
get_modseq (Run *run)
{
  return imap_session_has (get_session (run), IMAP_CAPABILITY_CONDSTORE) ?
             sync_mailbox_get_selected (run->mailbox)->highest_modseq : 0;
}

/* At the beginning. UIDNEXT and HIGHESTMODSEQ are promises that all before them is here, and wait for
 * the end; but in a folder without messages they promise nothing yet. */
static void
set_first_status (Run *run)
{
  const ImapSelected *selected = sync_mailbox_get_selected (run->mailbox);
  StoreFolderState state = sync_mailbox_get_folder (run->mailbox)->state;
  StoreFolderStatus status = {
    .uid_validity = selected->uid_validity,
    .uid_next = state != STORE_FOLDER_COMPLETE ? selected->uid_next : 0,
    .highest_modseq = state == STORE_FOLDER_NEW ? get_modseq (run) : 0,
    .n_exists = imap_session_get_exists (get_session (run)),
    .n_unseen = -1,
  };

  sync_mailbox_set_status (run->mailbox, &status);
}

/* At the end. */
static void
set_last_status (Run *run)
{
  StoreFolderStatus status = {
    .uid_validity = sync_mailbox_get_selected (run->mailbox)->uid_validity,
    .uid_next = sync_mailbox_get_next_uid (run->mailbox),
    .highest_modseq = get_modseq (run),
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

/* The numbers did not fit after VANISHED: was it that? Then the server's QRESYNC is not used any more.
 * @found is what is there, proved; @absent what is not and the cache has. */
static void
judge_vanished (Run *run,
                const ImapUidSet *found,
                const ImapUidSet *absent)
{
  g_autoptr(ImapUidSet) accused = g_steal_pointer (&run->accused);
  g_autoptr(ImapUidSet) denied = NULL;
  g_autoptr(ImapUidSet) unnamed = NULL;
  const char *evidence = NULL;

  if (accused == NULL)
    return;

  denied = imap_uid_set_intersect (accused, found);
  unnamed = imap_uid_set_copy (absent);
  imap_uid_set_remove_set (unnamed, accused);
  imap_uid_set_remove_set (unnamed, sync_mailbox_get_gone (run->mailbox));
  if (!imap_uid_set_is_empty (denied))
    evidence = "VANISHED named messages that are there";
  else if (!imap_uid_set_is_empty (unnamed))
    evidence = "VANISHED did not name messages that were gone";
  if (evidence == NULL)
    return;

  imap_session_latch_off (get_session (run), IMAP_CAPABILITY_QRESYNC, evidence);
  sync_mailbox_distrust_vanished (run->mailbox);
}

/* The flags of what the server and the cache both have. In a first sync that was interrupted, what is
 * here is of a time whose mod-sequence is known. */
static gboolean
compare_flags (Run *run,
               const ImapUidSet *known,
               GError **error)
{
  const StoreFolder *folder = sync_mailbox_get_folder (run->mailbox);
  ImapFetchQuery query = { .items = IMAP_FETCH_FLAGS, .changed_since = folder->highest_modseq };
  g_autoptr(ImapUidSet) range = NULL;
  g_autoptr(ImapCommand) changes = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!run->is_whole || run->has_flags || imap_uid_set_is_empty (known))
    return TRUE;
  if (folder->state != STORE_FOLDER_FILLING || folder->highest_modseq == 0 ||
      get_modseq (run) < folder->highest_modseq)
    return sync_compare_flags (run->job, run->worker, known, &run->is_whole, error);

  range = imap_uid_set_new_range (imap_uid_set_get_first (known), imap_uid_set_get_last (known));
  changes = imap_session_uid_fetch (get_session (run), range, &query, NULL, NULL);
  if (imap_command_await (changes, run->job->cancellable, &local_error))
    return TRUE;
  if (sync_window_is_refusal (local_error))
    return sync_compare_flags (run->job, run->worker, known, &run->is_whole, error);

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* It only shows something early: where the server refuses it, what it would have brought is asked for
 * again in pieces. */
static gboolean
await_first_look (Run *run,
                  ImapCommand *first_look,
                  GError **error)
{
  g_autoptr(GError) local_error = NULL;

  if (first_look == NULL ||
      imap_command_await (first_look, run->job->cancellable, &local_error) ||
      sync_window_is_refusal (local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* One comparison of the cache with the server. */
static gboolean
compare_once (Run *run,
              GError **error)
{
  g_autoptr(ImapCommand) first_look = send_first_look (run);
  g_autoptr(ImapCommand) search = sync_compare_send_list (run->worker);
  g_autoptr(ImapUidSet) found = NULL;
  g_autoptr(ImapUidSet) unknown = NULL;
  g_autoptr(ImapUidSet) absent = NULL;
  g_autoptr(ImapUidSet) known = NULL;

  sync_mailbox_clear_arrivals (run->mailbox);
  sync_mailbox_clear_doubt (run->mailbox);
  set_first_status (run);

  /* the list of a large mailbox takes a server a tenth of a second: what is there before is shown */
  if (!await_first_look (run, first_look, error) ||
      (first_look != NULL && !sync_mailbox_commit (run->mailbox, error)))
    return FALSE;
  found = sync_compare_list (run->job, run->worker, g_steal_pointer (&search), error);
  if (found == NULL)
    return FALSE;
  if (!sync_mailbox_settle (run->mailbox, run->job->report, error) ||
      !sync_compare_uids (run->worker, found, &unknown, &absent, error))
    return FALSE;

  run->has_flags |= sync_mailbox_has_looked (run->mailbox) &&
                    sync_mailbox_get_folder (run->mailbox)->state == STORE_FOLDER_NEW;
  judge_vanished (run, found, absent);
  sync_mailbox_drop_vanished (run->mailbox);
  sync_mailbox_vanish (run->mailbox, absent);
  known = imap_uid_set_copy (found);
  imap_uid_set_remove_set (known, unknown);

  if (!imap_uid_set_is_empty (unknown) && !fetch_unknown (run, unknown, error))
    return FALSE;
  if (run->is_whole && run->n_undelivered == 0 &&
      sync_mailbox_get_folder (run->mailbox)->state != STORE_FOLDER_COMPLETE)
    sync_mailbox_set_backfill (run->mailbox, 1);
  if (first_look == NULL && !compare_flags (run, known, error))
    return FALSE;

  return sync_mailbox_settle (run->mailbox, run->job->report, error) && reload (run, error);
}

/* Whether the cache equals the server now, by the numbers of both. What VANISHED has named meanwhile is
 * for the next round: a list decides then. */
static gboolean
is_equal (Run *run,
          gboolean *out_equal,
          GError **error)
{
  g_autoptr(ImapCommand) noop = imap_session_noop (get_session (run));
  gint64 n_present;

  if (!imap_command_await (noop, run->job->cancellable, error) ||
      !sync_mailbox_settle (run->mailbox, run->job->report, error) ||
      !store_reader_count_present (sync_worker_get_reader (run->worker), run->folder_id,
                                   &n_present, error))
    return FALSE;

  *out_equal = !sync_mailbox_has_arrivals (run->mailbox) &&
               !sync_mailbox_is_doubtful (run->mailbox) &&
               n_present == (gint64) imap_session_get_exists (get_session (run));
  return TRUE;
}

static gboolean
finish (Run *run,
        GError **error)
{
  if (!end_rematch (run, error))
    return FALSE;

  set_last_status (run);
  sync_mailbox_set_checked (run->mailbox, base_time_now_unix ());
  sync_mailbox_set_proved (run->mailbox, imap_session_get_exists (get_session (run)));
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
      g_autoptr(GError) local_error = NULL;
      guint64 n_gone = imap_uid_set_get_size (sync_mailbox_get_gone (run->mailbox));

      run->n_undelivered = 0;
      if (!compare_once (run, &local_error))
        {
          /* RFC 2180 section 4.1.2: what names messages that have just been expunged is refused */
          if (sync_window_is_refusal (local_error) && round + 1 < MAX_ROUNDS &&
              (imap_uid_set_get_size (sync_mailbox_get_gone (run->mailbox)) != n_gone ||
               sync_mailbox_is_doubtful (run->mailbox)))
            continue;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
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
    sync_list_push_look (run->worker, run->folder_id);
}

/* By what has changed, if that can be had; else all of it. */
static gboolean
make_equal (Run *run,
            GError **error)
{
  SyncResync result;

  if (!sync_resync_run (run->job, run->worker, &result, &run->is_whole, error))
    return FALSE;
  if (!run->is_whole)
    return TRUE;
  if (result == SYNC_RESYNC_EQUAL)
    return finish (run, error);

  run->has_flags = result == SYNC_RESYNC_FLAGS;
  if (sync_mailbox_get_selected (run->mailbox)->is_resynced &&
      sync_mailbox_get_folder (run->mailbox)->highest_modseq != 0)
    {
      run->accused = sync_mailbox_find_vanished (run->mailbox,
                                                 sync_worker_get_reader (run->worker), error);
      if (run->accused == NULL)
        return FALSE;
    }

  return compare_until_equal (run, error);
}

/* A mailbox that was selected before is asked again how it is: that costs as little as nothing where
 * changes are said, and a look at everything where they are not. */
static gboolean
open_mailbox (Run *run,
              GError **error)
{
  GCancellable *cancellable = run->job->cancellable;

  if (!sync_worker_select (run->worker, run->folder_id, cancellable, error))
    return FALSE;

  run->mailbox = sync_worker_get_mailbox (run->worker);
  if (!sync_mailbox_is_fresh (run->mailbox) && sync_resync_is_possible (run->worker))
    {
      if (!sync_worker_select_again (run->worker, run->folder_id, cancellable, error))
        return FALSE;
      run->mailbox = sync_worker_get_mailbox (run->worker);
    }

  return reload (run, error);
}

static SyncJobOutcome
run_folder_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  gint64 folder_id = *(gint64 *) job->data;
  Run run = { .job = job, .worker = worker, .folder_id = folder_id, .is_whole = TRUE };
  g_autoptr(StoreFolder) cached = NULL;
  gint64 wait_us;
  const StoreFolder *folder;
  gboolean done;

  cached = store_reader_get_folder (sync_worker_get_reader (worker), folder_id, NULL);
  wait_us = cached != NULL ? sync_known_get_wait_us (job, worker, cached) : 0;
  if (wait_us > 0)
    {
      job->not_before_us = base_time_boottime_us () + wait_us;
      return SYNC_JOB_AGAIN;
    }
  if (!open_mailbox (&run, error))
    return SYNC_JOB_FAILED;
  folder = sync_mailbox_get_folder (run.mailbox);
  sync_core_set_activity (sync_worker_get_core (worker), worker, SYNC_ACTIVITY_SYNCING, folder_id,
                          folder->display_name);

  done = check_validity (&run, error) && make_equal (&run, error);
  g_clear_pointer (&run.accused, imap_uid_set_unref);
  if (!done)
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
 * sync_folder_send_first_look:
 *
 * Asks for the newest messages of the selected folder, if none of it was fetched yet: what somebody
 * sees first. Sends and does not wait; what has come is to be settled. A job of
 * sync_folder_job_new () goes on from there.
 *
 * Returns: (transfer full) (nullable): the command
 */
ImapCommand *
sync_folder_send_first_look (SyncWorker *worker)
{
  Run run = { .worker = worker, .mailbox = sync_worker_get_mailbox (worker) };
  ImapCommand *fetch = send_first_look (&run);

  if (fetch != NULL)
    {
      set_first_status (&run);
      sync_mailbox_set_looked (run.mailbox);
    }

  return fetch;
}

static void
set_arrived (SyncWorker *worker)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  StoreFolderStatus status = { .n_exists = -1, .n_unseen = -1 };

  status.uid_next = sync_mailbox_get_next_uid (mailbox);
  status.n_exists = imap_session_get_exists (sync_worker_get_session (worker));
  sync_mailbox_set_status (mailbox, &status);
}

static gboolean
fetch_arrivals (SyncWorker *worker,
                SyncReport *report,
                GCancellable *cancellable,
                GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  gboolean is_here = sync_mailbox_has_pushed (mailbox);
  g_autoptr(ImapUidSet) arrived = NULL;
  g_autoptr(ImapCommand) fetch = NULL;

  sync_mailbox_clear_arrivals (mailbox);
  if (is_here)
    {
      set_arrived (worker);
      return TRUE;
    }

  arrived = imap_uid_set_new_range (sync_mailbox_get_next_uid (mailbox), IMAP_UID_STAR);
  if (sync_mailbox_get_folder (mailbox)->special_use != STORE_SPECIAL_INBOX &&
      sync_known_is_likely (worker) &&
      !place_arrived (worker, &arrived, report, cancellable, error))
    return FALSE;
  fetch = imap_session_uid_fetch (sync_worker_get_session (worker), arrived, &facts_query, NULL,
                                  NULL);
  if (!imap_command_await (fetch, cancellable, error))
    return FALSE;

  set_arrived (worker);
  return TRUE;
}

/* What VANISHED has named goes when the numbers fit then; when they do not, all is compared. */
static gboolean
check_numbers (SyncWorker *worker,
               GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  StoreReader *reader = sync_worker_get_reader (worker);
  g_autoptr(ImapUidSet) vanished = sync_mailbox_find_vanished (mailbox, reader, error);
  gint64 n_present;

  if (vanished == NULL ||
      !store_reader_count_present (reader, sync_mailbox_get_folder (mailbox)->folder, &n_present,
                                   error))
    return FALSE;

  if (n_present - (gint64) imap_uid_set_get_size (vanished) ==
      (gint64) imap_session_get_exists (sync_worker_get_session (worker)))
    {
      sync_mailbox_vanish (mailbox, vanished);
      sync_mailbox_drop_vanished (mailbox);
    }
  else
    sync_mailbox_doubt (mailbox);

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

  if (!sync_mailbox_has_arrivals (mailbox) && !sync_mailbox_has_vanished (mailbox))
    return sync_mailbox_settle (mailbox, report, error);

  if (sync_mailbox_has_arrivals (mailbox) && !fetch_arrivals (worker, report, cancellable, error))
    return FALSE;

  return sync_mailbox_settle (mailbox, report, error) && check_numbers (worker, error) &&
         sync_mailbox_settle (mailbox, report, error);
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
