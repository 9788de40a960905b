#pragma once

#include "imap-session.h"
#include "store-facts.h"
#include "store-folder.h"
#include "store-lane.h"
#include "store-reader.h"
#include "sync-status.h"

G_BEGIN_DECLS

/* The mailbox that a worker's session has selected, and what the server has said about it that
 * is not in the cache yet. Its applier is the one receiver of all that the server says; a job
 * takes nothing out of FETCH answers by another way, except bodies. */
typedef struct _SyncMailbox SyncMailbox;

/* Told of each message's flags that a job has asked for, before they are kept. */
typedef gboolean (*SyncFlagsFunc) (guint32     uid,
                                   guint32     flags,
                                   const char *keywords,
                                   gpointer    user_data);

SyncMailbox       *sync_mailbox_new           (Store              *store,
                                               const StoreFolder  *folder,
                                               ImapCommand        *select,
                                               gboolean            trusts_vanished);
void               sync_mailbox_free          (SyncMailbox        *self);
void               sync_mailbox_opened        (SyncMailbox        *self);

const StoreFolder *sync_mailbox_get_folder    (SyncMailbox        *self);
const ImapSelected *sync_mailbox_get_selected (SyncMailbox        *self);
guint              sync_mailbox_get_selection (SyncMailbox        *self);
gboolean           sync_mailbox_is_fresh      (SyncMailbox        *self);
guint64            sync_mailbox_get_since     (SyncMailbox        *self,
                                               guint32            *out_uid_next);
void               sync_mailbox_apply         (SyncMailbox        *self,
                                               const ImapResponse *response,
                                               guint32             uid);

/* What came and waits. */
gboolean           sync_mailbox_has_news      (SyncMailbox        *self);
gboolean           sync_mailbox_has_arrivals  (SyncMailbox        *self);
void               sync_mailbox_clear_arrivals (SyncMailbox       *self);
gboolean           sync_mailbox_has_pushed    (SyncMailbox        *self);
guint32            sync_mailbox_get_next_uid  (SyncMailbox        *self);
gboolean           sync_mailbox_is_doubtful   (SyncMailbox        *self);
gboolean           sync_mailbox_has_unplaced (SyncMailbox        *self);
void               sync_mailbox_doubt         (SyncMailbox        *self);
void               sync_mailbox_clear_doubt   (SyncMailbox        *self);
guint              sync_mailbox_get_n_facts   (SyncMailbox        *self);
const ImapUidSet  *sync_mailbox_get_gone      (SyncMailbox        *self);
gboolean           sync_mailbox_has_vanished  (SyncMailbox        *self);
ImapUidSet        *sync_mailbox_find_vanished (SyncMailbox        *self,
                                               StoreReader        *reader,
                                               GError            **error);
gboolean           sync_mailbox_has_heard_vanished (SyncMailbox   *self);
void               sync_mailbox_drop_vanished (SyncMailbox        *self);
void               sync_mailbox_trust_vanished    (SyncMailbox    *self);
void               sync_mailbox_set_looked        (SyncMailbox    *self);
gboolean           sync_mailbox_has_looked        (SyncMailbox    *self);
void               sync_mailbox_distrust_vanished (SyncMailbox    *self);
void               sync_mailbox_take_received (SyncMailbox        *self,
                                               ImapUidSet         *uids);
void               sync_mailbox_set_flags_func (SyncMailbox       *self,
                                               SyncFlagsFunc       func,
                                               gpointer            user_data);

/* Taking it into the cache. Awaits. */
void               sync_mailbox_set_backfill  (SyncMailbox        *self,
                                               guint32             backfill_uid);
void               sync_mailbox_set_status    (SyncMailbox        *self,
                                               const StoreFolderStatus *status);
void               sync_mailbox_set_checked   (SyncMailbox        *self,
                                               gint64              checked_unix);
void               sync_mailbox_set_proved    (SyncMailbox        *self,
                                               gint64              n_exists);
void               sync_mailbox_vanish        (SyncMailbox        *self,
                                               const ImapUidSet   *uids);
gboolean           sync_mailbox_commit        (SyncMailbox        *self,
                                               GError            **error);
gboolean           sync_mailbox_settle        (SyncMailbox        *self,
                                               SyncReport         *report,
                                               GError            **error);
gboolean           sync_mailbox_reload        (SyncMailbox        *self,
                                               StoreFolder        *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncMailbox, sync_mailbox_free)

G_END_DECLS
