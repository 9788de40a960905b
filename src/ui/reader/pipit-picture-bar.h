#pragma once

#include "pipit-body.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_PICTURE_BAR (pipit_picture_bar_get_type ())
G_DECLARE_FINAL_TYPE (PipitPictureBar, pipit_picture_bar, PIPIT, PICTURE_BAR, AdwBin)

/* Signal "wanted": the person wants to see the pictures, for the first time or once more. */
void pipit_picture_bar_ask         (PipitPictureBar *self,
                                    PipitBody       *body);
void pipit_picture_bar_tell_missed (PipitPictureBar *self,
                                    guint            n);

G_END_DECLS
