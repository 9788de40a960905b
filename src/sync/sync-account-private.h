#pragma once

#include "sync-account.h"
#include "sync-core.h"

G_BEGIN_DECLS

SyncCore *sync_account_get_core  (SyncAccount  *self);
gboolean  sync_account_is_live   (SyncAccount  *self);
void      sync_account_push_task (SyncAccount  *self,
                                  SyncJob      *job,
                                  GTask        *task,
                                  GCancellable *cancellable);

G_END_DECLS
