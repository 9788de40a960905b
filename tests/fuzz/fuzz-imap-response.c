#include "fuzz.h"

#include <string.h>

#include "dump.h"
#include "imap-reader.h"

/* The parser of each response: the first byte chooses which, the rest is what stands in it. Literals
 * work as they do on the wire. */

static const char *const beginnings[] = {
  "* 1 FETCH (",
  "* 1 FETCH (ENVELOPE ",
  "* 1 FETCH (BODYSTRUCTURE ",
  "* 1 FETCH (BODY[HEADER.FIELDS (",
  "* LIST (",
  "* LIST (\\HasNoChildren) \"/\" ",
  "* LSUB () ",
  "* STATUS ",
  "* STATUS INBOX (",
  "* NAMESPACE ",
  "* ID (",
  "* SEARCH ",
  "* ESEARCH (TAG \"A1\") ",
  "* VANISHED ",
  "* FLAGS (",
  "* CAPABILITY ",
  "* ENABLED ",
  "* QUOTA ",
  "* QUOTAROOT ",
  "* OK [",
  "* BYE ",
  "A1 OK [COPYUID ",
  "A1 NO [",
  "A1 BAD ",
  "+ ",
  "* ",
};

static void
look_at (ImapResponse *response)
{
  g_autofree char *line G_GNUC_UNUSED = imap_response_to_string (response);
  g_autofree char *dumped G_GNUC_UNUSED = dump_response (response);
  g_autoptr(ImapEnvelope) envelope = imap_response_dup_envelope (response, NULL);
  g_autoptr(ImapStructure) structure = imap_response_dup_structure (response, NULL);

  if (envelope != NULL)
    g_free (dump_envelope (envelope));
  if (structure != NULL)
    g_free (dump_structure (structure));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static const ImapReaderLimits limits = { 1 << 20, 1 << 20, 1 << 21, 1000 };
  g_autoptr(ImapReader) reader = imap_reader_new ();
  ImapReaderResult result;
  const char *beginning;

  if (size < 1)
    return 0;

  beginning = beginnings[data[0] % G_N_ELEMENTS (beginnings)];
  imap_reader_set_limits (reader, &limits);
  imap_reader_feed (reader, beginning, strlen (beginning));
  imap_reader_feed (reader, data + 1, size - 1);
  imap_reader_feed (reader, "\r\n", 2);

  do
    {
      g_autoptr(ImapResponse) response = NULL;

      result = imap_reader_next (reader, &response, NULL);
      if (response != NULL)
        look_at (response);
    }
  while (result == IMAP_READER_RESPONSE);

  return 0;
}
