#include "mime-message-id.h"

#include "mime-message-id-private.h"
#include "mime-address.h"

#include <string.h>

/* RFC 5322 allows no line longer than this, so that an identifier cannot be either. */
#define MAX_ID_SIZE 998

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* An identifier without the blanks that folding and broken programs put into it, or NULL. */
static char *
take_id (const char *start,
         gsize       size)
{
  g_autofree char *id = NULL;
  gsize n = 0;

  if (size == 0 || size > MAX_ID_SIZE)
    return NULL;
  id = g_malloc (size + 1);
  for (gsize i = 0; i < size; i++)
    if ((guchar) start[i] > ' ' && start[i] != 0x7f && start[i] != '<' && start[i] != '>')
      id[n++] = start[i];
  id[n] = '\0';
  if (n == 0)
    return NULL;

  return g_utf8_validate_len (id, n, NULL) ? g_steal_pointer (&id)
                                           : g_utf8_make_valid (id, (gssize) n);
}

/*
 * mime_message_id_next:
 * @p: (inout): where to read on
 * @end: the end of the field
 *
 * Takes the next message identifier out of a field. Words outside of angle brackets are identifiers only
 * when they hold an '@': In-Reply-To was prose once. RFC 5322 section 3.6.4.
 *
 * Returns: (transfer full) (nullable): it, without brackets
 */
char *
mime_message_id_next (const char **p,
               const char  *end)
{
  while (*p < end)
    {
      const char *start = *p, *stop;
      char *id;

      if (*start == '<')
        {
          start++;
          for (stop = start; stop < end && *stop != '>' && *stop != '<'; stop++)
            ;
          *p = stop < end && *stop == '>' ? stop + 1 : stop;
          id = take_id (start, (gsize) (stop - start));
          if (id != NULL)
            return id;
        }
      else if (is_blank (*start) || *start == ',' || *start == '>')
        (*p)++;
      else
        {
          for (stop = start; stop < end && !is_blank (*stop) && *stop != '<' && *stop != ','; stop++)
            ;
          *p = stop;
          if (memchr (start, '@', (gsize) (stop - start)) != NULL &&
              (id = take_id (start, (gsize) (stop - start))) != NULL)
            return id;
        }
    }

  return NULL;
}

/*
 * mime_message_id_single:
 * @bytes: the value of a Message-ID field
 * @size_bytes: its size
 *
 * Returns: (transfer full) (nullable): the identifier, without brackets
 */
char *
mime_message_id_single (const char *bytes,
                 gsize       size_bytes)
{
  const char *p = bytes, *end = bytes + size_bytes;
  char *id = mime_message_id_next (&p, end);

  if (id != NULL)
    return id;

  /* one without an '@' is still what its sender calls it */
  for (p = bytes; p < end && is_blank (*p); p++)
    ;
  for (bytes = p; p < end && !is_blank (*p); p++)
    ;
  return take_id (bytes, (gsize) (p - bytes));
}

/**
 * mime_message_id_new:
 * @address: the address of the sender, whose domain it takes; perhaps without one
 *
 * Makes a Message-ID that nobody else makes: 128 random bits and the time. Neither the name of this
 * computer nor that of its user is in it. RFC 5322 section 3.6.4.
 *
 * Returns: (transfer full): it, without angle brackets
 */
char *
mime_message_id_new (const char *address)
{
  g_autofree char *wire = mime_address_to_wire (address);
  g_autofree char *domain = wire != NULL ? mime_address_dup_domain (wire) : NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  GString *id = g_string_new (NULL);

  for (const char *p = uuid; *p != '\0'; p++)
    if (*p != '-')
      g_string_append_c (id, *p);
  g_string_append_printf (id, ".%" G_GINT64_MODIFIER "x@", g_get_real_time () / 1000);
  g_string_append (id, domain != NULL && *domain != '[' ? domain : "localhost.invalid");

  return g_string_free (id, FALSE);
}
