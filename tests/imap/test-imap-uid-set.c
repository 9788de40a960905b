#include <string.h>

#include "imap-uid-set.h"

static void
assert_set (ImapUidSet *set,
            const char *expected)
{
  g_autofree char *text = imap_uid_set_to_string (set);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_parsed (const char *text,
               const char *expected)
{
  g_autoptr(ImapUidSet) set = imap_uid_set_parse (text, -1);

  if (expected == NULL)
    {
      g_assert_null (set);
      return;
    }

  g_assert_nonnull (set);
  assert_set (set, expected);
}

static void
test_parse (void)
{
  assert_parsed ("1", "1");
  assert_parsed ("3:1", "1:3");
  assert_parsed ("9:7,1,2,3", "1:3,7:9");
  assert_parsed ("5,4,3,2,1", "1:5");
  assert_parsed ("1:*", "1:*");
  assert_parsed ("*:4", "4:*");
  assert_parsed ("1:4294967294", "1:4294967294");
  assert_parsed ("", NULL);
  assert_parsed ("0", NULL);
  assert_parsed ("1,", NULL);
  assert_parsed (",1", NULL);
  assert_parsed ("1:", NULL);
  assert_parsed ("1 2", NULL);
  assert_parsed ("4294967296", NULL);
  assert_parsed ("99999999999999999999999", NULL);
  assert_parsed ("-1", NULL);
  assert_parsed ("1:2:3", NULL);
}

static void
test_split (void)
{
  g_autoptr(ImapUidSet) set = imap_uid_set_new ();
  g_autoptr(ImapUidSet) together = imap_uid_set_new ();
  g_autoptr(GPtrArray) parts = NULL;

  for (guint uid = 1; uid < 20000; uid += 2)
    imap_uid_set_add (set, uid);
  imap_uid_set_add_range (set, 30000, IMAP_UID_STAR);

  parts = imap_uid_set_to_strings (set, 600, 0);
  g_assert_cmpuint (parts->len, >, 50);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr(ImapUidSet) part = imap_uid_set_parse (g_ptr_array_index (parts, i), -1);

      g_assert_cmpuint (strlen (g_ptr_array_index (parts, i)), <=, 600);
      g_assert_nonnull (part);
      imap_uid_set_add_set (together, part);
    }
  g_assert_true (imap_uid_set_equal (set, together));
}

static void
assert_split (const char *text,
              guint       max_uids,
              const char *expected)
{
  g_autoptr(ImapUidSet) set = imap_uid_set_parse (text, -1);
  g_autoptr(GPtrArray) parts = imap_uid_set_to_strings (set, 600, max_uids);
  g_autofree char *joined = NULL;

  g_ptr_array_add (parts, NULL);
  joined = g_strjoinv (" ", (char **) parts->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_split_by_count (void)
{
  assert_split ("1:10", 4, "1:4 5:8 9:10");
  assert_split ("1:10", 10, "1:10");
  assert_split ("1:10", 9, "1:9 10");
  assert_split ("1:3,7,9:12,20", 4, "1:3,7 9:12 20");
  assert_split ("1:3,7:9", 4, "1:3,7 8:9");
  assert_split ("1,3,5,7", 1, "1 3 5 7");
  assert_split ("1:5,4294967290:*", 3, "1:3 4:5 4294967290:*");
  assert_split ("1:4294967294", 2147483647, "1:2147483647 2147483648:4294967294");
}

static void
test_large_ranges (void)
{
  g_autoptr(ImapUidSet) all = imap_uid_set_new_range (1, G_MAXUINT32);
  g_autoptr(ImapUidSet) some = imap_uid_set_parse ("5,10:20,4294967295", -1);
  g_autoptr(ImapUidSet) both = imap_uid_set_intersect (all, some);

  g_assert_cmpuint (imap_uid_set_get_size (all), ==, G_MAXUINT32);
  g_assert_true (imap_uid_set_equal (both, some));
  imap_uid_set_remove_set (all, some);
  assert_set (all, "1:4,6:9,21:4294967294");
  imap_uid_set_remove (all, 4294967294u);
  imap_uid_set_remove (all, 30);
  assert_set (all, "1:4,6:9,21:29,31:4294967293");
}

static void
test_iterate (void)
{
  g_autoptr(ImapUidSet) set = imap_uid_set_parse ("1:3,7,4294967294:*", -1);
  g_autoptr(GString) seen = g_string_new (NULL);
  ImapUidSetIter iter;
  guint32 uid;

  imap_uid_set_iter_init (&iter, set);
  while (imap_uid_set_iter_next (&iter, &uid))
    g_string_append_printf (seen, "%u ", uid);
  g_assert_cmpstr (seen->str, ==, "1 2 3 7 4294967294 4294967295 ");
}

/* against a plain table of bits */
static void
test_random_operations (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr(ImapUidSet) set = imap_uid_set_new ();
      g_autoptr(ImapUidSet) other = imap_uid_set_new ();
      g_autoptr(ImapUidSet) both = NULL;
      gboolean in_set[101] = { FALSE };
      gboolean in_other[101] = { FALSE };

      for (guint step = 0; step < 60; step++)
        {
          guint32 first = (guint32) g_test_rand_int_range (1, 101);
          guint32 n = (guint32) g_test_rand_int_range (0, 6);
          guint32 last = MIN (first + n, 100);

          if (g_test_rand_bit ())
            {
              imap_uid_set_add_range (set, last, first);
              for (guint32 i = first; i <= last; i++)
                in_set[i] = TRUE;
            }
          else if (g_test_rand_bit ())
            {
              imap_uid_set_remove (set, first);
              in_set[first] = FALSE;
            }
          else
            {
              imap_uid_set_add (other, first);
              in_other[first] = TRUE;
            }
        }

      both = imap_uid_set_intersect (set, other);
      for (guint32 i = 1; i <= 100; i++)
        {
          g_assert_cmpint (imap_uid_set_contains (set, i), ==, in_set[i]);
          g_assert_cmpint (imap_uid_set_contains (both, i), ==, in_set[i] && in_other[i]);
        }

      imap_uid_set_remove_set (set, other);
      for (guint32 i = 1; i <= 100; i++)
        g_assert_cmpint (imap_uid_set_contains (set, i), ==, in_set[i] && !in_other[i]);
    }
}

static void
test_array (void)
{
  const guint32 uids[] = { 9, 3, 0, 4, 4, 1 };
  g_autoptr(ImapUidSet) set = imap_uid_set_new_array (uids, G_N_ELEMENTS (uids));

  assert_set (set, "1,3:4,9");
  g_assert_cmpuint (imap_uid_set_get_first (set), ==, 1);
  g_assert_cmpuint (imap_uid_set_get_last (set), ==, 9);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/uid-set/parse", test_parse);
  g_test_add_func ("/imap/uid-set/split", test_split);
  g_test_add_func ("/imap/uid-set/split-by-count", test_split_by_count);
  g_test_add_func ("/imap/uid-set/large-ranges", test_large_ranges);
  g_test_add_func ("/imap/uid-set/iterate", test_iterate);
  g_test_add_func ("/imap/uid-set/random-operations", test_random_operations);
  g_test_add_func ("/imap/uid-set/array", test_array);
  return g_test_run ();
}
