#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SIDEBAR (pipit_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (PipitSidebar, pipit_sidebar, PIPIT, SIDEBAR, AdwBin)

void         pipit_sidebar_set_engine   (PipitSidebar *self,
                                         PipitEngine  *engine);
PipitFolder *pipit_sidebar_get_folder   (PipitSidebar *self);
gboolean     pipit_sidebar_select       (PipitSidebar *self,
                                         PipitFolder  *folder);
void         pipit_sidebar_grab_list    (PipitSidebar *self);

G_END_DECLS
