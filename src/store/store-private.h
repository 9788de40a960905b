#pragma once

#include "store-hub-private.h"
#include "store-reading-private.h"
#include "store-writer-private.h"
#include "store.h"

G_BEGIN_DECLS

StoreWriter *store_get_writer (Store *self);

G_END_DECLS
