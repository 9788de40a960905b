/* Which of the account's folders to look into, and when to look again. */

#include "sync-list.h"

#include "base-time.h"
#include "net-error.h"
#include "store-transaction.h"
#include "sync-body.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-listing.h"

/* Outlook breaks when fifty STATUS are under way. */
#define MAX_STATUS 20

/* And where STATUS has to be sent for each of many folders, all are asked after every so many polls. */
#define POLLS_FOR_ALL 6

/* Looks at the folder on the screen between comparisons of its flags, where no number tells of them. */
#define LOOKS_A_COMPARISON 5

/* What together proves that a folder has not changed. */
#define PROVING_ITEMS                                                                              \
  (IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_UIDNEXT | IMAP_MAILBOX_STATUS_UIDVALIDITY |  \
   IMAP_MAILBOX_STATUS_HIGHESTMODSEQ)

/* What a job of this kind finds out. */
typedef struct
{
  GPtrArray *folders; /* (owned) (element-type StoreFolder): those that can be opened */
  GHashTable *equal;  /* (owned): ids of those that are proved to equal the server */
  GArray *counts;     /* (owned) (element-type Count): of those with another number of messages */
} Found;

/* How many messages the server has. */
typedef struct
{
  gint64 folder_id;
  StoreFolderStatus status;
} Count;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_ptr_array_unref (found->folders);
  g_hash_table_unref (found->equal);
  g_array_unref (found->counts);
  g_free (found);
}

static Found *
found_new (void)
{
  Found *found = g_new0 (Found, 1);

  found->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) store_folder_free);
  found->equal = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  found->counts = g_array_new (FALSE, FALSE, sizeof (Count));
  return found;
}

/* Which folders are not as the cache has them. */

/* What a STATUS has said; NULL when that was OK and nothing else */
static const ImapMailboxStatus *
find_status (ImapCommand *command,
             const char *name)
{
  GPtrArray *statuses = imap_command_get_statuses (command);

  for (guint i = 0; statuses != NULL && i < statuses->len; i++)
    if (imap_mailbox_name_equal (((ImapMailboxStatus *) statuses->pdata[i])->mailbox, name))
      return statuses->pdata[i];

  return NULL;
}

/* The same for a LIST, which may bring thousands of them */
static GHashTable *
index_statuses (GPtrArray *statuses)
{
  GHashTable *by_name = g_hash_table_new (imap_mailbox_name_hash, sync_mailbox_names_are_equal);

  for (guint i = 0; statuses != NULL && i < statuses->len; i++)
    {
      const ImapMailboxStatus *status = g_ptr_array_index (statuses, i);

      g_hash_table_insert (by_name, (gpointer) status->mailbox, (gpointer) status);
    }

  return by_name;
}

static gint64
count_present (SyncWorker *worker,
               const StoreFolder *folder)
{
  gint64 n_present = folder->proved_exists;

  if (n_present < 0 && !store_reader_count_present (sync_worker_get_reader (worker),
                                                    folder->folder, &n_present, NULL))
    return -1;

  return n_present;
}

/* Of the selected mailbox STATUS says what the session has heard already: RFC 9051 section 6.3.11. */
static gboolean
is_selected (SyncWorker *worker,
             const StoreFolder *folder)
{
  const char *mailbox = imap_session_get_mailbox (sync_worker_get_session (worker));

  return mailbox != NULL && imap_mailbox_name_equal (mailbox, folder->name);
}

/* Gmail counts chats among the MESSAGES of All Mail, which SELECT does not show. */
static gboolean
is_count_other (const StoreFolder *folder)
{
  return (folder->attributes & STORE_FOLDER_LABEL) != 0 &&
         folder->special_use == STORE_SPECIAL_ALL;
}

/* With the numbers of the last proof nothing has changed, as sync-resync.c says of SELECT: that is worth
 * as much as a SELECT, and costs nothing. */
static gboolean
is_proved_equal (SyncWorker *worker,
                 const StoreFolder *folder,
                 const ImapMailboxStatus *status)
{
  return status != NULL && !is_selected (worker, folder) && !is_count_other (folder) &&
         (status->items & PROVING_ITEMS) == PROVING_ITEMS &&
         imap_session_has (sync_worker_get_session (worker), IMAP_CAPABILITY_CONDSTORE) &&
         folder->state == STORE_FOLDER_COMPLETE && folder->checked_unix != 0 &&
         folder->highest_modseq != 0 && folder->uid_next != 0 &&
         status->highest_modseq == folder->highest_modseq &&
         status->uid_validity == folder->uid_validity && status->uid_next == folder->uid_next &&
         (gint64) status->messages == count_present (worker, folder);
}

/* Without mod-sequences: whether there is reason to look. That there is none proves nothing. */
static gboolean
differs (SyncWorker *worker,
         const StoreFolder *folder,
         const ImapMailboxStatus *status)
{
  StoreFolderCounts counts = { 0 };
  gint64 n_messages = 0;
  gint64 n_unseen = 0;

  if (folder->state != STORE_FOLDER_COMPLETE || folder->checked_unix == 0)
    return TRUE;
  if ((status->items & IMAP_MAILBOX_STATUS_HIGHESTMODSEQ) != 0 && status->highest_modseq != 0 &&
      status->highest_modseq != folder->highest_modseq)
    return TRUE;
  if ((status->items & IMAP_MAILBOX_STATUS_UIDVALIDITY) != 0 &&
      status->uid_validity != folder->uid_validity)
    return TRUE;
  if ((status->items & IMAP_MAILBOX_STATUS_UIDNEXT) != 0 && status->uid_next != folder->uid_next)
    return TRUE;
  if (!store_reader_count_folder (sync_worker_get_reader (worker), folder->folder, TRUE, &counts,
                                  NULL))
    return TRUE;

  if ((status->items & IMAP_MAILBOX_STATUS_MESSAGES) != 0)
    n_messages = (gint64) status->messages - counts.n_present;
  if ((status->items & IMAP_MAILBOX_STATUS_UNSEEN) != 0)
    n_unseen = (gint64) status->unseen - counts.n_unread;

  /* Gmail's STATUS counts chats, which no SELECT shows: what a comparison leaves is the server's */
  return sync_core_is_new_surplus (sync_worker_get_core (worker), folder->folder, n_messages,
                                   n_unseen, folder->checked_unix);
}

static SyncPriority
get_priority (SyncCore *core,
              const StoreFolder *folder)
{
  return folder->special_use == STORE_SPECIAL_INBOX ||
                 folder->folder == sync_core_get_visible (core) ?
             SYNC_PRIORITY_VISIBLE : SYNC_PRIORITY_FOLDER;
}

/**
 * sync_list_look_into:
 * @status: (nullable): what the server says of it, as far as that is known
 *
 * Queues a comparison of a folder that is not as the cache has it.
 */
void
sync_list_look_into (SyncWorker *worker,
                     const StoreFolder *folder,
                     const ImapMailboxStatus *status)
{
  SyncCore *core = sync_worker_get_core (worker);

  if (status == NULL || differs (worker, folder, status))
    sync_core_push_once (core, sync_folder_job_new (folder->folder, get_priority (core, folder), 0));
}

static void
look_into (SyncWorker *worker,
           Found *found,
           const StoreFolder *folder,
           const ImapMailboxStatus *status)
{
  /* a mailbox that a session stays in would else not be asked after again */
  gboolean is_asked_after = is_selected (worker, folder) && folder->highest_modseq != 0;

  if (is_proved_equal (worker, folder, status))
    {
      if (found != NULL)
        g_hash_table_add (found->equal, g_memdup2 (&folder->folder, sizeof folder->folder));
    }
  else
    sync_list_look_into (worker, folder, is_asked_after ? NULL : status);
}

static gboolean
ask_status (SyncJob *job,
            SyncWorker *worker,
            GPtrArray *folders,
            Found *found,
            GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func (
      (GDestroyNotify) imap_command_unref);

  for (guint i = 0; i < folders->len + MAX_STATUS; i++)
    {
      g_autoptr(GError) local_error = NULL;
      ImapCommand *status;
      guint done = i - MAX_STATUS;

      if (i < folders->len)
        g_ptr_array_add (commands,
                         imap_session_status (session,
                                              ((StoreFolder *) folders->pdata[i])->name,
                                              SYNC_LISTING_STATUS_ITEMS));
      if (i < MAX_STATUS || done >= commands->len)
        continue;

      status = g_ptr_array_index (commands, done);
      if (imap_command_await (status, job->cancellable, &local_error))
        look_into (worker, found, g_ptr_array_index (folders, done),
                   find_status (status, ((StoreFolder *) folders->pdata[done])->name));
      else if (local_error->domain != IMAP_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

/* Where each folder has to be asked after by itself, not every one is each time: those that are for
 * something, and some of the others in turn. Whether any was left out. */
static gboolean
take_turns (SyncCore *core,
            GPtrArray *unknown)
{
  guint n_polls = sync_core_begin_poll (core);
  guint n_others = 0;
  guint first;

  if (n_polls % POLLS_FOR_ALL == 0 || unknown->len <= MAX_STATUS)
    return FALSE;

  first = n_polls * MAX_STATUS % unknown->len;
  for (guint i = 0, at = 0; i < unknown->len; at++)
    {
      const StoreFolder *folder = g_ptr_array_index (unknown, i);
      gboolean is_next = at >= first && n_others < MAX_STATUS;

      if (folder->special_use != STORE_SPECIAL_NONE ||
          folder->folder == sync_core_get_visible (core))
        i++;
      else if (is_next)
        {
          n_others++;
          i++;
        }
      else
        g_ptr_array_remove_index (unknown, i);
    }

  return TRUE;
}

/* Queues the folders that differ: the inbox and what is on the screen first. */
static gboolean
look_around (SyncJob *job,
             SyncWorker *worker,
             ImapCommand *list,
             GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(GPtrArray) cached = sync_listing_cached (worker, error);
  g_autoptr(GPtrArray) unknown = g_ptr_array_new ();
  g_autoptr(GHashTable) statuses = index_statuses (imap_command_get_statuses (list));
  gboolean is_first = sync_core_look (core);

  if (cached == NULL)
    return FALSE;

  for (guint i = 0; i < cached->len; i++)
    {
      StoreFolder *folder = g_ptr_array_index (cached, i);
      const ImapMailboxStatus *status = g_hash_table_lookup (statuses, folder->name);

      if (!store_folder_is_selectable (folder) || folder->n_missing_lists > 0)
        continue;

      /* what an earlier run has not come to */
      if (is_first)
        sync_core_push_once (core, sync_body_prefetch_job_new (folder->folder, SYNC_BODIES_RECENT,
                                                               0));
      if (status != NULL || folder->state == STORE_FOLDER_NEW)
        look_into (worker, job->data, folder, status);
      else
        g_ptr_array_add (unknown, folder);
    }

  if (take_turns (core, unknown))
    sync_core_spoil_round (core);
  return ask_status (job, worker, unknown, job->data, error);
}

static void
push_after (SyncWorker *worker,
            guint wait_ms)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(SyncConfig) config = sync_core_dup_config (core);
  gint64 least_ms = (gint64) account_settings_get_poll_minutes (config->settings) * 60 * 1000;
  gint64 wait_us = MAX (least_ms, wait_ms) * 1000;

  sync_core_push_once (core, sync_list_job_new (SYNC_PRIORITY_FOLDER, 0,
                                                base_time_boottime_us () + wait_us));
}

/**
 * sync_list_push_poll:
 *
 * Sees to it that the folders are looked at within the time of a poll.
 */
void
sync_list_push_poll (SyncWorker *worker)
{
  push_after (worker, sync_core_get_timings (sync_worker_get_core (worker))->poll_ms);
}

/* The folder on the screen. */

typedef struct
{
  gint64 folder_id;
  guint n_looks;
} Look;

static void push_look (SyncWorker *worker,
                       const Look *look);

/* One STATUS, and a comparison if it differs. Flags that leave all numbers as they are show where there
 * are mod-sequences; elsewhere they are compared now and then. */
static SyncJobOutcome
run_look_job (SyncJob *job,
              SyncWorker *worker,
              GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  Look *look = job->data;
  g_autoptr(StoreFolder) folder = store_reader_get_folder (sync_worker_get_reader (worker),
                                                           look->folder_id, error);
  g_autoptr(GPtrArray) folders = g_ptr_array_new ();
  gboolean has_numbers;

  if (folder == NULL || !store_folder_is_selectable (folder) ||
      sync_core_get_visible (core) != look->folder_id)
    return SYNC_JOB_DONE;

  look->n_looks++;
  has_numbers = imap_session_has (sync_worker_get_session (worker), IMAP_CAPABILITY_CONDSTORE) &&
                folder->highest_modseq != 0;
  if (!has_numbers && look->n_looks % LOOKS_A_COMPARISON == 0)
    sync_list_look_into (worker, folder, NULL);
  else
    {
      g_ptr_array_add (folders, folder);
      if (!ask_status (job, worker, folders, NULL, error))
        return SYNC_JOB_FAILED;
    }

  push_look (worker, look);
  return SYNC_JOB_DONE;
}

static void
push_look (SyncWorker *worker,
           const Look *look)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(SyncConfig) config = sync_core_dup_config (core);
  gint64 least_ms = (gint64) account_settings_get_poll_minutes (config->settings) * 60 * 1000;
  gint64 wait_us = MAX (least_ms, sync_core_get_timings (core)->visible_ms) * 1000;
  SyncJob *job;

  /* NOTIFY tells of it at once */
  if (sync_core_is_watched (core))
    return;

  job = sync_job_new ("look", SYNC_PRIORITY_VISIBLE, look->folder_id, SYNC_JOB_NEEDS_SESSION, run_look_job,
                      g_memdup2 (look, sizeof *look), g_free);
  job->not_before_us = base_time_boottime_us () + wait_us;
  sync_core_push_once (core, job);
}

/**
 * sync_list_push_look:
 *
 * Has a folder looked at more often than the others for as long as it is on the screen.
 */
void
sync_list_push_look (SyncWorker *worker,
                     gint64 folder_id)
{
  const Look look = { .folder_id = folder_id };

  push_look (worker, &look);
}

/* NOTIFY tells of all that changes: then a look now and then is for what it should have told and did
 * not. */
static void
push_next (SyncWorker *worker)
{
  SyncCore *core = sync_worker_get_core (worker);
  const SyncTimings *timings = sync_core_get_timings (core);

  if (sync_core_take_look_again (core))
    sync_core_push_once (core,
                         sync_list_job_new (SYNC_PRIORITY_FOLDER, 0,
                                            base_time_boottime_us () +
                                                (gint64) timings->names_ms * 1000));
  else
    push_after (worker, sync_core_is_watched (core) ? timings->watched_ms : timings->poll_ms);
}

static void
add_count (Found *found,
           const StoreFolder *folder,
           const ImapMailboxStatus *status)
{
  Count count = { folder->folder, { .n_exists = -1, .n_unseen = -1 } };

  if (status == NULL || (status->items & IMAP_MAILBOX_STATUS_MESSAGES) == 0 ||
      (gint64) status->messages == folder->server_exists)
    return;

  count.status.n_exists = status->messages;
  g_array_append_val (found->counts, count);
}

/* For whoever waits for the job. */
static gboolean
collect (SyncJob *job,
         SyncWorker *worker,
         ImapCommand *list,
         GError **error)
{
  Found *found = job->data;
  g_autoptr(GPtrArray) cached = sync_listing_cached (worker, error);
  g_autoptr(GHashTable) statuses = index_statuses (imap_command_get_statuses (list));

  if (cached == NULL)
    return FALSE;

  g_ptr_array_set_size (found->folders, 0);
  g_hash_table_remove_all (found->equal);
  g_array_set_size (found->counts, 0);
  for (guint i = 0; i < cached->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (cached, i);
      const ImapMailboxStatus *status = g_hash_table_lookup (statuses, folder->name);

      if (!store_folder_is_selectable (folder) || folder->n_missing_lists > 0)
        continue;

      g_ptr_array_add (found->folders, store_folder_copy (folder));
      add_count (found, folder, status);
      if (is_proved_equal (worker, folder, status))
        g_hash_table_add (found->equal, g_memdup2 (&folder->folder, sizeof folder->folder));
    }

  return TRUE;
}

static gboolean
write_found (StoreTransaction *tx,
             gpointer data,
             GError **error)
{
  Found *found = data;
  gint64 now_unix = base_time_now_unix ();
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < found->counts->len; i++)
    {
      const Count *count = &g_array_index (found->counts, Count, i);

      if (!store_tx_set_folder_status (tx, count->folder_id, &count->status, error))
        return FALSE;
    }

  g_hash_table_iter_init (&iter, found->equal);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!store_tx_set_folder_checked (tx, *(gint64 *) key, now_unix, error))
      return FALSE;

  return TRUE;
}

/* Folders that are proved to be as the server has them are as good as compared. */
static gboolean
note_found (SyncJob *job,
            SyncWorker *worker,
            GError **error)
{
  Found *found = job->data;

  if (g_hash_table_size (found->equal) == 0 && found->counts->len == 0)
    return TRUE;

  job->report->n_folders += g_hash_table_size (found->equal);
  return sync_worker_write (worker, STORE_PRIORITY_SYNC, write_found, found, error);
}

/* The first look of all. */

static gboolean
write_inbox (StoreTransaction *tx,
             gpointer data,
             GError **error)
{
  static const StoreFolderFacts inbox = {
    .name = "INBOX",
    .display_name = "INBOX",
    .special_use = STORE_SPECIAL_INBOX,
  };
  SyncCore *core = data;

  return store_tx_put_folder (tx, sync_core_get_account_id (core), &inbox, NULL, error);
}

/* INBOX is there before any LIST has said so: RFC 9051 section 5.1. Returns: (transfer full)
 * (nullable): the inbox, unless lists are without it */
static StoreFolder *
dup_inbox (SyncWorker *worker,
           GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(GPtrArray) cached = sync_listing_cached (worker, error);
  StoreFolder *inbox;

  if (cached == NULL || (cached->len == 0 &&
                         !sync_worker_write (worker, STORE_PRIORITY_PERSON, write_inbox, core, error)))
    return NULL;

  inbox = store_reader_find_folder_by_use (sync_worker_get_reader (worker),
                                           sync_core_get_uuid (core), STORE_SPECIAL_INBOX, error);
  if (inbox != NULL && (inbox->n_missing_lists > 0 || !store_folder_is_selectable (inbox)))
    g_clear_pointer (&inbox, store_folder_free);

  return inbox;
}

/* The newest messages of a new account, before anything else. */
static gboolean
look_for_the_first_time (SyncJob *job,
                         SyncWorker *worker,
                         GError **error)
{
  g_autoptr(ImapCommand) fetch = sync_folder_send_first_look (worker);

  return fetch == NULL ||
         (imap_command_await (fetch, job->cancellable, error) &&
          sync_mailbox_settle (sync_worker_get_mailbox (worker), job->report, error));
}

/* In a new session: the inbox is selected, and LIST sent, in one go with what follows the sign-in. So
 * both are here after one round trip, and a new account's first rows after the next. */
static gboolean
open_inbox (SyncJob *job,
            SyncWorker *worker,
            ImapCommand **out_list,
            GError **error)
{
  GError *local_error = NULL;
  g_autoptr(StoreFolder) inbox = NULL;

  if (sync_worker_get_mailbox (worker) != NULL)
    return TRUE;

  inbox = dup_inbox (worker, &local_error);
  if (inbox != NULL && sync_worker_send_select (worker, inbox->folder, &local_error))
    {
      *out_list = sync_listing_send (worker);
      if (sync_worker_select (worker, inbox->folder, job->cancellable, &local_error))
        look_for_the_first_time (job, worker, &local_error);
    }

  /* a server that refuses this tells the folder's own job why */
  if (local_error != NULL && local_error->domain == IMAP_ERROR)
    g_clear_error (&local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);
  return FALSE;
}

static SyncJobOutcome
run_list_job (SyncJob *job,
              SyncWorker *worker,
              GError **error)
{
  gboolean looks_around = sync_core_get_mode (sync_worker_get_core (worker)) == SYNC_MODE_LIVE &&
                          (job->flags & SYNC_JOB_FAIL_OFFLINE) == 0;
  g_autoptr(ImapCommand) list = NULL;
  gboolean done;

  done = (!looks_around || open_inbox (job, worker, &list, error)) &&
         sync_listing_update (job, worker, &list, error) && collect (job, worker, list, error) &&
         (!looks_around || look_around (job, worker, list, error)) &&
         note_found (job, worker, error);

  /* a job that lost its connection comes again by itself */
  if (looks_around && (done || imap_session_is_open (sync_worker_get_session (worker))))
    push_next (worker);

  return done ? SYNC_JOB_DONE : SYNC_JOB_FAILED;
}

/**
 * sync_list_job_new:
 * @flags: with %SYNC_JOB_FAIL_OFFLINE only the list is brought up to date; without, in live mode,
 *   the folders that differ are queued as well, and the next such job
 * @not_before_us: CLOCK_BOOTTIME, or 0
 *
 * Returns: (transfer full): a job that brings the list of folders up to date, and proves of as many
 *   folders as it can that they have not changed
 */
SyncJob *
sync_list_job_new (SyncPriority priority,
                   SyncJobFlags flags,
                   gint64 not_before_us)
{
  SyncJob *job = sync_job_new ("list", priority, SYNC_LANE_FOLDER_LIST,
                               flags | SYNC_JOB_NEEDS_SESSION | SYNC_JOB_COMPARES, run_list_job,
                               found_new (), found_free);

  job->not_before_us = not_before_us;
  return job;
}

/**
 * sync_list_job_get_folders:
 * @job: one of sync_list_job_new () that is done
 *
 * Returns: (transfer none) (element-type StoreFolder): the folders that can be opened
 */
GPtrArray *
sync_list_job_get_folders (SyncJob *job)
{
  return ((Found *) job->data)->folders;
}

/**
 * sync_list_job_is_equal:
 * @job: one of sync_list_job_new () that is done
 *
 * Returns: whether a folder was proved to equal the server, so that it need not be selected
 */
gboolean
sync_list_job_is_equal (SyncJob *job,
                        gint64 folder_id)
{
  return g_hash_table_contains (((Found *) job->data)->equal, &folder_id);
}
