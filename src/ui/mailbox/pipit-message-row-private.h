#pragma once

#include "pipit-message-row.h"

G_BEGIN_DECLS

struct _PipitMessageRow
{
  GtkWidget parent_instance;

  GtkWidget *star;
  GtkImage *star_icon;
  GtkWidget *check;      /* (nullable) until messages are selected */

  PipitMessage *message; /* (owned) (nullable) while bound */
  char *date;            /* (owned) (nullable): as it is shown */
  gulong changed_id;
  gboolean selecting;    /* check buttons are shown */
  gboolean starred;      /* what the star shows */
  int preview_lines;
};

const char *pipit_message_row_get_subject   (PipitMessageRow *self);

void        pipit_message_row_install_draw  (GtkWidgetClass  *widget_class);

G_END_DECLS
