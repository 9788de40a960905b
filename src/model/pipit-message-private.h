#pragma once

#include "pipit-message.h"

#include "store-message.h"

G_BEGIN_DECLS

PipitMessage       *pipit_message_new          (PipitEngine    *engine,
                                                gint64          id,
                                                PipitFolder    *folder);
void                pipit_message_take_row     (PipitMessage   *self,
                                                StoreRow       *row);
void                pipit_message_take_details (PipitMessage   *self,
                                                StoreMessage   *details);
void                pipit_message_recompute    (PipitMessage   *self);
const StoreRow     *pipit_message_get_row      (PipitMessage   *self);
const StoreMessage *pipit_message_get_details  (PipitMessage   *self);

G_END_DECLS
