#pragma once

#include "pipit-message.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_HEAD (pipit_message_head_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageHead, pipit_message_head, PIPIT, MESSAGE_HEAD, AdwBin)

/* Signal "clicked": the card is to be opened or closed. */
void pipit_message_head_set_message  (PipitMessageHead *self,
                                      PipitMessage     *message);
void pipit_message_head_set_expanded (PipitMessageHead *self,
                                      gboolean          expanded);

G_END_DECLS
