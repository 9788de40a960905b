#include "imap-sequence-map.h"

static void
test_learn_and_expunge (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();

  imap_sequence_map_set_size (map, 5);
  imap_sequence_map_learn (map, 2, 20);
  imap_sequence_map_learn (map, 4, 40);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 2), ==, 20);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 3), ==, 0);
  g_assert_cmpuint (imap_sequence_map_expunge (map, 1), ==, 0);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 1), ==, 20);
  g_assert_cmpuint (imap_sequence_map_expunge (map, 3), ==, 40);
  g_assert_cmpuint (imap_sequence_map_get_size (map), ==, 3);
  g_assert_true (imap_sequence_map_is_trusted (map));
}

/* every way to lose count ends in "not known", never in a wrong UID */
static void
test_distrust (void)
{
  for (guint way = 0; way < 6; way++)
    {
      g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();

      imap_sequence_map_set_size (map, 5);
      imap_sequence_map_learn (map, 2, 20);
      imap_sequence_map_learn (map, 3, 30);
      g_assert_true (imap_sequence_map_is_trusted (map));

      if (way == 0)
        imap_sequence_map_learn (map, 2, 21);
      else if (way == 1)
        imap_sequence_map_learn (map, 4, 25);
      else if (way == 2)
        imap_sequence_map_learn (map, 6, 60);
      else if (way == 3)
        imap_sequence_map_set_size (map, 4);
      else if (way == 4)
        imap_sequence_map_expunge (map, 6);
      else
        imap_sequence_map_learn (map, 1, 20);

      g_assert_false (imap_sequence_map_is_trusted (map));
      g_assert_cmpuint (imap_sequence_map_lookup (map, 2), ==, 0);
      g_assert_cmpuint (imap_sequence_map_expunge (map, 2), ==, 0);
      imap_sequence_map_reset (map);
      g_assert_true (imap_sequence_map_is_trusted (map));
    }
}

static void
test_vanish (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();
  g_autoptr(ImapUidSet) gone = imap_uid_set_parse ("15,20,35:39,90", -1);

  /* ? 20 ? ? 40 50 ?: what is unknown goes by how many UIDs would lie there */
  imap_sequence_map_set_size (map, 7);
  imap_sequence_map_learn (map, 2, 20);
  imap_sequence_map_learn (map, 5, 40);
  imap_sequence_map_learn (map, 6, 50);
  imap_sequence_map_vanish (map, gone);
  g_assert_cmpuint (imap_sequence_map_get_size (map), ==, 2);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 1), ==, 40);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 2), ==, 50);
}

static void
test_learn_all (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();
  g_autoptr(ImapUidSet) too_few = imap_uid_set_parse ("3:4", -1);
  g_autoptr(ImapUidSet) all = imap_uid_set_parse ("3:5", -1);

  imap_sequence_map_set_size (map, 3);
  imap_sequence_map_learn_all (map, too_few);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 1), ==, 0);
  imap_sequence_map_learn_all (map, all);
  g_assert_cmpuint (imap_sequence_map_lookup (map, 3), ==, 5);
}

/* a mailbox as large as a server likes to say it is */
static void
test_what_is_unknown_costs_nothing (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();

  for (guint i = 0; i < 100; i++)
    {
      imap_sequence_map_reset (map);
      imap_sequence_map_set_size (map, 20000000);
      g_assert_true (imap_sequence_map_learn (map, 19999999, 7));
      g_assert_cmpuint (imap_sequence_map_expunge (map, 5), ==, 0);
      g_assert_cmpuint (imap_sequence_map_lookup (map, 19999998), ==, 7);
      g_assert_cmpuint (imap_sequence_map_lookup (map, 19999999), ==, 0);
    }

  imap_sequence_map_set_size (map, G_MAXUINT32);
  g_assert_false (imap_sequence_map_is_trusted (map));
  g_assert_cmpuint (imap_sequence_map_get_size (map), ==, G_MAXUINT32);
}

static void
test_one_uid_for_two_messages (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();

  imap_sequence_map_set_size (map, 3);
  g_assert_true (imap_sequence_map_learn (map, 1, 10));
  g_assert_true (imap_sequence_map_learn (map, 1, 10));
  g_assert_false (imap_sequence_map_learn (map, 2, 10));
  g_assert_false (imap_sequence_map_is_trusted (map));
}

/* against a plain array */
static void
test_random (void)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();
  g_autoptr(GArray) truth = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 next_uid = 1;

  for (guint step = 0; step < 30000; step++)
    {
      int what = g_test_rand_int_range (0, 10);

      if (truth->len < 3000 || what < 3)
        {
          next_uid += (guint32) g_test_rand_int_range (1, 4);
          g_array_append_val (truth, next_uid);
          imap_sequence_map_set_size (map, truth->len);
          imap_sequence_map_learn (map, truth->len, next_uid);
        }
      else if (what < 7)
        {
          guint32 sequence = (guint32) g_test_rand_int_range (1, (gint32) truth->len + 1);

          g_assert_cmpuint (imap_sequence_map_expunge (map, sequence), ==,
                            g_array_index (truth, guint32, sequence - 1));
          g_array_remove_index (truth, sequence - 1);
        }
      else
        {
          guint32 sequence = (guint32) g_test_rand_int_range (1, (gint32) truth->len + 1);

          g_assert_cmpuint (imap_sequence_map_lookup (map, sequence), ==,
                            g_array_index (truth, guint32, sequence - 1));
        }
    }
  g_assert_cmpuint (imap_sequence_map_get_size (map), ==, truth->len);
  g_assert_true (imap_sequence_map_is_trusted (map));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/sequence-map/learn-and-expunge", test_learn_and_expunge);
  g_test_add_func ("/imap/sequence-map/distrust", test_distrust);
  g_test_add_func ("/imap/sequence-map/vanish", test_vanish);
  g_test_add_func ("/imap/sequence-map/learn-all", test_learn_all);
  g_test_add_func ("/imap/sequence-map/what-is-unknown-costs-nothing",
                   test_what_is_unknown_costs_nothing);
  g_test_add_func ("/imap/sequence-map/one-uid-for-two-messages", test_one_uid_for_two_messages);
  g_test_add_func ("/imap/sequence-map/random", test_random);
  return g_test_run ();
}
