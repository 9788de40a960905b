#include "store-arrival-private.h"
#include "store-label-private.h"
#include "store-transaction-private.h"

/* A person's wishes on their way: written down with their overlay, claimed by a worker, settled
 * or taken back. Every change of a state is one conditional UPDATE, so that undo and worker
 * cannot both have an operation. */

#define STATE_BIT(state) (1u << (state))

static gboolean
insert_operation (StoreTransaction  *tx,
                  StoreOperation    *operation,
                  GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) insert = NULL;
  g_autoptr(StoreStatement) set_group = NULL;

  if (journal == NULL)
    return FALSE;

  insert = store_db_take (journal,
                          "INSERT INTO operation (\"group\", kind, state, account_uuid, folder_uuid,"
                          " uid_validity, uid, message_id, size, internal_date, facts_hash,"
                          " add_flags, remove_flags, add_keywords, remove_keywords, before_flags,"
                          " before_keywords, target_folder_uuid, depends_on, created, changed)"
                          " VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                          " ?14, ?15, ?16, ?17, ?18, ?19, ?19)", error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, operation->group);
  store_bind_int (insert, 2, operation->kind);
  store_bind_text (insert, 3, operation->account_uuid);
  store_bind_text (insert, 4, operation->folder_uuid);
  store_bind_int (insert, 5, operation->uid_validity);
  store_bind_int (insert, 6, operation->uid);
  store_bind_text (insert, 7, operation->message_id);
  store_bind_int (insert, 8, operation->size_bytes);
  store_bind_int (insert, 9, operation->internal_date_unix);
  store_bind_int (insert, 10, (gint64) operation->facts_hash);
  store_bind_int (insert, 11, operation->add_flags);
  store_bind_int (insert, 12, operation->remove_flags);
  store_bind_text (insert, 13, operation->add_keywords);
  store_bind_text (insert, 14, operation->remove_keywords);
  store_bind_int (insert, 15, operation->before_flags);
  store_bind_text (insert, 16, operation->before_keywords);
  store_bind_text (insert, 17, operation->target_folder_uuid);
  store_bind_int (insert, 18, operation->depends_on);
  store_bind_int (insert, 19, tx->now_unix);
  if (!store_db_run (journal, insert, error))
    return FALSE;

  operation->operation = sqlite3_last_insert_rowid (journal->handle);
  if (operation->group != 0)
    return TRUE;

  /* the first of a group names it */
  operation->group = operation->operation;
  set_group = store_db_take (journal, "UPDATE operation SET \"group\" = id WHERE id = ?", error);
  if (set_group == NULL)
    return FALSE;

  store_bind_int (set_group, 1, operation->operation);
  return store_db_run (journal, set_group, error);
}

static gboolean
load_identity (StoreTransaction        *tx,
               const StoreLocationRow  *row,
               const StoreFolderInfo   *info,
               StoreOperation          *operation,
               GError                 **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  operation->account_uuid = g_strdup (info->account_uuid);
  operation->folder_uuid = g_strdup (info->uuid);
  operation->internal_date_unix = row->internal_date;
  operation->facts_hash = row->fingerprint;
  switch (row->state)
    {
    case STORE_LOCATION_EXPECTED:
      operation->depends_on = row->operation;
      break;
    case STORE_LOCATION_STALE:
      operation->uid_validity = row->old_uid_validity;
      operation->uid = row->old_uid;
      break;
    case STORE_LOCATION_PRESENT:
    case STORE_LOCATION_TOMBSTONE:
    default:
      operation->uid_validity = info->uid_validity;
      operation->uid = row->uid;
      break;
    }

  select = store_db_take (cache, "SELECT message_id, size FROM message WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, row->message);
  step = store_db_step (cache, select, error);
  if (step == STORE_STEP_ROW)
    {
      operation->message_id = store_column_dup (select, 0);
      operation->size_bytes = sqlite3_column_int64 (select, 1);
    }

  return step != STORE_STEP_ERROR;
}

/* Whether the wish would change what is shown at all. */
static gboolean
is_needed (const StoreWish         *wish,
           const StoreLocationRow  *row,
           const char              *keywords)
{
  g_autofree char *changed = NULL;

  if (row->state == STORE_LOCATION_TOMBSTONE || row->hidden_by > 0)
    return FALSE;
  if (wish->kind == STORE_OPERATION_MOVE)
    return wish->target_folder != row->folder;
  if (wish->kind != STORE_OPERATION_FLAGS)
    return TRUE;
  if (((row->flags_shown & ~wish->remove_flags) | wish->add_flags) != row->flags_shown)
    return TRUE;

  changed = store_keywords_change (keywords, wish->add_keywords, wish->remove_keywords);
  return g_strcmp0 (changed, keywords) != 0;
}

static const char *
keywords_shown (const StoreLocationRow *row)
{
  if (row->keywords_shown == NULL)
    return row->keywords;
  return *row->keywords_shown == '\0' ? NULL : row->keywords_shown;
}

static gboolean
enqueue_one (StoreTransaction  *tx,
             const StoreWish   *wish,
             gint64             location,
             const char        *target_folder_uuid,
             gint64            *group,
             guint             *n_operations,
             GError           **error)
{
  g_autoptr(StoreOperation) operation = g_new0 (StoreOperation, 1);
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  StoreFolderInfo *target = NULL;
  StoreOperationKind kind = wish->kind;
  gboolean is_found;
  gboolean is_wanted;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;
  if (!is_found || !is_needed (wish, &row, keywords_shown (&row)))
    return TRUE;

  if (target_folder_uuid != NULL)
    {
      target = store_tx_folder_info (tx, wish->target_folder, error);
      if (target == NULL)
        return FALSE;
    }
  if (!store_label_adapt (tx, &row, target, &kind, &is_wanted, error))
    return FALSE;
  if (!is_wanted)
    return TRUE;

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL || !load_identity (tx, &row, info, operation, error))
    return FALSE;

  operation->group = *group;
  operation->kind = kind;
  operation->add_flags = wish->add_flags;
  operation->remove_flags = wish->remove_flags & ~wish->add_flags;
  operation->add_keywords = g_strdup (wish->add_keywords);
  operation->remove_keywords = g_strdup (wish->remove_keywords);
  operation->before_flags = row.flags_shown;
  operation->before_keywords = g_strdup (keywords_shown (&row));
  operation->target_folder_uuid = g_strdup (target_folder_uuid);
  if (!insert_operation (tx, operation, error))
    return FALSE;

  info->has_pending = TRUE;
  tx->has_pending = TRUE;
  *group = operation->group;
  (*n_operations)++;
  return store_location_apply (tx, &row, operation, error) &&
         store_label_refresh_others (tx, location, error) &&
         store_arrival_expect (tx, operation, location, error);
}

static gboolean
check_account (StoreTransaction  *tx,
               gint64             location,
               gint64             account,
               GError           **error)
{
  StoreDb *cache = tx->reader->cache;
  g_autoptr(StoreStatement) select = NULL;
  gboolean is_found;
  gint64 own;

  select = store_db_take (cache,
                          "SELECT f.account FROM location AS l JOIN folder AS f ON f.id = l.folder"
                          " WHERE l.id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, location);
  if (!store_db_get_int64 (cache, select, &own, &is_found, error))
    return FALSE;
  if (!is_found || own == account)
    return TRUE;

  g_set_error_literal (error, STORE_ERROR, STORE_ERROR_STATE,
                       "The target folder is one of another account");
  return FALSE;
}

static gboolean
load_target (StoreTransaction  *tx,
             gint64             folder,
             char             **out_uuid,
             gint64            *out_account,
             GError           **error)
{
  g_autoptr(StoreFolder) target = NULL;
  g_autoptr(GError) local_error = NULL;

  target = store_reader_get_folder (tx->reader, folder, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (target == NULL || target->state == STORE_FOLDER_GONE)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                           "The target folder is not there");
      return FALSE;
    }

  if (!store_folder_is_selectable (target))
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_STATE,
                           "The target folder cannot hold messages");
      return FALSE;
    }

  *out_uuid = g_strdup (target->uuid);
  *out_account = target->account;
  return TRUE;
}

/**
 * store_tx_enqueue:
 * @locations: (array length=n_locations): the messages, as the person saw them
 * @inout_group: (inout) (optional): what store_tx_undo () takes; 0 begins a new one, and is
 *   left when there was nothing to do
 * @out_n_operations: (out) (optional): how many messages it changes
 *
 * Writes down what the person wishes and shows it. Messages that are gone, or are so already,
 * are passed over. A message that is on its way into a folder can be acted on like any other.
 *
 * Errors: STORE_ERROR_NOT_FOUND when the target is, STORE_ERROR_STATE when it is a folder of
 * another account or cannot hold messages.
 */
gboolean
store_tx_enqueue (StoreTransaction  *tx,
                  const StoreWish   *wish,
                  const gint64      *locations,
                  guint              n_locations,
                  gint64            *inout_group,
                  guint             *out_n_operations,
                  GError           **error)
{
  g_autofree char *target_uuid = NULL;
  gint64 target_account = 0;
  gint64 group = inout_group != NULL ? *inout_group : 0;
  guint n_operations = 0;

  if ((wish->kind == STORE_OPERATION_MOVE || wish->kind == STORE_OPERATION_COPY) &&
      !load_target (tx, wish->target_folder, &target_uuid, &target_account, error))
    return FALSE;

  for (guint i = 0; i < n_locations; i++)
    {
      if (target_account != 0 && !check_account (tx, locations[i], target_account, error))
        return FALSE;
      if (!enqueue_one (tx, wish, locations[i], target_uuid, &group, &n_operations, error))
        return FALSE;
    }

  if (n_operations > 0)
    store_change_set_operations (tx->changes);
  if (inout_group != NULL)
    *inout_group = group;
  if (out_n_operations != NULL)
    *out_n_operations = n_operations;
  return TRUE;
}

static gboolean
change_state (StoreTransaction     *tx,
              gint64                operation,
              guint                 from_states,
              StoreOperationState   to,
              const char           *answer,
              gint64                not_before_unix,
              gboolean             *out_is_changed,
              GError              **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE operation SET state = ?3, changed = ?4,"
                          " answer = coalesce (?5, answer), not_before = ?6,"
                          " n_attempts = n_attempts + (?3 = 1)"
                          " WHERE id = ?1 AND (1 << state) & ?2 <> 0", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, operation);
  store_bind_int (update, 2, from_states);
  store_bind_int (update, 3, to);
  store_bind_int (update, 4, tx->now_unix);
  store_bind_text (update, 5, answer);
  store_bind_int (update, 6, not_before_unix);
  if (!store_db_run (journal, update, error))
    return FALSE;

  *out_is_changed = sqlite3_changes (journal->handle) > 0;
  store_change_set_operations (tx->changes);
  return TRUE;
}

static StoreOperation *
load_operation (StoreTransaction  *tx,
                gint64             id,
                GError           **error)
{
  g_autoptr(GError) local_error = NULL;
  StoreOperation *operation = store_reader_get_operation (tx->reader, id, &local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (operation == NULL)
    g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                 "There is no operation %" G_GINT64_FORMAT, id);
  return operation;
}

static gboolean
refresh_source (StoreTransaction      *tx,
                const StoreOperation  *operation,
                GError               **error)
{
  gint64 location;

  return store_arrival_find_source (tx, operation, &location, error) &&
         (location == 0 ||
          (store_location_refresh (tx, location, error) &&
           store_label_refresh_others (tx, location, error)));
}

static gboolean
list_dependents (StoreTransaction  *tx,
                 gint64             operation,
                 GPtrArray         *dependents,
                 GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  select = store_db_take (journal,
                          "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                          " WHERE depends_on = ? AND depends_on <> 0 AND uid = 0 AND state <= 2"
                          " ORDER BY id", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, operation);
  while ((step = store_db_step (journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (dependents, store_reader_dup_operation (select));

  return step == STORE_STEP_DONE;
}

/* The move will not happen: what was wished of the message at its target is wished of it where
 * it is. */
static gboolean
hand_back (StoreTransaction      *tx,
           const StoreOperation  *refused,
           GError               **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal,
                          "UPDATE operation SET folder_uuid = ?2, uid_validity = ?3, uid = ?4,"
                          " depends_on = ?5 WHERE depends_on = ?1 AND depends_on <> 0 AND uid = 0"
                          " AND state <= 2", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, refused->operation);
  store_bind_text (update, 2, refused->folder_uuid);
  store_bind_int (update, 3, refused->uid_validity);
  store_bind_int (update, 4, refused->uid);
  store_bind_int (update, 5, refused->depends_on);
  return store_db_run (journal, update, error);
}

static gboolean drop_operation (StoreTransaction      *tx,
                                const StoreOperation  *operation,
                                StoreUndo             *undo,
                                GError               **error);

static gboolean
drop_dependents (StoreTransaction  *tx,
                 gint64             operation,
                 StoreUndo         *undo,
                 GError           **error)
{
  g_autoptr(GPtrArray) dependents = NULL;

  dependents = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  if (!list_dependents (tx, operation, dependents, error))
    return FALSE;

  for (guint i = 0; i < dependents->len; i++)
    {
      if (!drop_operation (tx, dependents->pdata[i], undo, error))
        return FALSE;
    }

  return TRUE;
}

/* Takes back what was not sent, and with it what was wished of its arrival. */
static gboolean
drop_operation (StoreTransaction      *tx,
                const StoreOperation  *operation,
                StoreUndo             *undo,
                GError               **error)
{
  gboolean is_changed;

  if (!change_state (tx, operation->operation, STATE_BIT (STORE_OPERATION_WAITING),
                     STORE_OPERATION_UNDONE, NULL, 0, &is_changed, error))
    return FALSE;
  if (!is_changed)
    return TRUE;

  undo->n_dropped++;
  return drop_dependents (tx, operation->operation, undo, error) &&
         store_arrival_drop (tx, operation->operation, error) &&
         refresh_source (tx, operation, error);
}

/* In a folder that is a label the message may have been all the time. */
static gboolean
find_in_label (StoreTransaction      *tx,
               const StoreOperation  *operation,
               gint64                 folder,
               gint64                *out_location,
               GError               **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  gboolean is_found = FALSE;
  gint64 source;

  if (!store_arrival_find_source (tx, operation, &source, error) ||
      (source != 0 && !store_location_load (tx, source, &row, &is_found, error)))
    return FALSE;

  return !is_found || store_label_find (tx, row.message, folder, out_location, error);
}

/* Where the message of a sent move is, or will be. */
static gboolean
find_target (StoreTransaction      *tx,
             const StoreOperation  *operation,
             gint64                *out_location,
             GError               **error)
{
  StoreFolderInfo *info;
  gint64 folder;

  if (!store_arrival_find (tx, operation->operation, out_location, error))
    return FALSE;
  if (*out_location != 0)
    return TRUE;

  if (!store_tx_find_folder_id (tx, operation->target_folder_uuid, &folder, error))
    return FALSE;
  if (folder == 0)
    return TRUE;

  info = store_tx_folder_info (tx, folder, error);
  if (info == NULL)
    return FALSE;
  if (operation->target_uid == 0)
    return !info->is_label || find_in_label (tx, operation, folder, out_location, error);

  return info->uid_validity != operation->target_uid_validity ||
         store_location_find_uid (tx, folder, operation->target_uid, out_location, error);
}

/* Whether an operation has reached the server, or may have. */
static gboolean
is_sent (const StoreOperation *operation)
{
  return operation->state == STORE_OPERATION_SENT ||
         operation->state == STORE_OPERATION_DOUBTFUL || operation->state == STORE_OPERATION_DONE;
}

/* The move of the same gesture that has taken away the message of other flags: junk is both. */
static const StoreOperation *
find_move_of (GPtrArray             *operations,
              const StoreOperation  *flags)
{
  for (guint i = 0; i < operations->len; i++)
    {
      const StoreOperation *move = operations->pdata[i];

      if (move->kind == STORE_OPERATION_MOVE && is_sent (move) &&
          move->operation > flags->operation && move->facts_hash == flags->facts_hash &&
          move->uid == flags->uid && move->uid_validity == flags->uid_validity &&
          g_strcmp0 (move->folder_uuid, flags->folder_uuid) == 0)
        return move;
    }

  return NULL;
}

/* A message that Trash or Junk has taken out of its folders gets their labels again, in the folder to
 * which it goes back. */
static gboolean
restore_labels (StoreTransaction      *tx,
                const StoreOperation  *operation,
                gint64                 location,
                gint64                 source_folder,
                gint64                *group,
                GError               **error)
{
  g_autoptr(GArray) folders = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto(StoreLocationRow) row = { 0 };
  gboolean is_found;
  StoreFolderInfo *info;
  gint64 back;

  if (!store_location_load (tx, location, &row, &is_found, error))
    return FALSE;

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL)
    return FALSE;
  if (!store_label_takes_all (info))
    return TRUE;
  if (!store_label_list_lost (tx, row.message, operation->created_unix, folders, error) ||
      !store_label_find (tx, row.message, source_folder, &back, error))
    return FALSE;

  for (guint i = 0; i < folders->len && back != 0; i++)
    {
      StoreWish wish = { .kind = STORE_OPERATION_COPY,
                         .target_folder = g_array_index (folders, gint64, i) };
      StoreFolderInfo *label = store_tx_folder_info (tx, wish.target_folder, error);
      guint n_operations = 0;

      if (label == NULL)
        return FALSE;
      if (label->folder != source_folder &&
          !enqueue_one (tx, &wish, back, label->uuid, group, &n_operations, error))
        return FALSE;
    }

  return TRUE;
}

/* A copy into a label is taken back by a move out of it, which leaves the message in All Mail. */
static gboolean
invert_copy (StoreTransaction      *tx,
             const StoreOperation  *operation,
             StoreWish             *wish,
             gint64                *out_location,
             char                 **out_target_uuid,
             GError               **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  StoreFolderInfo *info;
  gboolean is_found;

  if (!find_target (tx, operation, out_location, error))
    return FALSE;
  if (*out_location == 0)
    return TRUE;
  if (!store_location_load (tx, *out_location, &row, &is_found, error))
    return FALSE;

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL || !store_label_find_all (tx, info->account, &wish->target_folder, error))
    return FALSE;
  if (!info->is_label || wish->target_folder == 0)
    {
      *out_location = 0;
      return TRUE;
    }

  wish->kind = STORE_OPERATION_MOVE;
  info = store_tx_folder_info (tx, wish->target_folder, error);
  if (info == NULL)
    return FALSE;

  *out_target_uuid = g_strdup (info->uuid);
  return TRUE;
}

static gboolean
invert_operation (StoreTransaction      *tx,
                  const StoreOperation  *operation,
                  const StoreOperation  *move,
                  gint64                *group,
                  StoreUndo             *undo,
                  GError               **error)
{
  g_autofree char *restored = NULL;
  g_autofree char *removed = NULL;
  g_autofree char *target_uuid = NULL;
  guint32 touched = operation->add_flags | operation->remove_flags;
  guint n_operations = 0;
  gint64 location = 0;
  StoreWish wish = { .kind = operation->kind };

  if (operation->kind == STORE_OPERATION_FLAGS)
    {
      /* of what it touched, what was there before, and no more of it than that */
      wish.add_flags = operation->before_flags & touched;
      wish.remove_flags = touched & ~operation->before_flags;
      restored = store_keywords_intersect (operation->remove_keywords, operation->before_keywords);
      removed = store_keywords_change (operation->add_keywords, NULL, operation->before_keywords);
      wish.add_keywords = restored;
      wish.remove_keywords = removed;
      if (move != NULL ? !find_target (tx, move, &location, error)
                       : !store_arrival_find_source (tx, operation, &location, error))
        return FALSE;
    }
  else if (operation->kind == STORE_OPERATION_MOVE)
    {
      if (!find_target (tx, operation, &location, error) ||
          !store_tx_find_folder_id (tx, operation->folder_uuid, &wish.target_folder, error))
        return FALSE;
      if (wish.target_folder == 0)
        location = 0;
      target_uuid = g_strdup (operation->folder_uuid);
    }
  else if (operation->kind == STORE_OPERATION_COPY &&
           !invert_copy (tx, operation, &wish, &location, &target_uuid, error))
    return FALSE;

  if (location != 0 &&
      (!enqueue_one (tx, &wish, location, target_uuid, group, &n_operations, error) ||
       (operation->kind == STORE_OPERATION_MOVE &&
        !restore_labels (tx, operation, location, wish.target_folder, group, error))))
    return FALSE;

  undo->n_inverted += n_operations;
  undo->n_impossible += location == 0;
  return TRUE;
}

static gboolean
undo_one (StoreTransaction      *tx,
          const StoreOperation  *operation,
          gint64                *group,
          StoreUndo             *undo,
          GError               **error)
{
  switch (operation->state)
    {
    case STORE_OPERATION_WAITING:
      return drop_operation (tx, operation, undo, error);

    case STORE_OPERATION_SENT:
    case STORE_OPERATION_DOUBTFUL:
    case STORE_OPERATION_DONE:
      return invert_operation (tx, operation, NULL, group, undo, error);

    case STORE_OPERATION_REFUSED:
    case STORE_OPERATION_UNDONE:
    default:
      return TRUE;
    }
}

/* Flags of what was moved by the same gesture come first: where it was they have nothing to act on. */
static gboolean
undo_flags_of_moved (StoreTransaction  *tx,
                     GPtrArray         *operations,
                     gint64            *group,
                     StoreUndo         *undo,
                     GError           **error)
{
  for (guint i = 0; i < operations->len;)
    {
      const StoreOperation *operation = operations->pdata[i];
      const StoreOperation *move = operation->kind == STORE_OPERATION_FLAGS && is_sent (operation)
                                     ? find_move_of (operations, operation) : NULL;

      if (move == NULL)
        {
          i++;
          continue;
        }
      if (!invert_operation (tx, operation, move, group, undo, error))
        return FALSE;
      g_ptr_array_remove_index (operations, i);
    }

  return TRUE;
}

/**
 * store_tx_undo:
 * @group: from store_tx_enqueue ()
 * @out_undo: (out) (optional): what became of it
 *
 * Takes back one gesture. What waits is dropped as if it had never been; for what was sent the
 * opposite is enqueued, with the state that each message had before.
 */
gboolean
store_tx_undo (StoreTransaction  *tx,
               gint64             group,
               StoreUndo         *out_undo,
               GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(GPtrArray) operations = NULL;
  g_autoptr(StoreStatement) select = NULL;
  StoreUndo undo = { 0 };
  gint64 inverse_group = 0;
  StoreStep step;

  if (journal == NULL)
    return FALSE;

  select = store_db_take (journal,
                          "SELECT " STORE_OPERATION_COLUMNS " FROM operation"
                          " WHERE \"group\" = ? ORDER BY id DESC", error);
  if (select == NULL)
    return FALSE;

  operations = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  store_bind_int (select, 1, group);
  while ((step = store_db_step (journal, select, error)) == STORE_STEP_ROW)
    g_ptr_array_add (operations, store_reader_dup_operation (select));
  if (step != STORE_STEP_DONE)
    return FALSE;

  if (!undo_flags_of_moved (tx, operations, &inverse_group, &undo, error))
    return FALSE;
  for (guint i = 0; i < operations->len; i++)
    {
      if (!undo_one (tx, operations->pdata[i], &inverse_group, &undo, error))
        return FALSE;
    }

  if (out_undo != NULL)
    *out_undo = undo;
  return TRUE;
}

static gboolean
settle_labels (StoreTransaction      *tx,
               const StoreOperation  *operation,
               GError               **error)
{
  gint64 source;

  return store_arrival_find_source (tx, operation, &source, error) &&
         (source == 0 || store_label_settle (tx, operation, source, error));
}

static gboolean
settle_one (StoreTransaction      *tx,
            gint64                 id,
            StoreOperationState    state,
            const char            *answer,
            GError               **error)
{
  static const guint allowed[] = {
    [STORE_OPERATION_WAITING] = 0,
    [STORE_OPERATION_SENT] = 0,
    [STORE_OPERATION_DOUBTFUL] = STATE_BIT (STORE_OPERATION_SENT),
    [STORE_OPERATION_DONE] = STATE_BIT (STORE_OPERATION_SENT) |
                             STATE_BIT (STORE_OPERATION_DOUBTFUL),
    [STORE_OPERATION_REFUSED] = STATE_BIT (STORE_OPERATION_WAITING) |
                                STATE_BIT (STORE_OPERATION_SENT) |
                                STATE_BIT (STORE_OPERATION_DOUBTFUL),
    [STORE_OPERATION_UNDONE] = 0,
  };
  g_autoptr(StoreOperation) operation = load_operation (tx, id, error);
  gboolean is_changed = FALSE;

  if (operation == NULL ||
      !change_state (tx, id, allowed[state], state, answer, 0, &is_changed, error))
    return FALSE;
  if (!is_changed)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_STATE,
                   "Operation %" G_GINT64_FORMAT " cannot go from state %d to %d", id,
                   operation->state, state);
      return FALSE;
    }

  if (state == STORE_OPERATION_REFUSED &&
      (!store_arrival_drop (tx, id, error) || !hand_back (tx, operation, error)))
    return FALSE;
  if (!refresh_source (tx, operation, error))
    return FALSE;

  return state != STORE_OPERATION_DONE || settle_labels (tx, operation, error);
}

/**
 * store_tx_settle_operations:
 * @operations: (array length=n_operations): as in a StoreWork
 * @state: STORE_OPERATION_DONE, REFUSED or DOUBTFUL
 * @answer: (nullable): what the server said
 *
 * Notes how a command ended, and shows it. What the server's answer did to the rows (flags,
 * EXPUNGE, COPYUID) belongs into the same transaction, before this. What was wished of a message
 * whose move is refused is wished of it where it is.
 *
 * Errors: STORE_ERROR_STATE when an operation is in no state that leads there.
 */
gboolean
store_tx_settle_operations (StoreTransaction     *tx,
                            const gint64         *operations,
                            guint                 n_operations,
                            StoreOperationState   state,
                            const char           *answer,
                            GError              **error)
{
  g_return_val_if_fail (state >= STORE_OPERATION_DOUBTFUL && state <= STORE_OPERATION_REFUSED,
                        FALSE);

  for (guint i = 0; i < n_operations; i++)
    {
      if (!settle_one (tx, operations[i], state, answer, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * store_tx_release_operations:
 * @not_before_unix: when to try again, or 0 for at once
 *
 * Puts operations that were claimed back: their command is known not to have been carried out.
 */
gboolean
store_tx_release_operations (StoreTransaction  *tx,
                             const gint64      *operations,
                             guint              n_operations,
                             gint64             not_before_unix,
                             const char        *answer,
                             GError           **error)
{
  for (guint i = 0; i < n_operations; i++)
    {
      gboolean is_changed;

      if (!change_state (tx, operations[i],
                         STATE_BIT (STORE_OPERATION_SENT) | STATE_BIT (STORE_OPERATION_DOUBTFUL),
                         STORE_OPERATION_WAITING, answer, not_before_unix, &is_changed, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
set_target (StoreTransaction  *tx,
            gint64             operation,
            guint32            target_uid_validity,
            guint32            target_uid_next,
            GError           **error)
{
  StoreDb *journal = tx->reader->journal;
  g_autoptr(StoreStatement) update = NULL;

  update = store_db_take (journal,
                          "UPDATE operation SET target_uid_validity = ?2, target_uid_next = ?3"
                          " WHERE id = ?1", error);
  if (update == NULL)
    return FALSE;

  store_bind_int (update, 1, operation);
  store_bind_int (update, 2, target_uid_validity);
  store_bind_int (update, 3, target_uid_next);
  return store_db_run (journal, update, error);
}

static void
drop_uids (StoreWork  *work,
           GHashTable *uids)
{
  for (guint i = work->uids->len; i > 0; i--)
    {
      guint32 uid = g_array_index (work->uids, guint32, i - 1);

      if (g_hash_table_contains (uids, GUINT_TO_POINTER (uid)))
        g_array_remove_index (work->uids, i - 1);
    }
}

/**
 * store_tx_claim_work:
 * @work: from store_reader_find_work (); what was taken back meanwhile is removed from it, so
 *   that it may be empty after this
 * @target_uid_validity: UIDVALIDITY and UIDNEXT of the target as STATUS said just now, for a move
 *   or a copy; else 0
 *
 * Claims operations for a worker. When this is committed, the command may be sent.
 */
gboolean
store_tx_claim_work (StoreTransaction  *tx,
                     StoreWork         *work,
                     guint32            target_uid_validity,
                     guint32            target_uid_next,
                     GError           **error)
{
  g_autoptr(GHashTable) lost = g_hash_table_new (NULL, NULL);
  g_autoptr(GPtrArray) loaded = NULL;
  guint n_claimed = 0;

  if (store_tx_journal (tx, error) == NULL)
    return FALSE;

  loaded = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  for (guint i = 0; i < work->operations->len; i++)
    {
      gint64 id = g_array_index (work->operations, gint64, i);
      StoreOperation *operation = load_operation (tx, id, error);

      if (operation == NULL)
        return FALSE;

      g_ptr_array_add (loaded, operation);
      /* the net of several is another when one of them is gone: then next time */
      if (operation->state != STORE_OPERATION_WAITING)
        g_hash_table_add (lost, GUINT_TO_POINTER (operation->uid));
    }

  for (guint i = 0; i < loaded->len; i++)
    {
      StoreOperation *operation = g_ptr_array_index (loaded, i);
      gboolean is_changed;

      if (g_hash_table_contains (lost, GUINT_TO_POINTER (operation->uid)))
        continue;
      if (!change_state (tx, operation->operation, STATE_BIT (STORE_OPERATION_WAITING),
                         STORE_OPERATION_SENT, NULL, 0, &is_changed, error) ||
          (target_uid_validity != 0 &&
           !set_target (tx, operation->operation, target_uid_validity, target_uid_next, error)))
        return FALSE;

      g_array_index (work->operations, gint64, n_claimed++) = operation->operation;
    }

  g_array_set_size (work->operations, n_claimed);
  drop_uids (work, lost);
  return TRUE;
}

/**
 * store_tx_resolve_arrival:
 * @operation: a move or a copy
 * @target_uid: from COPYUID, or found by looking at the target
 *
 * Where the message has arrived. Later operations on it learn its UID.
 */
gboolean
store_tx_resolve_arrival (StoreTransaction  *tx,
                          gint64             operation,
                          guint32            target_uid_validity,
                          guint32            target_uid,
                          GError           **error)
{
  g_auto(StoreLocationRow) row = { 0 };
  g_auto(StoreLocationRow) known = { 0 };
  StoreFolderInfo *info;
  gint64 location;
  gboolean is_found = FALSE;
  gboolean is_known = FALSE;

  if (store_tx_cache (tx, error) == NULL ||
      !store_arrival_find (tx, operation, &location, error) ||
      (location != 0 && !store_location_load (tx, location, &row, &is_found, error)))
    return FALSE;
  if (!is_found)
    return store_arrival_note (tx, operation, target_uid_validity, target_uid, error);

  info = store_tx_folder_info (tx, row.folder, error);
  if (info == NULL)
    return FALSE;

  /* a folder that was never selected has no UIDVALIDITY yet, and one that changed will be
   * matched by fingerprint */
  if (info->uid_validity != target_uid_validity)
    return store_arrival_note (tx, operation, target_uid_validity, target_uid, error);

  if (!store_location_load_uid (tx, row.folder, target_uid, &known, &is_known, error))
    return FALSE;
  if (is_known)
    {
      /* it came in before we knew that it is ours: the row that the person has seen stays */
      row.flags = known.flags;
      row.modseq = known.modseq;
      g_free (row.keywords);
      row.keywords = g_strdup (known.keywords);
      row.internal_date = known.internal_date;
      if (!store_location_delete (tx, &known, error))
        return FALSE;
    }

  return store_arrival_adopt (tx, &row, target_uid, error) &&
         store_location_compute (tx, &row, error) &&
         store_location_write (tx, &row, error);
}

static gboolean
change_stranded (StoreTransaction  *tx,
                 const char        *literal,
                 const char        *account_uuid,
                 guint             *out_n_changed,
                 GError           **error)
{
  StoreDb *journal = store_tx_journal (tx, error);
  g_autoptr(StoreStatement) update = NULL;

  if (journal == NULL)
    return FALSE;

  update = store_db_take (journal, literal, error);
  if (update == NULL)
    return FALSE;

  store_bind_text (update, 1, account_uuid);
  store_bind_int (update, 2, tx->now_unix);
  if (!store_db_run (journal, update, error))
    return FALSE;

  *out_n_changed = (guint) sqlite3_changes (journal->handle);
  return TRUE;
}

/**
 * store_tx_recover_operations:
 * @out_n_doubtful: (out) (optional): how many have to be looked for on the server
 *
 * After a start or the loss of a connection, when no command of the account can be under way:
 * changes of flags and removals by UID may be sent again and wait; moves and copies are doubtful. To be
 * called only by the process that syncs.
 */
gboolean
store_tx_recover_operations (StoreTransaction  *tx,
                             const char        *account_uuid,
                             guint             *out_n_doubtful,
                             GError           **error)
{
  guint n_waiting;
  guint n_doubtful;

  if (!change_stranded (tx,
                        "UPDATE operation SET state = 0, changed = ?2"
                        " WHERE account_uuid = ?1 AND state <= 2 AND state = 1 AND kind IN (0, 3)",
                        account_uuid, &n_waiting, error) ||
      !change_stranded (tx,
                        "UPDATE operation SET state = 2, changed = ?2"
                        " WHERE account_uuid = ?1 AND state <= 2 AND state = 1 AND kind IN (1, 2)",
                        account_uuid, &n_doubtful, error))
    return FALSE;

  if (n_waiting + n_doubtful > 0)
    store_change_set_operations (tx->changes);
  if (out_n_doubtful != NULL)
    *out_n_doubtful = n_doubtful;
  return TRUE;
}

/**
 * store_operations_refuse_dependents:
 *
 * What was wished of a message at a target where it never came: there is nothing to do it to.
 */
gboolean
store_operations_refuse_dependents (StoreTransaction  *tx,
                                    gint64             operation,
                                    GError           **error)
{
  g_autoptr(GPtrArray) dependents = NULL;

  dependents = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);
  if (!list_dependents (tx, operation, dependents, error))
    return FALSE;

  for (guint i = 0; i < dependents->len; i++)
    {
      StoreOperation *dependent = g_ptr_array_index (dependents, i);
      gboolean is_changed;

      if (!change_state (tx, dependent->operation,
                         STATE_BIT (STORE_OPERATION_WAITING) | STATE_BIT (STORE_OPERATION_SENT) |
                         STATE_BIT (STORE_OPERATION_DOUBTFUL),
                         STORE_OPERATION_REFUSED,
                         "The message was not found in the folder that it was moved to", 0,
                         &is_changed, error) ||
          !store_operations_refuse_dependents (tx, dependent->operation, error) ||
          !store_arrival_drop (tx, dependent->operation, error))
        return FALSE;
    }

  return TRUE;
}
