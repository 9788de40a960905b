#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_ENGINE (pipit_engine_get_type ())
G_DECLARE_FINAL_TYPE (PipitEngine, pipit_engine, PIPIT, ENGINE, GObject)

PipitEngine *pipit_engine_new (void);

G_END_DECLS
