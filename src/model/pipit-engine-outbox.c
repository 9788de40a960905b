#include "pipit-engine-struct-private.h"

#include "pipit-folder-private.h"
#include "pipit-outbox-item-private.h"

#include "store-reader.h"

typedef struct
{
  GPtrArray *rows; /* (owned) (nullable) of StoreOutboxItem: out */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  g_clear_pointer (&query->rows, g_ptr_array_unref);
  g_free (query);
}

/* Runs on the store's reader thread. */
static gboolean
run_query (StoreReader  *reader,
           gpointer      data,
           GError      **error)
{
  Query *query = data;

  query->rows = store_reader_list_outbox (reader, NULL, FALSE, error);

  return query->rows != NULL;
}

static guint
find_row (GPtrArray *rows,
          gint64     item)
{
  for (guint i = 0; i < rows->len; i++)
    if (((StoreOutboxItem *) g_ptr_array_index (rows, i))->item == item)
      return i;

  return G_MAXUINT;
}

/* Items that stay keep their objects and places; new ones come first. */
static void
fit_items (PipitEngine *self,
           GPtrArray   *rows)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->outbox)); i-- > 0;)
    {
      g_autoptr(PipitOutboxItem) item = g_list_model_get_item (G_LIST_MODEL (self->outbox), i);
      guint position = find_row (rows, pipit_outbox_item_get_id (item));

      if (position == G_MAXUINT)
        g_list_store_remove (self->outbox, i);
      else
        pipit_outbox_item_take_row (item, g_ptr_array_steal_index (rows, position));
    }

  while (rows->len > 0)
    {
      g_autoptr(PipitOutboxItem) item =
        pipit_outbox_item_new (self, g_ptr_array_steal_index (rows, 0));

      g_list_store_insert (self->outbox, 0, item);
    }

  pipit_folder_set_counts (self->outbox_folder, 0,
                           g_list_model_get_n_items (G_LIST_MODEL (self->outbox)));
}

static void
outbox_read_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(PipitEngine) self = user_data;
  g_autoptr(GError) error = NULL;
  Query *query = store_read_get_data (result);

  self->outbox_reading = FALSE;
  if (!store_read_finish (STORE_STORE (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("The outbox could not be read: %s", error->message);
      return;
    }

  if (self->closed)
    return;
  fit_items (self, query->rows);
  pipit_engine_update_state (self);
  if (self->outbox_again)
    pipit_engine_read_outbox (self);
}

/* Reads what is in the outbox, after it has changed. */
void
pipit_engine_read_outbox (PipitEngine *self)
{
  if (self->outbox_reading)
    {
      self->outbox_again = TRUE;
      return;
    }

  self->outbox_reading = TRUE;
  self->outbox_again = FALSE;
  store_read_async (self->store, G_PRIORITY_DEFAULT, run_query, g_new0 (Query, 1), query_free,
                    self->cancellable, outbox_read_cb, g_object_ref (self));
}
