#pragma once

#include "account-profile.h"
#include "account-settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define ACCOUNT_TYPE_LIST (account_list_get_type ())

G_DECLARE_FINAL_TYPE (AccountList, account_list, ACCOUNT, LIST, GObject)

AccountList     *account_list_open        (AccountProfile   *profile,
                                           GError          **error);
gboolean         account_list_set_aside   (AccountProfile   *profile,
                                           char            **out_path,
                                           GError          **error);
gboolean         account_list_reload      (AccountList      *self,
                                           GError          **error);
gboolean         account_list_watch       (AccountList      *self,
                                           GError          **error);

AccountProfile  *account_list_get_profile (AccountList      *self);
guint            account_list_get_n       (AccountList      *self);
AccountSettings *account_list_get         (AccountList      *self,
                                           guint             position);
AccountSettings *account_list_find        (AccountList      *self,
                                           const char       *uuid);
AccountSettings *account_list_match       (AccountList      *self,
                                           const char       *text);

gboolean         account_list_add         (AccountList      *self,
                                           AccountSettings  *settings,
                                           GError          **error);
gboolean         account_list_update      (AccountList      *self,
                                           AccountSettings  *settings,
                                           GError          **error);
gboolean         account_list_remove      (AccountList      *self,
                                           const char       *uuid,
                                           GError          **error);
gboolean         account_list_move        (AccountList      *self,
                                           const char       *uuid,
                                           guint             position,
                                           GError          **error);

G_END_DECLS
