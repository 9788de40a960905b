#pragma once

#include "store-overlay-private.h"

G_BEGIN_DECLS

gboolean store_label_takes_all       (const StoreFolderInfo   *info);
gboolean store_label_list_others     (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      GArray                  *others,
                                      GError                 **error);
gboolean store_label_find            (StoreTransaction        *tx,
                                      gint64                   message,
                                      gint64                   folder,
                                      gint64                  *out_location,
                                      GError                 **error);
gboolean store_label_find_all        (StoreTransaction        *tx,
                                      gint64                   account,
                                      gint64                  *out_folder,
                                      GError                 **error);
gboolean store_label_list_lost       (StoreTransaction        *tx,
                                      gint64                   message,
                                      gint64                   since_unix,
                                      GArray                  *folders,
                                      GError                 **error);

gboolean store_label_adapt           (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      const StoreFolderInfo   *target,
                                      StoreOperationKind      *inout_kind,
                                      gboolean                *out_is_needed,
                                      GError                 **error);
gboolean store_label_add_pending     (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      GPtrArray               *operations,
                                      GError                 **error);
gboolean store_label_refresh_others  (StoreTransaction        *tx,
                                      gint64                   location,
                                      GError                 **error);
gboolean store_label_share_flags     (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      GError                 **error);
gboolean store_label_settle          (StoreTransaction        *tx,
                                      const StoreOperation    *operation,
                                      gint64                   source,
                                      GError                 **error);

/* In store-overlay.c. */
gboolean store_overlay_list_pending  (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      const StoreFolderInfo   *info,
                                      GPtrArray               *operations,
                                      GError                 **error);

G_END_DECLS
