#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_ACTIVITY_WINDOW (pipit_activity_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitActivityWindow, pipit_activity_window, PIPIT, ACTIVITY_WINDOW, AdwWindow)

PipitActivityWindow *pipit_activity_window_new (GtkWindow   *parent,
                                                PipitEngine *engine);

G_END_DECLS
