/*
 * The structure of a message: GMime finds the parts, this keeps what Pipit needs of them and drops
 * GMime's objects, whose streams have positions and could not be shared between threads. What is kept
 * of a part's content is its range in the bytes of the message.
 */
#include "mime-part-private.h"

#include "mime-gmime-private.h"
#include "mime-header-text.h"
#include "mime-headers-private.h"

#include <string.h>

/* From so many lines with two dashes on, they are counted one by one. */
#define MANY_DASHED_LINES 5000

/* Names of boundaries that are remembered while counting. */
#define MAX_BOUNDARIES 2000

typedef struct
{
  GBytes       *message;   /* what GMime was given */
  GPtrArray    *parts;
  MimeProblems *problems;
} Reader;

static gboolean
next_dashed_line (const char **p,
                  const char  *end,
                  const char **out_line_end)
{
  while (*p < end)
    {
      const char *line_end = memchr (*p, '\n', (gsize) (end - *p));

      if (line_end == NULL)
        line_end = end;
      if (line_end - *p > 2 && (*p)[0] == '-' && (*p)[1] == '-')
        {
          *out_line_end = line_end;
          return TRUE;
        }
      *p = line_end < end ? line_end + 1 : end;
    }

  return FALSE;
}

static gsize
boundary_size (const char *text,
               const char *end)
{
  gsize size = 0;

  while (text + size < end && size < 70 && strchr (" \t\r\n\";", text[size]) == NULL)
    size++;

  return size;
}

static GHashTable *
collect_boundaries (const char *data,
                    gsize       size)
{
  GHashTable *boundaries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *p = data, *end = data + size;

  while (p < end && (p = memchr (p, '=', (gsize) (end - p))) != NULL)
    {
      const char *name = p - 8;

      p++;
      if (name < data || g_ascii_strncasecmp (name, "boundary", 8) != 0)
        continue;
      while (p < end && (*p == ' ' || *p == '"'))
        p++;
      g_hash_table_add (boundaries, g_strndup (p, boundary_size (p, end)));
      if (g_hash_table_size (boundaries) > MAX_BOUNDARIES)
        break;
    }

  return boundaries;
}

/*
 * GMime makes an object for every boundary, without a limit. A message of nothing but boundaries would
 * become gigabytes, so that they are counted before. A patch or a dump of a database may have as many
 * lines with dashes, therefore only true boundaries count.
 */
static gboolean
has_too_many_parts (GBytes *message)
{
  g_autoptr(GHashTable) boundaries = NULL;
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  const char *end = data + size, *p, *line_end;
  guint n = 0;

  for (p = data; next_dashed_line (&p, end, &line_end); p = line_end)
    if (++n > MANY_DASHED_LINES)
      break;
  if (n <= MANY_DASHED_LINES)
    return FALSE;

  boundaries = collect_boundaries (data, size);
  if (g_hash_table_size (boundaries) > MAX_BOUNDARIES)
    return TRUE;
  n = 0;
  for (p = data; next_dashed_line (&p, end, &line_end); p = line_end)
    {
      g_autofree char *name = g_strndup (p + 2, boundary_size (p + 2, end));

      if (g_hash_table_contains (boundaries, name) && ++n > MIME_MAX_PARTS)
        return TRUE;
    }

  return FALSE;
}

/* The Content-Type that GMime went by: there may be several of them. */
static const char *
raw_content_type (GMimeObject *object)
{
  GMimeHeaderList *list = g_mime_object_get_header_list (object);
  GMimeContentType *type = g_mime_object_get_content_type (object);
  int n = list != NULL ? g_mime_header_list_get_count (list) : 0;
  const char *first = NULL;

  for (int i = 0; i < n; i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (list, i);
      g_autoptr(MimeParameters) parameters = NULL;
      g_autofree char *wanted = NULL;
      const char *raw;

      if (g_ascii_strcasecmp (g_mime_header_get_name (header), "Content-Type") != 0)
        continue;
      raw = g_mime_header_get_raw_value (header);
      if (first == NULL)
        first = raw;
      parameters = mime_parameters_new (raw != NULL ? raw : "", -1);
      wanted = type != NULL ? g_mime_content_type_get_mime_type (type) : NULL;
      if (wanted != NULL &&
          g_ascii_strcasecmp (wanted, mime_parameters_get_value (parameters)) == 0)
        return raw;
    }

  return first;
}

static const char *
raw_header (GMimeObject *object,
            const char  *name)
{
  GMimeHeaderList *list = g_mime_object_get_header_list (object);
  GMimeHeader *header = list != NULL ? g_mime_header_list_get_header (list, name) : NULL;

  return header != NULL ? g_mime_header_get_raw_value (header) : NULL;
}

static GBytes *
part_body (Reader      *reader,
           GMimeObject *object)
{
  GMimeDataWrapper *content = GMIME_IS_PART (object) ? g_mime_part_get_content (GMIME_PART (object))
                                                     : NULL;
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;
  gsize size = g_bytes_get_size (reader->message);
  gint64 start, end;

  if (stream == NULL)
    return g_bytes_new_static ("", 0);
  start = CLAMP (stream->bound_start, 0, (gint64) size);
  end = stream->bound_end < 0 ? (gint64) size : CLAMP (stream->bound_end, start, (gint64) size);

  return g_bytes_new_from_bytes (reader->message, (gsize) start, (gsize) (end - start));
}

/* A message inside: its own structure, read from its own bytes. */
static void
read_attached_message (Reader   *reader,
                       MimePart *self)
{
  g_autoptr(GBytes) inner = mime_part_decode (self);
  g_autoptr(MimeHeaders) headers = NULL;

  if (self->depth + 1 >= MIME_MAX_DEPTH)
    {
      *reader->problems |= MIME_PROBLEM_LIMIT;
      return;
    }
  if (g_bytes_get_size (inner) == 0)
    return;
  mime_structure_parse (inner, self, reader->parts, &headers, reader->problems);
  self->subject = g_strdup (mime_headers_get_subject (headers));
}

/* A multipart without a boundary, or whose boundary never comes: what is there is shown as text. */
static void
read_failed_multipart (Reader      *reader,
                       MimePart    *self,
                       GMimeObject *object)
{
  const char *prologue = GMIME_IS_MULTIPART (object)
                           ? g_mime_multipart_get_prologue (GMIME_MULTIPART (object)) : NULL;
  g_autoptr(GBytes) body = g_bytes_new (prologue != NULL ? prologue : "",
                                        prologue != NULL ? strlen (prologue) : 0);

  self->problems |= MIME_PROBLEM_BOUNDARY_UNKNOWN;
  self->is_multipart = FALSE;
  mime_parameters_free (self->type);
  self->type = mime_parameters_new ("text/plain", -1);
  g_clear_pointer (&self->body, g_bytes_unref);
  mime_part_set_body (self, body);
}

/* Of a whole message without parts, everything behind the header: nothing must vanish. */
static void
show_whole_body (MimePart    *root,
                 GBytes      *message,
                 MimeHeaders *headers)
{
  gsize head = mime_headers_get_size_bytes (headers);
  g_autoptr(GBytes) body = g_bytes_new_from_bytes (message, head,
                                                   g_bytes_get_size (message) - head);

  g_clear_pointer (&root->body, g_bytes_unref);
  mime_part_set_body (root, body);
}

static MimePart *
read_object (Reader      *reader,
             GMimeObject *object,
             MimePart    *parent)
{
  MimePart *self;
  gboolean in_digest = parent != NULL && mime_part_is_type (parent, "multipart/digest");
  g_autoptr(GBytes) body = NULL;

  if (reader->parts->len >= MIME_MAX_PARTS || (parent != NULL && parent->depth >= MIME_MAX_DEPTH))
    {
      *reader->problems |= MIME_PROBLEM_LIMIT;
      return NULL;
    }

  self = mime_part_new (parent);
  g_ptr_array_add (reader->parts, self);
  mime_part_set_headers (self, raw_content_type (object),
                         raw_header (object, "Content-Disposition"),
                         raw_header (object, "Content-Transfer-Encoding"),
                         raw_header (object, "Content-ID"),
                         raw_header (object, "Content-Description"),
                         in_digest ? "message/rfc822" : "text/plain");
  /* what GMime reads as a multipart is one, and nothing else */
  if (self->is_multipart && !GMIME_IS_MULTIPART (object))
    {
      mime_parameters_free (self->type);
      self->type = mime_parameters_new ("text/plain", -1);
    }
  self->is_multipart = GMIME_IS_MULTIPART (object);
  body = part_body (reader, object);
  mime_part_set_body (self, body);
  mime_part_set_section (self);

  if (GMIME_IS_MULTIPART (object))
    {
      GMimeMultipart *multipart = GMIME_MULTIPART (object);
      int n = g_mime_multipart_get_count (multipart);

      if (n > 0 && !multipart->write_end_boundary)
        self->problems |= MIME_PROBLEM_BOUNDARY_MISSING;
      for (int i = 0; i < n; i++)
        read_object (reader, g_mime_multipart_get_part (multipart, i), self);
      if (n == 0)
        read_failed_multipart (reader, self, object);
    }
  else if (self->is_message)
    read_attached_message (reader, self);

  *reader->problems |= self->problems;
  return self;
}

/* Without any header: the bytes are the text. */
static MimePart *
read_headless (Reader   *reader,
               MimePart *parent,
               GBytes   *body)
{
  MimePart *self = mime_part_new (parent);

  g_ptr_array_add (reader->parts, self);
  mime_part_set_headers (self, NULL, NULL, NULL, NULL, NULL, "text/plain");
  mime_part_set_body (self, body);
  mime_part_set_section (self);

  return self;
}

/* The "From " line of a mailbox file, what mail servers of old made of it, and blanks before the header. */
static gsize
skip_before_header (GBytes *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  const char *line_end;
  gsize skipped = 0;

  if (size > 6 && (memcmp (data, "From ", 5) == 0 || memcmp (data, ">From ", 6) == 0) &&
      (line_end = memchr (data, '\n', size)) != NULL)
    skipped = (gsize) (line_end + 1 - data);
  while (skipped < size && strchr (" \t\r\n", data[skipped]) != NULL && data[skipped] != '\0')
    skipped++;

  return skipped;
}

static GMimeMessage *
parse_with_gmime (GBytes *message)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);
  /* GMime only reads from it: no copy of the message is made */
  GByteArray array = { (guint8 *) data, (guint) size };
  GMimeStream *stream = g_mime_stream_mem_new ();
  GMimeParser *parser;
  GMimeMessage *parsed;

  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), &array);
  parser = g_mime_parser_new_with_stream (stream);
  parsed = g_mime_parser_construct_message (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);

  return parsed;
}

/* What is not plain, or is inside of another message. */
static MimePart *
parse_anything (Reader      *reader,
                MimeHeaders *headers,
                MimePart    *parent)
{
  gsize size = g_bytes_get_size (reader->message);
  GMimeMessage *parsed = NULL;
  MimePart *root = NULL;

  if (has_too_many_parts (reader->message) || size > G_MAXINT32)
    *reader->problems |= MIME_PROBLEM_LIMIT;
  else
    parsed = parse_with_gmime (reader->message);

  if (parsed != NULL && g_mime_message_get_mime_part (parsed) != NULL)
    root = read_object (reader, g_mime_message_get_mime_part (parsed), parent);
  g_clear_object (&parsed);
  if (root != NULL && (root->problems & MIME_PROBLEM_BOUNDARY_UNKNOWN) != 0)
    show_whole_body (root, reader->message, headers);

  if (root == NULL)
    {
      gsize head = mime_headers_get_size_bytes (headers);
      g_autoptr(GBytes) body = g_bytes_new_from_bytes (reader->message, head, size - head);

      root = read_headless (reader, parent, body);
    }

  return root;
}

/*
 * mime_structure_parse_anything:
 *
 * As mime_structure_parse() without its short cut, for the test that holds one against the other.
 */
MimePart *
mime_structure_parse_anything (GBytes       *message,
                               GPtrArray    *parts,
                               MimeProblems *problems)
{
  g_autoptr(MimeHeaders) headers = mime_headers_new_from_bytes (message);
  Reader reader = { message, parts, problems };

  mime_gmime_init ();
  return parse_anything (&reader, headers, NULL);
}

/*
 * mime_structure_parse:
 * @message: the bytes of a message
 * @parent: (nullable): the part that the message is attached by
 * @parts: (inout): gains all parts, the root first
 * @out_headers: (out) (transfer full): the header of the message
 * @problems: (inout): gains what is wrong
 *
 * Returns: (transfer none): the root
 */
MimePart *
mime_structure_parse (GBytes        *message,
                      MimePart      *parent,
                      GPtrArray     *parts,
                      MimeHeaders  **out_headers,
                      MimeProblems  *problems)
{
  gsize skipped = skip_before_header (message);
  gsize size = g_bytes_get_size (message) - skipped;
  g_autoptr(GBytes) rest = g_bytes_new_from_bytes (message, skipped, size);
  Reader reader = { rest, parts, problems };
  MimeHeaders *headers = mime_headers_new_from_bytes (rest);
  MimePart *root = NULL;

  mime_gmime_init ();
  *out_headers = headers;

  if (mime_headers_get_n_fields (headers) == 0)
    {
      *problems |= MIME_PROBLEM_NO_HEADERS;
      return read_headless (&reader, parent, rest);
    }
  if (!mime_headers_is_ended (headers) &&
      ((const char *) g_bytes_get_data (rest, NULL))[size - 1] != '\n')
    *problems |= MIME_PROBLEM_HEADERS_CUT;

  if (parent == NULL)
    root = mime_structure_parse_plain (rest, parts, problems);

  return root != NULL ? root : parse_anything (&reader, headers, parent);
}
