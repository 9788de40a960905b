#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Runs a target on its seeds, and for a moment on what chance makes of them: always the same ones, so
 * that what fails once fails again. The input that runs lies in the file that the test names, and
 * stays there when the program ends in the middle. */

#define MAX_INPUT_BYTES 65536
#define MAX_MUTATED_RUNS 20000
#define MUTATING_SECONDS 1.5
#define RANDOM_SEED 20240607

static GPtrArray *seeds; /* (element-type GBytes) */
static char *shown_name;
static int shown_fd;

static void
open_shown (const char *seed_folder)
{
  g_autofree char *leaf = g_path_get_basename (seed_folder);

  shown_name = g_strdup_printf ("%s/fuzz-%s-%d.input", g_get_tmp_dir (), leaf, (int) getpid ());
  shown_fd = open (shown_name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (shown_fd, >=, 0);
}

static void
run (const guint8 *bytes,
     gsize         size)
{
  /* memory of exactly this size: what reads beyond it is seen */
  g_autofree guint8 *exact = size > 0 ? g_memdup2 (bytes, size) : g_malloc (1);

  g_assert_cmpint (ftruncate (shown_fd, 0), ==, 0);
  g_assert_cmpint (pwrite (shown_fd, bytes, size, 0), ==, (gssize) size);
  LLVMFuzzerTestOneInput (exact, size);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
load_seeds (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i < names->len; i++)
    {
      char *contents;
      gsize size;

      g_assert_true (g_file_get_contents (names->pdata[i], &contents, &size, NULL));
      g_ptr_array_add (seeds, g_bytes_new_take (contents, size));
    }
  g_assert_cmpuint (seeds->len, >, 0);
}

static guint
below (GRand *rand,
       gsize  limit)
{
  return limit > 0 ? (guint) g_rand_int_range (rand, 0, (gint32) limit) : 0;
}

static const guint8 *
random_piece (GRand *rand,
              gsize *out_size)
{
  GBytes *seed = g_ptr_array_index (seeds, below (rand, seeds->len));
  gsize size;
  const guint8 *bytes = g_bytes_get_data (seed, &size);
  gsize begin = below (rand, size);
  gsize wanted = below (rand, 64);

  *out_size = MIN (wanted, size - begin);
  return bytes + begin;
}

static void
insert_repeated (GRand      *rand,
                 GByteArray *input)
{
  static const char signs[] = "((({{[\"\\\r\n\0<>,;:=&+*~9 \t\x80\xff";
  guint8 block[600];
  gsize at = below (rand, input->len + 1);
  g_autofree guint8 *tail = at < input->len ? g_memdup2 (input->data + at, input->len - at) : NULL;
  gsize tail_size = input->len - at;
  guint n = 1 + below (rand, below (rand, sizeof block));

  memset (block, signs[below (rand, sizeof signs - 1)], n);
  g_byte_array_set_size (input, (guint) at);
  g_byte_array_append (input, block, n);
  g_byte_array_append (input, tail, (guint) tail_size);
}

static void
insert_piece (GRand      *rand,
              GByteArray *input)
{
  gsize size;
  const guint8 *piece = random_piece (rand, &size);
  gsize at = below (rand, input->len + 1);
  g_autofree guint8 *tail = at < input->len ? g_memdup2 (input->data + at, input->len - at) : NULL;
  gsize tail_size = input->len - at;

  g_byte_array_set_size (input, (guint) at);
  g_byte_array_append (input, piece, (guint) size);
  g_byte_array_append (input, tail, (guint) tail_size);
}

static void
remove_range (GRand      *rand,
              GByteArray *input)
{
  guint at = below (rand, input->len);
  guint wanted = 1 + below (rand, 30);

  g_byte_array_remove_range (input, at, MIN (wanted, input->len - at));
}

static void
mutate (GRand      *rand,
        GByteArray *input)
{
  for (guint n = 1 + below (rand, 6); n > 0; n--)
    switch (input->len > 0 ? below (rand, 6) : 5)
      {
      case 0:
        input->data[below (rand, input->len)] ^= (guint8) (1u << below (rand, 8));
        break;
      case 1:
        input->data[below (rand, input->len)] = (guint8) below (rand, 256);
        break;
      case 2:
        remove_range (rand, input);
        break;
      case 3:
        g_byte_array_set_size (input, below (rand, input->len) + 1);
        break;
      case 4:
        insert_repeated (rand, input);
        break;
      default:
        insert_piece (rand, input);
        break;
      }
}

static void
test_seeds (void)
{
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize size;
      const guint8 *bytes = g_bytes_get_data (seeds->pdata[i], &size);

      run (bytes, size);
    }
  g_test_message ("%u seeds", seeds->len);
}

static void
test_mutations (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (RANDOM_SEED);
  g_autoptr(GTimer) timer = g_timer_new ();
  guint n_runs;

  g_test_message ("the input that runs is %s", shown_name);
  for (n_runs = 0; n_runs < MAX_MUTATED_RUNS && g_timer_elapsed (timer, NULL) < MUTATING_SECONDS;
       n_runs++)
    {
      GBytes *seed = seeds->pdata[n_runs % seeds->len];
      g_autoptr(GByteArray) input = g_byte_array_new ();
      gsize size;
      const guint8 *bytes = g_bytes_get_data (seed, &size);

      g_byte_array_append (input, bytes, (guint) size);
      mutate (rand, input);
      run (input->data, MIN (input->len, MAX_INPUT_BYTES));
    }
  g_test_message ("%u inputs, %.0f a second", n_runs, n_runs / g_timer_elapsed (timer, NULL));
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  load_seeds (argv[1]);
  open_shown (argv[1]);

  g_test_add_func ("/fuzz/seeds", test_seeds);
  g_test_add_func ("/fuzz/mutations", test_mutations);
  status = g_test_run ();

  unlink (shown_name);
  return status;
}
