#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWindow *pipit_source_window_new      (GtkWindow  *parent,
                                         const char *title,
                                         const char *text);
GtkWindow *pipit_source_window_new_html (GtkWindow  *parent,
                                         const char *title,
                                         GtkWidget  *view);

G_END_DECLS
