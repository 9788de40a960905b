#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ImapLink:
 * @rtt_us: shortest time between a command and its answer, the server's thinking included; 0 for not
 *   measured
 * @wire_bytes_per_second: what the wire has brought while answers were under way; 0 for not measured
 * @bytes_per_second: the same as it was unpacked: equal without COMPRESS
 *
 * What the way to the server does, and the server itself, as measured.
 */
typedef struct
{
  gint64 rtt_us;
  guint64 wire_bytes_per_second;
  guint64 bytes_per_second;
} ImapLink;

guint64 imap_link_get_flight_bytes (const ImapLink *self);

G_END_DECLS
