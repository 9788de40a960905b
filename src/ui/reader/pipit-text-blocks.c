#include "pipit-config.h"

#include "pipit-text-blocks.h"

#include <string.h>

/* A quote this short is what an answer stands under: it stays in sight. */
#define SHORT_QUOTE_LINES 4

/* Widgets are not for nothing: texts with more pieces end in one large one. */
#define MAX_BLOCKS 120

typedef struct
{
  GPtrArray *blocks; /* (unowned) */
  GString *text;     /* (owned) (nullable): of the piece that is being read */
  PipitTextKind kind;
  guint n_lines;
} Splitter;

/**
 * pipit_text_block_free:
 * @block: (transfer full): a piece
 */
void
pipit_text_block_free (PipitTextBlock *block)
{
  g_free (block->text);
  g_free (block);
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t\n\r")] == '\0';
}

/* The empty lines around a piece are the space between pieces. */
static void
trim (GString *text)
{
  gsize lead = 0;

  while (text->len > 0 && strchr (" \t\n\r", text->str[text->len - 1]) != NULL)
    g_string_truncate (text, text->len - 1);
  for (gsize i = 0; i < text->len && strchr (" \t\n\r", text->str[i]) != NULL; i++)
    if (text->str[i] == '\n')
      lead = i + 1;
  g_string_erase (text, 0, lead);
}

static void
finish (Splitter *self)
{
  PipitTextBlock *block;

  if (self->text == NULL)
    return;

  trim (self->text);
  if (is_blank (self->text->str))
    {
      g_string_free (self->text, TRUE);
      self->text = NULL;
      return;
    }

  block = g_new0 (PipitTextBlock, 1);
  block->kind = self->kind;
  block->n_lines = self->n_lines;
  block->text = g_string_free (g_steal_pointer (&self->text), FALSE);
  g_ptr_array_add (self->blocks, block);
}

/* RFC 3676 section 4.5: a quote begins with ">"; section 4.3: a signature with "-- ". */
static PipitTextKind
kind_of_line (Splitter   *self,
              const char *line,
              gsize       length)
{
  if (self->text != NULL && self->kind == PIPIT_TEXT_SIGNATURE && line[0] != '>')
    return PIPIT_TEXT_SIGNATURE;
  if (length > 0 && line[0] == '>')
    return PIPIT_TEXT_QUOTE;
  if (length == 3 && strncmp (line, "-- ", 3) == 0)
    return PIPIT_TEXT_SIGNATURE;

  return PIPIT_TEXT_BODY;
}

static void
take_line (Splitter   *self,
           const char *line,
           gsize       length)
{
  PipitTextKind kind = kind_of_line (self, line, length);

  if (self->text == NULL || (kind != self->kind && self->blocks->len < MAX_BLOCKS))
    {
      finish (self);
      self->text = g_string_new (NULL);
      self->kind = kind;
      self->n_lines = 0;
    }

  if (self->kind == PIPIT_TEXT_QUOTE && kind == PIPIT_TEXT_QUOTE)
    {
      gsize signs = length > 1 && line[1] == ' ' ? 2 : 1;

      line += signs;
      length -= signs;
    }
  g_string_append_len (self->text, line, length);
  g_string_append_c (self->text, '\n');
  self->n_lines++;
}

static gboolean
has_body_from (GPtrArray *blocks,
               guint      first)
{
  for (guint i = first; i < blocks->len; i++)
    if (((PipitTextBlock *) blocks->pdata[i])->kind == PIPIT_TEXT_BODY)
      return TRUE;

  return FALSE;
}

/* A text that is nothing but a quote is somebody's words, and shown. */
static void
fold (GPtrArray *blocks)
{
  gboolean has_body = has_body_from (blocks, 0);

  for (guint i = 0; i < blocks->len; i++)
    {
      PipitTextBlock *block = blocks->pdata[i];
      gboolean is_short = block->n_lines <= SHORT_QUOTE_LINES;

      block->is_folded = has_body && block->kind == PIPIT_TEXT_QUOTE &&
                         !(is_short && has_body_from (blocks, i + 1));
    }
}

/**
 * pipit_text_blocks_split:
 * @text: UTF-8, a message's text
 * @size_bytes: its size
 *
 * Parts what the sender wrote from what they quoted. A long quote is folded, and a short one that
 * nothing follows; short ones with an answer below stay in sight.
 *
 * Returns: (transfer full) (element-type PipitTextBlock): at least one piece for a text that is not blank
 */
GPtrArray *
pipit_text_blocks_split (const char *text,
                         gsize       size_bytes)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) pipit_text_block_free);
  Splitter splitter = { blocks, NULL, PIPIT_TEXT_BODY, 0 };
  const char *end = text + size_bytes;

  for (const char *line = text; line < end;)
    {
      const char *stop = memchr (line, '\n', end - line);
      const char *last = stop != NULL ? stop : end;
      gsize length = last - line;

      if (length > 0 && line[length - 1] == '\r')
        length--;
      take_line (&splitter, line, length);
      line = stop != NULL ? stop + 1 : end;
    }
  finish (&splitter);
  fold (blocks);

  return blocks;
}
