#include "store-reader-private.h"

#include "store-index-private.h"
#include "store-tokenizer-private.h"

#include <string.h>

/* Search in the index of header facts.
 *
 * What a person types becomes an expression of FTS5 word by word, each in quotes as a string of its own:
 * whatever was typed, it is text and never syntax. */

#define MAX_TERMS 64

static const struct
{
  const char *prefix;
  const char *columns; /* (nullable): all */
} scopes[] = {
  { "from:", "{\"from\" sender reply_to} : " },
  { "to:", "{\"to\" cc bcc} : " },
  { "subject:", "{subject} : " },
  { "", "" },
};

/* What the tokens of a term say about it. */
typedef struct
{
  guint n_tokens;
  gsize last_size;
  gboolean ends_with_character;
} Term;

static gboolean
look_at_token (const char *token,
               gsize       size,
               gboolean    is_character,
               gboolean    is_colocated,
               gpointer    user_data)
{
  Term *term = user_data;

  term->n_tokens++;
  term->last_size = size;
  term->ends_with_character = is_character;
  return TRUE;
}

/* A term without a word in it, such as a dash, says nothing. Words that were not put in quotes may go
 * on, if they are longer than a letter; a single character of Chinese may always, since in the
 * index it has its neighbour beside it. */
static gboolean
add_term (GString    *expression,
          const char *columns,
          const char *text,
          gsize       size,
          gboolean    is_quoted)
{
  Term term = { 0 };

  store_tokenize (text, size, STORE_TOKENS_QUERY, look_at_token, &term);
  if (term.n_tokens == 0)
    return FALSE;

  if (expression->len > 0)
    g_string_append (expression, " AND ");
  g_string_append (expression, columns);
  g_string_append_c (expression, '"');
  for (gsize i = 0; i < size; i++)
    {
      if (text[i] == '"')
        g_string_append_c (expression, '"');
      g_string_append_c (expression, text[i]);
    }
  g_string_append_c (expression, '"');
  if (term.ends_with_character || (!is_quoted && term.last_size > 1))
    g_string_append (expression, " *");

  return TRUE;
}

static const char *
skip_spaces (const char *p)
{
  while (*p != '\0' && g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

static const char *
find_space (const char *p)
{
  while (*p != '\0' && !g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return p;
}

/* Returns: where the term ends */
static const char *
take_term (GString    *expression,
           const char *p,
           guint      *n_terms)
{
  gsize scope = 0;
  gboolean is_quoted;
  const char *end;

  while (g_ascii_strncasecmp (p, scopes[scope].prefix, strlen (scopes[scope].prefix)) != 0)
    scope++;
  p += strlen (scopes[scope].prefix);

  is_quoted = *p == '"';
  p += is_quoted;
  end = is_quoted ? strchr (p, '"') : find_space (p);
  if (end == NULL)
    end = p + strlen (p);

  *n_terms += add_term (expression, scopes[scope].columns, p, (gsize) (end - p), is_quoted);
  return is_quoted && *end == '"' ? end + 1 : end;
}

/**
 * store_search_compile:
 * @words: what a person typed
 *
 * Words are joined by AND and may go on; "words in quotes" stand as they are, next to each other;
 * `from:`, `to:` and `subject:` before either say where.
 *
 * Returns: (transfer full) (nullable): an expression for FTS5, or %NULL when there is nothing to
 *   look for
 */
char *
store_search_compile (const char *words)
{
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  GString *expression = g_string_new (NULL);
  guint n_terms = 0;

  for (const char *p = skip_spaces (valid); *p != '\0' && n_terms < MAX_TERMS; p = skip_spaces (p))
    p = take_term (expression, p, &n_terms);

  return g_string_free (expression, n_terms == 0);
}

static gboolean
is_among (gint64        folder,
          const gint64 *folders,
          guint         n_folders)
{
  for (guint i = 0; i < n_folders; i++)
    if (folders[i] == folder)
      return TRUE;

  return n_folders == 0;
}

/* Of a message's locations that are shown the first one in a folder that is wanted. */
static gboolean
find_location (StoreReader     *self,
               gint64           message,
               const gint64    *folders,
               guint            n_folders,
               StoreListEntry  *out_entry,
               gboolean        *out_is_found,
               GError         **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  *out_is_found = FALSE;
  select = store_db_take (self->cache,
                          "SELECT sort_date, id, folder FROM location INDEXED BY location_message"
                          " WHERE message = ? AND hidden_by = 0 ORDER BY id", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, message);
  while ((step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      if (!is_among (sqlite3_column_int64 (select, 2), folders, n_folders))
        continue;

      out_entry->sort_date = sqlite3_column_int64 (select, 0);
      out_entry->location = sqlite3_column_int64 (select, 1);
      *out_is_found = TRUE;
      return TRUE;
    }

  return step == STORE_STEP_DONE;
}

/**
 * store_reader_search:
 * @words: as store_search_compile () wants them
 * @folders: (array length=n_folders): where to look, none for everywhere
 * @limit: how many at most, 0 for all
 *
 * Messages in whose subject, senders, recipients or list all words are found, the newest first; each once,
 * whatever the number of folders that it lies in. The newest hundred take less than a millisecond
 * with a million messages, unless the folders that are wanted have few of the hits.
 *
 * Returns: (transfer full) (element-type StoreListEntry): the hits, or %NULL
 */
GArray *
store_reader_search (StoreReader   *self,
                     const char    *words,
                     const gint64  *folders,
                     guint          n_folders,
                     guint          limit,
                     GError       **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (StoreListEntry));
  g_autofree char *expression = store_search_compile (words);
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step = STORE_STEP_DONE;

  if (expression == NULL)
    return g_steal_pointer (&entries);

  select = store_db_take (self->cache,
                          "SELECT rowid FROM header_index WHERE header_index MATCH ?"
                          " ORDER BY rowid DESC", error);
  if (select == NULL)
    return NULL;

  store_bind_text (select, 1, expression);
  while ((limit == 0 || entries->len < limit) &&
         (step = store_db_step (self->cache, select, error)) == STORE_STEP_ROW)
    {
      StoreListEntry entry;
      gboolean is_found;

      if (!find_location (self, store_index_message (sqlite3_column_int64 (select, 0)), folders,
                          n_folders, &entry, &is_found, error))
        return NULL;
      if (is_found)
        g_array_append_val (entries, entry);
    }

  return step == STORE_STEP_ERROR ? NULL : g_steal_pointer (&entries);
}

/**
 * store_reader_is_index_whole:
 * @out_is_whole: (out): %FALSE while messages of a cache that is older than the index are still
 *   to be indexed, so that a search may miss them
 */
gboolean
store_reader_is_index_whole (StoreReader  *self,
                             gboolean     *out_is_whole,
                             GError      **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gint64 below;

  select = store_db_take (self->cache, "SELECT value FROM meta WHERE key = 'unindexed_below'",
                          error);
  if (select == NULL || !store_db_get_int64 (self->cache, select, &below, NULL, error))
    return FALSE;

  *out_is_whole = below == 0;
  return TRUE;
}
