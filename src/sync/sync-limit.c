/* What a server, or what stands between, was found to limit, in the journal beside the other facts about an
 * account that nobody says. Limits are lifted now and then: each is tried anew after some time. */

#include "sync-limit.h"

#include "base-time.h"
#include "sync-learn.h"

#include <string.h>

#define CONNECTIONS_KEY "max-connections"
#define CONNECTIONS_S (7 * 24 * 60 * 60)

#define IDLE_KEY "idle-ms@"
#define IDLE_S (30 * 24 * 60 * 60)

/* "3 1795857174": a number, and since when */
static char *
format (guint value)
{
  return g_strdup_printf ("%u %" G_GINT64_FORMAT, value, base_time_now_unix ());
}

/* Returns 0 for what is no number, or too old. */
static guint
parse (const char *text,
       gint64 lasts_s)
{
  guint64 value;
  char *rest;

  if (text == NULL)
    return 0;

  value = g_ascii_strtoull (text, &rest, 10);
  if (ABS (base_time_now_unix () - g_ascii_strtoll (rest, NULL, 10)) > lasts_s)
    return 0;

  return (guint) MIN (value, G_MAXUINT);
}

static guint
recall (StoreReader *reader,
        const char *account_uuid,
        const char *key,
        gint64 lasts_s)
{
  g_autofree char *text = store_reader_get_learnt (reader, account_uuid, key, NULL);

  return parse (text, lasts_s);
}

static const char *
get_uuid (SyncWorker *worker)
{
  return sync_core_get_uuid (sync_worker_get_core (worker));
}

/**
 * sync_limit_get_max_connections:
 *
 * Returns: how many connections the account's server was found to allow; 0 where it has not been seen
 *   to mind
 */
guint
sync_limit_get_max_connections (StoreReader *reader,
                                const char *account_uuid)
{
  return recall (reader, account_uuid, CONNECTIONS_KEY, CONNECTIONS_S);
}

/**
 * sync_limit_recall:
 *
 * Begins with as many connections as were allowed the last time.
 */
void
sync_limit_recall (SyncWorker *worker)
{
  guint max_connections = sync_limit_get_max_connections (sync_worker_get_reader (worker),
                                                          get_uuid (worker));

  if (max_connections > 0)
    sync_core_set_max_connections (sync_worker_get_core (worker), max_connections);
}

/**
 * sync_limit_remember:
 *
 * Keeps how many connections are allowed: the server has just refused one.
 */
void
sync_limit_remember (SyncWorker *worker)
{
  sync_learn (worker, CONNECTIONS_KEY,
              format (sync_core_get_max_connections (sync_worker_get_core (worker))));
}

/**
 * sync_limit_recall_idle:
 * @network: from net_address_dup_network ()
 *
 * Returns: how long an IDLE may last there; 0 where nothing is known
 */
guint
sync_limit_recall_idle (SyncWorker *worker,
                        const char *network)
{
  g_autofree char *key = g_strconcat (IDLE_KEY, network, NULL);

  return recall (sync_worker_get_reader (worker), get_uuid (worker), key, IDLE_S);
}

/**
 * sync_limit_remember_idle:
 * @network: from net_address_dup_network ()
 *
 * Keeps how long an IDLE may last there.
 */
void
sync_limit_remember_idle (SyncWorker *worker,
                          const char *network,
                          guint idle_ms)
{
  g_autofree char *key = g_strconcat (IDLE_KEY, network, NULL);

  sync_learn (worker, key, format (idle_ms));
}

/**
 * sync_idle_limit_free:
 * @self: (transfer full): a limit
 */
void
sync_idle_limit_free (SyncIdleLimit *self)
{
  g_free (self->network);
  g_free (self);
}

/**
 * sync_limit_list_idles:
 *
 * Returns: (transfer full) (nullable) (element-type SyncIdleLimit): the networks in which an IDLE of
 *   the account has to be short
 */
GPtrArray *
sync_limit_list_idles (StoreReader *reader,
                       const char *account_uuid,
                       GError **error)
{
  g_autoptr(GPtrArray) learnt = store_reader_list_learnt (reader, account_uuid, IDLE_KEY, error);
  GPtrArray *idles;

  if (learnt == NULL)
    return NULL;

  idles = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_idle_limit_free);
  for (guint i = 0; i < learnt->len; i++)
    {
      const StoreLearnt *fact = g_ptr_array_index (learnt, i);
      guint idle_ms = parse (fact->value, IDLE_S);
      SyncIdleLimit *idle;

      if (idle_ms == 0)
        continue;
      idle = g_new0 (SyncIdleLimit, 1);
      idle->network = g_strdup (fact->key + strlen (IDLE_KEY));
      idle->idle_ms = idle_ms;
      g_ptr_array_add (idles, idle);
    }

  return idles;
}
