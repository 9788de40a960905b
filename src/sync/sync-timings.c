#include "sync-timings.h"

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)

/* Servers end an IDLE after 30 minutes, routers forget a silent connection much earlier. */
const SyncTimings sync_timings_default = {
  .idle_ms = 9 * MINUTE_MS,
  .ask_ms = 2 * MINUTE_MS,
  .probe_ms = 20 * SECOND_MS,
  .poll_ms = 10 * MINUTE_MS,
  .visible_ms = 3 * MINUTE_MS,
  .watched_ms = 15 * MINUTE_MS,
  .names_ms = 5 * SECOND_MS,
  .retry_ms = 2 * SECOND_MS,
  .max_retry_ms = 10 * MINUTE_MS,
  .limit_ms = MINUTE_MS,
  .max_limit_ms = 30 * MINUTE_MS,
  .proven_ms = MINUTE_MS,
};
