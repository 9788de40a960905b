/* How a list follows the store, the engine and the person. */
#include "pipit-message-list-private.h"

#include "pipit-account.h"
#include "pipit-folder.h"
#include "pipit-overlays.h"

#include "store-changes.h"
#include "store-flags.h"

static gboolean
passes (PipitMessageList     *self,
        const StoreRowChange *change)
{
  if (!change->is_shown)
    return FALSE;
  if (pipit_overlays_hides (pipit_engine_get_overlays (self->engine), change->location))
    return FALSE;

  switch (self->filter)
    {
    case PIPIT_FILTER_UNREAD:
      return !(change->flags & STORE_FLAG_SEEN);
    case PIPIT_FILTER_STARRED:
      return (change->flags & STORE_FLAG_FLAGGED) != 0;
    case PIPIT_FILTER_ATTACHMENTS:
      return change->has_attachment;
    case PIPIT_FILTER_NONE:
    default:
      return TRUE;
    }
}

/* Merges what has changed, which is sorted like the list, into a new array. */
static GArray *
merge_rows (PipitMessageList *self,
            const GArray     *rows)
{
  GArray *after = g_array_sized_new (FALSE, FALSE, sizeof (StoreListEntry),
                                     self->entries->len + rows->len);
  guint i = 0;

  for (guint j = 0; j < rows->len; j++)
    {
      const StoreRowChange *row = &g_array_index (rows, StoreRowChange, j);
      StoreListEntry entry = { .sort_date = row->sort_date, .location = row->location };
      guint first = i;
      gboolean is_here = FALSE;

      while (i < self->entries->len &&
             store_list_entry_compare (&g_array_index (self->entries, StoreListEntry, i),
                                       &entry) < 0)
        i++;
      if (i > first)
        g_array_append_vals (after, &g_array_index (self->entries, StoreListEntry, first),
                             i - first);
      if (i < self->entries->len &&
          pipit_message_list_is_same (&g_array_index (self->entries, StoreListEntry, i), &entry))
        {
          is_here = TRUE;
          i++;
        }
      if (passes (self, row) || (is_here && row->is_shown && row->location == self->kept))
        g_array_append_val (after, entry);
    }
  if (i < self->entries->len)
    g_array_append_vals (after, &g_array_index (self->entries, StoreListEntry, i),
                         self->entries->len - i);

  return after;
}

void
pipit_message_list_apply (PipitMessageList *self,
                          StoreChanges     *changes)
{
  g_autoptr(GArray) folders = pipit_message_list_dup_folders (self);

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolderChange *change =
        store_changes_find_folder (changes, g_array_index (folders, gint64, i));

      if (change == NULL)
        continue;
      if (change->is_reload)
        self->again = TRUE;
      else if (change->rows != NULL && change->rows->len > 0)
        {
          g_autoptr(GArray) after = merge_rows (self, change->rows);

          pipit_message_list_replace (self, after);
        }
    }
}

/* Listens to the engine. A query under way may be older than the news: they are told it again. */
static void
on_store_changed (PipitEngine      *engine,
                  StoreChanges     *changes,
                  PipitMessageList *self)
{
  if (self->reading != NULL)
    g_ptr_array_add (self->missed, store_changes_ref (changes));

  pipit_message_list_apply (self, changes);
  if (self->again && self->reading == NULL)
    pipit_message_list_read (self, 0);
  pipit_message_list_update_state (self);
}

static void
on_hidden (PipitEngine      *engine,
           GArray           *locations,
           PipitMessageList *self)
{
  g_autoptr(GArray) after = pipit_message_list_adjust (self, self->entries);

  pipit_message_list_replace (self, after);
  pipit_message_list_update_state (self);
}

/* A query that is under way is followed by another. */
void
pipit_message_list_reload (PipitMessageList *self)
{
  if (self->reading != NULL)
    self->again = TRUE;
  else
    pipit_message_list_read (self, 0);
}

/* Listens to the engine, and to what the state depends on. */
void
pipit_message_list_follow (PipitMessageList *self)
{
  g_signal_connect_object (self->engine, "store-changed", G_CALLBACK (on_store_changed), self, 0);
  g_signal_connect_object (self->engine, "hidden", G_CALLBACK (on_hidden), self, 0);
  g_signal_connect_object (self->engine, "reload", G_CALLBACK (pipit_message_list_reload), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "notify::total",
                           G_CALLBACK (pipit_message_list_update_state), self, G_CONNECT_SWAPPED);
  if (pipit_folder_get_account (self->folder) != NULL)
    g_signal_connect_object (pipit_folder_get_account (self->folder), "notify::state",
                             G_CALLBACK (pipit_message_list_update_state), self,
                             G_CONNECT_SWAPPED);
}
