/*
 * The addresses that HTML would fetch from, found by the parser and replaced in the source: all else stays
 * as it was sent. This is no wall (the web view has its own, that let nothing out whatever is written
 * here); it is how pictures come through the walls when the reader wants them.
 */
#include "mime-html.h"

#include "mime-html-tree-private.h"

#include <string.h>

/* Documents with more addresses are not rewritten beyond them. */
#define MAX_REPLACEMENTS 20000

#define MAX_LINKS      2000
#define MAX_LINK_BYTES 600

typedef struct
{
  gsize  start;
  gsize  size;
  char  *text; /* (owned) */
} Replacement;

typedef struct
{
  const char          *html;
  gsize                size;
  MimeHtmlRewriteFunc  rewrite;   /* (nullable): only count */
  gpointer             user_data;
  GArray              *replacements; /* (owned) (element-type Replacement) */
  guint                n_remote;
} Rewriter;

static void
replacement_clear (gpointer data)
{
  g_free (((Replacement *) data)->text);
}

static int
compare_replacements (gconstpointer a,
                      gconstpointer b)
{
  const Replacement *left = a, *right = b;

  return left->start < right->start ? -1 : left->start > right->start;
}

/* The address as an absolute one, or NULL when nothing would be fetched for it. */
static char *
absolute_address (const char *address)
{
  g_autofree char *trimmed = g_strdup (address);
  char *out = trimmed;

  /* browsers leave out blanks around and line ends within */
  for (const char *p = trimmed; *p != '\0'; p++)
    if (*p != '\n' && *p != '\r' && *p != '\t')
      *out++ = *p;
  *out = '\0';
  g_strstrip (trimmed);

  if (g_str_has_prefix (trimmed, "//"))
    return g_strconcat ("https:", trimmed, NULL);
  if (g_ascii_strncasecmp (trimmed, "http:", 5) == 0 ||
      g_ascii_strncasecmp (trimmed, "https:", 6) == 0 ||
      g_ascii_strncasecmp (trimmed, "cid:", 4) == 0)
    return g_steal_pointer (&trimmed);

  return NULL;
}

static gboolean
is_remote (const char *address)
{
  return g_ascii_strncasecmp (address, "http", 4) == 0;
}

/* What stands in the place of an address; NULL when it stays. */
static char *
rewritten (Rewriter   *self,
           const char *address)
{
  g_autofree char *absolute = absolute_address (address);
  char *text;

  if (absolute == NULL)
    return NULL;
  if (is_remote (absolute))
    self->n_remote++;
  if (self->rewrite == NULL)
    return NULL;
  text = self->rewrite (absolute, self->user_data);

  return text != NULL ? text : g_strdup ("");
}

/* Notes a replacement of a piece of the source. @text is taken over. */
static void
replace (Rewriter         *self,
         GumboStringPiece  piece,
         char             *text)
{
  Replacement replacement;

  if (piece.data < self->html || piece.data + piece.length > self->html + self->size ||
      piece.length == 0 || self->replacements->len >= MAX_REPLACEMENTS)
    {
      g_free (text);
      return;
    }
  replacement.start = (gsize) (piece.data - self->html);
  replacement.size = piece.length;
  replacement.text = text;
  g_array_append_val (self->replacements, replacement);
}

static void
replace_attribute (Rewriter             *self,
                   const GumboAttribute *attribute,
                   const char           *value)
{
  g_autofree char *escaped = mime_html_escape (value);

  replace (self, attribute->original_value, g_strdup_printf ("\"%s\"", escaped));
}

/* The end of the address in url(…), behind its quote if it has one. */
static const char *
read_css_address (const char  *p,
                  const char **out_start,
                  const char **out_end)
{
  char quote = '\0';

  p += strspn (p, " \t\r\n\f");
  if (*p == '"' || *p == '\'')
    quote = *p++;
  *out_start = p;
  if (quote != '\0')
    while (*p != '\0' && *p != quote && *p != '\n')
      p++;
  else
    p += strcspn (p, ") \t\r\n\f");
  *out_end = p;

  return p;
}

static void
append_css_address (Rewriter   *self,
                    GString    *out,
                    const char *start,
                    const char *end)
{
  g_autofree char *address = g_strndup (start, (gsize) (end - start));
  g_autofree char *text = rewritten (self, address);

  if (text == NULL)
    g_string_append_len (out, start, end - start);
  else
    for (const char *p = text; *p != '\0'; p++)
      /* what could end the string, the function or the element is percent-encoded */
      if (strchr ("\"'()\\<> \t\n", *p) != NULL)
        g_string_append_printf (out, "%%%02X", (guchar) *p);
      else
        g_string_append_c (out, *p);
}

/* Whether an address that stands here is that of a style sheet or of a font. */
static const char *
end_of_other_rule (const char *p)
{
  const char *end = NULL;

  if (g_ascii_strncasecmp (p, "@import", 7) == 0)
    end = strchr (p, ';');
  else if (g_ascii_strncasecmp (p, "@font-face", 10) == 0)
    end = strchr (p, '}');
  else
    return NULL;

  return end != NULL ? end : p + strlen (p);
}

/*
 * Rewrites url(…) of pictures, and empties those of style sheets and fonts. Escapes that would hide them
 * are not undone: what they hide stays behind the walls.
 */
static char *
rewrite_css (Rewriter   *self,
             const char *css,
             gsize       size)
{
  g_autofree char *source = g_strndup (css, size);
  GString *out = g_string_new (NULL);
  const char *other_end = source; /* up to where no picture is meant */
  const char *p = source;

  while (*p != '\0')
    {
      const char *start, *end, *rule_end = end_of_other_rule (p);
      gsize skip = 0;

      if (rule_end != NULL)
        other_end = rule_end;
      if (g_ascii_strncasecmp (p, "url(", 4) == 0)
        skip = 4;
      else if (g_ascii_strncasecmp (p, "@import", 7) == 0 &&
               strchr ("\"'", p[7 + strspn (p + 7, " \t\r\n\f")]) != NULL)
        skip = 7;
      if (skip == 0)
        {
          g_string_append_c (out, *p++);
          continue;
        }
      read_css_address (p + skip, &start, &end);
      g_string_append_len (out, p, start - p);
      if (p >= other_end)
        append_css_address (self, out, start, end);
      else if (self->rewrite == NULL)
        g_string_append_len (out, start, end - start);
      p = end;
    }

  return g_string_free (out, FALSE);
}

static void
rewrite_style_element (Rewriter        *self,
                       const GumboNode *node)
{
  const GumboVector *children = &node->v.element.children;

  for (guint i = 0; i < children->length; i++)
    {
      const GumboNode *child = children->data[i];
      GumboStringPiece piece;

      if (child->type != GUMBO_NODE_TEXT)
        continue;
      piece = child->v.text.original_text;
      if (piece.data < self->html || piece.data + piece.length > self->html + self->size)
        continue;
      replace (self, piece, rewrite_css (self, piece.data, piece.length));
    }
}

/* A list of candidates for a picture: the first one is taken, as src. */
static char *
rewritten_srcset (Rewriter   *self,
                  const char *srcset)
{
  g_autofree char *address = NULL;

  srcset += strspn (srcset, " \t\r\n,");
  address = g_strndup (srcset, strcspn (srcset, " \t\r\n"));

  return rewritten (self, address);
}

static gboolean
is_image_attribute (const GumboNode      *node,
                    const GumboAttribute *attribute)
{
  const char *name = attribute->name;

  if (g_str_equal (name, "background") || g_str_equal (name, "poster"))
    return TRUE;
  if (g_str_equal (name, "src"))
    return mime_html_is_element (node, GUMBO_TAG_IMG) || mime_html_is_element (node, GUMBO_TAG_INPUT);

  /* SVG's pictures */
  return g_str_equal (name, "href") && node->v.element.tag_namespace == GUMBO_NAMESPACE_SVG &&
         !mime_html_is_element (node, GUMBO_TAG_A);
}

/* Addresses of documents, sounds and programs: never fetched, not counted as pictures. */
static gboolean
is_other_attribute (const GumboNode      *node,
                    const GumboAttribute *attribute)
{
  const char *name = attribute->name;

  if (g_str_equal (name, "src") || g_str_equal (name, "srcdoc") || g_str_equal (name, "ping") ||
      g_str_equal (name, "codebase") || g_str_equal (name, "manifest"))
    return TRUE;
  if (g_str_equal (name, "data"))
    return mime_html_is_element (node, GUMBO_TAG_OBJECT);

  return g_str_equal (name, "href") && (mime_html_is_element (node, GUMBO_TAG_LINK) ||
                                        mime_html_is_element (node, GUMBO_TAG_BASE));
}

static void
rewrite_attribute (Rewriter             *self,
                   const GumboNode      *node,
                   const GumboAttribute *attribute)
{
  g_autofree char *text = NULL;

  if (g_str_equal (attribute->name, "style"))
    {
      if (strchr (attribute->value, '(') == NULL)
        return;
      text = rewrite_css (self, attribute->value, strlen (attribute->value));
      if (g_str_equal (text, attribute->value))
        return;
    }
  else if (g_str_equal (attribute->name, "srcset") || g_str_equal (attribute->name, "imagesrcset"))
    text = rewritten_srcset (self, attribute->value);
  else if (is_image_attribute (node, attribute))
    text = rewritten (self, attribute->value);
  else if (is_other_attribute (node, attribute))
    text = g_strdup ("");

  if (text != NULL)
    replace_attribute (self, attribute, text);
}

static gboolean
rewrite_node (const GumboNode *node,
              guint           *mark,
              gpointer         user_data)
{
  Rewriter *self = user_data;

  if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE)
    return FALSE;

  for (guint i = 0; i < node->v.element.attributes.length; i++)
    rewrite_attribute (self, node, node->v.element.attributes.data[i]);
  if (mime_html_is_element (node, GUMBO_TAG_STYLE))
    {
      rewrite_style_element (self, node);
      return FALSE;
    }

  return TRUE;
}

static char *
splice (Rewriter *self)
{
  GString *out = g_string_sized_new (self->size + 256);
  gsize done = 0;

  g_array_sort (self->replacements, compare_replacements);
  for (guint i = 0; i < self->replacements->len; i++)
    {
      const Replacement *next = &g_array_index (self->replacements, Replacement, i);

      /* the parser makes copies of some elements: the same place comes twice */
      if (next->start < done)
        continue;
      g_string_append_len (out, self->html + done, (gssize) (next->start - done));
      g_string_append (out, next->text);
      done = next->start + next->size;
    }
  g_string_append_len (out, self->html + done, (gssize) (self->size - done));

  return g_string_free (out, FALSE);
}

/**
 * mime_html_rewrite_images:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 * @rewrite: (nullable) (scope call): called for each address of a picture, in the order of the tree;
 *   with %NULL nothing is replaced
 * @user_data: for @rewrite
 * @out_n_remote: (out) (optional): how many addresses of pictures were remote ones
 *
 * Replaces the addresses of pictures, in elements and in styles. Addresses of frames, scripts, style
 * sheets and sounds are emptied. Everything else is left as it was sent.
 *
 * Limits: 8 MB of HTML; time and memory linear in the size.
 *
 * Returns: (transfer full) (nullable): the HTML, or %NULL when it exceeds the limits: show the text then
 */
char *
mime_html_rewrite_images (const char          *html,
                          gssize               size_bytes,
                          MimeHtmlRewriteFunc  rewrite,
                          gpointer             user_data,
                          guint               *out_n_remote)
{
  g_autoptr(MimeHtmlTree) tree = mime_html_tree_new (html, size_bytes);
  Rewriter self = { 0 };
  char *text;

  if (out_n_remote != NULL)
    *out_n_remote = 0;
  if (tree == NULL)
    return NULL;

  self.html = mime_html_tree_get_html (tree, &self.size);
  self.rewrite = rewrite;
  self.user_data = user_data;
  self.replacements = g_array_new (FALSE, FALSE, sizeof (Replacement));
  g_array_set_clear_func (self.replacements, replacement_clear);
  mime_html_tree_walk (tree, rewrite_node, NULL, &self);
  if (out_n_remote != NULL)
    *out_n_remote = self.n_remote;
  text = rewrite != NULL ? splice (&self) : g_strdup (self.html);
  g_array_unref (self.replacements);

  return text;
}

/**
 * mime_html_count_remote:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Returns: how many pictures would be fetched from somewhere
 */
guint
mime_html_count_remote (const char *html,
                        gssize      size_bytes)
{
  guint n_remote;
  g_autofree char *same G_GNUC_UNUSED =
    mime_html_rewrite_images (html, size_bytes, NULL, NULL, &n_remote);

  return n_remote;
}

typedef struct
{
  GPtrArray *links; /* (element-type MimeHtmlLink) */
  GString   *text;  /* (nullable): of the link that is open */
} LinkCollector;

static gboolean
enter_link (const GumboNode *node,
            guint           *mark,
            gpointer         user_data)
{
  LinkCollector *self = user_data;
  const char *target, *alt;

  if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
    {
      if (self->text != NULL && self->text->len < MAX_LINK_BYTES)
        g_string_append (self->text, node->v.text.text);
      return FALSE;
    }
  if (node->type != GUMBO_NODE_ELEMENT || mime_html_is_element (node, GUMBO_TAG_STYLE) ||
      mime_html_is_element (node, GUMBO_TAG_SCRIPT))
    return FALSE;

  if (self->text != NULL && (alt = mime_html_attribute (node, "alt")) != NULL)
    g_string_append_printf (self->text, " %s ", alt);
  if ((mime_html_is_element (node, GUMBO_TAG_A) || mime_html_is_element (node, GUMBO_TAG_AREA)) &&
      (target = mime_html_attribute (node, "href")) != NULL && self->text == NULL &&
      self->links->len < MAX_LINKS)
    {
      MimeHtmlLink *link = g_new0 (MimeHtmlLink, 1);

      link->target = g_strstrip (g_strdup (target));
      g_ptr_array_add (self->links, link);
      self->text = g_string_new (NULL);
      if ((alt = mime_html_attribute (node, "alt")) != NULL)
        g_string_append (self->text, alt);
      *mark = 1;
    }

  return TRUE;
}

/* One line, cut at a character. */
static char *
tidy_link_text (const char *text)
{
  GString *tidy = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && tidy->len < MAX_LINK_BYTES; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isspace (c))
        g_string_append_unichar (tidy, c);
      else if (tidy->len > 0 && tidy->str[tidy->len - 1] != ' ')
        g_string_append_c (tidy, ' ');
    }

  return g_strchomp (g_string_free (tidy, FALSE));
}

static void
leave_link (const GumboNode *node,
            guint            mark,
            gpointer         user_data)
{
  LinkCollector *self = user_data;

  if (mark == 1)
    {
      MimeHtmlLink *link = self->links->pdata[self->links->len - 1];

      link->text = tidy_link_text (self->text->str);
      g_string_free (g_steal_pointer (&self->text), TRUE);
    }
}

/**
 * mime_html_collect_links:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Collects links, for comparing what they show with where they lead. At most 2,000.
 *
 * Returns: (transfer full) (element-type MimeHtmlLink): the links, in order
 */
GPtrArray *
mime_html_collect_links (const char *html,
                         gssize      size_bytes)
{
  g_autoptr(MimeHtmlTree) tree = mime_html_tree_new (html, size_bytes);
  LinkCollector self = { g_ptr_array_new_with_free_func ((GDestroyNotify) mime_html_link_free), NULL };

  if (tree != NULL)
    mime_html_tree_walk (tree, enter_link, leave_link, &self);

  return self.links;
}

/**
 * mime_html_link_free:
 * @link: (transfer full) (nullable): a link
 */
void
mime_html_link_free (MimeHtmlLink *link)
{
  if (link == NULL)
    return;
  g_free (link->text);
  g_free (link->target);
  g_free (link);
}

static gboolean
find_dark (const GumboNode *node,
           guint           *mark,
           gpointer         user_data)
{
  gboolean *dark = user_data;

  if (*dark)
    return FALSE;
  if (mime_html_is_element (node, GUMBO_TAG_META))
    {
      const char *name = mime_html_attribute (node, "name");
      const char *content = mime_html_attribute (node, "content");

      if (name != NULL && content != NULL && strstr (content, "dark") != NULL &&
          (g_ascii_strcasecmp (name, "color-scheme") == 0 ||
           g_ascii_strcasecmp (name, "supported-color-schemes") == 0))
        *dark = TRUE;
    }
  else if (mime_html_is_element (node, GUMBO_TAG_STYLE))
    for (guint i = 0; i < node->v.element.children.length; i++)
      {
        const GumboNode *child = node->v.element.children.data[i];

        if (child->type == GUMBO_NODE_TEXT &&
            strstr (child->v.text.text, "prefers-color-scheme") != NULL)
          *dark = TRUE;
      }

  return node->type == GUMBO_NODE_ELEMENT;
}

/**
 * mime_html_supports_dark:
 * @html: HTML in UTF-8
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Returns: whether it says that it can be shown on a dark ground
 */
gboolean
mime_html_supports_dark (const char *html,
                         gssize      size_bytes)
{
  g_autoptr(MimeHtmlTree) tree = mime_html_tree_new (html, size_bytes);
  gboolean dark = FALSE;

  if (tree != NULL)
    mime_html_tree_walk (tree, find_dark, NULL, &dark);

  return dark;
}
