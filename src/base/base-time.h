#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 base_time_boottime_us (void);
gint64 base_time_now_unix    (void);
gint64 base_time_asleep_us   (void);

G_END_DECLS
