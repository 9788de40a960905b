#pragma once

#include "imap-session.h"
#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* How far a fetch of header facts has come. */
typedef struct
{
  SyncJob *job;       /* (unowned) */
  SyncWorker *worker; /* (unowned) */
  ImapUidSet *left;   /* (owned): still to be asked for */
  ImapUidSet *missing; /* (owned): asked for, and not delivered */
  guint64 n_done;
  guint64 n_total;
  gboolean moves_marker; /* a first sync: the resume marker follows the windows */
  gboolean is_bare;      /* only places what the cache knows from other folders: the rest is missing */
  gboolean gives_up;     /* stops being bare when it finds little: what is left then is missing, too */
  guint64 n_futile;  /* asked for since anything was delivered */
  guint n_refused;  /* single messages refused since then */
} SyncFill;

void        sync_fill_init        (SyncFill         *fill,
                                   SyncJob          *job,
                                   SyncWorker       *worker,
                                   const ImapUidSet *wanted);
void        sync_fill_clear       (SyncFill         *fill);
gboolean    sync_fill_run         (SyncFill         *fill,
                                   gboolean         *out_is_whole,
                                   GError          **error);

gboolean    sync_window_is_refusal (const GError    *error);
ImapUidSet *sync_uids_take_newest (ImapUidSet       *uids,
                                   guint64           n_uids);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SyncFill, sync_fill_clear)

G_END_DECLS
