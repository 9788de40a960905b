#include "base-time.h"

#include <time.h>

/**
 * base_time_boottime_us:
 *
 * Returns: microseconds of CLOCK_BOOTTIME, which goes on while the machine sleeps: what deadlines
 *   against a server are measured with
 */
gint64
base_time_boottime_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/**
 * base_time_now_unix:
 *
 * Returns: seconds since 1970, UTC
 */
gint64
base_time_now_unix (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/**
 * base_time_asleep_us:
 *
 * Returns: microseconds that the machine has slept since it was started
 */
gint64
base_time_asleep_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return base_time_boottime_us () - ((gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000);
}
