#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_CONVERSATION (pipit_conversation_get_type ())
G_DECLARE_FINAL_TYPE (PipitConversation, pipit_conversation, PIPIT, CONVERSATION, GObject)

/*
 * A GListModel of PipitMessage, oldest first: every message of the conversation in any folder of
 * the account (Trash and Junk only when opened from there); a message that lies in two folders once.
 * Properties (all notify): "subject", "loading".
 */
PipitConversation *pipit_conversation_new          (PipitMessage      *message);

PipitMessage      *pipit_conversation_get_message  (PipitConversation *self); /* that was opened */
const char        *pipit_conversation_get_subject  (PipitConversation *self);
gboolean           pipit_conversation_get_loading  (PipitConversation *self);
guint              pipit_conversation_get_target   (PipitConversation *self); /* position to open: first unread, else newest */

G_END_DECLS
