#pragma once

#include "pipit-account.h"

#include "account-settings.h"
#include "sync-status.h"

G_BEGIN_DECLS

PipitState    pipit_account_words_state   (const SyncStatus *status,
                                           AccountSettings  *settings);
char         *pipit_account_words_status  (const SyncStatus *status,
                                           AccountSettings  *settings);
PipitProblem *pipit_account_words_problem (const SyncStatus *status,
                                           AccountSettings  *settings);

G_END_DECLS
