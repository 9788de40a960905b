#pragma once

#include "pipit-body.h"

G_BEGIN_DECLS

PipitBody *pipit_body_new (PipitMessage *message,
                           GBytes       *bytes,
                           gboolean      is_whole,
                           const char   *structure);

G_END_DECLS
