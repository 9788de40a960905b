#include "tool-engine.h"

#include "account-error.h"
#include "store-error.h"
#include "tool-output.h"

#include <string.h>

/* The profile's store, and the engines of its accounts, for the commands that need them. Reading
 * takes no lock and disturbs nobody; whoever gets the profile's lock may write and connect. */

struct _ToolEngine
{
  ToolContext *context;  /* (unowned) */
  Store *store;          /* (owned) (nullable) while opening fails */
  StoreReader *reader;   /* (owned) (nullable) likewise */
  GHashTable *accounts;  /* (owned) UUID -> SyncAccount */
  GHashTable *started;   /* (owned) set of those of them that were started */
  ToolEngineMode mode;
  gboolean can_work;
  gboolean is_beside;    /* the profile is in the hands of another process */
};

static gboolean
open_store (ToolEngine      *self,
            StoreOpenFlags   flags,
            GError         **error)
{
  AccountProfile *profile = tool_context_get_profile (self->context, error);

  if (profile == NULL)
    return FALSE;

  self->store = store_open (account_profile_get_data_dir (profile), flags, error);
  if (self->store != NULL)
    self->reader = store_reader_new (self->store, error);

  return self->reader != NULL;
}

static void
close_store (ToolEngine *self)
{
  g_clear_pointer (&self->reader, store_reader_free);
  if (self->store != NULL)
    store_close (self->store);
  g_clear_object (&self->store);
}

/* Writing beside the process that has the profile: it is told, and does the rest. */
static gboolean
begin_asking (ToolEngine  *self,
              GError     **error)
{
  close_store (self);
  self->is_beside = open_store (self, STORE_OPEN_BESIDE, error);
  return self->is_beside;
}

/* From reading to working: takes the profile's lock, and opens the store to write. */
static gboolean
begin_work (ToolEngine  *self,
            GError     **error)
{
  AccountProfile *profile = tool_context_get_profile (self->context, error);
  g_autoptr(GError) local_error = NULL;

  if (self->can_work || self->is_beside)
    return TRUE;
  if (profile == NULL)
    return FALSE;
  if (!account_profile_lock (profile, &local_error))
    {
      if (self->mode == TOOL_ENGINE_ASK &&
          g_error_matches (local_error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE))
        return begin_asking (self, error);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  close_store (self);
  self->can_work = open_store (self, STORE_OPEN_DEFAULT, error);
  return self->can_work;
}

/* Reading takes no lock: a Pipit that is just starting must find the profile free. Only where
 * there is no store yet, or an old one, somebody has to make it. */
static gboolean
begin_reading (ToolEngine  *self,
               GError     **error)
{
  if (open_store (self, STORE_OPEN_READ_ONLY, NULL))
    return TRUE;

  close_store (self);
  return begin_work (self, error);
}

/**
 * tool_engine_open:
 *
 * Opens the profile's store, to read beside others or, with the profile's lock, to work.
 *
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE when the command has to work; STORE_ERROR.
 *
 * Returns: (transfer full): the engine
 */
ToolEngine *
tool_engine_open (ToolContext     *context,
                  ToolEngineMode   mode,
                  GError         **error)
{
  g_autoptr(ToolEngine) self = g_new0 (ToolEngine, 1);

  self->context = context;
  self->mode = mode;
  self->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->started = g_hash_table_new (NULL, NULL);

  if (mode == TOOL_ENGINE_READ ? !begin_reading (self, error) : !begin_work (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
stop_accounts (ToolEngine *self)
{
  GHashTableIter iter;
  gpointer account;

  g_hash_table_iter_init (&iter, self->started);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GError) error = NULL;

      sync_account_stop_async (account, tool_context_result_cb, &result);
      if (!sync_account_stop_finish (account, tool_context_wait (self->context, &result), &error))
        g_debug ("An account did not stop in time: %s", error->message);
    }
}

/**
 * tool_engine_free:
 * @self: (transfer full): an engine
 *
 * Stops the accounts, closes the store and lets go of the profile.
 */
void
tool_engine_free (ToolEngine *self)
{
  stop_accounts (self);
  g_hash_table_unref (self->started);
  g_hash_table_unref (self->accounts);
  close_store (self);
  if (self->can_work)
    account_profile_unlock (tool_context_get_profile (self->context, NULL));
  g_free (self);
}

/**
 * tool_engine_get_context:
 *
 * Returns: (transfer none): the run that it belongs to
 */
ToolContext *
tool_engine_get_context (ToolEngine *self)
{
  return self->context;
}

/**
 * tool_engine_get_reader:
 *
 * Returns: (transfer none): queries, for the main thread
 */
StoreReader *
tool_engine_get_reader (ToolEngine *self)
{
  return self->reader;
}

/**
 * tool_engine_get_store:
 *
 * Returns: (transfer none): the store
 */
Store *
tool_engine_get_store (ToolEngine *self)
{
  return self->store;
}

/**
 * tool_engine_is_beside:
 *
 * Returns: whether the profile is in the hands of another process, which has to be asked
 */
gboolean
tool_engine_is_beside (ToolEngine *self)
{
  return self->is_beside;
}

static BaseSecret *
password_for (ToolEngine       *self,
              AccountSettings  *settings,
              AccountService    service,
              GError          **error)
{
  AccountSecrets *secrets = tool_context_get_secrets (self->context, error);

  return secrets != NULL ? account_secrets_lookup (secrets, settings, service, error) : NULL;
}

/**
 * tool_engine_get_account:
 * @settings: an account
 *
 * Makes the engine of an account, which can write down what the person wants, and connects to
 * nothing. An engine that was opened for reading begins to work, which replaces its store.
 *
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE, those of reading the profile's trust.
 *
 * Returns: (transfer none) (nullable): the account's engine
 */
SyncAccount *
tool_engine_get_account (ToolEngine       *self,
                         AccountSettings  *settings,
                         GError          **error)
{
  const char *uuid = account_settings_get_uuid (settings);
  SyncAccount *account = g_hash_table_lookup (self->accounts, uuid);
  AccountTrust *trust = tool_context_get_trust (self->context, error);

  if (account != NULL)
    return account;
  if (trust == NULL || !begin_work (self, error))
    return NULL;

  account = sync_account_new (settings, self->store, account_trust_get_net_trust (trust));
  g_hash_table_insert (self->accounts, g_strdup (uuid), account);

  return account;
}

static gboolean
set_passwords (ToolEngine       *self,
               SyncAccount      *account,
               AccountSettings  *settings,
               GError          **error)
{
  g_autoptr(BaseSecret) imap_password = NULL;
  g_autoptr(BaseSecret) smtp_password = NULL;

  imap_password = password_for (self, settings, ACCOUNT_SERVICE_IMAP, error);
  if (imap_password == NULL)
    return FALSE;

  smtp_password = account_settings_has_own_smtp_password (settings)
                    ? password_for (self, settings, ACCOUNT_SERVICE_SMTP, error)
                    : base_secret_ref (imap_password);
  if (smtp_password == NULL)
    return FALSE;

  sync_account_set_passwords (account, imap_password, smtp_password);
  return TRUE;
}

/**
 * tool_engine_start_account:
 * @settings: an account
 *
 * Starts the engine of an account, which works only when asked to.
 *
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE; those of looking for the password.
 *
 * Returns: (transfer none) (nullable): the account's engine
 */
SyncAccount *
tool_engine_start_account (ToolEngine       *self,
                           AccountSettings  *settings,
                           GError          **error)
{
  SyncAccount *account = tool_engine_get_account (self, settings, error);

  if (account == NULL || g_hash_table_contains (self->started, account))
    return account;
  if (!set_passwords (self, account, settings, error))
    return NULL;

  sync_account_start (account, SYNC_MODE_ON_DEMAND);
  g_hash_table_add (self->started, account);
  return account;
}

/* Folders */

static const struct
{
  const char *name;
  StoreSpecialUse use;
} roles[] = {
  { "inbox", STORE_SPECIAL_INBOX },
  { "drafts", STORE_SPECIAL_DRAFTS },
  { "sent", STORE_SPECIAL_SENT },
  { "archive", STORE_SPECIAL_ARCHIVE },
  { "junk", STORE_SPECIAL_JUNK },
  { "trash", STORE_SPECIAL_TRASH },
};

/**
 * tool_engine_role_name:
 *
 * Returns: (nullable): what a folder is for, as a word for programs
 */
const char *
tool_engine_role_name (StoreSpecialUse use)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i].use == use)
      return roles[i].name;

  return NULL;
}

static gboolean
is_called (const StoreFolder *folder,
           const char        *text)
{
  return strcmp (folder->display_name, text) == 0 || strcmp (folder->name, text) == 0 ||
         (folder->special_use == STORE_SPECIAL_INBOX && g_ascii_strcasecmp (text, "INBOX") == 0);
}

static gboolean
has_role (const StoreFolder *folder,
          const char        *text)
{
  const char *role = tool_engine_role_name (folder->special_use);

  return role != NULL && g_ascii_strcasecmp (role, text) == 0;
}

/* Names come before roles: a folder may be called “Archive” and be none. */
static gboolean
add_matches (ToolEngine       *self,
             AccountSettings  *settings,
             const char       *text,
             gboolean          by_role,
             GPtrArray        *matches,
             GError          **error)
{
  g_autoptr(GPtrArray) folders = NULL;

  folders = store_reader_list_folders (self->reader, account_settings_get_uuid (settings), error);
  if (folders == NULL)
    return FALSE;

  for (guint i = 0; i < folders->len; i++)
    if (by_role ? has_role (folders->pdata[i], text) : is_called (folders->pdata[i], text))
      g_ptr_array_add (matches, store_folder_copy (folders->pdata[i]));

  return TRUE;
}

static GPtrArray *
match_folders (ToolEngine  *self,
               GPtrArray   *accounts,
               const char  *text,
               GError     **error)
{
  g_autoptr(GPtrArray) matches = NULL;

  matches = g_ptr_array_new_with_free_func ((GDestroyNotify) store_folder_free);

  for (int by_role = FALSE; by_role <= TRUE && matches->len == 0; by_role++)
    for (guint i = 0; i < accounts->len; i++)
      if (!add_matches (self, accounts->pdata[i], text, by_role, matches, error))
        return NULL;

  return g_steal_pointer (&matches);
}

/**
 * tool_engine_find_folder:
 * @account: (nullable): whose folder
 * @text: the folder's name, or what it is for (`inbox`, `sent`, …)
 *
 * Errors: STORE_ERROR_NOT_FOUND, also when several accounts have such a folder.
 *
 * Returns: (transfer full) (nullable): the folder
 */
StoreFolder *
tool_engine_find_folder (ToolEngine  *self,
                         const char  *account,
                         const char  *text,
                         GError     **error)
{
  char *names[] = { (char *) account, NULL };
  g_autoptr(GPtrArray) accounts = tool_context_find_accounts (self->context, names, error);
  g_autoptr(GPtrArray) matches = NULL;

  if (accounts == NULL)
    return NULL;

  matches = match_folders (self, accounts, text, error);
  if (matches == NULL)
    return NULL;

  if (matches->len == 1)
    return g_ptr_array_steal_index (matches, 0);

  g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
               matches->len == 0 ? "There is no folder “%s”; “pipitctl sync” brings the folders"
                                 : "There are several folders “%s”: name the account with --account",
               text);
  return NULL;
}

/**
 * tool_engine_parse_id:
 * @text: an argument
 * @out_id: (out): the id
 *
 * Reads the id of a message, as `list` shows it.
 *
 * Errors: G_OPTION_ERROR.
 *
 * Returns: whether it is one
 */
gboolean
tool_engine_parse_id (const char  *text,
                      gint64      *out_id,
                      GError     **error)
{
  if (g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, out_id, NULL))
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "“%s” is no id of a message; “pipitctl list” shows them", text);
  return FALSE;
}

/**
 * tool_engine_find_owner:
 * @location: the id of a message in a folder
 *
 * Errors: STORE_ERROR_NOT_FOUND, ACCOUNT_ERROR_NOT_FOUND.
 *
 * Returns: (transfer none) (nullable): the account that the message belongs to
 */
AccountSettings *
tool_engine_find_owner (ToolEngine  *self,
                        gint64       location,
                        GError     **error)
{
  AccountList *accounts = tool_context_get_accounts (self->context, error);
  g_autoptr(StoreFolder) folder = NULL;
  AccountSettings *settings;
  StoreLocation where;

  if (accounts == NULL)
    return NULL;

  if (!store_reader_get_location (self->reader, location, &where, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
                     "There is no message %" G_GINT64_FORMAT, location);
      return NULL;
    }

  folder = store_reader_get_folder (self->reader, where.folder, error);
  if (folder == NULL)
    return NULL;

  settings = account_list_find (accounts, folder->account_uuid);
  if (settings == NULL)
    g_set_error_literal (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND,
                         "The message belongs to an account that was removed");
  return settings;
}
