#pragma once

#include "script-server.h"
#include "worker.h"

/* A session with a server that plays a script: what most tests of quirks are made of. */

typedef struct
{
  Worker worker;
  ScriptServer *server;
} Scripted;

/* Connected, signed in by PREAUTH and in the mailbox "a" of three messages with the UIDs 10, 20 and
 * 30: the beginning of most scripts. SCRIPTED_HELLO is followed by capabilities and a ]. */
#define SCRIPTED_HELLO "S: * PREAUTH [CAPABILITY IMAP4rev1 "
#define SCRIPTED_SELECT "C: AAAA SELECT \"a\"", \
  "S: * FLAGS (\\Seen)", "S: * 3 EXISTS", "S: * OK [UIDVALIDITY 7] x", "S: * OK [UIDNEXT 31] x", \
  "S: AAAA OK [READ-WRITE] done"

#define SCRIPTED(...) ((const char *[]) { __VA_ARGS__, NULL })

void         scripted_begin     (Scripted          *self,
                                 const char *const *script);
void         scripted_connect   (Scripted          *self);
void         scripted_sign_in   (Scripted          *self);
void         scripted_select    (Scripted          *self);
void         scripted_open      (Scripted          *self,
                                 const char *const *script);
GError      *scripted_try       (Scripted          *self,
                                 ImapCommand       *command);
void         scripted_finish    (Scripted          *self);

ImapUidSet  *scripted_uids      (const char        *text);
const char  *scripted_applied   (Scripted          *self);
