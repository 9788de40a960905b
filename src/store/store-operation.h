#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreOperationKind:
 * @STORE_OPERATION_FLAGS: flags and keywords added and removed
 * @STORE_OPERATION_MOVE: to another folder of the account (archive and delete are moves)
 * @STORE_OPERATION_COPY: to another folder of the account
 * @STORE_OPERATION_EXPUNGE: removed for good
 *
 * What a person can do to a message. Stored.
 */
typedef enum
{
  STORE_OPERATION_FLAGS = 0,
  STORE_OPERATION_MOVE = 1,
  STORE_OPERATION_COPY = 2,
  STORE_OPERATION_EXPUNGE = 3,
} StoreOperationKind;

/**
 * StoreOperationState:
 * @STORE_OPERATION_WAITING: may still be taken back without a trace
 * @STORE_OPERATION_SENT: claimed: its command is, or may be, on the wire
 * @STORE_OPERATION_DOUBTFUL: sent, and no answer: the server has to be looked at
 * @STORE_OPERATION_DONE: the server did it
 * @STORE_OPERATION_REFUSED: the server will not do it; the answer says why
 * @STORE_OPERATION_UNDONE: taken back before it was sent
 *
 * The first three are pending: they shape what is shown. Stored, and the order matters.
 *
 * Allowed steps: waiting to sent, undone or refused; sent to done, refused, doubtful or
 * waiting; doubtful to done, refused or waiting.
 */
typedef enum
{
  STORE_OPERATION_WAITING = 0,
  STORE_OPERATION_SENT = 1,
  STORE_OPERATION_DOUBTFUL = 2,
  STORE_OPERATION_DONE = 3,
  STORE_OPERATION_REFUSED = 4,
  STORE_OPERATION_UNDONE = 5,
} StoreOperationState;

/**
 * StoreWish:
 * @add_keywords: (nullable): separated by spaces
 * @target_folder: id of the folder, for a move or a copy
 *
 * What a person wants done to some messages.
 */
typedef struct
{
  StoreOperationKind kind;
  guint32 add_flags;
  guint32 remove_flags;
  const char *add_keywords;
  const char *remove_keywords;
  gint64 target_folder;
} StoreWish;

/**
 * StoreOperation:
 * @group: what one gesture of the person did shares a group; undo takes a group
 * @uid: the UID, or 0 while the move that it depends on has not brought it
 * @message_id: (nullable): with @size_bytes, @internal_date_unix and @facts_hash the
 *   fingerprint by which the message is known again
 * @before_flags: flags as shown before the operation, for undo
 * @target_uid_validity: UIDVALIDITY and UIDNEXT of the target, committed before the first byte
 * @target_uid: where it arrived, once COPYUID or a match has said so
 * @depends_on: an operation that has to be done before, or 0
 * @answer: (nullable): what the server said, quoted
 *
 * One message's part of a person's wish, by durable identities only: it outlives the cache.
 * Owns its strings.
 */
typedef struct
{
  gint64 operation;
  gint64 group;
  StoreOperationKind kind;
  StoreOperationState state;
  char *account_uuid;
  char *folder_uuid;
  guint32 uid_validity;
  guint32 uid;
  char *message_id;
  gint64 size_bytes;
  gint64 internal_date_unix;
  guint64 facts_hash;
  guint32 add_flags;
  guint32 remove_flags;
  char *add_keywords;
  char *remove_keywords;
  guint32 before_flags;
  char *before_keywords;
  char *target_folder_uuid;
  guint32 target_uid_validity;
  guint32 target_uid_next;
  guint32 target_uid;
  gint64 depends_on;
  gint64 created_unix;
  gint64 changed_unix;
  gint64 not_before_unix;
  guint n_attempts;
  char *answer;
} StoreOperation;

/**
 * StoreWork:
 * @folder_uuid: the folder to select
 * @uids: (element-type guint32): sorted, each once
 * @operations: (element-type gint64): every operation that the command settles; a message whose
 *   flags were changed more than once has several, and the net of them is what is sent
 * @target_folder_uuid: (nullable): for a move or a copy
 *
 * What one command, or one pair of STOREs, can carry out: the same change to many messages of
 * one folder. Owns its members.
 */
typedef struct
{
  StoreOperationKind kind;
  char *account_uuid;
  char *folder_uuid;
  guint32 uid_validity;
  guint32 add_flags;
  guint32 remove_flags;
  char *add_keywords;
  char *remove_keywords;
  char *target_folder_uuid;
  GArray *uids;
  GArray *operations;
} StoreWork;

/**
 * StoreUndo:
 * @n_dropped: operations that were still waiting and are gone
 * @n_inverted: operations that had been sent: the opposite is waiting now
 * @n_impossible: operations that cannot be taken back (removed for good, copies)
 */
typedef struct
{
  guint n_dropped;
  guint n_inverted;
  guint n_impossible;
} StoreUndo;

StoreOperation *store_operation_copy (const StoreOperation *self);
void            store_operation_free (StoreOperation       *self);

void            store_work_free      (StoreWork            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOperation, store_operation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreWork, store_work_free)

G_END_DECLS
