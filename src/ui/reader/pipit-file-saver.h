#pragma once

#include "pipit-attachment.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void pipit_file_saver_save       (GtkWidget       *widget,
                                  PipitAttachment *attachment);
void pipit_file_saver_save_all   (GtkWidget       *widget,
                                  GListModel      *attachments);
void pipit_file_saver_save_bytes (GtkWidget       *widget,
                                  GBytes          *bytes,
                                  const char      *name);
void pipit_file_saver_open       (GtkWidget       *widget,
                                  PipitAttachment *attachment);

G_END_DECLS
