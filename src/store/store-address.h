#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreAddress:
 * @name: (nullable): the display name, decoded
 * @address: the address, local-part@domain as it was written
 */
typedef struct
{
  const char *name;
  const char *address;
} StoreAddress;

/**
 * StoreAddressList:
 *
 * An immutable list of addresses, one block of memory.
 */
typedef struct
{
  guint n_items;
  StoreAddress items[];
} StoreAddressList;

#define STORE_TYPE_ADDRESS_LIST (store_address_list_get_type ())

GType             store_address_list_get_type (void) G_GNUC_CONST;

StoreAddressList *store_address_list_new      (const StoreAddress     *items,
                                               guint                   n_items);
StoreAddressList *store_address_list_copy     (const StoreAddressList *self);
void              store_address_list_free     (StoreAddressList       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreAddressList, store_address_list_free)

G_END_DECLS
