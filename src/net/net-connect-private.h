#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray         *net_connect_resolve      (const char    *host,
                                             guint16        port,
                                             guint          timeout_ms,
                                             GCancellable  *cancellable,
                                             GError       **error);
GSocketConnection *net_connect_to_addresses (GPtrArray     *addresses,
                                             guint          timeout_ms,
                                             GCancellable  *cancellable,
                                             GError       **error);

char              *net_connect_describe     (GInetSocketAddress *address);

G_END_DECLS
