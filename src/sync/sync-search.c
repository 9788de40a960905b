/* What the server finds in a folder: for the texts that are not on this computer. Hits that the cache
 * does not know yet are fetched, so that each is a row like any other. */

#include "sync-search.h"

#include "sync-account-private.h"
#include "sync-error.h"
#include "sync-window.h"

#include <string.h>

/* So many unknown hits are fetched, the newest ones; of the others is told how many there are */
#define MAX_FETCHED 500

typedef struct
{
  gatomicrefcount ref_count;
  gint64 folder_id;
  char *text; /* (owned) */

  /* The worker's until the job is done, and the main thread's then. */
  GArray *locations; /* (owned) (element-type gint64) */
  guint n_absent;
} Search;

static Search *
search_ref (Search *search)
{
  g_atomic_ref_count_inc (&search->ref_count);
  return search;
}

static void
search_unref (gpointer data)
{
  Search *search = data;

  if (!g_atomic_ref_count_dec (&search->ref_count))
    return;

  g_array_unref (search->locations);
  g_free (search->text);
  g_free (search);
}

static ImapUidSet *
ask_server (SyncJob *job,
            SyncWorker *worker,
            Search *search,
            GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(ImapCommand) command = NULL;

  if (imap_session_has_quirk (session, IMAP_QUIRK_NO_SEARCH_TEXT))
    {
      g_set_error_literal (error, IMAP_ERROR, IMAP_ERROR_NOT_SUPPORTED,
                           "What this server finds is not to be believed");
      return NULL;
    }

  /* Courier finds nothing that has come since SELECT before a NOOP */
  noop = imap_session_noop (session);
  command = imap_session_uid_search_text (session, "TEXT", search->text);
  if (!imap_command_await (noop, job->cancellable, error) ||
      !imap_command_await (command, job->cancellable, error))
    return NULL;
  if (!imap_command_has_found (command) && imap_session_get_exists (session) > 0)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_INCOMPLETE,
                           "The server did not say what it has found");
      return NULL;
    }

  if (imap_command_get_found (command) == NULL)
    return imap_uid_set_new ();

  /* each hit is looked up: more than there are messages, up to four billion, are none */
  if (imap_uid_set_get_size (imap_command_get_found (command)) > imap_session_get_exists (session))
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL,
                           "The server has found more messages than there are");
      return NULL;
    }

  return imap_uid_set_copy (imap_command_get_found (command));
}

/* Newest first. @out_unknown: those that the cache has no row for. */
static gboolean
find_rows (SyncWorker *worker,
           Search *search,
           const ImapUidSet *found,
           ImapUidSet **out_unknown,
           GError **error)
{
  StoreReader *reader = sync_worker_get_reader (worker);
  g_autoptr(ImapUidSet) unknown = imap_uid_set_new ();
  guint n_ranges;
  const ImapUidRange *ranges = imap_uid_set_get_ranges (found, &n_ranges);

  g_array_set_size (search->locations, 0);
  for (guint i = n_ranges; i > 0; i--)
    for (guint64 uid = ranges[i - 1].last; uid >= ranges[i - 1].first; uid--)
      {
        GError *local_error = NULL;
        gint64 location = store_reader_find_uid (reader, search->folder_id, (guint32) uid,
                                                 &local_error);

        if (local_error != NULL)
          {
            g_propagate_error (error, local_error);
            return FALSE;
          }
        if (location != 0)
          g_array_append_val (search->locations, location);
        else
          imap_uid_set_add (unknown, (guint32) uid);
      }

  *out_unknown = g_steal_pointer (&unknown);
  return TRUE;
}

static gboolean
fetch_unknown (SyncJob *job,
               SyncWorker *worker,
               ImapUidSet *unknown,
               GError **error)
{
  g_autoptr(ImapUidSet) wanted = sync_uids_take_newest (unknown, MAX_FETCHED);
  g_auto(SyncFill) fill = { 0 };
  gboolean is_whole;

  sync_fill_init (&fill, job, worker, wanted);
  return sync_fill_run (&fill, &is_whole, error) &&
         sync_mailbox_settle (sync_worker_get_mailbox (worker), job->report, error);
}

static gboolean
search_folder (SyncJob *job,
               SyncWorker *worker,
               Search *search,
               GError **error)
{
  g_autoptr(ImapUidSet) found = NULL;
  g_autoptr(ImapUidSet) unknown = NULL;
  g_autoptr(ImapUidSet) absent = NULL;

  if (!sync_worker_select (worker, search->folder_id, job->cancellable, error))
    return FALSE;
  found = ask_server (job, worker, search, error);
  if (found == NULL || !find_rows (worker, search, found, &unknown, error))
    return FALSE;
  if (imap_uid_set_is_empty (unknown))
    return TRUE;

  if (!fetch_unknown (job, worker, unknown, error) ||
      !find_rows (worker, search, found, &absent, error))
    return FALSE;
  search->n_absent = (guint) imap_uid_set_get_size (absent);
  return TRUE;
}

static SyncJobOutcome
run_search_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  return search_folder (job, worker, job->data, error) ? SYNC_JOB_DONE : SYNC_JOB_FAILED;
}

/**
 * sync_account_search_async:
 * @folder_id: a folder of the account
 * @text: what to look for, UTF-8
 *
 * Has the server look for a text in all of the messages of a folder, their bodies too, and fetches
 * the header facts of what it finds and the cache does not have. Where the server offers Gmail's own
 * search it is that.
 */
void
sync_account_search_async (SyncAccount *self,
                           gint64 folder_id,
                           const char *text,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Search *search = g_new0 (Search, 1);
  SyncJob *job;
  GTask *task;

  g_return_if_fail (SYNC_IS_ACCOUNT (self) && text != NULL);

  g_atomic_ref_count_init (&search->ref_count);
  search->folder_id = folder_id;
  search->text = g_utf8_make_valid (text, -1);
  search->locations = g_array_new (FALSE, FALSE, sizeof (gint64));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sync_account_search_async);
  g_task_set_task_data (task, search, search_unref);
  job = sync_job_new ("search", SYNC_PRIORITY_PERSON, folder_id,
                      SYNC_JOB_NEEDS_SESSION | SYNC_JOB_FAIL_OFFLINE, run_search_job,
                      search_ref (search), search_unref);
  sync_account_push_task (self, job, task, cancellable);
}

/**
 * sync_account_search_finish:
 * @out_n_absent: (out) (optional): how many hits the cache has no row for
 *
 * Errors: NET_ERROR and SYNC_ERROR_OFFLINE when the server cannot be reached; IMAP_ERROR when it does
 * not search, IMAP_ERROR_NOT_SUPPORTED when it is known to find what is not there;
 * SYNC_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full) (nullable) (element-type gint64): the locations of what was found, those
 *   with the highest UIDs first
 */
GArray *
sync_account_search_finish (SyncAccount *self,
                            GAsyncResult *result,
                            guint *out_n_absent,
                            GError **error)
{
  Search *search;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  search = g_task_get_task_data (G_TASK (result));
  if (out_n_absent != NULL)
    *out_n_absent = search->n_absent;
  return g_array_ref (search->locations);
}
