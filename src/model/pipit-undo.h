#pragma once

#include "pipit-types.h"

G_BEGIN_DECLS

#define PIPIT_TYPE_UNDO (pipit_undo_get_type ())
G_DECLARE_FINAL_TYPE (PipitUndo, pipit_undo, PIPIT, UNDO, GObject)

/*
 * What was done last and can be taken back. Actions of one kind within a few seconds add up ("3 archived").
 * Properties (all notify): "can-undo", "text".
 * Signals: "offer" (const char *text): durable now; the window shows or replaces its toast.
 *          "withdrawn": nothing to undo any more; the window takes its toast away.
 */
gboolean    pipit_undo_get_can_undo (PipitUndo *self);
char       *pipit_undo_dup_text     (PipitUndo *self); /* (nullable) */
void        pipit_undo_undo         (PipitUndo *self);
void        pipit_undo_forget       (PipitUndo *self);

G_END_DECLS
