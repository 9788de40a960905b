#include "sync-core-private.h"

/* What has come of large sections whose download gave way to something more urgent, or lost its
 * connection. Any worker goes on with it. Not on disk: a restart begins anew. */

/* So many at a time; the oldest goes */
#define MAX_PARTIALS 8

typedef struct
{
  gint64 location_id;
  char *section;     /* (owned) */
  GByteArray *bytes; /* (owned) */
} Partial;

static void
partial_free (Partial *partial)
{
  g_free (partial->section);
  g_clear_pointer (&partial->bytes, g_byte_array_unref);
  g_free (partial);
}

/* sync_core_partials_new: where they are kept */
GPtrArray *
sync_core_partials_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) partial_free);
}

/**
 * sync_core_keep_partial:
 * @bytes: (transfer full): the beginning of the section
 */
void
sync_core_keep_partial (SyncCore *self,
                        gint64 location_id,
                        const char *section,
                        GByteArray *bytes)
{
  Partial *partial;

  if (bytes->len == 0)
    {
      g_byte_array_unref (bytes);
      return;
    }

  partial = g_new0 (Partial, 1);
  partial->location_id = location_id;
  partial->section = g_strdup (section);
  partial->bytes = bytes;

  g_mutex_lock (&self->mutex);
  if (self->partials->len >= MAX_PARTIALS)
    g_ptr_array_remove_index (self->partials, 0);
  g_ptr_array_add (self->partials, partial);
  g_mutex_unlock (&self->mutex);
}

/**
 * sync_core_take_partial:
 *
 * Returns: (transfer full) (nullable): what was kept of a section of a message; it is not kept any
 *   longer
 */
GByteArray *
sync_core_take_partial (SyncCore *self,
                        gint64 location_id,
                        const char *section)
{
  GByteArray *bytes = NULL;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->partials->len && bytes == NULL; i++)
    {
      Partial *partial = g_ptr_array_index (self->partials, i);

      if (partial->location_id != location_id || !g_str_equal (partial->section, section))
        continue;
      bytes = g_steal_pointer (&partial->bytes);
      g_ptr_array_remove_index (self->partials, i);
    }
  g_mutex_unlock (&self->mutex);

  return bytes;
}
