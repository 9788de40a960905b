#pragma once

#include "pipit-message.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_MESSAGE_ROW (pipit_message_row_get_type ())
G_DECLARE_FINAL_TYPE (PipitMessageRow, pipit_message_row, PIPIT, MESSAGE_ROW, GtkWidget)

GtkWidget    *pipit_message_row_new               (void);
void          pipit_message_row_bind              (PipitMessageRow *self,
                                                   PipitMessage    *message);
void          pipit_message_row_unbind            (PipitMessageRow *self);
void          pipit_message_row_set_selected      (PipitMessageRow *self,
                                                   gboolean         selected);
PipitMessage *pipit_message_row_get_message       (PipitMessageRow *self);
void          pipit_message_row_update            (PipitMessageRow *self);

G_END_DECLS
