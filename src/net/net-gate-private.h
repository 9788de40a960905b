#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NET_GATE_WIDTH 4

gboolean net_gate_enter (gint64         deadline_us,
                         GCancellable  *cancellable,
                         GError       **error);
void     net_gate_leave (void);

guint    net_gate_count (void);

G_END_DECLS
