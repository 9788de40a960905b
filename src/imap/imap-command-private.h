#pragma once

#include "imap-command.h"
#include "imap-request-private.h"
#include "imap-session.h"

G_BEGIN_DECLS

/**
 * ImapCommandKind:
 *
 * What the session has to know of a command when answers come.
 */
typedef enum
{
  IMAP_COMMAND_PLAIN,
  IMAP_COMMAND_APPEND,
  IMAP_COMMAND_CAPABILITY,
  IMAP_COMMAND_COPY,
  IMAP_COMMAND_CREATE,
  IMAP_COMMAND_ENABLE,
  IMAP_COMMAND_FETCH,
  IMAP_COMMAND_ID,
  IMAP_COMMAND_IDLE,
  IMAP_COMMAND_LIST,
  IMAP_COMMAND_SEARCH,
  IMAP_COMMAND_SELECT,
  IMAP_COMMAND_SIGN_IN,
  IMAP_COMMAND_STATUS,
  IMAP_COMMAND_UNSELECT,
} ImapCommandKind;

/**
 * ImapCommand:
 * @session: (nullable): weak: cleared when the session is gone, and then the command is done
 * @name: static: "UID FETCH"
 * @is_abandonable: it changes nothing on the server: nobody has to wait for its end
 * @n_open: requests that are not answered
 * @is_sent: a first byte has gone out
 * @is_answered: every request has its tagged answer
 * @tagged: (owned) (nullable): the tagged answer: the first refusal, or else the last
 * @uids: (owned) (nullable): of a FETCH: which
 * @mailbox: (owned) (nullable): of SELECT and STATUS; the pattern of LIST
 * @next_try, @last_try: of SELECT: which parameter is sent next, and was sent last
 * @first_refused: one more than that of the first refusal, or 0
 * @resync: (owned) (nullable): of SELECT: the parameter QRESYNC
 * @resync_matched: (owned) (nullable): the same with sequence-match data
 * @enables: of ENABLE: what was asked for
 * @is_extended: a LIST with RETURN, a CREATE with USE
 * @n_retries: how often it was sent again in another form, after a refusal
 * @refusal: (owned) (nullable): the first of them
 * @query: of a FETCH; its header fields are owned, its sections are not kept
 * @search_key: (owned) (nullable): of a SEARCH: the keys, or the one before the text
 * @search_text: (owned) (nullable): of a SEARCH for a text
 * @is_narrow: a SEARCH in windows of message numbers
 * @special_use: of CREATE: what it is for
 */
struct _ImapCommand
{
  guint ref_count;
  ImapSession *session;
  const char *name;
  ImapCommandKind kind;
  gboolean is_abandonable;
  gboolean is_abandoned;
  guint n_open;
  gboolean is_sent;
  gboolean is_answered;
  gboolean is_done;
  GError *error;
  ImapResponse *tagged;

  char *mailbox;
  gboolean is_read_only;
  guint next_try;
  guint last_try;
  guint first_refused;
  char *resync;
  char *resync_matched;
  guint64 enables;
  gboolean is_extended;
  guint n_retries;
  char *refusal;
  ImapFetchQuery query;
  char *search_key;
  char *search_text;
  gboolean is_narrow;
  guint status_items;
  guint special_use;
  ImapUidSet *uids;
  ImapApplyFunc sink;
  gpointer sink_data;

  ImapSelected *selected;
  GPtrArray *lists;
  GPtrArray *statuses;
  GPtrArray *kept;
  gsize n_kept_bytes;
  ImapUidSet *found;
  gboolean has_found;
  gboolean is_search_all;
  guint64 found_modseq;
  guint n_fetched;
  gboolean has_copied;
  guint32 copied_uid_validity;
  GArray *copied_from;
  GArray *copied_to;
  ImapUidSet *modified;
  gboolean has_appended;
  guint32 appended_uid_validity;
  guint32 appended_uid;
};

void         imap_selected_free       (ImapSelected       *selected);

ImapCommand *imap_command_new         (ImapSession        *session,
                                       ImapCommandKind     kind,
                                       const char         *name,
                                       gboolean            is_abandonable);
void         imap_selected_free       (ImapSelected       *selected);
void         imap_command_take_error  (ImapCommand        *self,
                                       GError             *error);
void         imap_command_answer      (ImapCommand        *self,
                                       const ImapResponse *response);
void         imap_command_finish      (ImapCommand        *self);
void         imap_command_take_code   (ImapCommand        *self,
                                       const ImapStatus   *status);
gboolean     imap_command_add_list    (ImapCommand        *self,
                                       const ImapResponse *response);
gboolean     imap_command_add_status  (ImapCommand        *self,
                                       const ImapResponse *response);
void         imap_command_add_found   (ImapCommand        *self,
                                       const ImapSearch   *search);

G_END_DECLS
