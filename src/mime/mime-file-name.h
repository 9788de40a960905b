#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIME_FILE_NAME_MAX_BYTES 180

char *mime_file_name_make_safe    (const char *name,
                                   const char *content_type,
                                   const char *fallback);
char *mime_file_name_make_unique  (const char *name,
                                   GHashTable *taken);
const char *mime_file_name_get_extension (const char *content_type);

G_END_DECLS
