#pragma once

#include "pipit-account.h"
#include "pipit-engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_SETUP_WINDOW (pipit_setup_window_get_type ())
G_DECLARE_FINAL_TYPE (PipitSetupWindow, pipit_setup_window, PIPIT, SETUP_WINDOW, AdwWindow)

PipitSetupWindow *pipit_setup_window_new             (GtkWindow    *parent,
                                                      PipitEngine  *engine);
PipitSetupWindow *pipit_setup_window_new_for_account (GtkWindow    *parent,
                                                      PipitAccount *account);

G_END_DECLS
