#pragma once

#include "sync-core.h"

G_BEGIN_DECLS

void sync_journal_push_operations (SyncCore *core);
void sync_journal_push_outbox     (SyncCore *core);

G_END_DECLS
