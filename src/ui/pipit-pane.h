#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_PANE (pipit_pane_get_type ())
G_DECLARE_FINAL_TYPE (PipitPane, pipit_pane, PIPIT, PANE, GtkWidget)

G_END_DECLS
