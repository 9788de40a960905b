#pragma once

#include <gio/gio.h>

#include "imap-latch.h"
#include "imap-response.h"

G_BEGIN_DECLS

/**
 * ImapQuirks:
 *
 * A table of servers and of what has to be done otherwise with them. Immutable; any thread.
 */
typedef struct _ImapQuirks ImapQuirks;

/**
 * ImapQuirkFacts:
 * @host: (nullable): the name that was connected to
 * @greeting: (nullable): the text of the server's first words
 * @capabilities: (nullable) (array zero-terminated=1): as it said them last
 * @id: (nullable): its answer to ID
 *
 * What is known of a server so far. A row that asks for what is not known yet does not match.
 */
typedef struct
{
  const char *host;
  const char *greeting;
  const char *const *capabilities;
  const ImapId *id;
} ImapQuirkFacts;

/**
 * ImapQuirkEffects:
 * @off: mask of IMAP_CAPABILITY_BIT (): what not to use although it is offered
 * @quirks: mask of IMAP_QUIRK_BIT ()
 * @max_uids: how many UIDs a command may name, 0 for no limit
 * @max_waiting: how many commands may be under way, 0 for no limit
 * @keywords: (nullable) (array zero-terminated=1): the only keywords that can be stored
 *
 * What the rows that match amount to: all of what is switched off, and the lowest of the limits.
 * Belongs to the table.
 */
typedef struct
{
  guint64 off;
  guint quirks;
  guint max_uids;
  guint max_waiting;
  const char *const *keywords;
} ImapQuirkEffects;

ImapQuirks *imap_quirks_new         (GBytes                *key_file,
                                     GError               **error);
ImapQuirks *imap_quirks_ref         (ImapQuirks            *self);
void        imap_quirks_unref       (ImapQuirks            *self);
ImapQuirks *imap_quirks_get_default (void);

guint       imap_quirks_get_n_rows  (ImapQuirks            *self);
const char *imap_quirks_get_name    (ImapQuirks            *self,
                                     guint                  row);
const char *imap_quirks_get_evidence (ImapQuirks           *self,
                                     guint                  row);
gboolean    imap_quirks_match_row   (ImapQuirks            *self,
                                     guint                  row,
                                     const ImapQuirkFacts  *facts);
void        imap_quirks_match       (ImapQuirks            *self,
                                     const ImapQuirkFacts  *facts,
                                     ImapQuirkEffects      *out_effects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapQuirks, imap_quirks_unref)

G_END_DECLS
