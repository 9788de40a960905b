#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A deadline and a caller's cancellable in one cancellable, for one call of GIO */
typedef struct
{
  GCancellable *cancellable; /* (owned) to give to the call */
  GCancellable *outer;       /* (nullable) the caller's */
  GSource *outer_source;     /* (owned) (nullable) */
  GSource *timer;            /* (owned) */
  gint64 deadline_us;
  gboolean timed_out;
} NetWatch;

void net_watch_begin (NetWatch      *self,
                      guint          timeout_ms,
                      GCancellable  *outer);
void net_watch_end   (NetWatch      *self,
                      GError       **cause);

G_END_DECLS
