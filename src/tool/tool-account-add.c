#include "account-error.h"
#include "discovery-lookup.h"
#include "tool-account.h"
#include "tool-commands.h"
#include "tool-output.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

/* pipitctl account add. */

typedef struct
{
  char *name;             /* (owned) (nullable), as the others */
  char *imap;
  char *smtp;
  char *username;
  char *smtp_username;
  char *password_file;
  char *password_command;
  char *certificate;
} AddOptions;

static void
add_options_clear (AddOptions *options)
{
  g_free (options->name);
  g_free (options->imap);
  g_free (options->smtp);
  g_free (options->username);
  g_free (options->smtp_username);
  g_free (options->password_file);
  g_free (options->password_command);
  g_free (options->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

static gboolean
usage_error (GError     **error,
             const char  *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

/* What was typed is the person's explicit choice, `none` included. */
static NetEndpoint *
typed_endpoint (NetPurpose   purpose,
                const char  *text,
                GError     **error)
{
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(GError) local_error = NULL;

  endpoint = net_endpoint_parse (purpose, text, &local_error);
  if (endpoint == NULL)
    {
      usage_error (error, local_error->message);
      return NULL;
    }

  if (net_endpoint_get_security (endpoint) != NET_SECURITY_NONE)
    return g_steal_pointer (&endpoint);

  if (!net_endpoint_is_loopback (endpoint))
    tool_output_error ("Warning: the password and all mail will travel to %s unencrypted.",
                       net_endpoint_get_host (endpoint));

  return net_endpoint_allow_plain (endpoint);
}

/* What the provider's row names. Guesses, alternatives and unencrypted servers are not taken
 * without being asked for. */
static NetEndpoint *
known_endpoint (DiscoveryResult *found,
                NetPurpose       purpose)
{
  const DiscoveryServer *server = discovery_result_get_server (found, purpose, 0);

  if (server == NULL || server->source != DISCOVERY_SOURCE_PROVIDER ||
      net_endpoint_get_security (server->endpoint) == NET_SECURITY_NONE)
    return NULL;

  return net_endpoint_ref (server->endpoint);
}

static gboolean
no_server_error (DiscoveryResult  *found,
                 GError          **error)
{
  switch (discovery_result_get_kind (found))
    {
    case DISCOVERY_KIND_NO_IMAP:
      return usage_error (error, "This provider does not offer IMAP. If you know better, give its "
                                 "server with --imap.");
    case DISCOVERY_KIND_POP_ONLY:
      return usage_error (error, "This provider is known to offer POP3 only. If you know better, "
                                 "give its server with --imap.");
    case DISCOVERY_KIND_KNOWN:
      return usage_error (error, "No encrypted server is known for this provider. Give it with "
                                 "--imap.");
    case DISCOVERY_KIND_UNKNOWN:
    default:
      return usage_error (error, "Nothing is known of this domain. Give its servers with --imap "
                                 "and --smtp; “pipitctl discover” shows guesses.");
    }
}

static gboolean
set_servers (AccountSettings   *settings,
             DiscoveryResult   *found,
             const AddOptions  *options,
             GError           **error)
{
  const char *imap_name = discovery_result_get_usernames (found, NET_PURPOSE_IMAP)[0];
  const char *smtp_name = discovery_result_get_usernames (found, NET_PURPOSE_SMTP)[0];
  g_autoptr(NetEndpoint) imap = NULL;
  g_autoptr(NetEndpoint) smtp = NULL;

  if (options->imap != NULL && (imap = typed_endpoint (NET_PURPOSE_IMAP, options->imap, error)) == NULL)
    return FALSE;
  if (options->smtp != NULL && (smtp = typed_endpoint (NET_PURPOSE_SMTP, options->smtp, error)) == NULL)
    return FALSE;

  if (imap == NULL)
    imap = known_endpoint (found, NET_PURPOSE_IMAP);
  if (imap == NULL)
    return no_server_error (found, error);
  if (smtp == NULL)
    smtp = known_endpoint (found, NET_PURPOSE_SMTP);

  if (options->username != NULL)
    imap_name = smtp_name = options->username;
  if (options->smtp_username != NULL)
    smtp_name = options->smtp_username;
  if (imap_name == NULL)
    return usage_error (error, "This provider gives each person a user name of its own: say it "
                               "with --username.");

  account_settings_set_imap (settings, imap, imap_name);
  account_settings_set_smtp (settings, smtp, smtp != NULL ? smtp_name : NULL);
  return TRUE;
}

static void
set_identity (AccountSettings  *settings,
              DiscoveryAddress *address,
              const char       *name)
{
  g_autoptr(GPtrArray) identities = NULL;

  identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);
  g_ptr_array_add (identities,
                   account_identity_new (NULL,
                                         name != NULL ? name : discovery_address_get_name (address),
                                         discovery_address_get_email (address), NULL));
  account_settings_set_identities (settings, identities);
}

static AccountSettings *
make_settings (const char        *typed_address,
               const AddOptions  *options,
               GError           **error)
{
  g_autoptr(DiscoveryAddress) address = NULL;
  g_autoptr(DiscoveryResult) found = NULL;
  g_autoptr(AccountSettings) settings = NULL;
  g_autoptr(GError) local_error = NULL;
  DiscoveryProvider *provider;

  address = discovery_address_parse (typed_address, &local_error);
  if (address == NULL)
    {
      usage_error (error, local_error->message);
      return NULL;
    }

  found = discovery_lookup (discovery_providers_get_default (), address);
  provider = discovery_result_get_provider (found);
  settings = account_settings_new (discovery_address_get_email (address));
  set_identity (settings, address, options->name);

  if (!set_servers (settings, found, options, error))
    return NULL;

  if (provider != NULL)
    {
      account_settings_set_provider_id (settings, discovery_provider_get_id (provider));
      account_settings_set_poll_minutes (settings, discovery_provider_get_poll_minutes (provider));
    }

  if (options->password_command != NULL)
    account_settings_set_password_source (settings, ACCOUNT_PASSWORD_COMMAND,
                                          options->password_command);

  return g_steal_pointer (&settings);
}

/* Reads a password that the person types, without showing it. */
static BaseSecret *
ask_password (GError **error)
{
  struct termios before, quiet;
  BaseSecret *secret;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, &before) != 0)
    {
      usage_error (error, "Give the password with --password-file or --password-command.");
      return NULL;
    }

  quiet = before;
  quiet.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  tool_output_error ("Password:");
  secret = account_secret_read_file ("-", error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);

  return secret;
}

static gboolean
store_password (ToolContext       *context,
                AccountSettings   *settings,
                const AddOptions  *options,
                GError           **error)
{
  AccountSecrets *secrets = tool_context_get_secrets (context, error);
  g_autoptr(BaseSecret) secret = NULL;

  if (secrets == NULL)
    return FALSE;
  if (options->password_command != NULL)
    return TRUE;

  secret = options->password_file != NULL
             ? account_secret_read_file (options->password_file, error)
             : ask_password (error);
  if (secret == NULL)
    return FALSE;

  if (account_secrets_store (secrets, settings, ACCOUNT_SERVICE_IMAP, secret, error))
    return TRUE;

  if (g_error_matches (*error, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_MISSING))
    g_prefix_error (error, "The password cannot be kept; --password-command needs no keyring. ");
  return FALSE;
}

static gboolean
pin_certificate (ToolContext      *context,
                 AccountSettings  *settings,
                 const char       *path,
                 GError          **error)
{
  AccountTrust *trust = tool_context_get_trust (context, error);
  NetEndpoint *endpoints[] = {
    account_settings_get_imap (settings), account_settings_get_smtp (settings),
  };
  g_autoptr(NetCertificate) certificate = NULL;
  g_autofree char *pem = NULL;

  if (trust == NULL || !g_file_get_contents (path, &pem, NULL, error))
    return FALSE;

  certificate = net_certificate_new_from_pem (pem, error);
  if (certificate == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    if (endpoints[i] != NULL && !account_trust_pin (trust, endpoints[i], certificate, error))
      return FALSE;

  return TRUE;
}

static gboolean
add_account (ToolContext       *context,
             AccountSettings   *settings,
             const AddOptions  *options,
             GError           **error)
{
  AccountList *accounts = tool_context_get_accounts (context, error);

  if (accounts == NULL)
    return FALSE;

  /* before a password is asked for */
  if (account_list_match (accounts, account_settings_get_address (settings)) != NULL)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_EXISTS,
                   "There is an account “%s” already", account_settings_get_address (settings));
      return FALSE;
    }

  if (options->certificate != NULL &&
      !pin_certificate (context, settings, options->certificate, error))
    return FALSE;

  if (!store_password (context, settings, options, error))
    return FALSE;

  if (account_list_add (accounts, settings, error))
    return TRUE;

  account_secrets_forget (tool_context_get_secrets (context, NULL),
                          account_settings_get_uuid (settings), NULL);
  return FALSE;
}

/**
 * tool_account_add:
 *
 * Adds an account; known providers need no more than the address and a password.
 */
ToolExit
tool_account_add (ToolContext *context,
                  GStrv        arguments)
{
  g_auto(AddOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING, &options.name, "Your name, as others see it", "NAME" },
    { "imap", 0, 0, G_OPTION_ARG_STRING, &options.imap,
      "Server for reading; the mode is tls, starttls or none", "HOST:PORT:MODE" },
    { "smtp", 0, 0, G_OPTION_ARG_STRING, &options.smtp, "Server for sending", "HOST:PORT:MODE" },
    { "username", 'u', 0, G_OPTION_ARG_STRING, &options.username, "Name to sign in with", "NAME" },
    { "smtp-username", 0, 0, G_OPTION_ARG_STRING, &options.smtp_username,
      "Name to sign in with for sending, if it is another", "NAME" },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.password_file,
      "Keep the password in FILE's first line in the keyring; “-” is standard input", "FILE" },
    { "password-command", 0, 0, G_OPTION_ARG_STRING, &options.password_command,
      "Run COMMAND whenever the password is needed", "COMMAND" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate,
      "Trust this certificate, and no other", "PEM" },
    { NULL },
  };
  g_autoptr(AccountSettings) settings = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "ADDRESS",
                           "Adds an account. For a known provider the address is enough. The "
                           "settings are not tested:\n“pipitctl doctor” does that.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  if (options.password_file != NULL && options.password_command != NULL)
    {
      tool_output_error ("--password-file and --password-command exclude each other.");
      return TOOL_EXIT_USAGE;
    }

  settings = make_settings (rest[0], &options, &error);
  if (settings == NULL || !add_account (context, settings, &options, &error))
    return tool_context_fail (context, error);

  tool_account_print (context, settings);
  return TOOL_EXIT_DONE;
}
