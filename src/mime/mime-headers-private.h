#pragma once

#include "mime-headers.h"

G_BEGIN_DECLS

gboolean mime_headers_is_ended (const MimeHeaders *self);

G_END_DECLS
