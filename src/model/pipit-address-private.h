#pragma once

#include "pipit-address.h"

#include "store-address.h"

G_BEGIN_DECLS

GListModel *pipit_address_list_from_store (const StoreAddressList *list);

G_END_DECLS
