#include "tool-latch.h"

#include "sync-latch.h"
#include "tool-engine.h"

/* What was found broken at an account's server and is not used there any more. */

/* One of another server, or of a version before, is tried again. */
static gboolean
holds (const ImapLatch *latch,
       const char      *server)
{
  return server == NULL || *latch->server == '\0' || g_strcmp0 (latch->server, server) == 0;
}

static char *
format_date (gint64 since_unix)
{
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (since_unix);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d") : g_strdup ("?");
}

/**
 * tool_latch_list:
 *
 * Returns: (transfer full) (element-type ImapLatch): what was found; nothing where the profile
 *   has no store yet
 */
GPtrArray *
tool_latch_list (ToolContext     *context,
                 AccountSettings *settings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ToolEngine) engine = tool_engine_open (context, TOOL_ENGINE_READ, &error);
  GPtrArray *latches = NULL;

  if (engine != NULL)
    latches = sync_latch_list (tool_engine_get_reader (engine),
                               account_settings_get_uuid (settings), &error);
  if (latches != NULL)
    return latches;

  g_debug ("What was learnt of the server is not here: %s", error->message);
  return g_ptr_array_new ();
}

/**
 * tool_latch_print:
 * @server: (nullable): what it says of itself now
 * @quirks: (nullable) (array zero-terminated=1): rows of the table of servers
 *
 * Prints who the server is, and what is not used, since when and why.
 */
void
tool_latch_print (GPtrArray         *latches,
                  const char        *server,
                  const char *const *quirks)
{
  g_autofree char *quoted = server != NULL ? tool_output_quote (server) : NULL;
  g_autofree char *rows = quirks != NULL ? g_strjoinv (", ", (char **) quirks) : NULL;

  if (quoted != NULL)
    tool_output_line ("  The server is %s%s%s.", quoted,
                      rows != NULL && *rows != '\0' ? ", and is treated as " : "",
                      rows != NULL ? rows : "");

  for (guint i = 0; i < latches->len; i++)
    {
      const ImapLatch *latch = g_ptr_array_index (latches, i);
      g_autofree char *date = format_date (latch->since_unix);
      g_autofree char *feature = tool_output_quote (latch->feature);
      g_autofree char *evidence = tool_output_quote (latch->evidence);

      if (holds (latch, server))
        tool_output_line ("  Not used since %s: %s: %s", date, feature, evidence);
      else
        tool_output_line ("  Used again, since the server changed: %s, found on %s: %s", feature,
                          date, evidence);
    }
}

/**
 * tool_latch_add:
 * @server: (nullable): what it says of itself now
 *
 * Adds the member "latches".
 */
void
tool_latch_add (JsonBuilder *builder,
                GPtrArray   *latches,
                const char  *server)
{
  json_builder_set_member_name (builder, "latches");
  json_builder_begin_array (builder);
  for (guint i = 0; i < latches->len; i++)
    {
      const ImapLatch *latch = g_ptr_array_index (latches, i);

      json_builder_begin_object (builder);
      tool_json_string (builder, "feature", latch->feature);
      tool_json_string (builder, "evidence", latch->evidence);
      tool_json_string (builder, "server", latch->server);
      tool_json_int (builder, "since_unix", latch->since_unix);
      tool_json_boolean (builder, "holds", holds (latch, server));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}
