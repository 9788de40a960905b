#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreSpecialUse:
 *
 * What a folder is for: RFC 6154's attributes, INBOX, and what the person has chosen where
 * the server does not say. Stored.
 */
typedef enum
{
  STORE_SPECIAL_NONE = 0,
  STORE_SPECIAL_INBOX = 1,
  STORE_SPECIAL_DRAFTS = 2,
  STORE_SPECIAL_SENT = 3,
  STORE_SPECIAL_ARCHIVE = 4,
  STORE_SPECIAL_JUNK = 5,
  STORE_SPECIAL_TRASH = 6,
  STORE_SPECIAL_ALL = 7,
  STORE_SPECIAL_FLAGGED = 8,
  STORE_SPECIAL_IMPORTANT = 9,
} StoreSpecialUse;

/**
 * StoreFolderAttributes:
 *
 * @STORE_FOLDER_LABEL: one of a server with X-GM-EXT-1: a message is in several folders at a
 *   time and at most once in each, its flags are the same everywhere, and leaving a folder is
 *   losing its label
 *
 * The LIST attributes that matter to us, as a mask (RFC 9051 section 7.3.1). Stored.
 */
typedef enum
{
  STORE_FOLDER_NO_SELECT = 1 << 0,
  STORE_FOLDER_NO_INFERIORS = 1 << 1,
  STORE_FOLDER_NON_EXISTENT = 1 << 2,
  STORE_FOLDER_HAS_CHILDREN = 1 << 3,
  STORE_FOLDER_HAS_NO_CHILDREN = 1 << 4,
  STORE_FOLDER_SUBSCRIBED = 1 << 5,
  STORE_FOLDER_REMOTE = 1 << 6,
  STORE_FOLDER_LABEL = 1 << 7,
} StoreFolderAttributes;

/**
 * StoreFolderState:
 * @STORE_FOLDER_NEW: no message of it was fetched yet
 * @STORE_FOLDER_FILLING: the first sync is under way: older messages are missing
 * @STORE_FOLDER_COMPLETE: everything that the server had when last checked is here
 * @STORE_FOLDER_REMATCHING: UIDVALIDITY has changed and the messages are matched again
 * @STORE_FOLDER_GONE: removed; its rows are being purged, and no query shows it
 */
typedef enum
{
  STORE_FOLDER_NEW = 0,
  STORE_FOLDER_FILLING = 1,
  STORE_FOLDER_COMPLETE = 2,
  STORE_FOLDER_REMATCHING = 3,
  STORE_FOLDER_GONE = 4,
} StoreFolderState;

/**
 * StoreFolderFacts:
 * @name: the mailbox name as on the wire, the key of a folder
 * @display_name: the whole name in UTF-8, levels still separated by @delimiter
 * @delimiter: the hierarchy delimiter, or 0 for a flat name
 * @mailbox_id: (nullable): MAILBOXID (RFC 8474)
 *
 * What LIST says of a mailbox. Strings are borrowed.
 */
typedef struct
{
  const char *name;
  const char *display_name;
  gunichar delimiter;
  guint32 attributes;
  StoreSpecialUse special_use;
  const char *mailbox_id;
} StoreFolderFacts;

/**
 * StoreFolderStatus:
 * @uid_validity: 0 where not known
 * @uid_next: 0 where not known
 * @highest_modseq: 0 where not known or NOMODSEQ
 * @n_exists: EXISTS or MESSAGES, -1 where not known
 * @n_unseen: UNSEEN of STATUS, -1 where not known
 *
 * What SELECT or STATUS says of a mailbox. Unknown members leave the stored value.
 */
typedef struct
{
  guint32 uid_validity;
  guint32 uid_next;
  guint64 highest_modseq;
  gint64 n_exists;
  gint64 n_unseen;
} StoreFolderStatus;

/**
 * StoreFolder:
 * @folder: the folder's id in the cache
 * @uuid: the durable identity, the same after the cache was rebuilt
 * @server_unseen: what STATUS said, for folders that are not cached; -1 where not known
 * @backfill_uid: the resume marker: every message with this UID or a higher one, up to
 *   @uid_next, is here. 0: nothing yet, 1: all
 * @checked_unix: when the folder was last found identical to the server, or 0
 * @n_missing_lists: how many LISTs in a row did not name it
 * @proved_exists: how many messages the server had when exactly the rows that are here were proved
 *   to be all of them; -1 when rows have come or gone since, whatever the reason
 *
 * A folder's row. Owns its strings.
 */
typedef struct
{
  gint64 folder;
  gint64 account;
  char *account_uuid;
  char *uuid;
  char *name;
  char *display_name;
  gunichar delimiter;
  guint32 attributes;
  StoreSpecialUse special_use;
  StoreFolderState state;
  char *mailbox_id;
  guint32 uid_validity;
  guint32 uid_next;
  guint64 highest_modseq;
  gint64 server_exists;
  gint64 server_unseen;
  guint32 backfill_uid;
  gint64 checked_unix;
  guint n_missing_lists;
  gint64 proved_exists;
} StoreFolder;

/**
 * StoreFolderCounts:
 * @n_shown: rows that the list shows
 * @n_unread: of these, without \Seen as shown
 * @n_starred: of these, with \Flagged as shown
 * @n_present: messages that the server is known to have, whatever is shown: for the proof
 *   against EXISTS. Filled only when it was asked for, else -1
 *
 * Derived by query from the rows that they count.
 */
typedef struct
{
  gint64 n_shown;
  gint64 n_unread;
  gint64 n_starred;
  gint64 n_present;
} StoreFolderCounts;

#define STORE_TYPE_FOLDER (store_folder_get_type ())

GType        store_folder_get_type      (void) G_GNUC_CONST;

StoreFolder *store_folder_copy          (const StoreFolder *self);
void         store_folder_free          (StoreFolder       *self);
gboolean     store_folder_is_selectable (const StoreFolder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFolder, store_folder_free)

G_END_DECLS
