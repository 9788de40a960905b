#include "sync-core-private.h"

/* What the account's server was found not to do: for the next session, which may begin before the
 * journal has it, and for other workers. And what is only suspected: a connection may end for many
 * reasons, but not twice in a row at the same command. */

/**
 * sync_core_keep_latch:
 * @text: from imap_latch_to_string ()
 */
void
sync_core_keep_latch (SyncCore *self,
                      const char *feature,
                      const char *text)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->latches, g_strdup (feature), g_strdup (text));
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_list_latches:
 *
 * Returns: (transfer full) (array zero-terminated=1): what was kept since the start: feature, text,
 *   feature, text
 */
GStrv
sync_core_list_latches (SyncCore *self)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer feature;
  gpointer text;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->latches);
  while (g_hash_table_iter_next (&iter, &feature, &text))
    g_strv_builder_add_many (words, feature, text, NULL);
  g_mutex_unlock (&self->mutex);

  return g_strv_builder_end (words);
}

/**
 * sync_core_suspect:
 *
 * Notes that the connection has ended when a feature was used.
 *
 * Returns: how often it has by now, without a success between
 */
guint
sync_core_suspect (SyncCore *self,
                   const char *feature)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->suspicions, feature)) + 1;
  g_hash_table_replace (self->suspicions, g_strdup (feature), GUINT_TO_POINTER (n));
  g_mutex_unlock (&self->mutex);

  return n;
}

/**
 * sync_core_acquit:
 *
 * Notes that a feature has worked.
 */
void
sync_core_acquit (SyncCore *self,
                  const char *feature)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->suspicions, feature);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_is_new_surplus:
 * @n_messages: how many messages more STATUS counts than the cache
 * @n_unseen: how many unread ones more
 * @checked_unix: when the folder was equal to the server
 *
 * Returns: whether that is a reason to look into the folder: one that was equal to the server since
 *   the last time, and differs as it did then, counts what it does not show
 */
gboolean
sync_core_is_new_surplus (SyncCore *self,
                          gint64 folder_id,
                          gint64 n_messages,
                          gint64 n_unseen,
                          gint64 checked_unix)
{
  SyncSurplus *before;
  gboolean is_new;

  if (n_messages == 0 && n_unseen == 0)
    return FALSE;

  g_mutex_lock (&self->mutex);

  before = g_hash_table_lookup (self->surpluses, &folder_id);
  is_new = before == NULL || before->n_messages != n_messages || before->n_unseen != n_unseen ||
           before->checked_unix >= checked_unix;
  if (before == NULL)
    {
      before = g_new0 (SyncSurplus, 1);
      g_hash_table_insert (self->surpluses, g_memdup2 (&folder_id, sizeof folder_id), before);
    }
  if (is_new)
    *before = (SyncSurplus) { n_messages, n_unseen, checked_unix };

  g_mutex_unlock (&self->mutex);

  return is_new;
}
