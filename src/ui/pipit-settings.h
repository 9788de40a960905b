#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *pipit_settings_open (const char *keyfile_path);

G_END_DECLS
