#pragma once

#include "account-identity.h"
#include "net-endpoint.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AccountPasswordSource:
 * @ACCOUNT_PASSWORD_KEYRING: libsecret keeps it
 * @ACCOUNT_PASSWORD_COMMAND: a command of the person's prints it
 * @ACCOUNT_PASSWORD_SESSION: kept in memory, and asked for once a run
 */
typedef enum
{
  ACCOUNT_PASSWORD_KEYRING,
  ACCOUNT_PASSWORD_COMMAND,
  ACCOUNT_PASSWORD_SESSION,
} AccountPasswordSource;

/**
 * AccountFolderRole:
 *
 * What a folder is for, where the person has chosen it because the server does not say.
 */
typedef enum
{
  ACCOUNT_FOLDER_ARCHIVE,
  ACCOUNT_FOLDER_DRAFTS,
  ACCOUNT_FOLDER_JUNK,
  ACCOUNT_FOLDER_SENT,
  ACCOUNT_FOLDER_TRASH,
} AccountFolderRole;

#define ACCOUNT_N_FOLDER_ROLES (ACCOUNT_FOLDER_TRASH + 1)

/**
 * AccountOffline:
 * @ACCOUNT_OFFLINE_HEADERS: header facts only; texts when they are opened
 * @ACCOUNT_OFFLINE_MONTH: and the texts of the last 30 days
 * @ACCOUNT_OFFLINE_YEAR: and the texts of the last 365 days
 * @ACCOUNT_OFFLINE_ALL: and all texts
 */
typedef enum
{
  ACCOUNT_OFFLINE_HEADERS,
  ACCOUNT_OFFLINE_MONTH,
  ACCOUNT_OFFLINE_YEAR,
  ACCOUNT_OFFLINE_ALL,
} AccountOffline;

#define ACCOUNT_TYPE_SETTINGS (account_settings_get_type ())

typedef struct _AccountSettings AccountSettings;

GType                  account_settings_get_type                (void) G_GNUC_CONST;

AccountSettings       *account_settings_new                     (const char            *address);
AccountSettings       *account_settings_copy                    (AccountSettings       *self);
AccountSettings       *account_settings_ref                     (AccountSettings       *self);
void                   account_settings_unref                   (AccountSettings       *self);
gboolean               account_settings_check                   (AccountSettings       *self,
                                                                 GError               **error);

const char            *account_settings_get_uuid                (AccountSettings       *self);
const char            *account_settings_get_address             (AccountSettings       *self);
const char            *account_settings_get_name                (AccountSettings       *self);
const char            *account_settings_get_provider_id         (AccountSettings       *self);
const char            *account_settings_get_colour              (AccountSettings       *self);
NetEndpoint           *account_settings_get_imap                (AccountSettings       *self);
const char            *account_settings_get_imap_username       (AccountSettings       *self);
NetEndpoint           *account_settings_get_smtp                (AccountSettings       *self);
const char            *account_settings_get_smtp_username       (AccountSettings       *self);
gboolean               account_settings_has_own_smtp_password   (AccountSettings       *self);
AccountPasswordSource  account_settings_get_password_source     (AccountSettings       *self);
const char            *account_settings_get_password_command    (AccountSettings       *self);
guint                  account_settings_get_poll_minutes        (AccountSettings       *self);
gboolean               account_settings_is_paused               (AccountSettings       *self);
AccountOffline         account_settings_get_offline             (AccountSettings       *self);
gboolean               account_settings_keeps_attachments       (AccountSettings       *self);
const char            *account_settings_get_folder              (AccountSettings       *self,
                                                                 AccountFolderRole      role);
guint                  account_settings_get_n_identities        (AccountSettings       *self);
AccountIdentity       *account_settings_get_identity            (AccountSettings       *self,
                                                                 guint                  position);
AccountIdentity       *account_settings_find_identity           (AccountSettings       *self,
                                                                 const char            *address);

void                   account_settings_set_address             (AccountSettings       *self,
                                                                 const char            *address);
void                   account_settings_set_name                (AccountSettings       *self,
                                                                 const char            *name);
void                   account_settings_set_provider_id         (AccountSettings       *self,
                                                                 const char            *provider_id);
void                   account_settings_set_colour              (AccountSettings       *self,
                                                                 const char            *colour);
void                   account_settings_set_imap                (AccountSettings       *self,
                                                                 NetEndpoint           *endpoint,
                                                                 const char            *username);
void                   account_settings_set_smtp                (AccountSettings       *self,
                                                                 NetEndpoint           *endpoint,
                                                                 const char            *username);
void                   account_settings_set_own_smtp_password   (AccountSettings       *self,
                                                                 gboolean               own);
void                   account_settings_set_password_source     (AccountSettings       *self,
                                                                 AccountPasswordSource  source,
                                                                 const char            *command);
void                   account_settings_set_poll_minutes        (AccountSettings       *self,
                                                                 guint                  minutes);
void                   account_settings_set_paused              (AccountSettings       *self,
                                                                 gboolean               paused);
void                   account_settings_set_offline             (AccountSettings       *self,
                                                                 AccountOffline         offline,
                                                                 gboolean               attachments);
void                   account_settings_set_folder              (AccountSettings       *self,
                                                                 AccountFolderRole      role,
                                                                 const char            *mailbox_name);
void                   account_settings_set_identities          (AccountSettings       *self,
                                                                 GPtrArray             *identities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AccountSettings, account_settings_unref)

G_END_DECLS
