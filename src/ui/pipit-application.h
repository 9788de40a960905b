#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_APPLICATION (pipit_application_get_type ())
G_DECLARE_FINAL_TYPE (PipitApplication, pipit_application, PIPIT, APPLICATION, AdwApplication)

PipitApplication *pipit_application_new (void);

G_END_DECLS
