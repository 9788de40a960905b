#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-output.h"
#include "tool-rows.h"

/* pipitctl list: the messages of a folder, newest first, as they are in the cache. */

typedef struct
{
  char *account; /* (owned) (nullable) */
  int limit;
  gboolean unread;
  gboolean starred;
} ListOptions;

static void
list_options_clear (ListOptions *options)
{
  g_free (options->account);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ListOptions, list_options_clear)

static gboolean
show_list (ToolEngine         *engine,
           const char         *folder_name,
           const ListOptions  *options,
           JsonBuilder        *builder,
           GError            **error)
{
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(GArray) entries = NULL;
  StoreFilter filter = options->unread    ? STORE_FILTER_UNREAD
                       : options->starred ? STORE_FILTER_STARRED
                                          : STORE_FILTER_ALL;

  folder = tool_engine_find_folder (engine, options->account, folder_name, error);
  if (folder == NULL)
    return FALSE;

  entries = store_reader_list_entries (tool_engine_get_reader (engine), &folder->folder, 1, filter,
                                       (guint) options->limit, error);
  return entries != NULL && tool_rows_show (engine, entries, builder, error);
}

/**
 * tool_list:
 *
 * Lists the messages of a folder.
 */
ToolExit
tool_list (ToolContext *context,
           GStrv        arguments)
{
  g_auto(ListOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &options.account, "Whose folder", "ACCOUNT" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options.limit, "List the newest N only", "N" },
    { "unread", 0, 0, G_OPTION_ARG_NONE, &options.unread, "List unread messages only", NULL },
    { "starred", 0, 0, G_OPTION_ARG_NONE, &options.starred, "List starred messages only", NULL },
    { NULL },
  };
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "FOLDER",
                           "Lists the messages of a folder, newest first, as they are in the cache. "
                           "FOLDER is a name, or\ninbox, drafts, sent, archive, junk or trash. The "
                           "network is not used.",
                           entries, 1, 1, &rest))
    return TOOL_EXIT_USAGE;

  if (options.limit < 0 || (options.unread && options.starred))
    {
      tool_output_error ("--limit has to be positive; --unread and --starred exclude each other.");
      return TOOL_EXIT_USAGE;
    }

  engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  if (!show_list (engine, rest[0], &options, builder, &error))
    return tool_context_fail (context, error);
  json_builder_end_array (builder);

  if (tool_context_is_json (context))
    tool_output_json (builder);

  return TOOL_EXIT_DONE;
}
