#include "account-settings-private.h"

#include "account-error.h"

#include <string.h>

/* How an account stands in the profile's key file: a group "Account UUID", and one
 * "Identity UUID ID" for each of its identities. Keys that this version does not know
 * are left alone: the file belongs to the person, and to later versions. */

static const char * const source_names[] = { "keyring", "command", "session", NULL };
static const char * const offline_names[] = { "headers", "month", "year", "all", NULL };
static const char * const folder_keys[ACCOUNT_N_FOLDER_ROLES] = {
  "folder-archive", "folder-drafts", "folder-junk", "folder-sent", "folder-trash",
};

static char *
account_group (const char *uuid)
{
  return g_strconcat ("Account ", uuid, NULL);
}

static char *
identity_group (const char *uuid,
                const char *id)
{
  return g_strconcat ("Identity ", uuid, " ", id, NULL);
}

static gboolean
malformed (GError     **error,
           const char  *group,
           const char  *key,
           const char  *why)
{
  g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_MALFORMED, "[%s] %s: %s", group, key, why);
  return FALSE;
}

/* Reads a text that may be missing; one that is there and is no text is an error. */
static gboolean
read_text (GKeyFile    *key_file,
           const char  *group,
           const char  *key,
           char       **out_text,
           GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *text = g_key_file_get_string (key_file, group, key, &local_error);

  *out_text = NULL;

  if (local_error != NULL && !g_error_matches (local_error, G_KEY_FILE_ERROR,
                                               G_KEY_FILE_ERROR_KEY_NOT_FOUND))
    return malformed (error, group, key, local_error->message);

  if (text != NULL && text[0] != '\0')
    *out_text = g_steal_pointer (&text);

  return TRUE;
}

static gboolean
read_boolean (GKeyFile    *key_file,
              const char  *group,
              const char  *key,
              gboolean    *out_value,
              GError     **error)
{
  g_autoptr(GError) local_error = NULL;

  *out_value = g_key_file_get_boolean (key_file, group, key, &local_error);

  if (local_error != NULL && !g_error_matches (local_error, G_KEY_FILE_ERROR,
                                               G_KEY_FILE_ERROR_KEY_NOT_FOUND))
    return malformed (error, group, key, local_error->message);

  return TRUE;
}

static gboolean
read_name (GKeyFile           *key_file,
           const char         *group,
           const char         *key,
           const char * const *names,
           guint               fallback,
           guint              *out_value,
           GError            **error)
{
  g_autofree char *text = NULL;

  *out_value = fallback;

  if (!read_text (key_file, group, key, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], text) == 0)
      {
        *out_value = i;
        return TRUE;
      }

  return malformed (error, group, key, "is none of the values that Pipit knows");
}

static gboolean
read_endpoint (GKeyFile     *key_file,
               const char   *group,
               NetPurpose    purpose,
               NetEndpoint **out_endpoint,
               GError      **error)
{
  const char *key = purpose == NET_PURPOSE_IMAP ? "imap" : "smtp";
  g_autofree char *plain_key = g_strconcat (key, "-plain-text-allowed", NULL);
  g_autoptr(NetEndpoint) endpoint = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *text = NULL;
  gboolean plain_allowed;

  *out_endpoint = NULL;

  if (!read_text (key_file, group, key, &text, error) ||
      !read_boolean (key_file, group, plain_key, &plain_allowed, error))
    return FALSE;
  if (text == NULL)
    return TRUE;

  endpoint = net_endpoint_parse (purpose, text, &local_error);
  if (endpoint == NULL)
    return malformed (error, group, key, local_error->message);

  *out_endpoint = plain_allowed ? net_endpoint_allow_plain (endpoint) : g_steal_pointer (&endpoint);
  return TRUE;
}

static AccountIdentity *
read_identity (GKeyFile    *key_file,
               const char  *uuid,
               const char  *id,
               GError     **error)
{
  g_autofree char *group = identity_group (uuid, id);
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;
  g_autofree char *signature = NULL;

  if (!read_text (key_file, group, "name", &name, error) ||
      !read_text (key_file, group, "address", &address, error) ||
      !read_text (key_file, group, "signature", &signature, error))
    return NULL;

  if (address == NULL)
    {
      malformed (error, group, "address", "is missing");
      return NULL;
    }

  return account_identity_new (id, name, address, signature);
}

static gboolean
read_identities (AccountSettings  *self,
                 GKeyFile         *key_file,
                 const char       *group,
                 GError          **error)
{
  const char *uuid = account_settings_get_uuid (self);
  g_auto(GStrv) ids = g_key_file_get_string_list (key_file, group, "identities", NULL, NULL);
  g_autoptr(GPtrArray) identities = NULL;

  identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);

  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      g_autofree char *identity = identity_group (uuid, ids[i]);
      AccountIdentity *read;

      if (!g_key_file_has_group (key_file, identity))
        return malformed (error, group, "identities", "names an identity that is not there");

      read = read_identity (key_file, uuid, ids[i], error);
      if (read == NULL)
        return FALSE;
      g_ptr_array_add (identities, read);
    }

  if (identities->len == 0)
    g_ptr_array_add (identities, account_identity_new (NULL, NULL,
                                                       account_settings_get_address (self), NULL));

  account_settings_set_identities (self, identities);
  return TRUE;
}

static gboolean
read_servers (AccountSettings  *self,
              GKeyFile         *key_file,
              const char       *group,
              GError          **error)
{
  g_autoptr(NetEndpoint) imap = NULL;
  g_autoptr(NetEndpoint) smtp = NULL;
  g_autofree char *imap_username = NULL;
  g_autofree char *smtp_username = NULL;
  gboolean own_smtp_password;

  if (!read_endpoint (key_file, group, NET_PURPOSE_IMAP, &imap, error) ||
      !read_endpoint (key_file, group, NET_PURPOSE_SMTP, &smtp, error) ||
      !read_text (key_file, group, "imap-username", &imap_username, error) ||
      !read_text (key_file, group, "smtp-username", &smtp_username, error) ||
      !read_boolean (key_file, group, "smtp-own-password", &own_smtp_password, error))
    return FALSE;

  account_settings_set_imap (self, imap, imap_username);
  account_settings_set_smtp (self, smtp, smtp_username);
  account_settings_set_own_smtp_password (self, own_smtp_password);
  return TRUE;
}

static gboolean
read_password (AccountSettings  *self,
               GKeyFile         *key_file,
               const char       *group,
               GError          **error)
{
  g_autofree char *command = NULL;
  guint source;

  if (!read_name (key_file, group, "password", source_names, ACCOUNT_PASSWORD_KEYRING, &source,
                  error) ||
      !read_text (key_file, group, "password-command", &command, error))
    return FALSE;

  account_settings_set_password_source (self, source, command);
  return TRUE;
}

static gboolean
read_policy (AccountSettings  *self,
             GKeyFile         *key_file,
             const char       *group,
             GError          **error)
{
  g_autofree char *minutes = NULL;
  gboolean paused, attachments;
  guint64 poll_minutes = 0;
  guint offline;

  if (!read_boolean (key_file, group, "paused", &paused, error) ||
      !read_boolean (key_file, group, "offline-attachments", &attachments, error) ||
      !read_name (key_file, group, "offline", offline_names, ACCOUNT_OFFLINE_MONTH, &offline,
                  error) ||
      !read_text (key_file, group, "poll-minutes", &minutes, error))
    return FALSE;

  if (minutes != NULL &&
      !g_ascii_string_to_unsigned (minutes, 10, 0, 7 * 24 * 60, &poll_minutes, NULL))
    return malformed (error, group, "poll-minutes", "is no number of minutes within a week");

  account_settings_set_paused (self, paused);
  account_settings_set_offline (self, offline, attachments);
  account_settings_set_poll_minutes (self, (guint) poll_minutes);
  return TRUE;
}

static gboolean
read_names (AccountSettings  *self,
            GKeyFile         *key_file,
            const char       *group,
            GError          **error)
{
  g_autofree char *name = NULL;
  g_autofree char *provider = NULL;
  g_autofree char *colour = NULL;

  if (!read_text (key_file, group, "name", &name, error) ||
      !read_text (key_file, group, "provider", &provider, error) ||
      !read_text (key_file, group, "colour", &colour, error))
    return FALSE;

  account_settings_set_name (self, name);
  account_settings_set_provider_id (self, provider);
  account_settings_set_colour (self, colour);
  return TRUE;
}

static gboolean
read_folders (AccountSettings  *self,
              GKeyFile         *key_file,
              const char       *group,
              GError          **error)
{
  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    {
      g_autofree char *folder = NULL;

      if (!read_text (key_file, group, folder_keys[i], &folder, error))
        return FALSE;
      account_settings_set_folder (self, i, folder);
    }

  return TRUE;
}

/* Reads one account. An account that cannot be read wholly is an error of the whole file:
 * going on without it would look as if it had been removed. */
AccountSettings *
account_settings_read (GKeyFile    *key_file,
                       const char  *uuid,
                       GError     **error)
{
  g_autofree char *group = account_group (uuid);
  g_autoptr(AccountSettings) self = NULL;
  g_autofree char *address = NULL;

  if (!g_key_file_has_group (key_file, group))
    {
      malformed (error, "Pipit", "accounts", "names an account that is not there");
      return NULL;
    }

  if (!read_text (key_file, group, "address", &address, error))
    return NULL;
  if (address == NULL)
    {
      malformed (error, group, "address", "is missing");
      return NULL;
    }

  self = account_settings_new_with_uuid (uuid, address);

  if (!read_names (self, key_file, group, error) ||
      !read_servers (self, key_file, group, error) ||
      !read_password (self, key_file, group, error) ||
      !read_policy (self, key_file, group, error) ||
      !read_folders (self, key_file, group, error) ||
      !read_identities (self, key_file, group, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
write_text (GKeyFile   *key_file,
            const char *group,
            const char *key,
            const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_key_file_set_string (key_file, group, key, text);
  else
    g_key_file_remove_key (key_file, group, key, NULL);
}

static void
write_boolean (GKeyFile   *key_file,
               const char *group,
               const char *key,
               gboolean    value)
{
  if (value)
    g_key_file_set_boolean (key_file, group, key, TRUE);
  else
    g_key_file_remove_key (key_file, group, key, NULL);
}

static void
write_endpoint (GKeyFile    *key_file,
                const char  *group,
                const char  *key,
                NetEndpoint *endpoint)
{
  g_autofree char *plain_key = g_strconcat (key, "-plain-text-allowed", NULL);
  g_autofree char *text = endpoint != NULL ? net_endpoint_to_string (endpoint) : NULL;

  write_text (key_file, group, key, text);
  write_boolean (key_file, group, plain_key,
                 endpoint != NULL && net_endpoint_is_plain_allowed (endpoint));
}

static void
write_identities (AccountSettings *self,
                  GKeyFile        *key_file,
                  const char      *group)
{
  const char *uuid = account_settings_get_uuid (self);
  guint n = account_settings_get_n_identities (self);
  g_auto(GStrv) former = g_key_file_get_string_list (key_file, group, "identities", NULL, NULL);
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      AccountIdentity *identity = account_settings_get_identity (self, i);
      const char *id = account_identity_get_id (identity);
      g_autofree char *identity_name = identity_group (uuid, id);

      g_ptr_array_add (ids, (char *) id);
      write_text (key_file, identity_name, "name", account_identity_get_name (identity));
      write_text (key_file, identity_name, "address", account_identity_get_address (identity));
      write_text (key_file, identity_name, "signature", account_identity_get_signature (identity));
    }

  g_key_file_set_string_list (key_file, group, "identities", (const char * const *) ids->pdata,
                              ids->len);
  g_ptr_array_add (ids, NULL);

  for (guint i = 0; former != NULL && former[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) ids->pdata, former[i]))
      {
        g_autofree char *gone = identity_group (uuid, former[i]);

        g_key_file_remove_group (key_file, gone, NULL);
      }
}

/* Writes the keys that this version knows, and touches no others. */
void
account_settings_write (AccountSettings *self,
                        GKeyFile        *key_file)
{
  AccountPasswordSource source = account_settings_get_password_source (self);
  g_autofree char *group = account_group (account_settings_get_uuid (self));
  g_autofree char *minutes = g_strdup_printf ("%u", account_settings_get_poll_minutes (self));
  const char *name = account_settings_get_name (self);

  write_text (key_file, group, "address", account_settings_get_address (self));
  write_text (key_file, group, "name",
              name != account_settings_get_address (self) ? name : NULL);
  write_text (key_file, group, "provider", account_settings_get_provider_id (self));
  write_text (key_file, group, "colour", account_settings_get_colour (self));

  write_endpoint (key_file, group, "imap", account_settings_get_imap (self));
  write_text (key_file, group, "imap-username", account_settings_get_imap_username (self));
  write_endpoint (key_file, group, "smtp", account_settings_get_smtp (self));
  write_text (key_file, group, "smtp-username", account_settings_get_smtp_username (self));
  write_boolean (key_file, group, "smtp-own-password",
                 account_settings_has_own_smtp_password (self));

  write_text (key_file, group, "password", source_names[source]);
  write_text (key_file, group, "password-command", account_settings_get_password_command (self));

  write_text (key_file, group, "poll-minutes",
              account_settings_get_poll_minutes (self) > 0 ? minutes : NULL);
  write_boolean (key_file, group, "paused", account_settings_is_paused (self));
  write_text (key_file, group, "offline", offline_names[account_settings_get_offline (self)]);
  write_boolean (key_file, group, "offline-attachments",
                 account_settings_keeps_attachments (self));

  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    write_text (key_file, group, folder_keys[i], account_settings_get_folder (self, i));

  write_identities (self, key_file, group);
}

/* Takes an account and its identities out of the file. */
void
account_settings_erase (GKeyFile   *key_file,
                        const char *uuid)
{
  g_autofree char *group = account_group (uuid);
  g_autofree char *identities = g_strconcat ("Identity ", uuid, " ", NULL);
  g_auto(GStrv) groups = g_key_file_get_groups (key_file, NULL);

  g_key_file_remove_group (key_file, group, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], identities))
      g_key_file_remove_group (key_file, groups[i], NULL);
}

/* Whether two settings would stand in the file alike. */
gboolean
account_settings_equal (AccountSettings *a,
                        AccountSettings *b)
{
  g_autoptr(GKeyFile) file_a = g_key_file_new ();
  g_autoptr(GKeyFile) file_b = g_key_file_new ();
  g_autofree char *text_a = NULL;
  g_autofree char *text_b = NULL;

  account_settings_write (a, file_a);
  account_settings_write (b, file_b);
  text_a = g_key_file_to_data (file_a, NULL, NULL);
  text_b = g_key_file_to_data (file_b, NULL, NULL);

  return strcmp (text_a, text_b) == 0;
}
