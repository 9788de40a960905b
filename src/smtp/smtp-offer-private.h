#pragma once

#include "smtp-session.h"

G_BEGIN_DECLS

/* What a server said to EHLO */
typedef struct
{
  SmtpCapabilities capabilities;
  guint64 size_limit_bytes; /* 0: none said */
  char **mechanisms;        /* (owned) */
} SmtpOffer;

void smtp_offer_read  (SmtpOffer *self,
                       SmtpReply *reply);
void smtp_offer_clear (SmtpOffer *self);

G_END_DECLS
