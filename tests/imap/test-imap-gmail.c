/* What is said to a server with X-GM-EXT-1. */

#include "scripted.h"

#define GMAIL SCRIPTED_HELLO "X-GM-EXT-1] x"

static void
search (Scripted   *scripted,
        const char *key,
        const char *text)
{
  g_autoptr(ImapCommand) command = imap_session_uid_search_text (scripted->worker.session, key,
                                                                 text);
  g_autoptr(GError) error = NULL;

  g_assert_true (imap_command_await (command, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (imap_uid_set_get_size (imap_command_get_found (command)), ==, 1);
}

/* BODY finds whole words only */
static void
test_texts_are_searched_by_raw (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (
    GMAIL, SCRIPTED_SELECT,
    "C: AAAB UID SEARCH X-GM-RAW \"\\\"plan b\\\"\"", "S: * SEARCH 20", "S: AAAB OK x",
    "C: AAAC UID SEARCH UID 5:* X-GM-RAW \"subject:\\\"plan  b -c\\\"\"", "S: * SEARCH 20",
    "S: AAAC OK x",
    "C: AAAD UID SEARCH HEADER Message-ID \"a@x\"", "S: * SEARCH 20", "S: AAAD OK x",
    "silence"));
  search (&scripted, "BODY", "plan b");
  search (&scripted, "UID 5:* SUBJECT", " plan \"b -c\r\n");
  search (&scripted, "HEADER Message-ID", "a@x");
  scripted_finish (&scripted);
}

static void
test_others_are_asked_as_ever (void)
{
  Scripted scripted;

  scripted_open (&scripted, SCRIPTED (
    SCRIPTED_HELLO "] x", SCRIPTED_SELECT,
    "C: AAAB UID SEARCH BODY \"plan b\"", "S: * SEARCH 20", "S: AAAB OK x", "silence"));
  search (&scripted, "BODY", "plan b");
  scripted_finish (&scripted);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/imap/gmail/raw", test_texts_are_searched_by_raw);
  g_test_add_func ("/imap/gmail/not-raw", test_others_are_asked_as_ever);

  return g_test_run ();
}
