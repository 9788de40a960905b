/* What a server was found not to do as it should is remembered in the journal, beside the other facts
 * about an account that no server says. */

#include "sync-latch.h"

#include "imap-capability.h"
#include "net-error.h"
#include "sync-learn.h"

#include <string.h>

#define KEY_PREFIX "latch:"

/* So often in a row is no accident. */
#define MIN_SUSPICIONS 2

static void
on_latch (ImapSession *session,
          const ImapLatch *latch,
          gpointer user_data)
{
  SyncWorker *worker = user_data;
  g_autofree char *key = g_strconcat (KEY_PREFIX, latch->feature, NULL);
  g_autofree char *text = imap_latch_to_string (latch);

  sync_core_keep_latch (sync_worker_get_core (worker), latch->feature, text);
  sync_learn (worker, key, g_steal_pointer (&text));
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
  g_auto(GStrv) recent = sync_core_list_latches (sync_worker_get_core (worker));
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) latches = NULL;

  latches = sync_latch_list (sync_worker_get_reader (worker),
                             sync_core_get_uuid (sync_worker_get_core (worker)), &error);
  if (latches == NULL)
    g_warning ("What is known of the server could not be read: %s", error->message);

  /* the later word first: of two the first counts */
  for (guint i = 0; recent[i] != NULL; i += 2)
    {
      g_autoptr(ImapLatch) latch = imap_latch_parse (recent[i], recent[i + 1]);

      if (latch != NULL)
        imap_session_recall_latch (session, latch);
    }
  for (guint i = 0; latches != NULL && i < latches->len; i++)
    imap_session_recall_latch (session, g_ptr_array_index (latches, i));
  imap_session_set_latch_func (session, on_latch, worker);
}

/* Latches a capability, or a quirk. The session may be over. */
static void
latch_off (ImapSession *session,
           const char *feature,
           const char *evidence)
{
  ImapCapability capability;
  ImapQuirk quirk;

  if (imap_capability_from_name (feature, &capability))
    imap_session_latch_off (session, capability, evidence);
  else if (imap_quirk_from_name (feature, &quirk))
    imap_session_latch_quirk (session, quirk, evidence);
}

/**
 * sync_latch_suspect:
 * @feature: name of a capability or quirk that was in use
 * @error: how the command that used it has failed
 *
 * Says that the server has ended the connection at a command, which may be the fault of what it
 * used. When that happens twice and it has never worked between, it is latched. To be called by
 * the job, before it returns.
 *
 * Returns: whether it is latched now
 */
gboolean
sync_latch_suspect (SyncWorker *worker,
                    const char *feature,
                    const GError *error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autofree char *evidence = NULL;

  if (session == NULL || imap_session_is_open (session) ||
      !(g_error_matches (error, NET_ERROR, NET_ERROR_CLOSED) ||
        g_error_matches (error, NET_ERROR, NET_ERROR_SHUTTING_DOWN)))
    return FALSE;
  if (sync_core_suspect (sync_worker_get_core (worker), feature) < MIN_SUSPICIONS)
    return FALSE;

  evidence = g_strdup_printf ("The connection ended when it was used, %d times in a row: %s",
                              MIN_SUSPICIONS, error->message);
  latch_off (session, feature, evidence);
  return TRUE;
}

/**
 * sync_latch_acquit:
 *
 * Says that a feature has worked.
 */
void
sync_latch_acquit (SyncWorker *worker,
                   const char *feature)
{
  sync_core_acquit (sync_worker_get_core (worker), feature);
}
