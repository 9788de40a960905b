/* Sending what is in the outbox.
 *
 * Each state is durable before the step that it names: sending before MAIL, unsure before the dot that
 * ends the message. From there on only the server's answer tells whether it was taken; an item that
 * got none stays unsure and is never sent again by itself. */

#include "sync-outbox.h"

#include "base-time.h"
#include "net-error.h"
#include "smtp-session.h"
#include "sync-error.h"
#include "sync-filing.h"
#include "sync-operations.h"

/* How soon a server that is away is tried again, and one that says "not now". */
#define AWAY_S 60
#define MAX_WAIT_S (60 * 60)

/* Failures that stay until the person changes something. */
static const char *const blameable[] = {
  "sign-in-refused", "mechanism-not-offered", "account-limited", "certificate",
  "certificate-changed", "plain-not-allowed", "starttls-not-offered", "tls-version", "invalid",
  NULL
};

/* One run of the job. */
typedef struct
{
  SyncJob *job;         /* (unowned) */
  SyncWorker *worker;   /* (unowned) */
  SyncConfig *config;   /* (owned) */
  SmtpSession *session; /* (owned) (nullable) */
  guint n_sent;
} Run;

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->config, sync_config_free);
  if (run->session != NULL)
    smtp_session_close (run->session);
  g_clear_object (&run->session);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static const char *
get_uuid (Run *run)
{
  return sync_core_get_uuid (sync_worker_get_core (run->worker));
}

static void
push_later (Run *run,
            gint64 wait_s)
{
  gint64 at_us = base_time_boottime_us () + MAX (wait_s, 1) * G_USEC_PER_SEC;

  sync_core_push_once (sync_worker_get_core (run->worker), sync_outbox_job_new (0, at_us));
}

/* A stable name of what went wrong, for programs; as net_error_class_name () for connections. */
static const char *
get_class (const GError *error)
{
  if (g_error_matches (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND))
    return "message-lost";
  if (error->domain != SMTP_ERROR)
    return net_error_class_name (error);

  switch ((SmtpError) error->code)
    {
    case SMTP_ERROR_INVALID:
      return "message-invalid";
    case SMTP_ERROR_TEMPORARY:
      return "busy";
    case SMTP_ERROR_RECIPIENTS:
      return "recipients-refused";
    case SMTP_ERROR_TOO_LARGE:
      return "message-too-large";
    case SMTP_ERROR_NOT_SUPPORTED:
      return "message-not-supported";
    case SMTP_ERROR_UNSURE:
      return "unsure";
    case SMTP_ERROR_PERMANENT:
    case SMTP_ERROR_FAILED:
    default:
      return "message-refused";
    }
}

static gboolean
is_blameable (const GError *error)
{
  return error->domain == NET_ERROR && g_strv_contains (blameable, net_error_class_name (error));
}

/* Steps of an item. */

typedef struct
{
  const StoreOutboxItem *item; /* (unowned) */
  StoreOutboxState from;
  StoreOutboxState to;
  const GError *failure;       /* (unowned) (nullable) */
  gint64 not_before_unix;
  SmtpResult *result;          /* (unowned) (nullable) */
  gboolean is_changed;         /* (out) */
} Step;

static gboolean
write_answers (StoreTransaction *tx,
               const Step *step,
               GError **error)
{
  guint n_recipients = step->result != NULL ? smtp_result_get_n_recipients (step->result) : 0;

  for (guint i = 0; i < MIN (n_recipients, step->item->recipients->len); i++)
    {
      SmtpReply *reply = smtp_result_get_recipient_reply (step->result, i);
      g_autofree char *text = reply != NULL ? smtp_reply_dup_text (reply) : NULL;
      StoreAnswerState state = reply == NULL                    ? STORE_ANSWER_NONE :
                               smtp_reply_is_positive (reply)  ? STORE_ANSWER_ACCEPTED :
                               smtp_reply_is_temporary (reply) ? STORE_ANSWER_TEMPORARY :
                                                                 STORE_ANSWER_REFUSED;

      if (!store_tx_set_outbox_answer (tx, step->item->item, i, state,
                                       reply != NULL ? smtp_reply_get_code (reply) : 0, text,
                                       error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_step (StoreTransaction *tx,
            gpointer data,
            GError **error)
{
  Step *step = data;
  gint64 id = step->item->item;

  step->is_changed = TRUE;
  if (step->from != step->to &&
      !store_tx_set_outbox_state (tx, id, step->from, step->to, &step->is_changed, error))
    return FALSE;
  if (!step->is_changed)
    return TRUE;

  return store_tx_set_outbox_failure (tx, id,
                                      step->failure != NULL ? get_class (step->failure) : NULL,
                                      step->failure != NULL ? step->failure->message : NULL,
                                      step->not_before_unix, error) &&
         write_answers (tx, step, error) &&
         (step->to != STORE_OUTBOX_SENT || sync_outbox_mark_answered (tx, step->item, error));
}

static gboolean
take_step (Run *run,
           Step *step,
           GError **error)
{
  return sync_worker_write (run->worker, STORE_PRIORITY_OPERATIONS, write_step, step, error);
}

/**
 * sync_outbox_mark_answered:
 * @item: one that has been sent
 *
 * Enqueues the mark of the message that it answers or forwards, an operation like any other.
 */
gboolean
sync_outbox_mark_answered (StoreTransaction *tx,
                           const StoreOutboxItem *item,
                           GError **error)
{
  StoreWish wish = { .kind = STORE_OPERATION_FLAGS, .add_flags = item->answered_flag };
  StoreReader *reader = store_tx_get_reader (tx);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(StoreFolder) folder = NULL;
  gint64 location = 0;

  if (item->answered_folder_uuid == NULL || item->answered_flag == 0)
    return TRUE;

  folder = store_reader_find_folder (reader, item->answered_folder_uuid, &local_error);
  if (folder != NULL && folder->uid_validity == item->answered_uid_validity)
    location = store_reader_find_uid (reader, folder->folder, item->answered_uid, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* a message that is gone meanwhile needs no mark */
  return location == 0 || store_tx_enqueue (tx, &wish, &location, 1, NULL, NULL, error);
}

/* Forgiving: what failed for a reason that the person may have removed. */

static gboolean
forgive (StoreTransaction *tx,
         gpointer data,
         GError **error)
{
  g_autoptr(GPtrArray) items = store_reader_list_outbox (store_tx_get_reader (tx), data, FALSE,
                                                         error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const StoreOutboxItem *item = g_ptr_array_index (items, i);

      if (item->state == STORE_OUTBOX_FAILED && item->error_class != NULL &&
          g_strv_contains (blameable, item->error_class) &&
          !store_tx_set_outbox_state (tx, item->item, STORE_OUTBOX_FAILED, STORE_OUTBOX_QUEUED,
                                      NULL, error))
        return FALSE;
    }

  return items != NULL;
}

static void
forgiven_cb (GObject *source_object,
             GAsyncResult *result,
             gpointer user_data)
{
  SyncCore *core = user_data;
  g_autoptr(GError) error = NULL;

  if (store_write_finish (STORE_STORE (source_object), result, &error))
    sync_core_push_once (core, sync_outbox_job_new (0, 0));
  else
    g_message ("The outbox could not be looked through: %s", error->message);

  sync_core_unref (core);
}

/**
 * sync_outbox_forgive:
 *
 * Tries again what failed because of the sign-in or the certificate, now that a password or the trust
 * is another one. Main thread.
 */
void
sync_outbox_forgive (SyncCore *core)
{
  store_write_async (sync_core_get_store (core), STORE_PRIORITY_PERSON, forgive,
                     g_strdup (sync_core_get_uuid (core)), g_free, NULL, forgiven_cb,
                     sync_core_ref (core));
}

/* The connection. */

static BaseSecret *
get_secret (const SyncConfig *config)
{
  if (config->smtp_secret != NULL)
    return config->smtp_secret;

  return account_settings_has_own_smtp_password (config->settings) ? NULL : config->imap_secret;
}

/* A secret that is refused is not shown again. */
static gboolean
sign_in (Run *run,
         const char *user,
         BaseSecret *secret,
         GError **error)
{
  g_autoptr(GError) refusal = NULL;

  if (smtp_session_sign_in (run->session, user, secret, run->job->cancellable, &refusal))
    return TRUE;

  if (g_error_matches (refusal, NET_ERROR, NET_ERROR_SIGN_IN_REFUSED))
    sync_core_sending_refused (sync_worker_get_core (run->worker), refusal);

  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static gboolean
open_session (Run *run,
              GError **error)
{
  SyncCore *core = sync_worker_get_core (run->worker);
  AccountSettings *settings = run->config->settings;
  const char *user = account_settings_get_smtp_username (settings);
  BaseSecret *secret = get_secret (run->config);

  if (run->session != NULL && smtp_session_is_open (run->session))
    return TRUE;

  if (account_settings_get_smtp (settings) == NULL)
    {
      g_set_error_literal (error, NET_ERROR, NET_ERROR_INVALID,
                           "The account has no server for sending");
      return FALSE;
    }
  if (user != NULL && secret == NULL)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_OFFLINE,
                           "No password for sending is known");
      return FALSE;
    }

  if (user != NULL && !sync_core_may_send (core, error))
    return FALSE;

  g_clear_object (&run->session);
  run->session = smtp_session_new (account_settings_get_smtp (settings), run->config->trust,
                                   sync_core_get_transcript (core));
  return smtp_session_connect (run->session, run->job->cancellable, error) &&
         (user == NULL || sign_in (run, user, secret, error));
}

/* Sending. */

typedef struct
{
  Run *run;
  const StoreOutboxItem *item; /* (unowned) */
  gboolean is_unsure;          /* the dot may have been written */
} Sending;

/* Called by smtp right before the dot. */
static gboolean
become_unsure (gpointer user_data,
               GError **error)
{
  Sending *sending = user_data;
  Step step = { .item = sending->item, .from = STORE_OUTBOX_SENDING, .to = STORE_OUTBOX_UNSURE };

  if (!take_step (sending->run, &step, error))
    return FALSE;
  if (!step.is_changed)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_TOO_LATE, "The message was taken back");
      return FALSE;
    }

  sending->is_unsure = TRUE;
  return TRUE;
}

static gint64
get_next_attempt (const StoreOutboxItem *item)
{
  gint64 wait_s = (gint64) AWAY_S << MIN (item->n_attempts, 6);

  return base_time_now_unix () + MIN (wait_s, MAX_WAIT_S);
}

/* What becomes of an item that was not sent, or may not have been. */
static void
judge (const Sending *sending,
       const GError *failure,
       Step *step)
{
  step->from = sending->is_unsure ? STORE_OUTBOX_UNSURE : STORE_OUTBOX_SENDING;
  step->failure = failure;

  if (g_error_matches (failure, SMTP_ERROR, SMTP_ERROR_UNSURE))
    step->to = STORE_OUTBOX_UNSURE;
  else if (g_error_matches (failure, SMTP_ERROR, SMTP_ERROR_TEMPORARY))
    {
      step->to = STORE_OUTBOX_QUEUED;
      step->not_before_unix = get_next_attempt (sending->item);
    }
  else if (failure->domain == SMTP_ERROR || is_blameable (failure))
    step->to = STORE_OUTBOX_FAILED;
  else
    step->to = STORE_OUTBOX_QUEUED;
}

static void
note_failure (Run *run,
              const StoreOutboxItem *item,
              const GError *failure)
{
  g_ptr_array_add (run->job->report->failures,
                   g_strdup_printf ("%s: %s", item->subject != NULL ? item->subject : "(no subject)",
                                    failure->message));
}

/* Sends one claimed item, and makes durable what became of it. */
static gboolean
send_claimed (Run *run,
              const StoreOutboxItem *item,
              GBytes *bytes,
              GError **error)
{
  Sending sending = { .run = run, .item = item };
  Step step = { .item = item, .from = STORE_OUTBOX_UNSURE, .to = STORE_OUTBOX_SENT };
  g_autoptr(GStrvBuilder) recipients = g_strv_builder_new ();
  g_auto(GStrv) addresses = NULL;
  g_autoptr(SmtpResult) result = NULL;
  g_autoptr(GError) failure = NULL;

  for (guint i = 0; i < item->recipients->len; i++)
    g_strv_builder_add (recipients,
                        ((StoreOutboxRecipient *) item->recipients->pdata[i])->address);
  addresses = g_strv_builder_end (recipients);

  if (!smtp_session_send (run->session, item->sender, (const char *const *) addresses, bytes,
                          SMTP_POLICY_ALL, become_unsure, &sending, &result,
                          run->job->cancellable, &failure))
    judge (&sending, failure, &step);

  step.result = result;
  if (!take_step (run, &step, error))
    return FALSE;

  if (failure == NULL)
    {
      run->n_sent++;
      run->job->report->n_operations++;
      return TRUE;
    }

  note_failure (run, item, failure);
  if (failure->domain == SMTP_ERROR)
    return TRUE;

  /* the connection, or somebody who wants it to end: the next item would fare no better */
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* What cannot be read will not be there the next time either; what is behind it can go. */
static gboolean
give_up (Run *run,
         const StoreOutboxItem *item,
         GError **error)
{
  g_autoptr(GError) failure = g_error_new_literal (SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
                                                   "The message's bytes are not there");
  Step step = { .item = item, .from = STORE_OUTBOX_QUEUED, .to = STORE_OUTBOX_FAILED,
                .failure = failure };

  note_failure (run, item, failure);
  return take_step (run, &step, error);
}

static gboolean
send_item (Run *run,
           const StoreOutboxItem *item,
           GError **error)
{
  Step claim = { .item = item, .from = STORE_OUTBOX_QUEUED, .to = STORE_OUTBOX_SENDING };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) unreadable = NULL;
  gboolean is_done;

  bytes = store_reader_load_outgoing (sync_worker_get_reader (run->worker), item->item, FALSE,
                                      &unreadable);
  if (unreadable != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&unreadable));
      return FALSE;
    }
  if (bytes == NULL)
    return give_up (run, item, error);
  if (!open_session (run, error))
    return FALSE;

  /* the person decides about what is unsure, not about what is unsure for as long as its answer takes */
  sync_core_set_sending (sync_worker_get_core (run->worker), item->item);
  is_done = take_step (run, &claim, error) &&
            (!claim.is_changed || send_claimed (run, item, bytes, error));
  sync_core_set_sending (sync_worker_get_core (run->worker), 0);

  return is_done;
}

/* Says of everything that should have gone why it did not. */
static gboolean
note_no_connection (Run *run,
                    GPtrArray *due,
                    guint first,
                    const GError *failure,
                    GError **error)
{
  for (guint i = first; i < due->len; i++)
    {
      const StoreOutboxItem *item = g_ptr_array_index (due, i);
      Step step = { .item = item, .from = STORE_OUTBOX_QUEUED, .failure = failure,
                    .to = is_blameable (failure) ? STORE_OUTBOX_FAILED : STORE_OUTBOX_QUEUED };

      /* what was claimed has been told already */
      if (!take_step (run, &step, error))
        return FALSE;
    }

  return TRUE;
}

/* What is to go now, the oldest first; and when the next one's time comes. */
static GPtrArray *
list_due (Run *run,
          gint64 *out_next_unix,
          GError **error)
{
  gint64 now_unix = base_time_now_unix ();
  GPtrArray *items = store_reader_list_outbox (sync_worker_get_reader (run->worker), get_uuid (run),
                                               FALSE, error);

  *out_next_unix = 0;
  for (guint i = 0; items != NULL && i < items->len;)
    {
      const StoreOutboxItem *item = g_ptr_array_index (items, i);
      gboolean is_queued = item->state == STORE_OUTBOX_QUEUED;

      if (is_queued && item->not_before_unix > now_unix &&
          (*out_next_unix == 0 || item->not_before_unix < *out_next_unix))
        *out_next_unix = item->not_before_unix;
      if (is_queued && item->not_before_unix <= now_unix)
        i++;
      else
        g_ptr_array_remove_index (items, i);
    }

  return items;
}

static gboolean
recover (StoreTransaction *tx,
         gpointer data,
         GError **error)
{
  return store_tx_recover_outbox (tx, data, NULL, error);
}

static gboolean
send_all (Run *run,
          GError **error)
{
  g_autoptr(GPtrArray) due = NULL;
  g_autoptr(GError) failure = NULL;
  gint64 next_unix;

  /* nothing of this lane is under way while this job has it */
  if (!sync_worker_write (run->worker, STORE_PRIORITY_OPERATIONS, recover,
                          (gpointer) get_uuid (run), error))
    return FALSE;
  due = list_due (run, &next_unix, error);
  if (due == NULL)
    return FALSE;

  for (guint i = 0; i < due->len && failure == NULL; i++)
    if (!send_item (run, g_ptr_array_index (due, i), &failure) &&
        failure->domain == NET_ERROR && !note_no_connection (run, due, i, failure, error))
      return FALSE;

  /* those that were sent away until later, too */
  g_clear_pointer (&due, g_ptr_array_unref);
  due = list_due (run, &next_unix, error);
  if (due == NULL)
    return FALSE;
  if (next_unix > 0)
    push_later (run, next_unix - base_time_now_unix ());
  if (failure == NULL)
    return TRUE;

  if (due->len > 0 && !g_error_matches (failure, SYNC_ERROR, SYNC_ERROR_OFFLINE))
    push_later (run, AWAY_S);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static SyncJobOutcome
run_outbox_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_auto(Run) run = { .job = job, .worker = worker, .config = sync_core_dup_config (core) };
  gboolean done;

  if (run.config == NULL)
    return SYNC_JOB_DONE;

  done = send_all (&run, error);
  if (run.session != NULL && smtp_session_is_open (run.session))
    smtp_session_quit (run.session, job->cancellable);
  if (run.n_sent > 0)
    {
      sync_core_push_once (core, sync_operations_job_new (0, 0));
      sync_core_push_once (core, sync_filing_job_new (0, 0));
    }

  return done ? SYNC_JOB_DONE : SYNC_JOB_FAILED;
}

/**
 * sync_outbox_job_new:
 * @flags: left aside: sending needs another server than the one that they are about
 * @not_before_us: CLOCK_BOOTTIME, or 0
 *
 * Returns: (transfer full): a job that sends what is to go now, and sees to it that the rest has its
 *   turn
 */
SyncJob *
sync_outbox_job_new (SyncJobFlags flags,
                     gint64 not_before_us)
{
  SyncJob *job = sync_job_new ("outbox", SYNC_PRIORITY_CHANGE, SYNC_LANE_OUTBOX, 0, run_outbox_job,
                               NULL, NULL);

  job->not_before_us = not_before_us;
  return job;
}
