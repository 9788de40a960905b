#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mime_date_parse  (const char *bytes,
                           gssize      size_bytes,
                           gint64     *out_unix,
                           int        *out_offset_minutes);
char    *mime_date_format (gint64      unix_time,
                           int         offset_minutes);

G_END_DECLS
