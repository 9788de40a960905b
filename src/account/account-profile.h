#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_TYPE_PROFILE (account_profile_get_type ())

G_DECLARE_FINAL_TYPE (AccountProfile, account_profile, ACCOUNT, PROFILE, GObject)

AccountProfile *account_profile_open                 (const char      *directory,
                                                      GError         **error);

const char     *account_profile_get_directory        (AccountProfile  *self);
const char     *account_profile_get_application_id   (AccountProfile  *self);
const char     *account_profile_get_secret_attribute (AccountProfile  *self);
const char     *account_profile_get_config_dir       (AccountProfile  *self);
const char     *account_profile_get_data_dir         (AccountProfile  *self);
const char     *account_profile_get_cache_dir        (AccountProfile  *self);
const char     *account_profile_get_preferences_path (AccountProfile  *self);

gboolean        account_profile_lock                 (AccountProfile  *self,
                                                      GError         **error);
void            account_profile_unlock               (AccountProfile  *self);
gboolean        account_profile_is_locked            (AccountProfile  *self);

G_END_DECLS
