#pragma once

#include "pipit-engine.h"

#include "account-list.h"
#include "account-profile.h"
#include "account-secrets.h"
#include "account-trust.h"
#include "base-secret.h"
#include "store.h"
#include "sync-change.h"
#include "web-fetcher.h"

G_BEGIN_DECLS

typedef struct _PipitLoader PipitLoader;
typedef struct _PipitOverlays PipitOverlays;

/* What a floor's own classes need of the engine. Valid once it has been opened. */
AccountProfile *pipit_engine_get_profile         (PipitEngine      *self);
AccountList    *pipit_engine_get_account_list    (PipitEngine      *self);
AccountSecrets *pipit_engine_get_secrets         (PipitEngine      *self);
AccountTrust   *pipit_engine_get_trust           (PipitEngine      *self);
Store          *pipit_engine_get_store           (PipitEngine      *self);
WebFetcher     *pipit_engine_get_fetcher         (PipitEngine      *self);
PipitLoader    *pipit_engine_get_loader          (PipitEngine      *self);
PipitOverlays  *pipit_engine_get_overlays        (PipitEngine      *self);

PipitAccount   *pipit_engine_add_account         (PipitEngine      *self,
                                                  AccountSettings  *settings,
                                                  BaseSecret       *imap_password,
                                                  BaseSecret       *smtp_password,
                                                  GError          **error);
gboolean        pipit_engine_update_account      (PipitEngine      *self,
                                                  AccountSettings  *settings,
                                                  BaseSecret       *imap_password,
                                                  BaseSecret       *smtp_password,
                                                  GError          **error);
gboolean        pipit_engine_drop_account        (PipitEngine      *self,
                                                  PipitAccount     *account,
                                                  GError          **error);

gboolean        pipit_engine_is_own_address      (PipitEngine      *self,
                                                  const char       *address);
PipitFolder    *pipit_engine_find_folder         (PipitEngine      *self,
                                                  gint64            folder_id);
void            pipit_engine_reload              (PipitEngine      *self);
void            pipit_engine_report              (PipitEngine      *self,
                                                  PipitProblem     *problem);

G_END_DECLS
