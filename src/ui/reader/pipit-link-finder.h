#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PipitLink:
 * @start: where it begins in the text, in bytes
 * @end: where it ends
 * @target: where it leads, with its scheme
 *
 * An address in plain text.
 */
typedef struct
{
  gsize start;
  gsize end;
  char *target; /* (owned) */
} PipitLink;

GArray *pipit_link_finder_find (const char *text,
                                gsize       size_bytes);

G_END_DECLS
