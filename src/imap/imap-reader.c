#include "imap-reader.h"

#include <string.h>

#include "imap-error.h"
#include "imap-parser-private.h"

/* Cuts the bytes of a connection into responses. Bytes are read straight into a buffer that the
 * responses share and point into. A small literal stays where it arrived; a large one gets memory
 * of its own, which grows with what has come and never with what was announced, and is taken
 * out of the text. */

#define BUFFER_BYTES (64 * 1024 - 64)
#define LEAST_SPACE_BYTES 4096
#define LARGE_LITERAL_BYTES (16 * 1024)
#define FIRST_LARGE_BYTES (64 * 1024)
#define MAX_DROPPED_BYTES (G_GUINT64_CONSTANT (4) * 1024 * 1024 * 1024)
#define MAX_NONSENSE 1000
#define MAX_EMPTY_BYTES (64 * 1024)

struct _ImapReader
{
  ImapReaderLimits limits;

  ImapBuffer *buffer;  /* (owned) */
  gsize begin;         /* of the response that is being gathered */
  gsize line;          /* of its last line */
  gsize scanned;       /* up to here there is no end of that line */
  gsize end;           /* of what has been read */

  GArray *literals;    /* (owned): of ImapLiteral, those of this response */
  gsize response_bytes; /* of its literals so far */
  gsize inline_bytes;  /* of those of them that stand in the text */

  gboolean is_in_large; /* a large literal is being read */
  gboolean drops_large; /* and not kept */
  guint8 *large;       /* (owned) (nullable): its bytes */
  gsize large_room;    /* what is allocated there */
  gsize large_size;    /* what was announced */
  gsize large_read;    /* what has come */
  gboolean is_dropping;
  gboolean has_utf8_names;

  guint n_nonsense;    /* lines since the last response that was understood */
  gsize n_empty;       /* bytes of empty lines since the last response */
  gboolean has_failed;
};

static const ImapReaderLimits default_limits = {
  .line_bytes = 16 * 1024 * 1024,
  .literal_bytes = 128 * 1024 * 1024,
  .response_bytes = 256 * 1024 * 1024,
  .n_literals = 10000,
};

static void
clear_literal (gpointer data)
{
  ImapLiteral *literal = data;

  g_clear_pointer (&literal->bytes, g_bytes_unref);
}

/**
 * imap_reader_new:
 *
 * Returns: (transfer full): a reader with limits that suit any mailbox: lines of 16 MiB (a SEARCH
 *   of a million messages takes 8), literals of 128 MiB, responses of 256 MiB
 */
ImapReader *
imap_reader_new (void)
{
  ImapReader *self = g_new0 (ImapReader, 1);

  self->limits = default_limits;
  self->buffer = imap_buffer_new (BUFFER_BYTES);
  self->literals = g_array_new (FALSE, TRUE, sizeof (ImapLiteral));
  g_array_set_clear_func (self->literals, clear_literal);

  return self;
}

/**
 * imap_reader_free:
 * @self: (transfer full): a reader
 *
 * The responses that it has made stay.
 */
void
imap_reader_free (ImapReader *self)
{
  g_return_if_fail (self != NULL);

  imap_buffer_unref (self->buffer);
  g_array_unref (self->literals);
  g_free (self->large);
  g_free (self);
}

/**
 * imap_reader_set_limits:
 * @limits: all of them
 */
void
imap_reader_set_limits (ImapReader             *self,
                        const ImapReaderLimits *limits)
{
  self->limits = *limits;
}

/**
 * imap_reader_set_utf8_names:
 *
 * Mailbox names are UTF-8 from the next response on, instead of modified UTF-7.
 */
void
imap_reader_set_utf8_names (ImapReader *self,
                            gboolean    has_utf8_names)
{
  self->has_utf8_names = has_utf8_names;
}

/**
 * imap_reader_set_dropping:
 * @dropping: whether nobody waits for large literals
 *
 * Lets literals above 16 KiB that begin from now on pass by without keeping them: what is left of
 * a FETCH that was abandoned. Their limit does not apply then.
 */
void
imap_reader_set_dropping (ImapReader *self,
                          gboolean    dropping)
{
  self->is_dropping = dropping;
}

/* Makes room behind what is not parsed yet: at the front of the buffer when no response needs
 * it any more, or else in a new one */
static void
make_room (ImapReader *self)
{
  gsize size = self->end - self->begin;
  ImapBuffer *buffer = self->buffer;

  if (size > BUFFER_BYTES / 2 || !g_atomic_ref_count_compare (&buffer->ref_count, 1))
    buffer = imap_buffer_new (MAX ((gsize) BUFFER_BYTES, size * 2));

  memmove (buffer->bytes, self->buffer->bytes + self->begin, size);
  if (buffer != self->buffer)
    imap_buffer_unref (self->buffer);

  self->buffer = buffer;
  self->line -= self->begin;
  self->scanned -= self->begin;
  self->end = size;
  self->begin = 0;
}

/* Room for @wanted bytes of the large literal in all */
static void
grow_large (ImapReader *self,
            gsize       wanted)
{
  if (wanted <= self->large_room)
    return;

  self->large_room = MAX (wanted, MIN (self->large_size, self->large_read * 2));
  self->large = g_realloc (self->large, self->large_room);
}

/* Whether what is read now can go straight into the large literal */
static gboolean
reads_into_large (ImapReader *self)
{
  return self->is_in_large && !self->drops_large && self->end == self->line &&
         self->large_read < self->large_size;
}

/**
 * imap_reader_get_space:
 * @out_size_bytes: (out): how many bytes may be written there, at least one
 *
 * Memory to read into, so that nothing is copied. imap_reader_commit () has to follow before any
 * other call.
 *
 * Returns: (transfer none): the memory
 */
guint8 *
imap_reader_get_space (ImapReader *self,
                       gsize      *out_size_bytes)
{
  if (reads_into_large (self))
    {
      grow_large (self, MIN (self->large_size, self->large_read + FIRST_LARGE_BYTES));
      *out_size_bytes = self->large_room - self->large_read;
      return self->large + self->large_read;
    }

  if (self->buffer->size_bytes - self->end < LEAST_SPACE_BYTES)
    make_room (self);

  *out_size_bytes = self->buffer->size_bytes - self->end;
  return (guint8 *) self->buffer->bytes + self->end;
}

/**
 * imap_reader_commit:
 * @size_bytes: how many bytes were written where imap_reader_get_space () said
 */
void
imap_reader_commit (ImapReader *self,
                    gsize       size_bytes)
{
  if (reads_into_large (self))
    self->large_read += size_bytes;
  else
    self->end += size_bytes;
}

/**
 * imap_reader_feed:
 * @bytes: (array length=size_bytes): what the server has sent
 *
 * The same with a copy.
 */
void
imap_reader_feed (ImapReader *self,
                  const void *bytes,
                  gsize       size_bytes)
{
  const guint8 *p = bytes;

  while (size_bytes > 0)
    {
      gsize space;
      guint8 *memory = imap_reader_get_space (self, &space);
      gsize n = MIN (space, size_bytes);

      memcpy (memory, p, n);
      imap_reader_commit (self, n);
      p += n;
      size_bytes -= n;
    }
}

/**
 * imap_reader_steal_rest:
 *
 * Takes back what was fed and stands behind the last response: after COMPRESS it means something
 * else. To be called when imap_reader_next () has just given a response.
 *
 * Returns: (transfer full): the bytes
 */
GBytes *
imap_reader_steal_rest (ImapReader *self)
{
  GBytes *rest = g_bytes_new (self->buffer->bytes + self->begin, self->end - self->begin);

  self->end = self->begin;
  return rest;
}

/**
 * imap_reader_is_between:
 *
 * Returns: whether nothing of a response has been read that is not complete: where a connection
 *   may end, and where STARTTLS has to
 */
gboolean
imap_reader_is_between (ImapReader *self)
{
  return self->begin == self->end && !self->is_in_large && self->literals->len == 0;
}

static gboolean
fail (ImapReader  *self,
      GError     **error,
      ImapError    code,
      const char  *message)
{
  self->has_failed = TRUE;
  g_set_error_literal (error, IMAP_ERROR, code, message);
  return FALSE;
}

/* A status response is text for people to its end, also when that looks like {5}. Everything else
 * that begins with a star may have literals. */
static gboolean
may_have_literals (const char *text,
                   gsize       size_bytes)
{
  static const char *const kinds[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };

  if (size_bytes < 3 || text[0] != '*' || text[1] != ' ')
    return FALSE;
  if (text[2] == '[')
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize length = strlen (kinds[i]);

      if (size_bytes > 2 + length && g_ascii_strncasecmp (text + 2, kinds[i], length) == 0 &&
          (text[2 + length] == ' ' || text[2 + length] == '['))
        return FALSE;
    }

  return TRUE;
}

/* {123} or {123+} at the end of a line. %FALSE if there is none. Saturates. */
static gboolean
find_announcement (const char *line,
                   gsize       size_bytes,
                   gsize      *out_literal_bytes)
{
  const char *p = line + size_bytes;
  gsize size = 0;
  gsize unit = 1;
  guint n_digits = 0;

  if (size_bytes < 3 || *--p != '}')
    return FALSE;
  if (p[-1] == '+' || p[-1] == '-')
    p--;

  for (; p > line && g_ascii_isdigit (p[-1]); p--)
    {
      if (++n_digits <= 15)
        size += (gsize) (p[-1] - '0') * unit;
      else if (p[-1] != '0')
        size = G_MAXSIZE / 2;
      unit *= 10;
    }

  if (n_digits == 0 || p == line || p[-1] != '{')
    return FALSE;

  *out_literal_bytes = size;
  return TRUE;
}

/* What has come of a large literal with the text before it moves to where it belongs, and what
 * comes behind it closes up */
static void
fill_large (ImapReader *self)
{
  gsize have = self->end - self->line;
  gsize n = MIN (have, self->large_size - self->large_read);
  char *from = self->buffer->bytes + self->line;

  if (n == 0)
    return;

  if (!self->drops_large)
    {
      grow_large (self, self->large_read + n);
      memcpy (self->large + self->large_read, from, n);
    }

  self->large_read += n;
  memmove (from, from + n, have - n);
  self->end -= n;
}

static gboolean
begin_literal (ImapReader  *self,
               gsize        size_bytes,
               GError     **error)
{
  ImapLiteral literal = { .size_bytes = size_bytes };
  gboolean is_large = size_bytes > LARGE_LITERAL_BYTES;
  gboolean is_dropped = is_large && self->is_dropping;

  if (size_bytes > MAX_DROPPED_BYTES ||
      (!is_dropped && (size_bytes > self->limits.literal_bytes ||
                       size_bytes > self->limits.response_bytes - self->response_bytes)))
    return fail (self, error, IMAP_ERROR_TOO_LARGE, "The server announced too large a literal");
  if (self->literals->len >= self->limits.n_literals)
    return fail (self, error, IMAP_ERROR_TOO_LARGE, "A response has too many literals");

  literal.offset = self->line - self->begin;
  literal.is_dropped = is_dropped;
  g_array_append_val (self->literals, literal);

  if (is_large)
    {
      self->is_in_large = TRUE;
      self->drops_large = is_dropped;
      self->large_size = size_bytes;
      self->large_read = 0;
      self->large_room = 0;
    }
  else
    {
      /* the line goes on behind it */
      self->inline_bytes += size_bytes;
      self->line += size_bytes;
      self->scanned = self->line;
    }

  if (!is_dropped)
    self->response_bytes += size_bytes;
  return TRUE;
}

/* Whether the large literal is complete */
static gboolean
finish_large (ImapReader *self)
{
  ImapLiteral *literal;

  fill_large (self);
  if (self->large_read < self->large_size)
    return FALSE;

  literal = &g_array_index (self->literals, ImapLiteral, self->literals->len - 1);
  if (!self->drops_large)
    literal->bytes = g_bytes_new_take (g_steal_pointer (&self->large), self->large_size);

  self->is_in_large = FALSE;
  self->scanned = self->line;
  return TRUE;
}

/* NUL bytes and empty lines between responses have been seen; they mean nothing */
static gboolean
skip_to_response (ImapReader *self,
                  GError    **error)
{
  gsize before = self->begin;

  if (self->literals->len > 0 || self->line != self->begin)
    return TRUE;

  while (self->begin < self->end &&
         memchr ("\0\r\n \t", self->buffer->bytes[self->begin], 5) != NULL)
    self->begin++;
  if (self->begin == before)
    return TRUE;

  self->n_empty += self->begin - before;
  self->line = self->begin;
  self->scanned = MAX (self->scanned, self->begin);
  return self->n_empty <= MAX_EMPTY_BYTES ||
         fail (self, error, IMAP_ERROR_SYNTAX, "The server sends nothing but empty lines");
}

static void
take_response (ImapReader    *self,
               gsize          text_end,
               gsize          next_begin,
               ImapResponse **out_response)
{
  const char *text = self->buffer->bytes + self->begin;

  *out_response = imap_response_parse (self->buffer, text, text_end - self->begin,
                                       (const ImapLiteral *) (gpointer) self->literals->data,
                                       self->literals->len, self->has_utf8_names);

  if ((*out_response)->type == IMAP_RESPONSE_OTHER)
    self->n_nonsense++;
  else
    self->n_nonsense = 0;

  self->begin = self->line = self->scanned = next_begin;
  self->response_bytes = 0;
  self->inline_bytes = 0;
  self->n_empty = 0;
  if (self->literals->len > 0)
    g_array_set_size (self->literals, 0);
}

/* Looks for the end of the line. Sets @out_line_end to it, or to 0 when there is none yet. */
static gboolean
find_line_end (ImapReader  *self,
               gsize       *out_line_end,
               GError     **error)
{
  const char *found = NULL;

  if (self->scanned < self->end)
    {
      found = memchr (self->buffer->bytes + self->scanned, '\n', self->end - self->scanned);
      self->scanned = found != NULL ? (gsize) (found - self->buffer->bytes) : self->end;
    }

  if (MIN (self->scanned, self->end) - self->begin > self->limits.line_bytes + self->inline_bytes)
    return fail (self, error, IMAP_ERROR_TOO_LARGE, "The server sent too long a line");

  *out_line_end = found != NULL ? self->scanned + 1 : 0;
  return TRUE;
}

/* Takes one line: @out_response is set when it was the last of a response */
static gboolean
take_line (ImapReader    *self,
           gsize          line_end,
           ImapResponse **out_response,
           GError       **error)
{
  gsize text_end = line_end - 1;
  gsize literal_bytes;

  if (text_end > self->line && self->buffer->bytes[text_end - 1] == '\r')
    text_end--;

  if (may_have_literals (self->buffer->bytes + self->begin, text_end - self->begin) &&
      find_announcement (self->buffer->bytes + self->line, text_end - self->line, &literal_bytes))
    {
      self->line = self->scanned = line_end;
      return begin_literal (self, literal_bytes, error);
    }

  take_response (self, text_end, line_end, out_response);
  return self->n_nonsense <= MAX_NONSENSE ||
         fail (self, error, IMAP_ERROR_SYNTAX, "What the server sends is not IMAP");
}

/**
 * imap_reader_next:
 * @out_response: (out) (transfer full): the response, complete with its literals
 *
 * Takes the next complete response out of the bytes fed so far. Does no I/O. Takes time in
 * proportion to the bytes, however they were cut.
 *
 * A line may end with LF alone. What is not understood is a response as well; after a thousand such
 * lines in a row this is no IMAP server.
 *
 * Limits: imap_reader_set_limits (); literals that are dropped count for none of them.
 * Errors: IMAP_ERROR_TOO_LARGE, IMAP_ERROR_SYNTAX; the reader is unusable afterwards.
 * RFC 9051 section 2.2.2.
 *
 * Returns: IMAP_READER_RESPONSE, IMAP_READER_MORE (feed it again) or IMAP_READER_ERROR
 */
ImapReaderResult
imap_reader_next (ImapReader    *self,
                  ImapResponse **out_response,
                  GError       **error)
{
  g_return_val_if_fail (!self->has_failed, IMAP_READER_ERROR);

  *out_response = NULL;
  while (TRUE)
    {
      gsize line_end;

      if (self->is_in_large && !finish_large (self))
        return IMAP_READER_MORE;
      if (!skip_to_response (self, error) || !find_line_end (self, &line_end, error))
        return IMAP_READER_ERROR;
      if (line_end == 0)
        return IMAP_READER_MORE;
      if (!take_line (self, line_end, out_response, error))
        {
          g_clear_pointer (out_response, imap_response_unref);
          return IMAP_READER_ERROR;
        }
      if (*out_response != NULL)
        return IMAP_READER_RESPONSE;
    }
}

/* Where a literal ends that was announced too long, if its last line is the answer to @tag: at the
 * parenthesis before it. G_MAXSIZE if it is not. */
static gsize
find_short_end (const char *bytes,
                gsize       size_bytes,
                const char *tag)
{
  gsize tag_size = strlen (tag);
  gsize begin = size_bytes;

  if (size_bytes < 2 || memcmp (bytes + size_bytes - 2, "\r\n", 2) != 0)
    return G_MAXSIZE;

  begin -= 2;
  while (begin > 0 && bytes[begin - 1] != '\n')
    begin--;
  if (begin < 3 || memcmp (bytes + begin - 3, ")\r\n", 3) != 0 ||
      size_bytes - begin <= tag_size || memcmp (bytes + begin, tag, tag_size) != 0 ||
      bytes[begin + tag_size] != ' ')
    return G_MAXSIZE;

  return begin - 3;
}

/* The large literal's last bytes go back to where they can be read as lines */
static gboolean
end_large (ImapReader *self,
           const char *tag)
{
  gsize n = self->drops_large ? G_MAXSIZE
                              : find_short_end ((const char *) self->large, self->large_read, tag);
  gsize left;

  if (n == G_MAXSIZE || self->large_read - n > LEAST_SPACE_BYTES)
    return FALSE;

  left = self->large_read - n;
  if (self->buffer->size_bytes - self->end < LEAST_SPACE_BYTES)
    make_room (self);
  memcpy (self->buffer->bytes + self->end, self->large + n, left);
  self->end += left;
  self->large_size = self->large_read = n;
  return TRUE;
}

static gboolean
end_inline (ImapReader *self,
            const char *tag,
            gsize       offset)
{
  gsize begin = self->begin + offset;
  gsize n = self->end > begin ? find_short_end (self->buffer->bytes + begin, self->end - begin, tag)
                              : G_MAXSIZE;

  if (n == G_MAXSIZE)
    return FALSE;

  self->inline_bytes -= self->line - begin - n;
  self->line = self->scanned = begin + n;
  return TRUE;
}

/**
 * imap_reader_end_literal:
 * @tag: of a command that waits for its answer
 *
 * Rambler announces literals that are longer than what it sends, and waits then. When a server is
 * silent in the middle of a literal, and what has come of it ends with the answer to a command, the
 * literal has ended before that.
 *
 * Returns: whether it was so, and imap_reader_next () has something to tell
 */
gboolean
imap_reader_end_literal (ImapReader *self,
                         const char *tag)
{
  ImapLiteral *literal;
  gsize before;

  if (self->has_failed || self->literals->len == 0 ||
      !(self->is_in_large || self->line > self->end))
    return FALSE;

  literal = &g_array_index (self->literals, ImapLiteral, self->literals->len - 1);
  before = literal->size_bytes;
  if (self->is_in_large)
    {
      if (!end_large (self, tag))
        return FALSE;
      literal->size_bytes = self->large_size;
    }
  else
    {
      if (!end_inline (self, tag, literal->offset))
        return FALSE;
      literal->size_bytes = self->line - self->begin - literal->offset;
    }

  self->response_bytes -= before - literal->size_bytes;
  return TRUE;
}
