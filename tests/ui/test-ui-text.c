#include "pipit-link-finder.h"
#include "pipit-text-blocks.h"

#include <string.h>

/* Text */

static void
expect_links (const char *text,
              const char *expected)
{
  g_autoptr(GArray) links = pipit_link_finder_find (text, strlen (text));
  GString *found = g_string_new (NULL);

  for (guint i = 0; i < links->len; i++)
    {
      const PipitLink *link = &g_array_index (links, PipitLink, i);

      g_assert_cmpuint (link->start, <, link->end);
      g_assert_cmpuint (link->end, <=, strlen (text));
      g_string_append_printf (found, "%s%.*s>%s", i > 0 ? " " : "",
                              (int) (link->end - link->start), text + link->start, link->target);
    }
  g_assert_cmpstr (found->str, ==, expected);
  g_string_free (found, TRUE);
}

static void
test_links_are_found (void)
{
  expect_links ("", "");
  expect_links ("see http://a.example/x?y=1#z now", "http://a.example/x?y=1#z>http://a.example/x?y=1#z");
  expect_links ("HTTPS://A.example", "HTTPS://A.example>HTTPS://A.example");
  expect_links ("www.a.example", "www.a.example>https://www.a.example");
  expect_links ("ann.lee+x@a.example", "ann.lee+x@a.example>mailto:ann.lee+x@a.example");
  expect_links ("mailto:ann@a.example", "mailto:ann@a.example>mailto:ann@a.example");
  expect_links ("http://a.example/\xc3\xa9t\xc3\xa9", "http://a.example/\xc3\xa9t\xc3\xa9>http://a.example/\xc3\xa9t\xc3\xa9");
}

static void
test_links_leave_the_sentence (void)
{
  expect_links ("(http://a.example/).", "http://a.example/>http://a.example/");
  expect_links ("http://a.example/x_(y)!", "http://a.example/x_(y)>http://a.example/x_(y)");
  expect_links ("<http://a.example>, \"http://b.example\"",
                "http://a.example>http://a.example http://b.example>http://b.example");
  expect_links ("Write to ann@a.example.", "ann@a.example>mailto:ann@a.example");
  expect_links ("\xe3\x80\x8chttp://a.example/\xe3\x80\x8d", "http://a.example/>http://a.example/");
}

static void
test_no_links (void)
{
  expect_links ("http://", "");
  expect_links ("xhttp://a.example", "");
  expect_links ("a@b @ @home a@ www. wwww.x", "");
  expect_links ("javascript:alert(1) file:///etc/passwd", "");
}

/* A text of nothing but what looks like links takes no more time than another. */
static void
test_links_of_hostile_text (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr(GArray) links = NULL;
  gint64 started_us = g_get_monotonic_time ();

  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "a@w");
  links = pipit_link_finder_find (text->str, text->len);
  g_test_message ("%u links in %" G_GINT64_FORMAT " ms", links->len,
                  (g_get_monotonic_time () - started_us) / 1000);
  g_assert_cmpuint (links->len, <=, 2000);
  g_string_free (text, TRUE);
}

static char *
describe (const char *text)
{
  g_autoptr(GPtrArray) blocks = pipit_text_blocks_split (text, strlen (text));
  GString *result = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const PipitTextBlock *block = blocks->pdata[i];

      g_string_append_printf (result, "%c%s%u[%s]", "BQS"[block->kind],
                              block->is_folded ? "f" : "", block->n_lines, block->text);
    }

  return g_string_free (result, FALSE);
}

static void
expect_blocks (const char *text,
               const char *expected)
{
  g_autofree char *found = describe (text);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_trailing_quotes_fold (void)
{
  expect_blocks ("", "");
  expect_blocks (" \n\n", "");
  expect_blocks ("one\ntwo", "B2[one\ntwo]");
  expect_blocks ("Yes.\n\n> Shall we?\n", "B2[Yes.]Qf1[Shall we?]");
  expect_blocks ("Yes.\r\n> a\r\n>b\r\n>> c\r\n", "B1[Yes.]Qf3[a\nb\n> c]");
}

static void
test_answers_below_quotes_stay (void)
{
  expect_blocks ("> Shall we?\nYes.\n> When?\nNow.", "Q1[Shall we?]B1[Yes.]Q1[When?]B1[Now.]");
  expect_blocks ("> 1\n> 2\n> 3\n> 4\n> 5\nYes.", "Qf5[1\n2\n3\n4\n5]B1[Yes.]");
}

/* What is nothing but a quote is shown. */
static void
test_only_a_quote (void)
{
  expect_blocks ("> 1\n> 2\n> 3\n> 4\n> 5\n", "Q5[1\n2\n3\n4\n5]");
}

static void
test_signature (void)
{
  expect_blocks ("Hello\n-- \nAnn\n--\nLine", "B1[Hello]S4[-- \nAnn\n--\nLine]");
  expect_blocks ("a\n--\nb", "B3[a\n--\nb]");
  expect_blocks ("a\n-- \nAnn\n> q\n", "B1[a]S2[-- \nAnn]Qf1[q]");
}

/* However a text changes between quote and answer, the number of pieces has an end. */
static void
test_pieces_are_bounded (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr(GPtrArray) blocks = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "> q\nanswer\n");
  blocks = pipit_text_blocks_split (text->str, text->len);
  g_assert_cmpuint (blocks->len, <=, 121);
  g_string_free (text, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/text/links/found", test_links_are_found);
  g_test_add_func ("/ui/text/links/sentence", test_links_leave_the_sentence);
  g_test_add_func ("/ui/text/links/none", test_no_links);
  g_test_add_func ("/ui/text/links/hostile", test_links_of_hostile_text);
  g_test_add_func ("/ui/text/blocks/trailing-quotes-fold", test_trailing_quotes_fold);
  g_test_add_func ("/ui/text/blocks/answers-stay", test_answers_below_quotes_stay);
  g_test_add_func ("/ui/text/blocks/only-a-quote", test_only_a_quote);
  g_test_add_func ("/ui/text/blocks/signature", test_signature);
  g_test_add_func ("/ui/text/blocks/bounded", test_pieces_are_bounded);

  return g_test_run ();
}
