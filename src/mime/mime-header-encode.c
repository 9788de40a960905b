#include "mime-header-text-private.h"

#include <string.h>

/* RFC 2047 section 2: an encoded word has at most 75 characters, twelve of which are its frame. */
#define MAX_PAYLOAD 60

/* What may stand for itself in an encoded word, wherever the word stands. RFC 2047 section 5 (3). */
static gboolean
is_plain_in_q (guchar c)
{
  return g_ascii_isalnum (c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static gboolean
needs_encoding (const char *start,
                const char *end)
{
  for (const char *p = start; p < end; p++)
    if ((guchar) *p >= 0x7f || (guchar) *p < ' ' || (*p == '=' && p + 1 < end && p[1] == '?'))
      return TRUE;

  return FALSE;
}

/* The piece from the first word that has to be encoded to the last one; FALSE when there is none. */
static gboolean
find_range (const char  *text,
            const char **out_start,
            const char **out_end)
{
  gboolean found = FALSE;

  for (const char *word = text; *word != '\0';)
    {
      const char *end = word + strcspn (word, " ");

      if (needs_encoding (word, end))
        {
          if (!found)
            *out_start = word;
          *out_end = end;
          found = TRUE;
        }
      word = end + strspn (end, " ");
    }

  return found;
}

static gsize
q_size (guchar c)
{
  return c == ' ' || is_plain_in_q (c) ? 1 : 3;
}

static void
append_q (GString *out,
          guchar   c)
{
  if (c == ' ')
    g_string_append_c (out, '_');
  else if (is_plain_in_q (c))
    g_string_append_c (out, (char) c);
  else
    g_string_append_printf (out, "=%02X", c);
}

static gboolean
prefers_q (const char *start,
           const char *end)
{
  gsize size = 0;

  for (const char *p = start; p < end; p++)
    size += q_size ((guchar) *p);

  return size <= (gsize) (end - start) * 4 / 3 + 4;
}

/* One word of as many characters as fit; never part of a character. */
static const char *
append_word (GString    *out,
             const char *start,
             const char *end,
             gboolean    q)
{
  gsize size = 0;
  const char *p = start;

  while (p < end)
    {
      const char *next = g_utf8_next_char (p);
      gsize more = 0;

      for (const char *byte = p; byte < next; byte++)
        more += q ? q_size ((guchar) *byte) : 1;
      if (size + more > (q ? MAX_PAYLOAD : MAX_PAYLOAD * 3 / 4))
        break;
      size += more;
      p = next;
    }

  if (q)
    {
      g_string_append (out, "=?utf-8?Q?");
      for (const char *byte = start; byte < p; byte++)
        append_q (out, (guchar) *byte);
    }
  else
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) start, (gsize) (p - start));

      g_string_append_printf (out, "=?utf-8?B?%s", base64);
    }
  g_string_append (out, "?=");

  return p;
}

/*
 * mime_header_text_encode:
 * @text: UTF-8 in one line
 * @whole: whether all of it has to be encoded when any of it has to: for display names, whose other words
 *   might need quotes
 *
 * Writes text as a header field may have it, in ASCII and not folded. Text that looks like an encoded
 * word is encoded as well, so that it comes back as it is. RFC 2047.
 *
 * Returns: (transfer full): the value
 */
char *
mime_header_text_encode (const char *text,
                         gboolean    whole)
{
  const char *start = text, *end = text;
  GString *out;
  gboolean q;

  if (!find_range (text, &start, &end))
    return g_strdup (text);
  if (whole)
    {
      start = text;
      end = text + strlen (text);
    }

  out = g_string_new_len (text, start - text);
  q = prefers_q (start, end);
  for (const char *p = start; p < end;)
    {
      if (p > start)
        g_string_append_c (out, ' ');
      p = append_word (out, p, end, q);
    }
  g_string_append (out, end);

  return g_string_free (out, FALSE);
}
