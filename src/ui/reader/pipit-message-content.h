#pragma once

#include "pipit-body.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_CONTENT (pipit_message_content_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageContent, pipit_message_content, PIPIT, MESSAGE_CONTENT, AdwBin)

/* Property "as-text" (notifies): HTML is shown as text. Signal "settled": its height is known. */
GtkWidget *pipit_message_content_new         (PipitBody           *body,
                                              gboolean             as_text);
void       pipit_message_content_set_near    (PipitMessageContent *self,
                                              gboolean             near);
void       pipit_message_content_set_as_text (PipitMessageContent *self,
                                              gboolean             as_text);
gboolean   pipit_message_content_get_as_text (PipitMessageContent *self);

G_END_DECLS
