#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PIPIT_TEXT_BODY,
  PIPIT_TEXT_QUOTE,     /* of an earlier message */
  PIPIT_TEXT_SIGNATURE,
} PipitTextKind;

/**
 * PipitTextBlock:
 * @kind: what it is
 * @text: its lines, a quote without its outermost signs
 * @n_lines: how many
 * @is_folded: whether it is hidden until it is asked for
 *
 * A piece of a plain text.
 */
typedef struct
{
  PipitTextKind kind;
  char *text; /* (owned) */
  guint n_lines;
  gboolean is_folded;
} PipitTextBlock;

GPtrArray *pipit_text_blocks_split (const char     *text,
                                    gsize           size_bytes);
void       pipit_text_block_free   (PipitTextBlock *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PipitTextBlock, pipit_text_block_free)

G_END_DECLS
