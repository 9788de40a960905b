#pragma once

#include "pipit-message-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

void pipit_list_status_fill (AdwStatusPage    *page,
                             GtkButton        *button,
                             PipitMessageList *list);

G_END_DECLS
