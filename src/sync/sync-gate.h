#pragma once

#include "sync-timings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Decides when an account may connect and what a failure to do so means. Pure: it knows neither
 * clock nor network; times are CLOCK_BOOTTIME, microseconds. Not locked: its owner is. */
typedef struct _SyncGate SyncGate;

/* What is to be done about a connection that failed. */
typedef enum
{
  SYNC_VERDICT_RETRY,         /* after a while, see sync_gate_get_retry_us () */
  SYNC_VERDICT_RECONNECT,     /* at once: it was a good connection and has ended */
  SYNC_VERDICT_FEWER,         /* the server wants fewer connections; the others go on */
  SYNC_VERDICT_ASK_PASSWORD,  /* latched until another password is set */
  SYNC_VERDICT_ASK_TRUST,     /* latched until the trust is set */
} SyncVerdict;

SyncGate    *sync_gate_new             (void);
void         sync_gate_free            (SyncGate     *self);

void         sync_gate_set_timings     (SyncGate     *self,
                                        const SyncTimings *timings);
void         sync_gate_set_max         (SyncGate     *self,
                                        guint         max_connections);
gboolean     sync_gate_may_connect     (SyncGate     *self,
                                        gint64        now_us);
gboolean     sync_gate_is_latched      (SyncGate     *self);
gint64       sync_gate_get_retry_us    (SyncGate     *self);
guint        sync_gate_get_max         (SyncGate     *self);
guint        sync_gate_get_n_signed_in (SyncGate     *self);

void         sync_gate_signed_in       (SyncGate     *self,
                                        gint64        now_us);
void         sync_gate_ended           (SyncGate     *self,
                                        gboolean      was_signed_in);
SyncVerdict  sync_gate_failed          (SyncGate     *self,
                                        const GError *error,
                                        gint64        lived_us,
                                        gint64        now_us,
                                        guint         jitter_permille);
gboolean     sync_gate_may_send        (SyncGate     *self,
                                        gboolean      is_own_secret);
void         sync_gate_sending_refused (SyncGate     *self,
                                        gboolean      is_own_secret,
                                        gint64        now_us);
void         sync_gate_hurry           (SyncGate     *self);
void         sync_gate_secret_changed  (SyncGate     *self);
void         sync_gate_trust_changed   (SyncGate     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncGate, sync_gate_free)

G_END_DECLS
