#include "mime-reply.h"

#include <string.h>

/* A growing list of recipients, each of which is in it once. */
typedef struct
{
  const MimeAddressList *own;
  GHashTable            *seen;  /* (owned): normalized addresses */
  GArray                *items; /* (owned) (element-type MimeAddress): strings of the headers */
} Recipients;

static void
recipients_init (Recipients            *self,
                 const MimeAddressList *own)
{
  self->own = own;
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->items = g_array_new (FALSE, FALSE, sizeof (MimeAddress));
}

static void
recipients_clear (Recipients *self)
{
  g_hash_table_unref (self->seen);
  g_array_unref (self->items);
}

static void
recipients_add (Recipients            *self,
                const MimeAddressList *list,
                gboolean               with_own)
{
  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    {
      MimeAddress address = *mime_address_list_get (list, i);

      if (strchr (address.address, '@') == NULL ||
          (!with_own && mime_address_list_contains (self->own, address.address)))
        continue;
      address.group = NULL;
      if (g_hash_table_add (self->seen, mime_address_normalize (address.address)))
        g_array_append_val (self->items, address);
    }
}

static MimeAddressList *
recipients_take (Recipients *self)
{
  MimeAddressList *list = mime_address_list_new ((const MimeAddress *) (gpointer) self->items->data,
                                                 self->items->len);

  g_array_set_size (self->items, 0);
  return list;
}

static gboolean
all_own (const MimeAddressList *list,
         const MimeAddressList *own)
{
  for (guint i = 0; i < mime_address_list_get_length (list); i++)
    if (!mime_address_list_contains (own, mime_address_list_get (list, i)->address))
      return FALSE;

  return mime_address_list_get_length (list) > 0;
}

/**
 * mime_reply_list_address:
 * @headers: a message
 *
 * Returns: (transfer full) (nullable): the address to write to its mailing list, by List-Post
 *   (RFC 2369); %NULL when it came by none, or by one that takes no mail
 */
char *
mime_reply_list_address (const MimeHeaders *headers)
{
  const char *post = mime_headers_get_list_post (headers);
  const char *start = post != NULL ? strstr (post, "mailto:") : NULL;
  g_autofree char *address = NULL;

  if (start == NULL)
    return NULL;
  start += strlen ("mailto:");
  address = g_uri_unescape_segment (start, start + strcspn (start, ">? ,"), NULL);

  return address != NULL && mime_address_is_valid (address) ? g_steal_pointer (&address) : NULL;
}

/* Who is written to when somebody answers the author. RFC 5322 section 3.6.3. */
static const MimeAddressList *
reply_target (const MimeHeaders *headers)
{
  static const MimeAddressField fields[] = {
    MIME_ADDRESS_FIELD_MAIL_REPLY_TO, MIME_ADDRESS_FIELD_REPLY_TO, MIME_ADDRESS_FIELD_FROM,
    MIME_ADDRESS_FIELD_SENDER,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const MimeAddressList *list = mime_headers_get_addresses (headers, fields[i]);

      for (guint j = 0; j < mime_address_list_get_length (list); j++)
        if (strchr (mime_address_list_get (list, j)->address, '@') != NULL)
          return list;
    }

  return NULL;
}

/* A list that sets Reply-To to itself: then the author is written to at From. */
static const MimeAddressList *
author (const MimeHeaders *headers)
{
  const MimeAddressList *target = reply_target (headers);
  const MimeAddressList *from = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM);
  g_autofree char *list = mime_reply_list_address (headers);

  if (list != NULL && mime_address_list_get_length (target) == 1 &&
      mime_address_equal (mime_address_list_get (target, 0)->address, list) &&
      mime_address_list_get_length (from) > 0)
    return from;

  return target;
}

/* The list's address as a list of one, or NULL. */
static MimeAddressList *
list_of_list (const MimeHeaders *headers)
{
  g_autofree char *address = mime_reply_list_address (headers);
  MimeAddress item = { NULL, address, NULL };

  return address != NULL ? mime_address_list_new (&item, 1) : NULL;
}

/* The answer to all, when the author asked for certain recipients or not. */
static void
collect_all (const MimeHeaders  *headers,
             Recipients         *recipients,
             gboolean            mine,
             MimeAddressList   **out_to)
{
  const MimeAddressList *to = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO);
  const MimeAddressList *cc = mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_CC);
  const MimeAddressList *followup =
    mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_MAIL_FOLLOWUP_TO);

  if (!mine && mime_address_list_get_length (followup) > 0)
    {
      recipients_add (recipients, followup, FALSE);
      *out_to = recipients_take (recipients);
      return;
    }

  recipients_add (recipients, mine ? to : reply_target (headers), FALSE);
  /* written to a list that took the author's place in Reply-To: the author is not forgotten */
  if (!mine)
    recipients_add (recipients, author (headers), FALSE);
  *out_to = recipients_take (recipients);
  if (!mine)
    recipients_add (recipients, to, FALSE);
  recipients_add (recipients, cc, FALSE);
}

/**
 * mime_reply_recipients:
 * @headers: the message that is answered
 * @own: (nullable): the addresses of the account, with its aliases
 * @kind: who is to get the answer
 * @out_to: (out) (transfer full): for To
 * @out_cc: (out) (transfer full): for Cc
 *
 * Finds the recipients of an answer. One's own addresses are left out, unless nobody else is there; an
 * answer to a message of one's own goes to its recipients again. Reply-To, Mail-Reply-To and
 * Mail-Followup-To are heeded; a Reply-To that a list set to itself is not, when the author alone is
 * to be answered.
 *
 * Returns: whether there is anybody; for %MIME_REPLY_LIST whether there is a list
 */
gboolean
mime_reply_recipients (const MimeHeaders      *headers,
                       const MimeAddressList  *own,
                       MimeReplyKind           kind,
                       MimeAddressList       **out_to,
                       MimeAddressList       **out_cc)
{
  gboolean mine = all_own (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_FROM), own);
  g_autoptr(MimeAddressList) list = list_of_list (headers);
  Recipients recipients;
  gboolean any;

  recipients_init (&recipients, own);
  *out_to = NULL;

  if (kind == MIME_REPLY_LIST)
    recipients_add (&recipients, list, TRUE);
  else if (kind == MIME_REPLY_ALL)
    collect_all (headers, &recipients, mine, out_to);
  else
    recipients_add (&recipients,
                    mine ? mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO)
                         : author (headers), FALSE);
  if (*out_to == NULL)
    *out_to = recipients_take (&recipients);
  *out_cc = recipients_take (&recipients);

  /* nobody but oneself in To: then whoever is in Cc moves up, else one writes to oneself */
  if (mime_address_list_get_length (*out_to) == 0 && kind != MIME_REPLY_LIST)
    {
      mime_address_list_unref (*out_to);
      *out_to = *out_cc;
      if (mime_address_list_get_length (*out_to) == 0)
        {
          mime_address_list_unref (*out_to);
          recipients_add (&recipients, reply_target (headers), TRUE);
          *out_to = recipients_take (&recipients);
        }
      *out_cc = mime_address_list_new (NULL, 0);
    }
  any = mime_address_list_get_length (*out_to) > 0;
  recipients_clear (&recipients);

  return any;
}
