/*
 * Text of header fields: RFC 2047 as it was meant and as it is sent.
 *
 * Nearly every field is plain ASCII, which is recognised in one pass and copied in another. The rest
 * goes through a decoder of our own, because GMime's loses what is slightly broken (base64 without its
 * padding, two words with no blank between) and turns a wrong charset into question marks. What is
 * well-formed gives the same in both; a test holds one against the other.
 */
#include "mime-header-text-private.h"

#include "mime-charset.h"
#include "mime-encoding-private.h"

#include <string.h>

/* Longest name of a charset, with its language, in an encoded word. */
#define MAX_CHARSET 60

typedef struct
{
  const char *charset;
  gsize       charset_size;
  char        encoding; /* 'q' or 'b' */
  const char *payload;
  gsize       payload_size;
  const char *end;      /* behind the word */
} EncodedWord;

/* Words that stand next to each other in one charset: their bytes belong together. */
typedef struct
{
  char        charset[MAX_CHARSET + 1];
  GByteArray *bytes;   /* (owned): decoded word by word */
  GString    *base64;  /* (owned): the encoded text of all words, while all are base64 */
  guint       n_words;
} WordRun;

/**
 * mime_header_text_is_plain:
 * @bytes: the value of a header field
 * @size_bytes: its size
 *
 * Returns: whether it is ASCII text without encoded words, possibly folded
 */
gboolean
mime_header_text_is_plain (const char *bytes,
                           gsize       size_bytes)
{
  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar c = (guchar) bytes[i];

      if (c >= 0x7f || (c < 0x20 && c != '\t' && c != '\r' && c != '\n'))
        return FALSE;
      if (c == '?' && i > 0 && bytes[i - 1] == '=')
        return FALSE;
    }

  return TRUE;
}

/* Unfolded: line ends fall away, every other control character is a blank. RFC 5322 section 2.2.3. */
static void
append_plain (GString    *text,
              const char *bytes,
              gsize       size_bytes)
{
  gsize start = text->len;
  char *out;

  g_string_set_size (text, start + size_bytes);
  out = text->str + start;
  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar c = (guchar) bytes[i];

      if (c >= 0x20 && c != 0x7f)
        *out++ = (char) c;
      else if (c != '\r' && c != '\n' && c != '\0')
        *out++ = ' ';
    }
  g_string_truncate (text, (gsize) (out - text->str));
}

/* What was decoded: a line end in it must not become one, and separates words. */
static void
append_decoded (GString    *text,
                const char *decoded)
{
  for (const char *p = decoded; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c == 0xc2 && (guchar) p[1] >= 0x80 && (guchar) p[1] < 0xa0)
        p++; /* C1 control characters */
      else
        g_string_append_c (text, c < 0x20 || c == 0x7f ? ' ' : (char) c);
    }
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Finds "?=" or, when it comes first, the "=?" of another word. */
static const char *
find_word_end (const char *p,
               const char *end)
{
  for (; (p = memchr (p, '?', (gsize) (end - p))) != NULL && p + 1 < end; p++)
    {
      if (p[1] == '=')
        return p;
      if (p[-1] == '=')
        return NULL;
    }

  return NULL;
}

/*
 * Reads an encoded word at @p ("=?"). Blanks inside are let through, and the last word of a field may
 * lack its end: programs cut subjects by length.
 */
static gboolean
read_word (const char  *p,
           const char  *end,
           EncodedWord *word)
{
  const char *mark;

  word->charset = p + 2;
  for (mark = word->charset; mark < end && *mark != '?'; mark++)
    if (is_blank (*mark) || mark - word->charset >= MAX_CHARSET)
      return FALSE;
  word->charset_size = (gsize) (mark - word->charset);
  if (word->charset_size == 0 || end - mark < 3 || mark[2] != '?')
    return FALSE;

  word->encoding = g_ascii_tolower (mark[1]);
  if (word->encoding != 'q' && word->encoding != 'b')
    return FALSE;

  word->payload = mark + 3;
  mark = find_word_end (word->payload, end);
  if (mark != NULL)
    {
      word->payload_size = (gsize) (mark - word->payload);
      word->end = mark + 2;
      return TRUE;
    }

  for (mark = word->payload; mark < end; mark++)
    if (is_blank (*mark) || *mark == '?')
      break;
  word->payload_size = (gsize) (mark - word->payload);
  word->end = mark < end && *mark == '?' && mark + 1 == end ? end : mark;
  return word->end == end && word->payload_size > 0;
}

static void
run_flush (WordRun *run,
           GString *text)
{
  g_autofree char *decoded = NULL;

  if (run->n_words == 0)
    return;

  /* a character split within a group of base64: only all words together make sense */
  if (run->n_words > 1 && run->base64 != NULL &&
      !g_utf8_validate_len ((const char *) run->bytes->data, run->bytes->len, NULL))
    {
      g_autofree guchar *joined = g_malloc (run->base64->len / 4 * 3 + 3);
      gsize n = mime_base64_decode (run->base64->str, run->base64->len, joined, NULL);

      if (g_utf8_validate_len ((const char *) joined, n, NULL))
        {
          g_byte_array_set_size (run->bytes, 0);
          g_byte_array_append (run->bytes, joined, (guint) n);
        }
    }

  decoded = mime_charset_to_utf8 ((const char *) run->bytes->data, run->bytes->len,
                                  run->charset, NULL);
  append_decoded (text, decoded);
  g_byte_array_set_size (run->bytes, 0);
  run->n_words = 0;
}

static void
run_add (WordRun           *run,
         const EncodedWord *word,
         GString           *text)
{
  guint start;

  if (run->bytes == NULL)
    run->bytes = g_byte_array_new ();
  if (run->n_words > 0 &&
      (strlen (run->charset) != word->charset_size ||
       g_ascii_strncasecmp (run->charset, word->charset, word->charset_size) != 0))
    run_flush (run, text);
  if (run->n_words == 0)
    {
      memcpy (run->charset, word->charset, word->charset_size);
      run->charset[word->charset_size] = '\0';
      if (run->base64 != NULL)
        g_string_free (g_steal_pointer (&run->base64), TRUE);
    }

  start = run->bytes->len;
  g_byte_array_set_size (run->bytes, start + (guint) word->payload_size + 4);
  if (word->encoding == 'b')
    {
      start += (guint) mime_base64_decode (word->payload, word->payload_size,
                                           run->bytes->data + start, NULL);
      if (run->n_words == 0)
        run->base64 = g_string_new (NULL);
      if (run->base64 != NULL)
        g_string_append_len (run->base64, word->payload, (gssize) word->payload_size);
    }
  else
    {
      start += (guint) mime_quoted_printable_decode (word->payload, word->payload_size,
                                                     run->bytes->data + start, TRUE, NULL);
      if (run->base64 != NULL)
        g_string_free (g_steal_pointer (&run->base64), TRUE);
    }
  g_byte_array_set_size (run->bytes, start);
  run->n_words++;
}

static gboolean
is_only_blank (const char *p,
               const char *end)
{
  while (p < end && is_blank (*p))
    p++;
  return p == end;
}

/* The value as UTF-8 text with encoded words in it. */
static void
append_with_words (GString    *text,
                   const char *bytes,
                   gsize       size_bytes)
{
  const char *end = bytes + size_bytes;
  const char *literal = bytes, *p = bytes;
  WordRun run = { 0 };

  while (p < end && (p = memchr (p, '=', (gsize) (end - p))) != NULL)
    {
      EncodedWord word;

      if (end - p < 2 || p[1] != '?' || !read_word (p, end, &word))
        {
          p++;
          continue;
        }
      if (run.n_words == 0 || !is_only_blank (literal, p))
        {
          run_flush (&run, text);
          append_plain (text, literal, (gsize) (p - literal));
        }
      run_add (&run, &word, text);
      literal = p = word.end;
    }

  run_flush (&run, text);
  append_plain (text, literal, (gsize) (end - literal));

  if (run.bytes != NULL)
    g_byte_array_unref (run.bytes);
  if (run.base64 != NULL)
    g_string_free (run.base64, TRUE);
}

/**
 * mime_header_text_append:
 * @text: (inout): where to append
 * @bytes: the value of a header field, or a piece of one
 * @size_bytes: its size
 * @charset: (nullable): in which charset the message declares its text, tried for bytes that stand
 *   there unencoded
 *
 * Appends the decoded text. Takes time linear in @size_bytes, except that each opening of an encoded
 * word without an end is searched once to the next one.
 */
void
mime_header_text_append (GString    *text,
                         const char *bytes,
                         gsize       size_bytes,
                         const char *charset)
{
  if (mime_header_text_is_plain (bytes, size_bytes))
    {
      append_plain (text, bytes, size_bytes);
    }
  else if (g_utf8_validate_len (bytes, size_bytes, NULL))
    {
      append_with_words (text, bytes, size_bytes);
    }
  else
    {
      g_autofree char *converted = mime_charset_to_utf8 (bytes, size_bytes, charset, NULL);

      append_with_words (text, converted, strlen (converted));
    }
}

/**
 * mime_header_text_word_length:
 * @bytes: where an encoded word might begin
 * @size_bytes: how much there is
 *
 * For those who look for separators: what stands inside an encoded word is none.
 *
 * Returns: the length of the encoded word at @bytes, or 0
 */
gsize
mime_header_text_word_length (const char *bytes,
                              gsize       size_bytes)
{
  EncodedWord word;

  if (size_bytes < 8 || bytes[0] != '=' || bytes[1] != '?' ||
      !read_word (bytes, bytes + size_bytes, &word))
    return 0;
  /* an end that is far away is the end of another one */
  if (word.payload_size > 400)
    return 0;

  return (gsize) (word.end - bytes);
}

/**
 * mime_header_text_decode:
 * @bytes: the value of a header field, folded or not
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Decodes an unstructured header field such as Subject: unfolds it, decodes encoded words (RFC 2047)
 * and bytes that stand there unencoded. Control characters become blanks.
 *
 * Returns: (transfer full): valid UTF-8 in one line, without blanks around it
 */
char *
mime_header_text_decode (const char *bytes,
                         gssize      size_bytes)
{
  gsize size = size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes;
  GString *text = g_string_sized_new (size + 1);

  mime_header_text_append (text, bytes, size, NULL);

  return g_strstrip (g_string_free (text, FALSE));
}
