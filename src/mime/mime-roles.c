/*
 * What each part of a message is for: which one is read, which ones are files. RFC 2046 section 5.1
 * says what multiparts mean, and programs send something near it.
 */
#include "mime-part-private.h"

#include <string.h>

typedef struct
{
  GArray *items; /* (element-type MimeBodyItem) */
} Roles;

static void assign (Roles        *roles,
                    MimePart     *part,
                    MimeBodyItem *alternative);

static gboolean
is_empty (const MimePart *part)
{
  g_autofree char *text = mime_part_dup_text (part);

  return text[strspn (text, " \t\n")] == '\0';
}

/*
 * Adds to what is read; in a multipart/alternative to the piece that its children share. Of two children
 * of one kind the first counts, unless it is empty: RFC 2046 section 5.1.4 would have the last one, but
 * those who send two put the text first and something else behind it.
 */
static void
add_body (Roles        *roles,
          MimePart     *part,
          MimeBodyItem *alternative,
          gboolean      is_html)
{
  MimeBodyItem item = { 0 };
  MimePart **slot;

  part->role = is_html ? MIME_ROLE_HTML : MIME_ROLE_TEXT;
  if (alternative == NULL)
    {
      if (is_html)
        item.html = part;
      else
        item.text = part;
      g_array_append_val (roles->items, item);
      return;
    }

  slot = is_html ? &alternative->html : &alternative->text;
  if (*slot != NULL && !is_empty (*slot))
    part->role = MIME_ROLE_ALTERNATIVE;
  else
    {
      if (*slot != NULL)
        (*slot)->role = MIME_ROLE_ALTERNATIVE;
      *slot = part;
    }
}

static gboolean
is_readable_text (const MimePart *part)
{
  return mime_part_is_type (part, "text/plain") || mime_part_is_type (part, "text/html");
}

static void
assign_leaf (Roles        *roles,
             MimePart     *part,
             MimeBodyItem *alternative)
{
  gboolean named = mime_part_get_given_name (part) != NULL;

  part->role = MIME_ROLE_ATTACHMENT;
  if (mime_part_is_type (part, "text/calendar") || mime_part_is_type (part, "application/ics"))
    part->role = MIME_ROLE_CALENDAR;
  else if (is_readable_text (part) && part->disposition != MIME_DISPOSITION_ATTACHMENT &&
           /* a text file sent "inline" below the text is still a file */
           (!named || alternative != NULL || roles->items->len == 0))
    add_body (roles, part, alternative, mime_part_is_type (part, "text/html"));
  else if (alternative != NULL && !named && part->disposition != MIME_DISPOSITION_ATTACHMENT &&
           g_str_has_prefix (mime_part_get_content_type (part), "text/"))
    part->role = MIME_ROLE_ALTERNATIVE;
}

static void
assign_children (Roles        *roles,
                 MimePart     *part,
                 MimeBodyItem *alternative)
{
  for (guint i = 0; i < mime_part_get_n_children (part); i++)
    assign (roles, mime_part_get_child (part, i), alternative);
}

static void
assign_alternative (Roles        *roles,
                    MimePart     *part,
                    MimeBodyItem *outer)
{
  MimeBodyItem item = { 0 };

  assign_children (roles, part, outer != NULL ? outer : &item);
  if (outer == NULL && (item.text != NULL || item.html != NULL))
    g_array_append_val (roles->items, item);
}

/* RFC 2387: one part is the document, the others are what it refers to. */
static void
assign_related (Roles        *roles,
                MimePart     *part,
                MimeBodyItem *alternative)
{
  const char *start = mime_part_get_parameter (part, "start");
  guint n = mime_part_get_n_children (part), root = 0;

  for (guint i = 0; start != NULL && i < n; i++)
    {
      const char *id = mime_part_get_content_id (mime_part_get_child (part, i));
      gsize size = id != NULL ? strlen (id) : 0;

      if (size > 0 && (g_str_equal (start, id) ||
                       (start[0] == '<' && strncmp (start + 1, id, size) == 0 &&
                        g_str_equal (start + 1 + size, ">"))))
        root = i;
    }

  /* a multipart/alternative as root holds the text as well */
  for (guint i = 0; i < n; i++)
    {
      MimePart *child = mime_part_get_child (part, i);

      if (i == root || child->is_multipart)
        assign (roles, child, alternative);
      else
        child->role = MIME_ROLE_ATTACHMENT;
    }
}

static void
assign_signed (Roles        *roles,
               MimePart     *part,
               MimeBodyItem *alternative)
{
  for (guint i = 0; i < mime_part_get_n_children (part); i++)
    {
      MimePart *child = mime_part_get_child (part, i);

      if (i == 1 && !child->is_multipart)
        child->role = MIME_ROLE_SIGNATURE;
      else
        assign (roles, child, alternative);
    }
}

static void
assign_encrypted (MimePart *part)
{
  for (guint i = 0; i < mime_part_get_n_children (part); i++)
    {
      MimePart *child = mime_part_get_child (part, i);

      child->role = mime_part_is_type (child, "application/pgp-encrypted") ? MIME_ROLE_SIGNATURE
                                                                           : MIME_ROLE_ATTACHMENT;
    }
}

static void
assign (Roles        *roles,
        MimePart     *part,
        MimeBodyItem *alternative)
{
  if (!part->is_multipart)
    {
      assign_leaf (roles, part, alternative);
      return;
    }

  part->role = MIME_ROLE_STRUCTURE;
  if (mime_part_is_type (part, "multipart/alternative"))
    assign_alternative (roles, part, alternative);
  else if (mime_part_is_type (part, "multipart/related"))
    assign_related (roles, part, alternative);
  else if (mime_part_is_type (part, "multipart/signed"))
    assign_signed (roles, part, alternative);
  else if (mime_part_is_type (part, "multipart/encrypted"))
    assign_encrypted (part);
  else
    assign_children (roles, part, alternative);
}

/* Collects the identifiers behind "cid:" in HTML, as keys. RFC 2392. */
static void
collect_content_ids (const MimePart *html,
                     GHashTable     *ids)
{
  g_autofree char *text = mime_part_dup_text (html);

  for (const char *p = text; (p = strchr (p, ':')) != NULL;)
    {
      gsize size;
      g_autofree char *escaped = NULL;
      char *id;

      p++;
      if (p - text < 4 || g_ascii_strncasecmp (p - 4, "cid", 3) != 0)
        continue;
      size = strcspn (p, "\"'<> \t\n)");
      escaped = g_strndup (p, MIN (size, 998));
      id = g_uri_unescape_string (escaped, NULL);
      g_hash_table_add (ids, id != NULL ? id : g_steal_pointer (&escaped));
    }
}

static gboolean
may_be_related (const MimePart *part)
{
  return part->role == MIME_ROLE_ATTACHMENT && part->content_id != NULL && !part->is_nested;
}

static gboolean
has_any_to_relate (GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (may_be_related (parts->pdata[i]))
      return TRUE;

  return FALSE;
}

/* What the HTML shows is no file, wherever in the message it lies and whatever it is called. */
static void
find_related (GPtrArray *parts,
              GArray    *items)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < items->len && has_any_to_relate (parts); i++)
    if (g_array_index (items, MimeBodyItem, i).html != NULL)
      collect_content_ids (g_array_index (items, MimeBodyItem, i).html, ids);
  if (g_hash_table_size (ids) == 0)
    return;

  for (guint i = 0; i < parts->len; i++)
    {
      MimePart *part = parts->pdata[i];

      if (may_be_related (part) && g_hash_table_contains (ids, part->content_id))
        part->role = MIME_ROLE_RELATED;
    }
}

/*
 * mime_roles_assign:
 * @root: the root of a message
 * @parts: (element-type MimePart): all its parts
 * @items: (inout) (element-type MimeBodyItem): gains what is to be read, in order
 */
void
mime_roles_assign (MimePart  *root,
                   GPtrArray *parts,
                   GArray    *items)
{
  Roles roles = { items };

  for (guint i = 0; i < parts->len; i++)
    if (((MimePart *) parts->pdata[i])->is_nested)
      ((MimePart *) parts->pdata[i])->role = MIME_ROLE_NESTED;
  assign (&roles, root, NULL);
  find_related (parts, items);
}
