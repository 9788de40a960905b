#pragma once

#include "net-transport.h"
#include "smtp-reply.h"

G_BEGIN_DECLS

typedef struct _SmtpLink SmtpLink;

SmtpLink  *smtp_link_new          (NetTransport  *transport);
void       smtp_link_free         (SmtpLink      *self);

void       smtp_link_send         (SmtpLink      *self,
                                   const char    *line);
void       smtp_link_send_secret  (SmtpLink      *self,
                                   const char    *shown,
                                   const char    *secret);

SmtpReply *smtp_link_read         (SmtpLink      *self,
                                   guint          timeout_ms,
                                   GCancellable  *cancellable,
                                   GError       **error);
gboolean   smtp_link_write_body   (SmtpLink      *self,
                                   GBytes        *body,
                                   guint          timeout_ms,
                                   gboolean      *out_interrupted,
                                   GCancellable  *cancellable,
                                   GError       **error);
gboolean   smtp_link_has_unsent   (SmtpLink      *self);
gboolean   smtp_link_has_received (SmtpLink      *self);

G_END_DECLS
