#pragma once

#include "pipit-change.h"

#include "store-operation.h"

G_BEGIN_DECLS

PipitChange *pipit_change_new (const StoreOperation *operation,
                               guint                 n_messages,
                               const char           *target);

G_END_DECLS
