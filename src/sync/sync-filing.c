/* The copy in Sent: exactly one.
 *
 * Some servers file what is sent through them by themselves. So Sent is looked through for the
 * Message-ID first; and again after a crash or a lost connection, since from which UID on a copy can be
 * ours is noted before the first byte of APPEND. */

#include "sync-filing.h"

#include "base-await.h"
#include "base-time.h"
#include "mime-headers.h"
#include "store-transaction.h"
#include "sync-create.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-outbox.h"

#include <string.h>

/* When a refused copy is tried again. */
#define REFUSED_S (5 * 60)

/* A server may file its own copy a moment after it has taken the message, and may still be at an
 * APPEND of which the answer was lost. */
#define SECOND_LOOK_US (2 * G_USEC_PER_SEC)

/* What was learnt of an account: that its server files copies by itself. */
#define LEARNT_KEY "server-files-sent"

/* More hits than that are no search result (QQ returns everything). */
#define MAX_HITS 20

#define ORIGINAL_ID_FIELD "X-Microsoft-Original-Message-ID"

/* How far back a copy is looked for where the server cannot search for it. */
#define RECENT_DAYS 3

typedef struct
{
  SyncJob *job;                /* (unowned) */
  SyncWorker *worker;          /* (unowned) */
  const StoreOutboxItem *item; /* (unowned) */
  gint64 sent_id;              /* the folder */
  gboolean is_matched;         /* by the FETCH that verifies a hit */
} Filing;

static const char *
get_uuid (SyncWorker *worker)
{
  return sync_core_get_uuid (sync_worker_get_core (worker));
}

/* Transactions. */

static gboolean
set_target (StoreTransaction *tx,
            gpointer data,
            GError **error)
{
  Filing *filing = data;
  SyncMailbox *mailbox = sync_worker_get_mailbox (filing->worker);

  return store_tx_set_outbox_target (tx, filing->item->item,
                                     sync_mailbox_get_folder (mailbox)->uuid,
                                     sync_mailbox_get_selected (mailbox)->uid_validity,
                                     sync_mailbox_get_next_uid (mailbox), error);
}

static gboolean
set_filed (StoreTransaction *tx,
           gpointer data,
           GError **error)
{
  Filing *filing = data;

  return store_tx_set_outbox_state (tx, filing->item->item, STORE_OUTBOX_SENT, STORE_OUTBOX_FILED,
                                    NULL, error) &&
         store_tx_set_outbox_failure (tx, filing->item->item, NULL, NULL, 0, error);
}

/* A copy in Sent that nobody but the server can have made says that an unsure message was taken. */
static gboolean
set_sure (StoreTransaction *tx,
          gpointer data,
          GError **error)
{
  Filing *filing = data;

  return store_tx_set_outbox_state (tx, filing->item->item, STORE_OUTBOX_UNSURE, STORE_OUTBOX_SENT,
                                    NULL, error) &&
         sync_outbox_mark_answered (tx, filing->item, error) && set_filed (tx, filing, error);
}

static gboolean
learn (StoreTransaction *tx,
       gpointer data,
       GError **error)
{
  Filing *filing = data;

  return store_tx_learn (tx, get_uuid (filing->worker), LEARNT_KEY, "1", error);
}

typedef struct
{
  gint64 item;
  const char *text;
} Refusal;

static gboolean
set_refused (StoreTransaction *tx,
             gpointer data,
             GError **error)
{
  Refusal *refusal = data;

  return store_tx_set_outbox_failure (tx, refusal->item, "copy-refused", refusal->text,
                                      base_time_now_unix () + REFUSED_S, error);
}

/* Looking for a copy. */

/* The Message-ID itself: an answer to the message has it in its header, too. */
/* Exchange gives what is sent a Message-ID of its own, and keeps ours in another field. */
static gboolean
is_original (const MimeHeaders *headers,
             const char *message_id)
{
  g_autofree char *original = mime_headers_dup_raw (headers, ORIGINAL_ID_FIELD);
  g_autofree char *wanted = g_strdup_printf ("<%s>", message_id);

  return original != NULL && strcmp (g_strstrip (original), wanted) == 0;
}

static void
verify (ImapSession *session,
        const ImapResponse *response,
        guint32 uid,
        gpointer user_data)
{
  Filing *filing = user_data;

  if (response->type != IMAP_RESPONSE_FETCH)
    return;

  for (guint i = 0; i < response->fetch->n_sections; i++)
    {
      const ImapSection *section = &response->fetch->sections[i];
      g_autoptr(MimeHeaders) headers = NULL;

      if (section->bytes == NULL)
        continue;
      headers = mime_headers_new (section->bytes, section->size_bytes);
      if (g_strcmp0 (mime_headers_get_message_id (headers), filing->item->message_id) == 0 ||
          is_original (headers, filing->item->message_id))
        filing->is_matched = TRUE;
    }
}

/* Whether one of the hits has the Message-ID. A search finds pieces of it as well, and some servers find
 * what only refers to it, or everything. */
static gboolean
verify_hits (Filing *filing,
             const ImapUidSet *hits,
             GError **error)
{
  static const char *const sections[] = { "HEADER", NULL };
  const ImapFetchQuery query = { .sections = sections };
  guint32 last = imap_uid_set_get_last (hits);
  g_autoptr(ImapUidSet) latest = imap_uid_set_new ();
  g_autoptr(ImapCommand) fetch = NULL;
  ImapUidSetIter iter;
  guint32 uid;

  imap_uid_set_iter_init (&iter, hits);
  while (imap_uid_set_iter_next (&iter, &uid))
    if (imap_uid_set_get_size (hits) <= MAX_HITS || uid + MAX_HITS > last)
      imap_uid_set_add (latest, uid);

  filing->is_matched = FALSE;
  fetch = imap_session_uid_fetch (sync_worker_get_session (filing->worker), latest, &query, verify,
                                  filing);
  return imap_command_await (fetch, filing->job->cancellable, error);
}

/* What a copy of ours can be, but for its Message-ID. */
static char *
get_range (Filing *filing)
{
  const ImapSelected *selected =
      sync_mailbox_get_selected (sync_worker_get_mailbox (filing->worker));
  const StoreOutboxItem *item = filing->item;

  return item->sent_folder_uuid != NULL && item->sent_uid_validity == selected->uid_validity ?
             g_strdup_printf ("UID %u:* ", MAX (item->sent_uid_next, 1)) :
             g_strdup ("");
}

/* Everything of the last days, for servers whose search for a text is not to be believed. */
static ImapCommand *
search_recent (Filing *filing,
               const char *range)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec" };
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) since = g_date_time_add_days (now, -RECENT_DAYS);
  g_autofree char *keys = NULL;

  keys = g_strdup_printf ("%sSINCE %d-%s-%d", range, g_date_time_get_day_of_month (since),
                          months[g_date_time_get_month (since) - 1],
                          g_date_time_get_year (since));
  return imap_session_uid_search (sync_worker_get_session (filing->worker), keys);
}

/* Awaits a search. @out_is_found: whether one of its hits is our message. */
static gboolean
look_at_hits (Filing *filing,
              ImapCommand *command,
              gboolean *out_is_found,
              GError **error)
{
  g_autoptr(ImapCommand) search = command;
  ImapUidSet *found;

  if (!imap_command_await (search, filing->job->cancellable, error))
    return FALSE;

  found = imap_command_get_found (search);
  if (found == NULL || imap_uid_set_is_empty (found))
    return TRUE;
  if (!verify_hits (filing, found, error))
    return FALSE;

  *out_is_found = filing->is_matched;
  return TRUE;
}

static gboolean
find_copy (Filing *filing,
           gboolean *out_is_found,
           GError **error)
{
  ImapSession *session = sync_worker_get_session (filing->worker);
  const char *message_id = filing->item->message_id;
  g_autofree char *range = NULL;
  g_autofree char *key = NULL;
  g_autofree char *original_key = NULL;
  g_autoptr(ImapCommand) noop = NULL;

  *out_is_found = FALSE;
  if (message_id == NULL)
    return TRUE;

  range = get_range (filing);
  /* what has arrived is found behind it; its answer comes with that of the search */
  noop = imap_session_noop (session);
  if (imap_session_has_quirk (session, IMAP_QUIRK_NO_SEARCH_TEXT))
    return look_at_hits (filing, search_recent (filing, range), out_is_found, error);

  key = g_strconcat (range, "HEADER Message-ID", NULL);
  if (!look_at_hits (filing, imap_session_uid_search_text (session, key, message_id), out_is_found,
                     error))
    return FALSE;
  if (*out_is_found || !imap_session_has_quirk (session, IMAP_QUIRK_REWRITES_MESSAGE_ID))
    return TRUE;

  original_key = g_strconcat (range, "HEADER " ORIGINAL_ID_FIELD, NULL);
  return look_at_hits (filing, imap_session_uid_search_text (session, original_key, message_id),
                       out_is_found, error);
}

static gboolean
wait_a_little (Filing *filing,
               GError **error)
{
  const gboolean never = FALSE;
  g_autoptr(GError) local_error = NULL;

  if (base_await (&never, base_time_boottime_us () + SECOND_LOOK_US, filing->job->cancellable,
                  &local_error) ||
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
does_server_file (Filing *filing)
{
  g_autofree char *learnt = store_reader_get_learnt (sync_worker_get_reader (filing->worker),
                                                     get_uuid (filing->worker), LEARNT_KEY, NULL);

  return learnt != NULL ||
         imap_session_has_quirk (sync_worker_get_session (filing->worker), IMAP_QUIRK_FILES_SENT);
}

/* The names behind the first dot of each, or all of them where there is none: smtp.gmail.com and
 * imap.gmail.com. */
static gboolean
are_of_one_provider (const char *host,
                     const char *other)
{
  const char *dot = strchr (host, '.');
  const char *other_dot = strchr (other, '.');

  if (dot == NULL || other_dot == NULL || strchr (dot + 1, '.') == NULL)
    return g_ascii_strcasecmp (host, other) == 0;

  return g_ascii_strcasecmp (dot, other_dot) == 0;
}

/* Gmail files everything that is sent through its own submission server, sooner or later: a copy of
 * ours would be the second one. */
static gboolean
is_copy_certain (Filing *filing)
{
  g_autoptr(SyncConfig) config = sync_core_dup_config (sync_worker_get_core (filing->worker));
  NetEndpoint *imap = account_settings_get_imap (config->settings);
  NetEndpoint *smtp = account_settings_get_smtp (config->settings);

  return imap_session_has (sync_worker_get_session (filing->worker),
                           IMAP_CAPABILITY_X_GM_EXT_1) &&
         imap != NULL && smtp != NULL &&
         are_of_one_provider (net_endpoint_get_host (imap), net_endpoint_get_host (smtp));
}

/* Filing. */

static gboolean
append (Filing *filing,
        GError **error)
{
  ImapMessage message = { .flags = IMAP_FLAG_SEEN };
  SyncMailbox *mailbox = sync_worker_get_mailbox (filing->worker);
  g_autoptr(GBytes) bytes = store_reader_load_outgoing (sync_worker_get_reader (filing->worker),
                                                        filing->item->item, TRUE, error);
  g_autoptr(ImapCommand) command = NULL;

  if (bytes == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
                             "The message's bytes are not there");
      return FALSE;
    }

  /* from here on a copy may be ours */
  if (!sync_worker_write (filing->worker, STORE_PRIORITY_OPERATIONS, set_target, filing, error))
    return FALSE;

  message.bytes = bytes;
  command = imap_session_append (sync_worker_get_session (filing->worker),
                                 sync_mailbox_get_folder (mailbox)->name, &message, 1);
  return imap_command_await (command, filing->job->cancellable, error);
}

static gboolean
select_sent (Filing *filing,
             GError **error)
{
  StoreReader *reader = sync_worker_get_reader (filing->worker);
  g_autoptr(StoreFolder) folder = NULL;
  g_autoptr(GError) local_error = NULL;

  for (guint attempt = 0; attempt < 2; attempt++)
    {
      folder = store_reader_find_folder_by_use (reader, get_uuid (filing->worker),
                                                STORE_SPECIAL_SENT, &local_error);
      if (folder != NULL || local_error != NULL || attempt > 0)
        break;
      if (!sync_create_folder (filing->worker, STORE_SPECIAL_SENT, filing->job->cancellable, error))
        return FALSE;
    }
  if (folder == NULL)
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NO_FOLDER, "There is no folder for it");
      return FALSE;
    }

  filing->sent_id = folder->folder;
  return sync_worker_select (filing->worker, folder->folder, filing->job->cancellable, error);
}

static gboolean
file_item (Filing *filing,
           GError **error)
{
  gboolean is_unsure = filing->item->state == STORE_OUTBOX_UNSURE;
  gboolean was_begun = filing->item->sent_folder_uuid != NULL;
  gboolean is_found;

  if (!select_sent (filing, error) || !find_copy (filing, &is_found, error))
    return FALSE;
  if (!is_found && (was_begun || does_server_file (filing)) &&
      (!wait_a_little (filing, error) || !find_copy (filing, &is_found, error)))
    return FALSE;

  if (is_found && !was_begun &&
      !sync_worker_write (filing->worker, STORE_PRIORITY_OPERATIONS, learn, filing, error))
    return FALSE;
  if (is_unsure)
    return !is_found ||
           sync_worker_write (filing->worker, STORE_PRIORITY_OPERATIONS, set_sure, filing, error);
  if (!is_found && is_copy_certain (filing))
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
                           "The server has not put its copy into Sent yet");
      return FALSE;
    }
  if (!is_found && !append (filing, error))
    return FALSE;

  if (!sync_worker_write (filing->worker, STORE_PRIORITY_OPERATIONS, set_filed, filing, error))
    return FALSE;

  return sync_mailbox_get_folder (sync_worker_get_mailbox (filing->worker))->state !=
             STORE_FOLDER_COMPLETE ||
         sync_folder_follow (filing->worker, NULL, filing->job->cancellable, error);
}

/* What the server refuses waits; the message was sent, and the person can read why its copy is not
 * there yet. */
static gboolean
settle_refusal (Filing *filing,
                GError *failure,
                GError **error)
{
  Refusal refusal = { filing->item->item, failure->message };

  if (failure->domain != SYNC_ERROR &&
      (failure->domain != IMAP_ERROR ||
       !imap_session_is_open (sync_worker_get_session (filing->worker))))
    {
      g_propagate_error (error, failure);
      return FALSE;
    }

  g_ptr_array_add (filing->job->report->failures, g_strdup (failure->message));
  if (!sync_worker_write (filing->worker, STORE_PRIORITY_OPERATIONS, set_refused, &refusal, error))
    {
      g_error_free (failure);
      return FALSE;
    }

  g_error_free (failure);
  sync_core_push_once (sync_worker_get_core (filing->worker),
                       sync_filing_job_new (0, base_time_boottime_us () +
                                                   REFUSED_S * G_USEC_PER_SEC));
  return TRUE;
}

/* Of what is unsure a copy in Sent tells only where the server makes them. */
static gboolean
is_due (Filing *filing)
{
  if (filing->item->state == STORE_OUTBOX_SENT)
    return filing->item->not_before_unix <= base_time_now_unix ();

  return filing->item->state == STORE_OUTBOX_UNSURE && filing->item->message_id != NULL &&
         does_server_file (filing);
}

static SyncJobOutcome
run_filing_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  g_autoptr(GPtrArray) items = store_reader_list_outbox (sync_worker_get_reader (worker),
                                                         get_uuid (worker), FALSE, error);
  Filing filing = { .job = job, .worker = worker };

  if (items == NULL)
    return SYNC_JOB_FAILED;

  for (guint i = 0; i < items->len; i++)
    {
      GError *failure = NULL;

      filing.item = g_ptr_array_index (items, i);
      if (is_due (&filing) && !file_item (&filing, &failure) &&
          !settle_refusal (&filing, failure, error))
        return SYNC_JOB_FAILED;
    }

  return SYNC_JOB_DONE;
}

/**
 * sync_filing_job_new:
 * @not_before_us: CLOCK_BOOTTIME, or 0
 *
 * Returns: (transfer full): a job that puts copies of what was sent into Sent
 */
SyncJob *
sync_filing_job_new (SyncJobFlags flags,
                     gint64 not_before_us)
{
  SyncJob *job = sync_job_new ("filing", SYNC_PRIORITY_CHANGE, SYNC_LANE_FILING,
                               flags | SYNC_JOB_NEEDS_SESSION, run_filing_job, NULL, NULL);

  job->not_before_us = not_before_us;
  return job;
}
