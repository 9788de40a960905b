#include "sync-commit.h"

#include "store-transaction.h"

/* Rows of flags that one transaction takes: QRESYNC may bring those of the whole mailbox at once. */
#define MAX_FLAGS 4000

struct _SyncTally
{
  gatomicrefcount ref_count;
  guint n_new;     /* atomic */
  guint n_gone;    /* atomic */
  guint n_changed; /* atomic */
};

SyncTally *
sync_tally_new (void)
{
  SyncTally *self = g_new0 (SyncTally, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

static SyncTally *
tally_ref (SyncTally *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
sync_tally_unref (SyncTally *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * sync_tally_take:
 * @report: (nullable): what was counted is added to it
 *
 * Begins to count anew.
 */
void
sync_tally_take (SyncTally *self,
                 SyncReport *report)
{
  if (report != NULL)
    {
      report->n_new += g_atomic_int_get (&self->n_new);
      report->n_gone += g_atomic_int_get (&self->n_gone);
      report->n_flags_changed += g_atomic_int_get (&self->n_changed);
    }

  g_atomic_int_set (&self->n_new, 0);
  g_atomic_int_set (&self->n_gone, 0);
  g_atomic_int_set (&self->n_changed, 0);
}

/**
 * sync_commit_new:
 * @tally: counts what it does
 *
 * Returns: (transfer full): what changes nothing yet
 */
SyncCommit *
sync_commit_new (gint64 folder_id,
                 SyncTally *tally)
{
  SyncCommit *self = g_new0 (SyncCommit, 1);

  self->folder_id = folder_id;
  self->proved_exists = -1;
  self->flags = g_array_new (FALSE, FALSE, sizeof (StoreUidFlags));
  self->gone = imap_uid_set_new ();
  self->tally = tally_ref (tally);

  return self;
}

void
sync_commit_free (SyncCommit *self)
{
  g_clear_pointer (&self->facts, store_batch_free);
  g_clear_pointer (&self->keywords, g_string_chunk_free);
  g_array_unref (self->flags);
  imap_uid_set_unref (self->gone);
  sync_tally_unref (self->tally);
  g_free (self);
}

/**
 * sync_commit_add_flags:
 * @modseq: 0 if not said
 * @keywords: (nullable): copied
 */
void
sync_commit_add_flags (SyncCommit *self,
                       guint32 uid,
                       guint32 flags,
                       guint64 modseq,
                       const char *keywords)
{
  StoreUidFlags item = { .uid = uid, .flags = flags, .modseq = modseq };

  if (keywords != NULL)
    {
      if (self->keywords == NULL)
        self->keywords = g_string_chunk_new (1024);
      item.keywords = g_string_chunk_insert_const (self->keywords, keywords);
    }

  g_array_append_val (self->flags, item);
}

gboolean
sync_commit_is_empty (SyncCommit *self)
{
  return self->facts == NULL && self->flags->len == 0 && imap_uid_set_is_empty (self->gone) &&
         !self->has_status && !self->has_backfill && self->checked_unix == 0 &&
         self->proved_exists < 0;
}

/**
 * sync_commit_take_surplus:
 *
 * Takes out the flags that were said first, if there are more than one transaction should take. They
 * are to be committed before the rest.
 *
 * Returns: (transfer full) (nullable): a commit of these
 */
SyncCommit *
sync_commit_take_surplus (SyncCommit *self)
{
  SyncCommit *surplus;

  if (self->flags->len <= MAX_FLAGS)
    return NULL;

  surplus = sync_commit_new (self->folder_id, self->tally);
  for (guint i = 0; i < MAX_FLAGS; i++)
    {
      const StoreUidFlags *item = &g_array_index (self->flags, StoreUidFlags, i);

      sync_commit_add_flags (surplus, item->uid, item->flags, item->modseq, item->keywords);
    }
  g_array_remove_range (self->flags, 0, MAX_FLAGS);

  return surplus;
}

static gboolean
vanish (StoreTransaction *tx,
        SyncCommit *self,
        GError **error)
{
  g_autoptr(GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n_vanished = 0;
  ImapUidSetIter iter;
  guint32 uid;

  imap_uid_set_iter_init (&iter, self->gone);
  while (imap_uid_set_iter_next (&iter, &uid))
    g_array_append_val (uids, uid);

  if (!store_tx_vanish (tx, self->folder_id, (const guint32 *) uids->data, uids->len, &n_vanished,
                        error))
    return FALSE;

  g_atomic_int_add (&self->tally->n_gone, n_vanished);
  return TRUE;
}

/* Flags before facts: flags that came behind a message's facts are in them already. */
static gboolean
write_rows (StoreTransaction *tx,
            SyncCommit *self,
            GError **error)
{
  if (self->flags->len > 0)
    {
      guint n_changed = 0;

      if (!store_tx_set_flags (tx, self->folder_id, (StoreUidFlags *) self->flags->data,
                               self->flags->len, &n_changed, error))
        return FALSE;
      g_atomic_int_add (&self->tally->n_changed, n_changed);
    }
  if (self->facts != NULL)
    {
      StorePut put = { 0 };

      if (!store_tx_put_batch (tx, self->folder_id, self->facts, STORE_PUT_DEFAULT, &put, error))
        return FALSE;
      g_atomic_int_add (&self->tally->n_new, put.n_inserted + put.n_arrived);
    }

  return imap_uid_set_is_empty (self->gone) || vanish (tx, self, error);
}

/* What is said of the folder speaks of the rows as they are by then. */
static gboolean
write_commit (StoreTransaction *tx,
              gpointer data,
              GError **error)
{
  SyncCommit *self = data;

  if (!write_rows (tx, self, error))
    return FALSE;
  if (self->has_status && !store_tx_set_folder_status (tx, self->folder_id, &self->status, error))
    return FALSE;
  if (self->has_backfill &&
      !store_tx_set_folder_backfill (tx, self->folder_id, self->backfill_uid, error))
    return FALSE;
  if (self->checked_unix != 0 &&
      !store_tx_set_folder_checked (tx, self->folder_id, self->checked_unix, error))
    return FALSE;

  return self->proved_exists < 0 ||
         store_tx_set_folder_proved (tx, self->folder_id, self->proved_exists, error);
}

/**
 * sync_commit_push_await:
 * @self: (transfer full): what is to be written
 *
 * Hands over to the writer, as store_lane_push_await ().
 */
gboolean
sync_commit_push_await (SyncCommit *self,
                        StoreLane *lane,
                        GError **error)
{
  return store_lane_push_await (lane, write_commit, self, (GDestroyNotify) sync_commit_free, error);
}
