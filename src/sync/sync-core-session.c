#include "sync-core-private.h"

#include "base-time.h"
#include "net-error.h"

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
 * sync_core_get_max_connections:
 *
 * Returns: how many connections the server seems to allow
 */
guint
sync_core_get_max_connections (SyncCore *self)
{
  guint max_connections;

  g_mutex_lock (&self->mutex);
  max_connections = sync_gate_get_max (self->gate);
  g_mutex_unlock (&self->mutex);

  return max_connections;
}

/**
 * sync_core_set_max_connections:
 *
 * Keeps what sync_core_get_max_connections () gives, until the server says otherwise.
 */
void
sync_core_set_max_connections (SyncCore *self,
                               guint max_connections)
{
  g_mutex_lock (&self->mutex);
  sync_gate_set_max (self->gate, max_connections);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_signed_in:
 *
 * Tells of a session that is signed in. Others are called for what waits only when its worker turns out
 * to be busy for longer: sync_core_should_yield ().
 */
void
sync_core_signed_in (SyncCore *self)
{
  g_mutex_lock (&self->mutex);

  sync_gate_signed_in (self->gate, base_time_boottime_us ());
  g_clear_error (&self->last_error);
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
 * @lived_us: for how long it had been signed in, in which case another attempt is worth while; or -1
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
                          gint64 lived_us)
{
  SyncVerdict verdict;

  g_mutex_lock (&self->mutex);

  /* where one connection has died the others may have, too */
  if (lived_us >= 0 && g_error_matches (error, NET_ERROR, NET_ERROR_TIMED_OUT))
    sync_core_check_links_locked (self, FALSE);

  verdict = sync_gate_failed (self->gate, error, lived_us, base_time_boottime_us (),
                              g_random_int_range (0, 1001));
  if (verdict != SYNC_VERDICT_FEWER && verdict != SYNC_VERDICT_RECONNECT &&
      sync_gate_get_n_signed_in (self->gate) == 0)
    {
      g_clear_error (&self->last_error);
      self->last_error = g_error_copy (error);
      g_clear_pointer (&self->certificate, net_certificate_unref);
      if (verdict == SYNC_VERDICT_ASK_TRUST && rejected != NULL)
        self->certificate = net_certificate_ref (rejected);
      if (lived_us < 0)
        sync_core_fail_waiting_locked (self, SYNC_JOB_FAIL_OFFLINE, error);
      sync_core_notify_locked (self);
    }

  g_mutex_unlock (&self->mutex);

  return verdict;
}

static gboolean
has_own_secret_locked (SyncCore *self)
{
  return self->config != NULL &&
         account_settings_has_own_smtp_password (self->config->settings);
}

/* sync_core_get_refusal_locked: why nothing may be tried, once the gate is latched. */
const GError *
sync_core_get_refusal_locked (SyncCore *self)
{
  gboolean is_of_sending = self->sending_error != NULL && !has_own_secret_locked (self) &&
                           !g_error_matches (self->last_error, NET_ERROR,
                                             NET_ERROR_SIGN_IN_REFUSED);

  return is_of_sending ? self->sending_error : self->last_error;
}

/**
 * sync_core_may_send:
 *
 * Errors: NET_ERROR_SIGN_IN_REFUSED when a server has refused the secret that sending would show.
 *
 * Returns: whether the server for sending may be connected to
 */
gboolean
sync_core_may_send (SyncCore *self,
                    GError **error)
{
  const GError *refusal;
  gboolean may;

  g_mutex_lock (&self->mutex);

  may = sync_gate_may_send (self->gate, has_own_secret_locked (self));
  refusal = self->sending_error != NULL ? self->sending_error : self->last_error;
  if (!may && refusal != NULL)
    g_propagate_error (error, g_error_copy (refusal));
  else if (!may)
    g_set_error_literal (error, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED, "The password was refused");

  g_mutex_unlock (&self->mutex);

  return may;
}

/**
 * sync_core_sending_refused:
 * @error: what the server for sending said to the secret
 *
 * Asks the person, once, and shows the secret to no server again: not to that for receiving either,
 * where it uses the same and has not accepted it just now. Sessions that are signed in go on.
 */
void
sync_core_sending_refused (SyncCore *self,
                           const GError *error)
{
  g_mutex_lock (&self->mutex);

  sync_gate_sending_refused (self->gate, has_own_secret_locked (self), base_time_boottime_us ());
  g_clear_error (&self->sending_error);
  self->sending_error = g_error_copy (error);
  sync_core_notify_locked (self);

  g_mutex_unlock (&self->mutex);
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
