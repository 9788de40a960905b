#include "pipit-application.h"

int
main (int   argc,
      char *argv[])
{
  g_autoptr(PipitApplication) application = pipit_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
