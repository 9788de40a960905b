/* One command of the mutation lane, or one pair of them: claimed in the journal, sent, settled.
 *
 * A move is MOVE (RFC 6851), or else COPY, then \Deleted, then UID EXPUNGE (RFC 4315). Without UIDPLUS
 * the source stays \Deleted: a plain EXPUNGE could remove what nobody chose. What COPYUID does not
 * account for is looked for in the target before anything is removed at the source. */

#include "sync-carry.h"

#include "base-time.h"
#include "store-flags.h"
#include "store-transaction.h"
#include "sync-doubt.h"
#include "sync-error.h"
#include "sync-facts.h"
#include "sync-folder.h"
#include "sync-latch.h"
#include "sync-list.h"
#include "sync-settlement.h"

/* Flags that every server which says OK has changed; what it thinks of others it tells. */
#define SYSTEM_FLAGS                                                                               \
  (STORE_FLAG_SEEN | STORE_FLAG_FLAGGED | STORE_FLAG_ANSWERED | STORE_FLAG_DRAFT |                 \
   STORE_FLAG_DELETED)

/* How long a server that is busy is left alone, and how long a folder that is not there. */
#define BUSY_S 60
#define MISSING_S 30

typedef struct
{
  SyncJob *job;       /* (unowned) */
  SyncWorker *worker; /* (unowned) */
  StoreWork *work;    /* (unowned) */
  StoreFolder *source; /* (owned) (nullable) */
  StoreFolder *target; /* (owned) (nullable): of a move or a copy */
  guint32 target_uid_validity;
  guint32 target_uid_next;
} Carry;

static void
carry_clear (Carry *carry)
{
  g_clear_pointer (&carry->source, store_folder_free);
  g_clear_pointer (&carry->target, store_folder_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Carry, carry_clear)

static ImapSession *
get_session (Carry *carry)
{
  return sync_worker_get_session (carry->worker);
}

static ImapUidSet *
make_set (const GArray *uids)
{
  ImapUidSet *set = imap_uid_set_new ();

  for (guint i = 0; i < uids->len; i++)
    imap_uid_set_add (set, g_array_index (uids, guint32, i));

  return set;
}

/* Claiming, and giving up before anything was sent. */

static gboolean
claim (StoreTransaction *tx,
       gpointer data,
       GError **error)
{
  Carry *carry = data;

  return store_tx_claim_work (tx, carry->work, carry->target_uid_validity, carry->target_uid_next,
                              error);
}

/* Returns with an empty work when all of it was taken back meanwhile. */
static gboolean
claim_work (Carry *carry,
            GError **error)
{
  return sync_worker_write (carry->worker, STORE_PRIORITY_OPERATIONS, claim, carry, error);
}

static gboolean
settle_all (Carry *carry,
            void (*settle) (SyncSettlement *, gint64, const char *),
            const char *answer,
            GError **error)
{
  g_autoptr(SyncSettlement) settlement = sync_settlement_new (0);

  for (guint i = 0; i < carry->work->operations->len; i++)
    settle (settlement, g_array_index (carry->work->operations, gint64, i), answer);

  return sync_settlement_write (settlement, carry->worker, carry->job->report, error);
}

static void
release_when_free (SyncSettlement *settlement,
                   gint64 operation,
                   const char *answer)
{
  sync_settlement_release (settlement, operation, base_time_now_unix () + BUSY_S, answer);
}

static void
release_when_found (SyncSettlement *settlement,
                    gint64 operation,
                    const char *answer)
{
  sync_settlement_release (settlement, operation, base_time_now_unix () + MISSING_S, answer);
}

static void
release_now (SyncSettlement *settlement,
             gint64 operation,
             const char *answer)
{
  sync_settlement_release (settlement, operation, 0, answer);
}

/* Whether the error is the server's answer to a command, and the connection goes on. */
static gboolean
is_answer (Carry *carry,
           const GError *error)
{
  return error->domain == IMAP_ERROR && imap_session_is_open (get_session (carry));
}

/* What becomes of claimed work whose command has failed. */
static gboolean
settle_failure (Carry *carry,
                GError *failure,
                gboolean is_doubtful,
                GError **error)
{
  g_autoptr(GError) owned = failure;

  if (is_answer (carry, failure))
    return settle_all (carry,
                       g_error_matches (failure, IMAP_ERROR, IMAP_ERROR_TRY_LATER) ?
                           release_when_free : sync_settlement_refuse,
                       failure->message, error);

  /* what may have been carried out stays claimed: recovery knows what to do with it */
  if (!is_doubtful && !settle_all (carry, release_now, NULL, error))
    return FALSE;

  g_propagate_error (error, g_steal_pointer (&owned));
  return FALSE;
}

/* The same for work that is not claimed yet: nothing of it has been sent. */
static gboolean
give_up (Carry *carry,
         GError *failure,
         GError **error)
{
  g_autoptr(GError) owned = failure;

  if (!is_answer (carry, failure) &&
      !g_error_matches (failure, SYNC_ERROR, SYNC_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return FALSE;
    }
  if (!claim_work (carry, error))
    return FALSE;

  return settle_all (carry,
                     g_error_matches (failure, IMAP_ERROR, IMAP_ERROR_TRY_LATER) ?
                         release_when_free : sync_settlement_refuse,
                     failure->message, error);
}

/* Folders. */

/* A folder that the cache does not have is gone only if the list of folders is known: a cache that
 * was rebuilt begins without one. */
static gboolean
miss_folder (Carry *carry,
             GError **error)
{
  SyncCore *core = sync_worker_get_core (carry->worker);
  g_autoptr(GPtrArray) folders = store_reader_list_folders (
      sync_worker_get_reader (carry->worker), sync_core_get_uuid (core), error);

  if (folders == NULL || !claim_work (carry, error))
    return FALSE;
  if (folders->len > 0)
    return settle_all (carry, sync_settlement_refuse, "The folder is not there any more", error);

  sync_core_push_once (core, sync_list_job_new (SYNC_PRIORITY_CHANGE, 0, 0));
  return settle_all (carry, release_when_found, "The folders are not known yet", error);
}

static gboolean
find_folders (Carry *carry,
              GError **error)
{
  StoreReader *reader = sync_worker_get_reader (carry->worker);
  GError *local_error = NULL;

  carry->source = store_reader_find_folder (reader, carry->work->folder_uuid, &local_error);
  if (local_error == NULL && carry->work->target_folder_uuid != NULL)
    carry->target = store_reader_find_folder (reader, carry->work->target_folder_uuid,
                                              &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);
  return FALSE;
}

static gboolean
are_folders_here (Carry *carry)
{
  return carry->source != NULL && carry->source->state != STORE_FOLDER_GONE &&
         (carry->work->target_folder_uuid == NULL ||
          (carry->target != NULL && carry->target->state != STORE_FOLDER_GONE));
}

/* UIDs of another UIDVALIDITY mean other messages. A comparison matches the folder's messages again,
 * and gives waiting operations their new UIDs. */
static gboolean
renew_uids (Carry *carry,
            GError **error)
{
  gint64 first = g_array_index (carry->work->operations, gint64, 0);
  g_autoptr(StoreOperation) operation = NULL;

  if (!sync_folder_compare (carry->worker, carry->source->folder, NULL, carry->job->cancellable,
                            error))
    return FALSE;

  operation = store_reader_get_operation (sync_worker_get_reader (carry->worker), first, error);
  if (operation == NULL)
    return FALSE;
  if (operation->state != STORE_OPERATION_WAITING ||
      operation->uid_validity != carry->work->uid_validity)
    return TRUE;

  return claim_work (carry, error) &&
         settle_all (carry, release_when_found, "The folder's messages have new numbers", error);
}

/* The highest UID tells what the next one is at least. */
static gboolean
find_next_uid (Carry *carry,
               GError **error)
{
  ImapSession *session = get_session (carry);
  g_autoptr(ImapCommand) search = NULL;
  ImapUidSet *found;

  if (imap_session_get_exists (session) == 0)
    {
      carry->target_uid_next = 1;
      return TRUE;
    }

  search = imap_session_uid_search (session, "ALL");
  if (!imap_command_await (search, carry->job->cancellable, error))
    return FALSE;

  found = imap_command_get_found (search);
  if (found == NULL || imap_uid_set_is_empty (found))
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL,
                           "The server does not say which messages the target has");
      return FALSE;
    }

  carry->target_uid_next = imap_uid_set_get_last (found) + 1;
  return TRUE;
}

/* STATUS does not have to say everything that it is asked for, and without it an older copy in the
 * target looks like what was sent: the target is opened, and the source again. */
static gboolean
look_into_target (Carry *carry,
                  GError **error)
{
  const ImapSelected *selected;

  if (!sync_worker_select (carry->worker, carry->target->folder, carry->job->cancellable, error))
    return FALSE;

  selected = sync_mailbox_get_selected (sync_worker_get_mailbox (carry->worker));
  carry->target_uid_validity = selected->uid_validity;
  carry->target_uid_next = selected->uid_next;

  return (carry->target_uid_next != 0 || find_next_uid (carry, error)) &&
         sync_worker_select (carry->worker, carry->source->folder, carry->job->cancellable, error);
}

/* What the target has before anything is sent: what arrives has a higher UID. */
static gboolean
ask_target (Carry *carry,
            GError **error)
{
  const guint wanted = IMAP_MAILBOX_STATUS_UIDVALIDITY | IMAP_MAILBOX_STATUS_UIDNEXT;
  g_autoptr(ImapCommand) command = imap_session_status (get_session (carry), carry->target->name,
                                                        wanted);
  GPtrArray *statuses;
  guint said = 0;

  if (!imap_command_await (command, carry->job->cancellable, error))
    return FALSE;

  statuses = imap_command_get_statuses (command);
  for (guint i = 0; statuses != NULL && i < statuses->len; i++)
    {
      const ImapMailboxStatus *status = g_ptr_array_index (statuses, i);

      if (!imap_mailbox_name_equal (status->mailbox, carry->target->name))
        continue;
      said |= status->items;
      if ((status->items & IMAP_MAILBOX_STATUS_UIDVALIDITY) != 0)
        carry->target_uid_validity = status->uid_validity;
      if ((status->items & IMAP_MAILBOX_STATUS_UIDNEXT) != 0)
        carry->target_uid_next = status->uid_next;
    }

  return ((said & wanted) == wanted && carry->target_uid_next != 0) ||
         look_into_target (carry, error);
}

/* Flags. */

/* Leaves out the keywords that the mailbox does not keep. */
static char **
dup_storable (const ImapSelected *selected,
              const char *const *names)
{
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new ();
  gboolean any = !selected->has_permanent_flags ||
                 (selected->permanent_flags & IMAP_FLAG_ANY) != 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_listed = FALSE;

      for (guint j = 0; selected->permanent_keywords != NULL &&
                        selected->permanent_keywords[j] != NULL && !is_listed; j++)
        is_listed = g_ascii_strcasecmp (names[i], selected->permanent_keywords[j]) == 0;
      if (any || is_listed)
        g_strv_builder_add (kept, names[i]);
    }

  return g_strv_builder_end (kept);
}

/* Returns: (transfer full) (nullable): the command; %NULL when nothing is left of it */
static ImapCommand *
send_store (Carry *carry,
            const ImapUidSet *uids,
            ImapStoreMode mode,
            guint32 flags,
            const char *keywords)
{
  const ImapSelected *selected =
      sync_mailbox_get_selected (sync_worker_get_mailbox (carry->worker));
  g_auto(GStrv) names = NULL;
  g_auto(GStrv) kept = NULL;
  guint system = sync_flags_to_imap (flags, keywords, &names);

  kept = dup_storable (selected, (const char *const *) names);
  if (system == 0 && kept[0] == NULL)
    return NULL;

  return imap_session_uid_store (get_session (carry), uids, mode, system,
                                 (const char *const *) kept, 0);
}

static gboolean
settle_flags (Carry *carry,
              gboolean was_sent,
              GError **error)
{
  const StoreWork *work = carry->work;
  g_autoptr(SyncSettlement) settlement = sync_settlement_new (carry->source->folder);
  gboolean is_refused = !was_sent && work->add_keywords != NULL;

  if (was_sent && !sync_mailbox_settle (sync_worker_get_mailbox (carry->worker), NULL, error))
    return FALSE;

  /* what the server says with FETCH is in the cache by now, and includes what it did not keep */
  for (guint i = 0; i < work->operations->len; i++)
    {
      gint64 operation = g_array_index (work->operations, gint64, i);

      if (is_refused)
        sync_settlement_refuse (settlement, operation, "The folder keeps no labels");
      else
        sync_settlement_do (settlement, operation);
    }
  if (was_sent)
    sync_settlement_set_flags (settlement, work->uids, work->add_flags & SYSTEM_FLAGS,
                               work->remove_flags & SYSTEM_FLAGS);

  return sync_settlement_write (settlement, carry->worker, carry->job->report, error);
}

static gboolean
carry_flags (Carry *carry,
             GError **error)
{
  const StoreWork *work = carry->work;
  g_autoptr(ImapUidSet) uids = make_set (work->uids);
  ImapCommand *commands[2];
  GError *failure = NULL;
  gboolean was_sent;

  commands[0] = send_store (carry, uids, IMAP_STORE_ADD, work->add_flags, work->add_keywords);
  commands[1] = send_store (carry, uids, IMAP_STORE_REMOVE, work->remove_flags,
                            work->remove_keywords);
  was_sent = commands[0] != NULL || commands[1] != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (commands[i] != NULL && failure == NULL)
        imap_command_await (commands[i], carry->job->cancellable, &failure);
      g_clear_pointer (&commands[i], imap_command_unref);
    }

  /* a STORE may be repeated: without an answer it waits again */
  if (failure != NULL)
    return settle_failure (carry, failure, FALSE, error);

  return settle_flags (carry, was_sent, error);
}

/* Removing. */

static gboolean
carry_expunge (Carry *carry,
               GError **error)
{
  const StoreWork *work = carry->work;
  g_autoptr(SyncSettlement) settlement = sync_settlement_new (carry->source->folder);
  GError *failure = NULL;
  gboolean is_gone = FALSE;

  if (!sync_doubt_remove (carry->worker, work->uids, &is_gone, &failure))
    return settle_failure (carry, failure, FALSE, error);
  if (!sync_mailbox_settle (sync_worker_get_mailbox (carry->worker), NULL, error))
    return FALSE;

  for (guint i = 0; i < work->operations->len; i++)
    sync_settlement_do (settlement, g_array_index (work->operations, gint64, i));
  for (guint i = 0; is_gone && i < work->uids->len; i++)
    sync_settlement_vanish (settlement, g_array_index (work->uids, guint32, i));
  if (!is_gone)
    sync_settlement_set_flags (settlement, work->uids, STORE_FLAG_DELETED, 0);

  return sync_settlement_write (settlement, carry->worker, carry->job->report, error);
}

/* Moving and copying. */

typedef struct
{
  GHashTable *copied;   /* (owned): UID in the source → UID in the target, by COPYUID */
  guint32 uid_validity; /* of the target */
  GError *refusal;      /* (owned) (nullable): the server said NO to some of it, or to all */
  gboolean is_moved;    /* by MOVE: what was copied is gone at the source */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->copied, g_hash_table_unref);
  g_clear_error (&answer->refusal);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
read_copied (Answer *answer,
             ImapCommand *command)
{
  GArray *from;
  GArray *to;

  answer->copied = g_hash_table_new (NULL, NULL);
  if (!imap_command_get_copied (command, &answer->uid_validity, &from, &to))
    return;

  for (guint i = 0; i < MIN (from->len, to->len); i++)
    g_hash_table_insert (answer->copied, GUINT_TO_POINTER (g_array_index (from, guint32, i)),
                         GUINT_TO_POINTER (g_array_index (to, guint32, i)));
}

/* Notes where the messages are now, and that a move by MOVE or a copy is done. What COPYUID names is
 * done even if the server refused the rest (RFC 6851 section 3.3). */
static gboolean
settle_copied (Carry *carry,
               const Answer *answer,
               GArray *to_remove,
               GArray *unresolved,
               GError **error)
{
  g_autoptr(SyncSettlement) settlement = sync_settlement_new (carry->source->folder);

  for (guint i = 0; i < carry->work->operations->len; i++)
    {
      gint64 id = g_array_index (carry->work->operations, gint64, i);
      g_autoptr(StoreOperation) operation = store_reader_get_operation (
          sync_worker_get_reader (carry->worker), id, error);
      guint32 uid;

      if (operation == NULL)
        return FALSE;

      uid = GPOINTER_TO_UINT (g_hash_table_lookup (answer->copied,
                                                   GUINT_TO_POINTER (operation->uid)));
      if (uid != 0)
        sync_settlement_arrive (settlement, id, answer->uid_validity, uid);
      else if (answer->refusal == NULL)
        g_array_append_val (unresolved, id);
      else if (g_error_matches (answer->refusal, IMAP_ERROR, IMAP_ERROR_TRY_LATER))
        release_when_free (settlement, id, answer->refusal->message);
      else
        sync_settlement_refuse (settlement, id, answer->refusal->message);

      if (uid != 0 && (answer->is_moved || operation->kind == STORE_OPERATION_COPY))
        sync_settlement_do (settlement, id);
      else if (uid != 0)
        g_array_append_val (to_remove, id);
      if (uid != 0 && answer->is_moved)
        sync_settlement_vanish (settlement, operation->uid);
    }

  return sync_settlement_write (settlement, carry->worker, carry->job->report, error);
}

/* A mailbox may be none that can be moved from or to, though the server has MOVE: copying and
 * removing may still be allowed. */
static gboolean
is_move_refused (ImapCommand *command,
                 const GError *failure,
                 gboolean is_move)
{
  return is_move && failure != NULL && imap_command_get_code (command) == IMAP_CODE_CANNOT &&
         !imap_command_get_copied (command, NULL, NULL, NULL);
}

/* A server that does not know a command that it has announced is spared it from now on. */
static gboolean
is_move_broken (ImapCommand *command,
                const GError *failure,
                gboolean is_move)
{
  return is_move && failure != NULL && g_error_matches (failure, IMAP_ERROR, IMAP_ERROR_BAD) &&
         !imap_command_get_copied (command, NULL, NULL, NULL);
}

static gboolean
settle_answer (Carry *carry,
               Answer *answer,
               GError **error)
{
  g_autoptr(GArray) to_remove = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) unresolved = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean is_left = FALSE;

  if (!sync_mailbox_settle (sync_worker_get_mailbox (carry->worker), NULL, error) ||
      !settle_copied (carry, answer, to_remove, unresolved, error))
    return FALSE;

  /* what has arrived for certain and still lies at the source is finished as after a crash */
  g_array_append_vals (unresolved, to_remove->data, to_remove->len);
  return unresolved->len == 0 ||
         sync_doubt_look (carry->job, carry->worker, unresolved, TRUE, &is_left, error);
}

static gboolean
carry_copy (Carry *carry,
            GError **error)
{
  ImapSession *session = get_session (carry);
  gboolean is_move = carry->work->kind == STORE_OPERATION_MOVE &&
                     imap_session_has (session, IMAP_CAPABILITY_MOVE);
  g_autoptr(ImapUidSet) uids = make_set (carry->work->uids);
  g_autoptr(ImapCommand) command = NULL;
  g_auto(Answer) answer = { 0 };
  GError *failure = NULL;

  command = is_move ? imap_session_uid_move (session, uids, carry->target->name) :
                      imap_session_uid_copy (session, uids, carry->target->name);
  imap_command_await (command, carry->job->cancellable, &failure);
  if (is_move_refused (command, failure, is_move))
    {
      g_clear_error (&failure);
      g_clear_pointer (&command, imap_command_unref);
      is_move = FALSE;
      command = imap_session_uid_copy (session, uids, carry->target->name);
      imap_command_await (command, carry->job->cancellable, &failure);
    }
  if (failure != NULL && !is_answer (carry, failure))
    {
      if (is_move)
        sync_latch_suspect (carry->worker, "MOVE", failure);
      return settle_failure (carry, failure, imap_command_is_doubtful (command), error);
    }

  if (is_move_broken (command, failure, is_move))
    {
      imap_session_latch_off (session, IMAP_CAPABILITY_MOVE, failure->message);
      g_error_free (failure);
      return settle_all (carry, release_now, NULL, error);
    }

  if (is_move && failure == NULL)
    sync_latch_acquit (carry->worker, "MOVE");
  answer.is_moved = is_move;
  answer.refusal = failure;
  read_copied (&answer, command);
  return settle_answer (carry, &answer, error);
}

static gboolean
send_claimed (Carry *carry,
              GError **error)
{
  switch (carry->work->kind)
    {
    case STORE_OPERATION_FLAGS:
      return carry_flags (carry, error);
    case STORE_OPERATION_EXPUNGE:
      return carry_expunge (carry, error);
    case STORE_OPERATION_MOVE:
    case STORE_OPERATION_COPY:
    default:
      return carry_copy (carry, error);
    }
}

/* Zimbra has a mailbox be read-only for a moment, and says so: it is opened once more. */
static gboolean
select_to_write (Carry *carry,
                 GError **error)
{
  gint64 folder_id = carry->source->folder;
  GCancellable *cancellable = carry->job->cancellable;
  g_autoptr(ImapCommand) unselect = NULL;

  if (!sync_worker_select (carry->worker, folder_id, cancellable, error))
    return FALSE;
  if (!sync_mailbox_get_selected (sync_worker_get_mailbox (carry->worker))->is_read_only)
    return TRUE;

  unselect = imap_session_unselect (get_session (carry));
  return imap_command_await (unselect, cancellable, error) &&
         sync_worker_select (carry->worker, folder_id, cancellable, error);
}

/**
 * sync_carry_out:
 * @work: from store_reader_find_work (); claimed here
 *
 * Carries out the same change of many messages of a folder and settles it, whatever the answer
 * is. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed; what was claimed then is for
 *   store_tx_recover_operations ()
 */
gboolean
sync_carry_out (SyncJob *job,
                SyncWorker *worker,
                StoreWork *work,
                GError **error)
{
  g_auto(Carry) carry = { .job = job, .worker = worker, .work = work };
  GError *failure = NULL;

  if (!find_folders (&carry, error))
    return FALSE;
  if (!are_folders_here (&carry))
    return miss_folder (&carry, error);

  if (!select_to_write (&carry, &failure))
    return give_up (&carry, failure, error);
  if (carry.target != NULL && !ask_target (&carry, &failure))
    return give_up (&carry, failure, error);
  if (sync_mailbox_get_selected (sync_worker_get_mailbox (worker))->uid_validity !=
      work->uid_validity)
    return renew_uids (&carry, error);

  if (!claim_work (&carry, error))
    return FALSE;

  return work->operations->len == 0 || send_claimed (&carry, error);
}
