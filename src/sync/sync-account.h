#pragma once

#include "sync-change.h"
#include "sync-status.h"
#include "sync-timings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of the floors below; their own headers define them. */
typedef struct _AccountSettings AccountSettings;
typedef struct _BaseSecret BaseSecret;
typedef struct _NetTranscript NetTranscript;
typedef struct _NetTrust NetTrust;
typedef struct _Store Store;

/* How an account works by itself once it is started. */
typedef enum
{
  SYNC_MODE_LIVE,      /* holds IDLE, polls, prefetches, sends: what the application wants */
  SYNC_MODE_ON_DEMAND, /* only what is asked for: what a terminal program wants */
} SyncMode;

/* Which bodies sync_account_sync_async () brings. */
typedef enum
{
  SYNC_BODIES_NONE,
  SYNC_BODIES_RECENT, /* those that the account's offline policy names */
  SYNC_BODIES_ALL,
} SyncBodies;

/* What a person wants of a message that is fetched. */
typedef enum
{
  SYNC_FETCH_TEXT,  /* enough to read it: whole when it is small, else its text parts */
  SYNC_FETCH_WHOLE, /* every byte of it, as it lies on the server */
} SyncFetch;

#define SYNC_TYPE_ACCOUNT (sync_account_get_type ())
G_DECLARE_FINAL_TYPE (SyncAccount, sync_account, SYNC, ACCOUNT, GObject)

SyncAccount *sync_account_new                (AccountSettings      *settings,
                                              Store                *store,
                                              NetTrust             *trust);
const char  *sync_account_get_uuid           (SyncAccount          *self);
gint64       sync_account_get_id             (SyncAccount          *self);
NetTranscript *sync_account_get_transcript   (SyncAccount          *self);
SyncStatus  *sync_account_dup_status         (SyncAccount          *self);

void         sync_account_set_timings        (SyncAccount          *self,
                                              const SyncTimings    *timings);
void         sync_account_set_settings       (SyncAccount          *self,
                                              AccountSettings      *settings);
void         sync_account_set_trust          (SyncAccount          *self,
                                              NetTrust             *trust);
void         sync_account_set_passwords      (SyncAccount          *self,
                                              BaseSecret           *imap_password,
                                              BaseSecret           *smtp_password);
void         sync_account_change_passwords   (SyncAccount          *self,
                                              BaseSecret           *imap_password,
                                              BaseSecret           *smtp_password);
void         sync_account_set_network        (SyncAccount          *self,
                                              gboolean              available,
                                              gboolean              metered);
void         sync_account_resume             (SyncAccount          *self);
void         sync_account_set_visible_folder (SyncAccount          *self,
                                              gint64                folder_id);
void         sync_account_hint_locations     (SyncAccount          *self,
                                              const gint64         *location_ids,
                                              gsize                 n_location_ids);

void         sync_account_start              (SyncAccount          *self,
                                              SyncMode              mode);
void         sync_account_check_now          (SyncAccount          *self);
void         sync_account_stop_async         (SyncAccount          *self,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_stop_finish        (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

void         sync_account_list_folders_async (SyncAccount          *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_list_folders_finish (SyncAccount         *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         sync_account_sync_async         (SyncAccount          *self,
                                              gint64                folder_id,
                                              SyncBodies            bodies,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_sync_finish        (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              SyncReport          **out_report,
                                              GError              **error);

void         sync_account_fetch_message_async (SyncAccount         *self,
                                              gint64                location_id,
                                              SyncFetch             fetch,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_fetch_message_finish (SyncAccount        *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         sync_account_fetch_part_async   (SyncAccount          *self,
                                              gint64                location_id,
                                              const char           *section,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_fetch_part_finish  (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

/* What a person does: journalled first, carried to the server afterwards. */
void         sync_account_change_async       (SyncAccount          *self,
                                              SyncChange           *change,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_change_finish      (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              gint64               *out_change_id,
                                              GError              **error);
void         sync_account_undo_async         (SyncAccount          *self,
                                              gint64                change_id,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_undo_finish        (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         sync_account_settle_async       (SyncAccount          *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_settle_finish      (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              SyncReport          **out_report,
                                              GError              **error);

/* Sending. */
void         sync_account_submit_async       (SyncAccount          *self,
                                              SyncSubmission       *submission,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_submit_finish      (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              gint64               *out_outbox_id,
                                              GError              **error);
void         sync_account_outbox_act_async   (SyncAccount          *self,
                                              gint64                outbox_id,
                                              SyncOutboxAction      action,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean     sync_account_outbox_act_finish  (SyncAccount          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
