#include "fuzz.h"

#include "mime-address.h"

/* An address field of a message, and the same as a person might have typed it. What is written of it
 * names the same addresses. */

static void
look_at (const MimeAddressList *list)
{
  g_autofree char *text = mime_address_list_format (list);

  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *item = mime_address_list_get (list, i);
      g_autofree char *normal = mime_address_normalize (item->address);
      g_autofree char *wire = mime_address_to_wire (item->address);
      g_autofree char *domain G_GNUC_UNUSED = mime_address_dup_domain (item->address);

      for (const char *p = item->address; *p != '\0'; p++)
        g_assert_false (g_ascii_iscntrl (*p));
      mime_address_is_valid (item->address);
      mime_address_needs_smtputf8 (item->address);
      g_assert_true (normal == NULL || g_utf8_validate (normal, -1, NULL));
      for (const char *p = wire; p != NULL && *p != '\0'; p++)
        g_assert_false (*p == '\r' || *p == '\n');
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(MimeAddressList) list = mime_address_list_parse ((const char *) data, (gssize) size);
  g_autofree char *typed = g_utf8_make_valid ((const char *) data, (gssize) size);
  g_autoptr(MimeAddressList) typed_list = mime_address_list_parse_typed (typed);

  look_at (list);
  if (typed_list != NULL)
    look_at (typed_list);
  return 0;
}
