#include "pipit-engine-private.h"

#include "pipit-change-private.h"

#include "store-reader.h"

/* Nobody reads on after these. */
#define MAX_OPERATIONS 500
#define MAX_CHANGES 50

typedef struct
{
  GListStore *changes; /* (owned) of PipitChange: out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_object (&query->changes);
  g_free (query);
}

/* Which of two states a person has to know about. */
static int
weight (StoreOperationState state)
{
  static const int weights[] = {
    [STORE_OPERATION_DONE] = 0,  [STORE_OPERATION_UNDONE] = 1,   [STORE_OPERATION_WAITING] = 2,
    [STORE_OPERATION_SENT] = 3,  [STORE_OPERATION_DOUBTFUL] = 4, [STORE_OPERATION_REFUSED] = 5,
  };

  return (gsize) state < G_N_ELEMENTS (weights) ? weights[state] : 0;
}

static gboolean
add_change (StoreReader           *reader,
            Query                 *query,
            const StoreOperation  *worst,
            guint                  n_messages,
            GError               **error)
{
  g_autoptr(StoreFolder) target = NULL;
  g_autoptr(PipitChange) change = NULL;
  g_autoptr(GError) own_error = NULL;

  if (worst->target_folder_uuid != NULL)
    target = store_reader_find_folder (reader, worst->target_folder_uuid, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }

  change = pipit_change_new (worst, n_messages, target != NULL ? target->display_name : NULL);
  g_list_store_append (query->changes, change);

  return TRUE;
}

/* Runs on the store's reader thread. What one gesture did is one change. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;
  g_autoptr(GPtrArray) operations =
    store_reader_list_operations (reader, NULL, TRUE, MAX_OPERATIONS, error);

  if (operations == NULL)
    return FALSE;

  query->changes = g_list_store_new (PIPIT_TYPE_CHANGE);
  for (guint i = 0; i < operations->len &&
                    g_list_model_get_n_items (G_LIST_MODEL (query->changes)) < MAX_CHANGES;)
    {
      const StoreOperation *worst = g_ptr_array_index (operations, i);
      gint64 group = worst->group;
      guint first = i;

      for (; i < operations->len; i++)
        {
          const StoreOperation *operation = g_ptr_array_index (operations, i);

          if (operation->group != group)
            break;
          if (weight (operation->state) > weight (worst->state))
            worst = operation;
        }
      if (!add_change (reader, query, worst, i - first, error))
        return FALSE;
    }

  return TRUE;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Query *query = store_read_get_data (result);
  GError *error = NULL;

  if (store_read_finish (STORE_STORE (source), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&query->changes), g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * pipit_engine_list_changes_async:
 * @cancellable: (nullable): stops it
 *
 * Reads what the person did lately, and how far it has come.
 */
void
pipit_engine_list_changes_async (PipitEngine         *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (PIPIT_IS_ENGINE (self));

  g_task_set_source_tag (task, pipit_engine_list_changes_async);
  store_read_async (pipit_engine_get_store (self), G_PRIORITY_DEFAULT, run_query,
                    g_new0 (Query, 1), query_free, cancellable, read_cb, task);
}

/**
 * pipit_engine_list_changes_finish:
 *
 * Returns: (transfer full) (nullable): of #PipitChange, the newest first
 */
GListModel *
pipit_engine_list_changes_finish (PipitEngine   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
