#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * StoreOutboxState:
 * @STORE_OUTBOX_QUEUED: may be sent, changed or taken back
 * @STORE_OUTBOX_SENDING: claimed; the last byte of DATA has not been written yet
 * @STORE_OUTBOX_UNSURE: the last byte may have been written and no answer has come
 * @STORE_OUTBOX_SENT: the server took it
 * @STORE_OUTBOX_FILED: a copy is in Sent: nothing is left to do
 * @STORE_OUTBOX_FAILED: refused; the answers say why
 * @STORE_OUTBOX_CANCELLED: taken back by the person before it was sent
 *
 * Each is committed before the step that it names. Stored.
 *
 * Allowed steps: queued to sending, failed or cancelled; sending to queued, unsure or failed;
 * unsure to queued (only when the person or the server's own copies said so), sent, failed or
 * cancelled; sent to filed; failed to queued or cancelled.
 */
typedef enum
{
  STORE_OUTBOX_QUEUED = 0,
  STORE_OUTBOX_SENDING = 1,
  STORE_OUTBOX_UNSURE = 2,
  STORE_OUTBOX_SENT = 3,
  STORE_OUTBOX_FILED = 4,
  STORE_OUTBOX_FAILED = 5,
  STORE_OUTBOX_CANCELLED = 6,
} StoreOutboxState;

/**
 * StoreAnswerState:
 *
 * What the submission server said about one recipient. Stored.
 */
typedef enum
{
  STORE_ANSWER_NONE = 0,
  STORE_ANSWER_ACCEPTED = 1,
  STORE_ANSWER_TEMPORARY = 2,
  STORE_ANSWER_REFUSED = 3,
} StoreAnswerState;

/**
 * StoreOutboxRecipient:
 * @address: the address of RCPT TO
 * @code: the SMTP reply code, or 0
 * @text: (nullable): the reply, with its enhanced status code, quoted
 */
typedef struct
{
  char *address;
  StoreAnswerState state;
  guint code;
  char *text;
} StoreOutboxRecipient;

/**
 * StoreOutgoing:
 * @uuid: made by the caller: putting the same one twice makes one item
 * @sender: the address of MAIL FROM
 * @bytes: the message as it goes out, CRLF, without Bcc
 * @filed_bytes: (nullable): what is filed in Sent where it differs (with Bcc)
 * @not_before_unix: the end of the time for undo, or the time to send later
 * @draft_uuid: (nullable): the draft that it was made from, removed in the same commit
 * @answered_folder_uuid: (nullable): with the next two the message that it answers or forwards
 *
 * A finished message on its way into the outbox. Members are borrowed.
 */
typedef struct
{
  const char *uuid;
  const char *account_uuid;
  const char *identity;
  const char *sender;
  const char *const *recipients;
  const char *message_id;
  const char *subject;
  const char *to_text;
  GBytes *bytes;
  GBytes *filed_bytes;
  gint64 not_before_unix;
  const char *draft_uuid;
  const char *answered_folder_uuid;
  guint32 answered_uid_validity;
  guint32 answered_uid;
  guint32 answered_flag;
} StoreOutgoing;

/**
 * StoreOutboxItem:
 * @recipients: (element-type StoreOutboxRecipient): in the order of RCPT
 * @error_class: (nullable): net_error_class_name () of the last failure
 * @sent_folder_uuid: (nullable): with the next two: what is looked through for a copy made by
 *   the server: UIDs from @sent_uid_next on
 *
 * A message in the outbox, without its bytes. Owns its members.
 */
typedef struct
{
  gint64 item;
  char *uuid;
  char *account_uuid;
  char *identity;
  char *sender;
  GPtrArray *recipients;
  char *message_id;
  char *subject;
  char *to_text;
  gint64 size_bytes;
  StoreOutboxState state;
  gint64 created_unix;
  gint64 changed_unix;
  gint64 not_before_unix;
  guint n_attempts;
  char *error_class;
  char *error_text;
  char *sent_folder_uuid;
  guint32 sent_uid_validity;
  guint32 sent_uid_next;
  char *answered_folder_uuid;
  guint32 answered_uid_validity;
  guint32 answered_uid;
  guint32 answered_flag;
} StoreOutboxItem;

#define STORE_TYPE_OUTBOX_ITEM (store_outbox_item_get_type ())

GType            store_outbox_item_get_type  (void) G_GNUC_CONST;
StoreOutboxItem *store_outbox_item_copy      (const StoreOutboxItem *self);
void             store_outbox_item_free      (StoreOutboxItem       *self);

void             store_outbox_recipient_free (StoreOutboxRecipient  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOutboxItem, store_outbox_item_free)

G_END_DECLS
