#include "sync-body.h"

#include "base-time.h"
#include "sync-download.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-link.h"
#include "sync-pieces.h"

/* Small messages are fetched so many at a time, with two such FETCH under way. */
#define BATCH_BYTES (1024 * 1024)
#define BATCH_MESSAGES 100

/* Rows that are looked at at a time. */
#define PAGE_ROWS 500

#define DAY_S (24 * 60 * 60)

/* What somebody waits for. */
typedef struct
{
  gint64 location_id;
  SyncFetch fetch;
  char *section; /* (owned) (nullable): only this part */
} Request;

static void
request_free (Request *request)
{
  g_free (request->section);
  g_free (request);
}

static void
set_gone (GError **error)
{
  g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND, "The message is not there any more");
}

static StoreRow *
load_row (SyncWorker *worker,
          gint64 location_id,
          GError **error)
{
  g_autoptr(GPtrArray) rows = store_reader_load_rows (sync_worker_get_reader (worker), &location_id,
                                                      1, error);

  if (rows == NULL)
    return NULL;
  if (rows->len == 0 || g_ptr_array_index (rows, 0) == NULL)
    {
      set_gone (error);
      return NULL;
    }

  return store_row_copy (g_ptr_array_index (rows, 0));
}

/* Selects the mailbox in which the row's UID means the row's message. */
static gboolean
select_for (SyncJob *job,
            SyncWorker *worker,
            const StoreRow *row,
            GError **error)
{
  StoreLocation location = { 0 };

  if (row->uid == 0 || row->state != STORE_LOCATION_PRESENT)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND,
                           "The message is on its way from one folder to another");
      return FALSE;
    }
  if (!store_reader_get_location (sync_worker_get_reader (worker), row->location, &location, error) ||
      !sync_worker_select (worker, row->folder, job->cancellable, error))
    return FALSE;

  if (location.uid_validity !=
      sync_mailbox_get_selected (sync_worker_get_mailbox (worker))->uid_validity)
    {
      sync_core_push_once (sync_worker_get_core (worker),
                           sync_folder_job_new (row->folder, SYNC_PRIORITY_VISIBLE, 0));
      set_gone (error);
      return FALSE;
    }

  return TRUE;
}

static gboolean
fetch_text (SyncJob *job,
            SyncWorker *worker,
            const SyncWanted *wanted,
            StorePriority priority,
            GError **error)
{
  gboolean needs_whole = wanted->size_bytes <= SYNC_WHOLE_BYTES ||
                         imap_session_has_quirk (sync_worker_get_session (worker),
                                                 IMAP_QUIRK_NO_BODY_STRUCTURE);

  if (!needs_whole &&
      !sync_download_parts (job, worker, wanted, priority, &needs_whole, error))
    return FALSE;

  return !needs_whole || sync_download_whole (job, worker, wanted, priority, error);
}

static gboolean
is_sliced (const GError *error)
{
  return g_error_matches (error, SYNC_ERROR, SYNC_ERROR_SLICED);
}

static gboolean
fetch_request (SyncJob *job,
               SyncWorker *worker,
               const Request *request,
               const SyncWanted *wanted,
               GError **error)
{
  if (request->section != NULL)
    return sync_download_section (job, worker, wanted, request->section, error);
  if (request->fetch == SYNC_FETCH_WHOLE)
    return sync_download_whole (job, worker, wanted, STORE_PRIORITY_PERSON, error);

  return fetch_text (job, worker, wanted, STORE_PRIORITY_PERSON, error);
}

static gboolean
is_here (SyncWorker *worker,
         const Request *request,
         const StoreRow *row)
{
  const char *section = request->section != NULL           ? request->section :
                        row->body == STORE_BODY_WHOLE ||
                                request->fetch == SYNC_FETCH_WHOLE ? STORE_SECTION_WHOLE :
                                                                     "HEADER";
  g_autoptr(GBytes) bytes = NULL;

  if (row->body == STORE_BODY_NONE)
    return FALSE;

  bytes = store_reader_load_body (sync_worker_get_reader (worker), row->location, section, NULL);
  return bytes != NULL;
}

static SyncJobOutcome
run_request_job (SyncJob *job,
                 SyncWorker *worker,
                 GError **error)
{
  const Request *request = job->data;
  g_autoptr(StoreRow) row = load_row (worker, request->location_id, error);
  g_autoptr(SyncWanted) wanted = NULL;
  g_autoptr(GError) local_error = NULL;

  if (row == NULL)
    return SYNC_JOB_FAILED;
  if (is_here (worker, request, row))
    return SYNC_JOB_DONE;
  if (!select_for (job, worker, row, error))
    return SYNC_JOB_FAILED;

  wanted = sync_wanted_new (row);
  if (fetch_request (job, worker, request, wanted, &local_error))
    return SYNC_JOB_DONE;
  if (is_sliced (local_error))
    return SYNC_JOB_AGAIN;

  /* once more: servers have been seen to say nothing, or something wrong, the first time */
  if (g_error_matches (local_error, SYNC_ERROR, SYNC_ERROR_WRONG_MESSAGE) ||
      g_error_matches (local_error, SYNC_ERROR, SYNC_ERROR_NOT_FOUND))
    {
      g_autoptr(ImapCommand) noop = imap_session_noop (sync_worker_get_session (worker));

      g_message ("Fetched again: %s", local_error->message);
      g_clear_error (&local_error);
      if (imap_command_await (noop, job->cancellable, &local_error) &&
          fetch_request (job, worker, request, wanted, &local_error))
        return SYNC_JOB_DONE;
      if (is_sliced (local_error))
        return SYNC_JOB_AGAIN;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return SYNC_JOB_FAILED;
}

/**
 * sync_body_message_job_new:
 *
 * Returns: (transfer full): a job that brings a message for somebody who waits for it
 */
SyncJob *
sync_body_message_job_new (gint64 location_id,
                           SyncFetch fetch,
                           SyncJobFlags flags)
{
  Request *request = g_new0 (Request, 1);

  request->location_id = location_id;
  request->fetch = fetch;
  return sync_job_new ("message", SYNC_PRIORITY_PERSON, SYNC_LANE_NONE,
                       flags | SYNC_JOB_NEEDS_SESSION, run_request_job, request,
                       (GDestroyNotify) request_free);
}

/**
 * sync_body_part_job_new:
 *
 * Returns: (transfer full): a job that brings a part of a message for somebody who waits for it
 */
SyncJob *
sync_body_part_job_new (gint64 location_id,
                        const char *section,
                        SyncJobFlags flags)
{
  Request *request = g_new0 (Request, 1);

  request->location_id = location_id;
  request->section = g_strdup (section);
  return sync_job_new ("part", SYNC_PRIORITY_PERSON, SYNC_LANE_NONE,
                       flags | SYNC_JOB_NEEDS_SESSION, run_request_job, request,
                       (GDestroyNotify) request_free);
}

/* Prefetch. */

typedef struct
{
  gint64 folder_id;
  SyncBodies bodies;
  StoreListEntry after; /* how far it has come */
  gboolean has_after;
  GPtrArray *wanted;    /* (owned) (element-type SyncWanted): of the page, to be fetched */
} Prefetch;

static void
prefetch_free (Prefetch *prefetch)
{
  g_ptr_array_unref (prefetch->wanted);
  g_free (prefetch);
}

/* From when on messages are wanted; -1 for none. */
static gint64
get_since (AccountSettings *settings,
           SyncBodies bodies)
{
  if (bodies == SYNC_BODIES_ALL)
    return 0;
  if (bodies == SYNC_BODIES_NONE)
    return -1;

  switch (account_settings_get_offline (settings))
    {
    case ACCOUNT_OFFLINE_MONTH:
      return base_time_now_unix () - 30 * DAY_S;
    case ACCOUNT_OFFLINE_YEAR:
      return base_time_now_unix () - 365 * DAY_S;
    case ACCOUNT_OFFLINE_ALL:
      return 0;
    case ACCOUNT_OFFLINE_HEADERS:
    default:
      return -1;
    }
}

static gboolean
wants_whole (Prefetch *prefetch,
             AccountSettings *settings)
{
  return prefetch->bodies == SYNC_BODIES_ALL || account_settings_keeps_attachments (settings);
}

/* Takes the next page of messages that have no body. Returns whether there was one. */
static gboolean
load_page (Prefetch *prefetch,
           SyncWorker *worker,
           AccountSettings *settings,
           gboolean *out_found,
           GError **error)
{
  StoreReader *reader = sync_worker_get_reader (worker);
  gint64 since_unix = get_since (settings, prefetch->bodies);
  g_autoptr(GArray) entries = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree gint64 *locations = NULL;

  *out_found = FALSE;
  if (since_unix < 0)
    return TRUE;

  entries = store_reader_list_without_body (reader, prefetch->folder_id,
                                            wants_whole (prefetch, settings) ? STORE_BODY_WHOLE :
                                                                               STORE_BODY_TEXT,
                                            since_unix, prefetch->has_after ? &prefetch->after :
                                                                              NULL,
                                            PAGE_ROWS, error);
  if (entries == NULL)
    return FALSE;
  if (entries->len == 0)
    return TRUE;

  locations = g_new (gint64, entries->len);
  for (guint i = 0; i < entries->len; i++)
    locations[i] = g_array_index (entries, StoreListEntry, i).location;
  rows = store_reader_load_rows (reader, locations, entries->len, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const StoreRow *row = g_ptr_array_index (rows, i);

      if (row != NULL && row->uid != 0 && row->state == STORE_LOCATION_PRESENT)
        g_ptr_array_add (prefetch->wanted, sync_wanted_new (row));
    }

  prefetch->after = g_array_index (entries, StoreListEntry, entries->len - 1);
  prefetch->has_after = TRUE;
  *out_found = TRUE;
  return TRUE;
}

/* Small messages that are fetched with one command. */
typedef struct
{
  GPtrArray *wanted;   /* (owned) (element-type SyncWanted) */
  GPtrArray *received; /* (owned) (element-type SyncSection) */
  ImapCommand *fetch;  /* (owned) */
} Batch;

static void
batch_free (Batch *batch)
{
  if (!imap_command_is_done (batch->fetch))
    imap_command_abandon (batch->fetch);
  imap_command_unref (batch->fetch);
  g_ptr_array_unref (batch->wanted);
  g_ptr_array_unref (batch->received);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

/* Messages that go into one FETCH; what is larger than that is fetched alone. */
static gint64
get_small_bytes (SyncWorker *worker)
{
  return MIN (SYNC_WHOLE_BYTES, (gint64) sync_pieces_get_size (worker));
}

static Batch *
send_batch (Prefetch *prefetch,
            SyncWorker *worker)
{
  static const char *const sections[] = { "", NULL };
  gint64 small_bytes = get_small_bytes (worker);
  gint64 batch_bytes = MIN (BATCH_BYTES, (gint64) sync_pieces_get_size (worker));
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();
  gint64 size_bytes = 0;
  Batch *batch;

  if (prefetch->wanted->len == 0 ||
      ((SyncWanted *) prefetch->wanted->pdata[0])->size_bytes > small_bytes)
    return NULL;

  batch = g_new0 (Batch, 1);
  batch->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_wanted_free);
  batch->received = g_ptr_array_new ();

  while (prefetch->wanted->len > 0 && batch->wanted->len < BATCH_MESSAGES)
    {
      SyncWanted *wanted = g_ptr_array_index (prefetch->wanted, 0);

      if (wanted->size_bytes > small_bytes ||
          (batch->wanted->len > 0 && size_bytes + wanted->size_bytes > batch_bytes))
        break;
      size_bytes += wanted->size_bytes;
      imap_uid_set_add (uids, wanted->uid);
      g_ptr_array_add (batch->wanted, g_ptr_array_steal_index (prefetch->wanted, 0));
    }

  batch->fetch = sync_download_send (worker, uids, sections, batch->received);
  return batch;
}

static gboolean
keep_batch (SyncJob *job,
            SyncWorker *worker,
            Batch *batch,
            GError **error)
{
  g_autoptr(GPtrArray) keeps = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_keep_free);

  for (guint i = 0; i < batch->wanted->len; i++)
    {
      const SyncWanted *wanted = g_ptr_array_index (batch->wanted, i);
      GBytes *whole = sync_download_find (batch->received, wanted->uid, "");
      g_autoptr(GError) local_error = NULL;
      SyncKeep *keep;

      if (whole == NULL)
        continue;

      keep = sync_keep_new_whole (worker, wanted, whole, &local_error);
      if (keep != NULL)
        g_ptr_array_add (keeps, keep);
      else if (local_error->domain == SYNC_ERROR)
        g_ptr_array_add (job->report->failures, g_strdup (local_error->message));
      else
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  job->report->n_bodies += keeps->len;
  return sync_keep_write (worker, keeps, STORE_PRIORITY_HOUSEKEEPING, error);
}

/* The first of those that are wanted, which is large. If it gives way it stays the first. */
static gboolean
fetch_large (SyncJob *job,
             SyncWorker *worker,
             Prefetch *prefetch,
             gboolean whole,
             GError **error)
{
  const SyncWanted *wanted = g_ptr_array_index (prefetch->wanted, 0);
  g_autoptr(GError) local_error = NULL;
  gboolean done = whole ? sync_download_whole (job, worker, wanted, STORE_PRIORITY_HOUSEKEEPING,
                                               &local_error) :
                          fetch_text (job, worker, wanted, STORE_PRIORITY_HOUSEKEEPING,
                                      &local_error);

  if (!done && is_sliced (local_error))
    return TRUE;
  if (!done && local_error->domain != SYNC_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!done)
    g_ptr_array_add (job->report->failures, g_strdup (local_error->message));
  g_ptr_array_remove_index (prefetch->wanted, 0);
  return TRUE;
}

/* Fills the pipe with batches, unless something more urgent waits. */
static void
send_batches (SyncJob *job,
              SyncWorker *worker,
              Prefetch *prefetch,
              GQueue *batches)
{
  while (batches->length < SYNC_PORTIONS_UNDER_WAY &&
         !sync_core_should_yield (sync_worker_get_core (worker), job))
    {
      Batch *batch = send_batch (prefetch, worker);

      if (batch == NULL)
        return;
      g_queue_push_tail (batches, batch);
    }
}

static gboolean
fetch_page (SyncJob *job,
            SyncWorker *worker,
            Prefetch *prefetch,
            gboolean whole,
            GError **error)
{
  GQueue batches = G_QUEUE_INIT;
  gboolean done = TRUE;

  send_batches (job, worker, prefetch, &batches);
  while (done && (!g_queue_is_empty (&batches) || prefetch->wanted->len > 0))
    {
      g_autoptr(Batch) batch = g_queue_pop_head (&batches);

      if (batch != NULL)
        done = imap_command_await (batch->fetch, job->cancellable, error) &&
               keep_batch (job, worker, batch, error);
      else if (sync_core_should_yield (sync_worker_get_core (worker), job))
        break;
      else
        done = fetch_large (job, worker, prefetch, whole, error);

      if (done)
        send_batches (job, worker, prefetch, &batches);
    }

  g_queue_clear_full (&batches, (GDestroyNotify) batch_free);
  return done;
}

/* What is left of a page may have come meanwhile, by way of another folder that has the message. */
static gboolean
drop_known (Prefetch *prefetch,
            SyncWorker *worker,
            StoreBodyState enough,
            GError **error)
{
  StoreReader *reader = sync_worker_get_reader (worker);

  for (guint i = prefetch->wanted->len; i > 0; i--)
    {
      const SyncWanted *wanted = g_ptr_array_index (prefetch->wanted, i - 1);
      g_autoptr(GPtrArray) rows = store_reader_load_rows (reader, &wanted->location_id, 1, error);
      const StoreRow *row;

      if (rows == NULL)
        return FALSE;

      row = rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;
      if (row == NULL || row->body >= enough || row->uid != wanted->uid)
        g_ptr_array_remove_index (prefetch->wanted, i - 1);
    }

  return TRUE;
}

/* What was under way when the connection broke is found again from the beginning. */
static SyncJobOutcome
start_over (Prefetch *prefetch)
{
  g_ptr_array_set_size (prefetch->wanted, 0);
  prefetch->has_after = FALSE;
  return SYNC_JOB_FAILED;
}

static SyncJobOutcome
run_prefetch_job (SyncJob *job,
                  SyncWorker *worker,
                  GError **error)
{
  Prefetch *prefetch = job->data;
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(SyncConfig) config = sync_core_dup_config (core);
  gboolean found = TRUE;

  if (sync_core_is_metered (core) && (job->flags & SYNC_JOB_FAIL_OFFLINE) == 0)
    return SYNC_JOB_DONE;
  if (!drop_known (prefetch, worker, wants_whole (prefetch, config->settings) ? STORE_BODY_WHOLE :
                                                                                 STORE_BODY_TEXT,
                   error))
    return start_over (prefetch);

  while (prefetch->wanted->len > 0 || found)
    {
      if (prefetch->wanted->len == 0 &&
          !load_page (prefetch, worker, config->settings, &found, error))
        return start_over (prefetch);
      if (prefetch->wanted->len == 0)
        continue;

      if (!sync_worker_select (worker, prefetch->folder_id, job->cancellable, error) ||
          !fetch_page (job, worker, prefetch, wants_whole (prefetch, config->settings), error))
        return start_over (prefetch);
      if (sync_core_should_yield (core, job))
        return SYNC_JOB_AGAIN;
    }

  return SYNC_JOB_DONE;
}

/**
 * sync_body_prefetch_job_new:
 * @bodies: which of the folder's messages
 *
 * Returns: (transfer full): a job that brings the bodies of messages that nobody waits for
 */
SyncJob *
sync_body_prefetch_job_new (gint64 folder_id,
                            SyncBodies bodies,
                            SyncJobFlags flags)
{
  Prefetch *prefetch = g_new0 (Prefetch, 1);

  prefetch->folder_id = folder_id;
  prefetch->bodies = bodies;
  prefetch->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) sync_wanted_free);

  return sync_job_new ("prefetch", SYNC_PRIORITY_PREFETCH, SYNC_LANE_PREFETCH (folder_id),
                       flags | SYNC_JOB_NEEDS_SESSION, run_prefetch_job, prefetch,
                       (GDestroyNotify) prefetch_free);
}
