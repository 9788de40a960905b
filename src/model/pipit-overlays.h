#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a person has just done and the store has not said yet. An overlay lives from the click
 * until a moment after its commit, so that nothing flickers in between.
 */
typedef struct _PipitOverlays PipitOverlays;

PipitOverlays *pipit_overlays_new    (void);
void           pipit_overlays_free   (PipitOverlays *self);

guint          pipit_overlays_push   (PipitOverlays *self,
                                      GArray        *locations,
                                      guint32        set_flags,
                                      guint32        clear_flags,
                                      gboolean       hides);
GArray        *pipit_overlays_drop   (PipitOverlays *self,
                                      guint          id,
                                      gboolean      *out_suppressed);

guint32        pipit_overlays_apply  (PipitOverlays *self,
                                      gint64         location,
                                      guint32        flags);
gboolean       pipit_overlays_hides  (PipitOverlays *self,
                                      gint64         location);

G_END_DECLS
