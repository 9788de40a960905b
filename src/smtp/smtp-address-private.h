#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *smtp_address_to_wire (const char  *address,
                            gboolean    *out_needs_utf8,
                            GError     **error);

G_END_DECLS
