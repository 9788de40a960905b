#include "store-facts.h"

#include <string.h>

#include "store-hash-private.h"

/* An arena: chunks that are filled from the front and freed together. */
#define CHUNK_BYTES (64 * 1024)

struct _StoreBatch
{
  GPtrArray *facts;   /* (owned) (element-type StoreMessageFacts), in the arena */
  GHashTable *by_uid; /* (owned) (nullable): UID → facts, of the first n_by_uid of them */
  guint n_by_uid;
  GPtrArray *chunks;  /* (owned) */
  guint8 *next;       /* in the last chunk */
  gsize left;
  gsize size;
};

/**
 * store_batch_new:
 *
 * Returns: (transfer full): an empty batch
 */
StoreBatch *
store_batch_new (void)
{
  StoreBatch *self = g_new0 (StoreBatch, 1);

  self->facts = g_ptr_array_new ();
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
store_batch_free (StoreBatch *self)
{
  g_clear_pointer (&self->by_uid, g_hash_table_unref);
  g_ptr_array_unref (self->facts);
  g_ptr_array_unref (self->chunks);
  g_free (self);
}

static gpointer
take_bytes (StoreBatch *self,
            gsize       size,
            gsize       alignment)
{
  gsize padding = (alignment - (gsize) self->next % alignment) % alignment;
  gpointer taken;

  if (self->next == NULL || size + padding > self->left)
    {
      gsize chunk = MAX (size, CHUNK_BYTES);

      self->next = g_malloc (chunk);
      self->left = chunk;
      padding = 0;
      g_ptr_array_add (self->chunks, self->next);
    }

  taken = self->next + padding;
  self->next += padding + size;
  self->left -= padding + size;
  self->size += size;
  return taken;
}

/**
 * store_batch_add:
 *
 * Returns: (transfer none): the facts of one more message, all zero, to be filled in
 */
StoreMessageFacts *
store_batch_add (StoreBatch *self)
{
  StoreMessageFacts *facts;

  facts = take_bytes (self, sizeof (StoreMessageFacts), G_ALIGNOF (StoreMessageFacts));
  memset (facts, 0, sizeof *facts);
  g_ptr_array_add (self->facts, facts);
  return facts;
}

/**
 * store_batch_add_string:
 * @text: (nullable): copied into the arena
 *
 * Returns: (nullable) (transfer none): the copy
 */
const char *
store_batch_add_string (StoreBatch *self,
                        const char *text)
{
  gsize size;

  if (text == NULL)
    return NULL;

  size = strlen (text) + 1;
  return memcpy (take_bytes (self, size, 1), text, size);
}

/**
 * store_batch_add_addresses:
 * @items: (array length=n_items): copied with their strings
 *
 * Returns: (nullable) (transfer none): the copy, %NULL for none
 */
const StoreAddress *
store_batch_add_addresses (StoreBatch         *self,
                           const StoreAddress *items,
                           guint               n_items)
{
  StoreAddress *copies;

  if (n_items == 0)
    return NULL;

  copies = take_bytes (self, n_items * sizeof (StoreAddress), G_ALIGNOF (StoreAddress));
  for (guint i = 0; i < n_items; i++)
    {
      copies[i].name = store_batch_add_string (self, items[i].name);
      copies[i].address = store_batch_add_string (self, items[i].address);
    }

  return copies;
}

/**
 * store_batch_add_strings:
 * @items: (array length=n_items): copied
 *
 * Returns: (nullable) (transfer none): the copies, %NULL for none
 */
const char *const *
store_batch_add_strings (StoreBatch        *self,
                         const char *const *items,
                         guint              n_items)
{
  const char **copies;

  if (n_items == 0)
    return NULL;

  copies = take_bytes (self, n_items * sizeof (char *), G_ALIGNOF (char *));
  for (guint i = 0; i < n_items; i++)
    copies[i] = store_batch_add_string (self, items[i]);

  return copies;
}

guint
store_batch_get_n_facts (StoreBatch *self)
{
  return self->facts->len;
}

const StoreMessageFacts *
store_batch_get_facts (StoreBatch *self,
                       guint       position)
{
  return g_ptr_array_index (self->facts, position);
}

/**
 * store_batch_peek_uid:
 *
 * Looks for a message that the batch has already: a server may tell of one in two responses.
 *
 * Returns: (nullable) (transfer none): its facts
 */
StoreMessageFacts *
store_batch_peek_uid (StoreBatch *self,
                      guint32     uid)
{
  if (self->by_uid == NULL)
    self->by_uid = g_hash_table_new (NULL, NULL);

  /* whoever adds a message says only afterwards which one it is */
  for (; self->n_by_uid < self->facts->len; self->n_by_uid++)
    {
      StoreMessageFacts *facts = g_ptr_array_index (self->facts, self->n_by_uid);

      g_hash_table_insert (self->by_uid, GUINT_TO_POINTER (facts->uid), facts);
    }

  return g_hash_table_lookup (self->by_uid, GUINT_TO_POINTER (uid));
}

/**
 * store_batch_get_size:
 *
 * Returns: how many bytes the facts and their strings take
 */
gsize
store_batch_get_size (StoreBatch *self)
{
  return self->size;
}

/**
 * store_facts_fingerprint:
 *
 * The hash of the header facts by which a message is known again where its UID is not: all of
 * them fields that a server hands on as they are when it copies a message.
 *
 * Returns: the hash; stored, so its making never changes
 */
guint64
store_facts_fingerprint (const StoreMessageFacts *facts)
{
  guint64 hash = store_hash_text (1, facts->message_id);

  hash = store_hash_text (hash, facts->subject);
  hash = store_hash_bytes (hash, &(gint64) { GINT64_TO_LE (facts->date_unix) }, 8);
  if (facts->n_from > 0)
    hash = store_hash_text (hash, facts->from[0].address);
  if (facts->n_to > 0)
    hash = store_hash_text (hash, facts->to[0].address);
  if (facts->n_in_reply_to > 0)
    hash = store_hash_text (hash, facts->in_reply_to[0]);

  return hash;
}
