/*
 * Messages that nobody here wrote: those that other mail programs test with, and what three independent
 * parsers make of them. They are not part of the project; without them the tests are skipped.
 */
#include "mime-html.h"
#include "mime-message.h"
#include "mime-file-name.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

static char *
corpus_path (const char *rest)
{
  const char *root = g_getenv ("PIPIT_TEST_SOURCE_ROOT");
  const char *corpus = g_getenv ("PIPIT_TEST_CORPUS");

  if (corpus != NULL)
    return g_build_filename (corpus, rest, NULL);
  return g_build_filename (root != NULL ? root : ".", "..", "shared", "corpus", rest, NULL);
}

static gboolean
skip_without_corpus (void)
{
  g_autofree char *path = corpus_path ("eml/consensus.jsonl");

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  g_test_skip ("the corpus is not here");
  return TRUE;
}

/* All messages, by path. */
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
corpus_files (void)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = corpus_path ("eml");

  collect_files (folder, paths);
  g_ptr_array_sort (paths, (GCompareFunc) (gpointer) g_strcmp0);
  return paths;
}

static GBytes *
load (const char *path)
{
  char *contents;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, NULL))
    return NULL;
  return g_bytes_new_take (contents, size);
}

/* Uses everything that a message offers. */
static void
exercise (GBytes *bytes)
{
  g_autoptr(MimeMessage) message = mime_message_new (bytes);
  g_autofree char *text = mime_message_dup_text (message);
  g_autofree char *html = mime_message_dup_html (message);
  g_autofree char *preview = mime_message_dup_preview (message, 200);
  GPtrArray *attachments = mime_message_get_attachments (message);
  gsize total = 0;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_utf8_validate (preview, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (preview, -1), <=, 200);
  g_assert_null (strchr (preview, '\n'));
  for (guint i = 0; i < mime_message_get_n_parts (message); i++)
    {
      MimePart *part = mime_message_get_part (message, i);
      g_autoptr(GBytes) content = mime_part_decode (part);

      total += g_bytes_get_size (content);
      g_assert_nonnull (mime_part_get_section (part));
      if (*mime_part_get_section (part) != '\0')
        g_assert_true (mime_message_find_section (message, mime_part_get_section (part)) == part);
    }
  for (guint i = 0; i < attachments->len; i++)
    {
      const char *name = mime_part_get_file_name (attachments->pdata[i]);

      g_assert_nonnull (name);
      g_assert_cmpuint (strlen (name), >, 0);
      g_assert_cmpuint (strlen (name), <=, MIME_FILE_NAME_MAX_BYTES);
      g_assert_null (strchr (name, '/'));
      g_assert_cmpint (name[0], !=, '.');
    }
  if (html != NULL)
    {
      g_autofree char *safe = mime_html_sanitize (html, -1);
      guint n_remote;
      g_autofree char *rewritten = mime_html_rewrite_images (html, -1, NULL, NULL, &n_remote);
      g_autoptr(GPtrArray) links = mime_html_collect_links (html, -1);

      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_nonnull (rewritten);
      g_assert_cmpuint (links->len, <=, 2000);
    }
  (void) total;
}

static void
test_all (void)
{
  g_autoptr(GPtrArray) paths = NULL;

  if (skip_without_corpus ())
    return;
  paths = corpus_files ();
  g_assert_cmpuint (paths->len, >, 500);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr(GBytes) bytes = load (paths->pdata[i]);

      exercise (bytes);
    }
  g_test_message ("%u messages", paths->len);
}

/* How long to go on breaking things, in seconds; more with PIPIT_TEST_SECONDS. */
static gint64
patience_us (void)
{
  const char *seconds = g_getenv ("PIPIT_TEST_SECONDS");

  return (seconds != NULL ? g_ascii_strtoll (seconds, NULL, 10) : 3) * G_USEC_PER_SEC;
}

static GBytes *
break_bytes (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  GString *mutant = g_string_new_len (data, (gssize) MIN (size, 20000));
  int n = g_test_rand_int_range (1, 30);

  for (int i = 0; i < n && mutant->len > 1; i++)
    {
      gssize at = g_test_rand_int_range (0, (int) mutant->len);
      gssize length = g_test_rand_int_range (1, 200);

      length = MIN (length, (gssize) mutant->len - at);
      switch (g_test_rand_int_range (0, 4))
        {
        case 0:
          mutant->str[at] = (char) g_test_rand_int_range (0, 256);
          break;
        case 1:
          g_string_erase (mutant, at, MIN (length, 40));
          break;
        case 2:
          {
            g_autofree char *piece = g_memdup2 (mutant->str + at, (gsize) length);

            g_string_insert_len (mutant, g_test_rand_int_range (0, (int) mutant->len), piece, length);
          }
          break;
        default:
          if (g_test_rand_int_range (0, 8) == 0)
            g_string_truncate (mutant, (gsize) at);
        }
    }

  return g_string_free_to_bytes (mutant);
}

static void
test_broken (void)
{
  g_autoptr(GPtrArray) paths = NULL;
  gint64 end = g_get_monotonic_time () + patience_us ();
  guint n = 0;

  if (skip_without_corpus ())
    return;
  paths = corpus_files ();
  while (g_get_monotonic_time () < end)
    {
      g_autoptr(GBytes) bytes = load (paths->pdata[g_test_rand_int_range (0, (int) paths->len)]);
      g_autoptr(GBytes) broken = break_bytes (bytes);

      exercise (broken);
      n++;
    }
  g_print ("# %u broken messages\n", n);
}

typedef struct
{
  const char *name;
  guint       n_all, n_equal;      /* where two or three agree */
  guint       n_all3, n_equal3;    /* where three agree */
} Share;

enum { SUBJECT, FROM, DATE, ATTACHMENTS, TEXT, N_SHARES };

static void
count (Share      *share,
       JsonObject *agree,
       gboolean    equal,
       const char *file,
       const char *expected,
       const char *got)
{
  gint64 n = json_object_has_member (agree, share->name)
               ? json_object_get_int_member (agree, share->name) : 0;

  if (n < 2)
    return;
  share->n_all++;
  share->n_equal += equal;
  if (n == 3)
    {
      share->n_all3++;
      share->n_equal3 += equal;
    }
  if (!equal && g_getenv ("PIPIT_TEST_VERBOSE") != NULL)
    g_print ("# %s(%d) %s\n#   expected: %s\n#   got:      %s\n", share->name, (int) n, file, expected,
             got);
}

/* All blanks one, none around, and no more characters than the expectation has. */
static char *
squeeze (const char *text,
         gsize       max_chars)
{
  GString *out = g_string_new (NULL);
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
  gsize n = 0;

  for (const char *p = normal; *p != '\0' && n < max_chars; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0x200b || c == 0xfeff || g_unichar_iscntrl (c))
        {
          if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c (out, ' '), n++;
        }
      else
        g_string_append_unichar (out, c), n++;
    }

  return g_strchomp (g_string_free (out, FALSE));
}

static void
compare_one (JsonObject *row,
             Share      *shares)
{
  const char *file = json_object_get_string_member (row, "file");
  JsonObject *agree;
  g_autofree char *path = corpus_path (file);
  g_autoptr(GBytes) bytes = load (path);
  g_autoptr(MimeMessage) message = NULL;
  MimeHeaders *headers;

  if (bytes == NULL || !json_object_has_member (row, "agree"))
    return;
  agree = json_object_get_object_member (row, "agree");
  message = mime_message_new (bytes);
  headers = mime_message_get_headers (message);

  if (json_object_has_member (row, "subject"))
    {
      g_autofree char *expected = squeeze (json_object_get_string_member_with_default (row, "subject", ""), 1000);
      const char *subject = mime_headers_get_subject (headers);
      g_autofree char *got = squeeze (subject != NULL ? subject : "", 1000);

      count (&shares[SUBJECT], agree, g_str_equal (expected, got), file, expected, got);
    }
  if (json_object_has_member (row, "from"))
    {
      JsonArray *array = json_object_get_array_member (row, "from");
      const MimeAddressList *from = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM);
      GString *expected = g_string_new (NULL), *got = g_string_new (NULL);

      for (guint i = 0; i < json_array_get_length (array); i++)
        g_string_append_printf (expected, "%s ", json_array_get_string_element (array, i));
      for (guint i = 0; i < mime_address_list_get_length (from); i++)
        if (*mime_address_list_get (from, i)->address != '\0')
          g_string_append_printf (got, "%s ", mime_address_list_get (from, i)->address);
      count (&shares[FROM], agree, g_ascii_strcasecmp (expected->str, got->str) == 0, file,
             expected->str, got->str);
      g_string_free (expected, TRUE);
      g_string_free (got, TRUE);
    }
  if (json_object_has_member (row, "date"))
    {
      const char *expected = json_object_get_string_member_with_default (row, "date", "");
      g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc (mime_headers_get_date_unix (headers));
      g_autofree char *got = mime_headers_has_date (headers)
                               ? g_date_time_format (when, "%Y-%m-%dT%H:%M:%S") : g_strdup ("");

      count (&shares[DATE], agree, g_str_equal (expected, got), file, expected, got);
    }
  if (json_object_has_member (row, "attachments"))
    {
      JsonArray *array = json_object_get_array_member (row, "attachments");
      g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      GString *expected = g_string_new (NULL), *got = g_string_new (NULL);
      gboolean all = TRUE;

      for (guint i = 0; i < mime_message_get_n_parts (message); i++)
        {
          MimePart *part = mime_message_get_part (message, i);
          const char *name = mime_part_get_file_name (part);

          if (name == NULL)
            continue;
          g_string_append_printf (got, "%s | ", name);
          g_hash_table_add (names, g_strdup (name));
        }
      /* each name that they see is one that we see, once both are safe */
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          const char *name = json_array_get_string_element (array, i);
          g_autofree char *safe = mime_file_name_make_safe (name, NULL, "attachment");

          g_string_append_printf (expected, "%s | ", safe);
          all = all && g_hash_table_contains (names, safe);
        }
      count (&shares[ATTACHMENTS], agree, all, file, expected->str, got->str);
      g_string_free (expected, TRUE);
      g_string_free (got, TRUE);
    }
  if (json_object_has_member (row, "text"))
    {
      g_autofree char *expected = squeeze (json_object_get_string_member_with_default (row, "text", ""), 120);
      g_autofree char *text = mime_message_dup_words (message);
      g_autofree char *got = squeeze (text, (gsize) g_utf8_strlen (expected, -1));

      count (&shares[TEXT], agree, g_str_equal (expected, got), file, expected, got);
    }
}

static void
test_consensus (void)
{
  Share shares[N_SHARES] = { { "subject", 0 }, { "from", 0 }, { "date", 0 }, { "attachments", 0 },
                             { "text", 0 } };
  g_autofree char *path = NULL;
  g_autofree char *contents = NULL;
  g_auto(GStrv) lines = NULL;

  if (skip_without_corpus ())
    return;
  path = corpus_path ("eml/consensus.jsonl");
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  lines = g_strsplit (contents, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr(JsonNode) node = *lines[i] != '\0' ? json_from_string (lines[i], NULL) : NULL;

      if (node != NULL)
        compare_one (json_node_get_object (node), shares);
    }

  for (int i = 0; i < N_SHARES; i++)
    {
      g_print ("# %-12s agree=3: %3u of %3u (%.1f %%), agree>=2: %3u of %3u (%.1f %%)\n",
               shares[i].name, shares[i].n_equal3, shares[i].n_all3,
               100.0 * shares[i].n_equal3 / MAX (shares[i].n_all3, 1),
               shares[i].n_equal, shares[i].n_all,
               100.0 * shares[i].n_equal / MAX (shares[i].n_all, 1));
      g_assert_cmpuint (shares[i].n_equal3 * 100, >=, shares[i].n_all3 * 97);
    }
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/corpus/all", test_all);
  g_test_add_func ("/mime/corpus/broken", test_broken);
  g_test_add_func ("/mime/corpus/consensus", test_consensus);

  return g_test_run ();
}
