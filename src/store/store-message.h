#pragma once

#include "store-address.h"
#include "store-flags.h"

G_BEGIN_DECLS

/**
 * StoreLocationState:
 * @STORE_LOCATION_PRESENT: the server has it under its UID
 * @STORE_LOCATION_EXPECTED: a move, copy or append of ours will bring it; no UID yet
 * @STORE_LOCATION_TOMBSTONE: the server said that it is gone; kept until a second proof
 * @STORE_LOCATION_STALE: known under an earlier UIDVALIDITY and not matched again yet
 */
typedef enum
{
  STORE_LOCATION_PRESENT = 0,
  STORE_LOCATION_EXPECTED = 1,
  STORE_LOCATION_TOMBSTONE = 2,
  STORE_LOCATION_STALE = 3,
} StoreLocationState;

/**
 * StoreBodyState:
 * @STORE_BODY_NONE: nothing downloaded
 * @STORE_BODY_TEXT: the text parts are here
 * @STORE_BODY_WHOLE: the message is here, byte for byte
 *
 * A hint for lists and prefetch. Only reading a body, with its hash checked, proves it.
 */
typedef enum
{
  STORE_BODY_NONE = 0,
  STORE_BODY_TEXT = 1,
  STORE_BODY_WHOLE = 2,
} StoreBodyState;

/**
 * StoreAttachmentState:
 *
 * Whether the message has attachments, by its structure; a guess from Content-Type before.
 */
typedef enum
{
  STORE_ATTACHMENT_UNKNOWN = 0,
  STORE_ATTACHMENT_NONE = 1,
  STORE_ATTACHMENT_SOME = 2,
  STORE_ATTACHMENT_LIKELY = 3,
} StoreAttachmentState;

/**
 * StoreFilter:
 *
 * Which rows of a folder a list shows.
 */
typedef enum
{
  STORE_FILTER_ALL,
  STORE_FILTER_UNREAD,
  STORE_FILTER_STARRED,
  STORE_FILTER_ATTACHMENTS, /* known or likely */
} StoreFilter;

/**
 * StoreListEntry:
 *
 * A row of a list, and all of it that is kept for every row. A list is sorted by @sort_date
 * descending, then by @location ascending; both never change for a location.
 */
typedef struct
{
  gint64 sort_date;
  gint64 location;
} StoreListEntry;

/**
 * StoreUidFlags:
 * @modseq: MODSEQ, or 0; not filled where it comes out
 * @keywords: (nullable): borrowed where it goes in, not filled where it comes out
 * @keywords_hash: store_keywords_hash () of the keywords, where it comes out
 *
 * A message of a folder as the server sees it.
 */
typedef struct
{
  guint32 uid;
  guint32 flags;
  guint64 modseq;
  const char *keywords;
  guint32 keywords_hash;
} StoreUidFlags;

/**
 * StoreRow:
 * @flags: as shown: server truth with the waiting operations applied
 * @keywords: (nullable): as shown
 * @uid: the UID, or 0 while it is not known
 * @message_id: (nullable): Message-ID without the angle brackets
 * @n_conversation: messages of the conversation over all folders, 1 or more
 * @is_waiting: an operation on it is still on its way to the server
 * @is_shown: %FALSE where only the conversation view asks for it by name (hidden or removed)
 *
 * Everything that a row of the list or a collapsed row of the reader shows. Owns its strings.
 */
typedef struct
{
  gint64 location;
  gint64 message;
  gint64 conversation;
  gint64 folder;
  gint64 sort_date;
  StoreLocationState state;
  guint32 uid;
  guint32 flags;
  char *keywords;
  char *message_id;
  StoreAddressList *from;
  StoreAddressList *to;
  char *subject;
  char *preview;
  gint64 date_unix;
  gint64 size_bytes;
  StoreAttachmentState attachment;
  StoreBodyState body;
  guint n_conversation;
  gboolean is_waiting;
  gboolean is_shown;
} StoreRow;

/**
 * StoreMessage:
 * @row: what a list shows of it
 * @server_flags: what the server said, without the person's waiting wishes
 * @references: (array zero-terminated=1) (nullable): as in the field, at most 64
 * @structure: (nullable): what sync stored with store_tx_set_structure ()
 *
 * Everything the cache knows of a message at one location. Owns its members.
 */
typedef struct
{
  StoreRow *row;
  guint32 server_flags;
  char *server_keywords;
  guint64 modseq;
  gint64 internal_date_unix;
  guint64 fingerprint;
  char *email_id;
  char *thread_id;
  StoreAddressList *sender;
  StoreAddressList *reply_to;
  StoreAddressList *cc;
  StoreAddressList *bcc;
  char **in_reply_to;
  char **references;
  char *list_id;
  char *list_unsubscribe;
  char *list_unsubscribe_post;
  char *content_type;
  char *authentication_results;
  gboolean is_bulk;
  char *structure;
} StoreMessage;

/**
 * StoreLocation:
 *
 * Where a message lies: enough to name it to the server. Plain data.
 */
typedef struct
{
  gint64 location;
  gint64 message;
  gint64 folder;
  StoreLocationState state;
  guint32 uid_validity;
  guint32 uid;
  guint32 flags;
  gboolean is_shown;
} StoreLocation;

/**
 * StoreRecipient:
 * @n_written: how often we wrote to them
 *
 * Somebody to complete an address with.
 */
typedef struct
{
  char *name;
  char *address;
  guint n_written;
  gint64 written_unix;
  gint64 seen_unix;
} StoreRecipient;

#define STORE_TYPE_ROW (store_row_get_type ())
#define STORE_TYPE_MESSAGE (store_message_get_type ())

GType         store_row_get_type     (void) G_GNUC_CONST;
StoreRow     *store_row_copy         (const StoreRow     *self);
void          store_row_free         (StoreRow           *self);

GType         store_message_get_type (void) G_GNUC_CONST;
StoreMessage *store_message_copy     (const StoreMessage *self);
void          store_message_free     (StoreMessage       *self);

void          store_recipient_free   (StoreRecipient     *self);

int           store_list_entry_compare (const StoreListEntry *a,
                                        const StoreListEntry *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreRow, store_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreMessage, store_message_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreRecipient, store_recipient_free)

G_END_DECLS
