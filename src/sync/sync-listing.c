/* What folders there are: a LIST on its way into the cache. */

#include "sync-listing.h"

#include "store-transaction.h"
#include "sync-error.h"
#include "sync-known.h"
#include "sync-rename.h"
#include "sync-roles.h"

/* A folder disappears only after so many LISTs without it, and a NONEXISTENT. */
#define MIN_MISSING_LISTS 2

static StoreSpecialUse
get_special_use (guint attributes)
{
  static const struct
  {
    guint attribute;
    StoreSpecialUse use;
  } uses[] = {
    { IMAP_MAILBOX_INBOX, STORE_SPECIAL_INBOX },     { IMAP_MAILBOX_DRAFTS, STORE_SPECIAL_DRAFTS },
    { IMAP_MAILBOX_SENT, STORE_SPECIAL_SENT },       { IMAP_MAILBOX_ARCHIVE, STORE_SPECIAL_ARCHIVE },
    { IMAP_MAILBOX_JUNK, STORE_SPECIAL_JUNK },       { IMAP_MAILBOX_TRASH, STORE_SPECIAL_TRASH },
    { IMAP_MAILBOX_ALL, STORE_SPECIAL_ALL },         { IMAP_MAILBOX_FLAGGED, STORE_SPECIAL_FLAGGED },
    { IMAP_MAILBOX_IMPORTANT, STORE_SPECIAL_IMPORTANT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    if ((attributes & uses[i].attribute) != 0)
      return uses[i].use;

  return STORE_SPECIAL_NONE;
}

static guint32
get_attributes (guint imap)
{
  static const struct
  {
    guint imap;
    guint32 store;
  } table[] = {
    { IMAP_MAILBOX_NOSELECT, STORE_FOLDER_NO_SELECT },
    { IMAP_MAILBOX_NOINFERIORS, STORE_FOLDER_NO_INFERIORS },
    { IMAP_MAILBOX_NONEXISTENT, STORE_FOLDER_NON_EXISTENT },
    { IMAP_MAILBOX_HAS_CHILDREN, STORE_FOLDER_HAS_CHILDREN },
    { IMAP_MAILBOX_HAS_NO_CHILDREN, STORE_FOLDER_HAS_NO_CHILDREN },
    { IMAP_MAILBOX_SUBSCRIBED, STORE_FOLDER_SUBSCRIBED },
    { IMAP_MAILBOX_REMOTE, STORE_FOLDER_REMOTE },
  };
  guint32 attributes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if ((imap & table[i].imap) != 0)
      attributes |= table[i].store;

  return attributes;
}

/* What one LIST said, ready for the store. Owns its strings. */
typedef struct
{
  gint64 account_id;
  GArray *facts;      /* (owned) (element-type StoreFolderFacts) */
  GPtrArray *strings; /* (owned): what the facts point at */
  GHashTable *names;  /* (owned): those of the facts, a set of mailbox names */
  GArray *missing;    /* (owned) (element-type gint64): folders that it did not name */
} Listing;

static void
listing_free (Listing *listing)
{
  g_array_unref (listing->facts);
  g_hash_table_unref (listing->names);
  g_ptr_array_unref (listing->strings);
  g_array_unref (listing->missing);
  g_free (listing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, listing_free)

static const char *
keep (Listing *listing,
      char *text)
{
  g_ptr_array_add (listing->strings, text);
  return text;
}

static gboolean
is_listed (Listing *listing,
           const char *name)
{
  return g_hash_table_contains (listing->names, name);
}

static void
find_roles (Listing *listing,
            AccountSettings *settings)
{
  g_autofree SyncRoleCandidate *candidates = g_new0 (SyncRoleCandidate, listing->facts->len + 1);

  for (guint i = 0; i < listing->facts->len; i++)
    {
      const StoreFolderFacts *facts = &g_array_index (listing->facts, StoreFolderFacts, i);

      candidates[i].name = facts->name;
      candidates[i].display_name = facts->display_name;
      candidates[i].delimiter = (char) facts->delimiter;
      candidates[i].is_selectable = (facts->attributes & (STORE_FOLDER_NO_SELECT |
                                                          STORE_FOLDER_NON_EXISTENT)) == 0;
      candidates[i].said = facts->special_use;
    }

  sync_roles_find (candidates, listing->facts->len, settings);

  for (guint i = 0; i < listing->facts->len; i++)
    g_array_index (listing->facts, StoreFolderFacts, i).special_use = candidates[i].use;
}

/* sync_mailbox_names_are_equal: a GEqualFunc */
gboolean
sync_mailbox_names_are_equal (gconstpointer a,
                              gconstpointer b)
{
  return imap_mailbox_name_equal (a, b);
}

/* The name that a mailbox has in the cache. INBOX is one mailbox in whatever case servers write it. */
static const char *
get_cached_name (GPtrArray *cached,
                 const char *name)
{
  if (!imap_mailbox_name_is_inbox (name))
    return name;

  for (guint i = 0; i < cached->len; i++)
    if (imap_mailbox_name_is_inbox (((StoreFolder *) cached->pdata[i])->name))
      return ((StoreFolder *) cached->pdata[i])->name;

  return name;
}

/* @entries is NULL when the server has said OK and nothing else */
static Listing *
listing_new (gint64 account_id,
             GPtrArray *cached,
             GPtrArray *entries,
             guint32 attributes)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->account_id = account_id;
  listing->facts = g_array_new (FALSE, TRUE, sizeof (StoreFolderFacts));
  listing->strings = g_ptr_array_new_with_free_func (g_free);
  listing->names = g_hash_table_new (imap_mailbox_name_hash, sync_mailbox_names_are_equal);
  listing->missing = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const ImapListEntry *entry = g_ptr_array_index (entries, i);
      StoreFolderFacts facts = { 0 };

      if (entry->is_subscription || *entry->mailbox == '\0' ||
          is_listed (listing, entry->mailbox))
        continue;

      facts.name = keep (listing, g_strdup (get_cached_name (cached, entry->mailbox)));
      facts.display_name = keep (listing, imap_mailbox_name_decode (entry->mailbox));
      facts.delimiter = (guchar) entry->delimiter;
      facts.attributes = get_attributes (entry->attributes) | attributes;
      facts.special_use = get_special_use (entry->attributes);
      g_array_append_val (listing->facts, facts);
      g_hash_table_add (listing->names, (gpointer) facts.name);
    }

  return listing;
}

static gboolean
write_listing (StoreTransaction *tx,
               gpointer data,
               GError **error)
{
  Listing *listing = data;

  for (guint i = 0; i < listing->facts->len; i++)
    if (!store_tx_put_folder (tx, listing->account_id,
                              &g_array_index (listing->facts, StoreFolderFacts, i), NULL, error))
      return FALSE;

  for (guint i = 0; i < listing->missing->len; i++)
    {
      guint n_missing;

      if (!store_tx_set_folder_missing (tx, g_array_index (listing->missing, gint64, i), TRUE,
                                        &n_missing, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * sync_listing_cached:
 *
 * Returns: (transfer full) (nullable) (element-type StoreFolder): the account's folders in the cache,
 *   in the order in which they are best fetched
 */
GPtrArray *
sync_listing_cached (SyncWorker *worker,
                     GError **error)
{
  GPtrArray *folders = store_reader_list_folders (
      sync_worker_get_reader (worker), sync_core_get_uuid (sync_worker_get_core (worker)), error);

  if (folders != NULL)
    sync_known_sort (folders);
  return folders;
}

/**
 * sync_listing_send:
 *
 * Returns: (transfer full): a LIST under way, for sync_listing_update ()
 */
ImapCommand *
sync_listing_send (SyncWorker *worker)
{
  return imap_session_list (sync_worker_get_session (worker), "*", SYNC_LISTING_STATUS_ITEMS);
}

/* @sent: (transfer full) (nullable): a LIST that is under way */
static Listing *
ask_listing (SyncJob *job,
             SyncWorker *worker,
             GPtrArray *cached,
             ImapCommand *sent,
             ImapCommand **out_list,
             GError **error)
{
  SyncCore *core = sync_worker_get_core (worker);
  g_autoptr(ImapCommand) list = sent != NULL ? sent : sync_listing_send (worker);
  g_autoptr(SyncConfig) config = sync_core_dup_config (core);
  Listing *listing;

  if (!imap_command_await (list, job->cancellable, error))
    return NULL;

  listing = listing_new (sync_core_get_account_id (core), cached, imap_command_get_lists (list),
                         imap_session_has (sync_worker_get_session (worker),
                                           IMAP_CAPABILITY_X_GM_EXT_1) ?
                             STORE_FOLDER_LABEL : 0);
  find_roles (listing, config->settings);
  *out_list = g_steal_pointer (&list);

  return listing;
}

static void
find_missing (Listing *listing,
              GPtrArray *cached)
{
  for (guint i = 0; i < cached->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (cached, i);

      if (!is_listed (listing, folder->name))
        g_array_append_val (listing->missing, folder->folder);
    }
}

static gboolean
remove_folder (StoreTransaction *tx,
               gpointer data,
               GError **error)
{
  return store_tx_remove_folder (tx, *(gint64 *) data, error);
}

/* The last proof: the server has to say of the folder itself that it is not there. That it cannot be
 * looked at, for whatever other reason, is none. */
static gboolean
remove_if_gone (SyncJob *job,
                SyncWorker *worker,
                const StoreFolder *folder,
                GError **error)
{
  ImapSession *session = sync_worker_get_session (worker);
  g_autoptr(ImapCommand) status = NULL;
  g_autoptr(GError) local_error = NULL;
  gint64 folder_id = folder->folder;

  status = imap_session_status (session, folder->name, IMAP_MAILBOX_STATUS_UIDVALIDITY);
  if (imap_command_await (status, job->cancellable, &local_error))
    return TRUE;
  if (!g_error_matches (local_error, IMAP_ERROR, IMAP_ERROR_NONEXISTENT))
    {
      if (local_error->domain == IMAP_ERROR)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  g_message ("Folder %s is gone from the server", folder->display_name);
  return sync_worker_write (worker, STORE_PRIORITY_SYNC, remove_folder, &folder_id, error);
}

static gboolean
remove_missing (SyncJob *job,
                SyncWorker *worker,
                GError **error)
{
  g_autoptr(GPtrArray) cached = sync_listing_cached (worker, error);

  if (cached == NULL)
    return FALSE;

  for (guint i = 0; i < cached->len; i++)
    {
      const StoreFolder *folder = g_ptr_array_index (cached, i);

      /* INBOX is always there: RFC 9051 section 5.1 */
      if (folder->n_missing_lists >= MIN_MISSING_LISTS &&
          !imap_mailbox_name_equal (folder->name, "INBOX") &&
          !remove_if_gone (job, worker, folder, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * sync_listing_update:
 * @out_list: (inout) (nullable): a LIST that is under way, or %NULL; the one that was used last
 *
 * Takes the server's folders into the cache. Where some are missing that were there, a second LIST
 * follows, and only a NONEXISTENT removes them. Awaits.
 *
 * Errors: SYNC_ERROR_DOUBTFUL when the server lists no folder at all.
 *
 * Returns: %FALSE if the connection or the store failed, or nothing can be concluded
 */
gboolean
sync_listing_update (SyncJob *job,
                     SyncWorker *worker,
                     ImapCommand **out_list,
                     GError **error)
{
  gboolean is_suspicious;

  for (guint round = 0; round < MIN_MISSING_LISTS; round++)
    {
      g_autoptr(GPtrArray) cached = sync_listing_cached (worker, error);
      g_autoptr(Listing) listing = NULL;

      if (round > 0)
        g_clear_pointer (out_list, imap_command_unref);
      if (cached == NULL)
        return FALSE;
      listing = ask_listing (job, worker, cached, g_steal_pointer (out_list), out_list, error);
      if (listing == NULL)
        return FALSE;

      if (listing->facts->len == 0 && cached->len > 0)
        {
          g_set_error_literal (error, SYNC_ERROR, SYNC_ERROR_DOUBTFUL,
                               "The server lists no folder at all");
          return FALSE;
        }

      find_missing (listing, cached);
      is_suspicious = listing->missing->len > 0;
      if (is_suspicious &&
          !sync_rename_detect (job, worker, cached, listing->facts, listing->missing, error))
        return FALSE;
      if (!sync_worker_write (worker, STORE_PRIORITY_SYNC, write_listing, listing, error))
        return FALSE;
      if (!is_suspicious)
        return TRUE;
    }

  return remove_missing (job, worker, error);
}
