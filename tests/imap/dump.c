#include "dump.h"

#include <string.h>

#include "imap-reader.h"

/* Everything that a response says, as text to compare with */

static void
add_string (GString    *out,
            const char *string)
{
  if (string == NULL)
    g_string_append (out, "NIL");
  else
    g_string_append_printf (out, "'%s'", string);
}

static void
add_words (GString           *out,
           const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "," : "", words[i]);
}

static void
add_flags (GString            *out,
           const ImapFlagList *flags)
{
  g_string_append_printf (out, " flags=%x:", flags->system);
  add_words (out, flags->keywords);
}

static void
add_set (GString          *out,
         const char       *name,
         const ImapUidSet *set)
{
  g_autofree char *text = set != NULL ? imap_uid_set_to_string (set) : NULL;

  if (text != NULL)
    g_string_append_printf (out, " %s=%s", name, text);
}

static void
dump_status (GString          *out,
             const ImapStatus *status)
{
  g_string_append (out, imap_status_kind_get_name (status->kind));
  if (status->code_name != NULL)
    g_string_append_printf (out, " [%s%s]", status->code_name,
                            status->code == IMAP_CODE_OTHER ? "?" : "");
  if (status->has_number)
    g_string_append_printf (out, " number=%" G_GUINT64_FORMAT, status->number);
  if (status->words[0] != NULL)
    {
      g_string_append (out, " words=");
      add_words (out, status->words);
    }
  if (status->code == IMAP_CODE_PERMANENTFLAGS)
    add_flags (out, &status->flags);
  add_set (out, "from", status->from_uids);
  add_set (out, "uids", status->uids);
  for (guint i = 0; i < status->n_copied; i++)
    g_string_append_printf (out, " %u>%u", status->copied_from[i], status->copied_to[i]);
  g_string_append_printf (out, " '%s'", status->text);
}

static void
dump_section (GString           *out,
              const ImapSection *section)
{
  static const char *const kinds[] = { "BODY", "HEADER", "FIELDS", "NOT", "MIME", "TEXT", "BINARY",
                                       "PREVIEW" };

  g_string_append_printf (out, " %s[%s]", kinds[section->kind], section->part);
  if (section->origin >= 0)
    g_string_append_printf (out, "<%" G_GINT64_FORMAT ">", section->origin);
  if (section->is_nil)
    g_string_append (out, "=NIL");
  else if (section->is_dropped)
    g_string_append_printf (out, "=dropped:%" G_GSIZE_FORMAT, section->size_bytes);
  else if (section->size_bytes > 200)
    {
      g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_MD5,
                                                          (const guchar *) section->bytes,
                                                          section->size_bytes);

      g_string_append_printf (out, "=%" G_GSIZE_FORMAT ":%s", section->size_bytes, sum);
    }
  else
    {
      g_autofree char *text = g_strndup (section->bytes, section->size_bytes);
      g_autofree char *escaped = g_strescape (text, NULL);

      g_string_append_printf (out, "='%s'", escaped);
    }
}

static void
dump_fetch (GString            *out,
            const ImapResponse *response)
{
  const ImapFetch *fetch = response->fetch;
  g_autoptr(ImapEnvelope) envelope = imap_response_dup_envelope (response, NULL);
  g_autoptr(ImapStructure) structure = imap_response_dup_structure (response, NULL);

  g_string_append_printf (out, "%u", fetch->sequence);
  if (fetch->items & IMAP_FETCH_UID)
    g_string_append_printf (out, " uid=%u", fetch->uid);
  if (fetch->items & IMAP_FETCH_FLAGS)
    add_flags (out, &fetch->flags);
  if (fetch->items & IMAP_FETCH_INTERNALDATE)
    g_string_append_printf (out, " date=%" G_GINT64_FORMAT, fetch->internal_date_unix);
  if (fetch->items & IMAP_FETCH_SAVEDATE)
    g_string_append_printf (out, " saved=%" G_GINT64_FORMAT, fetch->save_date_unix);
  if (fetch->items & IMAP_FETCH_SIZE)
    g_string_append_printf (out, " size=%" G_GUINT64_FORMAT, fetch->size_bytes);
  if (fetch->items & IMAP_FETCH_MODSEQ)
    g_string_append_printf (out, " modseq=%" G_GUINT64_FORMAT, fetch->modseq);
  if (fetch->items & IMAP_FETCH_EMAILID)
    g_string_append_printf (out, " email=%s", fetch->email_id);
  if (fetch->items & IMAP_FETCH_THREADID)
    g_string_append_printf (out, " thread=%s", fetch->thread_id);
  if (fetch->items & IMAP_FETCH_GM_MSGID)
    g_string_append_printf (out, " gm-msgid=%" G_GUINT64_FORMAT, fetch->gm_message_id);
  if (fetch->items & IMAP_FETCH_GM_THRID)
    g_string_append_printf (out, " gm-thrid=%" G_GUINT64_FORMAT, fetch->gm_thread_id);
  if (fetch->items & IMAP_FETCH_GM_LABELS)
    {
      g_string_append (out, " labels=");
      add_words (out, fetch->gm_labels);
    }
  for (guint i = 0; i < fetch->n_sections; i++)
    dump_section (out, &fetch->sections[i]);
  if (fetch->items & IMAP_FETCH_ENVELOPE)
    {
      g_autofree char *text = envelope != NULL ? dump_envelope (envelope) : g_strdup ("broken");

      g_string_append_printf (out, " envelope={%s}", text);
    }
  if (fetch->items & IMAP_FETCH_BODYSTRUCTURE)
    {
      g_autofree char *text = structure != NULL ? dump_structure (structure) : g_strdup ("broken");

      g_string_append_printf (out, " structure={%s}", text);
    }
}

static void
dump_search (GString          *out,
             const ImapSearch *search)
{
  if (search->tag != NULL)
    g_string_append_printf (out, " tag=%s", search->tag);
  if (search->is_uid)
    g_string_append (out, " uid");
  if (search->has_all)
    add_set (out, "all", search->all);
  if (search->min != 0 || search->max != 0)
    g_string_append_printf (out, " min=%u max=%u", search->min, search->max);
  if (search->has_count)
    g_string_append_printf (out, " count=%u", search->count);
  if (search->modseq != 0)
    g_string_append_printf (out, " modseq=%" G_GUINT64_FORMAT, search->modseq);
}

static void
dump_list (GString             *out,
           const ImapListEntry *list)
{
  g_string_append_printf (out, "%x %c ", list->attributes,
                          list->delimiter != '\0' ? list->delimiter : '0');
  add_string (out, list->mailbox);
  if (list->old_mailbox != NULL)
    g_string_append_printf (out, " was '%s'", list->old_mailbox);
  if (list->is_subscription)
    g_string_append (out, " subscription");
}

static void
dump_mailbox_status (GString                 *out,
                     const ImapMailboxStatus *status)
{
  add_string (out, status->mailbox);
  g_string_append_printf (out, " items=%x messages=%u unseen=%u next=%u validity=%u modseq=%"
                          G_GUINT64_FORMAT " size=%" G_GUINT64_FORMAT, status->items,
                          status->messages, status->unseen, status->uid_next,
                          status->uid_validity, status->highest_modseq, status->size_bytes);
  if (status->mailbox_id != NULL)
    g_string_append_printf (out, " id=%s", status->mailbox_id);
}

static void
dump_spaces (GString                  *out,
             guint                     n,
             const ImapNamespaceEntry *entries)
{
  g_string_append (out, " (");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "'%s'%c", entries[i].prefix,
                            entries[i].delimiter != '\0' ? entries[i].delimiter : '0');
  g_string_append (out, ")");
}

char *
dump_response (const ImapResponse *response)
{
  GString *out = g_string_new (response->name);

  g_string_append_c (out, ' ');
  switch (response->type)
    {
    case IMAP_RESPONSE_TAGGED:
      g_string_append_printf (out, "%s ", response->tag);
      dump_status (out, response->status);
      break;
    case IMAP_RESPONSE_STATUS:
      dump_status (out, response->status);
      break;
    case IMAP_RESPONSE_CAPABILITY:
    case IMAP_RESPONSE_ENABLED:
      add_words (out, response->words);
      break;
    case IMAP_RESPONSE_FLAGS:
      add_flags (out, response->flags);
      break;
    case IMAP_RESPONSE_EXISTS:
    case IMAP_RESPONSE_EXPUNGE:
    case IMAP_RESPONSE_RECENT:
      g_string_append_printf (out, "%u", response->number);
      break;
    case IMAP_RESPONSE_FETCH:
      dump_fetch (out, response);
      break;
    case IMAP_RESPONSE_SEARCH:
      dump_search (out, response->search);
      break;
    case IMAP_RESPONSE_VANISHED:
      add_set (out, response->vanished->is_earlier ? "earlier" : "now", response->vanished->uids);
      break;
    case IMAP_RESPONSE_LIST:
      dump_list (out, response->list);
      break;
    case IMAP_RESPONSE_MAILBOX_STATUS:
      dump_mailbox_status (out, response->mailbox_status);
      break;
    case IMAP_RESPONSE_NAMESPACE:
      dump_spaces (out, response->name_space->n_personal, response->name_space->personal);
      dump_spaces (out, response->name_space->n_others, response->name_space->others);
      dump_spaces (out, response->name_space->n_shared, response->name_space->shared);
      break;
    case IMAP_RESPONSE_ID:
      for (guint i = 0; i < response->id->n_fields; i++)
        g_string_append_printf (out, " %s=%s", response->id->fields[i].name,
                                response->id->fields[i].value);
      break;
    case IMAP_RESPONSE_QUOTA:
      add_string (out, response->quota->root);
      for (guint i = 0; i < response->quota->n_resources; i++)
        g_string_append_printf (out, " %s %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                response->quota->resources[i].name,
                                response->quota->resources[i].usage,
                                response->quota->resources[i].limit);
      break;
    case IMAP_RESPONSE_QUOTAROOT:
      add_string (out, response->quota_roots->mailbox);
      g_string_append_c (out, ' ');
      add_words (out, response->quota_roots->roots);
      break;
    case IMAP_RESPONSE_EXTENSION:
      break;
    case IMAP_RESPONSE_CONTINUE:
    case IMAP_RESPONSE_OTHER:
    default:
      add_string (out, response->text);
      break;
    }

  return g_string_free (out, FALSE);
}

static void
dump_addresses (GString             *out,
                const char          *name,
                const ImapAddresses *addresses)
{
  for (guint i = 0; i < addresses->n_items; i++)
    {
      g_string_append_printf (out, " %s=", name);
      add_string (out, addresses->items[i].name);
      g_string_append_printf (out, "<%s@%s>", addresses->items[i].mailbox,
                              addresses->items[i].host);
    }
}

char *
dump_envelope (const ImapEnvelope *envelope)
{
  GString *out = g_string_new (NULL);

  add_string (out, envelope->date);
  g_string_append_c (out, ' ');
  add_string (out, envelope->subject);
  dump_addresses (out, "from", &envelope->from);
  dump_addresses (out, "sender", &envelope->sender);
  dump_addresses (out, "reply", &envelope->reply_to);
  dump_addresses (out, "to", &envelope->to);
  dump_addresses (out, "cc", &envelope->cc);
  dump_addresses (out, "bcc", &envelope->bcc);
  g_string_append_c (out, ' ');
  add_string (out, envelope->in_reply_to);
  g_string_append_c (out, ' ');
  add_string (out, envelope->message_id);
  return g_string_free (out, FALSE);
}

static void
dump_parameters (GString             *out,
                 guint                n,
                 const ImapParameter *parameters)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, ";%s=%s", parameters[i].name, parameters[i].value);
}

static void
dump_part (GString        *out,
           const ImapPart *part)
{
  g_string_append_printf (out, "%s:%s/%s", part->section, part->type, part->subtype);
  dump_parameters (out, part->n_parameters, part->parameters);
  if (part->size_bytes > 0)
    g_string_append_printf (out, " %" G_GUINT64_FORMAT, part->size_bytes);
  if (part->n_lines > 0)
    g_string_append_printf (out, " lines=%" G_GUINT64_FORMAT, part->n_lines);
  if (part->encoding != NULL)
    g_string_append_printf (out, " %s", part->encoding);
  if (part->content_id != NULL)
    g_string_append_printf (out, " id=%s", part->content_id);
  if (part->description != NULL)
    g_string_append_printf (out, " about=%s", part->description);
  if (part->md5 != NULL)
    g_string_append_printf (out, " md5=%s", part->md5);
  if (part->disposition != NULL)
    g_string_append_printf (out, " %s", part->disposition);
  dump_parameters (out, part->n_disposition_parameters, part->disposition_parameters);
  if (part->language != NULL)
    g_string_append_printf (out, " lang=%s", part->language);
  if (part->location != NULL)
    g_string_append_printf (out, " at=%s", part->location);
  if (part->envelope != NULL)
    g_string_append_printf (out, " subject=%s", part->envelope->subject);

  if (part->n_children > 0)
    {
      g_string_append (out, " (");
      for (guint i = 0; i < part->n_children; i++)
        {
          g_string_append (out, i > 0 ? " | " : "");
          g_assert_true (part->children[i]->parent == part);
          dump_part (out, part->children[i]);
        }
      g_string_append (out, ")");
    }
}

char *
dump_structure (const ImapStructure *structure)
{
  GString *out = g_string_new (NULL);

  dump_part (out, structure->root);
  return g_string_free (out, FALSE);
}

/* Reads bytes in steps of a size, 0 for random ones; a response a line, the error last. */
char *
dump_bytes (const void *bytes,
            gsize       size,
            gsize       step)
{
  g_autoptr(ImapReader) reader = imap_reader_new ();
  GString *out = g_string_new (NULL);

  for (gsize begin = 0; begin < size;)
    {
      gsize wanted = step > 0 ? step : (gsize) g_test_rand_int_range (1, 200);
      gsize n = MIN (wanted, size - begin);
      ImapReaderResult result;

      imap_reader_feed (reader, (const char *) bytes + begin, n);
      begin += n;
      do
        {
          g_autoptr(ImapResponse) response = NULL;
          g_autoptr(GError) error = NULL;

          result = imap_reader_next (reader, &response, &error);
          if (result == IMAP_READER_RESPONSE)
            {
              g_autofree char *text = dump_response (response);

              g_string_append_printf (out, "%s\n", text);
            }
          if (result == IMAP_READER_ERROR)
            {
              g_string_append_printf (out, "error: %s\n", error->message);
              return g_string_free (out, FALSE);
            }
        }
      while (result == IMAP_READER_RESPONSE);
    }

  if (!imap_reader_is_between (reader))
    g_string_append (out, "…\n");
  return g_string_free (out, FALSE);
}
