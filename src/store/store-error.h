#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define STORE_ERROR (store_error_quark ())

/**
 * StoreError:
 * @STORE_ERROR_FAILED: nothing better is known: the message has SQLite's words
 * @STORE_ERROR_NEWER: a database was written by a newer Pipit; it was not touched
 * @STORE_ERROR_FULL: no room on the disk; what was asked for did not happen
 * @STORE_ERROR_CORRUPT: a database is damaged. Only cache.db and bodies.db are ever set aside
 * @STORE_ERROR_BUSY: another process holds a database for longer than the store waits
 * @STORE_ERROR_ACCESS: a file or the directory cannot be read or written
 * @STORE_ERROR_NOT_FOUND: the row that was named does not exist (any more)
 * @STORE_ERROR_STATE: the row is not in a state that allows this step
 * @STORE_ERROR_CACHE_LOST: the journal's part of the transaction is committed, the cache's is
 *   not: what was wished is safe, what the server said has to be asked again
 * @STORE_ERROR_CLOSED: the store was closed before the work was taken up
 */
typedef enum
{
  STORE_ERROR_FAILED,
  STORE_ERROR_NEWER,
  STORE_ERROR_FULL,
  STORE_ERROR_CORRUPT,
  STORE_ERROR_BUSY,
  STORE_ERROR_ACCESS,
  STORE_ERROR_NOT_FOUND,
  STORE_ERROR_STATE,
  STORE_ERROR_CACHE_LOST,
  STORE_ERROR_CLOSED,
} StoreError;

GQuark store_error_quark (void);

G_END_DECLS
