#pragma once

#include "account-settings.h"

G_BEGIN_DECLS

void             account_settings_freeze (AccountSettings  *self);

AccountSettings *account_settings_read   (GKeyFile         *key_file,
                                          const char       *uuid,
                                          GError          **error);
void             account_settings_write  (AccountSettings  *self,
                                          GKeyFile         *key_file);
void             account_settings_erase  (GKeyFile         *key_file,
                                          const char       *uuid);

gboolean         account_settings_equal  (AccountSettings  *a,
                                          AccountSettings  *b);

AccountSettings *account_settings_new_with_uuid (const char *uuid,
                                                 const char *address);

G_END_DECLS
