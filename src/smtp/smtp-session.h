#pragma once

#include <gio/gio.h>

#include "base-secret.h"
#include "net-transport.h"
#include "smtp-error.h"
#include "smtp-result.h"

G_BEGIN_DECLS

#define SMTP_TYPE_SESSION (smtp_session_get_type ())

G_DECLARE_FINAL_TYPE (SmtpSession, smtp_session, SMTP, SESSION, GObject)

/**
 * SmtpCapabilities:
 * @SMTP_CAPABILITY_STARTTLS: RFC 3207
 * @SMTP_CAPABILITY_AUTH: RFC 4954
 * @SMTP_CAPABILITY_SIZE: RFC 1870
 * @SMTP_CAPABILITY_8BITMIME: RFC 6152
 * @SMTP_CAPABILITY_SMTPUTF8: RFC 6531
 * @SMTP_CAPABILITY_PIPELINING: RFC 2920
 * @SMTP_CAPABILITY_ENHANCED_STATUS: RFC 2034
 *
 * What the server said to EHLO; after STARTTLS, what it says then.
 */
typedef enum
{
  SMTP_CAPABILITY_NONE = 0,
  SMTP_CAPABILITY_STARTTLS = 1 << 0,
  SMTP_CAPABILITY_AUTH = 1 << 1,
  SMTP_CAPABILITY_SIZE = 1 << 2,
  SMTP_CAPABILITY_8BITMIME = 1 << 3,
  SMTP_CAPABILITY_SMTPUTF8 = 1 << 4,
  SMTP_CAPABILITY_PIPELINING = 1 << 5,
  SMTP_CAPABILITY_ENHANCED_STATUS = 1 << 6,
} SmtpCapabilities;

/**
 * SmtpTimeouts:
 * @begin_ms: for an answer until one is signed in, while a person may be looking
 * @command_ms: for an answer when sending, and for a stretch of the message to be taken
 * @accept_ms: for the answer after the message's end
 *
 * For the latter two RFC 5321 section 4.5.3.2 names five and ten minutes.
 */
typedef struct
{
  guint begin_ms;
  guint command_ms;
  guint accept_ms;
} SmtpTimeouts;

extern const SmtpTimeouts smtp_timeouts_default;

/**
 * SmtpPolicy:
 * @SMTP_POLICY_ALL: the message is sent to all recipients or to none
 * @SMTP_POLICY_ANY: it is sent to those whom the server accepts
 */
typedef enum
{
  SMTP_POLICY_ALL,
  SMTP_POLICY_ANY,
} SmtpPolicy;

/**
 * SmtpCommitFunc:
 *
 * Called when the whole message has been written but for the dot that ends it, and before that
 * dot: from here on nobody can know what happened until the answer has come, so this is where the
 * caller makes "unsure" durable. It may await; it does not use the session.
 *
 * Returns: %TRUE to go on; %FALSE with an error to break off, which leaves the message unsent
 */
typedef gboolean (*SmtpCommitFunc) (gpointer   user_data,
                                    GError   **error);

SmtpSession        *smtp_session_new            (NetEndpoint        *endpoint,
                                                 NetTrust           *trust,
                                                 NetTranscript      *transcript);
void                smtp_session_set_timeouts   (SmtpSession        *self,
                                                 const SmtpTimeouts *timeouts);
NetTransport       *smtp_session_get_transport  (SmtpSession        *self);

/* Awaits */
gboolean            smtp_session_connect        (SmtpSession        *self,
                                                 GCancellable       *cancellable,
                                                 GError            **error);
gboolean            smtp_session_sign_in        (SmtpSession        *self,
                                                 const char         *user,
                                                 BaseSecret         *secret,
                                                 GCancellable       *cancellable,
                                                 GError            **error);
gboolean            smtp_session_check_sender   (SmtpSession        *self,
                                                 const char         *sender,
                                                 GCancellable       *cancellable,
                                                 GError            **error);
gboolean            smtp_session_send           (SmtpSession        *self,
                                                 const char         *sender,
                                                 const char * const *recipients,
                                                 GBytes             *message,
                                                 SmtpPolicy          policy,
                                                 SmtpCommitFunc      commit,
                                                 gpointer            commit_data,
                                                 SmtpResult        **out_result,
                                                 GCancellable       *cancellable,
                                                 GError            **error);
void                smtp_session_quit           (SmtpSession        *self,
                                                 GCancellable       *cancellable);

void                smtp_session_close          (SmtpSession        *self);
gboolean            smtp_session_is_open        (SmtpSession        *self);

gboolean            smtp_session_has            (SmtpSession        *self,
                                                 SmtpCapabilities    capability);
guint64             smtp_session_get_size_limit (SmtpSession        *self);
const char * const *smtp_session_get_mechanisms (SmtpSession        *self);
const char         *smtp_session_get_greeting   (SmtpSession        *self);

G_END_DECLS
