#include "tool-account.h"

#include "account-error.h"
#include "store-transaction.h"
#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-output.h"

/* pipitctl account list and remove. */

#define PURGE_ROWS 5000

static const char *
source_name (AccountSettings *settings)
{
  switch (account_settings_get_password_source (settings))
    {
    case ACCOUNT_PASSWORD_COMMAND:
      return "command";
    case ACCOUNT_PASSWORD_SESSION:
      return "session";
    case ACCOUNT_PASSWORD_KEYRING:
    default:
      return "keyring";
    }
}

static void
add_server (JsonBuilder *builder,
            const char  *name,
            NetEndpoint *endpoint,
            const char  *username)
{
  g_autofree char *text = endpoint != NULL ? net_endpoint_to_string (endpoint) : NULL;

  json_builder_set_member_name (builder, name);
  if (endpoint == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  tool_json_string (builder, "endpoint", text);
  tool_json_string (builder, "username", username);
  json_builder_end_object (builder);
}

static void
add_account_object (JsonBuilder     *builder,
                    AccountSettings *settings)
{
  AccountIdentity *identity = account_settings_get_identity (settings, 0);

  json_builder_begin_object (builder);
  tool_json_string (builder, "uuid", account_settings_get_uuid (settings));
  tool_json_string (builder, "address", account_settings_get_address (settings));
  tool_json_string (builder, "name", account_settings_get_name (settings));
  tool_json_string (builder, "person", account_identity_get_name (identity));
  tool_json_string (builder, "provider", account_settings_get_provider_id (settings));
  add_server (builder, "imap", account_settings_get_imap (settings),
              account_settings_get_imap_username (settings));
  add_server (builder, "smtp", account_settings_get_smtp (settings),
              account_settings_get_smtp_username (settings));
  tool_json_string (builder, "password", source_name (settings));
  tool_json_int (builder, "poll_minutes", account_settings_get_poll_minutes (settings));
  tool_json_boolean (builder, "paused", account_settings_is_paused (settings));
  json_builder_end_object (builder);
}

static void
print_account (AccountSettings *settings)
{
  NetEndpoint *smtp = account_settings_get_smtp (settings);
  g_autofree char *imap_text = net_endpoint_to_string (account_settings_get_imap (settings));
  g_autofree char *smtp_text = smtp != NULL ? net_endpoint_to_string (smtp) : NULL;
  const char *smtp_name = account_settings_get_smtp_username (settings);

  tool_output_line ("%s%s", account_settings_get_address (settings),
                    account_settings_is_paused (settings) ? "   (paused)" : "");
  tool_output_line ("  reads from    %s as %s", imap_text,
                    account_settings_get_imap_username (settings));
  if (smtp_text != NULL && smtp_name != NULL)
    tool_output_line ("  sends through %s as %s", smtp_text, smtp_name);
  else if (smtp_text != NULL)
    tool_output_line ("  sends through %s without signing in", smtp_text);
  else
    tool_output_line ("  cannot send");
  tool_output_line ("  password      %s", source_name (settings));
}

/**
 * tool_account_print:
 *
 * Prints one account.
 */
void
tool_account_print (ToolContext     *context,
                    AccountSettings *settings)
{
  g_autoptr(JsonBuilder) builder = NULL;

  if (!tool_context_is_json (context))
    {
      print_account (settings);
      return;
    }

  builder = json_builder_new ();
  add_account_object (builder, settings);
  tool_output_json (builder);
}

/**
 * tool_account_list:
 *
 * Lists the accounts.
 */
ToolExit
tool_account_list (ToolContext *context,
                   GStrv        arguments)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  AccountList *accounts;

  if (!tool_context_parse (context, arguments, "", "Lists the accounts in their order.", NULL, 0, 0,
                           &rest))
    return TOOL_EXIT_USAGE;

  accounts = tool_context_get_accounts (context, &error);
  if (accounts == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < account_list_get_n (accounts); i++)
    if (tool_context_is_json (context))
      add_account_object (builder, account_list_get (accounts, i));
    else
      print_account (account_list_get (accounts, i));
  json_builder_end_array (builder);

  if (tool_context_is_json (context))
    tool_output_json (builder);

  return TOOL_EXIT_DONE;
}

/* An account without an entry in the keyring does not need a keyring to be removed. */
static gboolean
forget_password (ToolContext      *context,
                 AccountSettings  *settings,
                 GError          **error)
{
  AccountSecrets *secrets = tool_context_get_secrets (context, error);

  if (secrets == NULL)
    return FALSE;
  if (account_settings_get_password_source (settings) != ACCOUNT_PASSWORD_KEYRING)
    return TRUE;

  return account_secrets_forget (secrets, account_settings_get_uuid (settings), error);
}

/* What only this computer knows would be gone for good: that needs to be said. */
static gboolean
check_nothing_waits (ToolEngine       *engine,
                     AccountSettings  *settings,
                     GError          **error)
{
  StoreReader *reader = tool_engine_get_reader (engine);
  const char *uuid = account_settings_get_uuid (settings);
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(GPtrArray) outbox = NULL;

  operations = store_reader_list_operations (reader, uuid, FALSE, G_MAXINT, error);
  if (operations == NULL)
    return FALSE;

  outbox = store_reader_list_outbox (reader, uuid, FALSE, error);
  if (outbox == NULL)
    return FALSE;

  if (operations->len == 0 && outbox->len == 0)
    return TRUE;

  g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_FAILED,
               "%u changes and %u messages of this account have not reached the server yet. "
               "“pipitctl sync” sends them; --force throws them away",
               operations->len, outbox->len);
  return FALSE;
}

static gboolean
remove_mail (StoreTransaction  *tx,
             gpointer           user_data,
             GError           **error)
{
  return store_tx_remove_account (tx, user_data, TRUE, error);
}

/* A slice of throwing away what is no longer shown. */
static gboolean
purge_mail (StoreTransaction  *tx,
            gpointer           user_data,
            GError           **error)
{
  return store_tx_purge (tx, user_data, error);
}

static gboolean
write_and_wait (ToolContext     *context,
                Store           *store,
                StoreWriteFunc   func,
                gpointer         data,
                GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  store_write_async (store, STORE_PRIORITY_PERSON, func, data, NULL, NULL, tool_context_result_cb,
                     &result);
  return store_write_finish (store, tool_context_wait (context, &result), error);
}

/* The cache, the journal, the settings, the password: what is done first can be done again. */
static gboolean
remove_account (ToolContext      *context,
                ToolEngine       *engine,
                AccountSettings  *settings,
                GError          **error)
{
  const char *uuid = account_settings_get_uuid (settings);
  Store *store = tool_engine_get_store (engine);
  StorePurge purge = { .max_rows = PURGE_ROWS };

  if (!write_and_wait (context, store, remove_mail, (gpointer) uuid, error))
    return FALSE;

  do
    if (!write_and_wait (context, store, purge_mail, &purge, error))
      return FALSE;
  while (purge.is_more);

  return account_list_remove (tool_context_get_accounts (context, NULL), uuid, error);
}

/**
 * tool_account_remove:
 *
 * Removes an account, its passwords and its mail from this computer.
 */
ToolExit
tool_account_remove (ToolContext *context,
                     GStrv        arguments)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force,
      "Also when changes or messages still wait for the server", NULL },
    { NULL },
  };
  g_autoptr(AccountSettings) settings = NULL;
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  AccountSettings *found;

  if (!tool_context_parse (context, arguments, "ACCOUNT",
                           "Removes an account, by its address, name or UUID, with its passwords and "
                           "its mail from this\ncomputer. The mail on the server stays.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  found = tool_context_find_account (context, rest[0], &error);
  if (found == NULL)
    return tool_context_fail (context, error);

  settings = account_settings_ref (found);
  engine = tool_engine_open (context, TOOL_ENGINE_WORK, &error);
  if (engine == NULL || (!force && !check_nothing_waits (engine, settings, &error)) ||
      !remove_account (context, engine, settings, &error))
    return tool_context_fail (context, error);

  if (!forget_password (context, settings, &error))
    {
      tool_output_error ("The account is removed. Its password is still in the keyring: %s",
                         error->message);
      return TOOL_EXIT_PARTIAL;
    }

  if (tool_context_is_json (context))
    {
      g_autoptr(JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      tool_json_string (builder, "removed", account_settings_get_uuid (settings));
      json_builder_end_object (builder);
      tool_output_json (builder);
    }

  return TOOL_EXIT_DONE;
}
