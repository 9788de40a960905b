/* A folder for a role that the account has none for: Archive, Trash and the like. */

#include "sync-create.h"

#include "store-transaction.h"
#include "sync-error.h"

static const struct
{
  StoreSpecialUse use;
  AccountFolderRole role;
  guint attribute;
  const char *name; /* what other programs expect, in every language */
} roles[] = {
  { STORE_SPECIAL_ARCHIVE, ACCOUNT_FOLDER_ARCHIVE, IMAP_MAILBOX_ARCHIVE, "Archive" },
  { STORE_SPECIAL_DRAFTS, ACCOUNT_FOLDER_DRAFTS, IMAP_MAILBOX_DRAFTS, "Drafts" },
  { STORE_SPECIAL_JUNK, ACCOUNT_FOLDER_JUNK, IMAP_MAILBOX_JUNK, "Junk" },
  { STORE_SPECIAL_SENT, ACCOUNT_FOLDER_SENT, IMAP_MAILBOX_SENT, "Sent" },
  { STORE_SPECIAL_TRASH, ACCOUNT_FOLDER_TRASH, IMAP_MAILBOX_TRASH, "Trash" },
};

typedef struct
{
  gint64 account_id;
  StoreFolderFacts facts;
} Creation;

static gboolean
put_folder (StoreTransaction *tx,
            gpointer data,
            GError **error)
{
  Creation *creation = data;

  return store_tx_put_folder (tx, creation->account_id, &creation->facts, NULL, error);
}

static char
get_delimiter (const ImapNamespace *name_space)
{
  return name_space != NULL && name_space->n_personal > 0 ? name_space->personal[0].delimiter : '/';
}

/* The name on the wire that the person has chosen, or else ours where the person's folders are. */
static char *
choose_name (SyncWorker *worker,
             guint role)
{
  const ImapNamespace *name_space =
      imap_session_get_namespace (sync_worker_get_session (worker));
  g_autoptr(SyncConfig) config = sync_core_dup_config (sync_worker_get_core (worker));
  const char *chosen = account_settings_get_folder (config->settings, roles[role].role);

  if (chosen != NULL && *chosen != '\0')
    return g_strdup (chosen);

  return g_strconcat (name_space != NULL && name_space->n_personal > 0 ?
                          name_space->personal[0].prefix : "",
                      roles[role].name, NULL);
}

static gboolean
create (SyncWorker *worker,
        const char *name,
        guint attribute,
        GCancellable *cancellable,
        GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) command = imap_session_create (session, name, attribute);
  g_autoptr(ImapCommand) subscribe = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!imap_command_await (command, cancellable, &local_error) &&
      !g_error_matches (local_error, IMAP_ERROR, IMAP_ERROR_ALREADY_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_clear_error (&local_error);

  /* not every server has subscriptions: that is no reason to do without the folder */
  subscribe = imap_session_subscribe (session, name, TRUE);
  if (!imap_command_await (subscribe, cancellable, &local_error) &&
      local_error->domain != IMAP_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * sync_create_folder:
 * @use: what it is for
 *
 * Creates a folder on the server, and in the cache. May be repeated. Awaits.
 *
 * Errors: SYNC_ERROR_NO_FOLDER for a use of which there is no folder to create.
 *
 * Returns: whether there is one now
 */
gboolean
sync_create_folder (SyncWorker *worker,
                    StoreSpecialUse use,
                    GCancellable *cancellable,
                    GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  Creation creation = { .account_id = sync_core_get_account_id (core) };
  g_autofree char *name = NULL;
  g_autofree char *display_name = NULL;
  guint role = 0;

  while (role < G_N_ELEMENTS (roles) && roles[role].use != use)
    role++;
  if (role == G_N_ELEMENTS (roles))
    {
      g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_NO_FOLDER,
                           "The account has no folder for this");
      return FALSE;
    }

  name = choose_name (worker, role);
  if (!create (worker, name, roles[role].attribute, cancellable, error))
    return FALSE;

  display_name = imap_mailbox_name_decode (name);
  creation.facts.name = name;
  creation.facts.display_name = display_name;
  creation.facts.delimiter =
      (gunichar) get_delimiter (imap_session_get_namespace (sync_worker_get_session (worker)));
  creation.facts.special_use = use;
  return sync_worker_write (worker, STORE_PRIORITY_PERSON, put_folder, &creation, error);
}

static SyncJobOutcome
run_create_job (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  StoreSpecialUse use = GPOINTER_TO_INT (job->data);
  g_autoptr(StoreFolder) folder = NULL;
  GError *local_error = NULL;

  folder = store_reader_find_folder_by_use (
      sync_worker_get_reader (worker), sync_core_get_uuid (sync_worker_get_core (worker)), use,
      &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return SYNC_JOB_FAILED;
    }

  return folder != NULL || sync_create_folder (worker, use, job->cancellable, error) ?
             SYNC_JOB_DONE : SYNC_JOB_FAILED;
}

/**
 * sync_create_job_new:
 *
 * Returns: (transfer full): a job that makes sure that there is a folder for @use
 */
SyncJob *
sync_create_job_new (StoreSpecialUse use,
                     SyncJobFlags flags)
{
  return sync_job_new ("create", SYNC_PRIORITY_CHANGE, SYNC_LANE_FOLDER_LIST,
                       flags | SYNC_JOB_NEEDS_SESSION, run_create_job, GINT_TO_POINTER (use), NULL);
}
