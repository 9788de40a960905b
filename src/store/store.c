#include "store-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "base-await.h"
#include "store-schema-private.h"

/**
 * Store:
 *
 * An account database directory: cache.db, bodies.db and journal.db, one thread that writes, and
 * readers. Its functions may be called on any thread; it is opened and closed by its owner.
 */
struct _Store
{
  GObject parent_instance;

  char *directory;
  char *set_aside_path;  /* (nullable) */
  StoreHub *hub;         /* (owned) */
  StoreWriter *writer;   /* (owned) (nullable): not when read-only, nor when closed */
  StoreReading *reading; /* (owned) (nullable): not when closed */
  gboolean is_read_only;
};

G_DEFINE_FINAL_TYPE (Store, store, G_TYPE_OBJECT)

static void
store_dispose (GObject *object)
{
  store_close (STORE_STORE (object));

  G_OBJECT_CLASS (store_parent_class)->dispose (object);
}

static void
store_finalize (GObject *object)
{
  Store *self = STORE_STORE (object);

  g_clear_pointer (&self->hub, store_hub_close);
  g_free (self->directory);
  g_free (self->set_aside_path);

  G_OBJECT_CLASS (store_parent_class)->finalize (object);
}

static void
store_class_init (StoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = store_dispose;
  object_class->finalize = store_finalize;
}

static void
store_init (Store *self)
{
  self->hub = store_hub_new (self);
  self->reading = store_reading_new (self);
}

StoreWriter *
store_get_writer (Store *self)
{
  return self->writer;
}

static gboolean
open_read_only (const char  *directory,
                GError     **error)
{
  static const StoreSchema *const schemas[] = { &store_schema_cache, &store_schema_bodies,
                                                &store_schema_journal };

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr(StoreDb) db = store_schema_read (schemas[i], directory, error);

      if (db == NULL)
        return FALSE;
    }

  return TRUE;
}

/**
 * store_open:
 * @directory: where the databases are; made, for the user alone, where it is not there
 *
 * Opens the store; databases of older programs are brought forward, with the journal copied
 * aside before. A damaged cache.db or bodies.db is set aside and made anew.
 *
 * Some milliseconds, except for a migration: where a person waits, store_open_async ().
 *
 * Errors: STORE_ERROR_NEWER when any of the databases was written by a newer program, and
 * STORE_ERROR_CORRUPT when the journal is damaged: nothing was changed then. STORE_ERROR_ACCESS,
 * STORE_ERROR_FULL, STORE_ERROR_BUSY. Read-only and beside also STORE_ERROR_STATE.
 *
 * Returns: (transfer full): the store, or %NULL
 */
Store *
store_open (const char      *directory,
            StoreOpenFlags   flags,
            GError         **error)
{
  g_autoptr(Store) self = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  self = g_object_new (STORE_TYPE_STORE, NULL);
  self->directory = g_strdup (directory);
  self->is_read_only = (flags & STORE_OPEN_READ_ONLY) != 0;
  if (self->is_read_only)
    return open_read_only (directory, error) ? g_steal_pointer (&self) : NULL;
  if ((flags & STORE_OPEN_BESIDE) != 0)
    {
      /* what is not as this program knows it is its owner's to bring forward or to set aside */
      if (open_read_only (directory, error))
        self->writer = store_writer_new_beside (directory, self->hub, error);
      return self->writer == NULL ? NULL : g_steal_pointer (&self);
    }

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, STORE_ERROR, STORE_ERROR_ACCESS, "Cannot make %s: %s", directory,
                   g_strerror (code));
      return NULL;
    }

  self->writer = store_writer_new (directory, self->hub, &self->set_aside_path, error);
  return self->writer == NULL ? NULL : g_steal_pointer (&self);
}

typedef struct
{
  char *directory;
  StoreOpenFlags flags;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->directory);
  g_free (opening);
}

static void
open_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;
  Store *store = store_open (opening->directory, opening->flags, &error);

  if (store == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, store, g_object_unref);
}

/**
 * store_open_async:
 *
 * store_open () on a thread of its own.
 */
void
store_open_async (const char          *directory,
                  StoreOpenFlags       flags,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  opening->directory = g_strdup (directory);
  opening->flags = flags;
  g_task_set_source_tag (task, store_open_async);
  g_task_set_task_data (task, opening, opening_free);
  g_task_run_in_thread (task, open_thread);
}

/**
 * store_open_finish:
 *
 * Returns: (transfer full): the store, or %NULL
 */
Store *
store_open_finish (GAsyncResult  *result,
                   GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * store_close:
 *
 * Ends reading and writing: what is under way ends, what a person did and waits is written, all
 * else fails with STORE_ERROR_CLOSED. Waits for that: some tens of milliseconds at most. Readers
 * that are still there keep their own connections.
 *
 * Thread: the owner's; no other may be using the store. Not inside a StoreWriteFunc.
 */
void
store_close (Store *self)
{
  g_return_if_fail (STORE_IS_STORE (self));

  g_clear_pointer (&self->reading, store_reading_close);
  g_clear_pointer (&self->writer, store_writer_close);
}

const char *
store_get_directory (Store *self)
{
  g_return_val_if_fail (STORE_IS_STORE (self), NULL);

  return self->directory;
}

gboolean
store_is_read_only (Store *self)
{
  g_return_val_if_fail (STORE_IS_STORE (self), TRUE);

  return self->is_read_only;
}

/**
 * store_get_set_aside_path:
 *
 * Returns: (nullable) (transfer none): where a damaged database was put when the store was
 *   opened; the person is told that mail is being fetched anew
 */
const char *
store_get_set_aside_path (Store *self)
{
  g_return_val_if_fail (STORE_IS_STORE (self), NULL);

  return self->set_aside_path;
}

/**
 * store_get_serial:
 *
 * Returns: a number that grows with each commit of this process
 */
guint64
store_get_serial (Store *self)
{
  g_return_val_if_fail (STORE_IS_STORE (self), 0);

  return store_hub_get_serial (self->hub);
}

static void
write_done (GError   *error,
            gpointer  done_data)
{
  g_autoptr(GTask) task = done_data;

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
}

static gboolean
check_writer (Store   *self,
              GError **error)
{
  if (self->writer != NULL)
    return TRUE;

  if (self->is_read_only)
    g_set_error_literal (error, STORE_ERROR, STORE_ERROR_ACCESS, "The store was opened read-only");
  else
    g_set_error_literal (error, STORE_ERROR, STORE_ERROR_CLOSED, "The store is closed");
  return FALSE;
}

/**
 * store_write_async:
 * @data: given to @func; kept until the result is freed, so that @func can leave answers in it
 * @destroy: (nullable): frees @data
 * @cancellable: (nullable): looked at once, when the transaction's turn comes
 *
 * Runs a transaction on the writer thread. Success means that it is committed.
 */
void
store_write_async (Store               *self,
                   StorePriority        priority,
                   StoreWriteFunc       func,
                   gpointer             data,
                   GDestroyNotify       destroy,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (STORE_IS_STORE (self));

  /* no source object: the writer must never hold the last reference to its own store */
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, store_write_async);
  g_task_set_task_data (task, data, destroy);
  if (!check_writer (self, &error))
    g_task_return_error (task, error);
  else
    store_writer_push (self->writer, priority, func, data, cancellable, write_done,
                       g_object_ref (task));
}

/**
 * store_write_get_data:
 *
 * Returns: (transfer none): the data that store_write_async () was given, while @result lives
 */
gpointer
store_write_get_data (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_write_async), NULL);

  return g_task_get_task_data (G_TASK (result));
}

gboolean
store_write_finish (Store         *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_write_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * store_write_await:
 * @data: may live on the stack
 * @cancellable: (nullable): looked at once, when the transaction's turn comes
 *
 * Runs a transaction and waits until it is committed.
 *
 * Thread: a worker, as base_await ().
 */
gboolean
store_write_await (Store           *self,
                   StorePriority    priority,
                   StoreWriteFunc   func,
                   gpointer         data,
                   GCancellable    *cancellable,
                   GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  g_return_val_if_fail (STORE_IS_STORE (self), FALSE);

  store_write_async (self, priority, func, data, NULL, cancellable, base_await_result_cb, &result);
  base_await_result (&result);
  return store_write_finish (self, result, error);
}

/**
 * store_read_async:
 * @io_priority: G_PRIORITY_DEFAULT and the like: the lower number first
 * @data: given to @func, which leaves its answers in it
 * @destroy: (nullable): frees @data, with the result
 *
 * Runs queries on the store's reader thread, for whoever must not wait for a disk.
 */
void
store_read_async (Store               *self,
                  int                  io_priority,
                  StoreReadFunc        func,
                  gpointer             data,
                  GDestroyNotify       destroy,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (STORE_IS_STORE (self));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, store_read_async);
  g_task_set_task_data (task, data, destroy);
  if (self->reading == NULL)
    g_task_return_new_error (task, STORE_ERROR, STORE_ERROR_CLOSED, "The store is closed");
  else
    store_reading_push (self->reading, io_priority, func, g_steal_pointer (&task));
}

/**
 * store_read_get_data:
 *
 * Returns: (transfer none): the data that store_read_async () was given, while @result lives
 */
gpointer
store_read_get_data (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_read_async), NULL);

  return g_task_get_task_data (G_TASK (result));
}

gboolean
store_read_finish (Store         *self,
                   GAsyncResult  *result,
                   GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, store_read_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * store_watch:
 * @func: told what commits have changed, at most once a frame
 * @destroy: (nullable): frees @user_data
 *
 * Thread: any; @func is called in its default context.
 *
 * Returns: what store_unwatch () takes
 */
guint
store_watch (Store            *self,
             StoreChangesFunc  func,
             gpointer          user_data,
             GDestroyNotify    destroy)
{
  g_return_val_if_fail (STORE_IS_STORE (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  return store_hub_watch (self->hub, func, user_data, destroy);
}

/**
 * store_unwatch:
 *
 * Thread: the one that called store_watch (); it is not called back any more after this.
 */
void
store_unwatch (Store *self,
               guint  watch)
{
  g_return_if_fail (STORE_IS_STORE (self));

  store_hub_unwatch (self->hub, watch);
}
