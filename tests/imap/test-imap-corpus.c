#include <string.h>

#include "imap-error.h"
#include "imap-reader.h"

/* What other projects have recorded of servers, in ../shared/corpus/imap beside the project. All of
 * it is understood but one line: a lone parenthesis, which a literal that was recorded as longer
 * than it was sent has left behind. 14 responses are of extensions that Pipit never asks for (ACL,
 * METADATA, SORT, THREAD): they are known by their names and left alone. */

typedef struct
{
  guint n_files;
  guint n_responses;
  guint n_other;
  guint n_extension;
  GString *text;
} Totals;

static char *
corpus_folder (void)
{
  const char *source = g_test_get_dir (G_TEST_DIST);
  g_autofree char *folder = NULL;

  folder = g_build_filename (source, "..", "..", "shared", "corpus", "imap", NULL);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_free (folder);
      folder = g_build_filename (source, "..", "..", "..", "shared", "corpus", "imap", NULL);
    }

  return g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&folder) : NULL;
}

static void
look_inside (ImapResponse *response,
             Totals       *totals)
{
  g_autofree char *line = imap_response_to_string (response);
  g_autoptr(ImapEnvelope) envelope = imap_response_dup_envelope (response, NULL);
  g_autoptr(ImapStructure) structure = imap_response_dup_structure (response, NULL);

  totals->n_responses++;
  g_string_append_printf (totals->text, "%u %s\n", response->type, line);
  if (envelope != NULL)
    g_string_append_printf (totals->text, "  %s %u\n", envelope->subject, envelope->to.n_items);
  if (structure != NULL)
    g_string_append_printf (totals->text, "  %u parts, %s/%s\n", structure->n_parts,
                            structure->root->type, structure->root->subtype);

  if (response->type == IMAP_RESPONSE_OTHER)
    {
      totals->n_other++;
      if (totals->n_files > 0)
        g_test_message ("not understood: %s", line);
      g_assert_cmpstr (line, ==, ")");
    }
  else if (response->type == IMAP_RESPONSE_EXTENSION)
    totals->n_extension++;
}

static void
read_all (const char *bytes,
          gsize       size,
          gsize       step,
          Totals     *totals)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();

  for (gsize begin = 0; begin < size; begin += step)
    {
      ImapReaderResult result;

      imap_reader_feed (reader, bytes + begin, MIN (step, size - begin));
      do
        {
          g_autoptr(ImapResponse) response = NULL;
          g_autoptr(GError) error = NULL;

          result = imap_reader_next (reader, &response, &error);
          g_assert_no_error (error);
          if (result == IMAP_READER_RESPONSE)
            look_inside (response, totals);
        }
      while (result == IMAP_READER_RESPONSE);
    }
}

static void
read_file (const char *path,
           Totals     *totals)
{
  g_autofree char *bytes = NULL;
  Totals by_bytes = { .text = g_string_new (NULL) };
  gsize size;
  gsize before = totals->text->len;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  totals->n_files++;
  read_all (bytes, size, size, totals);
  read_all (bytes, size, size > 100000 ? 997 : 1, &by_bytes);
  g_assert_cmpstr (totals->text->str + before, ==, by_bytes.text->str);
  g_string_free (by_bytes.text, TRUE);
}

static void
read_folder (const char *folder,
             Totals     *totals)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        read_folder (path, totals);
      else if (g_str_has_suffix (name, ".txt"))
        read_file (path, totals);
    }
}

static void
test_corpus (void)
{
  g_autofree char *folder = corpus_folder ();
  Totals totals = { 0 };

  if (folder == NULL)
    {
      g_test_skip ("../shared/corpus/imap is not here");
      return;
    }

  totals.text = g_string_new (NULL);
  read_folder (folder, &totals);
  g_test_message ("%u files, %u responses, %u understood (%.1f %%), %u of them left alone",
                  totals.n_files, totals.n_responses, totals.n_responses - totals.n_other,
                  100.0 * (totals.n_responses - totals.n_other) / MAX (totals.n_responses, 1),
                  totals.n_extension);
  g_assert_cmpuint (totals.n_files, >, 0);
  g_assert_cmpuint (totals.n_other, ==, 1);
  g_assert_cmpuint (totals.n_extension, ==, 14);
  g_string_free (totals.text, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/corpus", test_corpus);
  return g_test_run ();
}
