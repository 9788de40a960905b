#include "sync-message.h"

#include "sync-structure.h"

#include <string.h>

/* A message of which only parts are here, being put together again. */
typedef struct
{
  StoreReader *reader;  /* (unowned) */
  gint64 location_id;
  GPtrArray *parts;     /* (owned) (element-type SyncPart) */
  guint at;             /* the part that is next */
  GByteArray *bytes;    /* (owned) */
  gboolean is_whole;    /* no part is missing so far */
} Composition;

static void
add_text (Composition *composition,
          const char *text)
{
  g_byte_array_append (composition->bytes, (const guint8 *) text, strlen (text));
}

static gboolean
add_section (Composition *composition,
             const char *section,
             GError **error)
{
  GError *local_error = NULL;
  g_autoptr(GBytes) bytes = store_reader_load_body (composition->reader, composition->location_id,
                                                    section, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (bytes == NULL)
    {
      composition->is_whole = FALSE;
      return TRUE;
    }

  g_byte_array_append (composition->bytes, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
is_child (const SyncPart *part,
          const SyncPart *parent)
{
  gsize size = strlen (parent->section);

  if (size == 0)
    return TRUE;

  return strncmp (part->section, parent->section, size) == 0 && part->section[size] == '.';
}

static gboolean add_body (Composition *composition,
                          GError **error);

static gboolean
add_children (Composition *composition,
              const SyncPart *parent,
              GError **error)
{
  while (composition->at < composition->parts->len)
    {
      const SyncPart *child = g_ptr_array_index (composition->parts, composition->at);
      g_autofree char *mime_section = g_strconcat (child->section, ".MIME", NULL);

      if (!is_child (child, parent))
        break;

      add_text (composition, "\r\n--");
      add_text (composition, parent->boundary);
      add_text (composition, "\r\n");
      if (!add_section (composition, mime_section, error) || !add_body (composition, error))
        return FALSE;
    }

  add_text (composition, "\r\n--");
  add_text (composition, parent->boundary);
  add_text (composition, "--\r\n");
  return TRUE;
}

static gboolean
add_body (Composition *composition,
          GError **error)
{
  const SyncPart *part = g_ptr_array_index (composition->parts, composition->at++);

  if (g_str_has_prefix (part->content_type, "multipart/") && part->boundary != NULL)
    return add_children (composition, part, error);

  return add_section (composition, part->section, error);
}

static GBytes *
compose (StoreReader *reader,
         gint64 location_id,
         gboolean *out_is_whole,
         GError **error)
{
  g_autoptr(StoreMessage) message = store_reader_get_message (reader, location_id, error);
  g_autoptr(GPtrArray) parts = NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  Composition composition = {
    .reader = reader,
    .location_id = location_id,
    .bytes = bytes,
    .is_whole = TRUE,
  };

  if (message == NULL)
    return NULL;

  parts = sync_structure_parse (message->structure);
  if (parts->len == 0)
    return NULL;

  composition.parts = parts;
  if (!add_section (&composition, "HEADER", error))
    return NULL;
  if (bytes->len == 0)
    return NULL;
  if (!add_body (&composition, error))
    return NULL;

  *out_is_whole = composition.is_whole;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * sync_message_read:
 * @reader: a reader of the calling thread
 * @out_is_whole: (out): whether no part of it is missing
 *
 * Reads what is here of a message. Small messages are kept whole, under %STORE_SECTION_WHOLE. Of
 * larger ones "HEADER", the "N.MIME" header of every part and the text parts "N" are kept: they
 * are put together to a message in which the other parts have their headers and no content. Such
 * a message has the structure and the names of the original; its bytes between the parts
 * are not the original's.
 *
 * Returns: (transfer full) (nullable): the message; %NULL, without @error, if nothing of it is here
 */
GBytes *
sync_message_read (StoreReader *reader,
                   gint64 location_id,
                   gboolean *out_is_whole,
                   GError **error)
{
  GError *local_error = NULL;
  GBytes *bytes = store_reader_load_body (reader, location_id, STORE_SECTION_WHOLE, &local_error);

  *out_is_whole = bytes != NULL;
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }

  return bytes != NULL ? bytes : compose (reader, location_id, out_is_whole, error);
}
