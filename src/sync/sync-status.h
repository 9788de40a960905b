#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of net; its own header defines it. */
typedef struct _NetCertificate NetCertificate;

/* Where an account stands. */
typedef enum
{
  SYNC_STATE_STOPPED,
  SYNC_STATE_OFFLINE,         /* there is no network */
  SYNC_STATE_CONNECTING,
  SYNC_STATE_SIGNING_IN,
  SYNC_STATE_SYNCING,
  SYNC_STATE_UP_TO_DATE,      /* equal to the server at checked_unix */
  SYNC_STATE_PASSWORD_NEEDED, /* none was given yet */
  SYNC_STATE_SIGN_IN_REFUSED, /* latched until another password is set */
  SYNC_STATE_CERTIFICATE,     /* not trusted; latched until the trust is set */
  SYNC_STATE_FAILED,          /* tried again at retry_unix */
} SyncState;

#define SYNC_TYPE_STATUS (sync_status_get_type ())

typedef struct _SyncStatus SyncStatus;

/* A value: nothing in it changes after it was handed out. */
struct _SyncStatus
{
  SyncState       state;
  char           *folder;               /* (owned) (nullable): UTF-8 path while syncing */
  gint64          folder_id;            /* 0 for none */
  guint64         n_done;               /* messages of the folder, while syncing */
  guint64         n_total;              /* 0 while unknown */
  guint64         download_done_bytes;  /* of what is large and comes in pieces */
  guint64         download_total_bytes; /* 0: nothing */
  gint64          checked_unix;         /* last time all of the account was seen equal, or 0 */
  gint64          heard_unix;           /* last time the server said anything, or 0 */
  gint64          longest_wait_us;      /* of what a person asked for, until work on it began */
  gint64          retry_unix;           /* 0 for none */
  gboolean        live;                 /* an IDLE is being held */
  gboolean        watched;              /* and the server tells of all folders */
  guint           max_connections;      /* that the server seems to allow */
  GError         *error;                /* (owned) (nullable): NET_ERROR for what failed */
  NetCertificate *certificate;          /* (owned) (nullable): the one not trusted */
  gboolean        for_smtp;             /* error and certificate are the sending server's */
  char           *alert;                /* (owned) (nullable): the server's last [ALERT] */
  guint           n_operations_waiting;
  guint           n_operations_refused; /* in doubt, or refused within a day: to be looked at */
  guint           n_outbox_waiting;
  guint           n_outbox_failed;      /* failed or unsure */
};

GType       sync_status_get_type (void) G_GNUC_CONST;
SyncStatus *sync_status_copy     (const SyncStatus *self);
void        sync_status_free     (SyncStatus       *self);
const char *sync_state_get_name  (SyncState         state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncStatus, sync_status_free)

#define SYNC_TYPE_REPORT (sync_report_get_type ())

typedef struct _SyncReport SyncReport;

/* What a command did; numbers of messages if not said otherwise. */
struct _SyncReport
{
  guint64    n_new;
  guint64    n_gone;
  guint64    n_flags_changed;
  guint64    n_bodies;
  guint      n_folders;    /* that equal the server now */
  guint      n_operations; /* done */
  GPtrArray *failures;     /* (owned) (element-type utf8): one line for each that could not be done */
};

GType       sync_report_get_type (void) G_GNUC_CONST;
SyncReport *sync_report_new      (void);
SyncReport *sync_report_copy     (const SyncReport *self);
void        sync_report_free     (SyncReport       *self);
void        sync_report_add      (SyncReport       *self,
                                  const SyncReport *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncReport, sync_report_free)

G_END_DECLS
