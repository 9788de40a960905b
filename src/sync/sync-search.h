#pragma once

#include "sync-account.h"

G_BEGIN_DECLS

void    sync_account_search_async  (SyncAccount          *self,
                                    gint64                folder_id,
                                    const char           *text,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
GArray *sync_account_search_finish (SyncAccount          *self,
                                    GAsyncResult         *result,
                                    guint                *out_n_absent,
                                    GError              **error);

G_END_DECLS
