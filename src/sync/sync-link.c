/* How much is asked for at once, and whether it is packed, by what the link does. */

#include "sync-link.h"

#include "sync-learn.h"

#define KEY "link-bytes-per-second"

/* COMPRESS gains where the link is slower than the server packs, and a fast one loses by it: see
 * src/imap/README.md for what was measured. */
#define PACK_BELOW (8 * 1000 * 1000)
/* What unpacks this fast does not come through a slow link any more */
#define FAST_UNPACKED (20 * 1000 * 1000)
/* Where nobody can be waiting: enough for any pipe */
#define UNATTENDED_BYTES (16 * 1024 * 1024)
#define LEAST_ITEMS 5

static guint64
recall (SyncWorker *worker)
{
  g_autofree char *value = store_reader_get_learnt (
      sync_worker_get_reader (worker), sync_core_get_uuid (sync_worker_get_core (worker)), KEY,
      NULL);

  return value != NULL ? g_ascii_strtoull (value, NULL, 10) : 0;
}

/**
 * sync_link_attach:
 *
 * Decides for the worker's new session whether it is to be compressed: if the last one of this
 * account had a slow link. Without memory it is not, and measured.
 */
void
sync_link_attach (SyncWorker *worker)
{
  guint64 remembered = recall (worker);

  imap_session_set_compression (sync_worker_get_session (worker),
                                remembered > 0 && remembered < PACK_BELOW);
}

/**
 * sync_link_remember:
 *
 * Keeps what was measured for the next session. A packed one measures what the server packs in a
 * second, at most: it only tells that the link is fast, and then the next one is not packed.
 */
void
sync_link_remember (SyncWorker *worker)
{
  ImapSession *session = sync_worker_get_session (worker);
  guint64 remembered = recall (worker);
  ImapLink link;

  imap_session_get_link (session, &link);
  if (link.wire_bytes_per_second == 0)
    return;

  if (imap_session_is_compressed (session))
    {
      if (remembered > 0 && link.bytes_per_second > FAST_UNPACKED)
        sync_learn (worker, KEY, NULL);
      return;
    }

  /* what is about the same is not worth a transaction */
  if (link.wire_bytes_per_second / 3 * 2 > remembered ||
      link.wire_bytes_per_second < remembered / 3 * 2)
    sync_learn (worker, KEY,
                g_strdup_printf ("%" G_GUINT64_FORMAT, link.wire_bytes_per_second));
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
