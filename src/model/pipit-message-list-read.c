/* What a list brings out of the store: its rows, the first ones first, and the next unread one. */
#include "pipit-message-list-private.h"

#include "pipit-message.h"
#include "pipit-overlays.h"
#include "pipit-problem-private.h"

/* Rows shown in one turn of the main loop while the list is shorter than PIPIT_MESSAGE_LIST_FIRST:
 * GtkListView makes widgets for the first 200 at once, which would be felt. */
#define ENTRIES_PER_TURN 32

static StoreFilter
store_filter (PipitFilter filter)
{
  switch (filter)
    {
    case PIPIT_FILTER_UNREAD:
      return STORE_FILTER_UNREAD;
    case PIPIT_FILTER_STARRED:
      return STORE_FILTER_STARRED;
    case PIPIT_FILTER_ATTACHMENTS:
      return STORE_FILTER_ATTACHMENTS;
    case PIPIT_FILTER_NONE:
    default:
      return STORE_FILTER_ALL;
    }
}

static void
query_free (gpointer data)
{
  PipitListQuery *query = data;

  g_array_unref (query->folders);
  g_clear_pointer (&query->entries, g_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  PipitListQuery *query = data;

  query->entries = store_reader_list_entries (reader, (const gint64 *) query->folders->data,
                                              query->folders->len, query->filter, query->limit,
                                              error);

  return query->entries != NULL;
}

/* What is in the list and passes no more, but is being read. */
static gboolean
find_kept (PipitMessageList *self,
           StoreListEntry   *out_entry)
{
  if (self->kept == 0)
    return FALSE;

  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, StoreListEntry, i).location == self->kept)
      {
        *out_entry = g_array_index (self->entries, StoreListEntry, i);
        return TRUE;
      }

  return FALSE;
}

/* What a query brought, without what the person has just removed, and with what is being read. */
GArray *
pipit_message_list_adjust (PipitMessageList *self,
                           GArray           *entries)
{
  PipitOverlays *overlays = pipit_engine_get_overlays (self->engine);
  GArray *adjusted = g_array_sized_new (FALSE, FALSE, sizeof (StoreListEntry), entries->len + 1);
  StoreListEntry kept;
  gboolean has_kept = self->filter != PIPIT_FILTER_NONE && find_kept (self, &kept) &&
                      !pipit_overlays_hides (overlays, kept.location);

  for (guint i = 0; i < entries->len; i++)
    {
      StoreListEntry *entry = &g_array_index (entries, StoreListEntry, i);

      if (has_kept && store_list_entry_compare (&kept, entry) <= 0)
        {
          if (store_list_entry_compare (&kept, entry) < 0)
            g_array_append_val (adjusted, kept);
          has_kept = FALSE;
        }
      if (!pipit_overlays_hides (overlays, entry->location))
        g_array_append_val (adjusted, *entry);
    }
  if (has_kept)
    g_array_append_val (adjusted, kept);

  return adjusted;
}

static gboolean on_show_more (gpointer user_data);

void
pipit_message_list_forget_coming (PipitMessageList *self)
{
  g_clear_handle_id (&self->show_source_id, g_source_remove);
  g_clear_pointer (&self->coming, query_free);
}

/* Shows what a query brought, or the next part of it; the query is under way until all is shown. */
static void
show_coming (PipitMessageList *self)
{
  g_autoptr(GArray) adjusted = pipit_message_list_adjust (self, self->coming->entries);
  gboolean is_all = self->n_shown >= PIPIT_MESSAGE_LIST_FIRST ||
                    adjusted->len <= self->n_shown + ENTRIES_PER_TURN;

  if (!is_all)
    {
      self->n_shown += ENTRIES_PER_TURN;
      g_array_set_size (adjusted, self->n_shown);
    }
  pipit_message_list_replace (self, adjusted);
  for (guint i = 0; i < self->missed->len; i++)
    pipit_message_list_apply (self, g_ptr_array_index (self->missed, i));

  if (is_all)
    {
      self->is_whole = self->coming->limit == 0 ||
                       self->coming->entries->len < self->coming->limit;
      pipit_message_list_forget_coming (self);
      g_clear_object (&self->reading);
      g_ptr_array_set_size (self->missed, 0);
      if (!self->is_whole || self->again)
        pipit_message_list_read (self, 0);
    }
  else
    /* frames are drawn between */
    self->show_source_id = g_idle_add (on_show_more, self);
  pipit_message_list_update_state (self);
}

static gboolean
on_show_more (gpointer user_data)
{
  PipitMessageList *self = user_data;

  self->show_source_id = 0;
  show_coming (self);

  return G_SOURCE_REMOVE;
}

static void
entries_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(PipitMessageList) self = user_data;
  g_autoptr(GError) error = NULL;
  PipitListQuery *query = store_read_get_data (result);
  gboolean ok = store_read_finish (STORE_STORE (source), result, &error);

  /* another query, for another filter, has taken its place */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (!ok)
    {
      g_clear_object (&self->reading);
      g_ptr_array_set_size (self->missed, 0);
      self->problem = pipit_problem_new_from_error (error, "", PIPIT_SERVER_RECEIVING, NULL);
      pipit_message_list_update_state (self);
      return;
    }

  self->coming = g_new0 (PipitListQuery, 1);
  self->coming->folders = g_array_ref (query->folders);
  self->coming->limit = query->limit;
  self->coming->entries = g_steal_pointer (&query->entries);
  self->n_shown = self->entries->len;
  show_coming (self);
}

void
pipit_message_list_read (PipitMessageList *self,
                         guint             limit)
{
  PipitListQuery *query;

  if (pipit_engine_get_store (self->engine) == NULL)
    return;

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  pipit_message_list_forget_coming (self);
  self->reading = g_cancellable_new ();
  self->again = FALSE;
  g_clear_object (&self->problem);

  query = g_new0 (PipitListQuery, 1);
  query->folders = pipit_message_list_dup_folders (self);
  query->filter = store_filter (self->filter);
  query->limit = limit;
  store_read_async (pipit_engine_get_store (self->engine),
                    limit > 0 ? G_PRIORITY_HIGH : G_PRIORITY_DEFAULT, run_query,
                    query, query_free, self->reading, entries_read_cb, g_object_ref (self));
}

/* The entry of @id, or one before all others. */
static StoreListEntry
entry_of (PipitMessageList *self,
          gint64            id)
{
  StoreListEntry before_all = { .sort_date = G_MAXINT64, .location = 0 };
  guint position;

  if (!pipit_message_list_find (self, id, &position))
    return before_all;

  return g_array_index (self->entries, StoreListEntry, position);
}

static void
unread_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitMessageList *self = g_task_get_source_object (task);
  PipitListQuery *query = store_read_get_data (result);
  StoreListEntry *after = g_task_get_task_data (task);
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < query->entries->len; i++)
    {
      StoreListEntry *entry = &g_array_index (query->entries, StoreListEntry, i);

      if (store_list_entry_compare (after, entry) < 0 &&
          pipit_message_list_find (self, entry->location, NULL))
        {
          g_task_return_int (task, entry->location);
          return;
        }
    }

  g_task_return_int (task, 0);
}

/**
 * pipit_message_list_find_unread_async:
 * @after_id: a message of the list, or 0 for its beginning
 * @cancellable: (nullable): stops it
 *
 * Looks for the next unread message, also where no row has been read yet.
 */
void
pipit_message_list_find_unread_async (PipitMessageList    *self,
                                      gint64               after_id,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  StoreListEntry after;
  PipitListQuery *query;

  g_return_if_fail (PIPIT_IS_MESSAGE_LIST (self));

  after = entry_of (self, after_id);
  g_task_set_source_tag (task, pipit_message_list_find_unread_async);
  g_task_set_task_data (task, g_memdup2 (&after, sizeof after), g_free);
  query = g_new0 (PipitListQuery, 1);
  query->folders = pipit_message_list_dup_folders (self);
  query->filter = STORE_FILTER_UNREAD;
  store_read_async (pipit_engine_get_store (self->engine), G_PRIORITY_HIGH, run_query, query,
                    query_free, cancellable, unread_found_cb, task);
}

/**
 * pipit_message_list_find_unread_finish:
 *
 * Returns: the id of the message, 0 if there is none; -1 on failure
 */
gint64
pipit_message_list_find_unread_finish (PipitMessageList  *self,
                                       GAsyncResult      *result,
                                       GError           **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
