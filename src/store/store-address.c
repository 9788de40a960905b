#include "store-address-private.h"

#include <string.h>

/* In a column a list is "name US address RS name US address": ASCII's own separators, which
 * are taken out of what came from a message. */
#define UNIT_SEPARATOR '\x1f'
#define RECORD_SEPARATOR '\x1e'

/* A header may name thousands; beyond these nobody reads. The body has them all. */
#define MAX_ADDRESSES 1000

G_DEFINE_BOXED_TYPE (StoreAddressList, store_address_list, store_address_list_copy,
                     store_address_list_free)

/**
 * store_address_list_new:
 * @items: (nullable) (array length=n_items): copied
 *
 * Returns: (transfer full): the list
 */
StoreAddressList *
store_address_list_new (const StoreAddress *items,
                        guint               n_items)
{
  gsize size = sizeof (StoreAddressList) + n_items * sizeof (StoreAddress);
  gsize text_size = 0;
  StoreAddressList *self;
  char *text;

  for (guint i = 0; i < n_items; i++)
    text_size += (items[i].name == NULL ? 0 : strlen (items[i].name) + 1) +
                 strlen (items[i].address) + 1;

  self = g_malloc (size + text_size);
  self->n_items = n_items;
  text = (char *) self + size;
  for (guint i = 0; i < n_items; i++)
    {
      self->items[i].name = NULL;
      if (items[i].name != NULL)
        {
          self->items[i].name = text;
          text = g_stpcpy (text, items[i].name) + 1;
        }
      self->items[i].address = text;
      text = g_stpcpy (text, items[i].address) + 1;
    }

  return self;
}

StoreAddressList *
store_address_list_copy (const StoreAddressList *self)
{
  return store_address_list_new (self->items, self->n_items);
}

void
store_address_list_free (StoreAddressList *self)
{
  g_free (self);
}

static void
append_clean (GString    *into,
              const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    g_string_append_c (into, (guchar) *p < 0x20 ? ' ' : *p);
}

/**
 * store_address_encode:
 * @into: where to append the form of a column
 *
 * Returns: whether there is anything to store
 */
gboolean
store_address_encode (GString            *into,
                      const StoreAddress *items,
                      guint               n_items)
{
  for (guint i = 0; i < MIN (n_items, MAX_ADDRESSES); i++)
    {
      if (i > 0)
        g_string_append_c (into, RECORD_SEPARATOR);
      if (items[i].name != NULL)
        append_clean (into, items[i].name);
      g_string_append_c (into, UNIT_SEPARATOR);
      append_clean (into, items[i].address == NULL ? "" : items[i].address);
    }

  return n_items > 0;
}

/**
 * store_address_decode:
 * @text: (nullable): a column
 *
 * Returns: (transfer full): the list, empty for %NULL. Whatever the column holds, it is valid
 */
StoreAddressList *
store_address_decode (const char *text)
{
  g_autofree char *copy = g_strdup (text == NULL ? "" : text);
  g_autoptr(GArray) items = g_array_new (FALSE, FALSE, sizeof (StoreAddress));
  char *p = copy;

  while (*p != '\0' && items->len < MAX_ADDRESSES)
    {
      char *end = p + strcspn (p, "\x1e");
      gboolean is_last = *end == '\0';
      StoreAddress item = { NULL, "" };
      char *unit;

      *end = '\0';
      unit = strchr (p, UNIT_SEPARATOR);
      if (unit != NULL)
        *unit++ = '\0';
      if (*p != '\0')
        item.name = p;
      if (unit != NULL)
        item.address = unit;
      g_array_append_val (items, item);
      p = is_last ? end : end + 1;
    }

  return store_address_list_new ((const StoreAddress *) (gpointer) items->data, items->len);
}
