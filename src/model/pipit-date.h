#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *pipit_date_format_short (gint64     date_unix,
                               GDateTime *now);
char *pipit_date_format_long  (gint64     date_unix);
char *pipit_date_format_time  (GDateTime *time);

G_END_DECLS
