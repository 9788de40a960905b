#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The section name under which a message is kept byte for byte; parts are kept under their
 * section numbers ("1.2", "HEADER", "2.MIME"). */
#define STORE_SECTION_WHOLE ""

/* Larger than this, compressed bytes lie in a file of their own and not in the database. */
#define STORE_BODY_FILE_BYTES (1024 * 1024)

/**
 * StoreBody:
 *
 * Downloaded bytes made ready to be stored: compressed, hashed, and, when they are large,
 * already in a file. Making it is work for the thread that downloaded; committing it is quick.
 */
typedef struct _StoreBody StoreBody;

typedef struct _Store Store;

StoreBody *store_body_new      (Store      *store,
                                GBytes     *bytes,
                                GError    **error);
void       store_body_free     (StoreBody  *self);
gsize      store_body_get_size (StoreBody  *self);

/**
 * StoreBodyUse:
 * @n_bodies: how many sections are kept
 * @size_bytes: their size as downloaded
 * @stored_bytes: what they take on the disk, compressed, without the database's own overhead
 */
typedef struct
{
  gint64 n_bodies;
  gint64 size_bytes;
  gint64 stored_bytes;
} StoreBodyUse;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreBody, store_body_free)

G_END_DECLS
