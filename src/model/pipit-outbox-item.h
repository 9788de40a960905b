#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_OUTBOX_ITEM (pipit_outbox_item_get_type ())
G_DECLARE_FINAL_TYPE (PipitOutboxItem, pipit_outbox_item, PIPIT, OUTBOX_ITEM, GObject)

/* Properties (all notify): "state" (PipitOutboxState), "status" (a sentence). */
gint64            pipit_outbox_item_get_id         (PipitOutboxItem *self);
PipitAccount     *pipit_outbox_item_get_account    (PipitOutboxItem *self); /* (nullable) when removed */
PipitOutboxState  pipit_outbox_item_get_state      (PipitOutboxItem *self);
const char       *pipit_outbox_item_get_subject    (PipitOutboxItem *self);
const char       *pipit_outbox_item_get_recipients (PipitOutboxItem *self);
const char       *pipit_outbox_item_get_status     (PipitOutboxItem *self);
gint64            pipit_outbox_item_get_date_unix  (PipitOutboxItem *self);
gboolean          pipit_outbox_item_can_retry      (PipitOutboxItem *self);
gboolean          pipit_outbox_item_can_cancel     (PipitOutboxItem *self);

void              pipit_outbox_item_retry          (PipitOutboxItem *self); /* "send again", also when unsure */
void              pipit_outbox_item_mark_sent      (PipitOutboxItem *self); /* unsure: the person knows it arrived */
void              pipit_outbox_item_discard        (PipitOutboxItem *self);
/* Takes it out of the outbox and gives what was to be sent, to be written on: see
 * pipit_composition_new_from_source_async (). */
void              pipit_outbox_item_take_back_async  (PipitOutboxItem      *self,
                                                      GCancellable         *cancellable,
                                                      GAsyncReadyCallback   callback,
                                                      gpointer              user_data);
GBytes           *pipit_outbox_item_take_back_finish (PipitOutboxItem      *self,
                                                      GAsyncResult         *result,
                                                      GError              **error);

G_END_DECLS
