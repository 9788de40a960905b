/* A session that is kept for news: IDLE on the inbox (RFC 2177), and NOTIFY for the other folders where
 * the server has that.
 *
 * IDLE is believed as far as it has proved itself. A connection that dies says nothing, and neither
 * does a server that takes IDLE and forgets it: after each IDLE the server has to answer soon, and now
 * and then is asked for the numbers of the inbox, which have to be those that it has told. How long an
 * IDLE may last is learnt for each network, by the connections that have died under one. */

#include "sync-live.h"

#include "base-time.h"
#include "net-address.h"
#include "net-error.h"
#include "sync-body.h"
#include "sync-folder.h"
#include "sync-limit.h"
#include "sync-resync.h"
#include "sync-watch.h"

/* A mailbox that was equal to the server so shortly ago, and has the same numbers, is not
 * compared message by message when it is selected again. */
#define RECENTLY_S (5 * 60)

/* So many IDLEs in a row, without a word in between, have kept news from us: it is not used. */
#define MAX_SILENT 3

#define SAMPLE_ITEMS                                                                               \
  (IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_UIDNEXT | IMAP_MAILBOX_STATUS_UNSEEN)

struct _SyncLive
{
  SyncWorker *worker; /* (unowned) */
  SyncWatch *watch;   /* (owned) */
  char *network;      /* (owned): where this computer is */
  guint idle_ms;      /* how long an IDLE may last here */

  gboolean is_proved; /* IDLE has told news by itself */
  guint n_silent;     /* IDLEs in a row that kept news from us */

  guint settled;      /* the selection whose SELECT was compared with the cache */
  gboolean needs_select; /* the mailbox is not as was told: SELECT says more */

  /* The last sample. */
  gint64 sampled_us;
  guint selection;    /* of the mailbox that it is of; 0: none yet */
  gboolean has_no_status;
  gint64 surplus;     /* how many more messages STATUS has than the mailbox: Gmail counts chats */
  guint32 unseen;
};

static SyncCore *
get_core (SyncLive *self)
{
  return sync_worker_get_core (self->worker);
}

static ImapSession *
get_session (SyncLive *self)
{
  return sync_worker_get_session (self->worker);
}

static const SyncTimings *
get_timings (SyncLive *self)
{
  return sync_core_get_timings (get_core (self));
}

/* How long an IDLE may last. */

/* A router, or the server, has forgotten the connection meanwhile: it is spoken to more often. */
static void
learn_idle (SyncLive *self,
            gint64 lasted_us)
{
  guint least_ms = get_timings (self)->ask_ms / 2;
  guint idle_ms = (guint) CLAMP (lasted_us / 1000 * 2 / 3, least_ms, self->idle_ms);

  /* nobody forgets that soon: the network itself has gone */
  if (lasted_us / 1000 < least_ms || idle_ms == self->idle_ms)
    return;

  g_message ("The connection has died within %" G_GINT64_FORMAT " s of IDLE: renewing it after %u s "
             "in this network", lasted_us / G_USEC_PER_SEC, idle_ms / 1000);
  self->idle_ms = idle_ms;
  sync_limit_remember_idle (self->worker, self->network, idle_ms);
}

/**
 * sync_live_new:
 * @worker: with a session that is signed in, which lives longer
 *
 * Returns: (transfer full): what is known of a new session
 */
SyncLive *
sync_live_new (SyncWorker *worker)
{
  SyncLive *self = g_new0 (SyncLive, 1);
  NetTransport *transport = imap_session_get_transport (sync_worker_get_session (worker));
  GInetSocketAddress *address = net_transport_get_local_address (transport);
  guint learnt_ms;

  self->worker = worker;
  self->watch = sync_watch_new ();
  self->network = address != NULL ? net_address_dup_network (address) : g_strdup ("");
  self->idle_ms = get_timings (self)->idle_ms;
  learnt_ms = sync_limit_recall_idle (worker, self->network);
  if (learnt_ms > 0)
    self->idle_ms = MIN (self->idle_ms, learnt_ms);

  return self;
}

/**
 * sync_live_free:
 * @self: (transfer full): what was known of a session that is over
 */
void
sync_live_free (SyncLive *self)
{
  sync_watch_end (self->watch, self->worker);
  sync_watch_free (self->watch);
  g_free (self->network);
  g_free (self);
}

/**
 * sync_live_apply:
 * @response: what the server said, asked for or not
 *
 * Keeps what is not about the selected mailbox.
 */
void
sync_live_apply (SyncLive *self,
                 const ImapResponse *response)
{
  sync_watch_apply (self->watch, response, sync_worker_is_listening (self->worker));
  if (sync_watch_has_news (self->watch))
    sync_worker_tell_news (self->worker);
}

/* The inbox. */

static gint64
find_inbox (SyncLive *self,
            GError **error)
{
  g_autoptr(StoreFolder) inbox = NULL;

  inbox = store_reader_find_folder_by_use (sync_worker_get_reader (self->worker),
                                           sync_core_get_uuid (get_core (self)),
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

/* What SELECT said is compared with the cache once: later it is not how things are. */
static gboolean
is_new_selection (SyncLive *self)
{
  guint selection = imap_session_get_selection (get_session (self));
  gboolean is_new = selection != self->settled;

  self->settled = selection;
  return is_new;
}

static gboolean
has_news (SyncLive *self)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (self->worker);

  return (mailbox != NULL && sync_mailbox_has_news (mailbox)) ||
         sync_watch_has_news (self->watch);
}

/* Listening. */

/* Not without a mailbox, which some servers refuse. */
static gboolean
uses_idle (SyncLive *self)
{
  return sync_worker_get_mailbox (self->worker) != NULL &&
         imap_session_has (get_session (self), IMAP_CAPABILITY_IDLE);
}

/* How often to ask where nothing is told; some providers want that to be rare. */
static guint
get_ask_ms (SyncLive *self)
{
  g_autoptr(SyncConfig) config = sync_core_dup_config (get_core (self));
  guint least_ms = account_settings_get_poll_minutes (config->settings) * 60 * 1000;

  return MAX (get_timings (self)->ask_ms, least_ms);
}

static gint64
get_interval_us (SyncLive *self)
{
  guint interval_ms = self->idle_ms;

  if (!uses_idle (self))
    interval_ms = get_ask_ms (self);
  else if (!self->is_proved)
    interval_ms = MIN (self->idle_ms, get_ask_ms (self));

  return (gint64) interval_ms * 1000;
}

/* Waits for news, a job, or the time to ask. Returns %FALSE if the session is over. */
static gboolean
wait_for_news (SyncLive *self,
               gint64 until_us,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr(GError) local_error = NULL;

  if (imap_session_wait (get_session (self), sync_worker_get_wake_flag (self->worker), until_us,
                         cancellable, &local_error) ||
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Ends an IDLE; who does not answer soon is not there any more. */
static gboolean
end_idle (SyncLive *self,
          ImapCommand *idle,
          GCancellable *cancellable,
          GError **error)
{
  ImapSession *session = get_session (self);
  g_autoptr(GError) refusal = NULL;
  gboolean is_answered;

  imap_session_set_silence (session, get_timings (self)->probe_ms);
  imap_session_idle_done (session);
  is_answered = imap_command_await (idle, cancellable, &refusal);
  if (imap_session_is_open (session))
    imap_session_set_silence (session, 0);

  /* a server that announces IDLE and does not take it, or is surprised by DONE */
  if (refusal != NULL && refusal->domain == IMAP_ERROR && imap_session_is_open (session))
    {
      imap_session_latch_off (session, IMAP_CAPABILITY_IDLE, refusal->message);
      return TRUE;
    }

  if (!is_answered)
    g_propagate_error (error, g_steal_pointer (&refusal));
  return is_answered;
}

/* Whether a connection has ended in the way of one that was dead for some time. */
static gboolean
was_silent_death (SyncLive *self,
                  const GError *error)
{
  return !sync_worker_has_link_changed (self->worker) &&
         (g_error_matches (error, NET_ERROR, NET_ERROR_TIMED_OUT) ||
          g_error_matches (error, NET_ERROR, NET_ERROR_CLOSED));
}

/* Lets the server talk until something happens. */
static gboolean
idle_once (SyncLive *self,
           gint64 until_us,
           GCancellable *cancellable,
           GError **error)
{
  gint64 begun_us = base_time_boottime_us ();
  gint64 asleep_us = base_time_asleep_us ();
  g_autoptr(ImapCommand) idle = imap_session_idle_start (get_session (self));
  g_autoptr(GError) local_error = NULL;
  gint64 ended_us;

  if (!wait_for_news (self, until_us, cancellable, error))
    return FALSE;

  ended_us = base_time_boottime_us ();
  if (has_news (self))
    {
      self->is_proved = TRUE;
      self->sampled_us = ended_us;
    }
  if (end_idle (self, idle, cancellable, &local_error))
    {
      sync_worker_trust_link (self->worker);
      return TRUE;
    }

  if (was_silent_death (self, local_error) && base_time_asleep_us () - asleep_us < G_USEC_PER_SEC)
    learn_idle (self, ended_us - begun_us);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Asking. */

static const ImapMailboxStatus *
get_status (ImapCommand *command)
{
  GPtrArray *statuses = imap_command_get_statuses (command);

  return statuses != NULL && statuses->len > 0 ? statuses->pdata[0] : NULL;
}

/* Compares what STATUS says with what was told. Numbers that differ from the beginning are compared
 * with those of the last time: like with like. Returns whether something was not told. */
static gboolean
take_sample (SyncLive *self,
             const ImapMailboxStatus *status)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (self->worker);
  guint selection = imap_session_get_selection (get_session (self));
  gint64 surplus = (gint64) status->messages - imap_session_get_exists (get_session (self));
  gboolean is_first = self->selection != selection;
  gboolean has_more = (status->items & IMAP_MAILBOX_STATUS_UIDNEXT) != 0 &&
                      status->uid_next > sync_mailbox_get_next_uid (mailbox);
  gboolean differs = ((status->items & IMAP_MAILBOX_STATUS_MESSAGES) != 0 &&
                      surplus != self->surplus) ||
                     ((status->items & IMAP_MAILBOX_STATUS_UNSEEN) != 0 &&
                      status->unseen != self->unseen);

  self->selection = selection;
  self->surplus = surplus;
  self->unseen = status->unseen;

  return has_more || (!is_first && differs);
}

/* News that came with the answers are news that IDLE has kept to itself. */
static void
judge_idle (SyncLive *self,
            gboolean had_news,
            gboolean differs)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (self->worker);

  if (had_news)
    return;

  if (differs && !sync_mailbox_has_news (mailbox))
    self->needs_select = TRUE;
  if (!uses_idle (self) || self->is_proved ||
      (!self->needs_select && !sync_mailbox_has_news (mailbox)))
    return;

  if (++self->n_silent >= MAX_SILENT)
    imap_session_latch_off (get_session (self), IMAP_CAPABILITY_IDLE,
                            "IDLE told nothing of what had changed");
}

/* Asks whether the inbox is as was told: NOOP, behind which servers say what is new, and STATUS. */
static gboolean
ask_once (SyncLive *self,
          GCancellable *cancellable,
          GError **error)
{
  ImapSession *session = get_session (self);
  SyncMailbox *mailbox = sync_worker_get_mailbox (self->worker);
  gboolean had_news = has_news (self);
  const ImapMailboxStatus *said = NULL;
  g_autoptr(ImapCommand) noop = imap_session_noop (session);
  g_autoptr(ImapCommand) status = NULL;
  g_autoptr(GError) refusal = NULL;
  gboolean is_answered;

  if (mailbox != NULL && !self->has_no_status)
    status = imap_session_status (session, imap_session_get_mailbox (session), SAMPLE_ITEMS);

  imap_session_set_silence (session, get_timings (self)->probe_ms);
  is_answered = imap_command_await (noop, cancellable, error) &&
                (status == NULL || imap_command_await (status, cancellable, &refusal));
  if (imap_session_is_open (session))
    imap_session_set_silence (session, 0);
  self->sampled_us = base_time_boottime_us ();

  /* RFC 9051 section 6.3.11 lets a server refuse it for the selected mailbox */
  if (refusal != NULL && refusal->domain == IMAP_ERROR)
    self->has_no_status = TRUE;
  else if (refusal != NULL)
    g_propagate_error (error, g_steal_pointer (&refusal));
  else if (is_answered && mailbox != NULL)
    {
      said = status != NULL ? get_status (status) : NULL;
      judge_idle (self, had_news, said != NULL && take_sample (self, said));
    }

  return is_answered || self->has_no_status;
}

/* Waits by IDLE, or by doing nothing, and asks when it is time. */
static gboolean
listen (SyncLive *self,
        gint64 until_us,
        GCancellable *cancellable,
        GError **error)
{
  gint64 ask_us;
  gboolean done;

  if (self->sampled_us == 0)
    self->sampled_us = base_time_boottime_us ();
  ask_us = self->sampled_us + get_interval_us (self);
  if (base_time_boottime_us () >= ask_us)
    return ask_once (self, cancellable, error);

  until_us = until_us != 0 ? MIN (until_us, ask_us) : ask_us;

  sync_worker_set_listening (self->worker, TRUE);
  done = has_news (self) || (uses_idle (self) ? idle_once : wait_for_news) (self, until_us,
                                                                           cancellable, error);
  sync_worker_set_listening (self->worker, FALSE);
  if (!done)
    return FALSE;

  return has_news (self) || base_time_boottime_us () < ask_us ||
         ask_once (self, cancellable, error);
}

static void
push_prefetch (SyncLive *self,
               gint64 folder_id,
               const SyncReport *report)
{
  if (report->n_new > 0)
    sync_core_push_once (get_core (self),
                         sync_body_prefetch_job_new (folder_id, SYNC_BODIES_RECENT, 0));
}

/* Listens, and takes what was said into the cache. */
static gboolean
follow (SyncLive *self,
        gint64 folder_id,
        gint64 until_us,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr(SyncReport) report = sync_report_new ();

  sync_core_set_activity (get_core (self), self->worker, SYNC_ACTIVITY_LIVE, 0, NULL);
  if (!sync_watch_begin (self->watch, self->worker, cancellable, error) ||
      !listen (self, until_us, cancellable, error) ||
      !sync_folder_follow (self->worker, report, cancellable, error) ||
      !sync_watch_settle (self->watch, self->worker, error))
    return FALSE;

  push_prefetch (self, folder_id, report);
  return TRUE;
}

/**
 * sync_live_hold:
 * @until_us: when to return at the latest, of CLOCK_BOOTTIME, or 0
 *
 * Keeps the inbox live: takes what the server says about it into the cache as it comes, and queues
 * what has to be done about other folders. Returns when the worker has a reason to look for jobs.
 * Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_live_hold (SyncLive *self,
                gint64 until_us,
                GCancellable *cancellable,
                GError **error)
{
  SyncWorker *worker = self->worker;
  g_autoptr(SyncReport) report = sync_report_new ();
  gboolean is_proved_wrong = self->needs_select;
  SyncMailbox *mailbox;
  GError *local_error = NULL;
  gint64 folder_id = find_inbox (self, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (folder_id == 0)
    return listen (self, until_us, cancellable, error);

  if (self->needs_select && !sync_worker_leave (worker, error))
    return FALSE;
  self->needs_select = FALSE;
  if (!sync_worker_select (worker, folder_id, cancellable, error))
    return FALSE;
  mailbox = sync_worker_get_mailbox (worker);
  if (sync_mailbox_is_doubtful (mailbox) && is_new_selection (self) && !is_proved_wrong &&
      !settle_doubt (worker, folder_id, error))
    return FALSE;

  if (sync_mailbox_is_doubtful (mailbox))
    {
      if (!sync_folder_compare (worker, folder_id, report, cancellable, error))
        return FALSE;
    }
  else if (!follow (self, folder_id, until_us, cancellable, error))
    return FALSE;

  sync_core_heard (get_core (self));
  return TRUE;
}
