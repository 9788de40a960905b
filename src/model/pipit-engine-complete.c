#include "pipit-engine-private.h"

#include "pipit-address.h"

#include "store-reader.h"

/* More are not read by anybody. */
#define MAX_RECIPIENTS 10

typedef struct
{
  char *text;      /* (owned): in */
  GPtrArray *found; /* (owned) (nullable) of StoreRecipient: out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_free (query->text);
  g_clear_pointer (&query->found, g_ptr_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  query->found = store_reader_complete (reader, query->text, MAX_RECIPIENTS, error);

  return query->found != NULL;
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Query *query = store_read_get_data (result);
  GListStore *addresses;
  GError *error = NULL;

  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  addresses = g_list_store_new (PIPIT_TYPE_ADDRESS);
  for (guint i = 0; i < query->found->len; i++)
    {
      const StoreRecipient *recipient = g_ptr_array_index (query->found, i);
      g_autoptr(PipitAddress) address = pipit_address_new (recipient->name, recipient->address);

      g_list_store_append (addresses, address);
    }
  g_task_return_pointer (task, addresses, g_object_unref);
}

/**
 * pipit_engine_complete_async:
 * @text: the beginning of a name or an address
 * @cancellable: (nullable): stops it, for example when another letter was typed
 *
 * Looks for people that @text may mean, among those written to and heard from.
 */
void
pipit_engine_complete_async (PipitEngine         *self,
                             const char          *text,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Query *query;

  g_return_if_fail (PIPIT_IS_ENGINE (self));
  g_return_if_fail (text != NULL);

  g_task_set_source_tag (task, pipit_engine_complete_async);
  query = g_new0 (Query, 1);
  query->text = g_strdup (text);
  store_read_async (pipit_engine_get_store (self), G_PRIORITY_HIGH, run_query, query, query_free,
                    cancellable, found_cb, task);
}

/**
 * pipit_engine_complete_finish:
 *
 * Returns: (transfer full) (nullable): of #PipitAddress, the best first
 */
GListModel *
pipit_engine_complete_finish (PipitEngine   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
