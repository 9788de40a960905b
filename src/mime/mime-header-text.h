#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mime_header_text_decode (const char *bytes,
                               gssize      size_bytes);

G_END_DECLS
