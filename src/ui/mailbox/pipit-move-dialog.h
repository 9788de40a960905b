#pragma once

#include "pipit-account.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MOVE_DIALOG (pipit_move_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PipitMoveDialog, pipit_move_dialog, PIPIT, MOVE_DIALOG, AdwWindow)

PipitMoveDialog *pipit_move_dialog_new (GtkWindow    *parent,
                                        PipitAccount *account,
                                        PipitFolder  *current);

G_END_DECLS
