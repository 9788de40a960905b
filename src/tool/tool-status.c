#include "tool-commands.h"
#include "tool-engine.h"
#include "tool-limit.h"
#include "tool-output.h"

/* pipitctl status: how fresh the cache is, and what still waits for the server. */

typedef struct
{
  guint n_folders;
  guint n_complete;
  gint64 n_messages;
  gint64 n_unread;
  gint64 checked_unix; /* of the folder that was checked longest ago; 0 if one never was */
} Totals;

static const char *
operation_state (StoreOperationState state)
{
  static const char * const names[] = { "waiting", "sent", "doubtful", "done", "refused", "undone" };

  return state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

static const char *
operation_kind (StoreOperationKind kind)
{
  static const char * const names[] = { "flags", "move", "copy", "expunge" };

  return kind < G_N_ELEMENTS (names) ? names[kind] : "unknown";
}

static const char *
outbox_state (StoreOutboxState state)
{
  static const char * const names[] = {
    "queued", "sending", "unsure", "sent", "filed", "failed", "cancelled",
  };

  return state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

static gboolean
add_up (StoreReader  *reader,
        const char   *account_uuid,
        Totals       *totals,
        GError      **error)
{
  g_autoptr(GPtrArray) folders = store_reader_list_folders (reader, account_uuid, error);

  if (folders == NULL)
    return FALSE;

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = folders->pdata[i];
      StoreFolderCounts counts;

      if (!store_folder_is_selectable (folder))
        continue;
      if (!store_reader_count_folder (reader, folder->folder, FALSE, &counts, error))
        return FALSE;

      totals->checked_unix = totals->n_folders == 0
                               ? folder->checked_unix
                               : MIN (totals->checked_unix, folder->checked_unix);
      totals->n_folders++;
      totals->n_complete += folder->state == STORE_FOLDER_COMPLETE;
      totals->n_messages += counts.n_shown;
      totals->n_unread += counts.n_unread;
    }

  return TRUE;
}

static void
add_operations (JsonBuilder *builder,
                GPtrArray   *operations)
{
  json_builder_set_member_name (builder, "operations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < operations->len; i++)
    {
      const StoreOperation *operation = operations->pdata[i];

      json_builder_begin_object (builder);
      tool_json_int (builder, "id", operation->operation);
      tool_json_string (builder, "kind", operation_kind (operation->kind));
      tool_json_string (builder, "state", operation_state (operation->state));
      tool_json_string (builder, "message_id", operation->message_id);
      tool_json_int (builder, "uid", operation->uid);
      tool_json_int (builder, "attempts", operation->n_attempts);
      tool_json_string (builder, "answer", operation->answer);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_outbox (JsonBuilder *builder,
            GPtrArray   *outbox)
{
  json_builder_set_member_name (builder, "outbox");
  json_builder_begin_array (builder);
  for (guint i = 0; i < outbox->len; i++)
    {
      const StoreOutboxItem *item = outbox->pdata[i];

      json_builder_begin_object (builder);
      tool_json_int (builder, "id", item->item);
      tool_json_string (builder, "state", outbox_state (item->state));
      tool_json_string (builder, "message_id", item->message_id);
      tool_json_string (builder, "subject", item->subject);
      tool_json_string (builder, "to", item->to_text);
      tool_json_int (builder, "attempts", item->n_attempts);
      tool_json_string (builder, "class", item->error_class);
      tool_json_string (builder, "error", item->error_text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_account (JsonBuilder     *builder,
             AccountSettings *settings,
             const Totals    *totals,
             const ToolLimits *limits,
             GPtrArray       *operations,
             GPtrArray       *outbox)
{
  json_builder_begin_object (builder);
  tool_json_string (builder, "account", account_settings_get_address (settings));
  tool_json_string (builder, "uuid", account_settings_get_uuid (settings));
  tool_json_boolean (builder, "paused", account_settings_is_paused (settings));
  tool_json_int (builder, "folders", totals->n_folders);
  tool_json_int (builder, "complete_folders", totals->n_complete);
  tool_json_int (builder, "messages", totals->n_messages);
  tool_json_int (builder, "unread", totals->n_unread);
  tool_json_int (builder, "checked_unix", totals->checked_unix);
  tool_limits_add (limits, builder);
  add_operations (builder, operations);
  add_outbox (builder, outbox);
  json_builder_end_object (builder);
}

static void
print_account (AccountSettings *settings,
               const Totals    *totals,
               const ToolLimits *limits,
               GPtrArray       *operations,
               GPtrArray       *outbox)
{
  g_autoptr(GDateTime) checked = g_date_time_new_from_unix_local (totals->checked_unix);
  g_autofree char *when = totals->checked_unix > 0 ? g_date_time_format (checked, "%F %R") : NULL;

  tool_output_line ("%s", account_settings_get_address (settings));
  tool_output_line ("  %u of %u folders complete, %" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT
                    " unread",
                    totals->n_complete, totals->n_folders, totals->n_messages, totals->n_unread);
  if (when != NULL)
    tool_output_line ("  equal to the server at %s", when);
  else
    tool_output_line ("  never wholly checked against the server");
  tool_limits_print (limits);

  for (guint i = 0; i < operations->len; i++)
    {
      const StoreOperation *operation = operations->pdata[i];
      g_autofree char *answer = tool_output_quote (operation->answer);

      tool_output_line ("  change %" G_GINT64_FORMAT ": %s, %s  %s", operation->operation,
                        operation_kind (operation->kind), operation_state (operation->state), answer);
    }

  for (guint i = 0; i < outbox->len; i++)
    {
      const StoreOutboxItem *item = outbox->pdata[i];
      g_autofree char *subject = tool_output_quote (item->subject);
      g_autofree char *reason = tool_output_quote (item->error_text);

      tool_output_line ("  outbox %" G_GINT64_FORMAT ": %s, “%s”  %s", item->item,
                        outbox_state (item->state), subject, reason);
    }
}

static gboolean
show_status (ToolEngine       *engine,
             AccountSettings  *settings,
             JsonBuilder      *builder,
             GError          **error)
{
  StoreReader *reader = tool_engine_get_reader (engine);
  const char *uuid = account_settings_get_uuid (settings);
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(GPtrArray) outbox = NULL;
  g_auto(ToolLimits) limits = { 0 };
  Totals totals = { 0 };

  if (!add_up (reader, uuid, &totals, error))
    return FALSE;

  operations = store_reader_list_operations (reader, uuid, FALSE, G_MAXINT, error);
  if (operations == NULL)
    return FALSE;

  outbox = store_reader_list_outbox (reader, uuid, FALSE, error);
  if (outbox == NULL)
    return FALSE;

  tool_limits_read (&limits, reader, settings);

  if (tool_context_is_json (tool_engine_get_context (engine)))
    add_account (builder, settings, &totals, &limits, operations, outbox);
  else
    print_account (settings, &totals, &limits, operations, outbox);

  return TRUE;
}

/**
 * tool_status:
 *
 * Tells how accounts stand, from what is on the disk.
 */
ToolExit
tool_status (ToolContext *context,
             GStrv        arguments)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(ToolEngine) engine = NULL;
  g_autoptr(GPtrArray) accounts = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) rest = NULL;

  if (!tool_context_parse (context, arguments, "[ACCOUNT…]",
                           "Tells how complete and how fresh the cache of accounts is, which changes "
                           "wait for the server,\nand what lies in the outbox. The network is not used.",
                           NULL, 0, G_MAXUINT, &rest))
    return TOOL_EXIT_USAGE;

  accounts = tool_context_find_accounts (context, rest, &error);
  if (accounts != NULL)
    engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  if (engine == NULL)
    return tool_context_fail (context, error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < accounts->len; i++)
    if (!show_status (engine, accounts->pdata[i], builder, &error))
      return tool_context_fail (context, error);
  json_builder_end_array (builder);

  if (tool_context_is_json (context))
    tool_output_json (builder);

  return TOOL_EXIT_DONE;
}
