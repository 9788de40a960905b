#pragma once

#include "store-db-private.h"

G_BEGIN_DECLS

/* One step of a schema: brings a database from the version before to the next. A step that was
 * released never changes. */
typedef struct
{
  const char *sql;
} StoreSchemaStep;

typedef struct
{
  const char *name;             /* "cache" */
  const char *pragmas_create;   /* before the first table */
  const char *pragmas_open;     /* on each connection that writes */
  const char *pragmas_read;     /* on each connection that only reads */
  const StoreSchemaStep *steps; /* step i leads to version i + 1 */
  guint n_steps;
  gboolean has_index;       /* of FTS5, with our tokenizer */
  gboolean is_copied_aside; /* before a migration, since it can never be made again */
  gboolean is_set_aside;    /* when damaged, since it can be fetched again */
} StoreSchema;

extern const StoreSchema store_schema_cache;
extern const StoreSchema store_schema_bodies;
extern const StoreSchema store_schema_journal;

gboolean store_schema_check   (const StoreSchema  *schema,
                               const char         *directory,
                               GError            **error);
StoreDb *store_schema_open    (const StoreSchema  *schema,
                               const char         *directory,
                               char              **out_set_aside_path,
                               GError            **error);
StoreDb *store_schema_open_beside (const StoreSchema *schema,
                                   const char        *directory,
                                   GError           **error);
StoreDb *store_schema_read    (const StoreSchema  *schema,
                               const char         *directory,
                               GError            **error);
char    *store_schema_path    (const StoreSchema  *schema,
                               const char         *directory);
void     store_schema_damaged (const StoreSchema  *schema,
                               const char         *directory);

G_END_DECLS
