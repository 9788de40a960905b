#include "base-secret.h"

static void
test_holds_its_own_copy (void)
{
  char text[] = "pässword";
  g_autoptr(BaseSecret) secret = base_secret_new (text);

  text[0] = 'X';
  g_assert_cmpstr (base_secret_peek (secret), ==, "pässword");
}

static void
test_wipe_overwrites (void)
{
  char text[] = "secret";

  base_secret_wipe (text, sizeof text);
  for (gsize i = 0; i < sizeof text; i++)
    g_assert_cmpint (text[i], ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/secret/copy", test_holds_its_own_copy);
  g_test_add_func ("/base/secret/wipe", test_wipe_overwrites);

  return g_test_run ();
}
