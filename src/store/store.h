#pragma once

#include "store-body.h"
#include "store-changes.h"
#include "store-error.h"

G_BEGIN_DECLS

#define STORE_TYPE_STORE (store_get_type ())

G_DECLARE_FINAL_TYPE (Store, store, STORE, STORE, GObject)

typedef struct _StoreTransaction StoreTransaction;
typedef struct _StoreReader StoreReader;

/**
 * StoreOpenFlags:
 * @STORE_OPEN_DEFAULT: create what is missing, migrate, read and write
 * @STORE_OPEN_READ_ONLY: beside the process that owns the store: nothing is created or
 *   migrated, and writes are refused
 * @STORE_OPEN_BESIDE: likewise, but a person's wishes may be written: the owner has to be told
 */
typedef enum
{
  STORE_OPEN_DEFAULT = 0,
  STORE_OPEN_READ_ONLY = 1 << 0,
  STORE_OPEN_BESIDE = 1 << 1,
} StoreOpenFlags;

/**
 * StorePriority:
 *
 * Who waits for a write, the most urgent first. Within one priority, first come first served.
 */
typedef enum
{
  STORE_PRIORITY_PERSON,
  STORE_PRIORITY_OPERATIONS,
  STORE_PRIORITY_SYNC,
  STORE_PRIORITY_HOUSEKEEPING,
} StorePriority;

/**
 * StoreWriteFunc:
 *
 * One transaction. Runs on the store's writer thread; whatever it did is committed when it
 * returns %TRUE and rolled back when it returns %FALSE with @error set. It must not wait for
 * anything and keep nothing of @tx.
 */
typedef gboolean (*StoreWriteFunc) (StoreTransaction  *tx,
                                    gpointer           user_data,
                                    GError           **error);

/**
 * StoreReadFunc:
 *
 * Queries, in one consistent snapshot of each database. Runs on the store's reader thread.
 */
typedef gboolean (*StoreReadFunc) (StoreReader  *reader,
                                   gpointer      user_data,
                                   GError      **error);

/**
 * StoreChangesFunc:
 *
 * Told in the context that was the default one of the thread that watches.
 */
typedef void (*StoreChangesFunc) (Store        *store,
                                  StoreChanges *changes,
                                  gpointer      user_data);

Store      *store_open               (const char           *directory,
                                      StoreOpenFlags        flags,
                                      GError              **error);
void        store_open_async         (const char           *directory,
                                      StoreOpenFlags        flags,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
Store      *store_open_finish        (GAsyncResult         *result,
                                      GError              **error);
void        store_close              (Store                *self);

const char *store_get_directory      (Store                *self);
gboolean    store_is_read_only       (Store                *self);
const char *store_get_set_aside_path (Store                *self);
guint64     store_get_serial         (Store                *self);

void        store_write_async        (Store                *self,
                                      StorePriority         priority,
                                      StoreWriteFunc        func,
                                      gpointer              data,
                                      GDestroyNotify        destroy,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gpointer    store_write_get_data     (GAsyncResult         *result);
gboolean    store_write_finish       (Store                *self,
                                      GAsyncResult         *result,
                                      GError              **error);
gboolean    store_write_await        (Store                *self,
                                      StorePriority         priority,
                                      StoreWriteFunc        func,
                                      gpointer              data,
                                      GCancellable         *cancellable,
                                      GError              **error);

void        store_read_async         (Store                *self,
                                      int                   io_priority,
                                      StoreReadFunc         func,
                                      gpointer              data,
                                      GDestroyNotify        destroy,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gpointer    store_read_get_data      (GAsyncResult         *result);
gboolean    store_read_finish        (Store                *self,
                                      GAsyncResult         *result,
                                      GError              **error);

guint       store_watch              (Store                *self,
                                      StoreChangesFunc      func,
                                      gpointer              user_data,
                                      GDestroyNotify        destroy);
void        store_unwatch            (Store                *self,
                                      guint                 watch);

G_END_DECLS
