#include "mime-references.h"

#include "mime-message-id-private.h"

#include <string.h>

/* The most of a References field that is kept: its beginning names the thread, its end the parents. */
#define MAX_REFERENCES 500

/* So many are faster compared one by one. */
#define FEW 12

/* The most that our own References field holds. */
#define MAX_WRITTEN 50

/* A few are compared one by one; from then on there is a table of them. */
static gboolean
is_seen (GPtrArray   *ids,
         GHashTable **seen,
         const char  *id)
{
  if (ids->len < FEW)
    {
      for (guint i = 0; i < ids->len; i++)
        if (g_str_equal (ids->pdata[i], id))
          return TRUE;
      return FALSE;
    }

  if (*seen == NULL)
    {
      *seen = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < ids->len; i++)
        g_hash_table_add (*seen, ids->pdata[i]);
    }

  return g_hash_table_contains (*seen, id);
}

/**
 * mime_references_parse:
 * @bytes: the value of a References or In-Reply-To field
 * @size_bytes: its size, or -1 when it ends with a NUL
 *
 * Reads message identifiers. Repeated ones are left out; of more than 500 the first and the last are
 * kept. RFC 5322 section 3.6.4.
 *
 * Returns: (transfer full): a vector of them without brackets, perhaps empty
 */
char **
mime_references_parse (const char *bytes,
                       gssize      size_bytes)
{
  const char *p = bytes;
  const char *end = bytes + (size_bytes < 0 ? strlen (bytes) : (gsize) size_bytes);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) seen = NULL;
  char *id;

  while ((id = mime_message_id_next (&p, end)) != NULL)
    {
      if (is_seen (ids, &seen, id))
        {
          g_free (id);
          continue;
        }
      if (ids->len == MAX_REFERENCES)
        {
          g_hash_table_remove (seen, ids->pdata[1]);
          g_ptr_array_remove_index (ids, 1);
        }
      g_ptr_array_add (ids, id);
      if (seen != NULL)
        g_hash_table_add (seen, id);
    }
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

/**
 * mime_references_for_reply:
 * @headers: the message that is answered
 *
 * Builds the References of an answer: those of @headers, or its In-Reply-To when it has none, and its
 * Message-ID. Of more than 50 the first and the last are kept. RFC 5322 section 3.6.4.
 *
 * Returns: (transfer full): a vector of identifiers without brackets, perhaps empty
 */
char **
mime_references_for_reply (const MimeHeaders *headers)
{
  const char * const *before = mime_headers_get_references (headers);
  const char *in_reply_to = mime_headers_get_in_reply_to (headers);
  const char *message_id = mime_headers_get_message_id (headers);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; before[i] != NULL; i++)
    if (message_id == NULL || !g_str_equal (before[i], message_id))
      g_ptr_array_add (ids, g_strdup (before[i]));
  if (ids->len == 0 && in_reply_to != NULL)
    g_ptr_array_add (ids, g_strdup (in_reply_to));
  if (message_id != NULL)
    g_ptr_array_add (ids, g_strdup (message_id));
  if (ids->len > MAX_WRITTEN)
    g_ptr_array_remove_range (ids, 1, ids->len - MAX_WRITTEN);
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (ids, FALSE);
}
