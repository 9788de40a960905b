#include "account-trust.h"

#include "account-error.h"
#include "account-file-private.h"

#include <string.h>

/* Whom this profile trusts beyond what the system trusts: certificates that the person has
 * looked at and pinned for one host, port and purpose, and certificate authorities in
 * authorities/…pem. Loaded before any connection; connections get an immutable NetTrust. */

struct _AccountTrust
{
  GObject parent_instance;

  AccountFile *file;       /* (owned) certificates.ini */
  char *certificates_dir;  /* (owned) */
  char *authorities_dir;   /* (owned) */
  NetTrust *net_trust;     /* (owned) replaced as a whole */
};

G_DEFINE_FINAL_TYPE (AccountTrust, account_trust, G_TYPE_OBJECT)

static guint changed_signal;

static void
account_trust_finalize (GObject *object)
{
  AccountTrust *self = ACCOUNT_TRUST (object);

  g_clear_pointer (&self->file, account_file_free);
  g_free (self->certificates_dir);
  g_free (self->authorities_dir);
  g_clear_pointer (&self->net_trust, net_trust_unref);

  G_OBJECT_CLASS (account_trust_parent_class)->finalize (object);
}

static void
account_trust_class_init (AccountTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = account_trust_finalize;

  /**
   * AccountTrust::changed:
   *
   * The trust is another one: give it to those who connect.
   */
  changed_signal = g_signal_new ("changed", ACCOUNT_TYPE_TRUST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
account_trust_init (AccountTrust *self)
{
}

/* A group's name is an endpoint's: "imap mail.example.org:993". */
static char *
pin_group (NetEndpoint *endpoint)
{
  return g_strdup_printf ("%s %s:%u", net_purpose_to_string (net_endpoint_get_purpose (endpoint)),
                          net_endpoint_get_host (endpoint), net_endpoint_get_port (endpoint));
}

static gboolean
parse_pin_group (const char  *group,
                 NetPurpose  *out_purpose,
                 char       **out_host,
                 guint16     *out_port)
{
  const char *space = strchr (group, ' ');
  const char *colon = strrchr (group, ':');
  guint64 port;

  if (g_str_has_prefix (group, "imap "))
    *out_purpose = NET_PURPOSE_IMAP;
  else if (g_str_has_prefix (group, "smtp "))
    *out_purpose = NET_PURPOSE_SMTP;
  else
    return FALSE;

  if (colon == NULL || colon <= space + 1 ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;

  *out_host = g_strndup (space + 1, (gsize) (colon - space - 1));
  *out_port = (guint16) port;
  return TRUE;
}

static gboolean
is_sha256 (const char *text)
{
  return text != NULL && strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gboolean
add_pin (NetTrust   **trust,
         GKeyFile    *key_file,
         const char  *group,
         GError     **error)
{
  g_autofree char *sha256 = g_key_file_get_string (key_file, group, "sha256", NULL);
  g_autofree char *host = NULL;
  NetPurpose purpose;
  NetTrust *with_pin;
  guint16 port;

  if (!parse_pin_group (group, &purpose, &host, &port) || !is_sha256 (sha256))
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_MALFORMED,
                   "[%s] in the file of pinned certificates is no pin", group);
      return FALSE;
    }

  with_pin = net_trust_with_pin (*trust, purpose, host, port, sha256);
  net_trust_unref (*trust);
  *trust = with_pin;
  return TRUE;
}

static gboolean
add_authority (NetTrust   **trust,
               const char  *path,
               GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *pem = NULL;
  NetTrust *with_anchors;

  if (!g_file_get_contents (path, &pem, NULL, error))
    return FALSE;

  with_anchors = net_trust_with_anchors (*trust, pem, &local_error);
  if (with_anchors == NULL)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_CERTIFICATE,
                   "“%s” holds no certificate that can be read: %s", path, local_error->message);
      return FALSE;
    }

  net_trust_unref (*trust);
  *trust = with_anchors;
  return TRUE;
}

static gboolean
add_authorities (AccountTrust  *self,
                 NetTrust     **trust,
                 GError       **error)
{
  g_autoptr(GDir) directory = g_dir_open (self->authorities_dir, 0, NULL);
  const char *name;

  /* Nobody needs to have such a folder. */
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->authorities_dir, name, NULL);

      if (g_str_has_suffix (name, ".pem") && !add_authority (trust, path, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
load (AccountTrust  *self,
      GError       **error)
{
  g_autoptr(GKeyFile) key_file = account_file_load (self->file, error);
  g_autoptr(NetTrust) trust = net_trust_new ();
  g_auto(GStrv) groups = NULL;
  NetTrust *former;

  if (key_file == NULL)
    return FALSE;

  groups = g_key_file_get_groups (key_file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (strcmp (groups[i], "Pipit") != 0 && !add_pin (&trust, key_file, groups[i], error))
      return FALSE;

  if (!add_authorities (self, &trust, error))
    return FALSE;

  former = self->net_trust;
  self->net_trust = g_steal_pointer (&trust);
  g_clear_pointer (&former, net_trust_unref);
  return TRUE;
}

/**
 * account_trust_open:
 * @profile: the profile
 *
 * Reads the profile's pins and authorities. None of them is passed over silently: a file that
 * cannot be read is an error, since going on without a pin would turn "this certificate and no
 * other" into "any valid one".
 *
 * Thread: main, as all of this class.
 * Errors: ACCOUNT_ERROR_MALFORMED, ACCOUNT_ERROR_NEWER, ACCOUNT_ERROR_CERTIFICATE, G_FILE_ERROR.
 *
 * Returns: (transfer full): the profile's trust
 */
AccountTrust *
account_trust_open (AccountProfile  *profile,
                    GError         **error)
{
  g_autoptr(AccountTrust) self = NULL;
  g_autofree char *path = NULL;
  const char *config_dir;

  g_return_val_if_fail (ACCOUNT_IS_PROFILE (profile), NULL);

  config_dir = account_profile_get_config_dir (profile);
  path = g_build_filename (config_dir, "certificates.ini", NULL);

  self = g_object_new (ACCOUNT_TYPE_TRUST, NULL);
  self->file = account_file_new (path);
  self->certificates_dir = g_build_filename (config_dir, "certificates", NULL);
  self->authorities_dir = g_build_filename (config_dir, "authorities", NULL);

  if (!load (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * account_trust_get_net_trust:
 *
 * Returns: (transfer none): the trust as it is now, immutable; take a reference for a worker
 */
NetTrust *
account_trust_get_net_trust (AccountTrust *self)
{
  g_return_val_if_fail (ACCOUNT_IS_TRUST (self), NULL);

  return self->net_trust;
}

/* The pin alone would do for connecting; the whole certificate is kept to be shown. */
static gboolean
keep_certificate (AccountTrust    *self,
                  NetCertificate  *certificate,
                  GError         **error)
{
  g_autofree char *name = g_strconcat (net_certificate_get_sha256 (certificate), ".pem", NULL);
  g_autofree char *path = g_build_filename (self->certificates_dir, name, NULL);

  if (g_mkdir_with_parents (self->certificates_dir, 0700) != 0)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_FAILED, "Cannot make the folder “%s”",
                   self->certificates_dir);
      return FALSE;
    }

  return g_file_set_contents_full (path, net_certificate_get_pem (certificate), -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static gboolean
write_pin (AccountTrust    *self,
           NetEndpoint     *endpoint,
           NetCertificate  *certificate,
           GError         **error)
{
  g_autoptr(GKeyFile) key_file = account_file_load (self->file, error);
  g_autofree char *group = pin_group (endpoint);

  if (key_file == NULL)
    return FALSE;

  if (certificate != NULL)
    {
      g_key_file_set_string (key_file, group, "sha256", net_certificate_get_sha256 (certificate));
      g_key_file_set_string (key_file, group, "subject", net_certificate_get_subject (certificate));
      g_key_file_set_int64 (key_file, group, "added-unix", g_get_real_time () / G_USEC_PER_SEC);
    }
  else
    g_key_file_remove_group (key_file, group, NULL);

  return account_file_save (self->file, key_file, error) && load (self, error);
}

static gboolean
change_pin (AccountTrust    *self,
            NetEndpoint     *endpoint,
            NetCertificate  *certificate,
            GError         **error)
{
  gboolean changed;

  if (!account_file_begin (self->file, error))
    return FALSE;

  changed = write_pin (self, endpoint, certificate, error);
  account_file_end (self->file);

  if (changed)
    g_signal_emit (self, changed_signal, 0);

  return changed;
}

/**
 * account_trust_pin:
 * @endpoint: where the certificate was shown
 * @certificate: what the person has looked at and accepted
 *
 * From now on this certificate, and no other, is trusted at the endpoint's host and port for its
 * purpose.
 *
 * Errors: those of reading and writing the files.
 *
 * Returns: whether the pin is on the disk
 */
gboolean
account_trust_pin (AccountTrust    *self,
                   NetEndpoint     *endpoint,
                   NetCertificate  *certificate,
                   GError         **error)
{
  g_return_val_if_fail (ACCOUNT_IS_TRUST (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (certificate != NULL, FALSE);

  return keep_certificate (self, certificate, error) &&
         change_pin (self, endpoint, certificate, error);
}

/**
 * account_trust_unpin:
 * @endpoint: where a certificate is pinned
 *
 * Goes back to what the system trusts.
 *
 * Errors: those of reading and writing the file.
 *
 * Returns: whether no pin is left
 */
gboolean
account_trust_unpin (AccountTrust  *self,
                     NetEndpoint   *endpoint,
                     GError       **error)
{
  g_return_val_if_fail (ACCOUNT_IS_TRUST (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);

  return change_pin (self, endpoint, NULL, error);
}

/**
 * account_trust_dup_certificate:
 * @endpoint: a server
 *
 * Returns: (transfer full) (nullable): the certificate pinned for it, to be shown
 */
NetCertificate *
account_trust_dup_certificate (AccountTrust *self,
                               NetEndpoint  *endpoint)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  g_autofree char *pem = NULL;
  const char *sha256;

  g_return_val_if_fail (ACCOUNT_IS_TRUST (self), NULL);
  g_return_val_if_fail (endpoint != NULL, NULL);

  sha256 = net_trust_get_pin (self->net_trust, endpoint);
  if (sha256 == NULL)
    return NULL;

  name = g_strconcat (sha256, ".pem", NULL);
  path = g_build_filename (self->certificates_dir, name, NULL);
  if (!g_file_get_contents (path, &pem, NULL, NULL))
    return NULL;

  return net_certificate_new_from_pem (pem, NULL);
}
