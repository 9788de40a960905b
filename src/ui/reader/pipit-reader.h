#pragma once

#include "pipit-message.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PIPIT_TYPE_READER (pipit_reader_get_type ())
G_DECLARE_FINAL_TYPE (PipitReader, pipit_reader, PIPIT, READER, AdwBin)

void          pipit_reader_show           (PipitReader  *self,
                                           PipitMessage *message);
void          pipit_reader_show_count     (PipitReader  *self,
                                           guint         n_selected);
PipitMessage *pipit_reader_get_message    (PipitReader  *self);
GArray       *pipit_reader_dup_unread     (PipitReader  *self);
gboolean      pipit_reader_page           (PipitReader  *self,
                                           int           direction);
void          pipit_reader_grab_content   (PipitReader  *self);

G_END_DECLS
