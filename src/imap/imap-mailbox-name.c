#include "imap-mailbox-name.h"

#include <string.h>

/* Modified UTF-7, RFC 3501 section 5.1.3: printable ASCII stands for itself, & begins and -
 * ends a run of UTF-16 in base64 with a comma for the slash, &- is the ampersand. */

static const char base64_digits[] =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int
base64_value (char c)
{
  const char *found = c != '\0' ? strchr (base64_digits, c) : NULL;

  return found != NULL ? (int) (found - base64_digits) : -1;
}

static gboolean
append_utf16 (GString    *shown,
              GArray     *units)
{
  g_autofree char *text = NULL;
  glong n_read = 0;

  text = g_utf16_to_utf8 ((const gunichar2 *) (gconstpointer) units->data, units->len,
                          &n_read, NULL, NULL);
  if (text == NULL || n_read != (glong) units->len)
    return FALSE;

  g_string_append (shown, text);
  return TRUE;
}

/* @p points behind the &; returns the byte behind the -, or NULL if this is no such run */
static const char *
decode_run (const char *p,
            GString    *shown)
{
  g_autoptr(GArray) units = g_array_new (FALSE, FALSE, sizeof (gunichar2));
  guint32 bits = 0;
  guint n_bits = 0;

  for (; *p != '-'; p++)
    {
      int value = base64_value (*p);

      if (value < 0)
        return NULL;

      bits = (bits << 6) | (guint32) value;
      n_bits += 6;
      if (n_bits >= 16)
        {
          gunichar2 unit = (gunichar2) (bits >> (n_bits - 16));

          n_bits -= 16;
          if (unit == 0)
            return NULL;
          g_array_append_val (units, unit);
        }
    }

  if (n_bits >= 6 || units->len == 0 || !append_utf16 (shown, units))
    return NULL;

  return p + 1;
}

static char *
decode_strictly (const char *wire_name)
{
  GString *shown = g_string_new (NULL);
  const char *p = wire_name;

  while (p != NULL && *p != '\0')
    {
      if (*p != '&')
        g_string_append_c (shown, *p++);
      else if (p[1] == '-')
        {
          g_string_append_c (shown, '&');
          p += 2;
        }
      else
        p = decode_run (p + 1, shown);
    }

  return g_string_free (shown, p == NULL);
}

/**
 * imap_mailbox_name_decode:
 * @wire_name: what the server said
 *
 * Makes a name fit to be shown. What is not modified UTF-7 is shown as it is, with what is not
 * UTF-8 made valid; control characters become U+FFFD.
 * RFC 3501 section 5.1.3; RFC 9051 sections 5.1 and A.1: raw UTF-8 is passed through.
 *
 * Returns: (transfer full): UTF-8, for people only
 */
char *
imap_mailbox_name_decode (const char *wire_name)
{
  g_autofree char *decoded = NULL;
  g_autofree char *valid = NULL;
  GString *shown;

  g_return_val_if_fail (wire_name != NULL, NULL);

  decoded = decode_strictly (wire_name);
  valid = g_utf8_make_valid (decoded != NULL ? decoded : wire_name, -1);

  shown = g_string_new (NULL);
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_iscntrl (c) ? 0xfffd : c);
    }

  return g_string_free (shown, FALSE);
}

static void
encode_run (GString         *wire,
            const gunichar2 *units,
            glong            n_units)
{
  guint32 bits = 0;
  guint n_bits = 0;

  g_string_append_c (wire, '&');
  for (glong i = 0; i < n_units; i++)
    {
      bits = (bits << 16) | units[i];
      for (n_bits += 16; n_bits >= 6; n_bits -= 6)
        g_string_append_c (wire, base64_digits[(bits >> (n_bits - 6)) & 63]);
    }
  if (n_bits > 0)
    g_string_append_c (wire, base64_digits[(bits << (6 - n_bits)) & 63]);
  g_string_append_c (wire, '-');
}

static gboolean
is_direct (char c)
{
  return c >= 0x20 && c <= 0x7e;
}

/**
 * imap_mailbox_name_encode:
 * @shown_name: UTF-8, as a person has typed it
 *
 * The wire name for a new mailbox. Never for one that the server has named: that name is kept.
 * RFC 3501 section 5.1.3.
 *
 * Returns: (transfer full): the name in modified UTF-7
 */
char *
imap_mailbox_name_encode (const char *shown_name)
{
  g_autofree char *valid = NULL;
  GString *wire = g_string_new (NULL);
  const char *p;

  g_return_val_if_fail (shown_name != NULL, NULL);

  valid = g_utf8_make_valid (shown_name, -1);
  for (p = valid; *p != '\0';)
    {
      const char *begin = p;
      g_autofree gunichar2 *units = NULL;
      glong n_units = 0;

      if (is_direct (*p))
        {
          g_string_append_c (wire, *p);
          if (*p++ == '&')
            g_string_append_c (wire, '-');
          continue;
        }

      while (*p != '\0' && !is_direct (*p))
        p++;
      units = g_utf8_to_utf16 (begin, p - begin, NULL, &n_units, NULL);
      if (units != NULL)
        encode_run (wire, units, n_units);
    }

  return g_string_free (wire, FALSE);
}

/**
 * imap_mailbox_name_from_utf8:
 * @name: what a server says where names are UTF-8
 *
 * RFC 6855 section 3, RFC 9051 section 5.1. imap_mailbox_name_to_utf8 () gives it back exactly.
 *
 * Returns: (transfer full): the wire name; @name itself if it is not UTF-8
 */
char *
imap_mailbox_name_from_utf8 (const char *name)
{
  return g_utf8_validate (name, -1, NULL) ? imap_mailbox_name_encode (name) : g_strdup (name);
}

/**
 * imap_mailbox_name_to_utf8:
 * @wire_name: a wire name
 *
 * Returns: (transfer full): what to say where names are UTF-8; @wire_name itself if it is not
 *   modified UTF-7
 */
char *
imap_mailbox_name_to_utf8 (const char *wire_name)
{
  char *decoded = decode_strictly (wire_name);

  return decoded != NULL ? decoded : g_strdup (wire_name);
}

/**
 * imap_mailbox_name_is_inbox:
 *
 * Returns: whether this is INBOX, in whatever case. RFC 9051 section 5.1.
 */
gboolean
imap_mailbox_name_is_inbox (const char *wire_name)
{
  return g_ascii_strcasecmp (wire_name, "INBOX") == 0;
}

/**
 * imap_mailbox_name_equal:
 *
 * Returns: whether both name the same mailbox: byte by byte, INBOX in any case
 */
gboolean
imap_mailbox_name_equal (const char *wire_name,
                         const char *other_wire_name)
{
  return strcmp (wire_name, other_wire_name) == 0 ||
         (imap_mailbox_name_is_inbox (wire_name) && imap_mailbox_name_is_inbox (other_wire_name));
}

/**
 * imap_mailbox_name_hash:
 * @wire_name: (type utf8): a wire name
 *
 * Goes with imap_mailbox_name_equal () into a GHashTable.
 */
guint
imap_mailbox_name_hash (gconstpointer wire_name)
{
  return g_str_hash (imap_mailbox_name_is_inbox (wire_name) ? "INBOX" : wire_name);
}

static const char *
find_last_delimiter (const char *wire_name,
                     char        delimiter)
{
  const char *last = delimiter != '\0' ? strrchr (wire_name, delimiter) : NULL;

  /* a name that ends with its delimiter, as some servers list containers */
  if (last != NULL && last[1] == '\0')
    {
      while (last > wire_name && *--last != delimiter)
        ;
      if (*last != delimiter)
        last = NULL;
    }

  return last != wire_name ? last : NULL;
}

/**
 * imap_mailbox_name_get_leaf:
 * @delimiter: of its LIST entry, or 0
 *
 * Returns: (transfer full): the last level of the name, in its shown form
 */
char *
imap_mailbox_name_get_leaf (const char *wire_name,
                            char        delimiter)
{
  const char *last = find_last_delimiter (wire_name, delimiter);
  g_autofree char *leaf = g_strdup (last != NULL ? last + 1 : wire_name);
  gsize size = strlen (leaf);

  if (size > 1 && delimiter != '\0' && leaf[size - 1] == delimiter)
    leaf[size - 1] = '\0';

  return imap_mailbox_name_decode (leaf);
}

/**
 * imap_mailbox_name_get_parent:
 * @delimiter: of its LIST entry, or 0
 *
 * Returns: (transfer full) (nullable): wire name of the mailbox above, which need not exist
 */
char *
imap_mailbox_name_get_parent (const char *wire_name,
                              char        delimiter)
{
  const char *last = find_last_delimiter (wire_name, delimiter);

  return last != NULL ? g_strndup (wire_name, (gsize) (last - wire_name)) : NULL;
}

/**
 * imap_mailbox_name_join:
 * @parent_wire_name: (nullable): a mailbox, or a namespace's prefix with or without its
 *   delimiter at the end; %NULL or "" for the root
 * @delimiter: the hierarchy delimiter, or 0
 * @shown_leaf: what the new mailbox shall be called, UTF-8
 *
 * Returns: (transfer full): wire name for a mailbox to be created below @parent_wire_name
 */
char *
imap_mailbox_name_join (const char *parent_wire_name,
                        char        delimiter,
                        const char *shown_leaf)
{
  g_autofree char *leaf = imap_mailbox_name_encode (shown_leaf);
  gsize size = parent_wire_name != NULL ? strlen (parent_wire_name) : 0;
  char between[2] = { delimiter, '\0' };

  if (size == 0)
    return g_steal_pointer (&leaf);
  if (delimiter != '\0' && parent_wire_name[size - 1] == delimiter)
    between[0] = '\0';

  return g_strconcat (parent_wire_name, between, leaf, NULL);
}
