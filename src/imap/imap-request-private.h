#pragma once

#include <gio/gio.h>

#include "imap-command.h"

G_BEGIN_DECLS

/**
 * ImapRequestFlags:
 * @IMAP_REQUEST_ALONE_BEFORE: goes out when all earlier ones are answered
 * @IMAP_REQUEST_ALONE_AFTER: later ones go out when it is answered
 * @IMAP_REQUEST_IDLE: IDLE: silence is no fault; DONE ends it
 * @IMAP_REQUEST_ENDS_STREAM: STARTTLS: nothing may follow its OK
 * @IMAP_REQUEST_SEARCH: its answer does not say to whom it belongs: one at a time
 * @IMAP_REQUEST_LEAVES: LOGOUT: a BYE is no failure
 * @IMAP_REQUEST_COMPRESSES: COMPRESS: what follows its OK is packed, both ways
 * @IMAP_REQUEST_BRINGS_BODIES: a FETCH with sections: when abandoned, large literals are not kept
 */
typedef enum
{
  IMAP_REQUEST_ALONE_BEFORE  = 1 << 0,
  IMAP_REQUEST_ALONE_AFTER   = 1 << 1,
  IMAP_REQUEST_IDLE          = 1 << 2,
  IMAP_REQUEST_ENDS_STREAM   = 1 << 3,
  IMAP_REQUEST_SEARCH        = 1 << 4,
  IMAP_REQUEST_LEAVES        = 1 << 5,
  IMAP_REQUEST_BRINGS_BODIES = 1 << 6,
  IMAP_REQUEST_COMPRESSES    = 1 << 7,
} ImapRequestFlags;

/**
 * ImapLiteralMode:
 * @IMAP_LITERAL_WAITS: each literal waits for the server to say +
 * @IMAP_LITERAL_MINUS: those of up to 4096 bytes do not (RFC 7888)
 * @IMAP_LITERAL_PLUS: none does
 */
typedef enum
{
  IMAP_LITERAL_WAITS,
  IMAP_LITERAL_MINUS,
  IMAP_LITERAL_PLUS,
} ImapLiteralMode;

typedef struct _ImapRequest ImapRequest;

/**
 * ImapContinueFunc:
 * @challenge: what stood behind the +
 *
 * Answers a challenge of AUTHENTICATE.
 *
 * Returns: (transfer full) (nullable): the line to send, without its end; %NULL to cancel
 */
typedef char *(*ImapContinueFunc) (const char *challenge,
                                   gpointer    user_data);

/**
 * ImapPiece:
 * @bytes: (owned): what goes out
 * @waits: only after the server has said +
 * @is_text: a part of the command line, not a literal: it can be logged
 * @is_secret: except that it holds a secret
 */
typedef struct
{
  GBytes *bytes;
  gboolean waits;
  gboolean is_text;
  gboolean is_secret;
} ImapPiece;

/**
 * ImapRequest:
 * @command: (owned) (nullable): what it belongs to
 * @flags: mask of #ImapRequestFlags
 * @pieces: (owned): of #ImapPiece, what is left to go out
 * @is_staged: its first byte has gone to the pump
 * @is_answered: the tagged answer has come
 * @is_abandoned: nobody waits for it any more
 * @is_alone: nothing else was under way when it began to go out
 * @staged_us: when that was
 * @bytes_before: how many bytes the connection had read then
 * @is_logged: its beginning is in the transcript
 * @has_utf8: strings and mailbox names are UTF-8 (RFC 6855)
 * @on_continue: (nullable): what answers a + that no literal waits for
 *
 * One command line with its literals: what a tag stands for.
 */
struct _ImapRequest
{
  char tag[8];
  ImapCommand *command;
  guint flags;
  GQueue pieces;
  gsize piece_offset;
  gboolean is_staged;
  gboolean is_answered;
  gboolean is_abandoned;
  gboolean is_alone;
  gint64 staged_us;
  guint64 bytes_before;
  gboolean is_logged;
  gboolean has_utf8;
  ImapContinueFunc on_continue;
  gpointer continue_data;

  /*< private >*/
  ImapLiteralMode literals;
  GString *text; /* (owned): of the line, until a literal or the end makes a piece of it */
  gboolean next_waits;
  gboolean text_is_secret;
};

void         imap_piece_free            (ImapPiece        *self);
ImapRequest *imap_request_new           (ImapCommand      *command,
                                         guint             flags,
                                         ImapLiteralMode   literals);
void         imap_request_free          (ImapRequest      *self);
void         imap_request_add           (ImapRequest      *self,
                                         const char       *text);
void         imap_request_add_format    (ImapRequest      *self,
                                         const char       *format,
                                         ...) G_GNUC_PRINTF (2, 3);
void         imap_request_add_string    (ImapRequest      *self,
                                         const char       *string);
void         imap_request_add_mailbox   (ImapRequest      *self,
                                         const char       *wire_name);
void         imap_request_add_literal   (ImapRequest      *self,
                                         GBytes           *bytes);
void         imap_request_add_literal8  (ImapRequest      *self,
                                         GBytes           *bytes);
void         imap_request_mark_secret   (ImapRequest      *self);
void         imap_request_finish        (ImapRequest      *self);
void         imap_request_add_answer    (ImapRequest      *self,
                                         char             *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapRequest, imap_request_free)

G_END_DECLS
