#pragma once

#include "pipit-attachment.h"

#include "mime-message.h"

G_BEGIN_DECLS

PipitAttachment *pipit_attachment_new_for_part  (PipitMessage    *message,
                                                 MimeMessage     *mime,
                                                 MimePart        *part,
                                                 gint64           size_bytes,
                                                 gboolean         is_here);
PipitAttachment *pipit_attachment_new_for_bytes (const char      *name,
                                                 const char      *content_type,
                                                 GBytes          *bytes);
GBytes          *pipit_attachment_get_bytes     (PipitAttachment *self);

G_END_DECLS
