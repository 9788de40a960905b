#pragma once

#include "pipit-composition.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_COMPOSER_WINDOW (pipit_composer_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitComposerWindow, pipit_composer_window, PIPIT, COMPOSER_WINDOW, AdwWindow)

PipitComposerWindow *pipit_composer_window_new (GtkApplication   *application,
                                                PipitComposition *composition);

PipitComposition    *pipit_composer_window_get_composition (PipitComposerWindow *self);

G_END_DECLS
