#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-output.h"

/* pipitctl folders: what is in the cache, and how sure that is. */

static const char *
state_name (const StoreFolder *folder)
{
  switch (folder->state)
    {
    case STORE_FOLDER_NEW:
      return "new";
    case STORE_FOLDER_FILLING:
      return "filling";
    case STORE_FOLDER_COMPLETE:
      return "complete";
    case STORE_FOLDER_REMATCHING:
      return "rematching";
    case STORE_FOLDER_GONE:
    default:
      return "gone";
    }
}

static void
add_folder (JsonBuilder             *builder,
            AccountSettings         *settings,
            const StoreFolder       *folder,
            const StoreFolderCounts *counts)
{
  json_builder_begin_object (builder);
  tool_json_string (builder, "account", account_settings_get_address (settings));
  tool_json_int (builder, "id", folder->folder);
  tool_json_string (builder, "uuid", folder->uuid);
  tool_json_string (builder, "name", folder->display_name);
  tool_json_string (builder, "mailbox", folder->name);
  tool_json_string (builder, "role", tool_engine_role_name (folder->special_use));
  tool_json_boolean (builder, "selectable", store_folder_is_selectable (folder));
  tool_json_string (builder, "state", state_name (folder));
  tool_json_int (builder, "messages", counts->n_shown);
  tool_json_int (builder, "unread", counts->n_unread);
  tool_json_int (builder, "starred", counts->n_starred);
  tool_json_int (builder, "on_server", folder->server_exists);
  tool_json_int (builder, "uid_validity", folder->uid_validity);
  tool_json_int (builder, "uid_next", folder->uid_next);
  tool_json_int (builder, "checked_unix", folder->checked_unix);
  json_builder_end_object (builder);
}

static void
print_folder (const StoreFolder       *folder,
              const StoreFolderCounts *counts)
{
  const char *role = tool_engine_role_name (folder->special_use);
  g_autofree char *name = tool_output_quote (folder->display_name);

  tool_output_line ("  %-32s %8" G_GINT64_FORMAT " %8" G_GINT64_FORMAT " unread  %-10s %s", name,
                    counts->n_shown, counts->n_unread, state_name (folder),
                    role != NULL ? role : "");
}

static gboolean
show_folders (ToolEngine       *engine,
              AccountSettings  *settings,
              JsonBuilder      *builder,
              GError          **error)
{
  StoreReader *reader = tool_engine_get_reader (engine);
  gboolean json = tool_context_is_json (tool_engine_get_context (engine));
  g_autoptr(GPtrArray) folders = NULL;

  folders = store_reader_list_folders (reader, account_settings_get_uuid (settings), error);
  if (folders == NULL)
    return FALSE;

  if (!json)
    tool_output_line ("%s", account_settings_get_address (settings));

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = folders->pdata[i];
      StoreFolderCounts counts;

      if (!store_reader_count_folder (reader, folder->folder, FALSE, &counts, error))
        return FALSE;
      if (json)
        add_folder (builder, settings, folder, &counts);
      else
        print_folder (folder, &counts);
    }

  return TRUE;
}

/**
 * tool_folders:
 *
 * Lists the folders of accounts, as they are in the cache.
 */
ToolExit
tool_folders (ToolContext *context,
              GStrv        arguments)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GPtrArray) accounts = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "[ACCOUNT…]",
                           "Lists the folders of accounts with the numbers of their messages, as "
                           "they are in the cache.\nThe network is not used.",
                           NULL, 0, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  accounts = tool_context_find_accounts (context, rest, &error);
  if (accounts != NULL)
    engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < accounts->len; i++)
    if (!show_folders (engine, accounts->pdata[i], builder, &error))
      return tool_context_fail (context, error);
  json_builder_end_array (builder);

  if (tool_context_is_json (context))
    tool_output_json (builder);

  return TOOL_EXIT_DONE;
}
