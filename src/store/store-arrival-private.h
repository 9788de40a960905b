#pragma once

#include "store-overlay-private.h"

G_BEGIN_DECLS

gboolean store_arrival_find_source     (StoreTransaction         *tx,
                                        const StoreOperation     *operation,
                                        gint64                   *out_location,
                                        GError                  **error);
gboolean store_arrival_find            (StoreTransaction         *tx,
                                        gint64                    operation,
                                        gint64                   *out_location,
                                        GError                  **error);
gboolean store_arrival_expect          (StoreTransaction         *tx,
                                        const StoreOperation     *operation,
                                        gint64                    source,
                                        GError                  **error);
gboolean store_arrival_drop            (StoreTransaction         *tx,
                                        gint64                    operation,
                                        GError                  **error);
gboolean store_arrival_drop_unfounded  (StoreTransaction         *tx,
                                        GError                  **error);
gboolean store_arrival_drop_overdue    (StoreTransaction         *tx,
                                        gint64                    folder,
                                        gint64                    checked_unix,
                                        GError                  **error);
gboolean store_arrival_match           (StoreTransaction         *tx,
                                        gint64                    folder,
                                        const StoreMessageFacts  *facts,
                                        guint64                   fingerprint,
                                        StoreLocationRow         *row,
                                        gboolean                 *out_is_found,
                                        GError                  **error);
gboolean store_arrival_note            (StoreTransaction         *tx,
                                        gint64                    operation,
                                        guint32                   uid_validity,
                                        guint32                   uid,
                                        GError                  **error);
gboolean store_arrival_adopt           (StoreTransaction         *tx,
                                        StoreLocationRow         *row,
                                        guint32                   uid,
                                        GError                  **error);

/* In store-tx-operation.c. */
gboolean store_operations_refuse_dependents (StoreTransaction  *tx,
                                             gint64             operation,
                                             GError           **error);

G_END_DECLS
