#pragma once

#include "tool-context.h"

G_BEGIN_DECLS

/* Each command reads its own arguments, of which the first is its name. */
typedef ToolExit (*ToolCommandFunc) (ToolContext *context,
                                     GStrv        arguments);

ToolExit tool_account_add    (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_account_list   (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_account_remove (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_discover       (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_doctor         (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_sync           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_folders        (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_list           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_search         (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_show           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_parts          (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_status         (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_send           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_flag           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_move           (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_delete         (ToolContext *context,
                              GStrv        arguments);
ToolExit tool_parse          (ToolContext *context,
                              GStrv        arguments);

G_END_DECLS
