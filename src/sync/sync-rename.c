/* Recognises a mailbox that has another name now, so that its messages need not be fetched again
 * and keep their identity. */

#include "sync-rename.h"

#include "store-transaction.h"
#include "sync-window.h"

/* How many messages have to be the same. */
#define SAMPLE 3

#define IDENTITY_ITEMS (IMAP_MAILBOX_STATUS_UIDVALIDITY | IMAP_MAILBOX_STATUS_UIDNEXT)

static const StoreFolder *
find_cached (GPtrArray *cached,
             const char *name)
{
  for (guint i = 0; i < cached->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (cached, i);

      if (imap_mailbox_name_equal (folder->name, name))
        return folder;
    }

  return NULL;
}

static const StoreFolder *
find_by_id (GPtrArray *cached,
            gint64 folder_id)
{
  for (guint i = 0; i < cached->len; i++)
    if (((const StoreFolder *) g_ptr_array_index (cached, i))->folder == folder_id)
      return g_ptr_array_index (cached, i);

  return NULL;
}

/* What the server says of a message of the sample. */
typedef struct
{
  guint32 uid;
  gint64 internal_date_unix;
  gint64 size_bytes;
} Sampled;

static void
keep_sample (ImapSession *session,
             const ImapResponse *response,
             guint32 uid,
             gpointer user_data)
{
  GArray *sample = user_data;
  const ImapFetch *fetch = response->fetch;
  Sampled sampled = { uid, fetch->internal_date_unix, (gint64) fetch->size_bytes };

  if ((fetch->items & IMAP_FETCH_INTERNALDATE) != 0 && (fetch->items & IMAP_FETCH_SIZE) != 0)
    g_array_append_val (sample, sampled);
}

static gboolean
is_cached (SyncWorker *worker,
           gint64 folder_id,
           const Sampled *sampled)
{
  StoreReader *reader = sync_worker_get_reader (worker);
  gint64 location = store_reader_find_uid (reader, folder_id, sampled->uid, NULL);
  g_autoptr(StoreMessage) message = NULL;

  if (location != 0)
    message = store_reader_get_message (reader, location, NULL);

  return message != NULL && message->internal_date_unix == sampled->internal_date_unix &&
         message->row->size_bytes == sampled->size_bytes;
}

static ImapUidSet *
get_newest_uids (SyncWorker *worker,
                 gint64 folder_id,
                 GError **error)
{
  g_autoptr(GArray) rows = store_reader_list_uids (sync_worker_get_reader (worker), folder_id, 1,
                                                   G_MAXUINT32, error);
  ImapUidSet *uids;

  if (rows == NULL)
    return NULL;

  uids = imap_uid_set_new ();
  for (guint i = rows->len > SAMPLE ? rows->len - SAMPLE : 0; i < rows->len; i++)
    imap_uid_set_add (uids, g_array_index (rows, StoreUidFlags, i).uid);

  return uids;
}

/* Whether the mailbox's newest messages are those that the cache has under the old name. */
static gboolean
is_sample_same (SyncJob *job,
                SyncWorker *worker,
                const StoreFolder *old,
                const char *new_name,
                gboolean *out_same,
                GError **error)
{
  static const ImapFetchQuery query = {
    .items = IMAP_FETCH_UID | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE,
  };
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(GArray) sample = g_array_new (FALSE, FALSE, sizeof (Sampled));
  g_autoptr(ImapUidSet) uids = get_newest_uids (worker, old->folder, error);
  g_autoptr(ImapCommand) select = NULL;
  g_autoptr(ImapCommand) fetch = NULL;

  if (uids == NULL)
    return FALSE;
  if (imap_uid_set_is_empty (uids))
    return TRUE;

  select = imap_session_select (session, new_name, TRUE);
  if (!imap_command_await (select, job->cancellable, error))
    return FALSE;
  fetch = imap_session_uid_fetch (session, uids, &query, keep_sample, sample);
  if (!imap_command_await (fetch, job->cancellable, error))
    return FALSE;

  *out_same = sample->len == imap_uid_set_get_size (uids);
  for (guint i = 0; i < sample->len; i++)
    *out_same &= is_cached (worker, old->folder, &g_array_index (sample, Sampled, i));

  return TRUE;
}

/* A folder that is missing and has the same UIDVALIDITY and UIDNEXT as a mailbox that is new. */
static gboolean
find_old (SyncJob *job,
          SyncWorker *worker,
          GPtrArray *cached,
          GArray *missing,
          const char *new_name,
          const StoreFolder **out_old,
          GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) command = NULL;
  g_autoptr(GError) local_error = NULL;
  const ImapMailboxStatus *status;

  *out_old = NULL;
  command = imap_session_status (session, new_name,
                                 IDENTITY_ITEMS | IMAP_MAILBOX_STATUS_MAILBOXID);
  if (!imap_command_await (command, job->cancellable, &local_error))
    {
      if (local_error->domain == IMAP_ERROR)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* OK, and nothing said */
  if (imap_command_get_statuses (command) == NULL)
    return TRUE;

  status = g_ptr_array_index (imap_command_get_statuses (command), 0);
  for (guint i = 0; i < missing->len; i++)
    {
      const StoreFolder *old = find_by_id (cached, g_array_index (missing, gint64, i));
      gboolean same = FALSE;

      if (old == NULL)
        continue;
      if (old->uid_validity == status->uid_validity &&
          sync_core_was_renamed (sync_worker_get_core (worker), old->name, new_name))
        same = TRUE;
      else if (status->mailbox_id != NULL && old->mailbox_id != NULL)
        same = g_str_equal (status->mailbox_id, old->mailbox_id);
      else if ((status->items & IDENTITY_ITEMS) == IDENTITY_ITEMS &&
               old->uid_validity == status->uid_validity && old->uid_next == status->uid_next &&
               old->state == STORE_FOLDER_COMPLETE &&
               !is_sample_same (job, worker, old, new_name, &same, error))
        return FALSE;

      if (same)
        {
          *out_old = old;
          return TRUE;
        }
    }

  return TRUE;
}

typedef struct
{
  gint64 folder_id;
  const StoreFolderFacts *facts;
} Rename;

static gboolean
write_rename (StoreTransaction *tx,
              gpointer data,
              GError **error)
{
  const Rename *rename = data;

  return store_tx_rename_folder (tx, rename->folder_id, rename->facts, error);
}

static void
remove_id (GArray *ids,
           gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      {
        g_array_remove_index (ids, i);
        return;
      }
}

/**
 * sync_rename_detect:
 * @cached: (element-type StoreFolder): the folders of the cache
 * @facts: (element-type StoreFolderFacts): what LIST said
 * @missing: (element-type gint64) (inout): folders that it did not name; those that were
 *   found again under another name are taken out
 *
 * Looks for missing folders among the new ones: by what NOTIFY said (OLDNAME, RFC 5465), by MAILBOXID
 * (RFC 8474), else by UIDVALIDITY, UIDNEXT and a sample of the messages, and renames them in the cache.
 * Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_rename_detect (SyncJob *job,
                    SyncWorker *worker,
                    GPtrArray *cached,
                    GArray *facts,
                    GArray *missing,
                    GError **error)
{
  for (guint i = 0; i < facts->len && missing->len > 0; i++)
    {
      const StoreFolderFacts *new_facts = &g_array_index (facts, StoreFolderFacts, i);
      const StoreFolder *old;
      Rename rename = { .facts = new_facts };

      if (find_cached (cached, new_facts->name) != NULL ||
          (new_facts->attributes & (STORE_FOLDER_NO_SELECT | STORE_FOLDER_NON_EXISTENT)) != 0)
        continue;
      if (!find_old (job, worker, cached, missing, new_facts->name, &old, error))
        return FALSE;
      if (old == NULL)
        continue;

      g_message ("Folder %s is called %s now", old->display_name, new_facts->display_name);
      rename.folder_id = old->folder;
      if (!sync_worker_write (worker, STORE_PRIORITY_SYNC, write_rename, &rename, error))
        return FALSE;
      remove_id (missing, old->folder);
    }

  return TRUE;
}
