#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mime_message_id_new (const char *address);

G_END_DECLS
