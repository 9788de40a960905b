#include "tool-beside.h"

#include "account-error.h"
#include "sync-service.h"

/* Has the running Pipit, which has the profile, do what only one process may do. What was written into
 * the journal is safe before: whoever has the profile next carries it out. */

/* How long it may take to notice that nobody answers; what is done may take as long as it takes. */
#define NO_LIMIT G_MAXINT

/* GApplication's: the id with slashes. */
static char *
dup_path (const char *application_id)
{
  char *path = g_strconcat ("/", application_id, NULL);

  for (char *at = path; *at != '\0'; at++)
    if (*at == '.')
      *at = '/';
    else if (*at == '-')
      *at = '_';

  return path;
}

static GDBusConnection *
open_bus (GError **error)
{
  g_autoptr(GError) local_error = NULL;
  GDBusConnection *bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &local_error);

  if (bus == NULL)
    g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE,
                 "Another process uses the profile, and there is no session bus to ask it: %s",
                 local_error->message);

  return bus;
}

/* @parameters: (transfer floating) */
static gboolean
call (ToolEngine  *engine,
      const char  *method,
      GVariant    *parameters,
      SyncReport **out_report,
      GError     **error)
{
  ToolContext *context = tool_engine_get_context (engine);
  const char *id = account_profile_get_application_id (tool_context_get_profile (context, NULL));
  g_autoptr(GVariant) owned = g_variant_ref_sink (parameters);
  g_autofree char *path = dup_path (id);
  g_autoptr(GDBusConnection) bus = open_bus (error);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GVariant) answer = NULL;

  *out_report = NULL;
  if (bus == NULL)
    return FALSE;

  g_dbus_connection_call (bus, id, path, SYNC_SERVICE_INTERFACE, method, owned,
                          G_VARIANT_TYPE ("(" SYNC_SERVICE_ANSWER ")"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          NO_LIMIT, tool_context_get_cancellable (context), tool_context_result_cb,
                          &result);
  reply = g_dbus_connection_call_finish (bus, tool_context_wait (context, &result), &local_error);
  if (reply == NULL && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (local_error);
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE,
                   "Another process uses the profile, and does not do this for others: %s",
                   local_error->message);
    }
  if (reply == NULL)
    return FALSE;

  answer = g_variant_get_child_value (reply, 0);
  return sync_service_unpack (answer, out_report, error);
}

/**
 * tool_beside_settle:
 * @out_report: (out) (transfer full) (nullable): what was done, also when not all was
 *
 * Has what is in the journal and in the outbox carried out. Ends when it is.
 *
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE when the other process cannot be asked; those that it met.
 *
 * Returns: whether nothing waits any more
 */
gboolean
tool_beside_settle (ToolEngine       *engine,
                    AccountSettings  *settings,
                    SyncReport      **out_report,
                    GError          **error)
{
  return call (engine, "Settle", g_variant_new ("(s)", account_settings_get_uuid (settings)),
               out_report, error);
}

/**
 * tool_beside_sync:
 * @folder: a folder, or 0 for all
 * @out_report: (out) (transfer full) (nullable): what was done, also when not all was
 *
 * Has an account made equal to its server. Ends when it is.
 *
 * Errors: as tool_beside_settle ().
 *
 * Returns: whether it is
 */
gboolean
tool_beside_sync (ToolEngine       *engine,
                  AccountSettings  *settings,
                  gint64            folder,
                  SyncBodies        bodies,
                  SyncReport      **out_report,
                  GError          **error)
{
  return call (engine, "Sync",
               g_variant_new ("(sxu)", account_settings_get_uuid (settings), folder,
                              (guint32) bodies),
               out_report, error);
}

/**
 * tool_beside_wake:
 *
 * Tells the other process that there is something new in the journal, and does not wait for what it
 * does. Without effect where it cannot be told: it finds it later.
 */
void
tool_beside_wake (ToolEngine      *engine,
                  AccountSettings *settings)
{
  AccountProfile *profile = tool_context_get_profile (tool_engine_get_context (engine), NULL);
  const char *id = account_profile_get_application_id (profile);
  g_autofree char *path = dup_path (id);
  g_autoptr(GDBusConnection) bus = open_bus (NULL);

  if (bus == NULL)
    return;

  g_dbus_connection_call (bus, id, path, SYNC_SERVICE_INTERFACE, "Settle",
                          g_variant_new ("(s)", account_settings_get_uuid (settings)), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (bus, NULL, NULL);
}
