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
