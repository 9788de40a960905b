#pragma once

#include "imap-envelope.h"
#include "imap-status.h"
#include "imap-structure.h"
#include "imap-uid-set.h"

G_BEGIN_DECLS

#define IMAP_TYPE_RESPONSE (imap_response_get_type ())

/**
 * ImapResponseType:
 * @IMAP_RESPONSE_OTHER: one that is not understood; its bytes are kept
 * @IMAP_RESPONSE_CONTINUE: `+`
 * @IMAP_RESPONSE_TAGGED: the end of a command
 * @IMAP_RESPONSE_EXTENSION: of an extension that is never asked for (ACL, METADATA, SORT, THREAD):
 *   known by its name, and left alone
 * @IMAP_RESPONSE_STATUS: `* OK`, `* NO`, `* BAD`, `* PREAUTH`, `* BYE`
 */
typedef enum
{
  IMAP_RESPONSE_OTHER,
  IMAP_RESPONSE_CONTINUE,
  IMAP_RESPONSE_TAGGED,
  IMAP_RESPONSE_STATUS,
  IMAP_RESPONSE_CAPABILITY,
  IMAP_RESPONSE_ENABLED,
  IMAP_RESPONSE_ID,
  IMAP_RESPONSE_NAMESPACE,
  IMAP_RESPONSE_LIST,
  IMAP_RESPONSE_MAILBOX_STATUS,
  IMAP_RESPONSE_FLAGS,
  IMAP_RESPONSE_SEARCH,
  IMAP_RESPONSE_EXISTS,
  IMAP_RESPONSE_RECENT,
  IMAP_RESPONSE_EXPUNGE,
  IMAP_RESPONSE_VANISHED,
  IMAP_RESPONSE_FETCH,
  IMAP_RESPONSE_QUOTA,
  IMAP_RESPONSE_QUOTAROOT,
  IMAP_RESPONSE_EXTENSION,
} ImapResponseType;

/**
 * ImapMailboxAttributes:
 *
 * Attributes of LIST, the special uses of RFC 6154 and RFC 8457 and XLIST's names for them.
 */
typedef enum
{
  IMAP_MAILBOX_NOSELECT      = 1 << 0,
  IMAP_MAILBOX_NOINFERIORS   = 1 << 1,
  IMAP_MAILBOX_MARKED        = 1 << 2,
  IMAP_MAILBOX_UNMARKED      = 1 << 3,
  IMAP_MAILBOX_HAS_CHILDREN  = 1 << 4,
  IMAP_MAILBOX_HAS_NO_CHILDREN = 1 << 5,
  IMAP_MAILBOX_NONEXISTENT   = 1 << 6,
  IMAP_MAILBOX_SUBSCRIBED    = 1 << 7,
  IMAP_MAILBOX_REMOTE        = 1 << 8,
  IMAP_MAILBOX_ALL           = 1 << 9,
  IMAP_MAILBOX_ARCHIVE       = 1 << 10,
  IMAP_MAILBOX_DRAFTS        = 1 << 11,
  IMAP_MAILBOX_FLAGGED       = 1 << 12,
  IMAP_MAILBOX_IMPORTANT     = 1 << 13,
  IMAP_MAILBOX_JUNK          = 1 << 14,
  IMAP_MAILBOX_SENT          = 1 << 15,
  IMAP_MAILBOX_TRASH         = 1 << 16,
  IMAP_MAILBOX_INBOX         = 1 << 17,
} ImapMailboxAttributes;

/**
 * ImapListEntry:
 * @mailbox: wire name
 * @delimiter: hierarchy delimiter, 0 for NIL
 * @attributes: mask of #ImapMailboxAttributes
 * @old_mailbox: (nullable): wire name before a rename (OLDNAME, RFC 5465)
 * @is_subscription: an answer to LSUB: it says nothing of whether the mailbox exists
 */
typedef struct
{
  const char *mailbox;
  char delimiter;
  guint attributes;
  const char *old_mailbox;
  gboolean is_subscription;
} ImapListEntry;

/**
 * ImapMailboxStatusItems:
 *
 * What a STATUS response contains.
 */
typedef enum
{
  IMAP_MAILBOX_STATUS_MESSAGES      = 1 << 0,
  IMAP_MAILBOX_STATUS_RECENT        = 1 << 1,
  IMAP_MAILBOX_STATUS_UNSEEN        = 1 << 2,
  IMAP_MAILBOX_STATUS_DELETED       = 1 << 3,
  IMAP_MAILBOX_STATUS_UIDNEXT       = 1 << 4,
  IMAP_MAILBOX_STATUS_UIDVALIDITY   = 1 << 5,
  IMAP_MAILBOX_STATUS_HIGHESTMODSEQ = 1 << 6,
  IMAP_MAILBOX_STATUS_SIZE          = 1 << 7,
  IMAP_MAILBOX_STATUS_MAILBOXID     = 1 << 8,
  IMAP_MAILBOX_STATUS_APPENDLIMIT   = 1 << 9,
} ImapMailboxStatusItems;

/**
 * ImapMailboxStatus:
 * @mailbox: wire name
 * @items: mask of #ImapMailboxStatusItems: which of the following were said
 * @has_bad_mailbox_id: a MAILBOXID was said that is none
 *
 * A STATUS response.
 */
typedef struct
{
  const char *mailbox;
  guint items;
  guint32 messages;
  guint32 recent;
  guint32 unseen;
  guint32 deleted;
  guint32 uid_next;
  guint32 uid_validity;
  guint64 highest_modseq;
  guint64 size_bytes;
  guint64 append_limit_bytes;
  const char *mailbox_id;
  gboolean has_bad_mailbox_id;
} ImapMailboxStatus;

/**
 * ImapNamespaceEntry:
 * @prefix: wire form of the prefix, "INBOX."
 * @delimiter: 0 for NIL
 */
typedef struct
{
  const char *prefix;
  char delimiter;
} ImapNamespaceEntry;

/**
 * ImapNamespace:
 *
 * The answer to NAMESPACE, RFC 2342.
 */
typedef struct
{
  guint n_personal;
  const ImapNamespaceEntry *personal;
  guint n_others;
  const ImapNamespaceEntry *others;
  guint n_shared;
  const ImapNamespaceEntry *shared;
} ImapNamespace;

/**
 * ImapIdField:
 * @value: (nullable): UTF-8 made valid
 */
typedef struct
{
  const char *name;
  const char *value;
} ImapIdField;

/**
 * ImapId:
 *
 * What the server says of itself, RFC 2971. No fields for NIL.
 */
typedef struct
{
  guint n_fields;
  const ImapIdField *fields;
} ImapId;

/**
 * ImapSearch:
 * @is_esearch: an ESEARCH response
 * @is_uid: whether @all holds UIDs; for a plain SEARCH only the command knows
 * @tag: (nullable): of the command, in an ESEARCH
 * @all: the hits; of an ESEARCH without ALL: empty
 * @has_all: whether the hits were said (Outlook answers RETURN () with nothing at all)
 * @min: 0 when not said
 * @max: 0 when not said
 * @has_count: whether @count was said
 * @modseq: highest mod-sequence of the hits, 0 when not said
 */
typedef struct
{
  gboolean is_esearch;
  gboolean is_uid;
  const char *tag;
  ImapUidSet *all;
  gboolean has_all;
  guint32 min;
  guint32 max;
  gboolean has_count;
  guint32 count;
  guint64 modseq;
} ImapSearch;

/**
 * ImapVanished:
 * @uids: what is gone
 * @is_earlier: gone before this session: message numbers do not change
 */
typedef struct
{
  ImapUidSet *uids;
  gboolean is_earlier;
} ImapVanished;

/**
 * ImapQuotaResource:
 * @name: "STORAGE" (in units of 1024 octets), "MESSAGE"
 */
typedef struct
{
  const char *name;
  guint64 usage;
  guint64 limit;
} ImapQuotaResource;

/**
 * ImapQuota:
 *
 * A QUOTA response, RFC 9208.
 */
typedef struct
{
  const char *root;
  guint n_resources;
  const ImapQuotaResource *resources;
} ImapQuota;

/**
 * ImapQuotaRoots:
 * @mailbox: wire name
 * @roots: (array zero-terminated=1): its quota roots
 */
typedef struct
{
  const char *mailbox;
  const char *const *roots;
} ImapQuotaRoots;

/**
 * ImapSectionKind:
 * @IMAP_SECTION_BODY: `BODY[]`, `BODY[1.2]`, RFC822: all of the message or part
 * @IMAP_SECTION_BINARY: `BINARY[1.2]`: the part, decoded
 * @IMAP_SECTION_PREVIEW: not a section of the message: the server's PREVIEW, UTF-8
 */
typedef enum
{
  IMAP_SECTION_BODY,
  IMAP_SECTION_HEADER,
  IMAP_SECTION_HEADER_FIELDS,
  IMAP_SECTION_HEADER_FIELDS_NOT,
  IMAP_SECTION_MIME,
  IMAP_SECTION_TEXT,
  IMAP_SECTION_BINARY,
  IMAP_SECTION_PREVIEW,
} ImapSectionKind;

/**
 * ImapSection:
 * @kind: which
 * @part: section number, "" for the message
 * @origin: first byte of a partial fetch, or -1
 * @is_nil: the server has no such section
 * @is_dropped: it was larger than what the reader was told to keep; @bytes is %NULL
 * @size_bytes: its size, in bytes, also of one that was dropped
 * @bytes: (nullable) (array length=size_bytes): not terminated
 *
 * A string that a FETCH brought. @bytes point into the reader's buffers, which the response
 * keeps alive: copy what is to stay.
 */
typedef struct
{
  ImapSectionKind kind;
  const char *part;
  gint64 origin;
  gboolean is_nil;
  gboolean is_dropped;
  gsize size_bytes;
  const char *bytes;
} ImapSection;

/**
 * ImapFetchItems:
 *
 * What a FETCH response contains, and what a FETCH command asks for.
 */
typedef enum
{
  IMAP_FETCH_UID           = 1 << 0,
  IMAP_FETCH_FLAGS         = 1 << 1,
  IMAP_FETCH_INTERNALDATE  = 1 << 2,
  IMAP_FETCH_SIZE          = 1 << 3,
  IMAP_FETCH_MODSEQ        = 1 << 4,
  IMAP_FETCH_EMAILID       = 1 << 5,
  IMAP_FETCH_THREADID      = 1 << 6,
  IMAP_FETCH_ENVELOPE      = 1 << 7,
  IMAP_FETCH_BODYSTRUCTURE = 1 << 8,
  IMAP_FETCH_PREVIEW       = 1 << 9,
  IMAP_FETCH_SAVEDATE      = 1 << 10,
  IMAP_FETCH_GM_MSGID      = 1 << 11,
  IMAP_FETCH_GM_THRID      = 1 << 12,
  IMAP_FETCH_GM_LABELS     = 1 << 13,
} ImapFetchItems;

/**
 * ImapFetch:
 * @sequence: message number, 0 for a UIDFETCH
 * @items: mask of #ImapFetchItems: which of the following were said
 * @uid: never 0 when said
 * @flags: of the message
 * @internal_date_unix: seconds since 1970
 * @save_date_unix: the same, of SAVEDATE
 * @size_bytes: RFC822.SIZE, which some servers get wrong
 * @modseq: mod-sequence
 * @email_id: (nullable): of OBJECTID
 * @thread_id: (nullable): of OBJECTID; %NULL also for NIL
 * @gm_message_id: X-GM-MSGID
 * @gm_thread_id: X-GM-THRID
 * @n_gm_labels: how many labels
 * @gm_labels: (array zero-terminated=1): in wire form; never %NULL
 * @n_sections: how many sections
 * @sections: (array length=n_sections): in the order said
 *
 * A FETCH response: all of it, or as much of it as the server chose to send at a time.
 */
typedef struct
{
  guint32 sequence;
  guint items;
  guint32 uid;
  ImapFlagList flags;
  gint64 internal_date_unix;
  gint64 save_date_unix;
  guint64 size_bytes;
  guint64 modseq;
  const char *email_id;
  const char *thread_id;
  guint64 gm_message_id;
  guint64 gm_thread_id;
  guint n_gm_labels;
  const char *const *gm_labels;
  guint n_sections;
  const ImapSection *sections;
} ImapFetch;

/**
 * ImapResponse:
 * @type: which of the others is set
 * @name: the word that names the response, in upper case: "FETCH"
 * @tag: (nullable): of a tagged response
 * @number: of EXISTS, RECENT and EXPUNGE
 * @status: of tagged and untagged status responses
 * @text: of CONTINUE: what follows `+ `. Of OTHER: the whole line. UTF-8 made valid
 * @words: (array zero-terminated=1): of CAPABILITY and ENABLED, as said
 * @flags: of FLAGS
 *
 * What the server said, once. Immutable; counted atomically.
 */
typedef struct _ImapResponse ImapResponse;

struct _ImapResponse
{
  ImapResponseType type;
  const char *name;
  union
  {
    guint32 number;
    const char *const *words;
    const ImapStatus *status;
    const ImapFetch *fetch;
    const ImapFlagList *flags;
    const ImapId *id;
    const ImapListEntry *list;
    const ImapMailboxStatus *mailbox_status;
    const ImapNamespace *name_space;
    const ImapQuota *quota;
    const ImapQuotaRoots *quota_roots;
    const ImapSearch *search;
    const ImapVanished *vanished;
    const char *text;
  };
  const char *tag;
};

GType              imap_response_get_type      (void) G_GNUC_CONST;

ImapResponse      *imap_response_ref           (const ImapResponse *self);
void               imap_response_unref         (const ImapResponse *self);
char              *imap_response_to_string     (const ImapResponse *self);

const ImapSection *imap_response_find_section  (const ImapResponse *self,
                                                ImapSectionKind     kind,
                                                const char         *part);
GBytes            *imap_response_dup_section   (const ImapResponse *self,
                                                const ImapSection  *section);
ImapEnvelope      *imap_response_dup_envelope  (const ImapResponse *self,
                                                GError            **error);
ImapStructure     *imap_response_dup_structure (const ImapResponse *self,
                                                GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapResponse, imap_response_unref)

G_END_DECLS
