#include "store-transaction.h"
#include "sync-error.h"
#include "tool-beside.h"
#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-output.h"
#include "tool-settle.h"

#include <string.h>
#include <unistd.h>

/* pipitctl sync: ends when the cache equals the server. */

#define INDEX_MESSAGES 500

typedef struct
{
  char *folder; /* (owned) (nullable) */
  char *bodies; /* (owned) (nullable) */
} SyncOptions;

static void
sync_options_clear (SyncOptions *options)
{
  g_free (options->folder);
  g_free (options->bodies);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SyncOptions, sync_options_clear)

static gboolean
parse_bodies (const char *text,
              SyncBodies *out_bodies)
{
  if (text == NULL || strcmp (text, "recent") == 0)
    *out_bodies = SYNC_BODIES_RECENT;
  else if (strcmp (text, "none") == 0)
    *out_bodies = SYNC_BODIES_NONE;
  else if (strcmp (text, "all") == 0)
    *out_bodies = SYNC_BODIES_ALL;
  else
    return FALSE;

  return TRUE;
}

/* One line that is written over, for people who watch. */
static void
on_status (SyncAccount *account,
           gpointer     user_data)
{
  g_autoptr(SyncStatus) status = sync_account_dup_status (account);
  g_autofree char *folder = NULL;
  g_autofree char *line = NULL;

  if (status->folder == NULL)
    return;

  folder = tool_output_quote (status->folder);
  line = g_strdup_printf ("\r\033[K%s %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, folder,
                          status->n_done, status->n_total);
  if (write (STDERR_FILENO, line, strlen (line)) < 0)
    return;
}

static void
clear_progress (void)
{
  if (isatty (STDERR_FILENO) && write (STDERR_FILENO, "\r\033[K", 4) < 0)
    return;
}

static void
add_report (JsonBuilder      *builder,
            AccountSettings  *settings,
            const SyncReport *report,
            const SyncStatus *status,
            const GError     *error)
{
  json_builder_begin_object (builder);
  tool_json_string (builder, "account", account_settings_get_address (settings));
  tool_json_boolean (builder, "done", error == NULL);

  if (report != NULL)
    {
      tool_json_int (builder, "folders", report->n_folders);
      tool_json_int (builder, "new", (gint64) report->n_new);
      tool_json_int (builder, "gone", (gint64) report->n_gone);
      tool_json_int (builder, "flags_changed", (gint64) report->n_flags_changed);
      tool_json_int (builder, "bodies", (gint64) report->n_bodies);
      tool_json_int (builder, "operations", report->n_operations);

      json_builder_set_member_name (builder, "failures");
      json_builder_begin_array (builder);
      for (guint i = 0; i < report->failures->len; i++)
        json_builder_add_string_value (builder, report->failures->pdata[i]);
      json_builder_end_array (builder);
    }

  if (status != NULL)
    {
      tool_json_int (builder, "checked_unix", status->checked_unix);
      tool_json_string (builder, "alert", status->alert);
    }

  json_builder_set_member_name (builder, "error");
  if (error != NULL)
    tool_json_error (builder, error);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

static void
print_report (AccountSettings  *settings,
              const SyncReport *report,
              const SyncStatus *status,
              const GError     *error)
{
  if (report != NULL)
    {
      tool_output_line ("%s: %u folders equal the server; %" G_GUINT64_FORMAT " new, %"
                        G_GUINT64_FORMAT " gone, %" G_GUINT64_FORMAT " with other flags, %"
                        G_GUINT64_FORMAT " texts fetched, %u changes carried out",
                        account_settings_get_address (settings), report->n_folders, report->n_new,
                        report->n_gone, report->n_flags_changed, report->n_bodies,
                        report->n_operations);
      for (guint i = 0; i < report->failures->len; i++)
        {
          g_autofree char *failure = tool_output_quote (report->failures->pdata[i]);

          tool_output_error ("%s", failure);
        }
    }

  if (status != NULL && status->alert != NULL)
    {
      g_autofree char *alert = tool_output_quote (status->alert);

      tool_output_line ("The server says: “%s”", alert);
    }

  if (error != NULL)
    tool_output_error ("%s: %s", account_settings_get_address (settings), error->message);
}

static SyncReport *
wait_for_sync (ToolEngine    *engine,
               SyncAccount   *account,
               gint64         folder,
               SyncBodies     bodies,
               GError       **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  g_autoptr(GAsyncResult) result = NULL;
  SyncReport *report = NULL;
  gulong status_id = 0;

  if (isatty (STDERR_FILENO))
    status_id = g_signal_connect (account, "status-changed", G_CALLBACK (on_status), NULL);

  sync_account_sync_async (account, folder, bodies, tool_context_get_cancellable (context),
                           tool_context_result_cb, &result);
  sync_account_sync_finish (account, tool_context_wait (context, &result), &report, error);

  if (status_id != 0)
    {
      g_signal_handler_disconnect (account, status_id);
      clear_progress ();
    }

  return report;
}

/* What a person did goes out before news come in. When the server cannot be reached there is no
 * need to try again. */
static gboolean
settle_first (ToolEngine       *engine,
              AccountSettings  *settings,
              SyncReport      **out_report,
              GError          **error)
{
  g_autoptr(GError) local_error = NULL;

  if (tool_settle_account (engine, settings, out_report, &local_error) ||
      local_error->domain == SYNC_ERROR)
    {
      if (local_error != NULL && (*out_report)->failures->len == 0)
        g_ptr_array_add ((*out_report)->failures, g_strdup (local_error->message));
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
fail_if_incomplete (const SyncReport  *report,
                    GError           **error)
{
  if (*error == NULL && report != NULL && report->failures->len > 0)
    g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_INCOMPLETE, report->failures->pdata[0]);
}

/* A folder that is not known yet makes the account's list of folders be fetched first. */
static gboolean
find_folder (ToolEngine       *engine,
             SyncAccount      *account,
             AccountSettings  *settings,
             const char       *name,
             gint64           *out_folder,
             GError          **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  const char *uuid = account_settings_get_uuid (settings);
  g_autoptr(StoreFolder) folder = tool_engine_find_folder (engine, uuid, name, NULL);

  if (folder == NULL)
    {
      g_autoptr(GAsyncResult) result = NULL;

      sync_account_list_folders_async (account, tool_context_get_cancellable (context),
                                       tool_context_result_cb, &result);
      if (!sync_account_list_folders_finish (account, tool_context_wait (context, &result), error))
        return FALSE;
      folder = tool_engine_find_folder (engine, uuid, name, error);
    }

  if (folder == NULL)
    return FALSE;

  *out_folder = folder->folder;
  return TRUE;
}

/* The running Pipit does it; what it has received is read from the store that both have. */
static SyncReport *
ask_for_sync (ToolEngine       *engine,
              AccountSettings  *settings,
              const char       *folder_name,
              SyncBodies        bodies,
              GError          **error)
{
  g_autoptr(SyncReport) settled = NULL;
  g_autoptr(StoreFolder) folder = NULL;
  SyncReport *report = NULL;

  if (folder_name != NULL)
    {
      folder = tool_engine_find_folder (engine, account_settings_get_uuid (settings), folder_name,
                                        error);
      if (folder == NULL)
        return NULL;
    }
  if (!settle_first (engine, settings, &settled, error))
    return NULL;

  tool_beside_sync (engine, settings, folder != NULL ? folder->folder : 0, bodies, &report, error);
  if (report != NULL)
    sync_report_add (report, settled);

  return report;
}

static ToolExit
sync_one (ToolEngine      *engine,
          AccountSettings *settings,
          const char      *folder_name,
          SyncBodies       bodies,
          JsonBuilder     *builder)
{
  g_autoptr(GError) error = NULL;
  gboolean is_beside = tool_engine_is_beside (engine);
  SyncAccount *account = is_beside ? NULL : tool_engine_start_account (engine, settings, &error);
  g_autoptr(SyncReport) settled = NULL;
  g_autoptr(SyncReport) report = NULL;
  g_autoptr(SyncStatus) status = NULL;
  gint64 folder = 0;

  if (is_beside)
    {
      report = ask_for_sync (engine, settings, folder_name, bodies, &error);
      fail_if_incomplete (report, &error);
    }
  else if (account != NULL && settle_first (engine, settings, &settled, &error) &&
      (folder_name == NULL ||
       find_folder (engine, account, settings, folder_name, &folder, &error)))
    {
      report = wait_for_sync (engine, account, folder, bodies, &error);
      if (report != NULL)
        sync_report_add (report, settled);
      fail_if_incomplete (report, &error);
      status = sync_account_dup_status (account);
    }

  if (tool_context_is_json (tool_engine_get_context (engine)))
    add_report (builder, settings, report, status, error);
  else
    print_report (settings, report, status, error);

  return error != NULL ? tool_exit_for_error (error) : TOOL_EXIT_DONE;
}

static gboolean
index_more (StoreTransaction  *tx,
            gpointer           user_data,
            GError           **error)
{
  return store_tx_index_more (tx, INDEX_MESSAGES, user_data, error);
}

/* The cache of an older version has messages that a search does not see yet. In the window that is done
 * when there is nothing else to do; here the program ends as soon as that is so. */
static gboolean
finish_index (ToolEngine  *engine,
              GError     **error)
{
  gboolean is_more = TRUE;

  while (is_more)
    {
      g_autoptr(GAsyncResult) result = NULL;

      store_write_async (tool_engine_get_store (engine), STORE_PRIORITY_HOUSEKEEPING, index_more,
                         &is_more, NULL, NULL, tool_context_result_cb, &result);
      if (!store_write_finish (tool_engine_get_store (engine),
                               tool_context_wait (tool_engine_get_context (engine), &result),
                               error))
        return FALSE;
    }

  return TRUE;
}

/**
 * tool_sync:
 *
 * Synchronizes accounts. Ends with the code of the first that failed.
 */
ToolExit
tool_sync (ToolContext *context,
           GStrv        arguments)
{
  g_auto(SyncOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "folder", 0, 0, G_OPTION_ARG_STRING, &options.folder, "Synchronize this folder only", "FOLDER" },
    { "bodies", 0, 0, G_OPTION_ARG_STRING, &options.bodies,
      "Fetch no texts, recent ones as the account says, or all", "none|recent|all" },
    { NULL },
  };
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GPtrArray) accounts = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;
  SyncBodies bodies;
  ToolExit code = TOOL_EXIT_DONE;

  if (!tool_context_parse (context, arguments, "[ACCOUNT…]",
                           "Makes the cache equal to the server and ends when it is. Changes and "
                           "messages that wait are\ncarried out first.",
                           entries, 0, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  if (!parse_bodies (options.bodies, &bodies))
    {
      tool_output_error ("--bodies is one of none, recent and all.");
      return TOOL_EXIT_USAGE;
    }

  accounts = tool_context_find_accounts (context, rest, &error);
  if (accounts != NULL)
    engine = tool_engine_open (context, TOOL_ENGINE_ASK, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < accounts->len; i++)
    {
      ToolExit one = sync_one (engine, accounts->pdata[i], options.folder, bodies, builder);

      if (one != TOOL_EXIT_DONE && code == TOOL_EXIT_DONE)
        code = one;
    }
  json_builder_end_array (builder);

  if (!finish_index (engine, &error))
    return tool_context_fail (context, error);
  if (tool_context_is_json (context))
    tool_output_json (builder);

  return code;
}
