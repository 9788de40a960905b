#include "store-bodies-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <zstd.h>

#include "store-hash-private.h"

/* Level 1: of the levels measured the only one that keeps up with a fast line. */
#define ZSTD_LEVEL 1

/* What a thread compresses with. Making a context anew for each message takes a third as long as the
 * compressing itself. */
typedef struct
{
  ZSTD_CCtx *context; /* (owned) */
  char *buffer;       /* (owned): of KEPT_BUFFER_BYTES */
} Compressor;

#define KEPT_BUFFER_BYTES (256 * 1024)

static void
compressor_free (gpointer data)
{
  Compressor *self = data;

  ZSTD_freeCCtx (self->context);
  g_free (self->buffer);
  g_free (self);
}

static GPrivate compressor_of_thread = G_PRIVATE_INIT (compressor_free);

static Compressor *
get_compressor (void)
{
  Compressor *self = g_private_get (&compressor_of_thread);

  if (self == NULL)
    {
      self = g_new0 (Compressor, 1);
      self->context = ZSTD_createCCtx ();
      self->buffer = g_malloc (KEPT_BUFFER_BYTES);
      g_private_set (&compressor_of_thread, self);
    }

  return self;
}

/* What no message and no part of one may exceed. */
#define MAX_BODY_BYTES (G_GUINT64_CONSTANT (1) << 31)

/**
 * store_bodies_file_path:
 *
 * Returns: (transfer full): where a large body's file lies
 */
char *
store_bodies_file_path (const char *directory,
                        const char *file)
{
  return g_build_filename (directory, "bodies", file, NULL);
}

static gboolean
set_errno (GError     **error,
           const char  *what,
           const char  *path)
{
  int code = errno;

  g_set_error (error, STORE_ERROR,
               code == ENOSPC || code == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_ACCESS,
               "Cannot %s %s: %s", what, path, g_strerror (code));
  return FALSE;
}

static gboolean
write_all (int         fd,
           const char *data,
           gsize       size)
{
  while (size > 0)
    {
      gssize written = write (fd, data, size);

      if (written < 0 && errno != EINTR)
        return FALSE;
      if (written > 0)
        {
          data += written;
          size -= (gsize) written;
        }
    }

  return TRUE;
}

static gboolean
write_synced (const char  *path,
              const void  *data,
              gsize        size,
              GError     **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean is_done;

  if (fd < 0)
    return set_errno (error, "create", path);

  is_done = write_all (fd, data, size) && fsync (fd) == 0;
  if (!is_done)
    set_errno (error, "write", path);

  close (fd);
  return is_done;
}

/* The file is whole and has its name on the disk before any row speaks of it. */
static gboolean
write_file (StoreBody   *self,
            const char  *directory,
            const void  *data,
            gsize        size,
            GError     **error)
{
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *path = store_bodies_file_path (directory, name);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_errno (error, "make", folder);

  if (!write_synced (part, data, size, error))
    {
      g_unlink (part);
      return FALSE;
    }

  if (g_rename (part, path) != 0)
    {
      set_errno (error, "rename", part);
      g_unlink (part);
      return FALSE;
    }

  self->file = g_steal_pointer (&name);
  self->path = g_steal_pointer (&path);
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync (fd) != 0)
    set_errno (error, "sync", folder);
  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

/**
 * store_body_new:
 * @store: where it will be stored
 * @bytes: a message or a part of one, as it was downloaded
 *
 * Compresses and hashes; what is large is written to a file at once. A body that is never
 * committed takes its file with it when it is freed; after a crash housekeeping finds it.
 *
 * Thread: any; blocks for as long as it takes.
 * Errors: STORE_ERROR_FULL, STORE_ERROR_ACCESS, STORE_ERROR_FAILED when it exceeds 2 GB.
 *
 * Returns: (transfer full): the body, or %NULL
 */
StoreBody *
store_body_new (Store   *store,
                GBytes  *bytes,
                GError **error)
{
  g_autoptr(StoreBody) self = g_new0 (StoreBody, 1);
  g_autofree char *larger = NULL;
  Compressor *compressor = get_compressor ();
  char *compressed = compressor->buffer;
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);
  gsize bound = ZSTD_compressBound (size);
  gsize stored;

  if (size > MAX_BODY_BYTES)
    {
      g_set_error_literal (error, STORE_ERROR, STORE_ERROR_FAILED, "A body of more than 2 GB");
      return NULL;
    }

  if (bound > KEPT_BUFFER_BYTES)
    compressed = larger = g_malloc (bound);
  stored = ZSTD_compressCCtx (compressor->context, compressed, bound, data, size, ZSTD_LEVEL);
  if (ZSTD_isError (stored))
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_FAILED, "zstd: %s", ZSTD_getErrorName (stored));
      return NULL;
    }

  self->hash = store_hash_bytes (0, data, size);
  self->size_bytes = size;
  self->stored_bytes = stored;
  if (stored <= STORE_BODY_FILE_BYTES)
    self->data = g_bytes_new (compressed, stored);
  else if (!write_file (self, store_get_directory (store), compressed, stored, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * store_body_free:
 */
void
store_body_free (StoreBody *self)
{
  if (self->path != NULL)
    g_unlink (self->path);
  g_free (self->path);
  g_free (self->file);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

/**
 * store_body_keep:
 *
 * The row that names its file is committed: the file stays.
 */
void
store_body_keep (StoreBody *self)
{
  g_clear_pointer (&self->path, g_free);
}

/**
 * store_body_get_size:
 *
 * Returns: the size of what was downloaded, in bytes
 */
gsize
store_body_get_size (StoreBody *self)
{
  return self->size_bytes;
}

/**
 * store_body_expand:
 * @data: compressed bytes
 * @expected_bytes: the size that was noted
 * @hash: the hash that was noted
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL if they are not what was stored
 */
GBytes *
store_body_expand (const void *data,
                   gsize       size_bytes,
                   gsize       expected_bytes,
                   guint64     hash)
{
  g_autofree char *expanded = NULL;
  gsize size;

  if (expected_bytes > MAX_BODY_BYTES)
    return NULL;

  expanded = g_try_malloc (expected_bytes + 1);
  if (expanded == NULL)
    return NULL;

  size = ZSTD_decompress (expanded, expected_bytes, data, size_bytes);
  if (ZSTD_isError (size) || size != expected_bytes ||
      store_hash_bytes (0, expanded, size) != hash)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&expanded), size);
}
