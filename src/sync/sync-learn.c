/* Facts about an account that no server says, into the journal beside the others. */

#include "sync-learn.h"

#include "store-transaction.h"

typedef struct
{
  char *account_uuid;
  char *key;
  char *value;
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->account_uuid);
  g_free (note->key);
  g_free (note->value);
  g_free (note);
}

static gboolean
learn (StoreTransaction *tx,
       gpointer data,
       GError **error)
{
  Note *note = data;

  return store_tx_learn (tx, note->account_uuid, note->key, note->value, error);
}

/**
 * sync_learn:
 * @key: what the fact is called
 * @value: (transfer full) (nullable): what it is; %NULL for not known any more
 *
 * Has the writer remember a fact. Does not wait: may be called while a job awaits.
 */
void
sync_learn (SyncWorker *worker,
            const char *key,
            char *value)
{
  Note *note = g_new0 (Note, 1);

  note->account_uuid = g_strdup (sync_core_get_uuid (sync_worker_get_core (worker)));
  note->key = g_strdup (key);
  note->value = value;
  store_write_async (sync_worker_get_store (worker), STORE_PRIORITY_SYNC, learn, note, note_free,
                     NULL, NULL, NULL);
}
