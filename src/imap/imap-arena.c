#include "imap-arena-private.h"

#include <string.h>

/* A response is made of many small strings and arrays that live and die together. */

#define FIRST_BLOCK_BYTES 512
#define LAST_BLOCK_BYTES 65536
#define ALIGNMENT 16

struct _ImapArenaBlock
{
  ImapArenaBlock *next; /* (owned) */
  gsize size;
  gsize used;
  gsize padding;
  guint8 bytes[];
};

struct _ImapArenaOwned
{
  ImapArenaOwned *next;
  gpointer object; /* (owned) */
  GDestroyNotify destroy;
};

G_STATIC_ASSERT (G_STRUCT_OFFSET (ImapArenaBlock, bytes) % ALIGNMENT == 0);

/* imap_arena_alloc:
 *
 * Returns: (transfer none): zeroed memory, aligned for anything, for as long as the arena */
gpointer
imap_arena_alloc (ImapArena *self,
                  gsize      size_bytes)
{
  ImapArenaBlock *block = self->blocks;
  gsize size = (size_bytes + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
  gpointer memory;

  if (block == NULL || block->size - block->used < size)
    {
      gsize wanted = block == NULL ? FIRST_BLOCK_BYTES : MIN (block->size * 2, LAST_BLOCK_BYTES);

      wanted = MAX (wanted, size);
      block = g_malloc (sizeof (ImapArenaBlock) + wanted);
      block->next = self->blocks;
      block->size = wanted;
      block->used = 0;
      self->blocks = block;
    }

  memory = block->bytes + block->used;
  block->used += size;
  return memset (memory, 0, size);
}

/* imap_arena_dup: copies bytes and puts a NUL behind them */
char *
imap_arena_dup (ImapArena  *self,
                const char *bytes,
                gsize       size_bytes)
{
  char *copy = imap_arena_alloc (self, size_bytes + 1);

  if (size_bytes > 0)
    memcpy (copy, bytes, size_bytes);
  return copy;
}

/* imap_arena_dup_text: copies a text for people: valid UTF-8, no control characters */
char *
imap_arena_dup_text (ImapArena  *self,
                     const char *bytes,
                     gsize       size_bytes)
{
  char *copy = imap_arena_dup (self, bytes, size_bytes);

  for (gsize i = 0; i < size_bytes; i++)
    if ((guchar) copy[i] < 0x20 || copy[i] == 0x7f)
      copy[i] = ' ';

  if (!g_utf8_validate (copy, (gssize) size_bytes, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (copy, (gssize) size_bytes);

      copy = imap_arena_dup (self, valid, strlen (valid));
    }

  return copy;
}

/* imap_arena_dup_lower: copies a token in lower case */
char *
imap_arena_dup_lower (ImapArena  *self,
                      const char *bytes,
                      gsize       size_bytes)
{
  char *copy = imap_arena_dup (self, bytes, size_bytes);

  for (gsize i = 0; i < size_bytes; i++)
    copy[i] = g_ascii_tolower (copy[i]);

  return copy;
}

/* imap_arena_dup_upper: copies a token in upper case */
char *
imap_arena_dup_upper (ImapArena  *self,
                      const char *bytes,
                      gsize       size_bytes)
{
  char *copy = imap_arena_dup (self, bytes, size_bytes);

  for (gsize i = 0; i < size_bytes; i++)
    copy[i] = g_ascii_toupper (copy[i]);

  return copy;
}

/* imap_arena_own: hands an object over, to be destroyed with the arena; returns it */
gpointer
imap_arena_own (ImapArena      *self,
                gpointer        object,
                GDestroyNotify  destroy)
{
  ImapArenaOwned *owned = imap_arena_alloc (self, sizeof (ImapArenaOwned));

  owned->object = object;
  owned->destroy = destroy;
  owned->next = self->owned;
  self->owned = owned;

  return object;
}

/* imap_arena_clear: gives all of it back */
void
imap_arena_clear (ImapArena *self)
{
  for (ImapArenaOwned *owned = self->owned; owned != NULL; owned = owned->next)
    owned->destroy (owned->object);
  self->owned = NULL;

  while (self->blocks != NULL)
    {
      ImapArenaBlock *block = self->blocks;

      self->blocks = block->next;
      g_free (block);
    }
}
