#pragma once

#include "base-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_COMMAND_TIMEOUT_MS 60000

void        account_command_run_async  (const char           *command,
                                        const char           *service,
                                        guint                 timeout_ms,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
BaseSecret *account_command_run_finish (GAsyncResult         *result,
                                        GError              **error);

BaseSecret *account_secret_from_bytes  (const char           *bytes,
                                        gsize                 size_bytes);

G_END_DECLS
