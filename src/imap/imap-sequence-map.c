#include "imap-sequence-map.h"

#include <string.h>

/* Which message number is which UID, as far as the server has said. The one thing in IMAP that a
 * lost or doubled response makes wrong for good: so what does not fit is noticed, and from then on,
 * until the next SELECT, the answer is "unknown". Nothing is ever guessed.
 *
 * Blocks of numbers, so that an EXPUNGE moves two kilobytes and not the mailbox. */

#define BLOCK_UIDS 512
#define MAX_SIZE 20000000

typedef struct
{
  guint n;
  guint32 *uids; /* (owned) (nullable): room for BLOCK_UIDS, 0: not known; NULL while none is */
} Block;

struct _ImapSequenceMap
{
  GPtrArray *blocks; /* (owned): of Block, none of them empty */
  guint32 size;
  gboolean is_distrusted;

  /* where the last number was found: the next one is near */
  guint near_block;
  guint32 near_begin;
};

static void
block_free (gpointer data)
{
  Block *block = data;

  g_free (block->uids);
  g_free (block);
}

/* imap_sequence_map_new: an empty map */
ImapSequenceMap *
imap_sequence_map_new (void)
{
  ImapSequenceMap *self = g_new0 (ImapSequenceMap, 1);

  self->blocks = g_ptr_array_new_with_free_func (block_free);
  return self;
}

void
imap_sequence_map_free (ImapSequenceMap *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

/* imap_sequence_map_reset: another mailbox */
void
imap_sequence_map_reset (ImapSequenceMap *self)
{
  g_ptr_array_set_size (self->blocks, 0);
  self->size = 0;
  self->is_distrusted = FALSE;
  self->near_block = 0;
  self->near_begin = 0;
}

guint32
imap_sequence_map_get_size (ImapSequenceMap *self)
{
  return self->size;
}

/* imap_sequence_map_is_trusted: whether everything has fitted so far */
gboolean
imap_sequence_map_is_trusted (ImapSequenceMap *self)
{
  return !self->is_distrusted;
}

static Block *
block_at (ImapSequenceMap *self,
          guint            index)
{
  return g_ptr_array_index (self->blocks, index);
}

static void
distrust (ImapSequenceMap *self)
{
  self->is_distrusted = TRUE;
  g_ptr_array_set_size (self->blocks, 0);
  self->near_block = 0;
  self->near_begin = 0;
}

static guint32
get_uid (const Block *block,
         guint        offset)
{
  return block->uids != NULL ? block->uids[offset] : 0;
}

static void
set_uid (Block   *block,
         guint    offset,
         guint32  uid)
{
  if (block->uids == NULL && uid != 0)
    block->uids = g_new0 (guint32, BLOCK_UIDS);
  if (block->uids != NULL)
    block->uids[offset] = uid;
}

static void
append (ImapSequenceMap *self,
        guint32          uid)
{
  Block *last = self->blocks->len > 0 ? block_at (self, self->blocks->len - 1) : NULL;

  if (last == NULL || last->n == BLOCK_UIDS)
    {
      last = g_new0 (Block, 1);
      g_ptr_array_add (self->blocks, last);
    }

  set_uid (last, last->n++, uid);
}

/* Many numbers of which nothing is known yet cost next to nothing */
static void
append_unknown (ImapSequenceMap *self,
                guint32          n)
{
  while (n > 0)
    {
      Block *last = self->blocks->len > 0 ? block_at (self, self->blocks->len - 1) : NULL;
      guint32 room = last != NULL ? BLOCK_UIDS - last->n : 0;

      if (room == 0)
        {
          last = g_new0 (Block, 1);
          g_ptr_array_add (self->blocks, last);
          room = BLOCK_UIDS;
        }

      room = MIN (room, n);
      if (last->uids != NULL)
        memset (last->uids + last->n, 0, room * sizeof (guint32));
      last->n += room;
      n -= room;
    }
}

/* imap_sequence_map_set_size: an EXISTS. Messages only go by EXPUNGE and VANISHED: a mailbox
 * that is smaller without them cannot be followed. */
void
imap_sequence_map_set_size (ImapSequenceMap *self,
                            guint32          size)
{
  if (size < self->size || size > MAX_SIZE)
    distrust (self);

  if (!self->is_distrusted)
    append_unknown (self, size - self->size);
  self->size = size;
}

/* The block of a number from 0, and its place there */
static Block *
find (ImapSequenceMap *self,
      guint32          index,
      guint           *out_offset)
{
  guint block = self->near_block;
  guint32 begin = self->near_begin;

  while (index < begin)
    begin -= block_at (self, --block)->n;
  while (index >= begin + block_at (self, block)->n)
    begin += block_at (self, block++)->n;

  self->near_block = block;
  self->near_begin = begin;
  *out_offset = index - begin;
  return block_at (self, block);
}

static guint32
get (ImapSequenceMap *self,
     guint32          index)
{
  guint offset;
  Block *block = find (self, index, &offset);

  return get_uid (block, offset);
}

/* imap_sequence_map_learn: a FETCH with both. UIDs ascend with the numbers; one that does not, or
 * is not the one that was there, shows that we have lost count; then it returns FALSE, and what the
 * FETCH says may be of another message. */
gboolean
imap_sequence_map_learn (ImapSequenceMap *self,
                         guint32          sequence,
                         guint32          uid)
{
  guint32 before;
  guint32 after;
  guint offset;
  Block *block;

  if (self->is_distrusted || sequence == 0 || uid == 0)
    return TRUE;
  if (sequence > self->size)
    {
      distrust (self);
      return FALSE;
    }

  before = sequence > 1 ? get (self, sequence - 2) : 0;
  after = sequence < self->size ? get (self, sequence) : 0;
  block = find (self, sequence - 1, &offset);
  if ((get_uid (block, offset) != 0 && get_uid (block, offset) != uid) || before >= uid ||
      (after != 0 && after <= uid))
    {
      distrust (self);
      return FALSE;
    }

  set_uid (block, offset, uid);
  return TRUE;
}

/* imap_sequence_map_learn_all: all UIDs of the mailbox, as SEARCH ALL has found them. Says nothing
 * if there are more or fewer of them than messages. */
void
imap_sequence_map_learn_all (ImapSequenceMap  *self,
                             const ImapUidSet *uids)
{
  ImapUidSetIter iter;
  guint32 uid;

  if (self->is_distrusted || imap_uid_set_get_size (uids) != self->size)
    return;

  g_ptr_array_set_size (self->blocks, 0);
  self->near_block = 0;
  self->near_begin = 0;
  imap_uid_set_iter_init (&iter, uids);
  while (imap_uid_set_iter_next (&iter, &uid))
    append (self, uid);
}

/* imap_sequence_map_lookup: the UID of a message number, 0 if it is not known */
guint32
imap_sequence_map_lookup (ImapSequenceMap *self,
                          guint32          sequence)
{
  if (self->is_distrusted || sequence == 0 || sequence > self->size)
    return 0;

  return get (self, sequence - 1);
}

/* imap_sequence_map_expunge: an EXPUNGE. The UID of what is gone, 0 if it is not known */
guint32
imap_sequence_map_expunge (ImapSequenceMap *self,
                           guint32          sequence)
{
  guint offset;
  Block *block;
  guint32 uid;

  if (sequence == 0 || sequence > self->size)
    {
      distrust (self);
      return 0;
    }

  self->size--;
  if (self->is_distrusted)
    return 0;

  block = find (self, sequence - 1, &offset);
  uid = get_uid (block, offset);
  if (block->uids != NULL)
    memmove (block->uids + offset, block->uids + offset + 1,
             (block->n - offset - 1) * sizeof (guint32));
  if (--block->n == 0)
    {
      g_ptr_array_remove_index (self->blocks, self->near_block);
      self->near_block = 0;
      self->near_begin = 0;
    }

  return uid;
}

/* How many UIDs of a set lie between two others */
static guint64
count_between (const ImapUidSet *uids,
               guint64           above,
               guint64           below)
{
  guint n_ranges;
  const ImapUidRange *ranges = imap_uid_set_get_ranges (uids, &n_ranges);
  guint64 count = 0;

  for (guint i = 0; i < n_ranges; i++)
    {
      guint64 first = MAX ((guint64) ranges[i].first, above + 1);
      guint64 last = MIN ((guint64) ranges[i].last, below - 1);

      if (first <= last)
        count += last - first + 1;
    }

  return count;
}

/* Ends a run of unknown numbers: as many of them are gone as UIDs that would lie there. Which of
 * them makes no difference, since none is known. */
static void
close_run (ImapSequenceMap  *self,
           const ImapUidSet *gone,
           guint32           n_unknown,
           guint64           above,
           guint64           below)
{
  if (n_unknown == 0)
    return;

  append_unknown (self, n_unknown - (guint32) MIN (count_between (gone, above, below), n_unknown));
}

/* imap_sequence_map_vanish: a VANISHED that is not EARLIER */
void
imap_sequence_map_vanish (ImapSequenceMap  *self,
                          const ImapUidSet *uids)
{
  g_autoptr(GPtrArray) old = self->blocks;
  guint32 n_unknown = 0;
  guint32 last_known = 0;
  guint32 size = 0;

  if (self->is_distrusted)
    {
      self->size -= (guint32) MIN (imap_uid_set_get_size (uids), self->size);
      g_steal_pointer (&old);
      return;
    }

  self->blocks = g_ptr_array_new_with_free_func (block_free);
  self->near_block = 0;
  self->near_begin = 0;

  for (guint i = 0; i < old->len; i++)
    {
      const Block *block = g_ptr_array_index (old, i);

      for (guint j = 0; j < block->n; j++)
        {
          guint32 uid = get_uid (block, j);

          if (uid == 0)
            {
              n_unknown++;
              continue;
            }

          close_run (self, uids, n_unknown, last_known, uid);
          n_unknown = 0;
          last_known = uid;
          if (!imap_uid_set_contains (uids, uid))
            append (self, uid);
        }
    }

  close_run (self, uids, n_unknown, last_known, (guint64) G_MAXUINT32 + 1);
  for (guint i = 0; i < self->blocks->len; i++)
    size += block_at (self, i)->n;
  self->size = size;
}
