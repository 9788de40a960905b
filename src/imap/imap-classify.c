#include "imap-classify-private.h"

#include <string.h>

#include "base-text.h"

/* What a refusal means for whoever has to decide what to do next. The response code says it, where
 * there is one; for what servers say in words only, the words of the large ones are known. */

#define MAX_TEXT_CHARS 200

static gboolean
contains (const char        *text,
          const char *const *words)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* Gmail: "Too many simultaneous connections"; Dovecot: "Maximum number of connections from user+IP
 * exceeded"; Courier: "maximum number of IMAP connections"; iCloud and others alike */
static gboolean
speaks_of_connections (const char *text)
{
  static const char *const words[] = {
    "too many simultaneous", "too many connections", "too many concurrent", "maximum number of",
    "number of connections", "connection limit", "too many open connections", "too many sessions",
    NULL,
  };

  return contains (text, words);
}

/* Gmail: "Please log in via your web browser", "Account exceeded command or bandwidth limits",
 * Exchange: "User is authenticated but not connected"; Coremail: "Unsafe Login" */
static gboolean
speaks_of_account (const char *text)
{
  static const char *const words[] = {
    "web browser", "web login", "bandwidth", "account is locked", "account locked", "suspended",
    "account is disabled", "account disabled", "blocked", "unsafe login", "not connected",
    "exceeded command", "too many login", "too many failed", "rate limit", "throttl",
    NULL,
  };

  return contains (text, words);
}

static gboolean
speaks_of_now (const char *text)
{
  static const char *const words[] = {
    "temporar", "try again", "unavailable", "internal error", "server error", "later", "timed out",
    "timeout", NULL,
  };

  return contains (text, words);
}

/* Dovecot has no response code for a SELECT of a mailbox that is not there */
static gboolean
speaks_of_absence (const char *text)
{
  static const char *const words[] = { "mailbox doesn't exist", "mailbox does not exist", NULL };

  return contains (text, words);
}

static GError *
net_error (NetError          code,
           const char       *what,
           const ImapStatus *status)
{
  g_autofree char *text = base_text_quote (status->text, -1, MAX_TEXT_CHARS);

  return g_error_new (NET_ERROR, code, "%s: “%s”%s%s%s", what, text,
                      status->code_name != NULL ? " [" : "",
                      status->code_name != NULL ? status->code_name : "",
                      status->code_name != NULL ? "]" : "");
}

/* imap_classify_bye: what a BYE means */
GError *
imap_classify_bye (const ImapStatus *status)
{
  static const char what[] = "The server ends the connection";

  if (status->code == IMAP_CODE_LIMIT || speaks_of_connections (status->text))
    return net_error (NET_ERROR_TOO_MANY_CONNECTIONS, what, status);
  if (speaks_of_account (status->text))
    return net_error (NET_ERROR_ACCOUNT_LIMITED, what, status);

  return net_error (NET_ERROR_SHUTTING_DOWN, what, status);
}

static NetError
sign_in_class_from_code (const ImapStatus *status)
{
  switch (status->code)
    {
    case IMAP_CODE_AUTHENTICATIONFAILED:
    case IMAP_CODE_EXPIRED:
      return NET_ERROR_SIGN_IN_REFUSED;
    case IMAP_CODE_AUTHORIZATIONFAILED:
    case IMAP_CODE_CONTACTADMIN:
    case IMAP_CODE_NOPERM:
    case IMAP_CODE_OVERQUOTA:
    case IMAP_CODE_WEBALERT:
      return NET_ERROR_ACCOUNT_LIMITED;
    case IMAP_CODE_LIMIT:
      return NET_ERROR_TOO_MANY_CONNECTIONS;
    case IMAP_CODE_INUSE:
    case IMAP_CODE_SERVERBUG:
    case IMAP_CODE_UNAVAILABLE:
      return NET_ERROR_BUSY;
    case IMAP_CODE_PRIVACYREQUIRED:
      return NET_ERROR_MECHANISM_NOT_OFFERED;
    default:
      return NET_ERROR_FAILED;
    }
}

/* imap_classify_sign_in: what a NO or BAD to LOGIN or AUTHENTICATE means. A limit on connections
 * often looks like a wrong password: words that speak of one win over the code. */
GError *
imap_classify_sign_in (const ImapStatus *status)
{
  static const char what[] = "The server refused to sign in";
  NetError class = sign_in_class_from_code (status);

  if (speaks_of_connections (status->text))
    class = NET_ERROR_TOO_MANY_CONNECTIONS;
  else if ((class == NET_ERROR_FAILED || class == NET_ERROR_TOO_MANY_CONNECTIONS) &&
           speaks_of_account (status->text))
    class = NET_ERROR_ACCOUNT_LIMITED;
  else if (class == NET_ERROR_FAILED && speaks_of_now (status->text))
    class = NET_ERROR_BUSY;
  else if (class == NET_ERROR_FAILED)
    class = NET_ERROR_SIGN_IN_REFUSED;

  return net_error (class, what, status);
}

static ImapError
refusal_from_code (const ImapStatus *status)
{
  switch (status->code)
    {
    case IMAP_CODE_TRYCREATE:
      return IMAP_ERROR_TRY_CREATE;
    case IMAP_CODE_NONEXISTENT:
      return IMAP_ERROR_NONEXISTENT;
    case IMAP_CODE_ALREADYEXISTS:
      return IMAP_ERROR_ALREADY_EXISTS;
    case IMAP_CODE_OVERQUOTA:
      return IMAP_ERROR_OVER_QUOTA;
    case IMAP_CODE_NOPERM:
    case IMAP_CODE_READ_ONLY:
      return IMAP_ERROR_DENIED;
    case IMAP_CODE_EXPUNGEISSUED:
    case IMAP_CODE_INUSE:
    case IMAP_CODE_LIMIT:
    case IMAP_CODE_SERVERBUG:
    case IMAP_CODE_UNAVAILABLE:
      return IMAP_ERROR_TRY_LATER;
    case IMAP_CODE_NONE:
      if (status->kind == IMAP_STATUS_NO && speaks_of_absence (status->text))
        return IMAP_ERROR_NONEXISTENT;
      G_GNUC_FALLTHROUGH;
    default:
      return status->kind == IMAP_STATUS_BAD ? IMAP_ERROR_BAD : IMAP_ERROR_NO;
    }
}

/* imap_classify_refusal: what a NO or BAD to any other command means */
GError *
imap_classify_refusal (const ImapStatus *status,
                       const char       *command)
{
  g_autofree char *text = base_text_quote (status->text, -1, MAX_TEXT_CHARS);

  return g_error_new (IMAP_ERROR, refusal_from_code (status), "%s to %s: “%s”",
                      imap_status_kind_get_name (status->kind), command, text);
}
