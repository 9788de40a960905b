#pragma once

#include "mime-encoding.h"

G_BEGIN_DECLS

gsize mime_base64_decode           (const char   *encoded,
                                    gsize         size_bytes,
                                    guchar       *out,
                                    MimeProblems *problems);
gsize mime_quoted_printable_decode (const char   *encoded,
                                    gsize         size_bytes,
                                    guchar       *out,
                                    gboolean      in_header,
                                    MimeProblems *problems);
gsize mime_base64_measure          (const char   *encoded,
                                    gsize         size_bytes,
                                    MimeProblems *problems);
gsize mime_quoted_printable_measure (const char  *encoded,
                                     gsize        size_bytes);

G_END_DECLS
