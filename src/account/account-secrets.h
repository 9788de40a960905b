#pragma once

#include "account-profile.h"
#include "account-settings.h"
#include "base-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AccountService:
 *
 * Whose password. Sending uses the one for IMAP unless the settings say that it has its own.
 */
typedef enum
{
  ACCOUNT_SERVICE_IMAP,
  ACCOUNT_SERVICE_SMTP,
} AccountService;

#define ACCOUNT_TYPE_SECRETS (account_secrets_get_type ())

G_DECLARE_FINAL_TYPE (AccountSecrets, account_secrets, ACCOUNT, SECRETS, GObject)

AccountSecrets *account_secrets_new           (AccountProfile       *profile);

void            account_secrets_probe_async   (AccountSecrets       *self,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean        account_secrets_probe_finish  (AccountSecrets       *self,
                                               GAsyncResult         *result,
                                               GError              **error);

void            account_secrets_lookup_async  (AccountSecrets       *self,
                                               AccountSettings      *settings,
                                               AccountService        service,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
BaseSecret     *account_secrets_lookup_finish (AccountSecrets       *self,
                                               GAsyncResult         *result,
                                               GError              **error);

void            account_secrets_store_async   (AccountSecrets       *self,
                                               AccountSettings      *settings,
                                               AccountService        service,
                                               BaseSecret           *secret,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean        account_secrets_store_finish  (AccountSecrets       *self,
                                               GAsyncResult         *result,
                                               GError              **error);

void            account_secrets_forget_async  (AccountSecrets       *self,
                                               const char           *account_uuid,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
gboolean        account_secrets_forget_finish (AccountSecrets       *self,
                                               GAsyncResult         *result,
                                               GError              **error);

void            account_secrets_keep          (AccountSecrets       *self,
                                               const char           *account_uuid,
                                               AccountService        service,
                                               BaseSecret           *secret);

BaseSecret     *account_secrets_lookup        (AccountSecrets       *self,
                                               AccountSettings      *settings,
                                               AccountService        service,
                                               GError              **error);
gboolean        account_secrets_store         (AccountSecrets       *self,
                                               AccountSettings      *settings,
                                               AccountService        service,
                                               BaseSecret           *secret,
                                               GError              **error);
gboolean        account_secrets_forget        (AccountSecrets       *self,
                                               const char           *account_uuid,
                                               GError              **error);

BaseSecret     *account_secret_read_file      (const char           *path,
                                               GError              **error);

G_END_DECLS
