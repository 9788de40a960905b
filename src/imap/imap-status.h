#pragma once

#include "imap-uid-set.h"

G_BEGIN_DECLS

/**
 * ImapStatusKind:
 *
 * The word that begins a status response.
 */
typedef enum
{
  IMAP_STATUS_OK,
  IMAP_STATUS_NO,
  IMAP_STATUS_BAD,
  IMAP_STATUS_PREAUTH,
  IMAP_STATUS_BYE,
} ImapStatusKind;

/**
 * ImapCode:
 * @IMAP_CODE_NONE: the response has no code
 * @IMAP_CODE_OTHER: one that is not listed here; its atom is #ImapStatus.code_name
 *
 * The response codes of RFC 9051 section 7.1, RFC 5530 and the extensions.
 */
typedef enum
{
  IMAP_CODE_NONE,
  IMAP_CODE_OTHER,
  IMAP_CODE_ALERT,
  IMAP_CODE_ALREADYEXISTS,
  IMAP_CODE_APPENDUID,
  IMAP_CODE_AUTHENTICATIONFAILED,
  IMAP_CODE_AUTHORIZATIONFAILED,
  IMAP_CODE_BADCHARSET,
  IMAP_CODE_CANNOT,
  IMAP_CODE_CAPABILITY,
  IMAP_CODE_CLIENTBUG,
  IMAP_CODE_CLOSED,
  IMAP_CODE_COMPRESSIONACTIVE,
  IMAP_CODE_CONTACTADMIN,
  IMAP_CODE_COPYUID,
  IMAP_CODE_CORRUPTION,
  IMAP_CODE_EXPIRED,
  IMAP_CODE_EXPUNGEISSUED,
  IMAP_CODE_HASCHILDREN,
  IMAP_CODE_HIGHESTMODSEQ,
  IMAP_CODE_INPROGRESS,
  IMAP_CODE_INUSE,
  IMAP_CODE_LIMIT,
  IMAP_CODE_MAILBOXID,
  IMAP_CODE_MODIFIED,
  IMAP_CODE_NOMODSEQ,
  IMAP_CODE_NONEXISTENT,
  IMAP_CODE_NOPERM,
  IMAP_CODE_NOTIFICATIONOVERFLOW,
  IMAP_CODE_OVERQUOTA,
  IMAP_CODE_PARSE,
  IMAP_CODE_PERMANENTFLAGS,
  IMAP_CODE_PRIVACYREQUIRED,
  IMAP_CODE_READ_ONLY,
  IMAP_CODE_READ_WRITE,
  IMAP_CODE_REFERRAL,
  IMAP_CODE_SERVERBUG,
  IMAP_CODE_TOOBIG,
  IMAP_CODE_TRYCREATE,
  IMAP_CODE_UIDNEXT,
  IMAP_CODE_UIDNOTSTICKY,
  IMAP_CODE_UIDVALIDITY,
  IMAP_CODE_UNAVAILABLE,
  IMAP_CODE_UNKNOWN_CTE,
  IMAP_CODE_UNSEEN,
  IMAP_CODE_USEATTR,
  IMAP_CODE_WEBALERT,
} ImapCode;

/**
 * ImapFlags:
 *
 * The system flags; @IMAP_FLAG_ANY is the `\*` of PERMANENTFLAGS. All other flags are keywords.
 */
typedef enum
{
  IMAP_FLAG_SEEN     = 1 << 0,
  IMAP_FLAG_ANSWERED = 1 << 1,
  IMAP_FLAG_FLAGGED  = 1 << 2,
  IMAP_FLAG_DELETED  = 1 << 3,
  IMAP_FLAG_DRAFT    = 1 << 4,
  IMAP_FLAG_RECENT   = 1 << 5,
  IMAP_FLAG_ANY      = 1 << 6,
} ImapFlags;

/**
 * ImapFlagList:
 * @system: mask of #ImapFlags
 * @n_keywords: how many keywords
 * @keywords: (array zero-terminated=1): the keywords as the server wrote them, in its order;
 *   never %NULL
 *
 * Flags of a message or mailbox. Belongs to the response.
 */
typedef struct
{
  guint system;
  guint n_keywords;
  const char *const *keywords;
} ImapFlagList;

/**
 * ImapStatus:
 * @kind: OK, NO, BAD, PREAUTH or BYE
 * @code: the response code
 * @code_name: (nullable): its atom in upper case
 * @code_text: (nullable): what stood behind the atom, unparsed, UTF-8 made valid
 * @number: the first number of the code (UIDVALIDITY, UIDNEXT, UNSEEN, HIGHESTMODSEQ, TOOBIG,
 *   the UIDVALIDITY of APPENDUID and COPYUID)
 * @has_number: whether there was one
 * @flags: of PERMANENTFLAGS
 * @words: (array zero-terminated=1): the capabilities of CAPABILITY, the names of BADCHARSET, the
 *   mailbox id of MAILBOXID; never %NULL
 * @uids: (nullable): of MODIFIED and APPENDUID, the target's UIDs of COPYUID
 * @from_uids: (nullable): the source's UIDs of COPYUID
 * @n_copied: length of the arrays that follow; 0 when COPYUID was damaged
 * @copied_from: (nullable) (array length=n_copied): UIDs in the source, in the order said
 * @copied_to: (nullable) (array length=n_copied): the UID that each has got
 * @text: what the server has to say to people, UTF-8 made valid, without control characters
 *
 * A status response, tagged or not. Belongs to the response.
 */
typedef struct
{
  ImapStatusKind kind;
  ImapCode code;
  const char *code_name;
  const char *code_text;
  guint64 number;
  gboolean has_number;
  ImapFlagList flags;
  const char *const *words;
  ImapUidSet *uids;
  ImapUidSet *from_uids;
  guint n_copied;
  const guint32 *copied_from;
  const guint32 *copied_to;
  const char *text;
} ImapStatus;

const char *imap_status_kind_get_name (ImapStatusKind  kind);
ImapCode    imap_code_from_name       (const char     *name,
                                       gsize           size_bytes);
const char *imap_code_get_name        (ImapCode        code);

G_END_DECLS
