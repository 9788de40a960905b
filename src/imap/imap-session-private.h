#pragma once

#include "imap-command-private.h"
#include "imap-connection-private.h"
#include "imap-sequence-map.h"
#include "imap-session.h"

G_BEGIN_DECLS

struct _ImapSession
{
  GObject parent_instance;

  NetTransport *transport;    /* (owned) */
  ImapConnection *connection; /* (owned) (nullable) until connected */
  ImapState state;
  guint silence_ms;
  GError *error;              /* (owned) (nullable) until it is over */

  ImapApplyFunc applier;
  gpointer applier_data;

  gboolean is_greeted;
  ImapStatusKind greeting_kind;
  char *greeting;             /* (owned) (nullable) */
  GError *greeting_error;     /* (owned) (nullable): what a BYE instead of it means */
  char *alert;                /* (owned) (nullable): the last one */
  GStrv id_fields;            /* (owned) (nullable): names and values of ours */
  ImapResponse *server_id;    /* (owned) (nullable) */
  ImapResponse *name_space;   /* (owned) (nullable) */

  GStrv capability_words;     /* (owned): as said; empty when not known */
  guint64 capabilities;
  ImapQuirks *quirks;         /* (owned): the table */
  ImapQuirkEffects effects;   /* of the rows that are about this server, as far as it is known */
  guint64 latched_off;        /* mask of capabilities: what the latches say */
  guint latched_quirks;       /* mask of quirks: the same */
  GPtrArray *latches;         /* (owned): of ImapLatch, those in force */
  GPtrArray *untold;          /* (owned): those that nobody was told of yet */
  char *server_name;          /* (owned) (nullable) until it is known */
  gboolean is_id_answered;    /* with or without an ID */
  ImapLatchFunc latch_func;   /* (nullable) */
  gpointer latch_data;
  guint64 enabled;
  gboolean asks_for_utf8;     /* ENABLE UTF8=ACCEPT or IMAP4rev2 is on the wire */
  ImapCommand *enabling;      /* (owned) (nullable): the ENABLE of the sign-in */
  gboolean wants_compression;
  guint n_capability_answers; /* how often they were said */

  /* what is selected; of another mailbox while is_switching */
  guint last_serial;
  guint serial;               /* 0: nothing */
  char *mailbox;              /* (owned) (nullable) */
  ImapSequenceMap *map;       /* (owned) */
  ImapCommand *selecting;     /* (owned) (nullable): on the wire, without its answer */
  gboolean is_switching;      /* what comes may still be of the mailbox before */
  guint n_selects;            /* sent or queued, without their answer */
};

/**
 * ImapNeed:
 * @IMAP_NEED_CONNECTION: greeted
 * @IMAP_NEED_SIGN_IN: signed in
 * @IMAP_NEED_MAILBOX: selected, or about to be
 * @IMAP_NEED_CERTAINTY: selected, and it is certain which one and with which UIDs
 */
typedef enum
{
  IMAP_NEED_CONNECTION,
  IMAP_NEED_SIGN_IN,
  IMAP_NEED_MAILBOX,
  IMAP_NEED_CERTAINTY,
} ImapNeed;

/**
 * ImapHeaderMode:
 * @IMAP_HEADER_FIELDS: BODY.PEEK[HEADER.FIELDS (From To)]
 * @IMAP_HEADER_TIGHT: BODY.PEEK[HEADER.FIELDS(From To)]
 * @IMAP_HEADER_WHOLE: BODY.PEEK[HEADER]
 *
 * How a FETCH asks for header fields.
 */
typedef enum
{
  IMAP_HEADER_FIELDS,
  IMAP_HEADER_TIGHT,
  IMAP_HEADER_WHOLE,
} ImapHeaderMode;

extern const ImapConnectionHandler imap_session_handler;

void         imap_session_set_state        (ImapSession      *self,
                                            ImapState         state);
void         imap_session_set_capabilities (ImapSession      *self,
                                            const char *const *words);
void         imap_session_forget_capabilities (ImapSession   *self);
void         imap_session_fail             (ImapSession      *self,
                                            GError           *error);
void         imap_session_abandon          (ImapSession      *self,
                                            ImapCommand      *command);

void         imap_session_apply_quirks     (ImapSession      *self);
void         imap_session_init_latches     (ImapSession      *self);
void         imap_session_clear_latches    (ImapSession      *self);
void         imap_session_identify         (ImapSession      *self);
void         imap_session_tell_latches     (ImapSession      *self);

gboolean     imap_session_check            (ImapSession      *self,
                                            ImapCommand      *command,
                                            ImapNeed          need);
gboolean     imap_session_check_capability (ImapSession      *self,
                                            ImapCommand      *command,
                                            ImapCapability    capability);
void         imap_session_refuse           (ImapCommand      *command,
                                            ImapError         code,
                                            const char       *message);
gsize        imap_session_get_line_limit   (ImapSession      *self);
gboolean     imap_session_has_utf8         (ImapSession      *self);
gboolean     imap_session_is_rev2          (ImapSession      *self);
void         imap_session_update_names     (ImapSession      *self);
ImapRequest *imap_session_begin            (ImapSession      *self,
                                            ImapCommand      *command,
                                            guint             flags,
                                            const char       *text);
void         imap_session_send             (ImapSession      *self,
                                            ImapRequest      *request);
ImapCommand *imap_session_send_simple      (ImapSession      *self,
                                            ImapCommand      *command,
                                            ImapNeed          need,
                                            guint             flags,
                                            const char       *text);
gboolean     imap_session_await_step       (ImapSession      *self,
                                            ImapCommand      *command,
                                            GCancellable     *cancellable,
                                            GError          **error);
ImapCommand *imap_session_send_capability  (ImapSession      *self);
gboolean     imap_session_may_select_again (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_select_again     (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_note_select      (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_create      (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_list        (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_selecting   (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_finish_select    (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_fetch       (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_search      (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_send_id          (ImapSession      *self,
                                            gboolean          is_full);
gboolean     imap_session_retry            (ImapSession      *self,
                                            ImapCommand      *command);
guint32      imap_session_get_narrow_size  (ImapSession      *self,
                                            ImapCommand      *command);
ImapHeaderMode
             imap_session_get_header_mode  (ImapSession      *self,
                                            ImapCommand      *command);
gboolean     imap_session_names_charset    (ImapSession      *self,
                                            ImapCommand      *command);
char        *imap_session_dup_query        (ImapSession      *self,
                                            ImapCommand      *command);
void         imap_session_append_flags     (GString          *text,
                                            guint             flags,
                                            const char *const *keywords);

G_END_DECLS
