#pragma once

#include "pipit-composition.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_RECIPIENTS_ROW (pipit_recipients_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitRecipientsRow, pipit_recipients_row, PIPIT, RECIPIENTS_ROW, GtkWidget)

void     pipit_recipients_row_set_composition (PipitRecipientsRow   *self,
                                               PipitComposition     *composition,
                                               PipitRecipientsField  field);
gboolean pipit_recipients_row_is_empty        (PipitRecipientsRow   *self);

G_END_DECLS
