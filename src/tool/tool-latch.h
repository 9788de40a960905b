#pragma once

#include "tool-context.h"
#include "tool-output.h"

G_BEGIN_DECLS

GPtrArray *tool_latch_list  (ToolContext     *context,
                             AccountSettings *settings);
void       tool_latch_print (GPtrArray       *latches,
                             const char      *server,
                             const char *const *quirks);
void       tool_latch_add   (JsonBuilder     *builder,
                             GPtrArray       *latches,
                             const char      *server);

G_END_DECLS
