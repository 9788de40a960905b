#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mime_text_unflow  (const char *text,
                         gboolean    delete_space);
char *mime_text_flow    (const char *text);
char *mime_text_wrap    (const char *text,
                         gsize       columns);
char *mime_text_quote   (const char *text,
                         const char *attribution);
char *mime_text_preview (const char *text,
                         gsize       max_chars);

G_END_DECLS
