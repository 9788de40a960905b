#include "account-error.h"
#include "account-list.h"
#include "account-secrets.h"

#include <locale.h>
#include <string.h>

/* Acts on the secrets of a profile's only account, for test-account-keyring.py:
 *
 *   test-account-keyring PROFILE probe|lookup|store|forget [PASSWORD [SERVICE]]
 *
 * Prints `ok`, `ok PASSWORD` or `error CODE`. */

static const char *
error_name (const GError *error)
{
  if (error->domain != ACCOUNT_ERROR)
    return error->message;

  switch ((AccountError) error->code)
    {
    case ACCOUNT_ERROR_NO_SECRET:
      return "no-secret";
    case ACCOUNT_ERROR_KEYRING_MISSING:
      return "missing";
    case ACCOUNT_ERROR_KEYRING_LOCKED:
      return "locked";
    case ACCOUNT_ERROR_KEYRING_DENIED:
      return "denied";
    default:
      return error->message;
    }
}

static AccountSettings *
only_account (AccountProfile *profile)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AccountList) list = account_list_open (profile, &error);
  g_autoptr(AccountSettings) settings = NULL;
  g_autoptr(NetEndpoint) imap = NULL;

  g_assert_no_error (error);
  if (account_list_get_n (list) > 0)
    return account_settings_ref (account_list_get (list, 0));

  settings = account_settings_new ("alice@example.org");
  imap = net_endpoint_new (NET_PURPOSE_IMAP, "imap.example.org", 993, NET_SECURITY_TLS);
  account_settings_set_imap (settings, imap, "alice");
  account_settings_set_own_smtp_password (settings, TRUE);
  account_list_add (list, settings, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&settings);
}

static void
result_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
probe (AccountSecrets  *secrets,
       GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  account_secrets_probe_async (secrets, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return account_secrets_probe_finish (secrets, result, error);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AccountProfile) profile = NULL;
  g_autoptr(AccountSecrets) secrets = NULL;
  g_autoptr(AccountSettings) settings = NULL;
  g_autoptr(BaseSecret) secret = NULL;
  AccountService service = argc > 4 && strcmp (argv[4], "smtp") == 0 ? ACCOUNT_SERVICE_SMTP
                                                                     : ACCOUNT_SERVICE_IMAP;

  setlocale (LC_ALL, "");
  g_assert_cmpint (argc, >=, 3);
  profile = account_profile_open (argv[1], &error);
  g_assert_no_error (error);
  secrets = account_secrets_new (profile);
  settings = only_account (profile);

  if (strcmp (argv[2], "probe") == 0)
    probe (secrets, &error);
  else if (strcmp (argv[2], "lookup") == 0)
    secret = account_secrets_lookup (secrets, settings, service, &error);
  else if (strcmp (argv[2], "forget") == 0)
    account_secrets_forget (secrets, account_settings_get_uuid (settings), &error);
  else
    {
      g_autoptr(BaseSecret) given = base_secret_new (argv[3]);

      account_secrets_store (secrets, settings, service, given, &error);
    }

  if (error != NULL)
    g_print ("error %s\n", error_name (error));
  else if (secret != NULL)
    g_print ("ok %s\n", base_secret_peek (secret));
  else
    g_print ("ok\n");

  return 0;
}
