#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean  net_address_is_here     (GInetSocketAddress *address);
char     *net_address_dup_network (GInetSocketAddress *address);

G_END_DECLS
