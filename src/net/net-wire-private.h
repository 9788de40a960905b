#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NET_TYPE_WIRE (net_wire_get_type ())

G_DECLARE_FINAL_TYPE (NetWire, net_wire, NET, WIRE, GIOStream)

NetWire      *net_wire_new                (GSocketConnection *connection);
GSocket      *net_wire_get_socket         (NetWire           *self);
const guint8 *net_wire_peek_head          (NetWire           *self,
                                           gsize             *out_size_bytes);
gboolean      net_wire_has_ended          (NetWire           *self);
void          net_wire_forget_head        (NetWire           *self);

G_END_DECLS
