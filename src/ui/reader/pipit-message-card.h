#pragma once

#include "pipit-message.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_CARD (pipit_message_card_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageCard, pipit_message_card, PIPIT, MESSAGE_CARD, GtkListBoxRow)

/* Signal "settled": the height of its content is known. */
GtkWidget    *pipit_message_card_new          (PipitMessage     *message);
PipitMessage *pipit_message_card_get_message  (PipitMessageCard *self);
gboolean      pipit_message_card_get_expanded (PipitMessageCard *self);
void          pipit_message_card_set_expanded (PipitMessageCard *self,
                                               gboolean          expanded);
void          pipit_message_card_set_near     (PipitMessageCard *self,
                                               gboolean          near);

G_END_DECLS
