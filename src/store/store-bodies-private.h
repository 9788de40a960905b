#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

gboolean  store_bodies_rekey       (StoreTransaction  *tx,
                                    const char        *account_uuid,
                                    const char        *from_folder_uuid,
                                    guint32            from_uid_validity,
                                    guint32            from_uid,
                                    const char        *to_folder_uuid,
                                    guint32            to_uid_validity,
                                    guint32            to_uid,
                                    GError           **error);
gboolean  store_bodies_remove      (StoreTransaction  *tx,
                                    const char        *folder_uuid,
                                    guint32            uid_validity,
                                    guint32            uid,
                                    GError           **error);
gboolean  store_bodies_state       (StoreTransaction  *tx,
                                    StoreFolderInfo   *info,
                                    guint32            uid,
                                    StoreBodyState    *out_state,
                                    GError           **error);
char     *store_bodies_file_path   (const char        *directory,
                                    const char        *file);

/* What a StoreBody holds. */
struct _StoreBody
{
  guint64 hash;
  gsize size_bytes;
  gsize stored_bytes;
  GBytes *data;     /* (owned) (nullable): compressed, where it is not in a file */
  char *file;       /* (owned) (nullable): its name in the files' directory */
  char *path;       /* (owned) (nullable): unlinked when it was never committed */
};

void      store_body_keep          (StoreBody         *self);
GBytes   *store_body_expand        (const void        *data,
                                    gsize              size_bytes,
                                    gsize              expected_bytes,
                                    guint64            hash);

G_END_DECLS
