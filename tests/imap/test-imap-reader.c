#include <string.h>

#include "dump.h"
#include "imap-error.h"
#include "imap-reader.h"

/* Every test reads whole, byte by byte and at random cuts, and wants the same. */
static void
assert_read (const void *bytes,
             gsize       size,
             const char *expected)
{
  g_autofree char *whole = dump_bytes (bytes, size, MAX (size, 1));
  g_autofree char *single = dump_bytes (bytes, size, 1);

  if (expected != NULL)
    g_assert_cmpstr (whole, ==, expected);
  g_assert_cmpstr (single, ==, whole);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *cut = dump_bytes (bytes, size, 0);

      g_assert_cmpstr (cut, ==, whole);
    }
}

static void
assert_text (const char *text,
             const char *expected)
{
  assert_read (text, strlen (text), expected);
}

static void
test_lines (void)
{
  assert_text ("* OK hello\r\n* 3 EXISTS\r\nA1 OK done\r\n+ go on\r\n+\r\n",
               "OK OK 'hello'\nEXISTS 3\nOK A1 OK 'done'\n+ 'go on'\n+ ''\n");
  assert_text ("* 3 EXISTS\n* 4 EXISTS\n", "EXISTS 3\nEXISTS 4\n");
  assert_text ("", "");
  assert_text ("* 3 EXI", "…\n");
}

/* NUL bytes and empty lines in front (imapflow has met them) */
static void
test_empty_lines (void)
{
  static const char bytes[] = "\0\0* 3 EXISTS\r\n\r\n\n* 4 EXISTS\r\n\0\0";

  assert_read (bytes, sizeof bytes - 1, "EXISTS 3\nEXISTS 4\n");
}

static void
test_literals (void)
{
  assert_text ("* 1 FETCH (BODY[] {5}\r\nab\r\nc UID 7)\r\n* 2 EXISTS\r\n",
               "FETCH 1 uid=7 BODY[]='ab\\r\\nc'\nEXISTS 2\n");
  assert_text ("* 1 FETCH (BODY[1] {0}\r\n BODY[2] ~{3}\r\n\"{( UID 7)\r\n",
               "FETCH 1 uid=7 BODY[1]='' BODY[2]='\\\"{('\n");
  assert_text ("* LIST () \"/\" {6}\r\na\"b\\c{\r\n", "LIST 0 / 'a\"b\\c{'\n");
  assert_text ("* 1 FETCH (BODY[] {3+}\r\n{5} UID 7)\r\n", "FETCH 1 uid=7 BODY[]='{5}'\n");
  /* a literal that ends with what looks like the announcement of another */
  assert_text ("* 1 FETCH (BODY[] {4}\r\nab{5\r\n* 2 EXISTS\r\n",
               "FETCH 1 BODY[]='ab{5'\nEXISTS 2\n");
}

/* a status text is for people to its end */
static void
test_no_literal_in_text (void)
{
  assert_text ("* OK you have {5}\r\nA1 NO not {3}\r\n* BYE[ALERT] x {12}\r\n",
               "OK OK 'you have {5}'\nNO A1 NO 'not {3}'\nBYE BYE [ALERT] 'x {12}'\n");
}

static void
test_large_literal (void)
{
  static const gsize sizes[] = { 16383, 16384, 16385, 65535, 65536, 200000, 1000003 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(GString) bytes = g_string_new ("* 3 EXISTS\r\n");
      g_autofree char *whole = NULL;
      g_autofree char *stepped = NULL;
      g_autofree char *expected = NULL;

      g_string_append_printf (bytes, "* 1 FETCH (UID 7 BODY[] {%" G_GSIZE_FORMAT "}\r\n", sizes[i]);
      for (gsize j = 0; j < sizes[i]; j++)
        g_string_append_c (bytes, "abc\r\n{7}"[j % 8]);
      g_string_append (bytes, " BODY[HEADER] {3}\r\nxyz FLAGS (\\Seen))\r\n* 4 EXISTS\r\n");

      whole = dump_bytes (bytes->str, bytes->len, bytes->len);
      stepped = dump_bytes (bytes->str, bytes->len, i < 5 ? 1 : 4093);
      expected = g_strdup_printf ("FETCH 1 uid=7 flags=1: BODY[]=%" G_GSIZE_FORMAT ":", sizes[i]);
      g_assert_nonnull (strstr (whole, expected));
      g_assert_nonnull (strstr (whole, "HEADER[]='xyz'\nEXISTS 4\n"));
      g_assert_cmpstr (whole, ==, stepped);
    }
}

/* responses outlive the reader and what it reads later */
static void
test_responses_stay (void)
{
  ImapReader *reader = imap_reader_new ();
  g_autoptr(GPtrArray) kept = NULL;

  kept = g_ptr_array_new_with_free_func ((GDestroyNotify) imap_response_unref);
  for (guint i = 1; i <= 5000; i++)
    {
      g_autofree char *text = g_strdup_printf ("* %u FETCH (UID %u BODY[HEADER] {12}\r\n"
                                               "Subj: %06u)\r\n", i, i, i);
      ImapResponse *response;

      imap_reader_feed (reader, text, strlen (text));
      g_assert_cmpint (imap_reader_next (reader, &response, NULL), ==, IMAP_READER_RESPONSE);
      g_ptr_array_add (kept, response);
    }
  imap_reader_free (reader);

  for (guint i = 1; i <= 5000; i++)
    {
      ImapResponse *response = g_ptr_array_index (kept, i - 1);
      const ImapSection *section = imap_response_find_section (response, IMAP_SECTION_HEADER, "");
      g_autofree char *expected = g_strdup_printf ("Subj: %06u", i);

      g_assert_cmpmem (section->bytes, section->size_bytes, expected, 12);
    }
}

static void
test_dropping (void)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  g_autoptr(ImapResponse) response = NULL;
  g_autofree char *waste = g_malloc0 (1000000);
  g_autofree char *text = NULL;
  static const char head[] = "* 1 FETCH (UID 7 BODY[] {500000000}\r\n";

  imap_reader_set_dropping (reader, TRUE);
  imap_reader_feed (reader, head, strlen (head));
  for (guint i = 0; i < 500; i++)
    {
      g_assert_cmpint (imap_reader_next (reader, &response, NULL), ==, IMAP_READER_MORE);
      imap_reader_feed (reader, waste, 1000000);
    }
  imap_reader_feed (reader, " FLAGS (\\Seen))\r\n", 17);
  g_assert_cmpint (imap_reader_next (reader, &response, NULL), ==, IMAP_READER_RESPONSE);
  text = dump_response (response);
  g_assert_cmpstr (text, ==, "FETCH 1 uid=7 flags=1: BODY[]=dropped:500000000");
}

static void
assert_too_large (const char *text,
                  const char *repeated,
                  guint       n)
{
  static const ImapReaderLimits limits = { 100000, 50000, 120000, 50 };
  g_autoptr(ImapReader) reader = imap_reader_new ();
  ImapReaderResult result = IMAP_READER_MORE;

  imap_reader_set_limits (reader, &limits);
  imap_reader_feed (reader, text, strlen (text));
  for (guint i = 0; i < n && result != IMAP_READER_ERROR; i++)
    {
      g_autoptr(ImapResponse) response = NULL;
      g_autoptr(GError) error = NULL;

      imap_reader_feed (reader, repeated, strlen (repeated));
      result = imap_reader_next (reader, &response, &error);
      if (result == IMAP_READER_ERROR)
        g_assert_error (error, IMAP_ERROR, IMAP_ERROR_TOO_LARGE);
    }
  g_assert_cmpint (result, ==, IMAP_READER_ERROR);
}

static void
test_limits (void)
{
  assert_too_large ("* 1 FETCH (", "FLAGS (\\Seen) ", 20000);
  assert_too_large ("* 1 FETCH (BODY[] {50001}\r\n", "x", 1);
  assert_too_large ("* 1 FETCH (BODY[] {99999999999999999999999999999999999}\r\n", "x", 1);
  assert_too_large ("* 1 FETCH (", "BODY[] {1}\r\nx ", 100);
  {
    g_autofree char *literal = g_strnfill (49999, 'x');
    g_autofree char *item = g_strconcat ("BODY[1] {49999}\r\n", literal, " ", NULL);

    assert_too_large ("* 1 FETCH (", item, 3);
  }
}

/* an announcement alone costs nothing: memory grows with what comes */
static void
test_announced_is_not_allocated (void)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  g_autoptr(ImapResponse) response = NULL;
  static const char head[] = "* 1 FETCH (BODY[] {134217728}\r\nabc";
  gsize space;

  imap_reader_feed (reader, head, strlen (head));
  g_assert_cmpint (imap_reader_next (reader, &response, NULL), ==, IMAP_READER_MORE);
  imap_reader_get_space (reader, &space);
  g_assert_cmpuint (space, <=, 256 * 1024);
}

static void
test_nonsense (void)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  g_autoptr(GError) error = NULL;
  guint n = 0;

  while (TRUE)
    {
      g_autoptr(ImapResponse) response = NULL;

      imap_reader_feed (reader, "<p>This is the web</p>\r\n", 24);
      if (imap_reader_next (reader, &response, &error) == IMAP_READER_ERROR)
        break;
      g_assert_cmpint (response->type, ==, IMAP_RESPONSE_OTHER);
      g_assert_cmpuint (++n, <, 5000);
    }
  g_assert_error (error, IMAP_ERROR, IMAP_ERROR_SYNTAX);
}

static void
test_endless_empty_lines (void)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  g_autoptr(ImapResponse) response = NULL;
  ImapReaderResult result = IMAP_READER_MORE;

  for (guint i = 0; i < 100000 && result == IMAP_READER_MORE; i++)
    {
      imap_reader_feed (reader, "\r\n\r\n", 4);
      result = imap_reader_next (reader, &response, NULL);
    }
  g_assert_cmpint (result, ==, IMAP_READER_ERROR);
}

/* anything may come */
static void
test_random_bytes (void)
{
  static const char *const words[] = {
    "* ", "1 FETCH (", "BODY[", "]", "{5}\r\n", "{20000}\r\n", "\"", "\\", "(", ")", "NIL", " ",
    "UID 7", "ENVELOPE (", "BODYSTRUCTURE (", "\r\n", "OK [", "COPYUID 1 1:2 3:4", "LIST () \"/\" ",
    "SEARCH 1 2", "FLAGS (\\Seen", "A1 OK", "+ ", "\xff", "STATUS x (", "~{3}\r\n", "<5>", "VANISHED",
    "\"text\" \"plain\"", "ESEARCH (TAG \"a\")", "NAMESPACE ((", "ID (", "QUOTA \"\" (", "*", ",", ":",
  };

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr(GString) bytes = g_string_new (NULL);

      while (bytes->len < 400)
        {
          if (g_test_rand_int_range (0, 30) == 0)
            g_string_append_c (bytes, (char) g_test_rand_int_range (0, 256));
          else
            g_string_append (bytes, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
        }
      {
        g_autofree char *whole = dump_bytes (bytes->str, bytes->len, bytes->len);
        g_autofree char *single = dump_bytes (bytes->str, bytes->len, 1);

        g_assert_cmpstr (whole, ==, single);
      }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/reader/lines", test_lines);
  g_test_add_func ("/imap/reader/empty-lines", test_empty_lines);
  g_test_add_func ("/imap/reader/literals", test_literals);
  g_test_add_func ("/imap/reader/no-literal-in-text", test_no_literal_in_text);
  g_test_add_func ("/imap/reader/large-literal", test_large_literal);
  g_test_add_func ("/imap/reader/responses-stay", test_responses_stay);
  g_test_add_func ("/imap/reader/dropping", test_dropping);
  g_test_add_func ("/imap/reader/limits", test_limits);
  g_test_add_func ("/imap/reader/announced-is-not-allocated", test_announced_is_not_allocated);
  g_test_add_func ("/imap/reader/nonsense", test_nonsense);
  g_test_add_func ("/imap/reader/endless-empty-lines", test_endless_empty_lines);
  g_test_add_func ("/imap/reader/random-bytes", test_random_bytes);
  return g_test_run ();
}
