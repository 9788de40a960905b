#include <string.h>

#include "net-transcript.h"

static void
test_lines (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (10000);
  g_autofree char *text = NULL;

  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, "* OK ready\r\n", -1);
  net_transcript_add (transcript, NET_DIRECTION_SENT, "a1 NOOP\r\nleft over", 9);
  net_transcript_note (transcript, "waited %d ms", 5);

  text = net_transcript_dup_text (transcript);
  g_assert_true (g_regex_match_simple ("^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d S: \\* OK ready\n"
                                       "[0-9:.]+ C: a1 NOOP\n"
                                       "[0-9:.]+ -- waited 5 ms\n$", text, 0, 0));
}

static void
test_secret_lines (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (10000);
  g_autofree char *text = NULL;

  net_transcript_add_secret (transcript, NET_DIRECTION_SENT, "AUTH PLAIN");
  net_transcript_add_secret (transcript, NET_DIRECTION_SENT, "");

  text = net_transcript_dup_text (transcript);
  g_assert_nonnull (strstr (text, "C: AUTH PLAIN •••\n"));
  g_assert_nonnull (strstr (text, "C: •••\n"));
}

static void
test_known_secrets_are_cut_out (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (10000);
  g_autoptr(BaseSecret) secret = base_secret_new ("pässword");
  g_autofree char *encoded = g_base64_encode ((const guchar *) "pässword", strlen ("pässword"));
  g_autofree char *echo = g_strdup_printf ("S %s and %s pässword", encoded, "pässword");
  g_autofree char *text = NULL;

  net_transcript_hide (transcript, secret);
  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, echo, -1);

  text = net_transcript_dup_text (transcript);
  g_assert_null (strstr (text, "pässword"));
  g_assert_null (strstr (text, encoded));
  g_assert_nonnull (strstr (text, "S ••• and ••• •••\n"));
}

/* A secret across the place where the line is cut must not leave its first half */
static void
test_secret_at_the_cut (void)
{
  g_autoptr(BaseSecret) secret = base_secret_new ("correct horse battery");

  for (gsize before = 470; before < 510; before++)
    {
      g_autoptr(NetTranscript) transcript = net_transcript_new (10000);
      g_autofree char *padding = g_strnfill (before, 'x');
      g_autofree char *line = g_strconcat (padding, "correct horse battery", NULL);
      g_autofree char *text = NULL;

      net_transcript_hide (transcript, secret);
      net_transcript_add (transcript, NET_DIRECTION_RECEIVED, line, -1);
      text = net_transcript_dup_text (transcript);
      g_assert_null (strstr (text, "c"));
    }
}

static void
test_bounded (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (2000);
  g_autofree char *text = NULL;

  for (int i = 0; i < 1000; i++)
    net_transcript_note (transcript, "line %d", i);

  text = net_transcript_dup_text (transcript);
  g_assert_cmpuint (strlen (text), <=, 2100);
  g_assert_nonnull (strstr (text, "line 999\n"));
  g_assert_null (strstr (text, "line 100\n"));
  g_assert_true (g_str_has_prefix (text, "("));
}

static void
test_foreign_bytes (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (100000);
  g_autofree char *huge = g_strnfill (50000, 'x');
  g_autofree char *text = NULL;

  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, "a\0b\x1b[31m\xff\r\n\r\n", 11);
  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, huge, -1);
  net_transcript_add (transcript, NET_DIRECTION_RECEIVED, "", 0);

  text = net_transcript_dup_text (transcript);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strchr (text, 0x1b));
  g_assert_cmpuint (strlen (text), <, 1000);
}

static gpointer
write_many (gpointer data)
{
  for (int i = 0; i < 2000; i++)
    net_transcript_note (data, "thread %p line %d", (void *) g_thread_self (), i);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(NetTranscript) transcript = net_transcript_new (5000);
  g_autofree char *text = NULL;
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("writer", write_many, transcript);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  text = net_transcript_dup_text (transcript);
  g_assert_nonnull (strstr (text, "line 1999"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/transcript/lines", test_lines);
  g_test_add_func ("/net/transcript/secret-lines", test_secret_lines);
  g_test_add_func ("/net/transcript/known-secrets", test_known_secrets_are_cut_out);
  g_test_add_func ("/net/transcript/secret-at-the-cut", test_secret_at_the_cut);
  g_test_add_func ("/net/transcript/bounded", test_bounded);
  g_test_add_func ("/net/transcript/foreign-bytes", test_foreign_bytes);
  g_test_add_func ("/net/transcript/threads", test_threads);

  return g_test_run ();
}
