#include "pipit-config.h"

#include "pipit-account-setup-private.h"

#include "account-list.h"
#include "account-secrets.h"
#include "account-trust.h"
#include "pipit-certificate-private.h"
#include "pipit-engine-private.h"

/* Keeping what was set up: pins first, then the password, then the settings, so that an account is
 * never there without what it needs. */

static const struct
{
  PipitFolderRole shown;
  AccountFolderRole kept;
} roles[] = {
  { PIPIT_FOLDER_ARCHIVE, ACCOUNT_FOLDER_ARCHIVE }, { PIPIT_FOLDER_DRAFTS, ACCOUNT_FOLDER_DRAFTS },
  { PIPIT_FOLDER_JUNK, ACCOUNT_FOLDER_JUNK },       { PIPIT_FOLDER_SENT, ACCOUNT_FOLDER_SENT },
  { PIPIT_FOLDER_TRASH, ACCOUNT_FOLDER_TRASH },
};

static AccountOffline
offline_of_days (int days)
{
  if (days < 0)
    return ACCOUNT_OFFLINE_ALL;
  if (days == 0)
    return ACCOUNT_OFFLINE_HEADERS;

  return days <= 30 ? ACCOUNT_OFFLINE_MONTH : ACCOUNT_OFFLINE_YEAR;
}

/* The person's name stands in the main identity; the others are left alone. */
static void
name_main_identity (PipitAccountSetup *self,
                    AccountSettings   *settings)
{
  g_autoptr(GPtrArray) identities = NULL;
  AccountIdentity *old = account_settings_get_identity (settings, 0);

  identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);
  g_ptr_array_add (identities,
                   account_identity_new (account_identity_get_id (old), self->display_name,
                                         account_settings_get_address (settings),
                                         account_identity_get_signature (old)));
  for (guint i = 1; i < account_settings_get_n_identities (settings); i++)
    g_ptr_array_add (identities, account_identity_ref (account_settings_get_identity (settings, i)));

  account_settings_set_identities (settings, identities);
}

/* The settings that there are, or new ones, with everything of the pages put in. */
static AccountSettings *
build_settings (PipitAccountSetup *self)
{
  AccountSettings *settings = NULL;
  DiscoveryProvider *provider = NULL;

  if (self->account != NULL)
    {
      AccountSettings *old = account_list_find (pipit_engine_get_account_list (self->engine),
                                                pipit_account_get_id (self->account));

      if (old != NULL)
        settings = account_settings_copy (old);
    }
  if (settings == NULL)
    settings = account_settings_new (self->address);

  if (self->found != NULL)
    {
      account_settings_set_address (
        settings, discovery_address_get_email (discovery_result_get_address (self->found)));
      provider = discovery_result_get_provider (self->found);
    }
  if (provider != NULL)
    {
      account_settings_set_provider_id (settings, discovery_provider_get_id (provider));
      account_settings_set_poll_minutes (settings, discovery_provider_get_poll_minutes (provider));
    }

  name_main_identity (self, settings);
  for (guint server = 0; server < PIPIT_N_SERVERS; server++)
    {
      g_autoptr(NetEndpoint) endpoint = pipit_account_setup_dup_endpoint (self, server);

      if (server == PIPIT_SERVER_RECEIVING)
        account_settings_set_imap (settings, endpoint, self->servers[server].name);
      else
        account_settings_set_smtp (settings, endpoint, self->servers[server].name);
    }

  account_settings_set_offline (settings, offline_of_days (self->keep_days),
                                self->keep_days < 0);
  if (account_settings_get_password_source (settings) != ACCOUNT_PASSWORD_COMMAND)
    account_settings_set_password_source (settings,
                                          self->keep_password == PIPIT_KEEP_SESSION
                                            ? ACCOUNT_PASSWORD_SESSION
                                            : ACCOUNT_PASSWORD_KEYRING,
                                          NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (self->role_paths[roles[i].shown] != NULL)
      account_settings_set_folder (settings, roles[i].kept, self->role_paths[roles[i].shown]);

  return settings;
}

static gboolean
pin_certificates (PipitAccountSetup  *self,
                  GError            **error)
{
  for (guint server = 0; server < PIPIT_N_SERVERS; server++)
    {
      g_autoptr(NetEndpoint) endpoint = NULL;

      if (self->trusted[server] == NULL)
        continue;

      endpoint = pipit_account_setup_dup_endpoint (self, server);
      if (!account_trust_pin (pipit_engine_get_trust (self->engine), endpoint,
                              pipit_certificate_get_net (self->trusted[server]), error))
        return FALSE;
    }

  return TRUE;
}

static void
save_settings (GTask           *task,
               AccountSettings *settings)
{
  PipitAccountSetup *self = g_task_get_source_object (task);
  g_autoptr(BaseSecret) secret = NULL;
  g_autoptr(GError) error = NULL;
  gboolean saved;

  if (*self->password != '\0')
    secret = base_secret_new (self->password);

  if (self->account != NULL)
    {
      saved = pipit_engine_update_account (self->engine, settings, secret, secret, &error);
    }
  else
    {
      self->account = pipit_engine_add_account (self->engine, settings, secret, secret, &error);
      saved = self->account != NULL;
      if (saved)
        g_object_ref (self->account);
    }

  if (saved)
    g_task_return_pointer (task, g_object_ref (self->account), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
password_kept_cb (GObject      *source_object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!account_secrets_store_finish (ACCOUNT_SECRETS (source_object), result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    save_settings (task, g_task_get_task_data (task));
}

/**
 * pipit_account_setup_save_async:
 *
 * Pins what was trusted, keeps the password, keeps the settings and starts the account with them.
 * May be called again after changes: then it updates the account.
 */
void
pipit_account_setup_save_async (PipitAccountSetup   *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  AccountSecrets *secrets;
  AccountSettings *settings;
  GError *error = NULL;

  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_account_setup_save_async);
  settings = build_settings (self);
  g_task_set_task_data (task, settings, (GDestroyNotify) account_settings_unref);
  secrets = pipit_engine_get_secrets (self->engine);

  if (!account_settings_check (settings, &error) || !pin_certificates (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (*self->password != '\0')
    {
      g_autoptr(BaseSecret) secret = base_secret_new (self->password);

      if (account_settings_get_password_source (settings) == ACCOUNT_PASSWORD_KEYRING)
        {
          account_secrets_store_async (secrets, settings, ACCOUNT_SERVICE_IMAP, secret, cancellable,
                                       password_kept_cb, g_steal_pointer (&task));
          return;
        }

      account_secrets_keep (secrets, account_settings_get_uuid (settings), ACCOUNT_SERVICE_IMAP,
                            secret);
    }

  save_settings (task, settings);
}

/**
 * pipit_account_setup_save_finish:
 *
 * Errors: ACCOUNT_ERROR_* (a keyring that is missing, locked or denied: keep the password for the
 * session, or try again), G_IO_ERROR and G_FILE_ERROR of the settings file. Nothing but pins was
 * kept then.
 *
 * Returns: (transfer full): the account
 */
PipitAccount *
pipit_account_setup_save_finish (PipitAccountSetup  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
probed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (account_secrets_probe_finish (ACCOUNT_SECRETS (source_object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * pipit_account_setup_check_keyring_async:
 *
 * Finds out whether there is a keyring to keep the password in.
 */
void
pipit_account_setup_check_keyring_async (PipitAccountSetup   *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pipit_account_setup_check_keyring_async);
  account_secrets_probe_async (pipit_engine_get_secrets (self->engine), cancellable, probed_cb,
                               task);
}

/**
 * pipit_account_setup_check_keyring_finish:
 *
 * Errors: ACCOUNT_ERROR_*: why there is none.
 *
 * Returns: %TRUE if there is one
 */
gboolean
pipit_account_setup_check_keyring_finish (PipitAccountSetup  *self,
                                          GAsyncResult       *result,
                                          GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * pipit_account_setup_dup_folder_paths:
 *
 * Returns: (transfer full): the folders that the test found, sorted; empty before it passed
 */
char **
pipit_account_setup_dup_folder_paths (PipitAccountSetup *self)
{
  const char *const *folders = NULL;

  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);

  if (self->test != NULL)
    folders = discovery_test_get_folders (self->test);

  return folders != NULL ? g_strdupv ((char **) folders) : g_new0 (char *, 1);
}

/**
 * pipit_account_setup_get_role_path:
 * @role: Archive, Drafts, Junk, Sent or Trash
 *
 * Returns: (transfer none) (nullable): the folder for it: chosen by the person, or else named by
 *   the server; %NULL when neither
 */
const char *
pipit_account_setup_get_role_path (PipitAccountSetup *self,
                                   PipitFolderRole    role)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), NULL);
  g_return_val_if_fail (role < G_N_ELEMENTS (self->role_paths), NULL);

  if (self->role_paths[role] != NULL)
    return self->role_paths[role];

  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i].shown == role && self->test != NULL)
      return discovery_test_get_special_use (self->test, roles[i].kept);

  return NULL;
}

/**
 * pipit_account_setup_set_role_path:
 * @path: a folder of the server, or a new one to be made
 *
 * Chooses the folder for a role. Takes effect with the next save.
 */
void
pipit_account_setup_set_role_path (PipitAccountSetup *self,
                                   PipitFolderRole    role,
                                   const char        *path)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));
  g_return_if_fail (role < G_N_ELEMENTS (self->role_paths));

  g_free (self->role_paths[role]);
  self->role_paths[role] = g_strdup (path);
}

/**
 * pipit_account_setup_get_keep_days:
 *
 * Returns: of how many days the texts are kept on this computer; 0 for none, -1 for all
 */
int
pipit_account_setup_get_keep_days (PipitAccountSetup *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT_SETUP (self), 0);

  return self->keep_days;
}

/**
 * pipit_account_setup_set_keep_days:
 * @days: 0 for none, 30, 365, or -1 for all
 */
void
pipit_account_setup_set_keep_days (PipitAccountSetup *self,
                                   int                days)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  self->keep_days = days;
}

/**
 * pipit_account_setup_set_keep_password:
 * @keep: in the keyring, or for this run only
 */
void
pipit_account_setup_set_keep_password (PipitAccountSetup *self,
                                       PipitKeepPassword  keep)
{
  g_return_if_fail (PIPIT_IS_ACCOUNT_SETUP (self));

  self->keep_password = keep;
}
