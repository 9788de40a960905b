#include "imap-classify-private.h"

#include <string.h>

#include "base-text.h"

/* What a refusal means for whoever has to decide what to do next. The response code says it, where
 * there is one; for what servers say in words only, the words of the large ones are known. Two
 * tables, which `sync/sync-gate.c` turns into waiting, fewer connections, or a question:
 *
 * - BUSY, SHUTTING_DOWN, TRY_LATER: the same again, later
 * - TOO_MANY_CONNECTIONS: one connection fewer
 * - ACCOUNT_LIMITED: later, and much later; the words are shown
 * - SIGN_IN_REFUSED: the person is asked, once
 * - all others: this is refused, with the server's words */

#define MAX_TEXT_CHARS 200

typedef struct
{
  ImapCode code;
  NetError sign_in;  /* to LOGIN, AUTHENTICATE, or instead of a greeting; FAILED: the words decide */
  NetError bye;      /* in a BYE */
  ImapError refusal; /* to any other command */
} Decision;

/* RFC 5530 if not said otherwise */
static const Decision decisions[] = {
  { IMAP_CODE_ALERT, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_NO },
  { IMAP_CODE_ALREADYEXISTS, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_ALREADY_EXISTS },
  { IMAP_CODE_AUTHENTICATIONFAILED, NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN,
    IMAP_ERROR_DENIED },
  { IMAP_CODE_AUTHORIZATIONFAILED, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    IMAP_ERROR_DENIED },
  { IMAP_CODE_CANNOT, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_NO },
  { IMAP_CODE_CLIENTBUG, NET_ERROR_PROTOCOL, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_NO },
  { IMAP_CODE_CONTACTADMIN, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED, IMAP_ERROR_NO },
  { IMAP_CODE_CORRUPTION, NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_NO },
  { IMAP_CODE_EXPIRED, NET_ERROR_SIGN_IN_REFUSED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_DENIED },
  { IMAP_CODE_EXPUNGEISSUED, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TRY_LATER },
  { IMAP_CODE_INUSE, NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TRY_LATER },
  { IMAP_CODE_LIMIT, NET_ERROR_TOO_MANY_CONNECTIONS, NET_ERROR_TOO_MANY_CONNECTIONS,
    IMAP_ERROR_TRY_LATER },
  { IMAP_CODE_NONEXISTENT, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_NONEXISTENT },
  { IMAP_CODE_NOPERM, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_DENIED },
  { IMAP_CODE_OVERQUOTA, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED,
    IMAP_ERROR_OVER_QUOTA },
  { IMAP_CODE_PRIVACYREQUIRED, NET_ERROR_MECHANISM_NOT_OFFERED, NET_ERROR_SHUTTING_DOWN,
    IMAP_ERROR_DENIED },
  /* RFC 9051 section 7.1 */
  { IMAP_CODE_READ_ONLY, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_DENIED },
  { IMAP_CODE_SERVERBUG, NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TRY_LATER },
  /* RFC 4469 section 4.2 */
  { IMAP_CODE_TOOBIG, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TOO_BIG },
  { IMAP_CODE_TRYCREATE, NET_ERROR_FAILED, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TRY_CREATE },
  { IMAP_CODE_UNAVAILABLE, NET_ERROR_BUSY, NET_ERROR_SHUTTING_DOWN, IMAP_ERROR_TRY_LATER },
  /* Gmail: the account has to be looked at in a browser */
  { IMAP_CODE_WEBALERT, NET_ERROR_ACCOUNT_LIMITED, NET_ERROR_ACCOUNT_LIMITED, IMAP_ERROR_NO },
};

typedef struct
{
  const char *words;     /* in lower case */
  NetError class;
  gboolean ends_session; /* also in the answer to another command: nothing works any more */
} Phrase;

/* The first that fits counts */
static const Phrase phrases[] = {
  /* Gmail, Dovecot ("Maximum number of connections from user+IP exceeded"), Courier, iCloud */
  { "too many simultaneous", NET_ERROR_TOO_MANY_CONNECTIONS, TRUE },
  { "too many connections", NET_ERROR_TOO_MANY_CONNECTIONS, TRUE },
  { "too many concurrent", NET_ERROR_TOO_MANY_CONNECTIONS, TRUE },
  { "too many open connections", NET_ERROR_TOO_MANY_CONNECTIONS, TRUE },
  { "too many sessions", NET_ERROR_TOO_MANY_CONNECTIONS, TRUE },
  { "maximum number of", NET_ERROR_TOO_MANY_CONNECTIONS, FALSE },
  { "number of connections", NET_ERROR_TOO_MANY_CONNECTIONS, FALSE },
  { "connection limit", NET_ERROR_TOO_MANY_CONNECTIONS, FALSE },
  /* Exchange: LOGIN is OK, and every SELECT is BAD */
  { "authenticated but not connected", NET_ERROR_ACCOUNT_LIMITED, TRUE },
  /* Gmail; Exchange ("Request is throttled. Suggested Backoff Time: 299961 milliseconds") */
  { "command or bandwidth limit", NET_ERROR_ACCOUNT_LIMITED, TRUE },
  { "request is throttled", NET_ERROR_ACCOUNT_LIMITED, TRUE },
  { "throttl", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "bandwidth", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "exceeded command", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "rate limit", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "too many login", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "too many failed", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  /* Gmail: "Please log in via your web browser"; Coremail: "Unsafe Login" */
  { "web browser", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "web login", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "unsafe login", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "account is locked", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "account locked", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "account is disabled", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "account disabled", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "suspended", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "blocked", NET_ERROR_ACCOUNT_LIMITED, FALSE },
  { "temporar", NET_ERROR_BUSY, FALSE },
  { "try again", NET_ERROR_BUSY, FALSE },
  { "unavailable", NET_ERROR_BUSY, FALSE },
  { "internal error", NET_ERROR_BUSY, FALSE },
  { "server error", NET_ERROR_BUSY, FALSE },
  { "later", NET_ERROR_BUSY, FALSE },
  { "timed out", NET_ERROR_BUSY, FALSE },
  { "timeout", NET_ERROR_BUSY, FALSE },
};

static const Decision *
find_decision (const ImapStatus *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (decisions[i].code == status->code)
      return &decisions[i];

  return NULL;
}

static const Phrase *
find_phrase (const ImapStatus *status)
{
  g_autofree char *lower = g_utf8_strdown (status->text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (strstr (lower, phrases[i].words) != NULL)
      return &phrases[i];

  return NULL;
}

/* Dovecot has no response code for a SELECT of a mailbox that is not there */
static gboolean
speaks_of_absence (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);

  return strstr (lower, "mailbox doesn't exist") != NULL ||
         strstr (lower, "mailbox does not exist") != NULL;
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
  const Decision *decision = find_decision (status);
  const Phrase *phrase = find_phrase (status);
  NetError class = decision != NULL ? decision->bye : NET_ERROR_SHUTTING_DOWN;

  if (class == NET_ERROR_SHUTTING_DOWN && phrase != NULL && phrase->class != NET_ERROR_BUSY)
    class = phrase->class;

  return net_error (class, "The server ends the connection", status);
}

/* imap_classify_sign_in: what a NO or BAD to LOGIN or AUTHENTICATE means. A limit on connections
 * often looks like a wrong password: words that speak of one win over the code. */
GError *
imap_classify_sign_in (const ImapStatus *status)
{
  const Decision *decision = find_decision (status);
  const Phrase *phrase = find_phrase (status);
  NetError class = decision != NULL ? decision->sign_in : NET_ERROR_FAILED;

  if (phrase != NULL &&
      (phrase->class == NET_ERROR_TOO_MANY_CONNECTIONS || class == NET_ERROR_FAILED ||
       (phrase->class == NET_ERROR_ACCOUNT_LIMITED && class == NET_ERROR_TOO_MANY_CONNECTIONS)))
    class = phrase->class;
  else if (class == NET_ERROR_FAILED)
    class = NET_ERROR_SIGN_IN_REFUSED;

  return net_error (class, "The server refused to sign in", status);
}

static ImapError
get_refusal (const ImapStatus *status)
{
  const Decision *decision = find_decision (status);

  if (decision != NULL && decision->refusal != IMAP_ERROR_NO)
    return decision->refusal;
  if (status->kind == IMAP_STATUS_BAD)
    return IMAP_ERROR_BAD;

  return status->code == IMAP_CODE_NONE && speaks_of_absence (status->text)
         ? IMAP_ERROR_NONEXISTENT : IMAP_ERROR_NO;
}

/* Gmail says [THROTTLED], which no RFC knows */
static gboolean
is_throttled (const ImapStatus *status)
{
  return g_strcmp0 (status->code_name, "THROTTLED") == 0;
}

/* imap_classify_refusal: what a NO or BAD to any other command means. An error of %NET_ERROR is not
 * about the command: the session is of no use any more. */
GError *
imap_classify_refusal (const ImapStatus *status,
                       const char       *command)
{
  const Phrase *phrase = find_phrase (status);
  g_autofree char *text = NULL;

  if (phrase != NULL && phrase->ends_session)
    return net_error (phrase->class, "The server serves no more", status);
  if (is_throttled (status))
    return net_error (NET_ERROR_ACCOUNT_LIMITED, "The server serves no more", status);

  text = base_text_quote (status->text, -1, MAX_TEXT_CHARS);
  return g_error_new (IMAP_ERROR, get_refusal (status), "%s to %s: “%s”",
                      imap_status_kind_get_name (status->kind), command, text);
}
