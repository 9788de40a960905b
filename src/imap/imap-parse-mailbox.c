#include "imap-mailbox-name.h"
#include "imap-parser-private.h"

#include <string.h>

static guint
attribute_from_word (const ImapSlice *word)
{
  static const struct { const char *name; guint attribute; } attributes[] = {
    { "\\HasNoChildren", IMAP_MAILBOX_HAS_NO_CHILDREN },
    { "\\HasChildren", IMAP_MAILBOX_HAS_CHILDREN },
    { "\\Noselect", IMAP_MAILBOX_NOSELECT },
    { "\\Noinferiors", IMAP_MAILBOX_NOINFERIORS },
    { "\\Marked", IMAP_MAILBOX_MARKED },
    { "\\Unmarked", IMAP_MAILBOX_UNMARKED },
    /* RFC 5258: implies \Noselect */
    { "\\NonExistent", IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT },
    { "\\Subscribed", IMAP_MAILBOX_SUBSCRIBED },
    { "\\Remote", IMAP_MAILBOX_REMOTE },
    { "\\All", IMAP_MAILBOX_ALL },
    { "\\Archive", IMAP_MAILBOX_ARCHIVE },
    { "\\Drafts", IMAP_MAILBOX_DRAFTS },
    { "\\Flagged", IMAP_MAILBOX_FLAGGED },
    { "\\Important", IMAP_MAILBOX_IMPORTANT },
    { "\\Junk", IMAP_MAILBOX_JUNK },
    { "\\Sent", IMAP_MAILBOX_SENT },
    { "\\Trash", IMAP_MAILBOX_TRASH },
    /* XLIST, before RFC 6154 */
    { "\\AllMail", IMAP_MAILBOX_ALL },
    { "\\Inbox", IMAP_MAILBOX_INBOX },
    { "\\Spam", IMAP_MAILBOX_JUNK },
    { "\\Starred", IMAP_MAILBOX_FLAGGED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (imap_slice_is (word, attributes[i].name))
      return attributes[i].attribute;

  return 0;
}

static gboolean
parse_attributes (ImapScanner *scanner,
                  guint       *out_attributes)
{
  ImapSlice word;

  *out_attributes = 0;
  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return FALSE;

  while (imap_scanner_spaces (scanner), imap_scanner_word (scanner, &word))
    *out_attributes |= attribute_from_word (&word);

  imap_scanner_skip_to_close (scanner);
  return TRUE;
}

static char
parse_delimiter (ImapScanner *scanner)
{
  ImapSlice delimiter;

  imap_scanner_spaces (scanner);
  if (imap_scanner_nstring (scanner, &delimiter))
    return delimiter.size_bytes == 1 ? *delimiter.bytes : '\0';

  /* unquoted, as no server should */
  if (imap_scanner_word (scanner, &delimiter))
    return delimiter.size_bytes == 1 ? *delimiter.bytes : '\0';

  return '\0';
}

/* Where the list begins that ends at the end of the line. One that does not match, since a server
 * puts anything into a MAILBOXID, begins at the first parenthesis. */
static const char *
find_last_list (const char *begin,
                const char *end)
{
  gssize depth = 0;

  while (end > begin && end[-1] == ' ')
    end--;
  for (const char *p = end; p > begin; p--)
    {
      depth += p[-1] == ')' ? 1 : p[-1] == '(' ? -1 : 0;
      if (depth <= 0)
        return depth == 0 && p[-1] == '(' ? p - 1 : memchr (begin, '(', (gsize) (end - begin));
    }

  return memchr (begin, '(', (gsize) (end - begin));
}

/* Where an unquoted name ends. Exchange does not quote names with tabs and other control
 * characters, others not even those with spaces: what follows a name is known, so all before that
 * is the name. Behind a STATUS's name comes its list, behind a LIST's nothing, or a list of lists. */
static const char *
find_end_of_name (const ImapScanner *scanner,
                  const char        *first_space,
                  gboolean           is_list)
{
  const char *end = scanner->end;

  if (!is_list)
    {
      const char *open = find_last_list (first_space, end);

      end = open != NULL ? open : end;
    }
  else if (end - first_space > 4 && first_space[1] == '(' && memcmp (end - 2, "))", 2) == 0)
    end = first_space;

  while (end > first_space && end[-1] == ' ')
    end--;
  return end;
}

/* The wire name, whichever way the server writes names */
static const char *
dup_name (ImapScanner     *scanner,
          const ImapSlice *slice)
{
  char *said = imap_slice_dup (slice, scanner->arena);
  g_autofree char *name = NULL;

  if (!scanner->has_utf8_names || said == NULL)
    return said;

  name = imap_mailbox_name_from_utf8 (said);
  return strcmp (name, said) == 0 ? said : imap_arena_dup (scanner->arena, name, strlen (name));
}

/* A mailbox name; NULL for none or one that could not be said again: with a NUL or line end in it.
 * The answer to LIST "" "" has an empty one. */
static const char *
parse_mailbox (ImapScanner *scanner,
               gboolean     is_list)
{
  ImapSlice name;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_string (scanner, &name))
    {
      if (!imap_scanner_until (scanner, " ", &name))
        return NULL;

      scanner->p = find_end_of_name (scanner, scanner->p, is_list);
      name.size_bytes = (gsize) (scanner->p - name.bytes);
    }

  if (name.bytes == NULL ||
      memchr (name.bytes, '\0', name.size_bytes) != NULL ||
      memchr (name.bytes, '\r', name.size_bytes) != NULL ||
      memchr (name.bytes, '\n', name.size_bytes) != NULL)
    return NULL;

  return dup_name (scanner, &name);
}

/* The extended data of RFC 5258: ("OLDNAME" ("name")) and others */
static void
parse_list_extension (ImapScanner   *scanner,
                      ImapListEntry *entry)
{
  ImapSlice name;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return;

  while (imap_scanner_spaces (scanner), imap_scanner_astring (scanner, &name))
    {
      imap_scanner_spaces (scanner);
      if (name.bytes != NULL && imap_slice_is (&name, "OLDNAME") &&
          imap_scanner_char (scanner, '('))
        {
          if (imap_scanner_astring (scanner, &name))
            entry->old_mailbox = dup_name (scanner, &name);
          imap_scanner_skip_to_close (scanner);
        }
      else
        imap_scanner_skip (scanner);
    }
}

/* imap_parse_list: reads a LIST, LSUB or XLIST */
const ImapListEntry *
imap_parse_list (ImapScanner *scanner,
                 gboolean     is_subscription)
{
  ImapListEntry *entry = imap_arena_alloc (scanner->arena, sizeof (ImapListEntry));

  if (!parse_attributes (scanner, &entry->attributes))
    return NULL;

  entry->is_subscription = is_subscription;
  entry->delimiter = parse_delimiter (scanner);
  entry->mailbox = parse_mailbox (scanner, TRUE);
  if (entry->mailbox == NULL)
    return NULL;

  parse_list_extension (scanner, entry);
  return entry;
}

static void
parse_status_item (ImapScanner       *scanner,
                   const ImapSlice   *name,
                   ImapMailboxStatus *status)
{
  static const struct { const char *name; guint item; gsize offset; gboolean is_wide; } items[] = {
    { "MESSAGES", IMAP_MAILBOX_STATUS_MESSAGES,
      G_STRUCT_OFFSET (ImapMailboxStatus, messages), FALSE },
    { "RECENT", IMAP_MAILBOX_STATUS_RECENT,
      G_STRUCT_OFFSET (ImapMailboxStatus, recent), FALSE },
    { "UNSEEN", IMAP_MAILBOX_STATUS_UNSEEN,
      G_STRUCT_OFFSET (ImapMailboxStatus, unseen), FALSE },
    { "DELETED", IMAP_MAILBOX_STATUS_DELETED,
      G_STRUCT_OFFSET (ImapMailboxStatus, deleted), FALSE },
    { "UIDNEXT", IMAP_MAILBOX_STATUS_UIDNEXT,
      G_STRUCT_OFFSET (ImapMailboxStatus, uid_next), FALSE },
    { "UIDVALIDITY", IMAP_MAILBOX_STATUS_UIDVALIDITY,
      G_STRUCT_OFFSET (ImapMailboxStatus, uid_validity), FALSE },
    { "HIGHESTMODSEQ", IMAP_MAILBOX_STATUS_HIGHESTMODSEQ,
      G_STRUCT_OFFSET (ImapMailboxStatus, highest_modseq), TRUE },
    { "SIZE", IMAP_MAILBOX_STATUS_SIZE,
      G_STRUCT_OFFSET (ImapMailboxStatus, size_bytes), TRUE },
    { "APPENDLIMIT", IMAP_MAILBOX_STATUS_APPENDLIMIT,
      G_STRUCT_OFFSET (ImapMailboxStatus, append_limit_bytes), TRUE },
  };
  guint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      if (!imap_slice_is (name, items[i].name))
        continue;

      /* NIL and numbers that are none (-1) were not said */
      if (!imap_scanner_number (scanner, &number) || (!items[i].is_wide && number > G_MAXUINT32))
        break;
      if (items[i].is_wide)
        G_STRUCT_MEMBER (guint64, status, items[i].offset) = number;
      else
        G_STRUCT_MEMBER (guint32, status, items[i].offset) = (guint32) number;
      status->items |= items[i].item;
      return;
    }

  imap_scanner_skip (scanner);
}

/* imap_parse_mailbox_status: reads a STATUS. The list may be empty (Coremail) and have spaces
 * before its end (Exchange). */
const ImapMailboxStatus *
imap_parse_mailbox_status (ImapScanner *scanner)
{
  ImapMailboxStatus *status = imap_arena_alloc (scanner->arena, sizeof (ImapMailboxStatus));
  ImapSlice name;

  status->mailbox = parse_mailbox (scanner, FALSE);
  imap_scanner_spaces (scanner);
  if (status->mailbox == NULL || !imap_scanner_char (scanner, '('))
    return NULL;

  while (imap_scanner_spaces (scanner), imap_scanner_word (scanner, &name))
    {
      imap_scanner_spaces (scanner);
      if (imap_slice_is (&name, "MAILBOXID"))
        {
          status->mailbox_id = imap_parse_object_id (scanner);
          if (status->mailbox_id != NULL)
            status->items |= IMAP_MAILBOX_STATUS_MAILBOXID;
          status->has_bad_mailbox_id |= status->mailbox_id == NULL;
        }
      else
        parse_status_item (scanner, &name, status);
    }

  return status;
}

static const ImapNamespaceEntry *
parse_namespace_entries (ImapScanner *scanner,
                         guint       *out_n_entries)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, TRUE, sizeof (ImapNamespaceEntry));
  ImapNamespaceEntry *copy;
  ImapSlice prefix;

  *out_n_entries = 0;
  imap_scanner_spaces (scanner);
  if (imap_scanner_nstring (scanner, &prefix) || !imap_scanner_char (scanner, '('))
    return NULL;

  while (imap_scanner_spaces (scanner), imap_scanner_char (scanner, '('))
    {
      ImapNamespaceEntry entry = { 0 };

      imap_scanner_spaces (scanner);
      if (imap_scanner_string (scanner, &prefix) && prefix.bytes != NULL)
        {
          entry.prefix = dup_name (scanner, &prefix);
          entry.delimiter = parse_delimiter (scanner);
          g_array_append_val (entries, entry);
        }
      imap_scanner_skip_to_close (scanner);
    }
  imap_scanner_skip_to_close (scanner);

  *out_n_entries = entries->len;
  copy = imap_arena_alloc (scanner->arena, (entries->len + 1) * sizeof (ImapNamespaceEntry));
  for (guint i = 0; i < entries->len; i++)
    copy[i] = g_array_index (entries, ImapNamespaceEntry, i);
  return copy;
}

/* imap_parse_namespace: reads a NAMESPACE, RFC 2342 */
const ImapNamespace *
imap_parse_namespace (ImapScanner *scanner)
{
  ImapNamespace *all = imap_arena_alloc (scanner->arena, sizeof (ImapNamespace));

  all->personal = parse_namespace_entries (scanner, &all->n_personal);
  all->others = parse_namespace_entries (scanner, &all->n_others);
  all->shared = parse_namespace_entries (scanner, &all->n_shared);

  return all;
}

/* imap_parse_id: reads an ID, RFC 2971 */
const ImapId *
imap_parse_id (ImapScanner *scanner)
{
  ImapId *id = imap_arena_alloc (scanner->arena, sizeof (ImapId));
  g_autoptr(GArray) fields = g_array_new (FALSE, TRUE, sizeof (ImapIdField));
  ImapIdField *copy;
  ImapSlice name;
  ImapSlice value;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return id;

  while (imap_scanner_spaces (scanner), imap_scanner_astring (scanner, &name))
    {
      ImapIdField field = { 0 };

      imap_scanner_spaces (scanner);
      if (name.bytes == NULL ||
          (!imap_scanner_nstring (scanner, &value) && !imap_scanner_word (scanner, &value)))
        break;

      field.name = imap_arena_dup_text (scanner->arena, name.bytes, name.size_bytes);
      if (!value.is_nil && value.bytes != NULL)
        field.value = imap_arena_dup_text (scanner->arena, value.bytes, value.size_bytes);
      g_array_append_val (fields, field);
    }

  copy = imap_arena_alloc (scanner->arena, (fields->len + 1) * sizeof (ImapIdField));
  for (guint i = 0; i < fields->len; i++)
    copy[i] = g_array_index (fields, ImapIdField, i);
  id->n_fields = fields->len;
  id->fields = copy;
  return id;
}

/* imap_parse_quota: reads a QUOTA, RFC 9208 section 5.1 */
const ImapQuota *
imap_parse_quota (ImapScanner *scanner)
{
  ImapQuota *quota = imap_arena_alloc (scanner->arena, sizeof (ImapQuota));
  g_autoptr(GArray) resources = g_array_new (FALSE, TRUE, sizeof (ImapQuotaResource));
  ImapQuotaResource *copy;
  ImapSlice name;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_astring (scanner, &name))
    return NULL;
  quota->root = name.bytes != NULL ? imap_slice_dup (&name, scanner->arena) : "";
  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return NULL;

  while (imap_scanner_spaces (scanner), imap_scanner_word (scanner, &name))
    {
      ImapQuotaResource resource = {
        .name = imap_arena_dup_upper (scanner->arena, name.bytes, name.size_bytes),
      };

      imap_scanner_spaces (scanner);
      if (!imap_scanner_number (scanner, &resource.usage))
        break;
      imap_scanner_spaces (scanner);
      if (!imap_scanner_number (scanner, &resource.limit))
        break;
      g_array_append_val (resources, resource);
    }

  copy = imap_arena_alloc (scanner->arena, (resources->len + 1) * sizeof (ImapQuotaResource));
  for (guint i = 0; i < resources->len; i++)
    copy[i] = g_array_index (resources, ImapQuotaResource, i);
  quota->n_resources = resources->len;
  quota->resources = copy;
  return quota;
}

/* imap_parse_quota_roots: reads a QUOTAROOT, RFC 9208 section 5.2 */
const ImapQuotaRoots *
imap_parse_quota_roots (ImapScanner *scanner)
{
  ImapQuotaRoots *roots = imap_arena_alloc (scanner->arena, sizeof (ImapQuotaRoots));
  ImapSlice name;

  imap_scanner_spaces (scanner);
  if (!imap_scanner_astring (scanner, &name) || name.bytes == NULL)
    return NULL;

  roots->mailbox = dup_name (scanner, &name);
  roots->roots = imap_parse_words (scanner, " ");
  return roots;
}
