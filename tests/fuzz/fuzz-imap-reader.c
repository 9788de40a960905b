#include "fuzz.h"

#include "dump.h"
#include "imap-reader.h"

/* Everything that a server can say: the first byte chooses how it is cut, the rest is what it says.
 * All that can be asked of a response is asked, and however the bytes are cut, the answer is the
 * same. */

#define MAX_SIZE (256 * 1024)

static void
look_at (GString      *said,
         ImapResponse *response)
{
  g_autofree char *line = imap_response_to_string (response);
  g_autofree char *dumped = dump_response (response);
  g_autoptr(ImapEnvelope) envelope = imap_response_dup_envelope (response, NULL);
  g_autoptr(ImapStructure) structure = imap_response_dup_structure (response, NULL);

  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_string_append (said, dumped);

  if (envelope != NULL)
    {
      g_autofree char *text = dump_envelope (envelope);

      g_string_append (said, text);
    }

  if (structure != NULL)
    {
      g_autofree char *text = dump_structure (structure);

      g_string_append (said, text);
      imap_structure_find (structure, "1.2");
    }

  if (response->type != IMAP_RESPONSE_FETCH)
    return;

  for (guint i = 0; i < response->fetch->n_sections; i++)
    {
      const ImapSection *section = &response->fetch->sections[i];
      g_autoptr(GBytes) bytes = imap_response_dup_section (response, section);

      g_assert_true (bytes == NULL || g_bytes_get_size (bytes) == section->size_bytes);
    }
}

static char *
read_in_steps (const guint8 *bytes,
               gsize         size,
               gsize         step,
               gboolean      is_dropping)
{
  static const ImapReaderLimits limits = { 1 << 20, 1 << 20, 1 << 21, 1000 };
  g_autoptr(ImapReader) reader = imap_reader_new ();
  GString *said = g_string_new (NULL);

  imap_reader_set_limits (reader, &limits);
  imap_reader_set_dropping (reader, is_dropping);

  for (gsize begin = 0; begin < size; begin += step)
    {
      ImapReaderResult result;

      imap_reader_feed (reader, bytes + begin, MIN (step, size - begin));
      do
        {
          g_autoptr(ImapResponse) response = NULL;

          result = imap_reader_next (reader, &response, NULL);
          if (result == IMAP_READER_ERROR)
            return g_string_free (g_string_append (said, "error"), FALSE);
          if (response != NULL)
            look_at (said, response);
        }
      while (result == IMAP_READER_RESPONSE);
    }

  return g_string_free (said, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *whole = NULL;
  g_autofree char *in_steps = NULL;

  if (size < 2 || size > MAX_SIZE)
    return 0;

  whole = read_in_steps (data + 1, size - 1, size, data[0] & 1);
  in_steps = read_in_steps (data + 1, size - 1, (gsize) data[0] + 1, data[0] & 1);
  g_assert_cmpstr (whole, ==, in_steps);
  return 0;
}
