/*
 * HTML of others inside HTML of ours: the quote in an answer. Only what is listed here passes, written
 * anew from the tree; nothing of the source is copied. What is written holds no comments, no raw text elements
 * and no foreign elements, so that every parser reads it the same way.
 */
#include "mime-html.h"

#include "mime-html-style-private.h"
#include "mime-html-tree-private.h"

#include <string.h>

/* Elements open at once; what is deeper loses its elements and keeps its text. */
#define MAX_OPEN 200

#define MAX_OUTPUT_BYTES (8 * 1024 * 1024)
#define MAX_STYLE_BYTES  2000

typedef struct
{
  GString *out;
  guint    n_open;
} Sanitizer;

static const char * const allowed_elements[] = {
  "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
  "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
  "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong",
  "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", NULL
};

/* Elements whose content is no text, or is read in a way of its own. */
static const char * const dropped_elements[] = {
  "head", "style", "script", "title", "template", "iframe", "object", "embed", "applet", "svg", "math",
  "select", "textarea", "audio", "video", "canvas", "noscript", "noembed", "noframes", "frameset",
  "xmp", "plaintext", "listing", "datalist", "map", NULL
};

static const char * const allowed_attributes[] = {
  "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "cols", "colspan", "dir",
  "face", "height", "lang", "rowspan", "size", "span", "start", "title", "type", "valign", "value",
  "width", NULL
};

static const char * const allowed_properties[] = {
  "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
  "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction",
  "font", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing",
  "line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
  "margin-top", "max-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
  "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space",
  "width", NULL
};

static gboolean
is_void (const char *name)
{
  static const char * const names[] = { "br", "hr", "img", "col", NULL };

  return g_strv_contains (names, name);
}

/* Letters, numbers, and the few signs that values of colours, lengths and font names need. */
static gboolean
is_harmless_value (const char *value,
                   gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (value[i]) && strchr (" #%.,-+()'\"!\t\n\r", value[i]) == NULL)
      return FALSE;
  for (gsize i = 0; i < size; i++)
    /* the only function that a colour needs */
    if (value[i] == '(' && !(i >= 3 && g_ascii_strncasecmp (value + i - 3, "rgb", 3) == 0) &&
        !(i >= 4 && g_ascii_strncasecmp (value + i - 4, "rgba", 4) == 0))
      return FALSE;

  return TRUE;
}

static void
append_declaration (GString    *style,
                    const char *start,
                    const char *end)
{
  const char *colon = memchr (start, ':', (gsize) (end - start));
  g_autofree char *property = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL || style->len > MAX_STYLE_BYTES)
    return;
  property = g_ascii_strdown (start, colon - start);
  g_strstrip (property);
  value = g_strndup (colon + 1, (gsize) (end - colon - 1));
  g_strstrip (value);
  if (g_strv_contains (allowed_properties, property) && *value != '\0' && strlen (value) < 200 &&
      is_harmless_value (value, strlen (value)))
    g_string_append_printf (style, "%s%s: %s", style->len > 0 ? "; " : "", property, value);
}

static char *
sanitize_style (const char *declarations)
{
  GString *style = g_string_new (NULL);

  for (const char *p = declarations; *p != '\0';)
    {
      const char *end = p + strcspn (p, ";");

      append_declaration (style, p, end);
      p = *end == ';' ? end + 1 : end;
    }

  return g_string_free (style, FALSE);
}

static gboolean
has_scheme (const char         *address,
            const char * const *schemes)
{
  for (gsize i = 0; schemes[i] != NULL; i++)
    if (g_ascii_strncasecmp (address, schemes[i], strlen (schemes[i])) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_link_allowed (const char *address)
{
  static const char * const schemes[] = { "http://", "https://", "mailto:", "tel:", NULL };

  return has_scheme (address, schemes);
}

static gboolean
is_image_allowed (const char *address)
{
  static const char * const schemes[] = { "cid:", "data:image/png;base64,", "data:image/jpeg;base64,",
                                          "data:image/gif;base64,", "data:image/webp;base64,", NULL };

  return has_scheme (address, schemes);
}

static void
append_attribute (GString    *out,
                  const char *name,
                  const char *value)
{
  g_autofree char *escaped = mime_html_escape (value);

  g_string_append_printf (out, " %s=\"%s\"", name, escaped);
}

static void
write_attribute (Sanitizer            *self,
                 const char           *element,
                 const GumboAttribute *attribute)
{
  g_autofree char *value = NULL;

  if (attribute->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE)
    return;

  value = g_strdup (attribute->value);
  g_strstrip (value);
  if (g_str_equal (attribute->name, "style"))
    {
      g_autofree char *style = sanitize_style (value);

      if (*style != '\0')
        append_attribute (self->out, "style", style);
    }
  else if (g_str_equal (attribute->name, "href"))
    {
      if (g_str_equal (element, "a") && is_link_allowed (value))
        append_attribute (self->out, "href", value);
    }
  else if (g_str_equal (attribute->name, "src"))
    {
      if (g_str_equal (element, "img") && is_image_allowed (value))
        append_attribute (self->out, "src", value);
    }
  else if (g_strv_contains (allowed_attributes, attribute->name) && strlen (value) < 1000)
    append_attribute (self->out, attribute->name, value);
}

static const char *
element_name (const GumboNode *node)
{
  if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML)
    return "svg";
  if (node->v.element.tag == GUMBO_TAG_UNKNOWN)
    return "";

  return gumbo_normalized_tagname (node->v.element.tag);
}

static gboolean
enter (const GumboNode *node,
       guint           *mark,
       gpointer         user_data)
{
  Sanitizer *self = user_data;
  const char *name;

  *mark = 0;
  if (self->out->len > MAX_OUTPUT_BYTES)
    return FALSE;
  if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
      node->type == GUMBO_NODE_CDATA)
    {
      g_autofree char *escaped = mime_html_escape (node->v.text.text);

      g_string_append (self->out, escaped);
      return FALSE;
    }
  if (node->type != GUMBO_NODE_ELEMENT)
    return FALSE;

  name = element_name (node);
  if (g_strv_contains (dropped_elements, name))
    return FALSE;
  if (!g_strv_contains (allowed_elements, name) || self->n_open >= MAX_OPEN)
    return TRUE;

  g_string_append_printf (self->out, "<%s", name);
  for (guint i = 0; i < node->v.element.attributes.length; i++)
    write_attribute (self, name, node->v.element.attributes.data[i]);
  g_string_append_c (self->out, '>');
  if (!is_void (name))
    {
      *mark = 1;
      self->n_open++;
      /* the parser of who reads this takes the first line end away */
      if (g_str_equal (name, "pre"))
        g_string_append_c (self->out, '\n');
    }

  return TRUE;
}

static void
leave (const GumboNode *node,
       guint            mark,
       gpointer         user_data)
{
  Sanitizer *self = user_data;

  if (mark == 0)
    return;
  g_string_append_printf (self->out, "</%s>", element_name (node));
  self->n_open--;
}

/**
 * mime_html_sanitize:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Makes a piece of HTML that can be put into a document of ours: text with its form and its links; no
 * scripts, style sheets, forms, frames, classes or ids, and no addresses that anything would be fetched
 * from. Pictures stay when they lie in the message (`cid:`) or in the HTML itself.
 *
 * Limits: 8 MB of HTML; time and memory linear in the size. What exceeds them becomes text.
 *
 * Returns: (transfer full): HTML without html, head and body elements
 */
char *
mime_html_sanitize (const char *html,
                    gssize      size_bytes)
{
  g_autoptr(MimeHtmlTree) tree = mime_html_tree_new (html, size_bytes);
  Sanitizer self = { 0 };

  if (tree == NULL)
    {
      g_autofree char *text = mime_html_strip (html, size_bytes < 0 ? strlen (html)
                                                                    : (gsize) size_bytes);
      return mime_html_from_text (text);
    }

  self.out = g_string_new (NULL);
  mime_html_tree_walk (tree, enter, leave, &self);

  return g_string_free (self.out, FALSE);
}
