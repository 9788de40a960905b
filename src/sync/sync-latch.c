/* What a server was found not to do as it should is remembered in the journal, beside the other facts
 * about an account that no server says. */

#include "sync-latch.h"

#include "store-transaction.h"

#include <string.h>

#define KEY_PREFIX "latch:"

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

/* Called while a job may be awaiting: the writer takes it from here. */
static void
on_latch (ImapSession *session,
          const ImapLatch *latch,
          gpointer user_data)
{
  SyncWorker *worker = user_data;
  Note *note = g_new0 (Note, 1);

  note->account_uuid = g_strdup (sync_core_get_uuid (sync_worker_get_core (worker)));
  note->key = g_strconcat (KEY_PREFIX, latch->feature, NULL);
  note->value = imap_latch_to_string (latch);
  store_write_async (sync_worker_get_store (worker), STORE_PRIORITY_SYNC, learn, note, note_free,
                     NULL, NULL, NULL);
}

/**
 * sync_latch_list:
 *
 * Returns: (transfer full) (element-type ImapLatch): what was found of an account's server, also
 *   where it is another one by now, or %NULL
 */
GPtrArray *
sync_latch_list (StoreReader *reader,
                 const char *account_uuid,
                 GError **error)
{
  g_autoptr(GPtrArray) learnt = store_reader_list_learnt (reader, account_uuid, KEY_PREFIX, error);
  g_autoptr(GPtrArray) latches = NULL;

  if (learnt == NULL)
    return NULL;

  latches = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_latch_free);
  for (guint i = 0; i < learnt->len; i++)
    {
      const StoreLearnt *fact = g_ptr_array_index (learnt, i);
      ImapLatch *latch = imap_latch_parse (fact->key + strlen (KEY_PREFIX), fact->value);

      if (latch != NULL)
        g_ptr_array_add (latches, latch);
    }

  return g_steal_pointer (&latches);
}

/**
 * sync_latch_attach:
 *
 * Makes the worker's new session know what was found of its server, and remembers what it finds.
 */
void
sync_latch_attach (SyncWorker *worker)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) latches = NULL;

  latches = sync_latch_list (sync_worker_get_reader (worker),
                             sync_core_get_uuid (sync_worker_get_core (worker)), &error);
  if (latches == NULL)
    g_warning ("What is known of the server could not be read: %s", error->message);

  for (guint i = 0; latches != NULL && i < latches->len; i++)
    imap_session_recall_latch (session, g_ptr_array_index (latches, i));
  imap_session_set_latch_func (session, on_latch, worker);
}
