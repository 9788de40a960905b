#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define IMAP_ERROR (imap_error_quark ())

/**
 * ImapError:
 * @IMAP_ERROR_SYNTAX: what the server said cannot be read any further; the connection is over
 * @IMAP_ERROR_TOO_LARGE: a line or literal exceeds the reader's limits; the connection is over
 * @IMAP_ERROR_NO: refused, and asking again will not help
 * @IMAP_ERROR_BAD: the server does not take this command: a bug, or a feature to switch off
 * @IMAP_ERROR_TRY_LATER: refused for now ([UNAVAILABLE], [INUSE], [LIMIT], [SERVERBUG])
 * @IMAP_ERROR_TRY_CREATE: the target mailbox has to be created first
 * @IMAP_ERROR_NONEXISTENT: the mailbox is not there
 * @IMAP_ERROR_ALREADY_EXISTS: the mailbox is there already
 * @IMAP_ERROR_OVER_QUOTA: the account or mailbox is full
 * @IMAP_ERROR_TOO_BIG: the message is larger than the server takes
 * @IMAP_ERROR_DENIED: no permission, or the mailbox is read-only
 * @IMAP_ERROR_NOT_SUPPORTED: the server lacks the capability; nothing was sent
 * @IMAP_ERROR_STATE: not signed in, or no mailbox selected; nothing was sent
 *
 * What a caller can decide on. What ends a connection from below (closed, timed out, BYE,
 * certificates, sign-in refused) is a `NET_ERROR`, whichever floor has noticed it.
 */
typedef enum
{
  IMAP_ERROR_SYNTAX,
  IMAP_ERROR_TOO_LARGE,
  IMAP_ERROR_NO,
  IMAP_ERROR_BAD,
  IMAP_ERROR_TRY_LATER,
  IMAP_ERROR_TRY_CREATE,
  IMAP_ERROR_NONEXISTENT,
  IMAP_ERROR_ALREADY_EXISTS,
  IMAP_ERROR_OVER_QUOTA,
  IMAP_ERROR_TOO_BIG,
  IMAP_ERROR_DENIED,
  IMAP_ERROR_NOT_SUPPORTED,
  IMAP_ERROR_STATE,
} ImapError;

GQuark imap_error_quark (void);

G_END_DECLS
