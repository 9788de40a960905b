#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

void     store_recipients_note   (StoreTransaction         *tx,
                                  const StoreMessageFacts  *facts,
                                  gint64                    date_unix,
                                  gboolean                  is_sent);
gboolean store_recipients_write  (StoreTransaction         *tx,
                                  GError                  **error);
/* To be called after a rollback: what was noted is not in the database. */
void     store_recipients_forget (StoreTransaction         *tx);

G_END_DECLS
