#include "pipit-config.h"

#include "pipit-application.h"
#include "pipit-window.h"

struct _PipitApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (PipitApplication, pipit_application, ADW_TYPE_APPLICATION)

static void
pipit_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (pipit_window_new (PIPIT_APPLICATION (application)));

  gtk_window_present (window);
}

static void
pipit_application_class_init (PipitApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = pipit_application_activate;
}

static void
pipit_application_init (PipitApplication *self)
{
}

PipitApplication *
pipit_application_new (void)
{
  return g_object_new (PIPIT_TYPE_APPLICATION,
                       "application-id", PIPIT_APPLICATION_ID,
                       "resource-base-path", "/io/github/pipitmail/Pipit",
                       NULL);
}
