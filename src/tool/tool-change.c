#include "tool-change.h"

#include "tool-beside.h"
#include "tool-output.h"
#include "tool-settle.h"

/* What flag, move and delete have in common: the messages are grouped by account, the change is
 * written into the journal, and then carried to the server. From the journal on it is safe: when
 * the server cannot be reached, the next sync carries it out. */

typedef struct
{
  AccountSettings *settings; /* (owned) */
  GArray *locations;         /* (owned) of gint64 */
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  account_settings_unref (group->settings);
  g_array_unref (group->locations);
  g_free (group);
}

static Group *
find_group (GPtrArray       *groups,
            AccountSettings *settings)
{
  Group *group;

  for (guint i = 0; i < groups->len; i++)
    {
      group = groups->pdata[i];
      if (group->settings == settings)
        return group;
    }

  group = g_new0 (Group, 1);
  group->settings = account_settings_ref (settings);
  group->locations = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (groups, group);

  return group;
}

/* All ids have to be right before anything is done. */
static GPtrArray *
group_by_account (ToolEngine  *engine,
                  GStrv        ids,
                  GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      AccountSettings *settings;
      gint64 location;

      if (!tool_engine_parse_id (ids[i], &location, error))
        return NULL;
      settings = tool_engine_find_owner (engine, location, error);
      if (settings == NULL)
        return NULL;
      g_array_append_val (find_group (groups, settings)->locations, location);
    }

  return g_steal_pointer (&groups);
}

static gboolean
write_down (ToolEngine    *engine,
            Group         *group,
            SyncChange    *change,
            gint64        *out_change,
            GError       **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  SyncAccount *account = tool_engine_get_account (engine, group->settings, error);
  g_autoptr(GAsyncResult) result = NULL;

  if (account == NULL)
    return FALSE;

  sync_account_change_async (account, change, tool_context_result_cb, &result);
  return sync_account_change_finish (account, tool_context_wait (context, &result), out_change,
                                     error);
}

static void
add_outcome (JsonBuilder      *builder,
             Group            *group,
             gint64            change,
             const SyncReport *report,
             const GError     *error)
{
  json_builder_begin_object (builder);
  tool_json_string (builder, "account", account_settings_get_address (group->settings));
  tool_json_int (builder, "change", change);
  tool_json_int (builder, "messages", group->locations->len);
  tool_json_boolean (builder, "done", report != NULL && error == NULL);

  json_builder_set_member_name (builder, "failures");
  json_builder_begin_array (builder);
  for (guint i = 0; report != NULL && i < report->failures->len; i++)
    json_builder_add_string_value (builder, report->failures->pdata[i]);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "error");
  if (error != NULL)
    tool_json_error (builder, error);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

static void
print_outcome (Group            *group,
               const SyncReport *report,
               const GError     *error)
{
  const char *address = account_settings_get_address (group->settings);

  for (guint i = 0; report != NULL && i < report->failures->len; i++)
    {
      g_autofree char *failure = tool_output_quote (report->failures->pdata[i]);

      tool_output_error ("%s", failure);
    }

  if (error != NULL)
    tool_output_error ("%s: %s\nThe change is kept; “pipitctl sync” will carry it out.", address,
                       error->message);
}

static ToolExit
apply_group (ToolEngine      *engine,
             Group           *group,
             gboolean         later,
             ToolChangeFunc   func,
             gpointer         user_data,
             JsonBuilder     *builder,
             GError         **error)
{
  gboolean json = tool_context_is_json (tool_engine_get_context (engine));
  g_autoptr(SyncChange) change = func (engine, group->settings, group->locations, user_data, error);
  g_autoptr(SyncReport) report = NULL;
  g_autoptr(GError) settle_error = NULL;
  gint64 id = 0;

  if (change == NULL || !write_down (engine, group, change, &id, error))
    return TOOL_EXIT_FAILED;

  if (!later)
    tool_settle_account (engine, group->settings, &report, &settle_error);
  else if (tool_engine_is_beside (engine))
    tool_beside_wake (engine, group->settings);

  if (json)
    add_outcome (builder, group, id, report, settle_error);
  else
    print_outcome (group, report, settle_error);

  return settle_error != NULL ? tool_exit_for_error (settle_error) : TOOL_EXIT_DONE;
}

/**
 * tool_change_apply:
 * @ids: (array zero-terminated=1): the messages, as `list` shows them
 * @later: whether to leave it to the next sync to tell the server
 * @func: makes the change for the messages of one account
 *
 * Does something to messages, and prints the outcome.
 *
 * Errors: those of finding the messages and of writing into the journal: nothing more was done
 *   then. What the server does not take is told in the outcome and the exit status.
 *
 * Returns: what to end with
 */
ToolExit
tool_change_apply (ToolEngine      *engine,
                   GStrv            ids,
                   gboolean         later,
                   ToolChangeFunc   func,
                   gpointer         user_data,
                   GError         **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GPtrArray) groups = group_by_account (engine, ids, error);
  ToolExit code = TOOL_EXIT_DONE;

  if (groups == NULL)
    return TOOL_EXIT_FAILED;

  json_builder_begin_array (builder);
  for (guint i = 0; i < groups->len; i++)
    {
      GError *local_error = NULL;
      ToolExit one = apply_group (engine, groups->pdata[i], later, func, user_data, builder,
                                  &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, local_error);
          return TOOL_EXIT_FAILED;
        }
      if (code == TOOL_EXIT_DONE)
        code = one;
    }
  json_builder_end_array (builder);

  if (tool_context_is_json (tool_engine_get_context (engine)))
    tool_output_json (builder);

  return code;
}
