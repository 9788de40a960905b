#include "store-reader-private.h"

#include "store-schema-private.h"

/**
 * store_reader_new_unowned:
 *
 * A reader for a thread that the store itself ends before it goes.
 *
 * Returns: (transfer full): the reader, or %NULL
 */
StoreReader *
store_reader_new_unowned (Store   *store,
                          GError **error)
{
  g_autoptr(StoreReader) self = g_new0 (StoreReader, 1);
  const char *directory = store_get_directory (store);

  self->store = store;
  self->directory = g_strdup (directory);
  self->cache = store_schema_read (&store_schema_cache, directory, error);
  if (self->cache == NULL)
    return NULL;

  self->bodies = store_schema_read (&store_schema_bodies, directory, error);
  if (self->bodies == NULL)
    return NULL;

  self->journal = store_schema_read (&store_schema_journal, directory, error);
  if (self->journal == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * store_reader_new:
 *
 * Opens connections for one thread. Making one costs a few milliseconds: keep it.
 *
 * Returns: (transfer full): the reader, or %NULL
 */
StoreReader *
store_reader_new (Store   *store,
                  GError **error)
{
  StoreReader *self;

  g_return_val_if_fail (STORE_IS_STORE (store), NULL);

  self = store_reader_new_unowned (store, error);
  if (self != NULL)
    {
      g_object_ref (store);
      self->is_store_owned = TRUE;
    }

  return self;
}

/**
 * store_reader_new_for_writer:
 * @cache: (transfer full): and so the others
 *
 * Returns: (transfer full): the queries on the writer's own connections
 */
StoreReader *
store_reader_new_for_writer (const char *directory,
                             StoreDb    *cache,
                             StoreDb    *bodies,
                             StoreDb    *journal)
{
  StoreReader *self = g_new0 (StoreReader, 1);

  self->directory = g_strdup (directory);
  self->cache = cache;
  self->bodies = bodies;
  self->journal = journal;
  return self;
}

void
store_reader_free (StoreReader *self)
{
  g_clear_pointer (&self->cache, store_db_close);
  g_clear_pointer (&self->bodies, store_db_close);
  g_clear_pointer (&self->journal, store_db_close);
  if (self->is_store_owned)
    g_object_unref (self->store);
  g_free (self->directory);
  g_free (self);
}

/**
 * store_reader_begin:
 *
 * All queries up to store_reader_end () see the same state of each database. A snapshot that is
 * held for long keeps the write-ahead log from shrinking: end it before waiting for anything.
 */
gboolean
store_reader_begin (StoreReader  *self,
                    GError      **error)
{
  StoreDb *dbs[] = { self->cache, self->bodies, self->journal };

  g_return_val_if_fail (!self->is_begun, FALSE);

  /* before the snapshot: what it says is then at least as new as the serial */
  self->serial = self->store == NULL ? 0 : store_get_serial (self->store);
  self->is_begun = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (dbs); i++)
    {
      if (!store_db_exec (dbs[i], "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1", error))
        {
          store_reader_end (self);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * store_reader_end:
 *
 * Gives the snapshot back.
 */
void
store_reader_end (StoreReader *self)
{
  StoreDb *dbs[] = { self->cache, self->bodies, self->journal };

  for (guint i = 0; i < G_N_ELEMENTS (dbs); i++)
    {
      if (!sqlite3_get_autocommit (dbs[i]->handle))
        sqlite3_exec (dbs[i]->handle, "COMMIT", NULL, NULL, NULL);
    }

  self->is_begun = FALSE;
}

/**
 * store_reader_get_serial:
 *
 * Returns: the serial of a commit that the snapshot surely has; without a snapshot, of the last
 *   commit, to be asked before the query
 */
guint64
store_reader_get_serial (StoreReader *self)
{
  if (self->is_begun || self->store == NULL)
    return self->serial;

  return store_get_serial (self->store);
}
