#include "store-arrival-private.h"

#include "store-bodies-private.h"
#include "store-label-private.h"

/* Messages that are on their way into a folder: rows without a UID, made when a move or a copy
 * is wished, and given the UID when it becomes known, by COPYUID or because a new message of
 * the folder is seen to be it. */

/**
 * store_arrival_find_source:
 * @out_location: (out): where the message of the operation lies in the cache, or 0
 *
 * Matches an operation's durable identity with a location.
 */
gboolean
store_arrival_find_source (StoreTransaction      *tx,
                           const StoreOperation  *operation,
                           gint64                *out_location,
                           GError               **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreFolderInfo *info;
  gint64 folder;

  *out_location = 0;
  if (operation->uid == 0)
    return store_arrival_find (tx, operation->depends_on, out_location, error);

  if (!store_tx_find_folder_id (tx, operation->folder_uuid, &folder, error))
    return FALSE;
  if (folder == 0)
    return TRUE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL)
    return FALSE;
  if (info->uid_validity == operation->uid_validity)
    return store_location_find_uid (tx, folder, operation->uid, out_location, error);

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_old"
                          " WHERE folder = ? AND old_uid_validity = ? AND old_uid = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, operation->uid_validity);
  store_bind_int (select, 3, operation->uid);
  return store_db_get_int64 (cache, select, out_location, NULL, error);
}

/**
 * store_arrival_find:
 * @operation: a move or a copy
 * @out_location: (out): the row that expects it, or 0
 */
gboolean
store_arrival_find (StoreTransaction  *tx,
                    gint64             operation,
                    gint64            *out_location,
                    GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_operation"
                          " WHERE operation = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, operation);
  return store_db_get_int64 (cache, select, out_location, NULL, error);
}

/**
 * store_arrival_expect:
 * @source: the location that the operation moves or copies
 *
 * Makes the row that expects the message, unless it is there already, or the operation is no
 * move or copy, or the cache does not have its target. A folder that is a label has a message
 * once.
 */
gboolean
store_arrival_expect (StoreTransaction      *tx,
                      const StoreOperation  *operation,
                      gint64                 source,
                      GError               **error)
{
  g_auto(StoreLocationRow) from = { 0 };
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  gint64 existing;
  gboolean is_found;

  if (operation->target_folder_uuid == NULL || operation->target_uid != 0)
    return TRUE;

  if (!store_arrival_find (tx, operation->operation, &existing, error) ||
      !store_tx_find_folder_id (tx, operation->target_folder_uuid, &row.folder, error) ||
      !store_location_load (tx, source, &from, &is_found, error))
    return FALSE;
  if (existing != 0 || row.folder == 0 || !is_found)
    return TRUE;

  row.message = from.message;
  row.state = STORE_LOCATION_EXPECTED;
  row.flags = operation->before_flags;
  row.keywords = g_strdup (operation->before_keywords);
  row.has_attachment = from.has_attachment;
  row.sort_date = from.sort_date;
  row.internal_date = from.internal_date;
  row.fingerprint = from.fingerprint;
  row.operation = operation->operation;

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL)
    return FALSE;
  if (info->is_label &&
      (!store_label_find (tx, row.message, row.folder, &existing, error) || existing != 0))
    return existing != 0;

  info->has_unmatched = TRUE;
  return store_location_compute (tx, &row, error) &&
         store_location_insert (tx, &row, error);
}

static gboolean
delete_row (StoreTransaction  *tx,
            gint64             location,
            GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  gboolean is_found;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;

  return !is_found || store_location_delete (tx, &row, error);
}

/**
 * store_arrival_drop:
 *
 * Expects it no longer: the operation was taken back or refused.
 */
gboolean
store_arrival_drop (StoreTransaction  *tx,
                    gint64             operation,
                    GError           **error)
{
  gint64 location;

  return store_arrival_find (tx, operation, &location, error) &&
         (location == 0 || delete_row (tx, location, error));
}

typedef struct
{
  gint64 location;
  gint64 operation;
} Expected;

static gboolean
list_expected (StoreTransaction  *tx,
               gint64             folder,
               GArray            *expected,
               GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (cache,
                          "SELECT id, operation FROM location INDEXED BY location_operation"
                          " WHERE operation IS NOT NULL AND (?1 = 0 OR folder = ?1)", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  while ((step = store_db_step (cache, select, error)) == STORE_STEP_ROW)
    {
      Expected item = { sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1) };

      g_array_append_val (expected, item);
    }

  return step == STORE_STEP_DONE;
}

static gboolean
drop_expected (StoreTransaction  *tx,
               gint64             folder,
               gint64             done_before_unix,
               GError           **error)
{
  g_autoptr(GArray) expected = g_array_new (FALSE, FALSE, sizeof (Expected));

  if (!list_expected (tx, folder, expected, error))
    return FALSE;

  for (guint i = 0; i < expected->len; i++)
    {
      Expected *item = &g_array_index (expected, Expected, i);
      g_autoptr(StoreOperation) operation = NULL;
      g_autoptr(GError) local_error = NULL;
      gboolean is_founded;

      operation = store_reader_get_operation (tx->reader, item->operation, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      is_founded = operation != NULL &&
                   (operation->state <= STORE_OPERATION_DOUBTFUL ||
                    (operation->state == STORE_OPERATION_DONE &&
                     operation->changed_unix >= done_before_unix));
      if (!is_founded &&
          (!store_operations_refuse_dependents (tx, item->operation, error) ||
           !delete_row (tx, item->location, error)))
        return FALSE;
    }

  return TRUE;
}

/**
 * store_arrival_drop_unfounded:
 *
 * Drops rows that expect what no operation of the journal will bring.
 */
gboolean
store_arrival_drop_unfounded (StoreTransaction  *tx,
                              GError           **error)
{
  return drop_expected (tx, 0, G_MININT64, error);
}

/**
 * store_arrival_drop_overdue:
 * @checked_unix: when a check began that has found the folder identical to the server
 *
 * Drops rows of the folder that expect what was done before that check and did not come with it.
 */
gboolean
store_arrival_drop_overdue (StoreTransaction  *tx,
                            gint64             folder,
                            gint64             checked_unix,
                            GError           **error)
{
  return drop_expected (tx, folder, checked_unix, error);
}

typedef struct
{
  gint64 location;
  gint64 operation;
  gint64 internal_date;
  gint64 size;
} Candidate;

static gboolean
may_have_arrived (StoreTransaction  *tx,
                  gint64             operation,
                  guint32            uid_validity,
                  guint32            uid,
                  gboolean          *out_may,
                  GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) select = NULL;

  /* A UID below the target's UIDNEXT was there before the command was sent. */
  select = store_db_take (journal,
                          "SELECT 1 FROM operation WHERE id = ?1 AND state IN (1, 2, 3)"
                          " AND (target_uid_validity <> ?2 OR target_uid_next <= ?3)"
                          " AND (target_uid = 0 OR target_uid = ?3)", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, operation);
  store_bind_int (select, 2, uid_validity);
  store_bind_int (select, 3, uid);
  return store_db_get_int64 (journal, select, &(gint64) { 0 }, out_may, error);
}

static gboolean
list_candidates (StoreTransaction  *tx,
                 gint64             folder,
                 guint64            fingerprint,
                 GArray            *candidates,
                 GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (cache,
                          "SELECT l.id, l.operation, l.internal_date, m.size"
                          " FROM location AS l INDEXED BY location_unmatched"
                          " JOIN message AS m ON m.id = l.message"
                          " WHERE l.folder = ? AND l.fingerprint = ? AND l.uid IS NULL"
                          " AND l.state IN (1, 3) ORDER BY l.id", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, folder);
  store_bind_int (select, 2, (gint64) fingerprint);
  while ((step = store_db_step (cache, select, error)) == STORE_STEP_ROW)
    {
      Candidate candidate = {
        .location = sqlite3_column_int64 (select, 0),
        .operation = sqlite3_column_int64 (select, 1),
        .internal_date = sqlite3_column_int64 (select, 2),
        .size = sqlite3_column_int64 (select, 3),
      };

      g_array_append_val (candidates, candidate);
    }

  return step == STORE_STEP_DONE;
}

/* Of those known under an earlier UIDVALIDITY only a unique one is believed. */
static gint64
choose_stale (GArray *candidates,
              gint64  internal_date,
              gint64  size)
{
  gint64 chosen = 0;
  guint n_stale = 0;
  guint n_equal = 0;

  for (guint i = 0; i < candidates->len; i++)
    {
      Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (candidate->operation != 0)
        continue;
      n_stale++;
      if (candidate->internal_date == internal_date && candidate->size == size)
        {
          n_equal++;
          chosen = candidate->location;
        }
      else if (n_equal == 0)
        chosen = candidate->location;
    }

  return n_stale == 1 || n_equal == 1 ? chosen : 0;
}

/**
 * store_arrival_match:
 * @row: (out caller-allocates): the row that the message turned out to be
 *
 * Looks whether a new message of a folder is one that was expected there, or one that was known
 * there under an earlier UIDVALIDITY.
 */
gboolean
store_arrival_match (StoreTransaction         *tx,
                     gint64                    folder,
                     const StoreMessageFacts  *facts,
                     guint64                   fingerprint,
                     StoreLocationRow         *row,
                     gboolean                 *out_is_found,
                     GError                  **error)
{
  g_autoptr(GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  StoreFolderInfo *info = store_tx_folder_info (tx, folder, error);
  gint64 chosen = 0;

  *out_is_found = FALSE;
  if (info == NULL || !list_candidates (tx, folder, fingerprint, candidates, error))
    return FALSE;

  for (guint i = 0; i < candidates->len && chosen == 0; i++)
    {
      Candidate *candidate = &g_array_index (candidates, Candidate, i);
      gboolean may = FALSE;

      if (candidate->operation != 0 &&
          !may_have_arrived (tx, candidate->operation, info->uid_validity, facts->uid, &may,
                             error))
        return FALSE;
      if (may)
        chosen = candidate->location;
    }

  if (chosen == 0)
    chosen = choose_stale (candidates, facts->internal_date_unix, facts->size_bytes);

  return chosen == 0 || store_location_load (tx, chosen, row, out_is_found, error);
}

/**
 * store_arrival_note:
 *
 * Writes into the journal where the message of a move or copy has arrived; later operations on
 * it learn its UID.
 */
gboolean
store_arrival_note (StoreTransaction  *tx,
                    gint64             operation,
                    guint32            uid_validity,
                    guint32            uid,
                    GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;
  g_autoptr(StoreStatement) dependents = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE operation SET target_uid_validity = ?2, target_uid = ?3"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, operation);
  store_bind_int (update, 2, uid_validity);
  store_bind_int (update, 3, uid);
  if (!store_db_run (journal, update, error))
    return FALSE;

  dependents = store_db_take (journal,
                              "UPDATE operation SET uid_validity = ?2, uid = ?3"
                              " WHERE depends_on = ?1 AND depends_on <> 0 AND uid = 0", error);
  if (dependents == NULL)
    return FALSE;

  store_bind_int (dependents, 1, operation);
  store_bind_int (dependents, 2, uid_validity);
  store_bind_int (dependents, 3, uid);
  if (!store_db_run (journal, dependents, error))
    return FALSE;

  store_change_set_operations (tx->changes);
  return TRUE;
}

/**
 * store_arrival_adopt:
 * @row: an expected or stale row; what the server says of it is filled in already
 *
 * Gives a row its UID. Operations that waited for it learn the UID; a body that was kept under
 * the earlier key is kept under this one. Nothing is computed or written yet.
 */
gboolean
store_arrival_adopt (StoreTransaction  *tx,
                     StoreLocationRow  *row,
                     guint32            uid,
                     GError           **error)
{
  StoreFolderInfo *info = store_tx_folder_info (tx, row->folder, error);

  if (info == NULL)
    return FALSE;

  if (row->operation != 0)
    {
      g_autoptr(StoreOperation) operation = NULL;
      g_autoptr(GError) local_error = NULL;

      operation = store_reader_get_operation (tx->reader, row->operation, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!store_arrival_note (tx, row->operation, info->uid_validity, uid, error))
        return FALSE;
      if (operation != NULL && operation->kind == STORE_OPERATION_MOVE && operation->uid != 0 &&
          !store_bodies_rekey (tx, info->account_uuid, operation->folder_uuid,
                               operation->uid_validity, operation->uid, info->uuid,
                               info->uid_validity, uid, error))
        return FALSE;
      row->operation = 0;
    }
  else if (row->old_uid != 0 &&
           !store_bodies_rekey (tx, info->account_uuid, info->uuid, row->old_uid_validity,
                                row->old_uid, info->uuid, info->uid_validity, uid, error))
    return FALSE;

  row->uid = uid;
  row->state = STORE_LOCATION_PRESENT;
  return TRUE;
}
