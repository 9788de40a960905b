#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ImapArenaBlock ImapArenaBlock;
typedef struct _ImapArenaOwned ImapArenaOwned;

/**
 * ImapArena:
 *
 * Memory that is given back all at once. Zeroed, it is empty.
 */
typedef struct
{
  ImapArenaBlock *blocks; /* (owned) the newest first */
  ImapArenaOwned *owned;  /* in a block: what else goes when the arena goes */
} ImapArena;

gpointer  imap_arena_alloc   (ImapArena      *self,
                              gsize           size_bytes);
char     *imap_arena_dup     (ImapArena      *self,
                              const char     *bytes,
                              gsize           size_bytes);
char     *imap_arena_dup_text (ImapArena     *self,
                              const char     *bytes,
                              gsize           size_bytes);
char     *imap_arena_dup_lower (ImapArena    *self,
                              const char     *bytes,
                              gsize           size_bytes);
char     *imap_arena_dup_upper (ImapArena    *self,
                              const char     *bytes,
                              gsize           size_bytes);
gpointer  imap_arena_own     (ImapArena      *self,
                              gpointer        object,
                              GDestroyNotify  destroy);
void      imap_arena_clear   (ImapArena      *self);

G_END_DECLS
