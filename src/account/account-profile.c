#include "account-profile.h"

#include "account-error.h"
#include "pipit-config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a run of Pipit keeps its things, and who it is. Normally these are the XDG folders and
 * the application's own id. With --profile DIR everything lies below DIR, and the id and the
 * attribute of the secrets are DIR's own, so that two profiles never meet. */

struct _AccountProfile
{
  GObject parent_instance;

  char *directory;        /* (owned) (nullable) canonical; NULL for the normal profile */
  char *application_id;   /* (owned) */
  char *secret_attribute; /* (owned) */
  char *config_dir;       /* (owned) */
  char *data_dir;         /* (owned) */
  char *cache_dir;        /* (owned) */
  char *preferences_path; /* (owned) */
  int lock_fd;            /* -1 while the lock is not held */
};

G_DEFINE_FINAL_TYPE (AccountProfile, account_profile, G_TYPE_OBJECT)

static void
account_profile_finalize (GObject *object)
{
  AccountProfile *self = ACCOUNT_PROFILE (object);

  account_profile_unlock (self);
  g_free (self->directory);
  g_free (self->application_id);
  g_free (self->secret_attribute);
  g_free (self->config_dir);
  g_free (self->data_dir);
  g_free (self->cache_dir);
  g_free (self->preferences_path);

  G_OBJECT_CLASS (account_profile_parent_class)->finalize (object);
}

static void
account_profile_class_init (AccountProfileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = account_profile_finalize;
}

static void
account_profile_init (AccountProfile *self)
{
  self->lock_fd = -1;
}

static void
use_standard_directories (AccountProfile *self)
{
  self->application_id = g_strdup (PIPIT_APPLICATION_ID);
  self->secret_attribute = g_strdup ("default");
  self->config_dir = g_build_filename (g_get_user_config_dir (), PIPIT_APPLICATION_ID, NULL);
  self->data_dir = g_build_filename (g_get_user_data_dir (), PIPIT_APPLICATION_ID, NULL);
  self->cache_dir = g_build_filename (g_get_user_cache_dir (), PIPIT_APPLICATION_ID, NULL);
}

static void
use_own_directory (AccountProfile *self,
                   const char     *directory)
{
  g_autofree char *canonical = g_canonicalize_filename (directory, NULL);
  char *real = realpath (canonical, NULL);
  g_autofree char *digest = NULL;

  /* The same folder must give the same id, whichever link leads to it. */
  self->directory = g_strdup (real != NULL ? real : canonical);
  free (real);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->directory, -1);
  digest[16] = '\0';

  /* An element of a D-Bus name must not begin with a digit. */
  self->application_id = g_strdup_printf ("%s.Profile.p%s", PIPIT_APPLICATION_ID, digest);
  self->secret_attribute = g_strdup (self->directory);
  self->config_dir = g_build_filename (self->directory, "config", NULL);
  self->data_dir = g_build_filename (self->directory, "data", NULL);
  self->cache_dir = g_build_filename (self->directory, "cache", NULL);
}

static gboolean
make_directory (const char  *path,
                GError     **error)
{
  int code;

  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;

  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Cannot make the folder “%s”: %s",
               path, g_strerror (code));
  return FALSE;
}

/**
 * account_profile_open:
 * @directory: (nullable) (type filename): the folder given as --profile, or %NULL for the
 *   normal profile
 *
 * Finds out the profile's folders and makes those that are missing, readable for their owner
 * only. Does not lock the profile: reading settings needs no lock.
 *
 * Thread: any; the object may then be read from all.
 * Errors: G_IO_ERROR.
 *
 * Returns: (transfer full): the profile
 */
AccountProfile *
account_profile_open (const char  *directory,
                      GError     **error)
{
  g_autoptr(AccountProfile) self = g_object_new (ACCOUNT_TYPE_PROFILE, NULL);

  if (directory != NULL)
    {
      if (!make_directory (directory, error))
        return NULL;
      use_own_directory (self, directory);
    }
  else
    use_standard_directories (self);

  self->preferences_path = g_build_filename (self->config_dir, "preferences.ini", NULL);

  if (!make_directory (self->config_dir, error) ||
      !make_directory (self->data_dir, error) ||
      !make_directory (self->cache_dir, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * account_profile_get_directory:
 *
 * Returns: (nullable) (type filename): the folder of --profile, canonical; %NULL for the normal
 *   profile
 */
const char *
account_profile_get_directory (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->directory;
}

/**
 * account_profile_get_application_id:
 *
 * Returns: the id to register the application with: one for each profile, so that windows of
 *   two profiles are two applications
 */
const char *
account_profile_get_application_id (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->application_id;
}

/**
 * account_profile_get_secret_attribute:
 *
 * Returns: what the keyring's entries of this profile carry as their attribute "profile"
 */
const char *
account_profile_get_secret_attribute (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->secret_attribute;
}

/**
 * account_profile_get_config_dir:
 *
 * Returns: (type filename): where settings lie: accounts.ini, certificates, authorities
 */
const char *
account_profile_get_config_dir (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->config_dir;
}

/**
 * account_profile_get_data_dir:
 *
 * Returns: (type filename): where the journal and the lock lie: what exists only here
 */
const char *
account_profile_get_data_dir (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->data_dir;
}

/**
 * account_profile_get_cache_dir:
 *
 * Returns: (type filename): where cache and bodies lie: what can be fetched again
 */
const char *
account_profile_get_cache_dir (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->cache_dir;
}

/**
 * account_profile_get_preferences_path:
 *
 * Returns: (type filename): the key file for a GSettings backend of the profile's own; used only
 *   where account_profile_get_directory () is not %NULL
 */
const char *
account_profile_get_preferences_path (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), NULL);

  return self->preferences_path;
}

/* The process id is for the person who wonders who it is. The lock itself is what counts. */
static void
write_holder (int fd)
{
  g_autofree char *text = g_strdup_printf ("%d\n", (int) getpid ());

  if (ftruncate (fd, 0) != 0 || write (fd, text, strlen (text)) < 0)
    g_debug ("Cannot note the process id in the lock file: %s", g_strerror (errno));
}

static void
set_in_use_error (const char  *path,
                  GError     **error)
{
  g_autofree char *holder = NULL;

  if (g_file_get_contents (path, &holder, NULL, NULL) && g_strstrip (holder)[0] != '\0')
    g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE,
                 "The profile is in use by the process %.20s", holder);
  else
    g_set_error_literal (error, ACCOUNT_ERROR, ACCOUNT_ERROR_PROFILE_IN_USE,
                         "The profile is in use by another process");
}

/**
 * account_profile_lock:
 *
 * Takes the lock that says who synchronizes this profile. It is an open file description lock
 * on `lock` in the data folder: it falls when the process ends, however that ends, and a second
 * open of the same file in one process does not drop it. Locking twice is one lock.
 *
 * Thread: one at a time.
 * Errors: ACCOUNT_ERROR_PROFILE_IN_USE, G_IO_ERROR.
 *
 * Returns: whether this object holds the lock
 */
gboolean
account_profile_lock (AccountProfile  *self,
                      GError         **error)
{
  struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *path = NULL;
  int fd, code;

  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), FALSE);

  if (self->lock_fd != -1)
    return TRUE;

  path = g_build_filename (self->data_dir, "lock", NULL);
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd != -1 && fcntl (fd, F_OFD_SETLK, &whole_file) == 0)
    {
      write_holder (fd);
      self->lock_fd = fd;
      return TRUE;
    }

  code = errno;
  if (fd != -1)
    close (fd);

  if (code == EAGAIN || code == EACCES)
    set_in_use_error (path, error);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Cannot lock “%s”: %s", path,
                 g_strerror (code));

  return FALSE;
}

/**
 * account_profile_unlock:
 *
 * Lets go of the lock, if this object holds it. The file stays: removing it would let two
 * processes lock two files of the same name.
 */
void
account_profile_unlock (AccountProfile *self)
{
  g_return_if_fail (ACCOUNT_IS_PROFILE (self));

  if (self->lock_fd == -1)
    return;

  close (self->lock_fd);
  self->lock_fd = -1;
}

/**
 * account_profile_is_locked:
 *
 * Returns: whether this object holds the lock
 */
gboolean
account_profile_is_locked (AccountProfile *self)
{
  g_return_val_if_fail (ACCOUNT_IS_PROFILE (self), FALSE);

  return self->lock_fd != -1;
}
