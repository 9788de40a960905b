#include "account-list.h"

#include "account-error.h"
#include "account-file-private.h"
#include "account-settings-private.h"

#include <string.h>

/* The accounts of a profile in their order, kept in accounts.ini. Every change is applied to the
 * file as it is at that moment, so that the application, pipitctl and an editor can all write:
 * lock, read, change one thing, write, unlock. */

struct _AccountList
{
  GObject parent_instance;

  AccountProfile *profile; /* (owned) */
  AccountFile *file;       /* (owned) */
  GPtrArray *accounts;     /* (owned) of AccountSettings, frozen, in order */
  GFileMonitor *monitor;   /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (AccountList, account_list, G_TYPE_OBJECT)

enum
{
  SIGNAL_ACCOUNT_ADDED,
  SIGNAL_ACCOUNT_CHANGED,
  SIGNAL_ACCOUNT_REMOVED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
account_list_dispose (GObject *object)
{
  AccountList *self = ACCOUNT_LIST (object);

  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (account_list_parent_class)->dispose (object);
}

static void
account_list_finalize (GObject *object)
{
  AccountList *self = ACCOUNT_LIST (object);

  g_clear_object (&self->profile);
  g_clear_pointer (&self->file, account_file_free);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);

  G_OBJECT_CLASS (account_list_parent_class)->finalize (object);
}

static guint
add_account_signal (const char *name)
{
  return g_signal_new (name, ACCOUNT_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, ACCOUNT_TYPE_SETTINGS);
}

static void
account_list_class_init (AccountListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = account_list_dispose;
  object_class->finalize = account_list_finalize;

  /**
   * AccountList::account-added:
   * @settings: the new account
   */
  signals[SIGNAL_ACCOUNT_ADDED] = add_account_signal ("account-added");

  /**
   * AccountList::account-changed:
   * @settings: the account with its new settings
   */
  signals[SIGNAL_ACCOUNT_CHANGED] = add_account_signal ("account-changed");

  /**
   * AccountList::account-removed:
   * @settings: the settings that the account had
   */
  signals[SIGNAL_ACCOUNT_REMOVED] = add_account_signal ("account-removed");

  /**
   * AccountList::changed:
   *
   * Comes after the others, once for each change, and for a change of the order too.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", ACCOUNT_TYPE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static GPtrArray *
new_accounts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) account_settings_unref);
}

static void
account_list_init (AccountList *self)
{
  self->accounts = new_accounts ();
}

static AccountFile *
open_file (AccountProfile *profile)
{
  g_autofree char *path = g_build_filename (account_profile_get_config_dir (profile),
                                            "accounts.ini", NULL);

  return account_file_new (path);
}

static AccountSettings *
find_in (GPtrArray  *accounts,
         const char *uuid)
{
  for (guint i = 0; i < accounts->len; i++)
    if (strcmp (account_settings_get_uuid (accounts->pdata[i]), uuid) == 0)
      return accounts->pdata[i];

  return NULL;
}

static GPtrArray *
read_accounts (GKeyFile  *key_file,
               GError   **error)
{
  g_auto(GStrv) uuids = g_key_file_get_string_list (key_file, "Pipit", "accounts", NULL, NULL);
  g_autoptr(GPtrArray) accounts = new_accounts ();

  for (guint i = 0; uuids != NULL && uuids[i] != NULL; i++)
    {
      AccountSettings *settings;

      if (find_in (accounts, uuids[i]) != NULL)
        continue;
      settings = account_settings_read (key_file, uuids[i], error);
      if (settings == NULL)
        return NULL;
      account_settings_freeze (settings);
      g_ptr_array_add (accounts, settings);
    }

  return g_steal_pointer (&accounts);
}

/* Whether the file still lists the same accounts in the same order with the same settings. */
static gboolean
accounts_equal (GPtrArray *a,
                GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (!account_settings_equal (a->pdata[i], b->pdata[i]))
      return FALSE;

  return TRUE;
}

/* Own state first, then the news. */
static void
take_accounts (AccountList *self,
               GPtrArray   *accounts)
{
  g_autoptr(GPtrArray) now = accounts;
  g_autoptr(GPtrArray) former = g_steal_pointer (&self->accounts);
  g_autoptr(AccountList) kept = g_object_ref (self);

  self->accounts = g_ptr_array_ref (now);
  if (accounts_equal (former, now))
    return;

  for (guint i = 0; i < former->len; i++)
    if (find_in (now, account_settings_get_uuid (former->pdata[i])) == NULL)
      g_signal_emit (kept, signals[SIGNAL_ACCOUNT_REMOVED], 0, former->pdata[i]);

  for (guint i = 0; i < now->len; i++)
    {
      AccountSettings *before = find_in (former, account_settings_get_uuid (now->pdata[i]));

      if (before == NULL)
        g_signal_emit (kept, signals[SIGNAL_ACCOUNT_ADDED], 0, now->pdata[i]);
      else if (!account_settings_equal (before, now->pdata[i]))
        g_signal_emit (kept, signals[SIGNAL_ACCOUNT_CHANGED], 0, now->pdata[i]);
    }

  g_signal_emit (kept, signals[SIGNAL_CHANGED], 0);
}

/**
 * account_list_open:
 * @profile: the profile
 *
 * Reads the profile's accounts. A file that does not exist yet is a list of none.
 *
 * Thread: main.
 * Errors: ACCOUNT_ERROR_MALFORMED, ACCOUNT_ERROR_NEWER: the file is left as it is, and
 *   account_list_set_aside () is there for a person who wants to start again; G_FILE_ERROR.
 *
 * Returns: (transfer full): the list
 */
AccountList *
account_list_open (AccountProfile  *profile,
                   GError         **error)
{
  g_autoptr(AccountList) self = NULL;

  g_return_val_if_fail (ACCOUNT_IS_PROFILE (profile), NULL);

  self = g_object_new (ACCOUNT_TYPE_LIST, NULL);
  self->profile = g_object_ref (profile);
  self->file = open_file (profile);

  if (!account_list_reload (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * account_list_set_aside:
 * @profile: the profile
 * @out_path: (out) (optional) (type filename): the name that the file has now
 *
 * Renames a settings file that cannot be read, after the person has asked for it.
 *
 * Errors: G_IO_ERROR.
 *
 * Returns: whether a new file can begin
 */
gboolean
account_list_set_aside (AccountProfile  *profile,
                        char           **out_path,
                        GError         **error)
{
  g_autoptr(AccountFile) file = NULL;

  g_return_val_if_fail (ACCOUNT_IS_PROFILE (profile), FALSE);

  file = open_file (profile);
  return account_file_set_aside (file, out_path, error);
}

/**
 * account_list_reload:
 *
 * Reads the file again and tells what is different. If it cannot be read, the list stays as it is.
 *
 * Errors: ACCOUNT_ERROR_MALFORMED, ACCOUNT_ERROR_NEWER, G_FILE_ERROR.
 *
 * Returns: whether the list is that of the file
 */
gboolean
account_list_reload (AccountList  *self,
                     GError      **error)
{
  g_autoptr(GKeyFile) key_file = NULL;
  GPtrArray *accounts;

  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);

  key_file = account_file_load (self->file, error);
  if (key_file == NULL)
    return FALSE;

  accounts = read_accounts (key_file, error);
  if (accounts == NULL)
    return FALSE;

  take_accounts (self, accounts);
  return TRUE;
}

static void
on_file_changed (AccountList *self)
{
  g_autoptr(GError) error = NULL;

  if (!account_list_reload (self, &error))
    g_warning ("The settings were changed by somebody else and are kept as they were: %s",
               error->message);
}

/**
 * account_list_watch:
 *
 * Follows what other processes do to the file from now on.
 *
 * Thread: main; signals come from its default context.
 * Errors: G_IO_ERROR.
 *
 * Returns: whether the file is being watched
 */
gboolean
account_list_watch (AccountList  *self,
                    GError      **error)
{
  g_autoptr(GFile) file = NULL;

  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);

  if (self->monitor != NULL)
    return TRUE;

  file = g_file_new_for_path (account_file_get_path (self->file));
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, error);
  if (self->monitor == NULL)
    return FALSE;

  g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (on_file_changed), self);
  return TRUE;
}

/**
 * account_list_get_profile:
 *
 * Returns: (transfer none): the profile
 */
AccountProfile *
account_list_get_profile (AccountList *self)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), NULL);

  return self->profile;
}

/**
 * account_list_get_n:
 *
 * Returns: how many accounts there are
 */
guint
account_list_get_n (AccountList *self)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), 0);

  return self->accounts->len;
}

/**
 * account_list_get:
 *
 * Returns: (nullable) (transfer none): the account at @position
 */
AccountSettings *
account_list_get (AccountList *self,
                  guint        position)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), NULL);

  return position < self->accounts->len ? self->accounts->pdata[position] : NULL;
}

/**
 * account_list_find:
 *
 * Returns: (nullable) (transfer none): the account with this UUID
 */
AccountSettings *
account_list_find (AccountList *self,
                   const char  *uuid)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  return find_in (self->accounts, uuid);
}

static AccountSettings *
find_address_in (GPtrArray  *accounts,
                 const char *address)
{
  g_autofree char *wanted = g_utf8_casefold (address, -1);

  for (guint i = 0; i < accounts->len; i++)
    {
      const char *own = account_settings_get_address (accounts->pdata[i]);
      g_autofree char *folded = g_utf8_casefold (own, -1);

      if (strcmp (folded, wanted) == 0)
        return accounts->pdata[i];
    }

  return NULL;
}

/**
 * account_list_match:
 * @text: what a person calls the account: its UUID, its address in any letter case, or its name
 *
 * Returns: (nullable) (transfer none): the account that is meant
 */
AccountSettings *
account_list_match (AccountList *self,
                    const char  *text)
{
  AccountSettings *settings;

  g_return_val_if_fail (ACCOUNT_IS_LIST (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  settings = find_in (self->accounts, text);
  if (settings == NULL)
    settings = find_address_in (self->accounts, text);

  for (guint i = 0; settings == NULL && i < self->accounts->len; i++)
    if (strcmp (account_settings_get_name (self->accounts->pdata[i]), text) == 0)
      settings = self->accounts->pdata[i];

  return settings;
}

static void
write_order (GKeyFile  *key_file,
             GPtrArray *accounts)
{
  g_autoptr(GPtrArray) uuids = g_ptr_array_new ();

  for (guint i = 0; i < accounts->len; i++)
    g_ptr_array_add (uuids, (char *) account_settings_get_uuid (accounts->pdata[i]));

  g_ptr_array_add (uuids, NULL);
  g_key_file_set_string_list (key_file, "Pipit", "accounts",
                              (const char * const *) uuids->pdata, uuids->len - 1);
}

/* One change to the accounts as they stand in the file. */
typedef gboolean (*ChangeFunc) (GPtrArray  *accounts,
                                GKeyFile   *key_file,
                                gpointer    data,
                                GError    **error);

static GPtrArray *
change_file (AccountList  *self,
             ChangeFunc    change,
             gpointer      data,
             GError      **error)
{
  g_autoptr(GKeyFile) key_file = account_file_load (self->file, error);
  g_autoptr(GPtrArray) accounts = NULL;

  if (key_file == NULL)
    return NULL;

  accounts = read_accounts (key_file, error);
  if (accounts == NULL || !change (accounts, key_file, data, error))
    return NULL;

  write_order (key_file, accounts);
  if (!account_file_save (self->file, key_file, error))
    return NULL;

  return g_steal_pointer (&accounts);
}

static gboolean
change_list (AccountList  *self,
             ChangeFunc    change,
             gpointer      data,
             GError      **error)
{
  GPtrArray *accounts;

  if (!account_file_begin (self->file, error))
    return FALSE;

  accounts = change_file (self, change, data, error);
  account_file_end (self->file);

  if (accounts == NULL)
    return FALSE;

  take_accounts (self, accounts);
  return TRUE;
}

static gboolean
not_found (const char  *uuid,
           GError     **error)
{
  g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NOT_FOUND, "There is no account “%s”", uuid);
  return FALSE;
}

static gboolean
add_account (GPtrArray  *accounts,
             GKeyFile   *key_file,
             gpointer    data,
             GError    **error)
{
  AccountSettings *settings = data;

  if (find_in (accounts, account_settings_get_uuid (settings)) != NULL ||
      find_address_in (accounts, account_settings_get_address (settings)) != NULL)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_EXISTS,
                   "There is an account “%s” already", account_settings_get_address (settings));
      return FALSE;
    }

  account_settings_write (settings, key_file);
  g_ptr_array_add (accounts, account_settings_ref (settings));
  return TRUE;
}

/**
 * account_list_add:
 * @settings: a new account, which becomes immutable
 *
 * Adds an account at the end. When this returns it is on the disk.
 *
 * Thread: main.
 * Errors: ACCOUNT_ERROR_INVALID, ACCOUNT_ERROR_EXISTS (the same address), and those of reading
 *   and writing the file.
 *
 * Returns: whether the account was added
 */
gboolean
account_list_add (AccountList      *self,
                  AccountSettings  *settings,
                  GError          **error)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  if (!account_settings_check (settings, error))
    return FALSE;

  account_settings_freeze (settings);
  return change_list (self, add_account, settings, error);
}

static gboolean
update_account (GPtrArray  *accounts,
                GKeyFile   *key_file,
                gpointer    data,
                GError    **error)
{
  AccountSettings *settings = data;
  const char *uuid = account_settings_get_uuid (settings);
  AccountSettings *same_address =
    find_address_in (accounts, account_settings_get_address (settings));

  if (same_address != NULL && strcmp (account_settings_get_uuid (same_address), uuid) != 0)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_EXISTS,
                   "There is an account “%s” already", account_settings_get_address (settings));
      return FALSE;
    }

  for (guint i = 0; i < accounts->len; i++)
    if (strcmp (account_settings_get_uuid (accounts->pdata[i]), uuid) == 0)
      {
        account_settings_write (settings, key_file);
        account_settings_unref (accounts->pdata[i]);
        accounts->pdata[i] = account_settings_ref (settings);
        return TRUE;
      }

  return not_found (uuid, error);
}

/**
 * account_list_update:
 * @settings: the changed copy of an account, which becomes immutable
 *
 * Replaces the settings of the account with the same UUID.
 *
 * Thread: main.
 * Errors: ACCOUNT_ERROR_INVALID, ACCOUNT_ERROR_NOT_FOUND, ACCOUNT_ERROR_EXISTS (another account has
 *   the address), and those of reading and writing the file.
 *
 * Returns: whether the account was changed
 */
gboolean
account_list_update (AccountList      *self,
                     AccountSettings  *settings,
                     GError          **error)
{
  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  if (!account_settings_check (settings, error))
    return FALSE;

  account_settings_freeze (settings);
  return change_list (self, update_account, settings, error);
}

static gboolean
remove_account (GPtrArray  *accounts,
                GKeyFile   *key_file,
                gpointer    data,
                GError    **error)
{
  const char *uuid = data;
  AccountSettings *settings = find_in (accounts, uuid);

  if (settings == NULL)
    return not_found (uuid, error);

  account_settings_erase (key_file, uuid);
  g_ptr_array_remove (accounts, settings);
  return TRUE;
}

/**
 * account_list_remove:
 * @uuid: an account
 *
 * Takes an account out of the settings. Its secrets, its cache and what waits in the journal are
 * for the caller to remove.
 *
 * Thread: main.
 * Errors: ACCOUNT_ERROR_NOT_FOUND, and those of reading and writing the file.
 *
 * Returns: whether the account was removed
 */
gboolean
account_list_remove (AccountList  *self,
                     const char   *uuid,
                     GError      **error)
{
  g_autofree char *copy = g_strdup (uuid);

  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);
  g_return_val_if_fail (uuid != NULL, FALSE);

  return change_list (self, remove_account, copy, error);
}

typedef struct
{
  const char *uuid;
  guint position;
} Move;

static gboolean
move_account (GPtrArray  *accounts,
              GKeyFile   *key_file,
              gpointer    data,
              GError    **error)
{
  Move *move = data;
  AccountSettings *settings = find_in (accounts, move->uuid);
  guint position;

  if (settings == NULL || !g_ptr_array_find (accounts, settings, &position))
    return not_found (move->uuid, error);

  settings = g_ptr_array_steal_index (accounts, position);
  g_ptr_array_insert (accounts, (int) MIN (move->position, accounts->len), settings);
  return TRUE;
}

/**
 * account_list_move:
 * @uuid: an account
 * @position: where it shall stand; beyond the end means at the end
 *
 * Thread: main.
 * Errors: ACCOUNT_ERROR_NOT_FOUND, and those of reading and writing the file.
 *
 * Returns: whether the account stands there
 */
gboolean
account_list_move (AccountList  *self,
                   const char   *uuid,
                   guint         position,
                   GError      **error)
{
  Move move = { uuid, position };

  g_return_val_if_fail (ACCOUNT_IS_LIST (self), FALSE);
  g_return_val_if_fail (uuid != NULL, FALSE);

  return change_list (self, move_account, &move, error);
}
