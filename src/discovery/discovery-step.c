#include "discovery-test-private.h"

/* One step of a test, as it is reported: a value. */

struct _DiscoveryStep
{
  gatomicrefcount ref_count;
  NetEndpoint *endpoint; /* (owned) */
  NetStage stage;
  NetStageState state;
  char *detail;          /* (owned) (nullable) */
  gint64 elapsed_us;
};

G_DEFINE_BOXED_TYPE (DiscoveryStep, discovery_step, discovery_step_ref, discovery_step_unref)

DiscoveryStep *
discovery_step_new (NetEndpoint   *endpoint,
                    NetStage       stage,
                    NetStageState  state,
                    const char    *detail,
                    gint64         elapsed_us)
{
  DiscoveryStep *self = g_new0 (DiscoveryStep, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->endpoint = net_endpoint_ref (endpoint);
  self->stage = stage;
  self->state = state;
  self->detail = g_strdup (detail);
  self->elapsed_us = elapsed_us;

  return self;
}

/**
 * discovery_step_ref:
 *
 * Returns: (transfer full): @self
 */
DiscoveryStep *
discovery_step_ref (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * discovery_step_unref:
 * @self: (transfer full): a step
 */
void
discovery_step_unref (DiscoveryStep *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  net_endpoint_unref (self->endpoint);
  g_free (self->detail);
  g_free (self);
}

/**
 * discovery_step_get_endpoint:
 *
 * Returns: (transfer none): the server, and by its purpose, whether it is about reading or sending
 */
NetEndpoint *
discovery_step_get_endpoint (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->endpoint;
}

/**
 * discovery_step_get_stage:
 *
 * Returns: which step
 */
NetStage
discovery_step_get_stage (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, NET_STAGE_RESOLVE);

  return self->stage;
}

/**
 * discovery_step_get_state:
 *
 * Returns: whether it began, passed or failed
 */
NetStageState
discovery_step_get_state (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, NET_STAGE_STARTED);

  return self->state;
}

/**
 * discovery_step_get_detail:
 *
 * Returns: (nullable): for experts: addresses, TLS version and cipher, why it failed
 */
const char *
discovery_step_get_detail (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->detail;
}

/**
 * discovery_step_get_elapsed_us:
 *
 * Returns: how long it took in microseconds; 0 when it begins
 */
gint64
discovery_step_get_elapsed_us (DiscoveryStep *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->elapsed_us;
}
