#pragma once

#include "tool-engine.h"

G_BEGIN_DECLS

/* Makes the change for some messages of one account. */
typedef SyncChange *(*ToolChangeFunc) (ToolEngine       *engine,
                                       AccountSettings  *settings,
                                       GArray           *locations,
                                       gpointer          user_data,
                                       GError          **error);

ToolExit tool_change_apply (ToolEngine      *engine,
                            GStrv            ids,
                            gboolean         later,
                            ToolChangeFunc   func,
                            gpointer         user_data,
                            GError         **error);

G_END_DECLS
