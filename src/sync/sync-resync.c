/* Brings a folder that equalled the server once to where it does again, by what has changed since.
 *
 * SELECT says UIDVALIDITY, UIDNEXT, EXISTS and HIGHESTMODSEQ. When they are those of the last proof,
 * nothing has changed: each change of flags and each arrival gives the mailbox a higher mod-sequence
 * (RFC 7162 section 3.1.2.1), and a message that goes without another coming lowers EXISTS.
 *
 * When they are not, flags come with SELECT itself (QRESYNC) or by FETCH (CHANGEDSINCE …), new
 * messages are those from the old UIDNEXT on, and what is gone is named by VANISHED. That all this is
 * the truth is proved by numbers. UIDs ascend and are never used twice, so what the server has below
 * the old UIDNEXT is a part of what it had then, which is what the cache has; what it has above was
 * fetched. The cache thus holds every message of the server: if it also holds as many as EXISTS
 * says, it holds the same. No list of UIDs is needed for that, with or without QRESYNC.
 *
 * Nothing that VANISHED names is removed before these numbers fit. When they do not, nothing is
 * removed at all, and the caller compares everything. */

#include "sync-resync.h"

#include "store-transaction.h"
#include "sync-facts.h"
#include "sync-known.h"
#include "sync-window.h"

/* The mailbox may change under our eyes; how often the numbers are looked at. */
#define MAX_LOOKS 3

/* So many UIDs are asked for as a range, whether they are all in use or not. */
#define MAX_BLIND_UIDS 2000

/* With fewer holes between its UIDs, a server that has forgotten what was expunged names them all in
 * a line of some kilobytes: sequence-match data would not save a packet. */
#define MIN_HOLES 1000

/* How far from the newest message the matching ones lie; the last is as far as SQL shall walk. */
static const guint match_distances[] = { 0, 8, 64, 512, 4096 };

static const ImapFetchQuery facts_query = {
  .items = SYNC_FACTS_ITEMS,
  .header_fields = SYNC_FACTS_HEADER_FIELDS,
};

static gboolean
has_base (const StoreFolder *folder)
{
  return folder->state == STORE_FOLDER_COMPLETE && folder->checked_unix != 0 &&
         folder->highest_modseq != 0 && folder->uid_next != 0;
}

/* Pairs of message number and UID from the time of the last proof, ascending. By the distance from
 * the newest: what is expunged is mostly new, and everything below the highest pair that still holds
 * is still there. None is above what the server has now, as far as that is known. */
static void
find_matches (StoreReader *reader,
              const StoreFolder *folder,
              ImapUidSet *sequences,
              ImapUidSet *uids)
{
  gint64 most = folder->server_exists >= 0 ? MIN (folder->server_exists, folder->proved_exists) :
                                             folder->proved_exists;

  for (guint i = 0; i < G_N_ELEMENTS (match_distances); i++)
    {
      gint64 sequence = folder->proved_exists - match_distances[i];
      guint32 uid = 0;

      if (sequence < 1 || sequence > most)
        continue;
      if (!store_reader_get_nth_newest (reader, folder->folder, match_distances[i], &uid, NULL) ||
          uid == 0)
        return;

      imap_uid_set_add (sequences, (guint32) sequence);
      imap_uid_set_add (uids, uid);
    }
}

/**
 * sync_resync_select:
 * @folder: as it is in the cache
 *
 * Sends SELECT, with QRESYNC where there is something to start from. Whether it is enabled has to be
 * known.
 *
 * Returns: (transfer full): the command
 */
ImapCommand *
sync_resync_select (ImapSession *session,
                    StoreReader *reader,
                    const StoreFolder *folder)
{
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();
  g_autoptr(ImapUidSet) sequences = imap_uid_set_new ();
  g_autoptr(ImapUidSet) match_uids = imap_uid_set_new ();
  ImapKnown known = { folder->uid_validity, folder->highest_modseq, uids, sequences, match_uids };

  if (!has_base (folder))
    return imap_session_select (session, folder->name, FALSE);

  if (folder->uid_next > 1)
    imap_uid_set_add_range (uids, 1, folder->uid_next - 1);
  if (folder->proved_exists >= 0 && folder->uid_next - folder->proved_exists > MIN_HOLES)
    find_matches (reader, folder, sequences, match_uids);

  return imap_session_select_known (session, folder->name, &known);
}

/**
 * sync_resync_is_possible:
 *
 * Returns: whether there is something to start from, and the server says what has changed: then a
 *   new SELECT is worth while
 */
gboolean
sync_resync_is_possible (SyncWorker *worker)
{
  return imap_session_has (sync_worker_get_session (worker), IMAP_CAPABILITY_CONDSTORE) &&
         has_base (sync_mailbox_get_folder (sync_worker_get_mailbox (worker)));
}

/* One resync. */
typedef struct
{
  SyncJob *job;         /* (unowned) */
  SyncWorker *worker;   /* (unowned) */
  ImapSession *session; /* (unowned) */
  SyncMailbox *mailbox; /* (unowned) */
  const ImapSelected *selected; /* (unowned) */
  guint64 since;
  guint32 first_new;    /* the lowest UID that the cache cannot have */
} Resync;

static gboolean
reload (Resync *resync,
        GError **error)
{
  gint64 folder_id = sync_mailbox_get_folder (resync->mailbox)->folder;
  StoreFolder *folder = store_reader_get_folder (sync_worker_get_reader (resync->worker),
                                                 folder_id, error);

  return folder != NULL && sync_mailbox_reload (resync->mailbox, folder);
}

static gboolean
is_unchanged (Resync *resync)
{
  const StoreFolder *folder = sync_mailbox_get_folder (resync->mailbox);

  return resync->selected->highest_modseq == resync->since &&
         resync->selected->uid_next == resync->first_new &&
         (gint64) resync->selected->exists == folder->proved_exists &&
         !sync_mailbox_has_news (resync->mailbox) &&
         imap_session_get_exists (resync->session) == resync->selected->exists;
}

/* Without QRESYNC: the flags that have changed. */
static ImapCommand *
send_changes (Resync *resync)
{
  ImapFetchQuery query = { .items = IMAP_FETCH_FLAGS, .changed_since = resync->since };
  g_autoptr(ImapUidSet) uids = NULL;

  if (resync->selected->is_resynced || resync->first_new < 2 ||
      resync->selected->highest_modseq == resync->since)
    return NULL;

  uids = imap_uid_set_new_range (1, resync->first_new - 1);
  return imap_session_uid_fetch (resync->session, uids, &query, NULL, NULL);
}

/* The UIDs from the old UIDNEXT on, as they are, or as they may be. */
static ImapUidSet *
find_new (Resync *resync,
          GError **error)
{
  guint32 next = MAX (resync->selected->uid_next, resync->first_new);
  ImapUidSet *found = imap_uid_set_new ();
  g_autofree char *criteria = NULL;
  g_autoptr(ImapUidSet) range = NULL;
  g_autoptr(ImapCommand) search = NULL;

  if (next == resync->first_new)
    return found;

  imap_uid_set_add_range (found, resync->first_new, next - 1);
  if (next - resync->first_new <= MAX_BLIND_UIDS)
    return found;

  criteria = g_strdup_printf ("UID %u:*", resync->first_new);
  search = imap_session_uid_search (resync->session, criteria);
  if (!imap_command_await (search, resync->job->cancellable, error))
    {
      imap_uid_set_unref (found);
      return NULL;
    }
  if (!imap_command_has_found (search))
    return found;

  /* n:* means the last message also where that is below n */
  range = g_steal_pointer (&found);
  return imap_uid_set_intersect (imap_command_get_found (search), range);
}

static gboolean
fetch_new (Resync *resync,
           gboolean *out_is_whole,
           GError **error)
{
  g_autoptr(ImapUidSet) found = find_new (resync, error);
  g_auto(SyncFill) fill = { 0 };

  *out_is_whole = TRUE;
  if (found == NULL || imap_uid_set_is_empty (found))
    return found != NULL;

  if (!sync_known_place (resync->job, resync->worker, found, out_is_whole, error))
    return FALSE;
  if (!*out_is_whole)
    return TRUE;

  sync_fill_init (&fill, resync->job, resync->worker, found);
  return sync_fill_run (&fill, out_is_whole, error);
}

/* What has come since SELECT. */
static gboolean
fetch_arrivals (Resync *resync,
                GError **error)
{
  g_autoptr(ImapUidSet) arrived = NULL;
  g_autoptr(ImapCommand) fetch = NULL;

  if (!sync_mailbox_has_arrivals (resync->mailbox))
    return TRUE;

  sync_mailbox_clear_arrivals (resync->mailbox);
  arrived = imap_uid_set_new_range (sync_mailbox_get_next_uid (resync->mailbox), IMAP_UID_STAR);
  fetch = imap_session_uid_fetch (resync->session, arrived, &facts_query, NULL, NULL);

  return imap_command_await (fetch, resync->job->cancellable, error);
}

/* How many messages the cache has: counted only when they are others than at the last proof. */
static gboolean
count_present (Resync *resync,
               gint64 *out_n_present,
               GError **error)
{
  const StoreFolder *folder;

  if (!reload (resync, error))
    return FALSE;

  folder = sync_mailbox_get_folder (resync->mailbox);
  *out_n_present = folder->proved_exists;
  return folder->proved_exists >= 0 ||
         store_reader_count_present (sync_worker_get_reader (resync->worker), folder->folder,
                                     out_n_present, error);
}

/* Whether the numbers fit. Only then what VANISHED has named is removed, in the next commit. */
static gboolean
prove (Resync *resync,
       gboolean *out_is_proved,
       GError **error)
{
  g_autoptr(ImapUidSet) vanished = NULL;
  guint32 exists;
  gint64 n_present;

  *out_is_proved = FALSE;
  if (!sync_mailbox_settle (resync->mailbox, resync->job->report, error) ||
      !count_present (resync, &n_present, error))
    return FALSE;
  vanished = sync_mailbox_find_vanished (resync->mailbox, sync_worker_get_reader (resync->worker),
                                         error);
  if (vanished == NULL)
    return FALSE;

  exists = imap_session_get_exists (resync->session);
  if (sync_mailbox_has_arrivals (resync->mailbox) ||
      sync_mailbox_is_doubtful (resync->mailbox) ||
      n_present - (gint64) imap_uid_set_get_size (vanished) != (gint64) exists)
    return TRUE;

  sync_mailbox_vanish (resync->mailbox, vanished);
  sync_mailbox_drop_vanished (resync->mailbox);
  *out_is_proved = TRUE;
  return TRUE;
}

static gboolean
prove_at_last (Resync *resync,
               gboolean *out_is_proved,
               GError **error)
{
  for (guint look = 0; look < MAX_LOOKS; look++)
    {
      g_autoptr(ImapCommand) noop = NULL;

      if (look > 0)
        {
          noop = imap_session_noop (resync->session);
          if (!imap_command_await (noop, resync->job->cancellable, error))
            return FALSE;
        }
      if (!fetch_arrivals (resync, error) || !prove (resync, out_is_proved, error))
        return FALSE;
      if (*out_is_proved)
        return TRUE;

      /* without QRESYNC nobody says what has gone: a list is the only way on */
      if ((look > 0 || !resync->selected->is_resynced) &&
          !sync_mailbox_has_arrivals (resync->mailbox))
        return TRUE;
    }

  return TRUE;
}

static gboolean
forget_modseqs (StoreTransaction *tx,
                gpointer data,
                GError **error)
{
  return store_tx_forget_modseqs (tx, *(gint64 *) data, error);
}

/* A mailbox whose HIGHESTMODSEQ has gone back counts its changes anew. */
static gboolean
begin_anew (Resync *resync,
            GError **error)
{
  gint64 folder_id = sync_mailbox_get_folder (resync->mailbox)->folder;

  g_message ("HIGHESTMODSEQ of %s has gone back from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
             sync_mailbox_get_folder (resync->mailbox)->display_name, resync->since,
             resync->selected->highest_modseq);
  return sync_worker_write (resync->worker, STORE_PRIORITY_SYNC, forget_modseqs, &folder_id, error) &&
         reload (resync, error);
}

/* Whether the flags came. A server that calls its own CONDSTORE bad is compared without it; a NO can
 * mean messages that have just gone (RFC 2180 section 4.1.2). */
static gboolean
await_changes (Resync *resync,
               ImapCommand *changes,
               gboolean *out_came,
               GError **error)
{
  g_autoptr(GError) local_error = NULL;

  *out_came = changes == NULL ||
              imap_command_await (changes, resync->job->cancellable, &local_error);
  if (*out_came)
    return TRUE;
  if (!sync_window_is_refusal (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (imap_command_get_status (changes)->kind == IMAP_STATUS_BAD)
    imap_session_latch_off (resync->session, IMAP_CAPABILITY_CONDSTORE,
                            "FETCH (CHANGEDSINCE …) was answered with BAD");
  return TRUE;
}

static gboolean
follow_changes (Resync *resync,
                SyncResync *out_result,
                gboolean *out_is_whole,
                GError **error)
{
  g_autoptr(ImapCommand) changes = send_changes (resync);
  gboolean is_proved = FALSE;
  gboolean came;

  if (!fetch_new (resync, out_is_whole, error) ||
      !await_changes (resync, changes, &came, error))
    return FALSE;
  if (!*out_is_whole || !came)
    return TRUE;
  if (!prove_at_last (resync, &is_proved, error))
    return FALSE;

  if (is_proved)
    *out_result = SYNC_RESYNC_EQUAL;
  else if (!resync->selected->is_resynced && !sync_mailbox_is_doubtful (resync->mailbox))
    *out_result = SYNC_RESYNC_FLAGS;

  return TRUE;
}

/**
 * sync_resync_run:
 * @out_result: (out): what is known now
 * @out_is_whole: (out): %FALSE if it ended early because something more urgent waits
 *
 * Follows the changes of a mailbox that was selected right now, as far as the server says them. A
 * mailbox that has not changed costs nothing beyond its SELECT. What VANISHED has named without
 * proof stays in the mailbox, for the caller to judge. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_resync_run (SyncJob *job,
                 SyncWorker *worker,
                 SyncResync *out_result,
                 gboolean *out_is_whole,
                 GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  Resync resync = {
    .job = job,
    .worker = worker,
    .session = sync_worker_get_session (worker),
    .mailbox = mailbox,
    .selected = sync_mailbox_get_selected (mailbox),
  };

  *out_result = SYNC_RESYNC_NOTHING;
  *out_is_whole = TRUE;
  resync.since = sync_mailbox_get_since (mailbox, &resync.first_new);
  if (!sync_mailbox_is_fresh (mailbox) || !has_base (sync_mailbox_get_folder (mailbox)) ||
      resync.since == 0 || resync.first_new == 0 || resync.selected->highest_modseq == 0 ||
      !imap_session_has (resync.session, IMAP_CAPABILITY_CONDSTORE))
    return TRUE;
  if (resync.selected->highest_modseq < resync.since)
    return begin_anew (&resync, error);

  if (is_unchanged (&resync))
    {
      sync_mailbox_clear_doubt (mailbox);
      *out_result = SYNC_RESYNC_EQUAL;
      return TRUE;
    }

  sync_mailbox_clear_doubt (mailbox);
  return follow_changes (&resync, out_result, out_is_whole, error);
}
