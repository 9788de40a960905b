#include "sync-search.h"
#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-output.h"
#include "tool-rows.h"

/* pipitctl search: messages by the words of their headers, as they are in the cache; with --server
 * also by all that the server finds. */

#define DEFAULT_LIMIT 100

typedef struct
{
  char *account; /* (owned) (nullable) */
  char *folder;  /* (owned) (nullable) */
  int limit;
  gboolean asks_server;
} SearchOptions;

static void
search_options_clear (SearchOptions *options)
{
  g_free (options->account);
  g_free (options->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SearchOptions, search_options_clear)

/* Which folders are searched. */
static GPtrArray *
find_folders (ToolEngine           *engine,
              const SearchOptions  *options,
              GError              **error)
{
  g_autoptr(GPtrArray) folders = NULL;
  g_autoptr(GPtrArray) accounts = NULL;
  const char *names[] = { options->account, NULL };

  folders = g_ptr_array_new_with_free_func ((GDestroyNotify) store_folder_free);
  if (options->folder != NULL)
    {
      StoreFolder *folder = tool_engine_find_folder (engine, options->account, options->folder,
                                                     error);

      if (folder == NULL)
        return NULL;
      g_ptr_array_add (folders, folder);
      return g_steal_pointer (&folders);
    }

  accounts = tool_context_find_accounts (tool_engine_get_context (engine), (char **) names, error);
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      const char *uuid = account_settings_get_uuid (accounts->pdata[i]);
      GPtrArray *some = store_reader_list_folders (tool_engine_get_reader (engine), uuid, error);

      if (some == NULL)
        return NULL;
      g_ptr_array_extend_and_steal (folders, some);
    }

  return accounts != NULL ? g_steal_pointer (&folders) : NULL;
}

/* Whether all messages of the folders are here and in the index. */
static gboolean
is_complete (ToolEngine  *engine,
             GPtrArray   *folders,
             gboolean    *out_is_complete,
             GError     **error)
{
  if (!store_reader_is_index_whole (tool_engine_get_reader (engine), out_is_complete, error))
    return FALSE;

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = folders->pdata[i];

      if (folder->state != STORE_FOLDER_COMPLETE && store_folder_is_selectable (folder))
        *out_is_complete = FALSE;
    }

  return TRUE;
}

static void
add_entries (GArray     *entries,
             GHashTable *known,
             GPtrArray  *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const StoreRow *row = rows->pdata[i];
      StoreListEntry entry = { .location = row->location, .sort_date = row->sort_date };

      if (row->is_shown &&
          g_hash_table_add (known, g_memdup2 (&entry.location, sizeof entry.location)))
        g_array_append_val (entries, entry);
    }
}

static int
compare_newest (gconstpointer a,
                gconstpointer b)
{
  const StoreListEntry *one = a;
  const StoreListEntry *other = b;

  if (one->sort_date != other->sort_date)
    return one->sort_date > other->sort_date ? -1 : 1;
  return (one->location > other->location) - (one->location < other->location);
}

static gboolean
ask_folder (ToolEngine         *engine,
            SyncAccount        *account,
            const StoreFolder  *folder,
            const char         *words,
            GArray             *entries,
            GHashTable         *known,
            guint              *n_absent,
            GError            **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GArray) found = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  guint absent = 0;

  sync_account_search_async (account, folder->folder, words, tool_context_get_cancellable (context),
                             tool_context_result_cb, &result);
  found = sync_account_search_finish (account, tool_context_wait (context, &result), &absent, error);
  if (found == NULL)
    return FALSE;

  rows = store_reader_load_rows (tool_engine_get_reader (engine),
                                 (const gint64 *) (gpointer) found->data, found->len, error);
  if (rows == NULL)
    return FALSE;

  add_entries (entries, known, rows);
  *n_absent += absent;
  return TRUE;
}

/* Adds what the servers find to what is here. */
static gboolean
ask_servers (ToolEngine           *engine,
             GPtrArray            *folders,
             const char           *words,
             const SearchOptions  *options,
             GArray               *entries,
             guint                *n_absent,
             GError              **error)
{
  g_autoptr(GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (known, g_memdup2 (&g_array_index (entries, StoreListEntry, i).location,
                                        sizeof (gint64)));

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = folders->pdata[i];
      AccountSettings *settings;
      SyncAccount *account = NULL;

      if (!store_folder_is_selectable (folder))
        continue;

      settings = tool_context_find_account (tool_engine_get_context (engine), folder->account_uuid,
                                            error);
      if (settings != NULL)
        account = tool_engine_start_account (engine, settings, error);
      if (account == NULL ||
          !ask_folder (engine, account, folder, words, entries, known, n_absent, error))
        return FALSE;
    }

  g_array_sort (entries, compare_newest);
  if (options->limit > 0 && entries->len > (guint) options->limit)
    g_array_set_size (entries, (guint) options->limit);
  return TRUE;
}

static gboolean
search (ToolEngine           *engine,
        const char           *words,
        const SearchOptions  *options,
        JsonBuilder          *builder,
        GError              **error)
{
  g_autoptr(GPtrArray) folders = find_folders (engine, options, error);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) entries = NULL;
  guint n_absent = 0;
  gboolean complete;

  if (folders == NULL || !is_complete (engine, folders, &complete, error))
    return FALSE;
  for (guint i = 0; i < folders->len; i++)
    g_array_append_val (ids, ((StoreFolder *) folders->pdata[i])->folder);

  /* no folder at all would mean everywhere */
  entries = ids->len == 0 ? g_array_new (FALSE, FALSE, sizeof (StoreListEntry))
                          : store_reader_search (tool_engine_get_reader (engine), words,
                                                 (const gint64 *) (gpointer) ids->data, ids->len,
                                                 (guint) options->limit, error);
  if (entries == NULL)
    return FALSE;

  /* what the servers know is all that there is */
  if (options->asks_server)
    {
      if (!ask_servers (engine, folders, words, options, entries, &n_absent, error))
        return FALSE;
      complete = n_absent == 0;
    }

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "messages");
  json_builder_begin_array (builder);
  if (!tool_rows_show (engine, entries, builder, error))
    return FALSE;
  json_builder_end_array (builder);
  tool_json_boolean (builder, "complete", complete);
  json_builder_end_object (builder);

  if (tool_context_is_json (tool_engine_get_context (engine)))
    tool_output_json (builder);
  else if (!complete)
    tool_output_error ("Not all messages are on this computer yet: there may be more.");
  return TRUE;
}

/**
 * tool_search:
 *
 * Searches messages.
 */
ToolExit
tool_search (ToolContext *context,
             GStrv        arguments)
{
  g_auto(SearchOptions) options = { .limit = DEFAULT_LIMIT };
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &options.account, "Search this account only",
      "ACCOUNT" },
    { "folder", 0, 0, G_OPTION_ARG_STRING, &options.folder, "Search this folder only", "FOLDER" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &options.limit, "List the newest N only; 0 for all",
      "N" },
    { "server", 0, 0, G_OPTION_ARG_NONE, &options.asks_server,
      "Have the servers look as well, in the texts too", NULL },
    { NULL },
  };
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *words = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "WORDS…",
                           "Searches subjects, senders, recipients and mailing lists for all words, "
                           "newest first, as they are\nin the cache. Words may go on; "
                           "\"words in quotes\" stand next to each other as they are. from:, to:\n"
                           "and subject: before a word say where. Only --server uses the network: "
                           "servers look for all that was\ntyped, as it is, in the texts too.",
                           entries, 1, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  if (options.limit < 0)
    {
      tool_output_error ("--limit has to be positive.");
      return TOOL_EXIT_USAGE;
    }

  engine = tool_engine_open (context, options.asks_server ? TOOL_ENGINE_WORK : TOOL_ENGINE_READ,
                             &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  words = g_strjoinv (" ", rest);
  if (!search (engine, words, &options, builder, &error))
    return tool_context_fail (context, error);

  return TOOL_EXIT_DONE;
}
