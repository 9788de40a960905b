#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

void mime_gmime_init (void);

G_END_DECLS
