#include "fuzz.h"

#include <string.h>

#include "mime-html.h"

/* HTML as somebody sends it. What is sanitised holds nothing to be fetched and nothing that runs. */

static char *
rewrite (const char *address,
         gpointer    user_data)
{
  guint *n_addresses = user_data;

  (*n_addresses)++;
  return NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *html = g_utf8_make_valid ((const char *) data, (gssize) size);
  g_autofree char *text = mime_html_to_text (html, -1);
  g_autofree char *words = mime_html_to_words (html, -1);
  g_autofree char *clean = mime_html_sanitize (html, -1);
  g_autoptr(GPtrArray) links G_GNUC_UNUSED = mime_html_collect_links (html, -1);
  guint n_addresses = 0;
  guint n_remote;
  g_autofree char *rewritten = mime_html_rewrite_images (html, -1, rewrite, &n_addresses, &n_remote);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_utf8_validate (words, -1, NULL));
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_true (g_utf8_validate (rewritten, -1, NULL));
  g_assert_cmpuint (mime_html_count_remote (clean, -1), ==, 0);
  g_assert_null (strstr (clean, "<script"));
  g_assert_null (strstr (clean, "<!--"));
  mime_html_supports_dark (html, -1);
  return 0;
}
