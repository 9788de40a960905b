#include "imap-link-private.h"

/* Throughput is counted over stretches in which answers were under way all the time: from the first
 * bytes, which came at once, to the last. What the client asks for too late counts against it, so
 * that a window which does not fill the pipe yet makes the next one larger, and not for ever. */

/* A stretch is looked at after so long; one that ends earlier counts if it brought enough */
#define STRETCH_US (100 * 1000)
#define LEAST_BYTES (16 * 1024)
#define LEAST_US 500

/* The work that somebody may have to wait behind: with what the estimate misses, and with what has to
 * be written then, less than 200 ms */
#define FLIGHT_US (150 * 1000)
/* Beyond the round trip: what waits at the server so that the pipe does not run dry */
#define RESERVE_US (75 * 1000)
#define LEAST_FLIGHT_BYTES (16 * 1024)
/* Before anything is known: what a slow link of 2 Mbit/s does in that time */
#define UNKNOWN_FLIGHT_BYTES (36 * 1024)

static guint64
average (guint64 old,
         guint64 sample)
{
  return old == 0 ? sample : (old + sample) / 2;
}

static void
take_sample (ImapLinkMeter *self,
             gint64         now_us)
{
  gint64 took_us = now_us - self->began_us;
  guint64 wire = self->wire_bytes * G_USEC_PER_SEC / (guint64) took_us;
  guint64 bytes = self->bytes * G_USEC_PER_SEC / (guint64) took_us;

  self->link.wire_bytes_per_second = MAX (1, average (self->link.wire_bytes_per_second, wire));
  self->link.bytes_per_second = MAX (1, average (self->link.bytes_per_second, bytes));
}

/* imap_link_meter_received:
 * @now_us: a time of base_time_boottime_us ()
 * @wire_bytes: how many bytes came
 * @bytes: how many they are unpacked
 *
 * Bytes of an answer that was asked for have come. */
void
imap_link_meter_received (ImapLinkMeter *self,
                          gint64         now_us,
                          gsize          wire_bytes,
                          gsize          bytes)
{
  if (self->began_us == 0)
    {
      self->began_us = now_us;
      self->wire_bytes = self->bytes = 0;
      return;
    }

  self->wire_bytes += wire_bytes;
  self->bytes += bytes;
  if (now_us - self->began_us < STRETCH_US)
    return;

  /* little in a long time is a server that thinks, not a link */
  if (self->wire_bytes >= LEAST_BYTES)
    take_sample (self, now_us);
  if (self->wire_bytes >= LEAST_BYTES || now_us - self->began_us > 10 * STRETCH_US)
    {
      self->began_us = now_us;
      self->wire_bytes = self->bytes = 0;
    }
}

/* imap_link_meter_rest: nothing is asked for any more */
void
imap_link_meter_rest (ImapLinkMeter *self,
                      gint64         now_us)
{
  if (self->began_us != 0 && self->wire_bytes >= LEAST_BYTES &&
      now_us - self->began_us >= LEAST_US)
    take_sample (self, now_us);

  self->began_us = 0;
}

/* imap_link_meter_answered:
 * @took_us: from the sending of a command, behind which nothing else waited, to its short answer */
void
imap_link_meter_answered (ImapLinkMeter *self,
                          gint64         took_us)
{
  if (self->link.rtt_us == 0 || took_us < self->link.rtt_us)
    self->link.rtt_us = MAX (1, took_us);
}

/**
 * imap_link_get_flight_bytes:
 *
 * How much bulk work may be under way while a person may ask for something: less than what the link
 * does in 200 ms. Where the round trip alone takes the better part of that, as much as fills it and
 * a little in reserve: what is in the pipe anyway delays nobody.
 *
 * Returns: bytes, unpacked
 */
guint64
imap_link_get_flight_bytes (const ImapLink *self)
{
  gint64 flight_us = MAX (FLIGHT_US, MIN (self->rtt_us, 2 * G_USEC_PER_SEC) + RESERVE_US);

  if (self->bytes_per_second == 0)
    return UNKNOWN_FLIGHT_BYTES;

  return MAX (LEAST_FLIGHT_BYTES, self->bytes_per_second / 1000 * (guint64) (flight_us / 1000));
}
