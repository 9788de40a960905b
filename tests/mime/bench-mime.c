/*
 * How long messages take: header blocks as a first sync reads them, whole messages, HTML. Prints numbers
 * and never fails on them.
 */
#include "mime-html.h"
#include "mime-message.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <string.h>
#include <time.h>

#define ROUNDS 100000

/* Of this process, so that others do not count. */
static gint64
cpu_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static const char plain[] =
  "From: Alice Example <alice@example.org>\r\n"
  "To: Bob Builder <bob@example.com>, carol@example.net\r\n"
  "Subject: Minutes of the meeting on Thursday, and what is to be done\r\n"
  "Date: Thu, 16 Nov 2023 10:22:33 +0100\r\n"
  "Message-ID: <20231116102233.12345@mail.example.org>\r\n"
  "In-Reply-To: <20231115090000.999@mail.example.com>\r\n"
  "References: <20231114080000.777@mail.example.com>\r\n"
  " <20231115090000.999@mail.example.com>\r\n"
  "Content-Type: multipart/alternative; boundary=\"=-abcdefghijkl\"\r\n\r\n";

static const char encoded[] =
  "From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.org>\r\n"
  "To: =?utf-8?B?QW5uYSBMw7ZmZmxlcg==?= <anna@example.com>\r\n"
  "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln_und?=\r\n =?utf-8?Q?_D=C3=BCsseldorf?=\r\n"
  "Date: Thu, 16 Nov 2023 10:22:33 +0100\r\n"
  "Message-ID: <20231116102233.12345@mail.example.org>\r\n"
  "Content-Type: text/plain; charset=utf-8\r\n\r\n";

static void
bench_headers (const char *name,
               const char *block)
{
  gint64 start = cpu_time_us ();
  gsize size = strlen (block);

  for (int i = 0; i < ROUNDS; i++)
    {
      g_autoptr(MimeHeaders) headers = mime_headers_new (block, size);

      g_assert_nonnull (mime_headers_get_subject (headers));
    }
  g_print ("%s header block, everything decoded: %.2f µs\n", name,
           (double) (cpu_time_us () - start) / ROUNDS);
}

static void
bench_gmime (const char *block)
{
  const int rounds = ROUNDS / 10;
  gint64 start = cpu_time_us ();

  for (int i = 0; i < rounds; i++)
    {
      GMimeStream *stream = g_mime_stream_mem_new_with_buffer (block, strlen (block));
      GMimeParser *parser = g_mime_parser_new_with_stream (stream);
      GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

      g_assert_nonnull (g_mime_message_get_subject (message));
      g_assert_nonnull (g_mime_message_get_from (message));
      g_assert_nonnull (g_mime_message_get_date (message));
      g_object_unref (message);
      g_object_unref (parser);
      g_object_unref (stream);
    }
  g_print ("the same through GMime's parser: %.2f µs\n",
           (double) (cpu_time_us () - start) / rounds);
}

static void
bench_message (void)
{
  GString *text = g_string_new ("Subject: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
                                "--x\r\n\r\nhello\r\n--x\r\nContent-Type: image/png\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\n");
  g_autoptr(GBytes) bytes = NULL;
  gint64 start;

  for (int i = 0; i < 350000; i++)
    g_string_append (text, "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHAAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHAAAABBBBCCCC\r\n");
  g_string_append (text, "--x--\r\n");
  bytes = g_string_free_to_bytes (text);

  start = cpu_time_us ();
  {
    g_autoptr(MimeMessage) message = mime_message_new (bytes);
    gint64 parsed = cpu_time_us ();
    g_autoptr(GBytes) content = mime_part_decode (mime_message_get_attachments (message)->pdata[0]);

    g_assert_cmpuint (g_bytes_get_size (content), >, 0);
    g_print ("message of %.1f MB: parse %.1f ms, decode its attachment %.1f ms\n",
             (double) g_bytes_get_size (bytes) / 1e6, (double) (parsed - start) / 1000,
             (double) (cpu_time_us () - parsed) / 1000);
  }
}

static void
bench_html (void)
{
  GString *html = g_string_new (NULL);
  gint64 start;
  g_autofree char *text = NULL, *safe = NULL, *same = NULL;
  gint64 times[4];

  for (int i = 0; i < 2500; i++)
    g_string_append (html, "<table width=\"600\"><tr><td style=\"font-family: Arial; color: #333\"><p>A newsletter "
                           "with <a href=\"https://example.org/track/me\">a link</a> and <img src=\"https://example.org/i.png\" "
                           "alt=\"a picture\"></p></td></tr></table>\n");
  times[0] = cpu_time_us ();
  text = mime_html_to_text (html->str, (gssize) html->len);
  times[1] = cpu_time_us ();
  safe = mime_html_sanitize (html->str, (gssize) html->len);
  times[2] = cpu_time_us ();
  same = mime_html_rewrite_images (html->str, (gssize) html->len, NULL, NULL, NULL);
  times[3] = cpu_time_us ();
  start = times[0];
  g_print ("HTML of %.1f kB: to text %.1f ms, sanitised %.1f ms, pictures found %.1f ms\n",
           (double) html->len / 1000, (double) (times[1] - start) / 1000,
           (double) (times[2] - times[1]) / 1000, (double) (times[3] - times[2]) / 1000);
  g_string_free (html, TRUE);
}

int
main (void)
{
  setlocale (LC_ALL, "");
  g_mime_init ();
  bench_headers ("plain", plain);
  bench_headers ("encoded", encoded);
  bench_gmime (plain);
  bench_message ();
  bench_html ();

  return 0;
}
