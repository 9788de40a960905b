#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean pipit_link_opener_open (GtkWidget  *widget,
                                 const char *address);

G_END_DECLS
