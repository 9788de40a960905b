#include "pipit-config.h"

#include "pipit-date.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

/* Whether the locale writes the time with a.m. and p.m. */
static gboolean
locale_has_half_days (void)
{
  const char *format = nl_langinfo (T_FMT);

  return strstr (format, "%p") != NULL || strstr (format, "%r") != NULL ||
         strstr (format, "%I") != NULL || strstr (format, "%l") != NULL;
}

/**
 * pipit_date_format_time:
 * @time: a moment in local time
 *
 * Writes the time of day as the locale does, without seconds.
 *
 * Returns: (transfer full): "10:42" or "10:42 AM"
 */
char *
pipit_date_format_time (GDateTime *time)
{
  /* U+202F keeps the two together in a narrow column */
  if (locale_has_half_days ())
    return g_date_time_format (time, "%-I:%M\u202f%p");

  return g_date_time_format (time, "%H:%M");
}

static int
days_between (GDateTime *earlier,
              GDateTime *later)
{
  GDate from, to;

  g_date_set_dmy (&from, g_date_time_get_day_of_month (earlier),
                  g_date_time_get_month (earlier), g_date_time_get_year (earlier));
  g_date_set_dmy (&to, g_date_time_get_day_of_month (later),
                  g_date_time_get_month (later), g_date_time_get_year (later));

  return g_date_days_between (&from, &to);
}

/**
 * pipit_date_format_short:
 * @date_unix: seconds since 1970, UTC
 * @now: the present, in local time
 *
 * Writes a date as short as it stays clear, for a row of a list.
 *
 * Returns: (transfer full): the time of day, the weekday, day and month, or the date
 */
char *
pipit_date_format_short (gint64     date_unix,
                         GDateTime *now)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (date_unix);
  g_autoptr(GDateTime) time = NULL;
  int days;

  if (utc == NULL)
    return g_strdup ("");

  time = g_date_time_to_timezone (utc, g_date_time_get_timezone (now));
  days = days_between (time, now);

  if (days == 0)
    return pipit_date_format_time (time);
  if (days == 1)
    return g_strdup (_("Yesterday"));
  if (days > 1 && days < 7)
    return g_date_time_format (time, "%a");
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: day and short month of a date in this year, for g_date_time_format(): "12 Nov" */
    return g_date_time_format (time, _("%-e %b"));

  /* Translators: a short date in another year, for g_date_time_format(); %x is the locale's own */
  return g_date_time_format (time, _("%x"));
}

/**
 * pipit_date_format_long:
 * @date_unix: seconds since 1970, UTC
 *
 * Writes a date in full, for a tooltip, for a card's head and for a screen reader.
 *
 * Returns: (transfer full): weekday, date and time
 */
char *
pipit_date_format_long (gint64 date_unix)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (date_unix);
  g_autofree char *clock = NULL;
  g_autofree char *day = NULL;

  if (time == NULL)
    return g_strdup ("");

  /* Translators: a date in full, for g_date_time_format(): "Sunday, 22 November 2026" */
  day = g_date_time_format (time, _("%A, %-e %B %Y"));
  clock = pipit_date_format_time (time);

  /* Translators: a date and a time of day: "Sunday, 22 November 2026, 10:42" */
  return g_strdup_printf (_("%s, %s"), day, clock);
}
