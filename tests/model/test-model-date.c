#include "pipit-date.h"

#include <locale.h>

/* Sunday, 22 November 2026, 10:00 in a zone of its own. */
static GDateTime *
now_new (void)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("+03:00");

  return g_date_time_new (zone, 2026, 11, 22, 10, 0, 0);
}

static void
check (GDateTime  *now,
       int         year,
       int         month,
       int         day,
       int         hour,
       const char *expected)
{
  g_autoptr(GDateTime) time = g_date_time_new (g_date_time_get_timezone (now), year, month, day,
                                               hour, 42, 59);
  g_autofree char *text = pipit_date_format_short (g_date_time_to_unix (time), now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_short (void)
{
  g_autoptr(GDateTime) now = now_new ();

  check (now, 2026, 11, 22, 0, "00:42");
  check (now, 2026, 11, 22, 9, "09:42");
  check (now, 2026, 11, 21, 23, "Yesterday");
  check (now, 2026, 11, 20, 9, "Fri");
  check (now, 2026, 11, 16, 9, "Mon");
  check (now, 2026, 11, 15, 9, "15 Nov");
  check (now, 2026, 1, 1, 9, "1 Jan");
  check (now, 2025, 12, 31, 9, "12/31/25");
}

/* A clock that is wrong, here or at the sender's, must not make a message look like today's. */
static void
test_future (void)
{
  g_autoptr(GDateTime) now = now_new ();

  check (now, 2026, 11, 23, 9, "23 Nov");
  check (now, 2027, 2, 1, 9, "02/01/27");
}

static void
test_out_of_range (void)
{
  g_autoptr(GDateTime) now = now_new ();
  g_autofree char *text = pipit_date_format_short (G_MAXINT64, now);
  g_autofree char *full = pipit_date_format_long (G_MAXINT64);

  g_assert_cmpstr (text, ==, "");
  g_assert_cmpstr (full, ==, "");
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/date/short", test_short);
  g_test_add_func ("/model/date/future", test_future);
  g_test_add_func ("/model/date/out-of-range", test_out_of_range);

  return g_test_run ();
}
