#include "imap-latch.h"

#include <string.h>

#include "base-text.h"

#define MAX_EVIDENCE_CHARS 400
#define MAX_SERVER_CHARS 200

static const char *const names[] = {
  [IMAP_QUIRK_FILES_SENT] = "files-sent",
  [IMAP_QUIRK_FULL_ID] = "full-id",
  [IMAP_QUIRK_NARROW_SEARCH] = "narrow-search",
  [IMAP_QUIRK_NO_BODY_STRUCTURE] = "no-body-structure",
  [IMAP_QUIRK_NO_HEADER_FIELDS] = "no-header-fields",
  [IMAP_QUIRK_NO_PARTIAL_FETCH] = "no-partial-fetch",
  [IMAP_QUIRK_NO_SEARCH_CHARSET] = "no-search-charset",
  [IMAP_QUIRK_NO_SEARCH_TEXT] = "no-search-text",
  [IMAP_QUIRK_NO_STATUS_MAILBOXID] = "no-status-mailboxid",
  [IMAP_QUIRK_PREFER_LOGIN] = "prefer-login",
  [IMAP_QUIRK_REWRITES_MESSAGE_ID] = "rewrites-message-id",
  [IMAP_QUIRK_SIZE_UNRELIABLE] = "size-unreliable",
  [IMAP_QUIRK_TIGHT_HEADER_FIELDS] = "tight-header-fields",
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == IMAP_QUIRK_LAST);
G_STATIC_ASSERT (IMAP_QUIRK_LAST <= 32);

/**
 * imap_quirk_get_name:
 *
 * Returns: the name in data/quirks.ini
 */
const char *
imap_quirk_get_name (ImapQuirk quirk)
{
  g_return_val_if_fail ((guint) quirk < IMAP_QUIRK_LAST, NULL);

  return names[quirk];
}

/**
 * imap_quirk_from_name:
 * @name: a name, as in data/quirks.ini
 * @out_quirk: (out): what it means
 *
 * Returns: whether there is such a quirk
 */
gboolean
imap_quirk_from_name (const char *name,
                      ImapQuirk  *out_quirk)
{
  for (guint i = 0; i < IMAP_QUIRK_LAST; i++)
    if (strcmp (names[i], name) == 0)
      {
        *out_quirk = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * imap_latch_new:
 * @server: (nullable): %NULL if it is not known yet
 *
 * Texts are cut to what a line can hold, without control characters: they may come from a server.
 *
 * Returns: (transfer full): a latch
 */
ImapLatch *
imap_latch_new (const char *feature,
                const char *evidence,
                const char *server,
                gint64      since_unix)
{
  ImapLatch *self = g_new0 (ImapLatch, 1);

  self->feature = g_strdup (feature);
  self->evidence = base_text_quote (evidence, -1, MAX_EVIDENCE_CHARS);
  self->server = base_text_quote (server != NULL ? server : "", -1, MAX_SERVER_CHARS);
  self->since_unix = since_unix;

  return self;
}

/**
 * imap_latch_copy:
 *
 * Returns: (transfer full): a copy
 */
ImapLatch *
imap_latch_copy (const ImapLatch *self)
{
  return imap_latch_new (self->feature, self->evidence, self->server, self->since_unix);
}

/**
 * imap_latch_free:
 * @self: (transfer full): a latch
 */
void
imap_latch_free (ImapLatch *self)
{
  g_free (self->feature);
  g_free (self->evidence);
  g_free (self->server);
  g_free (self);
}

/**
 * imap_latch_to_string:
 *
 * Returns: (transfer full): all but the feature, for imap_latch_parse ()
 */
char *
imap_latch_to_string (const ImapLatch *self)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "\n%s\n%s", self->since_unix, self->server,
                          self->evidence);
}

/**
 * imap_latch_parse:
 * @feature: what it is about
 * @text: what imap_latch_to_string () has made, perhaps another version's
 *
 * Returns: (transfer full) (nullable): the latch, or %NULL if @text is none
 */
ImapLatch *
imap_latch_parse (const char *feature,
                  const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", 3);
  gint64 since_unix;

  if (g_strv_length (lines) < 3 ||
      !g_ascii_string_to_signed (lines[0], 10, 0, G_MAXINT64, &since_unix, NULL))
    return NULL;

  return imap_latch_new (feature, lines[2], lines[1], since_unix);
}
