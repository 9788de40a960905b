#pragma once

#include "imap-uid-set.h"
#include "store-facts.h"
#include "store-folder.h"
#include "store-lane.h"
#include "sync-status.h"

G_BEGIN_DECLS

/* What transactions have done, told from the writer thread and read when the lane is drained. */
typedef struct _SyncTally SyncTally;

/* Everything that one transaction takes into the cache of one folder. Whoever makes it fills it. */
typedef struct
{
  gint64 folder_id;
  StoreBatch *facts;       /* (owned) (nullable) */
  GArray *flags;           /* (owned) (element-type StoreUidFlags) */
  GStringChunk *keywords;  /* (owned) (nullable): what flags point at */
  ImapUidSet *gone;        /* (owned) */
  gboolean has_backfill;
  guint32 backfill_uid;
  gboolean has_status;
  StoreFolderStatus status;
  gint64 checked_unix;     /* 0 for not */
  gint64 proved_exists;    /* -1 for not */
  SyncTally *tally;        /* (owned) */
} SyncCommit;

SyncTally  *sync_tally_new           (void);
void        sync_tally_unref         (SyncTally   *self);
void        sync_tally_take          (SyncTally   *self,
                                      SyncReport  *report);

SyncCommit *sync_commit_new          (gint64       folder_id,
                                      SyncTally   *tally);
void        sync_commit_free         (SyncCommit  *self);
void        sync_commit_add_flags    (SyncCommit  *self,
                                      guint32      uid,
                                      guint32      flags,
                                      guint64      modseq,
                                      const char  *keywords);
gboolean    sync_commit_is_empty     (SyncCommit  *self);
SyncCommit *sync_commit_take_surplus (SyncCommit  *self);
gboolean    sync_commit_push_await   (SyncCommit  *self,
                                      StoreLane   *lane,
                                      GError     **error);

G_END_DECLS
