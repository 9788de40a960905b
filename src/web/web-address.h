#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GUri     *web_address_parse     (const char    *text,
                                 GUri          *base,
                                 GError       **error);
gboolean  web_address_is_public (GInetAddress  *address);

G_END_DECLS
