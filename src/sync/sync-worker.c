#include "sync-worker.h"

#include "base-await.h"
#include "base-time.h"
#include "net-address.h"
#include "net-error.h"
#include "pipit-config.h"
#include "store-transaction.h"
#include "sync-error.h"
#include "sync-latch.h"
#include "sync-link.h"
#include "sync-limit.h"
#include "sync-live.h"
#include "sync-resync.h"

/* How long a worker that is not the first one stays for the next job. */
#define LINGER_US (60 * G_USEC_PER_SEC)

struct _SyncWorker
{
  gatomicrefcount ref_count;
  SyncCore *core;            /* (owned) */
  GMainContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned): the worker's end, outside of jobs */
  gboolean is_primary;

  /* The worker's thread only. */
  StoreReader *reader;  /* (owned) */
  ImapSession *session; /* (owned) (nullable) */
  gboolean is_signed_in;
  gint64 signed_in_us; /* CLOCK_BOOTTIME, while it is */
  SyncMailbox *mailbox; /* (owned) (nullable): what the session has selected */
  ImapCommand *selecting; /* (owned) (nullable): a SELECT that is under way */
  SyncMailbox *opening; /* (owned) (nullable): what it is about to select */
  SyncLive *live;       /* (owned) (nullable): of a session that is kept for news */
  gboolean is_listening; /* nothing else is done than to wait for news */
  gboolean is_working;   /* at a job */
  gboolean is_link_gone;    /* the session was given up: the network is another one */
  gboolean has_link_changed; /* or may be: nobody has asked since whether the session lives */
  gboolean is_awake;    /* somebody wants the worker to look around */
};

static void
worker_unref (SyncWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  sync_core_unref (self->core);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self);
}

static SyncWorker *
worker_ref (SyncWorker *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* The session. */

static gboolean
trusts_qresync (SyncWorker *self)
{
  return imap_session_is_enabled (self->session, IMAP_CAPABILITY_QRESYNC) &&
         imap_session_has (self->session, IMAP_CAPABILITY_QRESYNC);
}

static void
apply (ImapSession *session,
       const ImapResponse *response,
       guint32 uid,
       gpointer user_data)
{
  SyncWorker *self = user_data;

  if (response->type == IMAP_RESPONSE_STATUS && response->status->code == IMAP_CODE_ALERT)
    sync_core_set_alert (self->core, response->status->text);

  /* what still comes about a mailbox that is being left is seen when it is selected again */
  if (self->opening != NULL &&
      imap_session_get_selection (session) == sync_mailbox_get_selection (self->opening))
    {
      /* ENABLED may have come behind the sending of SELECT */
      if (trusts_qresync (self))
        sync_mailbox_trust_vanished (self->opening);
      sync_mailbox_apply (self->opening, response, uid);
    }

  if (self->live != NULL)
    sync_live_apply (self->live, response);
  if (self->mailbox == NULL)
    return;

  if (imap_session_get_selection (session) == sync_mailbox_get_selection (self->mailbox))
    sync_mailbox_apply (self->mailbox, response, uid);
  if (sync_mailbox_has_news (self->mailbox))
    sync_worker_tell_news (self);
}

static void
on_stage (NetStage stage,
          NetStageState state,
          const char *detail,
          gint64 elapsed_us,
          gpointer user_data)
{
  SyncWorker *self = user_data;

  if (state == NET_STAGE_STARTED)
    sync_core_set_activity (self->core, self,
                            stage < NET_STAGE_SIGN_IN ? SYNC_ACTIVITY_CONNECTING :
                                                        SYNC_ACTIVITY_SIGNING_IN,
                            0, NULL);
}

/* Drops the session; what the server said last is in the cache if the store took it. */
static void
drop_session (SyncWorker *self)
{
  g_clear_pointer (&self->live, sync_live_free);
  g_clear_pointer (&self->mailbox, sync_mailbox_free);
  g_clear_pointer (&self->opening, sync_mailbox_free);
  g_clear_pointer (&self->selecting, imap_command_unref);
  if (self->session == NULL)
    return;

  imap_session_set_applier (self->session, NULL, NULL);
  imap_session_close (self->session);
  g_clear_object (&self->session);
  sync_core_session_ended (self->core, self->is_signed_in);
  self->is_signed_in = FALSE;
}

static void
log_out (SyncWorker *self)
{
  g_autoptr(GError) error = NULL;

  if (self->session == NULL || !imap_session_is_open (self->session))
    return;

  if (self->mailbox != NULL && !sync_mailbox_settle (self->mailbox, NULL, &error))
    g_debug ("Not stored at the end: %s", error->message);
  g_clear_error (&error);

  if (!g_cancellable_is_cancelled (self->cancellable) &&
      !imap_session_log_out (self->session, self->cancellable, &error))
    g_debug ("LOGOUT: %s", error->message);
}

static void
fail_session (SyncWorker *self,
              const GError *error)
{
  NetTransport *transport = imap_session_get_transport (self->session);
  g_autoptr(NetCertificate) rejected = NULL;
  gint64 lived_us = self->is_signed_in ? base_time_boottime_us () - self->signed_in_us : -1;

  /* nothing that could be held against the server */
  if (self->is_signed_in && self->is_link_gone)
    lived_us = G_MAXINT64;
  if (transport != NULL && net_transport_get_rejected_certificate (transport) != NULL)
    rejected = net_certificate_ref (net_transport_get_rejected_certificate (transport));
  drop_session (self);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      sync_core_session_failed (self->core, error, rejected, lived_us) == SYNC_VERDICT_FEWER)
    sync_limit_remember (self);
}

/* What the server wants people to read, which may stand in any answer. */
static void
pass_alert (SyncWorker *self)
{
  const char *alert = self->session != NULL ? imap_session_get_alert (self->session) : NULL;

  if (alert != NULL)
    sync_core_set_alert (self->core, alert);
}

static gboolean
open_session (SyncWorker *self,
              GCancellable *cancellable,
              GError **error)
{
  static const char *const id[] = { "name", "Pipit", "version", PIPIT_VERSION, NULL };
  g_autoptr(SyncConfig) config = sync_core_dup_config (self->core);
  g_autoptr(GError) local_error = NULL;
  gboolean done;

  if (config == NULL || config->imap_secret == NULL)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_OFFLINE, "No password is known");
      return FALSE;
    }

  self->is_link_gone = FALSE;
  self->has_link_changed = FALSE;
  self->session = imap_session_new (account_settings_get_imap (config->settings), config->trust,
                                    sync_core_get_transcript (self->core));
  imap_session_set_applier (self->session, apply, self);
  imap_session_set_stage_func (self->session, on_stage, self, NULL);
  imap_session_set_id (self->session, id);
  sync_latch_attach (self);

  done = imap_session_connect (self->session, cancellable, &local_error);
  if (done)
    sync_link_attach (self);
  done = done &&
         imap_session_sign_in (self->session, account_settings_get_imap_username (config->settings),
                               config->imap_secret, cancellable, &local_error);
  pass_alert (self);
  if (!done)
    {
      sync_core_set_activity (self->core, self, SYNC_ACTIVITY_NONE, 0, NULL);
      fail_session (self, local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  self->is_signed_in = TRUE;
  self->signed_in_us = base_time_boottime_us ();
  if (self->is_primary && sync_core_get_mode (self->core) == SYNC_MODE_LIVE)
    self->live = sync_live_new (self);
  sync_core_signed_in (self->core);
  sync_core_set_activity (self->core, self, SYNC_ACTIVITY_NONE, 0, NULL);
  return TRUE;
}

static gboolean
has_session (SyncWorker *self)
{
  return self->session != NULL && imap_session_is_open (self->session);
}

static gboolean
ensure_session (SyncWorker *self,
                GCancellable *cancellable,
                GError **error)
{
  if (has_session (self))
    return TRUE;

  drop_session (self);
  return open_session (self, cancellable, error);
}

/* Jobs. */

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static SyncJobOutcome
judge_failure (SyncWorker *self,
               SyncJob *job,
               const GError *error)
{
  if (self->session == NULL || is_cancelled (error))
    return SYNC_JOB_FAILED;

  /* silence for longer than a command may take ends a connection as well */
  if (has_session (self) && error->domain != NET_ERROR)
    return SYNC_JOB_FAILED;
  if ((job->flags & SYNC_JOB_NEEDS_SESSION) == 0)
    return SYNC_JOB_FAILED;

  fail_session (self, error);
  return SYNC_JOB_LOST;
}

static void
tidy_mailbox (SyncWorker *self)
{
  g_autoptr(GError) error = NULL;

  if (self->mailbox == NULL || !has_session (self))
    return;

  sync_mailbox_set_flags_func (self->mailbox, NULL, NULL);
  if (!sync_mailbox_settle (self->mailbox, NULL, &error))
    {
      g_warning ("What the server said could not be stored: %s", error->message);
      g_clear_pointer (&self->mailbox, sync_mailbox_free);
    }
}

/* A job that never began is not to blame: it waits for a connection, or for another worker where the
 * server wants fewer of them. Only what somebody waits for ends when there is none. */
static gboolean
is_for_another (SyncWorker *self,
                SyncJob *job)
{
  return ((job->flags & SYNC_JOB_FAIL_OFFLINE) == 0 || sync_core_is_surplus (self->core)) &&
         !g_cancellable_is_cancelled (job->cancellable);
}

static void
run_job (SyncWorker *self,
         SyncJob *job)
{
  SyncJobOutcome outcome;
  GError *error = NULL;

  g_debug ("Job %s, lane %" G_GINT64_FORMAT, job->name, job->lane);

  if (g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    outcome = SYNC_JOB_FAILED;
  else if ((job->flags & SYNC_JOB_NEEDS_SESSION) != 0 &&
           !ensure_session (self, job->cancellable, &error))
    outcome = is_for_another (self, job) ? SYNC_JOB_AGAIN : SYNC_JOB_FAILED;
  else
    {
      self->is_working = TRUE;
      outcome = job->run (job, self, &error);
      self->is_working = FALSE;
      if (has_session (self))
        imap_session_set_silence (self->session, 0);
      pass_alert (self);
      if (outcome == SYNC_JOB_FAILED)
        outcome = judge_failure (self, job, error);
      tidy_mailbox (self);
      if (has_session (self))
        sync_link_remember (self);
      sync_core_heard (self->core);
    }

  if (error != NULL)
    g_debug ("Job %s: %s", job->name, error->message);
  sync_core_set_activity (self->core, self, SYNC_ACTIVITY_NONE, 0, NULL);
  sync_core_finish (self->core, job, outcome, error);
}

/* Waiting. */

static gint64
get_earlier (gint64 a_us,
             gint64 b_us)
{
  if (a_us == 0 || b_us == 0)
    return a_us + b_us;

  return MIN (a_us, b_us);
}

/* The first worker of a live account has something to do when there is no job. */
static void
live_or_sleep (SyncWorker *self,
               gint64 next_us)
{
  g_autoptr(GError) error = NULL;
  gint64 retry_us;

  if (!has_session (self) && sync_core_may_connect (self->core, &retry_us) &&
      !ensure_session (self, self->cancellable, &error))
    g_debug ("No connection: %s", error->message);
  g_clear_error (&error);

  if (!has_session (self))
    {
      sync_core_may_connect (self->core, &retry_us);
      base_await (&self->is_awake, get_earlier (next_us, retry_us), self->cancellable, NULL);
      return;
    }

  pass_alert (self);
  if (!sync_live_hold (self->live, next_us, self->cancellable, &error))
    {
      g_debug ("Live: %s", error->message);
      if (!is_cancelled (error))
        fail_session (self, error);
    }
  sync_core_set_activity (self->core, self, SYNC_ACTIVITY_NONE, 0, NULL);
}

/* A session that ends meanwhile is dropped at once: as long as it counts as signed in, the account does
 * not count as offline. */
static void
sleep_until (SyncWorker *self,
             gint64 deadline_us)
{
  if (!has_session (self))
    {
      base_await (&self->is_awake, deadline_us, self->cancellable, NULL);
      return;
    }

  imap_session_wait (self->session, &self->is_awake, deadline_us, self->cancellable, NULL);
  if (!has_session (self))
    drop_session (self);
}

/* Returns whether the worker is still needed. */
static gboolean
wait_for_work (SyncWorker *self,
               gint64 next_us)
{
  gint64 linger_us = base_time_boottime_us () + LINGER_US;
  gint64 retry_us = 0;

  if (self->is_primary && sync_core_get_mode (self->core) == SYNC_MODE_LIVE)
    {
      live_or_sleep (self, next_us);
      return TRUE;
    }
  if (sync_core_is_surplus (self->core))
    return FALSE;

  if (!has_session (self))
    sync_core_may_connect (self->core, &retry_us);
  if (self->is_primary)
    {
      sleep_until (self, get_earlier (next_us, retry_us));
      return TRUE;
    }

  /* a job that is to be tried again in a moment wakes nobody else */
  sleep_until (self, get_earlier (next_us, linger_us));
  return self->is_awake || (next_us != 0 && next_us <= base_time_boottime_us ());
}

/* A worker that was called for help connects before it takes anything away from the others, who may
 * be done with what they do before it is. Returns whether it is of use. */
static gboolean
connect_first (SyncWorker *self)
{
  g_autoptr(GError) error = NULL;
  gint64 retry_us;

  if (self->is_primary || has_session (self) || !sync_core_may_connect (self->core, &retry_us) ||
      ensure_session (self, self->cancellable, &error))
    return TRUE;

  g_debug ("No other connection: %s", error->message);
  return !sync_core_is_surplus (self->core);
}

static void
work (SyncWorker *self)
{
  for (;;)
    {
      gboolean stopping;
      gint64 next_us;
      SyncJob *job;

      self->is_awake = FALSE;
      if (!connect_first (self))
        return;
      job = sync_core_take (self->core, self, has_session (self), &next_us, &stopping);
      if (stopping)
        return;
      if (job != NULL)
        {
          run_job (self, job);
          if (!self->is_primary && !has_session (self) && sync_core_is_surplus (self->core))
            return;
        }
      else if (!wait_for_work (self, next_us))
        return;
    }
}

static gboolean
ensure_account (StoreTransaction *tx,
                gpointer data,
                GError **error)
{
  SyncCore *core = data;
  gint64 account_id;

  if (!store_tx_ensure_account (tx, sync_core_get_uuid (core), &account_id, error))
    return FALSE;

  sync_core_set_account_id (core, account_id);
  return TRUE;
}

static gpointer
worker_thread (gpointer data)
{
  SyncWorker *self = data;
  g_autoptr(GError) error = NULL;

  g_main_context_push_thread_default (self->context);

  self->reader = store_reader_new (sync_core_get_store (self->core), &error);
  if (self->reader != NULL &&
      (sync_core_get_account_id (self->core) != 0 ||
       store_write_await (sync_core_get_store (self->core), STORE_PRIORITY_PERSON, ensure_account,
                          self->core, self->cancellable, &error)))
    {
      if (self->is_primary)
        sync_limit_recall (self);
      work (self);
    }
  else
    sync_core_store_failed (self->core, error);

  log_out (self);
  drop_session (self);
  g_clear_pointer (&self->reader, store_reader_free);
  sync_core_worker_ended (self->core, self);

  g_main_context_pop_thread_default (self->context);
  worker_unref (self);

  return NULL;
}

/**
 * sync_worker_spawn:
 * @is_primary: the one that stays and holds IDLE
 *
 * Starts a thread. It ends when the core stops, or when it has lingered long enough without work,
 * and says so with sync_core_worker_ended ().
 *
 * Returns: (transfer none): valid until then
 */
SyncWorker *
sync_worker_spawn (SyncCore *core,
                   gboolean is_primary)
{
  SyncWorker *self = g_new0 (SyncWorker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->core = sync_core_ref (core);
  self->context = g_main_context_new ();
  self->cancellable = g_cancellable_new ();
  self->is_primary = is_primary;
  g_thread_unref (g_thread_new ("pipit-sync", worker_thread, self));

  return self;
}

static gboolean
wake_cb (gpointer user_data)
{
  SyncWorker *self = user_data;

  self->is_awake = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * sync_worker_wake:
 *
 * Makes a worker that waits look for a job. Any thread.
 */
void
sync_worker_wake (SyncWorker *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, wake_cb, worker_ref (self), (GDestroyNotify) worker_unref);
  g_source_attach (source, self->context);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* On the worker's own thread: GLib 2.74 leaks a cancellable's source that is destroyed while
 * g_cancellable_cancel () runs on another one. */
static void
cancel (SyncWorker *self,
        GCancellable *cancellable)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, cancel_cb, g_object_ref (cancellable), g_object_unref);
  g_source_attach (source, self->context);
}

/**
 * sync_worker_cancel:
 *
 * Makes a worker end. What changes the server still runs to its tag, for a while. Any thread.
 */
void
sync_worker_cancel (SyncWorker *self)
{
  cancel (self, self->cancellable);
  sync_worker_wake (self);
}

/**
 * sync_worker_cancel_job:
 * @job: the one that the worker runs
 *
 * Makes a job end early. Any thread.
 */
void
sync_worker_cancel_job (SyncWorker *self,
                        SyncJob *job)
{
  cancel (self, job->cancellable);
}

typedef struct
{
  SyncWorker *worker; /* (owned) */
  gboolean is_dead;
} LinkCheck;

static void
link_check_free (gpointer data)
{
  LinkCheck *check = data;

  worker_unref (check->worker);
  g_free (check);
}

static gboolean
is_link_gone (SyncWorker *self)
{
  NetTransport *transport = imap_session_get_transport (self->session);
  GInetSocketAddress *address = transport != NULL ? net_transport_get_local_address (transport) : NULL;

  return address != NULL && !net_address_is_here (address);
}

/* What still waits for an answer ends at once, or at least not after minutes of silence. Of a
 * connection that may live the one that listens asks whether it does; one that nobody needs at the moment
 * is not worth the question. */
static gboolean
check_link_cb (gpointer user_data)
{
  LinkCheck *check = user_data;
  SyncWorker *self = check->worker;

  self->is_awake = TRUE;
  if (!self->is_signed_in)
    return G_SOURCE_REMOVE;

  self->has_link_changed = TRUE;
  self->is_link_gone = check->is_dead || is_link_gone (self);
  if (self->is_link_gone || (!self->is_working && !self->is_listening))
    {
      g_debug ("The network has changed: the connection is given up");
      imap_session_close (self->session);
    }
  else if (self->is_working)
    imap_session_set_silence (self->session, sync_core_get_timings (self->core)->probe_ms);

  return G_SOURCE_REMOVE;
}

/**
 * sync_worker_check_link:
 * @is_dead: the computer has slept: no connection can be relied on
 *
 * Looks whether the worker's connection is one of this network. Any thread.
 */
void
sync_worker_check_link (SyncWorker *self,
                        gboolean is_dead)
{
  g_autoptr(GSource) source = g_idle_source_new ();
  LinkCheck *check = g_new0 (LinkCheck, 1);

  check->worker = worker_ref (self);
  check->is_dead = is_dead;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, check_link_cb, check, link_check_free);
  g_source_attach (source, self->context);
}

/**
 * sync_worker_get_wake_flag:
 *
 * Returns: (transfer none): set when somebody wants the worker to look for a job, or when news came
 *   while it idles
 */
const gboolean *
sync_worker_get_wake_flag (SyncWorker *self)
{
  return &self->is_awake;
}

/**
 * sync_worker_set_listening:
 *
 * While it is set, news wake the worker.
 */
void
sync_worker_set_listening (SyncWorker *self,
                           gboolean is_listening)
{
  self->is_listening = is_listening;
}

/**
 * sync_worker_is_listening:
 *
 * Returns: whether what comes now was not asked for
 */
gboolean
sync_worker_is_listening (SyncWorker *self)
{
  return self->is_listening;
}

/**
 * sync_worker_tell_news:
 *
 * Says that something was heard that has to be looked into.
 */
void
sync_worker_tell_news (SyncWorker *self)
{
  if (self->is_listening)
    self->is_awake = TRUE;
}

/**
 * sync_worker_has_link_changed:
 *
 * Returns: whether the computer may be in another network, or has slept, since the session was last
 *   known to live
 */
gboolean
sync_worker_has_link_changed (SyncWorker *self)
{
  return self->has_link_changed;
}

/**
 * sync_worker_trust_link:
 *
 * Says that the session has proved to live.
 */
void
sync_worker_trust_link (SyncWorker *self)
{
  self->has_link_changed = FALSE;
}

/**
 * sync_worker_get_core:
 *
 * Returns: (transfer none): what it shares with the main thread
 */
SyncCore *
sync_worker_get_core (SyncWorker *self)
{
  return self->core;
}

/**
 * sync_worker_get_store:
 *
 * Returns: (transfer none): the store
 */
Store *
sync_worker_get_store (SyncWorker *self)
{
  return sync_core_get_store (self->core);
}

/**
 * sync_worker_get_reader:
 *
 * Returns: (transfer none): the worker's own reader
 */
StoreReader *
sync_worker_get_reader (SyncWorker *self)
{
  return self->reader;
}

/**
 * sync_worker_get_session:
 *
 * Returns: (transfer none) (nullable): the session; signed in, in jobs that need one
 */
ImapSession *
sync_worker_get_session (SyncWorker *self)
{
  return self->session;
}

/**
 * sync_worker_get_mailbox:
 *
 * Returns: (transfer none) (nullable): what the session has selected, until the next
 *   sync_worker_select ()
 */
SyncMailbox *
sync_worker_get_mailbox (SyncWorker *self)
{
  return self->mailbox;
}

/**
 * sync_worker_write:
 * @data: stays the caller's
 *
 * Has the writer thread do a transaction and waits for it. Awaits; not cancellable, since @func
 * may have begun.
 *
 * Returns: whether it is committed
 */
gboolean
sync_worker_write (SyncWorker *self,
                   StorePriority priority,
                   StoreWriteFunc func,
                   gpointer data,
                   GError **error)
{
  return store_write_await (sync_core_get_store (self->core), priority, func, data, NULL, error);
}

static gboolean
is_selected (SyncWorker *self,
             gint64 folder_id)
{
  return self->mailbox != NULL &&
         sync_mailbox_get_folder (self->mailbox)->folder == folder_id &&
         imap_session_get_selection (self->session) == sync_mailbox_get_selection (self->mailbox);
}

static gint64
get_opening (SyncWorker *self)
{
  return self->opening != NULL ? sync_mailbox_get_folder (self->opening)->folder : 0;
}

/* Awaits the SELECT that is under way. */
static gboolean
finish_select (SyncWorker *self,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr(ImapCommand) select = g_steal_pointer (&self->selecting);

  if (!imap_command_await (select, cancellable, error))
    {
      g_clear_pointer (&self->opening, sync_mailbox_free);
      return FALSE;
    }

  self->mailbox = g_steal_pointer (&self->opening);
  sync_mailbox_opened (self->mailbox);
  return TRUE;
}

static void
settle_selecting (SyncWorker *self)
{
  g_autoptr(GError) error = NULL;

  if (self->selecting != NULL && !finish_select (self, NULL, &error))
    g_debug ("SELECT: %s", error->message);
}

/* Sends SELECT. What the server says about the mailbox is kept from its first word on. */
static gboolean
begin_select (SyncWorker *self,
              gint64 folder_id,
              GError **error)
{
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(SyncMailbox) left G_GNUC_UNUSED = NULL;

  if (self->mailbox != NULL && !sync_mailbox_settle (self->mailbox, NULL, error))
    return FALSE;

  folder = store_reader_get_folder (self->reader, folder_id, error);
  if (folder == NULL || !store_folder_is_selectable (folder))
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
                             "There is no such folder to open");
      return FALSE;
    }

  left = g_steal_pointer (&self->mailbox);
  self->selecting = sync_resync_select (self->session, self->reader, folder);
  self->opening = sync_mailbox_new (sync_core_get_store (self->core), folder, self->selecting,
                                    trusts_qresync (self));
  return TRUE;
}

/**
 * sync_worker_send_select:
 *
 * Sends the SELECT of a folder in a session that has none selected yet, in one go with what follows
 * the sign-in, and does not wait: sync_worker_select () does.
 *
 * Returns: %FALSE if it could not be sent
 */
gboolean
sync_worker_send_select (SyncWorker *self,
                         gint64 folder_id,
                         GError **error)
{
  return self->mailbox != NULL || self->selecting != NULL ||
         begin_select (self, folder_id, error);
}

/**
 * sync_worker_select:
 *
 * Makes sure that a folder's mailbox is selected. Nothing goes over the wire if it is. What was
 * said about the mailbox before is in the cache afterwards; what is said about it from SELECT on is
 * kept, for sync_resync_run (). Awaits.
 *
 * Errors: SYNC_ERROR_NOT_FOUND when the cache does not know the folder, or it cannot be
 * selected.
 *
 * Returns: whether sync_worker_get_mailbox () is that folder now
 */
gboolean
sync_worker_select (SyncWorker *self,
                    gint64 folder_id,
                    GCancellable *cancellable,
                    GError **error)
{
  if (self->selecting != NULL && get_opening (self) == folder_id)
    return finish_select (self, cancellable, error);

  settle_selecting (self);
  return is_selected (self, folder_id) ||
         sync_worker_select_again (self, folder_id, cancellable, error);
}

/**
 * sync_worker_select_again:
 *
 * As sync_worker_select (), but always asks the server: so it says how the mailbox is now.
 */
gboolean
sync_worker_select_again (SyncWorker *self,
                          gint64 folder_id,
                          GCancellable *cancellable,
                          GError **error)
{
  settle_selecting (self);
  return begin_select (self, folder_id, error) && finish_select (self, cancellable, error);
}

/**
 * sync_worker_leave:
 *
 * Forgets what is selected, so that the next sync_worker_select () selects it anew. What was said
 * about it is in the cache afterwards. Awaits.
 *
 * Returns: %FALSE if the store failed
 */
gboolean
sync_worker_leave (SyncWorker *self,
                   GError **error)
{
  if (self->mailbox != NULL && !sync_mailbox_settle (self->mailbox, NULL, error))
    return FALSE;

  g_clear_pointer (&self->mailbox, sync_mailbox_free);
  return TRUE;
}
