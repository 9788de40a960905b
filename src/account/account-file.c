#include "account-file-private.h"

#include "account-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A key file of settings that the person may edit and that another process may change: read
 * and written whole, atomically, under a lock of its own while it is being changed. What cannot
 * be read is never written over. */

#define FORMAT 1
#define LOCK_TRIES 50
#define LOCK_PAUSE_US 20000

struct _AccountFile
{
  char *path;      /* (owned) */
  char *lock_path; /* (owned) */
  int lock_fd;     /* -1 outside of begin and end */
};

/**
 * account_file_new:
 * @path: (type filename): where the file is, or will be
 *
 * Returns: (transfer full): a settings file
 */
AccountFile *
account_file_new (const char *path)
{
  AccountFile *self = g_new0 (AccountFile, 1);

  self->path = g_strdup (path);
  self->lock_path = g_strconcat (path, ".lock", NULL);
  self->lock_fd = -1;

  return self;
}

/**
 * account_file_free:
 * @self: (transfer full): a settings file
 */
void
account_file_free (AccountFile *self)
{
  account_file_end (self);
  g_free (self->path);
  g_free (self->lock_path);
  g_free (self);
}

/**
 * account_file_get_path:
 *
 * Returns: (type filename): where the file is
 */
const char *
account_file_get_path (AccountFile *self)
{
  return self->path;
}

static gboolean
check_format (AccountFile  *self,
              GKeyFile     *key_file,
              GError      **error)
{
  g_autoptr(GError) local_error = NULL;
  int format = g_key_file_get_integer (key_file, "Pipit", "format", &local_error);

  if (local_error != NULL)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_MALFORMED,
                   "“%s” is no settings file of Pipit: %s", self->path, local_error->message);
      return FALSE;
    }

  if (format > FORMAT)
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_NEWER,
                   "“%s” was written by a newer Pipit (format %d)", self->path, format);
      return FALSE;
    }

  return TRUE;
}

/**
 * account_file_load:
 *
 * Reads the file with everything in it, comments too. A file that does not exist, or is empty,
 * is an empty one; any other that cannot be read is an error and stays as it is.
 *
 * Errors: ACCOUNT_ERROR_MALFORMED, ACCOUNT_ERROR_NEWER, G_FILE_ERROR.
 *
 * Returns: (transfer full): the file's contents
 */
GKeyFile *
account_file_load (AccountFile  *self,
                   GError      **error)
{
  g_autoptr(GKeyFile) key_file = g_key_file_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *text = NULL;
  gsize size_bytes;

  if (!g_file_get_contents (self->path, &text, &size_bytes, &local_error))
    {
      if (!g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      size_bytes = 0;
    }

  if (size_bytes == 0)
    {
      g_key_file_set_integer (key_file, "Pipit", "format", FORMAT);
      return g_steal_pointer (&key_file);
    }

  if (!g_key_file_load_from_data (key_file, text, size_bytes,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS,
                                  &local_error))
    {
      g_set_error (error, ACCOUNT_ERROR, ACCOUNT_ERROR_MALFORMED, "“%s” cannot be read: %s",
                   self->path, local_error->message);
      return NULL;
    }

  if (!check_format (self, key_file, error))
    return NULL;

  return g_steal_pointer (&key_file);
}

/**
 * account_file_begin:
 *
 * Keeps other processes from changing the file until account_file_end (). Load after this call,
 * change what is to be changed, save. Nobody holds this lock longer than such a moment; it is
 * waited for at most one second.
 *
 * Errors: G_IO_ERROR_BUSY, other G_IO_ERROR.
 *
 * Returns: whether the file is ours
 */
gboolean
account_file_begin (AccountFile  *self,
                    GError      **error)
{
  struct flock whole_file = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd, code = 0;

  g_assert (self->lock_fd == -1);

  fd = g_open (self->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd == -1)
    code = errno;

  for (int tries = 0; fd != -1 && tries < LOCK_TRIES; tries++)
    {
      if (fcntl (fd, F_OFD_SETLK, &whole_file) == 0)
        {
          self->lock_fd = fd;
          return TRUE;
        }
      code = errno;
      if (code != EAGAIN && code != EACCES)
        break;
      g_usleep (LOCK_PAUSE_US);
    }

  if (fd != -1)
    close (fd);

  g_set_error (error, G_IO_ERROR,
               code == EAGAIN || code == EACCES ? G_IO_ERROR_BUSY : g_io_error_from_errno (code),
               "Cannot lock “%s”: %s", self->lock_path, g_strerror (code));
  return FALSE;
}

/**
 * account_file_end:
 *
 * Lets go of what account_file_begin () took.
 */
void
account_file_end (AccountFile *self)
{
  if (self->lock_fd == -1)
    return;

  close (self->lock_fd);
  self->lock_fd = -1;
}

/**
 * account_file_save:
 *
 * Replaces the file in one step: after a crash there is the old one or the new one. A symbolic
 * link stays one. Readable for its owner only.
 *
 * Errors: G_FILE_ERROR.
 *
 * Returns: whether the new contents are on the disk
 */
gboolean
account_file_save (AccountFile  *self,
                   GKeyFile     *key_file,
                   GError      **error)
{
  g_autofree char *text = NULL;
  char *target = realpath (self->path, NULL);
  gsize size_bytes;
  gboolean saved;

  g_assert (self->lock_fd != -1);

  text = g_key_file_to_data (key_file, &size_bytes, NULL);
  saved = g_file_set_contents_full (target != NULL ? target : self->path, text,
                                    (gssize) size_bytes,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error);
  free (target);

  return saved;
}

/**
 * account_file_set_aside:
 * @out_path: (out) (optional) (type filename): where the file is now
 *
 * Gives an unreadable file another name, so that a new one can begin. Nothing is overwritten.
 * Only ever called because the person asked for it.
 *
 * Errors: G_FILE_ERROR, G_IO_ERROR.
 *
 * Returns: whether the file is out of the way
 */
gboolean
account_file_set_aside (AccountFile  *self,
                        char        **out_path,
                        GError      **error)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");

  for (int i = 0; i < 100; i++)
    {
      g_autofree char *aside = g_strdup_printf ("%s.%s-%d", self->path, stamp, i);

      /* link () refuses a name that is taken, rename () would replace it. */
      if (link (self->path, aside) == 0)
        {
          if (g_unlink (self->path) != 0)
            break;
          if (out_path != NULL)
            *out_path = g_steal_pointer (&aside);
          return TRUE;
        }
      if (errno != EEXIST)
        break;
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Cannot set “%s” aside: %s",
               self->path, g_strerror (errno));
  return FALSE;
}
