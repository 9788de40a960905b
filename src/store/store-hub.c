#include "store-hub-private.h"

/* A frame at 60 Hz. */
#define FRAME_MS 16

/* A watch is shared by the hub, which forgets it when it ends, and by the source that is to
 * tell it. Everything but the context is guarded by the hub's lock; calling out is not done
 * under it. */
typedef struct
{
  gatomicrefcount ref_count;
  guint id;
  StoreHub *hub;          /* (unowned) (nullable): until it ends */
  GMainContext *context;  /* (owned) */
  StoreChangesFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  StoreChangeSet *pending; /* (owned) */
  gboolean is_scheduled;
  gboolean is_ended;
} Watch;

struct _StoreHub
{
  GMutex lock;
  Store *store;       /* (unowned) */
  GPtrArray *watches; /* (owned) (element-type Watch) */
  guint last_watch;
  guint64 serial;
};

static Watch *
watch_ref (Watch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
watch_unref (Watch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  store_change_set_free (self->pending);
  g_main_context_unref (self->context);
  g_free (self);
}

StoreHub *
store_hub_new (Store *store)
{
  StoreHub *self = g_new0 (StoreHub, 1);

  g_mutex_init (&self->lock);
  self->store = store;
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) watch_unref);
  return self;
}

/**
 * store_hub_close:
 *
 * Ends all watches and frees the hub. The writer must have stopped. Watches of other threads
 * must have been ended by these threads.
 */
void
store_hub_close (StoreHub *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = g_ptr_array_index (self->watches, i);

      watch->is_ended = TRUE;
      watch->hub = NULL;
    }

  g_ptr_array_unref (self->watches);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * store_hub_watch:
 *
 * Thread: any; @func is called, and @destroy mostly, in the default context of this one.
 *
 * Returns: what ends it
 */
guint
store_hub_watch (StoreHub         *self,
                 StoreChangesFunc  func,
                 gpointer          user_data,
                 GDestroyNotify    destroy)
{
  Watch *watch = g_new0 (Watch, 1);
  guint id;

  g_atomic_ref_count_init (&watch->ref_count);
  watch->hub = self;
  watch->context = g_main_context_ref_thread_default ();
  watch->func = func;
  watch->user_data = user_data;
  watch->destroy = destroy;
  watch->pending = store_change_set_new ();

  g_mutex_lock (&self->lock);
  id = watch->id = ++self->last_watch;
  g_ptr_array_add (self->watches, watch);
  g_mutex_unlock (&self->lock);
  return id;
}

/**
 * store_hub_unwatch:
 *
 * Thread: the one that watched. @func is not called any more.
 */
void
store_hub_unwatch (StoreHub *self,
                   guint     id)
{
  Watch *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->watches->len && found == NULL; i++)
    {
      Watch *watch = g_ptr_array_index (self->watches, i);

      if (watch->id == id)
        {
          watch->is_ended = TRUE;
          watch->hub = NULL;
          found = g_ptr_array_steal_index (self->watches, i);
        }
    }
  g_mutex_unlock (&self->lock);

  g_return_if_fail (found != NULL);
  watch_unref (found);
}

static gboolean
tell_cb (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr(StoreChanges) changes = NULL;
  g_autoptr(StoreChangeSet) pending = NULL;
  StoreHub *hub = watch->hub;
  Store *store;
  guint64 serial;

  /* set only by this thread, or when the store is closed from it */
  if (watch->is_ended)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&hub->lock);
  pending = g_steal_pointer (&watch->pending);
  watch->pending = store_change_set_new ();
  watch->is_scheduled = FALSE;
  serial = hub->serial;
  store = g_object_ref (hub->store);
  g_mutex_unlock (&hub->lock);

  changes = store_changes_new_from_set (pending, serial);
  watch->func (store, changes, watch->user_data);
  g_object_unref (store);
  return G_SOURCE_REMOVE;
}

static void
schedule (Watch *watch)
{
  g_autoptr(GSource) source = g_timeout_source_new (FRAME_MS);

  watch->is_scheduled = TRUE;
  g_source_set_callback (source, tell_cb, watch_ref (watch), (GDestroyNotify) watch_unref);
  g_source_set_static_name (source, "[pipit] store changes");
  g_source_attach (source, watch->context);
}

/**
 * store_hub_commit:
 * @changes: what the commit changed; emptied
 *
 * Thread: the writer.
 */
void
store_hub_commit (StoreHub       *self,
                  StoreChangeSet *changes)
{
  g_mutex_lock (&self->lock);
  self->serial++;
  if (!store_change_set_is_empty (changes))
    {
      for (guint i = 0; i < self->watches->len; i++)
        {
          Watch *watch = g_ptr_array_index (self->watches, i);

          store_change_set_merge (watch->pending, changes);
          if (!watch->is_scheduled)
            schedule (watch);
        }
    }
  g_mutex_unlock (&self->lock);

  store_change_set_clear (changes);
}

guint64
store_hub_get_serial (StoreHub *self)
{
  guint64 serial;

  g_mutex_lock (&self->lock);
  serial = self->serial;
  g_mutex_unlock (&self->lock);
  return serial;
}
