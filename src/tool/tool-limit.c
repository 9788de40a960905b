#include "tool-limit.h"

#include "sync-limit.h"
#include "tool-engine.h"

/* What an account's server, or what stands between, was found to limit. */

/**
 * tool_limits_read:
 * @self: (out caller-allocates): to be cleared
 */
void
tool_limits_read (ToolLimits      *self,
                  StoreReader     *reader,
                  AccountSettings *settings)
{
  const char *uuid = account_settings_get_uuid (settings);

  self->max_connections = sync_limit_get_max_connections (reader, uuid);
  self->idles = sync_limit_list_idles (reader, uuid, NULL);
}

/**
 * tool_limits_look_up:
 * @self: (out caller-allocates): to be cleared
 *
 * Does as tool_limits_read () with the profile's store; there are none where it has none yet.
 */
void
tool_limits_look_up (ToolLimits      *self,
                     ToolContext     *context,
                     AccountSettings *settings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ToolEngine) engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);

  *self = (ToolLimits) { 0 };
  if (engine != NULL)
    tool_limits_read (self, tool_engine_get_reader (engine), settings);
  else
    g_debug ("What was learnt of the server is not here: %s", error->message);
}

/**
 * tool_limits_clear:
 */
void
tool_limits_clear (ToolLimits *self)
{
  g_clear_pointer (&self->idles, g_ptr_array_unref);
}

/**
 * tool_limits_print:
 *
 * Prints what is limited, if anything is.
 */
void
tool_limits_print (const ToolLimits *self)
{
  if (self->max_connections > 0)
    tool_output_line ("  The server takes %u connection%s at a time.", self->max_connections,
                      self->max_connections == 1 ? "" : "s");

  for (guint i = 0; self->idles != NULL && i < self->idles->len; i++)
    {
      const SyncIdleLimit *idle = g_ptr_array_index (self->idles, i);

      tool_output_line ("  In the network %s a connection is forgotten that is silent for longer than "
                        "%u s.", idle->network, idle->idle_ms / 1000);
    }
}

/**
 * tool_limits_add:
 *
 * Adds the member "limits".
 */
void
tool_limits_add (const ToolLimits *self,
                 JsonBuilder      *builder)
{
  json_builder_set_member_name (builder, "limits");
  json_builder_begin_object (builder);

  json_builder_set_member_name (builder, "connections");
  if (self->max_connections > 0)
    json_builder_add_int_value (builder, self->max_connections);
  else
    json_builder_add_null_value (builder);

  json_builder_set_member_name (builder, "idle");
  json_builder_begin_array (builder);
  for (guint i = 0; self->idles != NULL && i < self->idles->len; i++)
    {
      const SyncIdleLimit *idle = g_ptr_array_index (self->idles, i);

      json_builder_begin_object (builder);
      tool_json_string (builder, "network", idle->network);
      tool_json_int (builder, "idle_ms", idle->idle_ms);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_end_object (builder);
}
