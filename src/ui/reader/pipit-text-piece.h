#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_TEXT_PIECE (pipit_text_piece_get_type ())
G_DECLARE_FINAL_TYPE (PipitTextPiece, pipit_text_piece, PIPIT, TEXT_PIECE, GtkTextView)

/* A text to read whose addresses are links. Signal "link" (const char *address). */
GtkWidget *pipit_text_piece_new (const char *text,
                                 const char *label);

G_END_DECLS
