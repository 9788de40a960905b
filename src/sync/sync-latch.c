/* What a server was found not to do as it should is remembered in the journal, beside the other facts
 * about an account that no server says. */

#include "sync-latch.h"

#include "sync-learn.h"

#include <string.h>

#define KEY_PREFIX "latch:"

static void
on_latch (ImapSession *session,
          const ImapLatch *latch,
          gpointer user_data)
{
  g_autofree char *key = g_strconcat (KEY_PREFIX, latch->feature, NULL);

  sync_learn (user_data, key, imap_latch_to_string (latch));
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
