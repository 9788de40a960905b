#include "sync-live.h"

#include "base-time.h"
#include "store-transaction.h"
#include "sync-body.h"
#include "sync-folder.h"
#include "sync-resync.h"

/* Servers end an IDLE after 30 minutes, routers forget a silent connection much earlier. */
#define IDLE_US (9 * 60 * G_USEC_PER_SEC)

/* Without IDLE: how often the inbox is asked after. */
#define NOOP_US (2 * 60 * G_USEC_PER_SEC)

/* A mailbox that was equal to the server so shortly ago, and has the same numbers, is not
 * compared message by message when it is selected again. */
#define RECENTLY_S (5 * 60)

static gint64
find_inbox (SyncWorker *worker,
            GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(StoreFolder) inbox = store_reader_find_folder_by_use (sync_worker_get_reader (worker),
                                                                  sync_core_get_uuid (core),
                                                                  STORE_SPECIAL_INBOX, error);

  return inbox != NULL ? inbox->folder : 0;
}

/* Whether what SELECT said gives no reason to look closer. Flags of a message whose UID nobody knows
 * are one: after such a SELECT numbers are not UIDs yet. */
static gboolean
settle_doubt (SyncWorker *worker,
              gint64 folder_id,
              GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  const StoreFolder *folder = sync_mailbox_get_folder (mailbox);
  gint64 n_present;

  if (sync_mailbox_has_unplaced (mailbox))
    return TRUE;
  if (!store_reader_count_present (sync_worker_get_reader (worker), folder_id, &n_present, error))
    return FALSE;

  /* where changes are said, they are followed: sync-resync.c */
  if (!sync_resync_is_possible (worker) && folder->state == STORE_FOLDER_COMPLETE &&
      folder->checked_unix > base_time_now_unix () - RECENTLY_S &&
      folder->uid_validity == sync_mailbox_get_selected (mailbox)->uid_validity &&
      folder->uid_next == sync_mailbox_get_selected (mailbox)->uid_next &&
      n_present == (gint64) imap_session_get_exists (sync_worker_get_session (worker)))
    sync_mailbox_clear_doubt (mailbox);

  return TRUE;
}

/* Lets the server talk until something happens. */
static gboolean
idle_once (SyncWorker *worker,
           gint64 until_us,
           GCancellable *cancellable,
           GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) idle = imap_session_idle_start (session);
  g_autoptr(GError) local_error = NULL;

  if (!imap_session_wait (session, sync_worker_get_wake_flag (worker), until_us, cancellable,
                          &local_error) &&
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  imap_session_idle_done (session);
  return imap_command_await (idle, cancellable, error);
}

/* The same for a server that lacks IDLE. */
static gboolean
ask_once (SyncWorker *worker,
          gint64 until_us,
          GCancellable *cancellable,
          GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) noop = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!imap_session_wait (session, sync_worker_get_wake_flag (worker), until_us, cancellable,
                          &local_error) &&
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*sync_worker_get_wake_flag (worker))
    return TRUE;

  noop = imap_session_noop (session);
  return imap_command_await (noop, cancellable, error);
}

static void
push_prefetch (SyncWorker *worker,
               gint64 folder_id,
               const SyncReport *report)
{
  SyncCore *core = sync_worker_get_core (worker);

  if (report->n_new > 0)
    sync_core_push_once (core, sync_body_prefetch_job_new (folder_id, SYNC_BODIES_RECENT, 0));
}

/**
 * sync_live_hold:
 * @until_us: when to return at the latest, of CLOCK_BOOTTIME, or 0
 *
 * Keeps the inbox live: takes what the server says about it into the cache as it comes, by IDLE
 * (RFC 2177) renewed within nine minutes, or else by asking now and then. Returns when the worker
 * has a reason to look for jobs. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_live_hold (SyncWorker *worker,
                gint64 until_us,
                GCancellable *cancellable,
                GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  ImapSession *session = sync_worker_get_session (worker);
  gboolean has_idle = imap_session_has (session, IMAP_CAPABILITY_IDLE);
  gint64 renew_us = base_time_boottime_us () + (has_idle ? IDLE_US : NOOP_US);
  g_autoptr(SyncReport) report = sync_report_new ();
  SyncMailbox *mailbox;
  GError *local_error = NULL;
  gint64 folder_id = find_inbox (worker, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  until_us = until_us != 0 ? MIN (until_us, renew_us) : renew_us;
  if (folder_id == 0)
    return ask_once (worker, until_us, cancellable, error);

  if (!sync_worker_select (worker, folder_id, cancellable, error))
    return FALSE;
  mailbox = sync_worker_get_mailbox (worker);
  if (sync_mailbox_is_doubtful (mailbox) && !settle_doubt (worker, folder_id, error))
    return FALSE;

  if (sync_mailbox_is_doubtful (mailbox))
    {
      if (!sync_folder_compare (worker, folder_id, report, cancellable, error))
        return FALSE;
    }
  else
    {
      sync_core_set_activity (core, worker, SYNC_ACTIVITY_LIVE, 0, NULL);
      if (!(has_idle ? idle_once : ask_once) (worker, until_us, cancellable, error) ||
          !sync_folder_follow (worker, report, cancellable, error))
        return FALSE;
      push_prefetch (worker, folder_id, report);
    }

  sync_core_heard (core);
  return TRUE;
}
