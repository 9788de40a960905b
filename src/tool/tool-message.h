#pragma once

#include "mime-message.h"
#include "tool-output.h"

G_BEGIN_DECLS

void tool_message_print       (MimeMessage *message);
void tool_message_print_text  (MimeMessage *message);
void tool_message_print_parts (MimeMessage *message);
void tool_message_add         (JsonBuilder *builder,
                               MimeMessage *message);
void tool_message_add_parts   (JsonBuilder *builder,
                               const char  *name,
                               GPtrArray   *parts);

GPtrArray *tool_message_list_parts (MimeMessage *message);

G_END_DECLS
