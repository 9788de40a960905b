#pragma once

#include "pipit-account.h"

#include "pipit-folder-private.h"

#include "account-settings.h"
#include "base-secret.h"
#include "net-trust.h"
#include "store.h"
#include "sync-account.h"

G_BEGIN_DECLS

PipitAccount    *pipit_account_new            (PipitEngine     *engine,
                                               AccountSettings *settings,
                                               Store           *store,
                                               NetTrust        *trust);
void             pipit_account_start          (PipitAccount    *self,
                                               BaseSecret      *imap_password,
                                               BaseSecret      *smtp_password);
void             pipit_account_stop           (PipitAccount    *self);

AccountSettings *pipit_account_get_settings   (PipitAccount    *self);
void             pipit_account_set_settings   (PipitAccount    *self,
                                               AccountSettings *settings);
void             pipit_account_set_net_trust  (PipitAccount    *self,
                                               NetTrust        *trust);
void             pipit_account_change_passwords (PipitAccount  *self,
                                               BaseSecret      *imap_password,
                                               BaseSecret      *smtp_password);
void             pipit_account_set_network    (PipitAccount    *self,
                                               gboolean         available,
                                               gboolean         metered);
SyncAccount     *pipit_account_get_sync       (PipitAccount    *self);

void             pipit_account_take_folders   (PipitAccount    *self,
                                               GPtrArray       *facts);
PipitFolder     *pipit_account_find_folder    (PipitAccount    *self,
                                               gint64           folder_id);
void             pipit_account_update_proofs  (PipitAccount    *self);
void             pipit_account_hint           (PipitAccount    *self,
                                               GArray          *locations);
void             pipit_account_set_visible    (PipitAccount    *self,
                                               gint64           folder_id);
gboolean         pipit_account_has_address    (PipitAccount    *self,
                                               const char      *address);
guint            pipit_account_get_n_waiting  (PipitAccount    *self);

G_END_DECLS
