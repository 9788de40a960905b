#pragma once

#include "store-draft.h"
#include "store-facts.h"
#include "store-folder.h"
#include "store-message.h"
#include "store-operation.h"
#include "store-outbox.h"
#include "store.h"

G_BEGIN_DECLS

/* The steps that a StoreWriteFunc is composed of. They run on the writer thread only; each
 * returns FALSE with the error set when the transaction cannot go on. */

StoreReader *store_tx_get_reader (StoreTransaction *tx);

/* Accounts and folders: store-tx-folder.c */

gboolean store_tx_ensure_account       (StoreTransaction         *tx,
                                        const char               *account_uuid,
                                        gint64                   *out_account,
                                        GError                  **error);
gboolean store_tx_remove_account       (StoreTransaction         *tx,
                                        const char               *account_uuid,
                                        gboolean                  with_journal,
                                        GError                  **error);

gboolean store_tx_put_folder           (StoreTransaction         *tx,
                                        gint64                    account,
                                        const StoreFolderFacts   *facts,
                                        gint64                   *out_folder,
                                        GError                  **error);
gboolean store_tx_rename_folder        (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const StoreFolderFacts   *facts,
                                        GError                  **error);
gboolean store_tx_remove_folder        (StoreTransaction         *tx,
                                        gint64                    folder,
                                        GError                  **error);
gboolean store_tx_set_folder_use       (StoreTransaction         *tx,
                                        gint64                    folder,
                                        StoreSpecialUse           special_use,
                                        GError                  **error);
gboolean store_tx_set_folder_missing   (StoreTransaction         *tx,
                                        gint64                    folder,
                                        gboolean                  is_missing,
                                        guint                    *out_n_missing_lists,
                                        GError                  **error);
gboolean store_tx_set_folder_status    (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const StoreFolderStatus  *status,
                                        GError                  **error);
gboolean store_tx_set_folder_backfill  (StoreTransaction         *tx,
                                        gint64                    folder,
                                        guint32                   backfill_uid,
                                        GError                  **error);
gboolean store_tx_set_folder_checked   (StoreTransaction         *tx,
                                        gint64                    folder,
                                        gint64                    checked_unix,
                                        GError                  **error);
gboolean store_tx_set_folder_proved    (StoreTransaction         *tx,
                                        gint64                    folder,
                                        gint64                    n_exists,
                                        GError                  **error);
gboolean store_tx_forget_modseqs       (StoreTransaction         *tx,
                                        gint64                    folder,
                                        GError                  **error);

/* A changed UIDVALIDITY: store-tx-rematch.c */

/**
 * StoreRematch:
 * @n_matched: locations that kept their identity
 * @n_lost: locations without a match: tombstones now
 * @n_rewritten: waiting operations that go on under the new UID
 * @n_doubtful: waiting operations whose message was not found again, or not for certain
 */
typedef struct
{
  guint n_matched;
  guint n_lost;
  guint n_rewritten;
  guint n_doubtful;
} StoreRematch;

gboolean store_tx_begin_rematch        (StoreTransaction         *tx,
                                        gint64                    folder,
                                        guint32                   uid_validity,
                                        GError                  **error);
gboolean store_tx_finish_rematch       (StoreTransaction         *tx,
                                        gint64                    folder,
                                        StoreRematch             *out_rematch,
                                        GError                  **error);

/* Messages: store-tx-message.c */

/**
 * StorePutFlags:
 * @STORE_PUT_PREFER_DATE: sort by Date and not by INTERNALDATE: a bulk import gave every
 *   message the same one (for Sent and Drafts the store does so by itself)
 */
typedef enum
{
  STORE_PUT_DEFAULT = 0,
  STORE_PUT_PREFER_DATE = 1 << 0,
} StorePutFlags;

/**
 * StorePut:
 * @n_inserted: new rows
 * @n_arrived: rows that had been expected, or were known under an earlier UIDVALIDITY
 * @n_updated: rows that were here already
 * @n_unknown: bare facts of messages that are not here, which were passed over
 */
typedef struct
{
  guint n_inserted;
  guint n_arrived;
  guint n_updated;
  guint n_unknown;
} StorePut;

gboolean store_tx_put_batch            (StoreTransaction         *tx,
                                        gint64                    folder,
                                        StoreBatch               *batch,
                                        StorePutFlags             flags,
                                        StorePut                 *out_put,
                                        GError                  **error);
gboolean store_tx_put_message          (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const StoreMessageFacts  *facts,
                                        StorePutFlags             flags,
                                        gint64                   *out_location,
                                        GError                  **error);
gboolean store_tx_set_flags            (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const StoreUidFlags      *items,
                                        guint                     n_items,
                                        guint                    *out_n_changed,
                                        GError                  **error);
gboolean store_tx_change_flags         (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const guint32            *uids,
                                        guint                     n_uids,
                                        guint32                   add_flags,
                                        guint32                   remove_flags,
                                        const char               *add_keywords,
                                        const char               *remove_keywords,
                                        GError                  **error);
gboolean store_tx_vanish               (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const guint32            *uids,
                                        guint                     n_uids,
                                        guint                    *out_n_vanished,
                                        GError                  **error);
gboolean store_tx_set_structure        (StoreTransaction         *tx,
                                        gint64                    message,
                                        const char               *structure,
                                        StoreAttachmentState      attachment,
                                        GError                  **error);
gboolean store_tx_describe             (StoreTransaction         *tx,
                                        gint64                    message,
                                        const char               *structure,
                                        StoreAttachmentState      attachment,
                                        const char               *preview,
                                        GError                  **error);
gboolean store_tx_set_preview          (StoreTransaction         *tx,
                                        gint64                    message,
                                        const char               *preview,
                                        GError                  **error);

/* Bodies: store-tx-body.c */

gboolean store_tx_put_body             (StoreTransaction         *tx,
                                        gint64                    location,
                                        const char               *section,
                                        StoreBody                *body,
                                        StoreBodyState            state,
                                        GError                  **error);
gboolean store_tx_forget_bodies        (StoreTransaction         *tx,
                                        gint64                    location,
                                        GError                  **error);
gboolean store_tx_evict_bodies         (StoreTransaction         *tx,
                                        gint64                    keep_stored_bytes,
                                        guint                     max_bodies,
                                        guint                    *out_n_evicted,
                                        GError                  **error);

/* Operations: store-tx-operation.c */

gboolean store_tx_enqueue              (StoreTransaction         *tx,
                                        const StoreWish          *wish,
                                        const gint64             *locations,
                                        guint                     n_locations,
                                        gint64                   *inout_group,
                                        guint                    *out_n_operations,
                                        GError                  **error);
gboolean store_tx_undo                 (StoreTransaction         *tx,
                                        gint64                    group,
                                        StoreUndo                *out_undo,
                                        GError                  **error);
gboolean store_tx_claim_work           (StoreTransaction         *tx,
                                        StoreWork                *work,
                                        guint32                   target_uid_validity,
                                        guint32                   target_uid_next,
                                        GError                  **error);
gboolean store_tx_settle_operations    (StoreTransaction         *tx,
                                        const gint64             *operations,
                                        guint                     n_operations,
                                        StoreOperationState       state,
                                        const char               *answer,
                                        GError                  **error);
gboolean store_tx_release_operations   (StoreTransaction         *tx,
                                        const gint64             *operations,
                                        guint                     n_operations,
                                        gint64                    not_before_unix,
                                        const char               *answer,
                                        GError                  **error);
gboolean store_tx_resolve_arrival      (StoreTransaction         *tx,
                                        gint64                    operation,
                                        guint32                   target_uid_validity,
                                        guint32                   target_uid,
                                        GError                  **error);
gboolean store_tx_recover_operations   (StoreTransaction         *tx,
                                        const char               *account_uuid,
                                        guint                    *out_n_doubtful,
                                        GError                  **error);

/* Outbox: store-tx-outbox.c */

gboolean store_tx_put_outgoing         (StoreTransaction         *tx,
                                        const StoreOutgoing      *outgoing,
                                        gint64                   *out_item,
                                        GError                  **error);
gboolean store_tx_set_outbox_state     (StoreTransaction         *tx,
                                        gint64                    item,
                                        StoreOutboxState          from,
                                        StoreOutboxState          to,
                                        gboolean                 *out_is_changed,
                                        GError                  **error);
gboolean store_tx_set_outbox_failure   (StoreTransaction         *tx,
                                        gint64                    item,
                                        const char               *error_class,
                                        const char               *error_text,
                                        gint64                    not_before_unix,
                                        GError                  **error);
gboolean store_tx_set_outbox_answer    (StoreTransaction         *tx,
                                        gint64                    item,
                                        guint                     recipient,
                                        StoreAnswerState          state,
                                        guint                     code,
                                        const char               *text,
                                        GError                  **error);
gboolean store_tx_set_outbox_target    (StoreTransaction         *tx,
                                        gint64                    item,
                                        const char               *sent_folder_uuid,
                                        guint32                   sent_uid_validity,
                                        guint32                   sent_uid_next,
                                        GError                  **error);
gboolean store_tx_recover_outbox       (StoreTransaction         *tx,
                                        const char               *account_uuid,
                                        guint                    *out_n_unsure,
                                        GError                  **error);

/* Drafts and what was learnt: store-tx-draft.c */

gboolean store_tx_put_draft            (StoreTransaction         *tx,
                                        const StoreDraft         *draft,
                                        gint64                   *out_draft,
                                        GError                  **error);
gboolean store_tx_remove_draft         (StoreTransaction         *tx,
                                        const char               *uuid,
                                        GError                  **error);
gboolean store_tx_put_draft_attachment (StoreTransaction            *tx,
                                        const char                  *draft_uuid,
                                        const StoreDraftAttachment  *attachment,
                                        GError                     **error);
gboolean store_tx_remove_draft_attachment (StoreTransaction      *tx,
                                           const char            *draft_uuid,
                                           const char            *key,
                                           GError               **error);
gboolean store_tx_learn                (StoreTransaction         *tx,
                                        const char               *account_uuid,
                                        const char               *key,
                                        const char               *value,
                                        GError                  **error);

/* Housekeeping: store-tx-purge.c */

/**
 * StorePurge:
 * @tombstones_before_unix: tombstones made before this time may go
 * @history_before_unix: settled operations and outbox items before this time may go
 * @max_rows: how much to do in this transaction
 * @is_more: (out): whether another transaction would find work
 */
typedef struct
{
  gint64 tombstones_before_unix;
  gint64 history_before_unix;
  guint max_rows;
  gboolean is_more;
} StorePurge;

gboolean store_tx_purge                (StoreTransaction         *tx,
                                        StorePurge               *purge,
                                        GError                  **error);
gboolean store_tx_optimize             (StoreTransaction         *tx,
                                        GError                  **error);
gboolean store_tx_index_more           (StoreTransaction         *tx,
                                        guint                     max_messages,
                                        gboolean                 *out_is_more,
                                        GError                  **error);
gboolean store_tx_merge_index          (StoreTransaction         *tx,
                                        gboolean                  begin,
                                        gboolean                 *out_is_more,
                                        GError                  **error);

G_END_DECLS
