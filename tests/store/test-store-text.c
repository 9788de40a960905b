#include "store-address-private.h"
#include "store-facts.h"
#include "store-flags.h"
#include "store-hash-private.h"

static void
assert_changed (const char *keywords,
                const char *add,
                const char *remove,
                const char *expected)
{
  g_autofree char *changed = store_keywords_change (keywords, add, remove);

  g_assert_cmpstr (changed, ==, expected);
}

static void
test_keywords_have_one_form (void)
{
  assert_changed (NULL, NULL, NULL, NULL);
  assert_changed ("", NULL, NULL, NULL);
  assert_changed ("b a", NULL, NULL, "a b");
  assert_changed ("b  a b A", NULL, NULL, "a b");
  assert_changed ("a b", "c", "B", "a c");
  assert_changed ("a", NULL, "a", NULL);
  assert_changed ("a", "a", "a", "a");
}

static void
test_keywords_compare (void)
{
  g_autofree char *both = store_keywords_intersect ("c b a", "A d c");

  g_assert_cmpstr (both, ==, "a c");
  g_assert_true (store_keywords_contain ("one two", "TWO"));
  g_assert_false (store_keywords_contain ("one two", "tw"));
  g_assert_false (store_keywords_contain (NULL, "a"));
  g_assert_cmpuint (store_keywords_hash (NULL), ==, 0);
  g_assert_cmpuint (store_keywords_hash (""), ==, 0);
  g_assert_cmpuint (store_keywords_hash ("a"), !=, store_keywords_hash ("b"));
}

static void
test_flags_have_names (void)
{
  for (guint bit = 0; bit <= 10; bit++)
    g_assert_cmpuint (store_flags_from_name (store_flags_to_name (1u << bit)), ==, 1u << bit);

  g_assert_cmpuint (store_flags_from_name ("\\SEEN"), ==, STORE_FLAG_SEEN);
  g_assert_cmpuint (store_flags_from_name ("\\Recent"), ==, 0);
  g_assert_null (store_flags_to_name (1u << 30));
}

static void
test_addresses_come_back (void)
{
  StoreAddress items[] = { { "Mara\x1fLind\n", "mara@example.org" }, { NULL, "b@x" }, { "", "" } };
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(StoreAddressList) list = NULL;
  g_autoptr(StoreAddressList) copy = NULL;

  g_assert_true (store_address_encode (text, items, G_N_ELEMENTS (items)));
  list = store_address_decode (text->str);
  copy = store_address_list_copy (list);
  g_assert_cmpuint (copy->n_items, ==, 3);
  g_assert_cmpstr (copy->items[0].name, ==, "Mara Lind ");
  g_assert_cmpstr (copy->items[0].address, ==, "mara@example.org");
  g_assert_null (copy->items[1].name);
  g_assert_cmpstr (copy->items[1].address, ==, "b@x");
  g_assert_cmpstr (copy->items[2].address, ==, "");
}

static void
test_addresses_read_anything (void)
{
  static const char *const texts[] = { "", "\x1e", "\x1f", "\x1e\x1e\x1f\x1f\x1e", "abc", "a\x1f" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(StoreAddressList) list = store_address_decode (texts[i]);

      for (guint j = 0; j < list->n_items; j++)
        g_assert_nonnull (list->items[j].address);
    }
}

static void
test_batch_owns_its_strings (void)
{
  g_autoptr(StoreBatch) batch = store_batch_new ();
  g_autofree char *large = g_strnfill (200000, 'x');

  for (guint i = 1; i <= 5000; i++)
    {
      StoreMessageFacts *facts = store_batch_add (batch);
      g_autofree char *subject = g_strdup_printf ("Subject %u", i);
      StoreAddress from = { subject, "a@x" };

      facts->uid = i;
      facts->subject = store_batch_add_string (batch, subject);
      facts->from = store_batch_add_addresses (batch, &from, 1);
      facts->n_from = 1;
      if (i == 2500)
        facts->list_id = store_batch_add_string (batch, large);
    }

  g_assert_cmpuint (store_batch_get_n_facts (batch), ==, 5000);
  g_assert_cmpstr (store_batch_get_facts (batch, 0)->subject, ==, "Subject 1");
  g_assert_cmpstr (store_batch_peek_uid (batch, 4000)->from[0].name, ==, "Subject 4000");
  g_assert_cmpstr (store_batch_get_facts (batch, 2499)->list_id, ==, large);
  g_assert_null (store_batch_peek_uid (batch, 5001));
  g_assert_null (store_batch_add_string (batch, NULL));
  g_assert_cmpuint (store_batch_get_size (batch), >, 200000);
}

static void
test_fingerprint_sees_each_fact (void)
{
  StoreAddress from = { NULL, "a@x" };
  StoreMessageFacts facts = { .message_id = "m@x", .subject = "s", .date_unix = 5, .from = &from,
                              .n_from = 1, .uid = 1, .flags = 3, .internal_date_unix = 8 };
  StoreMessageFacts other = facts;
  guint64 fingerprint = store_facts_fingerprint (&facts);

  other.uid = 2;
  other.flags = 0;
  other.internal_date_unix = 9;
  g_assert_cmpuint (store_facts_fingerprint (&other), ==, fingerprint);
  other.date_unix = 6;
  g_assert_cmpuint (store_facts_fingerprint (&other), !=, fingerprint);
  other = facts;
  other.subject = "t";
  g_assert_cmpuint (store_facts_fingerprint (&other), !=, fingerprint);
  other = facts;
  other.message_id = NULL;
  g_assert_cmpuint (store_facts_fingerprint (&other), !=, fingerprint);
}

/* The values are in people's databases. */
static void
test_hash_never_changes (void)
{
  g_assert_cmphex (store_hash_text (0, ""), ==, store_hash_text (0, NULL));
  g_assert_cmphex (store_hash_text (0, "abc"), ==, G_GUINT64_CONSTANT (0xb355e15a01a297b7));
  g_assert_cmphex (store_hash_text (7, "0123456789abcdef0123456789"), ==,
                   G_GUINT64_CONSTANT (0xa6357f6c450f4def));
}

static void
test_hash_spreads (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  char bytes[64] = { 0 };

  for (guint size = 0; size <= sizeof bytes; size++)
    {
      for (guint bit = 0; bit < size * 8; bit++)
        {
          guint64 hash;

          bytes[bit / 8] ^= (char) (1u << bit % 8);
          hash = store_hash_bytes (0, bytes, size);
          bytes[bit / 8] ^= (char) (1u << bit % 8);
          g_assert_true (g_hash_table_add (seen, g_memdup2 (&hash, sizeof hash)));
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/text/keywords/form", test_keywords_have_one_form);
  g_test_add_func ("/store/text/keywords/compare", test_keywords_compare);
  g_test_add_func ("/store/text/flags", test_flags_have_names);
  g_test_add_func ("/store/text/addresses", test_addresses_come_back);
  g_test_add_func ("/store/text/addresses/anything", test_addresses_read_anything);
  g_test_add_func ("/store/text/batch", test_batch_owns_its_strings);
  g_test_add_func ("/store/text/fingerprint", test_fingerprint_sees_each_fact);
  g_test_add_func ("/store/text/hash/stable", test_hash_never_changes);
  g_test_add_func ("/store/text/hash/spread", test_hash_spreads);

  return g_test_run ();
}
