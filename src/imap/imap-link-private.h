#pragma once

#include "imap-link.h"

G_BEGIN_DECLS

/**
 * ImapLinkMeter:
 * @link: what was found
 * @began_us: when the first bytes of a stretch came; 0 outside of one
 * @wire_bytes: what has come since
 * @bytes: the same, unpacked
 *
 * Measures by what it is told, and knows no clock.
 */
typedef struct
{
  ImapLink link;
  gint64 began_us;
  guint64 wire_bytes;
  guint64 bytes;
} ImapLinkMeter;

void imap_link_meter_received (ImapLinkMeter *self,
                               gint64         now_us,
                               gsize          wire_bytes,
                               gsize          bytes);
void imap_link_meter_rest     (ImapLinkMeter *self,
                               gint64         now_us);
void imap_link_meter_answered (ImapLinkMeter *self,
                               gint64         took_us);

G_END_DECLS
