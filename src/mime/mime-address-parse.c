/*
 * Address fields: RFC 5322 section 3.4 as far as it is kept. One pass over the bytes; whatever is
 * found wrong ends the piece that it stands in and never the list.
 */
#include "mime-address-private.h"
#include "mime-header-text-private.h"

#include <string.h>

typedef struct
{
  const char *p, *end;
  const char *charset;     /* (nullable): for bytes that are not UTF-8 */
  gboolean    encoded;     /* a header field, with encoded words; else what a person typed */

  GString    *phrase;      /* (owned): words outside of angle brackets, without their quotes */
  GString    *spec;        /* (owned): the same as written, for an address without brackets */
  GString    *angle;       /* (owned): what stands between the brackets */
  GString    *comment;     /* (owned): the last comment */
  gboolean    has_angle;
  gsize       phrase_mark; /* length of the phrase before the brackets */
  gboolean    has_at;      /* an '@' outside of brackets and quotes */

  GString    *scratch;     /* (owned) */
  GString    *strings;     /* (owned) */
  GArray     *items;       /* (owned) (element-type MimeAddressOffsets) */
  guint       group;       /* offset of the name of the open group, or 0 */
  gboolean    in_group;
} Parser;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One blank for any number of them, none at the beginning. */
static void
append_blank (GString *text)
{
  if (text->len > 0 && text->str[text->len - 1] != ' ')
    g_string_append_c (text, ' ');
}

/* Removes what must not be in an address or a name, and blanks around it. */
static void
clean (GString  *text,
       gboolean  keep_blanks)
{
  char *out = text->str;

  for (const char *p = text->str; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c < 0x20 || c == 0x7f || (c == ' ' && !keep_blanks))
        continue;
      if (c == ' ' && (out == text->str || out[-1] == ' '))
        continue;
      *out++ = (char) c;
    }
  while (out > text->str && out[-1] == ' ')
    out--;
  g_string_truncate (text, (gsize) (out - text->str));
}

static guint
keep (Parser     *parser,
      const char *text,
      gsize       size)
{
  guint offset = (guint) parser->strings->len;

  if (size == 0)
    return 0;
  g_string_append_len (parser->strings, text, (gssize) size);
  g_string_append_c (parser->strings, '\0');

  return offset;
}

/* A name as it was collected, decoded, in @scratch. */
static void
decode_name (Parser  *parser,
             GString *name)
{
  g_string_truncate (parser->scratch, 0);
  if (parser->encoded)
    mime_header_text_append (parser->scratch, name->str, name->len, parser->charset);
  else
    g_string_append_len (parser->scratch, name->str, (gssize) name->len);
  clean (parser->scratch, TRUE);

  /* quotes around the whole that were encoded with it, or single ones of some programs */
  if (parser->scratch->len >= 2)
    {
      char first = parser->scratch->str[0];

      if ((first == '"' || first == '\'') &&
          parser->scratch->str[parser->scratch->len - 1] == first &&
          strchr (parser->scratch->str + 1, first) ==
            parser->scratch->str + parser->scratch->len - 1)
        {
          g_string_truncate (parser->scratch, parser->scratch->len - 1);
          g_string_erase (parser->scratch, 0, 1);
          clean (parser->scratch, TRUE);
        }
    }
}

static guint
keep_name (Parser  *parser,
           GString *name)
{
  if (name->len == 0)
    return 0;
  decode_name (parser, name);
  return keep (parser, parser->scratch->str, parser->scratch->len);
}

static guint
keep_address (Parser     *parser,
              const char *text,
              gsize       size)
{
  const char *colon;

  if (size > 7 && g_ascii_strncasecmp (text, "mailto:", 7) == 0)
    {
      text += 7;
      size -= 7;
    }
  /* a source route: @relay,@relay:local@domain. RFC 5322 section 4.4 */
  if (size > 0 && *text == '@' && (colon = memchr (text, ':', size)) != NULL)
    {
      size -= (gsize) (colon + 1 - text);
      text = colon + 1;
    }

  g_string_truncate (parser->scratch, 0);
  if (g_utf8_validate_len (text, size, NULL))
    g_string_append_len (parser->scratch, text, (gssize) size);
  else
    mime_header_text_append (parser->scratch, text, size, parser->charset);
  clean (parser->scratch, memchr (text, '"', size) != NULL);

  return keep (parser, parser->scratch->str, parser->scratch->len);
}

static void
add_item (Parser *parser,
          guint   name,
          guint   address)
{
  MimeAddressOffsets item = { name, address, parser->in_group ? parser->group : 0 };

  if (parser->items->len < MIME_ADDRESS_LIST_MAX)
    g_array_append_val (parser->items, item);
}

/* "a@x b@y": commas forgotten between words that all are addresses. */
static gboolean
finish_bare_words (Parser *parser)
{
  g_auto(GStrv) words = NULL;

  if (strchr (parser->spec->str, ' ') == NULL || strchr (parser->spec->str, '"') != NULL)
    return FALSE;
  words = g_strsplit (parser->spec->str, " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      const char *at = strchr (words[i], '@');

      if (at == NULL || at == words[i] || at[1] == '\0')
        return FALSE;
    }
  for (gsize i = 0; words[i] != NULL; i++)
    add_item (parser, 0, keep_address (parser, words[i], strlen (words[i])));

  return TRUE;
}

/* An address without brackets: the word with the '@' is it, the others are its name. */
static void
finish_bare (Parser *parser)
{
  const char *spec = parser->spec->str;
  const char *at = strrchr (spec, '@');
  const char *start = at, *stop = at;
  gboolean quoted = FALSE;
  guint name, address;

  while (start > spec && start[-1] == ' ')
    start--;
  if (start > spec && start[-1] == '"')
    {
      quoted = TRUE;
      for (start--; start > spec && (start[-1] != '"' || (start - 1 > spec && start[-2] == '\\'));)
        start--;
      if (start > spec)
        start--;
    }
  while (!quoted && start > spec && start[-1] != ' ')
    start--;
  for (stop++; *stop == ' '; stop++)
    ;
  while (*stop != '\0' && *stop != ' ')
    stop++;

  address = keep_address (parser, start, (gsize) (stop - start));
  if (start > spec && parser->comment->len == 0)
    {
      g_string_truncate (parser->phrase, 0);
      g_string_append_len (parser->phrase, spec, start - spec);
      name = keep_name (parser, parser->phrase);
    }
  else
    name = keep_name (parser, parser->comment);
  add_item (parser, name, address);
}

static void parse (Parser *parser);

/* Some programs encode the whole mailbox, address and all. It is read once more, as plain text. */
static gboolean
finish_encoded_whole (Parser *parser)
{
  g_autofree char *decoded = NULL;
  const char *p = parser->p, *end = parser->end;

  if (!parser->encoded || strstr (parser->phrase->str, "=?") == NULL)
    return FALSE;
  decode_name (parser, parser->phrase);
  if (parser->scratch->len < 5 || strchr (parser->scratch->str, '@') == NULL ||
      (strchr (parser->scratch->str, '<') == NULL && strchr (parser->scratch->str, ' ') != NULL))
    return FALSE;

  decoded = g_strdup (parser->scratch->str);
  g_string_truncate (parser->phrase, 0);
  g_string_truncate (parser->spec, 0);
  g_string_truncate (parser->comment, 0);
  parser->encoded = FALSE;
  parser->p = decoded;
  parser->end = decoded + strlen (decoded);
  parse (parser);
  parser->encoded = TRUE;
  parser->p = p;
  parser->end = end;

  return TRUE;
}

/* The end of a mailbox: a separator, or the end of the field. */
static void
finish_mailbox (Parser *parser)
{
  guint name, address;

  if (!parser->has_angle)
    clean (parser->phrase, TRUE);
  clean (parser->spec, TRUE);

  if (parser->has_angle)
    {
      /* words behind an address are its name only when none stood before it */
      if (parser->phrase_mark > 0)
        g_string_truncate (parser->phrase, MIN (parser->phrase_mark, parser->phrase->len));
      clean (parser->phrase, TRUE);
      address = keep_address (parser, parser->angle->str, parser->angle->len);
      name = keep_name (parser, parser->phrase->len > 0 ? parser->phrase : parser->comment);
      if (address != 0 || name != 0)
        add_item (parser, name, address);
    }
  else if (parser->has_at)
    {
      if (!finish_bare_words (parser))
        finish_bare (parser);
    }
  else if (parser->phrase->len > 0 && !finish_encoded_whole (parser))
    {
      /* "root", or something that is no address at all and is shown as it is */
      if (strchr (parser->spec->str, ' ') == NULL && strstr (parser->spec->str, "=?") == NULL)
        {
          address = keep_address (parser, parser->spec->str, parser->spec->len);
          add_item (parser, keep_name (parser, parser->comment), address);
        }
      else
        add_item (parser, keep_name (parser, parser->phrase), 0);
    }

  g_string_truncate (parser->phrase, 0);
  g_string_truncate (parser->spec, 0);
  g_string_truncate (parser->angle, 0);
  g_string_truncate (parser->comment, 0);
  parser->has_angle = parser->has_at = FALSE;
  parser->phrase_mark = 0;
}

static void
read_comment (Parser *parser)
{
  int depth = 0;

  g_string_truncate (parser->comment, 0);
  for (; parser->p < parser->end; parser->p++)
    {
      char c = *parser->p;

      if (c == '\\' && parser->p + 1 < parser->end)
        c = *++parser->p;
      else if (c == '(' && depth++ == 0)
        continue;
      else if (c == ')' && --depth == 0)
        {
          parser->p++;
          break;
        }
      g_string_append_c (parser->comment, c);
    }
  append_blank (parser->phrase);
  append_blank (parser->spec);
}

/* The end of a quoted string, or NULL when its quote is never closed. */
static const char *
find_quote_end (const Parser *parser)
{
  for (const char *p = parser->p + 1; p < parser->end; p++)
    {
      if (*p == '\\')
        p++;
      else if (*p == '"')
        return p;
    }

  return NULL;
}

static void
read_quoted (Parser *parser)
{
  const char *close = find_quote_end (parser);

  if (close == NULL)
    {
      /* a quote that is never closed is no quote */
      parser->p++;
      return;
    }

  g_string_append_len (parser->spec, parser->p, close + 1 - parser->p);
  for (parser->p++; parser->p < close; parser->p++)
    {
      if (*parser->p == '\\' && parser->p + 1 < close)
        parser->p++;
      g_string_append_c (parser->phrase, *parser->p);
    }
  parser->p++;
}

/* The comma was forgotten: what stands between two addresses belongs to the second. */
static void
finish_before_angle (Parser *parser)
{
  g_autofree char *name = NULL;

  if (!parser->has_angle)
    return;
  if (parser->phrase_mark > 0 && parser->phrase_mark < parser->phrase->len)
    name = g_strdup (parser->phrase->str + parser->phrase_mark);
  finish_mailbox (parser);
  if (name != NULL)
    g_string_assign (parser->phrase, name);
}

static void
read_angle (Parser *parser)
{
  finish_before_angle (parser);
  parser->has_angle = TRUE;
  parser->phrase_mark = parser->phrase->len;
  g_string_truncate (parser->angle, 0);
  for (parser->p++; parser->p < parser->end; parser->p++)
    {
      char c = *parser->p;

      if (c == '>')
        {
          parser->p++;
          /* "<<a@b>>" */
          while (parser->p < parser->end && *parser->p == '>')
            parser->p++;
          return;
        }
      if (c == '<')
        g_string_truncate (parser->angle, 0);
      else if (c == ',' && memchr (parser->angle->str, '@', parser->angle->len) != NULL &&
               parser->angle->str[0] != '@')
        return; /* never closed */
      else if (c == '(' && memchr (parser->p, ')', (gsize) MIN (parser->end - parser->p, 1000)))
        parser->p = memchr (parser->p, ')', (gsize) (parser->end - parser->p));
      else
        g_string_append_c (parser->angle, c);
    }
}

/* A name before a colon opens a group; a scheme does not. */
static void
read_colon (Parser *parser)
{
  parser->p++;
  if (parser->has_at || parser->has_angle || parser->in_group)
    {
      g_string_append_c (parser->phrase, ':');
      g_string_append_c (parser->spec, ':');
      return;
    }
  if (g_ascii_strcasecmp (parser->spec->str, "mailto") != 0)
    {
      parser->group = keep_name (parser, parser->phrase);
      parser->in_group = TRUE;
    }
  g_string_truncate (parser->phrase, 0);
  g_string_truncate (parser->spec, 0);
}

static void
read_other (Parser *parser)
{
  char c = *parser->p;
  gsize word = parser->encoded
                 ? mime_header_text_word_length (parser->p, (gsize) (parser->end - parser->p)) : 0;

  if (word > 0)
    {
      g_string_append_len (parser->phrase, parser->p, (gssize) word);
      g_string_append_len (parser->spec, parser->p, (gssize) word);
      parser->p += word;
      return;
    }

  if (c == '\\' && parser->p + 1 < parser->end)
    c = *++parser->p;
  if (c == '@' && !parser->has_angle)
    parser->has_at = TRUE;
  g_string_append_c (parser->phrase, c);
  g_string_append_c (parser->spec, c);
  parser->p++;
}

static void
read_domain_literal (Parser *parser)
{
  const char *close = memchr (parser->p, ']', MIN ((gsize) (parser->end - parser->p), 60));
  gsize size = close != NULL ? (gsize) (close + 1 - parser->p) : 1;

  g_string_append_len (parser->phrase, parser->p, (gssize) size);
  g_string_append_len (parser->spec, parser->p, (gssize) size);
  parser->p += size;
}

static void
parse (Parser *parser)
{
  while (parser->p < parser->end)
    {
      char c = *parser->p;

      if (is_blank (c))
        {
          append_blank (parser->phrase);
          append_blank (parser->spec);
          parser->p++;
        }
      else if (c == ',' || c == ';')
        {
          parser->p++;
          finish_mailbox (parser);
          if (c == ';')
            parser->in_group = FALSE;
        }
      else if (c == '"')
        read_quoted (parser);
      else if (c == '(')
        read_comment (parser);
      else if (c == '<')
        read_angle (parser);
      else if (c == ':')
        read_colon (parser);
      else if (c == '[')
        read_domain_literal (parser);
      else
        read_other (parser);
    }
  finish_mailbox (parser);
}

static MimeAddressList *
parse_list (const char *bytes,
            gsize       size_bytes,
            const char *charset,
            gboolean    encoded)
{
  Parser parser = { 0 };
  MimeAddressList *list;
  g_autofree char *without_nul = NULL;

  if (memchr (bytes, '\0', size_bytes) != NULL)
    {
      without_nul = g_memdup2 (bytes, size_bytes);
      for (gsize i = 0; i < size_bytes; i++)
        if (without_nul[i] == '\0')
          without_nul[i] = ' ';
      bytes = without_nul;
    }
  parser.p = bytes;
  parser.end = bytes + size_bytes;
  parser.charset = charset;
  parser.encoded = encoded;
  parser.phrase = g_string_sized_new (64);
  parser.spec = g_string_sized_new (64);
  parser.angle = g_string_sized_new (64);
  parser.comment = g_string_new (NULL);
  parser.scratch = g_string_sized_new (64);
  parser.strings = g_string_sized_new (size_bytes + 8);
  parser.items = g_array_new (FALSE, FALSE, sizeof (MimeAddressOffsets));

  g_string_append_c (parser.strings, '\0');
  parse (&parser);
  list = mime_address_list_build (parser.strings, parser.items);

  g_string_free (parser.phrase, TRUE);
  g_string_free (parser.spec, TRUE);
  g_string_free (parser.angle, TRUE);
  g_string_free (parser.comment, TRUE);
  g_string_free (parser.scratch, TRUE);
  g_string_free (parser.strings, TRUE);
  g_array_free (parser.items, TRUE);

  return list;
}

/* Lists that are longer, or of more mailboxes, are no everyday ones. */
#define MAX_SIMPLE_BYTES 1000
#define MAX_SIMPLE_ITEMS 16

/* The end of a mailbox: the next comma that is not in quotes. */
static const char *
simple_end (const char *p,
            const char *end)
{
  gboolean quoted = FALSE;

  for (; p < end && (quoted || *p != ','); p++)
    if (*p == '"')
      quoted = !quoted;

  return p;
}

/* A display name without anything to undo in it; takes off its quotes. */
static gboolean
is_simple_name (const char **name,
                gsize       *size)
{
  const char *p = *name;
  gboolean quoted = *size >= 2 && p[0] == '"' && p[*size - 1] == '"';

  if (quoted)
    {
      p = ++*name;
      *size -= 2;
    }
  for (gsize i = 0; i < *size; i++)
    {
      if (p[i] == ' ' && i > 0 && i + 1 < *size && p[i + 1] != ' ')
        continue;
      if (quoted ? p[i] == '"' || p[i] == '\\' || p[i] == '\'' || (guchar) p[i] <= ' '
                 : !g_ascii_isalnum (p[i]) && strchr ("-_.+*/!&$%#~", p[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_simple_address (const char *address,
                   gsize       size)
{
  const char *at = memchr (address, '@', size);

  if (at == NULL || at == address || at + 1 == address + size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (address[i]) && address + i != at &&
        strchr ("-_.+=/!#$%&'*^{}|~", address[i]) == NULL)
      return FALSE;

  return TRUE;
}

/* One mailbox; its strings go to @buffer, which has room for all of it and two NULs. */
static gboolean
parse_simple_mailbox (const char   *p,
                      const char   *end,
                      MimeAddress  *item,
                      char        **buffer)
{
  const char *open, *name = p;
  gsize name_size = 0;

  while (p < end && is_blank (*p))
    p++;
  while (end > p && is_blank (end[-1]))
    end--;
  if (p == end)
    return FALSE;

  open = memchr (p, '<', (gsize) (end - p));
  if (open != NULL)
    {
      name = p;
      name_size = (gsize) (open - p);
      while (name_size > 0 && is_blank (name[name_size - 1]))
        name_size--;
      if (end[-1] != '>' || !is_simple_name (&name, &name_size))
        return FALSE;
      p = open + 1;
      end--;
    }
  if (!is_simple_address (p, (gsize) (end - p)))
    return FALSE;

  item->address = *buffer;
  memcpy (*buffer, p, (gsize) (end - p));
  *buffer += end - p;
  *(*buffer)++ = '\0';
  if (name_size > 0)
    {
      item->name = *buffer;
      memcpy (*buffer, name, name_size);
      *buffer += name_size;
      *(*buffer)++ = '\0';
    }

  return TRUE;
}

/*
 * The forms that nearly all mailboxes have, in plain ASCII, without seven strings to collect them in:
 *   name <local@domain>   "name" <local@domain>   local@domain   <local@domain>
 * Returns FALSE when there is anything else.
 */
static gboolean
parse_simple (const char        *bytes,
              gsize              size,
              MimeAddressList  **out_list)
{
  const char *p = bytes, *end = bytes + size;
  MimeAddress items[MAX_SIMPLE_ITEMS] = { { 0 } };
  char strings[MAX_SIMPLE_BYTES + 2 * MAX_SIMPLE_ITEMS];
  char *buffer = strings;
  guint n = 0;

  if (size == 0 || size > MAX_SIMPLE_BYTES || !mime_header_text_is_plain (bytes, size))
    return FALSE;
  for (;;)
    {
      const char *stop = simple_end (p, end);

      if (n == MAX_SIMPLE_ITEMS || !parse_simple_mailbox (p, stop, &items[n], &buffer))
        return FALSE;
      n++;
      if (stop == end)
        break;
      p = stop + 1;
    }
  *out_list = mime_address_list_new (items, n);

  return TRUE;
}

/*
 * mime_address_list_parse_field:
 * @bytes: the value of an address field
 * @size_bytes: its size
 * @charset: (nullable): the charset that the message declares
 *
 * As mime_address_list_parse().
 *
 * Returns: (transfer full): the list, perhaps empty
 */
MimeAddressList *
mime_address_list_parse_field (const char *bytes,
                               gsize       size_bytes,
                               const char *charset)
{
  MimeAddressList *list = NULL;

  if (parse_simple (bytes, size_bytes, &list))
    return list;

  return parse_list (bytes, size_bytes, charset, TRUE);
}

/**
 * mime_address_list_parse:
 * @bytes: the value of an address field, folded or not
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Reads an address field: mailboxes with names, quotes, comments, encoded words, groups, and what
 * broken programs make of them. What has no address but a name is kept with an empty address, so
 * that "undisclosed-recipients:" or "My friends" can be shown. At most 10,000 mailboxes.
 * RFC 5322 section 3.4.
 *
 * Returns: (transfer full): the list, perhaps empty
 */
MimeAddressList *
mime_address_list_parse (const char *bytes,
                         gssize      size_bytes)
{
  return mime_address_list_parse_field (bytes, size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes,
                                        NULL);
}

/**
 * mime_address_list_parse_typed:
 * @text: what a person typed or pasted, UTF-8
 *
 * Reads addresses as people write them: commas, semicolons or line ends between, names without
 * quotes; nothing is decoded. Check each with mime_address_is_valid().
 *
 * Returns: (transfer full): the list, perhaps empty
 */
MimeAddressList *
mime_address_list_parse_typed (const char *text)
{
  g_autofree char *joined = g_strdup (text);

  for (char *p = joined; *p != '\0'; p++)
    if (*p == '\n')
      *p = ',';

  return parse_list (joined, strlen (joined), NULL, FALSE);
}
