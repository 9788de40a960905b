#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *tool_input_read (const char  *path,
                         GError     **error);

G_END_DECLS
