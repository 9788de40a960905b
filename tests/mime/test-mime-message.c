#include "mime-file-name.h"
#include "mime-message.h"
#include "mime-text.h"

#include <string.h>

static MimeMessage *
message_new (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return mime_message_new (bytes);
}

/* "section type role" of every part, a line each. */
static char *
outline (const MimeMessage *message)
{
  static const char * const roles[] = { "structure", "text", "html", "alternative", "related",
                                        "attachment", "calendar", "signature", "nested" };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    {
      const MimePart *part = mime_message_get_part (message, i);

      g_string_append_printf (out, "%s %s %s\n", mime_part_get_section (part),
                              mime_part_get_content_type (part), roles[mime_part_get_role (part)]);
    }

  return g_string_free (out, FALSE);
}

static const char mixed[] =
  "From: a@example.org\n"
  "Subject: mixed\n"
  "MIME-Version: 1.0\n"
  "Content-Type: multipart/mixed; boundary=outer\n"
  "\n"
  "preamble\n"
  "--outer\n"
  "Content-Type: multipart/alternative; boundary=inner\n"
  "\n"
  "--inner\n"
  "Content-Type: text/plain; charset=utf-8\n"
  "\n"
  "plain text\n"
  "--inner\n"
  "Content-Type: multipart/related; boundary=rel\n"
  "\n"
  "--rel\n"
  "Content-Type: text/html\n"
  "\n"
  "<p>html <img src=\"cid:pic%40x\"></p>\n"
  "--rel\n"
  "Content-Type: image/png; name=pic.png\n"
  "Content-ID: <pic@x>\n"
  "Content-Transfer-Encoding: base64\n"
  "\n"
  "iVBORw0KGgo=\n"
  "--rel--\n"
  "--inner--\n"
  "--outer\n"
  "Content-Type: application/pdf; name=\"a.pdf\"\n"
  "Content-Disposition: attachment; filename=\"a.pdf\"\n"
  "Content-Transfer-Encoding: base64\n"
  "\n"
  "JVBERi0=\n"
  "--outer\n"
  "Content-Type: message/rfc822\n"
  "\n"
  "Subject: inner/message\n"
  "Content-Type: multipart/mixed; boundary=deep\n"
  "\n"
  "--deep\n"
  "\n"
  "deep text\n"
  "--deep\n"
  "Content-Type: application/pdf; name=a.pdf\n"
  "\n"
  "x\n"
  "--deep--\n"
  "--outer\n"
  "Content-Type: text/plain\n"
  "\n"
  "footer of a list\n"
  "--outer--\n"
  "epilogue\n";

static void
test_structure (void)
{
  g_autoptr(MimeMessage) message = message_new (mixed);
  g_autofree char *got = outline (message);
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *html = mime_message_dup_html (message);
  GPtrArray *attachments = mime_message_get_attachments (message);
  MimePart *picture = mime_message_find_content_id (message, "pic@x");
  g_autoptr(GBytes) content = NULL;
  gsize size;

  g_assert_cmpstr (got, ==,
                   " multipart/mixed structure\n"
                   "1 multipart/alternative structure\n"
                   "1.1 text/plain text\n"
                   "1.2 multipart/related structure\n"
                   "1.2.1 text/html html\n"
                   "1.2.2 image/png related\n"
                   "2 application/pdf attachment\n"
                   "3 message/rfc822 attachment\n"
                   "3.TEXT multipart/mixed nested\n"
                   "3.1 text/plain nested\n"
                   "3.2 application/pdf nested\n"
                   "4 text/plain text\n");
  g_assert_cmpstr (text, ==, "plain text\nfooter of a list");
  g_assert_nonnull (strstr (html, "cid:pic%40x"));
  g_assert_nonnull (strstr (html, "footer of a list"));
  g_assert_cmpuint (attachments->len, ==, 2);
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[0]), ==, "a.pdf");
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[1]), ==, "inner_message.eml");
  g_assert_true (mime_message_is_complete (message));
  g_assert_cmpint (mime_message_get_problems (message), ==, 0);

  g_assert_true (picture == mime_message_find_section (message, "1.2.2"));
  g_assert_cmpuint (mime_part_get_size_bytes (picture), ==, 8);
  content = mime_part_decode (picture);
  g_assert_cmpmem (g_bytes_get_data (content, &size), size, "\x89PNG\r\n\x1a\n", 8);
  g_assert_null (mime_message_find_section (message, "9"));
  g_assert_null (mime_message_find_content_id (message, "none"));
}

/* An attached message is saved as it came, byte by byte. */
static void
test_attached_message_exact (void)
{
  g_autoptr(MimeMessage) message = message_new (mixed);
  MimePart *part = mime_message_find_section (message, "3");
  g_autoptr(GBytes) content = mime_part_decode (part);
  const char *start = strstr (mixed, "Subject: inner");
  const char *end = strstr (start, "\n--outer");
  gsize size;

  g_assert_cmpmem (g_bytes_get_data (content, &size), size, start, (gsize) (end - start));
}

static void
test_single (void)
{
  g_autoptr(MimeMessage) message = message_new ("Subject: x\r\nContent-Type: text/html\r\n\r\n<b>hi</b>");
  g_autofree char *got = outline (message);
  g_autofree char *text = mime_message_dup_text (message);

  g_assert_cmpstr (got, ==, "1 text/html html\n");
  g_assert_cmpstr (text, ==, "hi\n");
  g_assert_null (mime_message_get_text_part (message));
}

static void
test_nested_numbers (void)
{
  g_autoptr(MimeMessage) message = message_new (
    "Content-Type: message/rfc822\n\n"
    "Content-Type: message/rfc822\n\n"
    "Content-Type: text/plain\n\nhi\n");
  g_autofree char *got = outline (message);

  g_assert_cmpstr (got, ==, "1 message/rfc822 attachment\n"
                            "1.1 message/rfc822 nested\n"
                            "1.1.1 text/plain nested\n");
}

static void
test_digest (void)
{
  g_autoptr(MimeMessage) message = message_new (
    "Content-Type: multipart/digest; boundary=x\n\n"
    "--x\n\nSubject: one\n\nfirst\n--x\n\nSubject: two\n\nsecond\n--x--\n");
  g_autofree char *got = outline (message);
  GPtrArray *attachments = mime_message_get_attachments (message);

  g_assert_cmpstr (got, ==, " multipart/digest structure\n"
                            "1 message/rfc822 attachment\n1.1 text/plain nested\n"
                            "2 message/rfc822 attachment\n2.1 text/plain nested\n");
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[0]), ==, "one.eml");
}

static void
test_alternatives (void)
{
  /* an empty text part says nothing: the HTML does */
  g_autoptr(MimeMessage) empty = message_new (
    "Content-Type: multipart/alternative; boundary=x\n\n"
    "--x\nContent-Type: text/plain\n\n \n--x\nContent-Type: text/html\n\n<p>shown</p>\n"
    "--x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--x--\n");
  g_autofree char *text = mime_message_dup_text (empty);
  g_autofree char *got = outline (empty);
  /* other forms of the text are no files */
  g_autoptr(MimeMessage) other = message_new (
    "Content-Type: multipart/alternative; boundary=x\n\n"
    "--x\nContent-Type: text/plain\n\nplain\n--x\nContent-Type: text/x-amp-html\n\n<p>\n"
    "--x\nContent-Type: text/html\n\n<p>html</p>\n--x--\n");

  g_assert_cmpstr (text, ==, "shown\n");
  g_assert_cmpstr (got, ==, " multipart/alternative structure\n1 text/plain text\n2 text/html html\n"
                            "3 text/calendar calendar\n");
  g_assert_cmpuint (mime_message_get_attachments (empty)->len, ==, 1);
  g_assert_cmpstr (mime_part_get_file_name (mime_message_get_attachments (empty)->pdata[0]), ==,
                   "invitation.ics");
  g_assert_cmpuint (mime_message_get_attachments (other)->len, ==, 0);
}

static void
test_text_files (void)
{
  g_autoptr(MimeMessage) message = message_new (
    "Content-Type: multipart/mixed; boundary=x\n\n"
    "--x\n\nbody\n"
    "--x\nContent-Type: text/plain; name=notes.txt\nContent-Disposition: inline; filename=notes.txt\n\nfile\n"
    "--x\nContent-Type: text/plain\nContent-Disposition: attachment\n\nfile\n"
    "--x\nContent-Type: text/x-patch\n\nfile\n--x--\n");
  g_autofree char *text = mime_message_dup_text (message);
  GPtrArray *attachments = mime_message_get_attachments (message);

  g_assert_cmpstr (text, ==, "body");
  g_assert_cmpuint (attachments->len, ==, 3);
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[1]), ==, "attachment.txt");
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[2]), ==, "attachment.patch");
}

static void
test_protection (void)
{
  static const struct
  {
    const char     *message;
    MimeProtection  protection;
  } cases[] = {
    { "Subject: x\n\nhi", MIME_PROTECTION_NONE },
    { "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=x\n\n"
      "--x\n\nhi\n--x\nContent-Type: application/pgp-signature\n\nsig\n--x--\n", MIME_PROTECTION_PGP_SIGNED },
    { "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=x\n\n"
      "--x\n\nhi\n--x\nContent-Type: application/pkcs7-signature\n\nsig\n--x--\n", MIME_PROTECTION_SMIME_SIGNED },
    { "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\n\n"
      "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x\nContent-Type: application/octet-stream\n\nx\n--x--\n",
      MIME_PROTECTION_PGP_ENCRYPTED },
    { "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", MIME_PROTECTION_SMIME_ENCRYPTED },
    { "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", MIME_PROTECTION_SMIME_SIGNED },
    { "Subject: x\n\n-----BEGIN PGP MESSAGE-----\nx\n", MIME_PROTECTION_PGP_INLINE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(MimeMessage) message = message_new (cases[i].message);

      g_assert_cmpint (mime_message_get_protection (message), ==, cases[i].protection);
    }
  {
    g_autoptr(MimeMessage) message = message_new (cases[1].message);

    /* the signature is no file */
    g_assert_cmpuint (mime_message_get_attachments (message)->len, ==, 0);
  }
}

static void
test_completeness (void)
{
  static const struct
  {
    const char   *message;
    MimeProblems  problem;
  } cases[] = {
    { "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n", MIME_PROBLEM_BOUNDARY_MISSING },
    { "Content-Type: multipart/mixed; boundary=x\n\nhi\n", MIME_PROBLEM_BOUNDARY_UNKNOWN },
    { "Content-Type: multipart/mixed\n\n--x\n\nhi\n--x--\n", MIME_PROBLEM_BOUNDARY_UNKNOWN },
    { "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KG\n", MIME_PROBLEM_ENCODING_CUT },
    { "Subject: cut in the hea", MIME_PROBLEM_HEADERS_CUT },
    { "Content-Type: message/partial; id=x; number=1; total=2\n\nx\n", MIME_PROBLEM_PARTIAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(MimeMessage) message = message_new (cases[i].message);

      g_test_message ("case %u", (guint) i);
      g_assert_cmpint (mime_message_get_problems (message) & cases[i].problem, !=, 0);
      g_assert_false (mime_message_is_complete (message));
    }
}

/* What cannot be taken apart is shown as it is: nothing vanishes. */
static void
test_never_blank (void)
{
  static const char * const messages[] = {
    "Content-Type: multipart/mixed; boundary=x\n\nneedle\n",
    "Content-Type: multipart/mixed\n\nneedle\n",
    "Content-Type: multipart/alternative; boundary=x\nContent-Type: text/plain\n\nneedle\n",
    "Subject: x\nContent-Type: nonsense\n\nneedle\n",
    "Subject: x\nContent-Type: text\n\nneedle\n",
    "Subject: x\nContent-Transfer-Encoding: nonsense\n\nneedle\n",
    "needle, and no header at all\n",
    "\n\nneedle\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autoptr(MimeMessage) message = message_new (messages[i]);
      g_autofree char *text = mime_message_dup_text (message);

      g_test_message ("case %u", (guint) i);
      g_assert_nonnull (strstr (text, "needle"));
    }
}

static void
test_flowed (void)
{
  g_autoptr(MimeMessage) message = message_new (
    "Content-Type: text/plain; format=flowed; delsp=no\n\n"
    "One \nparagraph.\n> quoted \n> text\n>> deeper\n stuffed\n-- \nsig\n");
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *delsp = mime_text_unflow ("one \ntwo\n", TRUE);

  g_assert_cmpstr (text, ==, "One paragraph.\n> quoted text\n>> deeper\nstuffed\n-- \nsig\n");
  g_assert_cmpstr (delsp, ==, "onetwo\n");
}

static const struct
{
  const char *name;
  const char *type;
  const char *safe;
} names[] = {
  { "a.txt", NULL, "a.txt" },
  { "../../etc/passwd", NULL, "passwd" },
  { "C:\\Windows\\a.exe", NULL, "a.exe" },
  { "/", NULL, "_" },
  { "a/", NULL, "a_" },
  { "..", NULL, "file" },
  { "", "image/png", "file.png" },
  { NULL, "application/pdf", "file.pdf" },
  { ".bashrc", NULL, "bashrc" },
  { "a.txt. . ", NULL, "a.txt" },
  { "-rf", NULL, "_rf" },
  { "a\nb\tc\001d", NULL, "a b cd" },
  { "photo\xe2\x80\xaegpj.exe", NULL, "photogpj.exe" },
  { "a\xe2\x81\xa6" "b", NULL, "ab" },
  { "a\xe2\x80\x8b" "b", NULL, "ab" },
  { "CON", NULL, "_CON" },
  { "nul.txt", NULL, "_nul.txt" },
  { "com1.log", NULL, "_com1.log" },
  { "console.txt", NULL, "console.txt" },
  { "a:b*c?d\"e<f>g|h.txt", NULL, "a_b_c_d_e_f_g_h.txt" },
  { "e\xcc\x81.txt", NULL, "\xc3\xa9.txt" },
  { "\xff\xfe.txt", NULL, "\xef\xbf\xbd\xef\xbf\xbd.txt" },
  { "a   b.txt", NULL, "a b.txt" },
};

static void
test_file_names (void)
{
  GString *longest = g_string_new (NULL);
  g_autofree char *cut = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = mime_file_name_make_safe (names[i].name, names[i].type, "file");

      g_assert_cmpstr (safe, ==, names[i].safe);
    }

  for (int i = 0; i < 500; i++)
    g_string_append (longest, "é");
  g_string_append (longest, ".jpeg");
  cut = mime_file_name_make_safe (longest->str, NULL, "file");
  g_assert_cmpuint (strlen (cut), <=, MIME_FILE_NAME_MAX_BYTES);
  g_assert_true (g_str_has_suffix (cut, "é.jpeg"));
  g_assert_true (g_utf8_validate (cut, -1, NULL));
  g_string_free (longest, TRUE);
}

static void
test_file_names_unique (void)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *first = mime_file_name_make_unique ("a.txt", taken);
  g_autofree char *second = mime_file_name_make_unique ("A.txt", taken);
  g_autofree char *third = mime_file_name_make_unique ("a.txt", taken);
  g_autofree char *bare = mime_file_name_make_unique ("a", taken);
  g_autofree char *bare2 = mime_file_name_make_unique ("a", taken);

  g_assert_cmpstr (first, ==, "a.txt");
  g_assert_cmpstr (second, ==, "A (2).txt");
  g_assert_cmpstr (third, ==, "a (3).txt");
  g_assert_cmpstr (bare, ==, "a");
  g_assert_cmpstr (bare2, ==, "a (2)");
}

static void
test_nesting_limit (void)
{
  GString *deep = g_string_new (NULL), *messages = g_string_new (NULL);
  g_autoptr(MimeMessage) message = NULL;
  g_autoptr(MimeMessage) message2 = NULL;

  for (int i = 0; i < 3000; i++)
    g_string_append_printf (deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
  g_string_append (deep, "\nbottom\n");
  message = message_new (deep->str);
  g_assert_cmpuint (mime_message_get_n_parts (message), <, 100);
  g_assert_cmpint (mime_message_get_problems (message) & MIME_PROBLEM_LIMIT, !=, 0);

  for (int i = 0; i < 3000; i++)
    g_string_append (messages, "Content-Type: message/rfc822\n\n");
  g_string_append (messages, "Subject: bottom\n\nx\n");
  message2 = message_new (messages->str);
  g_assert_cmpuint (mime_message_get_n_parts (message2), <, 100);
  g_assert_cmpint (mime_message_get_problems (message2) & MIME_PROBLEM_LIMIT, !=, 0);
  g_string_free (deep, TRUE);
  g_string_free (messages, TRUE);
}

static void
test_part_limit (void)
{
  GString *many = g_string_new ("Content-Type: multipart/mixed; boundary=x\n\n");
  GString *dashes = g_string_new ("Subject: a dump\n\n");
  g_autoptr(MimeMessage) message = NULL;
  g_autoptr(MimeMessage) dump = NULL;
  g_autofree char *text = NULL;

  for (int i = 0; i < 300000; i++)
    g_string_append (many, "--x\n\n\n");
  message = message_new (many->str);
  g_assert_cmpint (mime_message_get_problems (message) & MIME_PROBLEM_LIMIT, !=, 0);
  g_assert_cmpuint (mime_message_get_n_parts (message), <=, 4000);

  /* lines with dashes that are no boundaries do no harm */
  for (int i = 0; i < 20000; i++)
    g_string_append (dashes, "-- a comment of SQL\n");
  dump = message_new (dashes->str);
  g_assert_cmpint (mime_message_get_problems (dump), ==, 0);
  text = mime_message_dup_text (dump);
  g_assert_cmpuint (strlen (text), ==, 20000 * strlen ("-- a comment of SQL\n"));
  g_string_free (many, TRUE);
  g_string_free (dashes, TRUE);
}

static void
use (const char *data,
     gsize       size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(MimeMessage) message = mime_message_new (bytes);
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *html = mime_message_dup_html (message);
  g_autofree char *preview = mime_message_dup_preview (message, 200);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (html == NULL || g_utf8_validate (html, -1, NULL));
  g_assert_true (g_utf8_validate (preview, -1, NULL));
  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    {
      g_autoptr(GBytes) content = mime_part_decode (mime_message_get_part (message, i));
      const char *name = mime_part_get_file_name (mime_message_get_part (message, i));

      g_assert_nonnull (content);
      g_assert_true (name == NULL || g_utf8_validate (name, -1, NULL));
    }
}

/* Cut after every byte. */
static void
test_truncation (void)
{
  for (gsize size = 0; size <= strlen (mixed); size++)
    use (mixed, size);
}

/* Bytes changed, removed, doubled at random, for a few seconds at most. */
static void
test_mutation (void)
{
  gint64 end = g_get_monotonic_time () + 4 * G_USEC_PER_SEC;
  static const char interesting[] = "\0\r\n\t =?:;,<>\"()\\-_@%&#*'\x80\xc3\xff";

  for (int round = 0; round < 20000 && g_get_monotonic_time () < end; round++)
    {
      GString *mutant = g_string_new (mixed);
      int n = g_test_rand_int_range (1, 12);

      for (int i = 0; i < n; i++)
        {
          gssize at = g_test_rand_int_range (0, (int) mutant->len);
          char c = interesting[g_test_rand_int_range (0, sizeof interesting - 1)];

          switch (g_test_rand_int_range (0, 4))
            {
            case 0:
              mutant->str[at] = c;
              break;
            case 1:
              g_string_insert_c (mutant, at, c);
              break;
            case 2:
              g_string_erase (mutant, at, 1);
              break;
            default:
              {
                gssize size = g_test_rand_int_range (1, 60);
                g_autofree char *piece = g_strndup (mutant->str + at,
                                                    (gsize) MIN (size, (gssize) mutant->len - at));

                g_string_insert (mutant, g_test_rand_int_range (0, (int) mutant->len), piece);
              }
            }
        }
      use (mutant->str, mutant->len);
      g_string_free (mutant, TRUE);
    }
}

static gpointer
read_in_thread (gpointer data)
{
  MimeMessage *shared = data;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *text = mime_message_dup_text (shared);
      g_autoptr(MimeMessage) own = message_new (mixed);

      g_assert_cmpstr (text, ==, "plain text\nfooter of a list");
      g_assert_cmpuint (mime_message_get_n_parts (own), ==, 12);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr(MimeMessage) shared = message_new (mixed);
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("mime", read_in_thread, shared);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* The preview of a long text is made of its beginning: it has to be that of the whole. */
static void
test_preview_of_a_long_text_is_that_of_all (void)
{
  static const char *const lines[] = {
    "Some words of the author.\r\n", "\r\n", "> a quote\r\n", "On a day Ada wrote:\r\n", "-----\r\n",
    "-- \r\n", "  indented\ttext   here\r\n", "> > deeper\n", "Äther\r\n", "a\x1b(B\r\n", "x\ry\r\n",
    "A line that is rather longer than the others are, so that it takes a part of the preview alone.\n",
  };

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr(GString) text = g_string_new ("Subject: a\nContent-Type: text/plain; charset=utf-8\n\n");
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(MimeMessage) message = NULL;
      g_autofree char *words = NULL;
      g_autofree char *expected = NULL;
      g_autofree char *preview = NULL;
      guint n_kinds = round % 2 == 0 ? 8 : G_N_ELEMENTS (lines);

      while (text->len < (round % 3 == 0 ? 1100 : 10000))
        {
          const char *line = lines[g_test_rand_int_range (0, (int) n_kinds)];

          for (int i = g_test_rand_int_range (1, round % 7 == 0 ? 200 : 4); i > 0; i--)
            g_string_append (text, line);
        }
      bytes = g_bytes_new (text->str, text->len);
      message = mime_message_new (bytes);
      words = mime_message_dup_words (message);
      expected = mime_text_preview (words, 200);
      preview = mime_message_dup_preview (message, 200);
      g_assert_cmpstr (preview, ==, expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/message/structure", test_structure);
  g_test_add_func ("/mime/message/attached-message-exact", test_attached_message_exact);
  g_test_add_func ("/mime/message/single", test_single);
  g_test_add_func ("/mime/message/nested-numbers", test_nested_numbers);
  g_test_add_func ("/mime/message/digest", test_digest);
  g_test_add_func ("/mime/message/alternatives", test_alternatives);
  g_test_add_func ("/mime/message/text-files", test_text_files);
  g_test_add_func ("/mime/message/protection", test_protection);
  g_test_add_func ("/mime/message/completeness", test_completeness);
  g_test_add_func ("/mime/message/never-blank", test_never_blank);
  g_test_add_func ("/mime/message/flowed", test_flowed);
  g_test_add_func ("/mime/message/file-names", test_file_names);
  g_test_add_func ("/mime/message/file-names-unique", test_file_names_unique);
  g_test_add_func ("/mime/message/nesting-limit", test_nesting_limit);
  g_test_add_func ("/mime/message/part-limit", test_part_limit);
  g_test_add_func ("/mime/message/truncation", test_truncation);
  g_test_add_func ("/mime/message/mutation", test_mutation);
  g_test_add_func ("/mime/message/threads", test_threads);
  g_test_add_func ("/mime/message/preview/long", test_preview_of_a_long_text_is_that_of_all);

  return g_test_run ();
}
