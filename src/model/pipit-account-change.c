#include "pipit-config.h"

#include "pipit-account-private.h"

#include "pipit-certificate-private.h"
#include "pipit-engine-private.h"
#include "pipit-problem-private.h"

#include <glib/gi18n-lib.h>

static void
password_stored_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(PipitAccount) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PipitProblem) problem = NULL;

  if (account_secrets_store_finish (ACCOUNT_SECRETS (source), result, &error))
    return;

  problem = pipit_problem_new (PIPIT_PROBLEM_LOCAL, _("The password could not be kept"),
                               _("It is used until Pipit is closed, and asked for at the next start."),
                               error->message, PIPIT_SERVER_RECEIVING, NULL, NULL);
  if (pipit_account_get_engine (self) != NULL)
    pipit_engine_report (pipit_account_get_engine (self), problem);
}

/* Remembers in the settings where the password is, if that is new. */
static void
keep_source (PipitAccount          *self,
             AccountPasswordSource  source)
{
  AccountSettings *settings = pipit_account_get_settings (self);
  PipitEngine *engine = pipit_account_get_engine (self);
  g_autoptr(AccountSettings) copy = NULL;
  g_autoptr(GError) error = NULL;

  if (account_settings_get_password_source (settings) == source)
    return;

  copy = account_settings_copy (settings);
  account_settings_set_password_source (copy, source, NULL);
  if (!account_list_update (pipit_engine_get_account_list (engine), copy, &error))
    {
      g_warning ("Where a password is kept could not be written down: %s", error->message);
      return;
    }
  pipit_account_set_settings (self, copy);
}

/**
 * pipit_account_set_password:
 * @password: what the person has entered
 * @keep: where it is to be kept
 *
 * Answers a problem of kind %PIPIT_PROBLEM_SIGN_IN or %PIPIT_PROBLEM_PASSWORD_MISSING: the
 * password is that of the server which the problem names, and is tried at once.
 */
void
pipit_account_set_password (PipitAccount      *self,
                            const char        *password,
                            PipitKeepPassword  keep)
{
  AccountSettings *settings = pipit_account_get_settings (self);
  PipitEngine *engine = pipit_account_get_engine (self);
  PipitProblem *problem = pipit_account_get_problem (self);
  gboolean own_smtp = account_settings_has_own_smtp_password (settings);
  gboolean for_smtp = own_smtp && problem != NULL &&
                      pipit_problem_get_server (problem) == PIPIT_SERVER_SENDING;
  AccountService service = for_smtp ? ACCOUNT_SERVICE_SMTP : ACCOUNT_SERVICE_IMAP;
  AccountSecrets *secrets = pipit_engine_get_secrets (engine);
  g_autoptr(BaseSecret) secret = base_secret_new (password);

  /* a command of the person's stays what it is asked for at the next start */
  if (account_settings_get_password_source (settings) == ACCOUNT_PASSWORD_COMMAND)
    keep = PIPIT_KEEP_SESSION;
  else
    keep_source (self, keep == PIPIT_KEEP_SESSION ? ACCOUNT_PASSWORD_SESSION
                                                  : ACCOUNT_PASSWORD_KEYRING);
  settings = pipit_account_get_settings (self);
  if (keep == PIPIT_KEEP_KEYRING)
    account_secrets_store_async (secrets, settings, service, secret, NULL,
                                 password_stored_cb, g_object_ref (self));
  account_secrets_keep (secrets, account_settings_get_uuid (settings), service, secret);

  pipit_account_change_passwords (self, for_smtp ? NULL : secret,
                                  for_smtp || !own_smtp ? secret : NULL);
}

/**
 * pipit_account_trust:
 * @server: which of the account's servers showed it
 * @certificate: what the person has looked at
 *
 * Trusts @certificate for this server from now on, and tries again.
 */
void
pipit_account_trust (PipitAccount     *self,
                     PipitServer       server,
                     PipitCertificate *certificate)
{
  AccountSettings *settings = pipit_account_get_settings (self);
  AccountTrust *trust = pipit_engine_get_trust (pipit_account_get_engine (self));
  NetEndpoint *endpoint = server == PIPIT_SERVER_SENDING ? account_settings_get_smtp (settings)
                                                         : account_settings_get_imap (settings);
  g_autoptr(GError) error = NULL;

  if (!account_trust_pin (trust, endpoint, pipit_certificate_get_net (certificate), &error))
    {
      g_autoptr(PipitProblem) problem =
        pipit_problem_new (PIPIT_PROBLEM_LOCAL, _("The certificate could not be kept"), NULL,
                           error->message, server, NULL, NULL);
      pipit_engine_report (pipit_account_get_engine (self), problem);
      return;
    }

  pipit_account_set_net_trust (self, account_trust_get_net_trust (trust));
}

/* Writes a changed copy down; the account follows it. */
static void
change_settings (PipitAccount    *self,
                 AccountSettings *changed)
{
  PipitEngine *engine = pipit_account_get_engine (self);
  g_autoptr(PipitProblem) problem = NULL;
  g_autoptr(GError) error = NULL;

  if (pipit_engine_update_account (engine, changed, NULL, NULL, &error))
    return;

  problem = pipit_problem_new (PIPIT_PROBLEM_LOCAL, _("The settings could not be kept"), NULL,
                               error->message, PIPIT_SERVER_RECEIVING, NULL, NULL);
  pipit_engine_report (engine, problem);
}

/**
 * pipit_account_get_keep_days:
 *
 * Returns: of how many days texts are kept on this computer: 0 none, -1 all
 */
int
pipit_account_get_keep_days (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), 0);

  switch (account_settings_get_offline (pipit_account_get_settings (self)))
    {
    case ACCOUNT_OFFLINE_ALL:
      return -1;
    case ACCOUNT_OFFLINE_YEAR:
      return 365;
    case ACCOUNT_OFFLINE_MONTH:
      return 30;
    case ACCOUNT_OFFLINE_HEADERS:
    default:
      return 0;
    }
}

/**
 * pipit_account_set_keep_days:
 * @days: 0, 30, 365, or -1 for all
 *
 * Says how much is kept on this computer to be read without a connection.
 */
void
pipit_account_set_keep_days (PipitAccount *self,
                             int           days)
{
  g_autoptr(AccountSettings) changed = NULL;
  AccountOffline offline = ACCOUNT_OFFLINE_HEADERS;

  g_return_if_fail (PIPIT_IS_ACCOUNT (self));

  if (days < 0)
    offline = ACCOUNT_OFFLINE_ALL;
  else if (days > 30)
    offline = ACCOUNT_OFFLINE_YEAR;
  else if (days > 0)
    offline = ACCOUNT_OFFLINE_MONTH;
  changed = account_settings_copy (pipit_account_get_settings (self));
  account_settings_set_offline (changed, offline, days < 0);
  change_settings (self, changed);
}

/**
 * pipit_account_get_paused:
 *
 * Returns: %TRUE while the person wants no connection
 */
gboolean
pipit_account_get_paused (PipitAccount *self)
{
  g_return_val_if_fail (PIPIT_IS_ACCOUNT (self), FALSE);

  return account_settings_is_paused (pipit_account_get_settings (self));
}

/**
 * pipit_account_set_paused:
 * @paused: whether the account makes no connection by itself
 */
void
pipit_account_set_paused (PipitAccount *self,
                          gboolean      paused)
{
  g_autoptr(AccountSettings) changed = NULL;

  g_return_if_fail (PIPIT_IS_ACCOUNT (self));

  if (pipit_account_get_paused (self) == paused)
    return;

  changed = account_settings_copy (pipit_account_get_settings (self));
  account_settings_set_paused (changed, paused);
  change_settings (self, changed);
  if (paused)
    pipit_account_stop (self);
  else
    sync_account_start (pipit_account_get_sync (self), SYNC_MODE_LIVE);
}

static void
secrets_forgotten_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  /* without a keyring there was nothing in it */
  if (!account_secrets_forget_finish (ACCOUNT_SECRETS (source), result, &error))
    g_debug ("Passwords were not removed: %s", error->message);

  g_task_return_boolean (task, TRUE);
}

/* After its workers have ended, nothing writes for the account any more. */
static void
removed_stopped_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  PipitAccount *self = g_task_get_source_object (task);
  PipitEngine *engine = pipit_account_get_engine (self);
  AccountSecrets *secrets;
  g_autoptr(GError) error = NULL;

  sync_account_stop_finish (SYNC_ACCOUNT (source), result, NULL);
  if (engine == NULL || !pipit_engine_drop_account (engine, self, &error))
    {
      if (error == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The engine is closed");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  secrets = pipit_engine_get_secrets (engine);
  account_secrets_forget_async (secrets, pipit_account_get_id (self), NULL, secrets_forgotten_cb,
                                g_steal_pointer (&task));
}

/**
 * pipit_account_remove_async:
 * @cancellable: (nullable): stops nothing that has begun
 *
 * Removes the account from this computer: its settings, passwords, cached mail, and what was
 * waiting to be sent. Nothing changes on the server.
 */
void
pipit_account_remove_async (PipitAccount        *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (PIPIT_IS_ACCOUNT (self));

  g_task_set_source_tag (task, pipit_account_remove_async);
  sync_account_stop_async (pipit_account_get_sync (self), removed_stopped_cb,
                           g_steal_pointer (&task));
}

gboolean
pipit_account_remove_finish (PipitAccount  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
