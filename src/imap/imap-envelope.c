#include "imap-parser-private.h"

/* More addresses than this in one field of an envelope are left out */
#define MAX_ADDRESSES 10000

static const char *
parse_field (ImapScanner *scanner)
{
  ImapSlice value;

  imap_scanner_spaces (scanner);
  if (imap_scanner_nstring (scanner, &value))
    return imap_slice_dup (&value, scanner->arena);

  /* a list or an atom where a string has to be: as good as NIL */
  imap_scanner_skip (scanner);
  return NULL;
}

/* Dovecot up to 2.3.4 and UW put these where a header has no mailbox or domain */
static const char *
without_placeholder (const char *value)
{
  static const char *const placeholders[] = { "MISSING_MAILBOX", "MISSING_DOMAIN",
                                              ".MISSING-HOST-NAME.", NULL };

  return value != NULL && g_strv_contains (placeholders, value) ? "" : value;
}

static gboolean
parse_address (ImapScanner *scanner,
               ImapAddress *out_address)
{
  ImapSlice nil;

  imap_scanner_spaces (scanner);
  /* SmarterMail has NIL between the addresses */
  while (imap_scanner_nstring (scanner, &nil))
    imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return FALSE;

  out_address->name = parse_field (scanner);
  parse_field (scanner); /* the source route, long out of use */
  out_address->mailbox = without_placeholder (parse_field (scanner));
  out_address->host = without_placeholder (parse_field (scanner));
  imap_scanner_skip_to_close (scanner);
  return TRUE;
}

static void
parse_addresses (ImapScanner   *scanner,
                 ImapAddresses *out_addresses)
{
  g_autoptr(GArray) addresses = NULL;
  ImapAddress address;
  ImapAddress *copy;
  ImapSlice nil;

  imap_scanner_spaces (scanner);
  if (imap_scanner_nstring (scanner, &nil))
    return;
  if (!imap_scanner_char (scanner, '('))
    {
      imap_scanner_skip (scanner);
      return;
    }

  addresses = g_array_new (FALSE, FALSE, sizeof (ImapAddress));
  while (addresses->len < MAX_ADDRESSES && parse_address (scanner, &address))
    g_array_append_val (addresses, address);
  imap_scanner_skip_to_close (scanner);

  copy = imap_arena_alloc (scanner->arena, (addresses->len + 1) * sizeof (ImapAddress));
  for (guint i = 0; i < addresses->len; i++)
    copy[i] = g_array_index (addresses, ImapAddress, i);
  out_addresses->n_items = addresses->len;
  out_addresses->items = copy;
}

/* imap_parse_envelope: reads the ten fields, or as many as there are. Whether it was a list at
 * all. */
gboolean
imap_parse_envelope (ImapScanner  *scanner,
                     ImapEnvelope *out_envelope)
{
  imap_scanner_spaces (scanner);
  if (!imap_scanner_char (scanner, '('))
    return FALSE;

  out_envelope->date = parse_field (scanner);
  out_envelope->subject = parse_field (scanner);
  parse_addresses (scanner, &out_envelope->from);
  parse_addresses (scanner, &out_envelope->sender);
  parse_addresses (scanner, &out_envelope->reply_to);
  parse_addresses (scanner, &out_envelope->to);
  parse_addresses (scanner, &out_envelope->cc);
  parse_addresses (scanner, &out_envelope->bcc);
  out_envelope->in_reply_to = parse_field (scanner);
  out_envelope->message_id = parse_field (scanner);
  imap_scanner_skip_to_close (scanner);
  return TRUE;
}

/**
 * imap_envelope_free:
 * @self: (transfer full): an envelope
 */
void
imap_envelope_free (ImapEnvelope *self)
{
  g_return_if_fail (self != NULL);

  imap_arena_clear (self->arena);
  g_free (self->arena);
  g_free (self);
}
