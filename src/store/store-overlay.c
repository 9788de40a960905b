#include "store-overlay-private.h"

#include "store-arrival-private.h"
#include "store-label-private.h"

/* What is shown is a pure function of what the server said and of the operations that wait:
 * begin with the server's row, apply each pending operation in its order, end. It is computed
 * when either side changes and kept in the row, so that lists need no more than the row. */

/**
 * store_overlay_begin:
 *
 * What would be shown if nothing waited.
 */
void
store_overlay_begin (StoreShown         *shown,
                     StoreLocationState  state,
                     guint32             flags,
                     const char         *keywords)
{
  shown->flags = flags;
  shown->keywords = g_strdup (keywords);
  shown->hidden_by = state == STORE_LOCATION_TOMBSTONE ? STORE_HIDDEN_GONE : 0;
}

/**
 * store_overlay_apply:
 * @operation: a pending operation on the location, later than those before
 */
void
store_overlay_apply (StoreShown           *shown,
                     const StoreOperation *operation)
{
  switch (operation->kind)
    {
    case STORE_OPERATION_FLAGS:
      shown->flags = (shown->flags & ~operation->remove_flags) | operation->add_flags;
      if (operation->add_keywords != NULL || operation->remove_keywords != NULL)
        {
          g_autofree char *before = g_steal_pointer (&shown->keywords);

          shown->keywords = store_keywords_change (before, operation->add_keywords,
                                                   operation->remove_keywords);
        }
      break;

    case STORE_OPERATION_MOVE:
    case STORE_OPERATION_EXPUNGE:
      if (shown->hidden_by == 0)
        shown->hidden_by = operation->operation;
      break;

    case STORE_OPERATION_COPY:
    default:
      break;
    }
}

/**
 * store_overlay_end:
 *
 * A message that is marked \Deleted is not shown: without UIDPLUS that is how one that was
 * moved away or deleted stays in its folder.
 */
void
store_overlay_end (StoreShown *shown)
{
  if (shown->hidden_by == 0 && (shown->flags & STORE_FLAG_DELETED) != 0)
    shown->hidden_by = STORE_HIDDEN_DELETED;
}

/**
 * store_overlay_list_pending:
 * @operations: (element-type StoreOperation): gets what waits for the location, in its order
 */
gboolean
store_overlay_list_pending (StoreTransaction        *tx,
                            const StoreLocationRow  *row,
                            const StoreFolderInfo   *info,
                            GPtrArray               *operations,
                            GError                 **error)
{
  StoreDb *journal = tx->reader->journal;
  gboolean is_stale = row->state == STORE_LOCATION_STALE;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  if (row->state == STORE_LOCATION_EXPECTED)
    {
      select = store_db_take (journal,
                              "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                              " WHERE depends_on = ?1 AND depends_on <> 0 AND folder_uuid = ?2"
                              " AND uid = 0 AND state <= 2 ORDER BY id", error);
      if (select != NULL)
        store_bind_int (select, 1, row->operation);
    }
  else
    {
      select = store_db_take (journal,
                              "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                              " INDEXED BY operation_place"
                              " WHERE uid_validity = ?1 AND folder_uuid = ?2 AND uid = ?3"
                              " AND state <= 2 ORDER BY id", error);
      if (select != NULL)
        {
          store_bind_int (select, 1, is_stale ? row->old_uid_validity : info->uid_validity);
          store_bind_int (select, 3, is_stale ? row->old_uid : row->uid);
        }
    }

  if (select == NULL)
    return FALSE;

  store_bind_text (select, 2, info->uuid);
  while ((step = store_db_step (journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (operations, store_reader_dup_operation (select));

  return step == STORE_STEP_DONE;
}

static gboolean
apply_pending (StoreTransaction        *tx,
               const StoreLocationRow  *row,
               const StoreFolderInfo   *info,
               StoreShown              *shown,
               GError                 **error)
{
  gboolean is_label = info->is_label && row->state == STORE_LOCATION_PRESENT;
  g_autoptr(GPtrArray) operations = NULL;

  if (is_label && !store_tx_has_pending (tx, &is_label, error))
    return FALSE;
  if (!info->has_pending && !is_label)
    return TRUE;

  operations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  if (info->has_pending && !store_overlay_list_pending (tx, row, info, operations, error))
    return FALSE;
  if (is_label && !store_label_add_pending (tx, row, operations, error))
    return FALSE;

  for (guint i = 0; i < operations->len; i++)
    store_overlay_apply (shown, g_ptr_array_index (operations, i));
  return TRUE;
}

/* Ends the fold; what is shown moves from @shown into @row. */
static void
take_shown (StoreLocationRow *row,
            StoreShown       *shown)
{
  store_overlay_end (shown);
  row->flags_shown = shown->flags;
  row->hidden_by = shown->hidden_by;
  g_clear_pointer (&row->keywords_shown, g_free);
  if (g_strcmp0 (shown->keywords, row->keywords) != 0)
    row->keywords_shown = g_strdup (shown->keywords == NULL ? "" : shown->keywords);
  g_clear_pointer (&shown->keywords, g_free);
}

/**
 * store_location_compute:
 *
 * Computes what is shown of @row and puts it there; nothing is written.
 */
gboolean
store_location_compute (StoreTransaction  *tx,
                        StoreLocationRow  *row,
                        GError           **error)
{
  StoreFolderInfo *info = store_tx_folder_info (tx, row->folder, error);
  StoreShown shown;

  if (info == NULL)
    return FALSE;

  store_overlay_begin (&shown, row->state, row->flags, row->keywords);
  if (row->state != STORE_LOCATION_TOMBSTONE &&
      !apply_pending (tx, row, info, &shown, error))
    {
      g_free (shown.keywords);
      return FALSE;
    }

  take_shown (row, &shown);
  return TRUE;
}

/**
 * store_location_apply:
 * @row: with what is shown of it now
 * @operation: one that was just made, and so is the last
 *
 * What store_location_refresh () would compute, without asking the journal for all the others.
 */
gboolean
store_location_apply (StoreTransaction      *tx,
                      StoreLocationRow      *row,
                      const StoreOperation  *operation,
                      GError               **error)
{
  gint64 hidden_before = row->hidden_by;
  StoreShown shown = { .flags = row->flags_shown, .hidden_by = row->hidden_by };

  /* hidden for a flag, it is hidden no longer than the flag is there */
  if (shown.hidden_by == STORE_HIDDEN_DELETED)
    shown.hidden_by = 0;
  if (row->keywords_shown == NULL)
    shown.keywords = g_strdup (row->keywords);
  else if (*row->keywords_shown != '\0')
    shown.keywords = g_strdup (row->keywords_shown);

  store_overlay_apply (&shown, operation);
  take_shown (row, &shown);
  return store_location_write_shown (tx, row, hidden_before, error);
}

/**
 * store_location_refresh:
 *
 * Computes anew what is shown of a location, and writes and tells it if it has changed.
 */
gboolean
store_location_refresh (StoreTransaction  *tx,
                        gint64             location,
                        GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  g_autofree char *keywords_before = NULL;
  guint32 flags_before;
  gint64 hidden_before;
  gboolean is_found;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;
  if (!is_found)
    return TRUE;

  flags_before = row.flags_shown;
  hidden_before = row.hidden_by;
  keywords_before = g_strdup (row.keywords_shown);
  if (!store_location_compute (tx, &row, error))
    return FALSE;

  if (row.flags_shown == flags_before && row.hidden_by == hidden_before &&
      g_strcmp0 (row.keywords_shown, keywords_before) == 0)
    return TRUE;

  return store_location_write_shown (tx, &row, hidden_before, error);
}

static gboolean
collect_ids (StoreDb         *db,
             StoreStatement  *select,
             GArray          *ids,
             GError         **error)
{
  StoreStep step;

  while ((step = store_db_step (db, select, error)) == STORE_STEP_ROW)
    {
      gint64 id = sqlite3_column_int64 (select, 0);

      g_array_append_val (ids, id);
    }

  return step == STORE_STEP_DONE;
}

static gboolean
refresh_overlaid (StoreTransaction  *tx,
                  GError           **error)
{
  StoreDb *cache = store_tx_cache (tx, error);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(StoreStatement) select = NULL;

  if (cache == NULL)
    return FALSE;

  select = store_db_take (cache,
                          "SELECT id FROM location INDEXED BY location_overlay"
                          " WHERE flags_shown <> flags OR keywords_shown IS NOT NULL"
                          " OR hidden_by > 0", error);
  if (select == NULL || !collect_ids (cache, select, ids, error))
    return FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      if (!store_location_refresh (tx, g_array_index (ids, gint64, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
refresh_pending (StoreTransaction  *tx,
                 GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (journal, "SELECT id FROM operation WHERE state <= 2 ORDER BY id", error);
  if (select == NULL || !collect_ids (journal, select, ids, error))
    return FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(StoreOperation) operation = NULL;
      gint64 location;

      operation = store_reader_get_operation (tx->reader, g_array_index (ids, gint64, i), error);
      if (operation == NULL ||
          !store_arrival_find_source (tx, operation, &location, error))
        return FALSE;

      /* in the order of the operations: a later one may name the arrival of an earlier one */
      if (location != 0 &&
          (!store_location_refresh (tx, location, error) ||
           !store_label_refresh_others (tx, location, error) ||
           !store_arrival_expect (tx, operation, location, error)))
        return FALSE;
    }

  return TRUE;
}

/**
 * store_overlay_recompute_all:
 *
 * Brings all that is shown in line with the journal: at start, when the cache may be older or
 * newer than it, and after a cache's commit that failed. Costs as much as waits, not as much as
 * the cache holds.
 */
gboolean
store_overlay_recompute_all (StoreTransaction  *tx,
                             GError           **error)
{
  store_change_set_operations (tx->changes);
  return store_arrival_drop_unfounded (tx, error) &&
         refresh_overlaid (tx, error) &&
         refresh_pending (tx, error);
}
