#pragma once

#include "account-settings.h"
#include "base-secret.h"
#include "net-transcript.h"
#include "net-trust.h"
#include "store.h"
#include "sync-account.h"
#include "sync-gate.h"
#include "sync-job.h"

G_BEGIN_DECLS

/* What the main thread and the workers of one account share: the queue, the settings that a
 * connection is made with, and the status. Everything in it is a value under one lock that is
 * never held while anything is waited for. */
typedef struct _SyncCore SyncCore;

/* The settings as they are when a connection is made. Immutable. */
typedef struct
{
  AccountSettings *settings; /* (owned), nobody changes it */
  BaseSecret *imap_secret;   /* (owned) (nullable) */
  BaseSecret *smtp_secret;   /* (owned) (nullable) */
  NetTrust *trust;           /* (owned) */
} SyncConfig;

typedef enum
{
  SYNC_ACTIVITY_NONE,
  SYNC_ACTIVITY_CONNECTING,
  SYNC_ACTIVITY_SIGNING_IN,
  SYNC_ACTIVITY_SYNCING,
  SYNC_ACTIVITY_LIVE, /* holds IDLE */
} SyncActivity;

typedef void (*SyncCoreNotifyFunc) (SyncCore *core,
                                    gpointer  user_data);

SyncCore      *sync_core_new              (const char         *account_uuid,
                                           Store              *store,
                                           NetTranscript      *transcript);
SyncCore      *sync_core_ref              (SyncCore           *self);
void           sync_core_unref            (SyncCore           *self);

/* Main thread. */
void           sync_core_set_notify       (SyncCore           *self,
                                           SyncCoreNotifyFunc  func,
                                           gpointer            user_data);
void           sync_core_set_timings      (SyncCore           *self,
                                           const SyncTimings  *timings);
void           sync_core_set_config       (SyncCore           *self,
                                           AccountSettings    *settings,
                                           BaseSecret         *imap_secret,
                                           BaseSecret         *smtp_secret,
                                           NetTrust           *trust);
void           sync_core_forgive          (SyncCore           *self);
void           sync_core_set_network      (SyncCore           *self,
                                           gboolean            available,
                                           gboolean            metered);
void           sync_core_resume           (SyncCore           *self);
void           sync_core_set_visible      (SyncCore           *self,
                                           gint64              folder_id);
void           sync_core_start            (SyncCore           *self,
                                           SyncMode            mode);
void           sync_core_hurry            (SyncCore           *self);
void           sync_core_stop             (SyncCore           *self);
guint          sync_core_get_n_workers    (SyncCore           *self);
SyncStatus    *sync_core_dup_status       (SyncCore           *self);

/* Any thread. */
const char    *sync_core_get_uuid         (SyncCore           *self);
Store         *sync_core_get_store        (SyncCore           *self);
NetTranscript *sync_core_get_transcript   (SyncCore           *self);
gint64         sync_core_get_account_id   (SyncCore           *self);
void           sync_core_set_account_id   (SyncCore           *self,
                                           gint64              account_id);
const SyncTimings *
               sync_core_get_timings      (SyncCore           *self);
SyncMode       sync_core_get_mode         (SyncCore           *self);
gint64         sync_core_get_visible      (SyncCore           *self);
gboolean       sync_core_is_metered       (SyncCore           *self);
gboolean       sync_core_is_watched       (SyncCore           *self);
SyncConfig    *sync_core_dup_config       (SyncCore           *self);
void           sync_core_push             (SyncCore           *self,
                                           SyncJob            *job);
gboolean       sync_core_push_once        (SyncCore           *self,
                                           SyncJob            *job);
void           sync_core_cancel           (SyncCore           *self,
                                           SyncJob            *job);

/* Workers. */
SyncJob       *sync_core_take             (SyncCore           *self,
                                           SyncWorker         *worker,
                                           gboolean            has_session,
                                           gint64             *out_next_us,
                                           gboolean           *out_stopping);
void           sync_core_finish           (SyncCore           *self,
                                           SyncJob            *job,
                                           SyncJobOutcome      outcome,
                                           GError             *error);
gboolean       sync_core_has_job          (SyncCore           *self,
                                           const char         *name,
                                           gint64              lane);
gboolean       sync_core_should_yield     (SyncCore           *self,
                                           SyncJob            *job);
gboolean       sync_core_should_give_way  (SyncCore           *self,
                                           SyncJob            *job);
void           sync_core_keep_partial     (SyncCore           *self,
                                           gint64              location_id,
                                           const char         *section,
                                           GByteArray         *bytes);
GByteArray    *sync_core_take_partial     (SyncCore           *self,
                                           gint64              location_id,
                                           const char         *section);
void           sync_core_set_download     (SyncCore           *self,
                                           SyncWorker         *worker,
                                           guint64             done_bytes,
                                           guint64             total_bytes);
gboolean       sync_core_may_connect      (SyncCore           *self,
                                           gint64             *out_retry_us);
gboolean       sync_core_is_surplus       (SyncCore           *self);
guint          sync_core_get_max_connections (SyncCore        *self);
void           sync_core_set_max_connections (SyncCore        *self,
                                           guint               max_connections);
void           sync_core_signed_in        (SyncCore           *self);
void           sync_core_session_ended    (SyncCore           *self,
                                           gboolean            was_signed_in);
SyncVerdict    sync_core_session_failed   (SyncCore           *self,
                                           const GError       *error,
                                           NetCertificate     *rejected,
                                           gint64              lived_us);
gboolean       sync_core_may_send         (SyncCore           *self,
                                           GError            **error);
void           sync_core_sending_refused  (SyncCore           *self,
                                           const GError       *error);
void           sync_core_store_failed     (SyncCore           *self,
                                           const GError       *error);
void           sync_core_worker_ended     (SyncCore           *self,
                                           SyncWorker         *worker);

void           sync_core_set_activity     (SyncCore           *self,
                                           SyncWorker         *worker,
                                           SyncActivity        activity,
                                           gint64              folder_id,
                                           const char         *folder);
void           sync_core_set_progress     (SyncCore           *self,
                                           SyncWorker         *worker,
                                           guint64             n_done,
                                           guint64             n_total);
void           sync_core_set_checked      (SyncCore           *self,
                                           gint64              checked_unix);
gboolean       sync_core_look             (SyncCore           *self);
guint          sync_core_begin_poll       (SyncCore           *self);
void           sync_core_spoil_round      (SyncCore           *self);
void           sync_core_heard            (SyncCore           *self);
void           sync_core_set_sending      (SyncCore           *self,
                                           gint64              outbox_id);
gboolean       sync_core_is_sending       (SyncCore           *self,
                                           gint64              outbox_id);
void           sync_core_set_watched      (SyncCore           *self,
                                           gboolean            is_watched);
void           sync_core_look_again       (SyncCore           *self);
gboolean       sync_core_take_look_again  (SyncCore           *self);
void           sync_core_note_rename      (SyncCore           *self,
                                           const char         *old_name,
                                           const char         *new_name);
gboolean       sync_core_was_renamed      (SyncCore           *self,
                                           const char         *old_name,
                                           const char         *new_name);
void           sync_core_keep_latch       (SyncCore           *self,
                                           const char         *feature,
                                           const char         *text);
GStrv          sync_core_list_latches     (SyncCore           *self);
guint          sync_core_suspect          (SyncCore           *self,
                                           const char         *feature);
void           sync_core_acquit           (SyncCore           *self,
                                           const char         *feature);
gboolean       sync_core_is_new_surplus   (SyncCore           *self,
                                           gint64              folder_id,
                                           gint64              n_messages,
                                           gint64              n_unseen,
                                           gint64              checked_unix);
void           sync_core_set_alert        (SyncCore           *self,
                                           const char         *alert);

SyncConfig    *sync_config_copy           (const SyncConfig   *self);
void           sync_config_free           (SyncConfig         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncCore, sync_core_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncConfig, sync_config_free)

G_END_DECLS
