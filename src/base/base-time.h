#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 base_time_boottime_us (void);
gint64 base_time_now_unix    (void);

G_END_DECLS
