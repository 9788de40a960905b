/*
 * As much of CSS as it takes to know what a reader does not see: the "preheader" of newsletters above
 * all, text that is there for previews only.
 */
#include "mime-html-style-private.h"

#include "mime-html-tree-private.h"

#include <string.h>

/* Style sheets with more hidden classes than this are not from this world. */
#define MAX_HIDDEN 2000

/*
 * mime_html_style_get:
 * @style: declarations: `a: b; c: d`
 * @property: in lower case
 *
 * Returns: (transfer full) (nullable): the value of the last declaration of that property, in lower
 *   case, without "!important"
 */
char *
mime_html_style_get (const char *style,
                     const char *property)
{
  gsize size = strlen (property);
  char *value = NULL;

  for (const char *p = style; *p != '\0';)
    {
      const char *end = p + strcspn (p, ";");

      while (p < end && g_ascii_isspace (*p))
        p++;
      if ((gsize) (end - p) > size && g_ascii_strncasecmp (p, property, size) == 0)
        {
          const char *colon = p + size;

          while (colon < end && g_ascii_isspace (*colon))
            colon++;
          if (colon < end && *colon == ':')
            {
              char *important;

              g_free (value);
              value = g_ascii_strdown (colon + 1, end - colon - 1);
              if ((important = strchr (value, '!')) != NULL)
                *important = '\0';
              g_strstrip (value);
            }
        }
      p = *end == ';' ? end + 1 : end;
    }

  return value;
}

static gboolean
is_zero (const char *value)
{
  const char *p = value;

  if (value == NULL || !(g_ascii_isdigit (*p) || *p == '.'))
    return FALSE;
  while (*p == '0' || *p == '.')
    p++;

  return !g_ascii_isdigit (*p);
}

static gboolean
has_value (const char *style,
           const char *property,
           const char *wanted)
{
  g_autofree char *value = mime_html_style_get (style, property);

  return g_strcmp0 (value, wanted) == 0;
}

static gboolean
has_zero (const char *style,
          const char *property)
{
  g_autofree char *value = mime_html_style_get (style, property);

  return is_zero (value);
}

/*
 * mime_html_style_is_hidden:
 * @style: declarations
 * @is_leaf: whether there are no elements inside, which could be shown again
 *
 * Returns: whether what they are for is not to be seen
 */
gboolean
mime_html_style_is_hidden (const char *style,
                           gboolean    is_leaf)
{
  return has_value (style, "display", "none") ||
         has_value (style, "visibility", "hidden") ||
         has_value (style, "mso-hide", "all") ||
         has_zero (style, "opacity") ||
         has_zero (style, "max-height") ||
         (is_leaf && has_zero (style, "font-size"));
}

void
mime_html_styles_init (MimeHtmlStyles *self)
{
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
mime_html_styles_clear (MimeHtmlStyles *self)
{
  g_clear_pointer (&self->hidden, g_hash_table_unref);
}

/* ".a, span.b, #c": only selectors of one class or one id are understood. */
static void
add_selectors (MimeHtmlStyles *self,
               const char     *start,
               const char     *end)
{
  g_autofree char *list = g_strndup (start, (gsize) (end - start));
  g_auto(GStrv) selectors = g_strsplit (list, ",", 100);

  for (gsize i = 0; selectors[i] != NULL; i++)
    {
      const char *selector = g_strstrip (selectors[i]);
      const char *mark = selector + strcspn (selector, ".#");

      if (*mark != '\0' && mark[1] != '\0' && strcspn (mark + 1, ".#:[> +~*\t\n\r") == strlen (mark + 1) &&
          strcspn (selector, " >+~:[") == strlen (selector) &&
          g_hash_table_size (self->hidden) < MAX_HIDDEN)
        g_hash_table_add (self->hidden, g_strdup (mark));
    }
}

static const char *
skip_block (const char *p)
{
  int depth = 0;

  for (; *p != '\0'; p++)
    {
      if (*p == '{')
        depth++;
      else if (*p == '}' && --depth <= 0)
        return p + 1;
    }

  return p;
}

static char *
without_comments (const char *sheet)
{
  GString *out = g_string_new (NULL);

  while (*sheet != '\0')
    {
      const char *open = strstr (sheet, "/*");
      const char *close = open != NULL ? strstr (open + 2, "*/") : NULL;

      if (open == NULL)
        {
          g_string_append (out, sheet);
          break;
        }
      g_string_append_len (out, sheet, open - sheet);
      if (close == NULL)
        break;
      sheet = close + 2;
    }

  return g_string_free (out, FALSE);
}

/*
 * mime_html_styles_add:
 * @sheet: a style sheet
 *
 * Learns what it hides. Conditional rules (@media) are passed over: they are for other screens.
 */
void
mime_html_styles_add (MimeHtmlStyles *self,
                      const char     *sheet)
{
  g_autofree char *rules = without_comments (sheet);

  for (const char *p = rules; *p != '\0';)
    {
      const char *open = p + strcspn (p, "{;@");
      const char *close;

      if (*open == '@')
        {
          open += strcspn (open, "{;");
          p = *open == '{' ? skip_block (open) : *open == ';' ? open + 1 : open;
          continue;
        }
      if (*open != '{')
        {
          p = *open == ';' ? open + 1 : open;
          continue;
        }
      close = open + strcspn (open, "}");
      if (memchr (open, ':', (gsize) (close - open)) != NULL)
        {
          g_autofree char *style = g_strndup (open + 1, (gsize) (close - open - 1));

          if (mime_html_style_is_hidden (style, FALSE))
            add_selectors (self, p, open);
        }
      p = *close == '}' ? close + 1 : close;
    }
}

static gboolean
is_class_hidden (const MimeHtmlStyles *self,
                 const char           *classes)
{
  for (const char *p = classes; *p != '\0';)
    {
      gsize size = strcspn (p, " \t\n\r");
      g_autofree char *key = g_strdup_printf (".%.*s", (int) MIN (size, 200), p);

      if (size > 0 && g_hash_table_contains (self->hidden, key))
        return TRUE;
      p += size;
      p += strspn (p, " \t\n\r");
    }

  return FALSE;
}

static gboolean
has_elements (const GumboNode *node)
{
  const GumboVector *children = &node->v.element.children;

  for (guint i = 0; i < children->length; i++)
    if (((const GumboNode *) children->data[i])->type == GUMBO_NODE_ELEMENT)
      return TRUE;

  return FALSE;
}

/*
 * mime_html_styles_is_hidden:
 * @node: an element
 *
 * Returns: whether it is not to be seen, by its own style or by a style sheet
 */
gboolean
mime_html_styles_is_hidden (const MimeHtmlStyles *self,
                            const GumboNode      *node)
{
  const char *style = mime_html_attribute (node, "style");
  const char *value;

  if (mime_html_attribute (node, "hidden") != NULL)
    return TRUE;
  if (style != NULL && mime_html_style_is_hidden (style, !has_elements (node)))
    return TRUE;
  if (g_hash_table_size (self->hidden) == 0)
    return FALSE;
  if ((value = mime_html_attribute (node, "class")) != NULL && is_class_hidden (self, value))
    return TRUE;
  if ((value = mime_html_attribute (node, "id")) != NULL)
    {
      g_autofree char *key = g_strconcat ("#", value, NULL);

      return g_hash_table_contains (self->hidden, key);
    }

  return FALSE;
}
