#pragma once

#include "pipit-application.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_WINDOW (pipit_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitWindow, pipit_window, PIPIT, WINDOW, AdwApplicationWindow)

PipitWindow *pipit_window_new (PipitApplication *application);

G_END_DECLS
