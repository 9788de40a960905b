#include "fuzz.h"

#include "imap-sequence-map.h"
#include "imap-uid-set.h"

/* Two sets, with a semicolon between: what is written reads as itself, however it is split; union,
 * intersection and difference agree with each other; and a sequence map survives what a server says
 * of them. */

static void
check_text (const ImapUidSet *set)
{
  g_autofree char *text = imap_uid_set_to_string (set);
  g_autoptr(ImapUidSet) again = imap_uid_set_parse (text, -1);
  guint max_uids = imap_uid_set_get_size (set) < 1000 ? 3 : 0;
  g_autoptr(GPtrArray) parts = imap_uid_set_to_strings (set, 40, max_uids);
  g_autoptr(ImapUidSet) sum = imap_uid_set_new ();

  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr(ImapUidSet) part = imap_uid_set_parse (parts->pdata[i], -1);

      g_assert_nonnull (part);
      imap_uid_set_add_set (sum, part);
    }

  g_assert_true (imap_uid_set_equal (sum, set));
  g_assert_true (imap_uid_set_is_empty (set) || imap_uid_set_equal (again, set));
}

static void
check_arithmetic (const ImapUidSet *a,
                  const ImapUidSet *b)
{
  g_autoptr(ImapUidSet) both = imap_uid_set_intersect (a, b);
  g_autoptr(ImapUidSet) any = imap_uid_set_copy (a);
  g_autoptr(ImapUidSet) only_a = imap_uid_set_copy (a);
  g_autoptr(ImapUidSet) rest = NULL;

  imap_uid_set_add_set (any, b);
  imap_uid_set_remove_set (only_a, b);
  g_assert_cmpuint (imap_uid_set_get_size (any) + imap_uid_set_get_size (both), ==,
                    imap_uid_set_get_size (a) + imap_uid_set_get_size (b));
  g_assert_cmpuint (imap_uid_set_get_size (only_a) + imap_uid_set_get_size (both), ==,
                    imap_uid_set_get_size (a));

  rest = imap_uid_set_intersect (only_a, b);
  g_assert_true (imap_uid_set_is_empty (rest));
  imap_uid_set_add_set (only_a, b);
  g_assert_true (imap_uid_set_equal (only_a, any));
  check_text (any);
}

/* The ranges are a server's numbers: EXISTS, FETCH, EXPUNGE and VANISHED in turn. */
static void
check_map (const ImapUidSet *a,
           const ImapUidSet *b)
{
  g_autoptr(ImapSequenceMap) map = imap_sequence_map_new ();
  const ImapUidRange *ranges;
  guint n_ranges;

  ranges = imap_uid_set_get_ranges (a, &n_ranges);
  for (guint i = 0; i < MIN (n_ranges, 50); i++)
    {
      imap_sequence_map_set_size (map, ranges[i].last);
      imap_sequence_map_learn (map, ranges[i].first, ranges[i].last);
      imap_sequence_map_lookup (map, ranges[i].last);
      imap_sequence_map_expunge (map, ranges[i].first);
    }
  imap_sequence_map_vanish (map, b);
  imap_sequence_map_lookup (map, imap_sequence_map_get_size (map));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto(GStrv) halves = g_strsplit (text, ";", 2);
  g_autoptr(ImapUidSet) a = NULL;
  g_autoptr(ImapUidSet) b = NULL;

  if (halves[0] == NULL || halves[1] == NULL)
    return 0;

  a = imap_uid_set_parse (halves[0], -1);
  b = imap_uid_set_parse (halves[1], -1);
  if (a == NULL || b == NULL)
    return 0;

  check_text (a);
  check_arithmetic (a, b);
  check_map (a, b);
  return 0;
}
