#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 store_hash_bytes (guint64     seed,
                          const void *bytes,
                          gsize       size_bytes);
guint64 store_hash_text  (guint64     seed,
                          const char *text);

G_END_DECLS
