#include "tool-context.h"

#include "account-error.h"
#include "tool-output.h"

#include <glib-unix.h>
#include <signal.h>

/* What all commands share: the options that every command takes, the profile, and its parts as
 * far as a command asks for them. */

struct _ToolContext
{
  char *profile_directory;    /* (owned) (nullable) --profile */
  gboolean json;
  gboolean version;
  gboolean help;
  GCancellable *cancellable;  /* (owned) cancelled by SIGINT and SIGTERM */
  guint signal_ids[2];

  AccountProfile *profile;    /* (owned) (nullable) */
  AccountList *accounts;      /* (owned) (nullable) */
  AccountSecrets *secrets;    /* (owned) (nullable) */
  AccountTrust *trust;        /* (owned) (nullable) */
};

static gboolean
on_signal (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * tool_context_new:
 *
 * Returns: (transfer full): the context of a run
 */
ToolContext *
tool_context_new (void)
{
  ToolContext *self = g_new0 (ToolContext, 1);

  self->cancellable = g_cancellable_new ();
  self->signal_ids[0] = g_unix_signal_add (SIGINT, on_signal, self->cancellable);
  self->signal_ids[1] = g_unix_signal_add (SIGTERM, on_signal, self->cancellable);

  return self;
}

/**
 * tool_context_free:
 * @self: (transfer full): the context of a run
 */
void
tool_context_free (ToolContext *self)
{
  g_source_remove (self->signal_ids[0]);
  g_source_remove (self->signal_ids[1]);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->accounts);
  g_clear_object (&self->secrets);
  g_clear_object (&self->trust);
  g_clear_object (&self->profile);
  g_free (self->profile_directory);
  g_free (self);
}

static void
add_global_options (ToolContext    *self,
                    GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &self->profile_directory,
      "Keep settings, mail and secrets apart, below DIR", "DIR" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print JSON for programs", NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

/**
 * tool_context_parse_globals:
 *
 * Takes the options that stand before the command out of the arguments.
 *
 * Errors: G_OPTION_ERROR.
 *
 * Returns: whether they make sense
 */
gboolean
tool_context_parse_globals (ToolContext   *self,
                            int           *argc,
                            char        ***argv,
                            GError       **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help, NULL, NULL },
    { NULL },
  };

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  add_global_options (self, context);
  return g_option_context_parse (context, argc, argv, error);
}

/**
 * tool_context_parse:
 * @arguments: the command's arguments, its name first
 * @parameters: how the command is called, for --help
 * @summary: what it does, for --help
 * @entries: (nullable): the command's own options
 * @min_rest: how many arguments are needed besides
 * @max_rest: how many there may be
 * @out_rest: (out) (transfer full): these arguments
 *
 * Reads a command's arguments. --help prints help and ends the program.
 *
 * Returns: whether they make sense; if not, the person has been told
 */
gboolean
tool_context_parse (ToolContext         *self,
                    GStrv                arguments,
                    const char          *parameters,
                    const char          *summary,
                    const GOptionEntry  *entries,
                    guint                min_rest,
                    guint                max_rest,
                    GStrv               *out_rest)
{
  g_autoptr(GOptionContext) context = g_option_context_new (parameters);
  g_auto(GStrv) copy = g_strdupv (arguments);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  const GOptionEntry rest_entries[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
    { NULL },
  };
  g_autofree char *program = g_strconcat ("pipitctl ", arguments[0], NULL);
  guint n;

  g_set_prgname (program);
  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  add_global_options (self, context);
  g_option_context_add_main_entries (context, rest_entries, NULL);

  if (!g_option_context_parse_strv (context, &copy, &error))
    {
      tool_output_error ("%s\nSee “%s --help”.", error->message, program);
      return FALSE;
    }

  n = rest != NULL ? g_strv_length (rest) : 0;
  if (n < min_rest || n > max_rest)
    {
      tool_output_error ("Usage: %s [OPTION…] %s\nSee “%s --help”.", program, parameters, program);
      return FALSE;
    }

  *out_rest = rest != NULL ? g_steal_pointer (&rest) : g_new0 (char *, 1);
  return TRUE;
}

/**
 * tool_context_is_json:
 *
 * Returns: whether to print JSON
 */
gboolean
tool_context_is_json (ToolContext *self)
{
  return self->json;
}

/**
 * tool_context_wants_version:
 *
 * Returns: whether --version was given
 */
gboolean
tool_context_wants_version (ToolContext *self)
{
  return self->version;
}

/**
 * tool_context_wants_help:
 *
 * Returns: whether --help was given before any command
 */
gboolean
tool_context_wants_help (ToolContext *self)
{
  return self->help;
}

/**
 * tool_context_get_cancellable:
 *
 * Returns: (transfer none): what Ctrl+C cancels
 */
GCancellable *
tool_context_get_cancellable (ToolContext *self)
{
  return self->cancellable;
}

/**
 * tool_context_get_profile:
 *
 * Returns: (transfer none) (nullable): the profile; its lock is not taken
 */
AccountProfile *
tool_context_get_profile (ToolContext  *self,
                          GError      **error)
{
  if (self->profile == NULL)
    self->profile = account_profile_open (self->profile_directory, error);

  return self->profile;
}

/**
 * tool_context_get_accounts:
 *
 * Returns: (transfer none) (nullable): the profile's accounts
 */
AccountList *
tool_context_get_accounts (ToolContext  *self,
                           GError      **error)
{
  AccountProfile *profile = tool_context_get_profile (self, error);

  if (profile != NULL && self->accounts == NULL)
    self->accounts = account_list_open (profile, error);

  return self->accounts;
}

/**
 * tool_context_get_secrets:
 *
 * Returns: (transfer none) (nullable): the profile's secrets
 */
AccountSecrets *
tool_context_get_secrets (ToolContext  *self,
                          GError      **error)
{
  AccountProfile *profile = tool_context_get_profile (self, error);

  if (profile != NULL && self->secrets == NULL)
    self->secrets = account_secrets_new (profile);

  return self->secrets;
}

/**
 * tool_context_get_trust:
 *
 * Returns: (transfer none) (nullable): the profile's pins and authorities
 */
AccountTrust *
tool_context_get_trust (ToolContext  *self,
                        GError      **error)
{
  AccountProfile *profile = tool_context_get_profile (self, error);

  if (profile != NULL && self->trust == NULL)
    self->trust = account_trust_open (profile, error);

  return self->trust;
}

/**
 * tool_context_find_account:
 * @text: (nullable): address, name or UUID of an account; %NULL for the only one
 *
 * Errors: ACCOUNT_ERROR_NOT_FOUND, those of reading the settings.
 *
 * Returns: (transfer none) (nullable): the account that is meant
 */
AccountSettings *
tool_context_find_account (ToolContext  *self,
                           const char   *text,
                           GError      **error)
{
  AccountList *accounts = tool_context_get_accounts (self, error);
  AccountSettings *settings = NULL;

  if (accounts == NULL)
    return NULL;

  if (text != NULL)
    settings = account_list_match (accounts, text);
  else if (account_list_get_n (accounts) == 1)
    settings = account_list_get (accounts, 0);

  if (settings != NULL)
    return settings;

  if (text != NULL)
    g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND, "There is no account “%s”", text);
  else if (account_list_get_n (accounts) == 0)
    g_set_error_literal (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND,
                         "There is no account yet: see “pipitctl account add --help”");
  else
    g_set_error_literal (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND,
                         "There are several accounts: say which one");

  return NULL;
}

/**
 * tool_context_find_accounts:
 * @names: (array zero-terminated=1): what the person calls them; none means all
 *
 * Errors: ACCOUNT_ERROR_NOT_FOUND, also when there is no account at all; those of reading the
 *   settings.
 *
 * Returns: (transfer full) (element-type AccountSettings): the accounts
 */
GPtrArray *
tool_context_find_accounts (ToolContext  *self,
                            GStrv         names,
                            GError      **error)
{
  AccountList *accounts = tool_context_get_accounts (self, error);
  g_autoptr(GPtrArray) found = NULL;

  if (accounts == NULL)
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) account_settings_unref);

  for (guint i = 0; names[0] == NULL && i < account_list_get_n (accounts); i++)
    g_ptr_array_add (found, account_settings_ref (account_list_get (accounts, i)));

  for (guint i = 0; names[i] != NULL; i++)
    {
      AccountSettings *settings = tool_context_find_account (self, names[i], error);

      if (settings == NULL)
        return NULL;
      g_ptr_array_add (found, account_settings_ref (settings));
    }

  if (found->len == 0)
    {
      tool_context_find_account (self, NULL, error);
      return NULL;
    }

  return g_steal_pointer (&found);
}

/**
 * tool_context_result_cb:
 * @user_data: a `GAsyncResult **`, %NULL until now
 *
 * The callback to give to an asynchronous call that tool_context_wait () waits for.
 */
void
tool_context_result_cb (GObject      *source_object,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * tool_context_wait:
 * @result: where tool_context_result_cb () puts the result
 *
 * Turns the main context until an asynchronous call has called back.
 *
 * Returns: (transfer none): the result, which the caller releases with *@result
 */
GAsyncResult *
tool_context_wait (ToolContext   *self,
                   GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

/**
 * tool_context_fail:
 *
 * Tells about an error: for people on standard error, and for programs as JSON.
 *
 * Returns: what to end with
 */
ToolExit
tool_context_fail (ToolContext  *self,
                   const GError *error)
{
  ToolExit code = tool_exit_for_error (error);

  tool_output_error ("%s", error->message);
  if (self->json)
    tool_output_json_error (error, code);

  return code;
}
