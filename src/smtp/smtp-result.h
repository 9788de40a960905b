#pragma once

#include <glib-object.h>

#include "smtp-reply.h"

G_BEGIN_DECLS

#define SMTP_TYPE_RESULT (smtp_result_get_type ())

typedef struct _SmtpResult SmtpResult;

GType       smtp_result_get_type            (void) G_GNUC_CONST;

SmtpResult *smtp_result_ref                 (SmtpResult *self);
void        smtp_result_unref               (SmtpResult *self);

guint       smtp_result_get_n_recipients    (SmtpResult *self);
const char *smtp_result_get_recipient       (SmtpResult *self,
                                             guint       index);
SmtpReply  *smtp_result_get_recipient_reply (SmtpResult *self,
                                             guint       index);
gboolean    smtp_result_is_accepted         (SmtpResult *self,
                                             guint       index);
guint       smtp_result_count_accepted      (SmtpResult *self);
SmtpReply  *smtp_result_get_final_reply     (SmtpResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpResult, smtp_result_unref)

G_END_DECLS
