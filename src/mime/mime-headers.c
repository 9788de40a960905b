/*
 * The header block of a message: fields found in one pass, those that Pipit needs decoded at once, so that
 * the result is immutable and may be read from any thread. RFC 5322 section 2.2.
 */
#include "mime-headers.h"

#include "mime-address-private.h"
#include "mime-date.h"
#include "mime-header-text-private.h"
#include "mime-headers-private.h"
#include "mime-message-id-private.h"
#include "mime-parameters.h"
#include "mime-references.h"

#include <string.h>

/* More fields, or longer ones, are not read: no program writes them. */
#define MAX_FIELDS       4000
#define MAX_FIELD_SIZE   (256 * 1024)
#define MAX_SUBJECT_SIZE (16 * 1024)

typedef enum
{
  FIELD_OTHER,
  FIELD_FROM,
  FIELD_SENDER,
  FIELD_REPLY_TO,
  FIELD_TO,
  FIELD_CC,
  FIELD_BCC,
  FIELD_MAIL_FOLLOWUP_TO,
  FIELD_MAIL_REPLY_TO,
  FIELD_SUBJECT,
  FIELD_DATE,
  FIELD_MESSAGE_ID,
  FIELD_IN_REPLY_TO,
  FIELD_REFERENCES,
  FIELD_LIST_ID,
  FIELD_LIST_POST,
  FIELD_LIST_UNSUBSCRIBE,
  FIELD_LIST_UNSUBSCRIBE_POST,
  FIELD_CONTENT_TYPE,
  FIELD_AUTO_SUBMITTED,
  FIELD_AUTHENTICATION_RESULTS,
  FIELD_PRECEDENCE,
} FieldKind;

/* Where a field lies in the block. */
typedef struct
{
  guint32 name;
  guint32 name_size;
  guint32 value;
  guint32 value_size;
} Field;

struct _MimeHeaders
{
  gatomicrefcount  ref_count;
  GBytes          *block;    /* (owned): what it was read from */
  gsize            size_bytes;
  gboolean         ended;
  guint            n_fields;
  Field           *fields;   /* (owned) */

  MimeAddressList *addresses[MIME_N_ADDRESS_FIELDS]; /* (owned) (nullable) */
  char            *subject;
  char            *message_id;
  char            *in_reply_to;
  char           **references;
  char            *list_id;
  char            *list_post;
  char            *list_unsubscribe;
  char            *content_type;
  char            *auto_submitted;
  char            *authentication;
  gint64           date_unix;
  int              date_offset_minutes;
  gboolean         has_date;
  gboolean         one_click;
  gboolean         bulk;
};

G_DEFINE_BOXED_TYPE (MimeHeaders, mime_headers, mime_headers_ref, mime_headers_unref)

static const struct
{
  const char *name;
  guint8      size;
  guint8      kind;
} known_fields[] = {
#define KNOWN(name, kind) { name, sizeof (name) - 1, kind }
  KNOWN ("from", FIELD_FROM),
  KNOWN ("sender", FIELD_SENDER),
  KNOWN ("reply-to", FIELD_REPLY_TO),
  KNOWN ("to", FIELD_TO),
  KNOWN ("cc", FIELD_CC),
  KNOWN ("bcc", FIELD_BCC),
  KNOWN ("mail-followup-to", FIELD_MAIL_FOLLOWUP_TO),
  KNOWN ("mail-reply-to", FIELD_MAIL_REPLY_TO),
  KNOWN ("subject", FIELD_SUBJECT),
  KNOWN ("date", FIELD_DATE),
  KNOWN ("message-id", FIELD_MESSAGE_ID),
  KNOWN ("in-reply-to", FIELD_IN_REPLY_TO),
  KNOWN ("references", FIELD_REFERENCES),
  KNOWN ("list-id", FIELD_LIST_ID),
  KNOWN ("list-post", FIELD_LIST_POST),
  KNOWN ("list-unsubscribe", FIELD_LIST_UNSUBSCRIBE),
  KNOWN ("list-unsubscribe-post", FIELD_LIST_UNSUBSCRIBE_POST),
  KNOWN ("content-type", FIELD_CONTENT_TYPE),
  KNOWN ("auto-submitted", FIELD_AUTO_SUBMITTED),
  KNOWN ("authentication-results", FIELD_AUTHENTICATION_RESULTS),
  KNOWN ("precedence", FIELD_PRECEDENCE),
#undef KNOWN
};

static FieldKind
field_kind (const char *name,
            gsize       size)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known_fields); i++)
    if (known_fields[i].size == size &&
        (name[0] | 0x20) == known_fields[i].name[0] &&
        g_ascii_strncasecmp (name, known_fields[i].name, size) == 0)
      return known_fields[i].kind;

  return FIELD_OTHER;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The size of a field name at the beginning of a line, or 0 when it is no field. */
static gsize
name_size (const char *line,
           const char *end)
{
  const char *p = line;

  while (p < end && (guchar) *p > ' ' && *p != ':' && *p != 0x7f)
    p++;
  if (p == line)
    return 0;
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  if (p == end || *p != ':')
    return 0;

  for (p = line; (guchar) *p > ' ' && *p != ':'; p++)
    ;
  return (gsize) (p - line);
}

static const char *
next_line (const char *p,
           const char *end)
{
  const char *line_end = memchr (p, '\n', (gsize) (end - p));

  return line_end != NULL ? line_end + 1 : end;
}

static gboolean
is_empty_line (const char *p,
               const char *end)
{
  return p < end && (*p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n')));
}

static void
add_field (GArray     *fields,
           const char *base,
           const char *name,
           gsize       n_name,
           const char *value,
           const char *end)
{
  Field field;

  while (value < end && is_blank (*value))
    value++;
  while (end > value && is_blank (end[-1]))
    end--;
  field.name = (guint32) (name - base);
  field.name_size = (guint32) n_name;
  field.value = (guint32) (value - base);
  field.value_size = (guint32) MIN (end - value, MAX_FIELD_SIZE);
  g_array_append_val (fields, field);
}

/*
 * Finds the fields. A line that is neither a field nor a continuation is passed over, at the beginning
 * (the "From " of a mailbox file) and in the middle (a field folded without a blank).
 */
static void
find_fields (MimeHeaders *self,
             GArray      *fields)
{
  gsize size;
  const char *base = g_bytes_get_data (self->block, &size);
  const char *p = base, *end = base + MIN (size, G_MAXUINT32);

  while (p < end)
    {
      const char *line = p, *value;
      gsize n_name;

      if (is_empty_line (p, end))
        {
          p = next_line (p, end);
          /* an empty line before the first field ends nothing */
          if (fields->len == 0)
            continue;
          self->ended = TRUE;
          break;
        }

      n_name = name_size (line, end);
      p = next_line (p, end);
      if (n_name == 0)
        continue;

      value = memchr (line + n_name, ':', (gsize) (p - line) - n_name);
      while (p < end && (*p == ' ' || *p == '\t'))
        p = next_line (p, end);
      if (value != NULL && fields->len < MAX_FIELDS)
        add_field (fields, base, line, n_name, value + 1, p);
    }

  self->size_bytes = (gsize) (p - base);
}

static void
add_addresses (MimeHeaders      *self,
               MimeAddressField  which,
               const char       *value,
               gsize             size,
               const char       *charset)
{
  MimeAddressList *list = mime_address_list_parse_field (value, size, charset);
  MimeAddressList *before = self->addresses[which];

  /* recipients may be spread over several fields; of senders the first field counts */
  if (before == NULL)
    self->addresses[which] = list;
  else if (which == MIME_ADDRESS_FIELD_TO || which == MIME_ADDRESS_FIELD_CC ||
           which == MIME_ADDRESS_FIELD_BCC || mime_address_list_get_length (before) == 0)
    {
      self->addresses[which] = mime_address_list_concat (before, list);
      mime_address_list_unref (before);
      mime_address_list_unref (list);
    }
  else
    mime_address_list_unref (list);
}

static void
set_text (char       **target,
          const char  *value,
          gsize        size,
          const char  *charset)
{
  GString *text;

  if (*target != NULL && **target != '\0')
    return;
  g_free (*target);
  text = g_string_sized_new (size + 1);
  mime_header_text_append (text, value, MIN (size, MAX_SUBJECT_SIZE), charset);
  *target = g_strstrip (g_string_free (text, FALSE));
}

/* What stands between the last pair of angle brackets: `Name <list.example.org>`. */
static char *
in_brackets (const char *value,
             gsize       size)
{
  g_autofree char *text = mime_header_text_decode (value, (gssize) size);
  char *open = strrchr (text, '<');
  char *close = open != NULL ? strchr (open, '>') : NULL;

  if (close == NULL)
    return g_steal_pointer (&text);
  return g_strndup (open + 1, (gsize) (close - open - 1));
}

static char *
media_type (const char *value,
            gsize       size)
{
  g_autoptr(MimeParameters) parameters = NULL;
  const char *end = memchr (value, ';', size);
  gsize n = end != NULL ? (gsize) (end - value) : size;

  while (n > 0 && is_blank (value[n - 1]))
    n--;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (value[i]) && strchr ("/-+._", value[i]) == NULL)
      {
        parameters = mime_parameters_new (value, (gssize) size);
        return g_strdup (mime_parameters_get_value (parameters));
      }

  return g_ascii_strdown (value, (gssize) n);
}

static gboolean
starts_with_word (const char *value,
                  gsize       size,
                  const char *word)
{
  gsize n = strlen (word);

  return size >= n && g_ascii_strncasecmp (value, word, n) == 0;
}

static void
read_other (MimeHeaders *self,
            FieldKind    kind,
            const char  *value,
            gsize        size,
            const char  *charset)
{
  switch (kind)
    {
    case FIELD_LIST_ID:
      if (self->list_id == NULL)
        self->list_id = in_brackets (value, size);
      break;
    case FIELD_LIST_POST:
      set_text (&self->list_post, value, size, charset);
      break;
    case FIELD_LIST_UNSUBSCRIBE:
      set_text (&self->list_unsubscribe, value, size, charset);
      break;
    case FIELD_LIST_UNSUBSCRIBE_POST:
      self->one_click = starts_with_word (value, size, "List-Unsubscribe=One-Click");
      break;
    case FIELD_CONTENT_TYPE:
      if (self->content_type == NULL && size > 0)
        self->content_type = media_type (value, size);
      break;
    case FIELD_AUTO_SUBMITTED:
      set_text (&self->auto_submitted, value, size, charset);
      break;
    case FIELD_AUTHENTICATION_RESULTS:
      /* the topmost one is that of the server nearest to us. RFC 8601 section 5 */
      set_text (&self->authentication, value, size, charset);
      break;
    case FIELD_PRECEDENCE:
      self->bulk = starts_with_word (value, size, "bulk") ||
                   starts_with_word (value, size, "junk") ||
                   starts_with_word (value, size, "auto_reply");
      break;
    default:
      break;
    }
}

static void
read_field (MimeHeaders *self,
            FieldKind    kind,
            const char  *value,
            gsize        size,
            const char  *charset)
{
  switch (kind)
    {
    case FIELD_OTHER:
      break;
    case FIELD_FROM:
    case FIELD_SENDER:
    case FIELD_REPLY_TO:
    case FIELD_TO:
    case FIELD_CC:
    case FIELD_BCC:
    case FIELD_MAIL_FOLLOWUP_TO:
    case FIELD_MAIL_REPLY_TO:
      add_addresses (self, (MimeAddressField) (kind - FIELD_FROM), value, size, charset);
      break;
    case FIELD_SUBJECT:
      set_text (&self->subject, value, size, charset);
      break;
    case FIELD_DATE:
      if (!self->has_date)
        self->has_date = mime_date_parse (value, (gssize) size, &self->date_unix,
                                          &self->date_offset_minutes);
      break;
    case FIELD_MESSAGE_ID:
      if (self->message_id == NULL)
        self->message_id = mime_message_id_single (value, size);
      break;
    case FIELD_IN_REPLY_TO:
      if (self->in_reply_to == NULL)
        self->in_reply_to = mime_message_id_next (&value, value + size);
      break;
    case FIELD_REFERENCES:
      if (self->references == NULL && size > 0)
        self->references = mime_references_parse (value, (gssize) size);
      break;
    default:
      read_other (self, kind, value, size, charset);
      break;
    }
}

/* The charset of the body, which is the best guess for bytes that stand unencoded in the header. */
static char *
find_charset (MimeHeaders *self)
{
  g_autoptr(MimeParameters) parameters = NULL;
  g_autofree char *raw = mime_headers_dup_raw (self, "content-type");

  if (raw == NULL)
    return NULL;
  parameters = mime_parameters_new (raw, -1);

  return g_strdup (mime_parameters_get (parameters, "charset"));
}

static gboolean
is_utf8 (const char *bytes,
         gsize       size)
{
  return g_utf8_validate_len (bytes, size, NULL);
}

static void
read_fields (MimeHeaders *self)
{
  const char *base = g_bytes_get_data (self->block, NULL);
  g_autofree char *charset = is_utf8 (base, self->size_bytes) ? NULL : find_charset (self);

  for (guint i = 0; i < self->n_fields; i++)
    {
      const Field *field = &self->fields[i];
      FieldKind kind = field_kind (base + field->name, field->name_size);

      read_field (self, kind, base + field->value, field->value_size, charset);
    }
}

/**
 * mime_headers_new_from_bytes:
 * @block: a header block, or a message that begins with one; kept
 *
 * Reads the fields up to the first empty line. Never fails: what is not a field is passed over.
 * RFC 5322 section 2.2.
 *
 * Limits: 4,000 fields of 256 kB.
 *
 * Returns: (transfer full): the fields, immutable and free to be used by any thread
 */
MimeHeaders *
mime_headers_new_from_bytes (GBytes *block)
{
  MimeHeaders *self;
  GArray *fields;

  g_return_val_if_fail (block != NULL, NULL);

  self = g_new0 (MimeHeaders, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->block = g_bytes_ref (block);
  fields = g_array_sized_new (FALSE, FALSE, sizeof (Field), 24);
  if (g_bytes_get_size (block) > 0)
    find_fields (self, fields);
  self->n_fields = fields->len;
  self->fields = (Field *) (gpointer) g_array_free (fields, FALSE);
  read_fields (self);

  return self;
}

/**
 * mime_headers_new:
 * @bytes: a header block, copied
 * @size_bytes: its size
 *
 * As mime_headers_new_from_bytes().
 *
 * Returns: (transfer full): the fields
 */
MimeHeaders *
mime_headers_new (const char *bytes,
                  gsize       size_bytes)
{
  g_autoptr(GBytes) block = g_bytes_new (bytes, size_bytes);

  return mime_headers_new_from_bytes (block);
}

/**
 * mime_headers_ref:
 * @self: header fields
 *
 * Returns: (transfer full): @self
 */
MimeHeaders *
mime_headers_ref (MimeHeaders *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mime_headers_unref:
 * @self: (transfer full): header fields
 */
void
mime_headers_unref (MimeHeaders *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (int i = 0; i < MIME_N_ADDRESS_FIELDS; i++)
    g_clear_pointer (&self->addresses[i], mime_address_list_unref);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->in_reply_to);
  g_strfreev (self->references);
  g_free (self->list_id);
  g_free (self->list_post);
  g_free (self->list_unsubscribe);
  g_free (self->content_type);
  g_free (self->auto_submitted);
  g_free (self->authentication);
  g_free (self->fields);
  g_bytes_unref (self->block);
  g_free (self);
}

/**
 * mime_headers_get_addresses:
 * @self: header fields
 * @field: which one
 *
 * Recipients of several fields of one name are joined.
 *
 * Returns: (transfer none) (nullable): the addresses, or %NULL when there is no such field
 */
const MimeAddressList *
mime_headers_get_addresses (const MimeHeaders *self,
                            MimeAddressField   field)
{
  g_return_val_if_fail (self != NULL && (guint) field < MIME_N_ADDRESS_FIELDS, NULL);

  return self->addresses[field];
}

/**
 * mime_headers_get_subject:
 * @self: header fields
 *
 * Returns: (nullable): the subject, decoded
 */
const char *
mime_headers_get_subject (const MimeHeaders *self)
{
  return self->subject;
}

/**
 * mime_headers_has_date:
 * @self: header fields
 *
 * Returns: whether there is a Date field that could be read
 */
gboolean
mime_headers_has_date (const MimeHeaders *self)
{
  return self->has_date;
}

/**
 * mime_headers_get_date_unix:
 * @self: header fields
 *
 * Returns: the date in seconds since 1970 UTC; 0 when there is none
 */
gint64
mime_headers_get_date_unix (const MimeHeaders *self)
{
  return self->has_date ? self->date_unix : 0;
}

/**
 * mime_headers_get_date_offset_minutes:
 * @self: header fields
 *
 * Returns: the zone that the date was written in, minutes east of UTC
 */
int
mime_headers_get_date_offset_minutes (const MimeHeaders *self)
{
  return self->has_date ? self->date_offset_minutes : 0;
}

/**
 * mime_headers_get_message_id:
 * @self: header fields
 *
 * Returns: (nullable): the Message-ID, without angle brackets
 */
const char *
mime_headers_get_message_id (const MimeHeaders *self)
{
  return self->message_id;
}

/**
 * mime_headers_get_in_reply_to:
 * @self: header fields
 *
 * Returns: (nullable): the first identifier in In-Reply-To, without angle brackets
 */
const char *
mime_headers_get_in_reply_to (const MimeHeaders *self)
{
  return self->in_reply_to;
}

/**
 * mime_headers_get_references:
 * @self: header fields
 *
 * Returns: (array zero-terminated=1): the identifiers in References, the oldest first, without angle
 *   brackets; an empty vector when there are none
 */
const char * const *
mime_headers_get_references (const MimeHeaders *self)
{
  static const char * const none[] = { NULL };

  return self->references != NULL ? (const char * const *) self->references : none;
}

/**
 * mime_headers_get_list_id:
 * @self: header fields
 *
 * Returns: (nullable): the identifier of the mailing list, without angle brackets. RFC 2919
 */
const char *
mime_headers_get_list_id (const MimeHeaders *self)
{
  return self->list_id;
}

/**
 * mime_headers_get_list_post:
 * @self: header fields
 *
 * Returns: (nullable): List-Post as it is written, `<mailto:…>` or NO. RFC 2369
 */
const char *
mime_headers_get_list_post (const MimeHeaders *self)
{
  return self->list_post;
}

/**
 * mime_headers_get_list_unsubscribe:
 * @self: header fields
 *
 * Returns: (nullable): List-Unsubscribe as it is written: `<…>, <…>`. RFC 2369
 */
const char *
mime_headers_get_list_unsubscribe (const MimeHeaders *self)
{
  return self->list_unsubscribe;
}

/**
 * mime_headers_has_one_click_unsubscribe:
 * @self: header fields
 *
 * Returns: whether the sender promises RFC 8058
 */
gboolean
mime_headers_has_one_click_unsubscribe (const MimeHeaders *self)
{
  return self->one_click && self->list_unsubscribe != NULL;
}

/**
 * mime_headers_get_content_type:
 * @self: header fields
 *
 * Returns: (nullable): the media type in lower case, without parameters
 */
const char *
mime_headers_get_content_type (const MimeHeaders *self)
{
  return self->content_type;
}

/**
 * mime_headers_get_auto_submitted:
 * @self: header fields
 *
 * Returns: (nullable): Auto-Submitted as it is written. RFC 3834
 */
const char *
mime_headers_get_auto_submitted (const MimeHeaders *self)
{
  return self->auto_submitted;
}

/**
 * mime_headers_get_authentication:
 * @self: header fields
 *
 * Returns: (nullable): the topmost Authentication-Results. RFC 8601
 */
const char *
mime_headers_get_authentication (const MimeHeaders *self)
{
  return self->authentication;
}

/**
 * mime_headers_is_automatic:
 * @self: header fields
 *
 * Returns: whether a program sent it by itself, so that nothing may answer it by itself
 */
gboolean
mime_headers_is_automatic (const MimeHeaders *self)
{
  if (self->auto_submitted != NULL && *self->auto_submitted != '\0')
    return g_ascii_strncasecmp (self->auto_submitted, "no", 2) != 0;

  return self->bulk || self->list_id != NULL;
}

/**
 * mime_headers_get_n_fields:
 * @self: header fields
 *
 * Returns: how many fields there are
 */
guint
mime_headers_get_n_fields (const MimeHeaders *self)
{
  return self->n_fields;
}

/**
 * mime_headers_get_field:
 * @self: header fields
 * @position: counted from 0
 * @out_name: (out) (optional) (transfer full): its name as written
 * @out_raw: (out) (optional) (transfer full): its value as written, not unfolded; of any encoding
 *
 * Returns: whether there is such a field
 */
gboolean
mime_headers_get_field (const MimeHeaders  *self,
                        guint               position,
                        char              **out_name,
                        char              **out_raw)
{
  const char *base = g_bytes_get_data (self->block, NULL);

  if (position >= self->n_fields)
    return FALSE;
  if (out_name != NULL)
    *out_name = g_strndup (base + self->fields[position].name, self->fields[position].name_size);
  if (out_raw != NULL)
    *out_raw = g_strndup (base + self->fields[position].value, self->fields[position].value_size);

  return TRUE;
}

static const Field *
find_field (const MimeHeaders *self,
            const char        *field_name)
{
  const char *base = g_bytes_get_data (self->block, NULL);
  gsize size = strlen (field_name);

  for (guint i = 0; i < self->n_fields; i++)
    if (self->fields[i].name_size == size &&
        g_ascii_strncasecmp (base + self->fields[i].name, field_name, size) == 0)
      return &self->fields[i];

  return NULL;
}

/**
 * mime_headers_dup_raw:
 * @self: header fields
 * @field_name: a name in any case
 *
 * Returns: (transfer full) (nullable): the value of the first field of that name as written, not
 *   unfolded, of any encoding
 */
char *
mime_headers_dup_raw (const MimeHeaders *self,
                      const char        *field_name)
{
  const char *base = g_bytes_get_data (self->block, NULL);
  const Field *field = find_field (self, field_name);

  return field != NULL ? g_strndup (base + field->value, field->value_size) : NULL;
}

/**
 * mime_headers_dup_text:
 * @self: header fields
 * @field_name: a name in any case
 *
 * Returns: (transfer full) (nullable): the value of the first field of that name, decoded as
 *   mime_header_text_decode() does
 */
char *
mime_headers_dup_text (const MimeHeaders *self,
                       const char        *field_name)
{
  const char *base = g_bytes_get_data (self->block, NULL);
  const Field *field = find_field (self, field_name);

  return field != NULL ? mime_header_text_decode (base + field->value, field->value_size) : NULL;
}

/**
 * mime_headers_get_size_bytes:
 * @self: header fields
 *
 * Returns: how long the block was, with the empty line that ended it
 */
gsize
mime_headers_get_size_bytes (const MimeHeaders *self)
{
  return self->size_bytes;
}

/*
 * mime_headers_is_ended:
 * @self: header fields
 *
 * Returns: whether the block ended with an empty line
 */
gboolean
mime_headers_is_ended (const MimeHeaders *self)
{
  return self->ended;
}
