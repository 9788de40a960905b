#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ImapQuirk:
 * @IMAP_QUIRK_FILES_SENT: a message that was sent through this provider is in Sent by itself
 * @IMAP_QUIRK_FULL_ID: serves only those who introduce themselves with more than a name
 * @IMAP_QUIRK_NARROW_SEARCH: SEARCH fails when it has some thousand hits
 * @IMAP_QUIRK_NO_BODY_STRUCTURE: BODYSTRUCTURE breaks the connection
 * @IMAP_QUIRK_NO_HEADER_FIELDS: takes BODY.PEEK[HEADER] only, not single fields
 * @IMAP_QUIRK_NO_PARTIAL_FETCH: BODY.PEEK[1]<0.1000> brings nothing, or something else
 * @IMAP_QUIRK_NO_SEARCH_CHARSET: SEARCH must not name a CHARSET
 * @IMAP_QUIRK_NO_SEARCH_TEXT: SEARCH for a text is not to be believed
 * @IMAP_QUIRK_NO_STATUS_MAILBOXID: what STATUS says as MAILBOXID is none (Cyrus 3.6)
 * @IMAP_QUIRK_PREFER_LOGIN: AUTHENTICATE PLAIN fails where LOGIN works
 * @IMAP_QUIRK_REWRITES_MESSAGE_ID: a message that was sent has another Message-ID in Sent, and the
 *   first one in X-Microsoft-Original-Message-ID
 * @IMAP_QUIRK_SIZE_UNRELIABLE: RFC822.SIZE is wrong, too large or too small
 * @IMAP_QUIRK_TIGHT_HEADER_FIELDS: no space between HEADER.FIELDS and its parenthesis
 *
 * What has to be done otherwise with some servers, beside leaving out capabilities. The names are
 * those of data/quirks.ini.
 */
typedef enum
{
  IMAP_QUIRK_FILES_SENT,
  IMAP_QUIRK_FULL_ID,
  IMAP_QUIRK_NARROW_SEARCH,
  IMAP_QUIRK_NO_BODY_STRUCTURE,
  IMAP_QUIRK_NO_HEADER_FIELDS,
  IMAP_QUIRK_NO_PARTIAL_FETCH,
  IMAP_QUIRK_NO_SEARCH_CHARSET,
  IMAP_QUIRK_NO_SEARCH_TEXT,
  IMAP_QUIRK_NO_STATUS_MAILBOXID,
  IMAP_QUIRK_PREFER_LOGIN,
  IMAP_QUIRK_REWRITES_MESSAGE_ID,
  IMAP_QUIRK_SIZE_UNRELIABLE,
  IMAP_QUIRK_TIGHT_HEADER_FIELDS,
  IMAP_QUIRK_LAST, /*< skip >*/
} ImapQuirk;

/**
 * IMAP_QUIRK_BIT:
 *
 * The bit of a quirk in a mask of them.
 */
#define IMAP_QUIRK_BIT(quirk) (1u << (quirk))

const char *imap_quirk_get_name  (ImapQuirk   quirk);
gboolean    imap_quirk_from_name (const char *name,
                                  ImapQuirk  *out_quirk);

/**
 * ImapLatch:
 * @feature: name of the capability that is left out, or of the #ImapQuirk
 * @evidence: what has proved it, for people who know IMAP
 * @server: what the server said of itself then, as imap_session_get_server_name (); empty when it
 *   had not said it yet
 * @since_unix: when
 *
 * Something that a server was found not to do as it should. It holds for as long as the server
 * says the same of itself: one that was mended or replaced gets its feature back.
 */
typedef struct
{
  char *feature;
  char *evidence;
  char *server;
  gint64 since_unix;
} ImapLatch;

ImapLatch *imap_latch_new       (const char      *feature,
                                 const char      *evidence,
                                 const char      *server,
                                 gint64           since_unix);
ImapLatch *imap_latch_copy      (const ImapLatch *self);
void       imap_latch_free      (ImapLatch       *self);
char      *imap_latch_to_string (const ImapLatch *self);
ImapLatch *imap_latch_parse     (const char      *feature,
                                 const char      *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapLatch, imap_latch_free)

G_END_DECLS
