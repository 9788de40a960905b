#include <string.h>

#include "imap-reader.h"

/* How long 100,000 FETCH responses with header fields take from bytes to typed values, in the
 * pieces of a TLS record. Prints, and never fails on time. */

#define N_MESSAGES 100000
#define PIECE_BYTES 16384

static void
add_message (GString *bytes,
             guint    i)
{
  g_autofree char *header = NULL;

  header = g_strdup_printf ("From: =?UTF-8?Q?J=C3=BCrgen_M=C3=BCller?= <sender%u@example.org>\r\n"
                            "To: The List <list@lists.example.org>, someone@example.com\r\n"
                            "Subject: Re: [list] A subject of the usual length, number %u\r\n"
                            "Date: Tue, 13 Oct 2026 10:%02u:00 +0200\r\n"
                            "Message-ID: <%08u.4711@mail.example.org>\r\n"
                            "In-Reply-To: <%08u.4711@mail.example.org>\r\n"
                            "References: <1.4711@mail.example.org> <%08u.4711@mail.example.org>\r\n"
                            "List-Id: The list <list.lists.example.org>\r\n"
                            "Content-Type: multipart/alternative; boundary=\"=-%u\"\r\n\r\n",
                            i, i, i % 60, i, i / 2, i / 2, i);
  g_string_append_printf (bytes, "* %u FETCH (UID %u FLAGS (\\Seen%s) INTERNALDATE "
                          "\"13-Oct-2026 10:%02u:00 +0200\" RFC822.SIZE %u MODSEQ (%u) "
                          "BODY[HEADER.FIELDS (FROM SENDER REPLY-TO TO CC BCC SUBJECT DATE "
                          "MESSAGE-ID IN-REPLY-TO REFERENCES LIST-ID LIST-UNSUBSCRIBE "
                          "LIST-UNSUBSCRIBE-POST CONTENT-TYPE AUTHENTICATION-RESULTS "
                          "AUTO-SUBMITTED)] {%" G_GSIZE_FORMAT "}\r\n%s)\r\n",
                          i, i + 1000, i % 7 == 0 ? " \\Answered $Forwarded" : "", i % 60,
                          4000 + i, 100000 + i, strlen (header), header);
}

static gint64
read_all (const GString *bytes,
          guint         *out_n)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  gint64 begin_us = g_get_monotonic_time ();
  guint64 sum = 0;
  guint n = 0;

  for (gsize offset = 0; offset < bytes->len;)
    {
      gsize space;
      guint8 *memory = imap_reader_get_space (reader, &space);
      gsize size = MIN (MIN (space, PIECE_BYTES), bytes->len - offset);
      ImapResponse *response;

      memcpy (memory, bytes->str + offset, size);
      imap_reader_commit (reader, size);
      offset += size;

      while (imap_reader_next (reader, &response, NULL) == IMAP_READER_RESPONSE)
        {
          sum += response->fetch->uid + response->fetch->sections[0].size_bytes;
          n++;
          imap_response_unref (response);
        }
    }

  g_assert_cmpuint (sum, >, 0);
  *out_n = n;
  return g_get_monotonic_time () - begin_us;
}

int
main (void)
{
  g_autoptr(GString) bytes = g_string_new (NULL);
  gint64 best_us = G_MAXINT64;
  guint n = 0;

  for (guint i = 1; i <= N_MESSAGES; i++)
    add_message (bytes, i);

  for (guint round = 0; round < 5; round++)
    {
      gint64 round_us = read_all (bytes, &n);

      best_us = MIN (best_us, round_us);
    }

  g_print ("%u FETCH responses, %.1f MB: %.1f ms, %.2f µs each, %.0f MB/s\n", n,
           (double) bytes->len / 1e6, (double) best_us / 1e3, (double) best_us / n,
           (double) bytes->len / (double) best_us);
  return n == N_MESSAGES ? 0 : 1;
}
