#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "store-error.h"

G_BEGIN_DECLS

/* A connection to one database with its prepared statements. Belongs to one thread at a time. */
typedef struct
{
  sqlite3 *handle;
  GHashTable *statements; /* (owned): literal's address → sqlite3_stmt */
  char *path;             /* (owned) */
  const char *name;       /* "cache", "bodies" or "journal" */
  gboolean is_damaged;    /* SQLite has said so at least once */
} StoreDb;

/* A taken statement: as an autoptr it is reset, and with it its snapshot given back. */
typedef sqlite3_stmt StoreStatement;

typedef enum
{
  STORE_STEP_ERROR = -1,
  STORE_STEP_DONE = 0,
  STORE_STEP_ROW = 1,
} StoreStep;

StoreDb        *store_db_open           (const char      *path,
                                         const char      *name,
                                         int              open_flags,
                                         GError         **error);
void            store_db_close          (StoreDb         *self);
gboolean        store_db_exec           (StoreDb         *self,
                                         const char      *sql,
                                         GError         **error);
StoreStatement *store_db_take           (StoreDb         *self,
                                         const char      *literal,
                                         GError         **error);
StoreStep       store_db_step           (StoreDb         *self,
                                         StoreStatement  *statement,
                                         GError         **error);
gboolean        store_db_run            (StoreDb         *self,
                                         StoreStatement  *statement,
                                         GError         **error);
gboolean        store_db_get_int64      (StoreDb         *self,
                                         StoreStatement  *statement,
                                         gint64          *out_value,
                                         gboolean        *out_is_found,
                                         GError         **error);
gboolean        store_db_pragma_int64   (StoreDb         *self,
                                         const char      *sql,
                                         gint64          *out_value,
                                         GError         **error);
gboolean        store_db_set_error      (StoreDb         *self,
                                         int              code,
                                         GError         **error);

void            store_statement_reset   (StoreStatement  *statement);

void            store_bind_text         (StoreStatement  *statement,
                                         int              position,
                                         const char      *text);
void            store_bind_int          (StoreStatement  *statement,
                                         int              position,
                                         gint64           value);
void            store_bind_int_or_null  (StoreStatement  *statement,
                                         int              position,
                                         gint64           value);
void            store_bind_bytes        (StoreStatement  *statement,
                                         int              position,
                                         GBytes          *bytes);
char           *store_column_dup        (StoreStatement  *statement,
                                         int              column);
const char     *store_column_peek       (StoreStatement  *statement,
                                         int              column);
GBytes         *store_column_bytes      (StoreStatement  *statement,
                                         int              column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDb, store_db_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreStatement, store_statement_reset)

G_END_DECLS
