#pragma once

#include "pipit-engine.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkTreeListModel *pipit_sidebar_model_new (PipitEngine *engine);

G_END_DECLS
