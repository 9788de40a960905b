#include "net-stage.h"

static const char * const stage_names[] = {
  "resolve", "connect", "encrypt", "greeting", "sign-in", "folders", "sender",
};

G_STATIC_ASSERT (G_N_ELEMENTS (stage_names) == NET_STAGE_LAST + 1);

/**
 * net_stage_to_string:
 * @stage: a stage
 *
 * Returns: (transfer none): its stable name in kebab case
 */
const char *
net_stage_to_string (NetStage stage)
{
  g_return_val_if_fail (stage <= NET_STAGE_LAST, NULL);

  return stage_names[stage];
}
