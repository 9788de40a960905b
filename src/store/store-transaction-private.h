#pragma once

#include "store-changes-private.h"
#include "store-hub-private.h"
#include "store-reader-private.h"
#include "store-references-private.h"
#include "store-transaction.h"

G_BEGIN_DECLS

/* hidden_by of a location: 0 is shown, above it the operation that hides it. */
#define STORE_HIDDEN_GONE (-1)
#define STORE_HIDDEN_DELETED (-2)

/* What the steps of one transaction need to know of a folder, looked up once. */
typedef struct
{
  gint64 folder;
  gint64 account;
  char *account_uuid;
  char *uuid;
  guint32 uid_validity;
  StoreSpecialUse special_use;
  StoreFolderState state;
  gboolean is_label;      /* STORE_FOLDER_LABEL */
  gboolean has_pending;   /* operations of the journal that name this folder */
  gboolean has_unmatched; /* locations without a UID */
  gboolean is_unproved;   /* rows have come or gone, and the folder's row says so */
  gint64 place;           /* its key in bodies.db, 0 for none, -1 before it was looked up */
} StoreFolderInfo;

/* The one of the writer thread, used again for each transaction. */
struct _StoreTransaction
{
  char *directory;
  StoreReader *reader; /* (owned): the three connections, which write here */
  StoreHub *hub;       /* (unowned) */
  StoreChangeSet *changes;
  StoreReferences *references;
  GHashTable *folders;     /* (owned): id → StoreFolderInfo, of this transaction */
  GHashTable *recipients;  /* (owned) (nullable): seen in this transaction */
  struct StoreSeen *seen;  /* (owned) (nullable): senders that need not be written again */
  GString *scratch[8];     /* for encoding columns */
  GArray *to_index;        /* (owned) (element-type gint64): docids, of this transaction */
  gboolean has_new_pieces; /* the index was written to since its pieces were last merged */
  gint64 next_id;
  gint64 stored_next_id;
  gint64 now_unix;
  GPtrArray *dropped_files; /* (owned): body files to unlink after the commit */
  GPtrArray *kept_bodies;   /* (element-type StoreBody) (unowned): they keep their files then */
  gboolean is_cache_begun;
  gboolean is_bodies_begun;
  gboolean is_journal_begun;
  gboolean is_overlay_stale; /* a commit of the cache failed after the journal's */
  gboolean is_pending_known; /* has_pending was looked up, in this transaction */
  gboolean has_pending;      /* operations wait, of whatever folder */
};

StoreTransaction *store_transaction_new       (const char        *directory,
                                               StoreDb           *cache,
                                               StoreDb           *bodies,
                                               StoreDb           *journal,
                                               StoreHub          *hub);
void              store_transaction_free      (StoreTransaction  *self);
gboolean          store_transaction_run       (StoreTransaction  *self,
                                               StoreWriteFunc     func,
                                               gpointer           user_data,
                                               GError           **error);

/* Each begins its database's part of the transaction when that has not been done yet. */
StoreDb          *store_tx_cache              (StoreTransaction  *self,
                                               GError           **error);
StoreDb          *store_tx_bodies             (StoreTransaction  *self,
                                               GError           **error);
StoreDb          *store_tx_journal            (StoreTransaction  *self,
                                               GError           **error);

gint64            store_tx_take_id            (StoreTransaction  *self);
gboolean          store_tx_has_pending        (StoreTransaction  *self,
                                               gboolean          *out_has_pending,
                                               GError           **error);
StoreFolderInfo  *store_tx_folder_info        (StoreTransaction  *self,
                                               gint64             folder,
                                               GError           **error);
void              store_tx_forget_folder_info (StoreTransaction  *self,
                                               gint64             folder);
gboolean          store_tx_find_folder_id     (StoreTransaction  *self,
                                               const char        *folder_uuid,
                                               gint64            *out_folder,
                                               GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreTransaction, store_transaction_free)

G_END_DECLS
