/* The reader of replies: whole, byte by byte and at random cuts, with equal results. */

#include <string.h>

#include "net-error.h"
#include "smtp-reader.h"

/* "code enhanced [line|line]" for each reply, and how it ended */
static char *
read_all (const char  *bytes,
          gsize        size,
          gsize      (*cut) (gsize left))
{
  g_autoptr(SmtpReader) reader = smtp_reader_new ();
  GString *seen = g_string_new (NULL);
  gsize fed = 0;

  while (TRUE)
    {
      g_autoptr(SmtpReply) reply = NULL;
      g_autoptr(GError) error = NULL;
      SmtpReaderStatus status = smtp_reader_next (reader, &reply, &error);

      if (status == SMTP_READER_REPLY)
        {
          g_autofree char *lines = g_strjoinv ("|", (char **) smtp_reply_get_lines (reply));

          g_string_append_printf (seen, "%u %s [%s] ", smtp_reply_get_code (reply),
                                  smtp_reply_get_enhanced (reply), lines);
          continue;
        }

      g_assert_null (reply);
      if (status == SMTP_READER_ERROR)
        {
          g_assert_error (error, NET_ERROR, NET_ERROR_PROTOCOL);
          g_string_append (seen, "error");
          break;
        }

      if (fed == size)
        {
          g_string_append (seen, smtp_reader_is_empty (reader) ? "empty" : "more");
          break;
        }

      {
        gsize wanted = cut (size - fed);
        gsize part = MIN (wanted, size - fed);

        smtp_reader_feed (reader, bytes + fed, part);
        fed += part;
      }
    }

  return g_string_free (seen, FALSE);
}

static gsize
cut_nowhere (gsize left)
{
  return left;
}

static gsize
cut_everywhere (gsize left)
{
  return 1;
}

static gsize
cut_at_random (gsize left)
{
  return (gsize) g_test_rand_int_range (1, 20);
}

static void
assert_reads_sized (const char *bytes,
                    gsize       size,
                    const char *expected)
{
  g_autofree char *whole = read_all (bytes, size, cut_nowhere);
  g_autofree char *single = read_all (bytes, size, cut_everywhere);

  g_assert_cmpstr (whole, ==, expected);
  g_assert_cmpstr (single, ==, expected);

  for (int i = 0; i < 50; i++)
    {
      g_autofree char *random = read_all (bytes, size, cut_at_random);

      g_assert_cmpstr (random, ==, expected);
    }
}

static void
assert_reads (const char *bytes,
              const char *expected)
{
  assert_reads_sized (bytes, strlen (bytes), expected);
}

static void
test_single_lines (void)
{
  assert_reads ("220 mail.example ESMTP\r\n", "220 (null) [mail.example ESMTP] empty");
  assert_reads ("250\r\n", "250 (null) [] empty");
  assert_reads ("250 \r\n", "250 (null) [] empty");
  assert_reads ("354 go on\n", "354 (null) [go on] empty");
  assert_reads ("250 a\r\n550 b\r\n", "250 (null) [a] 550 (null) [b] empty");
}

static void
test_several_lines (void)
{
  assert_reads ("250-mail.example\r\n250-SIZE 100\r\n250-\r\n250 AUTH PLAIN\r\n",
                "250 (null) [mail.example|SIZE 100||AUTH PLAIN] empty");
  assert_reads ("250-a\r\n250-b\r\n", "more");
}

static void
test_enhanced (void)
{
  assert_reads ("550 5.1.1 No such user\r\n", "550 5.1.1 [No such user] empty");
  assert_reads ("250 2.0.0\r\n", "250 2.0.0 [] empty");
  assert_reads ("535 5.7.139 No\r\n", "535 5.7.139 [No] empty");
  assert_reads ("550-5.7.1 First\r\n550 5.7.1 second\r\n", "550 5.7.1 [First|second] empty");
  /* of another class, too long, or a part of the text */
  assert_reads ("550 2.1.1 odd\r\n", "550 (null) [2.1.1 odd] empty");
  assert_reads ("550 5.1234.1 odd\r\n", "550 (null) [5.1234.1 odd] empty");
  assert_reads ("220 2.3.4.5 is my address\r\n", "220 (null) [2.3.4.5 is my address] empty");
  assert_reads ("550 5.1\r\n", "550 (null) [5.1] empty");
  assert_reads ("550 5.\r\n", "550 (null) [5.] empty");
}

static void
test_codes_that_differ (void)
{
  assert_reads ("250-a\r\n550 b\r\n", "550 (null) [a|b] empty");
}

static void
test_incomplete (void)
{
  assert_reads ("", "empty");
  assert_reads ("2", "more");
  assert_reads ("250 OK", "more");
  assert_reads ("250 OK\r", "more");
}

static void
test_no_reply (void)
{
  assert_reads ("* OK IMAP4rev1\r\n", "error");
  assert_reads ("\r\n", "error");
  assert_reads ("25\r\n", "error");
  assert_reads ("199 a\r\n", "error");
  assert_reads ("600 a\r\n", "error");
  assert_reads ("2500 a\r\n", "error");
  assert_reads ("250-a\r\nnothing\r\n", "error");
  assert_reads ("250 fine\r\nHTTP/1.1 400\r\n", "250 (null) [fine] error");
}

static void
test_foreign_bytes (void)
{
  assert_reads_sized ("250 a\0b\xff\x1b[m\r\n", 13,
                      "250 (null) [a\xef\xbf\xbd" "b\xef\xbf\xbd [m] empty");
}

static void
test_limits (void)
{
  g_autofree char *long_line = g_strnfill (5000, 'x');
  g_autofree char *line = g_strconcat ("250 ", long_line, "\r\n", NULL);
  GString *endless = g_string_new (NULL);

  assert_reads (line, "error");
  assert_reads (long_line, "error");

  for (int i = 0; i < 300; i++)
    g_string_append (endless, "250-more\r\n");
  assert_reads (endless->str, "error");
  g_string_free (endless, TRUE);
}

static void
test_nothing_comes_after_an_error (void)
{
  g_autoptr(SmtpReader) reader = smtp_reader_new ();
  g_autoptr(SmtpReply) reply = NULL;

  smtp_reader_feed (reader, "nonsense\r\n", 10);
  g_assert_cmpint (smtp_reader_next (reader, &reply, NULL), ==, SMTP_READER_ERROR);
  smtp_reader_feed (reader, "250 OK\r\n", 8);
  g_assert_cmpint (smtp_reader_next (reader, &reply, NULL), ==, SMTP_READER_ERROR);
  g_assert_null (reply);
}

/* Bytes at random crash nothing */
static void
test_random_bytes (void)
{
  for (int i = 0; i < 3000; i++)
    {
      static const char alphabet[] = "2450-. \r\n\0a\xff";
      char bytes[60];
      g_autofree char *whole = NULL;
      g_autofree char *single = NULL;

      for (gsize j = 0; j < sizeof bytes; j++)
        bytes[j] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];

      whole = read_all (bytes, sizeof bytes, cut_nowhere);
      single = read_all (bytes, sizeof bytes, cut_everywhere);
      g_assert_cmpstr (whole, ==, single);
    }
}

static void
test_text (void)
{
  g_autoptr(SmtpReader) reader = smtp_reader_new ();
  g_autoptr(SmtpReply) reply = NULL;
  g_autofree char *text = NULL;

  smtp_reader_feed (reader, "452-4.2.2 Full\r\n452 4.2.2 today\r\n", 33);
  g_assert_cmpint (smtp_reader_next (reader, &reply, NULL), ==, SMTP_READER_REPLY);
  text = smtp_reply_dup_text (reply);
  g_assert_cmpstr (text, ==, "452 4.2.2 Full today");
  g_assert_true (smtp_reply_is_temporary (reply));
  g_assert_false (smtp_reply_is_permanent (reply));
  g_assert_false (smtp_reply_is_positive (reply));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/smtp/reader/single-lines", test_single_lines);
  g_test_add_func ("/smtp/reader/several-lines", test_several_lines);
  g_test_add_func ("/smtp/reader/enhanced", test_enhanced);
  g_test_add_func ("/smtp/reader/codes-that-differ", test_codes_that_differ);
  g_test_add_func ("/smtp/reader/incomplete", test_incomplete);
  g_test_add_func ("/smtp/reader/no-reply", test_no_reply);
  g_test_add_func ("/smtp/reader/foreign-bytes", test_foreign_bytes);
  g_test_add_func ("/smtp/reader/limits", test_limits);
  g_test_add_func ("/smtp/reader/nothing-after-an-error", test_nothing_comes_after_an_error);
  g_test_add_func ("/smtp/reader/random-bytes", test_random_bytes);
  g_test_add_func ("/smtp/reply/text", test_text);

  return g_test_run ();
}
