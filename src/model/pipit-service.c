#include "pipit-service.h"

#include "pipit-account-private.h"
#include "pipit-engine-private.h"

#include "sync-service.h"

/**
 * PipitService:
 *
 * pipitctl beside a running Pipit writes into the journal by itself, and asks by this on the session bus
 * that it be shown and carried out; and that mail be fetched, which only one process may do.
 */
struct _PipitService
{
  PipitEngine *engine;         /* (owned) */
  GDBusConnection *connection; /* (owned) */
  guint registration_id;
};

static void
answer (GDBusMethodInvocation *invocation,
        SyncReport            *report,
        GError                *error)
{
  g_dbus_method_invocation_return_value (
    invocation, g_variant_new ("(@" SYNC_SERVICE_ANSWER ")", sync_service_pack (report, error)));
  g_clear_pointer (&report, sync_report_free);
  g_clear_error (&error);
}

static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  SyncReport *report = NULL;
  GError *error = NULL;

  sync_account_settle_finish (SYNC_ACCOUNT (source), result, &report, &error);
  answer (user_data, report, error);
}

static void
synced_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SyncReport *report = NULL;
  GError *error = NULL;

  sync_account_sync_finish (SYNC_ACCOUNT (source), result, &report, &error);
  answer (user_data, report, error);
}

static void
handle (PipitService          *self,
        SyncAccount           *account,
        const char            *method,
        GVariant              *parameters,
        GDBusMethodInvocation *invocation)
{
  const char *uuid;
  gint64 folder;
  guint32 bodies;

  if (g_str_equal (method, "Settle"))
    {
      sync_account_settle_async (account, NULL, settled_cb, invocation);
      return;
    }

  g_variant_get (parameters, "(&sxu)", &uuid, &folder, &bodies);
  sync_account_sync_async (account, folder, MIN (bodies, SYNC_BODIES_ALL), NULL, synced_cb,
                           invocation);
}

static void
on_method_call (GDBusConnection       *connection,
                const char            *sender,
                const char            *object_path,
                const char            *interface_name,
                const char            *method_name,
                GVariant              *parameters,
                GDBusMethodInvocation *invocation,
                gpointer               user_data)
{
  PipitService *self = user_data;
  PipitAccount *account;
  const char *uuid;

  g_variant_get_child (parameters, 0, "&s", &uuid);
  account = pipit_engine_get_opened (self->engine)
              ? pipit_engine_get_account (self->engine, uuid) : NULL;
  if (account == NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_UNKNOWN_OBJECT,
                                                     "There is no such account here");
      return;
    }

  pipit_engine_reload (self->engine);
  handle (self, pipit_account_get_sync (account), method_name, parameters, invocation);
}

/**
 * pipit_service_new:
 * @engine: what has the profile
 * @connection: the session bus
 * @object_path: of the application
 *
 * Returns: (transfer full) (nullable): the service
 */
PipitService *
pipit_service_new (PipitEngine      *engine,
                   GDBusConnection  *connection,
                   const char       *object_path,
                   GError          **error)
{
  static const GDBusInterfaceVTable functions = { .method_call = on_method_call };
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (sync_service_get_xml (), error);
  PipitService *self;
  guint id;

  if (node == NULL)
    return NULL;

  self = g_new0 (PipitService, 1);
  id = g_dbus_connection_register_object (connection, object_path, node->interfaces[0], &functions,
                                          self, NULL, error);
  if (id == 0)
    {
      g_free (self);
      return NULL;
    }

  self->engine = g_object_ref (engine);
  self->connection = g_object_ref (connection);
  self->registration_id = id;

  return self;
}

/**
 * pipit_service_free:
 * @self: (transfer full): a service
 *
 * Does nothing for others any more.
 */
void
pipit_service_free (PipitService *self)
{
  g_dbus_connection_unregister_object (self->connection, self->registration_id);
  g_object_unref (self->connection);
  g_object_unref (self->engine);
  g_free (self);
}
