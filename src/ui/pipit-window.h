#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_WINDOW (pipit_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitWindow, pipit_window, PIPIT, WINDOW, AdwApplicationWindow)

PipitWindow *pipit_window_new          (GtkApplication *application,
                                        PipitEngine    *engine,
                                        GSettings      *settings);
void         pipit_window_show_failure (PipitWindow    *self,
                                        const char     *title,
                                        const char     *explanation);

G_END_DECLS
