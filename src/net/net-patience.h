#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint net_patience_ms (guint usual_ms);

G_END_DECLS
