#pragma once

#include <gio/gio.h>

#include "base-secret.h"
#include "imap-capability.h"
#include "imap-command.h"
#include "imap-error.h"
#include "imap-latch.h"
#include "imap-link.h"
#include "imap-mailbox-name.h"
#include "imap-quirks.h"
#include "imap-notify.h"
#include "imap-response.h"
#include "imap-uid-set.h"
#include "net-endpoint.h"
#include "net-stage.h"
#include "net-transcript.h"
#include "net-transport.h"
#include "net-trust.h"

G_BEGIN_DECLS

#define IMAP_TYPE_SESSION (imap_session_get_type ())

G_DECLARE_FINAL_TYPE (ImapSession, imap_session, IMAP, SESSION, GObject)

/**
 * ImapState:
 * @IMAP_STATE_NEW: not connected yet
 * @IMAP_STATE_CONNECTING: until the greeting and, where asked for, STARTTLS are done
 * @IMAP_STATE_GREETED: connected, not signed in
 * @IMAP_STATE_SIGNED_IN: no mailbox selected
 * @IMAP_STATE_SELECTING: between SELECT on the wire and its answer
 * @IMAP_STATE_SELECTED: a mailbox is selected
 * @IMAP_STATE_LEAVING: LOGOUT is sent
 * @IMAP_STATE_CLOSED: over; a session is not used twice
 */
typedef enum
{
  IMAP_STATE_NEW,
  IMAP_STATE_CONNECTING,
  IMAP_STATE_GREETED,
  IMAP_STATE_SIGNED_IN,
  IMAP_STATE_SELECTING,
  IMAP_STATE_SELECTED,
  IMAP_STATE_LEAVING,
  IMAP_STATE_CLOSED,
} ImapState;

/**
 * ImapApplyFunc:
 * @response: what the server said, asked for or not
 * @uid: of FETCH and EXPUNGE: the message's UID; 0 when it cannot be known, in which case the
 *   mailbox has to be synchronised again. 0 for all other responses.
 *
 * The one receiver of all untagged responses of a session, in the order in which they came. Called
 * while a job awaits, on the worker's thread; it only enqueues, sends nothing and awaits nothing.
 * imap_session_get_selection () says which mailbox the response belongs to.
 */
typedef void (*ImapApplyFunc) (ImapSession        *session,
                               const ImapResponse *response,
                               guint32             uid,
                               gpointer            user_data);

/**
 * ImapLatchFunc:
 * @latch: what was found broken; its server is known, unless the session ended before
 *
 * Hears of what is worth remembering for the next session. Called on the worker's thread, also
 * while a job awaits; it only enqueues.
 */
typedef void (*ImapLatchFunc) (ImapSession     *session,
                               const ImapLatch *latch,
                               gpointer         user_data);

/**
 * ImapFetchQuery:
 * @items: mask of #ImapFetchItems. UID is always asked for; an item that needs a capability
 *   which the server lacks is left out
 * @header_fields: (nullable): names of header fields, separated by spaces, for
 *   BODY.PEEK[HEADER.FIELDS (…)]
 * @sections: (nullable) (array zero-terminated=1): sections for BODY.PEEK[…]: "" for the whole
 *   message, "1.2", "1.2.MIME", "HEADER"
 * @partial_offset: first byte wanted of each of @sections
 * @partial_size: how many bytes of them, 0 for all
 * @changed_since: with CONDSTORE: only messages with a greater mod-sequence; 0 for all
 * @want_vanished: with QRESYNC and @changed_since: VANISHED (EARLIER) as well
 * @n_newest: with PARTIAL (RFC 9394): only so many, the newest, of the UIDs; 0 for all
 *
 * What to fetch.
 */
typedef struct
{
  guint items;
  const char *header_fields;
  const char *const *sections;
  guint64 partial_offset;
  guint64 partial_size;
  guint64 changed_since;
  gboolean want_vanished;
  guint n_newest;
} ImapFetchQuery;

/**
 * ImapKnown:
 * @uid_validity: the mailbox's, as it was
 * @modseq: every change up to that mod-sequence is known
 * @uids: (nullable): of which messages to tell; %NULL for all
 * @match_sequences: (nullable): numbers of some messages, as they were
 * @match_uids: (nullable): and their UIDs, as many. A server that does not know any more what was
 *   expunged since @modseq sees by them from where on it has to tell everything
 *
 * What is known of a mailbox before it is selected. Zimbra refuses message numbers that are greater
 * than EXISTS is.
 */
typedef struct
{
  guint32 uid_validity;
  guint64 modseq;
  const ImapUidSet *uids;
  const ImapUidSet *match_sequences;
  const ImapUidSet *match_uids;
} ImapKnown;

/**
 * ImapMessage:
 * @flags: mask of #ImapFlags
 * @keywords: (nullable) (array zero-terminated=1): keywords
 * @internal_date_unix: seconds since 1970, or 0 for now
 * @bytes: the message with CRLF; a missing line end at its end is added
 *
 * What is to be put into a mailbox.
 */
typedef struct
{
  guint flags;
  const char *const *keywords;
  gint64 internal_date_unix;
  GBytes *bytes;
} ImapMessage;

/**
 * ImapStoreMode:
 */
typedef enum
{
  IMAP_STORE_ADD,
  IMAP_STORE_REMOVE,
  IMAP_STORE_REPLACE,
} ImapStoreMode;

/* Life */
ImapSession     *imap_session_new             (NetEndpoint            *endpoint,
                                               NetTrust               *trust,
                                               NetTranscript          *transcript);
void             imap_session_set_stage_func  (ImapSession            *self,
                                               NetStageFunc            func,
                                               gpointer                user_data,
                                               GDestroyNotify          destroy);
void             imap_session_set_timeouts    (ImapSession            *self,
                                               const NetTimeouts      *timeouts,
                                               guint                   silence_ms);
void             imap_session_set_silence     (ImapSession            *self,
                                               guint                   silence_ms);
void             imap_session_set_applier     (ImapSession            *self,
                                               ImapApplyFunc           func,
                                               gpointer                user_data);
void             imap_session_set_compression (ImapSession            *self,
                                               gboolean                wanted);
void             imap_session_set_id          (ImapSession            *self,
                                               const char *const      *names_and_values);
void             imap_session_set_quirks      (ImapSession            *self,
                                               ImapQuirks             *quirks);
void             imap_session_set_latch_func  (ImapSession            *self,
                                               ImapLatchFunc           func,
                                               gpointer                user_data);
void             imap_session_recall_latch    (ImapSession            *self,
                                               const ImapLatch        *latch);

/* Awaits */
gboolean         imap_session_connect         (ImapSession            *self,
                                               GCancellable           *cancellable,
                                               GError                **error);
gboolean         imap_session_sign_in         (ImapSession            *self,
                                               const char             *user,
                                               BaseSecret             *secret,
                                               GCancellable           *cancellable,
                                               GError                **error);
gboolean         imap_session_await_enabled   (ImapSession            *self,
                                               GCancellable           *cancellable,
                                               GError                **error);
gboolean         imap_session_log_out         (ImapSession            *self,
                                               GCancellable           *cancellable,
                                               GError                **error);
gboolean         imap_session_wait            (ImapSession            *self,
                                               const gboolean         *done,
                                               gint64                  deadline_us,
                                               GCancellable           *cancellable,
                                               GError                **error);
void             imap_session_close           (ImapSession            *self);

/* What is known */
ImapState        imap_session_get_state       (ImapSession            *self);
gboolean         imap_session_is_open         (ImapSession            *self);
const GError    *imap_session_get_error       (ImapSession            *self);
gboolean         imap_session_has             (ImapSession            *self,
                                               ImapCapability          capability);
gboolean         imap_session_is_enabled      (ImapSession            *self,
                                               ImapCapability          capability);
const char *const *
                 imap_session_get_capabilities (ImapSession           *self);
const ImapQuirkEffects *
                 imap_session_get_effects     (ImapSession            *self);
GStrv            imap_session_list_quirk_rows (ImapSession            *self);
gboolean         imap_session_has_quirk       (ImapSession            *self,
                                               ImapQuirk               quirk);
void             imap_session_latch_off       (ImapSession            *self,
                                               ImapCapability          capability,
                                               const char             *evidence);
void             imap_session_latch_quirk     (ImapSession            *self,
                                               ImapQuirk               quirk,
                                               const char             *evidence);
const char      *imap_session_get_server_name (ImapSession            *self);
gboolean         imap_session_is_compressed   (ImapSession            *self);
const char      *imap_session_get_greeting    (ImapSession            *self);
const char      *imap_session_get_alert       (ImapSession            *self);
const ImapId    *imap_session_get_server_id   (ImapSession            *self);
const ImapNamespace *
                 imap_session_get_namespace   (ImapSession            *self);
NetTransport    *imap_session_get_transport   (ImapSession            *self);
guint            imap_session_get_selection   (ImapSession            *self);
const char      *imap_session_get_mailbox     (ImapSession            *self);
guint32          imap_session_get_exists      (ImapSession            *self);
gboolean         imap_session_is_numbered     (ImapSession            *self);
guint            imap_session_get_n_waiting   (ImapSession            *self);
guint64          imap_session_get_bytes_read  (ImapSession            *self);
guint64          imap_session_get_bytes_unpacked (ImapSession         *self);
void             imap_session_get_link        (ImapSession            *self,
                                               ImapLink               *out_link);

/* Mailboxes */
ImapCommand     *imap_session_list            (ImapSession            *self,
                                               const char             *pattern,
                                               guint                   status_items);
ImapCommand     *imap_session_status          (ImapSession            *self,
                                               const char             *mailbox,
                                               guint                   items);
ImapCommand     *imap_session_create          (ImapSession            *self,
                                               const char             *mailbox,
                                               guint                   special_use);
ImapCommand     *imap_session_rename          (ImapSession            *self,
                                               const char             *mailbox,
                                               const char             *new_mailbox);
ImapCommand     *imap_session_delete          (ImapSession            *self,
                                               const char             *mailbox);
ImapCommand     *imap_session_subscribe       (ImapSession            *self,
                                               const char             *mailbox,
                                               gboolean                subscribe);
ImapCommand     *imap_session_select          (ImapSession            *self,
                                               const char             *mailbox,
                                               gboolean                read_only);
ImapCommand     *imap_session_select_known    (ImapSession            *self,
                                               const char             *mailbox,
                                               const ImapKnown        *known);
ImapCommand     *imap_session_unselect        (ImapSession            *self);
ImapCommand     *imap_session_append          (ImapSession            *self,
                                               const char             *mailbox,
                                               const ImapMessage      *messages,
                                               guint                   n_messages);
ImapCommand     *imap_session_uid_replace     (ImapSession            *self,
                                               guint32                 uid,
                                               const char             *mailbox,
                                               const ImapMessage      *message);
guint64          imap_session_get_append_limit (ImapSession           *self);

/* Messages of the selected mailbox */
ImapCommand     *imap_session_uid_fetch       (ImapSession            *self,
                                               const ImapUidSet       *uids,
                                               const ImapFetchQuery   *query,
                                               ImapApplyFunc           sink,
                                               gpointer                user_data);
ImapCommand     *imap_session_uid_search      (ImapSession            *self,
                                               const char             *criteria);
ImapCommand     *imap_session_uid_search_text (ImapSession            *self,
                                               const char             *key,
                                               const char             *text);
ImapCommand     *imap_session_uid_store       (ImapSession            *self,
                                               const ImapUidSet       *uids,
                                               ImapStoreMode           mode,
                                               guint                   flags,
                                               const char *const      *keywords,
                                               guint64                 unchanged_since);
ImapCommand     *imap_session_uid_copy        (ImapSession            *self,
                                               const ImapUidSet       *uids,
                                               const char             *mailbox);
ImapCommand     *imap_session_uid_move        (ImapSession            *self,
                                               const ImapUidSet       *uids,
                                               const char             *mailbox);
ImapCommand     *imap_session_uid_expunge     (ImapSession            *self,
                                               const ImapUidSet       *uids);
ImapCommand     *imap_session_expunge_all     (ImapSession            *self);

/* Others */
ImapCommand     *imap_session_enable          (ImapSession            *self,
                                               guint64                 capabilities);
ImapCommand     *imap_session_noop            (ImapSession            *self);
ImapCommand     *imap_session_notify          (ImapSession            *self,
                                               guint                   events,
                                               const ImapFetchQuery   *query);
ImapCommand     *imap_session_idle_start      (ImapSession            *self);
void             imap_session_idle_done       (ImapSession            *self);
gboolean         imap_session_is_idling       (ImapSession            *self);
ImapCommand     *imap_session_get_quota_root  (ImapSession            *self,
                                               const char             *mailbox);

G_END_DECLS
