/*
 * The one HTML parser: gumbo.
 *
 * Why not libxml2's: it closes elements by a table of its own that no browser follows (a link around a
 * table, which is how newsletters make buttons, ends before the table), so that text, sanitised quotes and
 * rewritten addresses would be of another document than the one on the screen. Gumbo builds the tree that
 * HTML5 prescribes, which is what the web view shows, and knows for every attribute where it stands in
 * the source: addresses are replaced in place and everything else stays as it was sent.
 *
 * What is to be said against it: it has no limits, takes quadratic time for some input, and frees its tree
 * by recursion. Therefore all its memory comes from an arena of ours. The arena has a limit of memory and of
 * time; when either is reached it leaves the parser by longjmp (gumbo holds nothing but memory), and
 * the caller goes on without a tree. The tree is freed as a whole, without a walk.
 */
#include "mime-html-tree-private.h"

#include <setjmp.h>
#include <string.h>
#include <time.h>

/* HTML beyond this is not read. */
#define MAX_HTML_BYTES (8 * 1024 * 1024)

#define CHUNK_BYTES (128 * 1024)

/* Sizes of 16 << class bytes; what is larger has memory of its own. */
#define N_CLASSES 9

/* The tree takes some 20 bytes for a byte of usual HTML. */
#define BASE_MEMORY_BYTES (32 * 1024 * 1024)
#define MEMORY_PER_BYTE   40

/* Usual HTML takes 0.1 s of a slow core for a megabyte. */
#define BASE_TIME_US      300000
#define TIME_BYTES_PER_US 2
#define CLOCK_INTERVAL    128

typedef struct _Chunk Chunk;

struct _Chunk
{
  Chunk *next;
  gsize  size;
  _Alignas (16) char bytes[];
};

/* Before each piece of memory: its class, to be used again when gumbo frees it. */
typedef struct _Piece Piece;

struct _Piece
{
  _Alignas (16) gsize class;
  Piece *next_free; /* while it is free: lies where the content would */
};

struct _MimeHtmlTree
{
  char        *html; /* (owned): valid UTF-8 */
  gsize        size;
  GumboOutput *output;

  Chunk       *chunks; /* (owned) */
  gsize        chunk_used;
  Piece       *free_pieces[N_CLASSES];
  gsize        memory_left;
  guint        until_clock;
  gint64       deadline_us;
  jmp_buf      out;
};

static gint64
thread_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static Chunk *
add_chunk (MimeHtmlTree *self,
           gsize         size)
{
  Chunk *chunk;

  if (size > self->memory_left)
    longjmp (self->out, 1);
  self->memory_left -= size;
  chunk = g_malloc (sizeof (Chunk) + size);
  chunk->size = size;
  /* a large piece goes behind the chunk in use */
  if (size > CHUNK_BYTES && self->chunks != NULL)
    {
      chunk->next = self->chunks->next;
      self->chunks->next = chunk;
    }
  else
    {
      chunk->next = self->chunks;
      self->chunks = chunk;
      self->chunk_used = 0;
    }

  return chunk;
}

#define PIECE_HEAD 16

static void *
allocate (void   *user_data,
          size_t  size)
{
  MimeHtmlTree *self = user_data;
  gsize class = 0;
  Piece *piece;

  if (self->until_clock-- == 0)
    {
      self->until_clock = CLOCK_INTERVAL;
      if (thread_time_us () > self->deadline_us)
        longjmp (self->out, 1);
    }

  while (class < N_CLASSES && (gsize) 16 << class < size)
    class++;

  if (class == N_CLASSES)
    {
      Chunk *chunk = add_chunk (self, MAX (PIECE_HEAD + size, CHUNK_BYTES + 1));

      piece = (Piece *) (gpointer) chunk->bytes;
    }
  else if (self->free_pieces[class] != NULL)
    {
      piece = self->free_pieces[class];
      self->free_pieces[class] = piece->next_free;
    }
  else
    {
      gsize whole = PIECE_HEAD + ((gsize) 16 << class);

      if (self->chunks == NULL || self->chunk_used + whole > self->chunks->size)
        add_chunk (self, CHUNK_BYTES);
      piece = (Piece *) (gpointer) (self->chunks->bytes + self->chunk_used);
      self->chunk_used += whole;
    }
  piece->class = class;

  return (char *) piece + PIECE_HEAD;
}

static void
release (void *user_data,
         void *pointer)
{
  MimeHtmlTree *self = user_data;
  Piece *piece;

  if (pointer == NULL)
    return;
  piece = (Piece *) (gpointer) ((char *) pointer - PIECE_HEAD);
  if (piece->class >= N_CLASSES)
    return; /* given back with the whole */
  piece->next_free = self->free_pieces[piece->class];
  self->free_pieces[piece->class] = piece;
}

static gboolean
run_parser (MimeHtmlTree *self)
{
  GumboOptions options = kGumboDefaultOptions;

  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = self;
  options.max_errors = 0;

  if (setjmp (self->out) != 0)
    return FALSE;
  self->output = gumbo_parse_with_options (&options, self->html, self->size);

  return self->output != NULL && self->output->root != NULL;
}

/* Bytes of the tree are ours to write to: the parser got its memory from us. */
static void
make_valid (const char *text)
{
  const char *end;

  while (!g_utf8_validate (text, -1, &end))
    *(char *) (gpointer) end = '?';
}

/* Gumbo counts too far in `&#x1F60999999999;` and makes bytes of it that are no UTF-8. */
static gboolean
repair (const GumboNode *node,
        guint           *mark,
        gpointer         user_data)
{
  if (node->type == GUMBO_NODE_DOCUMENT)
    return TRUE;
  if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE)
    {
      make_valid (node->v.text.text);
      return FALSE;
    }

  for (guint i = 0; i < node->v.element.attributes.length; i++)
    make_valid (((GumboAttribute *) node->v.element.attributes.data[i])->value);
  return TRUE;
}

/*
 * mime_html_tree_new:
 * @html: HTML, of any encoding; UTF-8 is expected
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Parses HTML. Of more than 8 MB the beginning is read.
 *
 * Returns: (transfer full) (nullable): the tree, or %NULL when its limits of time and memory were
 *   reached, which only happens with HTML made for that
 */
MimeHtmlTree *
mime_html_tree_new (const char *html,
                    gssize      size_bytes)
{
  gsize size = size_bytes < 0 ? strlen (html) : (gsize) size_bytes;
  MimeHtmlTree *self = g_new0 (MimeHtmlTree, 1);

  self->html = g_utf8_make_valid (html, (gssize) MIN (size, MAX_HTML_BYTES));
  self->size = strlen (self->html);
  self->memory_left = BASE_MEMORY_BYTES + MEMORY_PER_BYTE * self->size;
  self->deadline_us = thread_time_us () + BASE_TIME_US + (gint64) self->size / TIME_BYTES_PER_US;

  if (!run_parser (self))
    g_clear_pointer (&self, mime_html_tree_free);
  else if (strstr (self->html, "&#") != NULL)
    mime_html_tree_walk (self, repair, NULL, NULL);

  return self;
}

/*
 * mime_html_tree_free:
 * @self: (transfer full) (nullable): a tree
 */
void
mime_html_tree_free (MimeHtmlTree *self)
{
  if (self == NULL)
    return;
  while (self->chunks != NULL)
    {
      Chunk *chunk = self->chunks;

      self->chunks = chunk->next;
      g_free (chunk);
    }
  g_free (self->html);
  g_free (self);
}

/*
 * mime_html_tree_get_html:
 * @out_size: (out) (optional): its size in bytes
 *
 * Returns: the source that the tree points into
 */
const char *
mime_html_tree_get_html (MimeHtmlTree *self,
                         gsize        *out_size)
{
  if (out_size != NULL)
    *out_size = self->size;
  return self->html;
}

static const GumboVector *
children_of (const GumboNode *node)
{
  switch (node->type)
    {
    case GUMBO_NODE_DOCUMENT:
      return &node->v.document.children;
    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
      return &node->v.element.children;
    default:
      return NULL;
    }
}

typedef struct
{
  const GumboNode *node;
  guint            next_child;
  guint            mark;
  gboolean         closed; /* nothing inside is looked at */
} Frame;

static void
push_frame (GArray            *stack,
            const GumboNode   *node,
            MimeHtmlEnterFunc  enter,
            gpointer           user_data)
{
  Frame frame = { node, 0, 0, FALSE };

  frame.closed = !enter (node, &frame.mark, user_data);
  g_array_append_val (stack, frame);
}

/*
 * mime_html_tree_walk:
 * @enter: called for each node before what is inside
 * @leave: (nullable): called after it
 *
 * Walks the tree in order, without recursion: it may be as deep as its author liked.
 */
void
mime_html_tree_walk (MimeHtmlTree      *self,
                     MimeHtmlEnterFunc  enter,
                     MimeHtmlLeaveFunc  leave,
                     gpointer           user_data)
{
  g_autoptr(GArray) stack = g_array_new (FALSE, FALSE, sizeof (Frame));

  push_frame (stack, self->output->root, enter, user_data);
  while (stack->len > 0)
    {
      Frame *top = &g_array_index (stack, Frame, stack->len - 1);
      const GumboVector *children = top->closed ? NULL : children_of (top->node);

      if (children != NULL && top->next_child < children->length)
        push_frame (stack, children->data[top->next_child++], enter, user_data);
      else
        {
          if (leave != NULL)
            leave (top->node, top->mark, user_data);
          g_array_set_size (stack, stack->len - 1);
        }
    }
}

/*
 * mime_html_attribute:
 * @node: a node
 * @name: in lower case
 *
 * Returns: (nullable): the value of an attribute of an element
 */
const char *
mime_html_attribute (const GumboNode *node,
                     const char      *name)
{
  const GumboAttribute *attribute = NULL;

  if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
    attribute = gumbo_get_attribute (&node->v.element.attributes, name);

  return attribute != NULL ? attribute->value : NULL;
}

gboolean
mime_html_is_element (const GumboNode *node,
                      GumboTag         tag)
{
  return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

/*
 * mime_html_escape:
 * @text: UTF-8
 *
 * Returns: (transfer full): the text, to stand between tags or in double quotes
 */
char *
mime_html_escape (const char *text)
{
  GString *escaped = g_string_sized_new (strlen (text) + 16);

  for (const char *p = text; *p != '\0'; p++)
    switch (*p)
      {
      case '&':
        g_string_append (escaped, "&amp;");
        break;
      case '<':
        g_string_append (escaped, "&lt;");
        break;
      case '>':
        g_string_append (escaped, "&gt;");
        break;
      case '"':
        g_string_append (escaped, "&quot;");
        break;
      default:
        g_string_append_c (escaped, *p);
      }

  return g_string_free (escaped, FALSE);
}

static gboolean
tag_is (const char *tag,
        const char *end,
        const char *name)
{
  gsize size = strlen (name);

  return (gsize) (end - tag) > size && g_ascii_strncasecmp (tag, name, size) == 0 &&
         !g_ascii_isalnum (tag[size]);
}

/* Behind the end tag that closes what is no text. */
static const char *
skip_raw (const char *p,
          const char *end,
          const char *name)
{
  while (p < end && (p = memchr (p, '<', (gsize) (end - p))) != NULL)
    {
      if (end - p > 2 && p[1] == '/' && tag_is (p + 2, end, name))
        return p;
      p++;
    }

  return end;
}

/*
 * mime_html_strip:
 * @html: HTML that could not be parsed
 * @size_bytes: its size
 *
 * The emergency exit: leaves out everything between angle brackets. One pass.
 *
 * Returns: (transfer full): what remains, in valid UTF-8
 */
char *
mime_html_strip (const char *html,
                 gsize       size_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (html, (gssize) MIN (size_bytes, MAX_HTML_BYTES));
  const char *end = valid + strlen (valid);
  GString *text = g_string_new (NULL);

  for (const char *p = valid; p < end;)
    {
      const char *close;

      if (*p != '<')
        {
          g_string_append_c (text, *p++);
          continue;
        }
      close = memchr (p, '>', (gsize) (end - p));
      if (close == NULL)
        break;
      if (tag_is (p + 1, end, "style"))
        close = skip_raw (close, end, "style");
      else if (tag_is (p + 1, end, "script"))
        close = skip_raw (close, end, "script");
      else
        {
          g_string_append_c (text, tag_is (p + 1, end, "br") || tag_is (p + 1, end, "p") ||
                                   tag_is (p + 1, end, "div") || tag_is (p + 1, end, "tr")
                                     ? '\n' : ' ');
          close++;
        }
      p = close;
    }

  return g_string_free (text, FALSE);
}
