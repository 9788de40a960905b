#include "sync-core-private.h"

#include "base-time.h"

/* What workers tell of their sessions, and what follows from it for all. */

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
  sync_core_dispatch_locked (self);
  sync_core_notify_locked (self);

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
  sync_core_notify_locked (self);
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
        sync_core_fail_waiting_locked (self, SYNC_JOB_FAIL_OFFLINE, error);
      sync_core_notify_locked (self);
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
  sync_core_fail_waiting_locked (self, 0, error);

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

  g_ptr_array_remove_fast (self->slots, sync_core_find_slot_locked (self, worker));
  sync_core_dispatch_locked (self);
  sync_core_notify_locked (self);

  g_mutex_unlock (&self->mutex);
}
