/* Moves and copies of which the journal cannot know what became of them: the connection broke between
 * command and answer, or the answer did not say where the messages are.
 *
 * The target is compared with the server, by which the store recognises what has arrived; then the source
 * is asked whether it still has the messages. Only what is absent from the target is done again. */

#include "sync-doubt.h"

#include "base-await.h"
#include "base-time.h"
#include "store-flags.h"
#include "sync-error.h"
#include "sync-folder.h"
#include "sync-settlement.h"

/* A server may still be at it when the next connection looks. */
#define SECOND_LOOK_US (2 * G_USEC_PER_SEC)

/* So often a message that does not arrive is sent on its way. */
#define MAX_ATTEMPTS 5

#define LOST_TEXT "The server cannot say where the message is: look for it in both folders"
#define NOT_FOUND_TEXT "The message was not found again in its folder"
#define NOT_THERE_TEXT "The message was not there any more"

/* Operations of one kind between the same two folders. */
typedef struct
{
  SyncJob *job;            /* (unowned) */
  SyncWorker *worker;      /* (unowned) */
  gboolean was_answered;   /* the server has said OK */
  GPtrArray *operations;   /* (owned) (element-type StoreOperation) */
  StoreFolder *source;     /* (owned) (nullable) */
  StoreFolder *target;     /* (owned) (nullable) */
  ImapUidSet *there;       /* (owned) (nullable): of the messages, those that the source has */
  gboolean is_there_known; /* the server has said which those are */
} Doubt;

static void
doubt_clear (Doubt *doubt)
{
  g_clear_pointer (&doubt->operations, g_ptr_array_unref);
  g_clear_pointer (&doubt->source, store_folder_free);
  g_clear_pointer (&doubt->target, store_folder_free);
  g_clear_pointer (&doubt->there, imap_uid_set_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Doubt, doubt_clear)

/**
 * sync_doubt_remove:
 * @uids: (element-type guint32): messages of the selected mailbox
 * @out_is_gone: (out): %FALSE without UIDPLUS: they are \Deleted, and stay
 *
 * Removes messages for good: those, and no others. May be repeated. Awaits.
 *
 * Returns: whether the server has done it
 */
gboolean
sync_doubt_remove (SyncWorker *worker,
                   const GArray *uids,
                   gboolean *out_is_gone,
                   GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapUidSet) set = imap_uid_set_new ();
  g_autoptr(ImapCommand) store = NULL;
  g_autoptr(ImapCommand) expunge = NULL;

  for (guint i = 0; i < uids->len; i++)
    imap_uid_set_add (set, g_array_index (uids, guint32, i));

  store = imap_session_uid_store (session, set, IMAP_STORE_ADD, IMAP_FLAG_DELETED, NULL, 0);
  if (!imap_command_await (store, NULL, error))
    return FALSE;

  *out_is_gone = imap_session_has (session, IMAP_CAPABILITY_UIDPLUS);
  if (!*out_is_gone)
    return TRUE;

  expunge = imap_session_uid_expunge (session, set);
  return imap_command_await (expunge, NULL, error);
}

/* Looking. */

static gboolean
reload (Doubt *doubt,
        GError **error)
{
  for (guint i = 0; i < doubt->operations->len; i++)
    {
      StoreOperation *known = g_ptr_array_index (doubt->operations, i);
      StoreOperation *now = store_reader_get_operation (sync_worker_get_reader (doubt->worker),
                                                        known->operation, error);

      if (now == NULL)
        return FALSE;

      store_operation_free (known);
      doubt->operations->pdata[i] = now;
    }

  return TRUE;
}

static gboolean
has_arrived (const StoreOperation *operation)
{
  return operation->target_uid != 0;
}

static gboolean
have_all_arrived (Doubt *doubt)
{
  for (guint i = 0; i < doubt->operations->len; i++)
    if (!has_arrived (g_ptr_array_index (doubt->operations, i)))
      return FALSE;

  return TRUE;
}

static gboolean
is_refusal (Doubt *doubt,
            const GError *error)
{
  return error->domain == SYNC_ERROR ||
         (error->domain == IMAP_ERROR &&
          imap_session_is_open (sync_worker_get_session (doubt->worker)));
}

/* Finds out what has arrived. @out_is_known is %FALSE if the comparison did not come to its end. */
static gboolean
see_target (Doubt *doubt,
            gboolean *out_is_known,
            GError **error)
{
  g_autoptr(SyncReport) report = sync_report_new ();
  g_autoptr(GError) local_error = NULL;
  GCancellable *cancellable = doubt->job->cancellable;

  *out_is_known = TRUE;
  if (doubt->target == NULL || have_all_arrived (doubt))
    return TRUE;

  if (sync_worker_select (doubt->worker, doubt->target->folder, cancellable, &local_error) &&
      sync_folder_compare (doubt->worker, doubt->target->folder, report, cancellable,
                           &local_error))
    {
      *out_is_known = report->n_folders > 0;
      return reload (doubt, error);
    }

  /* a mailbox that is not there has nothing in it */
  *out_is_known = g_error_matches (local_error, IMAP_ERROR, IMAP_ERROR_NONEXISTENT);
  if (is_refusal (doubt, local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Finds out what the source still has; it is selected afterwards. That it has nothing is known of a
 * folder that is gone or has other UIDs, and else by what SEARCH names. */
static gboolean
see_source (Doubt *doubt,
            GError **error)
{
  const StoreOperation *first = g_ptr_array_index (doubt->operations, 0);
  g_autoptr(ImapUidSet) uids = imap_uid_set_new ();
  g_autoptr(ImapCommand) search = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *set = NULL;
  g_autofree char *criteria = NULL;

  g_clear_pointer (&doubt->there, imap_uid_set_unref);
  doubt->there = imap_uid_set_new ();
  doubt->is_there_known = doubt->source == NULL;
  if (doubt->source == NULL)
    return TRUE;

  if (!sync_worker_select (doubt->worker, doubt->source->folder, doubt->job->cancellable,
                           &local_error))
    {
      doubt->is_there_known = g_error_matches (local_error, IMAP_ERROR, IMAP_ERROR_NONEXISTENT);
      if (is_refusal (doubt, local_error))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (sync_mailbox_get_selected (sync_worker_get_mailbox (doubt->worker))->uid_validity !=
      first->uid_validity)
    {
      doubt->is_there_known = TRUE;
      return TRUE;
    }

  for (guint i = 0; i < doubt->operations->len; i++)
    imap_uid_set_add (uids, ((StoreOperation *) g_ptr_array_index (doubt->operations, i))->uid);
  set = imap_uid_set_to_string (uids);
  criteria = g_strconcat ("UID ", set, NULL);
  search = imap_session_uid_search (sync_worker_get_session (doubt->worker), criteria);
  if (!imap_command_await (search, doubt->job->cancellable, error))
    return FALSE;

  doubt->is_there_known = imap_command_has_found (search);
  if (imap_command_get_found (search) != NULL)
    {
      imap_uid_set_unref (doubt->there);
      doubt->there = imap_uid_set_intersect (uids, imap_command_get_found (search));
    }
  return TRUE;
}

/* Whether a message lies where it lay, and nowhere else. */
static gboolean
has_stayed_behind (Doubt *doubt)
{
  for (guint i = 0; i < doubt->operations->len; i++)
    {
      const StoreOperation *operation = g_ptr_array_index (doubt->operations, i);

      if (!has_arrived (operation) && imap_uid_set_contains (doubt->there, operation->uid))
        return TRUE;
    }

  return FALSE;
}

static gboolean
wait_a_little (Doubt *doubt,
               GError **error)
{
  const gboolean never = FALSE;
  g_autoptr(GError) local_error = NULL;

  if (base_await (&never, base_time_boottime_us () + SECOND_LOOK_US, doubt->job->cancellable,
                  &local_error) ||
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Settling. */

/* Takes from the source what is in the target. */
static gboolean
finish_moves (Doubt *doubt,
              SyncSettlement *settlement,
              GError **error)
{
  g_autoptr(GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(GError) local_error = NULL;
  gboolean is_gone = FALSE;
  gboolean is_removed;

  for (guint i = 0; i < doubt->operations->len; i++)
    {
      const StoreOperation *operation = g_ptr_array_index (doubt->operations, i);

      if (operation->kind == STORE_OPERATION_MOVE && has_arrived (operation) &&
          imap_uid_set_contains (doubt->there, operation->uid))
        g_array_append_val (uids, operation->uid);
    }
  if (uids->len == 0)
    return TRUE;

  is_removed = sync_doubt_remove (doubt->worker, uids, &is_gone, &local_error);
  if (!is_removed && !is_refusal (doubt, local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!sync_mailbox_settle (sync_worker_get_mailbox (doubt->worker), NULL, error))
    return FALSE;

  for (guint i = 0; i < doubt->operations->len; i++)
    {
      const StoreOperation *operation = g_ptr_array_index (doubt->operations, i);

      if (operation->kind != STORE_OPERATION_MOVE || !has_arrived (operation) ||
          !imap_uid_set_contains (doubt->there, operation->uid))
        continue;
      if (!is_removed)
        sync_settlement_refuse (settlement, operation->operation, local_error->message);
      else
        sync_settlement_do (settlement, operation->operation);
      if (is_removed && is_gone)
        sync_settlement_vanish (settlement, operation->uid);
    }
  if (is_removed && !is_gone)
    sync_settlement_set_flags (settlement, uids, STORE_FLAG_DELETED, 0);

  return TRUE;
}

/* A MOVE that was answered OK has taken the message away; where no UIDPLUS says whereto, that is all
 * that can be known when the target's copy is not recognised. */
static gboolean
was_moved_unseen (Doubt *doubt,
                  const StoreOperation *operation)
{
  ImapSession *session = sync_worker_get_session (doubt->worker);

  return doubt->was_answered && operation->kind == STORE_OPERATION_MOVE &&
         imap_session_has (session, IMAP_CAPABILITY_MOVE) &&
         !imap_session_has (session, IMAP_CAPABILITY_UIDPLUS);
}

static void
settle_one (Doubt *doubt,
            SyncSettlement *settlement,
            const StoreOperation *operation)
{
  gboolean is_move = operation->kind == STORE_OPERATION_MOVE;
  gboolean is_there = imap_uid_set_contains (doubt->there, operation->uid);

  if (operation->kind != STORE_OPERATION_MOVE && operation->kind != STORE_OPERATION_COPY)
    sync_settlement_refuse (settlement, operation->operation, NOT_FOUND_TEXT);
  else if (has_arrived (operation) || (!is_there && was_moved_unseen (doubt, operation)))
    {
      /* finish_moves () has done the other ones */
      if (is_move && is_there)
        return;
      if (is_move && doubt->source != NULL)
        sync_settlement_vanish (settlement, operation->uid);
      sync_settlement_do (settlement, operation->operation);
    }
  else if (!is_there)
    sync_settlement_refuse (settlement, operation->operation,
                            doubt->was_answered ? NOT_THERE_TEXT : LOST_TEXT);
  else if (doubt->was_answered || operation->n_attempts >= MAX_ATTEMPTS)
    sync_settlement_refuse (settlement, operation->operation, LOST_TEXT);
  else
    sync_settlement_release (settlement, operation->operation, 0, NULL);
}

static gboolean
settle (Doubt *doubt,
        GError **error)
{
  g_autoptr(SyncSettlement) settlement = sync_settlement_new (
      doubt->source != NULL ? doubt->source->folder : 0);

  if (!finish_moves (doubt, settlement, error))
    return FALSE;

  for (guint i = 0; i < doubt->operations->len; i++)
    settle_one (doubt, settlement, g_ptr_array_index (doubt->operations, i));

  return sync_settlement_write (settlement, doubt->worker, doubt->job->report, error);
}

static gboolean
see_both (Doubt *doubt,
          gboolean *out_is_known,
          GError **error)
{
  if (!see_target (doubt, out_is_known, error) || !see_source (doubt, error))
    return FALSE;

  *out_is_known = *out_is_known && doubt->is_there_known;
  return TRUE;
}

/* Looks once, and once more before anything is done a second time. */
static gboolean
look (Doubt *doubt,
      gboolean *out_is_known,
      GError **error)
{
  if (!see_both (doubt, out_is_known, error))
    return FALSE;
  if (!*out_is_known || !has_stayed_behind (doubt) || doubt->was_answered)
    return TRUE;

  return wait_a_little (doubt, error) && see_both (doubt, out_is_known, error);
}

static gboolean
find_folders (Doubt *doubt,
              GError **error)
{
  const StoreOperation *first = g_ptr_array_index (doubt->operations, 0);
  StoreReader *reader = sync_worker_get_reader (doubt->worker);
  g_autoptr(GError) local_error = NULL;

  doubt->source = store_reader_find_folder (reader, first->folder_uuid, &local_error);
  if (local_error == NULL && first->target_folder_uuid != NULL)
    doubt->target = store_reader_find_folder (reader, first->target_folder_uuid, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* A cache that was rebuilt does not know its folders yet. */
static gboolean
may_judge (Doubt *doubt,
           gboolean *out_may,
           GError **error)
{
  const char *uuid = sync_core_get_uuid (sync_worker_get_core (doubt->worker));
  g_autoptr(GPtrArray) folders = store_reader_list_folders (
      sync_worker_get_reader (doubt->worker), uuid, error);

  if (folders == NULL)
    return FALSE;

  *out_may = folders->len > 0;
  return TRUE;
}

static gboolean
resolve (Doubt *doubt,
         gboolean *out_is_left,
         GError **error)
{
  gboolean is_known = FALSE;

  if (!may_judge (doubt, &is_known, error))
    return FALSE;
  if (is_known && (!find_folders (doubt, error) || !look (doubt, &is_known, error)))
    return FALSE;
  if (is_known)
    return settle (doubt, error);

  *out_is_left = TRUE;
  return TRUE;
}

static gboolean
belongs_to (const StoreOperation *operation,
            const StoreOperation *first)
{
  return operation->kind == first->kind && operation->uid_validity == first->uid_validity &&
         g_strcmp0 (operation->folder_uuid, first->folder_uuid) == 0 &&
         g_strcmp0 (operation->target_folder_uuid, first->target_folder_uuid) == 0;
}

/* Takes out of @operations those that belong together with the first. */
static GPtrArray *
take_alike (GPtrArray *operations)
{
  GPtrArray *alike = g_ptr_array_new_with_free_func ((GDestroyNotify) store_operation_free);

  g_ptr_array_add (alike, g_ptr_array_steal_index (operations, 0));
  for (guint i = 0; i < operations->len;)
    if (belongs_to (g_ptr_array_index (operations, i), g_ptr_array_index (alike, 0)))
      g_ptr_array_add (alike, g_ptr_array_steal_index (operations, i));
    else
      i++;

  return alike;
}

static gboolean
resolve_all (SyncJob *job,
             SyncWorker *worker,
             GPtrArray *operations,
             gboolean was_answered,
             gboolean *out_is_left,
             GError **error)
{
  while (operations->len > 0)
    {
      g_auto(Doubt) doubt = { .job = job, .worker = worker, .was_answered = was_answered };

      doubt.operations = take_alike (operations);
      if (!resolve (&doubt, out_is_left, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * sync_doubt_look:
 * @operations: (element-type gint64): claimed moves and copies
 * @was_answered: the server has said OK, so that what did not arrive is not sent again
 * @out_is_left: (inout): set where it could not be found out now; they stay as they are
 *
 * Finds out what became of operations, and settles them. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_doubt_look (SyncJob *job,
                 SyncWorker *worker,
                 GArray *operations,
                 gboolean was_answered,
                 gboolean *out_is_left,
                 GError **error)
{
  g_autoptr(GPtrArray) loaded = g_ptr_array_new_with_free_func (
      (GDestroyNotify) store_operation_free);

  for (guint i = 0; i < operations->len; i++)
    {
      StoreOperation *operation = store_reader_get_operation (
          sync_worker_get_reader (worker), g_array_index (operations, gint64, i), error);

      if (operation == NULL)
        return FALSE;
      g_ptr_array_add (loaded, operation);
    }

  return resolve_all (job, worker, loaded, was_answered, out_is_left, error);
}

/**
 * sync_doubt_settle:
 * @out_is_left: (out): whether some of them are as doubtful as before
 *
 * Does the same for all operations of the account that are in doubt. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_doubt_settle (SyncJob *job,
                   SyncWorker *worker,
                   gboolean *out_is_left,
                   GError **error)
{
  const char *uuid = sync_core_get_uuid (sync_worker_get_core (worker));
  g_autoptr(GPtrArray) pending = store_reader_list_operations (sync_worker_get_reader (worker),
                                                               uuid, FALSE, 0, error);

  *out_is_left = FALSE;
  if (pending == NULL)
    return FALSE;

  for (guint i = pending->len; i > 0; i--)
    if (((StoreOperation *) g_ptr_array_index (pending, i - 1))->state !=
        STORE_OPERATION_DOUBTFUL)
      g_ptr_array_remove_index_fast (pending, i - 1);

  return resolve_all (job, worker, pending, FALSE, out_is_left, error);
}
