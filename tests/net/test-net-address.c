#include "net-address.h"

static GInetSocketAddress *
parse (const char *text)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (text);

  g_assert_nonnull (address);
  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (address, 993));
}

static void
test_here (void)
{
  static const struct
  {
    const char *text;
    gboolean is_here;
  } cases[] = {
    { "127.0.0.1", TRUE },
    /* documentation's own, RFC 5737 and RFC 3849: no computer has them */
    { "192.0.2.1", FALSE },
    { "2001:db8::1", FALSE },
    /* the bytes of 127.0.0.1, in another family */
    { "7f00:1::", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GInetSocketAddress) address = parse (cases[i].text);

      g_assert_cmpint (net_address_is_here (address), ==, cases[i].is_here);
    }
}

static void
test_network (void)
{
  static const char *const cases[][2] = {
    { "192.168.178.23", "192.168.178.0/24" },
    { "127.0.0.1", "127.0.0.0/24" },
    { "2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64" },
    { "::1", "::/64" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GInetSocketAddress) address = parse (cases[i][0]);
      g_autofree char *network = net_address_dup_network (address);

      g_assert_cmpstr (network, ==, cases[i][1]);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/address/here", test_here);
  g_test_add_func ("/net/address/network", test_network);

  return g_test_run ();
}
