#include "sync-core-private.h"

#include "base-time.h"
#include "sync-error.h"

/* More are no renames by people. */
#define MAX_RENAMES 1000

static void
slot_free (SyncSlot *slot)
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
  self->partials = sync_core_partials_new ();
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_job_unref);
  self->renames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->latches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->surpluses = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->suspicions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->has_network = TRUE;
  self->timings = sync_timings_default;

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
  g_ptr_array_unref (self->partials);
  g_hash_table_unref (self->renames);
  g_hash_table_unref (self->latches);
  g_hash_table_unref (self->surpluses);
  g_hash_table_unref (self->suspicions);
  g_clear_pointer (&self->config, sync_config_free);
  g_clear_error (&self->last_error);
  g_clear_error (&self->sending_error);
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

/* sync_core_notify_locked: tells the main thread, at most once a turn of its loop, that the status
 * has changed. */
void
sync_core_notify_locked (SyncCore *self)
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

/* sync_core_complete_locked: ends a job, and takes the error. The job's done function runs on the main thread, never inside this call. */
void
sync_core_complete_locked (SyncCore *self,
                 SyncJob *job,
                 GError *error)
{
  g_assert (job->error == NULL);
  job->error = error;
  post (self, job_done_cb, sync_job_ref (job), (GDestroyNotify) sync_job_unref);
}

/* sync_core_fail_waiting_locked: ends jobs that wait and will not be run. */
void
sync_core_fail_waiting_locked (SyncCore *self,
                     SyncJobFlags with_flags,
                     const GError *error)
{
  g_autoptr(GPtrArray) jobs = sync_queue_steal (self->queue, with_flags);

  for (guint i = 0; i < jobs->len; i++)
    sync_core_complete_locked (self, g_ptr_array_index (jobs, i), g_error_copy (error));
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

/**
 * sync_core_set_timings:
 * @timings: copied
 *
 * To be called before sync_core_start ().
 */
void
sync_core_set_timings (SyncCore *self,
                       const SyncTimings *timings)
{
  g_mutex_lock (&self->mutex);

  g_assert (!self->is_started);
  self->timings = *timings;
  sync_gate_set_timings (self->gate, timings);

  g_mutex_unlock (&self->mutex);
}

/* Workers. */

/* sync_core_find_slot_locked: what is known of a worker that has not ended. */
SyncSlot *
sync_core_find_slot_locked (SyncCore *self,
                  SyncWorker *worker)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      SyncSlot *slot = g_ptr_array_index (self->slots, i);

      if (slot->worker == worker)
        return slot;
    }

  g_assert_not_reached ();
}

static void
spawn_locked (SyncCore *self)
{
  SyncSlot *slot = g_new0 (SyncSlot, 1);

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

/* sync_core_get_limit_locked: only jobs that come before this priority are for a worker. The one
 * that holds IDLE leaves to others, where there can be others, what takes long and nobody waits
 * for. */
SyncPriority
sync_core_get_limit_locked (SyncCore *self,
                            const SyncSlot *slot)
{
  if (slot->is_primary && self->mode == SYNC_MODE_LIVE && get_max_workers_locked (self) > 1)
    return SYNC_PRIORITY_PREFETCH;

  return SYNC_PRIORITY_HOUSEKEEPING + 1;
}

/* sync_core_dispatch_locked: finds somebody for the first job that could run: a worker with nothing
 * to do, a new one, and only then the one that would have to leave its IDLE. Where somebody waits, it
 * leaves at once: a new connection takes five round trips, the end of an IDLE none. */
void
sync_core_dispatch_locked (SyncCore *self)
{
  gint64 now_us = base_time_boottime_us ();
  SyncSlot *live = NULL;
  gboolean is_urgent;

  if (!self->is_started || self->is_stopping)
    return;
  if (!sync_queue_has_runnable (self->queue, now_us, SYNC_PRIORITY_HOUSEKEEPING + 1))
    return;

  for (guint i = 0; i < self->slots->len; i++)
    {
      SyncSlot *slot = g_ptr_array_index (self->slots, i);

      if (!slot->is_waiting ||
          !sync_queue_has_runnable (self->queue, now_us, sync_core_get_limit_locked (self, slot)))
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

  is_urgent = sync_queue_has_runnable (self->queue, now_us, SYNC_PRIORITY_CHANGE + 1);
  if (self->slots->len < get_max_workers_locked (self) && !(live != NULL && is_urgent))
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
      SyncSlot *slot = g_ptr_array_index (self->slots, i);

      slot->is_waiting = FALSE;
      sync_worker_wake (slot->worker);
    }

  sync_core_dispatch_locked (self);
  sync_core_notify_locked (self);
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
    {
      sync_gate_secret_changed (self->gate);
      g_clear_error (&self->sending_error);
    }
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
 * sync_core_forgive:
 *
 * Lets a secret that was refused be shown once more: the person has given it, perhaps the same.
 */
void
sync_core_forgive (SyncCore *self)
{
  g_mutex_lock (&self->mutex);

  sync_gate_secret_changed (self->gate);
  g_clear_error (&self->sending_error);
  if (self->certificate == NULL)
    g_clear_error (&self->last_error);
  reconsider_locked (self);

  g_mutex_unlock (&self->mutex);
}

/* sync_core_check_links_locked: has every worker look whether its connection lives; or take it for dead. */
void
sync_core_check_links_locked (SyncCore *self,
                              gboolean are_dead)
{
  for (guint i = 0; i < self->slots->len; i++)
    sync_worker_check_link (((SyncSlot *) g_ptr_array_index (self->slots, i))->worker, are_dead);
}

/**
 * sync_core_set_network:
 *
 * Tells what the main thread's GNetworkMonitor says, each time that it says that something has changed.
 */
void
sync_core_set_network (SyncCore *self,
                       gboolean available,
                       gboolean metered)
{
  g_mutex_lock (&self->mutex);

  if (available)
    sync_gate_hurry (self->gate);
  self->has_network = available;
  self->is_metered = metered;
  sync_core_check_links_locked (self, FALSE);
  reconsider_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_resume:
 *
 * Gives up all connections, and makes new ones at once: the computer has slept.
 */
void
sync_core_resume (SyncCore *self)
{
  g_mutex_lock (&self->mutex);

  sync_gate_hurry (self->gate);
  sync_core_check_links_locked (self, TRUE);
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
  sync_core_dispatch_locked (self);
  sync_core_notify_locked (self);

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
  sync_core_fail_waiting_locked (self, 0, error);
  for (guint i = 0; i < self->running->len; i++)
    {
      SyncJob *job = g_ptr_array_index (self->running, i);

      sync_worker_cancel_job (job->worker, job);
    }
  for (guint i = 0; i < self->slots->len; i++)
    sync_worker_cancel (((SyncSlot *) g_ptr_array_index (self->slots, i))->worker);
  sync_core_notify_locked (self);

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

/**
 * sync_core_look:
 *
 * Returns: whether this is the first look at all folders since the start
 */
gboolean
sync_core_look (SyncCore *self)
{
  gboolean is_first;

  g_mutex_lock (&self->mutex);
  is_first = !self->has_looked;
  self->has_looked = TRUE;
  g_mutex_unlock (&self->mutex);

  return is_first;
}

/**
 * sync_core_begin_poll:
 *
 * Returns: how many looks at all folders there were before
 */
guint
sync_core_begin_poll (SyncCore *self)
{
  guint n_polls;

  g_mutex_lock (&self->mutex);
  n_polls = self->n_polls++;
  g_mutex_unlock (&self->mutex);

  return n_polls;
}

/**
 * sync_core_spoil_round:
 *
 * Says that the comparisons under way are not of all folders: their end proves nothing for the account.
 */
void
sync_core_spoil_round (SyncCore *self)
{
  g_mutex_lock (&self->mutex);
  self->round_failed = TRUE;
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
 * sync_core_get_timings:
 *
 * Returns: (transfer none): how often and how long
 */
const SyncTimings *
sync_core_get_timings (SyncCore *self)
{
  return &self->timings;
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
 * sync_core_is_watched:
 *
 * Returns: whether a session hears of all folders
 */
gboolean
sync_core_is_watched (SyncCore *self)
{
  gboolean is_watched;

  g_mutex_lock (&self->mutex);
  is_watched = self->is_watched;
  g_mutex_unlock (&self->mutex);

  return is_watched;
}

/**
 * sync_core_set_watched:
 *
 * Keeps what sync_core_is_watched () gives.
 */
void
sync_core_set_watched (SyncCore *self,
                       gboolean is_watched)
{
  g_mutex_lock (&self->mutex);

  if (self->is_watched != is_watched)
    sync_core_notify_locked (self);
  self->is_watched = is_watched;

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_look_again:
 *
 * Has the next look at the list of folders followed by another one soon.
 */
void
sync_core_look_again (SyncCore *self)
{
  g_mutex_lock (&self->mutex);
  self->looks_again = TRUE;
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_take_look_again:
 *
 * Returns: whether sync_core_look_again () was called since the last time
 */
gboolean
sync_core_take_look_again (SyncCore *self)
{
  gboolean looks_again;

  g_mutex_lock (&self->mutex);
  looks_again = self->looks_again;
  self->looks_again = FALSE;
  g_mutex_unlock (&self->mutex);

  return looks_again;
}

/**
 * sync_core_note_rename:
 * @old_name: wire name
 * @new_name: wire name
 *
 * Keeps for the next look at the list of folders what the server says of one that is called otherwise.
 */
void
sync_core_note_rename (SyncCore *self,
                       const char *old_name,
                       const char *new_name)
{
  g_mutex_lock (&self->mutex);

  if (g_hash_table_size (self->renames) >= MAX_RENAMES)
    g_hash_table_remove_all (self->renames);
  g_hash_table_insert (self->renames, g_strdup (old_name), g_strdup (new_name));

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_was_renamed:
 *
 * Returns: whether the server has said so; once
 */
gboolean
sync_core_was_renamed (SyncCore *self,
                       const char *old_name,
                       const char *new_name)
{
  gboolean was_renamed;

  g_mutex_lock (&self->mutex);

  was_renamed = g_strcmp0 (g_hash_table_lookup (self->renames, old_name), new_name) == 0;
  if (was_renamed)
    g_hash_table_remove (self->renames, old_name);

  g_mutex_unlock (&self->mutex);

  return was_renamed;
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
