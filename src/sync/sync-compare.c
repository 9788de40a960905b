#include "sync-compare.h"

#include "net-error.h"
#include "store-flags.h"
#include "sync-error.h"
#include "sync-link.h"
#include "sync-window.h"

/* Rows of the cache that are in memory at a time. */
#define CHUNK_ROWS 8192
/* What a message's flags take on the wire, until it is known */
#define FLAGS_BYTES 50

/* No mailbox has so many messages: a server that says so would have us ask for ever. */
#define MAX_MESSAGES 50000000

/* The server's answers may change under our eyes; after so many tries they contradict. */
#define MAX_TRIES 3

/* In a session whose numbers VANISHED has brought out of step, no list can be proved: the next one is
 * without QRESYNC. */
static void
give_up (SyncWorker *worker,
         guint64 n_found,
         GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  guint32 exists = imap_session_get_exists (session);

  if (!sync_mailbox_has_heard_vanished (sync_worker_get_mailbox (worker)) ||
      !imap_session_is_enabled (session, IMAP_CAPABILITY_QRESYNC) ||
      !imap_session_has (session, IMAP_CAPABILITY_QRESYNC))
    {
      g_set_error (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL,
                   "The server lists %" G_GUINT64_FORMAT " messages and says that there are %u",
                   n_found, exists);
      return;
    }

  imap_session_latch_off (session, IMAP_CAPABILITY_QRESYNC,
                          "After VANISHED there were other messages than EXISTS said");
  g_set_error (error, NET_ERROR, NET_ERROR_PROTOCOL,
               "After VANISHED the server lists %" G_GUINT64_FORMAT " messages, and there are to be %u",
               n_found, exists);
}

/**
 * sync_compare_send_list:
 *
 * Asks for the UIDs of all messages. Sends and does not wait.
 *
 * Returns: (transfer full): the command, for sync_compare_list ()
 */
ImapCommand *
sync_compare_send_list (SyncWorker *worker)
{
  return imap_session_uid_search (sync_worker_get_session (worker), "ALL");
}

/**
 * sync_compare_list:
 * @sent: (transfer full): of sync_compare_send_list ()
 *
 * Asks the server for all UIDs of the selected mailbox, and has it proved: there are as many as
 * EXISTS says. Awaits.
 *
 * Errors: SYNC_ERROR_DOUBTFUL when the server's answers do not agree, so that nothing may be
 * concluded from them; NET_ERROR_PROTOCOL when another session may know better.
 *
 * Returns: (transfer full) (nullable): every UID that the mailbox holds
 */
ImapUidSet *
sync_compare_list (SyncJob *job,
                   SyncWorker *worker,
                   ImapCommand *sent,
                   GError **error)
{
  g_autoptr(ImapCommand) next = sent;
  ImapSession *session = sync_worker_get_session (worker);
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  guint64 n_found = 0;

  for (guint try = 0; try < MAX_TRIES; try++)
    {
      g_autoptr(ImapCommand) search = NULL;
      g_autoptr(ImapUidSet) found = NULL;

      search = next != NULL ? g_steal_pointer (&next) : sync_compare_send_list (worker);
      if (!imap_command_await (search, job->cancellable, error))
        return NULL;
      if (!imap_command_has_found (search))
        {
          /* nothing to list, in both answers: a SELECT that said no EXISTS proves nothing alone */
          if (imap_session_get_exists (session) == 0)
            return imap_uid_set_new ();

          /* iCloud answers ESEARCH with a count and nothing else */
          imap_session_latch_off (session, IMAP_CAPABILITY_ESEARCH,
                                  "UID SEARCH RETURN (ALL) ALL brought no ALL");
          continue;
        }

      found = imap_uid_set_copy (imap_command_get_found (search));
      imap_uid_set_remove_set (found, sync_mailbox_get_gone (mailbox));
      n_found = imap_uid_set_get_size (found);
      if (n_found == imap_session_get_exists (session) && n_found <= MAX_MESSAGES)
        return g_steal_pointer (&found);
    }

  give_up (worker, n_found, error);
  return NULL;
}

static ImapUidSet *
get_uids (GArray *rows)
{
  ImapUidSet *uids = imap_uid_set_new ();

  for (guint i = 0; i < rows->len; i++)
    imap_uid_set_add (uids, g_array_index (rows, StoreUidFlags, i).uid);

  return uids;
}

static ImapUidSet *
get_difference (const ImapUidSet *from,
                const ImapUidSet *without)
{
  ImapUidSet *difference = imap_uid_set_copy (from);

  imap_uid_set_remove_set (difference, without);
  return difference;
}

/**
 * sync_compare_uids:
 * @found: every UID that the server has
 * @out_unknown: (out) (transfer full): those that the cache has not
 * @out_absent: (out) (transfer full): those of the cache that the server has not
 *
 * Compares the cache with the server's UIDs, a piece of the cache at a time.
 *
 * Returns: %FALSE if the cache could not be read
 */
gboolean
sync_compare_uids (SyncWorker *worker,
                   const ImapUidSet *found,
                   ImapUidSet **out_unknown,
                   ImapUidSet **out_absent,
                   GError **error)
{
  gint64 folder_id = sync_mailbox_get_folder (sync_worker_get_mailbox (worker))->folder;
  g_autoptr(ImapUidSet) left = imap_uid_set_copy (found);
  g_autoptr(ImapUidSet) unknown = imap_uid_set_new ();
  g_autoptr(ImapUidSet) absent = imap_uid_set_new ();
  guint32 last = G_MAXUINT32;
  gboolean at_end = FALSE;

  /* a piece reaches from its lowest UID to the piece above, so that nothing lies between */
  while (!at_end)
    {
      g_autoptr(ImapUidSet) piece = sync_uids_take_newest (left, CHUNK_ROWS);
      g_autoptr(ImapUidSet) cached = NULL;
      g_autoptr(ImapUidSet) new_here = NULL;
      g_autoptr(ImapUidSet) gone_here = NULL;
      g_autoptr(GArray) rows = NULL;
      guint32 first;

      at_end = imap_uid_set_is_empty (left);
      first = at_end ? 1 : imap_uid_set_get_first (piece);
      rows = store_reader_list_uids (sync_worker_get_reader (worker), folder_id, first, last,
                                     error);
      if (rows == NULL)
        return FALSE;

      cached = get_uids (rows);
      new_here = get_difference (piece, cached);
      gone_here = get_difference (cached, piece);
      imap_uid_set_add_set (unknown, new_here);
      imap_uid_set_add_set (absent, gone_here);
      last = first - 1;
    }

  *out_unknown = g_steal_pointer (&unknown);
  *out_absent = g_steal_pointer (&absent);
  return TRUE;
}

/* A piece of the cache whose flags the server is asked for. */
typedef struct
{
  GArray *rows;       /* (owned) (element-type StoreUidFlags), ascending */
  ImapCommand *fetch; /* (owned) */
} Piece;

static void
piece_free (Piece *piece)
{
  g_clear_pointer (&piece->rows, g_array_unref);
  g_clear_pointer (&piece->fetch, imap_command_unref);
  g_free (piece);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Piece, piece_free)

static int
compare_uid (gconstpointer a,
             gconstpointer b)
{
  const StoreUidFlags *row_a = a;
  const StoreUidFlags *row_b = b;

  return row_a->uid < row_b->uid ? -1 : row_a->uid > row_b->uid;
}

/* Decides for the applier whether a message's flags differ from those in the cache. */
static gboolean
are_flags_news (guint32 uid,
                guint32 flags,
                const char *keywords,
                gpointer user_data)
{
  GPtrArray *pieces = user_data;
  StoreUidFlags wanted = { .uid = uid };
  guint at;

  for (guint i = 0; i < pieces->len; i++)
    {
      Piece *piece = g_ptr_array_index (pieces, i);
      StoreUidFlags *row;

      if (!g_array_binary_search (piece->rows, &wanted, compare_uid, &at))
        continue;

      row = &g_array_index (piece->rows, StoreUidFlags, at);
      if (row->flags == flags && row->keywords_hash == store_keywords_hash (keywords))
        return FALSE;

      /* the next word about this message is compared with this one */
      row->flags = flags;
      row->keywords_hash = store_keywords_hash (keywords);
      return TRUE;
    }

  return TRUE;
}

static Piece *
send_piece (SyncJob *job,
            SyncWorker *worker,
            ImapUidSet *left,
            GPtrArray *pieces,
            SyncPortions *portions,
            GError **error)
{
  static const ImapFetchQuery flags_query = { .items = IMAP_FETCH_UID | IMAP_FETCH_FLAGS };
  gint64 folder_id = sync_mailbox_get_folder (sync_worker_get_mailbox (worker))->folder;
  g_autoptr(ImapUidSet) uids = NULL;
  Piece *piece;

  if (imap_uid_set_is_empty (left) || sync_core_should_yield (sync_worker_get_core (worker), job))
    return NULL;

  uids = sync_uids_take_newest (left, sync_portions_get_size (portions, CHUNK_ROWS));
  piece = g_new0 (Piece, 1);
  piece->rows = store_reader_list_uids (sync_worker_get_reader (worker), folder_id,
                                        imap_uid_set_get_first (uids),
                                        imap_uid_set_get_last (uids), error);
  if (piece->rows == NULL)
    {
      piece_free (piece);
      return NULL;
    }

  piece->fetch = imap_session_uid_fetch (sync_worker_get_session (worker), uids, &flags_query,
                                         NULL, NULL);
  g_ptr_array_add (pieces, piece);
  return piece;
}

static gboolean
fetch_pieces (SyncJob *job,
              SyncWorker *worker,
              ImapUidSet *left,
              GPtrArray *pieces,
              GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  SyncPortions portions;
  GError *local_error = NULL;

  sync_portions_init (&portions, worker, FLAGS_BYTES);
  while (TRUE)
    {
      Piece *current;

      while (pieces->len < SYNC_PORTIONS_UNDER_WAY &&
             send_piece (job, worker, left, pieces, &portions, &local_error) != NULL)
        ;
      if (pieces->len == 0 || local_error != NULL)
        break;

      current = g_ptr_array_index (pieces, 0);
      if (!imap_command_await (current->fetch, job->cancellable, error) ||
          !sync_mailbox_commit (mailbox, error))
        break;
      sync_portions_took (&portions, current->rows->len);
      g_ptr_array_remove_index (pieces, 0);
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }

  return pieces->len == 0;
}

/**
 * sync_compare_flags:
 * @known: UIDs that the server and the cache both have
 * @out_is_whole: (out): %FALSE if it ended early because something more urgent waits
 *
 * Asks for the flags of messages and takes over those that differ, as they stream in: several pieces
 * are under way, and only differences reach the writer. Awaits.
 *
 * This is the way that every server knows. With CONDSTORE and QRESYNC sync_resync_run () makes it
 * needless.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_compare_flags (SyncJob *job,
                    SyncWorker *worker,
                    const ImapUidSet *known,
                    gboolean *out_is_whole,
                    GError **error)
{
  SyncMailbox *mailbox = sync_worker_get_mailbox (worker);
  g_autoptr(ImapUidSet) left = imap_uid_set_copy (known);
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) piece_free);
  gboolean done;

  sync_mailbox_set_flags_func (mailbox, are_flags_news, pieces);
  done = fetch_pieces (job, worker, left, pieces, error);
  sync_mailbox_set_flags_func (mailbox, NULL, NULL);

  *out_is_whole = imap_uid_set_is_empty (left);
  return done;
}
