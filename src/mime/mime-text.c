/*
 * Plain text as it is read, quoted and sent. Widths count characters as a terminal would: wide ones of
 * east Asia are two columns, combining ones none.
 */
#include "mime-text.h"

#include "mime-part-private.h"

#include <string.h>

/* Deeper quotes are treated as if they were this deep. */
#define MAX_QUOTE_DEPTH 100

/* RFC 3676 section 4.2: lines of at most 78 columns, of 66 to 72 by preference. */
#define FLOW_COLUMNS 72

static int
char_columns (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

static const char *
line_end (const char *line)
{
  const char *end = strchr (line, '\n');

  return end != NULL ? end : line + strlen (line);
}

/* Quote marks at the beginning of a line, with blanks between them or without. */
static guint
quote_depth (const char  *line,
             const char  *end,
             gboolean     with_blanks,
             const char **out_text)
{
  guint depth = 0;

  for (const char *p = line; p < end; p++)
    {
      if (*p == '>' && depth < MAX_QUOTE_DEPTH)
        {
          depth++;
          line = p + 1;
        }
      else if (*p != '>' && !(with_blanks && *p == ' ' && depth > 0))
        break;
    }
  *out_text = line;

  return depth;
}

/**
 * mime_text_unflow:
 * @text: text of format=flowed, lines ending with LF
 * @delete_space: the DelSp parameter: whether the blank that marks a flowing line is not text
 *
 * Joins the lines of flowing paragraphs, so that they may be wrapped to any width. Quotes keep their
 * marks, written ">> text". RFC 3676 section 4.
 *
 * Returns: (transfer full): the text
 */
char *
mime_text_unflow (const char *text,
                  gboolean    delete_space)
{
  GString *out = g_string_sized_new (strlen (text) + 1);
  gboolean flowing = FALSE;
  guint flowing_depth = 0;

  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line), *start;
      guint depth = quote_depth (line, end, FALSE, &start);
      gboolean signature;

      /* space-stuffing. RFC 3676 section 4.4 */
      if (start < end && *start == ' ')
        start++;
      signature = end - start == 3 && memcmp (start, "-- ", 3) == 0;

      if (flowing && (depth != flowing_depth || signature))
        {
          g_string_append_c (out, '\n');
          flowing = FALSE;
        }
      if (!flowing)
        for (guint i = 0; i < depth; i++)
          g_string_append (out, i + 1 == depth && start < end ? "> " : ">");

      flowing = end > start && end[-1] == ' ' && !signature;
      g_string_append_len (out, start, end - start - (flowing && delete_space ? 1 : 0));
      flowing_depth = depth;
      if (!flowing)
        g_string_append_c (out, '\n');
      line = *end == '\n' ? end + 1 : end;
    }
  if (flowing)
    g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}

/*
 * Finds where to break a line so that it fits: behind the last run of blanks that fits, else behind
 * the first one there is. Between wide characters, which no blanks separate, a break is good anywhere.
 */
static const char *
find_break (const char *start,
            const char *end,
            gsize       columns)
{
  const char *best = NULL;
  gsize column = 0;
  gboolean was_wide = FALSE;

  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean wide = g_unichar_iswide (c);

      if (p > start && p[-1] == ' ' && *p != ' ')
        best = p;
      else if (was_wide && wide && !g_unichar_ispunct (c))
        best = p;
      column += (gsize) char_columns (c);
      /* blanks at the end may stand out */
      if (column > columns && best != NULL && c != ' ')
        return best;
      was_wide = wide;
    }

  return end;
}

/* RFC 3676 section 4.4: what would be taken for a quote or for stuffing gets a blank before it. */
static void
append_stuffed (GString    *out,
                const char *start,
                const char *end)
{
  if (start < end && (*start == ' ' || *start == '>' ||
                      (end - start >= 5 && memcmp (start, "From ", 5) == 0)))
    g_string_append_c (out, ' ');
  g_string_append_len (out, start, end - start);
}

static void
append_quote_marks (GString *out,
                    guint    depth)
{
  for (guint i = 0; i < depth; i++)
    g_string_append_c (out, '>');
}

/**
 * mime_text_flow:
 * @text: text with one line a paragraph, lines ending with LF; quotes marked with ">"
 *
 * Breaks paragraphs into lines of at most 72 columns that flow together again at the reader's.
 * RFC 3676 section 4, without DelSp: between wide characters, where a break is no blank, lines are
 * left long rather than gain one.
 *
 * Returns: (transfer full): the text, for a part with format=flowed
 */
char *
mime_text_flow (const char *text)
{
  GString *out = g_string_sized_new (strlen (text) + strlen (text) / 32 + 2);

  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line), *next = *end == '\n' ? end + 1 : end, *start;
      guint depth = quote_depth (line, end, TRUE, &start);
      gsize columns = FLOW_COLUMNS - MIN (depth + (depth > 0), FLOW_COLUMNS / 2);

      if (depth > 0 && start < end && *start == ' ')
        start++;
      if (end - start == 3 && memcmp (start, "-- ", 3) == 0)
        ; /* the signature separator keeps its blank */
      else
        while (end > start && end[-1] == ' ')
          end--;

      for (;;)
        {
          const char *stop = find_break (start, end, columns);

          while (stop < end && stop[-1] != ' ')
            {
              /* no blank to break at: on to the next one */
              const char *blank = memchr (stop, ' ', (gsize) (end - stop));

              for (; blank != NULL && blank < end && *blank == ' '; blank++)
                ;
              stop = blank != NULL ? blank : end;
            }
          append_quote_marks (out, depth);
          if (depth > 0 && start < stop)
            g_string_append_c (out, ' ');
          if (depth > 0)
            g_string_append_len (out, start, stop - start);
          else
            append_stuffed (out, start, stop);
          g_string_append_c (out, '\n');
          if (stop >= end)
            break;
          start = stop;
        }
      line = next;
    }

  return g_string_free (out, FALSE);
}

/**
 * mime_text_wrap:
 * @text: text, lines ending with LF
 * @columns: the width to keep
 *
 * Wraps lines that are longer, quotes with their marks repeated. A word that is longer stays whole.
 *
 * Returns: (transfer full): the text
 */
char *
mime_text_wrap (const char *text,
                gsize       columns)
{
  GString *out = g_string_sized_new (strlen (text) + strlen (text) / 32 + 2);

  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line), *start;
      guint depth = quote_depth (line, end, TRUE, &start);
      gsize room = columns - MIN (depth + (depth > 0), columns / 2);

      if (depth > 0 && start < end && *start == ' ')
        start++;
      for (;;)
        {
          const char *stop = find_break (start, end, room), *shown = stop;

          while (stop < end && shown > start && shown[-1] == ' ')
            shown--;
          append_quote_marks (out, depth);
          if (depth > 0 && start < shown)
            g_string_append_c (out, ' ');
          g_string_append_len (out, start, shown - start);
          g_string_append_c (out, '\n');
          if (stop >= end)
            break;
          start = stop;
        }
      line = *end == '\n' ? end + 1 : end;
    }

  return g_string_free (out, FALSE);
}

/* The text without the signature that "-- " opens. RFC 3676 section 4.3. */
static gsize
size_without_signature (const char *text)
{
  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line);

      if (end - line == 3 && memcmp (line, "-- ", 3) == 0)
        return (gsize) (line - text);
      line = *end == '\n' ? end + 1 : end;
    }

  return strlen (text);
}

/**
 * mime_text_quote:
 * @text: the text that is answered
 * @attribution: (nullable): who wrote it and when, a line of the caller's
 *
 * Quotes a text for an answer: "> " before each line (">" before what is a quote already), without its
 * signature and the empty lines at its end.
 *
 * Returns: (transfer full): the quote, ending with LF
 */
char *
mime_text_quote (const char *text,
                 const char *attribution)
{
  GString *out = g_string_new (NULL);
  g_autofree char *body = g_strndup (text, size_without_signature (text));

  g_strchomp (body);
  if (attribution != NULL && *attribution != '\0')
    g_string_append_printf (out, "%s\n", attribution);

  for (const char *line = body; *line != '\0';)
    {
      const char *end = line_end (line);

      g_string_append (out, line == end || *line == '>' ? ">" : "> ");
      g_string_append_len (out, line, end - line);
      g_string_append_c (out, '\n');
      line = *end == '\n' ? end + 1 : end;
    }

  return g_string_free (out, FALSE);
}

/* A line that introduces a quote: ends with a colon and the next line that is not empty is one. */
static gboolean
is_attribution (const char *line,
                const char *end)
{
  const char *next = end;

  while (end > line && (end[-1] == ' ' || end[-1] == '\r'))
    end--;
  if (end == line || (end[-1] != ':' && end[-1] != '>') || end - line > 300)
    return FALSE;
  while (*next == '\n' || *next == ' ' || *next == '\r')
    next++;

  return *next == '>';
}

/* Lines made of punctuation only: rules, rows of stars, what tables leave. */
static gboolean
is_ornament (const char *line,
             const char *end)
{
  for (const char *p = line; p < end; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)) || g_utf8_get_char (p) >= 0x2600)
      return FALSE;

  return end - line > 2;
}

static gboolean
append_words (GString    *out,
              gsize      *n_chars,
              gsize       max_chars,
              const char *start,
              const char *end)
{
  gboolean blank = out->len > 0;

  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x200b || c == 0xfeff ||
          c == 0x34f || c == 0xad)
        {
          blank = out->len > 0;
          continue;
        }
      if (*n_chars + (blank ? 2 : 1) > max_chars)
        return FALSE;
      if (blank)
        {
          g_string_append_c (out, ' ');
          (*n_chars)++;
        }
      blank = FALSE;
      g_string_append_unichar (out, c);
      (*n_chars)++;
    }

  return TRUE;
}

/* What the author wrote, without quotes, their attribution, the signature and ornaments. Returns the end of
 * the line at which @out was full, or NULL when it is not. */
static const char *
append_own_words (GString    *out,
                  const char *text,
                  gsize       max_chars)
{
  gsize n_chars = 0;

  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line), *start = line;

      while (start < end && (*start == ' ' || *start == '\t'))
        start++;
      if (end - line == 3 && memcmp (line, "-- ", 3) == 0)
        break;
      if (start < end && *start != '>' && !is_ornament (start, end) &&
          !is_attribution (start, end) && !append_words (out, &n_chars, max_chars, start, end))
        return end;
      line = *end == '\n' ? end + 1 : end;
    }

  return NULL;
}

static void
append_quoted_words (GString    *out,
                     const char *text,
                     gsize       max_chars)
{
  gsize n_chars = 0;

  for (const char *line = text; *line != '\0';)
    {
      const char *end = line_end (line), *start = line;

      while (start < end && (*start == ' ' || *start == '>'))
        start++;
      if (!append_words (out, &n_chars, max_chars, start, end))
        break;
      line = *end == '\n' ? end + 1 : end;
    }
}

/**
 * mime_text_preview:
 * @text: the text of a message
 * @max_chars: how many characters to give at most
 *
 * The beginning of what its author wrote, in one line: quotes and their attribution, the signature and
 * ornaments are skipped. When nothing else is left, a quote is better than nothing.
 *
 * Returns: (transfer full): the preview, perhaps empty
 */
char *
mime_text_preview (const char *text,
                   gsize       max_chars)
{
  GString *out = g_string_new (NULL);

  append_own_words (out, text, max_chars);
  if (out->len == 0)
    append_quoted_words (out, text, max_chars);

  return g_string_free (out, FALSE);
}

/*
 * mime_text_preview_of_beginning:
 * @beginning: the beginning of a text, up to the end of a line
 *
 * Returns: (transfer full) (nullable): what mime_text_preview() gives of the whole text, or %NULL if that
 *   depends on the rest
 */
char *
mime_text_preview_of_beginning (const char *beginning,
                                gsize       max_chars)
{
  GString *out = g_string_new (NULL);
  const char *stop = append_own_words (out, beginning, max_chars);

  /* whether a line introduces a quote shows in the next one that is not empty */
  return g_string_free (out, stop == NULL || stop[strspn (stop, " \r\n")] == '\0');
}
