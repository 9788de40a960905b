#include "pipit-config.h"

#include "pipit-link-finder.h"

#include <string.h>

/* No text has more that anybody would click. */
#define MAX_LINKS      2000
#define MAX_LINK_BYTES 4096

static const char * const schemes[] = { "https://", "http://", "mailto:" };

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_';
}

/* Where an address may not go on: what no address has, and the signs that people write around one. */
static gboolean
ends_address (gunichar c)
{
  return c == 0 || g_unichar_isspace (c) || g_unichar_iscntrl (c) || (c < 0x80 && strchr ("<>\"`", (int) c) != NULL) ||
         c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb ||
         /* the full stop and comma, brackets of Chinese and Japanese */
         (c >= 0x3001 && c <= 0x3011) || c == 0xff09 || c == 0xff0c || c == 0xff1b;
}

static const char *
find_end (const char *p,
          const char *end)
{
  const char *start = p;

  while (p < end && (gsize) (p - start) < MAX_LINK_BYTES)
    {
      gunichar c = g_utf8_get_char (p);

      if (ends_address (c))
        break;
      p = g_utf8_next_char (p);
    }

  return p;
}

static gsize
count (const char *start,
       const char *end,
       char        sign)
{
  gsize n = 0;

  for (const char *p = start; p < end; p++)
    n += *p == sign;

  return n;
}

/* A sentence's own signs are not the address's; a bracket is, when it was opened within. */
static const char *
trim_end (const char *start,
          const char *end)
{
  while (end > start)
    {
      char last = end[-1];

      if (strchr (".,;:!?'*_", last) != NULL ||
          (last == ')' && count (start, end, ')') > count (start, end, '(')) ||
          (last == ']' && count (start, end, ']') > count (start, end, '[')) ||
          (last == '}' && count (start, end, '}') > count (start, end, '{')))
        end--;
      else
        break;
    }

  return end;
}

static void
add (GArray     *links,
     const char *text,
     const char *start,
     const char *end,
     const char *prefix)
{
  g_autofree char *address = g_strndup (start, end - start);
  PipitLink link = { start - text, end - text, g_strconcat (prefix, address, NULL) };

  g_array_append_val (links, link);
}

static gboolean
begins_word (const char *text,
             const char *p)
{
  return p == text || !is_word (g_utf8_get_char (g_utf8_find_prev_char (text, p)));
}

/* http://…, mailto:… and www.… at @p. Returns where to go on, or NULL. */
static const char *
take_scheme (GArray     *links,
             const char *text,
             const char *p,
             const char *end)
{
  const char *stop;

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      gsize length = strlen (schemes[i]);

      if ((gsize) (end - p) <= length || g_ascii_strncasecmp (p, schemes[i], length) != 0)
        continue;
      stop = trim_end (p, find_end (p, end));
      if (stop <= p + length)
        return NULL;
      add (links, text, p, stop, "");
      return stop;
    }

  if (end - p > 6 && g_ascii_strncasecmp (p, "www.", 4) == 0)
    {
      stop = trim_end (p, find_end (p, end));
      if (stop > p + 6 && memchr (p + 4, '.', stop - p - 4) != NULL)
        {
          add (links, text, p, stop, "https://");
          return stop;
        }
    }

  return NULL;
}

static gboolean
is_local_part (char c)
{
  return g_ascii_isalnum (c) || strchr (".!#$%&'*+-/=?^_{|}~", c) != NULL;
}

/* name@domain.tld around an @. Returns where to go on, or NULL. */
static const char *
take_mail_address (GArray     *links,
                   const char *text,
                   const char *from,
                   const char *at,
                   const char *end)
{
  const char *start = at;
  const char *stop = at + 1;

  while (start > from && start[-1] != '\0' && is_local_part (start[-1]))
    start--;
  while (start < at && !g_ascii_isalnum (*start))
    start++;
  while (stop < end && (g_ascii_isalnum (*stop) || *stop == '-' || *stop == '.'))
    stop++;
  while (stop > at + 1 && !g_ascii_isalnum (stop[-1]))
    stop--;
  if (start == at || memchr (at, '.', stop - at) == NULL || at[1] == '.' || at[1] == '-')
    return NULL;

  add (links, text, start, stop, "mailto:");

  return stop;
}

static void
clear_link (gpointer data)
{
  g_free (((PipitLink *) data)->target);
}

/**
 * pipit_link_finder_find:
 * @text: UTF-8
 * @size_bytes: its size
 *
 * Finds http, https, mailto, www and mail addresses. Signs of the sentence around an address are not
 * taken as its own. Takes time in proportion to the text.
 *
 * Returns: (transfer full) (element-type PipitLink): in order, not overlapping
 */
GArray *
pipit_link_finder_find (const char *text,
                        gsize       size_bytes)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (PipitLink));
  const char *end = text + size_bytes;
  const char *from = text; /* the end of the link before */

  g_array_set_clear_func (links, clear_link);
  for (const char *p = text; p < end && links->len < MAX_LINKS;)
    {
      const char *next = NULL;

      if (*p == '@')
        next = take_mail_address (links, text, MAX (from, p - MIN (p - text, 64)), p, end);
      else if (strchr ("hHmMwW", *p) != NULL && *p != '\0' && begins_word (text, p))
        next = take_scheme (links, text, p, end);
      if (next != NULL)
        from = next;
      p = next != NULL ? next : p + 1;
    }

  return links;
}
