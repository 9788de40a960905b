/*
 * Names of attachments come from anybody, and end up in a file chooser or in a folder. What leaves here is one
 * component of a path, without surprises for the eye, a shell, or another operating system.
 */
#include "mime-file-name.h"

#include <string.h>

/* The longest ending that is kept when a name is cut. */
#define MAX_EXTENSION_BYTES 20

static const struct
{
  const char *content_type;
  const char *extension;
} extensions[] = {
  { "application/gzip", ".gz" },
  { "application/ics", ".ics" },
  { "application/json", ".json" },
  { "application/msword", ".doc" },
  { "application/ms-tnef", ".dat" },
  { "application/pdf", ".pdf" },
  { "application/pgp-encrypted", ".asc" },
  { "application/pgp-keys", ".asc" },
  { "application/pgp-signature", ".asc" },
  { "application/pkcs7-mime", ".p7m" },
  { "application/pkcs7-signature", ".p7s" },
  { "application/rtf", ".rtf" },
  { "application/vnd.ms-excel", ".xls" },
  { "application/vnd.ms-powerpoint", ".ppt" },
  { "application/vnd.oasis.opendocument.spreadsheet", ".ods" },
  { "application/vnd.oasis.opendocument.text", ".odt" },
  { "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx" },
  { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx" },
  { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx" },
  { "application/x-pkcs7-mime", ".p7m" },
  { "application/x-pkcs7-signature", ".p7s" },
  { "application/xml", ".xml" },
  { "application/zip", ".zip" },
  { "audio/mpeg", ".mp3" },
  { "audio/ogg", ".ogg" },
  { "audio/wav", ".wav" },
  { "image/bmp", ".bmp" },
  { "image/gif", ".gif" },
  { "image/jpeg", ".jpg" },
  { "image/jpg", ".jpg" },
  { "image/png", ".png" },
  { "image/svg+xml", ".svg" },
  { "image/tiff", ".tiff" },
  { "image/webp", ".webp" },
  { "message/delivery-status", ".txt" },
  { "message/global", ".eml" },
  { "message/rfc822", ".eml" },
  { "text/calendar", ".ics" },
  { "text/csv", ".csv" },
  { "text/html", ".html" },
  { "text/markdown", ".md" },
  { "text/plain", ".txt" },
  { "text/rtf", ".rtf" },
  { "text/vcard", ".vcf" },
  { "text/x-diff", ".diff" },
  { "text/x-patch", ".patch" },
  { "text/x-vcard", ".vcf" },
  { "text/xml", ".xml" },
  { "video/mp4", ".mp4" },
  { "video/mpeg", ".mpeg" },
  { "video/webm", ".webm" },
};

/**
 * mime_file_name_get_extension:
 * @content_type: (nullable): a media type in lower case
 *
 * Returns: the usual ending for it with its dot, or an empty string
 */
const char *
mime_file_name_get_extension (const char *content_type)
{
  for (gsize i = 0; content_type != NULL && i < G_N_ELEMENTS (extensions); i++)
    if (g_str_equal (extensions[i].content_type, content_type))
      return extensions[i].extension;

  return "";
}

/* Characters that cannot be seen, or that turn the order of what can: "gpj.exe" read backwards. */
static gboolean
is_hidden (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f && c != 0x200c && c != 0x200d) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static void
append_visible (GString    *safe,
                const char *name)
{
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\t' || c == '\n' || c == '\r' || g_unichar_isspace (c))
        c = ' ';
      if (is_hidden (c) || (c == ' ' && safe->len > 0 && safe->str[safe->len - 1] == ' '))
        continue;
      if (c < 0x80 && strchr ("/\\:*?\"<>|", (int) c) != NULL)
        c = '_';
      g_string_append_unichar (safe, c);
    }
}

/* What Windows and the FAT of memory sticks reserve, with or without an ending. */
static gboolean
is_reserved (const char *name)
{
  static const char * const words[] = { "con", "prn", "aux", "nul", NULL };
  g_autofree char *stem = g_ascii_strdown (name, (gssize) strcspn (name, "."));

  g_strchomp (stem);
  if (g_strv_contains (words, stem))
    return TRUE;
  return strlen (stem) == 4 && g_ascii_isdigit (stem[3]) && stem[3] != '0' &&
         (g_str_has_prefix (stem, "com") || g_str_has_prefix (stem, "lpt"));
}

/* Where the ending begins, or the end of the name when it has none that could be one. */
static gsize
extension_offset (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || strlen (dot) > MAX_EXTENSION_BYTES || dot[1] == '\0')
    return strlen (name);
  return (gsize) (dot - name);
}

/* Cuts the stem so that the name has at most @max bytes; never within a character. */
static void
cut (GString *name,
     gsize    max)
{
  gsize extension = extension_offset (name->str);
  gsize rest = name->len - extension;
  gsize keep;

  if (name->len <= max)
    return;
  keep = max - rest;
  while (keep > 0 && ((guchar) name->str[keep] & 0xc0) == 0x80)
    keep--;
  g_string_erase (name, (gssize) keep, (gssize) (extension - keep));
}

static void
trim (GString *name)
{
  gsize start = 0;

  while (name->len > 0 && (name->str[name->len - 1] == ' ' || name->str[name->len - 1] == '.'))
    g_string_truncate (name, name->len - 1);
  while (name->str[start] == '.' || name->str[start] == ' ')
    start++;
  g_string_erase (name, 0, (gssize) start);
}

/**
 * mime_file_name_make_safe:
 * @name: (nullable): a name from a message, UTF-8
 * @content_type: (nullable): the media type, for the ending of a name that has to be invented
 * @fallback: the stem of such a name
 *
 * Makes one component of a path out of whatever was sent: the last component of a path; no control
 * characters, no marks that hide or reverse text, none of `/ \ : * ? " < > |`, no leading dots or dashes,
 * no trailing dots, no names that Windows reserves; in normal form C, at most
 * %MIME_FILE_NAME_MAX_BYTES bytes with its ending kept.
 *
 * Returns: (transfer full): a name, never empty
 */
char *
mime_file_name_make_safe (const char *name,
                          const char *content_type,
                          const char *fallback)
{
  GString *safe = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  const char *base = normal != NULL ? normal : "";

  for (const char *p = base; *p != '\0'; p++)
    if ((*p == '/' || *p == '\\') && p[1] != '\0')
      base = p + 1;

  append_visible (safe, base);
  trim (safe);
  if (safe->len == 0)
    g_string_printf (safe, "%s%s", fallback, mime_file_name_get_extension (content_type));
  if (safe->str[0] == '-')
    safe->str[0] = '_';
  if (is_reserved (safe->str))
    g_string_prepend_c (safe, '_');
  cut (safe, MIME_FILE_NAME_MAX_BYTES);

  return g_string_free (safe, FALSE);
}

/**
 * mime_file_name_make_unique:
 * @name: a safe name
 * @taken: (element-type utf8 utf8): a set of names in use, case folded; owns its keys, gains the result
 *
 * Returns: (transfer full): @name, or `name (2).ending` and so on, in use by nobody else
 */
char *
mime_file_name_make_unique (const char *name,
                            GHashTable *taken)
{
  gsize extension = extension_offset (name);
  char *unique = g_strdup (name);

  for (guint n = 2;; n++)
    {
      g_autofree char *folded = g_utf8_casefold (unique, -1);
      g_autofree char *suffix = NULL;
      GString *next;

      if (!g_hash_table_contains (taken, folded))
        {
          g_hash_table_add (taken, g_steal_pointer (&folded));
          return unique;
        }
      g_free (unique);
      suffix = g_strdup_printf (" (%u)", n);
      next = g_string_new_len (name, (gssize) extension);
      g_string_append (next, name + extension);
      cut (next, MIME_FILE_NAME_MAX_BYTES - strlen (suffix));
      g_string_insert (next, (gssize) extension_offset (next->str), suffix);
      unique = g_string_free (next, FALSE);
    }
}
