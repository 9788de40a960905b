#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ImapAddress:
 * @name: (nullable): the phrase, still in RFC 2047 form
 * @mailbox: (nullable): what stands before the @; %NULL ends a group
 * @host: (nullable): what stands behind it; %NULL begins a group named @mailbox
 *
 * An address of an envelope. Bytes as the server sent them: any encoding.
 */
typedef struct
{
  const char *name;
  const char *mailbox;
  const char *host;
} ImapAddress;

/**
 * ImapAddresses:
 * @n_items: how many
 * @items: (nullable) (array length=n_items): the addresses
 */
typedef struct
{
  guint n_items;
  const ImapAddress *items;
} ImapAddresses;

/**
 * ImapEnvelope:
 *
 * The ENVELOPE of RFC 9051 section 7.5.2. Strings are the header fields' bytes, %NULL for NIL.
 */
typedef struct
{
  const char *date;
  const char *subject;
  ImapAddresses from;
  ImapAddresses sender;
  ImapAddresses reply_to;
  ImapAddresses to;
  ImapAddresses cc;
  ImapAddresses bcc;
  const char *in_reply_to;
  const char *message_id;

  /*< private >*/
  gpointer arena;
} ImapEnvelope;

void imap_envelope_free (ImapEnvelope *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapEnvelope, imap_envelope_free)

G_END_DECLS
