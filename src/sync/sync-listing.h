#pragma once

#include "sync-job.h"
#include "sync-worker.h"

G_BEGIN_DECLS

/* What is asked of each folder beside its name: the numbers that tell whether it has changed. */
#define SYNC_LISTING_STATUS_ITEMS                                                                  \
  (IMAP_MAILBOX_STATUS_MESSAGES | IMAP_MAILBOX_STATUS_UIDNEXT | IMAP_MAILBOX_STATUS_UIDVALIDITY |  \
   IMAP_MAILBOX_STATUS_UNSEEN | IMAP_MAILBOX_STATUS_HIGHESTMODSEQ)

ImapCommand *sync_listing_send            (SyncWorker     *worker);
gboolean     sync_listing_update          (SyncJob        *job,
                                           SyncWorker     *worker,
                                           ImapCommand   **out_list,
                                           GError        **error);
GPtrArray   *sync_listing_cached          (SyncWorker     *worker,
                                           GError        **error);
gboolean     sync_mailbox_names_are_equal (gconstpointer   a,
                                           gconstpointer   b);

G_END_DECLS
