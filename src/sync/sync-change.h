#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One thing that a person did to one or more messages. Immutable. */
typedef enum
{
  SYNC_CHANGE_FLAGS,
  SYNC_CHANGE_MOVE,
  SYNC_CHANGE_COPY,
  SYNC_CHANGE_ARCHIVE, /* move to the Archive folder */
  SYNC_CHANGE_DELETE,  /* move to Trash; inside Trash and Drafts: for good */
  SYNC_CHANGE_JUNK,    /* move to Junk, $Junk set */
  SYNC_CHANGE_NOT_JUNK,
  SYNC_CHANGE_EXPUNGE, /* for good, wherever it lies; the person was asked */
} SyncChangeKind;

#define SYNC_TYPE_CHANGE (sync_change_get_type ())

typedef struct _SyncChange SyncChange;

GType          sync_change_get_type             (void) G_GNUC_CONST;
SyncChange    *sync_change_new                  (SyncChangeKind      kind,
                                                 const gint64       *location_ids,
                                                 gsize               n_location_ids);
SyncChange    *sync_change_new_flags            (const gint64       *location_ids,
                                                 gsize               n_location_ids,
                                                 guint32             add_flags,
                                                 guint32             remove_flags,
                                                 const char *const  *add_keywords,
                                                 const char *const  *remove_keywords);
SyncChange    *sync_change_new_move             (const gint64       *location_ids,
                                                 gsize               n_location_ids,
                                                 gint64              target_folder_id);
SyncChange    *sync_change_new_copy             (const gint64       *location_ids,
                                                 gsize               n_location_ids,
                                                 gint64              target_folder_id);
SyncChange    *sync_change_ref                  (SyncChange         *self);
void           sync_change_unref                (SyncChange         *self);

SyncChangeKind sync_change_get_kind             (SyncChange         *self);
const gint64  *sync_change_get_locations        (SyncChange         *self,
                                                 gsize              *out_n_locations);
gint64         sync_change_get_target_folder_id (SyncChange         *self);
guint32        sync_change_get_add_flags        (SyncChange         *self);
guint32        sync_change_get_remove_flags     (SyncChange         *self);
const char *const *sync_change_get_add_keywords    (SyncChange      *self);
const char *const *sync_change_get_remove_keywords (SyncChange      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncChange, sync_change_unref)

/* What a person decides about a message in the outbox. */
typedef enum
{
  SYNC_OUTBOX_RETRY,     /* failed or waiting for its time: send it now */
  SYNC_OUTBOX_CANCEL,    /* queued or failed: take it back, its bytes stay a draft */
  SYNC_OUTBOX_RESEND,    /* unsure: send it once more, with the same Message-ID */
  SYNC_OUTBOX_MARK_SENT, /* unsure: it has arrived; file the copy */
} SyncOutboxAction;

#define SYNC_TYPE_SUBMISSION (sync_submission_get_type ())

typedef struct _SyncSubmission SyncSubmission;

/* A finished message on its way. Filled by the caller and then handed over. */
struct _SyncSubmission
{
  char    *sender;               /* (owned): envelope sender, an addr-spec */
  char   **recipients;           /* (owned): envelope recipients, Bcc included */
  GBytes  *message;              /* (owned): what goes on the wire, CRLF, no Bcc */
  GBytes  *local_copy;           /* (owned) (nullable): with Bcc, for Sent; NULL: message */
  char    *uuid;                 /* (owned): submitting the same one twice makes one item */
  char    *identity;             /* (owned) (nullable): id of the identity that it is from */
  char    *draft_uuid;           /* (owned) (nullable): the draft that it replaces */
  gint64   answered_location_id; /* gets \Answered once sent, or 0 */
  gint64   forwarded_location_id;/* gets $Forwarded once sent, or 0 */
  gint64   not_before_unix;      /* undo send and send later; 0: now */
};

GType           sync_submission_get_type (void) G_GNUC_CONST;
SyncSubmission *sync_submission_new      (const char            *sender,
                                          const char *const     *recipients,
                                          GBytes                *message);
SyncSubmission *sync_submission_copy     (const SyncSubmission  *self);
void            sync_submission_free     (SyncSubmission        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncSubmission, sync_submission_free)

G_END_DECLS
