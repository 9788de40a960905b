#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *pipit_settings_open (const char *keyfile_path);
GSettings *pipit_settings_get  (void);

G_END_DECLS
