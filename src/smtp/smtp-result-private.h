#pragma once

#include "smtp-result.h"

G_BEGIN_DECLS

SmtpResult *smtp_result_new                 (const char * const *recipients);
void        smtp_result_set_recipient_reply (SmtpResult         *self,
                                             guint               index,
                                             SmtpReply          *reply);
void        smtp_result_set_final_reply     (SmtpResult         *self,
                                             SmtpReply          *reply);

G_END_DECLS
