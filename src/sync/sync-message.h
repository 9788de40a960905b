#pragma once

#include "store-reader.h"

G_BEGIN_DECLS

GBytes *sync_message_read (StoreReader  *reader,
                           gint64        location_id,
                           gboolean     *out_is_whole,
                           GError      **error);

G_END_DECLS
