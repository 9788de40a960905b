#include "mime-html.h"

#include <string.h>

static const struct
{
  const char *html;
  const char *text;
} texts[] = {
  { "hello", "hello\n" },
  { "", "" },
  { "<p>one<p>two", "one\n\ntwo\n" },
  { "<div>one</div><div>two</div>", "one\ntwo\n" },
  { "<div>one</div><br><div>two</div>", "one\n\ntwo\n" },
  { "<div>one<br></div><div>two</div>", "one\ntwo\n" },
  { "one<br>two<br><br>three", "one\ntwo\n\nthree\n" },
  { "  lots \n of\t\tblanks  ", "lots of blanks\n" },
  { "<b>bo</b>ld <i>it</i>alic", "bold italic\n" },
  { "a&nbsp;b &amp; &lt;c&gt; &eacute; &#8364; &#x20AC;", "a b & <c> é € €\n" },
  { "<h1>Title</h1>text", "Title\n\ntext\n" },
  { "<ul><li>one<li>two<ul><li>deep</ul></ul>after", "• one\n• two\n  • deep\n\nafter\n" },
  { "<ol start=3><li>c<li>d</ol>", "3. c\n4. d\n" },
  { "<blockquote>quoted<br>text<blockquote>deeper</blockquote></blockquote>mine",
    "> quoted\n> text\n>\n>> deeper\n\nmine\n" },
  { "<p>before</p><blockquote type=cite><p>a</p><p>b</p></blockquote>", "before\n\n> a\n>\n> b\n" },
  { "<pre>  keep\n    this\n</pre>", "  keep\n    this\n" },
  { "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a  b\n1  2\n" },
  { "<table><tr><td><div>x</div><div>y</div></td><td>z</td></tr></table>", "x\ny\nz\n" },
  { "<a href='https://example.org/a'>here</a>.", "here <https://example.org/a>.\n" },
  { "<a href='https://example.org/'>https://example.org</a>", "https://example.org\n" },
  { "<a href='https://example.org/'>example.org</a>", "example.org\n" },
  { "<a href='mailto:a@b.org'>a@b.org</a>", "a@b.org\n" },
  { "<a href='javascript:x()'>bad</a>", "bad\n" },
  { "<a href='#top'>up</a>", "up\n" },
  { "<a href='https://example.org/a'><img src=x></a>", "" },
  { "<img src=x alt='A picture'>", "[A picture]\n" },
  { "one<hr>two", "one\n----------\ntwo\n" },
  { "<style>p{}</style><script>x()</script><title>t</title>text", "text\n" },
  { "<!-- comment -->text<!--[if mso]>not this<![endif]-->", "text\n" },
  { "<div style='display:none'>preheader</div>text", "text\n" },
  { "<div style='font-size:1px;max-height:0px;overflow:hidden'>preheader</div>text", "text\n" },
  { "<span style='DISPLAY : NONE !important'>preheader</span>text", "text\n" },
  { "<style>.pre{display:none!important} @media x { .body{display:none} }</style>"
    "<span class='a pre'>preheader</span><span class=body>text</span>", "text\n" },
  { "<style>/* x */ #pre, div.pre2 { color: red; visibility: hidden }</style>"
    "<span id=pre>preheader</span><div class=pre2>x</div>text", "text\n" },
  { "<td style='font-size:0'><div style='font-size:14px'>shown</div></td>", "shown\n" },
  { "<p class=MsoNormal>one</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>two</p>", "one\n\ntwo\n" },
  { "<p>one</p><p>&nbsp;</p><p>two</p>", "one\n\ntwo\n" },
  { "<q>said</q>", "“said”\n" },
  { "zero\xe2\x80\x8bwidth", "zerowidth\n" },
  { "<a href=x><table><tr><td>in a link</td></tr></table></a>", "in a link\n" },
  { "<p>a\xff</p>", "a\xef\xbf\xbd\n" },
};

/* Characters that there are not: older parsers make bytes of them that are no UTF-8. */
static void
test_no_characters (void)
{
  g_autofree char *text = mime_html_to_text ("a&#x1F609999999999999999999990;b", -1);
  g_autofree char *alt = mime_html_to_text ("<img src=x alt='&#x1F609999999999999999999990;'>", -1);

  g_assert_true (g_str_equal (text, "a?b\n") || g_str_equal (text, "a\xef\xbf\xbd""b\n"));
  g_assert_true (g_str_equal (alt, "[?]\n") || g_str_equal (alt, "[\xef\xbf\xbd]\n"));
}

static void
test_to_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = mime_html_to_text (texts[i].html, -1);

      if (strcmp (text, texts[i].text) != 0)
        g_test_message ("text %u", (guint) i);
      g_assert_cmpstr (text, ==, texts[i].text);
    }
}

static void
test_to_words (void)
{
  g_autofree char *words = mime_html_to_words ("<a href='https://example.org/a'>here</a> <img alt=x>", -1);

  g_assert_cmpstr (words, ==, "here\n");
}

static void
test_from_text (void)
{
  g_autofree char *html = mime_html_from_text ("a < b & \"c\"\n  d\n");
  g_autofree char *text = mime_html_to_text (html, -1);

  g_assert_cmpstr (text, ==, "a < b & \"c\"\n  d\n");
}

/* None of these may survive in any form. */
static void
test_sanitize_hostile (void)
{
  static const char * const hostile[] = {
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\nscript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<iframe src=\"http://evil.example\"></iframe>",
    "<object data=\"http://evil.example\"></object><embed src=\"http://evil.example\">",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=1>\">",
    "<form action=\"http://evil.example\"><input><button>x</button></form>",
    "<style>@import 'http://evil.example';</style>",
    "<div style=\"background:url(http://evil.example)\">x</div>",
    "<div style=\"background-image:\\75rl(http://evil.example)\">x</div>",
    "<div style=\"width:expression(alert(1))\">x</div>",
    "<div style=\"position:fixed;top:0\">x</div>",
    "<base href=\"http://evil.example\"><link rel=stylesheet href=\"http://evil.example\">",
    "<meta http-equiv=refresh content=\"0;url=http://evil.example\">",
    "<textarea></textarea><title></title><xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<img src=\"http://evil.example/pixel.gif\">",
    "<img srcset=\"http://evil.example/pixel.gif\">",
    "<td background=\"http://evil.example/x.png\">",
    "<video poster=\"http://evil.example\"><source src=\"http://evil.example\"></video>",
    "<template><script>alert(1)</script></template>",
    "<p id=x class=y name=z>",
    "<font color=\"&quot;><script>alert(1)</script>\">x</font>",
  };
  static const char * const forbidden[] = {
    "<script", "onerror=a", "javascript:", "<iframe", "<object", "<embed", "<svg", "<math", "<style", "<form",
    "<input", "<link", "<meta", "<base", "url(", "expression", "position", "http://evil", "<video", "<!--",
    "<textarea", "<plaintext", "<xmp", "<title", "<noscript", "<template", "id=", "class=", "data:text",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *safe = mime_html_sanitize (hostile[i], -1);
      g_autofree char *again = mime_html_sanitize (safe, -1);

      for (gsize j = 0; j < G_N_ELEMENTS (forbidden); j++)
        {
          if (strstr (safe, forbidden[j]) != NULL)
            g_test_message ("%s of %u", forbidden[j], (guint) i);
          g_assert_null (strstr (safe, forbidden[j]));
        }
      /* what is clean stays as it is */
      g_assert_cmpstr (again, ==, safe);
    }
}

static void
test_sanitize_keeps (void)
{
  static const struct
  {
    const char *html;
    const char *safe;
  } cases[] = {
    { "<p>a <b>b</b></p>", "<p>a <b>b</b></p>" },
    { "<html><head><title>t</title></head><body><p>a</p></body></html>", "<p>a</p>" },
    { "<a href='https://example.org/?a=1&amp;b=2' target=_blank onclick=x()>x</a>",
      "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>" },
    { "<p style=\"color: red; position: fixed; font-family: 'Arial'\">x</p>",
      "<p style=\"color: red; font-family: 'Arial'\">x</p>" },
    { "<p style=\"color: rgb(1, 2, 3)\">x</p>", "<p style=\"color: rgb(1, 2, 3)\">x</p>" },
    { "<img src='cid:a@b' alt='x' width=10>", "<img src=\"cid:a@b\" alt=\"x\" width=\"10\">" },
    { "<img src='data:image/png;base64,AAAA'>", "<img src=\"data:image/png;base64,AAAA\">" },
    { "<blockquote type=cite>q</blockquote>", "<blockquote type=\"cite\">q</blockquote>" },
    { "<custom-tag>text</custom-tag>", "text" },
    { "a < b &amp; c", "a &lt; b &amp; c" },
    { "<pre>\n\nx</pre>", "<pre>\n\nx</pre>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = mime_html_sanitize (cases[i].html, -1);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

static char *
to_local (const char *address,
          gpointer    user_data)
{
  GPtrArray *seen = user_data;

  g_ptr_array_add (seen, g_strdup (address));
  return g_strdup_printf ("local:%u", seen->len);
}

static const struct
{
  const char *html;
  const char *rewritten;
  guint       n_remote;
} rewrites[] = {
  { "<img src=\"http://a.example/x.png\">", "<img src=\"local:1\">", 1 },
  { "<IMG  SRC=http://a.example/x.png  alt=x>", "<IMG  SRC=\"local:1\"  alt=x>", 1 },
  { "<img src='//a.example/x.png'>", "<img src=\"local:1\">", 1 },
  { "<img src=' HTTP://a.example/x.png '>", "<img src=\"local:1\">", 1 },
  { "<img src='ht\ntp://a.example/x.png'>", "<img src=\"local:1\">", 1 },
  { "<img src='cid:a@b'>", "<img src=\"local:1\">", 0 },
  { "<img src='data:image/png;base64,AA'>", "<img src='data:image/png;base64,AA'>", 0 },
  { "<img src='relative.png'>", "<img src='relative.png'>", 0 },
  { "<td background=\"http://a.example/x.png\">", "<td background=\"http://a.example/x.png\">", 0 },
  { "<table background=\"http://a.example/x.png\"></table>", "<table background=\"local:1\"></table>", 1 },
  { "<img srcset='http://a.example/1.png 1x, http://a.example/2.png 2x'>", "<img srcset=\"local:1\">", 1 },
  { "<div style=\"background: url('http://a.example/x.png') no-repeat\">x</div>",
    "<div style=\"background: url('local:1') no-repeat\">x</div>", 1 },
  { "<div style='background: url( http://a.example/x.png )'>x</div>",
    "<div style=\"background: url( local:1 )\">x</div>", 1 },
  { "<style>a{background:url(http://a.example/x.png)} @import \"http://a.example/x.css\";</style>",
    "<style>a{background:url(local:1)} @import \"\";</style>", 1 },
  { "<style>@import url(http://a.example/x.css); @font-face{src:url(http://a.example/x.woff)}"
    "a{background:url(http://a.example/x.png)}</style>",
    "<style>@import url(); @font-face{src:url()}a{background:url(local:1)}</style>", 1 },
  { "<style>@font-face{src:url(http://a.example/x.woff)", "<style>@font-face{src:url()", 0 },
  { "<iframe src='http://a.example'></iframe>", "<iframe src=\"\"></iframe>", 0 },
  { "<link rel=stylesheet href='http://a.example/x.css'>", "<link rel=stylesheet href=\"\">", 0 },
  { "<a href='http://a.example/'>link</a>", "<a href='http://a.example/'>link</a>", 0 },
  { "<p>a &amp; b <!-- c --> <unclosed <b>", "<p>a &amp; b <!-- c --> <unclosed <b>", 0 },
  { "<b><p><img src=http://a.example/1></b><img src=http://a.example/2>", 
    "<b><p><img src=\"local:1\"></b><img src=\"local:2\">", 2 },
};

static void
test_rewrite (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rewrites); i++)
    {
      g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
      guint n_remote;
      g_autofree char *html = mime_html_rewrite_images (rewrites[i].html, -1, to_local, seen, &n_remote);

      g_test_message ("case %u", (guint) i);
      g_assert_cmpstr (html, ==, rewrites[i].rewritten);
      g_assert_cmpuint (n_remote, ==, rewrites[i].n_remote);
      g_assert_cmpuint (mime_html_count_remote (rewrites[i].html, -1), ==, n_remote);
    }
}

static char *
to_hostile (const char *address,
            gpointer    user_data)
{
  return g_strdup ("x\"></style><script>a('b')</script>");
}

/* What the caller puts in cannot break out of its place. */
static void
test_rewrite_escapes (void)
{
  g_autofree char *html = mime_html_rewrite_images (
    "<img src=http://a><style>a{background:url(http://a)}</style><p style='background:url(http://a)'>",
    -1, to_hostile, NULL, NULL);

  g_assert_null (strstr (html, "<script>"));
}

static void
test_links (void)
{
  g_autoptr(GPtrArray) links = mime_html_collect_links (
    "<a href=' https://evil.example/ '> https://\n<b>bank</b>.example </a>"
    "<a name=x>no</a><a href=mailto:a@b><img alt='write us'></a>", -1);

  g_assert_cmpuint (links->len, ==, 2);
  g_assert_cmpstr (((MimeHtmlLink *) links->pdata[0])->text, ==, "https:// bank.example");
  g_assert_cmpstr (((MimeHtmlLink *) links->pdata[0])->target, ==, "https://evil.example/");
  g_assert_cmpstr (((MimeHtmlLink *) links->pdata[1])->text, ==, "write us");
}

static void
test_dark (void)
{
  g_assert_true (mime_html_supports_dark ("<meta name=color-scheme content='light dark'>", -1));
  g_assert_true (mime_html_supports_dark ("<style>@media (prefers-color-scheme: dark) {}</style>", -1));
  g_assert_false (mime_html_supports_dark ("<p>dark</p>", -1));
}

static char *
repeat (const char *head,
        const char *piece,
        int         n,
        const char *tail)
{
  GString *html = g_string_new (head);

  for (int i = 0; i < n; i++)
    g_string_append (html, piece);
  g_string_append (html, tail);

  return g_string_free (html, FALSE);
}

/* HTML made to take for ever: gives up in time, and still shows the words. */
static void
test_hostile_time (void)
{
  char *hostile[] = {
    repeat ("", "<div>", 40000, "needle"),
    repeat ("<p>", "<font size=1><b><i>", 5000, "needle"),
    repeat ("", "<b><p>", 20000, "needle"),
    repeat ("<table>", "<i>x</i>", 40000, "needle"),
    repeat ("<table>", "<table>", 20000, "needle"),
    repeat ("<a ", "a=1 ", 50000, ">needle"),
    repeat ("", "</x>", 50000, "needle"),
    repeat ("needle", "<", 100000, ""),
    repeat ("needle", "&", 100000, ""),
    repeat ("needle<style>", "a{", 100000, "</style>"),
    repeat ("needle<!--", "<!--", 100000, ""),
    repeat ("needle", "<svg><math>", 10000, ""),
    repeat ("", "<blockquote>", 5000, "needle"),
    repeat ("", "<ul><li>", 5000, "needle"),
    repeat ("needle", "<select><option>", 20000, ""),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autofree char *text = mime_html_to_text (hostile[i], -1);
      g_autofree char *safe = mime_html_sanitize (hostile[i], -1);
      g_autofree char *same = mime_html_rewrite_images (hostile[i], -1, NULL, NULL, NULL);
      gint64 took = g_get_monotonic_time () - start;

      g_test_message ("%" G_GSIZE_FORMAT ": %.3f s, %s", i, (double) took / G_USEC_PER_SEC,
                      same != NULL ? "parsed" : "given up");
      g_assert_nonnull (strstr (text, "needle"));
      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_cmpint (took, <, 20 * G_USEC_PER_SEC);
      g_free (hostile[i]);
    }
}

/* Twice as much takes about twice as long. */
static void
test_linear (void)
{
  const char *piece = "<div><p>Hello <b>world</b>, <a href='https://example.org/x'>a link</a></p><ul><li>x</ul></div>\n";
  gint64 took[2];

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *html = repeat ("", piece, 4000 << i, "");
      gint64 start = g_get_monotonic_time ();
      g_autofree char *text = mime_html_to_text (html, -1);

      took[i] = g_get_monotonic_time () - start;
      g_assert_nonnull (strstr (text, "a link <https://example.org/x>"));
      g_print ("# %zu kB of HTML to text: %.1f ms\n", strlen (html) / 1024, took[i] / 1000.0);
    }
}

static void
test_mutation (void)
{
  static const char * const pieces[] = {
    "<p>", "</p>", "<div style='display:none'>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<a href='http://x'>",
    "</a>", "<b>", "</b>", "<i>", "</i>", "text", " ", "\n", "<!--", "-->", "<style>", "</style>", "<script>",
    "</script>", "<svg>", "</svg>", "<math>", "<select>", "<option>", "<template>", "</template>", "<frameset>",
    "<frame>", "<form>", "</form>", "<title>", "</title>", "<textarea>", "<plaintext>", "<html>", "<head>", "<body>",
    "</body>", "</html>", "&amp;", "&#0;", "&#x110000;", "&", "<", ">", "\"", "'", "=", "<img src=http://x>", "<br>",
    "<li>", "<ul>", "</ul>", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<isindex>", "<nobr>", "<rt>",
    "<ruby>", "<caption>", "<col>", "<colgroup>", "<foreignObject>", "<annotation-xml encoding=text/html>",
    "<![CDATA[", "]]>", "<!DOCTYPE html>", "<?xml ?>", "\xff", "\xef\xbf\xbf", "<button>", "<h1>", "</h2>", "<marquee>",
    "<object>", "<input type=hidden>", "<noscript>", "<iframe>", "</iframe>", "<font color=red>", "</font>",
  };
  gint64 end = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;
  int round;

  for (round = 0; round < 100000 && g_get_monotonic_time () < end; round++)
    {
      GString *html = g_string_new (NULL);
      int n = g_test_rand_int_range (1, 40);
      g_autofree char *text = NULL, *safe = NULL, *again = NULL, *rewritten = NULL;
      g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
      g_autoptr(GPtrArray) links = NULL;

      for (int i = 0; i < n; i++)
        g_string_append (html, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      text = mime_html_to_text (html->str, (gssize) html->len);
      safe = mime_html_sanitize (html->str, (gssize) html->len);
      again = mime_html_sanitize (safe, -1);
      rewritten = mime_html_rewrite_images (html->str, (gssize) html->len, to_local, seen, NULL);
      links = mime_html_collect_links (html->str, (gssize) html->len);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_null (strstr (safe, "<script"));
      g_assert_null (strstr (safe, "http://x\">x"));
      g_assert_nonnull (rewritten);
      g_assert_true (g_utf8_validate (again, -1, NULL));
      g_string_free (html, TRUE);
    }
  g_print ("# %d documents\n", round);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/html/to-text", test_to_text);
  g_test_add_func ("/mime/html/no-characters", test_no_characters);
  g_test_add_func ("/mime/html/to-words", test_to_words);
  g_test_add_func ("/mime/html/from-text", test_from_text);
  g_test_add_func ("/mime/html/sanitize-hostile", test_sanitize_hostile);
  g_test_add_func ("/mime/html/sanitize-keeps", test_sanitize_keeps);
  g_test_add_func ("/mime/html/rewrite", test_rewrite);
  g_test_add_func ("/mime/html/rewrite-escapes", test_rewrite_escapes);
  g_test_add_func ("/mime/html/links", test_links);
  g_test_add_func ("/mime/html/dark", test_dark);
  g_test_add_func ("/mime/html/hostile-time", test_hostile_time);
  g_test_add_func ("/mime/html/linear", test_linear);
  g_test_add_func ("/mime/html/mutation", test_mutation);

  return g_test_run ();
}
