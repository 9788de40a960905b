#include "fuzz.h"

#include "imap-mailbox-name.h"

/* Names decode to valid UTF-8 whatever they are, and what we encode decodes to itself. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *wire = g_strndup ((const char *) data, size);
  g_autofree char *shown = imap_mailbox_name_decode (wire);
  g_autofree char *encoded = NULL;
  g_autofree char *again = NULL;

  g_assert_true (g_utf8_validate (shown, -1, NULL));
  encoded = imap_mailbox_name_encode (shown);
  again = imap_mailbox_name_decode (encoded);
  g_assert_cmpstr (again, ==, shown);
  return 0;
}
