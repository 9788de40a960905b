#include <string.h>

#include "imap-mailbox-name.h"

static void
assert_pair (const char *shown,
             const char *wire)
{
  g_autofree char *encoded = imap_mailbox_name_encode (shown);
  g_autofree char *decoded = imap_mailbox_name_decode (wire);

  g_assert_cmpstr (encoded, ==, wire);
  g_assert_cmpstr (decoded, ==, shown);
}

static void
test_pairs (void)
{
  assert_pair ("", "");
  assert_pair ("INBOX", "INBOX");
  assert_pair ("Tom & Jerry", "Tom &- Jerry");
  assert_pair ("&&", "&-&-");
  assert_pair ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
  assert_pair ("Entwürfe", "Entw&APw-rfe");
  assert_pair ("Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-");
  assert_pair ("☃😀☃", "&JgPYPd4AJgM-");
  assert_pair ("a\"b\\c", "a\"b\\c");
}

/* what is not modified UTF-7 is shown as it is, made valid */
static void
test_damaged (void)
{
  static const struct { const char *wire; const char *shown; } names[] = {
    { "&", "&" },
    { "a&b", "a&b" },
    { "&AP", "&AP" },
    { "&AP!-", "&AP!-" },
    { "&2AA-", "&2AA-" },     /* half of a pair */
    { "&AAA-", "&AAA-" },     /* NUL */
    { "Entwürfe", "Entwürfe" }, /* UTF-8 as IMAP4rev2 has it */
    { "a\tb\x01", "a�b�" },
    { "\xff\xfe", "��" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown = imap_mailbox_name_decode (names[i].wire);

      g_assert_cmpstr (shown, ==, names[i].shown);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
    }
}

static void
test_round_trips (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr(GString) name = g_string_new (NULL);
      g_autofree char *wire = NULL;
      g_autofree char *shown = NULL;
      guint n = (guint) g_test_rand_int_range (1, 30);

      for (guint i = 0; i < n; i++)
        {
          gunichar c = (gunichar) g_test_rand_int_range (0x20, g_test_rand_bit () ? 0x7f : 0x1ffff);

          if (g_unichar_validate (c) && !g_unichar_iscntrl (c))
            g_string_append_unichar (name, c);
        }

      wire = imap_mailbox_name_encode (name->str);
      shown = imap_mailbox_name_decode (wire);
      g_assert_true (g_str_is_ascii (wire));
      g_assert_cmpstr (shown, ==, name->str);
    }
}

static void
test_random_bytes (void)
{
  for (guint round = 0; round < 5000; round++)
    {
      char wire[40];
      g_autofree char *shown = NULL;

      for (guint i = 0; i < sizeof wire - 1; i++)
        wire[i] = (char) (g_test_rand_bit () ? "&-,+/AZaz09"[g_test_rand_int_range (0, 11)]
                                            : g_test_rand_int_range (1, 256));
      wire[sizeof wire - 1] = '\0';
      shown = imap_mailbox_name_decode (wire);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
    }
}

static void
test_inbox (void)
{
  g_assert_true (imap_mailbox_name_equal ("inbox", "INBOX"));
  g_assert_false (imap_mailbox_name_equal ("sent", "Sent"));
  g_assert_cmpuint (imap_mailbox_name_hash ("Inbox"), ==, imap_mailbox_name_hash ("INBOX"));
}

static void
test_hierarchy (void)
{
  g_autofree char *leaf = imap_mailbox_name_get_leaf ("INBOX.Work.Entw&APw-rfe", '.');
  g_autofree char *leaf_of_container = imap_mailbox_name_get_leaf ("a/b/", '/');
  g_autofree char *leaf_of_flat = imap_mailbox_name_get_leaf ("a.b", '\0');
  g_autofree char *parent = imap_mailbox_name_get_parent ("INBOX.Work.x", '.');
  g_autofree char *parent_of_container = imap_mailbox_name_get_parent ("a/b/", '/');
  g_autofree char *parent_of_root = imap_mailbox_name_get_parent ("a/", '/');
  g_autofree char *below = imap_mailbox_name_join ("INBOX", '.', "Ü");
  g_autofree char *below_prefix = imap_mailbox_name_join ("INBOX.", '.', "x");
  g_autofree char *at_root = imap_mailbox_name_join (NULL, '/', "x");

  g_assert_cmpstr (leaf, ==, "Entwürfe");
  g_assert_cmpstr (leaf_of_container, ==, "b");
  g_assert_cmpstr (leaf_of_flat, ==, "a.b");
  g_assert_cmpstr (parent, ==, "INBOX.Work");
  g_assert_cmpstr (parent_of_container, ==, "a");
  g_assert_null (parent_of_root);
  g_assert_cmpstr (below, ==, "INBOX.&ANw-");
  g_assert_cmpstr (below_prefix, ==, "INBOX.x");
  g_assert_cmpstr (at_root, ==, "x");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/mailbox-name/pairs", test_pairs);
  g_test_add_func ("/imap/mailbox-name/damaged", test_damaged);
  g_test_add_func ("/imap/mailbox-name/round-trips", test_round_trips);
  g_test_add_func ("/imap/mailbox-name/random-bytes", test_random_bytes);
  g_test_add_func ("/imap/mailbox-name/inbox", test_inbox);
  g_test_add_func ("/imap/mailbox-name/hierarchy", test_hierarchy);
  return g_test_run ();
}
