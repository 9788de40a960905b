#include "imap-session-private.h"

/* What is known of this server beforehand, from the table of servers: asked again whenever it has
 * said more of itself. */

static ImapQuirkFacts
get_facts (ImapSession *self)
{
  return (ImapQuirkFacts) {
    .host = net_endpoint_get_host (net_transport_get_endpoint (self->transport)),
    .greeting = self->greeting,
    .capabilities = (const char *const *) self->capability_words,
    .id = imap_session_get_server_id (self),
  };
}

void
imap_session_apply_quirks (ImapSession *self)
{
  ImapQuirkFacts facts = get_facts (self);

  imap_quirks_match (self->quirks, &facts, &self->effects);
  if (self->connection != NULL && self->effects.max_waiting > 0)
    imap_connection_limit_waiting (self->connection, self->effects.max_waiting);
}

/**
 * imap_session_set_quirks:
 * @quirks: another table of servers than the one that is compiled in
 */
void
imap_session_set_quirks (ImapSession *self,
                         ImapQuirks  *quirks)
{
  ImapQuirks *before = self->quirks;

  self->quirks = imap_quirks_ref (quirks);
  imap_session_apply_quirks (self);
  imap_quirks_unref (before);
}

/**
 * imap_session_get_effects:
 *
 * Returns: (transfer none): the limits of this server, as far as it is known by now. Whether there
 *   is a capability or a quirk say imap_session_has () and imap_session_has_quirk ().
 */
const ImapQuirkEffects *
imap_session_get_effects (ImapSession *self)
{
  return &self->effects;
}

/**
 * imap_session_list_quirk_rows:
 *
 * Returns: (transfer full) (array zero-terminated=1): names of the rows of the table that are about
 *   this server
 */
GStrv
imap_session_list_quirk_rows (ImapSession *self)
{
  ImapQuirkFacts facts = get_facts (self);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < imap_quirks_get_n_rows (self->quirks); i++)
    if (imap_quirks_match_row (self->quirks, i, &facts))
      g_strv_builder_add (names, imap_quirks_get_name (self->quirks, i));

  return g_strv_builder_end (names);
}
