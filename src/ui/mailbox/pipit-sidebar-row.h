#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SIDEBAR_ROW (pipit_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitSidebarRow, pipit_sidebar_row, PIPIT, SIDEBAR_ROW, GtkWidget)

GtkWidget *pipit_sidebar_row_new    (void);
void       pipit_sidebar_row_bind   (PipitSidebarRow *self,
                                     GtkTreeListRow  *row);
void       pipit_sidebar_row_unbind (PipitSidebarRow *self);
gpointer   pipit_sidebar_row_get_item (PipitSidebarRow *self);

G_END_DECLS
