#include "base-text.h"

#include <string.h>

/**
 * base_text_quote:
 * @bytes: what a server or a message said, of any encoding
 * @size_bytes: its size, or -1 when it ends with a NUL
 * @max_chars: how much of it to keep, in characters
 *
 * Makes a foreign text fit to stand in one line of an error message or a log: valid UTF-8, no
 * control characters, bounded.
 *
 * Returns: (transfer full): the text
 */
char *
base_text_quote (const char *bytes,
                 gssize      size_bytes,
                 gsize       max_chars)
{
  g_autofree char *valid = NULL;
  GString *quoted = g_string_new (NULL);
  gsize size = size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes;
  gsize chars = 0;

  /* four bytes a character at most: what lies behind is not even looked at */
  valid = g_utf8_make_valid (bytes, (gssize) MIN (size, max_chars * 4 + 4));

  for (const char *p = valid; *p != '\0' && chars < max_chars; p = g_utf8_next_char (p), chars++)
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (quoted, g_unichar_iscntrl (c) ? ' ' : c);
      if (chars + 1 == max_chars && *g_utf8_next_char (p) != '\0')
        g_string_append (quoted, "…");
    }

  return g_string_free (quoted, FALSE);
}
