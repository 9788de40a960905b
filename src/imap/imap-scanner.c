#include "imap-scanner-private.h"

#include <string.h>

/* What ends a word: an atom of RFC 9051 section 9 ends earlier, but servers put nearly anything
 * into atoms: Gmail a ] into flags, Exchange tabs into mailbox names. */
static inline gboolean
ends_word (char c)
{
  return c == ' ' || c == '(' || c == ')' || c == '"';
}

/* imap_scanner_at_end: whether nothing is left */
gboolean
imap_scanner_at_end (const ImapScanner *self)
{
  return self->p >= self->end;
}

/* imap_scanner_peek: the next byte, or -1 */
int
imap_scanner_peek (const ImapScanner *self)
{
  return self->p < self->end ? (guchar) *self->p : -1;
}

/* imap_scanner_spaces: skips spaces; whether there was one. More than one, or a tab, is what
 * Exchange and Yahoo send here and there */
gboolean
imap_scanner_spaces (ImapScanner *self)
{
  const char *begin = self->p;

  while (self->p < self->end && (*self->p == ' ' || *self->p == '\t'))
    self->p++;

  return self->p != begin;
}

/* imap_scanner_char: takes one certain byte */
gboolean
imap_scanner_char (ImapScanner *self,
                   char         c)
{
  if (self->p >= self->end || *self->p != c)
    return FALSE;

  self->p++;
  return TRUE;
}

/* imap_scanner_until: takes a word of at least one byte, up to one of @stops, or the end */
gboolean
imap_scanner_until (ImapScanner *self,
                    const char  *stops,
                    ImapSlice   *out_word)
{
  const char *begin = self->p;

  while (self->p < self->end && strchr (stops, *self->p) == NULL)
    self->p++;

  *out_word = (ImapSlice) { .bytes = begin, .size_bytes = (gsize) (self->p - begin) };
  return self->p != begin;
}

/* imap_scanner_word: takes a word of at least one byte: atoms, flags, numbers, NIL */
gboolean
imap_scanner_word (ImapScanner *self,
                   ImapSlice   *out_word)
{
  const char *p = self->p;

  while (p < self->end && !ends_word (*p))
    p++;

  *out_word = (ImapSlice) { .bytes = self->p, .size_bytes = (gsize) (p - self->p) };
  self->p = p;
  return out_word->size_bytes > 0;
}

/* imap_scanner_name: takes the name of a FETCH item, which ends at a bracket as well */
gboolean
imap_scanner_name (ImapScanner *self,
                   ImapSlice   *out_name)
{
  const char *p = self->p;

  while (p < self->end && !ends_word (*p) && *p != '[' && *p != '{')
    p++;

  *out_name = (ImapSlice) { .bytes = self->p, .size_bytes = (gsize) (p - self->p) };
  self->p = p;
  return out_name->size_bytes > 0;
}

/* imap_scanner_number: takes an unsigned number that fits into 64 bits */
gboolean
imap_scanner_number (ImapScanner *self,
                     guint64     *out_number)
{
  const char *p = self->p;
  guint64 number = 0;

  for (; p < self->end && g_ascii_isdigit (*p); p++)
    {
      guint digit = (guint) (*p - '0');

      if (number > (G_MAXUINT64 - digit) / 10)
        return FALSE;
      number = number * 10 + digit;
    }

  if (p == self->p)
    return FALSE;

  self->p = p;
  *out_number = number;
  return TRUE;
}

/* imap_scanner_size: takes a number of octets or lines. mail.ru writes large ones as 9.3736e+06,
 * Exchange has negative line counts: those become 0. NIL is 0 as well. */
gboolean
imap_scanner_size (ImapScanner *self,
                   guint64     *out_size)
{
  ImapScanner before = *self;
  ImapSlice word;
  char text[32];
  double value;
  char *end;

  if (imap_scanner_number (self, out_size) &&
      (self->p >= self->end || ends_word (*self->p)))
    return TRUE;

  *self = before;
  *out_size = 0;
  if (!imap_scanner_word (self, &word))
    return FALSE;
  if (imap_slice_is (&word, "NIL"))
    return TRUE;

  if (word.size_bytes >= sizeof text || strchr ("+-.0123456789", *word.bytes) == NULL)
    {
      *self = before;
      return FALSE;
    }

  memcpy (text, word.bytes, word.size_bytes);
  text[word.size_bytes] = '\0';
  value = g_ascii_strtod (text, &end);
  if (*end == '\0' && value > 0 && value < 9e18)
    *out_size = (guint64) value;
  return TRUE;
}

/* The bytes between two quotes, with their escapes undone where there are any */
static void
unquote (ImapScanner *self,
         const char  *begin,
         const char  *end,
         gboolean     has_escapes,
         ImapSlice   *out_string)
{
  char *copy;
  gsize size = 0;

  *out_string = (ImapSlice) {
    .bytes = begin,
    .size_bytes = (gsize) (end - begin),
    .is_quoted = TRUE,
  };
  if (!has_escapes)
    return;

  copy = imap_arena_alloc (self->arena, (gsize) (end - begin));
  for (const char *p = begin; p < end; p++)
    {
      if (*p == '\\' && p + 1 < end)
        p++;
      copy[size++] = *p;
    }

  out_string->bytes = copy;
  out_string->size_bytes = size;
}

static gboolean
scan_quoted (ImapScanner *self,
             ImapSlice   *out_string)
{
  const char *begin = self->p + 1;
  gboolean has_escapes = FALSE;

  for (const char *p = begin; p < self->end && !self->has_open_quote; p++)
    {
      if (*p == '\\')
        {
          has_escapes = TRUE;
          p++;
        }
      /* QQ and Coremail leave quotes inside of strings as they are: one that nothing can follow
       * does not end the string */
      else if (*p == '"' && (p + 1 == self->end || strchr (" )(]\"\r\n", p[1]) != NULL))
        {
          unquote (self, begin, p, has_escapes, out_string);
          self->p = p + 1;
          return TRUE;
        }
    }

  self->has_open_quote = TRUE;
  return FALSE;
}

static gboolean
scan_literal (ImapScanner *self,
              ImapSlice   *out_string)
{
  const ImapLiteral *literal;
  const char *announced;

  if (self->next_literal >= self->n_literals)
    return FALSE;

  literal = &self->literals[self->next_literal];
  announced = self->text + literal->offset;
  if (announced <= self->p || announced > self->end)
    return FALSE;

  /* only the announcement itself may stand between here and the literal */
  for (const char *p = self->p; p < announced; p++)
    if (strchr ("~{}+-\r\n0123456789", *p) == NULL)
      return FALSE;

  *out_string = (ImapSlice) {
    .size_bytes = literal->size_bytes,
    .literal = literal,
    .is_quoted = TRUE,
  };
  if (literal->bytes != NULL)
    out_string->bytes = g_bytes_get_data (literal->bytes, NULL);
  else if (!literal->is_dropped)
    out_string->bytes = announced;

  self->p = announced;
  if (literal->bytes == NULL && !literal->is_dropped)
    self->p += literal->size_bytes;
  self->next_literal++;
  return TRUE;
}

/* imap_scanner_string: takes a quoted string or a literal, also one of RFC 3516's literal8 */
gboolean
imap_scanner_string (ImapScanner *self,
                     ImapSlice   *out_string)
{
  switch (imap_scanner_peek (self))
    {
    case '"':
      return scan_quoted (self, out_string);
    case '{':
    case '~':
      return scan_literal (self, out_string);
    default:
      return FALSE;
    }
}

/* imap_scanner_nstring: takes a string or NIL */
gboolean
imap_scanner_nstring (ImapScanner *self,
                      ImapSlice   *out_string)
{
  if (imap_scanner_string (self, out_string))
    return TRUE;

  if (self->end - self->p < 3 || g_ascii_strncasecmp (self->p, "NIL", 3) != 0 ||
      (self->p + 3 < self->end && !ends_word (self->p[3]) && self->p[3] != ']'))
    return FALSE;

  *out_string = (ImapSlice) { .bytes = self->p, .is_nil = TRUE };
  self->p += 3;
  return TRUE;
}

/* imap_scanner_astring: takes a string or a word */
gboolean
imap_scanner_astring (ImapScanner *self,
                      ImapSlice   *out_string)
{
  return imap_scanner_string (self, out_string) || imap_scanner_word (self, out_string);
}

/* imap_scanner_skip: skips one value: a word, a string, or a list with all that is in it. Of a
 * list that never ends, everything. Does not recurse: nesting costs nothing. */
gboolean
imap_scanner_skip (ImapScanner *self)
{
  const char *begin = self->p;
  guint depth = 0;

  do
    {
      ImapSlice ignored;
      int next = imap_scanner_peek (self);

      if (next == '(')
        {
          depth++;
          self->p++;
        }
      else if (next == ')' && depth > 0)
        {
          depth--;
          self->p++;
        }
      else if (next == ')')
        break;
      else if (!imap_scanner_spaces (self) && !imap_scanner_astring (self, &ignored) && next != -1)
        self->p++;
    }
  while (depth > 0 && !imap_scanner_at_end (self));

  return self->p != begin;
}

/* imap_scanner_skip_to_close: skips what is left of a list, and the parenthesis at its end */
void
imap_scanner_skip_to_close (ImapScanner *self)
{
  while (!imap_scanner_at_end (self))
    {
      imap_scanner_spaces (self);
      if (imap_scanner_char (self, ')') || !imap_scanner_skip (self))
        return;
    }
}

/* imap_slice_dup: copies the string; NULL for NIL and for what was dropped */
char *
imap_slice_dup (const ImapSlice *self,
                ImapArena       *arena)
{
  if (self->is_nil || self->bytes == NULL)
    return NULL;

  return imap_arena_dup (arena, self->bytes, self->size_bytes);
}
