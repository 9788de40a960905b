#include "base-text.h"

static void
assert_quoted (const char *bytes,
               gsize       max_chars,
               const char *expected)
{
  g_autofree char *quoted = base_text_quote (bytes, -1, max_chars);

  g_assert_cmpstr (quoted, ==, expected);
}

static void
test_quote_is_one_valid_line (void)
{
  assert_quoted ("NO\r\nway", 20, "NO  way");
  assert_quoted ("caf\xe9", 20, "caf\xef\xbf\xbd");
  assert_quoted ("", 20, "");
}

static void
test_quote_is_bounded (void)
{
  assert_quoted ("abcdef", 6, "abcdef");
  assert_quoted ("abcdefg", 6, "abcdef…");
  assert_quoted ("äöü", 2, "äö…");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/text/quote/line", test_quote_is_one_valid_line);
  g_test_add_func ("/base/text/quote/bounded", test_quote_is_bounded);

  return g_test_run ();
}
