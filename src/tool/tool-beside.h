#pragma once

#include "tool-engine.h"

G_BEGIN_DECLS

gboolean tool_beside_settle (ToolEngine       *engine,
                             AccountSettings  *settings,
                             SyncReport      **out_report,
                             GError          **error);
gboolean tool_beside_sync   (ToolEngine       *engine,
                             AccountSettings  *settings,
                             gint64            folder,
                             SyncBodies        bodies,
                             SyncReport      **out_report,
                             GError          **error);
void     tool_beside_wake   (ToolEngine       *engine,
                             AccountSettings  *settings);

G_END_DECLS
