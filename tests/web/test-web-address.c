/* Which addresses a picture is fetched from, and which never. */

#include "web-address.h"
#include "web-error.h"

static char *
normal (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GUri) uri = web_address_parse (text, NULL, &error);

  if (uri == NULL)
    {
      g_assert_error (error, WEB_ERROR, WEB_ERROR_ADDRESS);
      return NULL;
    }

  return g_uri_to_string (uri);
}

static void
test_taken (void)
{
  static const char * const pairs[][2] = {
    { "https://pictures.example/a.png", "https://pictures.example/a.png" },
    { "HTTPS://Pictures.Example/a.png?b=1&c=%20#d", "https://Pictures.Example/a.png?b=1&c=%20" },
    { "https://pictures.example", "https://pictures.example/" },
    { "http://pictures.example/a.png", "https://pictures.example/a.png" },
    { "http://pictures.example:80/a.png", "https://pictures.example/a.png" },
    { "https://pictures.example:443/a.png", "https://pictures.example/a.png" },
    { "https://pictures.example:8443/a.png", "https://pictures.example:8443/a.png" },
    { "  https://pictures.example/a b.png\n", "https://pictures.example/a%20b.png" },
    { "https://198.51.100.7/a.png", "https://198.51.100.7/a.png" },
    { "https://[2001:db8::7]/a.png", "https://[2001:db8::7]/a.png" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *got = normal (pairs[i][0]);

      g_assert_cmpstr (got, ==, pairs[i][1]);
    }
}

static void
test_refused (void)
{
  static const char * const texts[] = {
    "", "a.png", "//pictures.example/a.png", "ftp://pictures.example/a", "file:///etc/passwd",
    "data:image/png;base64,AAAA", "javascript:alert(1)", "https:", "https:///a.png", "https://:1/",
    "http://pictures.example:8080/a.png", "https://pictures.example:25/",
    "https://pictures.example:22/", "https://name:password@pictures.example/",
    "https://name@pictures.example/", "https://localhost/", "https://LOCALHOST./", "https://printer/",
    "https://printer.local/", "https://router.lan/", "https://a.b.home.arpa/", "https://x.internal/",
    "https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.1.1/reboot", "https://172.31.0.1/",
    "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://0.0.0.0/",
    "https://[::1]/", "https://[::]/", "https://[fe80::1]/", "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:7f00:1::]/",
    "https://[::ffff:192.168.1.1]/", "https://pictures.example:99999/",
  };
  g_autofree char *long_one = g_strnfill (9000, 'a');
  g_autofree char *long_address = g_strconcat ("https://pictures.example/", long_one, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *got = normal (texts[i]);

      if (got != NULL)
        g_error ("“%s” was taken as “%s”", texts[i], got);
    }
  g_assert_null (normal (long_address));
}

static void
test_relative (void)
{
  g_autoptr(GUri) base = web_address_parse ("https://pictures.example/a/b.png", NULL, NULL);
  g_autoptr(GUri) beside = web_address_parse ("../c.png", base, NULL);
  g_autoptr(GUri) elsewhere = web_address_parse ("//other.example/c.png", base, NULL);
  g_autoptr(GUri) inside = web_address_parse ("https://192.168.1.1/", base, NULL);
  g_autofree char *beside_text = g_uri_to_string (beside);
  g_autofree char *elsewhere_text = g_uri_to_string (elsewhere);

  g_assert_cmpstr (beside_text, ==, "https://pictures.example/c.png");
  g_assert_cmpstr (elsewhere_text, ==, "https://other.example/c.png");
  g_assert_null (inside);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/web/address/taken", test_taken);
  g_test_add_func ("/web/address/refused", test_refused);
  g_test_add_func ("/web/address/relative", test_relative);

  return g_test_run ();
}
