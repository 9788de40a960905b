#pragma once

#include "imap-error.h"
#include "imap-status.h"
#include "net-error.h"

G_BEGIN_DECLS

GError *imap_classify_bye     (const ImapStatus *status);
GError *imap_classify_sign_in (const ImapStatus *status);
GError *imap_classify_refusal (const ImapStatus *status,
                               const char       *command);

G_END_DECLS
