#pragma once

#include "store.h"

G_BEGIN_DECLS

/* The thread that answers store_read_async (). */
typedef struct _StoreReading StoreReading;

StoreReading *store_reading_new   (Store         *store);
void          store_reading_close (StoreReading  *self);
void          store_reading_push  (StoreReading  *self,
                                   int            io_priority,
                                   StoreReadFunc  func,
                                   GTask         *task);

G_END_DECLS
