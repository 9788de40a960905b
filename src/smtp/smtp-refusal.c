#include "smtp-refusal-private.h"

#include <string.h>

#include "net-error.h"
#include "smtp-error.h"

/* What it means that a server says no. The codes: RFC 5321 section 4.2.3, RFC 4954 section 6,
 * RFC 3463. */

static gboolean
mentions (SmtpReply  *reply,
          const char *words)
{
  g_autofree char *text = smtp_reply_dup_text (reply);
  g_autofree char *folded = g_ascii_strdown (text, -1);

  return strstr (folded, words) != NULL;
}

static gboolean
has_enhanced (SmtpReply  *reply,
              const char *enhanced)
{
  return g_strcmp0 (smtp_reply_get_enhanced (reply), enhanced) == 0;
}

static GError *
net_refusal (NetError   code,
             SmtpReply *reply)
{
  g_autofree char *text = smtp_reply_dup_text (reply);

  return g_error_new (NET_ERROR, (int) code, "The server refused: “%s”", text);
}

static GError *
message_refusal (SmtpError  code,
                 SmtpReply *reply)
{
  g_autofree char *text = smtp_reply_dup_text (reply);

  return g_error_new (SMTP_ERROR, (int) code, "The server refused: “%s”", text);
}

/* 421 ends the connection at any step */
static GError *
good_bye (SmtpReply *reply)
{
  if (mentions (reply, "too many") || mentions (reply, "concurrent"))
    return net_refusal (NET_ERROR_TOO_MANY_CONNECTIONS, reply);

  return net_refusal (NET_ERROR_SHUTTING_DOWN, reply);
}

static GError *
sign_in_refusal (SmtpReply *reply)
{
  guint code = smtp_reply_get_code (reply);

  /* 5.7.139 is Microsoft's for "not with a password on this tenant" */
  if (code == 525 || has_enhanced (reply, "5.7.13") || has_enhanced (reply, "5.7.139") ||
      mentions (reply, "too many"))
    return net_refusal (NET_ERROR_ACCOUNT_LIMITED, reply);

  if (smtp_reply_is_temporary (reply))
    return net_refusal (NET_ERROR_BUSY, reply);

  if (code == 538 || has_enhanced (reply, "5.7.11"))
    return net_refusal (NET_ERROR_PLAIN_NOT_ALLOWED, reply);

  if (code == 504 || code == 500 || code == 502 || code == 503 || has_enhanced (reply, "5.5.4"))
    return net_refusal (NET_ERROR_MECHANISM_NOT_OFFERED, reply);

  return net_refusal (NET_ERROR_SIGN_IN_REFUSED, reply);
}

static GError *
refusal_of_message (SmtpReply *reply)
{
  /* RFC 3463: 5.3.4, too big for the system; 552 alone may also be a full mailbox (5.2.2) */
  if (has_enhanced (reply, "5.3.4") ||
      (smtp_reply_get_code (reply) == 552 && smtp_reply_get_enhanced (reply) == NULL &&
       mentions (reply, "size")))
    return message_refusal (SMTP_ERROR_TOO_LARGE, reply);

  if (smtp_reply_is_temporary (reply))
    return message_refusal (SMTP_ERROR_TEMPORARY, reply);

  return message_refusal (SMTP_ERROR_PERMANENT, reply);
}

/**
 * smtp_refusal_to_error:
 * @reply: an answer that is not the one that was hoped for
 * @step: to what
 *
 * Returns: (transfer full): an error of %NET_ERROR when it is about the connection or the account,
 *   of %SMTP_ERROR when it is about the message; it quotes the server
 */
GError *
smtp_refusal_to_error (SmtpReply *reply,
                       SmtpStep   step)
{
  if (smtp_reply_get_code (reply) == 421)
    return good_bye (reply);

  /* neither yes nor no, where only these can be said */
  if (!smtp_reply_is_temporary (reply) && !smtp_reply_is_permanent (reply))
    return net_refusal (NET_ERROR_PROTOCOL, reply);

  switch (step)
    {
    case SMTP_STEP_GREETING:
      return smtp_reply_is_temporary (reply) ? net_refusal (NET_ERROR_BUSY, reply)
                                             : message_refusal (SMTP_ERROR_PERMANENT, reply);
    case SMTP_STEP_STARTTLS:
      return net_refusal (NET_ERROR_STARTTLS_NOT_OFFERED, reply);
    case SMTP_STEP_SIGN_IN:
      return sign_in_refusal (reply);
    case SMTP_STEP_MESSAGE:
    default:
      return refusal_of_message (reply);
    }
}
