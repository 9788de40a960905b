#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SYNC_ERROR (sync_error_quark ())

/* What failed for another reason than the connection, which is NET_ERROR. */
typedef enum
{
  SYNC_ERROR_FAILED,
  SYNC_ERROR_STOPPED,         /* the account was stopped before it was done */
  SYNC_ERROR_OFFLINE,         /* no network, or the password is still to be given */
  SYNC_ERROR_REFUSED,         /* the server said NO */
  SYNC_ERROR_NOT_FOUND,       /* no such folder, message or operation any more */
  SYNC_ERROR_INCOMPLETE,      /* some of it could not be done: the report says what */
  SYNC_ERROR_DOUBTFUL,        /* the server's answers do not agree with each other */
  SYNC_ERROR_WRONG_MESSAGE,   /* the server handed out another message's bytes */
  SYNC_ERROR_NO_FOLDER,       /* the account has no folder of the role that this needs */
  SYNC_ERROR_SLICED,          /* gives way to something more urgent, and goes on later */
  SYNC_ERROR_TOO_LATE,        /* to be undone: it has been sent */
} SyncError;

GQuark sync_error_quark (void);

G_END_DECLS
