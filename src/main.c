#include "base-watchdog.h"
#include "pipit-application.h"

int
main (int   argc,
      char *argv[])
{
  g_autoptr(BaseWatchdog) watchdog G_GNUC_UNUSED = base_watchdog_new_from_environment ();
  g_autoptr(PipitApplication) application = pipit_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
