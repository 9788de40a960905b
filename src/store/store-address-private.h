#pragma once

#include "store-address.h"

G_BEGIN_DECLS

gboolean          store_address_encode (GString            *into,
                                        const StoreAddress *items,
                                        guint               n_items);
StoreAddressList *store_address_decode (const char         *text);

G_END_DECLS
