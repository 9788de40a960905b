/*
 * HTML as plain text: for the list's preview, the search index, quotes in answers, and for those who
 * read mail as text.
 */
#include "mime-html.h"

#include "mime-html-style-private.h"
#include "mime-html-tree-private.h"

#include <string.h>

/* Text beyond this is not written. */
#define MAX_TEXT_BYTES (4 * 1024 * 1024)

#define MAX_LIST_DEPTH 8
#define MAX_QUOTE_DEPTH 20

typedef struct
{
  gboolean ordered;
  int      next;
} ListLevel;

typedef struct
{
  GString        *out;
  gboolean        with_links;
  MimeHtmlStyles  styles;

  guint           pending_lines;  /* line ends owed before the next text */
  guint           pending_blanks; /* blanks owed before the next text in this line */
  gboolean        line_started;
  gboolean        blank_seen;     /* a non-breaking blank stands alone in this line */
  guint           n_lines;        /* line ends written or owed, ever: to see whether a cell has some */
  guint           pre_depth;
  guint           quote_depth;
  gboolean        quote_begins;   /* at the first line of a quote: no distance to what is before */
  ListLevel       lists[MAX_LIST_DEPTH];
  guint           list_depth;
  char            bullet[24];     /* owed before the next text */
} Writer;

static void
trim_line (Writer *writer)
{
  while (writer->out->len > 0 && writer->out->str[writer->out->len - 1] == ' ')
    g_string_truncate (writer->out, writer->out->len - 1);
}

static void
begin_line (Writer *writer)
{
  guint indent = 2 * MIN (writer->list_depth, MAX_LIST_DEPTH);
  guint bullet = (guint) g_utf8_strlen (writer->bullet, -1);

  for (guint i = 0; i < MIN (writer->quote_depth, MAX_QUOTE_DEPTH); i++)
    g_string_append (writer->out, i + 1 == MIN (writer->quote_depth, MAX_QUOTE_DEPTH) ? "> " : ">");
  for (guint i = 0; i + bullet < indent; i++)
    g_string_append_c (writer->out, ' ');
  g_string_append (writer->out, writer->bullet);
  writer->bullet[0] = '\0';
  writer->line_started = TRUE;
  writer->pending_blanks = 0;
}

static void
write_pending_lines (Writer *writer)
{
  if (writer->pending_lines > 0 && writer->out->len > 0)
    {
      trim_line (writer);
      for (guint i = 0; i < writer->pending_lines; i++)
        {
          /* an empty line inside a quote keeps its marks */
          for (guint j = 0; i > 0 && j < MIN (writer->quote_depth, MAX_QUOTE_DEPTH); j++)
            g_string_append_c (writer->out, '>');
          g_string_append_c (writer->out, '\n');
        }
      writer->line_started = FALSE;
    }
  writer->pending_lines = 0;
}

/* Writes what is owed before text comes. */
static void
flush (Writer *writer)
{
  write_pending_lines (writer);
  writer->quote_begins = FALSE;
  writer->blank_seen = FALSE;
  if (!writer->line_started)
    begin_line (writer);
  for (; writer->pending_blanks > 0; writer->pending_blanks--)
    g_string_append_c (writer->out, ' ');
}

static void
break_lines (Writer *writer,
             guint   n)
{
  if (writer->blank_seen)
    n = 2;
  writer->blank_seen = FALSE;
  if (!writer->quote_begins)
    writer->pending_lines = MAX (writer->pending_lines, n);
  writer->pending_blanks = 0;
  writer->n_lines++;
}

static void
add_line_break (Writer *writer)
{
  writer->pending_lines = MIN (writer->pending_lines + 1, 2);
  writer->pending_blanks = 0;
  writer->blank_seen = FALSE;
  writer->n_lines++;
}

static void
write_preformatted (Writer     *writer,
                    const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n')
        {
          if (writer->pending_lines > 0)
            flush (writer);
          g_string_append_c (writer->out, '\n');
          writer->line_started = FALSE;
        }
      else if (*p != '\r')
        {
          if (writer->pending_lines > 0 || !writer->line_started)
            flush (writer);
          g_string_append_c (writer->out, *p == '\t' ? ' ' : *p);
        }
    }
}

static void
write_text (Writer     *writer,
            const char *text)
{
  if (writer->out->len > MAX_TEXT_BYTES)
    return;
  if (writer->pre_depth > 0)
    {
      write_preformatted (writer, text);
      return;
    }

  for (const char *p = text; *p != '\0';)
    {
      const char *next = g_utf8_next_char (p);

      if (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r' || *p == '\f')
        {
          if (writer->line_started && writer->pending_lines == 0)
            writer->pending_blanks = MAX (writer->pending_blanks, 1);
        }
      else if (g_str_has_prefix (p, "\xc2\xa0"))
        {
          if (writer->line_started && writer->pending_lines == 0)
            writer->pending_blanks = MIN (writer->pending_blanks + 1, 4);
          else
            writer->blank_seen = TRUE;
        }
      else if (!g_str_has_prefix (p, "\xc2\xad") && !g_str_has_prefix (p, "\xe2\x80\x8b") &&
               !g_str_has_prefix (p, "\xef\xbb\xbf"))
        {
          flush (writer);
          g_string_append_len (writer->out, p, next - p);
        }
      p = next;
    }
}

/* Whether a link shows its target already: "example.org" for "https://example.org/". */
static gboolean
shows_target (const char *text,
              gsize       size,
              const char *target)
{
  gsize n;

  if (g_ascii_strncasecmp (target, "mailto:", 7) == 0)
    target += 7;
  else if (strstr (target, "://") != NULL &&
           g_ascii_strncasecmp (text, target, MIN (size, strlen (target))) != 0)
    target = strstr (target, "://") + 3;
  n = strlen (target);
  while (n > 0 && target[n - 1] == '/')
    n--;
  while (size > 0 && (text[size - 1] == '/' || text[size - 1] == ' '))
    size--;

  return n == size && g_ascii_strncasecmp (text, target, n) == 0;
}

static void
end_link (Writer          *writer,
          const GumboNode *node,
          guint            start)
{
  g_autofree char *target = g_strdup (mime_html_attribute (node, "href"));
  const char *text = writer->out->str + MIN (start, writer->out->len);
  gsize size;

  if (!writer->with_links || target == NULL)
    return;
  g_strstrip (target);
  if (g_ascii_strncasecmp (target, "http://", 7) != 0 &&
      g_ascii_strncasecmp (target, "https://", 8) != 0 &&
      g_ascii_strncasecmp (target, "mailto:", 7) != 0)
    return;

  while (*text == ' ' || *text == '\n' || *text == '>')
    text++;
  size = strlen (text);
  if (size == 0 || shows_target (text, size, target))
    return;
  if (writer->out->len > MAX_TEXT_BYTES)
    return;
  trim_line (writer);
  g_string_append_printf (writer->out, " <%s>", target);
}

static void
write_image (Writer          *writer,
             const GumboNode *node)
{
  const char *text = mime_html_attribute (node, "alt");

  if (!writer->with_links || text == NULL || text[strspn (text, " \t\n")] == '\0')
    return;
  write_text (writer, "[");
  write_text (writer, text);
  write_text (writer, "]");
}

static void
begin_item (Writer          *writer,
            const GumboNode *node)
{
  const char *value = mime_html_attribute (node, "value");
  ListLevel *level;

  break_lines (writer, 1);
  if (writer->list_depth == 0 || writer->list_depth > MAX_LIST_DEPTH)
    {
      g_strlcpy (writer->bullet, "• ", sizeof writer->bullet);
      return;
    }
  level = &writer->lists[writer->list_depth - 1];
  if (value != NULL && g_ascii_isdigit (*value))
    level->next = (int) MIN (g_ascii_strtoll (value, NULL, 10), 1000000);
  if (level->ordered)
    g_snprintf (writer->bullet, sizeof writer->bullet, "%d. ", level->next++);
  else
    g_strlcpy (writer->bullet, "• ", sizeof writer->bullet);
}

static void
begin_list (Writer          *writer,
            const GumboNode *node)
{
  const char *start = mime_html_attribute (node, "start");

  break_lines (writer, writer->list_depth == 0 ? 2 : 1);
  if (writer->list_depth < MAX_LIST_DEPTH)
    {
      ListLevel *level = &writer->lists[writer->list_depth];

      level->ordered = node->v.element.tag == GUMBO_TAG_OL;
      level->next = start != NULL && g_ascii_isdigit (*start)
                      ? (int) MIN (g_ascii_strtoll (start, NULL, 10), 1000000) : 1;
    }
  writer->list_depth++;
}

/* How much distance an element keeps from what is around it: 0 inline, 1 a line, 2 an empty line. */
static guint
element_distance (const GumboNode *node)
{
  const char *class;

  switch (node->v.element.tag)
    {
    case GUMBO_TAG_P:
      /* Word writes a paragraph for each line */
      class = mime_html_attribute (node, "class");
      return class != NULL && strstr (class, "Mso") != NULL ? 1 : 2;
    case GUMBO_TAG_H1: case GUMBO_TAG_H2: case GUMBO_TAG_H3:
    case GUMBO_TAG_H4: case GUMBO_TAG_H5: case GUMBO_TAG_H6:
    case GUMBO_TAG_BLOCKQUOTE: case GUMBO_TAG_PRE: case GUMBO_TAG_LISTING:
    case GUMBO_TAG_DL: case GUMBO_TAG_FIGURE:
      return 2;
    case GUMBO_TAG_DIV: case GUMBO_TAG_TABLE: case GUMBO_TAG_TR: case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_CENTER: case GUMBO_TAG_ADDRESS: case GUMBO_TAG_ARTICLE: case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_DD: case GUMBO_TAG_DT: case GUMBO_TAG_FOOTER: case GUMBO_TAG_FORM:
    case GUMBO_TAG_HEADER: case GUMBO_TAG_MAIN: case GUMBO_TAG_NAV: case GUMBO_TAG_SECTION:
    case GUMBO_TAG_FIELDSET: case GUMBO_TAG_LEGEND: case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_DETAILS: case GUMBO_TAG_SUMMARY: case GUMBO_TAG_BODY:
      return 1;
    default:
      return 0;
    }
}

static gboolean
is_never_text (GumboTag tag)
{
  switch (tag)
    {
    case GUMBO_TAG_HEAD: case GUMBO_TAG_STYLE: case GUMBO_TAG_SCRIPT: case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TEMPLATE: case GUMBO_TAG_IFRAME: case GUMBO_TAG_OBJECT: case GUMBO_TAG_SVG:
    case GUMBO_TAG_SELECT: case GUMBO_TAG_TEXTAREA: case GUMBO_TAG_AUDIO: case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_CANVAS: case GUMBO_TAG_DATALIST: case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED: case GUMBO_TAG_METER: case GUMBO_TAG_PROGRESS:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_preformatted (const GumboNode *node)
{
  const char *style = mime_html_attribute (node, "style");
  g_autofree char *white_space = NULL;

  if (node->v.element.tag == GUMBO_TAG_PRE || node->v.element.tag == GUMBO_TAG_LISTING ||
      node->v.element.tag == GUMBO_TAG_XMP || node->v.element.tag == GUMBO_TAG_PLAINTEXT)
    return TRUE;
  if (style == NULL || strstr (style, "white-space") == NULL)
    return FALSE;
  white_space = mime_html_style_get (style, "white-space");

  return g_strcmp0 (white_space, "pre") == 0 || g_strcmp0 (white_space, "pre-wrap") == 0;
}

static void
enter_element (Writer          *writer,
               const GumboNode *node,
               guint           *mark)
{
  guint distance = element_distance (node);

  if (distance > 0)
    break_lines (writer, distance);
  switch (node->v.element.tag)
    {
    case GUMBO_TAG_BR:
      add_line_break (writer);
      break;
    case GUMBO_TAG_HR:
      break_lines (writer, 1);
      write_text (writer, "----------");
      break_lines (writer, 1);
      break;
    case GUMBO_TAG_IMG:
      write_image (writer, node);
      break;
    case GUMBO_TAG_A:
      *mark = (guint) writer->out->len;
      break;
    case GUMBO_TAG_Q:
      write_text (writer, "“");
      break;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
      begin_list (writer, node);
      break;
    case GUMBO_TAG_LI:
      begin_item (writer, node);
      break;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      *mark = writer->n_lines;
      break;
    case GUMBO_TAG_BLOCKQUOTE:
      /* the empty line before a quote is not part of it */
      write_pending_lines (writer);
      writer->quote_begins = TRUE;
      writer->quote_depth++;
      break;
    default:
      break;
    }
  if (is_preformatted (node))
    writer->pre_depth++;
}

static gboolean
enter (const GumboNode *node,
       guint           *mark,
       gpointer         user_data)
{
  Writer *writer = user_data;

  if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
      node->type == GUMBO_NODE_CDATA)
    {
      write_text (writer, node->v.text.text);
      return FALSE;
    }
  if (node->type != GUMBO_NODE_ELEMENT)
    return FALSE;
  *mark = G_MAXUINT;
  if (is_never_text (node->v.element.tag) ||
      (node->v.element.tag != GUMBO_TAG_BODY && node->v.element.tag != GUMBO_TAG_HTML &&
       mime_html_styles_is_hidden (&writer->styles, node)))
    return FALSE;
  *mark = 0;
  enter_element (writer, node, mark);

  return TRUE;
}

static void
leave (const GumboNode *node,
       guint            mark,
       gpointer         user_data)
{
  Writer *writer = user_data;
  guint distance;

  if (node->type != GUMBO_NODE_ELEMENT || mark == G_MAXUINT)
    return;

  distance = element_distance (node);
  switch (node->v.element.tag)
    {
    case GUMBO_TAG_A:
      end_link (writer, node, mark);
      break;
    case GUMBO_TAG_Q:
      write_text (writer, "”");
      break;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
      writer->list_depth--;
      break_lines (writer, writer->list_depth == 0 ? 2 : 1);
      break;
    case GUMBO_TAG_LI:
      writer->bullet[0] = '\0';
      break_lines (writer, 1);
      break;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      /* cells of a line each are columns; cells with lines in them are a page's layout */
      if (writer->n_lines != mark)
        break_lines (writer, 1);
      else if (writer->line_started && writer->pending_lines == 0)
        writer->pending_blanks = 2;
      break;
    case GUMBO_TAG_BLOCKQUOTE:
      /* the empty line behind a quote is not part of it */
      if (writer->quote_depth > 0)
        writer->quote_depth--;
      break;
    default:
      break;
    }
  if (is_preformatted (node))
    writer->pre_depth--;
  if (distance > 0)
    break_lines (writer, distance);
}

static gboolean
find_styles (const GumboNode *node,
             guint           *mark,
             gpointer         user_data)
{
  Writer *writer = user_data;

  if (mime_html_is_element (node, GUMBO_TAG_STYLE))
    {
      const GumboVector *children = &node->v.element.children;

      for (guint i = 0; i < children->length; i++)
        {
          const GumboNode *child = children->data[i];

          if (child->type == GUMBO_NODE_TEXT)
            mime_html_styles_add (&writer->styles, child->v.text.text);
        }
      return FALSE;
    }

  return TRUE;
}

static char *
to_text (const char *html,
         gssize      size_bytes,
         gboolean    with_links)
{
  g_autoptr(MimeHtmlTree) tree = mime_html_tree_new (html, size_bytes);
  Writer writer = { 0 };

  if (tree == NULL)
    return mime_html_strip (html, size_bytes < 0 ? strlen (html) : (gsize) size_bytes);

  writer.out = g_string_new (NULL);
  writer.with_links = with_links;
  mime_html_styles_init (&writer.styles);
  mime_html_tree_walk (tree, find_styles, NULL, &writer);
  mime_html_tree_walk (tree, enter, leave, &writer);
  mime_html_styles_clear (&writer.styles);

  while (writer.out->len > 0 && g_ascii_isspace (writer.out->str[writer.out->len - 1]))
    g_string_truncate (writer.out, writer.out->len - 1);
  if (writer.out->len > 0)
    g_string_append_c (writer.out, '\n');

  return g_string_free (writer.out, FALSE);
}

/**
 * mime_html_to_text:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * HTML to be read as text: paragraphs, lists, tables with a row a line, quotes marked with ">", the targets
 * of links behind them in angle brackets, pictures by their description. What is hidden from readers of
 * the HTML is left out here as well.
 *
 * Limits: 8 MB of HTML, 4 MB of text; time and memory linear in the size.
 *
 * Returns: (transfer full): UTF-8, lines ending with LF
 */
char *
mime_html_to_text (const char *html,
                   gssize      size_bytes)
{
  return to_text (html, size_bytes, TRUE);
}

/**
 * mime_html_to_words:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * As mime_html_to_text(), without targets of links and descriptions of pictures: for previews and
 * for the search index.
 *
 * Returns: (transfer full): UTF-8, lines ending with LF
 */
char *
mime_html_to_words (const char *html,
                    gssize      size_bytes)
{
  return to_text (html, size_bytes, FALSE);
}

/**
 * mime_html_from_text:
 * @text: UTF-8
 *
 * Returns: (transfer full): a piece of HTML that shows the text as it is
 */
char *
mime_html_from_text (const char *text)
{
  g_autofree char *escaped = mime_html_escape (text);

  return g_strdup_printf ("<div style=\"white-space: pre-wrap\">%s</div>", escaped);
}
