#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mime_message_id_next   (const char **p,
                       const char  *end);
char *mime_message_id_single (const char  *bytes,
                       gsize        size_bytes);

G_END_DECLS
