#include "fuzz.h"

#include "mime-headers.h"
#include "mime-references.h"

/* A header block, as a server sends it in pieces: its fields one by one, raw and decoded, and all
 * that is understood of them. */

static void
check_text (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
look_at_fields (const MimeHeaders *headers)
{
  for (guint i = 0; i < mime_headers_get_n_fields (headers); i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *raw = NULL;
      g_autofree char *text = NULL;

      g_assert_true (mime_headers_get_field (headers, i, &name, &raw));
      text = mime_headers_dup_text (headers, name);
      check_text (text);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(MimeHeaders) headers = mime_headers_new ((const char *) data, size);
  g_auto(GStrv) references G_GNUC_UNUSED = mime_references_for_reply (headers);

  look_at_fields (headers);
  for (guint field = 0; field < MIME_N_ADDRESS_FIELDS; field++)
    {
      g_autofree char *text =
          mime_address_list_format (mime_headers_get_addresses (headers, field));

      check_text (text);
    }

  check_text (mime_headers_get_subject (headers));
  check_text (mime_headers_get_message_id (headers));
  check_text (mime_headers_get_in_reply_to (headers));
  check_text (mime_headers_get_list_id (headers));
  check_text (mime_headers_get_list_unsubscribe (headers));
  check_text (mime_headers_get_content_type (headers));
  check_text (mime_headers_get_authentication (headers));
  mime_headers_is_automatic (headers);
  g_assert_cmpuint (mime_headers_get_size_bytes (headers), <=, size);
  return 0;
}
