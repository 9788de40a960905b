#include "sync-core.h"

#include "base-time.h"
#include "net-error.h"
#include "sync-error.h"
#include "sync-queue.h"
#include "sync-worker.h"

/* A job that loses its connection so often, without getting anywhere, is not tried again. */
#define MAX_ATTEMPTS 3

/* A job of the background waits 2^n seconds at most before it is tried again. */
#define MAX_DELAY_DOUBLINGS 9

/* How often progress alone is worth a notice. */
#define PROGRESS_INTERVAL_US (100 * 1000)

/* What the core knows of a worker. */
typedef struct
{
  SyncWorker *worker; /* (unowned): ends by sync_core_worker_ended () */
  gboolean is_primary;
  gboolean is_waiting; /* for a job: it found none */
  SyncActivity activity;
  gint64 folder_id;
  char *folder; /* (owned) (nullable) */
  guint64 n_done;
  guint64 n_total;
} Slot;

struct _SyncCore
{
  gatomicrefcount ref_count;

  /* Set once. */
  char *account_uuid;          /* (owned) */
  Store *store;                /* (owned) */
  NetTranscript *transcript;   /* (owned) */
  GMainContext *main_context;  /* (owned) */

  /* The main thread's. */
  SyncCoreNotifyFunc notify; /* (nullable) */
  gpointer notify_data;

  GMutex mutex;
  /* All that follows is guarded by the mutex. */
  SyncQueue *queue;   /* (owned) */
  SyncGate *gate;     /* (owned) */
  GPtrArray *slots;   /* (owned) (element-type Slot) */
  GPtrArray *running; /* (owned) (element-type SyncJob) */
  SyncConfig *config; /* (owned) (nullable) until the first sync_core_set_config () */
  SyncMode mode;
  gboolean is_started;
  gboolean is_stopping;
  gboolean has_network;
  gboolean is_metered;
  gint64 visible_folder_id;
  gint64 account_id;

  GError *last_error;             /* (owned) (nullable): why there is no connection */
  NetCertificate *certificate;    /* (owned) (nullable): the rejected one */
  char *alert;                    /* (owned) (nullable) */
  gboolean round_failed; /* a comparison did, since all was equal the last time */
  gint64 checked_unix;
  gint64 heard_unix;
  gint64 notified_us;
  gboolean notice_pending;
};

static void
slot_free (Slot *slot)
{
  g_free (slot->folder);
  g_free (slot);
}

/**
 * sync_config_copy:
 *
 * Returns: (transfer full): a copy, which shares what it points at
 */
SyncConfig *
sync_config_copy (const SyncConfig *self)
{
  SyncConfig *copy = g_memdup2 (self, sizeof *self);

  account_settings_ref (copy->settings);
  net_trust_ref (copy->trust);
  if (copy->imap_secret != NULL)
    base_secret_ref (copy->imap_secret);
  if (copy->smtp_secret != NULL)
    base_secret_ref (copy->smtp_secret);

  return copy;
}

/**
 * sync_config_free:
 * @self: (transfer full): a config
 */
void
sync_config_free (SyncConfig *self)
{
  account_settings_unref (self->settings);
  net_trust_unref (self->trust);
  g_clear_pointer (&self->imap_secret, base_secret_unref);
  g_clear_pointer (&self->smtp_secret, base_secret_unref);
  g_free (self);
}

/**
 * sync_core_new:
 * @store: where the mail goes; kept for as long as a worker lives
 *
 * Thread: the calling thread's default context is where jobs are told to be done.
 *
 * Returns: (transfer full): a core without workers
 */
SyncCore *
sync_core_new (const char *account_uuid,
               Store *store,
               NetTranscript *transcript)
{
  SyncCore *self = g_new0 (SyncCore, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->account_uuid = g_strdup (account_uuid);
  self->store = g_object_ref (store);
  self->transcript = net_transcript_ref (transcript);
  self->main_context = g_main_context_ref_thread_default ();
  self->queue = sync_queue_new ();
  self->gate = sync_gate_new ();
  self->slots = g_ptr_array_new_with_free_func ((GDestroyNotify) slot_free);
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_job_unref);
  self->has_network = TRUE;

  return self;
}

/**
 * sync_core_ref:
 *
 * Returns: (transfer full): @self
 */
SyncCore *
sync_core_ref (SyncCore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * sync_core_unref:
 * @self: (transfer full): a core
 */
void
sync_core_unref (SyncCore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->slots->len == 0);

  sync_queue_free (self->queue);
  sync_gate_free (self->gate);
  g_ptr_array_unref (self->slots);
  g_ptr_array_unref (self->running);
  g_clear_pointer (&self->config, sync_config_free);
  g_clear_error (&self->last_error);
  g_clear_pointer (&self->certificate, net_certificate_unref);
  g_free (self->alert);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->main_context);
  net_transcript_unref (self->transcript);
  g_object_unref (self->store);
  g_free (self->account_uuid);
  g_free (self);
}

/* Notices to the main thread. */

static gboolean
notify_cb (gpointer user_data)
{
  SyncCore *self = user_data;

  g_mutex_lock (&self->mutex);
  self->notice_pending = FALSE;
  g_mutex_unlock (&self->mutex);

  if (self->notify != NULL)
    self->notify (self, self->notify_data);

  return G_SOURCE_REMOVE;
}

static void
post (SyncCore *self,
      GSourceFunc func,
      gpointer data,
      GDestroyNotify destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, self->main_context);
}

static void
notify_locked (SyncCore *self)
{
  if (self->notice_pending)
    return;

  self->notice_pending = TRUE;
  self->notified_us = base_time_boottime_us ();
  post (self, notify_cb, sync_core_ref (self), (GDestroyNotify) sync_core_unref);
}

static gboolean
job_done_cb (gpointer user_data)
{
  SyncJob *job = user_data;

  if (job->done != NULL)
    job->done (job, job->done_data);

  return G_SOURCE_REMOVE;
}

/* Takes the error. The job's done function runs on the main thread, never inside this call. */
static void
complete_locked (SyncCore *self,
                 SyncJob *job,
                 GError *error)
{
  g_assert (job->error == NULL);
  job->error = error;
  post (self, job_done_cb, sync_job_ref (job), (GDestroyNotify) sync_job_unref);
}

static void
fail_waiting_locked (SyncCore *self,
                     SyncJobFlags with_flags,
                     const GError *error)
{
  g_autoptr(GPtrArray) jobs = sync_queue_steal (self->queue, with_flags);

  for (guint i = 0; i < jobs->len; i++)
    complete_locked (self, g_ptr_array_index (jobs, i), g_error_copy (error));
}

/**
 * sync_core_set_notify:
 * @func: (nullable): called on the main thread, some time after the status has changed
 */
void
sync_core_set_notify (SyncCore *self,
                      SyncCoreNotifyFunc func,
                      gpointer user_data)
{
  self->notify = func;
  self->notify_data = user_data;
}

/* Workers. */

static Slot *
find_slot_locked (SyncCore *self,
                  SyncWorker *worker)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->worker == worker)
        return slot;
    }

  g_assert_not_reached ();
}

static void
spawn_locked (SyncCore *self)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->is_primary = self->slots->len == 0;
  slot->worker = sync_worker_spawn (self, slot->is_primary);
  g_ptr_array_add (self->slots, slot);
}

static guint
get_max_workers_locked (SyncCore *self)
{
  /* the second one only where the first has shown that the way is free */
  if (self->mode == SYNC_MODE_ON_DEMAND || sync_gate_get_n_signed_in (self->gate) == 0)
    return 1;

  return sync_gate_get_max (self->gate);
}

/* Finds somebody for the first job that could run: a worker with nothing to do, a new one, and
 * only then the one that would have to leave its IDLE. */
static void
dispatch_locked (SyncCore *self)
{
  gint64 now_us = base_time_boottime_us ();
  Slot *live = NULL;

  if (!self->is_started || self->is_stopping)
    return;
  if (!sync_queue_has_runnable (self->queue, now_us, SYNC_PRIORITY_HOUSEKEEPING + 1))
    return;

  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = g_ptr_array_index (self->slots, i);

      if (!slot->is_waiting)
        continue;
      if (slot->activity == SYNC_ACTIVITY_LIVE)
        {
          live = slot;
          continue;
        }

      slot->is_waiting = FALSE;
      sync_worker_wake (slot->worker);
      return;
    }

  if (self->slots->len < get_max_workers_locked (self))
    spawn_locked (self);
  else if (live != NULL)
    {
      live->is_waiting = FALSE;
      sync_worker_wake (live->worker);
    }
}

/* Looks once more at what could be done: settings, network or time have changed. */
static void
reconsider_locked (SyncCore *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = g_ptr_array_index (self->slots, i);

      slot->is_waiting = FALSE;
      sync_worker_wake (slot->worker);
    }

  dispatch_locked (self);
  notify_locked (self);
}

static gboolean
is_secret_equal (BaseSecret *a,
                 BaseSecret *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_str_equal (base_secret_peek (a), base_secret_peek (b));
}

/**
 * sync_core_set_config:
 * @settings: copied
 * @imap_secret: (nullable): %NULL while it is not known
 * @smtp_secret: (nullable): the same, where sending has one of its own
 *
 * Sets what connections are made with from now on. A refused password or certificate is
 * looked at again when it has changed.
 */
void
sync_core_set_config (SyncCore *self,
                      AccountSettings *settings,
                      BaseSecret *imap_secret,
                      BaseSecret *smtp_secret,
                      NetTrust *trust)
{
  SyncConfig config = { NULL, imap_secret, smtp_secret, trust };
  gboolean secret_changed;
  gboolean trust_changed;

  config.settings = account_settings_copy (settings);

  g_mutex_lock (&self->mutex);

  secret_changed = self->config == NULL ||
                   !is_secret_equal (self->config->imap_secret, imap_secret) ||
                   !is_secret_equal (self->config->smtp_secret, smtp_secret);
  trust_changed = self->config == NULL || self->config->trust != trust;
  g_clear_pointer (&self->config, sync_config_free);
  self->config = sync_config_copy (&config);

  if (secret_changed)
    sync_gate_secret_changed (self->gate);
  if (trust_changed)
    {
      sync_gate_trust_changed (self->gate);
      g_clear_pointer (&self->certificate, net_certificate_unref);
    }
  if (secret_changed || trust_changed)
    g_clear_error (&self->last_error);
  reconsider_locked (self);

  g_mutex_unlock (&self->mutex);

  account_settings_unref (config.settings);
}

/**
 * sync_core_set_network:
 *
 * Tells what the main thread's GNetworkMonitor says.
 */
void
sync_core_set_network (SyncCore *self,
                       gboolean available,
                       gboolean metered)
{
  g_mutex_lock (&self->mutex);

  if (available && !self->has_network)
    sync_gate_hurry (self->gate);
  self->has_network = available;
  self->is_metered = metered;
  reconsider_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_set_visible:
 * @folder_id: the folder on the screen, or 0
 */
void
sync_core_set_visible (SyncCore *self,
                       gint64 folder_id)
{
  g_mutex_lock (&self->mutex);
  self->visible_folder_id = folder_id;
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_start:
 *
 * Begins to work. In live mode the first worker comes at once, else with the first job.
 */
void
sync_core_start (SyncCore *self,
                 SyncMode mode)
{
  g_mutex_lock (&self->mutex);

  self->mode = mode;
  self->is_started = TRUE;
  if (mode == SYNC_MODE_LIVE && self->slots->len == 0)
    spawn_locked (self);
  dispatch_locked (self);
  notify_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_hurry:
 *
 * Ends a wait before the next attempt to connect.
 */
void
sync_core_hurry (SyncCore *self)
{
  g_mutex_lock (&self->mutex);
  sync_gate_hurry (self->gate);
  reconsider_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_stop:
 *
 * Cancels everything. Waiting jobs end with SYNC_ERROR_STOPPED; each worker ends on its own.
 */
void
sync_core_stop (SyncCore *self)
{
  g_autoptr(GError) error = g_error_new_literal (SYNC_ERROR, SYNC_ERROR_STOPPED, "Stopped");

  g_mutex_lock (&self->mutex);

  self->is_stopping = TRUE;
  fail_waiting_locked (self, 0, error);
  for (guint i = 0; i < self->running->len; i++)
    g_cancellable_cancel (((SyncJob *) g_ptr_array_index (self->running, i))->cancellable);
  for (guint i = 0; i < self->slots->len; i++)
    sync_worker_cancel (((Slot *) g_ptr_array_index (self->slots, i))->worker);
  notify_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_get_n_workers:
 *
 * Returns: how many threads are left
 */
guint
sync_core_get_n_workers (SyncCore *self)
{
  guint n_workers;

  g_mutex_lock (&self->mutex);
  n_workers = self->slots->len;
  g_mutex_unlock (&self->mutex);

  return n_workers;
}

/* Status. */

static const Slot *
find_busiest_locked (SyncCore *self)
{
  const Slot *found = NULL;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = g_ptr_array_index (self->slots, i);

      if (slot->activity != SYNC_ACTIVITY_SYNCING)
        continue;
      if (found == NULL || slot->folder_id == self->visible_folder_id)
        found = slot;
    }

  return found;
}

static gboolean
has_activity_locked (SyncCore *self,
                     SyncActivity activity)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (((const Slot *) g_ptr_array_index (self->slots, i))->activity == activity)
      return TRUE;

  return FALSE;
}

static SyncState
get_state_locked (SyncCore *self)
{
  if (!self->is_started || self->is_stopping)
    return SYNC_STATE_STOPPED;
  if (!self->has_network)
    return SYNC_STATE_OFFLINE;
  if (sync_gate_is_latched (self->gate))
    return self->certificate != NULL ? SYNC_STATE_CERTIFICATE : SYNC_STATE_SIGN_IN_REFUSED;
  if (self->config == NULL || self->config->imap_secret == NULL)
    return SYNC_STATE_PASSWORD_NEEDED;
  if (has_activity_locked (self, SYNC_ACTIVITY_SYNCING))
    return SYNC_STATE_SYNCING;
  if (sync_gate_get_n_signed_in (self->gate) > 0)
    return SYNC_STATE_UP_TO_DATE;
  if (has_activity_locked (self, SYNC_ACTIVITY_SIGNING_IN))
    return SYNC_STATE_SIGNING_IN;
  if (has_activity_locked (self, SYNC_ACTIVITY_CONNECTING))
    return SYNC_STATE_CONNECTING;
  if (self->last_error != NULL)
    return SYNC_STATE_FAILED;

  return self->mode == SYNC_MODE_LIVE ? SYNC_STATE_CONNECTING : SYNC_STATE_UP_TO_DATE;
}

/**
 * sync_core_dup_status:
 *
 * Returns: (transfer full): where the account stands; without the numbers of the journal
 */
SyncStatus *
sync_core_dup_status (SyncCore *self)
{
  SyncStatus *status = g_new0 (SyncStatus, 1);
  const Slot *slot;

  g_mutex_lock (&self->mutex);

  status->state = get_state_locked (self);
  status->checked_unix = self->checked_unix;
  status->heard_unix = self->heard_unix;
  status->live = has_activity_locked (self, SYNC_ACTIVITY_LIVE);
  status->alert = g_strdup (self->alert);

  slot = find_busiest_locked (self);
  if (status->state == SYNC_STATE_SYNCING && slot != NULL)
    {
      status->folder = g_strdup (slot->folder);
      status->folder_id = slot->folder_id;
      status->n_done = slot->n_done;
      status->n_total = slot->n_total;
    }
  if (self->last_error != NULL)
    {
      gint64 left_us = sync_gate_get_retry_us (self->gate) - base_time_boottime_us ();

      status->error = g_error_copy (self->last_error);
      if (!sync_gate_is_latched (self->gate))
        status->retry_unix = base_time_now_unix () + MAX (left_us, 0) / G_USEC_PER_SEC;
    }
  if (self->certificate != NULL)
    status->certificate = net_certificate_ref (self->certificate);

  g_mutex_unlock (&self->mutex);

  return status;
}

/**
 * sync_core_set_activity:
 * @folder: (nullable): its name for people
 *
 * Says what a worker does now.
 */
void
sync_core_set_activity (SyncCore *self,
                        SyncWorker *worker,
                        SyncActivity activity,
                        gint64 folder_id,
                        const char *folder)
{
  Slot *slot;

  g_mutex_lock (&self->mutex);

  slot = find_slot_locked (self, worker);
  if (slot->activity != activity || slot->folder_id != folder_id)
    {
      slot->activity = activity;
      slot->folder_id = folder_id;
      g_free (slot->folder);
      slot->folder = g_strdup (folder);
      slot->n_done = 0;
      slot->n_total = 0;
      notify_locked (self);
    }

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_set_progress:
 * @n_total: 0 while unknown
 *
 * Says how far a worker's activity has come, in messages.
 */
void
sync_core_set_progress (SyncCore *self,
                        SyncWorker *worker,
                        guint64 n_done,
                        guint64 n_total)
{
  Slot *slot;

  g_mutex_lock (&self->mutex);

  slot = find_slot_locked (self, worker);
  slot->n_done = n_done;
  slot->n_total = n_total;
  if (base_time_boottime_us () - self->notified_us >= PROGRESS_INTERVAL_US)
    notify_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_set_checked:
 *
 * Says that all of the account was seen equal to the server.
 */
void
sync_core_set_checked (SyncCore *self,
                       gint64 checked_unix)
{
  g_mutex_lock (&self->mutex);
  self->checked_unix = checked_unix;
  notify_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_heard:
 *
 * Says that the server has said something.
 */
void
sync_core_heard (SyncCore *self)
{
  g_mutex_lock (&self->mutex);
  self->heard_unix = base_time_now_unix ();
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_set_alert:
 * @alert: what the server wants to be shown to the person
 */
void
sync_core_set_alert (SyncCore *self,
                     const char *alert)
{
  g_mutex_lock (&self->mutex);

  if (g_strcmp0 (self->alert, alert) != 0)
    {
      g_free (self->alert);
      self->alert = g_strdup (alert);
      notify_locked (self);
    }

  g_mutex_unlock (&self->mutex);
}

/* What never changes, and values. */

/**
 * sync_core_get_uuid:
 *
 * Returns: (transfer none): the account's
 */
const char *
sync_core_get_uuid (SyncCore *self)
{
  return self->account_uuid;
}

/**
 * sync_core_get_store:
 *
 * Returns: (transfer none): the store
 */
Store *
sync_core_get_store (SyncCore *self)
{
  return self->store;
}

/**
 * sync_core_get_transcript:
 *
 * Returns: (transfer none): the log of what is said on the wire
 */
NetTranscript *
sync_core_get_transcript (SyncCore *self)
{
  return self->transcript;
}

/**
 * sync_core_get_account_id:
 *
 * Returns: the account's id in the cache, 0 until a worker has looked it up
 */
gint64
sync_core_get_account_id (SyncCore *self)
{
  gint64 account_id;

  g_mutex_lock (&self->mutex);
  account_id = self->account_id;
  g_mutex_unlock (&self->mutex);

  return account_id;
}

/**
 * sync_core_set_account_id:
 *
 * Keeps what sync_core_get_account_id () gives.
 */
void
sync_core_set_account_id (SyncCore *self,
                          gint64 account_id)
{
  g_mutex_lock (&self->mutex);
  self->account_id = account_id;
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_get_mode:
 *
 * Returns: how the account was started
 */
SyncMode
sync_core_get_mode (SyncCore *self)
{
  SyncMode mode;

  g_mutex_lock (&self->mutex);
  mode = self->mode;
  g_mutex_unlock (&self->mutex);

  return mode;
}

/**
 * sync_core_get_visible:
 *
 * Returns: the folder on the screen, or 0
 */
gint64
sync_core_get_visible (SyncCore *self)
{
  gint64 folder_id;

  g_mutex_lock (&self->mutex);
  folder_id = self->visible_folder_id;
  g_mutex_unlock (&self->mutex);

  return folder_id;
}

/**
 * sync_core_is_metered:
 *
 * Returns: whether what nobody has asked for should wait
 */
gboolean
sync_core_is_metered (SyncCore *self)
{
  gboolean metered;

  g_mutex_lock (&self->mutex);
  metered = self->is_metered;
  g_mutex_unlock (&self->mutex);

  return metered;
}

/**
 * sync_core_dup_config:
 *
 * Returns: (transfer full) (nullable): what a connection is to be made with now
 */
SyncConfig *
sync_core_dup_config (SyncCore *self)
{
  SyncConfig *config;

  g_mutex_lock (&self->mutex);
  config = self->config != NULL ? sync_config_copy (self->config) : NULL;
  g_mutex_unlock (&self->mutex);

  return config;
}

/* Jobs. */

static GError *
why_unreachable_locked (SyncCore *self)
{
  if (self->is_stopping)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_STOPPED, "Stopped");
  if (!self->has_network)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_OFFLINE, "There is no network");
  if (sync_gate_is_latched (self->gate) && self->last_error != NULL)
    return g_error_copy (self->last_error);
  if (self->config == NULL || self->config->imap_secret == NULL)
    return g_error_new_literal (SYNC_ERROR, SYNC_ERROR_OFFLINE, "No password is known");

  return NULL;
}

static void
push_locked (SyncCore *self,
             SyncJob *job)
{
  if ((job->flags & SYNC_JOB_FAIL_OFFLINE) != 0 || self->is_stopping)
    {
      GError *error = why_unreachable_locked (self);

      if (error != NULL)
        {
          complete_locked (self, job, error);
          sync_job_unref (job);
          return;
        }
      if (self->slots->len == 0 || sync_gate_get_n_signed_in (self->gate) == 0)
        {
          sync_gate_hurry (self->gate);
          for (guint i = 0; i < self->slots->len; i++)
            sync_worker_wake (((Slot *) g_ptr_array_index (self->slots, i))->worker);
        }
    }

  sync_queue_push (self->queue, job);
  dispatch_locked (self);
}

/**
 * sync_core_push:
 * @job: (transfer full): a job
 *
 * Hands a job to whichever worker is the first to have time. Its done function is told, on the
 * main thread, when it has ended; at the earliest after this call.
 */
void
sync_core_push (SyncCore *self,
                SyncJob *job)
{
  g_mutex_lock (&self->mutex);
  push_locked (self, job);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_push_once:
 * @job: (transfer full): a job without a done function
 *
 * Does as sync_core_push (), unless one of the same name and lane waits already: then that one is
 * made as urgent as this one.
 *
 * Returns: whether @job itself was taken
 */
gboolean
sync_core_push_once (SyncCore *self,
                     SyncJob *job)
{
  SyncJob *waiting;

  g_mutex_lock (&self->mutex);

  waiting = sync_queue_find (self->queue, job->name, job->lane);
  if (waiting != NULL)
    {
      sync_queue_promote (self->queue, waiting, job->priority, job->not_before_us);
      dispatch_locked (self);
    }
  else
    push_locked (self, sync_job_ref (job));

  g_mutex_unlock (&self->mutex);

  sync_job_unref (job);
  return waiting == NULL;
}

/**
 * sync_core_take:
 * @has_session: whether the worker has one, whatever the gate says
 * @out_next_us: (out): when to ask again if there is none, or 0
 * @out_stopping: (out): whether the worker is to end
 *
 * Returns: (transfer full) (nullable): the worker's next job, for sync_core_finish ()
 */
SyncJob *
sync_core_take (SyncCore *self,
                SyncWorker *worker,
                gboolean has_session,
                gint64 *out_next_us,
                gboolean *out_stopping)
{
  gint64 now_us = base_time_boottime_us ();
  SyncJob *job = NULL;
  gboolean can_connect;

  *out_next_us = 0;

  g_mutex_lock (&self->mutex);

  *out_stopping = self->is_stopping;
  can_connect = self->has_network && self->config != NULL && self->config->imap_secret != NULL &&
                sync_gate_may_connect (self->gate, now_us);
  if (!self->is_stopping)
    job = sync_queue_take (self->queue, now_us, has_session || can_connect, out_next_us);

  if (job != NULL)
    {
      job->worker = worker;
      g_ptr_array_add (self->running, sync_job_ref (job));
    }
  find_slot_locked (self, worker)->is_waiting = job == NULL;

  g_mutex_unlock (&self->mutex);

  return job;
}

static gboolean
may_retry_locked (SyncCore *self,
                  SyncJob *job)
{
  if (self->is_stopping || g_cancellable_is_cancelled (job->cancellable))
    return FALSE;

  job->n_attempts++;
  if ((job->flags & SYNC_JOB_FAIL_OFFLINE) != 0)
    return job->n_attempts < MAX_ATTEMPTS;

  /* one job that breaks the connection each time must not keep the others from theirs */
  if (job->n_attempts > 1)
    job->not_before_us = base_time_boottime_us () +
                         (G_USEC_PER_SEC << MIN (job->n_attempts, MAX_DELAY_DOUBLINGS));
  return TRUE;
}

/* When the last comparison of a round has ended, and none has failed, all of the account was seen
 * equal to the server. */
static void
end_round_locked (SyncCore *self,
                  SyncJob *job)
{
  if ((job->flags & SYNC_JOB_COMPARES) == 0)
    return;

  self->round_failed |= job->error != NULL;
  if (sync_queue_has_flags (self->queue, base_time_boottime_us (), SYNC_JOB_COMPARES))
    return;
  for (guint i = 0; i < self->running->len; i++)
    if ((((SyncJob *) g_ptr_array_index (self->running, i))->flags & SYNC_JOB_COMPARES) != 0)
      return;

  if (!self->round_failed && self->mode == SYNC_MODE_LIVE)
    self->checked_unix = base_time_now_unix ();
  self->round_failed = FALSE;
  notify_locked (self);
}

/**
 * sync_core_finish:
 * @job: (transfer full): one that was taken
 * @error: (transfer full) (nullable): why it failed or was lost
 *
 * Ends a worker's turn at a job. What is not done comes back into the queue.
 */
void
sync_core_finish (SyncCore *self,
                  SyncJob *job,
                  SyncJobOutcome outcome,
                  GError *error)
{
  g_autoptr(GError) owned_error = error;

  g_mutex_lock (&self->mutex);

  sync_queue_release (self->queue, job);
  g_ptr_array_remove_fast (self->running, job);
  job->worker = NULL;

  if (outcome == SYNC_JOB_AGAIN)
    {
      job->n_attempts = 0;
      push_locked (self, sync_job_ref (job));
    }
  else if (outcome == SYNC_JOB_LOST && may_retry_locked (self, job))
    push_locked (self, sync_job_ref (job));
  else
    {
      complete_locked (self, job, g_steal_pointer (&owned_error));
      end_round_locked (self, job);
    }

  dispatch_locked (self);
  g_mutex_unlock (&self->mutex);

  sync_job_unref (job);
}

/**
 * sync_core_should_yield:
 * @job: the one that runs
 *
 * Returns: whether something more urgent waits, so that the job should end its slice
 */
gboolean
sync_core_should_yield (SyncCore *self,
                        SyncJob *job)
{
  gboolean yield;

  g_mutex_lock (&self->mutex);
  yield = self->is_stopping ||
          sync_queue_has_runnable (self->queue, base_time_boottime_us (), job->priority);
  g_mutex_unlock (&self->mutex);

  return yield;
}

/* Connections. */

/**
 * sync_core_may_connect:
 * @out_retry_us: (out): when, if not now; 0 if something else has to happen before
 *
 * Returns: whether a worker may try to connect
 */
gboolean
sync_core_may_connect (SyncCore *self,
                       gint64 *out_retry_us)
{
  gint64 now_us = base_time_boottime_us ();
  gboolean may;

  g_mutex_lock (&self->mutex);

  may = self->has_network && self->config != NULL && self->config->imap_secret != NULL &&
        sync_gate_may_connect (self->gate, now_us);
  *out_retry_us = 0;
  if (self->has_network && !sync_gate_is_latched (self->gate))
    *out_retry_us = MAX (sync_gate_get_retry_us (self->gate), now_us);

  g_mutex_unlock (&self->mutex);

  return may;
}

/**
 * sync_core_is_surplus:
 *
 * Returns: whether there are more workers than the server wants connections
 */
gboolean
sync_core_is_surplus (SyncCore *self)
{
  gboolean surplus;

  g_mutex_lock (&self->mutex);
  surplus = self->slots->len > sync_gate_get_max (self->gate);
  g_mutex_unlock (&self->mutex);

  return surplus;
}

/**
 * sync_core_signed_in:
 *
 * Tells of a session that is signed in.
 */
void
sync_core_signed_in (SyncCore *self)
{
  g_mutex_lock (&self->mutex);

  sync_gate_signed_in (self->gate, base_time_boottime_us ());
  g_clear_error (&self->last_error);
  dispatch_locked (self);
  notify_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_session_ended:
 *
 * Tells of a session that is over.
 */
void
sync_core_session_ended (SyncCore *self,
                         gboolean was_signed_in)
{
  g_mutex_lock (&self->mutex);
  sync_gate_ended (self->gate, was_signed_in);
  notify_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_session_failed:
 * @error: why a session could not be had, or broke
 * @rejected: (nullable): the certificate that was not trusted
 * @was_signed_in: it broke while it was used, so that another attempt is worth while
 *
 * Decides what a failure means, and ends the jobs that somebody waits for when it means
 * that there is no connection.
 *
 * Returns: what was decided
 */
SyncVerdict
sync_core_session_failed (SyncCore *self,
                          const GError *error,
                          NetCertificate *rejected,
                          gboolean was_signed_in)
{
  SyncVerdict verdict;

  g_mutex_lock (&self->mutex);

  verdict = sync_gate_failed (self->gate, error, base_time_boottime_us (),
                              g_random_int_range (0, 1001));
  if (verdict != SYNC_VERDICT_FEWER && sync_gate_get_n_signed_in (self->gate) == 0)
    {
      g_clear_error (&self->last_error);
      self->last_error = g_error_copy (error);
      g_clear_pointer (&self->certificate, net_certificate_unref);
      if (verdict == SYNC_VERDICT_ASK_TRUST && rejected != NULL)
        self->certificate = net_certificate_ref (rejected);
      if (!was_signed_in)
        fail_waiting_locked (self, SYNC_JOB_FAIL_OFFLINE, error);
      notify_locked (self);
    }

  g_mutex_unlock (&self->mutex);

  return verdict;
}

/**
 * sync_core_store_failed:
 *
 * Ends everything that waits: a worker has no access to the store.
 */
void
sync_core_store_failed (SyncCore *self,
                        const GError *error)
{
  g_mutex_lock (&self->mutex);

  g_clear_error (&self->last_error);
  self->last_error = g_error_copy (error);
  self->is_stopping = TRUE;
  fail_waiting_locked (self, 0, error);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_worker_ended:
 *
 * The last that a worker says.
 */
void
sync_core_worker_ended (SyncCore *self,
                        SyncWorker *worker)
{
  g_mutex_lock (&self->mutex);

  g_ptr_array_remove_fast (self->slots, find_slot_locked (self, worker));
  dispatch_locked (self);
  notify_locked (self);

  g_mutex_unlock (&self->mutex);
}
