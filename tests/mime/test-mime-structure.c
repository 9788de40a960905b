/*
 * The short cut through well-formed messages finds the same as the long way: on messages that are written
 * well, on such broken at random, and on those of the corpus.
 */
#include "mime-part-private.h"

#include <string.h>

static const char *const seeds[] = {
  "From: a@example.org\r\nSubject: plain\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nText.\r\n",

  "Subject: no type\r\n\r\n\r\nText\r\n--b\r\n",

  "Subject: folded\r\nContent-Type: text/html;\r\n\tcharset=\"iso-8859-1\"\r\n"
  "Content-Transfer-Encoding: quoted-printable\r\nContent-Disposition: inline\r\n\r\n<p>=E4</p>\r\n",

  "Subject: alternative\nMIME-Version: 1.0\nContent-Type: multipart/alternative;\n boundary=\"=-x1\"\n"
  "Content-Transfer-Encoding: 7bit\n\nprologue\n--=-x1\nContent-Type: text/plain\n\ntext\n\n"
  "--=-x1\nContent-Type: text/html\nContent-ID: <1@x>\n\n<p>html</p>\n--=-x1--\nepilogue\n",

  "Subject: mixed\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
  "--outer\r\nContent-Type: multipart/related; boundary=inner; type=\"text/html\"\r\n\r\n"
  "--inner\r\nContent-Type: text/html\r\n\r\n<p>\r\n--inner\r\nContent-Type: image/png; name=a.png\r\n"
  "Content-Transfer-Encoding: base64\r\nContent-Description: a =?utf-8?q?=C3=A4?=\r\n\r\n"
  "iVBORw0KGgo=\r\n--inner--\r\n\r\n--outer\r\nContent-Type: application/pdf\r\n"
  "Content-Disposition: attachment; filename=\"p.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
  "JVBERi0x\r\n--outer--\r\n",

  "Subject: forwarded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
  "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner\r\n--b--\r\n",

  "Subject: digest\r\nContent-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n"
  "Subject: one\r\n\r\none\r\n--b--\r\n",

  "Subject: signed\r\nContent-Type: multipart/signed; boundary=\"s\"; micalg=pgp-sha256;\r\n"
  "\tprotocol=\"application/pgp-signature\"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\nt\r\n--s\r\n"
  "Content-Type: application/pgp-signature\r\n\r\nx\r\n--s--",

  "Subject: never closed\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
  "Content-Type: text/plain\r\n\r\ntext\r\n",
};

static const char *const pieces[] = {
  "\r\n", "\n", "\r", " ", "\t", ":", ";", "=", "\"", "--", "--b", "--b--", "--outer", "--inner--",
  "--=-x1\n", "boundary=b", "Content-Type: text/plain\r\n", "Content-Type:\r\n", "\r\n\r\n", "\n\n",
  "multipart/", "message/rfc822", "text", "/", "\x7f", "\xe4", "Content-Transfer-Encoding: base64\r\n",
  "From ", "-", "Content-Disposition: attachment\r\n", ",", "(", "boundary*0=", "x",
};

static char *
dump (GPtrArray    *parts,
      MimeProblems  problems,
      GBytes       *message)
{
  const char *data = g_bytes_get_data (message, NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < parts->len; i++)
    {
      const MimePart *part = parts->pdata[i];
      const char *name = mime_part_get_given_name (part);
      gsize size;
      const char *body = g_bytes_get_data (part->body, &size);

      g_string_append_printf (
          out, "%s|%s|%u|%d|%d|%s|%s|%s|%s|%s|%s|%" G_GSIZE_FORMAT "|%x|", part->section,
          mime_parameters_get_value (part->type), part->depth, part->is_multipart,
          part->disposition, part->encoding, part->content_id != NULL ? part->content_id : "-",
          part->description != NULL ? part->description : "-", name != NULL ? name : "-",
          mime_parameters_get (part->type, "charset") != NULL ? mime_parameters_get (part->type, "charset") : "-",
          mime_parameters_get (part->type, "boundary") != NULL ? mime_parameters_get (part->type, "boundary") : "-",
          part->size_bytes, part->problems);
      if (size > 0)
        g_string_append_printf (out, "%td+%" G_GSIZE_FORMAT, body - data, size);
      g_string_append_c (out, '\n');
    }

  g_string_append_printf (out, "%x", problems);
  return g_string_free (out, FALSE);
}

/* Returns whether the message was plain. */
static gboolean
compare (const char *bytes,
         gsize       size)
{
  g_autoptr(GBytes) message = g_bytes_new (bytes, size);
  g_autoptr(GPtrArray) plain = g_ptr_array_new_with_free_func ((GDestroyNotify) mime_part_free);
  g_autoptr(GPtrArray) full = g_ptr_array_new_with_free_func ((GDestroyNotify) mime_part_free);
  g_autofree char *plain_dump = NULL;
  g_autofree char *full_dump = NULL;
  MimeProblems plain_problems = 0;
  MimeProblems full_problems = 0;

  if (mime_structure_parse_plain (message, plain, &plain_problems) == NULL)
    {
      g_assert_cmpuint (plain->len, ==, 0);
      g_assert_cmpint (plain_problems, ==, 0);
      return FALSE;
    }

  mime_structure_parse_anything (message, full, &full_problems);
  plain_dump = dump (plain, plain_problems, message);
  full_dump = dump (full, full_problems, message);
  if (strcmp (plain_dump, full_dump) != 0)
    {
      g_autofree char *escaped = g_strescape (bytes, NULL);

      g_test_message ("%s", escaped);
    }
  g_assert_cmpstr (plain_dump, ==, full_dump);
  return TRUE;
}

static void
test_well_formed_is_plain (void)
{
  static const gboolean is_plain[] = { TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_test_message ("%s", strstr (seeds[i], "Subject"));
      g_assert_cmpint (compare (seeds[i], strlen (seeds[i])), ==, is_plain[i]);
    }
}

static void
break_at_random (GString *text)
{
  gsize place = text->len == 0 ? 0 : (gsize) g_test_rand_int_range (0, (int) text->len);
  gsize left = text->len - place;
  gsize few = (gsize) g_test_rand_int_range (1, 12);

  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      g_string_erase (text, (gssize) place, (gssize) MIN (left, few));
      break;
    case 1:
      {
        const char *seed = seeds[g_test_rand_int_range (0, G_N_ELEMENTS (seeds))];
        gsize from = (gsize) g_test_rand_int_range (0, (int) strlen (seed));

        g_string_insert_len (text, (gssize) place, seed + from,
                             (gssize) MIN (strlen (seed) - from, few * 5));
        break;
      }
    default:
      g_string_insert (text, (gssize) place,
                       pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      break;
    }
}

static void
test_broken_at_random_is_the_same (void)
{
  int n_rounds = g_test_slow () ? 1000000 : 20000;
  guint n_plain = 0;

  for (int round = 0; round < n_rounds; round++)
    {
      g_autoptr(GString) text = g_string_new (seeds[round % (int) G_N_ELEMENTS (seeds)]);

      for (int i = g_test_rand_int_range (1, 5); i > 0; i--)
        break_at_random (text);
      n_plain += compare (text->str, text->len);
    }

  g_test_message ("%u of %d were plain", n_plain, n_rounds);
  g_assert_cmpuint (n_plain, >, (guint) n_rounds / 20);
}

static void
visit (const char *folder,
       guint      *n_plain,
       guint      *n_messages)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      gsize size;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        visit (path, n_plain, n_messages);
      else if (g_file_get_contents (path, &contents, &size, NULL))
        {
          *n_plain += compare (contents, size);
          (*n_messages)++;
        }
    }
}

static void
test_corpus_is_the_same (void)
{
  const char *root = g_getenv ("PIPIT_TEST_SOURCE_ROOT");
  const char *corpus = g_getenv ("PIPIT_TEST_CORPUS");
  g_autofree char *folder = corpus != NULL
                              ? g_build_filename (corpus, "eml", NULL)
                              : g_build_filename (root != NULL ? root : ".", "..", "shared", "corpus",
                                                  "eml", NULL);
  guint n_plain = 0;
  guint n_messages = 0;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("the corpus is not here");
      return;
    }
  visit (folder, &n_plain, &n_messages);
  g_test_message ("%u of %u were plain", n_plain, n_messages);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mime/structure/well-formed", test_well_formed_is_plain);
  g_test_add_func ("/mime/structure/broken", test_broken_at_random_is_the_same);
  g_test_add_func ("/mime/structure/corpus", test_corpus_is_the_same);

  return g_test_run ();
}
