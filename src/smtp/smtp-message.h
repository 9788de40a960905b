#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SmtpMessage SmtpMessage;

SmtpMessage *smtp_message_new             (GBytes        *bytes,
                                           GError       **error);
void         smtp_message_free            (SmtpMessage   *self);

GBytes      *smtp_message_get_wire        (SmtpMessage   *self);
gsize        smtp_message_get_size        (SmtpMessage   *self);
gboolean     smtp_message_has_8bit_header (SmtpMessage   *self);
gboolean     smtp_message_has_8bit_body   (SmtpMessage   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpMessage, smtp_message_free)

G_END_DECLS
