#pragma once

#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_PREFERENCES_WINDOW (pipit_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitPreferencesWindow, pipit_preferences_window, PIPIT, PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

PipitPreferencesWindow *pipit_preferences_window_new (GtkWindow   *parent,
                                                      PipitEngine *engine,
                                                      GSettings   *settings);

G_END_DECLS
