/*
 * Dates as RFC 5322 section 3.3 writes them, and as programs of thirty years have written them:
 * without a comma, with dots in the time, month names in other languages, two-digit years, zones by name or none,
 * the order of asctime(), ISO 8601.
 */
#include "mime-date.h"

#include <string.h>

#define MAX_TOKENS 32
#define MAX_SIZE   512

typedef struct
{
  int year, month, day; /* 0 while unknown; month from 1 */
  int hour, minute, second;
  int offset_minutes;
  gboolean has_year, has_time, has_zone;
} DateParts;

typedef struct
{
  const char *name;
  int         value;
} NamedValue;

/* By the first three letters, in lower case; English first, then what some programs send. */
static const NamedValue months[] = {
  { "jan", 1 }, { "feb", 2 }, { "mar", 3 }, { "apr", 4 }, { "may", 5 }, { "jun", 6 },
  { "jul", 7 }, { "aug", 8 }, { "sep", 9 }, { "oct", 10 }, { "nov", 11 }, { "dec", 12 },
  { "mai", 5 }, { "mag", 5 }, { "mei", 5 }, { "okt", 10 }, { "ott", 10 }, { "out", 10 },
  { "dez", 12 }, { "dic", 12 }, { "ene", 1 }, { "gen", 1 }, { "abr", 4 }, { "avr", 4 },
  { "ago", 8 }, { "set", 9 }, { "fev", 2 },
};

/* RFC 5322 section 4.3, and a few that are seen; one-letter zones say nothing. Minutes east of UTC. */
static const NamedValue zones[] = {
  { "gmt", 0 }, { "ut", 0 }, { "utc", 0 }, { "z", 0 },
  { "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 },
  { "mst", -420 }, { "mdt", -360 }, { "pst", -480 }, { "pdt", -420 },
  { "cet", 60 }, { "cest", 120 }, { "met", 60 }, { "mest", 120 }, { "mez", 60 }, { "mesz", 120 },
  { "eet", 120 }, { "eest", 180 }, { "wet", 0 }, { "west", 60 }, { "bst", 60 }, { "msk", 180 },
  { "jst", 540 }, { "kst", 540 }, { "hkt", 480 }, { "sgt", 480 }, { "ist", 330 },
  { "aest", 600 }, { "aedt", 660 }, { "nzst", 720 }, { "nzdt", 780 },
};

static gboolean
lookup (const NamedValue *table,
        gsize             n,
        const char       *word,
        gsize             size,
        int              *out_value)
{
  for (gsize i = 0; i < n; i++)
    if (strlen (table[i].name) == size && g_ascii_strncasecmp (table[i].name, word, size) == 0)
      {
        *out_value = table[i].value;
        return TRUE;
      }

  return FALSE;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static gint64
days_from_civil (int year,
                 int month,
                 int day)
{
  gint64 y = month <= 2 ? year - 1 : year;
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return era * 146097 + day_of_era - 719468;
}

static int
days_in_month (int year,
               int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  if (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))
    return 29;
  return days[month - 1];
}

static int
read_number (const char **p,
             const char  *end,
             int         *out_digits)
{
  int value = 0, digits = 0;

  while (*p < end && g_ascii_isdigit (**p))
    {
      if (digits < 8)
        value = value * 10 + (**p - '0');
      digits++;
      (*p)++;
    }
  *out_digits = digits;

  return value;
}

static void
set_year (DateParts *date,
          int        value,
          int        digits)
{
  /* RFC 5322 section 4.3 */
  if (digits == 2)
    value += value < 50 ? 2000 : 1900;
  else if (digits == 3)
    value += 1900;
  date->year = value;
  date->has_year = TRUE;
}

/* HH:MM[:SS[.fraction]], the separator being ':' or '.'; @p stands behind the hour. */
static void
read_time (DateParts   *date,
           int          hour,
           const char **p,
           const char  *end)
{
  char separator = **p;
  int digits;

  date->hour = hour;
  (*p)++;
  date->minute = read_number (p, end, &digits);
  date->second = 0;
  if (*p + 1 < end && **p == separator && g_ascii_isdigit ((*p)[1]))
    {
      (*p)++;
      date->second = read_number (p, end, &digits);
    }
  if (*p + 1 < end && (**p == '.' || **p == ',') && g_ascii_isdigit ((*p)[1]))
    {
      (*p)++;
      read_number (p, end, &digits);
    }
  date->has_time = TRUE;
}

/* +HHMM, +HH:MM, +HMM, +HH */
static void
read_offset (DateParts   *date,
             const char **p,
             const char  *end)
{
  int sign = **p == '-' ? -1 : 1;
  int digits, value;

  (*p)++;
  value = read_number (p, end, &digits);
  if (digits <= 2)
    {
      value *= 100;
      if (*p + 1 < end && **p == ':' && g_ascii_isdigit ((*p)[1]))
        {
          (*p)++;
          value += read_number (p, end, &digits);
        }
    }
  if (digits == 0)
    return;
  date->has_zone = TRUE;
  /* an offset that cannot be is as good as none */
  date->offset_minutes = value % 100 < 60 && value / 100 <= 14
                           ? sign * (value / 100 * 60 + value % 100) : 0;
}

static void
read_word (DateParts   *date,
           const char **p,
           const char  *end)
{
  const char *start = *p;
  gsize size;
  int value;

  while (*p < end && (g_ascii_isalpha (**p) || (guchar) **p >= 0x80))
    (*p)++;
  size = (gsize) (*p - start);

  if (date->has_time && size == 2 && g_ascii_strncasecmp (start, "pm", 2) == 0)
    date->hour = date->hour < 12 ? date->hour + 12 : date->hour;
  else if (date->has_time && size == 2 && g_ascii_strncasecmp (start, "am", 2) == 0)
    date->hour = date->hour == 12 ? 0 : date->hour;
  else if (date->month == 0 && size >= 3 &&
           lookup (months, G_N_ELEMENTS (months), start, 3, &value) &&
           /* "Mar", the French Tuesday, stands before a day as well */
           (*p >= end || **p != ',' || date->day != 0))
    date->month = value;
  else if (date->has_time && !date->has_zone &&
           lookup (zones, G_N_ELEMENTS (zones), start, size, &value))
    {
      date->offset_minutes = value;
      date->has_zone = TRUE;
    }
}

/* YYYY-MM-DD, @p standing behind the year. */
static gboolean
read_iso_rest (DateParts   *date,
               int          year,
               const char **p,
               const char  *end)
{
  const char *q = *p + 1;
  int digits, month, day;

  month = read_number (&q, end, &digits);
  if (digits == 0 || digits > 2 || q >= end || (*q != '-' && *q != '/'))
    return FALSE;
  q++;
  day = read_number (&q, end, &digits);
  if (digits == 0 || digits > 2)
    return FALSE;

  set_year (date, year, 4);
  date->month = month;
  date->day = day;
  if (q + 1 < end && *q == 'T' && g_ascii_isdigit (q[1]))
    q++;
  *p = q;
  return TRUE;
}

static void
read_digits (DateParts   *date,
             const char **p,
             const char  *end)
{
  int digits;
  int value = read_number (p, end, &digits);

  if (!date->has_time && digits <= 2 && *p + 1 < end && (**p == ':' || **p == '.') &&
      g_ascii_isdigit ((*p)[1]) && (**p == ':' || date->month != 0))
    read_time (date, value, p, end);
  else if (digits == 4 && !date->has_year && date->month == 0 && *p < end &&
           (**p == '-' || **p == '/') && read_iso_rest (date, value, p, end))
    return;
  else if (digits <= 2 && date->day == 0)
    date->day = value;
  else if (digits <= 4 && !date->has_year)
    set_year (date, value, digits);
  else if (digits == 4 && date->has_time && !date->has_zone)
    {
      /* a zone without its sign: taken as east, as most programs do */
      date->has_zone = TRUE;
      date->offset_minutes = value / 100 <= 14 && value % 100 < 60
                               ? value / 100 * 60 + value % 100 : 0;
    }
}

/* Leaves out comments, and blanks around colons. RFC 5322 section 4.3. @out has room for all of it. */
static gsize
simplify (const char *bytes,
          gsize       size,
          char       *out)
{
  gsize n = 0;
  int depth = 0;

  for (gsize i = 0; i < size; i++)
    {
      char c = bytes[i];

      if (c == '(')
        depth++;
      else if (c == ')' && depth > 0)
        depth--;
      else if (depth == 0 && !(g_ascii_isspace (c) && n > 0 && out[n - 1] == ':'))
        {
          while (c == ':' && n > 0 && g_ascii_isspace (out[n - 1]))
            n--;
          out[n++] = c;
        }
    }

  return n;
}

/**
 * mime_date_parse:
 * @bytes: the value of a Date field
 * @size_bytes: its size, or -1 when it ends with a NUL
 * @out_unix: (out): seconds since 1970-01-01 00:00 UTC
 * @out_offset_minutes: (out) (optional): the zone it was written in, minutes east of UTC
 *
 * Reads a date in the form of RFC 5322 or one of the many that are sent instead. A day, a month and a
 * year must be there; without a time it is midnight, without a zone it is UTC.
 *
 * Returns: whether there was a date
 */
gboolean
mime_date_parse (const char *bytes,
                 gssize      size_bytes,
                 gint64     *out_unix,
                 int        *out_offset_minutes)
{
  char text[MAX_SIZE];
  gsize size = MIN (size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes, MAX_SIZE);
  const char *p = text, *end = text + simplify (bytes, size, text);
  DateParts date = { 0 };

  for (int tokens = 0; p < end && tokens < MAX_TOKENS;)
    {
      if (g_ascii_isdigit (*p))
        read_digits (&date, &p, end), tokens++;
      else if (g_ascii_isalpha (*p) || (guchar) *p >= 0x80)
        read_word (&date, &p, end), tokens++;
      else if ((*p == '+' || *p == '-') && date.has_time && !date.has_zone)
        read_offset (&date, &p, end), tokens++;
      else
        p++;
    }

  /* there was no year 0, nor can one be written */
  if (!date.has_year || date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > days_in_month (date.year, date.month) || date.hour > 24 || date.minute > 59 ||
      date.second > 61)
    return FALSE;

  *out_unix = days_from_civil (date.year, date.month, date.day) * 86400 +
              date.hour * 3600 + (date.minute - date.offset_minutes) * 60 + date.second;
  if (out_offset_minutes != NULL)
    *out_offset_minutes = date.offset_minutes;

  return TRUE;
}

/**
 * mime_date_format:
 * @unix_time: seconds since 1970-01-01 00:00 UTC
 * @offset_minutes: the zone to write it in, minutes east of UTC
 *
 * Returns: (transfer full): the date as RFC 5322 section 3.3 wants it, in English
 */
char *
mime_date_format (gint64 unix_time,
                  int    offset_minutes)
{
  static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char names[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  int offset = CLAMP (offset_minutes, -14 * 60, 14 * 60);
  /* years 1 to 9999: what the format has room for */
  gint64 local = CLAMP (unix_time + offset * 60, G_GINT64_CONSTANT (-62135596800),
                        G_GINT64_CONSTANT (253402300799));
  g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc (local);

  return g_strdup_printf ("%s, %d %s %04d %02d:%02d:%02d %c%02d%02d",
                          days[g_date_time_get_day_of_week (when) - 1],
                          g_date_time_get_day_of_month (when),
                          names[g_date_time_get_month (when) - 1],
                          g_date_time_get_year (when),
                          g_date_time_get_hour (when),
                          g_date_time_get_minute (when),
                          g_date_time_get_second (when),
                          offset < 0 ? '-' : '+', ABS (offset) / 60, ABS (offset) % 60);
}
