#include "mime-address.h"

#include "mime-address-private.h"

#include <string.h>

/* Everything in one block: this, the items, the strings. Immutable. */
struct _MimeAddressList
{
  gatomicrefcount ref_count;
  guint           n_items;
  MimeAddress     items[];
};

G_DEFINE_BOXED_TYPE (MimeAddressList, mime_address_list, mime_address_list_ref,
                     mime_address_list_unref)

/*
 * mime_address_list_build:
 * @strings: strings one behind the other, each with its NUL; the first one is empty
 * @items: (element-type MimeAddressOffsets): where they begin
 *
 * Returns: (transfer full): the list
 */
MimeAddressList *
mime_address_list_build (GString *strings,
                         GArray  *items)
{
  gsize head = sizeof (MimeAddressList) + items->len * sizeof (MimeAddress);
  MimeAddressList *self = g_malloc (head + strings->len + 1);
  char *base = (char *) self + head;

  g_atomic_ref_count_init (&self->ref_count);
  self->n_items = items->len;
  memcpy (base, strings->str, strings->len + 1);
  for (guint i = 0; i < items->len; i++)
    {
      const MimeAddressOffsets *item = &g_array_index (items, MimeAddressOffsets, i);

      self->items[i].name = item->name > 0 ? base + item->name : NULL;
      self->items[i].address = base + item->address;
      self->items[i].group = item->group > 0 ? base + item->group : NULL;
    }

  return self;
}

static gsize
strings_size (const MimeAddress *items,
              guint              n_items)
{
  gsize size = 0;

  for (guint i = 0; i < n_items; i++)
    size += (items[i].name != NULL ? strlen (items[i].name) + 1 : 0) +
            (items[i].address != NULL ? strlen (items[i].address) + 1 : 1) +
            (items[i].group != NULL ? strlen (items[i].group) + 1 : 0);

  return size;
}

static const char *
put_string (char       **base,
            const char  *text)
{
  char *start = *base;

  if (text == NULL || *text == '\0')
    return NULL;
  *base = g_stpcpy (start, text) + 1;

  return start;
}

static void
put_items (MimeAddressList   *self,
           char             **base,
           const MimeAddress *items,
           guint              n_items)
{
  for (guint i = 0; i < n_items; i++)
    {
      MimeAddress *item = &self->items[self->n_items++];

      item->name = put_string (base, items[i].name);
      item->address = put_string (base, items[i].address);
      item->group = put_string (base, items[i].group);
      if (item->address == NULL)
        item->address = "";
    }
}

static MimeAddressList *
list_from (const MimeAddress *first,
           guint              n_first,
           const MimeAddress *second,
           guint              n_second)
{
  gsize head = sizeof (MimeAddressList) + ((gsize) n_first + n_second) * sizeof (MimeAddress);
  MimeAddressList *self = g_malloc (head + strings_size (first, n_first) +
                                    strings_size (second, n_second));
  char *base = (char *) self + head;

  g_atomic_ref_count_init (&self->ref_count);
  self->n_items = 0;
  put_items (self, &base, first, n_first);
  put_items (self, &base, second, n_second);

  return self;
}

/**
 * mime_address_list_new:
 * @items: (array length=n_items) (nullable): addresses, copied
 * @n_items: how many
 *
 * Returns: (transfer full): an immutable list of them
 */
MimeAddressList *
mime_address_list_new (const MimeAddress *items,
                       guint              n_items)
{
  return list_from (items, n_items, NULL, 0);
}

/**
 * mime_address_list_concat:
 * @first: (nullable): a list
 * @second: (nullable): another
 *
 * Returns: (transfer full): what is in @first, then what is in @second and not in @first
 */
MimeAddressList *
mime_address_list_concat (const MimeAddressList *first,
                          const MimeAddressList *second)
{
  g_autoptr(GArray) added = g_array_new (FALSE, FALSE, sizeof (MimeAddress));

  for (guint i = 0; i < mime_address_list_get_length (second); i++)
    if (second->items[i].address[0] == '\0' ||
        !mime_address_list_contains (first, second->items[i].address))
      g_array_append_val (added, second->items[i]);

  return list_from (first != NULL ? first->items : NULL, mime_address_list_get_length (first),
                    (const MimeAddress *) (gpointer) added->data, added->len);
}

/**
 * mime_address_list_ref:
 * @self: a list
 *
 * Returns: (transfer full): @self
 */
MimeAddressList *
mime_address_list_ref (MimeAddressList *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mime_address_list_unref:
 * @self: (transfer full): a list
 */
void
mime_address_list_unref (MimeAddressList *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * mime_address_list_get_length:
 * @self: (nullable): a list
 *
 * Returns: the number of addresses, 0 for %NULL
 */
guint
mime_address_list_get_length (const MimeAddressList *self)
{
  return self != NULL ? self->n_items : 0;
}

/**
 * mime_address_list_get:
 * @self: a list
 * @position: counted from 0
 *
 * Returns: (transfer none): the address at @position
 */
const MimeAddress *
mime_address_list_get (const MimeAddressList *self,
                       guint                  position)
{
  g_return_val_if_fail (self != NULL && position < self->n_items, NULL);

  return &self->items[position];
}

/**
 * mime_address_list_contains:
 * @self: (nullable): a list
 * @address: `local@domain`
 *
 * Returns: whether @address is in it, compared as mime_address_equal() does
 */
gboolean
mime_address_list_contains (const MimeAddressList *self,
                            const char            *address)
{
  g_autofree char *wanted = mime_address_normalize (address);

  for (guint i = 0; i < mime_address_list_get_length (self); i++)
    {
      g_autofree char *normalized = mime_address_normalize (self->items[i].address);

      if (g_str_equal (wanted, normalized))
        return TRUE;
    }

  return FALSE;
}

/* Whether a display name can stand without quotes. RFC 5322 section 3.2.3. */
static gboolean
is_atoms (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (strchr ("()<>[]:;@\\,.\"", *p) != NULL || (guchar) *p < ' ')
      return FALSE;

  return TRUE;
}

/**
 * mime_address_format:
 * @address: an address
 *
 * Writes an address for people to read and edit: `Name <local@domain>`, quoted where needed, not
 * encoded. mime_address_list_parse_typed() reads it back.
 *
 * Returns: (transfer full): the text
 */
char *
mime_address_format (const MimeAddress *address)
{
  GString *text;

  g_return_val_if_fail (address != NULL, NULL);

  if (address->name == NULL)
    return g_strdup (address->address);
  if (is_atoms (address->name))
    return g_strdup_printf ("%s <%s>", address->name, address->address);

  text = g_string_new ("\"");
  for (const char *p = address->name; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }
  g_string_append_printf (text, "\" <%s>", address->address);

  return g_string_free (text, FALSE);
}

/**
 * mime_address_list_format:
 * @self: (nullable): a list
 *
 * Returns: (transfer full): all addresses as mime_address_format() writes them, with commas between
 */
char *
mime_address_list_format (const MimeAddressList *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < mime_address_list_get_length (self); i++)
    {
      g_autofree char *one = mime_address_format (&self->items[i]);

      if (i > 0)
        g_string_append (text, ", ");
      g_string_append (text, one);
    }

  return g_string_free (text, FALSE);
}

/**
 * mime_address_dup_domain:
 * @address: `local@domain`
 *
 * Returns: (transfer full) (nullable): the domain in lower case, or %NULL when there is none
 */
char *
mime_address_dup_domain (const char *address)
{
  const char *at;

  g_return_val_if_fail (address != NULL, NULL);

  at = strrchr (address, '@');
  return at != NULL && at[1] != '\0' ? g_utf8_strdown (at + 1, -1) : NULL;
}

/**
 * mime_address_normalize:
 * @address: `local@domain`
 *
 * The form to compare and to search by. The local part is put in lower case too: by the letter of
 * RFC 5321 it might matter, in the world it never does. A domain in punycode is as good as one in
 * letters.
 *
 * Returns: (transfer full): the address
 */
char *
mime_address_normalize (const char *address)
{
  g_autofree char *domain = mime_address_dup_domain (address);
  g_autofree char *local = NULL;
  g_autofree char *unicode = NULL;

  if (domain == NULL)
    return g_utf8_strdown (address, -1);

  local = g_utf8_strdown (address, strrchr (address, '@') - address);
  if (strstr (domain, "xn--") != NULL)
    unicode = g_hostname_to_unicode (domain);

  return g_strconcat (local, "@", unicode != NULL ? unicode : domain, NULL);
}

/**
 * mime_address_equal:
 * @a: an address
 * @b: another
 *
 * Returns: whether both are the same mailbox
 */
gboolean
mime_address_equal (const char *a,
                    const char *b)
{
  g_autofree char *left = mime_address_normalize (a);
  g_autofree char *right = mime_address_normalize (b);

  return g_str_equal (left, right);
}

/* RFC 5321 section 4.1.2, with the characters of RFC 6531. */
static gboolean
is_local_part (const char *local,
               gsize       size)
{
  if (size == 0 || size > 64)
    return FALSE;

  if (local[0] == '"')
    {
      if (size < 2 || local[size - 1] != '"')
        return FALSE;
      for (gsize i = 1; i + 1 < size; i++)
        {
          if (local[i] == '\\')
            {
              if (++i + 1 >= size)
                return FALSE;
            }
          else if (local[i] == '"')
            return FALSE;
          if ((guchar) local[i] < ' ' || local[i] == 0x7f)
            return FALSE;
        }
      return TRUE;
    }

  for (gsize i = 0; i < size; i++)
    {
      if (local[i] == '.' && (i == 0 || i + 1 == size || local[i + 1] == '.'))
        return FALSE;
      if ((guchar) local[i] <= ' ' || local[i] == 0x7f ||
          strchr ("()<>[]:;@\\,\"", local[i]) != NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_domain (const char *domain)
{
  g_autofree char *ascii = NULL;
  gsize label = 0;

  if (domain[0] == '[')
    {
      gsize size = strlen (domain);
      g_autofree char *literal = NULL;

      if (size < 3 || domain[size - 1] != ']')
        return FALSE;
      literal = g_strndup (domain + 1, size - 2);
      return g_hostname_is_ip_address (g_ascii_strncasecmp (literal, "IPv6:", 5) == 0
                                         ? literal + 5 : literal);
    }

  ascii = g_hostname_to_ascii (domain);
  if (ascii == NULL || strlen (ascii) > 253)
    return FALSE;
  for (const char *p = ascii;; p++)
    {
      if (*p == '.' || *p == '\0')
        {
          if (label == 0 || label > 63 || p[-1] == '-')
            return FALSE;
          label = 0;
          if (*p == '\0')
            return TRUE;
        }
      else if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
        return FALSE;
      else if (label++ == 0 && *p == '-')
        return FALSE;
    }
}

/**
 * mime_address_is_valid:
 * @address: what might be an address
 *
 * Whether a message can be sent to it: `local@domain` by RFC 5321 section 4.1.2, the domain in
 * letters of any script or an address literal.
 *
 * Returns: %TRUE if it is one
 */
gboolean
mime_address_is_valid (const char *address)
{
  const char *at;

  g_return_val_if_fail (address != NULL, FALSE);

  at = strrchr (address, '@');
  return at != NULL && g_utf8_validate (address, -1, NULL) &&
         is_local_part (address, (gsize) (at - address)) && is_domain (at + 1);
}

/**
 * mime_address_needs_smtputf8:
 * @address: an address
 *
 * A domain can always be written in punycode; a local part beyond ASCII needs servers that know
 * SMTPUTF8 (RFC 6531).
 *
 * Returns: whether it does
 */
gboolean
mime_address_needs_smtputf8 (const char *address)
{
  const char *at;

  g_return_val_if_fail (address != NULL, FALSE);

  at = strrchr (address, '@');
  for (const char *p = address; *p != '\0' && p != at; p++)
    if ((guchar) *p >= 0x80)
      return TRUE;

  return FALSE;
}

/**
 * mime_address_to_wire:
 * @address: an address
 *
 * Returns: (transfer full) (nullable): the address with its domain in ASCII (RFC 5890), fit for SMTP
 *   and for header fields; %NULL when it is not a valid address
 */
char *
mime_address_to_wire (const char *address)
{
  const char *at;
  g_autofree char *domain = NULL;

  if (!mime_address_is_valid (address))
    return NULL;

  at = strrchr (address, '@');
  if (at[1] == '[')
    return g_strdup (address);
  domain = g_hostname_to_ascii (at + 1);

  return g_strdup_printf ("%.*s@%s", (int) (at - address), address, domain);
}
