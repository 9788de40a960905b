#pragma once

#include "store-changes-private.h"
#include "store.h"

G_BEGIN_DECLS

/* Tells each watcher, in its own context and at most once a frame, what commits changed. */
typedef struct _StoreHub StoreHub;

StoreHub *store_hub_new        (Store            *store);
void      store_hub_close      (StoreHub         *self);
guint     store_hub_watch      (StoreHub         *self,
                                StoreChangesFunc  func,
                                gpointer          user_data,
                                GDestroyNotify    destroy);
void      store_hub_unwatch    (StoreHub         *self,
                                guint             watch);
void      store_hub_commit     (StoreHub         *self,
                                StoreChangeSet   *changes);
guint64   store_hub_get_serial (StoreHub         *self);

G_END_DECLS
