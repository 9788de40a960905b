#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

gint64   store_index_docid      (gint64             sort_date,
                                 gint64             message);
gint64   store_index_message    (gint64             docid);
void     store_index_add        (StoreTransaction  *tx,
                                 gint64             docid);
gboolean store_index_remove     (StoreTransaction  *tx,
                                 gint64             message,
                                 GError           **error);
gboolean store_index_forget_all (StoreTransaction  *tx,
                                 GError           **error);
gboolean store_index_flush      (StoreTransaction  *tx,
                                 GError           **error);

G_END_DECLS
