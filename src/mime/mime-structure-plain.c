/*
 * The structure of a message that is written as the RFCs say, which nearly all are: found by looking for its
 * boundaries, without an object for each header field of each part. Whatever is out of the ordinary in
 * the least is left to mime-structure.c; that both find the same is tested on messages that are broken
 * at random. RFC 2046 section 5.1.1.
 */
#include "mime-part-private.h"

#include <string.h>

/* More, or deeper, is out of the ordinary. */
#define MAX_PARTS 100
#define MAX_DEPTH 8
#define MAX_HEADER_BYTES (64 * 1024)
#define MAX_BOUNDARY_BYTES 70

typedef struct
{
  GBytes     *message;
  const char *data;
  const char *end;
  GPtrArray  *parts; /* (element-type MimePart) */
} Reader;

/* The fields of a part that say what it is. */
enum
{
  FIELD_TYPE,
  FIELD_DISPOSITION,
  FIELD_ENCODING,
  FIELD_ID,
  FIELD_DESCRIPTION,
  N_FIELDS,
};

static const char *const field_names[N_FIELDS] = {
  "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Content-ID",
  "Content-Description",
};

typedef struct
{
  char *values[N_FIELDS]; /* (owned) (nullable): as they came */
} Fields;

static void
fields_clear (Fields *fields)
{
  for (guint i = 0; i < N_FIELDS; i++)
    g_free (fields->values[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fields, fields_clear)

/* Returns: behind the line's end, or NULL when it has none */
static const char *
find_line_end (const char *line,
               const char *end)
{
  const char *line_end = memchr (line, '\n', (gsize) (end - line));

  return line_end != NULL ? line_end + 1 : NULL;
}

static gboolean
is_empty_line (const char *line,
               const char *line_end)
{
  return line + 1 == line_end || (line + 2 == line_end && *line == '\r');
}

/* Printable ASCII and blanks, and as the last character of a line CR. */
static gboolean
is_plain_line (const char *line,
               const char *line_end)
{
  gboolean has_word = FALSE;

  line_end--;
  if (line_end > line && line_end[-1] == '\r')
    line_end--;
  for (; line < line_end; line++)
    {
      guchar c = (guchar) *line;

      if (c == 0x7f || (c < 0x20 && c != '\t'))
        return FALSE;
      has_word |= c > 0x20;
    }

  return has_word;
}

static gsize
measure_name (const char *line,
              const char *line_end)
{
  const char *p = line;

  while (p < line_end && *p > ' ' && *p < 0x7f && *p != ':')
    p++;
  return p < line_end && *p == ':' ? (gsize) (p - line) : 0;
}

static gboolean
keep_value (Fields     *fields,
            const char *name,
            gsize       name_size,
            const char *value_end)
{
  const char *value = name + name_size + 1;

  for (guint i = 0; i < N_FIELDS; i++)
    {
      if (strlen (field_names[i]) != name_size ||
          g_ascii_strncasecmp (name, field_names[i], name_size) != 0)
        continue;
      if (fields->values[i] != NULL)
        return FALSE;

      fields->values[i] = g_strndup (value, (gsize) (value_end - value));
      return g_str_is_ascii (fields->values[i]);
    }

  return TRUE;
}

/* Reads a header up to its empty line. Returns: where the body begins, or NULL */
static const char *
read_header (const char *start,
             const char *end,
             Fields     *fields)
{
  const char *line = start, *line_end;
  const char *name = NULL;
  gsize name_size = 0;

  for (; line < end && line - start < MAX_HEADER_BYTES; line = line_end)
    {
      gboolean is_end;

      line_end = find_line_end (line, end);
      if (line_end == NULL)
        return NULL;
      is_end = is_empty_line (line, line_end);
      if (!is_end && !is_plain_line (line, line_end))
        return NULL;
      if (!is_end && (*line == ' ' || *line == '\t'))
        {
          if (name == NULL)
            return NULL;
          continue;
        }

      if (name != NULL && !keep_value (fields, name, name_size, line))
        return NULL;
      if (is_end)
        return name != NULL ? line_end : NULL;

      name = line;
      name_size = measure_name (line, line_end);
      if (name_size == 0)
        return NULL;
    }

  return NULL;
}

/* A media type as the RFC wants it, and of a kind that has no other message inside of it. */
static gboolean
is_plain_type (const char *type)
{
  const char *p = type != NULL ? type + strspn (type, " \t\r\n") : "text/plain";
  gsize size = 0;
  guint n_slashes = 0;

  for (; g_ascii_isalnum (p[size]) || strchr ("-+._", p[size]) != NULL || p[size] == '/'; size++)
    {
      if (p[size] == '\0')
        break;
      if (p[size] == '/' && (size == 0 || ++n_slashes > 1))
        return FALSE;
    }

  return n_slashes == 1 && p[size - 1] != '/' &&
         strchr (";", p[size + strspn (p + size, " \t\r\n")]) != NULL &&
         g_ascii_strncasecmp (p, "message/", 8) != 0 &&
         g_ascii_strncasecmp (p, "multipart/digest", 16) != 0;
}

static const char *
skip_blanks (const char *p)
{
  return p + strspn (p, " \t\r\n");
}

static gsize
measure_token (const char *p)
{
  gsize size = 0;

  while (p[size] > ' ' && p[size] < 0x7f && strchr ("()<>@,;:\\\"[]?=", p[size]) == NULL)
    size++;
  return size;
}

/* `; name=value`, over and over. RFC 2045 section 5.1. */
static gboolean
has_plain_parameters (const char *type)
{
  const char *p = skip_blanks (strchr (type, '/') + 1);

  for (p = skip_blanks (p + measure_token (p)); *p != '\0'; p = skip_blanks (p))
    {
      gsize size;

      if (*p != ';')
        return FALSE;
      p = skip_blanks (p + 1);
      size = measure_token (p);
      if (size == 0 || p[size] != '=')
        return FALSE;
      p += size + 1;
      size = *p == '"' ? strcspn (p + 1, "\"\\\r\n\t") + 2 : measure_token (p);
      if (size == 0 || (*p == '"' && p[size - 1] != '"'))
        return FALSE;
      p += size;
    }

  return TRUE;
}

/* One boundary, of characters that need no thought, and as it is written. */
static gboolean
is_plain_boundary (const char *type,
                   const char *boundary)
{
  g_autofree char *lower = g_ascii_strdown (type, -1);
  const char *first = strstr (lower, "boundary=");
  const char *written = first != NULL ? type + (first + 9 - lower) : "";
  gsize size = boundary != NULL ? strlen (boundary) : 0;
  gboolean is_quoted;

  is_quoted = *written == '"';
  written += is_quoted;
  if (first == NULL || strstr (first + 1, "boundary") != NULL || size == 0 ||
      size > MAX_BOUNDARY_BYTES || strncmp (written, boundary, size) != 0 ||
      strchr (is_quoted ? "\"" : "; \t\r\n", written[size]) == NULL || written[size] == '\0')
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (boundary[i] <= ' ' || boundary[i] >= 0x7f || strchr ("\"\\;()<>", boundary[i]) != NULL)
      return FALSE;

  return TRUE;
}

static gboolean
is_identity (const char *encoding)
{
  return *encoding == '\0' || g_str_equal (encoding, "7bit") || g_str_equal (encoding, "8bit") ||
         g_str_equal (encoding, "binary");
}

static void
set_body (Reader     *reader,
          MimePart   *part,
          const char *start,
          const char *end)
{
  g_autoptr(GBytes) body = start < end
                             ? g_bytes_new_from_bytes (reader->message,
                                                       (gsize) (start - reader->data),
                                                       (gsize) (end - start))
                             : g_bytes_new_static ("", 0);

  mime_part_set_body (part, body);
}

static MimePart *read_entity (Reader     *reader,
                              const char *start,
                              const char *end,
                              MimePart   *parent);

/* A line that begins with a boundary. */
typedef struct
{
  const char *line;
  const char *next; /* behind it */
  gboolean    is_last;
  gboolean    has_cr;
} Delimiter;

/* Finds the next one. Returns FALSE when there is something that might be one and is not. The line end
 * behind the last boundary inside of a part belongs to the boundary behind that. */
static gboolean
find_delimiter (Reader     *reader,
                const char *start,
                const char *end,
                const char *text_start,
                const char *mark,
                gsize       mark_size,
                Delimiter  *out)
{
  const char *p = start;

  out->line = NULL;
  while ((p = memmem (p, (gsize) (end - p), mark, mark_size)) != NULL)
    {
      const char *rest = p + mark_size;

      if (p > text_start && p[-1] != '\n')
        {
          p = rest;
          continue;
        }

      out->line = p;
      out->is_last = end - rest >= 2 && rest[0] == '-' && rest[1] == '-';
      if (out->is_last)
        rest += 2;
      out->has_cr = rest < reader->end && *rest == '\r';
      rest += out->has_cr;
      if (rest >= reader->end || *rest != '\n')
        return FALSE;
      out->next = MIN (rest + 1, end);
      return TRUE;
    }

  return TRUE;
}

static gboolean
read_children (Reader     *reader,
               MimePart   *self,
               const char *start,
               const char *end)
{
  const char *boundary = mime_parameters_get (self->type, "boundary");
  g_autofree char *mark = g_strconcat ("--", boundary, NULL);
  gsize mark_size = strlen (mark);
  Delimiter before, after;

  if (!find_delimiter (reader, start, end, start, mark, mark_size, &before) || before.line == NULL ||
      before.is_last)
    return FALSE;

  for (; !before.is_last; before = after)
    {
      const char *stop;

      if (!find_delimiter (reader, before.next, end, start, mark, mark_size, &after) || after.line == NULL)
        return FALSE;

      /* the line end before a boundary belongs to it */
      stop = after.line - 1;
      if ((stop > before.next && stop[-1] == '\r') != after.has_cr)
        return FALSE;
      stop -= after.has_cr;
      if (stop <= before.next || read_entity (reader, before.next, stop, self) == NULL)
        return FALSE;
    }

  /* one that comes after the last is out of the ordinary */
  return find_delimiter (reader, before.next, end, start, mark, mark_size, &after) && after.line == NULL;
}

static MimePart *
read_entity (Reader     *reader,
             const char *start,
             const char *end,
             MimePart   *parent)
{
  g_auto(Fields) fields = { { NULL } };
  const char *body = read_header (start, end, &fields);
  MimePart *self;

  if (body == NULL || reader->parts->len >= MAX_PARTS ||
      (parent != NULL && parent->depth + 1 >= MAX_DEPTH) ||
      !is_plain_type (fields.values[FIELD_TYPE]))
    return NULL;

  self = mime_part_new (parent);
  g_ptr_array_add (reader->parts, self);
  mime_part_set_headers (self, fields.values[FIELD_TYPE], fields.values[FIELD_DISPOSITION],
                         fields.values[FIELD_ENCODING], fields.values[FIELD_ID],
                         fields.values[FIELD_DESCRIPTION], "text/plain");
  mime_part_set_section (self);
  if (!self->is_multipart)
    {
      set_body (reader, self, body, end);
      return self;
    }

  set_body (reader, self, end, end);
  if (!has_plain_parameters (fields.values[FIELD_TYPE]) ||
      !is_plain_boundary (fields.values[FIELD_TYPE],
                          mime_parameters_get (self->type, "boundary")) ||
      !is_identity (self->encoding) || !read_children (reader, self, body, end))
    return NULL;

  return self;
}

/*
 * mime_structure_parse_plain:
 * @message: the bytes of a message, from its header on
 * @parts: (inout): gains all parts, the root first
 * @problems: (inout): gains what is wrong
 *
 * Returns: (transfer none) (nullable): the root, or %NULL when the message is not plain
 */
MimePart *
mime_structure_parse_plain (GBytes       *message,
                            GPtrArray    *parts,
                            MimeProblems *problems)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) mime_part_free);
  Reader reader = { message, data, NULL, found };
  MimePart *root;

  if (size == 0)
    return NULL;
  reader.end = data + size;
  root = read_entity (&reader, data, data + size, NULL);
  if (root == NULL)
    return NULL;

  for (guint i = 0; i < found->len; i++)
    *problems |= ((MimePart *) found->pdata[i])->problems;
  g_ptr_array_extend_and_steal (parts, g_steal_pointer (&found));
  return root;
}
