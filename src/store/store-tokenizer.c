#include "store-tokenizer-private.h"

#include <string.h>

/* How texts become words of the index: a tokenizer of our own for FTS5.
 *
 * Words are folded: no case, no accents, and the letters that people without them on their keyboard
 * type otherwise (ø as o, ß as ss). In scripts that put no spaces between words every two neighbours
 * are a token, so that 京都 is found in 東京都, as a phrase of pairs and with nothing to guess; the last
 * character of such a run is also one alone, so that each character begins a token and single ones are
 * found by prefix. Against FTS5's unicode61, which cannot find in such scripts, it costs less, since nearly
 * everything is ASCII; against its trigram, which makes four times the tokens of all text and finds no
 * word of two characters, a quarter.
 *
 * What is written into an index is taken out of it by being taken apart once more: the result of the same
 * text never changes, or the index has to be made anew. Unicode promises as much for the characters
 * that it has assigned. */

/* Longer words are cut, in what is searched for as well. */
#define MAX_TOKEN_BYTES 64

typedef struct
{
  StoreTokens tokens;
  StoreTokenFunc func;
  gpointer user_data;
  char word[MAX_TOKEN_BYTES + 8];
  gsize size;
  gunichar before; /* of a run in a script without spaces, or 0 */
  gboolean is_pair; /* the run has more than one character */
} Splitter;

/* Letters that have no decomposition, as people write them who do not have them. */
static const struct
{
  gunichar letter;
  const char *folded;
} other_letters[] = {
  { 0x00df, "ss" }, { 0x00e6, "ae" }, { 0x00f0, "d" }, { 0x00f8, "o" }, { 0x00fe, "th" },
  { 0x0111, "d" },  { 0x0131, "i" },  { 0x0142, "l" }, { 0x0153, "oe" },
};

static gboolean
end_word (Splitter *self)
{
  gsize size = self->size;

  self->size = 0;
  return size == 0 || self->func (self->word, size, FALSE, FALSE, self->user_data);
}

static void
add_folded (Splitter *self,
            gunichar  c)
{
  gunichar base;
  gunichar rest;

  c = g_unichar_tolower (c);
  for (gsize i = 0; i < G_N_ELEMENTS (other_letters); i++)
    if (c == other_letters[i].letter)
      {
        for (const char *p = other_letters[i].folded; *p != '\0' && self->size < MAX_TOKEN_BYTES; p++)
          self->word[self->size++] = *p;
        return;
      }

  while (g_unichar_decompose (c, &base, &rest))
    c = base;
  if (self->size < MAX_TOKEN_BYTES)
    self->size += (gsize) g_unichar_to_utf8 (c, self->word + self->size);
}

static gboolean
has_no_spaces (gunichar c)
{
  if (c < 0x0e00)
    return FALSE;
  /* the mark of a long vowel is nobody's alone */
  if (c == 0x30fc)
    return TRUE;

  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_BOPOMOFO:
    case G_UNICODE_SCRIPT_YI:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
    case G_UNICODE_SCRIPT_TAI_LE:
    case G_UNICODE_SCRIPT_NEW_TAI_LUE:
    case G_UNICODE_SCRIPT_TAI_THAM:
      return g_unichar_isalnum (c) || g_unichar_ismark (c);
    default:
      return FALSE;
    }
}

/* The last character of a run, where a pair has ended with it. Who searches for a pair does not search
 * for that. */
static gboolean
end_run (Splitter *self)
{
  gunichar last = self->before;
  char text[8];

  self->before = 0;
  if (last == 0 || (self->is_pair && self->tokens == STORE_TOKENS_QUERY))
    return TRUE;

  return self->func (text, (gsize) g_unichar_to_utf8 (last, text), TRUE, self->is_pair,
                     self->user_data);
}

static gboolean
add_to_run (Splitter *self,
            gunichar  c)
{
  char pair[16];
  gsize size;

  self->is_pair = self->before != 0;
  if (self->is_pair)
    {
      size = (gsize) g_unichar_to_utf8 (self->before, pair);
      size += (gsize) g_unichar_to_utf8 (c, pair + size);
      if (!self->func (pair, size, FALSE, FALSE, self->user_data))
        return FALSE;
    }

  self->before = c;
  return TRUE;
}

static gboolean
add_character (Splitter *self,
               gunichar  c)
{
  if (has_no_spaces (c))
    return end_word (self) && add_to_run (self, c);
  if (!end_run (self))
    return FALSE;

  if (g_unichar_isalnum (c))
    add_folded (self, c);
  else if (g_unichar_ismark (c))
    {
      /* accents and vowel points fall away; the vowel signs of India are letters */
      if (self->size > 0 && g_unichar_combining_class (c) == 0)
        add_folded (self, c);
    }
  else if (c != 0x00ad && c != 0x200c && c != 0x200d)
    return end_word (self);

  return TRUE;
}

/* Text that is not ASCII, which is normalized first: wide and narrow forms are one, and ligatures
 * letters. */
static gboolean
split_unicode (Splitter   *self,
               const char *text,
               gsize       size)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) size);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_NFKC);

  for (const char *p = normal; *p != '\0'; p = g_utf8_next_char (p))
    if (!add_character (self, g_utf8_get_char (p)))
      return FALSE;

  return end_word (self) && end_run (self);
}

/* The letters of Europe, which stand in every second name. What the long way makes of each of them alone
 * is what it makes of them in a text, since none of them joins with another. */

#define LATIN_FIRST 0x80
#define LATIN_LAST 0x24f

typedef enum
{
  LATIN_LONG_WAY,
  LATIN_SEPARATES,
  LATIN_IGNORED,
  LATIN_LETTER,
} LatinKind;

typedef struct
{
  guint8 kind;
  guint8 size;
  char text[6];
} Latin;

static void
learn_latin (Latin    *latin,
             gunichar  c)
{
  Splitter splitter = { 0 };
  char text[8] = { 0 };
  g_autofree char *normal = NULL;

  g_unichar_to_utf8 (c, text);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKC);
  if (g_utf8_strlen (normal, -1) != 1)
    return;

  c = g_utf8_get_char (normal);
  if (g_unichar_ismark (c) || has_no_spaces (c))
    return;
  if (!g_unichar_isalnum (c))
    {
      latin->kind = c == 0x00ad ? LATIN_IGNORED : LATIN_SEPARATES;
      return;
    }

  add_folded (&splitter, c);
  if (splitter.size > sizeof latin->text)
    return;
  latin->kind = LATIN_LETTER;
  latin->size = (guint8) splitter.size;
  memcpy (latin->text, splitter.word, splitter.size);
}

static const Latin *
get_latin (void)
{
  static Latin table[LATIN_LAST - LATIN_FIRST + 1];
  static gsize is_done = 0;

  if (g_once_init_enter (&is_done))
    {
      for (guint i = 0; i < G_N_ELEMENTS (table); i++)
        learn_latin (&table[i], LATIN_FIRST + i);
      g_once_init_leave (&is_done, 1);
    }

  return table;
}

static const Latin *
find_latin (const char *text,
            gsize       left)
{
  guchar lead = (guchar) text[0];
  gunichar c;

  if ((lead & 0xe0) != 0xc0 || left < 2 || ((guchar) text[1] & 0xc0) != 0x80)
    return NULL;

  c = (gunichar) (lead & 0x1f) << 6 | ((guchar) text[1] & 0x3f);
  return c >= LATIN_FIRST && c <= LATIN_LAST ? &get_latin ()[c - LATIN_FIRST] : NULL;
}

/* Letters that became two are cut between them, as are those of ASCII. */
static void
add_latin (Splitter    *self,
           const Latin *latin)
{
  if ((guchar) latin->text[0] >= 0x80)
    {
      if (self->size < MAX_TOKEN_BYTES)
        {
          memcpy (self->word + self->size, latin->text, latin->size);
          self->size += latin->size;
        }
      return;
    }

  for (guint i = 0; i < latin->size && self->size < MAX_TOKEN_BYTES; i++)
    self->word[self->size++] = latin->text[i];
}

/**
 * store_tokenize:
 * @func: hears of each token, in order
 *
 * Takes a text apart.
 *
 * Returns: %FALSE if @func did not want to go on
 */
gboolean
store_tokenize (const char     *text,
                gsize           size_bytes,
                StoreTokens     tokens,
                StoreTokenFunc  func,
                gpointer        user_data)
{
  Splitter splitter = { .tokens = tokens, .func = func, .user_data = user_data };
  gsize start = 0;

  for (gsize i = 0; i < size_bytes; i++)
    {
      guchar c = (guchar) text[i];

      if (c >= 0x80)
        {
          const Latin *latin = find_latin (text + i, size_bytes - i);

          if (latin == NULL || latin->kind == LATIN_LONG_WAY)
            {
              splitter.size = 0;
              return split_unicode (&splitter, text + start, size_bytes - start);
            }
          i++;
          if (latin->kind == LATIN_LETTER)
            add_latin (&splitter, latin);
          if (latin->kind != LATIN_SEPARATES)
            continue;
          if (!end_word (&splitter))
            return FALSE;
          start = i + 1;
          continue;
        }
      if (g_ascii_isalnum (c))
        {
          if (splitter.size < MAX_TOKEN_BYTES)
            splitter.word[splitter.size++] = g_ascii_tolower ((char) c);
          continue;
        }
      if (!end_word (&splitter))
        return FALSE;
      start = i + 1;
    }

  return end_word (&splitter);
}

/* What FTS5 wants of a tokenizer. */

typedef struct
{
  void *context;
  int (*func) (void *context, int flags, const char *token, int size, int start, int end);
  int code;
} Fts5Sink;

static int
create_tokenizer (void           *context,
                  const char    **arguments,
                  int             n_arguments,
                  Fts5Tokenizer **out_tokenizer)
{
  static int anything;

  *out_tokenizer = (Fts5Tokenizer *) &anything;
  return SQLITE_OK;
}

static void
delete_tokenizer (Fts5Tokenizer *tokenizer)
{
}

/* Where a token stands in the text nobody asks: there is no text in the index to mark it in. */
static gboolean
pass_on (const char *token,
         gsize       size,
         gboolean    is_character,
         gboolean    is_colocated,
         gpointer    user_data)
{
  Fts5Sink *sink = user_data;

  sink->code = sink->func (sink->context, is_colocated ? FTS5_TOKEN_COLOCATED : 0, token,
                           (int) size, 0, 0);
  return sink->code == SQLITE_OK;
}

static int
tokenize (Fts5Tokenizer *tokenizer,
          void          *context,
          int            flags,
          const char    *text,
          int            size,
          int          (*func) (void *, int, const char *, int, int, int))
{
  Fts5Sink sink = { context, func, SQLITE_OK };

  if (text != NULL && size > 0)
    store_tokenize (text, (gsize) size,
                    (flags & FTS5_TOKENIZE_QUERY) != 0 ? STORE_TOKENS_QUERY
                                                       : STORE_TOKENS_DOCUMENT,
                    pass_on, &sink);
  return sink.code;
}

/**
 * store_tokenizer_register:
 *
 * Makes the tokenizer known to a connection, which has to be done before it touches an index.
 */
gboolean
store_tokenizer_register (StoreDb  *db,
                          GError  **error)
{
  static fts5_tokenizer methods = { create_tokenizer, delete_tokenizer, tokenize };
  sqlite3_stmt *select = NULL;
  fts5_api *api = NULL;
  int code = sqlite3_prepare_v2 (db->handle, "SELECT fts5 (?)", -1, &select, NULL);

  if (code == SQLITE_OK)
    {
      sqlite3_bind_pointer (select, 1, &api, "fts5_api_ptr", NULL);
      code = sqlite3_step (select);
    }
  sqlite3_finalize (select);

  if (code == SQLITE_ROW)
    code = api == NULL ? SQLITE_ERROR
                       : api->xCreateTokenizer (api, "pipit", NULL, &methods, NULL);
  return code == SQLITE_OK || store_db_set_error (db, code, error);
}
