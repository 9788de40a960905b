#pragma once

#include "pipit-outbox-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_OUTBOX_ROW (pipit_outbox_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitOutboxRow, pipit_outbox_row, PIPIT, OUTBOX_ROW, GtkListBoxRow)

GtkWidget *pipit_outbox_row_new (PipitOutboxItem *item);

G_END_DECLS
