#include "imap-link-private.h"

/* What is measured of a link, told the times of links that are known. */

#define MS 1000

/* A link of a fixed rate delivers what was asked for, a reading each 10 ms. Returns the time after. */
static gint64
deliver (ImapLinkMeter *meter,
         gint64         now_us,
         guint64        bytes_per_second,
         guint          ms)
{
  for (guint passed = 0; passed < ms; passed += 10)
    {
      imap_link_meter_received (meter, now_us, bytes_per_second / 100, bytes_per_second / 100);
      now_us += 10 * MS;
    }

  return now_us;
}

static void
assert_about (guint64 value,
              guint64 expected)
{
  g_assert_cmpuint (value, >, expected * 9 / 10);
  g_assert_cmpuint (value, <, expected * 11 / 10);
}

static void
test_steady (void)
{
  static const guint64 rates[] = { 250 * 1000, 2500 * 1000, 100 * 1000 * 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      ImapLinkMeter meter = { 0 };

      deliver (&meter, 1, rates[i], 1000);
      assert_about (meter.link.bytes_per_second, rates[i]);
      assert_about (meter.link.wire_bytes_per_second, rates[i]);
    }
}

static void
test_pauses_do_not_count (void)
{
  ImapLinkMeter meter = { 0 };
  gint64 now_us = 1;

  for (guint i = 0; i < 10; i++)
    {
      now_us = deliver (&meter, now_us, 1000 * 1000, 60);
      imap_link_meter_rest (&meter, now_us - 10 * MS);
      now_us += 5000 * MS;
    }

  assert_about (meter.link.bytes_per_second, 1000 * 1000);
}

static void
test_follows_a_change (void)
{
  ImapLinkMeter meter = { 0 };
  gint64 now_us = deliver (&meter, 1, 10 * 1000 * 1000, 500);

  deliver (&meter, now_us, 500 * 1000, 1000);
  assert_about (meter.link.bytes_per_second, 500 * 1000);
}

static void
test_small_talk_is_no_measure (void)
{
  ImapLinkMeter meter = { 0 };
  gint64 now_us = 1;

  for (guint i = 0; i < 100; i++)
    {
      imap_link_meter_received (&meter, now_us, 40, 40);
      imap_link_meter_received (&meter, now_us += 300 * MS, 40, 40);
      imap_link_meter_rest (&meter, now_us += 300 * MS);
    }

  g_assert_cmpuint (meter.link.bytes_per_second, ==, 0);
  g_assert_cmpuint (imap_link_get_flight_bytes (&meter.link), ==, 36 * 1024);
}

static void
test_round_trip (void)
{
  ImapLinkMeter meter = { 0 };

  imap_link_meter_answered (&meter, 130 * MS);
  imap_link_meter_answered (&meter, 101 * MS);
  imap_link_meter_answered (&meter, 900 * MS);
  g_assert_cmpint (meter.link.rtt_us, ==, 101 * MS);
}

static void
test_packed (void)
{
  ImapLinkMeter meter = { 0 };

  for (gint64 now_us = 1; now_us < 1000 * MS; now_us += 10 * MS)
    imap_link_meter_received (&meter, now_us, 2500, 17500);

  assert_about (meter.link.wire_bytes_per_second, 250 * 1000);
  assert_about (meter.link.bytes_per_second, 1750 * 1000);
}

static void
test_flight (void)
{
  ImapLink link = { .rtt_us = 20 * MS, .bytes_per_second = 1000 * 1000 };

  /* 150 ms */
  g_assert_cmpuint (imap_link_get_flight_bytes (&link), ==, 150 * 1000);

  /* what the pipe holds, and a little more */
  link.rtt_us = 600 * MS;
  g_assert_cmpuint (imap_link_get_flight_bytes (&link), ==, 675 * 1000);

  /* a server that took an hour to answer is no long pipe */
  link.rtt_us = (gint64) 3600 * G_USEC_PER_SEC;
  g_assert_cmpuint (imap_link_get_flight_bytes (&link), ==, 2075 * 1000);

  link.bytes_per_second = 1;
  g_assert_cmpuint (imap_link_get_flight_bytes (&link), ==, 16 * 1024);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/imap/link/steady", test_steady);
  g_test_add_func ("/imap/link/pauses-do-not-count", test_pauses_do_not_count);
  g_test_add_func ("/imap/link/follows-a-change", test_follows_a_change);
  g_test_add_func ("/imap/link/small-talk-is-no-measure", test_small_talk_is_no_measure);
  g_test_add_func ("/imap/link/round-trip", test_round_trip);
  g_test_add_func ("/imap/link/packed", test_packed);
  g_test_add_func ("/imap/link/flight", test_flight);

  return g_test_run ();
}
