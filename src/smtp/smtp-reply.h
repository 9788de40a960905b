#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define SMTP_TYPE_REPLY (smtp_reply_get_type ())

typedef struct _SmtpReply SmtpReply;

GType               smtp_reply_get_type       (void) G_GNUC_CONST;

SmtpReply          *smtp_reply_ref            (SmtpReply *self);
void                smtp_reply_unref          (SmtpReply *self);

guint               smtp_reply_get_code       (SmtpReply *self);
const char         *smtp_reply_get_enhanced   (SmtpReply *self);
const char * const *smtp_reply_get_lines      (SmtpReply *self);
char               *smtp_reply_dup_text       (SmtpReply *self);

gboolean            smtp_reply_is_positive    (SmtpReply *self);
gboolean            smtp_reply_is_intermediate (SmtpReply *self);
gboolean            smtp_reply_is_temporary   (SmtpReply *self);
gboolean            smtp_reply_is_permanent   (SmtpReply *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpReply, smtp_reply_unref)

G_END_DECLS
