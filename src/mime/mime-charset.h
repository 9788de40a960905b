#pragma once

#include "mime-encoding.h"

G_BEGIN_DECLS

char *mime_charset_to_utf8    (const char   *bytes,
                               gsize         size_bytes,
                               const char   *charset,
                               MimeProblems *problems);
char *mime_charset_from_1252  (const char   *bytes,
                               gsize         size_bytes);

G_END_DECLS
