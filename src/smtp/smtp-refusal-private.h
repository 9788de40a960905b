#pragma once

#include <gio/gio.h>

#include "smtp-reply.h"

G_BEGIN_DECLS

/* At which step a server refused */
typedef enum
{
  SMTP_STEP_GREETING,
  SMTP_STEP_STARTTLS,
  SMTP_STEP_SIGN_IN,
  SMTP_STEP_MESSAGE,
} SmtpStep;

GError *smtp_refusal_to_error (SmtpReply *reply,
                               SmtpStep   step);

G_END_DECLS
