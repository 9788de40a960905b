#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

gboolean store_conversation_assign (StoreTransaction         *tx,
                                    const StoreMessageFacts  *facts,
                                    gint64                    account,
                                    gint64                    message,
                                    gint64                   *out_conversation,
                                    GError                  **error);

G_END_DECLS
