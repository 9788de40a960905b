#include "imap-reader.h"

/* Everything that a server can say: the first byte chooses how it is cut, the rest is what it says.
 * All that can be asked of a response is asked. */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
look_at (ImapResponse *response)
{
  g_autofree char *line G_GNUC_UNUSED = imap_response_to_string (response);
  g_autoptr(ImapEnvelope) envelope G_GNUC_UNUSED = imap_response_dup_envelope (response, NULL);
  g_autoptr(ImapStructure) structure = imap_response_dup_structure (response, NULL);

  if (structure != NULL)
    imap_structure_find (structure, "1.2");

  if (response->type != IMAP_RESPONSE_FETCH)
    return;

  for (guint i = 0; i < response->fetch->n_sections; i++)
    {
      const ImapSection *section = &response->fetch->sections[i];
      g_autoptr(GBytes) bytes = imap_response_dup_section (response, section);

      g_assert_true (bytes == NULL || g_bytes_get_size (bytes) == section->size_bytes);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static const ImapReaderLimits limits = { 1 << 20, 1 << 20, 1 << 21, 1000 };
  g_autoptr(ImapReader) reader = imap_reader_new ();
  gsize step;

  if (size < 1)
    return 0;

  imap_reader_set_limits (reader, &limits);
  imap_reader_set_dropping (reader, data[0] & 1);
  step = data[0] > 127 ? size : (gsize) data[0] + 1;

  for (gsize begin = 1; begin < size; begin += step)
    {
      ImapReaderResult result;

      imap_reader_feed (reader, data + begin, MIN (step, size - begin));
      do
        {
          g_autoptr(ImapResponse) response = NULL;

          result = imap_reader_next (reader, &response, NULL);
          if (result == IMAP_READER_ERROR)
            return 0;
          if (response != NULL)
            look_at (response);
        }
      while (result == IMAP_READER_RESPONSE);
    }

  return 0;
}
