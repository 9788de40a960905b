#pragma once

#include "store-db-private.h"
#include "store-reader.h"

G_BEGIN_DECLS

struct _StoreReader
{
  Store *store; /* (nullable): not in the writer's */
  gboolean is_store_owned; /* not by the store's own threads */
  StoreDb *cache;
  StoreDb *bodies;
  StoreDb *journal;
  char *directory;
  guint64 serial;
  gboolean is_begun;
};

StoreReader *store_reader_new_unowned       (Store           *store,
                                             GError         **error);
StoreReader *store_reader_new_for_writer    (const char      *directory,
                                             StoreDb         *cache,
                                             StoreDb         *bodies,
                                             StoreDb         *journal);

StoreOperation *store_reader_dup_operation  (StoreStatement  *statement);
char        *store_search_compile           (const char      *words);

/* The columns that store_reader_dup_operation () reads. */
#define STORE_OPERATION_COLUMNS \
  "id, \"group\", kind, state, account_uuid, folder_uuid, uid_validity, uid, message_id, size," \
  " internal_date, facts_hash, add_flags, remove_flags, add_keywords, remove_keywords," \
  " before_flags, before_keywords, target_folder_uuid, target_uid_validity, target_uid_next," \
  " target_uid, depends_on, created, changed, not_before, n_attempts, answer"

G_END_DECLS
