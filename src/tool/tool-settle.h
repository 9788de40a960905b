#pragma once

#include "tool-engine.h"
#include "tool-output.h"

G_BEGIN_DECLS

gboolean tool_settle_account (ToolEngine       *engine,
                              AccountSettings  *settings,
                              SyncReport      **out_report,
                              GError          **error);

G_END_DECLS
