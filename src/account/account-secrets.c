#include "account-secrets.h"

#include "account-command-private.h"
#include "account-error.h"
#include "account-keyring-private.h"

/* Where passwords come from: the memory of this run, the desktop's keyring, or a command of the
 * person's, as the account's settings say. */

struct _AccountSecrets
{
  GObject parent_instance;

  AccountProfile *profile; /* (owned) */
  GHashTable *session;     /* (owned) "UUID service" -> BaseSecret: kept for this run only */
};

G_DEFINE_FINAL_TYPE (AccountSecrets, account_secrets, G_TYPE_OBJECT)

static void
account_secrets_finalize (GObject *object)
{
  AccountSecrets *self = ACCOUNT_SECRETS (object);

  g_clear_object (&self->profile);
  g_clear_pointer (&self->session, g_hash_table_unref);

  G_OBJECT_CLASS (account_secrets_parent_class)->finalize (object);
}

static void
account_secrets_class_init (AccountSecretsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = account_secrets_finalize;
}

static void
account_secrets_init (AccountSecrets *self)
{
  self->session = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) base_secret_unref);
}

/**
 * account_secrets_new:
 * @profile: whose secrets
 *
 * Thread: main, as all of this class.
 *
 * Returns: (transfer full): access to the profile's secrets
 */
AccountSecrets *
account_secrets_new (AccountProfile *profile)
{
  AccountSecrets *self;

  g_return_val_if_fail (ACCOUNT_IS_PROFILE (profile), NULL);

  self = g_object_new (ACCOUNT_TYPE_SECRETS, NULL);
  self->profile = g_object_ref (profile);

  return self;
}

static const char *
service_name (AccountService service)
{
  return service == ACCOUNT_SERVICE_IMAP ? "imap" : "smtp";
}

static char *
session_key (const char     *account_uuid,
             AccountService  service)
{
  return g_strconcat (account_uuid, " ", service_name (service), NULL);
}

/* Sending signs in with the password for reading, unless it has its own. */
static AccountService
effective_service (AccountSettings *settings,
                   AccountService   service)
{
  return account_settings_has_own_smtp_password (settings) ? service : ACCOUNT_SERVICE_IMAP;
}

static void
probed_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (account_keyring_probe_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * account_secrets_probe_async:
 *
 * Asks whether this desktop has a keyring, without unlocking it: before an account is made, so
 * that a person without one can choose what else to do.
 */
void
account_secrets_probe_async (AccountSecrets      *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  AccountKeyringEntry entry = { NULL };
  GTask *task;

  g_return_if_fail (ACCOUNT_IS_SECRETS (self));

  entry.profile = account_profile_get_secret_attribute (self->profile);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, account_secrets_probe_async);
  account_keyring_probe_async (&entry, cancellable, probed_cb, task);
}

/**
 * account_secrets_probe_finish:
 *
 * Errors: ACCOUNT_ERROR_KEYRING_MISSING and the other ACCOUNT_ERROR_KEYRING_…,
 *   G_IO_ERROR_CANCELLED.
 *
 * Returns: whether there is a keyring
 */
gboolean
account_secrets_probe_finish (AccountSecrets  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
return_secret (GTask      *task,
               BaseSecret *secret,
               GError     *error)
{
  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) base_secret_unref);
  else
    g_task_return_error (task, error);
}

static void
command_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  BaseSecret *secret = account_command_run_finish (result, &error);

  return_secret (task, secret, error);
}

static void
keyring_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  BaseSecret *secret = account_keyring_lookup_finish (result, &error);

  return_secret (task, secret, error);
}

static void
look_outside (AccountSecrets  *self,
              AccountSettings *settings,
              AccountService   service,
              GTask           *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  AccountKeyringEntry entry = {
    account_profile_get_secret_attribute (self->profile),
    account_settings_get_uuid (settings),
    service_name (service),
  };

  switch (account_settings_get_password_source (settings))
    {
    case ACCOUNT_PASSWORD_COMMAND:
      account_command_run_async (account_settings_get_password_command (settings),
                                 service_name (service), ACCOUNT_COMMAND_TIMEOUT_MS, cancellable,
                                 command_cb, g_object_ref (task));
      break;

    case ACCOUNT_PASSWORD_KEYRING:
      account_keyring_lookup_async (&entry, cancellable, keyring_cb, g_object_ref (task));
      break;

    case ACCOUNT_PASSWORD_SESSION:
    default:
      g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_NO_SECRET,
                               "The password of this account is kept for one run only");
      break;
    }
}

/**
 * account_secrets_lookup_async:
 * @settings: an account
 * @service: what for
 *
 * Looks for a password where the account's settings say that it is. A password given to
 * account_secrets_keep () in this run comes first.
 */
void
account_secrets_lookup_async (AccountSecrets      *self,
                              AccountSettings     *settings,
                              AccountService       service,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  AccountService effective;
  g_autoptr(GTask) task = NULL;
  g_autofree char *key = NULL;
  BaseSecret *kept;

  g_return_if_fail (ACCOUNT_IS_SECRETS (self));
  g_return_if_fail (settings != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, account_secrets_lookup_async);

  effective = effective_service (settings, service);
  key = session_key (account_settings_get_uuid (settings), effective);
  kept = g_hash_table_lookup (self->session, key);

  if (kept != NULL)
    g_task_return_pointer (task, base_secret_ref (kept), (GDestroyNotify) base_secret_unref);
  else
    look_outside (self, settings, effective, task);
}

/**
 * account_secrets_lookup_finish:
 *
 * Errors: ACCOUNT_ERROR_NO_SECRET: ask the person; ACCOUNT_ERROR_KEYRING_MISSING, …_LOCKED,
 *   …_DENIED; ACCOUNT_ERROR_COMMAND_FAILED, …_TIMED_OUT; G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the password
 */
BaseSecret *
account_secrets_lookup_finish (AccountSecrets  *self,
                               GAsyncResult    *result,
                               GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stored_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  AccountSecrets *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!account_keyring_store_finish (result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* What was kept for this run is older than what has just been stored. */
  g_hash_table_remove (self->session, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
store_in_keyring (AccountSecrets  *self,
                  AccountSettings *settings,
                  AccountService   service,
                  BaseSecret      *secret,
                  GTask           *task)
{
  g_autofree char *label = NULL;
  AccountKeyringEntry entry = {
    account_profile_get_secret_attribute (self->profile),
    account_settings_get_uuid (settings),
    service_name (service),
  };

  label = g_strdup_printf ("Pipit: %s (%s)", account_settings_get_address (settings),
                           service == ACCOUNT_SERVICE_IMAP ? "IMAP" : "SMTP");
  account_keyring_store_async (&entry, label, secret, g_task_get_cancellable (task), stored_cb,
                               g_object_ref (task));
}

/**
 * account_secrets_store_async:
 * @settings: an account
 * @service: what for
 * @secret: the password
 *
 * Puts a password where the account's settings say that it is kept: into the keyring, or into
 * the memory of this run. An account whose password comes from a command has no such place.
 */
void
account_secrets_store_async (AccountSecrets      *self,
                             AccountSettings     *settings,
                             AccountService       service,
                             BaseSecret          *secret,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  AccountService effective;
  g_autoptr(GTask) task = NULL;
  const char *uuid;

  g_return_if_fail (ACCOUNT_IS_SECRETS (self));
  g_return_if_fail (settings != NULL);
  g_return_if_fail (secret != NULL);

  uuid = account_settings_get_uuid (settings);
  effective = effective_service (settings, service);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, account_secrets_store_async);
  g_task_set_task_data (task, session_key (uuid, effective), g_free);

  switch (account_settings_get_password_source (settings))
    {
    case ACCOUNT_PASSWORD_KEYRING:
      store_in_keyring (self, settings, effective, secret, task);
      break;

    case ACCOUNT_PASSWORD_SESSION:
      account_secrets_keep (self, uuid, effective, secret);
      g_task_return_boolean (task, TRUE);
      break;

    case ACCOUNT_PASSWORD_COMMAND:
    default:
      g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_INVALID,
                               "The password of this account comes from a command");
      break;
    }
}

/**
 * account_secrets_store_finish:
 *
 * Errors: ACCOUNT_ERROR_KEYRING_MISSING, …_LOCKED, …_DENIED; ACCOUNT_ERROR_INVALID for an account
 *   with a password command; G_IO_ERROR_CANCELLED.
 *
 * Returns: whether the password is kept
 */
gboolean
account_secrets_store_finish (AccountSecrets  *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cleared_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (account_keyring_clear_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * account_secrets_forget_async:
 * @account_uuid: an account, which may be gone from the settings already
 *
 * Removes all passwords of an account from the memory of this run and from the keyring.
 */
void
account_secrets_forget_async (AccountSecrets      *self,
                              const char          *account_uuid,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  AccountKeyringEntry entry = { NULL, account_uuid, NULL };
  GTask *task;

  g_return_if_fail (ACCOUNT_IS_SECRETS (self));
  g_return_if_fail (account_uuid != NULL);

  for (guint i = ACCOUNT_SERVICE_IMAP; i <= ACCOUNT_SERVICE_SMTP; i++)
    {
      g_autofree char *key = session_key (account_uuid, i);

      g_hash_table_remove (self->session, key);
    }

  entry.profile = account_profile_get_secret_attribute (self->profile);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, account_secrets_forget_async);
  account_keyring_clear_async (&entry, cancellable, cleared_cb, task);
}

/**
 * account_secrets_forget_finish:
 *
 * Errors: ACCOUNT_ERROR_KEYRING_…, G_IO_ERROR_CANCELLED.
 *
 * Returns: whether no password of the account is kept any more
 */
gboolean
account_secrets_forget_finish (AccountSecrets  *self,
                               GAsyncResult    *result,
                               GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * account_secrets_keep:
 * @secret: (nullable): a password, or %NULL to keep it no longer
 *
 * Keeps a password in the memory of this run, whatever the account's settings say.
 */
void
account_secrets_keep (AccountSecrets *self,
                      const char     *account_uuid,
                      AccountService  service,
                      BaseSecret     *secret)
{
  g_autofree char *key = NULL;

  g_return_if_fail (ACCOUNT_IS_SECRETS (self));
  g_return_if_fail (account_uuid != NULL);

  key = session_key (account_uuid, service);
  if (secret != NULL)
    g_hash_table_replace (self->session, g_steal_pointer (&key), base_secret_ref (secret));
  else
    g_hash_table_remove (self->session, key);
}
