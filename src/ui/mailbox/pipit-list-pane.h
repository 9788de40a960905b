#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_LIST_PANE (pipit_list_pane_get_type ())
G_DECLARE_FINAL_TYPE (PipitListPane, pipit_list_pane, PIPIT, LIST_PANE, AdwBin)

void         pipit_list_pane_set_engine     (PipitListPane *self,
                                             PipitEngine   *engine);
void         pipit_list_pane_set_folder     (PipitListPane *self,
                                             PipitFolder   *folder);
PipitFolder *pipit_list_pane_get_folder     (PipitListPane *self);
GtkWidget   *pipit_list_pane_get_list       (PipitListPane *self);

GArray      *pipit_list_pane_dup_selected   (PipitListPane *self);
GArray      *pipit_list_pane_dup_all        (PipitListPane *self);
guint        pipit_list_pane_get_n_selected (PipitListPane *self);
gboolean     pipit_list_pane_get_selecting  (PipitListPane *self);
void         pipit_list_pane_set_selecting  (PipitListPane *self,
                                             gboolean       selecting);

gint64       pipit_list_pane_find_after     (PipitListPane *self,
                                             GArray        *ids);
gboolean     pipit_list_pane_select         (PipitListPane *self,
                                             gint64         id,
                                             gboolean       grab_focus);
gboolean     pipit_list_pane_step           (PipitListPane *self,
                                             int            step);
void         pipit_list_pane_step_unread    (PipitListPane *self);
void         pipit_list_pane_keep           (PipitListPane *self,
                                             gint64         id);
void         pipit_list_pane_grab_list      (PipitListPane *self);

G_END_DECLS
