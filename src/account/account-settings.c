#include "account-settings-private.h"

#include "account-error.h"

#include <string.h>

/* What is known about one account, without its secrets. It can be changed until an AccountList
 * has taken it; from then on it is immutable, so that workers may keep it as a value. To change
 * an account, take a copy, change that, and hand it to account_list_update (). */

struct _AccountSettings
{
  gatomicrefcount ref_count;
  gboolean frozen;

  char *uuid;                /* (owned) */
  char *address;             /* (owned) the account's main address */
  char *name;                /* (owned) (nullable) as the person calls it */
  char *provider_id;         /* (owned) (nullable) the row of the known provider */
  char *colour;              /* (owned) (nullable) */

  NetEndpoint *imap;         /* (owned) (nullable) until it is known */
  char *imap_username;       /* (owned) (nullable) until it is known */
  NetEndpoint *smtp;         /* (owned) (nullable) when the account cannot send */
  char *smtp_username;       /* (owned) (nullable) when sending needs no sign-in */
  gboolean own_smtp_password;

  AccountPasswordSource password_source;
  char *password_command;    /* (owned) (nullable) */

  guint poll_minutes;        /* 0: no wish */
  gboolean paused;
  AccountOffline offline;
  gboolean keep_attachments;

  char *folders[ACCOUNT_N_FOLDER_ROLES]; /* (owned) (nullable) each */
  GPtrArray *identities;     /* (owned) of AccountIdentity, the main one first */
};

G_DEFINE_BOXED_TYPE (AccountSettings, account_settings, account_settings_ref,
                     account_settings_unref)

AccountSettings *
account_settings_new_with_uuid (const char *uuid,
                                const char *address)
{
  AccountSettings *self = g_new0 (AccountSettings, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->uuid = g_strdup (uuid);
  self->address = g_strdup (address);
  self->offline = ACCOUNT_OFFLINE_MONTH;
  self->identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);

  return self;
}

/**
 * account_settings_new:
 * @address: the account's address
 *
 * Makes settings with a new UUID and one identity for @address.
 *
 * Returns: (transfer full): settings that can be changed
 */
AccountSettings *
account_settings_new (const char *address)
{
  g_autofree char *uuid = g_uuid_string_random ();
  AccountSettings *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = account_settings_new_with_uuid (uuid, address);
  g_ptr_array_add (self->identities, account_identity_new (NULL, NULL, address, NULL));

  return self;
}

/**
 * account_settings_copy:
 *
 * Returns: (transfer full): a copy that can be changed, with the same UUID
 */
AccountSettings *
account_settings_copy (AccountSettings *self)
{
  AccountSettings *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = account_settings_new_with_uuid (self->uuid, self->address);
  copy->name = g_strdup (self->name);
  copy->provider_id = g_strdup (self->provider_id);
  copy->colour = g_strdup (self->colour);
  copy->imap = self->imap != NULL ? net_endpoint_ref (self->imap) : NULL;
  copy->imap_username = g_strdup (self->imap_username);
  copy->smtp = self->smtp != NULL ? net_endpoint_ref (self->smtp) : NULL;
  copy->smtp_username = g_strdup (self->smtp_username);
  copy->own_smtp_password = self->own_smtp_password;
  copy->password_source = self->password_source;
  copy->password_command = g_strdup (self->password_command);
  copy->poll_minutes = self->poll_minutes;
  copy->paused = self->paused;
  copy->offline = self->offline;
  copy->keep_attachments = self->keep_attachments;

  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    copy->folders[i] = g_strdup (self->folders[i]);

  for (guint i = 0; i < self->identities->len; i++)
    g_ptr_array_add (copy->identities, account_identity_ref (self->identities->pdata[i]));

  return copy;
}

/**
 * account_settings_ref:
 *
 * Returns: (transfer full): @self
 */
AccountSettings *
account_settings_ref (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * account_settings_unref:
 * @self: (transfer full): settings
 */
void
account_settings_unref (AccountSettings *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->uuid);
  g_free (self->address);
  g_free (self->name);
  g_free (self->provider_id);
  g_free (self->colour);
  g_clear_pointer (&self->imap, net_endpoint_unref);
  g_free (self->imap_username);
  g_clear_pointer (&self->smtp, net_endpoint_unref);
  g_free (self->smtp_username);
  g_free (self->password_command);

  for (guint i = 0; i < ACCOUNT_N_FOLDER_ROLES; i++)
    g_free (self->folders[i]);

  g_ptr_array_unref (self->identities);
  g_free (self);
}

/* From here on the settings are a value that any thread may hold. */
void
account_settings_freeze (AccountSettings *self)
{
  self->frozen = TRUE;
}

static gboolean
check_failed (GError     **error,
              const char  *what)
{
  g_set_error_literal (error, ACCOUNT_ERROR, ACCOUNT_ERROR_INVALID, what);
  return FALSE;
}

/**
 * account_settings_check:
 *
 * Looks whether an account with these settings could be used at all.
 *
 * Errors: ACCOUNT_ERROR_INVALID.
 *
 * Returns: whether the settings are complete
 */
gboolean
account_settings_check (AccountSettings  *self,
                        GError          **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (strchr (self->address, '@') == NULL || strpbrk (self->address, "\r\n\t ") != NULL)
    return check_failed (error, "The account has no usable e-mail address");
  if (self->imap == NULL || net_endpoint_get_purpose (self->imap) != NET_PURPOSE_IMAP)
    return check_failed (error, "The account has no server for reading");
  if (self->imap_username == NULL || self->imap_username[0] == '\0')
    return check_failed (error, "The account has no user name");
  if (self->smtp != NULL && net_endpoint_get_purpose (self->smtp) != NET_PURPOSE_SMTP)
    return check_failed (error, "The server for sending is none for sending");
  if (self->password_source == ACCOUNT_PASSWORD_COMMAND &&
      (self->password_command == NULL || self->password_command[0] == '\0'))
    return check_failed (error, "The account has no password command");
  if (self->identities->len == 0)
    return check_failed (error, "The account has no identity");

  return TRUE;
}

/**
 * account_settings_get_uuid:
 *
 * Returns: the account's permanent id
 */
const char *
account_settings_get_uuid (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uuid;
}

/**
 * account_settings_get_address:
 *
 * Returns: the account's main address
 */
const char *
account_settings_get_address (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * account_settings_get_name:
 *
 * Returns: what the person calls the account; its address while it has no name
 */
const char *
account_settings_get_name (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name != NULL ? self->name : self->address;
}

/**
 * account_settings_get_provider_id:
 *
 * Returns: (nullable): the id of the known provider
 */
const char *
account_settings_get_provider_id (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->provider_id;
}

/**
 * account_settings_get_colour:
 *
 * Returns: (nullable): the account's colour in CSS notation
 */
const char *
account_settings_get_colour (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->colour;
}

/**
 * account_settings_get_imap:
 *
 * Returns: (nullable) (transfer none): the server for reading; %NULL only before it is set
 */
NetEndpoint *
account_settings_get_imap (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->imap;
}

/**
 * account_settings_get_imap_username:
 *
 * Returns: (nullable): the name to sign in with; %NULL only before it is set
 */
const char *
account_settings_get_imap_username (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->imap_username;
}

/**
 * account_settings_get_smtp:
 *
 * Returns: (nullable) (transfer none): the server for sending; %NULL if the account cannot send
 */
NetEndpoint *
account_settings_get_smtp (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->smtp;
}

/**
 * account_settings_get_smtp_username:
 *
 * Returns: (nullable): the name to sign in with for sending; %NULL for sending without signing in
 */
const char *
account_settings_get_smtp_username (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->smtp_username;
}

/**
 * account_settings_has_own_smtp_password:
 *
 * Returns: whether sending has a password of its own
 */
gboolean
account_settings_has_own_smtp_password (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->own_smtp_password;
}

/**
 * account_settings_get_password_source:
 *
 * Returns: where the password comes from
 */
AccountPasswordSource
account_settings_get_password_source (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, ACCOUNT_PASSWORD_KEYRING);

  return self->password_source;
}

/**
 * account_settings_get_password_command:
 *
 * Returns: (nullable): the command that prints the password, as the person typed it
 */
const char *
account_settings_get_password_command (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->password_command;
}

/**
 * account_settings_get_poll_minutes:
 *
 * Returns: the shortest time between two polls in minutes, or 0 for no wish
 */
guint
account_settings_get_poll_minutes (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->poll_minutes;
}

/**
 * account_settings_is_paused:
 *
 * Returns: whether the account stays off the network
 */
gboolean
account_settings_is_paused (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->paused;
}

/**
 * account_settings_get_offline:
 *
 * Returns: whose texts are fetched before they are opened
 */
AccountOffline
account_settings_get_offline (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, ACCOUNT_OFFLINE_MONTH);

  return self->offline;
}

/**
 * account_settings_keeps_attachments:
 *
 * Returns: whether attachments are fetched with the texts
 */
gboolean
account_settings_keeps_attachments (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->keep_attachments;
}

/**
 * account_settings_get_folder:
 *
 * Returns: (nullable): the mailbox name, UTF-8, that the person has chosen for @role
 */
const char *
account_settings_get_folder (AccountSettings   *self,
                             AccountFolderRole  role)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (role < ACCOUNT_N_FOLDER_ROLES, NULL);

  return self->folders[role];
}

/**
 * account_settings_get_n_identities:
 *
 * Returns: how many identities there are, at least one
 */
guint
account_settings_get_n_identities (AccountSettings *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->identities->len;
}

/**
 * account_settings_get_identity:
 *
 * Returns: (nullable) (transfer none): the identity at @position; the main one is at 0
 */
AccountIdentity *
account_settings_get_identity (AccountSettings *self,
                               guint            position)
{
  g_return_val_if_fail (self != NULL, NULL);

  return position < self->identities->len ? self->identities->pdata[position] : NULL;
}

/**
 * account_settings_find_identity:
 * @address: an e-mail address
 *
 * Returns: (nullable) (transfer none): the first identity with this address, letter case aside
 */
AccountIdentity *
account_settings_find_identity (AccountSettings *self,
                                const char      *address)
{
  g_autofree char *wanted = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (address != NULL, NULL);

  wanted = g_utf8_casefold (address, -1);

  for (guint i = 0; i < self->identities->len; i++)
    {
      AccountIdentity *identity = self->identities->pdata[i];
      g_autofree char *own = g_utf8_casefold (account_identity_get_address (identity), -1);

      if (strcmp (own, wanted) == 0)
        return identity;
    }

  return NULL;
}

static void
replace_text (AccountSettings  *self,
              char            **field,
              const char       *text)
{
  char *copy;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);

  copy = text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
  g_free (*field);
  *field = copy;
}

static void
replace_endpoint (NetEndpoint **field,
                  NetEndpoint  *endpoint)
{
  NetEndpoint *former = *field;

  *field = endpoint != NULL ? net_endpoint_ref (endpoint) : NULL;
  g_clear_pointer (&former, net_endpoint_unref);
}

/**
 * account_settings_set_address:
 * @address: the account's main address
 */
void
account_settings_set_address (AccountSettings *self,
                              const char      *address)
{
  g_return_if_fail (address != NULL && address[0] != '\0');

  replace_text (self, &self->address, address);
}

/**
 * account_settings_set_name:
 * @name: (nullable): what the person calls the account
 */
void
account_settings_set_name (AccountSettings *self,
                           const char      *name)
{
  replace_text (self, &self->name, name);
}

/**
 * account_settings_set_provider_id:
 * @provider_id: (nullable): the id of a known provider
 */
void
account_settings_set_provider_id (AccountSettings *self,
                                  const char      *provider_id)
{
  replace_text (self, &self->provider_id, provider_id);
}

/**
 * account_settings_set_colour:
 * @colour: (nullable): a colour in CSS notation
 */
void
account_settings_set_colour (AccountSettings *self,
                             const char      *colour)
{
  replace_text (self, &self->colour, colour);
}

/**
 * account_settings_set_imap:
 * @endpoint: (nullable): the server for reading
 * @username: (nullable): the name to sign in with
 */
void
account_settings_set_imap (AccountSettings *self,
                           NetEndpoint     *endpoint,
                           const char      *username)
{
  replace_text (self, &self->imap_username, username);
  replace_endpoint (&self->imap, endpoint);
}

/**
 * account_settings_set_smtp:
 * @endpoint: (nullable): the server for sending, or %NULL if the account cannot send
 * @username: (nullable): the name to sign in with, or %NULL to send without signing in
 */
void
account_settings_set_smtp (AccountSettings *self,
                           NetEndpoint     *endpoint,
                           const char      *username)
{
  replace_text (self, &self->smtp_username, username);
  replace_endpoint (&self->smtp, endpoint);
}

/**
 * account_settings_set_own_smtp_password:
 * @own: whether sending has a password of its own
 */
void
account_settings_set_own_smtp_password (AccountSettings *self,
                                        gboolean         own)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);

  self->own_smtp_password = !!own;
}

/**
 * account_settings_set_password_source:
 * @source: where the password comes from
 * @command: (nullable): for %ACCOUNT_PASSWORD_COMMAND, the command
 */
void
account_settings_set_password_source (AccountSettings       *self,
                                      AccountPasswordSource  source,
                                      const char            *command)
{
  replace_text (self, &self->password_command, command);
  self->password_source = source;
}

/**
 * account_settings_set_poll_minutes:
 * @minutes: the shortest time between two polls, or 0 for no wish
 */
void
account_settings_set_poll_minutes (AccountSettings *self,
                                   guint            minutes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);

  self->poll_minutes = minutes;
}

/**
 * account_settings_set_paused:
 * @paused: whether the account stays off the network
 */
void
account_settings_set_paused (AccountSettings *self,
                             gboolean         paused)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);

  self->paused = !!paused;
}

/**
 * account_settings_set_offline:
 * @offline: whose texts are fetched before they are opened
 * @attachments: whether attachments are fetched with them
 */
void
account_settings_set_offline (AccountSettings *self,
                              AccountOffline   offline,
                              gboolean         attachments)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);

  self->offline = offline;
  self->keep_attachments = !!attachments;
}

/**
 * account_settings_set_folder:
 * @mailbox_name: (nullable): the folder for @role, UTF-8, or %NULL to go by what the server says
 */
void
account_settings_set_folder (AccountSettings   *self,
                             AccountFolderRole  role,
                             const char        *mailbox_name)
{
  g_return_if_fail (role < ACCOUNT_N_FOLDER_ROLES);

  replace_text (self, &self->folders[role], mailbox_name);
}

/**
 * account_settings_set_identities:
 * @identities: (element-type AccountIdentity): at least one, the main one first
 */
void
account_settings_set_identities (AccountSettings *self,
                                 GPtrArray       *identities)
{
  g_autoptr(GPtrArray) former = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->frozen);
  g_return_if_fail (identities != NULL && identities->len > 0);

  former = g_steal_pointer (&self->identities);
  self->identities = g_ptr_array_new_with_free_func ((GDestroyNotify) account_identity_unref);
  for (guint i = 0; i < identities->len; i++)
    g_ptr_array_add (self->identities, account_identity_ref (identities->pdata[i]));
}
