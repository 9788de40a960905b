#include "pipit-config.h"

#include "pipit-application.h"

#include "pipit-composer-window.h"
#include "pipit-composition.h"
#include "pipit-engine.h"
#include "pipit-preferences-window.h"
#include "pipit-service.h"
#include "pipit-settings.h"
#include "pipit-setup-window.h"
#include "pipit-ui-resources.h"
#include "pipit-window.h"

#include <glib/gi18n-lib.h>

/**
 * PipitApplication:
 *
 * The process: it owns the engine, and windows are views of it. It stays, without a window, while
 * a message is on its way.
 */
struct _PipitApplication
{
  AdwApplication parent_instance;

  PipitEngine *engine;     /* (owned) (nullable) until the command line was read */
  GSettings *settings;     /* (owned) (nullable) until startup */
  PipitService *service;   /* (owned) (nullable) without a session bus */
  GError *open_error;      /* (owned) (nullable): why the engine could not be opened */
  GPtrArray *waiting_uris; /* (owned) of mailto: addresses, until the engine is open */
  gboolean wants_window;   /* activated before the engine was open */
  gboolean opening;        /* holds the application */
  gboolean sending;        /* holds the application */
};

G_DEFINE_FINAL_TYPE (PipitApplication, pipit_application, ADW_TYPE_APPLICATION)

/* Windows */

static PipitWindow *
find_window (PipitApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (PIPIT_IS_WINDOW (l->data))
      return l->data;

  return NULL;
}

static PipitWindow *
ensure_window (PipitApplication *self)
{
  PipitWindow *window = find_window (self);

  if (window == NULL)
    window = pipit_window_new (GTK_APPLICATION (self), self->engine, self->settings);

  return window;
}

static void
on_setup_finished (PipitSetupWindow *setup,
                   PipitAccount     *account,
                   PipitApplication *self)
{
  gtk_window_present (GTK_WINDOW (ensure_window (self)));
}

/* Without an account there is nothing to show but how to set one up. */
static void
present_setup (PipitApplication *self)
{
  PipitSetupWindow *setup = NULL;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (PIPIT_IS_SETUP_WINDOW (l->data))
      setup = l->data;

  if (setup == NULL)
    {
      setup = pipit_setup_window_new (NULL, self->engine);
      gtk_window_set_application (GTK_WINDOW (setup), GTK_APPLICATION (self));
      g_signal_connect_object (setup, "finished", G_CALLBACK (on_setup_finished), self, 0);
    }
  gtk_window_present (GTK_WINDOW (setup));
}

static void
present_window (PipitApplication *self)
{
  if (self->open_error != NULL)
    {
      PipitWindow *window = ensure_window (self);
      g_autofree char *explanation = pipit_engine_describe_error (self->open_error);

      pipit_window_show_failure (window, _("Pipit Cannot Open Its Files"), explanation);
      gtk_window_present (GTK_WINDOW (window));
    }
  else if (!pipit_engine_get_opened (self->engine))
    self->wants_window = TRUE;
  else if (find_window (self) == NULL && !pipit_engine_has_accounts (self->engine))
    present_setup (self);
  else
    gtk_window_present (GTK_WINDOW (ensure_window (self)));
}

/* The window is made in one turn of the main loop and shown in the next. */
static gboolean
present_made_window (gpointer user_data)
{
  PipitApplication *self = user_data;

  present_window (self);
  g_application_release (G_APPLICATION (self));

  return G_SOURCE_REMOVE;
}

static void
compose_uri (PipitApplication *self,
             const char       *uri)
{
  g_autoptr(PipitComposition) composition = NULL;

  if (!pipit_engine_has_accounts (self->engine))
    {
      present_setup (self);
      return;
    }

  composition = pipit_composition_new_from_uri (self->engine, uri);
  gtk_window_present (GTK_WINDOW (pipit_composer_window_new (GTK_APPLICATION (self),
                                                             composition)));
}

/* A mail address in a message was clicked. */
static void
on_compose_to (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  compose_uri (user_data, g_variant_get_string (parameter, NULL));
}

/* Engine */

static void
engine_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(PipitApplication) self = user_data;

  if (!pipit_engine_open_finish (PIPIT_ENGINE (source), result, &self->open_error))
    g_warning ("The profile could not be opened: %s", self->open_error->message);

  if (self->wants_window)
    {
      if (self->open_error == NULL && pipit_engine_has_accounts (self->engine))
        ensure_window (self);
      g_application_hold (G_APPLICATION (self));
      g_idle_add_full (G_PRIORITY_DEFAULT, present_made_window, g_object_ref (self),
                       g_object_unref);
    }
  for (guint i = 0; self->open_error == NULL && i < self->waiting_uris->len; i++)
    compose_uri (self, g_ptr_array_index (self->waiting_uris, i));
  g_ptr_array_set_size (self->waiting_uris, 0);
  self->opening = FALSE;
  g_application_release (G_APPLICATION (self));
}

/* A message that is on its way is sent before the process ends, with a window or without. */
static void
on_engine_state (PipitApplication *self)
{
  gboolean sending = pipit_engine_is_sending (self->engine);

  if (sending == self->sending)
    return;

  self->sending = sending;
  if (sending)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

/* Actions */

static void
on_check_mail (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  pipit_engine_check_mail (PIPIT_APPLICATION (user_data)->engine);
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  PipitApplication *self = PIPIT_APPLICATION (user_data);
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (self));

  gtk_window_present (GTK_WINDOW (pipit_preferences_window_new (parent, self->engine,
                                                                self->settings)));
}

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent,
                         "application-name", "Pipit" PIPIT_NAME_SUFFIX,
                         "application-icon", PIPIT_BASE_ID,
                         "version", PIPIT_VERSION,
                         "comments", _("Mail that stays between you and your provider"),
                         "developer-name", _("The Pipit developers"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GtkApplication *application = GTK_APPLICATION (user_data);
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (application));

  /* each may have something to keep or to ask */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
add_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.quit", { "<Ctrl>q" } },
    { "app.preferences", { "<Ctrl>comma" } },
    { "app.check-mail", { "F5" } },
    { "window.close", { "<Ctrl>w" } },
    { "win.compose", { "<Ctrl>n" } },
    { "win.reply", { "<Ctrl>r" } },
    { "win.reply-all", { "<Ctrl><Shift>r" } },
    { "win.forward", { "<Ctrl>l" } },
    { "win.archive", { "<Ctrl>e" } },
    { "win.junk", { "<Ctrl>j" } },
    { "win.move", { "<Ctrl>m" } },
    { "win.star", { "<Ctrl>d" } },
    { "win.mark-unread", { "<Ctrl>u" } },
    { "win.mark-read", { "<Ctrl><Shift>u" } },
    { "win.show-help-overlay", { "<Ctrl>question" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (application, table[i].action, table[i].accels);
}

/* Class */

static void
pipit_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "check-mail", .activate = on_check_mail },
    { .name = "compose-to", .activate = on_compose_to, .parameter_type = "s" },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  PipitApplication *self = PIPIT_APPLICATION (application);

  G_APPLICATION_CLASS (pipit_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  add_accels (GTK_APPLICATION (self));
  gtk_window_set_default_icon_name (PIPIT_BASE_ID);

  self->settings = pipit_settings_open (pipit_engine_get_settings_path (self->engine));
  if (self->settings == NULL)
    g_error ("The settings' schema " PIPIT_BASE_ID " is not installed");

  g_signal_connect_object (self->engine, "notify::state", G_CALLBACK (on_engine_state), self,
                           G_CONNECT_SWAPPED);
  self->opening = TRUE;
  g_application_hold (application);
  pipit_engine_open_async (self->engine, NULL, engine_opened_cb, g_object_ref (self));
}

/* Called between the command line and startup, where there is a session bus. */
static gboolean
pipit_application_dbus_register (GApplication     *application,
                                 GDBusConnection  *connection,
                                 const char       *object_path,
                                 GError          **error)
{
  PipitApplication *self = PIPIT_APPLICATION (application);

  if (!G_APPLICATION_CLASS (pipit_application_parent_class)
         ->dbus_register (application, connection, object_path, error))
    return FALSE;

  if (self->engine != NULL)
    self->service = pipit_service_new (self->engine, connection, object_path, error);

  return self->engine == NULL || self->service != NULL;
}

static void
pipit_application_dbus_unregister (GApplication    *application,
                                   GDBusConnection *connection,
                                   const char      *object_path)
{
  g_clear_pointer (&PIPIT_APPLICATION (application)->service, pipit_service_free);

  G_APPLICATION_CLASS (pipit_application_parent_class)
    ->dbus_unregister (application, connection, object_path);
}

static void
pipit_application_shutdown (GApplication *application)
{
  PipitApplication *self = PIPIT_APPLICATION (application);

  if (self->engine != NULL)
    pipit_engine_close (self->engine);
  g_settings_sync ();

  G_APPLICATION_CLASS (pipit_application_parent_class)->shutdown (application);
}

static void
pipit_application_activate (GApplication *application)
{
  present_window (PIPIT_APPLICATION (application));
}

/* mailto: addresses, from the desktop or the command line */
static void
pipit_application_open (GApplication  *application,
                        GFile        **files,
                        int            n_files,
                        const char    *hint)
{
  PipitApplication *self = PIPIT_APPLICATION (application);

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      if (g_ascii_strncasecmp (uri, "mailto:", 7) != 0)
        {
          g_message ("%s is no mailto: address", uri);
          continue;
        }
      if (pipit_engine_get_opened (self->engine))
        compose_uri (self, uri);
      else
        g_ptr_array_add (self->waiting_uris, g_steal_pointer (&uri));
    }
}

/* The profile decides about the application id, so it has to be known before the bus is asked. */
static int
pipit_application_handle_local_options (GApplication *application,
                                        GVariantDict *options)
{
  PipitApplication *self = PIPIT_APPLICATION (application);
  g_autofree char *profile = NULL;
  g_autofree char *absolute = NULL;
  g_autoptr(GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Pipit %s\n", PIPIT_VERSION);
      return 0;
    }

  if (g_variant_dict_lookup (options, "profile", "^ay", &profile))
    absolute = g_canonicalize_filename (profile, NULL);
  self->engine = pipit_engine_new (absolute, &error);
  if (self->engine == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_application_set_application_id (application, pipit_engine_get_application_id (self->engine));

  return -1;
}

static void
pipit_application_finalize (GObject *object)
{
  PipitApplication *self = PIPIT_APPLICATION (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  g_clear_error (&self->open_error);
  g_clear_pointer (&self->waiting_uris, g_ptr_array_unref);

  G_OBJECT_CLASS (pipit_application_parent_class)->finalize (object);
}

static void
pipit_application_class_init (PipitApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pipit_application_finalize;
  application_class->dbus_register = pipit_application_dbus_register;
  application_class->dbus_unregister = pipit_application_dbus_unregister;
  application_class->startup = pipit_application_startup;
  application_class->shutdown = pipit_application_shutdown;
  application_class->activate = pipit_application_activate;
  application_class->open = pipit_application_open;
  application_class->handle_local_options = pipit_application_handle_local_options;
}

static void
pipit_application_init (PipitApplication *self)
{
  static const GOptionEntry options[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_("Keep everything in this folder, apart from your own accounts"), N_("FOLDER") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
    { NULL },
  };

  /* by hand: nobody refers to the resources of a static library, so they would be left out */
  pipit_ui_register_resource ();
  self->waiting_uris = g_ptr_array_new_with_free_func (g_free);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

PipitApplication *
pipit_application_new (void)
{
  return g_object_new (PIPIT_TYPE_APPLICATION,
                       "application-id", PIPIT_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/pipitmail/Pipit",
                       NULL);
}
