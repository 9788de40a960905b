#include "mime-encoding.h"

#include "mime-encoding-private.h"

#include <string.h>

#define BASE64_SPACE 64
#define BASE64_PAD   65
#define BASE64_JUNK  66

static const char base64_alphabet[] =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const guchar *
base64_values (void)
{
  static gsize ready = 0;
  static guchar values[256];

  if (g_once_init_enter (&ready))
    {
      memset (values, BASE64_JUNK, sizeof values);
      for (guchar i = 0; i < 64; i++)
        values[(guchar) base64_alphabet[i]] = i;
      values[' '] = values['\t'] = values['\r'] = values['\n'] = BASE64_SPACE;
      values['='] = BASE64_PAD;
      g_once_init_leave (&ready, 1);
    }

  return values;
}

/**
 * mime_base64_decode:
 * @encoded: base64, with line ends and whatever else got in between
 * @size_bytes: its size
 * @out: (out caller-allocates): room for at least `size_bytes / 4 * 3 + 3` bytes
 * @problems: (inout) (optional): gains MIME_PROBLEM_ENCODING_…
 *
 * Decodes base64. Padding in the middle is taken as a joint of two encoded pieces; padding that is
 * missing at the end of a character group is not needed to decode it. RFC 2045 section 6.8.
 *
 * Returns: how many bytes were written to @out
 */
gsize
mime_base64_decode (const char   *encoded,
                    gsize         size_bytes,
                    guchar       *out,
                    MimeProblems *problems)
{
  const guchar *values = base64_values ();
  guchar *start = out;
  guint32 quantum = 0;
  guint n = 0, n_padding = 0;
  gboolean junk = FALSE;

  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar value = values[(guchar) encoded[i]];

      if (value < 64)
        {
          quantum = quantum << 6 | value;
          if (++n == 4)
            {
              *out++ = (guchar) (quantum >> 16);
              *out++ = (guchar) (quantum >> 8);
              *out++ = (guchar) quantum;
              n = 0;
            }
          n_padding = 0;
        }
      else if (value == BASE64_PAD)
        {
          if (n == 2)
            *out++ = (guchar) (quantum >> 4);
          else if (n == 3)
            {
              *out++ = (guchar) (quantum >> 10);
              *out++ = (guchar) (quantum >> 2);
            }
          else if (n == 1 || ++n_padding > 2)
            junk = TRUE;
          n = 0;
        }
      else if (value == BASE64_JUNK)
        junk = TRUE;
    }

  if (n >= 2)
    *out++ = (guchar) (quantum >> (n == 2 ? 4 : 10));
  if (n == 3)
    *out++ = (guchar) (quantum >> 2);

  if (problems != NULL)
    *problems |= (junk ? MIME_PROBLEM_ENCODING_BROKEN : 0) |
                 (n > 0 ? MIME_PROBLEM_ENCODING_CUT : 0);

  return (gsize) (out - start);
}

/**
 * mime_base64_measure:
 * @encoded: base64
 * @size_bytes: its size
 * @problems: (inout): gains MIME_PROBLEM_ENCODING_…
 *
 * Returns: how many bytes mime_base64_decode() would give
 */
gsize
mime_base64_measure (const char   *encoded,
                     gsize         size_bytes,
                     MimeProblems *problems)
{
  const guchar *values = base64_values ();
  gsize n = 0, bytes = 0;

  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar value = values[(guchar) encoded[i]];

      if (value < 64)
        n++;
      else if (value == BASE64_PAD)
        {
          bytes += n / 4 * 3 + (n % 4 > 1 ? n % 4 - 1 : 0);
          n = 0;
        }
      else if (value == BASE64_JUNK)
        *problems |= MIME_PROBLEM_ENCODING_BROKEN;
    }
  if (n % 4 != 0)
    *problems |= MIME_PROBLEM_ENCODING_CUT;

  return bytes + n / 4 * 3 + (n % 4 > 1 ? n % 4 - 1 : 0);
}

/**
 * mime_quoted_printable_measure:
 * @encoded: quoted-printable
 * @size_bytes: its size
 *
 * Returns: about how many bytes mime_quoted_printable_decode() would give
 */
gsize
mime_quoted_printable_measure (const char *encoded,
                               gsize       size_bytes)
{
  const char *p = encoded, *end = encoded + size_bytes;
  gsize bytes = size_bytes;

  for (; p < end && (p = memchr (p, '=', (gsize) (end - p))) != NULL; p++)
    {
      if (end - p < 3)
        break;
      if (p[1] == '\n')
        bytes -= 2;
      else if (p[1] == '\r')
        bytes -= 3;
      else if (g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
        bytes -= 2;
    }

  return bytes;
}

/**
 * mime_quoted_printable_decode:
 * @encoded: quoted-printable
 * @size_bytes: its size
 * @out: (out caller-allocates): room for at least @size_bytes bytes
 * @in_header: whether it is the Q encoding of RFC 2047, where an underscore is a space
 * @problems: (inout) (optional): gains MIME_PROBLEM_ENCODING_BROKEN
 *
 * Decodes quoted-printable. An equals sign that introduces nothing stands for itself.
 * RFC 2045 section 6.7, RFC 2047 section 4.2.
 *
 * Returns: how many bytes were written to @out
 */
gsize
mime_quoted_printable_decode (const char   *encoded,
                              gsize         size_bytes,
                              guchar       *out,
                              gboolean      in_header,
                              MimeProblems *problems)
{
  const char *p = encoded, *end = encoded + size_bytes;
  guchar *start = out, *line_end = out;
  gboolean junk = FALSE;

  while (p < end)
    {
      if (*p == '=' && end - p >= 3 && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
        {
          *out++ = (guchar) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));
          line_end = out;
          p += 3;
        }
      else if (*p == '=' && !in_header)
        {
          const char *q = p + 1;

          while (q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
            q++;
          if (q == end || *q == '\n')
            p = q < end ? q + 1 : end;
          else
            {
              *out++ = (guchar) *p++;
              junk = TRUE;
            }
          line_end = out;
        }
      else if (*p == '\n' && !in_header)
        {
          /* blanks before the end of a line were added on the way */
          out = line_end;
          if (p > encoded && p[-1] == '\r')
            *out++ = '\r';
          *out++ = '\n';
          line_end = out;
          p++;
        }
      else
        {
          junk |= *p == '=';
          *out = in_header && *p == '_' ? ' ' : (guchar) *p;
          if (*out != ' ' && *out != '\t' && *out != '\r')
            line_end = out + 1;
          out++;
          p++;
        }
    }

  if (junk && problems != NULL)
    *problems |= MIME_PROBLEM_ENCODING_BROKEN;

  return (gsize) (out - start);
}

/* One line of uuencode into at most 45 bytes. */
static void
uudecode_line (const char *line,
               gsize       size,
               GByteArray *out)
{
  guint wanted;

  if (size == 0)
    return;
  wanted = (guint) (line[0] - ' ') & 63;
  for (gsize i = 1; wanted > 0; i += 4)
    {
      guint32 quantum = 0;
      guchar bytes[3];
      guint n = MIN (wanted, 3);

      for (gsize j = i; j < i + 4; j++)
        quantum = quantum << 6 | (j < size ? (guint) (line[j] - ' ') & 63 : 0);
      bytes[0] = (guchar) (quantum >> 16);
      bytes[1] = (guchar) (quantum >> 8);
      bytes[2] = (guchar) quantum;
      g_byte_array_append (out, bytes, n);
      wanted -= n;
    }
}

static GBytes *
uudecode (const char   *encoded,
          gsize         size_bytes,
          MimeProblems *problems)
{
  const char *p = encoded, *end = encoded + size_bytes;
  GByteArray *out = g_byte_array_new ();
  gboolean inside = FALSE, ended = FALSE;

  while (p < end && !ended)
    {
      const char *line_end = memchr (p, '\n', (gsize) (end - p));
      gsize size = (gsize) ((line_end != NULL ? line_end : end) - p);

      if (size > 0 && p[size - 1] == '\r')
        size--;
      if (!inside)
        inside = size > 6 && memcmp (p, "begin ", 6) == 0;
      else if (size == 3 && memcmp (p, "end", 3) == 0)
        ended = TRUE;
      else
        uudecode_line (p, size, out);
      p = line_end != NULL ? line_end + 1 : end;
    }

  if (!ended && problems != NULL)
    *problems |= MIME_PROBLEM_ENCODING_CUT;

  return g_byte_array_free_to_bytes (out);
}

/**
 * mime_body_decode:
 * @encoded: the body of a part as it came
 * @encoding: (nullable): its Content-Transfer-Encoding, in any case
 * @problems: (inout) (optional): gains MIME_PROBLEM_ENCODING_…
 *
 * Takes off the transfer encoding. What cannot be decoded is left out or stands for itself, and is
 * told in @problems; an encoding that nobody knows leaves the body as it is. RFC 2045 section 6.
 *
 * Returns: (transfer full): the decoded bytes
 */
GBytes *
mime_body_decode (GBytes       *encoded,
                  const char   *encoding,
                  MimeProblems *problems)
{
  static const char * const as_is[] = { "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none",
                                        "8bits", "7bits", NULL };
  gsize size;
  const char *data = g_bytes_get_data (encoded, &size);
  g_autofree char *name = g_ascii_strdown (encoding != NULL ? encoding : "", -1);

  g_strstrip (name);
  if (size == 0 || g_strv_contains (as_is, name))
    return g_bytes_ref (encoded);

  if (g_str_equal (name, "base64") || g_str_equal (name, "x-base64"))
    {
      guchar *out = g_malloc (size / 4 * 3 + 3);
      gsize n = mime_base64_decode (data, size, out, problems);

      return g_bytes_new_take (out, n);
    }
  if (g_str_equal (name, "quoted-printable") || g_str_equal (name, "quotedprintable"))
    {
      guchar *out = g_malloc (size);
      gsize n = mime_quoted_printable_decode (data, size, out, FALSE, problems);

      return g_bytes_new_take (out, n);
    }
  if (g_str_equal (name, "x-uuencode") || g_str_equal (name, "uuencode") ||
      g_str_equal (name, "x-uue"))
    return uudecode (data, size, problems);

  if (problems != NULL)
    *problems |= MIME_PROBLEM_ENCODING_UNKNOWN;
  return g_bytes_ref (encoded);
}
