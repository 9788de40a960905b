#include "mime-builder.h"
#include "mime-error.h"
#include "mime-message.h"

#include <string.h>

static MimeBuilder *
builder_new (void)
{
  MimeBuilder *builder = mime_builder_new ();
  g_autoptr(MimeAddressList) from = mime_address_list_parse_typed ("Jörg Müller <joerg@example.org>");
  g_autoptr(MimeAddressList) to = mime_address_list_parse_typed ("\"Doe, Ann\" <ann@example.org>, bob@bücher.example");

  mime_builder_set_from (builder, from);
  mime_builder_set_to (builder, to);
  mime_builder_set_subject (builder, "Grüße — 你好, everybody who has waited for this for a very long time, at last");
  mime_builder_set_date (builder, 1700000000, 120);

  return builder;
}

/* Rules that hold for whatever is built: CRLF everywhere, ASCII headers, lines that are short enough. */
static void
check_wire (GBytes   *bytes,
            gboolean  seven_bit)
{
  gsize size, line = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *body = g_strstr_len (data, (gssize) size, "\r\n\r\n");

  g_assert_nonnull (body);
  for (gsize i = 0; i < size; i++)
    {
      if (data[i] == '\n')
        {
          g_assert_cmpint (data[i - 1], ==, '\r');
          g_assert_cmpuint (line, <=, data + i < body ? 200 : 1000);
          line = 0;
          continue;
        }
      if (data[i] == '\r')
        g_assert_cmpint (data[i + 1], ==, '\n');
      if (seven_bit || data + i < body)
        {
          g_assert_cmpint ((guchar) data[i], <, 0x80);
          g_assert_cmpint (data[i], !=, 0);
        }
      line++;
    }
}

static MimeMessage *
build (MimeBuilder      *builder,
       MimeBuilderFlags  flags)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = mime_builder_build (builder, flags, &error);

  g_assert_no_error (error);
  check_wire (bytes, (flags & MIME_BUILDER_ALLOW_8BIT) == 0);
  if (g_getenv ("PIPIT_TEST_VERBOSE") != NULL)
    g_print ("%.*s\n", (int) g_bytes_get_size (bytes), (const char *) g_bytes_get_data (bytes, NULL));

  return mime_message_new (bytes);
}

static char *
lines_of (const MimeAddressList *list)
{
  return list != NULL ? mime_address_list_format (list) : NULL;
}

static void
test_headers (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  static const char * const references[] = { "a@x.org", "b@x.org", NULL };
  g_autoptr(MimeMessage) message = NULL;
  MimeHeaders *headers;
  g_autofree char *from = NULL, *to = NULL, *version = NULL, *agent = NULL;

  mime_builder_set_message_id (builder, "<me@example.org>");
  mime_builder_set_in_reply_to (builder, "b@x.org");
  mime_builder_set_references (builder, references);
  mime_builder_set_user_agent (builder, "Pipit/1");
  mime_builder_set_text (builder, "Hello\n");
  message = build (builder, MIME_BUILDER_DEFAULT);
  headers = mime_message_get_headers (message);

  from = lines_of (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM));
  to = lines_of (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  version = mime_headers_dup_text (headers, "MIME-Version");
  agent = mime_headers_dup_text (headers, "User-Agent");
  g_assert_cmpstr (from, ==, "Jörg Müller <joerg@example.org>");
  g_assert_cmpstr (to, ==, "\"Doe, Ann\" <ann@example.org>, bob@xn--bcher-kva.example");
  g_assert_cmpstr (mime_headers_get_subject (headers), ==,
                   "Grüße — 你好, everybody who has waited for this for a very long time, at last");
  g_assert_cmpint (mime_headers_get_date_unix (headers), ==, 1700000000);
  g_assert_cmpint (mime_headers_get_date_offset_minutes (headers), ==, 120);
  g_assert_cmpstr (mime_headers_get_message_id (headers), ==, "me@example.org");
  g_assert_cmpstr (mime_headers_get_in_reply_to (headers), ==, "b@x.org");
  g_assert_cmpstr (mime_headers_get_references (headers)[1], ==, "b@x.org");
  g_assert_cmpstr (version, ==, "1.0");
  g_assert_cmpstr (agent, ==, "Pipit/1");
}

static void
test_text_encodings (void)
{
  static const struct
  {
    const char       *text;
    MimeBuilderFlags  flags;
    const char       *encoding;
    const char       *charset;
  } cases[] = {
    { "plain\n", 0, "7bit", "us-ascii" },
    { "Grüße, a little, with much that is plain\n", 0, "quoted-printable", "utf-8" },
    { "日本語のテキスト\n", 0, "base64", "utf-8" },
    { "Grüße\n", MIME_BUILDER_ALLOW_8BIT, "8bit", "utf-8" },
    { "line one\nline two \n.\n..dots\n", 0, "7bit", "us-ascii" },
    { "> a quote\nFrom x\n", MIME_BUILDER_FLOWED, "7bit", "us-ascii" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(MimeBuilder) builder = builder_new ();
      g_autoptr(MimeMessage) message = NULL;
      g_autofree char *text = NULL;
      g_autofree char *expected = g_strdup (cases[i].text);
      MimePart *part;

      mime_builder_set_text (builder, cases[i].text);
      message = build (builder, cases[i].flags);
      part = mime_message_get_text_part (message);
      text = mime_message_dup_text (message);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpstr (mime_part_get_encoding (part), ==, cases[i].encoding);
      g_assert_cmpstr (mime_part_get_charset (part), ==, cases[i].charset);
    }
}

/* A line that no server would take is encoded, and comes back whole. */
static void
test_long_line (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autofree char *word = g_strnfill (5000, 'x');
  g_autoptr(MimeMessage) message = NULL;
  g_autofree char *text = NULL;

  mime_builder_set_text (builder, word);
  message = build (builder, MIME_BUILDER_ALLOW_8BIT);
  text = mime_message_dup_text (message);
  g_assert_cmpuint (strlen (text), ==, 5001);
  g_assert_cmpint (strncmp (text, word, 5000), ==, 0);
}

static void
test_flowed (void)
{
  static const char paragraph[] =
    "A paragraph with Grüßen that is much longer than the seventy-two columns that fit into one line of a "
    "message, so that it has to be broken, and comes back as one.\n\n> a quote that is also much longer than "
    "the seventy-two columns that fit into one line of a message\nend\n";
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autoptr(MimeMessage) message = NULL;
  g_autofree char *text = NULL;

  mime_builder_set_text (builder, paragraph);
  message = build (builder, MIME_BUILDER_FLOWED);
  text = mime_message_dup_text (message);
  g_assert_cmpstr (text, ==, paragraph);
  g_assert_cmpstr (mime_part_get_parameter (mime_message_get_text_part (message), "format"), ==, "flowed");
}

static void
test_parts (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autoptr(GBytes) picture = g_bytes_new ("\x89PNG\r\n\x1a\n\0\xff", 10);
  g_autoptr(GBytes) file = g_bytes_new ("a\nb\r\nc\r\0\x80", 9);
  g_autoptr(MimeMessage) message = NULL;
  g_autofree char *text = NULL, *html = NULL;
  GPtrArray *attachments;
  GString *types = g_string_new (NULL);

  mime_builder_set_text (builder, "text\n");
  mime_builder_set_html (builder, "<p>Grüße <img src=\"cid:pic@x\"></p>");
  mime_builder_add_inline (builder, "pic@x", "pic.png", "image/png", picture);
  mime_builder_add_attachment (builder, "Übersicht \"1\".txt", "text/plain", file);
  mime_builder_add_attachment (builder, "../日本語のとても長いファイル名がここにありますのでご注意ください、よろしくお願いします.pdf",
                               "application/pdf", picture);
  mime_builder_add_attachment (builder, NULL, "bogus type", file);
  message = build (builder, MIME_BUILDER_DEFAULT);

  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    g_string_append_printf (types, "%s %s\n", mime_part_get_section (mime_message_get_part (message, i)),
                            mime_part_get_content_type (mime_message_get_part (message, i)));
  g_assert_cmpstr (types->str, ==,
                   " multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 multipart/related\n"
                   "1.2.1 text/html\n1.2.2 image/png\n2 text/plain\n3 application/pdf\n"
                   "4 application/octet-stream\n");
  g_string_free (types, TRUE);

  text = mime_message_dup_text (message);
  html = mime_message_dup_html (message);
  attachments = mime_message_get_attachments (message);
  g_assert_cmpstr (text, ==, "text\n");
  g_assert_cmpstr (html, ==, "<p>Grüße <img src=\"cid:pic@x\"></p>\n");
  g_assert_cmpint (mime_part_get_role (mime_message_find_content_id (message, "pic@x")), ==, MIME_ROLE_RELATED);
  g_assert_cmpuint (attachments->len, ==, 3);
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[0]), ==, "Übersicht _1_.txt");
  g_assert_cmpstr (mime_part_get_file_name (attachments->pdata[1]), ==,
                   "日本語のとても長いファイル名がここにありますのでご注意ください、よろしくお願いします.pdf");
  g_assert_true (mime_message_is_complete (message));

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GBytes) content = mime_part_decode (attachments->pdata[i]);

      g_assert_true (g_bytes_equal (content, i == 1 ? picture : file));
    }
}

static void
test_attached_message (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  static const char inner[] = "Subject: inner\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9f" "e\r\n";
  g_autoptr(GBytes) bytes = g_bytes_new (inner, sizeof inner - 1);
  g_autoptr(GBytes) built = NULL;
  g_autoptr(GBytes) content = NULL;
  g_autoptr(MimeMessage) message = NULL;
  MimePart *part;

  mime_builder_set_text (builder, "see below\n");
  mime_builder_add_attachment (builder, "inner.eml", "message/rfc822", bytes);
  built = mime_builder_build (builder, MIME_BUILDER_DEFAULT, NULL);
  message = mime_message_new (built);
  part = mime_message_get_attachments (message)->pdata[0];
  g_assert_cmpstr (mime_part_get_content_type (part), ==, "message/rfc822");
  g_assert_cmpstr (mime_part_get_encoding (part), ==, "8bit");
  content = mime_part_decode (part);
  g_assert_true (g_bytes_equal (content, bytes) ||
                 /* the line end before the boundary belongs to the boundary */
                 g_bytes_get_size (content) == g_bytes_get_size (bytes) - 2);
}

static void
test_bcc (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autoptr(MimeAddressList) bcc = mime_address_list_parse_typed ("secret@example.org, other.secret@example.org");
  g_autoptr(GBytes) wire = NULL, kept = NULL, stripped = NULL, same = NULL;
  g_autoptr(MimeMessage) message = NULL;

  mime_builder_set_bcc (builder, bcc);
  mime_builder_set_text (builder, "Bcc: this is text\n");
  wire = mime_builder_build (builder, MIME_BUILDER_DEFAULT, NULL);
  kept = mime_builder_build (builder, MIME_BUILDER_KEEP_BCC, NULL);
  stripped = mime_message_bytes_without_bcc (kept);
  same = mime_message_bytes_without_bcc (wire);

  g_assert_null (g_strstr_len (g_bytes_get_data (wire, NULL), (gssize) g_bytes_get_size (wire), "secret"));
  message = mime_message_new (kept);
  g_assert_cmpuint (mime_address_list_get_length (
                      mime_headers_get_addresses (mime_message_get_headers (message), MIME_ADDRESS_FIELD_BCC)),
                    ==, 2);
  g_assert_null (g_strstr_len (g_bytes_get_data (stripped, NULL), (gssize) g_bytes_get_size (stripped), "secret"));
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (stripped, NULL), (gssize) g_bytes_get_size (stripped),
                                  "Bcc: this is text"));
  g_assert_true (same == wire);
}

static void
test_without_bcc_folded (void)
{
  static const char text[] = "From: a@x\nBCC : b@x,\n c@x\nSubject: s\nResent-Bcc:\n\td@x\nbcc: e@x\n\nbcc: body\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(GBytes) stripped = mime_message_bytes_without_bcc (bytes);
  static const char wanted[] = "From: a@x\nSubject: s\n\nbcc: body\n";
  gsize size;

  g_assert_cmpmem (g_bytes_get_data (stripped, &size), size, wanted, strlen (wanted));
}

static void
test_without_bcc_empty (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (NULL, 0);
  g_autoptr(GBytes) stripped = mime_message_bytes_without_bcc (bytes);

  g_assert_true (stripped == bytes);
}

/* Nothing that a person or a message puts in becomes a field of its own. */
static void
test_injection (void)
{
  g_autoptr(MimeBuilder) builder = mime_builder_new ();
  MimeAddress item = { "A\r\nBcc: x@evil.example", "a@example.org", NULL };
  g_autoptr(MimeAddressList) list = mime_address_list_new (&item, 1);
  static const char * const references[] = { "a@x>\r\nBcc: <x@evil.example", NULL };
  g_autoptr(GBytes) file = g_bytes_new ("x", 1);
  g_autoptr(MimeMessage) message = NULL;

  mime_builder_set_from (builder, list);
  mime_builder_set_to (builder, list);
  mime_builder_set_subject (builder, "s\r\nBcc: x@evil.example\n\nbody");
  mime_builder_set_message_id (builder, "id@x>\r\nBcc: x@evil.example");
  mime_builder_set_in_reply_to (builder, "id@x\nBcc: x@evil.example");
  mime_builder_set_references (builder, references);
  mime_builder_set_user_agent (builder, "x\r\nBcc: x@evil.example");
  mime_builder_add_header (builder, "X-Mine", "x\r\nBcc: x@evil.example");
  mime_builder_add_header (builder, "X-Mine\r\nBcc", "x@evil.example");
  mime_builder_add_header (builder, "Bad Name", "x");
  mime_builder_set_text (builder, "x");
  mime_builder_add_attachment (builder, "a\r\nBcc: x@evil.example", "text/plain\r\nBcc: x@evil.example", file);
  message = build (builder, MIME_BUILDER_DEFAULT);
  g_assert_null (mime_headers_get_addresses (mime_message_get_headers (message), MIME_ADDRESS_FIELD_BCC));
  g_assert_cmpuint (mime_message_get_attachments (message)->len, ==, 1);
}

static void
test_errors (void)
{
  g_autoptr(MimeBuilder) builder = mime_builder_new ();
  g_autoptr(MimeAddressList) good = mime_address_list_parse_typed ("a@example.org");
  g_autoptr(MimeAddressList) bad = mime_address_list_parse_typed ("not an address");
  g_autoptr(GError) error = NULL;

  g_assert_null (mime_builder_build (builder, 0, &error));
  g_assert_error (error, MIME_ERROR, MIME_ERROR_INCOMPLETE);
  g_clear_error (&error);
  mime_builder_set_from (builder, good);
  mime_builder_set_to (builder, bad);
  g_assert_null (mime_builder_build (builder, 0, &error));
  g_assert_error (error, MIME_ERROR, MIME_ERROR_ADDRESS);
}

static void
test_smtputf8 (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autoptr(MimeAddressList) to = mime_address_list_parse_typed ("иван@почта.рф");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(MimeMessage) message = NULL;

  g_assert_false (mime_builder_needs_smtputf8 (builder));
  mime_builder_set_to (builder, to);
  mime_builder_set_text (builder, "x");
  g_assert_true (mime_builder_needs_smtputf8 (builder));
  bytes = mime_builder_build (builder, 0, NULL);
  message = mime_message_new (bytes);
  g_assert_true (mime_address_equal (
    mime_address_list_get (mime_headers_get_addresses (mime_message_get_headers (message),
                                                       MIME_ADDRESS_FIELD_TO), 0)->address,
    "иван@почта.рф"));
}

static void
test_message_id_stays (void)
{
  g_autoptr(MimeBuilder) builder = builder_new ();
  g_autofree char *first = g_strdup (mime_builder_get_message_id (builder));
  g_autoptr(GBytes) bytes = mime_builder_build (builder, 0, NULL);
  g_autoptr(MimeMessage) message = mime_message_new (bytes);

  g_assert_cmpstr (mime_headers_get_message_id (mime_message_get_headers (message)), ==, first);
  g_assert_true (g_str_has_suffix (first, "@example.org"));
}

/* What is built says the same when it is read, whatever it says. */
static void
test_round_trip_random (void)
{
  static const char * const words[] = { "hello", "Grüße", "日本", "🎉", "=?utf-8?Q?x?=", "a_b", "q\"q", "(c)", "<x>",
                                        "a,b", "x@y", "?=", "=", "Привет", "longwordlongwordlongwordlongwordlongword" };

  for (int round = 0; round < 3000; round++)
    {
      g_autoptr(MimeBuilder) builder = mime_builder_new ();
      GString *subject = g_string_new (NULL), *name = g_string_new (NULL), *text = g_string_new (NULL);
      int n = g_test_rand_int_range (1, 14);
      MimeAddress item = { NULL, "a@example.org", NULL };
      g_autoptr(MimeAddressList) from = NULL;
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(MimeMessage) message = NULL;
      const MimeAddressList *got_from;

      for (int i = 0; i < n; i++)
        {
          const char *word = words[g_test_rand_int_range (0, G_N_ELEMENTS (words))];

          g_string_append_printf (subject, "%s%s", i > 0 ? " " : "", word);
          if (i < 5)
            g_string_append_printf (name, "%s%s", i > 0 ? " " : "", words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
          g_string_append_printf (text, "%s%s", word, g_test_rand_bit () ? " " : "\n");
        }
      g_strchomp (text->str);
      text->len = strlen (text->str);
      g_string_append_c (text, '\n');
      item.name = name->str;
      from = mime_address_list_new (&item, 1);
      mime_builder_set_from (builder, from);
      mime_builder_set_to (builder, from);
      mime_builder_set_subject (builder, subject->str);
      mime_builder_set_text (builder, text->str);
      bytes = mime_builder_build (builder, MIME_BUILDER_FLOWED, NULL);
      check_wire (bytes, TRUE);
      message = mime_message_new (bytes);

      g_assert_cmpstr (mime_headers_get_subject (mime_message_get_headers (message)), ==, subject->str);
      got_from = mime_headers_get_addresses (mime_message_get_headers (message), MIME_ADDRESS_FIELD_FROM);
      g_assert_cmpuint (mime_address_list_get_length (got_from), ==, 1);
      g_assert_cmpstr (mime_address_list_get (got_from, 0)->name, ==, name->str);
      g_string_free (subject, TRUE);
      g_string_free (name, TRUE);
      g_string_free (text, TRUE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/builder/headers", test_headers);
  g_test_add_func ("/mime/builder/text-encodings", test_text_encodings);
  g_test_add_func ("/mime/builder/long-line", test_long_line);
  g_test_add_func ("/mime/builder/flowed", test_flowed);
  g_test_add_func ("/mime/builder/parts", test_parts);
  g_test_add_func ("/mime/builder/attached-message", test_attached_message);
  g_test_add_func ("/mime/builder/bcc", test_bcc);
  g_test_add_func ("/mime/builder/without-bcc-folded", test_without_bcc_folded);
  g_test_add_func ("/mime/builder/without-bcc-empty", test_without_bcc_empty);
  g_test_add_func ("/mime/builder/injection", test_injection);
  g_test_add_func ("/mime/builder/errors", test_errors);
  g_test_add_func ("/mime/builder/smtputf8", test_smtputf8);
  g_test_add_func ("/mime/builder/message-id-stays", test_message_id_stays);
  g_test_add_func ("/mime/builder/round-trip-random", test_round_trip_random);

  return g_test_run ();
}
