#include "fuzz.h"

#include "smtp-offer-private.h"
#include "smtp-reader.h"

/* What a submission server says: the first byte chooses how it is cut. Each reply is taken for one to
 * EHLO as well. However the bytes are cut, the replies are the same. */

static void
look_at (GString   *said,
         SmtpReply *reply)
{
  SmtpOffer offer = { 0 };
  g_autofree char *text = smtp_reply_dup_text (reply);
  guint code = smtp_reply_get_code (reply);

  g_assert_cmpuint (code, >=, 200);
  g_assert_cmpuint (code, <=, 599);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  smtp_offer_read (&offer, reply);
  g_string_append_printf (said, "%u %s %s %x %" G_GUINT64_FORMAT "\n", code,
                          smtp_reply_get_enhanced (reply), text, offer.capabilities,
                          offer.size_limit_bytes);
  smtp_offer_clear (&offer);
}

static char *
read_in_steps (const guint8 *bytes,
               gsize         size,
               gsize         step)
{
  g_autoptr(SmtpReader) reader = smtp_reader_new ();
  GString *said = g_string_new (NULL);

  for (gsize begin = 0; begin < size; begin += step)
    {
      SmtpReaderStatus status;

      smtp_reader_feed (reader, (const char *) bytes + begin, MIN (step, size - begin));
      do
        {
          g_autoptr(SmtpReply) reply = NULL;

          status = smtp_reader_next (reader, &reply, NULL);
          if (status == SMTP_READER_ERROR)
            return g_string_free (g_string_append (said, "error"), FALSE);
          if (reply != NULL)
            look_at (said, reply);
        }
      while (status == SMTP_READER_REPLY);
    }

  return g_string_free (said, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *whole = NULL;
  g_autofree char *in_steps = NULL;

  if (size < 2)
    return 0;

  whole = read_in_steps (data + 1, size - 1, size);
  in_steps = read_in_steps (data + 1, size - 1, (gsize) data[0] + 1);
  g_assert_cmpstr (whole, ==, in_steps);
  return 0;
}
