#pragma once

#include "imap-session.h"

/* What every test of a session needs: a context that this thread owns, as a worker does, and an
 * applier that writes down what it was told. */

typedef struct
{
  GMainContext *context;
  NetTranscript *transcript;
  ImapSession *session;
  GString *applied; /* "FETCH 12;EXISTS;EXPUNGE 5;": names and UIDs, in order */
  guint n_applied;
} Worker;

void     worker_init    (Worker      *self);
void     worker_open    (Worker      *self,
                         NetEndpoint *endpoint,
                         NetTrust    *trust);
void     worker_clear   (Worker      *self);
void     worker_run_for (Worker      *self,
                         guint        ms);
gboolean worker_await   (Worker      *self,
                         ImapCommand *command,
                         GError     **error);
void     worker_assert  (Worker      *self,
                         ImapCommand *command);
