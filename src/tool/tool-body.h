#pragma once

#include "mime-message.h"
#include "tool-engine.h"

G_BEGIN_DECLS

MimeMessage *tool_body_load (ToolEngine  *engine,
                             gint64       location,
                             SyncFetch    fetch,
                             GError     **error);

G_END_DECLS
