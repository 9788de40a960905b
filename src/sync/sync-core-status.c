#include "sync-core-private.h"

#include "base-time.h"

/* Where the account stands, for the main thread. */

/* How often progress alone is worth a notice. */
#define PROGRESS_INTERVAL_US (100 * 1000)

static const SyncSlot *
find_busiest_locked (SyncCore *self)
{
  const SyncSlot *found = NULL;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const SyncSlot *slot = g_ptr_array_index (self->slots, i);

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
    if (((const SyncSlot *) g_ptr_array_index (self->slots, i))->activity == activity)
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
  if (self->sending_error != NULL)
    return SYNC_STATE_SIGN_IN_REFUSED;
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

/* What the person has to be asked goes before what is tried again by itself. */
static void
take_sending_error_locked (SyncCore *self,
                           SyncStatus *status)
{
  g_clear_error (&status->error);
  g_clear_pointer (&status->certificate, net_certificate_unref);
  status->error = g_error_copy (self->sending_error);
  status->retry_unix = 0;
  status->for_smtp = TRUE;
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
  const SyncSlot *slot;

  g_mutex_lock (&self->mutex);

  status->state = get_state_locked (self);
  status->checked_unix = self->checked_unix;
  status->heard_unix = self->heard_unix;
  status->longest_wait_us = self->longest_wait_us;
  status->live = has_activity_locked (self, SYNC_ACTIVITY_LIVE);
  status->watched = self->is_watched;
  status->max_connections = sync_gate_get_max (self->gate);
  status->alert = g_strdup (self->alert);

  for (guint i = 0; i < self->slots->len; i++)
    {
      slot = g_ptr_array_index (self->slots, i);
      status->download_done_bytes += slot->download_done_bytes;
      status->download_total_bytes += slot->download_total_bytes;
    }

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
  if (self->sending_error != NULL)
    take_sending_error_locked (self, status);

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
  SyncSlot *slot;

  g_mutex_lock (&self->mutex);

  slot = sync_core_find_slot_locked (self, worker);
  if (slot->activity != activity || slot->folder_id != folder_id)
    {
      slot->activity = activity;
      slot->folder_id = folder_id;
      g_free (slot->folder);
      slot->folder = g_strdup (folder);
      slot->n_done = 0;
      slot->n_total = 0;
      sync_core_notify_locked (self);
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
  SyncSlot *slot;

  g_mutex_lock (&self->mutex);

  slot = sync_core_find_slot_locked (self, worker);
  slot->n_done = n_done;
  slot->n_total = n_total;
  if (base_time_boottime_us () - self->notified_us >= PROGRESS_INTERVAL_US)
    sync_core_notify_locked (self);

  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_set_download:
 * @total_bytes: 0 when there is no download any more
 *
 * Says how far a worker's download of something large has come.
 */
void
sync_core_set_download (SyncCore *self,
                        SyncWorker *worker,
                        guint64 done_bytes,
                        guint64 total_bytes)
{
  SyncSlot *slot;

  g_mutex_lock (&self->mutex);

  slot = sync_core_find_slot_locked (self, worker);
  slot->download_done_bytes = done_bytes;
  slot->download_total_bytes = total_bytes;
  if (total_bytes == 0 || base_time_boottime_us () - self->notified_us >= PROGRESS_INTERVAL_US)
    sync_core_notify_locked (self);

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
  sync_core_notify_locked (self);
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
 * sync_core_set_sending:
 * @outbox_id: what a server is being given from now on, or 0
 *
 * To be set before the item leaves the state "queued", and cleared after what became of it is
 * durable: between the two "unsure" means "not answered yet".
 */
void
sync_core_set_sending (SyncCore *self,
                       gint64 outbox_id)
{
  g_mutex_lock (&self->mutex);
  self->sending_item = outbox_id;
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_is_sending:
 *
 * Returns: whether an item of the outbox is on the wire at the moment. Any thread.
 */
gboolean
sync_core_is_sending (SyncCore *self,
                      gint64 outbox_id)
{
  gboolean is_sending;

  g_mutex_lock (&self->mutex);
  is_sending = outbox_id != 0 && self->sending_item == outbox_id;
  g_mutex_unlock (&self->mutex);

  return is_sending;
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
      sync_core_notify_locked (self);
    }

  g_mutex_unlock (&self->mutex);
}
