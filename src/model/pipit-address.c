#include "pipit-address-private.h"

#include "mime-address.h"

#include <string.h>

/**
 * PipitAddress:
 *
 * Somebody who writes or is written to. Immutable.
 */
struct _PipitAddress
{
  GObject parent_instance;

  char *name;    /* (owned) (nullable) */
  char *address; /* (owned) */
  char *label;   /* (owned) what a person calls them */
};

G_DEFINE_FINAL_TYPE (PipitAddress, pipit_address, G_TYPE_OBJECT)

static void
pipit_address_finalize (GObject *object)
{
  PipitAddress *self = PIPIT_ADDRESS (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->label, g_free);

  G_OBJECT_CLASS (pipit_address_parent_class)->finalize (object);
}

static void
pipit_address_class_init (PipitAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pipit_address_finalize;
}

static void
pipit_address_init (PipitAddress *self)
{
}

/**
 * pipit_address_new:
 * @name: (nullable): the display name
 * @address: local-part@domain
 *
 * Returns: (transfer full): an address
 */
PipitAddress *
pipit_address_new (const char *name,
                   const char *address)
{
  PipitAddress *self = g_object_new (PIPIT_TYPE_ADDRESS, NULL);

  self->name = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  self->address = g_strdup (address != NULL ? address : "");
  self->label = g_strdup (self->name != NULL ? self->name : self->address);

  return self;
}

/**
 * pipit_address_list_from_store:
 * @list: (nullable): addresses as the cache has them
 *
 * Returns: (transfer full): a list of #PipitAddress, empty for %NULL
 */
GListModel *
pipit_address_list_from_store (const StoreAddressList *list)
{
  GListStore *store = g_list_store_new (PIPIT_TYPE_ADDRESS);

  for (guint i = 0; list != NULL && i < list->n_items; i++)
    {
      g_autoptr(PipitAddress) item = pipit_address_new (list->items[i].name,
                                                        list->items[i].address);
      g_list_store_append (store, item);
    }

  return G_LIST_MODEL (store);
}

/**
 * pipit_address_parse_list:
 * @text: addresses as a person types or pastes them
 *
 * Returns: (transfer full): a list of #PipitAddress, also of what is not valid
 */
GListModel *
pipit_address_parse_list (const char *text)
{
  g_autoptr(MimeAddressList) list = mime_address_list_parse_typed (text);
  GListStore *store = g_list_store_new (PIPIT_TYPE_ADDRESS);

  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *address = mime_address_list_get (list, i);
      g_autoptr(PipitAddress) item = pipit_address_new (address->name, address->address);

      g_list_store_append (store, item);
    }

  return G_LIST_MODEL (store);
}

/**
 * pipit_address_format_list:
 * @addresses: a list of #PipitAddress
 *
 * Returns: (transfer full): text that pipit_address_parse_list() reads back
 */
char *
pipit_address_format_list (GListModel *addresses)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    {
      g_autoptr(PipitAddress) address = g_list_model_get_item (addresses, i);
      g_autofree char *full = pipit_address_dup_full (address);

      if (i > 0)
        g_string_append (text, ", ");
      g_string_append (text, full);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * pipit_address_get_name:
 *
 * Returns: (transfer none) (nullable): the display name
 */
const char *
pipit_address_get_name (PipitAddress *self)
{
  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), NULL);

  return self->name;
}

/**
 * pipit_address_get_address:
 *
 * Returns: (transfer none): local-part@domain
 */
const char *
pipit_address_get_address (PipitAddress *self)
{
  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), NULL);

  return self->address;
}

/**
 * pipit_address_get_label:
 *
 * Returns: (transfer none): the name where there is one, else the address
 */
const char *
pipit_address_get_label (PipitAddress *self)
{
  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), NULL);

  return self->label;
}

/**
 * pipit_address_dup_full:
 *
 * Returns: (transfer full): `Mara Lind <mara@lind.example>`, quoted where it has to be
 */
char *
pipit_address_dup_full (PipitAddress *self)
{
  MimeAddress address = { 0 };

  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), NULL);

  address.name = self->name;
  address.address = self->address;

  return mime_address_format (&address);
}

/**
 * pipit_address_is_valid:
 *
 * Returns: %TRUE if mail could be sent there, as far as its form tells
 */
gboolean
pipit_address_is_valid (PipitAddress *self)
{
  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), FALSE);

  return mime_address_is_valid (self->address);
}

/**
 * pipit_address_equal:
 * @other: another address
 *
 * Returns: %TRUE if both name one mailbox, whatever the display names are
 */
gboolean
pipit_address_equal (PipitAddress *self,
                     PipitAddress *other)
{
  g_return_val_if_fail (PIPIT_IS_ADDRESS (self), FALSE);
  g_return_val_if_fail (PIPIT_IS_ADDRESS (other), FALSE);

  return mime_address_equal (self->address, other->address);
}
