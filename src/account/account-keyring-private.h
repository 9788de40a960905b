#pragma once

#include "base-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The attributes that find an entry again; NULL where any value will do. */
typedef struct
{
  const char *profile;
  const char *account;
  const char *service;
} AccountKeyringEntry;

void        account_keyring_probe_async   (const AccountKeyringEntry  *entry,
                                           GCancellable               *cancellable,
                                           GAsyncReadyCallback         callback,
                                           gpointer                    user_data);
gboolean    account_keyring_probe_finish  (GAsyncResult               *result,
                                           GError                    **error);

void        account_keyring_lookup_async  (const AccountKeyringEntry  *entry,
                                           GCancellable               *cancellable,
                                           GAsyncReadyCallback         callback,
                                           gpointer                    user_data);
BaseSecret *account_keyring_lookup_finish (GAsyncResult               *result,
                                           GError                    **error);

void        account_keyring_store_async   (const AccountKeyringEntry  *entry,
                                           const char                 *label,
                                           BaseSecret                 *secret,
                                           GCancellable               *cancellable,
                                           GAsyncReadyCallback         callback,
                                           gpointer                    user_data);
gboolean    account_keyring_store_finish  (GAsyncResult               *result,
                                           GError                    **error);

void        account_keyring_clear_async   (const AccountKeyringEntry  *entry,
                                           GCancellable               *cancellable,
                                           GAsyncReadyCallback         callback,
                                           gpointer                    user_data);
gboolean    account_keyring_clear_finish  (GAsyncResult               *result,
                                           GError                    **error);

G_END_DECLS
