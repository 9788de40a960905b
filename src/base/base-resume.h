#pragma once

#include <glib.h>

G_BEGIN_DECLS

GSource *base_resume_source_new (void);

G_END_DECLS
