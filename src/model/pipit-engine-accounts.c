#include "pipit-engine-struct-private.h"

#include "pipit-account-private.h"
#include "pipit-loader.h"

#include "store-transaction.h"

/* The accounts of the engine follow the list in the settings file, whoever changes it. */

static void
on_account_state (PipitAccount *account,
                  GParamSpec   *pspec,
                  PipitEngine  *self)
{
  pipit_engine_update_state (self);
  if (self->loader != NULL)
    pipit_loader_hint (self->loader);
}

static void
on_account_alert (PipitAccount *account,
                  const char   *text,
                  PipitEngine  *self)
{
  g_signal_emit_by_name (self, "alert", account, text);
}

/* What is known of an account's passwords, on its way from the keyring. */
typedef struct
{
  PipitAccount *account;     /* (owned) */
  BaseSecret *imap_password; /* (owned) (nullable) */
} Start;

static void
start_free (Start *start)
{
  g_clear_object (&start->account);
  g_clear_pointer (&start->imap_password, base_secret_unref);
  g_free (start);
}

static BaseSecret *
take_password (AccountSecrets *secrets,
               GAsyncResult   *result,
               PipitAccount   *account)
{
  g_autoptr(GError) error = NULL;
  BaseSecret *secret = account_secrets_lookup_finish (secrets, result, &error);

  if (secret == NULL)
    g_message ("No password for %s: %s", pipit_account_get_address (account), error->message);

  return secret;
}

static void
smtp_password_found_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  Start *start = user_data;
  g_autoptr(BaseSecret) smtp_password = take_password (ACCOUNT_SECRETS (source), result,
                                                       start->account);

  pipit_account_start (start->account, start->imap_password, smtp_password);
  start_free (start);
}

static void
imap_password_found_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  Start *start = user_data;
  AccountSecrets *secrets = ACCOUNT_SECRETS (source);
  AccountSettings *settings = pipit_account_get_settings (start->account);

  start->imap_password = take_password (secrets, result, start->account);
  if (settings == NULL)
    {
      start_free (start);
      return;
    }
  if (account_settings_has_own_smtp_password (settings))
    {
      account_secrets_lookup_async (secrets, settings, ACCOUNT_SERVICE_SMTP, NULL,
                                    smtp_password_found_cb, start);
      return;
    }

  pipit_account_start (start->account, start->imap_password, start->imap_password);
  start_free (start);
}

/* An account without a password starts as well: it is then the account that asks for one. */
static void
start_account (PipitEngine  *self,
               PipitAccount *account)
{
  Start *start = g_new0 (Start, 1);

  start->account = g_object_ref (account);
  account_secrets_lookup_async (self->secrets, pipit_account_get_settings (account),
                                ACCOUNT_SERVICE_IMAP, self->cancellable, imap_password_found_cb,
                                start);
}

static PipitAccount *
attach (PipitEngine     *self,
        AccountSettings *settings,
        guint            position)
{
  g_autoptr(PipitAccount) account =
    pipit_account_new (self, settings, self->store, account_trust_get_net_trust (self->trust));

  g_signal_connect_object (account, "notify::state", G_CALLBACK (on_account_state), self, 0);
  g_signal_connect_object (account, "notify::status", G_CALLBACK (on_account_state), self, 0);
  g_signal_connect_object (account, "alert", G_CALLBACK (on_account_alert), self, 0);
  g_list_store_insert (self->accounts, position, account);

  return account;
}

static guint
position_of (AccountList     *list,
             AccountSettings *settings)
{
  for (guint i = 0; i < account_list_get_n (list); i++)
    if (g_str_equal (account_settings_get_uuid (account_list_get (list, i)),
                     account_settings_get_uuid (settings)))
      return i;

  return account_list_get_n (list);
}

static void
on_account_added (AccountList     *list,
                  AccountSettings *settings,
                  PipitEngine     *self)
{
  guint n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
  PipitAccount *account;

  if (self->store == NULL ||
      pipit_engine_get_account (self, account_settings_get_uuid (settings)) != NULL)
    return;

  account = attach (self, settings, MIN (position_of (list, settings), n_accounts));
  pipit_engine_apply_network (self);
  if (self->opened)
    start_account (self, account);
  pipit_engine_dirty_all (self);
}

static void
on_account_changed (AccountList     *list,
                    AccountSettings *settings,
                    PipitEngine     *self)
{
  PipitAccount *account = pipit_engine_get_account (self, account_settings_get_uuid (settings));

  if (account != NULL)
    pipit_account_set_settings (account, settings);
}

static void
on_account_removed (AccountList     *list,
                    AccountSettings *settings,
                    PipitEngine     *self)
{
  PipitAccount *account = pipit_engine_get_account (self, account_settings_get_uuid (settings));
  guint position;

  if (account == NULL || !g_list_store_find (self->accounts, account, &position))
    return;

  pipit_account_stop (account);
  g_list_store_remove (self->accounts, position);
  pipit_engine_dirty_all (self);
  pipit_engine_update_state (self);
}

static void
on_trust_changed (AccountTrust *trust,
                  PipitEngine  *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      pipit_account_set_net_trust (account, account_trust_get_net_trust (trust));
    }
}

/* Reads the settings; the accounts themselves need the store. */
gboolean
pipit_engine_open_accounts (PipitEngine  *self,
                            GError      **error)
{
  g_autoptr(GError) watch_error = NULL;

  self->list = account_list_open (self->profile, error);
  if (self->list == NULL)
    return FALSE;

  self->trust = account_trust_open (self->profile, error);
  if (self->trust == NULL)
    return FALSE;

  self->secrets = account_secrets_new (self->profile);
  g_signal_connect_object (self->list, "account-added", G_CALLBACK (on_account_added), self, 0);
  g_signal_connect_object (self->list, "account-changed", G_CALLBACK (on_account_changed), self, 0);
  g_signal_connect_object (self->list, "account-removed", G_CALLBACK (on_account_removed), self, 0);
  g_signal_connect_object (self->trust, "changed", G_CALLBACK (on_trust_changed), self, 0);
  if (!account_list_watch (self->list, &watch_error))
    g_warning ("Changes of the accounts by others will not be seen: %s", watch_error->message);

  return TRUE;
}

/* Makes the accounts, without a connection yet. */
void
pipit_engine_attach_accounts (PipitEngine *self)
{
  for (guint i = 0; i < account_list_get_n (self->list); i++)
    attach (self, account_list_get (self->list, i), i);
}

void
pipit_engine_apply_network (PipitEngine *self)
{
  gboolean available, metered;

  if (self->monitor == NULL)
    return;

  available = g_network_monitor_get_network_available (self->monitor);
  metered = g_network_monitor_get_network_metered (self->monitor);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      pipit_account_set_network (account, available, metered);
    }
}

void
pipit_engine_start_accounts (PipitEngine *self)
{
  g_set_object (&self->monitor, g_network_monitor_get_default ());
  g_signal_connect_object (self->monitor, "network-changed",
                           G_CALLBACK (pipit_engine_apply_network), self, G_CONNECT_SWAPPED);
  pipit_engine_apply_network (self);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(PipitAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      start_account (self, account);
    }
}

static void
keep_passwords (PipitEngine     *self,
                AccountSettings *settings,
                BaseSecret      *imap_password,
                BaseSecret      *smtp_password)
{
  const char *uuid = account_settings_get_uuid (settings);

  if (imap_password != NULL)
    account_secrets_keep (self->secrets, uuid, ACCOUNT_SERVICE_IMAP, imap_password);
  if (smtp_password != NULL && account_settings_has_own_smtp_password (settings))
    account_secrets_keep (self->secrets, uuid, ACCOUNT_SERVICE_SMTP, smtp_password);
}

/**
 * pipit_engine_add_account:
 * @settings: of the new account
 * @imap_password: (nullable): %NULL looks it up where the settings say
 * @smtp_password: (nullable): kept for the session where sending has a password of its own
 *
 * Writes the settings down and starts the account.
 *
 * Returns: (transfer none) (nullable): the account
 */
PipitAccount *
pipit_engine_add_account (PipitEngine      *self,
                          AccountSettings  *settings,
                          BaseSecret       *imap_password,
                          BaseSecret       *smtp_password,
                          GError          **error)
{
  const char *uuid = account_settings_get_uuid (settings);

  keep_passwords (self, settings, imap_password, smtp_password);
  if (!account_list_add (self->list, settings, error))
    return NULL;

  on_account_added (self->list, account_list_find (self->list, uuid), self);

  return pipit_engine_get_account (self, uuid);
}

/**
 * pipit_engine_update_account:
 * @settings: a changed copy
 * @imap_password: (nullable): %NULL leaves it as it is
 * @smtp_password: (nullable): %NULL leaves it as it is
 *
 * Writes changed settings down and lets the account go on with them.
 *
 * Returns: %TRUE if they were written
 */
gboolean
pipit_engine_update_account (PipitEngine      *self,
                             AccountSettings  *settings,
                             BaseSecret       *imap_password,
                             BaseSecret       *smtp_password,
                             GError          **error)
{
  const char *uuid = account_settings_get_uuid (settings);
  PipitAccount *account = pipit_engine_get_account (self, uuid);

  keep_passwords (self, settings, imap_password, smtp_password);
  if (!account_list_update (self->list, settings, error))
    return FALSE;

  if (account != NULL)
    {
      pipit_account_set_settings (account, settings);
      if (imap_password != NULL || smtp_password != NULL)
        pipit_account_change_passwords (account, imap_password, smtp_password);
    }

  return TRUE;
}

/* Runs on the store's writer thread. */
static gboolean
forget_account (StoreTransaction  *tx,
                gpointer           data,
                GError           **error)
{
  return store_tx_remove_account (tx, data, TRUE, error);
}

static void
account_forgotten_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!store_write_finish (STORE_STORE (source), result, &error))
    g_warning ("A removed account's mail is still in the cache: %s", error->message);
}

/**
 * pipit_engine_drop_account:
 * @account: an account that has been stopped
 *
 * Removes its settings, and what is stored of it.
 *
 * Returns: %TRUE if it was removed
 */
gboolean
pipit_engine_drop_account (PipitEngine   *self,
                           PipitAccount  *account,
                           GError       **error)
{
  g_autofree char *uuid = g_strdup (pipit_account_get_id (account));
  guint position;

  if (!account_list_remove (self->list, uuid, error))
    return FALSE;

  if (g_list_store_find (self->accounts, account, &position))
    g_list_store_remove (self->accounts, position);
  store_write_async (self->store, STORE_PRIORITY_PERSON, forget_account, g_strdup (uuid), g_free,
                     NULL, account_forgotten_cb, NULL);
  pipit_engine_dirty_all (self);
  pipit_engine_update_state (self);

  return TRUE;
}
