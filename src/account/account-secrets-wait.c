#include "account-secrets.h"

/* The same for pipitctl, which has nothing else to do meanwhile: the default context is turned
 * until the answer is there. Not for the application. */

static void
result_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  return *result;
}

/**
 * account_secrets_lookup:
 *
 * As account_secrets_lookup_async (), and waits.
 *
 * Returns: (transfer full): the password
 */
BaseSecret *
account_secrets_lookup (AccountSecrets   *self,
                        AccountSettings  *settings,
                        AccountService    service,
                        GError          **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  account_secrets_lookup_async (self, settings, service, NULL, result_cb, &result);
  return account_secrets_lookup_finish (self, wait_for (&result), error);
}

/**
 * account_secrets_store:
 *
 * As account_secrets_store_async (), and waits.
 *
 * Returns: whether the password is kept
 */
gboolean
account_secrets_store (AccountSecrets   *self,
                       AccountSettings  *settings,
                       AccountService    service,
                       BaseSecret       *secret,
                       GError          **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  account_secrets_store_async (self, settings, service, secret, NULL, result_cb, &result);
  return account_secrets_store_finish (self, wait_for (&result), error);
}

/**
 * account_secrets_forget:
 *
 * As account_secrets_forget_async (), and waits.
 *
 * Returns: whether no password of the account is kept any more
 */
gboolean
account_secrets_forget (AccountSecrets  *self,
                        const char      *account_uuid,
                        GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  account_secrets_forget_async (self, account_uuid, NULL, result_cb, &result);
  return account_secrets_forget_finish (self, wait_for (&result), error);
}
