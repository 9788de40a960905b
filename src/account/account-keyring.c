#include "account-keyring-private.h"

#include "account-error.h"

#include <libsecret/secret.h>

/* The keyring of the desktop, by libsecret: GNOME Keyring, KWallet, KeePassXC, or in a Flatpak an
 * encrypted file. All it can answer is told apart: there is no such service, it is locked, it
 * (or the person) refuses, there is nothing under these attributes. */

static const SecretSchema account_schema = {
  "io.github.pipitmail.Pipit.Account",
  SECRET_SCHEMA_NONE,
  {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "account", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "service", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

static GHashTable *
attributes_of (const AccountKeyringEntry *entry)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (entry->profile != NULL)
    g_hash_table_insert (attributes, (char *) "profile", g_strdup (entry->profile));
  if (entry->account != NULL)
    g_hash_table_insert (attributes, (char *) "account", g_strdup (entry->account));
  if (entry->service != NULL)
    g_hash_table_insert (attributes, (char *) "service", g_strdup (entry->service));

  return attributes;
}

static gboolean
is_denied (const GError *cause)
{
  return g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
         g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED) ||
         g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
         g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_INVALID_FILE_FORMAT);
}

/* What of libsecret's and D-Bus's many errors a caller could act on. What is none of the others
 * means in practice that nobody keeps passwords here: no bus, no service, no keyring made. */
static GError *
classify (GError *cause)
{
  g_autoptr(GError) owned = cause;
  AccountError code = ACCOUNT_ERROR_KEYRING_MISSING;

  if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);

  g_dbus_error_strip_remote_error (owned);
  if (g_error_matches (owned, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    code = ACCOUNT_ERROR_KEYRING_LOCKED;
  else if (is_denied (owned))
    code = ACCOUNT_ERROR_KEYRING_DENIED;

  return g_error_new (ACCOUNT_ERROR, code, "The keyring says: %s", owned->message);
}

static void
searched_cb (GObject      *source_object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, classify (error));
  else
    g_task_return_boolean (task, TRUE);

  g_list_free_full (items, g_object_unref);
}

/**
 * account_keyring_probe_async:
 *
 * Asks whether there is a keyring, without unlocking it or asking the person.
 */
void
account_keyring_probe_async (const AccountKeyringEntry *entry,
                             GCancellable              *cancellable,
                             GAsyncReadyCallback        callback,
                             gpointer                   user_data)
{
  g_autoptr(GHashTable) attributes = attributes_of (entry);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, account_keyring_probe_async);
  secret_password_searchv (&account_schema, attributes, SECRET_SEARCH_NONE, cancellable,
                           searched_cb, task);
}

gboolean
account_keyring_probe_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
is_locked (gpointer item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (SECRET_ITEM (item));
}

/* A prompt that was dismissed looks like an entry that is not there. It is there, and locked. */
static void
looked_for_locked_cb (GObject      *source_object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, classify (error));
  else if (items != NULL && is_locked (items->data))
    g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_LOCKED,
                             "The keyring is locked and was not unlocked");
  else
    g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_NO_SECRET,
                             "The keyring has no password for this account");

  g_list_free_full (items, g_object_unref);
}

static void
looked_up_cb (GObject      *source_object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  char *text = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, classify (error));
      return;
    }

  if (text != NULL)
    {
      g_task_return_pointer (task, base_secret_new (text), (GDestroyNotify) base_secret_unref);
      secret_password_free (text);
      return;
    }

  secret_password_searchv (&account_schema, g_task_get_task_data (task), SECRET_SEARCH_NONE,
                           g_task_get_cancellable (task), looked_for_locked_cb, g_object_ref (task));
}

/**
 * account_keyring_lookup_async:
 *
 * Looks for a password; a locked keyring is unlocked, which may ask the person.
 */
void
account_keyring_lookup_async (const AccountKeyringEntry *entry,
                              GCancellable              *cancellable,
                              GAsyncReadyCallback        callback,
                              gpointer                   user_data)
{
  GHashTable *attributes = attributes_of (entry);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, account_keyring_lookup_async);
  g_task_set_task_data (task, attributes, (GDestroyNotify) g_hash_table_unref);
  secret_password_lookupv (&account_schema, attributes, cancellable, looked_up_cb, task);
}

/* Errors: ACCOUNT_ERROR_NO_SECRET and ACCOUNT_ERROR_KEYRING_…, G_IO_ERROR_CANCELLED. */
BaseSecret *
account_keyring_lookup_finish (GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stored_cb (GObject      *source_object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, classify (error));
  else
    g_task_return_new_error (task, ACCOUNT_ERROR, ACCOUNT_ERROR_KEYRING_DENIED,
                             "The keyring was not unlocked");
}

/**
 * account_keyring_store_async:
 * @label: what the person sees in a keyring's own window
 *
 * Puts a password into the default keyring, in place of the one that was there.
 */
void
account_keyring_store_async (const AccountKeyringEntry *entry,
                             const char                *label,
                             BaseSecret                *secret,
                             GCancellable              *cancellable,
                             GAsyncReadyCallback        callback,
                             gpointer                   user_data)
{
  g_autoptr(GHashTable) attributes = attributes_of (entry);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, account_keyring_store_async);
  secret_password_storev (&account_schema, attributes, SECRET_COLLECTION_DEFAULT, label,
                          base_secret_peek (secret), cancellable, stored_cb, task);
}

gboolean
account_keyring_store_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cleared_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, classify (error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * account_keyring_clear_async:
 *
 * Removes all entries with these attributes; there may be none.
 */
void
account_keyring_clear_async (const AccountKeyringEntry *entry,
                             GCancellable              *cancellable,
                             GAsyncReadyCallback        callback,
                             gpointer                   user_data)
{
  g_autoptr(GHashTable) attributes = attributes_of (entry);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, account_keyring_clear_async);
  secret_password_clearv (&account_schema, attributes, cancellable, cleared_cb, task);
}

gboolean
account_keyring_clear_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
