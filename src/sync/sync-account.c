#include "sync-account-private.h"

#include "base-resume.h"
#include "base-time.h"
#include "store-reader.h"
#include "sync-body.h"
#include "sync-describe.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-journal.h"
#include "sync-list.h"
#include "sync-outbox.h"
#include "sync-round.h"

/* How long the workers have for their end. */
#define STOP_MS 2000

/* What the log of the wire keeps. */
#define TRANSCRIPT_BYTES (64 * 1024)

/* How long a refusal is worth being told. */
#define REFUSALS_S (24 * 60 * 60)

struct _SyncAccount
{
  GObject parent_instance;

  SyncCore *core;             /* (owned) */
  AccountSettings *settings;  /* (owned) */
  NetTrust *trust;            /* (owned) */
  BaseSecret *imap_password;  /* (owned) (nullable) */
  BaseSecret *smtp_password;  /* (owned) (nullable) */
  GTask *stop_task;           /* (owned) (nullable): while the workers end */
  guint stop_timeout_id;
  guint watch;                /* of the store */
  GSource *resume_source;     /* (owned) (nullable): while it is live */
  gboolean is_counting;
  gboolean count_again;
  gboolean is_live;           /* started, to work by itself */
  gboolean had_connection;    /* as of the last notice */
  SyncStatus *counts;         /* (owned): only the numbers of the journal are used */
};

G_DEFINE_FINAL_TYPE (SyncAccount, sync_account, G_TYPE_OBJECT)

enum
{
  STATUS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
finish_stop (SyncAccount *self)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->stop_task);

  g_clear_handle_id (&self->stop_timeout_id, g_source_remove);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

/* In a live account: whatever has happened may have opened the way for what waits. */
static void
push_journal (SyncAccount *self)
{
  if (!self->is_live)
    return;

  sync_journal_push_operations (self->core);
  sync_journal_push_outbox (self->core);
}

/* A server that is there again is a good time for sending, whose server is often the same. */
static void
watch_connection (SyncAccount *self)
{
  g_autoptr(SyncStatus) status = sync_core_dup_status (self->core);
  gboolean has_connection = status->state == SYNC_STATE_UP_TO_DATE ||
                            status->state == SYNC_STATE_SYNCING;

  if (has_connection && !self->had_connection)
    push_journal (self);
  self->had_connection = has_connection;
}

static void
on_core_changed (SyncCore *core,
                 gpointer user_data)
{
  g_autoptr(SyncAccount) self = g_object_ref (user_data);

  watch_connection (self);

  g_signal_emit (self, signals[STATUS_CHANGED], 0);
  if (self->stop_task != NULL && sync_core_get_n_workers (core) == 0)
    finish_stop (self);
}

/* The numbers of the journal. */

typedef struct
{
  char *account_uuid; /* (owned) */
  SyncStatus *counts; /* (owned) */
} Count;

static void
count_free (Count *count)
{
  g_free (count->account_uuid);
  sync_status_free (count->counts);
  g_free (count);
}

static gboolean
read_counts (StoreReader *reader,
             gpointer data,
             GError **error)
{
  Count *count = data;
  g_autoptr(GPtrArray) outbox = store_reader_list_outbox (reader, count->account_uuid, FALSE,
                                                          error);
  gint64 n_pending;
  gint64 n_refused;

  if (outbox == NULL)
    return FALSE;
  n_pending = store_reader_count_pending (reader, count->account_uuid, NULL, error);
  if (n_pending < 0)
    return FALSE;
  n_refused = store_reader_count_refused (reader, count->account_uuid,
                                          base_time_now_unix () - REFUSALS_S, error);
  if (n_refused < 0)
    return FALSE;

  count->counts->n_operations_waiting = (guint) MIN (n_pending, G_MAXUINT);
  count->counts->n_operations_refused = (guint) MIN (n_refused, G_MAXUINT);
  for (guint i = 0; i < outbox->len; i++)
    {
      const StoreOutboxItem *item = g_ptr_array_index (outbox, i);

      if (item->state == STORE_OUTBOX_FAILED || item->state == STORE_OUTBOX_UNSURE)
        count->counts->n_outbox_failed++;
      else
        count->counts->n_outbox_waiting++;
    }

  return TRUE;
}

static void start_count (SyncAccount *self);

static void
on_counted_cb (GObject *source_object,
               GAsyncResult *result,
               gpointer user_data)
{
  g_autoptr(SyncAccount) self = user_data;
  Count *count = store_read_get_data (result);
  g_autoptr(GError) error = NULL;

  self->is_counting = FALSE;
  if (store_read_finish (STORE_STORE (source_object), result, &error))
    {
      g_clear_pointer (&self->counts, sync_status_free);
      self->counts = sync_status_copy (count->counts);
      g_signal_emit (self, signals[STATUS_CHANGED], 0);
    }
  else
    g_debug ("The journal could not be counted: %s", error->message);

  if (self->count_again)
    start_count (self);
}

static void
start_count (SyncAccount *self)
{
  Count *count;

  self->count_again = self->is_counting;
  if (self->is_counting)
    return;

  self->is_counting = TRUE;
  count = g_new0 (Count, 1);
  count->account_uuid = g_strdup (sync_core_get_uuid (self->core));
  count->counts = g_new0 (SyncStatus, 1);
  store_read_async (sync_core_get_store (self->core), G_PRIORITY_DEFAULT_IDLE, read_counts, count,
                    (GDestroyNotify) count_free, NULL, on_counted_cb, g_object_ref (self));
}

static void
on_store_changed (Store *store,
                  StoreChanges *changes,
                  gpointer user_data)
{
  SyncAccount *self = user_data;

  if (store_changes_has_operations (changes) || store_changes_has_outbox (changes))
    start_count (self);
}

/* The object. */

static void unwatch_sleep (SyncAccount *self);

static void
sync_account_dispose (GObject *object)
{
  SyncAccount *self = SYNC_ACCOUNT (object);

  unwatch_sleep (self);
  g_clear_handle_id (&self->stop_timeout_id, g_source_remove);
  if (self->core != NULL)
    {
      if (self->watch != 0)
        store_unwatch (sync_core_get_store (self->core), self->watch);
      self->watch = 0;
      sync_core_set_notify (self->core, NULL, NULL);
      sync_core_stop (self->core);
    }

  G_OBJECT_CLASS (sync_account_parent_class)->dispose (object);
}

static void
sync_account_finalize (GObject *object)
{
  SyncAccount *self = SYNC_ACCOUNT (object);

  g_clear_pointer (&self->core, sync_core_unref);
  g_clear_pointer (&self->settings, account_settings_unref);
  g_clear_pointer (&self->trust, net_trust_unref);
  g_clear_pointer (&self->imap_password, base_secret_unref);
  g_clear_pointer (&self->smtp_password, base_secret_unref);
  g_clear_pointer (&self->counts, sync_status_free);

  G_OBJECT_CLASS (sync_account_parent_class)->finalize (object);
}

static void
sync_account_class_init (SyncAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sync_account_dispose;
  object_class->finalize = sync_account_finalize;

  /**
   * SyncAccount::status-changed:
   *
   * Emitted on the main thread, at most once a turn of its loop, some time after what
   * sync_account_dup_status () tells has changed.
   */
  signals[STATUS_CHANGED] = g_signal_new ("status-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sync_account_init (SyncAccount *self)
{
  self->counts = g_new0 (SyncStatus, 1);
}

static void
configure (SyncAccount *self)
{
  sync_core_set_config (self->core, self->settings, self->imap_password, self->smtp_password,
                        self->trust);
}

/**
 * sync_account_new:
 * @settings: of the account; copied
 * @store: where the mail goes; has to stay open until sync_account_stop_async () is done
 * @trust: which certificates are trusted
 *
 * Makes the engine of one account. It does nothing before sync_account_start ().
 *
 * All functions of a SyncAccount belong to the thread that made it, the main thread, and never
 * wait; callbacks and signals come in its default context. The work is done by threads of
 * the account's own.
 *
 * Returns: (transfer full): a new account's engine
 */
SyncAccount *
sync_account_new (AccountSettings *settings,
                  Store *store,
                  NetTrust *trust)
{
  SyncAccount *self = g_object_new (SYNC_TYPE_ACCOUNT, NULL);
  g_autoptr(NetTranscript) transcript = net_transcript_new (TRANSCRIPT_BYTES);

  self->settings = account_settings_copy (settings);
  self->trust = net_trust_ref (trust);
  self->core = sync_core_new (account_settings_get_uuid (settings), store, transcript);
  sync_core_set_notify (self->core, on_core_changed, self);
  configure (self);
  self->watch = store_watch (store, on_store_changed, self, NULL);
  start_count (self);

  return self;
}

/**
 * sync_account_get_uuid:
 *
 * Returns: (transfer none): the durable identity of the account
 */
const char *
sync_account_get_uuid (SyncAccount *self)
{
  g_return_val_if_fail (SYNC_IS_ACCOUNT (self), NULL);

  return sync_core_get_uuid (self->core);
}

/**
 * sync_account_get_id:
 *
 * Returns: the account's id in the cache; 0 until the first worker has begun
 */
gint64
sync_account_get_id (SyncAccount *self)
{
  g_return_val_if_fail (SYNC_IS_ACCOUNT (self), 0);

  return sync_core_get_account_id (self->core);
}

/**
 * sync_account_get_transcript:
 *
 * Returns: (transfer none): the last that was said on the wire, without secrets
 */
NetTranscript *
sync_account_get_transcript (SyncAccount *self)
{
  g_return_val_if_fail (SYNC_IS_ACCOUNT (self), NULL);

  return sync_core_get_transcript (self->core);
}

/**
 * sync_account_dup_status:
 *
 * Returns: (transfer full): where the account stands now
 */
SyncStatus *
sync_account_dup_status (SyncAccount *self)
{
  SyncStatus *status;

  g_return_val_if_fail (SYNC_IS_ACCOUNT (self), NULL);

  status = sync_core_dup_status (self->core);
  status->n_operations_waiting = self->counts->n_operations_waiting;
  status->n_operations_refused = self->counts->n_operations_refused;
  status->n_outbox_waiting = self->counts->n_outbox_waiting;
  status->n_outbox_failed = self->counts->n_outbox_failed;

  return status;
}

/**
 * sync_account_set_timings:
 * @timings: copied
 *
 * Sets how often and how long, in place of #sync_timings_default. To be called before
 * sync_account_start ().
 */
void
sync_account_set_timings (SyncAccount *self,
                          const SyncTimings *timings)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_set_timings (self->core, timings);
}

/**
 * sync_account_set_settings:
 * @settings: the account's settings, changed; copied
 *
 * Connections that are open stay as they are; the next ones are made with these.
 */
void
sync_account_set_settings (SyncAccount *self,
                           AccountSettings *settings)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  account_settings_unref (self->settings);
  self->settings = account_settings_copy (settings);
  configure (self);
}

/**
 * sync_account_set_trust:
 * @trust: which certificates are trusted from now on
 *
 * A certificate that was refused is looked at once more.
 */
void
sync_account_set_trust (SyncAccount *self,
                        NetTrust *trust)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  net_trust_ref (trust);
  net_trust_unref (self->trust);
  self->trust = trust;
  configure (self);
  if (self->is_live)
    sync_outbox_forgive (self->core);
}

/**
 * sync_account_set_passwords:
 * @imap_password: (nullable): %NULL while it is not known
 * @smtp_password: (nullable): for sending; the same one where sending has none of its own
 *
 * A sign-in that was refused is tried once more: somebody has given the password, even if it is the
 * same.
 */
void
sync_account_set_passwords (SyncAccount *self,
                            BaseSecret *imap_password,
                            BaseSecret *smtp_password)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  g_clear_pointer (&self->imap_password, base_secret_unref);
  g_clear_pointer (&self->smtp_password, base_secret_unref);
  self->imap_password = imap_password != NULL ? base_secret_ref (imap_password) : NULL;
  self->smtp_password = smtp_password != NULL ? base_secret_ref (smtp_password) : NULL;
  if (imap_password != NULL)
    net_transcript_hide (sync_core_get_transcript (self->core), imap_password);
  if (smtp_password != NULL)
    net_transcript_hide (sync_core_get_transcript (self->core), smtp_password);
  configure (self);
  sync_core_forgive (self->core);
  if (self->is_live)
    sync_outbox_forgive (self->core);
}

/**
 * sync_account_change_passwords:
 * @imap_password: (nullable): %NULL leaves the one that there is
 * @smtp_password: (nullable): the same
 *
 * Does as sync_account_set_passwords () when one of them was asked for.
 */
void
sync_account_change_passwords (SyncAccount *self,
                               BaseSecret *imap_password,
                               BaseSecret *smtp_password)
{
  BaseSecret *imap = imap_password != NULL ? imap_password : self->imap_password;
  BaseSecret *smtp = smtp_password != NULL                                       ? smtp_password :
                     account_settings_has_own_smtp_password (self->settings) ? self->smtp_password :
                                                                               imap;
  g_autoptr(BaseSecret) keep_imap G_GNUC_UNUSED = imap != NULL ? base_secret_ref (imap) : NULL;
  g_autoptr(BaseSecret) keep_smtp G_GNUC_UNUSED = smtp != NULL ? base_secret_ref (smtp) : NULL;

  sync_account_set_passwords (self, imap, smtp);
}

/**
 * sync_account_set_network:
 * @available: whether there is a network, says the main thread's GNetworkMonitor
 * @metered: whether what nobody has asked for should wait
 */
void
sync_account_set_network (SyncAccount *self,
                          gboolean available,
                          gboolean metered)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_set_network (self->core, available, metered);
  if (available)
    push_journal (self);
}

/**
 * sync_account_resume:
 *
 * The computer has slept: connections are not relied on any more. A live account notices that by
 * itself.
 */
void
sync_account_resume (SyncAccount *self)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_resume (self->core);
}

static gboolean
on_resumed (gpointer user_data)
{
  sync_account_resume (user_data);
  return G_SOURCE_CONTINUE;
}

static void
watch_sleep (SyncAccount *self)
{
  self->resume_source = base_resume_source_new ();
  g_source_set_callback (self->resume_source, on_resumed, self, NULL);
  g_source_attach (self->resume_source, g_main_context_get_thread_default ());
}

static void
unwatch_sleep (SyncAccount *self)
{
  if (self->resume_source != NULL)
    g_source_destroy (self->resume_source);
  g_clear_pointer (&self->resume_source, g_source_unref);
}

/**
 * sync_account_set_visible_folder:
 * @folder_id: the folder on the screen, or 0
 *
 * The folder comes before the others, and is compared with the server now.
 */
void
sync_account_set_visible_folder (SyncAccount *self,
                                 gint64 folder_id)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_set_visible (self->core, folder_id);
  if (folder_id != 0 && sync_core_get_mode (self->core) == SYNC_MODE_LIVE)
    sync_core_push_once (self->core, sync_folder_job_new (folder_id, SYNC_PRIORITY_VISIBLE, 0));
}

/**
 * sync_account_hint_locations:
 * @location_ids: (array length=n_location_ids): messages whose rows are on the screen
 *
 * Finds out what the rows should show and the cache does not know yet: attachments, and how the
 * messages begin. To be called when scrolling has come to rest.
 */
void
sync_account_hint_locations (SyncAccount *self,
                             const gint64 *location_ids,
                             gsize n_location_ids)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  if (n_location_ids > 0 && sync_core_get_mode (self->core) == SYNC_MODE_LIVE)
    sync_core_push (self->core, sync_describe_job_new (location_ids, n_location_ids));
}

/**
 * sync_account_start:
 * @mode: whether the account works by itself, or only when asked
 *
 * Starts to work. Once only.
 */
void
sync_account_start (SyncAccount *self,
                    SyncMode mode)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_start (self->core, mode);
  if (mode != SYNC_MODE_LIVE)
    return;

  sync_core_push_once (self->core, sync_list_job_new (SYNC_PRIORITY_VISIBLE, 0, 0));
  self->is_live = TRUE;
  watch_sleep (self);
  push_journal (self);
}

/**
 * sync_account_check_now:
 *
 * Connects without waiting any longer, and looks at all folders. What a person asks for with
 * "check mail".
 */
void
sync_account_check_now (SyncAccount *self)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  sync_core_hurry (self->core);
  push_journal (self);
  if (sync_core_get_mode (self->core) == SYNC_MODE_LIVE)
    sync_core_push_once (self->core, sync_list_job_new (SYNC_PRIORITY_VISIBLE, 0, 0));
}

static gboolean
on_stop_timeout (gpointer user_data)
{
  SyncAccount *self = user_data;

  g_message ("%u workers did not end in time", sync_core_get_n_workers (self->core));
  self->stop_timeout_id = 0;
  finish_stop (self);

  return G_SOURCE_REMOVE;
}

/**
 * sync_account_stop_async:
 *
 * Cancels everything and gives the workers two seconds. What was asked for and is not done ends
 * with SYNC_ERROR_STOPPED or G_IO_ERROR_CANCELLED. Once only.
 */
void
sync_account_stop_async (SyncAccount *self,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));
  g_return_if_fail (self->stop_task == NULL);

  self->stop_task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stop_task, sync_account_stop_async);
  self->stop_timeout_id = g_timeout_add (STOP_MS, on_stop_timeout, self);

  /* its notice ends the task, at the earliest in the next turn of the loop */
  sync_core_stop (self->core);
}

/**
 * sync_account_stop_finish:
 *
 * Returns: %TRUE
 */
gboolean
sync_account_stop_finish (SyncAccount *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sync_account_get_core:
 *
 * Returns: (transfer none): what the account shares with its workers
 */
SyncCore *
sync_account_get_core (SyncAccount *self)
{
  return self->core;
}

/**
 * sync_account_is_live:
 *
 * Returns: whether the account works by itself, and not only when asked
 */
gboolean
sync_account_is_live (SyncAccount *self)
{
  return self->is_live;
}

/* A job for which somebody waits on the main thread. */
typedef struct
{
  SyncCore *core;            /* (owned) */
  SyncJob *job;              /* (owned) */
  GTask *task;               /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): the caller's */
  gulong cancelled_id;
} Waiter;

static void
on_cancelled (GCancellable *cancellable,
              Waiter *waiter)
{
  sync_core_cancel (waiter->core, waiter->job);
}

static void
on_job_done (SyncJob *job,
             gpointer user_data)
{
  Waiter *waiter = user_data;

  if (waiter->cancelled_id != 0)
    g_cancellable_disconnect (waiter->cancellable, waiter->cancelled_id);

  if (job->error != NULL)
    g_task_return_error (waiter->task, g_error_copy (job->error));
  else
    g_task_return_boolean (waiter->task, TRUE);

  g_object_unref (waiter->task);
  g_clear_object (&waiter->cancellable);
  sync_job_unref (waiter->job);
  sync_core_unref (waiter->core);
  g_free (waiter);
}

/**
 * sync_account_push_task:
 * @job: (transfer full): a job without a done function
 * @task: (transfer full): returns a boolean when the job is done, or its error
 * @cancellable: (nullable): ends the job early
 *
 * Hands over a job that somebody waits for.
 */
void
sync_account_push_task (SyncAccount *self,
                        SyncJob *job,
                        GTask *task,
                        GCancellable *cancellable)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->core = sync_core_ref (self->core);
  waiter->job = sync_job_ref (job);
  waiter->task = task;
  sync_job_set_done (job, on_job_done, waiter);
  if (cancellable != NULL)
    {
      waiter->cancellable = g_object_ref (cancellable);
      waiter->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), waiter,
                                                    NULL);
    }

  sync_core_push (self->core, job);
}

/**
 * sync_account_list_folders_async:
 *
 * Brings the list of folders up to date, and nothing else.
 */
void
sync_account_list_folders_async (SyncAccount *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sync_account_list_folders_async);
  sync_account_push_task (self, sync_list_job_new (SYNC_PRIORITY_VISIBLE, SYNC_JOB_FAIL_OFFLINE, 0),
                          task, cancellable);
}

/**
 * sync_account_list_folders_finish:
 *
 * Errors: NET_ERROR and SYNC_ERROR_OFFLINE when the server cannot be reached.
 *
 * Returns: whether the folders of the cache are those of the server
 */
gboolean
sync_account_list_folders_finish (SyncAccount *self,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sync_account_sync_async:
 * @folder_id: the folder, or 0 for the account with all its folders
 * @bodies: which bodies are to be fetched as well
 *
 * Makes the cache equal to the server. It ends when that is so, or when something could not be
 * done; it does not wait for a server that is away.
 */
void
sync_account_sync_async (SyncAccount *self,
                         gint64 folder_id,
                         SyncBodies bodies,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sync_account_sync_async);
  sync_round_start (self->core, folder_id, bodies, task);
}

/**
 * sync_account_sync_finish:
 * @out_report: (out) (optional) (transfer full): what was done, also when it failed
 *
 * Errors: NET_ERROR when there was no connection; SYNC_ERROR_INCOMPLETE when some of it could not
 * be done, with the reasons in the report; SYNC_ERROR_OFFLINE, SYNC_ERROR_STOPPED.
 *
 * Returns: whether the cache equals the server
 */
gboolean
sync_account_sync_finish (SyncAccount *self,
                          GAsyncResult *result,
                          SyncReport **out_report,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (out_report != NULL)
    *out_report = sync_round_dup_report (G_TASK (result));

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sync_account_fetch_message_async:
 * @location_id: a message in a folder
 * @fetch: how much of it
 *
 * Brings a message that a person wants to see, before everything else. Afterwards it is in
 * the store; sync_message_read () reads it. Nothing goes over the wire if it is there already.
 */
void
sync_account_fetch_message_async (SyncAccount *self,
                                  gint64 location_id,
                                  SyncFetch fetch,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sync_account_fetch_message_async);
  sync_account_push_task (self,
                          sync_body_message_job_new (location_id, fetch, SYNC_JOB_FAIL_OFFLINE),
                          task, cancellable);
}

/**
 * sync_account_fetch_message_finish:
 *
 * Errors: NET_ERROR and SYNC_ERROR_OFFLINE when it is not here and the server cannot be reached;
 * SYNC_ERROR_NOT_FOUND, SYNC_ERROR_WRONG_MESSAGE.
 *
 * Returns: whether the message is in the store
 */
gboolean
sync_account_fetch_message_finish (SyncAccount *self,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sync_account_fetch_part_async:
 * @location_id: a message in a folder
 * @section: "1.2"
 *
 * Brings one part of a message, in its transfer encoding, into the store.
 */
void
sync_account_fetch_part_async (SyncAccount *self,
                               gint64 location_id,
                               const char *section,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sync_account_fetch_part_async);
  sync_account_push_task (self,
                          sync_body_part_job_new (location_id, section, SYNC_JOB_FAIL_OFFLINE),
                          task, cancellable);
}

/**
 * sync_account_fetch_part_finish:
 *
 * Errors: as sync_account_fetch_message_finish ().
 *
 * Returns: whether the part is in the store
 */
gboolean
sync_account_fetch_part_finish (SyncAccount *self,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
