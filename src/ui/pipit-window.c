#include "pipit-window.h"

struct _PipitWindow
{
  AdwApplicationWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (PipitWindow, pipit_window, ADW_TYPE_APPLICATION_WINDOW)

static void
pipit_window_class_init (PipitWindowClass *klass)
{
}

static void
pipit_window_init (PipitWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self), 1100, 700);
  gtk_window_set_title (GTK_WINDOW (self), "Pipit");
}

PipitWindow *
pipit_window_new (PipitApplication *application)
{
  return g_object_new (PIPIT_TYPE_WINDOW, "application", application, NULL);
}
