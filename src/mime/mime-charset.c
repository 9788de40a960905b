#include "mime-charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* A name of a charset that is longer is not a name. */
#define MAX_CHARSET_NAME 40

typedef enum
{
  KIND_NONE,       /* nothing declared, or nothing that says anything */
  KIND_UTF8,
  KIND_SINGLE,     /* one byte a character: every text is valid in it, which proves nothing */
  KIND_MULTIPLE,   /* several bytes with rules of their own: to be valid proves a lot */
  KIND_WIDE,       /* UTF-16 and UTF-32: NUL bytes belong to it */
} CharsetKind;

typedef struct
{
  const char *name;
  const char *iconv_name; /* (nullable): %NULL when no conversion is needed */
  CharsetKind kind;
} CharsetAlias;

/*
 * The names that people's programs really write, and what they mean by them: the Windows superset
 * where there is one, because what calls itself ISO-8859-1, GB2312 or KS_C_5601-1987 uses the
 * characters of the superset. Sorted by name in lower case with everything but letters and digits
 * removed, for bsearch().
 */
static const CharsetAlias aliases[] = {
  { "18030", "GB18030", KIND_MULTIPLE },
  { "8bit", NULL, KIND_NONE },
  { "936", "GB18030", KIND_MULTIPLE },
  { "ansix341968", NULL, KIND_NONE },
  { "ascii", NULL, KIND_NONE },
  { "big5", "BIG5-HKSCS", KIND_MULTIPLE },
  { "big5hkscs", "BIG5-HKSCS", KIND_MULTIPLE },
  { "binary", NULL, KIND_NONE },
  { "cp1252", "WINDOWS-1252", KIND_SINGLE },
  { "cp932", "CP932", KIND_MULTIPLE },
  { "cp936", "GB18030", KIND_MULTIPLE },
  { "cp949", "CP949", KIND_MULTIPLE },
  { "cp950", "BIG5-HKSCS", KIND_MULTIPLE },
  { "cseuckr", "CP949", KIND_MULTIPLE },
  { "csiso2022jp", "ISO-2022-JP", KIND_MULTIPLE },
  { "csksc56011987", "CP949", KIND_MULTIPLE },
  { "default", NULL, KIND_NONE },
  { "euccn", "GB18030", KIND_MULTIPLE },
  { "eucjp", "EUC-JP", KIND_MULTIPLE },
  { "euckr", "CP949", KIND_MULTIPLE },
  { "euctw", "EUC-TW", KIND_MULTIPLE },
  { "gb18030", "GB18030", KIND_MULTIPLE },
  { "gb2312", "GB18030", KIND_MULTIPLE },
  { "gb231280", "GB18030", KIND_MULTIPLE },
  { "gbk", "GB18030", KIND_MULTIPLE },
  { "iso2022cn", "ISO-2022-CN", KIND_MULTIPLE },
  { "iso2022jp", "ISO-2022-JP", KIND_MULTIPLE },
  { "iso2022jp1", "ISO-2022-JP-2", KIND_MULTIPLE },
  { "iso2022jp2", "ISO-2022-JP-2", KIND_MULTIPLE },
  { "iso2022jp3", "ISO-2022-JP-3", KIND_MULTIPLE },
  { "iso2022jpms", "ISO-2022-JP-3", KIND_MULTIPLE },
  { "iso2022kr", "ISO-2022-KR", KIND_MULTIPLE },
  { "iso88591", "WINDOWS-1252", KIND_SINGLE },
  { "iso885911", "WINDOWS-874", KIND_SINGLE },
  { "iso88598e", "ISO-8859-8", KIND_SINGLE },
  { "iso88598i", "ISO-8859-8", KIND_SINGLE },
  { "iso88599", "WINDOWS-1254", KIND_SINGLE },
  { "johab", "JOHAB", KIND_MULTIPLE },
  { "ksc5601", "CP949", KIND_MULTIPLE },
  { "ksc56011987", "CP949", KIND_MULTIPLE },
  { "ksc56011989", "CP949", KIND_MULTIPLE },
  { "latin1", "WINDOWS-1252", KIND_SINGLE },
  { "macintosh", "MACINTOSH", KIND_SINGLE },
  { "macroman", "MACINTOSH", KIND_SINGLE },
  { "mskanji", "CP932", KIND_MULTIPLE },
  { "none", NULL, KIND_NONE },
  { "shiftjis", "CP932", KIND_MULTIPLE },
  { "sjis", "CP932", KIND_MULTIPLE },
  { "tis620", "WINDOWS-874", KIND_SINGLE },
  { "uhc", "CP949", KIND_MULTIPLE },
  { "unicode11utf7", "UTF-7", KIND_MULTIPLE },
  { "unicode11utf8", NULL, KIND_UTF8 },
  { "unknown", NULL, KIND_NONE },
  { "unknown8bit", NULL, KIND_NONE },
  { "us", NULL, KIND_NONE },
  { "usascii", NULL, KIND_NONE },
  { "utf16", "UTF-16", KIND_WIDE },
  { "utf16be", "UTF-16BE", KIND_WIDE },
  { "utf16le", "UTF-16LE", KIND_WIDE },
  { "utf32", "UTF-32", KIND_WIDE },
  { "utf32be", "UTF-32BE", KIND_WIDE },
  { "utf32le", "UTF-32LE", KIND_WIDE },
  { "utf7", "UTF-7", KIND_MULTIPLE },
  { "utf8", NULL, KIND_UTF8 },
  { "win1250", "WINDOWS-1250", KIND_SINGLE },
  { "win1251", "WINDOWS-1251", KIND_SINGLE },
  { "win1252", "WINDOWS-1252", KIND_SINGLE },
  { "windows1252", "WINDOWS-1252", KIND_SINGLE },
  { "windows31j", "CP932", KIND_MULTIPLE },
  { "windows936", "GB18030", KIND_MULTIPLE },
  { "windows949", "CP949", KIND_MULTIPLE },
  { "xeucjp", "EUC-JP", KIND_MULTIPLE },
  { "xgbk", "GB18030", KIND_MULTIPLE },
  { "xmacroman", "MACINTOSH", KIND_SINGLE },
  { "xsjis", "CP932", KIND_MULTIPLE },
  { "xunknown", NULL, KIND_NONE },
  { "xuserdefined", NULL, KIND_NONE },
  { "xwindows949", "CP949", KIND_MULTIPLE },
};

/* What windows-1252 has at 0x80 to 0x9f; five of them are not assigned. */
static const guint16 windows_1252[32] = {
  0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
  0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

/**
 * mime_charset_from_1252:
 * @bytes: text in windows-1252, or in nobody knows what
 * @size_bytes: its size
 *
 * The last resort: cannot fail, and is right for most of what western Europe sends unlabelled.
 *
 * Returns: (transfer full): the text in UTF-8, without NUL characters
 */
char *
mime_charset_from_1252 (const char *bytes,
                        gsize       size_bytes)
{
  GString *text = g_string_sized_new (size_bytes + size_bytes / 4 + 1);

  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar c = (guchar) bytes[i];

      if (c == 0)
        continue;
      if (c < 0x80)
        g_string_append_c (text, (char) c);
      else
        g_string_append_unichar (text, c < 0xa0 ? windows_1252[c - 0x80] : c);
    }

  return g_string_free (text, FALSE);
}

static int
compare_alias (const void *key,
               const void *alias)
{
  return strcmp (key, ((const CharsetAlias *) alias)->name);
}

/* Finds out what a declared charset means. @out_iconv_name has room for MAX_CHARSET_NAME + 1. */
static CharsetKind
charset_resolve (const char *charset,
                 char       *out_iconv_name)
{
  char key[MAX_CHARSET_NAME + 1];
  gsize n_key = 0, n_name = 0;
  const CharsetAlias *alias;

  for (const char *p = charset; p != NULL && *p != '\0'; p++)
    {
      /* RFC 2231 allows a language behind the charset of an encoded word */
      if (*p == '*' || n_name == MAX_CHARSET_NAME)
        break;
      if (g_ascii_isalnum (*p))
        key[n_key++] = g_ascii_tolower (*p);
      if (g_ascii_isalnum (*p) || strchr ("-_:.+", *p) != NULL)
        out_iconv_name[n_name++] = *p;
    }
  key[n_key] = out_iconv_name[n_name] = '\0';

  if (n_key == 0)
    return KIND_NONE;

  alias = bsearch (key, aliases, G_N_ELEMENTS (aliases), sizeof aliases[0], compare_alias);
  if (alias == NULL)
    return KIND_SINGLE;
  if (alias->iconv_name != NULL)
    g_strlcpy (out_iconv_name, alias->iconv_name, MAX_CHARSET_NAME + 1);

  return alias->kind;
}

/*
 * Converts with iconv; a byte that does not fit becomes U+FFFD, and *out_n_bad counts them.
 * Returns NULL when iconv does not know the charset.
 */
static char *
convert (const char *bytes,
         gsize       size_bytes,
         const char *iconv_name,
         gsize      *out_n_bad)
{
  static const char replacement[] = "\xef\xbf\xbd";
  iconv_t converter = iconv_open ("UTF-8", iconv_name);
  char *in = (char *) bytes;
  gsize in_left = size_bytes;
  gsize n_bad = 0;
  GString *text;
  char buffer[4096];

  if (converter == (iconv_t) -1)
    return NULL;

  text = g_string_sized_new (size_bytes + size_bytes / 2 + 8);
  for (;;)
    {
      char *out = buffer;
      gsize out_left = sizeof buffer;
      gsize rc = iconv (converter, in_left > 0 ? &in : NULL, &in_left, &out, &out_left);

      g_string_append_len (text, buffer, out - buffer);
      if (rc == (gsize) -1 && errno == E2BIG)
        continue;
      if (rc == (gsize) -1 && in_left > 0)
        {
          g_string_append_len (text, replacement, 3);
          n_bad++;
          in++;
          in_left--;
          continue;
        }
      if (in_left == 0 && out == buffer)
        break;
    }

  iconv_close (converter);
  *out_n_bad = n_bad;

  /* NUL characters would end the string early */
  if (strlen (text->str) < text->len)
    {
      gsize kept = 0;

      for (gsize i = 0; i < text->len; i++)
        if (text->str[i] != '\0')
          text->str[kept++] = text->str[i];
      g_string_truncate (text, kept);
    }

  return g_string_free (text, FALSE);
}

typedef struct
{
  gboolean ascii;
  gboolean has_nul;
  gsize n_sequences; /* well-formed sequences of several bytes */
  gsize n_bad;       /* bytes that belong to none */
} Utf8Survey;

static void
survey_utf8 (const char *bytes,
             gsize       size_bytes,
             Utf8Survey *survey)
{
  const char *p = bytes, *end = bytes + size_bytes;

  memset (survey, 0, sizeof *survey);
  survey->ascii = TRUE;
  while (p < end)
    {
      gunichar c;

      if ((guchar) *p < 0x80)
        {
          survey->has_nul |= *p == '\0';
          p++;
          continue;
        }
      survey->ascii = FALSE;
      c = g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          survey->n_bad++;
          p++;
        }
      else
        {
          survey->n_sequences++;
          p = g_utf8_next_char (p);
        }
    }
}

/* Takes text as UTF-8: NUL removed, what is not UTF-8 replaced. */
static char *
take_utf8 (const char       *bytes,
           gsize             size_bytes,
           const Utf8Survey *survey)
{
  g_autoptr(GString) kept = NULL;

  if (!survey->has_nul)
    return survey->n_bad == 0 ? g_strndup (bytes, size_bytes)
                              : g_utf8_make_valid (bytes, (gssize) size_bytes);

  kept = g_string_sized_new (size_bytes);
  for (gsize i = 0; i < size_bytes; i++)
    if (bytes[i] != '\0')
      g_string_append_c (kept, bytes[i]);

  return g_utf8_make_valid (kept->str, (gssize) kept->len);
}

static void
note (MimeProblems *problems,
      MimeProblems  problem)
{
  if (problems != NULL)
    *problems |= problem;
}

/* Text that is not valid UTF-8, with a declared charset that did not help. */
static char *
guess (const char       *bytes,
       gsize             size_bytes,
       CharsetKind       kind,
       const Utf8Survey *survey)
{
  /* mostly UTF-8 with damage in a few places, or cut in the middle of a character */
  if (survey->n_sequences > survey->n_bad * 2 ||
      (kind == KIND_UTF8 && survey->n_sequences >= survey->n_bad))
    return take_utf8 (bytes, size_bytes, survey);

  return mime_charset_from_1252 (bytes, size_bytes);
}

/**
 * mime_charset_to_utf8:
 * @bytes: text
 * @size_bytes: its size
 * @charset: (nullable): the charset that was declared for it
 * @problems: (inout) (optional): gains MIME_PROBLEM_CHARSET_…
 *
 * Converts text to UTF-8 and never fails. What is valid UTF-8 with characters beyond ASCII is UTF-8
 * whatever single-byte charset was declared, because that cannot happen by accident; then comes
 * the declared charset, at last windows-1252. Takes time linear in @size_bytes.
 *
 * Returns: (transfer full): valid UTF-8 without NUL characters
 */
char *
mime_charset_to_utf8 (const char   *bytes,
                      gsize         size_bytes,
                      const char   *charset,
                      MimeProblems *problems)
{
  char iconv_name[MAX_CHARSET_NAME + 1] = "";
  CharsetKind kind = charset_resolve (charset, iconv_name);
  g_autofree char *converted = NULL;
  Utf8Survey survey;
  gsize n_bad = 0;

  if (size_bytes >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0)
    {
      bytes += 3;
      size_bytes -= 3;
      kind = KIND_UTF8;
    }
  else if (size_bytes >= 2 && kind != KIND_WIDE &&
           (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "\xfe\xff", 2) == 0))
    {
      kind = KIND_WIDE;
      g_strlcpy (iconv_name, "UTF-16", sizeof iconv_name);
    }

  survey_utf8 (bytes, size_bytes, &survey);

  if (kind == KIND_WIDE && !survey.has_nul && survey.n_bad == 0)
    kind = KIND_UTF8; /* says UTF-16 and is not */
  if (survey.ascii && (kind == KIND_NONE || kind == KIND_UTF8 || kind == KIND_SINGLE))
    return take_utf8 (bytes, size_bytes, &survey);

  if (kind == KIND_MULTIPLE || kind == KIND_WIDE)
    {
      converted = convert (bytes, size_bytes, iconv_name, &n_bad);
      if (converted != NULL && n_bad == 0)
        return g_steal_pointer (&converted);
    }

  if (survey.n_bad == 0 && !survey.ascii)
    {
      if (kind != KIND_UTF8)
        note (problems, MIME_PROBLEM_CHARSET_WRONG);
      return take_utf8 (bytes, size_bytes, &survey);
    }

  if (kind == KIND_SINGLE && g_ascii_strcasecmp (iconv_name, "WINDOWS-1252") == 0)
    return mime_charset_from_1252 (bytes, size_bytes);

  if (kind == KIND_SINGLE)
    converted = convert (bytes, size_bytes, iconv_name, &n_bad);
  if (kind == KIND_SINGLE && converted == NULL)
    note (problems, MIME_PROBLEM_CHARSET_UNKNOWN);
  else if (n_bad > 0 || kind == KIND_UTF8)
    note (problems, MIME_PROBLEM_CHARSET_WRONG);

  /* a few bytes that do not fit are damage; many mean that it is something else */
  if (converted != NULL && n_bad <= 2 + size_bytes / 50)
    return g_steal_pointer (&converted);

  return guess (bytes, size_bytes, kind, &survey);
}

/**
 * mime_text_to_utf8:
 * @bytes: the decoded bytes of a text part
 * @charset: (nullable): its charset parameter
 * @problems: (inout) (optional): gains MIME_PROBLEM_CHARSET_…
 *
 * Returns: (transfer full): its text, valid UTF-8 with line ends as LF and no other control characters of
 *   ASCII but tabs
 */
char *
mime_text_to_utf8 (GBytes       *bytes,
                   const char   *charset,
                   MimeProblems *problems)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  char *text = mime_charset_to_utf8 (data != NULL ? data : "", size, charset, problems);
  char *out = text;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\r' && p[1] != '\n')
        *out++ = '\n';
      else if ((guchar) *p >= ' ' ? *p != 0x7f : *p == '\n' || *p == '\t')
        *out++ = *p;
    }
  *out = '\0';

  return text;
}
