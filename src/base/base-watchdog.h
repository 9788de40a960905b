#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseWatchdog BaseWatchdog;

BaseWatchdog *base_watchdog_new                  (GMainContext *context,
                                                  guint         threshold_ms);
BaseWatchdog *base_watchdog_new_from_environment (void);
void          base_watchdog_free                 (BaseWatchdog *self);

gint64        base_watchdog_get_longest_us       (BaseWatchdog *self);
gint64        base_watchdog_get_longest_cpu_us   (BaseWatchdog *self);
guint         base_watchdog_get_n_stalls         (BaseWatchdog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseWatchdog, base_watchdog_free)

G_END_DECLS
