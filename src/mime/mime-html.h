#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MimeHtmlLink:
 * @text: what the link shows, one line
 * @target: where it leads, as written
 */
typedef struct
{
  char *text;
  char *target;
} MimeHtmlLink;

/**
 * MimeHtmlRewriteFunc:
 * @address: an absolute http or https address of a picture, or a `cid:` one
 * @user_data: the caller's
 *
 * Returns: (transfer full) (nullable): what to put in its place, or %NULL to leave it empty
 */
typedef char *(*MimeHtmlRewriteFunc) (const char *address,
                                      gpointer    user_data);

char      *mime_html_to_text         (const char          *html,
                                      gssize               size_bytes);
char      *mime_html_to_words        (const char          *html,
                                      gssize               size_bytes);
char      *mime_html_from_text       (const char          *text);
char      *mime_html_sanitize        (const char          *html,
                                      gssize               size_bytes);
char      *mime_html_rewrite_images  (const char          *html,
                                      gssize               size_bytes,
                                      MimeHtmlRewriteFunc  rewrite,
                                      gpointer             user_data,
                                      guint               *out_n_remote);
guint      mime_html_count_remote    (const char          *html,
                                      gssize               size_bytes);
GPtrArray *mime_html_collect_links   (const char          *html,
                                      gssize               size_bytes);
gboolean   mime_html_supports_dark   (const char          *html,
                                      gssize               size_bytes);
void       mime_html_link_free       (MimeHtmlLink        *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeHtmlLink, mime_html_link_free)

G_END_DECLS
