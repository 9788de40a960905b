#include "sync-gate.h"

#include "net-error.h"

#include <string.h>

/* A refusal so soon after the same secret was accepted means a limit and not the secret. */
#define RECENT_SUCCESS_US (10 * 60 * G_USEC_PER_SEC)

/* As many refusals in a row end the benefit of the doubt that a recent success gives. */
#define MAX_DOUBTED_REFUSALS 3

#define MAX_CONNECTIONS 3

/* How soon a session that was a good one is followed by the next, at most. */
#define RECONNECT_US (1 * G_USEC_PER_SEC)

struct _SyncGate
{
  SyncTimings timings;
  guint max_connections;
  guint n_signed_in;
  guint n_failures; /* in a row */
  guint n_refusals; /* in a row */
  gint64 retry_us;
  gint64 last_success_us; /* with the present secret, 0 for never */
  gboolean secret_refused;
  gboolean sending_refused; /* the secret, by the server for sending */
  gboolean trust_refused;
};

/**
 * sync_gate_new:
 *
 * Returns: (transfer full): a gate that is open
 */
SyncGate *
sync_gate_new (void)
{
  SyncGate *self = g_new0 (SyncGate, 1);

  self->timings = sync_timings_default;
  self->max_connections = MAX_CONNECTIONS;
  return self;
}

/**
 * sync_gate_free:
 * @self: (transfer full): a gate
 */
void
sync_gate_free (SyncGate *self)
{
  g_free (self);
}

/**
 * sync_gate_set_timings:
 * @timings: copied
 */
void
sync_gate_set_timings (SyncGate *self,
                       const SyncTimings *timings)
{
  self->timings = *timings;
}

/**
 * sync_gate_set_max:
 * @max_connections: at least 1
 */
void
sync_gate_set_max (SyncGate *self,
                   guint max_connections)
{
  self->max_connections = CLAMP (max_connections, 1, MAX_CONNECTIONS);
}

/**
 * sync_gate_may_connect:
 *
 * Returns: whether one more connection may be tried now
 */
gboolean
sync_gate_may_connect (SyncGate *self,
                       gint64 now_us)
{
  return !sync_gate_is_latched (self) && now_us >= self->retry_us;
}

/**
 * sync_gate_is_latched:
 *
 * Returns: whether a person has to do something before anything is tried again
 */
gboolean
sync_gate_is_latched (SyncGate *self)
{
  return self->secret_refused || self->trust_refused;
}

/**
 * sync_gate_get_retry_us:
 *
 * Returns: when the next connection may be tried; in the past if it may
 */
gint64
sync_gate_get_retry_us (SyncGate *self)
{
  return self->retry_us;
}

/**
 * sync_gate_get_max:
 *
 * Returns: how many connections the server seems to allow, at least 1
 */
guint
sync_gate_get_max (SyncGate *self)
{
  return self->max_connections;
}

/**
 * sync_gate_get_n_signed_in:
 *
 * Returns: how many connections are signed in
 */
guint
sync_gate_get_n_signed_in (SyncGate *self)
{
  return self->n_signed_in;
}

/**
 * sync_gate_signed_in:
 *
 * Tells of a connection that was signed in.
 */
void
sync_gate_signed_in (SyncGate *self,
                     gint64 now_us)
{
  self->n_signed_in++;
  self->n_refusals = 0;
  self->retry_us = 0;
  self->last_success_us = now_us;
}

/**
 * sync_gate_ended:
 *
 * Tells of a connection that is over, for whatever reason.
 */
void
sync_gate_ended (SyncGate *self,
                 gboolean was_signed_in)
{
  if (was_signed_in)
    {
      g_assert (self->n_signed_in > 0);
      self->n_signed_in--;
    }
}

static void
wait_before_retry (SyncGate *self,
                   guint first_ms,
                   guint max_ms,
                   gint64 now_us,
                   guint jitter_permille)
{
  guint doublings = MIN (self->n_failures, 20);
  gint64 delay_us = MIN ((gint64) first_ms << doublings, max_ms) * 1000;

  /* 75 to 125 percent, so that all clients of a server that was away do not come at once */
  delay_us = delay_us * (750 + MIN (jitter_permille, 1000) / 2) / 1000;

  self->retry_us = now_us + delay_us;
  self->n_failures++;
}

static SyncVerdict
use_fewer (SyncGate *self,
           gint64 now_us,
           guint jitter_permille)
{
  if (self->n_signed_in > 0)
    {
      self->max_connections = MAX (1, MIN (self->max_connections - 1, self->n_signed_in));
      return SYNC_VERDICT_FEWER;
    }

  self->max_connections = 1;
  wait_before_retry (self, self->timings.limit_ms, self->timings.max_retry_ms, now_us, jitter_permille);
  return SYNC_VERDICT_RETRY;
}

static gboolean
was_accepted_recently (SyncGate *self,
                       gint64 now_us)
{
  return self->last_success_us != 0 && now_us - self->last_success_us < RECENT_SUCCESS_US;
}

/* Servers say that there are too many connections as if the password were wrong. While another
 * connection is signed in with it, or soon after it was accepted, that is what it means. */
static SyncVerdict
judge_refusal (SyncGate *self,
               gint64 now_us,
               guint jitter_permille)
{
  if (self->n_signed_in > 0)
    return use_fewer (self, now_us, jitter_permille);

  self->n_refusals++;
  if (was_accepted_recently (self, now_us) && self->n_refusals < MAX_DOUBTED_REFUSALS)
    return use_fewer (self, now_us, jitter_permille);

  self->secret_refused = TRUE;
  return SYNC_VERDICT_ASK_PASSWORD;
}

/* Exchange: "Request is throttled. Suggested Backoff Time: 299961 milliseconds" */
static gint64
find_suggested_delay_us (SyncGate *self,
                         const char *message)
{
  static const char words[] = "Suggested Backoff Time: ";
  const char *at = strstr (message, words);
  guint64 delay_ms = at != NULL ? g_ascii_strtoull (at + strlen (words), NULL, 10) : 0;

  return (gint64) MIN (delay_ms, self->timings.max_limit_ms) * 1000;
}

/* The account is throttled or locked: coming again soon makes it worse. */
static SyncVerdict
wait_long (SyncGate *self,
           const char *message,
           gint64 now_us,
           guint jitter_permille)
{
  gint64 suggested_us = now_us + find_suggested_delay_us (self, message);

  wait_before_retry (self, self->timings.limit_ms, self->timings.max_limit_ms, now_us, jitter_permille);
  self->retry_us = MAX (self->retry_us, suggested_us);
  return SYNC_VERDICT_RETRY;
}

/* That a session broke that lived so long says nothing against the server. */
static gboolean
was_good (SyncGate *self,
          gint64 lived_us)
{
  return lived_us >= (gint64) self->timings.proven_ms * 1000;
}

/* Servers restart, and Yandex ends an IDLE at random: the next connection follows at once, and if it
 * is made nobody needs to hear of it. */
static SyncVerdict
judge_loss (SyncGate *self,
            gint64 lived_us,
            gint64 now_us,
            guint jitter_permille)
{
  if (!was_good (self, lived_us))
    {
      wait_before_retry (self, self->timings.retry_ms, self->timings.max_retry_ms, now_us, jitter_permille);
      return SYNC_VERDICT_RETRY;
    }

  self->retry_us = now_us + RECONNECT_US * MIN (jitter_permille, 1000) / 1000;
  return SYNC_VERDICT_RECONNECT;
}

/**
 * sync_gate_failed:
 * @error: why a connection could not be made or signed in, or was lost
 * @lived_us: for how long it had been signed in; -1 if it never was
 * @jitter_permille: a random number up to 1000
 *
 * Decides what a failure means.
 *
 * Returns: what is to be done
 */
SyncVerdict
sync_gate_failed (SyncGate *self,
                  const GError *error,
                  gint64 lived_us,
                  gint64 now_us,
                  guint jitter_permille)
{
  if (was_good (self, lived_us))
    self->n_failures = 0;

  if (error->domain == NET_ERROR)
    switch (error->code)
      {
      case NET_ERROR_SIGN_IN_REFUSED:
        return judge_refusal (self, now_us, jitter_permille);

      case NET_ERROR_TOO_MANY_CONNECTIONS:
        return use_fewer (self, now_us, jitter_permille);

      case NET_ERROR_ACCOUNT_LIMITED:
      case NET_ERROR_MECHANISM_NOT_OFFERED:
        return wait_long (self, error->message, now_us, jitter_permille);

      case NET_ERROR_CERTIFICATE:
      case NET_ERROR_CERTIFICATE_CHANGED:
        self->trust_refused = TRUE;
        return SYNC_VERDICT_ASK_TRUST;

      case NET_ERROR_CLOSED:
      case NET_ERROR_SHUTTING_DOWN:
      case NET_ERROR_TIMED_OUT:
      case NET_ERROR_UNREACHABLE:
        return judge_loss (self, lived_us, now_us, jitter_permille);

      default:
        break;
      }

  wait_before_retry (self, self->timings.retry_ms, self->timings.max_retry_ms, now_us, jitter_permille);
  return SYNC_VERDICT_RETRY;
}

/**
 * sync_gate_may_send:
 * @is_own_secret: whether sending has a secret of its own
 *
 * Returns: whether the secret that sending uses may be shown to a server
 */
gboolean
sync_gate_may_send (SyncGate *self,
                    gboolean is_own_secret)
{
  return !self->sending_refused && (is_own_secret || !self->secret_refused);
}

/**
 * sync_gate_sending_refused:
 * @is_own_secret: whether sending has a secret of its own
 *
 * Tells that the server for sending has refused the secret. One that receiving uses as well is no good
 * there either, unless it was accepted there a short while ago.
 */
void
sync_gate_sending_refused (SyncGate *self,
                           gboolean is_own_secret,
                           gint64 now_us)
{
  self->sending_refused = TRUE;
  if (!is_own_secret && !was_accepted_recently (self, now_us))
    self->secret_refused = TRUE;
}

/**
 * sync_gate_hurry:
 *
 * Lets the next connection be tried at once: a person asks for it, or the network has changed.
 */
void
sync_gate_hurry (SyncGate *self)
{
  self->retry_us = 0;
  self->n_failures = 0;
}

/**
 * sync_gate_secret_changed:
 *
 * Forgets what is known of the secret before.
 */
void
sync_gate_secret_changed (SyncGate *self)
{
  self->secret_refused = FALSE;
  self->sending_refused = FALSE;
  self->last_success_us = 0;
  self->n_refusals = 0;
  sync_gate_hurry (self);
}

/**
 * sync_gate_trust_changed:
 *
 * Lets a certificate that was refused be looked at once more.
 */
void
sync_gate_trust_changed (SyncGate *self)
{
  self->trust_refused = FALSE;
  sync_gate_hurry (self);
}
