#pragma once

#include "smtp-link-private.h"
#include "smtp-offer-private.h"
#include "smtp-session.h"

G_BEGIN_DECLS

struct _SmtpSession
{
  GObject parent_instance;

  NetTransport *transport; /* (owned) */
  SmtpLink *link;          /* (owned) (nullable) while connected */
  SmtpTimeouts timeouts;
  gboolean sending; /* which of the timeouts is for an answer */
  SmtpOffer offer;
  char *greeting;          /* (owned) (nullable) */
};

SmtpReply *smtp_session_read    (SmtpSession   *self,
                                 GCancellable  *cancellable,
                                 GError       **error);
SmtpReply *smtp_session_command (SmtpSession   *self,
                                 const char    *line,
                                 GCancellable  *cancellable,
                                 GError       **error);
gboolean   smtp_session_reset   (SmtpSession   *self,
                                 GCancellable  *cancellable);

G_END_DECLS
