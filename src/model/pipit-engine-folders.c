#include "pipit-engine-struct-private.h"

#include "pipit-account-private.h"
#include "pipit-folder-private.h"
#include "pipit-loader.h"

#include "store-reader.h"

/* Folders that change all the time, as in a first sync, are counted this often. */
#define COUNT_EVERY_US (200 * 1000)

/* One query: every folder of these accounts, or just some folders. */
typedef struct
{
  GPtrArray *uuids;    /* (owned) of account uuids */
  GArray *folders;     /* (owned) (nullable) of gint64: only these */
  GPtrArray *by_account; /* (owned) of GPtrArray of PipitFolderFacts, beside uuids: out */
  GPtrArray *facts;    /* (owned) of PipitFolderFacts, for some folders: out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_ptr_array_unref (query->uuids);
  g_clear_pointer (&query->folders, g_array_unref);
  g_ptr_array_unref (query->by_account);
  g_ptr_array_unref (query->facts);
  g_free (query);
}

static Query *
query_new (void)
{
  Query *query = g_new0 (Query, 1);

  query->uuids = g_ptr_array_new_with_free_func (g_free);
  query->by_account = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  query->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) pipit_folder_facts_free);

  return query;
}

/* @row: (transfer full) */
static gboolean
read_facts (StoreReader  *reader,
            StoreFolder  *row,
            GPtrArray    *into,
            GError      **error)
{
  g_autoptr(PipitFolderFacts) facts = g_new0 (PipitFolderFacts, 1);
  g_autoptr(GError) own_error = NULL;

  facts->row = row;
  if (!store_reader_count_folder (reader, row->folder, FALSE, &facts->counts, error))
    return FALSE;

  facts->n_waiting = store_reader_count_pending (reader, row->account_uuid, row->uuid, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }

  g_ptr_array_add (into, g_steal_pointer (&facts));

  return TRUE;
}

static gboolean
read_account (StoreReader  *reader,
              const char   *uuid,
              Query        *query,
              GError      **error)
{
  g_autoptr(GPtrArray) rows = store_reader_list_folders (reader, uuid, error);
  GPtrArray *facts;

  if (rows == NULL)
    return FALSE;

  facts = g_ptr_array_new_with_free_func ((GDestroyNotify) pipit_folder_facts_free);
  g_ptr_array_add (query->by_account, facts);
  while (rows->len > 0)
    if (!read_facts (reader, g_ptr_array_steal_index_fast (rows, rows->len - 1), facts, error))
      return FALSE;

  return TRUE;
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  for (guint i = 0; i < query->uuids->len; i++)
    if (!read_account (reader, g_ptr_array_index (query->uuids, i), query, error))
      return FALSE;

  for (guint i = 0; query->folders != NULL && i < query->folders->len; i++)
    {
      g_autoptr(GError) own_error = NULL;
      StoreFolder *row = store_reader_get_folder (reader,
                                                  g_array_index (query->folders, gint64, i),
                                                  &own_error);

      if (own_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&own_error));
          return FALSE;
        }
      if (row != NULL && !read_facts (reader, row, query->facts, error))
        return FALSE;
    }

  return TRUE;
}

static void
sum_inboxes (PipitEngine *self)
{
  guint unread = 0, total = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
      PipitFolder *inbox = pipit_account_get_folder (account, PIPIT_FOLDER_INBOX);

      if (inbox == NULL)
        continue;
      unread += pipit_folder_get_unread (inbox);
      total += pipit_folder_get_total (inbox);
    }

  pipit_folder_set_counts (self->all_inboxes, unread, total);
}

static void
take_answer (PipitEngine *self,
             Query       *query)
{
  for (guint i = 0; i < query->by_account->len; i++)
    {
      PipitAccount *account = pipit_engine_get_account (self, g_ptr_array_index (query->uuids, i));

      if (account != NULL)
        pipit_account_take_folders (account, g_ptr_array_index (query->by_account, i));
    }

  while (query->facts->len > 0)
    {
      g_autoptr(PipitFolderFacts) facts =
        g_ptr_array_steal_index_fast (query->facts, query->facts->len - 1);
      PipitFolder *folder = pipit_engine_find_folder (self, facts->row->folder);

      if (folder != NULL)
        pipit_folder_take_facts (folder, g_steal_pointer (&facts));
    }

  sum_inboxes (self);
}

static void
folders_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  take_answer (self, store_read_get_data (result));
  g_task_return_boolean (task, TRUE);
}

static void
add_all_accounts (PipitEngine *self,
                  Query       *query)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      g_ptr_array_add (query->uuids, g_strdup (pipit_account_get_id (account)));
    }
}

/* Reads the folders of all accounts. */
void
pipit_engine_read_folders_async (PipitEngine         *self,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (self, self->cancellable, callback, user_data);
  Query *query = query_new ();

  g_task_set_source_tag (task, pipit_engine_read_folders_async);
  add_all_accounts (self, query);
  store_read_async (self->store, G_PRIORITY_HIGH, run_query, query, query_free, self->cancellable,
                    folders_read_cb, task);
}

gboolean
pipit_engine_read_folders_finish (PipitEngine   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
dirty_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(PipitEngine) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Folders could not be read: %s", error->message);
      return;
    }
  if (!self->closed)
    take_answer (self, store_read_get_data (result));
}

static gboolean
read_dirty (gpointer user_data)
{
  PipitEngine *self = user_data;
  Query *query = query_new ();
  GHashTableIter iter;
  gpointer key;

  self->dirty_source_id = 0;
  self->dirty_read_us = g_get_monotonic_time ();
  if (self->all_dirty)
    add_all_accounts (self, query);
  else
    {
      query->folders = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_hash_table_iter_init (&iter, self->dirty_folders);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        g_array_append_val (query->folders, *(gint64 *) key);
    }
  g_hash_table_remove_all (self->dirty_folders);
  self->all_dirty = FALSE;

  store_read_async (self->store, G_PRIORITY_LOW, run_query, query, query_free, self->cancellable,
                    dirty_read_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

/* The first change is counted at once, more of them now and then. */
static void
schedule_read (PipitEngine *self)
{
  gint64 since_us = g_get_monotonic_time () - self->dirty_read_us;

  if (self->dirty_source_id != 0 || self->store == NULL || self->closed)
    return;

  if (since_us >= COUNT_EVERY_US)
    self->dirty_source_id = g_idle_add (read_dirty, self);
  else
    self->dirty_source_id = g_timeout_add ((COUNT_EVERY_US - since_us) / 1000 + 1, read_dirty,
                                           self);
}

/* Every folder of every account is to be read again. */
void
pipit_engine_dirty_all (PipitEngine *self)
{
  self->all_dirty = TRUE;
  schedule_read (self);
}

static void
note_folders (PipitEngine  *self,
              StoreChanges *changes)
{
  if (store_changes_is_folder_list (changes))
    self->all_dirty = TRUE;

  for (guint i = 0; i < store_changes_get_n_folders (changes); i++)
    {
      const StoreFolderChange *change = store_changes_get_folder (changes, i);

      g_hash_table_add (self->dirty_folders,
                        g_memdup2 (&change->folder, sizeof change->folder));
    }

  if (self->all_dirty || g_hash_table_size (self->dirty_folders) > 0)
    schedule_read (self);
}

/* The store's notice after commits, at most one a frame. */
void
pipit_engine_take_changes (Store        *store,
                           StoreChanges *changes,
                           gpointer      user_data)
{
  PipitEngine *self = user_data;

  g_object_ref (self);
  pipit_loader_changed (self->loader, changes);
  pipit_engine_emit (self, PIPIT_ENGINE_STORE_CHANGED, changes);
  note_folders (self, changes);
  if (store_changes_has_operations (changes))
    pipit_engine_emit (self, PIPIT_ENGINE_JOURNAL_CHANGED, NULL);
  if (store_changes_has_drafts (changes))
    pipit_engine_read_drafts (self);
  if (store_changes_has_outbox (changes))
    pipit_engine_read_outbox (self);
  g_object_unref (self);
}
