/* How much is asked for at once, and whether it is packed, by what the link does. */

#include "sync-link.h"

#include "base-time.h"
#include "net-address.h"
#include "sync-learn.h"

#define KEY_PREFIX "link-bytes-per-second@"

/* What was measured in a network is measured anew after so long. */
#define LEARNT_S (30 * 24 * 60 * 60)

/* COMPRESS gains where the link is slower than the server packs, and a fast one loses by it: see
 * src/imap/README.md for what was measured. */
#define PACK_BELOW (3 * 1000 * 1000)
/* Where nobody can be waiting: enough for any pipe */
#define UNATTENDED_BYTES (16 * 1024 * 1024)
#define LEAST_ITEMS 5

static char *
dup_key (SyncWorker *worker)
{
  NetTransport *transport = imap_session_get_transport (sync_worker_get_session (worker));
  GInetSocketAddress *local = net_transport_get_local_address (transport);
  g_autofree char *network = local != NULL ? net_address_dup_network (local) : NULL;

  return g_strconcat (KEY_PREFIX, network != NULL ? network : "", NULL);
}

/* What was measured in this network, 0 for nothing that counts */
static guint64
recall (SyncWorker *worker,
        const char *key)
{
  g_autofree char *value = store_reader_get_learnt (
      sync_worker_get_reader (worker), sync_core_get_uuid (sync_worker_get_core (worker)), key,
      NULL);
  guint64 bytes_per_second;
  char *rest;

  if (value == NULL)
    return 0;

  bytes_per_second = g_ascii_strtoull (value, &rest, 10);
  return base_time_now_unix () - g_ascii_strtoll (rest, NULL, 10) <= LEARNT_S ? bytes_per_second : 0;
}

/**
 * sync_link_attach:
 *
 * Decides for the worker's session, which is connected and not signed in, whether it is to be
 * compressed: if the last one of this account in this network had a slow link. Without memory it is
 * not, and measured.
 */
void
sync_link_attach (SyncWorker *worker)
{
  g_autofree char *key = dup_key (worker);
  guint64 remembered = recall (worker, key);

  imap_session_set_compression (sync_worker_get_session (worker),
                                remembered > 0 && remembered < PACK_BELOW);
}

/**
 * sync_link_remember:
 *
 * Keeps what was measured for the next session. A packed one may be no faster than the server packs:
 * it only tells when the link turns out to be fast, and then the next one is not packed.
 */
void
sync_link_remember (SyncWorker *worker)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autofree char *key = NULL;
  guint64 remembered;
  ImapLink link;

  imap_session_get_link (session, &link);
  if (link.wire_bytes_per_second == 0 ||
      (imap_session_is_compressed (session) && link.wire_bytes_per_second < PACK_BELOW))
    return;

  /* what is about the same is not worth a transaction */
  key = dup_key (worker);
  remembered = recall (worker, key);
  if (link.wire_bytes_per_second / 3 * 2 > remembered ||
      link.wire_bytes_per_second < remembered / 3 * 2)
    sync_learn (worker, key,
                g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT,
                                 link.wire_bytes_per_second, base_time_now_unix ()));
}

/**
 * sync_link_get_flight_bytes:
 *
 * Returns: how much bulk work may be under way, in bytes as they are unpacked
 */
guint64
sync_link_get_flight_bytes (SyncWorker *worker)
{
  ImapLink link;

  if (sync_core_get_mode (sync_worker_get_core (worker)) == SYNC_MODE_ON_DEMAND)
    return UNATTENDED_BYTES;

  imap_session_get_link (sync_worker_get_session (worker), &link);
  return imap_link_get_flight_bytes (&link);
}

/**
 * sync_portions_init:
 * @item_bytes: what one item may take, until it is known
 */
void
sync_portions_init (SyncPortions *self,
                    SyncWorker *worker,
                    guint64 item_bytes)
{
  *self = (SyncPortions) {
    .worker = worker,
    .item_bytes = item_bytes,
    .counted = imap_session_get_bytes_unpacked (sync_worker_get_session (worker)),
  };
}

/**
 * sync_portions_get_size:
 *
 * Returns: how many items to ask for with the next command
 */
guint
sync_portions_get_size (SyncPortions *self,
                        guint max_items)
{
  guint64 portion_bytes = sync_link_get_flight_bytes (self->worker) / SYNC_PORTIONS_UNDER_WAY;

  return (guint) CLAMP (portion_bytes / self->item_bytes, LEAST_ITEMS, max_items);
}

/**
 * sync_portions_took:
 * @n_items: how many items were asked for with the command that is complete
 *
 * Learns from what has come how large an item is.
 */
void
sync_portions_took (SyncPortions *self,
                    guint64 n_items)
{
  guint64 now = imap_session_get_bytes_unpacked (sync_worker_get_session (self->worker));

  if (n_items > 0)
    self->item_bytes = MAX (1, (self->item_bytes + (now - self->counted) / n_items) / 2);
  self->counted = now;
}
