#pragma once

#include "store-draft.h"
#include "store-folder.h"
#include "store-message.h"
#include "store-operation.h"
#include "store-outbox.h"
#include "store.h"

G_BEGIN_DECLS

/* A reader has connections of its own and belongs to one thread at a time. Functions that look
 * for one thing give NULL, or 0, without an error where there is none. Lists are GPtrArrays
 * that own their elements. */

StoreReader    *store_reader_new                   (Store                 *store,
                                                    GError               **error);
void            store_reader_free                  (StoreReader           *self);
gboolean        store_reader_begin                 (StoreReader           *self,
                                                    GError               **error);
void            store_reader_end                   (StoreReader           *self);
guint64         store_reader_get_serial            (StoreReader           *self);

/* Accounts and folders */

gboolean        store_reader_find_account          (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gint64                *out_account,
                                                    GError               **error);
GPtrArray      *store_reader_list_accounts         (StoreReader           *self,
                                                    GError               **error);
GPtrArray      *store_reader_list_folders          (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    GError               **error);
StoreFolder    *store_reader_get_folder            (StoreReader           *self,
                                                    gint64                 folder,
                                                    GError               **error);
StoreFolder    *store_reader_find_folder           (StoreReader           *self,
                                                    const char            *folder_uuid,
                                                    GError               **error);
StoreFolder    *store_reader_find_folder_by_name   (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    const char            *name,
                                                    GError               **error);
StoreFolder    *store_reader_find_folder_by_use    (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    StoreSpecialUse        special_use,
                                                    GError               **error);
gboolean        store_reader_count_folder          (StoreReader           *self,
                                                    gint64                 folder,
                                                    gboolean               with_present,
                                                    StoreFolderCounts     *out_counts,
                                                    GError               **error);
gboolean        store_reader_get_nth_newest        (StoreReader           *self,
                                                    gint64                 folder,
                                                    guint                  n_newer,
                                                    guint32               *out_uid,
                                                    GError               **error);
gboolean        store_reader_count_present         (StoreReader           *self,
                                                    gint64                 folder,
                                                    gint64                *out_n_present,
                                                    GError               **error);

/* Lists */

GArray         *store_reader_list_entries          (StoreReader           *self,
                                                    const gint64          *folders,
                                                    guint                  n_folders,
                                                    StoreFilter            filter,
                                                    guint                  limit,
                                                    GError               **error);
GPtrArray      *store_reader_load_rows             (StoreReader           *self,
                                                    const gint64          *locations,
                                                    guint                  n_locations,
                                                    GError               **error);
GPtrArray      *store_reader_list_conversation     (StoreReader           *self,
                                                    gint64                 conversation,
                                                    gint64                 preferred_folder,
                                                    guint                  limit,
                                                    GError               **error);

/* Messages */

StoreMessage   *store_reader_get_message           (StoreReader           *self,
                                                    gint64                 location,
                                                    GError               **error);
gboolean        store_reader_get_location          (StoreReader           *self,
                                                    gint64                 location,
                                                    StoreLocation         *out_location,
                                                    GError               **error);
gint64          store_reader_find_uid              (StoreReader           *self,
                                                    gint64                 folder,
                                                    guint32                uid,
                                                    GError               **error);
GArray         *store_reader_list_locations        (StoreReader           *self,
                                                    gint64                 message,
                                                    GError               **error);
GArray         *store_reader_list_uids             (StoreReader           *self,
                                                    gint64                 folder,
                                                    guint32                first_uid,
                                                    guint32                last_uid,
                                                    GError               **error);
GArray         *store_reader_list_without_body     (StoreReader           *self,
                                                    gint64                 folder,
                                                    StoreBodyState         wanted,
                                                    gint64                 since_unix,
                                                    const StoreListEntry  *after,
                                                    guint                  limit,
                                                    GError               **error);
GArray         *store_reader_list_without_structure (StoreReader          *self,
                                                     gint64                folder,
                                                     const StoreListEntry *after,
                                                     guint                 limit,
                                                     GError              **error);
GPtrArray      *store_reader_complete              (StoreReader           *self,
                                                    const char            *text,
                                                    guint                  limit,
                                                    GError               **error);

/* Search */

GArray         *store_reader_search                (StoreReader           *self,
                                                    const char            *words,
                                                    const gint64          *folders,
                                                    guint                  n_folders,
                                                    guint                  limit,
                                                    GError               **error);
gboolean        store_reader_is_index_whole        (StoreReader           *self,
                                                    gboolean              *out_is_whole,
                                                    GError               **error);

/* Bodies */

GBytes         *store_reader_load_body             (StoreReader           *self,
                                                    gint64                 location,
                                                    const char            *section,
                                                    GError               **error);
char          **store_reader_list_sections         (StoreReader           *self,
                                                    gint64                 location,
                                                    GError               **error);
gboolean        store_reader_get_body_use          (StoreReader           *self,
                                                    StoreBodyUse          *out_use,
                                                    GError               **error);

/* Operations */

StoreWork      *store_reader_find_work             (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gint64                 now_unix,
                                                    guint                  max_messages,
                                                    gint64                *out_next_unix,
                                                    GError               **error);
StoreOperation *store_reader_get_operation         (StoreReader           *self,
                                                    gint64                 operation,
                                                    GError               **error);
GPtrArray      *store_reader_list_operations       (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gboolean               with_history,
                                                    guint                  limit,
                                                    GError               **error);
gint64          store_reader_count_pending         (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    const char            *folder_uuid,
                                                    GError               **error);
gint64          store_reader_count_refused         (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gint64                 since_unix,
                                                    GError               **error);

/* Outbox */

StoreOutboxItem *store_reader_find_outgoing        (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gint64                 now_unix,
                                                    gint64                *out_next_unix,
                                                    GError               **error);
StoreOutboxItem *store_reader_get_outbox_item      (StoreReader           *self,
                                                    gint64                 item,
                                                    GError               **error);
GBytes         *store_reader_load_outgoing         (StoreReader           *self,
                                                    gint64                 item,
                                                    gboolean               for_filing,
                                                    GError               **error);
GPtrArray      *store_reader_list_outbox           (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    gboolean               with_history,
                                                    GError               **error);

/* Drafts and what was learnt */

StoreDraft     *store_reader_get_draft             (StoreReader           *self,
                                                    const char            *uuid,
                                                    GError               **error);
GPtrArray      *store_reader_list_drafts           (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    GError               **error);
GPtrArray      *store_reader_list_draft_attachments (StoreReader          *self,
                                                     const char           *draft_uuid,
                                                     gboolean              with_bytes,
                                                     GError              **error);
char           *store_reader_get_learnt            (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    const char            *key,
                                                    GError               **error);
GPtrArray      *store_reader_list_learnt           (StoreReader           *self,
                                                    const char            *account_uuid,
                                                    const char            *prefix,
                                                    GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreReader, store_reader_free)

G_END_DECLS
