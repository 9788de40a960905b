#pragma once

#include "sync-status.h"

G_BEGIN_DECLS

/*
 * What the process that has the profile does for others: an interface on the session bus, at the path
 * of the application. Settle (s account): what is in the journal is new: show it and carry it out.
 * Sync (s account, x folder, u bodies): as sync_account_sync_async (). Both answer when it is done.
 */
#define SYNC_SERVICE_INTERFACE "io.github.pipitmail.Pipit.Service"
#define SYNC_SERVICE_ANSWER    "(ssuasttttuu)"

const char *sync_service_get_xml (void);

GVariant   *sync_service_pack    (const SyncReport  *report,
                                  const GError      *error);
gboolean    sync_service_unpack  (GVariant          *answer,
                                  SyncReport       **out_report,
                                  GError           **error);

G_END_DECLS
