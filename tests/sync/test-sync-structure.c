#include "sync-structure.h"
#include "sync-window.h"

#include <string.h>

static char *
structure_of (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(MimeMessage) message = mime_message_new (bytes);

  return sync_structure_from_message (message);
}

static void
test_survives_being_kept (void)
{
  g_autofree char *text = structure_of ("Subject: x\r\n"
                                        "Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\n"
                                        "--a b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                                        "Hello\r\n"
                                        "--a b\r\nContent-Type: application/pdf\r\n"
                                        "Content-Disposition: attachment;"
                                        " filename=\"100%\tof it.pdf\"\r\n\r\n"
                                        "%PDF\r\n--a b--\r\n");
  g_autoptr(GPtrArray) parts = sync_structure_parse (text);
  const SyncPart *part;

  g_assert_cmpuint (parts->len, ==, 3);
  part = g_ptr_array_index (parts, 0);
  g_assert_cmpstr (part->section, ==, "");
  g_assert_cmpstr (part->content_type, ==, "multipart/mixed");
  g_assert_cmpstr (part->boundary, ==, "a b");
  part = g_ptr_array_index (parts, 1);
  g_assert_cmpstr (part->section, ==, "1");
  g_assert_true (sync_structure_is_text_part (part));
  part = g_ptr_array_index (parts, 2);
  g_assert_cmpstr (part->section, ==, "2");
  g_assert_nonnull (strstr (part->file_name, "100%"));
  g_assert_cmpstr (part->disposition, ==, "attachment");

  g_assert_cmpint (sync_structure_get_attachment (parts), ==, STORE_ATTACHMENT_SOME);
  g_assert_false (sync_structure_needs_whole (parts));
}

static void
test_nonsense_is_no_structure (void)
{
  g_autoptr(GPtrArray) nothing = sync_structure_parse (NULL);
  g_autoptr(GPtrArray) nonsense = sync_structure_parse ("1\ttext\n\n%%%\t\t\t\t\t\t\t\t\n");

  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_cmpint (sync_structure_get_attachment (nothing), ==, STORE_ATTACHMENT_UNKNOWN);
  g_assert_true (sync_structure_needs_whole (nothing));
  g_assert_cmpuint (nonsense->len, <=, 1);
}

static void
test_signed_is_fetched_whole (void)
{
  g_autofree char *text = structure_of (
      "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
      "--b\r\nContent-Type: application/pgp-signature\r\n\r\ny\r\n--b--\r\n");
  g_autoptr(GPtrArray) parts = sync_structure_parse (text);

  g_assert_true (sync_structure_needs_whole (parts));
  g_assert_cmpint (sync_structure_get_attachment (parts), ==, STORE_ATTACHMENT_NONE);
}

static void
assert_taken (const char *from,
              guint64 n_uids,
              const char *taken,
              const char *left)
{
  g_autoptr(ImapUidSet) set = imap_uid_set_parse (from, -1);
  g_autoptr(ImapUidSet) newest = sync_uids_take_newest (set, n_uids);
  g_autofree char *newest_text = imap_uid_set_to_string (newest);
  g_autofree char *left_text = imap_uid_set_to_string (set);

  g_assert_cmpstr (newest_text, ==, taken);
  g_assert_cmpstr (left_text, ==, left);
}

static void
test_newest_first (void)
{
  assert_taken ("1:10", 3, "8:10", "1:7");
  assert_taken ("1:10,20,30:31", 4, "10,20,30:31", "1:9");
  assert_taken ("5,7,9", 3, "5,7,9", "");
  assert_taken ("5,7,9", 10, "5,7,9", "");
  assert_taken ("4294967290:4294967294", 1, "4294967294", "4294967290:4294967293");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/structure/survives-being-kept", test_survives_being_kept);
  g_test_add_func ("/sync/structure/nonsense-is-no-structure", test_nonsense_is_no_structure);
  g_test_add_func ("/sync/structure/signed-is-fetched-whole", test_signed_is_fetched_whole);
  g_test_add_func ("/sync/window/newest-first", test_newest_first);

  return g_test_run ();
}
