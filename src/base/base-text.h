#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *base_text_quote (const char *bytes,
                       gssize      size_bytes,
                       gsize       max_chars);

G_END_DECLS
