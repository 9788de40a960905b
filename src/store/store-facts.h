#pragma once

#include "store-address.h"

G_BEGIN_DECLS

/**
 * StoreMessageFacts:
 * @uid: the UID, never 0
 * @flags: a mask of StoreFlags as the server said
 * @keywords: (nullable): all other keywords, separated by spaces
 * @modseq: MODSEQ, or 0 where the server has none
 * @internal_date_unix: INTERNALDATE
 * @size_bytes: RFC822.SIZE
 * @email_id: (nullable): EMAILID (RFC 8474) or X-GM-MSGID
 * @thread_id: (nullable): THREADID or X-GM-THRID
 * @is_bare: nothing of the header is said: the message is the one that has @email_id already
 *   in another folder, or else it is passed over
 * @message_id: (nullable): Message-ID without the angle brackets
 * @in_reply_to: the identifiers of In-Reply-To, without the brackets
 * @references: the identifiers of References, oldest first, without the brackets
 * @date_unix: Date, or 0 if it is missing or cannot be read
 * @list_unsubscribe: (nullable): the field's value, for whoever acts on it to parse
 * @content_type: (nullable): the media type of the message, "multipart/mixed"
 * @is_bulk: Auto-Submitted or a mailing list says that no person wrote this to us alone
 *
 * What pass 1 of a sync learns of one message, filled by sync from a FETCH response and the
 * parsed header. Strings are UTF-8 and borrowed: they live as long as the StoreBatch that
 * they were added to, or, for a single call, as long as that call.
 */
typedef struct
{
  guint32 uid;
  guint32 flags;
  const char *keywords;
  guint64 modseq;
  gint64 internal_date_unix;
  gint64 size_bytes;
  const char *email_id;
  const char *thread_id;
  gboolean is_bare;

  const char *message_id;
  const char *const *in_reply_to;
  guint n_in_reply_to;
  const char *const *references;
  guint n_references;
  const StoreAddress *from;
  guint n_from;
  const StoreAddress *sender;
  guint n_sender;
  const StoreAddress *reply_to;
  guint n_reply_to;
  const StoreAddress *to;
  guint n_to;
  const StoreAddress *cc;
  guint n_cc;
  const StoreAddress *bcc;
  guint n_bcc;
  const char *subject;
  gint64 date_unix;
  const char *list_id;
  const char *list_unsubscribe;
  const char *list_unsubscribe_post;
  const char *content_type;
  const char *authentication_results;
  gboolean is_bulk;
} StoreMessageFacts;

/* A batch: facts of many messages with one arena for their strings, made on a worker and
 * handed to the writer thread as a whole. Not thread-safe; owned by one thread at a time. */
typedef struct _StoreBatch StoreBatch;

StoreBatch              *store_batch_new           (void);
void                     store_batch_free          (StoreBatch         *self);

StoreMessageFacts       *store_batch_add           (StoreBatch         *self);
const char              *store_batch_add_string    (StoreBatch         *self,
                                                    const char         *text);
const StoreAddress      *store_batch_add_addresses (StoreBatch         *self,
                                                    const StoreAddress *items,
                                                    guint               n_items);
const char *const       *store_batch_add_strings   (StoreBatch         *self,
                                                    const char *const  *items,
                                                    guint               n_items);

guint                    store_batch_get_n_facts   (StoreBatch         *self);
const StoreMessageFacts *store_batch_get_facts     (StoreBatch         *self,
                                                    guint               position);
StoreMessageFacts       *store_batch_peek_uid      (StoreBatch         *self,
                                                    guint32             uid);
gsize                    store_batch_get_size      (StoreBatch         *self);

guint64                  store_facts_fingerprint   (const StoreMessageFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreBatch, store_batch_free)

G_END_DECLS
