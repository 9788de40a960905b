/*
 * Which addresses are fetched from. They are written by a sender, or by a server that a sender chose:
 * what they may reach is the public network by TLS, and never a machine that only this one can reach.
 */
#include "web-address.h"

#include "web-error.h"

#include <string.h>

#define MAX_ADDRESS_BYTES 8192

#define HTTPS_PORT 443
#define HTTP_PORT  80

/* Names that are looked up in this network only. RFC 6761, RFC 6762, RFC 8375, RFC 9476. */
static const char * const local_names[] = {
  "localhost", "local", "lan", "home.arpa", "internal", "intranet", "private", "alt",
};

typedef struct
{
  guint8 bytes[16];
  guint  n_bits;
} Range;

/* IPv4 that is not the public network, besides what GLib knows. RFC 6890. */
static const Range ranges_4[] = {
  { { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 }, { { 169, 254 }, 16 },
  { { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 }, { { 192, 168 }, 16 }, { { 198, 18 }, 15 },
  { { 224 }, 3 },
};

/* IPv6: unspecified and loopback, unique local, link-local, site-local, multicast. */
static const Range ranges_6[] = {
  { { 0 }, 64 }, { { 0xfc }, 7 }, { { 0xfe, 0x80 }, 10 }, { { 0xfe, 0xc0 }, 10 }, { { 0xff }, 8 },
};

/* IPv6 that leads to an IPv4 in its last or in its third to sixth bytes. RFC 4291, 6052, 3056. */
static const Range mapped = { { [10] = 0xff, [11] = 0xff }, 96 };
static const Range translated = { { 0, 0x64, 0xff, 0x9b }, 96 };
static const Range six_to_four = { { 0x20, 0x02 }, 16 };

static gboolean
is_in (const guint8 *bytes,
       const Range  *range)
{
  guint whole = range->n_bits / 8, rest = range->n_bits % 8;
  guint8 mask = (guint8) (0xff << (8 - rest));

  return memcmp (bytes, range->bytes, whole) == 0 &&
         (rest == 0 || (bytes[whole] & mask) == (range->bytes[whole] & mask));
}

static gboolean
is_public_4 (const guint8 *bytes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ranges_4); i++)
    if (is_in (bytes, &ranges_4[i]))
      return FALSE;

  return TRUE;
}

/**
 * web_address_is_public:
 * @address: where a name has led
 *
 * A name of the public network may lead to a machine of this one: what a sender may not reach has to
 * be seen at the address itself.
 *
 * Returns: %TRUE if it is neither this computer nor in a network of its own
 */
gboolean
web_address_is_public (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return is_public_4 (bytes);

  if (is_in (bytes, &mapped) || is_in (bytes, &translated))
    return is_public_4 (bytes + 12);
  if (is_in (bytes, &six_to_four))
    return is_public_4 (bytes + 2);
  for (gsize i = 0; i < G_N_ELEMENTS (ranges_6); i++)
    if (is_in (bytes, &ranges_6[i]))
      return FALSE;

  return TRUE;
}

/* Whether a name could be one of the public network: it has a dot, and no end that is kept for others. */
static gboolean
is_public_name (const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);
  gsize size = strlen (name);

  if (size > 0 && name[size - 1] == '.')
    name[--size] = '\0';
  if (size == 0 || strchr (name, '.') == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (local_names); i++)
    {
      gsize end = strlen (local_names[i]);

      if (g_str_has_suffix (name, local_names[i]) && size > end && name[size - end - 1] == '.')
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_allowed_host (const char *host)
{
  g_autoptr(GInetAddress) literal = g_inet_address_new_from_string (host);

  return literal != NULL ? web_address_is_public (literal) : is_public_name (host);
}

/* Other services than those of the web are not to be knocked at. */
static gboolean
is_allowed_port (int port)
{
  return port == -1 || port == HTTPS_PORT || port > 1023;
}

/* http: is asked for as https:, which nearly all servers have, and not at all where there is no TLS. */
static GUri *
secured (GUri    *uri,
         GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);

  if (g_str_equal (scheme, "http") && (port == -1 || port == HTTP_PORT))
    port = -1;
  else if (!g_str_equal (scheme, "https"))
    {
      g_set_error (error, WEB_ERROR, WEB_ERROR_ADDRESS, "Not HTTPS");
      return NULL;
    }
  if (port == HTTPS_PORT)
    port = -1;

  return g_uri_build (g_uri_get_flags (uri), "https", NULL, g_uri_get_host (uri), port,
                      *g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/",
                      g_uri_get_query (uri), NULL);
}

/**
 * web_address_parse:
 * @text: an address, not to be trusted
 * @base: (nullable): what it may be relative to: a redirection's is
 *
 * Makes an address of HTTPS that may be fetched from. http: becomes https:; a name and password in it
 * are not taken, nor is what stands behind a #.
 *
 * Errors: WEB_ERROR_ADDRESS.
 *
 * Returns: (transfer full) (nullable): the address
 */
GUri *
web_address_parse (const char  *text,
                   GUri        *base,
                   GError     **error)
{
  const GUriFlags flags = G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED |
                          G_URI_FLAGS_SCHEME_NORMALIZE | G_URI_FLAGS_HAS_PASSWORD;
  g_autoptr(GUri) given = NULL;
  g_autoptr(GUri) uri = NULL;

  if (strlen (text) > MAX_ADDRESS_BYTES)
    {
      g_set_error (error, WEB_ERROR, WEB_ERROR_ADDRESS, "Longer than any address");
      return NULL;
    }

  given = base != NULL ? g_uri_parse_relative (base, text, flags, NULL)
                       : g_uri_parse (text, flags, NULL);
  if (given == NULL || g_uri_get_host (given) == NULL || g_uri_get_userinfo (given) != NULL)
    {
      g_set_error (error, WEB_ERROR, WEB_ERROR_ADDRESS, "No address of the web");
      return NULL;
    }

  uri = secured (given, error);
  if (uri == NULL)
    return NULL;
  if (!is_allowed_host (g_uri_get_host (uri)) || !is_allowed_port (g_uri_get_port (uri)))
    {
      g_set_error (error, WEB_ERROR, WEB_ERROR_ADDRESS, "Not in the public network");
      return NULL;
    }

  return g_steal_pointer (&uri);
}
