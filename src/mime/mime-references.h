#pragma once

#include "mime-headers.h"

G_BEGIN_DECLS

char **mime_references_parse     (const char        *bytes,
                                  gssize             size_bytes);
char **mime_references_for_reply (const MimeHeaders *headers);

G_END_DECLS
