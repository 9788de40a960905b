#include "net-address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

/* What an address tells of the network that this computer is in. */

static gboolean
is_same (const struct sockaddr *address,
         GInetAddress          *wanted)
{
  const guint8 *bytes = g_inet_address_to_bytes (wanted);

  if (address == NULL)
    return FALSE;
  if (address->sa_family == AF_INET && g_inet_address_get_family (wanted) == G_SOCKET_FAMILY_IPV4)
    return memcmp (&((const struct sockaddr_in *) (const void *) address)->sin_addr, bytes,
                   sizeof (struct in_addr)) == 0;
  if (address->sa_family == AF_INET6 && g_inet_address_get_family (wanted) == G_SOCKET_FAMILY_IPV6)
    return memcmp (&((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, bytes,
                   sizeof (struct in6_addr)) == 0;

  return FALSE;
}

/**
 * net_address_is_here:
 * @address: the own end of a connection
 *
 * A connection whose own address this computer has no more is dead, though nobody says so.
 *
 * Returns: whether an interface has the address; %TRUE if that cannot be found out
 */
gboolean
net_address_is_here (GInetSocketAddress *address)
{
  GInetAddress *wanted = g_inet_socket_address_get_address (address);
  struct ifaddrs *interfaces;
  gboolean found = FALSE;

  if (getifaddrs (&interfaces) != 0)
    return TRUE;

  for (const struct ifaddrs *at = interfaces; at != NULL && !found; at = at->ifa_next)
    found = is_same (at->ifa_addr, wanted);
  freeifaddrs (interfaces);

  return found;
}

/**
 * net_address_dup_network:
 * @address: the own end of a connection
 *
 * A name for the network that a connection leaves by: good enough to find again what was learnt of it,
 * and not to find a place by.
 *
 * Returns: (transfer full): "192.168.7.0/24", "2001:db8:1:2::/64"
 */
char *
net_address_dup_network (GInetSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (address);
  GSocketFamily family = g_inet_address_get_family (inet);
  gsize size = g_inet_address_get_native_size (inet);
  gsize n_kept = family == G_SOCKET_FAMILY_IPV4 ? 3 : 8;
  g_autofree guint8 *bytes = g_memdup2 (g_inet_address_to_bytes (inet), size);
  g_autoptr(GInetAddress) network = NULL;
  g_autofree char *text = NULL;

  memset (bytes + n_kept, 0, size - n_kept);
  network = g_inet_address_new_from_bytes (bytes, family);
  text = g_inet_address_to_string (network);

  return g_strdup_printf ("%s/%u", text, (guint) n_kept * 8);
}
