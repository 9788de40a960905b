#pragma once

#include "imap-response.h"
#include "imap-scanner-private.h"

G_BEGIN_DECLS

/* The parsers of the single responses. They never fail as a whole: what cannot be read is left
 * out, and a response that makes no sense at all returns NULL or FALSE and is kept as OTHER.
 * What they return lives in the scanner's arena. */

extern const char *const imap_no_words[];

/* imap-parse-status.c */
gboolean                 imap_parse_status         (ImapScanner    *scanner,
                                                    ImapStatusKind  kind,
                                                    ImapStatus     *out_status);
gboolean                 imap_parse_status_kind    (const ImapSlice *word,
                                                    ImapStatusKind *out_kind);
void                     imap_parse_flags          (ImapScanner    *scanner,
                                                    ImapFlagList   *out_flags);
const char *const       *imap_parse_words          (ImapScanner    *scanner,
                                                    const char     *stops);
ImapUidSet              *imap_parse_uid_set        (ImapScanner    *scanner);

/* imap-parse-mailbox.c */
const ImapListEntry     *imap_parse_list           (ImapScanner    *scanner,
                                                    gboolean        is_subscription);
const ImapMailboxStatus *imap_parse_mailbox_status (ImapScanner    *scanner);
const ImapNamespace     *imap_parse_namespace      (ImapScanner    *scanner);
const ImapId            *imap_parse_id             (ImapScanner    *scanner);
const ImapQuota         *imap_parse_quota          (ImapScanner    *scanner);
const ImapQuotaRoots    *imap_parse_quota_roots    (ImapScanner    *scanner);

/* imap-parse-search.c */
const ImapSearch        *imap_parse_search         (ImapScanner    *scanner);
const ImapSearch        *imap_parse_esearch        (ImapScanner    *scanner);
const ImapVanished      *imap_parse_vanished       (ImapScanner    *scanner);

/**
 * ImapFetchParse:
 * @envelope: where the ENVELOPE begins; @p is %NULL without one
 * @structure: the same for BODYSTRUCTURE or BODY
 *
 * A FETCH, with the values that are only looked into when asked for: one message with a broken
 * structure then costs only itself.
 */
typedef struct
{
  ImapFetch fetch;
  ImapScanner envelope;
  ImapScanner structure;
} ImapFetchParse;

/* imap-parse-fetch.c */
void                     imap_parse_fetch          (ImapScanner    *scanner,
                                                    guint32         sequence,
                                                    ImapFetchParse *out_parse);
const char              *imap_parse_object_id      (ImapScanner    *scanner);
gboolean                 imap_parse_date           (const char     *bytes,
                                                    gsize           size_bytes,
                                                    gint64         *out_unix);

/* imap-envelope.c, imap-structure.c */
gboolean                 imap_parse_envelope       (ImapScanner    *scanner,
                                                    ImapEnvelope   *out_envelope);
const ImapPart          *imap_parse_structure      (ImapScanner    *scanner,
                                                    guint          *out_n_parts,
                                                    GError        **error);

/* imap-response.c */

/**
 * ImapBuffer:
 *
 * Bytes that were read, shared between the reader and the responses that it has made of them.
 */
typedef struct
{
  gatomicrefcount ref_count;
  gsize size_bytes;
  char bytes[];
} ImapBuffer;

ImapBuffer              *imap_buffer_new           (gsize           size_bytes);
ImapBuffer              *imap_buffer_ref           (ImapBuffer     *self);
void                     imap_buffer_unref         (ImapBuffer     *self);

gsize                    imap_response_get_size_bytes (const ImapResponse *self);
ImapResponse            *imap_response_parse       (ImapBuffer     *buffer,
                                                    const char     *text,
                                                    gsize           size_bytes,
                                                    const ImapLiteral *literals,
                                                    guint           n_literals,
                                                    gboolean        has_utf8_names);

G_END_DECLS
