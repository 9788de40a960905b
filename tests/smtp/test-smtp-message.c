#include <string.h>

#include "smtp-error.h"
#include "smtp-message.h"

static SmtpMessage *
prepare (const char *text,
         gssize      size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, size < 0 ? strlen (text) : (gsize) size);

  return smtp_message_new (bytes, NULL);
}

static void
assert_wire (const char *text,
             const char *expected)
{
  g_autoptr(SmtpMessage) message = prepare (text, -1);
  gsize size;
  const char *wire = g_bytes_get_data (smtp_message_get_wire (message), &size);

  g_assert_cmpmem (wire, size, expected, strlen (expected));
}

static void
test_untouched (void)
{
  assert_wire ("Subject: a\r\n\r\nText\r\n", "Subject: a\r\n\r\nText\r\n");
}

static void
test_bcc_is_removed (void)
{
  assert_wire ("To: a@b.c\r\nBcc: secret@b.c\r\nSubject: a\r\n\r\nBcc: stays\r\n",
               "To: a@b.c\r\nSubject: a\r\n\r\nBcc: stays\r\n");
}

static void
test_folded_bcc_is_removed (void)
{
  assert_wire ("Bcc: one@b.c,\r\n two@b.c,\r\n\tthree@b.c\r\nSubject: a\r\n folded\r\n\r\nText\r\n",
               "Subject: a\r\n folded\r\n\r\nText\r\n");
  assert_wire ("Bcc: one@b.c,\n two@b.c\nSubject: a\n\nText\n",
               "Subject: a\r\n\r\nText\r\n");
}

static void
test_bcc_in_other_spellings (void)
{
  assert_wire ("BCC : a@b.c\r\nbcc:\r\nResent-Bcc: d@e.f\r\nX-Bcc: stays\r\nBccx: stays\r\n\r\n",
               "X-Bcc: stays\r\nBccx: stays\r\n\r\n");
}

/* Bcc before each end of a line that a client could have written */
static void
test_bcc_between_odd_ends (void)
{
  assert_wire ("To: a@b.c\nBcc: x@y.z\r\r\n w@y.z\nSubject: a\n\nText",
               "To: a@b.c\r\nSubject: a\r\n\r\nText\r\n");
}

static void
test_no_header_but_bcc (void)
{
  assert_wire ("Bcc: x@y.z\r\n\r\nText\r\n", "\r\nText\r\n");
  assert_wire ("Bcc: x@y.z", "");
}

static void
test_ends_of_lines (void)
{
  assert_wire ("A: b\n\none\ntwo\r\nthree\rfour\r\r\nfive", "A: b\r\n\r\none\r\ntwo\r\nthree\r\n"
               "four\r\nfive\r\n");
}

/* A bare CR must not begin a header field that nobody wrote */
static void
test_cr_in_the_header (void)
{
  assert_wire ("Subject: a\rBcc: x@y.z\r\n\r\nText\r\n", "Subject: a Bcc: x@y.z\r\n\r\nText\r\n");
}

static void
test_dots (void)
{
  assert_wire ("A: b\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n", "A: b\r\n\r\n..\r\n...\r\n..a\r\nb.\r\n");
  assert_wire ("A: b\n\n.\n", "A: b\r\n\r\n..\r\n");
  /* behind ends of lines that only we see as such */
  assert_wire ("A: b\r\n\r\na\r.\rb\r\n", "A: b\r\n\r\na\r\n..\r\nb\r\n");
}

/* Whatever the message, its wire form has no CR or LF but in CRLF, and no line that is a single
 * dot: nothing in it ends the message for the server, or smuggles in another */
static void
test_nothing_ends_it_early (void)
{
  static const char alphabet[] = "\r\n.a: \n\r";

  for (int i = 0; i < 20000; i++)
    {
      char bytes[24];
      g_autoptr(SmtpMessage) message = NULL;
      const char *wire;
      gsize size;

      for (gsize j = 0; j < sizeof bytes; j++)
        bytes[j] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];

      message = prepare (bytes, sizeof bytes);
      wire = g_bytes_get_data (smtp_message_get_wire (message), &size);
      for (gsize j = 0; j < size; j++)
        {
          if (wire[j] == '\r')
            g_assert_true (j + 1 < size && wire[j + 1] == '\n');
          if (wire[j] == '\n')
            g_assert_true (j > 0 && wire[j - 1] == '\r');
          if (wire[j] == '.' && (j == 0 || wire[j - 1] == '\n'))
            g_assert_true (j + 1 < size && wire[j + 1] == '.');
        }
      g_assert_true (size == 0 || wire[size - 1] == '\n');
    }
}

static void
test_size (void)
{
  g_autoptr(SmtpMessage) message = prepare ("A: b\n\n.\n.\n", -1);

  /* "A: b" CRLF, CRLF, "." CRLF, "." CRLF */
  g_assert_cmpuint (smtp_message_get_size (message), ==, 14);
}

static void
test_8bit (void)
{
  g_autoptr(SmtpMessage) ascii = prepare ("A: b\r\n\r\nc\r\n", -1);
  g_autoptr(SmtpMessage) body = prepare ("A: b\r\n\r\nü\r\n", -1);
  g_autoptr(SmtpMessage) header = prepare ("A: ü\r\n\r\nc\r\n", -1);
  g_autoptr(SmtpMessage) bcc = prepare ("Bcc: ü@b.c\r\nA: b\r\n\r\nc\r\n", -1);

  g_assert_false (smtp_message_has_8bit_header (ascii) || smtp_message_has_8bit_body (ascii));
  g_assert_true (smtp_message_has_8bit_body (body));
  g_assert_false (smtp_message_has_8bit_header (body));
  g_assert_true (smtp_message_has_8bit_header (header));
  g_assert_false (smtp_message_has_8bit_body (header));
  g_assert_false (smtp_message_has_8bit_header (bcc));
}

static void
test_nothing (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("", 0);
  g_autoptr(GError) error = NULL;

  g_assert_null (smtp_message_new (bytes, &error));
  g_assert_error (error, SMTP_ERROR, SMTP_ERROR_INVALID);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/smtp/message/untouched", test_untouched);
  g_test_add_func ("/smtp/message/bcc", test_bcc_is_removed);
  g_test_add_func ("/smtp/message/folded-bcc", test_folded_bcc_is_removed);
  g_test_add_func ("/smtp/message/bcc-in-other-spellings", test_bcc_in_other_spellings);
  g_test_add_func ("/smtp/message/bcc-between-odd-ends", test_bcc_between_odd_ends);
  g_test_add_func ("/smtp/message/no-header-but-bcc", test_no_header_but_bcc);
  g_test_add_func ("/smtp/message/ends-of-lines", test_ends_of_lines);
  g_test_add_func ("/smtp/message/cr-in-the-header", test_cr_in_the_header);
  g_test_add_func ("/smtp/message/dots", test_dots);
  g_test_add_func ("/smtp/message/nothing-ends-it-early", test_nothing_ends_it_early);
  g_test_add_func ("/smtp/message/size", test_size);
  g_test_add_func ("/smtp/message/8bit", test_8bit);
  g_test_add_func ("/smtp/message/nothing", test_nothing);

  return g_test_run ();
}
