#include "sync-settlement.h"

#include "store-transaction.h"

/* A message that COPYUID, or a look at the target, has found. */
typedef struct
{
  gint64 operation;
  guint32 uid_validity;
  guint32 uid;
} Arrival;

struct _SyncSettlement
{
  gint64 source_id;        /* of the folder in which the operations' messages lie, or lay; or 0 */
  GArray *flagged;         /* (owned) (element-type guint32): UIDs whose flags have changed */
  guint32 add_flags;
  guint32 remove_flags;
  GArray *vanished;        /* (owned) (element-type guint32) */
  GArray *arrivals;        /* (owned) (element-type Arrival) */
  GArray *done;            /* (owned) (element-type gint64) */
  GArray *refused;         /* (owned) (element-type gint64) */
  char *refusal;           /* (owned) (nullable) */
  GArray *released;        /* (owned) (element-type gint64) */
  gint64 not_before_unix;
  char *reason;            /* (owned) (nullable): why they are released */
};

/**
 * sync_settlement_new:
 * @source_id: the folder that sync_settlement_set_flags () and sync_settlement_vanish () speak
 *   of, or 0
 *
 * Returns: (transfer full): a settlement of nothing
 */
SyncSettlement *
sync_settlement_new (gint64 source_id)
{
  SyncSettlement *self = g_new0 (SyncSettlement, 1);

  self->source_id = source_id;
  self->flagged = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->vanished = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  self->done = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->refused = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->released = g_array_new (FALSE, FALSE, sizeof (gint64));

  return self;
}

/**
 * sync_settlement_free:
 * @self: (transfer full): a settlement
 */
void
sync_settlement_free (SyncSettlement *self)
{
  g_array_unref (self->flagged);
  g_array_unref (self->vanished);
  g_array_unref (self->arrivals);
  g_array_unref (self->done);
  g_array_unref (self->refused);
  g_array_unref (self->released);
  g_free (self->refusal);
  g_free (self->reason);
  g_free (self);
}

/**
 * sync_settlement_set_flags:
 * @uids: (element-type guint32): messages of the source
 *
 * What a STORE that was answered OK has done. Not every server tells the flags by itself. Once only.
 */
void
sync_settlement_set_flags (SyncSettlement *self,
                           const GArray *uids,
                           guint32 add_flags,
                           guint32 remove_flags)
{
  g_return_if_fail (self->flagged->len == 0);

  g_array_append_vals (self->flagged, uids->data, uids->len);
  self->add_flags = add_flags;
  self->remove_flags = remove_flags;
}

/**
 * sync_settlement_vanish:
 * @uid: a message of the source that is proved not to be there any more
 */
void
sync_settlement_vanish (SyncSettlement *self,
                        guint32 uid)
{
  g_array_append_val (self->vanished, uid);
}

/**
 * sync_settlement_arrive:
 * @operation: a move or a copy
 * @uid: what its message is called in the target
 */
void
sync_settlement_arrive (SyncSettlement *self,
                        gint64 operation,
                        guint32 uid_validity,
                        guint32 uid)
{
  Arrival arrival = { operation, uid_validity, uid };

  g_array_append_val (self->arrivals, arrival);
}

/**
 * sync_settlement_do:
 * @operation: one that the server has carried out
 */
void
sync_settlement_do (SyncSettlement *self,
                    gint64 operation)
{
  g_array_append_val (self->done, operation);
}

/**
 * sync_settlement_refuse:
 * @operation: one that will not be carried out
 * @answer: why, in the server's words where it has said any; the last one counts for all
 */
void
sync_settlement_refuse (SyncSettlement *self,
                        gint64 operation,
                        const char *answer)
{
  g_array_append_val (self->refused, operation);
  g_free (self->refusal);
  self->refusal = g_strdup (answer);
}

/**
 * sync_settlement_release:
 * @operation: one that is known not to have been carried out, and waits again
 * @not_before_unix: until when at least, or 0; the last one counts for all
 * @answer: (nullable): why; the same
 */
void
sync_settlement_release (SyncSettlement *self,
                         gint64 operation,
                         gint64 not_before_unix,
                         const char *answer)
{
  g_array_append_val (self->released, operation);
  self->not_before_unix = not_before_unix;
  g_free (self->reason);
  self->reason = g_strdup (answer);
}

static gboolean
write_rows (StoreTransaction *tx,
            SyncSettlement *self,
            GError **error)
{
  if (self->flagged->len > 0 &&
      !store_tx_change_flags (tx, self->source_id, (const guint32 *) self->flagged->data,
                              self->flagged->len, self->add_flags, self->remove_flags,
                              NULL, NULL, error))
    return FALSE;
  if (self->vanished->len > 0 &&
      !store_tx_vanish (tx, self->source_id, (const guint32 *) self->vanished->data,
                        self->vanished->len, NULL, error))
    return FALSE;

  for (guint i = 0; i < self->arrivals->len; i++)
    {
      const Arrival *arrival = &g_array_index (self->arrivals, Arrival, i);

      if (!store_tx_resolve_arrival (tx, arrival->operation, arrival->uid_validity, arrival->uid,
                                     error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_settlement (StoreTransaction *tx,
                  gpointer data,
                  GError **error)
{
  SyncSettlement *self = data;

  return write_rows (tx, self, error) &&
         store_tx_settle_operations (tx, (const gint64 *) self->done->data, self->done->len,
                                     STORE_OPERATION_DONE, NULL, error) &&
         store_tx_settle_operations (tx, (const gint64 *) self->refused->data, self->refused->len,
                                     STORE_OPERATION_REFUSED, self->refusal, error) &&
         store_tx_release_operations (tx, (const gint64 *) self->released->data,
                                      self->released->len, self->not_before_unix, self->reason,
                                      error);
}

/**
 * sync_settlement_write:
 * @report: gets the number of what was done and one line about what was refused
 *
 * Makes it durable, as one transaction. Awaits.
 *
 * Returns: whether it is committed
 */
gboolean
sync_settlement_write (SyncSettlement *self,
                       SyncWorker *worker,
                       SyncReport *report,
                       GError **error)
{
  if (!sync_worker_write (worker, STORE_PRIORITY_OPERATIONS, write_settlement, self, error))
    return FALSE;

  report->n_operations += self->done->len;
  if (self->refused->len > 0)
    g_ptr_array_add (report->failures, g_strdup (self->refusal));

  return TRUE;
}
