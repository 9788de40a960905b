/*
 * Values with parameters: Content-Type, Content-Disposition, and the same taken apart by an IMAP body
 * structure. RFC 2045 section 5.1, RFC 2231; and the encoded words in quotes that most programs send
 * in the place of the latter.
 */
#include "mime-parameters.h"

#include "mime-charset.h"
#include "mime-header-text-private.h"

#include <string.h>

#define MAX_PARAMETERS 100
#define MAX_SEGMENTS   1000
#define MAX_VALUE_SIZE (64 * 1024)

typedef struct
{
  char *name;  /* (owned): in lower case, without the marks of RFC 2231 */
  char *value; /* (owned): decoded, valid UTF-8 */
} Parameter;

struct _MimeParameters
{
  char   *value;      /* (owned): in lower case */
  GArray *parameters; /* (owned) (element-type Parameter) */
};

/* A parameter as it is written, before continuations are joined. */
typedef struct
{
  char    *name;     /* (owned): in lower case, without the marks */
  int      section;  /* -1 when it is whole */
  gboolean encoded;  /* with '%' */
  GString *value;    /* (owned) */
} Segment;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
segment_clear (gpointer data)
{
  Segment *segment = data;

  g_free (segment->name);
  g_string_free (segment->value, TRUE);
}

static void
parameter_clear (gpointer data)
{
  Parameter *parameter = data;

  g_free (parameter->name);
  g_free (parameter->value);
}

/* Takes the marks off a name: "filename*1*". @value is taken over. */
static void
add_segment (GArray     *segments,
             const char *name,
             gsize       size,
             GString    *value)
{
  Segment segment = { NULL, -1, FALSE, value };
  const char *star = memchr (name, '*', size);

  segment.name = g_ascii_strdown (name, (gssize) (star != NULL ? (gsize) (star - name) : size));
  if (star != NULL)
    {
      const char *p = star + 1, *end = name + size;

      if (p < end && g_ascii_isdigit (*p))
        for (segment.section = 0; p < end && g_ascii_isdigit (*p); p++)
          segment.section = MIN (segment.section * 10 + (*p - '0'), MAX_SEGMENTS);
      else if (p == end)
        segment.encoded = TRUE;
      if (p < end && *p == '*')
        segment.encoded = TRUE;
    }

  if (segments->len < MAX_SEGMENTS && *segment.name != '\0')
    g_array_append_val (segments, segment);
  else
    segment_clear (&segment);
}

/*
 * A value in quotes. Only a quote and a backslash are escaped by a backslash: Windows paths are sent
 * without a thought for RFC 2045.
 */
static void
read_quoted (const char **p,
             const char  *end,
             GString     *value)
{
  for ((*p)++; *p < end && **p != '"'; (*p)++)
    {
      if (**p == '\\' && *p + 1 < end && ((*p)[1] == '"' || (*p)[1] == '\\'))
        (*p)++;
      if (**p != '\r' && **p != '\n' && value->len < MAX_VALUE_SIZE)
        g_string_append_c (value, **p);
    }
  if (*p < end)
    (*p)++;
}

static void
skip_blanks_and_comments (const char **p,
                          const char  *end)
{
  int depth = 0;

  for (; *p < end; (*p)++)
    {
      if (**p == '(')
        depth++;
      else if (**p == ')' && depth > 0)
        depth--;
      else if (depth == 0 && !is_blank (**p))
        return;
    }
}

/* A value without quotes: to the semicolon, because names with blanks are sent so. */
static void
read_bare (const char **p,
           const char  *end,
           GString     *value)
{
  while (*p < end && **p != ';')
    {
      gsize word = mime_header_text_word_length (*p, (gsize) (end - *p));

      word = MAX (word, 1);
      if (value->len < MAX_VALUE_SIZE && **p != '\r' && **p != '\n')
        g_string_append_len (value, *p, (gssize) word);
      *p += word;
    }
  while (value->len > 0 && is_blank (value->str[value->len - 1]))
    g_string_truncate (value, value->len - 1);
}

static void
read_parameter (const char **p,
                const char  *end,
                GArray      *segments)
{
  const char *name = *p;
  gsize size;
  GString *value;

  while (*p < end && **p != '=' && **p != ';' && !is_blank (**p))
    (*p)++;
  size = (gsize) (*p - name);
  skip_blanks_and_comments (p, end);
  if (*p == end || **p != '=')
    return; /* a word without a value; whatever follows is looked at as a name */

  (*p)++;
  while (*p < end && is_blank (**p))
    (*p)++;
  value = g_string_new (NULL);
  if (*p < end && **p == '"')
    read_quoted (p, end, value);
  else
    read_bare (p, end, value);
  add_segment (segments, name, size, value);
}

/* Undoes the percent encoding in place. */
static void
percent_decode (GString *text)
{
  char *out = text->str;

  for (const char *p = text->str; p < text->str + text->len; p++)
    {
      if (*p == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
        {
          *out++ = (char) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));
          p += 2;
        }
      else
        *out++ = *p;
    }
  g_string_truncate (text, (gsize) (out - text->str));
}

/* A value that was not written by RFC 2231: perhaps with encoded words, perhaps with raw bytes. */
static char *
decode_plain (const GString *raw)
{
  return mime_header_text_decode (raw->str, (gssize) raw->len);
}

/* charset'language'text */
static char *
take_charset (GString *text)
{
  const char *first = strchr (text->str, '\'');
  const char *second = first != NULL ? strchr (first + 1, '\'') : NULL;
  char *charset;

  if (second == NULL)
    return NULL;
  charset = g_strndup (text->str, (gsize) (first - text->str));
  g_string_erase (text, 0, second + 1 - text->str);

  return charset;
}

static int
compare_sections (gconstpointer a,
                  gconstpointer b)
{
  const Segment *left = *(const Segment * const *) a;
  const Segment *right = *(const Segment * const *) b;

  return left->section - right->section;
}

/* Joins the segments of one parameter, all of one name and either whole or in sections. */
static char *
join_segments (GPtrArray *segments)
{
  g_autofree char *charset = NULL;
  GString *joined = g_string_new (NULL);
  gboolean any_encoded = FALSE;
  char *value;
  int next = 0;

  g_ptr_array_sort (segments, compare_sections);
  for (guint i = 0; i < segments->len && joined->len < MAX_VALUE_SIZE; i++)
    {
      Segment *segment = segments->pdata[i];

      /* a gap ends the value, a repetition is not heard */
      if (segment->section > next)
        break;
      if (segment->section >= 0 && segment->section < next)
        continue;
      if (segment->encoded)
        {
          if (i == 0)
            charset = take_charset (segment->value);
          percent_decode (segment->value);
          any_encoded = TRUE;
        }
      g_string_append_len (joined, segment->value->str, (gssize) segment->value->len);
      next = segment->section + 1;
      if (segment->section < 0)
        break;
    }

  if (!any_encoded)
    value = decode_plain (joined);
  else if (strstr (joined->str, "=?") != NULL)
    value = decode_plain (joined);
  else
    value = mime_charset_to_utf8 (joined->str, joined->len, charset, NULL);
  g_string_free (joined, TRUE);

  return value;
}

static Parameter *
find_parameter (const MimeParameters *self,
                const char           *name)
{
  for (guint i = 0; i < self->parameters->len; i++)
    {
      Parameter *parameter = &g_array_index (self->parameters, Parameter, i);

      if (g_str_equal (parameter->name, name))
        return parameter;
    }

  return NULL;
}

/* Collects what belongs to the parameter of segment @first; the extended form is worth more. */
static void
add_parameter (MimeParameters *self,
               GArray         *segments,
               guint           first)
{
  const char *name = g_array_index (segments, Segment, first).name;
  g_autoptr(GPtrArray) whole = g_ptr_array_new ();
  g_autoptr(GPtrArray) sections = g_ptr_array_new ();
  Parameter parameter = { 0 };

  for (guint i = first; i < segments->len; i++)
    {
      Segment *segment = &g_array_index (segments, Segment, i);

      if (!g_str_equal (segment->name, name))
        continue;
      if (segment->section >= 0)
        g_ptr_array_add (sections, segment);
      else if (whole->len == 0)
        g_ptr_array_add (whole, segment);
      else if (segment->encoded && !((Segment *) whole->pdata[0])->encoded)
        whole->pdata[0] = segment;
    }

  if (whole->len > 0 && (((Segment *) whole->pdata[0])->encoded || sections->len == 0))
    parameter.value = join_segments (whole);
  else
    parameter.value = join_segments (sections);
  parameter.name = g_strdup (name);
  g_array_append_val (self->parameters, parameter);
}

static void
resolve (MimeParameters *self,
         GArray         *segments)
{
  for (guint i = 0; i < segments->len && self->parameters->len < MAX_PARAMETERS; i++)
    if (find_parameter (self, g_array_index (segments, Segment, i).name) == NULL)
      add_parameter (self, segments, i);
}

static MimeParameters *
parameters_alloc (void)
{
  MimeParameters *self = g_new0 (MimeParameters, 1);

  self->parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_array_set_clear_func (self->parameters, parameter_clear);

  return self;
}

static char *
make_value (const char *start,
            gsize       size)
{
  g_autofree char *valid = g_utf8_make_valid (start, (gssize) size);
  char *value = g_ascii_strdown (valid, -1);
  char *out = value;

  for (const char *p = value; *p != '\0'; p++)
    if ((guchar) *p > ' ' && *p != '"')
      *out++ = *p;
  *out = '\0';

  return value;
}

/**
 * mime_parameters_new:
 * @bytes: the value of a Content-Type or Content-Disposition field, folded or not
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Reads a value and its parameters. Of a parameter that is there twice, the first counts, unless the
 * second is written by RFC 2231.
 *
 * Limits: 100 parameters of 64 kB.
 *
 * Returns: (transfer full): the parameters
 */
MimeParameters *
mime_parameters_new (const char *bytes,
                     gssize      size_bytes)
{
  MimeParameters *self = parameters_alloc ();
  const char *p = bytes;
  const char *end = bytes + (size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes);
  const char *start;
  g_autoptr(GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));

  g_array_set_clear_func (segments, segment_clear);

  skip_blanks_and_comments (&p, end);
  start = p;
  while (p < end && *p != ';' && *p != '(')
    {
      const char *equals = p;

      /* "text/plain charset=utf-8": the semicolon forgotten */
      if (is_blank (*p))
        {
          for (equals++; equals < end && (g_ascii_isalnum (*equals) || *equals == '*'); equals++)
            ;
          if (equals < end && *equals == '=')
            break;
        }
      p++;
    }
  self->value = make_value (start, (gsize) (p - start));

  while (p < end)
    {
      while (p < end && (*p == ';' || is_blank (*p)))
        p++;
      skip_blanks_and_comments (&p, end);
      if (p < end && *p == '=')
        p++;
      else if (p < end && *p != ';')
        read_parameter (&p, end, segments);
    }
  resolve (self, segments);

  return self;
}

/**
 * mime_parameters_new_from_pairs:
 * @value: the value: a media type, or a disposition
 * @pairs: (array zero-terminated=1) (nullable): name, value, name, value … as a body structure lists
 *   them, raw
 *
 * As mime_parameters_new(), for what a server has taken apart. RFC 9051 section 7.5.2.
 *
 * Returns: (transfer full): the parameters
 */
MimeParameters *
mime_parameters_new_from_pairs (const char         *value,
                                const char * const *pairs)
{
  MimeParameters *self = parameters_alloc ();
  g_autoptr(GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));

  g_array_set_clear_func (segments, segment_clear);
  self->value = make_value (value, strlen (value));
  for (gsize i = 0; pairs != NULL && pairs[i] != NULL && pairs[i + 1] != NULL; i += 2)
    add_segment (segments, pairs[i], strlen (pairs[i]), g_string_new (pairs[i + 1]));
  resolve (self, segments);

  return self;
}

/**
 * mime_parameters_free:
 * @self: (transfer full) (nullable): parameters
 */
void
mime_parameters_free (MimeParameters *self)
{
  if (self == NULL)
    return;
  g_free (self->value);
  g_array_unref (self->parameters);
  g_free (self);
}

/**
 * mime_parameters_get_value:
 * @self: parameters
 *
 * Returns: what stands before them, in lower case; perhaps empty
 */
const char *
mime_parameters_get_value (const MimeParameters *self)
{
  return self->value;
}

/**
 * mime_parameters_get:
 * @self: parameters
 * @name: a name in lower case
 *
 * Returns: (nullable): its value, decoded
 */
const char *
mime_parameters_get (const MimeParameters *self,
                     const char           *name)
{
  const Parameter *parameter = find_parameter (self, name);

  return parameter != NULL ? parameter->value : NULL;
}
