#include "store-flags.h"

#include <string.h>

static const struct
{
  guint32 flag;
  const char *name;
} names[] = {
  { STORE_FLAG_SEEN, "\\Seen" },
  { STORE_FLAG_FLAGGED, "\\Flagged" },
  { STORE_FLAG_ANSWERED, "\\Answered" },
  { STORE_FLAG_FORWARDED, "$Forwarded" },
  { STORE_FLAG_DRAFT, "\\Draft" },
  { STORE_FLAG_DELETED, "\\Deleted" },
  { STORE_FLAG_JUNK, "$Junk" },
  { STORE_FLAG_NOT_JUNK, "$NotJunk" },
  { STORE_FLAG_PHISHING, "$Phishing" },
  { STORE_FLAG_MDN_SENT, "$MDNSent" },
  { STORE_FLAG_IMPORTANT, "$Important" },
};

/**
 * store_flags_from_name:
 * @name: a flag or keyword as on the wire; the case does not matter
 *
 * Returns: the flag, or 0 for a keyword that is kept by its name
 */
guint32
store_flags_from_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_ascii_strcasecmp (name, names[i].name) == 0)
        return names[i].flag;
    }

  return 0;
}

/**
 * store_flags_to_name:
 * @flag: exactly one flag
 *
 * Returns: (nullable) (transfer none): its name on the wire
 */
const char *
store_flags_to_name (guint32 flag)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (names[i].flag == flag)
        return names[i].name;
    }

  return NULL;
}

static gboolean
keyword_is (const char *word,
            gsize       length,
            const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (word, name, length) == 0;
}

/**
 * store_keywords_contain:
 * @keywords: (nullable): names separated by spaces
 *
 * Returns: whether @name is one of them; the case does not matter (RFC 9051 section 2.3.2)
 */
gboolean
store_keywords_contain (const char *keywords,
                        const char *name)
{
  const char *word = keywords;

  while (word != NULL && *word != '\0')
    {
      gsize length = strcspn (word, " ");

      if (length > 0 && keyword_is (word, length, name))
        return TRUE;
      word += length + (word[length] == ' ');
    }

  return FALSE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_ascii_strcasecmp (*(const char *const *) a, *(const char *const *) b);
}

static void
collect (GPtrArray  *into,
         char      **words,
         const char *except)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean is_known = *words[i] == '\0' || store_keywords_contain (except, words[i]);

      for (guint j = 0; j < into->len && !is_known; j++)
        is_known = compare_names (&into->pdata[j], &words[i]) == 0;
      if (!is_known)
        g_ptr_array_add (into, words[i]);
    }
}

/**
 * store_keywords_change:
 * @keywords: (nullable): names separated by spaces, in any order
 * @add: (nullable): names to add
 * @remove: (nullable): names to remove; what is in both is added
 *
 * Returns: (transfer full) (nullable): the changed set in its one form: sorted, each once,
 *   separated by single spaces, or %NULL when it is empty
 */
char *
store_keywords_change (const char *keywords,
                       const char *add,
                       const char *remove)
{
  g_auto(GStrv) old_words = g_strsplit (keywords == NULL ? "" : keywords, " ", -1);
  g_auto(GStrv) new_words = g_strsplit (add == NULL ? "" : add, " ", -1);
  g_autoptr(GPtrArray) words = g_ptr_array_new ();

  collect (words, old_words, remove);
  collect (words, new_words, NULL);
  if (words->len == 0)
    return NULL;

  g_ptr_array_sort (words, compare_names);
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **) words->pdata);
}

/**
 * store_keywords_intersect:
 * @keywords: (nullable): names separated by spaces
 * @others: (nullable): names separated by spaces
 *
 * Returns: (transfer full) (nullable): the names that are in both
 */
char *
store_keywords_intersect (const char *keywords,
                          const char *others)
{
  g_autofree char *only_here = store_keywords_change (keywords, NULL, others);

  return store_keywords_change (keywords, NULL, only_here);
}

/**
 * store_keywords_hash:
 * @keywords: (nullable): a set in its one form, as store_keywords_change () gives it
 *
 * Returns: 0 for none, else a hash by which sets are compared
 */
guint32
store_keywords_hash (const char *keywords)
{
  guint32 hash;

  if (keywords == NULL || *keywords == '\0')
    return 0;

  hash = g_str_hash (keywords);
  return hash == 0 ? 1 : hash;
}
