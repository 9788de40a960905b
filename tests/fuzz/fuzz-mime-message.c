#include "fuzz.h"

#include <string.h>

#include "mime-builder.h"
#include "mime-message.h"
#include "mime-reply.h"

/* A whole message: everything that a reader, a list row, the index and an answer ask of it. */

static void
check_text (char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  g_free (text);
}

static void
look_at_part (MimePart *part)
{
  g_autoptr(GBytes) bytes = mime_part_decode (part);
  const char *name = mime_part_get_file_name (part);

  if (strcmp (mime_part_get_encoding (part), "quoted-printable") != 0)
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, mime_part_get_size_bytes (part));
  g_assert_true (name == NULL || (*name != '\0' && *name != '.' && strchr (name, '/') == NULL));
  check_text (mime_part_dup_text (part));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(MimeMessage) message = mime_message_new (bytes);
  g_autoptr(GBytes) without_bcc G_GNUC_UNUSED = mime_message_bytes_without_bcc (bytes);
  g_autoptr(MimeAddressList) to = NULL;
  g_autoptr(MimeAddressList) cc = NULL;

  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    look_at_part (mime_message_get_part (message, i));

  check_text (mime_message_dup_text (message));
  check_text (mime_message_dup_words (message));
  check_text (mime_message_dup_html (message));
  check_text (mime_message_dup_preview (message, 100));
  for (guint i = 0; i < mime_message_get_attachments (message)->len; i++)
    g_assert_nonnull (mime_part_get_file_name (mime_message_get_attachments (message)->pdata[i]));
  mime_message_find_section (message, "1.2.3");
  mime_message_find_content_id (message, "a@b");
  mime_reply_recipients (mime_message_get_headers (message), NULL, MIME_REPLY_ALL, &to, &cc);
  return 0;
}
