#pragma once

#include "tool-context.h"

G_BEGIN_DECLS

void tool_account_print (ToolContext     *context,
                         AccountSettings *settings);

G_END_DECLS
