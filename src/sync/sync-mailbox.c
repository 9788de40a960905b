#include "sync-mailbox.h"

#include "base-time.h"
#include "sync-commit.h"
#include "sync-facts.h"

/* For how long what SELECT said is taken for how things are now. */
#define FRESH_US (2 * G_USEC_PER_SEC)

struct _SyncMailbox
{
  StoreFolder *folder;     /* (owned) */
  ImapCommand *select;     /* (owned) */
  StoreLane *lane;         /* (owned) */
  SyncCommit *next;        /* (owned): what the next transaction will take */
  SyncTally *tally;        /* (owned) */
  GHashTable *incomplete;  /* (owned): UID → SyncFactsMask of rows that miss something */
  ImapUidSet *received;    /* (owned): UIDs whose facts are whole, until they are taken */
  ImapUidSet *gone;        /* (owned): all that were expunged since SELECT */
  ImapUidSet *vanished;    /* (owned): what VANISHED named and nothing has proved yet */
  guint64 since_modseq;    /* what SELECT was told to start from, or would have been */
  guint32 since_uid_next;
  gint64 opened_us;        /* 0: SELECT is under way */
  gboolean has_heard_vanished; /* also of what is gone now, since SELECT */
  gboolean has_looked; /* the newest messages were asked for since SELECT */
  gboolean trusts_vanished; /* QRESYNC was seen ENABLED, and is not known to be broken */
  gboolean is_foreign;     /* another UIDVALIDITY: these UIDs are not those of the cache */
  gboolean is_evaluated;   /* what SELECT said was compared with the cache */
  guint32 exists;          /* as last said */
  guint32 next_uid;        /* above every UID that was seen */
  gboolean has_arrivals;   /* EXISTS grew */
  guint32 n_arrived;       /* by so much, and the facts of so many have come unasked: NOTIFY */
  guint32 n_pushed;
  gboolean is_doubtful;    /* something could not be told apart: compare with the server */
  gboolean has_unplaced;   /* the server spoke of a message, and nobody knows which one */
  SyncFlagsFunc flags_func; /* (nullable) */
  gpointer flags_data;
};

/**
 * sync_mailbox_new:
 * @folder: as it is in the cache
 * @select: the SELECT, sent or to be sent
 * @trusts_vanished: whether VANISHED counts: only after a seen ENABLED
 *
 * Returns: (transfer full): the view of a mailbox that is being selected. It keeps what is said
 *   from then on, and is used for nothing else before sync_mailbox_opened ()
 */
SyncMailbox *
sync_mailbox_new (Store *store,
                  const StoreFolder *folder,
                  ImapCommand *select,
                  gboolean trusts_vanished)
{
  SyncMailbox *self = g_new0 (SyncMailbox, 1);

  self->folder = store_folder_copy (folder);
  self->select = imap_command_ref (select);
  self->lane = store_lane_new (store, STORE_PRIORITY_SYNC);
  self->tally = sync_tally_new ();
  self->next = sync_commit_new (self->folder->folder, self->tally);
  self->incomplete = g_hash_table_new (NULL, NULL);
  self->received = imap_uid_set_new ();
  self->gone = imap_uid_set_new ();
  self->vanished = imap_uid_set_new ();
  self->trusts_vanished = trusts_vanished;
  self->since_modseq = folder->highest_modseq;
  self->since_uid_next = folder->uid_next;
  self->next_uid = 1;

  return self;
}

/* What is kept of another mailbox, by the numbers that this one's messages have. */
static void
check_foreign (SyncMailbox *self)
{
  self->is_foreign = self->folder->state != STORE_FOLDER_NEW &&
                     sync_mailbox_get_selected (self)->uid_validity != self->folder->uid_validity;
}

/**
 * sync_mailbox_opened:
 *
 * SELECT was answered with OK. Until the mailbox was compared with the cache it is doubtful.
 */
void
sync_mailbox_opened (SyncMailbox *self)
{
  const ImapSelected *selected = sync_mailbox_get_selected (self);

  self->opened_us = base_time_boottime_us ();
  self->exists = selected->exists;
  self->has_arrivals = FALSE;
  self->n_arrived = self->n_pushed = 0;
  self->next_uid = MAX (self->next_uid, selected->uid_next);

  check_foreign (self);
  if (!self->is_foreign)
    {
      self->next_uid = MAX (self->next_uid, self->folder->uid_next);
      return;
    }

  sync_commit_free (self->next);
  self->next = sync_commit_new (self->folder->folder, self->tally);
  g_hash_table_remove_all (self->incomplete);
  imap_uid_set_remove_set (self->vanished, self->vanished);
}

/**
 * sync_mailbox_get_selection:
 *
 * Returns: the number of the selection whose responses are about this mailbox; 0 when SELECT is
 *   not on the wire yet
 */
guint
sync_mailbox_get_selection (SyncMailbox *self)
{
  return imap_command_get_selection (self->select);
}

/**
 * sync_mailbox_is_fresh:
 *
 * Returns: whether SELECT was answered right now, and nothing since has raised a doubt: what it
 *   said can be compared with the cache
 */
gboolean
sync_mailbox_is_fresh (SyncMailbox *self)
{
  return !self->is_evaluated && !self->is_doubtful &&
         base_time_boottime_us () - self->opened_us < FRESH_US;
}

/**
 * sync_mailbox_get_since:
 * @out_uid_next: (out): every message that the cache has has a lower UID
 *
 * Returns: the mod-sequence up to which the cache had every change when SELECT was sent; 0 for none
 */
guint64
sync_mailbox_get_since (SyncMailbox *self,
                        guint32 *out_uid_next)
{
  *out_uid_next = self->since_uid_next;
  return self->since_modseq;
}

/**
 * sync_mailbox_free:
 * @self: (transfer full): a mailbox; what waits in it is forgotten
 */
void
sync_mailbox_free (SyncMailbox *self)
{
  store_folder_free (self->folder);
  imap_command_unref (self->select);
  store_lane_unref (self->lane);
  sync_commit_free (self->next);
  sync_tally_unref (self->tally);
  g_hash_table_unref (self->incomplete);
  imap_uid_set_unref (self->received);
  imap_uid_set_unref (self->gone);
  imap_uid_set_unref (self->vanished);
  g_free (self);
}

/**
 * sync_mailbox_get_folder:
 *
 * Returns: (transfer none): the folder's row, as it was when the mailbox was selected or reloaded
 */
const StoreFolder *
sync_mailbox_get_folder (SyncMailbox *self)
{
  return self->folder;
}

/**
 * sync_mailbox_reload:
 * @folder: (transfer full): the folder's row as it is now
 *
 * Returns: %TRUE
 */
gboolean
sync_mailbox_reload (SyncMailbox *self,
                     StoreFolder *folder)
{
  store_folder_free (self->folder);
  self->folder = folder;
  check_foreign (self);
  return TRUE;
}

/**
 * sync_mailbox_get_selected:
 *
 * Returns: (transfer none): what SELECT said
 */
const ImapSelected *
sync_mailbox_get_selected (SyncMailbox *self)
{
  return imap_command_get_selected (self->select);
}

/* The applier. */

static void
apply_flags (SyncMailbox *self,
             const ImapFetch *fetch,
             guint32 uid)
{
  g_autofree char *keywords = NULL;
  guint32 flags = sync_flags_from_imap (&fetch->flags, &keywords);
  guint64 modseq = (fetch->items & IMAP_FETCH_MODSEQ) != 0 ? fetch->modseq : 0;

  if (self->flags_func != NULL && !self->flags_func (uid, flags, keywords, self->flags_data))
    return;

  sync_commit_add_flags (self->next, uid, flags, modseq, keywords);
}

static void
apply_facts (SyncMailbox *self,
             const ImapResponse *response,
             guint32 uid,
             SyncFactsMask mask)
{
  StoreMessageFacts *facts;

  if (self->next->facts == NULL)
    self->next->facts = store_batch_new ();

  facts = store_batch_peek_uid (self->next->facts, uid);
  if (facts == NULL)
    {
      facts = store_batch_add (self->next->facts);
      facts->uid = uid;
      facts->is_bare = TRUE;
    }
  else
    mask |= GPOINTER_TO_UINT (g_hash_table_lookup (self->incomplete, GUINT_TO_POINTER (uid)));

  sync_facts_fill (facts, self->next->facts, response);

  if ((mask | SYNC_FACTS_HEADER) == SYNC_FACTS_ALL)
    self->next_uid = MAX (self->next_uid, uid + 1);
  if (mask == SYNC_FACTS_ALL)
    {
      g_hash_table_remove (self->incomplete, GUINT_TO_POINTER (uid));
      if (self->n_pushed < self->n_arrived && !imap_uid_set_contains (self->received, uid))
        self->n_pushed++;
      imap_uid_set_add (self->received, uid);
    }
  else if (!imap_uid_set_contains (self->received, uid))
    g_hash_table_insert (self->incomplete, GUINT_TO_POINTER (uid), GUINT_TO_POINTER (mask));
}

static void
apply_fetch (SyncMailbox *self,
             const ImapResponse *response,
             guint32 uid)
{
  SyncFactsMask mask = sync_facts_get_mask (response);

  if (mask == 0)
    return;
  if (uid == 0 || self->is_foreign)
    {
      self->is_doubtful = self->has_unplaced = TRUE;
      return;
    }

  /* flags that come behind the same message's facts belong into them: the later word counts */
  if (mask == SYNC_FACTS_FLAGS &&
      (self->next->facts == NULL || store_batch_peek_uid (self->next->facts, uid) == NULL))
    apply_flags (self, response->fetch, uid);
  else
    apply_facts (self, response, uid, mask);
}

static void
apply_gone (SyncMailbox *self,
            guint32 uid)
{
  if (uid == 0 || self->is_foreign)
    {
      self->is_doubtful = self->has_unplaced = TRUE;
      return;
    }

  imap_uid_set_add (self->gone, uid);
  imap_uid_set_add (self->next->gone, uid);
}

/* RFC 7162 section 3.2.10. It is held back until the numbers fit: sync_mailbox_find_vanished (). */
static void
apply_vanished (SyncMailbox *self,
                const ImapVanished *vanished)
{
  self->has_heard_vanished |= !vanished->is_earlier;
  if (!vanished->is_earlier)
    self->exists -= (guint32) MIN (imap_uid_set_get_size (vanished->uids), self->exists);

  if (!self->trusts_vanished || self->is_foreign)
    {
      self->is_doubtful = TRUE;
      return;
    }

  imap_uid_set_add_set (self->vanished, vanished->uids);
  if (!vanished->is_earlier)
    imap_uid_set_add_set (self->gone, vanished->uids);
}

/**
 * sync_mailbox_apply:
 * @response: what the server said while this mailbox was selected, asked for or not
 * @uid: of FETCH and EXPUNGE, 0 if it cannot be known
 *
 * Keeps what is said for the next commit. Called from the session's pump: awaits nothing.
 */
void
sync_mailbox_apply (SyncMailbox *self,
                    const ImapResponse *response,
                    guint32 uid)
{
  switch (response->type)
    {
    case IMAP_RESPONSE_EXISTS:
      if (response->number > self->exists)
        {
          self->has_arrivals = TRUE;
          self->n_arrived += response->number - self->exists;
        }
      self->exists = response->number;
      break;

    case IMAP_RESPONSE_EXPUNGE:
      if (self->exists > 0)
        self->exists--;
      apply_gone (self, uid);
      break;

    case IMAP_RESPONSE_VANISHED:
      apply_vanished (self, response->vanished);
      break;

    case IMAP_RESPONSE_FETCH:
      apply_fetch (self, response, uid);
      break;

    default:
      break;
    }
}

/**
 * sync_mailbox_has_news:
 *
 * Returns: whether anything waits to be committed or looked into
 */
gboolean
sync_mailbox_has_news (SyncMailbox *self)
{
  return self->has_arrivals || self->is_doubtful || self->next->facts != NULL ||
         self->next->flags->len > 0 || !imap_uid_set_is_empty (self->next->gone) ||
         !imap_uid_set_is_empty (self->vanished);
}

/**
 * sync_mailbox_has_arrivals:
 *
 * Returns: whether there are more messages than when this was last cleared
 */
gboolean
sync_mailbox_has_arrivals (SyncMailbox *self)
{
  return self->has_arrivals;
}

/**
 * sync_mailbox_clear_arrivals:
 *
 * To be called before the server is asked for what has arrived.
 */
void
sync_mailbox_clear_arrivals (SyncMailbox *self)
{
  self->has_arrivals = FALSE;
  self->n_arrived = self->n_pushed = 0;
}

/**
 * sync_mailbox_has_pushed:
 *
 * Returns: whether the facts of all that has arrived have come by themselves, as asked of NOTIFY: they
 *   need not be asked for
 */
gboolean
sync_mailbox_has_pushed (SyncMailbox *self)
{
  return self->n_arrived > 0 && self->n_pushed >= self->n_arrived;
}

/**
 * sync_mailbox_get_next_uid:
 *
 * Returns: the lowest UID that what arrives next can have, as far as is known; at least 1
 */
guint32
sync_mailbox_get_next_uid (SyncMailbox *self)
{
  return self->next_uid;
}

/**
 * sync_mailbox_is_doubtful:
 *
 * Returns: whether the cache has to be compared with the server, all of it
 */
gboolean
sync_mailbox_is_doubtful (SyncMailbox *self)
{
  return self->is_doubtful || !self->is_evaluated;
}

/**
 * sync_mailbox_has_unplaced:
 *
 * Returns: whether the doubt is about something that the server has said since SELECT, so that
 *   only a comparison ends it, however equal the numbers are
 */
gboolean
sync_mailbox_has_unplaced (SyncMailbox *self)
{
  return self->has_unplaced;
}

/**
 * sync_mailbox_doubt:
 *
 * Says that something about the mailbox may have been missed.
 */
void
sync_mailbox_doubt (SyncMailbox *self)
{
  self->is_doubtful = TRUE;
}

/**
 * sync_mailbox_clear_doubt:
 *
 * To be called before the comparison begins.
 */
void
sync_mailbox_clear_doubt (SyncMailbox *self)
{
  self->is_doubtful = self->has_unplaced = FALSE;
  self->is_evaluated = TRUE;
}

/**
 * sync_mailbox_get_n_facts:
 *
 * Returns: how many messages' facts wait for the next commit
 */
guint
sync_mailbox_get_n_facts (SyncMailbox *self)
{
  return self->next->facts != NULL ? store_batch_get_n_facts (self->next->facts) : 0;
}

/**
 * sync_mailbox_get_gone:
 *
 * Returns: (transfer none): all UIDs that were expunged since the mailbox was selected
 */
const ImapUidSet *
sync_mailbox_get_gone (SyncMailbox *self)
{
  return self->gone;
}

static void
add_present (ImapUidSet *present,
             const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    imap_uid_set_add (present, g_array_index (rows, StoreUidFlags, i).uid);
}

/**
 * sync_mailbox_find_vanished:
 *
 * Intersects what VANISHED has named, since SELECT or the last sync_mailbox_drop_vanished (), with
 * what the cache has. Servers may name UIDs that never were.
 *
 * Returns: (transfer full) (nullable): messages that are gone if the server is right, or %NULL if
 *   the cache could not be read
 */
ImapUidSet *
sync_mailbox_find_vanished (SyncMailbox *self,
                            StoreReader *reader,
                            GError **error)
{
  g_autoptr(ImapUidSet) present = imap_uid_set_new ();
  guint n_ranges;
  const ImapUidRange *ranges = imap_uid_set_get_ranges (self->vanished, &n_ranges);

  for (guint i = 0; i < n_ranges; i++)
    {
      g_autoptr(GArray) rows = store_reader_list_uids (reader, self->folder->folder,
                                                       ranges[i].first, ranges[i].last, error);

      if (rows == NULL)
        return NULL;
      add_present (present, rows);
    }

  return g_steal_pointer (&present);
}

/**
 * sync_mailbox_has_vanished:
 *
 * Returns: whether there is something for sync_mailbox_find_vanished ()
 */
gboolean
sync_mailbox_has_vanished (SyncMailbox *self)
{
  return !imap_uid_set_is_empty (self->vanished);
}

/**
 * sync_mailbox_has_heard_vanished:
 *
 * Returns: whether VANISHED has changed how many messages there are, since SELECT
 */
gboolean
sync_mailbox_has_heard_vanished (SyncMailbox *self)
{
  return self->has_heard_vanished;
}

/**
 * sync_mailbox_drop_vanished:
 *
 * What VANISHED has named is taken into account, or disproved.
 */
void
sync_mailbox_drop_vanished (SyncMailbox *self)
{
  imap_uid_set_unref (self->vanished);
  self->vanished = imap_uid_set_new ();
}

/**
 * sync_mailbox_trust_vanished:
 *
 * Lets VANISHED count: ENABLED was seen.
 */
void
sync_mailbox_trust_vanished (SyncMailbox *self)
{
  self->trusts_vanished = TRUE;
}

/**
 * sync_mailbox_set_looked:
 *
 * Remembers that the newest messages of a new folder were asked for.
 */
void
sync_mailbox_set_looked (SyncMailbox *self)
{
  self->has_looked = TRUE;
}

/**
 * sync_mailbox_has_looked:
 *
 * Returns: whether they were; then all that the cache has of the folder came since SELECT
 */
gboolean
sync_mailbox_has_looked (SyncMailbox *self)
{
  return self->has_looked;
}

/**
 * sync_mailbox_distrust_vanished:
 *
 * The server's VANISHED is wrong: from now on it means that the mailbox has to be compared.
 */
void
sync_mailbox_distrust_vanished (SyncMailbox *self)
{
  self->trusts_vanished = FALSE;
  sync_mailbox_drop_vanished (self);
}

/**
 * sync_mailbox_take_received:
 * @uids: those whose facts have come whole are removed from it
 *
 * Finds out what a window has failed to bring.
 */
void
sync_mailbox_take_received (SyncMailbox *self,
                            ImapUidSet *uids)
{
  g_autoptr(ImapUidSet) both = imap_uid_set_intersect (uids, self->received);

  imap_uid_set_remove_set (uids, both);
  imap_uid_set_remove_set (self->received, both);
}

/**
 * sync_mailbox_set_flags_func:
 * @func: (nullable): decides whether flags are news, or only what the cache says as well
 *
 * While it is set, only flags for which it returns %TRUE are kept for the next commit.
 */
void
sync_mailbox_set_flags_func (SyncMailbox *self,
                             SyncFlagsFunc func,
                             gpointer user_data)
{
  self->flags_func = func;
  self->flags_data = user_data;
}

/* Into the cache. */

/**
 * sync_mailbox_set_backfill:
 * @backfill_uid: every message with this UID or a higher one is here
 *
 * Moves the resume marker in the next commit, together with the rows.
 */
void
sync_mailbox_set_backfill (SyncMailbox *self,
                           guint32 backfill_uid)
{
  self->next->has_backfill = TRUE;
  self->next->backfill_uid = backfill_uid;
}

/**
 * sync_mailbox_set_status:
 *
 * Stores what is known of the mailbox as a whole in the next commit.
 */
void
sync_mailbox_set_status (SyncMailbox *self,
                         const StoreFolderStatus *status)
{
  self->next->has_status = TRUE;
  self->next->status = *status;
}

/**
 * sync_mailbox_set_checked:
 *
 * Says in the next commit that the folder equals the server.
 */
void
sync_mailbox_set_checked (SyncMailbox *self,
                          gint64 checked_unix)
{
  self->next->checked_unix = checked_unix;
}

/**
 * sync_mailbox_set_proved:
 * @n_exists: how many messages the server has
 *
 * Says in the next commit that the messages of the cache are those of the server.
 */
void
sync_mailbox_set_proved (SyncMailbox *self,
                         gint64 n_exists)
{
  self->next->proved_exists = n_exists;
}

/**
 * sync_mailbox_vanish:
 * @uids: messages whose absence has been proved
 *
 * Removes messages in the next commit.
 */
void
sync_mailbox_vanish (SyncMailbox *self,
                     const ImapUidSet *uids)
{
  imap_uid_set_add_set (self->next->gone, uids);
}

/**
 * sync_mailbox_commit:
 *
 * Hands over to the writer what waits, as one transaction, and does not wait for it unless two
 * transactions are before it. Awaits.
 *
 * Returns: %FALSE if this or an earlier transaction failed
 */
gboolean
sync_mailbox_commit (SyncMailbox *self,
                     GError **error)
{
  SyncCommit *commit;

  if (sync_commit_is_empty (self->next))
    return TRUE;

  /* in the order in which it was said */
  while ((commit = sync_commit_take_surplus (self->next)) != NULL)
    if (!sync_commit_push_await (commit, self->lane, error))
      return FALSE;

  commit = self->next;
  self->next = sync_commit_new (self->folder->folder, self->tally);
  g_hash_table_remove_all (self->incomplete);

  return sync_commit_push_await (commit, self->lane, error);
}

/**
 * sync_mailbox_settle:
 * @report: (nullable): what was done is added to it
 *
 * Commits what waits, and waits until all of it is in the cache. Awaits.
 *
 * Returns: %FALSE if any transaction failed
 */
gboolean
sync_mailbox_settle (SyncMailbox *self,
                     SyncReport *report,
                     GError **error)
{
  if (!sync_mailbox_commit (self, error) || !store_lane_drain_await (self->lane, error))
    return FALSE;

  sync_tally_take (self->tally, report);
  return TRUE;
}
