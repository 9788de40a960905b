#pragma once

#include <glib.h>
#include <gumbo.h>

G_BEGIN_DECLS

/* Which classes and ids the style sheets of a document hide. */
typedef struct
{
  GHashTable *hidden; /* (owned): ".class" and "#id" */
} MimeHtmlStyles;

void     mime_html_styles_init     (MimeHtmlStyles       *self);
void     mime_html_styles_clear    (MimeHtmlStyles       *self);
void     mime_html_styles_add      (MimeHtmlStyles       *self,
                                    const char           *sheet);
gboolean mime_html_styles_is_hidden (const MimeHtmlStyles *self,
                                     const GumboNode      *node);
gboolean mime_html_style_is_hidden (const char           *style,
                                    gboolean              is_leaf);
char    *mime_html_style_get       (const char           *style,
                                    const char           *property);

G_END_DECLS
