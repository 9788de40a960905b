#include "fuzz.h"

#include <string.h>

#include "mime-date.h"
#include "mime-encoding.h"
#include "mime-file-name.h"
#include "mime-header-text.h"
#include "mime-parameters.h"
#include "mime-references.h"
#include "mime-subject.h"
#include "mime-text.h"

/* The small readers: the first byte chooses one of them. */

static void
check_text (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

#define FIRST_UNIX (G_GINT64_CONSTANT (-62135596800) + 2 * 86400)
#define LAST_UNIX (G_GINT64_CONSTANT (253402300799) - 2 * 86400)

static void
look_at_date (const char *bytes,
              gsize       size)
{
  gint64 unix_time;
  gint64 again;
  int offset;
  g_autofree char *text = NULL;

  if (!mime_date_parse (bytes, (gssize) size, &unix_time, &offset))
    return;
  /* the first and the last day that can be written, in no matter which zone */
  if (unix_time < FIRST_UNIX || unix_time > LAST_UNIX)
    return;

  text = mime_date_format (unix_time, offset);
  g_assert_true (mime_date_parse (text, -1, &again, NULL));
  g_assert_cmpint (again, ==, unix_time);
}

static void
look_at_parameters (const char *bytes,
                    gsize       size)
{
  g_autoptr(MimeParameters) parameters = mime_parameters_new (bytes, (gssize) size);

  check_text (mime_parameters_get_value (parameters));
  check_text (mime_parameters_get (parameters, "name"));
  check_text (mime_parameters_get (parameters, "filename"));
  check_text (mime_parameters_get (parameters, "charset"));
}

static void
look_at_header_text (const char *bytes,
                     gsize       size)
{
  g_autofree char *text = mime_header_text_decode (bytes, (gssize) size);
  g_autofree char *base = mime_subject_dup_base (text);
  g_autofree char *answer = mime_subject_for_reply (text);

  check_text (text);
  check_text (base);
  check_text (answer);
}

static void
look_at_file_name (const char *bytes,
                   gsize       size)
{
  g_autofree char *name = g_utf8_make_valid (bytes, (gssize) size);
  g_autofree char *safe = mime_file_name_make_safe (name, "text/plain", "attachment");

  check_text (safe);
  g_assert_cmpuint (strlen (safe), >, 0);
  g_assert_cmpuint (strlen (safe), <=, MIME_FILE_NAME_MAX_BYTES);
  g_assert_null (strpbrk (safe, "/\\:*?\"<>|\n\r\t"));
  g_assert_true (*safe != '.' && *safe != '-');
}

static void
look_at_encoding (const char *bytes,
                  gsize       size)
{
  static const char *const encodings[] = { "base64", "quoted-printable", "x-uuencode", "8bit" };
  static const char *const charsets[] = { "utf-8", "iso-2022-jp", "utf-7", "gb18030", "x-nobody" };
  g_autoptr(GBytes) encoded = g_bytes_new (bytes, size);

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      MimeProblems problems = 0;
      g_autoptr(GBytes) decoded = mime_body_decode (encoded, encodings[i], &problems);
      g_autofree char *text = mime_text_to_utf8 (decoded, charsets[i], &problems);

      check_text (text);
    }
}

static void
look_at_references (const char *bytes,
                    gsize       size)
{
  g_auto(GStrv) references = mime_references_parse (bytes, (gssize) size);

  for (guint i = 0; references != NULL && references[i] != NULL; i++)
    check_text (references[i]);
}

static void
look_at_text (const char *bytes,
              gsize       size)
{
  g_autofree char *text = g_utf8_make_valid (bytes, (gssize) size);
  g_autofree char *whole = mime_text_unflow (text, FALSE);
  g_autofree char *flowed = mime_text_flow (text);
  g_autofree char *wrapped = mime_text_wrap (text, 20);
  g_autofree char *quoted = mime_text_quote (text, "They wrote:");
  g_autofree char *preview = mime_text_preview (text, 40);

  check_text (whole);
  check_text (flowed);
  check_text (wrapped);
  check_text (quoted);
  check_text (preview);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static void (*const targets[]) (const char *bytes, gsize size) = {
    look_at_date, look_at_parameters, look_at_header_text, look_at_file_name, look_at_encoding,
    look_at_references, look_at_text,
  };

  if (size > 0)
    targets[data[0] % G_N_ELEMENTS (targets)] ((const char *) data + 1, size - 1);
  return 0;
}
