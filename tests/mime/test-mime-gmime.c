/*
 * Our own reading of header fields held against GMime's: equal for everything that is well-formed, over
 * made-up fields and over the corpus.
 */
#include "mime-address.h"
#include "mime-date.h"
#include "mime-header-text.h"
#include "mime-headers.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <string.h>

static char *
gmime_text (const char *raw)
{
  g_autofree char *unfolded = g_mime_utils_header_unfold (raw);
  g_autofree char *text = g_mime_utils_header_decode_text (NULL, unfolded);

  for (char *p = text; *p != '\0'; p++)
    if ((guchar) *p < ' ' || *p == 0x7f)
      *p = ' ';

  return g_strdup (g_strstrip (text));
}

/*
 * Fields that RFC 5322 and RFC 2047 allow, put together at random. No base64 with padding: of two such
 * words in a row GMime 3.2 loses the second.
 */
static char *
random_field (void)
{
  static const char * const words[] = {
    "hello", "World", "Re:", "[list]", "a=b", "=", "?", "1+1", "(x)", "\"q\"", "é", "=?utf-8?Q?=C3=A9?=",
    "=?UTF-8?B?w6nDqcOp?=", "=?utf-8?q?a_b=3D?=", "=?iso-8859-1?Q?=E9=FC?=", "=?us-ascii?Q?abc?=",
    "=?utf-8?B?4oKs4oKs?=", "=?utf-8?Q?=E2=82=AC?=", "=?koi8-r?B?8NLJ18XU?=",
  };
  static const char * const gaps[] = { " ", " ", " ", "\r\n ", "  " };
  GString *field = g_string_new (NULL);
  int n = g_test_rand_int_range (0, 12);

  for (int i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (field, gaps[g_test_rand_int_range (0, G_N_ELEMENTS (gaps))]);
      g_string_append (field, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
    }

  return g_string_free (field, FALSE);
}

static void
test_text_random (void)
{
  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *raw = random_field ();
      g_autofree char *ours = mime_header_text_decode (raw, -1);
      g_autofree char *theirs = gmime_text (raw);

      if (strcmp (ours, theirs) != 0)
        g_test_message ("for %s", raw);
      g_assert_cmpstr (ours, ==, theirs);
    }
}

static void
test_date_random (void)
{
  for (int i = 0; i < 5000; i++)
    {
      gint64 when = (gint64) g_test_rand_int_range (0, G_MAXINT32) * 2;
      int offset = g_test_rand_int_range (-12, 15) * 60;
      g_autofree char *text = mime_date_format (when, offset);
      g_autoptr(GDateTime) theirs = g_mime_utils_header_decode_date (text);
      gint64 ours;

      g_assert_nonnull (theirs);
      g_assert_true (mime_date_parse (text, -1, &ours, NULL));
      g_assert_cmpint (ours, ==, g_date_time_to_unix (theirs));
    }
}

static void
collect_files (const char *folder,
               GPtrArray  *paths)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        collect_files (path, paths);
      else if (g_str_has_suffix (name, ".eml"))
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
}

static GPtrArray *
corpus_or_skip (void)
{
  const char *root = g_getenv ("PIPIT_TEST_SOURCE_ROOT");
  const char *corpus = g_getenv ("PIPIT_TEST_CORPUS");
  g_autofree char *folder = corpus != NULL
                              ? g_build_filename (corpus, "eml", NULL)
                              : g_build_filename (root != NULL ? root : ".", "..", "shared", "corpus",
                                                  "eml", NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  collect_files (folder, paths);
  if (paths->len == 0)
    g_test_skip ("the corpus is not here");
  return paths;
}

typedef struct
{
  guint n, n_equal;
} Share;

static void
count (Share      *share,
       gboolean    equal,
       const char *what,
       const char *raw,
       const char *ours,
       const char *theirs)
{
  share->n++;
  share->n_equal += equal;
  if (!equal && g_getenv ("PIPIT_TEST_VERBOSE") != NULL)
    g_print ("# %s %s\n#   ours:   %s\n#   theirs: %s\n", what, raw, ours, theirs);
}

static char *
gmime_addresses (const char *raw)
{
  g_autofree char *unfolded = g_mime_utils_header_unfold (raw);
  InternetAddressList *list = internet_address_list_parse (NULL, unfolded);
  GString *out = g_string_new (NULL);

  for (int i = 0; list != NULL && i < internet_address_list_length (list); i++)
    {
      InternetAddress *one = internet_address_list_get_address (list, i);
      const char *name = internet_address_get_name (one);

      if (INTERNET_ADDRESS_IS_MAILBOX (one))
        g_string_append_printf (out, "%s|%s\n", name != NULL ? name : "",
                                internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (one)));
    }
  g_clear_object (&list);

  return g_string_free (out, FALSE);
}

static char *
our_addresses (const char *raw)
{
  g_autoptr(MimeAddressList) list = mime_address_list_parse (raw, -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      const MimeAddress *one = mime_address_list_get (list, i);

      if (one->group == NULL)
        g_string_append_printf (out, "%s|%s\n", one->name != NULL ? one->name : "", one->address);
    }

  return g_string_free (out, FALSE);
}

static gboolean
is_ascii (const char *text)
{
  return g_str_is_ascii (text);
}

/* Fields that are plain ASCII take the fast path: there nothing may differ. */
static void
test_corpus (void)
{
  static const char * const address_fields[] = { "from", "to", "cc", "reply-to", "sender", NULL };
  g_autoptr(GPtrArray) paths = corpus_or_skip ();
  Share plain = { 0 }, encoded = { 0 }, addresses = { 0 }, dates = { 0 };

  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *contents = NULL;
      g_autoptr(MimeHeaders) headers = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (paths->pdata[i], &contents, &size, NULL));
      headers = mime_headers_new (contents, size);
      for (guint j = 0; j < mime_headers_get_n_fields (headers); j++)
        {
          g_autofree char *name = NULL, *raw = NULL, *folded = NULL, *ours = NULL, *theirs = NULL;

          mime_headers_get_field (headers, j, &name, &raw);
          folded = g_ascii_strdown (name, -1);
          ours = mime_header_text_decode (raw, -1);
          theirs = gmime_text (raw);
          if (!is_ascii (raw))
            continue;
          if (strstr (raw, "=?") != NULL)
            count (&encoded, g_str_equal (ours, theirs), "encoded", raw, ours, theirs);
          else
            {
              count (&plain, g_str_equal (ours, theirs), "plain", raw, ours, theirs);
              if (strstr (raw, "\r\n\t\t") == NULL)
                g_assert_cmpstr (ours, ==, theirs);
            }
          if (g_strv_contains (address_fields, folded))
            {
              g_autofree char *our_list = our_addresses (raw);
              g_autofree char *their_list = gmime_addresses (raw);

              count (&addresses, g_str_equal (our_list, their_list), "addresses", raw, our_list,
                     their_list);
            }
          if (g_str_equal (folded, "date"))
            {
              g_autoptr(GDateTime) their_date = g_mime_utils_header_decode_date (raw);
              gint64 our_date = 0;
              gboolean found = mime_date_parse (raw, -1, &our_date, NULL);

              count (&dates, found == (their_date != NULL) &&
                     (!found || our_date == g_date_time_to_unix (their_date)), "date", raw,
                     found ? "date" : "none", their_date != NULL ? "date" : "none");
            }
        }
    }

  g_print ("# equal to GMime: plain fields %u of %u, encoded words %u of %u, addresses %u of %u, "
           "dates %u of %u\n", plain.n_equal, plain.n, encoded.n_equal, encoded.n, addresses.n_equal,
           addresses.n, dates.n_equal, dates.n);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();

  g_test_add_func ("/mime/gmime/text-random", test_text_random);
  g_test_add_func ("/mime/gmime/date-random", test_date_random);
  g_test_add_func ("/mime/gmime/corpus", test_corpus);

  return g_test_run ();
}
