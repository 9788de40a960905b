/* Messages that a folder has and the cache knows from another one: their headers are not fetched
 * again.
 *
 * Gmail shows one message in All Mail and in a folder for each of its labels, and X-GM-MSGID says
 * that it is one. EMAILID (RFC 8474) says the same of copies. So where a server has either, new UIDs
 * are asked for that first, at a tenth of what their headers cost, and the store places those that
 * it knows. */

#include "sync-known.h"

#include "store-folder.h"
#include "sync-window.h"

/* How long what waits for another folder lets pass before it asks again. */
#define WAIT_FOR_INBOX_US (G_USEC_PER_SEC / 5)
#define WAIT_FOR_ALL_US (2 * G_USEC_PER_SEC)

/* Where so many folders are here before All Mail, all of it is asked about. */
#define MAX_LABELS 20

static const StoreFolder *
get_folder (SyncWorker *worker)
{
  return sync_mailbox_get_folder (sync_worker_get_mailbox (worker));
}

static gboolean
is_label (const StoreFolder *folder)
{
  return (folder->attributes & STORE_FOLDER_LABEL) != 0;
}

/* A folder of Gmail's that has no message which is not in All Mail as well. */
static gboolean
is_part_of_all (const StoreFolder *folder)
{
  return is_label (folder) && folder->special_use != STORE_SPECIAL_ALL &&
         folder->special_use != STORE_SPECIAL_TRASH && folder->special_use != STORE_SPECIAL_JUNK;
}

/* The other folders of the account that have messages here. */
static GPtrArray *
list_others (SyncWorker *worker,
             GError **error)
{
  const char *uuid = sync_core_get_uuid (sync_worker_get_core (worker));
  GPtrArray *folders = store_reader_list_folders (sync_worker_get_reader (worker), uuid, error);

  for (guint i = folders != NULL ? folders->len : 0; i > 0; i--)
    {
      const StoreFolder *folder = g_ptr_array_index (folders, i - 1);

      if (folder->state == STORE_FOLDER_NEW || folder->folder == get_folder (worker)->folder)
        g_ptr_array_remove_index (folders, i - 1);
    }

  return folders;
}

static const StoreFolder *
find_use (GPtrArray *folders,
          StoreSpecialUse use)
{
  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (folders, i);

      if (folder->special_use == use)
        return folder;
    }

  return NULL;
}

static const StoreFolder *
find_all (GPtrArray *folders)
{
  return find_use (folders, STORE_SPECIAL_ALL);
}

/**
 * sync_known_is_likely:
 *
 * Returns: whether the messages of the selected mailbox are, as a rule, in another folder as well
 *   that the cache has
 */
gboolean
sync_known_is_likely (SyncWorker *worker)
{
  const StoreFolder *folder = get_folder (worker);
  g_autoptr(GPtrArray) others = NULL;

  if (!is_label (folder) ||
      (folder->special_use != STORE_SPECIAL_ALL && !is_part_of_all (folder)))
    return FALSE;

  others = list_others (worker, NULL);
  return others != NULL && (folder->special_use == STORE_SPECIAL_ALL ? others->len > 0 :
                                                                     find_all (others) != NULL);
}

/**
 * sync_known_get_wait_us:
 *
 * Gmail's folders are filled when All Mail is here, and All Mail when the inbox is: then next to
 * nothing of them has to be fetched.
 *
 * Returns: in how many microseconds the folder that the job is about is better looked at; 0 for now
 */
gint64
sync_known_get_wait_us (SyncJob *job,
                        SyncWorker *worker,
                        const StoreFolder *folder)
{
  gboolean is_all = is_label (folder) && folder->special_use == STORE_SPECIAL_ALL;
  g_autoptr(GPtrArray) folders = NULL;
  const StoreFolder *first;

  if ((!is_all && !is_part_of_all (folder)) || folder->special_use == STORE_SPECIAL_INBOX ||
      folder->state == STORE_FOLDER_COMPLETE || job->priority < SYNC_PRIORITY_FOLDER)
    return 0;

  folders = store_reader_list_folders (sync_worker_get_reader (worker),
                                       sync_core_get_uuid (sync_worker_get_core (worker)), NULL);
  first = folders != NULL ? find_use (folders, is_all ? STORE_SPECIAL_INBOX : STORE_SPECIAL_ALL) :
                            NULL;
  if (first == NULL || first->state == STORE_FOLDER_COMPLETE ||
      !sync_core_has_job (sync_worker_get_core (worker), job->name, first->folder))
    return 0;

  return is_all ? WAIT_FOR_INBOX_US : WAIT_FOR_ALL_US;
}

/**
 * sync_known_sort:
 * @folders: (element-type StoreFolder): of an account
 *
 * Puts first, after the inbox, what should be looked into before the others: All Mail, where the others
 * are labels.
 */
void
sync_known_sort (GPtrArray *folders)
{
  guint to = 0;

  for (guint i = 0; i < folders->len; i++)
    {
      StoreFolder *folder = g_ptr_array_index (folders, i);

      if (folder->special_use != STORE_SPECIAL_INBOX &&
          (folder->special_use != STORE_SPECIAL_ALL || !is_label (folder)))
        continue;

      /* they are sorted by name: INBOX comes before [Gmail] */
      g_ptr_array_steal_index (folders, i);
      g_ptr_array_insert (folders, (int) to++, folder);
    }
}

/* What X-GM-LABELS calls a folder. */
static const char *
get_label (const StoreFolder *folder)
{
  switch (folder->special_use)
    {
    case STORE_SPECIAL_INBOX:
      return "\\Inbox";
    case STORE_SPECIAL_SENT:
      return "\\Sent";
    case STORE_SPECIAL_DRAFTS:
      return "\\Draft";
    case STORE_SPECIAL_FLAGGED:
      return "\\Starred";
    case STORE_SPECIAL_IMPORTANT:
      return "\\Important";
    default:
      return folder->name;
    }
}

/* Which of All Mail is in the folders that are here already: the server can say it. A search that is
 * refused or finds nothing only makes headers come twice. */
static ImapUidSet *
search_labels (SyncJob *job,
               SyncWorker *worker,
               GPtrArray *folders,
               GError **error)
{
  g_autoptr(ImapUidSet) found = imap_uid_set_new ();

  for (guint i = 0; i < folders->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (folders, i);
      g_autoptr(ImapCommand) search = NULL;
      g_autoptr(GError) local_error = NULL;

      if (!is_part_of_all (folder))
        continue;

      search = imap_session_uid_search_text (sync_worker_get_session (worker), "X-GM-LABELS",
                                             get_label (folder));
      if (!imap_command_await (search, job->cancellable, &local_error) &&
          !(local_error->domain == IMAP_ERROR &&
            imap_session_is_open (sync_worker_get_session (worker))))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (imap_command_get_found (search) != NULL)
        imap_uid_set_add_set (found, imap_command_get_found (search));
    }

  return g_steal_pointer (&found);
}

/* Of which messages it pays to ask. */
static ImapUidSet *
choose (SyncJob *job,
        SyncWorker *worker,
        const ImapUidSet *unknown,
        GPtrArray *others,
        GError **error)
{
  const StoreFolder *folder = get_folder (worker);
  g_autoptr(ImapUidSet) found = NULL;

  if (!is_label (folder) || folder->special_use != STORE_SPECIAL_ALL ||
      folder->state == STORE_FOLDER_COMPLETE || others->len > MAX_LABELS)
    return imap_uid_set_copy (unknown);

  found = search_labels (job, worker, others, error);
  return found != NULL ? imap_uid_set_intersect (unknown, found) : NULL;
}

/**
 * sync_known_place:
 * @unknown: (inout): UIDs of the selected mailbox that are not here; those that turn out to be
 *   known messages are placed and removed from it
 * @out_is_whole: (out): %FALSE if it ended early because something more urgent waits
 *
 * Takes into the cache which of the messages are in another folder of it. Awaits.
 *
 * Returns: %FALSE if the connection or the store failed
 */
gboolean
sync_known_place (SyncJob *job,
                  SyncWorker *worker,
                  ImapUidSet *unknown,
                  gboolean *out_is_whole,
                  GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(GPtrArray) others = NULL;
  g_autoptr(ImapUidSet) asked = NULL;
  g_auto(SyncFill) fill = { 0 };
  const StoreFolder *folder = get_folder (worker);
  const StoreFolder *all;

  if (imap_uid_set_is_empty (unknown) ||
      (!imap_session_has (session, IMAP_CAPABILITY_X_GM_EXT_1) &&
       !imap_session_has (session, IMAP_CAPABILITY_OBJECTID)))
    return TRUE;

  others = list_others (worker, error);
  if (others == NULL)
    return FALSE;
  if (others->len == 0)
    return TRUE;

  asked = choose (job, worker, unknown, others, error);
  if (asked == NULL)
    return FALSE;
  sync_fill_init (&fill, job, worker, asked);
  fill.is_bare = TRUE;
  all = find_all (others);
  fill.gives_up = !is_label (folder) ||
                  (folder->special_use != STORE_SPECIAL_ALL &&
                   (!is_part_of_all (folder) || all == NULL ||
                    all->state != STORE_FOLDER_COMPLETE));
  if (!sync_fill_run (&fill, out_is_whole, error))
    return FALSE;

  imap_uid_set_remove_set (unknown, asked);
  imap_uid_set_add_set (unknown, fill.missing);
  imap_uid_set_add_set (unknown, fill.left);
  return TRUE;
}
