#include "sync-window.h"

#include "sync-error.h"
#include "sync-facts.h"
#include "sync-link.h"

/* Rows of a window: few at first, so that the first screen is there at once; then more, since a
 * transaction of 2,000 rows costs a third of ten of 200. */
#define FIRST_WINDOW 100
#define MAX_WINDOW 2000
/* What a message's header facts take on the wire, until it is known */
#define ROW_BYTES 800

/* After so many messages in a row that were asked for, and of which none came, and after so many that
 * were refused one by one, the rest is not asked for. */
#define MAX_FUTILE 10000
#define MAX_REFUSED 50

static const ImapFetchQuery facts_query = {
  .items = SYNC_FACTS_ITEMS,
  .header_fields = SYNC_FACTS_HEADER_FIELDS,
};

/* For messages that may be here from another folder: no more than tells whether they are. */
static const ImapFetchQuery bare_query = {
  .items = SYNC_FACTS_BARE_ITEMS,
};

/* A window of which not one in so many was known: asking first costs more than it saves. */
#define MIN_KNOWN_SHARE 10

/* A FETCH that is under way. */
typedef struct
{
  ImapUidSet *uids;   /* (owned): what it asks for */
  ImapCommand *fetch; /* (owned) */
} Window;

static void
window_free (Window *window)
{
  imap_uid_set_unref (window->uids);
  imap_command_unref (window->fetch);
  g_free (window);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Window, window_free)

/**
 * sync_uids_take_newest:
 * @uids: a set
 *
 * Takes the highest UIDs out of a set.
 *
 * Returns: (transfer full): as many of them, or all that there are
 */
ImapUidSet *
sync_uids_take_newest (ImapUidSet *uids,
                       guint64 n_uids)
{
  ImapUidSet *taken = imap_uid_set_new ();
  guint n_ranges;
  const ImapUidRange *ranges = imap_uid_set_get_ranges (uids, &n_ranges);
  guint first = n_ranges;
  guint64 n_left = n_uids;
  guint32 cut = 0;

  while (first > 0 && n_left > 0)
    {
      const ImapUidRange *range = &ranges[--first];
      guint64 size = (guint64) range->last - range->first + 1;

      cut = range->first + (guint32) (size - MIN (size, n_left));
      n_left -= MIN (size, n_left);
    }

  for (guint i = first; i < n_ranges; i++)
    imap_uid_set_add_range (taken, MAX (ranges[i].first, cut), ranges[i].last);
  imap_uid_set_remove_set (uids, taken);

  return taken;
}

/**
 * sync_fill_init:
 * @wanted: the UIDs whose header facts are to be fetched
 */
void
sync_fill_init (SyncFill *fill,
                SyncJob *job,
                SyncWorker *worker,
                const ImapUidSet *wanted)
{
  *fill = (SyncFill) {
    .job = job,
    .worker = worker,
    .left = imap_uid_set_copy (wanted),
    .missing = imap_uid_set_new (),
    .n_total = imap_uid_set_get_size (wanted),
  };
}

/**
 * sync_fill_clear:
 * @fill: one that was initialised
 */
void
sync_fill_clear (SyncFill *fill)
{
  g_clear_pointer (&fill->left, imap_uid_set_unref);
  g_clear_pointer (&fill->missing, imap_uid_set_unref);
}

static Window *
window_new (SyncFill *fill,
            ImapUidSet *uids)
{
  Window *window = g_new0 (Window, 1);

  window->uids = uids;
  window->fetch = imap_session_uid_fetch (sync_worker_get_session (fill->worker), uids,
                                          fill->is_bare ? &bare_query : &facts_query, NULL, NULL);
  return window;
}

/* Fills the pipe: sends windows until enough is under way, or something more urgent waits. */
static void
send_windows (SyncFill *fill,
              GQueue *windows,
              SyncPortions *portions,
              guint n_under_way,
              guint *n_rows)
{
  while (windows->length < n_under_way && !imap_uid_set_is_empty (fill->left) &&
         !sync_core_should_yield (sync_worker_get_core (fill->worker), fill->job))
    {
      guint size = sync_portions_get_size (portions, *n_rows);

      g_queue_push_tail (windows, window_new (fill, sync_uids_take_newest (fill->left, size)));
      *n_rows = MIN (*n_rows * 2, MAX_WINDOW);
    }
}

/**
 * sync_window_is_refusal:
 * @error: why a FETCH failed
 *
 * Returns: whether the server has answered it, with NO or BAD, and the connection goes on
 */
gboolean
sync_window_is_refusal (const GError *error)
{
  return error->domain == IMAP_ERROR && error->code != IMAP_ERROR_SYNTAX &&
         error->code != IMAP_ERROR_TOO_LARGE;
}

/* Takes out of a window what has come */
static gboolean
take_received (SyncFill *fill,
               Window *window,
               gboolean was_refused,
               GError **error)
{
  guint64 n_asked = imap_uid_set_get_size (window->uids);

  sync_mailbox_take_received (sync_worker_get_mailbox (fill->worker), window->uids);
  if (imap_uid_set_get_size (window->uids) < n_asked)
    {
      fill->n_futile = 0;
      fill->n_refused = 0;
      return TRUE;
    }

  fill->n_futile += n_asked;
  if (was_refused && n_asked == 1)
    fill->n_refused++;
  if (fill->n_futile <= MAX_FUTILE && fill->n_refused <= MAX_REFUSED)
    return TRUE;

  g_set_error (error, SYNC_ERROR, SYNC_ERROR_INCOMPLETE,
               "The server lists %" G_GUINT64_FORMAT " messages and does not deliver them",
               fill->n_total);
  return FALSE;
}

/* A server that refuses a window may choke on a single message: find it, and keep the rest. */
static gboolean
fetch_by_halves (SyncFill *fill,
                 ImapUidSet *uids,
                 GError **error)
{
  g_autoptr(ImapUidSet) left = imap_uid_set_copy (uids);
  guint64 half = (imap_uid_set_get_size (uids) + 1) / 2;

  while (!imap_uid_set_is_empty (left))
    {
      g_autoptr(Window) window = window_new (fill, sync_uids_take_newest (left, half));
      g_autoptr(GError) local_error = NULL;
      gboolean is_done = imap_command_await (window->fetch, fill->job->cancellable, &local_error);

      if (!is_done && !sync_window_is_refusal (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!take_received (fill, window, !is_done, error))
        return FALSE;

      if (is_done || imap_uid_set_get_size (window->uids) <= 1)
        imap_uid_set_add_set (fill->missing, window->uids);
      else if (!fetch_by_halves (fill, window->uids, error))
        return FALSE;
    }

  return TRUE;
}

/* What of a window is in the cache now stays out of the missing. */
static gboolean
settle_bare (SyncFill *fill,
             Window *window,
             GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (fill->worker);
  guint64 n_asked = imap_uid_set_get_size (window->uids);
  g_autoptr(GArray) rows = NULL;

  if (!sync_mailbox_settle (mailbox, fill->job->report, error))
    return FALSE;

  rows = store_reader_list_uids (sync_worker_get_reader (fill->worker),
                                 sync_mailbox_get_folder (mailbox)->folder,
                                 imap_uid_set_get_first (window->uids),
                                 imap_uid_set_get_last (window->uids), error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    imap_uid_set_remove (window->uids, g_array_index (rows, StoreUidFlags, i).uid);
  imap_uid_set_add_set (fill->missing, window->uids);

  if (fill->gives_up &&
      (n_asked - imap_uid_set_get_size (window->uids)) * MIN_KNOWN_SHARE < n_asked)
    {
      imap_uid_set_add_set (fill->missing, fill->left);
      imap_uid_set_remove_set (fill->left, fill->missing);
    }

  return TRUE;
}

static gboolean
receive_bare (SyncFill *fill,
              Window *window,
              GError **error)
{
  g_autoptr(GError) local_error = NULL;

  /* a server that will not say so much of its messages is asked for all of it */
  if (!imap_command_await (window->fetch, fill->job->cancellable, &local_error) &&
      !sync_window_is_refusal (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return settle_bare (fill, window, error);
}

static gboolean
receive_window (SyncFill *fill,
                Window *window,
                GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (fill->worker);
  guint64 n_asked = imap_uid_set_get_size (window->uids);
  guint32 lowest = imap_uid_set_get_first (window->uids);
  g_autoptr(GError) local_error = NULL;
  gboolean is_done = imap_command_await (window->fetch, fill->job->cancellable, &local_error);

  if (!is_done && !sync_window_is_refusal (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!take_received (fill, window, !is_done, error))
    return FALSE;

  if (is_done)
    imap_uid_set_add_set (fill->missing, window->uids);
  else if (!fetch_by_halves (fill, window->uids, error))
    return FALSE;

  if (fill->moves_marker && imap_uid_set_is_empty (fill->missing))
    sync_mailbox_set_backfill (mailbox, lowest);

  fill->n_done += n_asked;
  sync_core_set_progress (sync_worker_get_core (fill->worker), fill->worker, fill->n_done,
                          fill->n_total);

  return sync_mailbox_commit (mailbox, error);
}

/**
 * sync_fill_run:
 * @fill: what to fetch
 * @out_is_whole: (out): %FALSE if it ended early because something more urgent waits
 *
 * Fetches header facts, newest first, with several windows under way, as large as the link lets
 * them be: while one is awaited and written, the next are on the wire. What the server did not
 * deliver, or what the cache did not know if that is all that was looked for, is in fill->missing
 * afterwards. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_fill_run (SyncFill *fill,
               gboolean *out_is_whole,
               GError **error)
{
  guint n_rows = FIRST_WINDOW;
  guint n_under_way = SYNC_PORTIONS_AT_FIRST;
  GQueue windows = G_QUEUE_INIT;
  SyncPortions portions;
  Window *window;
  gboolean done = TRUE;

  sync_portions_init (&portions, fill->worker, ROW_BYTES);
  send_windows (fill, &windows, &portions, n_under_way, &n_rows);

  while (done && (window = g_queue_pop_head (&windows)) != NULL)
    {
      guint64 n_asked = imap_uid_set_get_size (window->uids);

      done = (fill->is_bare ? receive_bare : receive_window) (fill, window, error);
      if (done)
        {
          sync_portions_took (&portions, n_asked);
          n_under_way = MIN (n_under_way + 1, SYNC_PORTIONS_UNDER_WAY);
          send_windows (fill, &windows, &portions, n_under_way, &n_rows);
        }
      window_free (window);
    }

  g_queue_clear_full (&windows, (GDestroyNotify) window_free);
  *out_is_whole = imap_uid_set_is_empty (fill->left);
  return done;
}
