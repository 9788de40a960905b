#include "store-recipients-private.h"

#include "store-hash-private.h"

/* Whom one has written to, and who has written: for completion. Collected over a batch, in which
 * the same few addresses come again and again, and written once. */

typedef struct
{
  char *address;
  char *name;
  guint n_written;
  gint64 written;
  gint64 seen;
} Noted;

/* Of senders that were written in this run of the program, when they were last seen: a first
 * sync goes back in time, and meets the same ones again and again with nothing new about them.
 * One entry a slot, the later sender wins. */
#define N_SEEN 8192

struct StoreSeen
{
  guint64 hash;
  gint64 seen;
};

static struct StoreSeen *
seen_slot (StoreTransaction *tx,
           const char       *address,
           guint64          *out_hash)
{
  if (tx->seen == NULL)
    tx->seen = g_new0 (struct StoreSeen, N_SEEN);

  *out_hash = store_hash_text (3, address);
  return &tx->seen[*out_hash % N_SEEN];
}

static void
noted_free (Noted *self)
{
  g_free (self->address);
  g_free (self->name);
  g_free (self);
}

static gboolean
is_robot (const char *address)
{
  return g_ascii_strncasecmp (address, "noreply", 7) == 0 ||
         g_ascii_strncasecmp (address, "no-reply", 8) == 0 ||
         g_ascii_strncasecmp (address, "donotreply", 10) == 0 ||
         g_ascii_strncasecmp (address, "do-not-reply", 12) == 0 ||
         g_ascii_strncasecmp (address, "mailer-daemon", 13) == 0;
}

static void
note (StoreTransaction   *tx,
      const StoreAddress *item,
      gint64              date_unix,
      gboolean            is_written)
{
  struct StoreSeen *slot;
  guint64 hash;
  Noted *noted;

  if (item->address == NULL || *item->address == '\0' || is_robot (item->address))
    return;

  slot = seen_slot (tx, item->address, &hash);
  if (!is_written && slot->hash == hash && slot->seen >= date_unix)
    return;
  if (!is_written)
    *slot = (struct StoreSeen) { hash, date_unix };

  if (tx->recipients == NULL)
    tx->recipients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                            (GDestroyNotify) noted_free);

  noted = g_hash_table_lookup (tx->recipients, item->address);
  if (noted == NULL)
    {
      noted = g_new0 (Noted, 1);
      noted->address = g_strdup (item->address);
      g_hash_table_insert (tx->recipients, noted->address, noted);
    }

  if (item->name != NULL && *item->name != '\0' && (noted->name == NULL || is_written))
    {
      g_free (noted->name);
      noted->name = g_strdup (item->name);
    }

  if (is_written)
    {
      noted->n_written++;
      noted->written = MAX (noted->written, date_unix);
    }
  else
    noted->seen = MAX (noted->seen, date_unix);
}

/**
 * store_recipients_note:
 * @is_sent: whether the message lies in Sent, so that its recipients were written to
 */
void
store_recipients_note (StoreTransaction        *tx,
                       const StoreMessageFacts *facts,
                       gint64                   date_unix,
                       gboolean                 is_sent)
{
  if (is_sent)
    {
      for (guint i = 0; i < MIN (facts->n_to, 50); i++)
        note (tx, &facts->to[i], date_unix, TRUE);
      for (guint i = 0; i < MIN (facts->n_cc, 50); i++)
        note (tx, &facts->cc[i], date_unix, TRUE);
    }
  else if (!facts->is_bulk && facts->list_id == NULL && facts->list_unsubscribe == NULL &&
           facts->n_from > 0)
    note (tx, &facts->from[0], date_unix, FALSE);
}

static gboolean
write_one (StoreDb         *cache,
           StoreStatement  *insert,
           const Noted     *noted,
           GError         **error)
{
  g_autofree char *text = g_strjoin (" ", noted->name == NULL ? "" : noted->name, noted->address,
                                     NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *key = g_utf8_casefold (valid, -1);

  store_bind_text (insert, 1, noted->address);
  store_bind_text (insert, 2, noted->name);
  store_bind_text (insert, 3, key);
  store_bind_int (insert, 4, noted->n_written);
  store_bind_int (insert, 5, noted->written);
  store_bind_int (insert, 6, noted->seen);
  return store_db_run (cache, insert, error);
}

/**
 * store_recipients_write:
 *
 * Writes what was noted in this transaction.
 */
gboolean
store_recipients_write (StoreTransaction  *tx,
                        GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(StoreStatement) insert = NULL;
  GHashTableIter iter;
  gpointer value;

  if (cache == NULL)
    return FALSE;
  if (tx->recipients == NULL)
    return TRUE;

  /* The name by which one has written to somebody is worth more than how they sign. */
  insert = store_db_take (cache,
                          "INSERT INTO recipient (address, name, key, n_written, written, seen)"
                          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
                          " name = iif (excluded.n_written > 0 OR n_written = 0,"
                          "             coalesce (excluded.name, name), coalesce (name, excluded.name)),"
                          " key = iif (excluded.name IS NOT NULL"
                          "            AND (excluded.n_written > 0 OR n_written = 0),"
                          "            excluded.key, key),"
                          " n_written = n_written + excluded.n_written,"
                          " written = max (written, excluded.written),"
                          " seen = max (seen, excluded.seen)", error);
  if (insert == NULL)
    return FALSE;

  g_hash_table_iter_init (&iter, tx->recipients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (!write_one (cache, insert, value, error))
        return FALSE;
    }

  g_clear_pointer (&tx->recipients, g_hash_table_unref);
  return TRUE;
}

void
store_recipients_forget (StoreTransaction *tx)
{
  g_clear_pointer (&tx->seen, g_free);
  g_clear_pointer (&tx->recipients, g_hash_table_unref);
}
