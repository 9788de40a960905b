#include "sync-facts.h"

#include "mime-headers.h"
#include "store-flags.h"

static const struct
{
  guint imap;
  guint32 store;
} system_flags[] = {
  { IMAP_FLAG_SEEN, STORE_FLAG_SEEN },       { IMAP_FLAG_ANSWERED, STORE_FLAG_ANSWERED },
  { IMAP_FLAG_FLAGGED, STORE_FLAG_FLAGGED }, { IMAP_FLAG_DELETED, STORE_FLAG_DELETED },
  { IMAP_FLAG_DRAFT, STORE_FLAG_DRAFT },
};

/**
 * sync_flags_from_imap:
 * @out_keywords: (out) (transfer full) (nullable): the keywords that have no bit, as the store
 *   wants them
 *
 * Translates a server's flags. \Recent is about sessions and not about messages: it is left out.
 *
 * Returns: a mask of the store's flags
 */
guint32
sync_flags_from_imap (const ImapFlagList *list,
                      char **out_keywords)
{
  g_autoptr(GString) keywords = NULL;
  guint32 flags = 0;

  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    if ((list->system & system_flags[i].imap) != 0)
      flags |= system_flags[i].store;

  for (guint i = 0; i < list->n_keywords; i++)
    {
      guint32 flag = store_flags_from_name (list->keywords[i]);

      flags |= flag;
      if (flag != 0)
        continue;
      if (keywords == NULL)
        keywords = g_string_new (NULL);
      else
        g_string_append_c (keywords, ' ');
      g_string_append (keywords, list->keywords[i]);
    }

  *out_keywords = keywords != NULL ? store_keywords_change (NULL, keywords->str, NULL) : NULL;
  return flags;
}

/**
 * sync_flags_to_imap:
 * @keywords: (nullable): names separated by spaces
 * @out_names: (out) (transfer full) (array zero-terminated=1): keywords for the server, those
 *   that have a bit in @flags included
 *
 * Translates flags for a command.
 *
 * Returns: a mask of #ImapFlags
 */
guint
sync_flags_to_imap (guint32 flags,
                    const char *keywords,
                    char ***out_names)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  guint system = 0;

  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    if ((flags & system_flags[i].store) != 0)
      {
        system |= system_flags[i].imap;
        flags &= ~system_flags[i].store;
      }

  for (guint bit = 0; bit < 32; bit++)
    if ((flags & (1u << bit)) != 0 && store_flags_to_name (1u << bit) != NULL)
      g_strv_builder_add (names, store_flags_to_name (1u << bit));

  if (keywords != NULL && *keywords != '\0')
    {
      g_auto(GStrv) words = g_strsplit (keywords, " ", -1);

      g_strv_builder_addv (names, (const char **) words);
    }

  *out_names = g_strv_builder_end (names);
  return system;
}

/* The header fields, or the whole header where a server does not give single fields. That stands
 * beside everything else that was asked for: a header alone is a part of a message that somebody
 * reads. */
static const ImapSection *
find_header_fields (const ImapFetch *fetch)
{
  const guint others = IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE;
  const ImapSection *whole = NULL;

  for (guint i = 0; i < fetch->n_sections; i++)
    {
      const ImapSection *section = &fetch->sections[i];

      if (*section->part != '\0')
        continue;
      if (section->kind == IMAP_SECTION_HEADER_FIELDS)
        return section;
      if (section->kind == IMAP_SECTION_HEADER)
        whole = section;
    }

  return (fetch->items & others) == others ? whole : NULL;
}

/**
 * sync_facts_get_mask:
 * @response: a FETCH response
 *
 * Returns: which facts it brings. Servers may say one message's facts in several responses.
 */
SyncFactsMask
sync_facts_get_mask (const ImapResponse *response)
{
  const ImapFetch *fetch = response->fetch;
  SyncFactsMask mask = 0;

  if ((fetch->items & IMAP_FETCH_FLAGS) != 0)
    mask |= SYNC_FACTS_FLAGS;
  if ((fetch->items & IMAP_FETCH_INTERNALDATE) != 0)
    mask |= SYNC_FACTS_DATE;
  if ((fetch->items & IMAP_FETCH_SIZE) != 0)
    mask |= SYNC_FACTS_SIZE;
  if (find_header_fields (fetch) != NULL)
    mask |= SYNC_FACTS_HEADER;

  return mask;
}

static const StoreAddress *
add_addresses (StoreBatch *batch,
               const MimeHeaders *headers,
               MimeAddressField field,
               guint *out_n_items)
{
  const MimeAddressList *list = mime_headers_get_addresses (headers, field);
  g_autofree StoreAddress *items = NULL;

  *out_n_items = list != NULL ? mime_address_list_get_length (list) : 0;
  if (*out_n_items == 0)
    return NULL;

  items = g_new (StoreAddress, *out_n_items);
  for (guint i = 0; i < *out_n_items; i++)
    {
      const MimeAddress *address = mime_address_list_get (list, i);

      items[i].name = address->name;
      items[i].address = address->address;
    }

  return store_batch_add_addresses (batch, items, *out_n_items);
}

static void
fill_header (StoreMessageFacts *facts,
             StoreBatch *batch,
             const MimeHeaders *headers)
{
  const char *const *references = mime_headers_get_references (headers);
  const char *in_reply_to[] = { mime_headers_get_in_reply_to (headers), NULL };

  facts->message_id = store_batch_add_string (batch, mime_headers_get_message_id (headers));
  facts->subject = store_batch_add_string (batch, mime_headers_get_subject (headers));
  facts->list_id = store_batch_add_string (batch, mime_headers_get_list_id (headers));
  facts->list_unsubscribe = store_batch_add_string (batch,
                                                    mime_headers_get_list_unsubscribe (headers));
  if (mime_headers_has_one_click_unsubscribe (headers))
    facts->list_unsubscribe_post = "List-Unsubscribe=One-Click";
  facts->content_type = store_batch_add_string (batch, mime_headers_get_content_type (headers));
  facts->authentication_results = store_batch_add_string (
      batch, mime_headers_get_authentication (headers));
  facts->is_bulk = mime_headers_is_automatic (headers) || facts->list_id != NULL;
  facts->date_unix = mime_headers_has_date (headers) ? mime_headers_get_date_unix (headers) : 0;

  if (in_reply_to[0] != NULL)
    {
      facts->n_in_reply_to = 1;
      facts->in_reply_to = store_batch_add_strings (batch, in_reply_to, 1);
    }
  if (references != NULL && references[0] != NULL)
    {
      facts->n_references = g_strv_length ((char **) references);
      facts->references = store_batch_add_strings (batch, references, facts->n_references);
    }

  facts->from = add_addresses (batch, headers, MIME_ADDRESS_FIELD_FROM, &facts->n_from);
  facts->sender = add_addresses (batch, headers, MIME_ADDRESS_FIELD_SENDER, &facts->n_sender);
  facts->reply_to = add_addresses (batch, headers, MIME_ADDRESS_FIELD_REPLY_TO,
                                   &facts->n_reply_to);
  facts->to = add_addresses (batch, headers, MIME_ADDRESS_FIELD_TO, &facts->n_to);
  facts->cc = add_addresses (batch, headers, MIME_ADDRESS_FIELD_CC, &facts->n_cc);
  facts->bcc = add_addresses (batch, headers, MIME_ADDRESS_FIELD_BCC, &facts->n_bcc);
}

static void
fill_ids (StoreMessageFacts *facts,
          StoreBatch *batch,
          const ImapFetch *fetch)
{
  char text[32];

  if ((fetch->items & IMAP_FETCH_EMAILID) != 0)
    facts->email_id = store_batch_add_string (batch, fetch->email_id);
  if ((fetch->items & IMAP_FETCH_THREADID) != 0)
    facts->thread_id = store_batch_add_string (batch, fetch->thread_id);

  if ((fetch->items & IMAP_FETCH_GM_MSGID) != 0 && facts->email_id == NULL)
    {
      g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, fetch->gm_message_id);
      facts->email_id = store_batch_add_string (batch, text);
    }
  if ((fetch->items & IMAP_FETCH_GM_THRID) != 0 && facts->thread_id == NULL)
    {
      g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, fetch->gm_thread_id);
      facts->thread_id = store_batch_add_string (batch, text);
    }
}

/**
 * sync_facts_fill:
 * @facts: a message's facts in @batch
 * @response: a FETCH response of the same message
 *
 * Takes over what the response says and leaves what it does not mention. Without a header the facts
 * stay bare.
 */
void
sync_facts_fill (StoreMessageFacts *facts,
                 StoreBatch *batch,
                 const ImapResponse *response)
{
  const ImapFetch *fetch = response->fetch;
  const ImapSection *section = find_header_fields (fetch);

  if ((fetch->items & IMAP_FETCH_FLAGS) != 0)
    {
      g_autofree char *keywords = NULL;

      facts->flags = sync_flags_from_imap (&fetch->flags, &keywords);
      facts->keywords = store_batch_add_string (batch, keywords);
    }
  if ((fetch->items & IMAP_FETCH_INTERNALDATE) != 0)
    facts->internal_date_unix = fetch->internal_date_unix;
  if ((fetch->items & IMAP_FETCH_SIZE) != 0)
    facts->size_bytes = (gint64) MIN (fetch->size_bytes, (guint64) G_MAXINT64);
  if ((fetch->items & IMAP_FETCH_MODSEQ) != 0)
    facts->modseq = fetch->modseq;
  fill_ids (facts, batch, fetch);

  if (section != NULL)
    {
      g_autoptr(MimeHeaders) headers = mime_headers_new (
          section->bytes != NULL ? section->bytes : "",
          section->bytes != NULL ? section->size_bytes : 0);

      fill_header (facts, batch, headers);
      facts->is_bare = FALSE;
    }
}
