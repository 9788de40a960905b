#include "pipit-config.h"
#include "tool-commands.h"
#include "tool-output.h"

#include <locale.h>
#include <string.h>

/* pipitctl: the engine from a terminal, for people who script and for tests. */

typedef struct
{
  const char *name;
  const char *parameters;
  const char *summary;
  ToolCommandFunc run;
} Command;

static const Command commands[] = {
  { "account add", "ADDRESS", "Add an account", tool_account_add },
  { "account list", "", "List the accounts", tool_account_list },
  { "account remove", "ACCOUNT", "Remove an account from this computer", tool_account_remove },
  { "discover", "ADDRESS", "Show the settings known for an address", tool_discover },
  { "doctor", "[ACCOUNT…]", "Test the servers of accounts, step by step", tool_doctor },
  { "sync", "[ACCOUNT…]", "Make the cache equal to the server", tool_sync },
  { "folders", "[ACCOUNT…]", "List folders", tool_folders },
  { "list", "FOLDER", "List the messages of a folder", tool_list },
  { "search", "WORDS…", "Search messages by their headers", tool_search },
  { "show", "ID", "Show a message", tool_show },
  { "parts", "ID", "List or save the parts of a message", tool_parts },
  { "send", "FILE.eml", "Send a message", tool_send },
  { "flag", "ID…", "Add and remove flags of messages", tool_flag },
  { "move", "ID… FOLDER", "Move messages to another folder", tool_move },
  { "delete", "ID…", "Move messages to the trash", tool_delete },
  { "status", "[ACCOUNT…]", "Tell what waits, and how fresh the cache is", tool_status },
  { "parse", "FILE.eml", "Show what Pipit reads out of a message in a file", tool_parse },
};

static void
print_help (void)
{
  tool_output_line ("Usage: pipitctl [--profile DIR] [--json] COMMAND [ARGUMENT…]\n\n"
                    "Pipit's engine from a terminal.\n\nCommands:");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *call = g_strjoin (" ", commands[i].name, commands[i].parameters, NULL);

      tool_output_line ("  %-32s %s", call, commands[i].summary);
    }

  tool_output_line ("\nOptions, before or after the command:\n"
                    "  --profile DIR                    Keep settings, mail and secrets apart, below DIR\n"
                    "  --json                           Print JSON for programs\n\n"
                    "“pipitctl COMMAND --help” says more. Exit status: 0 done, 1 failed, 2 usage,\n"
                    "3 not all could be done, 4 sign-in refused, 5 not reachable,\n"
                    "6 certificate not trusted, 7 profile in use.");
}

/* Finds a command of one or two words. */
static const Command *
find_command (char  **arguments,
              guint  *out_n_words)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto(GStrv) words = g_strsplit (commands[i].name, " ", -1);
      guint n = 0;

      while (words[n] != NULL && g_strcmp0 (words[n], arguments[n]) == 0)
        n++;

      if (words[n] == NULL)
        {
          *out_n_words = n;
          return &commands[i];
        }
    }

  return NULL;
}

static gboolean
is_first_word_of_command (const char *word)
{
  gsize length = strlen (word);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strncmp (commands[i].name, word, length) == 0 && commands[i].name[length] == ' ')
      return TRUE;

  return FALSE;
}

static ToolExit
no_such_command (char **arguments)
{
  if (arguments[0] == NULL)
    tool_output_error ("Say what to do. See “pipitctl --help”.");
  else if (is_first_word_of_command (arguments[0]))
    {
      if (g_strcmp0 (arguments[1], "--help") == 0 || g_strcmp0 (arguments[1], "-h") == 0)
        {
          print_help ();
          return TOOL_EXIT_DONE;
        }
      tool_output_error ("Say what to do with “%s”. See “pipitctl --help”.", arguments[0]);
    }
  else
    {
      g_autofree char *quoted = tool_output_quote (arguments[0]);

      tool_output_error ("There is no command “%s”. See “pipitctl --help”.", quoted);
    }

  return TOOL_EXIT_USAGE;
}

static ToolExit
run_command (ToolContext  *context,
             char        **arguments)
{
  guint n_words = 0;
  const Command *command = find_command (arguments, &n_words);
  g_auto(GStrv) own = NULL;

  if (command == NULL)
    return no_such_command (arguments);

  own = g_strdupv (arguments + n_words - 1);
  g_free (own[0]);
  own[0] = g_strdup (command->name);

  return command->run (context, own);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(ToolContext) context = NULL;
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("pipitctl");
  context = tool_context_new ();

  if (!tool_context_parse_globals (context, &argc, &argv, &error))
    {
      tool_output_error ("%s\nSee “pipitctl --help”.", error->message);
      return TOOL_EXIT_USAGE;
    }

  if (tool_context_wants_help (context))
    {
      print_help ();
      return TOOL_EXIT_DONE;
    }

  if (tool_context_wants_version (context))
    {
      tool_output_line ("pipitctl %s", PIPIT_VERSION);
      return TOOL_EXIT_DONE;
    }

  return (int) run_command (context, argv + 1);
}
