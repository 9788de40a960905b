#pragma once

#include "tool-engine.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean tool_rows_show (ToolEngine   *engine,
                         GArray       *entries,
                         JsonBuilder  *builder,
                         GError      **error);

G_END_DECLS
