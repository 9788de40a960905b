#include "mime-message.h"

#include "mime-file-name.h"
#include "mime-html.h"
#include "mime-part-private.h"
#include "mime-text.h"

#include <string.h>

/* How much of a long text its preview is made of. */
#define PREVIEW_BYTES 1024

/* Immutable once made; all threads may read it. */
struct _MimeMessage
{
  gatomicrefcount  ref_count;
  GBytes          *bytes;       /* (owned) */
  MimeHeaders     *headers;     /* (owned) */
  GPtrArray       *parts;       /* (owned) (element-type MimePart): in order, the root first */
  GPtrArray       *attachments; /* (owned) (element-type MimePart): borrowed from @parts */
  GArray          *items;       /* (owned) (element-type MimeBodyItem): what is read, in order */
  MimeProblems     problems;
};

G_DEFINE_BOXED_TYPE (MimeMessage, mime_message, mime_message_ref, mime_message_unref)

static char *
invent_name (const MimePart *part)
{
  const char *type = mime_part_get_content_type (part);

  if (part->is_message && part->subject != NULL && *part->subject != '\0')
    {
      g_autofree char *flat = g_strdelimit (g_strdup (part->subject), "/\\", '_');
      g_autofree char *name = g_strconcat (flat, ".eml", NULL);

      return mime_file_name_make_safe (name, type, "message");
    }
  if (part->is_message)
    return mime_file_name_make_safe (NULL, type, "message");
  if (part->role == MIME_ROLE_CALENDAR)
    return mime_file_name_make_safe (NULL, type, "invitation");
  if (part->role == MIME_ROLE_SIGNATURE)
    return mime_file_name_make_safe (NULL, type, "signature");

  return mime_file_name_make_safe (NULL, type, "attachment");
}

static void
name_files (MimeMessage *self)
{
  g_autoptr(GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      MimePart *part = self->parts->pdata[i];
      const char *given = mime_part_get_given_name (part);
      g_autofree char *safe = NULL;

      if (part->role == MIME_ROLE_STRUCTURE || part->role == MIME_ROLE_NESTED ||
          ((part->role == MIME_ROLE_TEXT || part->role == MIME_ROLE_HTML) && given == NULL))
        continue;
      safe = given != NULL ? mime_file_name_make_safe (given, mime_part_get_content_type (part),
                                                       "attachment")
                           : invent_name (part);
      part->file_name = mime_file_name_make_unique (safe, taken);
      if (part->role == MIME_ROLE_ATTACHMENT || part->role == MIME_ROLE_CALENDAR)
        g_ptr_array_add (self->attachments, part);
    }
}

/**
 * mime_message_new:
 * @bytes: a message as it came, kept
 *
 * Reads a message. Never fails: whatever cannot be understood is kept as text or as a file, and
 * mime_message_get_problems() tells of it.
 *
 * Limits: 40 levels, 4,000 parts.
 *
 * Returns: (transfer full): the message, immutable and free to be used by any thread
 */
MimeMessage *
mime_message_new (GBytes *bytes)
{
  MimeMessage *self;
  MimePart *root;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_new0 (MimeMessage, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->bytes = g_bytes_ref (bytes);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) mime_part_free);
  self->attachments = g_ptr_array_new ();
  self->items = g_array_new (FALSE, FALSE, sizeof (MimeBodyItem));

  root = mime_structure_parse (bytes, NULL, self->parts, &self->headers, &self->problems);
  mime_roles_assign (root, self->parts, self->items);
  name_files (self);

  return self;
}

/**
 * mime_message_ref:
 * @self: a message
 *
 * Returns: (transfer full): @self
 */
MimeMessage *
mime_message_ref (MimeMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mime_message_unref:
 * @self: (transfer full): a message
 */
void
mime_message_unref (MimeMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->attachments);
  g_ptr_array_unref (self->parts);
  g_array_unref (self->items);
  mime_headers_unref (self->headers);
  g_bytes_unref (self->bytes);
  g_free (self);
}

/**
 * mime_message_get_bytes:
 * @self: a message
 *
 * Returns: (transfer none): the bytes that it was read from
 */
GBytes *
mime_message_get_bytes (const MimeMessage *self)
{
  return self->bytes;
}

/**
 * mime_message_get_headers:
 * @self: a message
 *
 * Returns: (transfer none): its header
 */
MimeHeaders *
mime_message_get_headers (const MimeMessage *self)
{
  return self->headers;
}

/**
 * mime_message_get_problems:
 * @self: a message
 *
 * Returns: what is wrong with it and its parts
 */
MimeProblems
mime_message_get_problems (const MimeMessage *self)
{
  return self->problems;
}

/**
 * mime_message_is_complete:
 * @self: a message
 *
 * Whether all of it seems to be there. A text without an announced end, cut at the end of a line, cannot
 * be told from a whole one.
 *
 * Returns: %FALSE when a note should be shown
 */
gboolean
mime_message_is_complete (const MimeMessage *self)
{
  return (self->problems & (MIME_PROBLEM_HEADERS_CUT | MIME_PROBLEM_BOUNDARY_MISSING |
                            MIME_PROBLEM_BOUNDARY_UNKNOWN | MIME_PROBLEM_ENCODING_CUT |
                            MIME_PROBLEM_PARTIAL | MIME_PROBLEM_LIMIT)) == 0;
}

static MimeProtection
structure_protection (const MimePart *part)
{
  const char *protocol = mime_part_get_parameter (part, "protocol");
  const char *kind = mime_part_get_parameter (part, "smime-type");

  if (mime_part_is_type (part, "multipart/signed"))
    return protocol != NULL && g_ascii_strncasecmp (protocol, "application/pgp", 15) == 0
             ? MIME_PROTECTION_PGP_SIGNED : MIME_PROTECTION_SMIME_SIGNED;
  if (mime_part_is_type (part, "multipart/encrypted"))
    return MIME_PROTECTION_PGP_ENCRYPTED;
  if (mime_part_is_type (part, "application/pkcs7-mime") ||
      mime_part_is_type (part, "application/x-pkcs7-mime"))
    return kind != NULL && g_ascii_strcasecmp (kind, "signed-data") == 0
             ? MIME_PROTECTION_SMIME_SIGNED : MIME_PROTECTION_SMIME_ENCRYPTED;

  return MIME_PROTECTION_NONE;
}

/**
 * mime_message_get_protection:
 * @self: a message
 *
 * Looks for a signature or encryption around the message or its text. RFC 1847, RFC 3156, RFC 8551.
 *
 * Returns: the outermost that is found; nothing is verified
 */
MimeProtection
mime_message_get_protection (const MimeMessage *self)
{
  MimePart *text = mime_message_get_text_part (self);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const MimePart *part = self->parts->pdata[i];
      MimeProtection protection = part->is_nested ? MIME_PROTECTION_NONE
                                                  : structure_protection (part);

      if (protection != MIME_PROTECTION_NONE)
        return protection;
    }

  if (text != NULL)
    {
      g_autofree char *content = mime_part_dup_text (text);
      const char *start = content + strspn (content, " \t\n");

      if (g_str_has_prefix (start, "-----BEGIN PGP MESSAGE-----") ||
          g_str_has_prefix (start, "-----BEGIN PGP SIGNED MESSAGE-----"))
        return MIME_PROTECTION_PGP_INLINE;
    }

  return MIME_PROTECTION_NONE;
}

/**
 * mime_message_get_root:
 * @self: a message
 *
 * Returns: (transfer none): the part that is its whole body
 */
MimePart *
mime_message_get_root (const MimeMessage *self)
{
  return self->parts->pdata[0];
}

/**
 * mime_message_get_n_parts:
 * @self: a message
 *
 * Returns: how many parts there are, multiparts and the parts of attached messages counted
 */
guint
mime_message_get_n_parts (const MimeMessage *self)
{
  return self->parts->len;
}

/**
 * mime_message_get_part:
 * @self: a message
 * @position: counted from 0, the root
 *
 * Returns: (transfer none): a part
 */
MimePart *
mime_message_get_part (const MimeMessage *self,
                       guint              position)
{
  g_return_val_if_fail (position < self->parts->len, NULL);

  return self->parts->pdata[position];
}

/**
 * mime_message_find_section:
 * @self: a message
 * @section: a section number, `1.2`
 *
 * Returns: (transfer none) (nullable): the part of that number
 */
MimePart *
mime_message_find_section (const MimeMessage *self,
                           const char        *section)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      MimePart *part = self->parts->pdata[i];

      if (g_str_equal (part->section, section))
        return part;
    }

  return NULL;
}

/**
 * mime_message_find_content_id:
 * @self: a message
 * @content_id: without angle brackets, as it stands behind `cid:`, percent-decoded
 *
 * Returns: (transfer none) (nullable): the part that HTML refers to so. RFC 2392
 */
MimePart *
mime_message_find_content_id (const MimeMessage *self,
                              const char        *content_id)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      MimePart *part = self->parts->pdata[i];

      if (!part->is_nested && part->content_id != NULL &&
          g_str_equal (part->content_id, content_id))
        return part;
    }

  return NULL;
}

/**
 * mime_message_get_text_part:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the plain text to be shown, the first part of it when there are
 *   several
 */
MimePart *
mime_message_get_text_part (const MimeMessage *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_array_index (self->items, MimeBodyItem, i).text != NULL)
      return g_array_index (self->items, MimeBodyItem, i).text;

  return NULL;
}

/**
 * mime_message_get_html_part:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the HTML to be shown
 */
MimePart *
mime_message_get_html_part (const MimeMessage *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_array_index (self->items, MimeBodyItem, i).html != NULL)
      return g_array_index (self->items, MimeBodyItem, i).html;

  return NULL;
}

/**
 * mime_message_get_attachments:
 * @self: a message
 *
 * Returns: (transfer none) (element-type MimePart): the files, invitations and attached messages, in order
 */
GPtrArray *
mime_message_get_attachments (const MimeMessage *self)
{
  return self->attachments;
}

static char *
join_text (const MimeMessage  *self,
           char              *(*from_html) (const char *, gssize))
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->items->len; i++)
    {
      const MimeBodyItem *item = &g_array_index (self->items, MimeBodyItem, i);
      g_autofree char *plain = item->text != NULL ? mime_part_dup_text (item->text) : NULL;

      /* programs that have nothing to say in plain text send an empty part */
      if (item->html != NULL && (plain == NULL || plain[strspn (plain, " \t\n")] == '\0'))
        {
          g_autofree char *html = mime_part_dup_text (item->html);

          g_free (plain);
          plain = from_html (html, -1);
        }
      if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c (text, '\n');
      g_string_append (text, plain);
    }

  return g_string_free (text, FALSE);
}

/**
 * mime_message_dup_text:
 * @self: a message
 *
 * All that is to be read as plain text: the plain form where there is one, else the HTML as text, and
 * what mailing lists add below.
 *
 * Returns: (transfer full): UTF-8, lines ending with LF; perhaps empty
 */
char *
mime_message_dup_text (const MimeMessage *self)
{
  return join_text (self, mime_html_to_text);
}

/**
 * mime_message_dup_words:
 * @self: a message
 *
 * As mime_message_dup_text(), without the targets of links in HTML: for the search index.
 *
 * Returns: (transfer full): UTF-8, lines ending with LF; perhaps empty
 */
char *
mime_message_dup_words (const MimeMessage *self)
{
  return join_text (self, mime_html_to_words);
}

/**
 * mime_message_dup_html:
 * @self: a message
 *
 * All that is to be read, as HTML as it came: nothing is made safe. Pieces that are plain text are
 * written as HTML.
 *
 * Returns: (transfer full) (nullable): UTF-8, or %NULL when the message has no HTML
 */
char *
mime_message_dup_html (const MimeMessage *self)
{
  GString *html;

  if (mime_message_get_html_part (self) == NULL)
    return NULL;

  html = g_string_new (NULL);
  for (guint i = 0; i < self->items->len; i++)
    {
      const MimeBodyItem *item = &g_array_index (self->items, MimeBodyItem, i);
      g_autofree char *piece = mime_part_dup_text (item->html != NULL ? item->html : item->text);

      if (item->html == NULL)
        {
          g_autofree char *plain = g_steal_pointer (&piece);

          piece = mime_html_from_text (plain);
        }
      g_string_append (html, piece);
    }

  return g_string_free (html, FALSE);
}

/* Texts whose ASCII means ASCII wherever it stands. */
static gboolean
has_plain_encoding (const MimePart *part)
{
  const char *charset = mime_part_get_parameter (part, "charset");

  return mime_part_is_type (part, "text/plain") && mime_part_get_parameter (part, "format") == NULL &&
         (*part->encoding == '\0' || g_str_equal (part->encoding, "7bit") ||
          g_str_equal (part->encoding, "8bit")) &&
         (charset == NULL || g_ascii_strcasecmp (charset, "utf-8") == 0 ||
          g_ascii_strcasecmp (charset, "us-ascii") == 0 ||
          g_ascii_strncasecmp (charset, "iso-8859-", 9) == 0 ||
          g_ascii_strncasecmp (charset, "windows-125", 11) == 0);
}

/* The beginning of a long text, when it is ASCII, with its lines ending with LF. */
static char *
dup_ascii_beginning (const MimePart *part)
{
  gsize size;
  const char *data = g_bytes_get_data (part->body, &size);
  g_autofree char *beginning = NULL;
  const char *end;
  char *out;

  if (size <= PREVIEW_BYTES || !has_plain_encoding (part))
    return NULL;
  end = memrchr (data, '\n', PREVIEW_BYTES);
  if (end == NULL)
    return NULL;

  out = beginning = g_malloc (PREVIEW_BYTES + 1);
  for (const char *p = data; p <= end; p++)
    {
      if ((guchar) *p >= 0x7f || (*p < ' ' && strchr ("\r\n\t", *p) == NULL) || *p == '\0' ||
          (*p == '\r' && p[1] != '\n'))
        return NULL;
      if (*p != '\r')
        *out++ = *p;
    }
  *out = '\0';

  return g_steal_pointer (&beginning);
}

/* Most texts are far longer than their preview: only their beginning is decoded, when that does. */
static char *
dup_preview_of_beginning (const MimeMessage *self,
                          gsize              max_chars)
{
  const MimeBodyItem *item = self->items->len > 0 ? &g_array_index (self->items, MimeBodyItem, 0)
                                                  : NULL;
  g_autofree char *beginning = item != NULL && item->text != NULL
                                 ? dup_ascii_beginning (item->text) : NULL;

  return beginning != NULL ? mime_text_preview_of_beginning (beginning, max_chars) : NULL;
}

/**
 * mime_message_dup_preview:
 * @self: a message
 * @max_chars: how many characters to give at most
 *
 * Returns: (transfer full): its beginning in one line, as mime_text_preview() makes it
 */
char *
mime_message_dup_preview (const MimeMessage *self,
                          gsize              max_chars)
{
  char *preview = dup_preview_of_beginning (self, max_chars);
  g_autofree char *text = NULL;

  if (preview != NULL)
    return preview;

  text = mime_message_dup_words (self);
  return mime_text_preview (text, max_chars);
}
