#include "sync-mailbox.h"

#include "base-time.h"
#include "store-transaction.h"
#include "sync-facts.h"

/* For how long what SELECT said is taken for how things are now. */
#define FRESH_US (2 * G_USEC_PER_SEC)

/* Rows of flags that one transaction takes: QRESYNC may bring those of the whole mailbox at once. */
#define MAX_COMMIT_FLAGS 4000

/* What writers have done, told from the writer thread and read when the lane is drained. */
typedef struct
{
  gatomicrefcount ref_count;
  guint n_new;     /* atomic */
  guint n_gone;    /* atomic */
  guint n_changed; /* atomic */
} Tally;

/* Everything that one transaction takes into the cache. */
typedef struct
{
  gint64 folder_id;
  StoreBatch *facts;       /* (owned) (nullable) */
  GArray *flags;           /* (owned) (element-type StoreUidFlags) */
  GStringChunk *keywords;  /* (owned): what flags point at */
  ImapUidSet *gone;        /* (owned) */
  gboolean has_backfill;
  guint32 backfill_uid;
  gboolean has_status;
  StoreFolderStatus status;
  gint64 checked_unix; /* 0 for not */
  gint64 proved_exists; /* -1 for not */
  Tally *tally;        /* (owned) */
} Commit;

struct _SyncMailbox
{
  StoreFolder *folder;     /* (owned) */
  ImapCommand *select;     /* (owned) */
  StoreLane *lane;         /* (owned) */
  Commit *next;            /* (owned): what the next transaction will take */
  Tally *tally;            /* (owned) */
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
  gboolean is_doubtful;    /* something could not be told apart: compare with the server */
  gboolean has_unplaced;   /* the server spoke of a message, and nobody knows which one */
  SyncFlagsFunc flags_func; /* (nullable) */
  gpointer flags_data;
};

static void
tally_unref (Tally *tally)
{
  if (g_atomic_ref_count_dec (&tally->ref_count))
    g_free (tally);
}

static Tally *
tally_new (void)
{
  Tally *tally = g_new0 (Tally, 1);

  g_atomic_ref_count_init (&tally->ref_count);
  return tally;
}

static Commit *
commit_new (SyncMailbox *self)
{
  Commit *commit = g_new0 (Commit, 1);

  commit->folder_id = self->folder->folder;
  commit->proved_exists = -1;
  commit->flags = g_array_new (FALSE, FALSE, sizeof (StoreUidFlags));
  commit->gone = imap_uid_set_new ();
  commit->tally = self->tally;
  g_atomic_ref_count_inc (&self->tally->ref_count);

  return commit;
}

static void
commit_free (Commit *commit)
{
  g_clear_pointer (&commit->facts, store_batch_free);
  g_clear_pointer (&commit->keywords, g_string_chunk_free);
  g_array_unref (commit->flags);
  imap_uid_set_unref (commit->gone);
  tally_unref (commit->tally);
  g_free (commit);
}

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
  self->tally = tally_new ();
  self->next = commit_new (self);
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
  self->next_uid = MAX (self->next_uid, selected->uid_next);

  check_foreign (self);
  if (!self->is_foreign)
    {
      self->next_uid = MAX (self->next_uid, self->folder->uid_next);
      return;
    }

  commit_free (self->next);
  self->next = commit_new (self);
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
  commit_free (self->next);
  tally_unref (self->tally);
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
keep_flags (SyncMailbox *self,
            guint32 uid,
            guint32 flags,
            guint64 modseq,
            const char *keywords)
{
  StoreUidFlags item = { .uid = uid, .flags = flags, .modseq = modseq };

  if (keywords != NULL)
    {
      if (self->next->keywords == NULL)
        self->next->keywords = g_string_chunk_new (1024);
      item.keywords = g_string_chunk_insert_const (self->next->keywords, keywords);
    }

  g_array_append_val (self->next->flags, item);
}

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

  keep_flags (self, uid, flags, modseq, keywords);
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
        self->has_arrivals = TRUE;
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

static gboolean
vanish (StoreTransaction *tx,
        Commit *commit,
        GError **error)
{
  g_autoptr(GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n_vanished = 0;
  ImapUidSetIter iter;
  guint32 uid;

  imap_uid_set_iter_init (&iter, commit->gone);
  while (imap_uid_set_iter_next (&iter, &uid))
    g_array_append_val (uids, uid);

  if (!store_tx_vanish (tx, commit->folder_id, (const guint32 *) uids->data, uids->len,
                        &n_vanished, error))
    return FALSE;

  g_atomic_int_add (&commit->tally->n_gone, n_vanished);
  return TRUE;
}

/* Flags before facts: flags that came behind a message's facts are in them already. */
static gboolean
write_commit (StoreTransaction *tx,
              gpointer data,
              GError **error)
{
  Commit *commit = data;

  if (commit->flags->len > 0)
    {
      guint n_changed = 0;

      if (!store_tx_set_flags (tx, commit->folder_id, (StoreUidFlags *) commit->flags->data,
                               commit->flags->len, &n_changed, error))
        return FALSE;
      g_atomic_int_add (&commit->tally->n_changed, n_changed);
    }
  if (commit->facts != NULL)
    {
      StorePut put = { 0 };

      if (!store_tx_put_batch (tx, commit->folder_id, commit->facts, STORE_PUT_DEFAULT, &put,
                               error))
        return FALSE;
      g_atomic_int_add (&commit->tally->n_new, put.n_inserted + put.n_arrived);
    }
  if (!imap_uid_set_is_empty (commit->gone) && !vanish (tx, commit, error))
    return FALSE;
  if (commit->has_status &&
      !store_tx_set_folder_status (tx, commit->folder_id, &commit->status, error))
    return FALSE;
  if (commit->has_backfill &&
      !store_tx_set_folder_backfill (tx, commit->folder_id, commit->backfill_uid, error))
    return FALSE;

  if (commit->checked_unix != 0 &&
      !store_tx_set_folder_checked (tx, commit->folder_id, commit->checked_unix, error))
    return FALSE;

  return commit->proved_exists < 0 ||
         store_tx_set_folder_proved (tx, commit->folder_id, commit->proved_exists, error);
}

static gboolean
is_commit_empty (const Commit *commit)
{
  return commit->facts == NULL && commit->flags->len == 0 &&
         imap_uid_set_is_empty (commit->gone) && !commit->has_status && !commit->has_backfill &&
         commit->checked_unix == 0 && commit->proved_exists < 0;
}

static gboolean
push_commit (SyncMailbox *self,
             Commit *commit,
             GError **error)
{
  return store_lane_push_await (self->lane, write_commit, commit, (GDestroyNotify) commit_free,
                                error);
}

/* Hands over what is too much for one transaction, in the order in which it was said. */
static gboolean
push_surplus_flags (SyncMailbox *self,
                    GError **error)
{
  while (self->next->flags->len > MAX_COMMIT_FLAGS)
    {
      Commit *surplus = commit_new (self);
      GArray *flags = self->next->flags;

      for (guint i = 0; i < MAX_COMMIT_FLAGS; i++)
        {
          StoreUidFlags item = g_array_index (flags, StoreUidFlags, i);

          if (item.keywords != NULL)
            {
              if (surplus->keywords == NULL)
                surplus->keywords = g_string_chunk_new (1024);
              item.keywords = g_string_chunk_insert_const (surplus->keywords, item.keywords);
            }
          g_array_append_val (surplus->flags, item);
        }
      g_array_remove_range (flags, 0, MAX_COMMIT_FLAGS);

      if (!push_commit (self, surplus, error))
        return FALSE;
    }

  return TRUE;
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
  Commit *commit;

  if (is_commit_empty (self->next))
    return TRUE;
  if (!push_surplus_flags (self, error))
    return FALSE;

  commit = self->next;
  self->next = commit_new (self);
  g_hash_table_remove_all (self->incomplete);

  return push_commit (self, commit, error);
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

  if (report != NULL)
    {
      report->n_new += g_atomic_int_get (&self->tally->n_new);
      report->n_gone += g_atomic_int_get (&self->tally->n_gone);
      report->n_flags_changed += g_atomic_int_get (&self->tally->n_changed);
    }
  g_atomic_int_set (&self->tally->n_new, 0);
  g_atomic_int_set (&self->tally->n_gone, 0);
  g_atomic_int_set (&self->tally->n_changed, 0);

  return TRUE;
}
