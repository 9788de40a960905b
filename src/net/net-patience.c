#include "net-patience.h"

/**
 * net_patience_ms:
 * @usual_ms: how long a server may take for a step, in milliseconds
 *
 * With `PIPIT_PATIENCE_MS` in the environment no server gets longer than that for any step: for tests
 * in which a server falls silent.
 *
 * Thread: any.
 *
 * Returns: how long it may take
 */
guint
net_patience_ms (guint usual_ms)
{
  static gsize limit_ms;

  if (g_once_init_enter (&limit_ms))
    {
      const char *value = g_getenv ("PIPIT_PATIENCE_MS");
      guint64 limit = value != NULL ? g_ascii_strtoull (value, NULL, 10) : 0;

      g_once_init_leave (&limit_ms, limit > 0 && limit < G_MAXUINT ? (gsize) limit : G_MAXUINT);
    }

  return MIN (usual_ms, (guint) limit_ms);
}
