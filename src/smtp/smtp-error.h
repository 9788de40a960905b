#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SMTP_ERROR (smtp_error_quark ())

/**
 * SmtpError:
 * @SMTP_ERROR_FAILED: none of the others
 * @SMTP_ERROR_INVALID: an address or the message cannot be sent as it is; nothing was
 * @SMTP_ERROR_TEMPORARY: not now; the same may be accepted later
 * @SMTP_ERROR_PERMANENT: refused for good, until something is changed
 * @SMTP_ERROR_RECIPIENTS: one or more recipients were refused for good, and nothing was sent; who
 *   they are is in the result
 * @SMTP_ERROR_TOO_LARGE: the message is larger than the server takes; nothing of it was sent
 * @SMTP_ERROR_NOT_SUPPORTED: the message needs SMTPUTF8 or 8BITMIME and the server has it not
 * @SMTP_ERROR_UNSURE: the message was written to its end and no answer came: nobody knows whether
 *   it was accepted. Never repeated by itself
 *
 * What went wrong with a message. What went wrong with the connection or the sign-in is %NET_ERROR;
 * an error of that domain from smtp_session_send () means that the message was not accepted.
 */
typedef enum
{
  SMTP_ERROR_FAILED,
  SMTP_ERROR_INVALID,
  SMTP_ERROR_TEMPORARY,
  SMTP_ERROR_PERMANENT,
  SMTP_ERROR_RECIPIENTS,
  SMTP_ERROR_TOO_LARGE,
  SMTP_ERROR_NOT_SUPPORTED,
  SMTP_ERROR_UNSURE,
} SmtpError;

GQuark smtp_error_quark (void);

G_END_DECLS
