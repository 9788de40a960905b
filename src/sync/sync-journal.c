#include "sync-journal.h"

#include "sync-account-private.h"

#include "mime-message.h"
#include "store-flags.h"
#include "store-reader.h"
#include "store-transaction.h"
#include "sync-create.h"
#include "sync-error.h"
#include "sync-filing.h"
#include "sync-operations.h"
#include "sync-outbox.h"

/*
 * What a person does is written down first: this is the journal's half. Carrying it to the server
 * is for the workers, which are woken when it is durable.
 */

typedef struct
{
  SyncChange *change; /* (owned) */
  char *uuid;         /* (owned): of the account */
  gint64 group;       /* out: what undo takes */
  StoreSpecialUse missing; /* out: the role for which there is no folder */
  gboolean is_retried;     /* one has been made */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  sync_change_unref (change->change);
  g_free (change->uuid);
  g_free (change);
}

static gboolean
find_role (StoreTransaction *tx,
           Change *change,
           StoreSpecialUse use,
           gint64 *out_folder,
           GError **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(StoreFolder) folder =
    store_reader_find_folder_by_use (store_tx_get_reader (tx), change->uuid, use, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (folder == NULL)
    {
      change->missing = use;
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NO_FOLDER,
                           "The account has no folder for this");
      return FALSE;
    }

  *out_folder = folder->folder;
  return TRUE;
}

static gboolean
enqueue (StoreTransaction *tx,
         Change *change,
         const StoreWish *wish,
         GError **error)
{
  gsize n_locations;
  const gint64 *locations = sync_change_get_locations (change->change, &n_locations);

  return store_tx_enqueue (tx, wish, locations, n_locations, &change->group, NULL, error);
}

static gboolean
move_to_role (StoreTransaction *tx,
              Change *change,
              StoreSpecialUse use,
              GError **error)
{
  StoreWish wish = { .kind = STORE_OPERATION_MOVE };

  return find_role (tx, change, use, &wish.target_folder, error) &&
         enqueue (tx, change, &wish, error);
}

/* What the server learns by comes before the move: afterwards the message lies elsewhere. */
static gboolean
mark_junk (StoreTransaction *tx,
           Change *change,
           gboolean is_junk,
           GError **error)
{
  StoreWish wish = {
    .kind = STORE_OPERATION_FLAGS,
    .add_flags = is_junk ? STORE_FLAG_JUNK : STORE_FLAG_NOT_JUNK,
    .remove_flags = is_junk ? STORE_FLAG_NOT_JUNK : STORE_FLAG_JUNK,
  };

  return enqueue (tx, change, &wish, error) &&
         move_to_role (tx, change, is_junk ? STORE_SPECIAL_JUNK : STORE_SPECIAL_INBOX, error);
}

/* @out_folder is %NULL when the location is gone. */
static gboolean
load_place (StoreTransaction *tx,
            gint64 location_id,
            StoreLocation *out_location,
            StoreFolder **out_folder,
            GError **error)
{
  StoreReader *reader = store_tx_get_reader (tx);
  g_autoptr(GError) local_error = NULL;

  *out_folder = NULL;
  if (store_reader_get_location (reader, location_id, out_location, &local_error))
    *out_folder = store_reader_get_folder (reader, out_location->folder, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
is_label (const StoreFolder *folder)
{
  return (folder->attributes & STORE_FOLDER_LABEL) != 0;
}

/* Inside Trash and Drafts there is nowhere to move to. Gmail removes only what lies in Trash or Spam:
 * elsewhere it takes a label away. */
static gboolean
lies_at_the_end (StoreTransaction *tx,
                 gint64 location_id,
                 gboolean *out_is_end,
                 GError **error)
{
  g_autoptr(StoreFolder) folder = NULL;
  StoreLocation location;

  if (!load_place (tx, location_id, &location, &folder, error))
    return FALSE;

  *out_is_end = folder != NULL && (folder->special_use == STORE_SPECIAL_TRASH ||
                                   (folder->special_use == STORE_SPECIAL_DRAFTS &&
                                    !is_label (folder)));
  return TRUE;
}

static gboolean
find_in_folder (StoreTransaction *tx,
                gint64 message,
                gint64 folder_id,
                gint64 *out_location,
                GError **error)
{
  g_autoptr(GArray) locations = store_reader_list_locations (store_tx_get_reader (tx), message,
                                                             error);

  *out_location = 0;
  if (locations == NULL)
    return FALSE;

  for (guint i = 0; i < locations->len; i++)
    {
      const StoreLocation *location = &g_array_index (locations, StoreLocation, i);

      if (location->folder == folder_id && location->is_shown)
        *out_location = location->location;
    }

  return TRUE;
}

/* For good, from a folder of Gmail's that is a label: by way of Trash. */
static gboolean
expunge_label (StoreTransaction *tx,
               Change *change,
               const StoreLocation *location,
               GError **error)
{
  StoreWish move = { .kind = STORE_OPERATION_MOVE };
  StoreWish expunge = { .kind = STORE_OPERATION_EXPUNGE };
  gint64 in_trash;

  if (!find_role (tx, change, STORE_SPECIAL_TRASH, &move.target_folder, error) ||
      !store_tx_enqueue (tx, &move, &location->location, 1, &change->group, NULL, error) ||
      !find_in_folder (tx, location->message, move.target_folder, &in_trash, error))
    return FALSE;

  return in_trash == 0 ||
         store_tx_enqueue (tx, &expunge, &in_trash, 1, &change->group, NULL, error);
}

static gboolean
expunge_messages (StoreTransaction *tx,
                  Change *change,
                  GError **error)
{
  StoreWish wish = { .kind = STORE_OPERATION_EXPUNGE };
  gsize n_locations;
  const gint64 *locations = sync_change_get_locations (change->change, &n_locations);

  for (gsize i = 0; i < n_locations; i++)
    {
      g_autoptr(StoreFolder) folder = NULL;
      StoreLocation location;

      if (!load_place (tx, locations[i], &location, &folder, error))
        return FALSE;
      if (folder != NULL && is_label (folder) && folder->special_use != STORE_SPECIAL_TRASH &&
          folder->special_use != STORE_SPECIAL_JUNK)
        {
          if (!expunge_label (tx, change, &location, error))
            return FALSE;
        }
      else if (!store_tx_enqueue (tx, &wish, &locations[i], 1, &change->group, NULL, error))
        return FALSE;
    }

  return TRUE;
}

/* In Gmail a message is archived when it is not in the inbox. It is taken out of there, wherever the
 * person sees it, by a move to All Mail, where it has been all the time: nothing is removed that
 * was not seen there. What lies in Trash or Spam is moved out of that. */
static gboolean
archive_label (StoreTransaction *tx,
               Change *change,
               const StoreLocation *location,
               const StoreFolder *folder,
               gint64 all_id,
               GError **error)
{
  StoreWish wish = { .kind = STORE_OPERATION_MOVE, .target_folder = all_id };
  gint64 from = location->location;
  gint64 inbox_id;

  if (folder->special_use != STORE_SPECIAL_INBOX && folder->special_use != STORE_SPECIAL_TRASH &&
      folder->special_use != STORE_SPECIAL_JUNK &&
      (!find_role (tx, change, STORE_SPECIAL_INBOX, &inbox_id, error) ||
       !find_in_folder (tx, location->message, inbox_id, &from, error)))
    return FALSE;

  return from == 0 || store_tx_enqueue (tx, &wish, &from, 1, &change->group, NULL, error);
}

static gboolean
archive_messages (StoreTransaction *tx,
                  Change *change,
                  GError **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(StoreFolder) all = store_reader_find_folder_by_use (
      store_tx_get_reader (tx), change->uuid, STORE_SPECIAL_ALL, &local_error);
  gsize n_locations;
  const gint64 *locations = sync_change_get_locations (change->change, &n_locations);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (all == NULL || !is_label (all))
    return move_to_role (tx, change, STORE_SPECIAL_ARCHIVE, error);

  for (gsize i = 0; i < n_locations; i++)
    {
      g_autoptr(StoreFolder) folder = NULL;
      StoreLocation location;

      if (!load_place (tx, locations[i], &location, &folder, error) ||
          (folder != NULL &&
           !archive_label (tx, change, &location, folder, all->folder, error)))
        return FALSE;
    }

  return TRUE;
}

/* Each message by where it lies itself: those of a conversation lie in several folders, and one of
 * them in the trash must not take the others with it for good. */
static gboolean
delete_messages (StoreTransaction *tx,
                 Change *change,
                 GError **error)
{
  g_autoptr(GArray) at_end = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));
  StoreWish expunge = { .kind = STORE_OPERATION_EXPUNGE };
  StoreWish move = { .kind = STORE_OPERATION_MOVE };
  gsize n_locations;
  const gint64 *locations = sync_change_get_locations (change->change, &n_locations);

  for (gsize i = 0; i < n_locations; i++)
    {
      gboolean is_end = FALSE;

      if (!lies_at_the_end (tx, locations[i], &is_end, error))
        return FALSE;
      g_array_append_val (is_end ? at_end : others, locations[i]);
    }

  if (others->len > 0 &&
      (!find_role (tx, change, STORE_SPECIAL_TRASH, &move.target_folder, error) ||
       !store_tx_enqueue (tx, &move, (const gint64 *) (gpointer) others->data, others->len,
                          &change->group, NULL, error)))
    return FALSE;

  return at_end->len == 0 ||
         store_tx_enqueue (tx, &expunge, (const gint64 *) (gpointer) at_end->data, at_end->len,
                           &change->group, NULL, error);
}

static gboolean
change_flags (StoreTransaction *tx,
              Change *change,
              GError **error)
{
  const char *const *add = sync_change_get_add_keywords (change->change);
  const char *const *remove = sync_change_get_remove_keywords (change->change);
  g_autofree char *add_keywords = add != NULL ? g_strjoinv (" ", (char **) add) : NULL;
  g_autofree char *remove_keywords = remove != NULL ? g_strjoinv (" ", (char **) remove) : NULL;
  StoreWish wish = {
    .kind = STORE_OPERATION_FLAGS,
    .add_flags = sync_change_get_add_flags (change->change),
    .remove_flags = sync_change_get_remove_flags (change->change),
    .add_keywords = add_keywords,
    .remove_keywords = remove_keywords,
  };

  return enqueue (tx, change, &wish, error);
}

/* Runs on the store's writer thread. */
static gboolean
write_change (StoreTransaction *tx,
              gpointer data,
              GError **error)
{
  Change *change = data;
  StoreWish wish = { .target_folder = sync_change_get_target_folder_id (change->change) };

  /* a first attempt that was rolled back has named no group: its number may be another's by now */
  change->group = 0;
  switch (sync_change_get_kind (change->change))
    {
    case SYNC_CHANGE_FLAGS:
      return change_flags (tx, change, error);
    case SYNC_CHANGE_MOVE:
      wish.kind = STORE_OPERATION_MOVE;
      return enqueue (tx, change, &wish, error);
    case SYNC_CHANGE_COPY:
      wish.kind = STORE_OPERATION_COPY;
      return enqueue (tx, change, &wish, error);
    case SYNC_CHANGE_ARCHIVE:
      return archive_messages (tx, change, error);
    case SYNC_CHANGE_DELETE:
      return delete_messages (tx, change, error);
    case SYNC_CHANGE_JUNK:
      return mark_junk (tx, change, TRUE, error);
    case SYNC_CHANGE_NOT_JUNK:
      return mark_junk (tx, change, FALSE, error);
    case SYNC_CHANGE_EXPUNGE:
    default:
      return expunge_messages (tx, change, error);
    }
}

/**
 * sync_journal_push_operations:
 *
 * Has what waits in the journal carried to the server as soon as that can be done. Any thread.
 */
void
sync_journal_push_operations (SyncCore *core)
{
  sync_core_push_once (core, sync_operations_job_new (0, 0));
}

/**
 * sync_journal_push_outbox:
 *
 * Has what waits in the outbox sent, and the copies of what was sent filed, as soon as that can be
 * done. Any thread.
 */
void
sync_journal_push_outbox (SyncCore *core)
{
  sync_core_push_once (core, sync_outbox_job_new (0, 0));
  sync_core_push_once (core, sync_filing_job_new (0, 0));
}

static void
push_what_follows (SyncAccount *self,
                   gpointer tag)
{
  SyncCore *core = sync_account_get_core (self);

  sync_journal_push_operations (core);
  if (tag == sync_account_submit_async || tag == sync_account_outbox_act_async)
    sync_journal_push_outbox (core);
}

static void journal_written_cb (GObject      *source,
                                GAsyncResult *result,
                                gpointer      user_data);

/* A change that needs a folder which the account does not have: it is made, and the change written once
 * more. That takes a server; without one the person is told. */
static gboolean
may_create_folder (GTask *task,
                   const GError *error)
{
  SyncAccount *self = g_task_get_source_object (task);
  g_autoptr(SyncStatus) status = sync_account_dup_status (self);
  Change *change;

  if (g_task_get_source_tag (task) != sync_account_change_async ||
      !g_error_matches (error, SYNC_ERROR, SYNC_ERROR_NO_FOLDER))
    return FALSE;

  change = g_task_get_task_data (task);
  return !change->is_retried && change->missing != STORE_SPECIAL_INBOX &&
         status->state != SYNC_STATE_STOPPED;
}

static void
on_created (SyncJob *job,
            gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SyncAccount *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  if (job->error != NULL)
    {
      g_task_return_new_error (task, SYNC_ERROR, SYNC_ERROR_NO_FOLDER,
                               "The account has no folder for this: %s", job->error->message);
      return;
    }

  change->is_retried = TRUE;
  store_write_async (sync_core_get_store (sync_account_get_core (self)), STORE_PRIORITY_PERSON,
                     write_change, change, NULL, NULL, journal_written_cb,
                     g_steal_pointer (&task));
}

static void
create_folder (GTask *task)
{
  SyncAccount *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  SyncJob *job = sync_create_job_new (change->missing, SYNC_JOB_FAIL_OFFLINE);

  sync_job_set_done (job, on_created, task);
  sync_core_push (sync_account_get_core (self), job);
}

static void
journal_written_cb (GObject *source,
                    GAsyncResult *result,
                    gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SyncAccount *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!store_write_finish (STORE_STORE (source), result, &error))
    {
      if (may_create_folder (task, error))
        create_folder (g_steal_pointer (&task));
      else
        g_task_return_error (task, g_steal_pointer (&error));
      g_clear_error (&error);
      return;
    }

  /* else sync_account_settle_async () is what carries it out, and what tells of refusals */
  if (sync_account_is_live (self))
    push_what_follows (self, g_task_get_source_tag (task));
  g_task_return_boolean (task, TRUE);
}

/* Gives the writer @func, and the workers something to do when it has been committed. */
static void
write_journal (SyncAccount *self,
               gpointer tag,
               StoreWriteFunc func,
               gpointer data,
               GDestroyNotify destroy,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, data, destroy);
  /* the task holds the data until its callback has run */
  store_write_async (sync_core_get_store (sync_account_get_core (self)), STORE_PRIORITY_PERSON,
                     func, data, NULL, NULL, journal_written_cb, task);
}

/**
 * sync_account_change_async:
 * @change: what the person did
 *
 * Writes a change into the journal, from where it is shown at once and carried to the server.
 */
void
sync_account_change_async (SyncAccount *self,
                           SyncChange *change,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Change *data;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));
  g_return_if_fail (change != NULL);

  data = g_new0 (Change, 1);
  data->change = sync_change_ref (change);
  data->uuid = g_strdup (sync_account_get_uuid (self));
  write_journal (self, sync_account_change_async, write_change, data, change_free, callback,
                 user_data);
}

/**
 * sync_account_change_finish:
 * @out_change_id: (out) (optional): what sync_account_undo_async () takes; 0 when there was
 *   nothing to do
 *
 * Errors: SYNC_ERROR_NO_FOLDER, STORE_ERROR.
 *
 * Returns: whether it is durable
 */
gboolean
sync_account_change_finish (SyncAccount *self,
                            GAsyncResult *result,
                            gint64 *out_change_id,
                            GError **error)
{
  Change *data;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  data = g_task_get_task_data (G_TASK (result));
  if (out_change_id != NULL)
    *out_change_id = data->group;

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Runs on the store's writer thread. */
static gboolean
write_undo (StoreTransaction *tx,
            gpointer data,
            GError **error)
{
  StoreUndo undo;

  if (!store_tx_undo (tx, *(gint64 *) data, &undo, error))
    return FALSE;

  if (undo.n_impossible > 0 && undo.n_dropped + undo.n_inverted == 0)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_TOO_LATE,
                           "It has been done and cannot be taken back");
      return FALSE;
    }

  return TRUE;
}

/**
 * sync_account_undo_async:
 * @change_id: from sync_account_change_finish ()
 *
 * Takes a change back: what still waits is dropped, of what was sent the opposite is asked for.
 */
void
sync_account_undo_async (SyncAccount *self,
                         gint64 change_id,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  write_journal (self, sync_account_undo_async, write_undo,
                 g_memdup2 (&change_id, sizeof change_id), g_free, callback, user_data);
}

/**
 * sync_account_undo_finish:
 *
 * Errors: SYNC_ERROR_TOO_LATE, STORE_ERROR.
 *
 * Returns: whether the taking back is durable
 */
gboolean
sync_account_undo_finish (SyncAccount *self,
                          GAsyncResult *result,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The outbox */

typedef struct
{
  SyncSubmission *submission; /* (owned) */
  char *uuid;                 /* (owned): of the account */
  gint64 item;                /* out */
} Submission;

static void
submission_free (gpointer data)
{
  Submission *submission = data;

  sync_submission_free (submission->submission);
  g_free (submission->uuid);
  g_free (submission);
}

/* The message that gets its mark once the answer is sent, by an identity that outlives the cache. */
static gboolean
name_answered (StoreTransaction *tx,
               const SyncSubmission *submission,
               StoreOutgoing *outgoing,
               StoreFolder **out_folder,
               GError **error)
{
  gint64 id = submission->answered_location_id != 0 ? submission->answered_location_id
                                                    : submission->forwarded_location_id;
  g_autoptr(GError) local_error = NULL;
  StoreLocation location;

  if (id == 0)
    return TRUE;

  if (store_reader_get_location (store_tx_get_reader (tx), id, &location, &local_error))
    *out_folder = store_reader_get_folder (store_tx_get_reader (tx), location.folder,
                                           &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* gone meanwhile, or still on its way to where it lies: it goes without the mark */
  if (*out_folder == NULL || location.uid == 0)
    return TRUE;

  outgoing->answered_folder_uuid = (*out_folder)->uuid;
  outgoing->answered_uid_validity = location.uid_validity;
  outgoing->answered_uid = location.uid;
  outgoing->answered_flag = submission->answered_location_id != 0 ? STORE_FLAG_ANSWERED
                                                                  : STORE_FLAG_FORWARDED;
  return TRUE;
}

/* Runs on the store's writer thread. */
static gboolean
write_submission (StoreTransaction *tx,
                  gpointer data,
                  GError **error)
{
  Submission *self = data;
  const SyncSubmission *submission = self->submission;
  g_autoptr(MimeMessage) message = mime_message_new (submission->message);
  MimeHeaders *headers = mime_message_get_headers (message);
  g_autofree char *to_text =
    mime_address_list_format (mime_headers_get_addresses (headers, MIME_ADDRESS_FIELD_TO));
  g_autoptr(StoreFolder) answered_folder = NULL;
  StoreOutgoing outgoing = {
    .uuid = submission->uuid,
    .account_uuid = self->uuid,
    .identity = submission->identity,
    .sender = submission->sender,
    .recipients = (const char *const *) submission->recipients,
    .message_id = mime_headers_get_message_id (headers),
    .subject = mime_headers_get_subject (headers),
    .to_text = to_text,
    .bytes = submission->message,
    .filed_bytes = submission->local_copy,
    .not_before_unix = submission->not_before_unix,
    .draft_uuid = submission->draft_uuid,
  };

  return name_answered (tx, submission, &outgoing, &answered_folder, error) &&
         store_tx_put_outgoing (tx, &outgoing, &self->item, error);
}

/**
 * sync_account_submit_async:
 * @submission: a finished message
 *
 * Puts a message into the outbox. It is safe when this has ended, and sent when that can be done.
 */
void
sync_account_submit_async (SyncAccount *self,
                           SyncSubmission *submission,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Submission *data;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));
  g_return_if_fail (submission != NULL);

  data = g_new0 (Submission, 1);
  data->submission = sync_submission_copy (submission);
  data->uuid = g_strdup (sync_account_get_uuid (self));
  write_journal (self, sync_account_submit_async, write_submission, data, submission_free,
                 callback, user_data);
}

/**
 * sync_account_submit_finish:
 * @out_outbox_id: (out) (optional): what the outbox calls it
 *
 * Returns: whether it is durable
 */
gboolean
sync_account_submit_finish (SyncAccount *self,
                            GAsyncResult *result,
                            gint64 *out_outbox_id,
                            GError **error)
{
  Submission *data;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  data = g_task_get_task_data (G_TASK (result));
  if (out_outbox_id != NULL)
    *out_outbox_id = data->item;

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  SyncCore *core; /* (owned) */
  gint64 item;
  SyncOutboxAction action;
} Decision;

static void
decision_free (gpointer data)
{
  Decision *decision = data;

  sync_core_unref (decision->core);
  g_free (decision);
}

/* Takes the first step that the item's state permits. */
static gboolean
step (StoreTransaction *tx,
      gint64 item,
      const StoreOutboxState *from,
      gsize n_from,
      StoreOutboxState to,
      gboolean *out_is_changed,
      GError **error)
{
  *out_is_changed = FALSE;
  for (gsize i = 0; i < n_from && !*out_is_changed; i++)
    if (!store_tx_set_outbox_state (tx, item, from[i], to, out_is_changed, error))
      return FALSE;

  return TRUE;
}

/* Again, and now: what failed, what waits for its time, and the copy in Sent of what was sent. */
static gboolean
retry (StoreTransaction *tx,
       gint64 id,
       gboolean *out_is_changed,
       GError **error)
{
  g_autoptr(StoreOutboxItem) item = store_reader_get_outbox_item (store_tx_get_reader (tx), id,
                                                                  error);

  *out_is_changed = FALSE;
  if (item == NULL)
    return FALSE;

  if (item->state == STORE_OUTBOX_QUEUED ||
      (item->state == STORE_OUTBOX_SENT && item->error_class != NULL))
    *out_is_changed = TRUE;
  else if (!store_tx_set_outbox_state (tx, id, STORE_OUTBOX_FAILED, STORE_OUTBOX_QUEUED,
                                       out_is_changed, error))
    return FALSE;

  return !*out_is_changed || store_tx_set_outbox_failure (tx, id, NULL, NULL, 0, error);
}

static gboolean
mark_answered (StoreTransaction *tx,
               gint64 id,
               GError **error)
{
  g_autoptr(StoreOutboxItem) item = store_reader_get_outbox_item (store_tx_get_reader (tx), id,
                                                                  error);

  return item != NULL && sync_outbox_mark_answered (tx, item, error);
}

/* Runs on the store's writer thread. */
static gboolean
write_decision (StoreTransaction *tx,
                gpointer data,
                GError **error)
{
  static const StoreOutboxState unsure[] = { STORE_OUTBOX_UNSURE };
  static const StoreOutboxState unsent[] = { STORE_OUTBOX_QUEUED, STORE_OUTBOX_FAILED,
                                             STORE_OUTBOX_UNSURE };
  const Decision *decision = data;
  gboolean is_changed = FALSE;
  gboolean ok = TRUE;

  if (sync_core_is_sending (decision->core, decision->item))
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_TOO_LATE,
                           "The message is on its way: the server has not answered yet");
      return FALSE;
    }

  switch (decision->action)
    {
    case SYNC_OUTBOX_RETRY:
      ok = retry (tx, decision->item, &is_changed, error);
      break;
    case SYNC_OUTBOX_RESEND:
      ok = step (tx, decision->item, unsure, G_N_ELEMENTS (unsure), STORE_OUTBOX_QUEUED,
                 &is_changed, error);
      break;
    case SYNC_OUTBOX_MARK_SENT:
      ok = step (tx, decision->item, unsure, G_N_ELEMENTS (unsure), STORE_OUTBOX_SENT,
                 &is_changed, error) &&
           (!is_changed || mark_answered (tx, decision->item, error));
      break;
    case SYNC_OUTBOX_CANCEL:
    default:
      ok = step (tx, decision->item, unsent, G_N_ELEMENTS (unsent), STORE_OUTBOX_CANCELLED,
                 &is_changed, error);
    }

  if (ok && !is_changed)
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_TOO_LATE,
                           "The message is on its way, or has been sent");
      return FALSE;
    }

  return ok;
}

/**
 * sync_account_outbox_act_async:
 * @outbox_id: a message in the outbox
 * @action: what the person has decided about it
 *
 * Writes the decision down; the workers go by it.
 */
void
sync_account_outbox_act_async (SyncAccount *self,
                               gint64 outbox_id,
                               SyncOutboxAction action,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Decision *data;

  g_return_if_fail (SYNC_IS_ACCOUNT (self));

  data = g_new0 (Decision, 1);
  data->core = sync_core_ref (sync_account_get_core (self));
  data->item = outbox_id;
  data->action = action;
  write_journal (self, sync_account_outbox_act_async, write_decision, data,
                 decision_free, callback, user_data);
}

/**
 * sync_account_outbox_act_finish:
 *
 * Errors: SYNC_ERROR_TOO_LATE, STORE_ERROR.
 *
 * Returns: whether the decision is durable
 */
gboolean
sync_account_outbox_act_finish (SyncAccount *self,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
