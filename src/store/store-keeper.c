#include "store-keeper-private.h"

/* Housekeeping of the index: the messages of an older cache enter it, then its pieces are brought
 * together. In slices, so that whoever comes with something to write waits for some ten milliseconds at
 * most. */

#define INDEX_MESSAGES 500

typedef enum
{
  STAGE_INDEX,
  STAGE_BEGIN_MERGE,
  STAGE_MERGE,
  STAGE_NOTHING,
} Stage;

struct _StoreKeeper
{
  Stage stage;
  gboolean is_more; /* of the slice that was run last */
};

/**
 * store_keeper_new:
 *
 * Returns: (transfer full): one that has looked at nothing yet
 */
StoreKeeper *
store_keeper_new (void)
{
  return g_new0 (StoreKeeper, 1);
}

void
store_keeper_free (StoreKeeper *self)
{
  g_free (self);
}

/**
 * store_keeper_wants:
 * @tx: the writer's, between two transactions
 *
 * Returns: whether there may be something to do
 */
gboolean
store_keeper_wants (StoreKeeper      *self,
                    StoreTransaction *tx)
{
  if (self->stage > STAGE_BEGIN_MERGE && tx->has_new_pieces)
    self->stage = STAGE_BEGIN_MERGE;

  return self->stage != STAGE_NOTHING;
}

static gboolean
run_slice (StoreTransaction  *tx,
           gpointer           user_data,
           GError           **error)
{
  StoreKeeper *self = user_data;

  if (self->stage == STAGE_INDEX)
    return store_tx_index_more (tx, INDEX_MESSAGES, &self->is_more, error);

  return store_tx_merge_index (tx, self->stage == STAGE_BEGIN_MERGE, &self->is_more, error);
}

/**
 * store_keeper_step:
 *
 * Does a slice, as a transaction of its own. What fails is not tried again in this run of the
 * program, or until there is more to do.
 */
void
store_keeper_step (StoreKeeper      *self,
                   StoreTransaction *tx)
{
  g_autoptr(GError) error = NULL;

  if (self->stage == STAGE_BEGIN_MERGE)
    tx->has_new_pieces = FALSE;

  if (!store_transaction_run (tx, run_slice, self, &error))
    {
      g_message ("Housekeeping: %s", error->message);
      tx->has_new_pieces = FALSE;
      self->stage = STAGE_NOTHING;
    }
  else if (self->stage == STAGE_INDEX && !self->is_more)
    self->stage = tx->has_new_pieces ? STAGE_BEGIN_MERGE : STAGE_NOTHING;
  else if (self->stage == STAGE_BEGIN_MERGE)
    self->stage = self->is_more ? STAGE_MERGE : STAGE_NOTHING;
  else if (self->stage == STAGE_MERGE && !self->is_more)
    self->stage = STAGE_NOTHING;
}
