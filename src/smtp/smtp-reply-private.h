#pragma once

#include "smtp-reply.h"

G_BEGIN_DECLS

SmtpReply *smtp_reply_new (guint        code,
                           const char  *enhanced,
                           GPtrArray   *lines);

G_END_DECLS
