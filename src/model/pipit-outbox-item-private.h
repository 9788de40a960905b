#pragma once

#include "pipit-outbox-item.h"

#include "store-outbox.h"

G_BEGIN_DECLS

PipitOutboxItem       *pipit_outbox_item_new      (PipitEngine     *engine,
                                                   StoreOutboxItem *row);
void                   pipit_outbox_item_take_row (PipitOutboxItem *self,
                                                   StoreOutboxItem *row);
const StoreOutboxItem *pipit_outbox_item_get_row  (PipitOutboxItem *self);

G_END_DECLS
