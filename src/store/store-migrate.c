#include "store-schema-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base-time.h"
#include "store-tokenizer-private.h"

/* How a database comes to be open: looked at first, copied or set aside where that has to be,
 * then brought forward one transaction a step. */

char *
store_schema_path (const StoreSchema *schema,
                   const char        *directory)
{
  g_autofree char *name = g_strdup_printf ("%s.db", schema->name);

  return g_build_filename (directory, name, NULL);
}

static char *
damaged_mark_path (const StoreSchema *schema,
                   const char        *directory)
{
  g_autofree char *name = g_strdup_printf ("%s.db.damaged", schema->name);

  return g_build_filename (directory, name, NULL);
}

/**
 * store_schema_damaged:
 *
 * Notes that SQLite found a database damaged while it was in use, so that the next start sets
 * it aside. For the journal it does nothing: that is never set aside.
 */
void
store_schema_damaged (const StoreSchema *schema,
                      const char        *directory)
{
  g_autofree char *mark = damaged_mark_path (schema, directory);

  if (schema->is_set_aside)
    {
      g_critical ("%s.db is damaged; it is set aside at the next start", schema->name);
      g_file_set_contents (mark, "", 0, NULL);
    }
}

static gboolean
check_version (const StoreSchema  *schema,
               StoreDb            *db,
               gint64             *out_version,
               GError            **error)
{
  if (!store_db_pragma_int64 (db, "PRAGMA user_version", out_version, error))
    return FALSE;

  if (*out_version > schema->n_steps)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_NEWER,
                   "%s.db has version %" G_GINT64_FORMAT ", this program knows up to %u: it was "
                   "written by a newer Pipit and is left as it is",
                   schema->name, *out_version, schema->n_steps);
      return FALSE;
    }

  return TRUE;
}

/**
 * store_schema_check:
 *
 * Looks whether this program may open the database, without changing the file. A file that is
 * not there, or damaged and of the kind that is set aside, is fine.
 *
 * Errors: STORE_ERROR_NEWER, STORE_ERROR_CORRUPT, STORE_ERROR_ACCESS.
 */
gboolean
store_schema_check (const StoreSchema  *schema,
                    const char         *directory,
                    GError            **error)
{
  g_autofree char *path = store_schema_path (schema, directory);
  g_autoptr(StoreDb) db = NULL;
  g_autoptr(GError) local_error = NULL;
  gint64 version = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  db = store_db_open (path, schema->name, SQLITE_OPEN_READONLY, error);
  if (db == NULL)
    return FALSE;

  /* a log that a killed process has left has to be recovered before anything can be read, which a
   * connection that only reads must not do (SQLITE_READONLY_RECOVERY) */
  if (!check_version (schema, db, &version, &local_error) &&
      g_error_matches (local_error, STORE_ERROR, STORE_ERROR_ACCESS))
    {
      g_clear_pointer (&db, store_db_close);
      db = store_db_open (path, schema->name, SQLITE_OPEN_READWRITE, error);
      if (db == NULL)
        return FALSE;
      /* the file itself stays as it is: it may be a newer program's */
      sqlite3_db_config (db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      g_clear_error (&local_error);
      check_version (schema, db, &version, &local_error);
    }

  if (local_error == NULL ||
      (schema->is_set_aside &&
       g_error_matches (local_error, STORE_ERROR, STORE_ERROR_CORRUPT)))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
sync_directory (const char *directory)
{
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return is_done;
}

/* Keeps a damaged file for whoever wants to look, but only the latest. */
static gboolean
set_aside (const StoreSchema  *schema,
           const char         *directory,
           char              **out_path,
           GError            **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *path = store_schema_path (schema, directory);
  g_autofree char *mark = damaged_mark_path (schema, directory);
  g_autofree char *aside = g_strconcat (path, ".aside", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, suffixes[i], NULL);

      g_unlink (to);
      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          int code = errno;

          g_set_error (error, STORE_ERROR, STORE_ERROR_ACCESS, "Cannot set %s aside: %s", from,
                       g_strerror (code));
          return FALSE;
        }
    }

  g_unlink (mark);
  sync_directory (directory);
  g_warning ("%s.db was damaged. It is set aside as %s and made anew", schema->name, aside);

  if (out_path != NULL && *out_path == NULL)
    *out_path = g_steal_pointer (&aside);
  return TRUE;
}

/* A copy that is whole on the disk before the first step runs; an earlier copy of the same
 * version is replaced. */
static gboolean
copy_aside (const StoreSchema  *schema,
            StoreDb            *db,
            gint64              version,
            GError            **error)
{
  g_autofree char *copy = g_strdup_printf ("%s.version-%" G_GINT64_FORMAT, db->path, version);
  g_autofree char *part = g_strconcat (copy, ".part", NULL);
  g_autofree char *directory = g_path_get_dirname (db->path);
  g_autoptr(StoreDb) target = NULL;
  sqlite3_backup *backup;
  int code;
  int fd;

  g_unlink (part);
  target = store_db_open (part, schema->name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (target == NULL)
    return FALSE;

  backup = sqlite3_backup_init (target->handle, "main", db->handle, "main");
  code = backup == NULL ? SQLITE_ERROR : sqlite3_backup_step (backup, -1);
  if (backup != NULL)
    sqlite3_backup_finish (backup);
  if (code != SQLITE_DONE)
    return store_db_set_error (target, code, error);

  g_clear_pointer (&target, store_db_close);
  fd = open (part, O_RDWR | O_CLOEXEC);
  if (fd < 0 || fsync (fd) != 0 || g_rename (part, copy) != 0)
    {
      int saved = errno;

      g_set_error (error, STORE_ERROR, STORE_ERROR_ACCESS, "Cannot copy %s aside: %s", db->path,
                   g_strerror (saved));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }

  close (fd);
  sync_directory (directory);
  return TRUE;
}

static gboolean
run_step (StoreDb                *db,
          const StoreSchemaStep  *step,
          guint                   version,
          GError                **error)
{
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version=%u", version);

  if (store_db_exec (db, "BEGIN IMMEDIATE", error) &&
      store_db_exec (db, step->sql, error) &&
      store_db_exec (db, set_version, error) &&
      store_db_exec (db, "COMMIT", error))
    return TRUE;

  if (!sqlite3_get_autocommit (db->handle))
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static gboolean
migrate (const StoreSchema  *schema,
         StoreDb            *db,
         gint64              version,
         GError            **error)
{
  if (version > 0 && version < schema->n_steps && schema->is_copied_aside &&
      !copy_aside (schema, db, version, error))
    return FALSE;

  for (guint i = (guint) version; i < schema->n_steps; i++)
    {
      if (!run_step (db, &schema->steps[i], i + 1, error))
        return FALSE;
    }

  return TRUE;
}

static StoreDb *
open_once (const StoreSchema  *schema,
           const char         *path,
           GError            **error)
{
  g_autoptr(StoreDb) db = NULL;
  gint64 version = 0;
  gint64 n_tables = 0;

  db = store_db_open (path, schema->name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (db == NULL || !check_version (schema, db, &version, error))
    return NULL;

  if (version == 0 && !store_db_exec (db, schema->pragmas_create, error))
    return NULL;

  /* reading the schema finds a file that is damaged at its beginning */
  if (!store_db_exec (db, schema->pragmas_open, error) ||
      !store_db_pragma_int64 (db, "SELECT count(*) FROM sqlite_schema", &n_tables, error) ||
      (schema->has_index && !store_tokenizer_register (db, error)) ||
      !migrate (schema, db, version, error))
    return NULL;

  return g_steal_pointer (&db);
}

/**
 * store_schema_open:
 * @out_set_aside_path: (out) (nullable): where a damaged database was put, if one was; left
 *   alone otherwise
 *
 * Opens a database for writing, makes it where there is none and brings it forward.
 *
 * Returns: (transfer full): the connection, or %NULL
 */
StoreDb *
store_schema_open (const StoreSchema  *schema,
                   const char         *directory,
                   char              **out_set_aside_path,
                   GError            **error)
{
  g_autofree char *path = store_schema_path (schema, directory);
  g_autofree char *mark = damaged_mark_path (schema, directory);
  g_autoptr(GError) local_error = NULL;
  StoreDb *db;

  if (schema->is_set_aside && g_file_test (mark, G_FILE_TEST_EXISTS) &&
      !set_aside (schema, directory, out_set_aside_path, error))
    return NULL;

  db = open_once (schema, path, &local_error);
  if (db == NULL && schema->is_set_aside &&
      g_error_matches (local_error, STORE_ERROR, STORE_ERROR_CORRUPT))
    {
      if (!set_aside (schema, directory, out_set_aside_path, error))
        return NULL;

      return open_once (schema, path, error);
    }

  if (db == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return db;
}

/**
 * store_schema_open_beside:
 *
 * Opens a database that another process owns for writing: one that store_schema_read() has taken.
 *
 * Returns: (transfer full): the connection, or %NULL
 */
StoreDb *
store_schema_open_beside (const StoreSchema  *schema,
                          const char         *directory,
                          GError            **error)
{
  g_autofree char *path = store_schema_path (schema, directory);

  return open_once (schema, path, error);
}

/**
 * store_schema_read:
 *
 * Opens one more connection that only reads, to a database of exactly this program's version.
 *
 * Errors: STORE_ERROR_STATE when the owner of the store has not brought it forward yet.
 *
 * Returns: (transfer full): the connection, or %NULL
 */
StoreDb *
store_schema_read (const StoreSchema  *schema,
                   const char         *directory,
                   GError            **error)
{
  g_autofree char *path = store_schema_path (schema, directory);
  g_autoptr(StoreDb) db = NULL;
  gint64 version = 0;

  /* query_only keeps it from writing; a connection that could not write at all could not recover
   * the log that a killed process has left either */
  db = store_db_open (path, schema->name, SQLITE_OPEN_READWRITE, error);
  if (db == NULL ||
      !store_db_exec (db, schema->pragmas_read, error) ||
      (schema->has_index && !store_tokenizer_register (db, error)) ||
      !check_version (schema, db, &version, error))
    return NULL;

  if (version != schema->n_steps)
    {
      g_set_error (error, STORE_ERROR, STORE_ERROR_STATE,
                   "%s.db has version %" G_GINT64_FORMAT " and was not brought forward yet",
                   schema->name, version);
      return NULL;
    }

  return g_steal_pointer (&db);
}
