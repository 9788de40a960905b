#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_TEXT (pipit_message_text_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageText, pipit_message_text, PIPIT, MESSAGE_TEXT, AdwBin)

/* Signal "link" (const char *address): a link was clicked. */
GtkWidget *pipit_message_text_new      (const char       *text);
void       pipit_message_text_set_text (PipitMessageText *self,
                                        const char       *text);

G_END_DECLS
