#pragma once

#include "net-test-server.h"
#include "smtp-session.h"

/* A server that holds one conversation, line by line as it is written down:
 *
 *   "S: 220 hello"   says it
 *   "C: QUIT"        hears exactly this, or hangs up and remembers what it heard
 *   "data"           hears lines up to a single dot
 *   "some"           hears the first line of a message
 *   "raw ..."        says it without an end of line
 *   "tls"            begins TLS
 *   "wait"           until the client hangs up; what it says meanwhile is remembered
 *   "sleep"          for 300 ms
 *   "cancel"         cancels @cancellable, from the server's thread
 *   "reset"          breaks the connection
 *
 * After the last line it hangs up. */
typedef struct
{
  const char * const *lines;
  NetTestCertificate *certificate; /* (nullable) not owned */
  NetTestServer *server;           /* (owned) */
  SmtpSession *session;            /* (owned) */
  GString *stages;                 /* (owned) */
  NetTranscript *transcript;       /* (owned) */
  GCancellable *cancellable;       /* (owned) */

  /* the server's thread writes these; read after dialogue_end () */
  char *mismatch;                  /* (owned) (nullable) */
  GString *data;                   /* (owned) what came as messages, with CRLF */
  GString *heard_at_end;           /* (owned) */
  gint dot_seen;                   /* any time, atomically */
} Dialogue;

void dialogue_begin  (Dialogue           *self,
                      const char * const *lines,
                      NetSecurity         security,
                      NetTrust           *trust);
void dialogue_end    (Dialogue           *self);
void dialogue_clear  (Dialogue           *self);
