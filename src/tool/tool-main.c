#include "pipit-config.h"

#include <glib.h>

int
main (int   argc,
      char *argv[])
{
  g_print ("pipitctl %s\n", PIPIT_VERSION);
  return 0;
}
