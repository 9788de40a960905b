#pragma once

#include "mime-header-text.h"

G_BEGIN_DECLS

void     mime_header_text_append        (GString     *text,
                                         const char  *bytes,
                                         gsize        size_bytes,
                                         const char  *charset);
gboolean mime_header_text_is_plain      (const char  *bytes,
                                         gsize        size_bytes);
gsize    mime_header_text_word_length   (const char  *bytes,
                                         gsize        size_bytes);
char    *mime_header_text_encode        (const char  *text,
                                         gboolean     whole);

G_END_DECLS
