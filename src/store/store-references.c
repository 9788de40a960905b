#include "store-references-private.h"

#include <string.h>

#include "store-hash-private.h"

/* Hash → conversation, as a log and a sorted table.
 *
 * What is new is appended to the log and kept in an open hash table in memory. When the log has
 * grown to a run, the run is frozen, sorted and merged into the table of the database, a
 * slice at a time, so that no transaction takes long. Neighbouring hashes share pages, so a
 * slice writes far fewer pages than as many inserts in random order would. Until a run is merged
 * to its end its log stays: after a crash it is merged once more, with the same result. */

/* Entries after which the log is merged. With what comes in meanwhile it takes 1.6 MB of memory. */
#define RUN_ENTRIES 40000
#define SLICE_ENTRIES 4096

typedef struct
{
  gint64 hash; /* 0 is an empty slot */
  gint64 conversation;
} Entry;

struct _StoreReferences
{
  Entry *slots; /* (owned) (nullable): until it is first needed */
  guint n_slots;
  guint n_entries;
  GArray *run; /* (owned) (nullable) (element-type Entry): frozen, sorted, being merged */
  guint merged;
  gint64 run_last_id;
};

StoreReferences *
store_references_new (void)
{
  return g_new0 (StoreReferences, 1);
}

/**
 * store_references_forget:
 *
 * Forgets what is in memory; it is read again from the log when it is next needed. For after a
 * rollback.
 */
void
store_references_forget (StoreReferences *self)
{
  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->run, g_array_unref);
  self->n_slots = 0;
  self->n_entries = 0;
  self->merged = 0;
}

void
store_references_free (StoreReferences *self)
{
  store_references_forget (self);
  g_free (self);
}

/**
 * store_references_get_size:
 *
 * Returns: the bytes of memory that it takes
 */
gsize
store_references_get_size (StoreReferences *self)
{
  return self->n_slots * sizeof (Entry) +
         (self->run == NULL ? 0 : self->run->len * sizeof (Entry));
}

static Entry *
find_slot (StoreReferences *self,
           gint64           hash)
{
  guint mask = self->n_slots - 1;
  guint i = (guint) hash & mask;

  while (self->slots[i].hash != 0 && self->slots[i].hash != hash)
    i = (i + 1) & mask;

  return &self->slots[i];
}

static void
remember (StoreReferences *self,
          gint64           hash,
          gint64           conversation)
{
  Entry *slot;

  if (self->n_entries * 10 >= self->n_slots * 7)
    {
      g_autofree Entry *old = self->slots;
      guint n_old = self->n_slots;

      self->n_slots = MAX (1024, n_old * 2);
      self->slots = g_new0 (Entry, self->n_slots);
      for (guint i = 0; i < n_old; i++)
        {
          if (old[i].hash != 0)
            *find_slot (self, old[i].hash) = old[i];
        }
    }

  slot = find_slot (self, hash);
  self->n_entries += slot->hash == 0;
  slot->hash = hash;
  slot->conversation = conversation;
}

static gboolean
load (StoreReferences  *self,
      StoreDb          *cache,
      GError          **error)
{
  g_autoptr(StoreStatement) select = NULL;
  StoreStep step;

  if (self->slots != NULL)
    return TRUE;

  self->n_slots = 1024;
  self->slots = g_new0 (Entry, self->n_slots);

  select = store_db_take (cache, "SELECT hash, conversation FROM reference_log ORDER BY id", error);
  if (select == NULL)
    return FALSE;

  while ((step = store_db_step (cache, select, error)) == STORE_STEP_ROW)
    remember (self, sqlite3_column_int64 (select, 0), sqlite3_column_int64 (select, 1));

  return step == STORE_STEP_DONE;
}

static gboolean
resolve (StoreDb  *cache,
         gint64   *conversation,
         GError  **error)
{
  g_autoptr(StoreStatement) select = NULL;
  gboolean is_found;
  gint64 into;

  select = store_db_take (cache, "SELECT conversation FROM conversation_alias WHERE id = ?", error);
  if (select == NULL)
    return FALSE;

  store_bind_int (select, 1, *conversation);
  if (!store_db_get_int64 (cache, select, &into, &is_found, error))
    return FALSE;

  if (is_found)
    *conversation = into;
  return TRUE;
}

static int compare_entries (gconstpointer a,
                            gconstpointer b);

/* In memory: what is new, and the run that is being merged. */
static gint64
find_in_memory (StoreReferences *self,
                gint64           hash)
{
  Entry wanted = { hash, 0 };
  Entry *slot = find_slot (self, hash);
  guint position;

  if (slot->hash == hash)
    return slot->conversation;
  if (self->run != NULL && g_array_binary_search (self->run, &wanted, compare_entries, &position))
    return g_array_index (self->run, Entry, position).conversation;

  return 0;
}

/**
 * store_references_find:
 * @out_conversation: (out): where it belongs, or 0 when it was never seen
 */
gboolean
store_references_find (StoreReferences  *self,
                       StoreDb          *cache,
                       guint64           hash,
                       gint64           *out_conversation,
                       GError          **error)
{
  if (!load (self, cache, error))
    return FALSE;

  *out_conversation = find_in_memory (self, (gint64) hash);
  if (*out_conversation == 0)
    {
      g_autoptr(StoreStatement) select = NULL;

      select = store_db_take (cache, "SELECT conversation FROM reference WHERE hash = ?", error);
      if (select == NULL)
        return FALSE;

      store_bind_int (select, 1, (gint64) hash);
      if (!store_db_get_int64 (cache, select, out_conversation, NULL, error))
        return FALSE;
    }

  return *out_conversation == 0 || resolve (cache, out_conversation, error);
}

/**
 * store_references_add:
 *
 * Notes where a Message-ID belongs that was not found.
 */
gboolean
store_references_add (StoreReferences  *self,
                      StoreDb          *cache,
                      guint64           hash,
                      gint64            conversation,
                      GError          **error)
{
  g_autoptr(StoreStatement) insert = NULL;

  insert = store_db_take (cache, "INSERT INTO reference_log (hash, conversation) VALUES (?, ?)",
                          error);
  if (insert == NULL)
    return FALSE;

  store_bind_int (insert, 1, (gint64) hash);
  store_bind_int (insert, 2, conversation);
  if (!store_db_run (cache, insert, error))
    return FALSE;

  remember (self, (gint64) hash, conversation);
  return TRUE;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return left->hash < right->hash ? -1 : left->hash > right->hash;
}

static gboolean
freeze (StoreReferences  *self,
        StoreDb          *cache,
        GError          **error)
{
  g_autoptr(StoreStatement) select = NULL;

  select = store_db_take (cache, "SELECT max(id) FROM reference_log", error);
  if (select == NULL || !store_db_get_int64 (cache, select, &self->run_last_id, NULL, error))
    return FALSE;

  self->run = g_array_sized_new (FALSE, FALSE, sizeof (Entry), self->n_entries);
  self->merged = 0;
  for (guint i = 0; i < self->n_slots; i++)
    {
      if (self->slots[i].hash != 0)
        g_array_append_val (self->run, self->slots[i]);
    }

  g_array_sort (self->run, compare_entries);
  memset (self->slots, 0, self->n_slots * sizeof (Entry));
  self->n_entries = 0;
  return TRUE;
}

static gboolean
finish_run (StoreReferences  *self,
            StoreDb          *cache,
            GError          **error)
{
  g_autoptr(StoreStatement) delete = NULL;

  delete = store_db_take (cache, "DELETE FROM reference_log WHERE id <= ?", error);
  if (delete == NULL)
    return FALSE;

  store_bind_int (delete, 1, self->run_last_id);
  if (!store_db_run (cache, delete, error))
    return FALSE;

  g_clear_pointer (&self->run, g_array_unref);
  self->merged = 0;
  return TRUE;
}

/**
 * store_references_tidy:
 *
 * Does a slice of the merging, when there is a run to merge. To be called once a transaction
 * that has added much.
 */
gboolean
store_references_tidy (StoreReferences  *self,
                       StoreDb          *cache,
                       GError          **error)
{
  g_autoptr(StoreStatement) insert = NULL;
  guint end;

  if (self->run == NULL && self->n_entries < RUN_ENTRIES)
    return TRUE;
  if (self->run == NULL && !freeze (self, cache, error))
    return FALSE;

  insert = store_db_take (cache,
                          "INSERT INTO reference (hash, conversation) VALUES (?, ?)"
                          " ON CONFLICT (hash) DO UPDATE SET conversation = excluded.conversation",
                          error);
  if (insert == NULL)
    return FALSE;

  end = MIN (self->run->len, self->merged + SLICE_ENTRIES);
  for (; self->merged < end; self->merged++)
    {
      Entry *entry = &g_array_index (self->run, Entry, self->merged);

      store_bind_int (insert, 1, entry->hash);
      store_bind_int (insert, 2, entry->conversation);
      if (!store_db_run (cache, insert, error))
        return FALSE;
    }

  return self->merged < self->run->len || finish_run (self, cache, error);
}

static guint
add_hash (guint64 *hashes,
          guint    n_hashes,
          guint64  hash)
{
  /* 0 marks an empty slot */
  hashes[n_hashes] = hash == 0 ? 1 : hash;
  for (guint i = 0; i < n_hashes; i++)
    {
      if (hashes[i] == hashes[n_hashes])
        return n_hashes;
    }

  return n_hashes + 1;
}

static guint
add_texts (guint64            *hashes,
           guint               n_hashes,
           guint               max_hashes,
           guint64             seed,
           const char *const  *texts,
           guint               n_texts)
{
  for (guint i = 0; i < n_texts && n_hashes < max_hashes; i++)
    {
      if (texts[i] != NULL && *texts[i] != '\0')
        n_hashes = add_hash (hashes, n_hashes, store_hash_text (seed, texts[i]));
    }

  return n_hashes;
}

static guint64
make_seed (gint64 account)
{
  return store_hash_bytes (2, &(gint64) { GINT64_TO_LE (account) }, 8);
}

/**
 * store_references_of_message:
 *
 * Returns: the hash of the message's own Message-ID, or 0 where it has none
 */
guint64
store_references_of_message (const StoreMessageFacts *facts,
                             gint64                   account)
{
  guint64 hash = 0;

  add_texts (&hash, 0, 1, make_seed (account), &facts->message_id, 1);
  return hash;
}

/**
 * store_references_of_facts:
 * @hashes: (out caller-allocates) (array length=max_hashes): each once
 *
 * Collects everything that ties a message to a conversation: the server's thread id, and where it
 * gives none its own Message-ID, In-Reply-To, and of References the first, which names the
 * conversation, and the last ones (RFC 5322 section 3.6.4). Accounts are kept apart.
 *
 * Returns: how many
 */
guint
store_references_of_facts (const StoreMessageFacts *facts,
                           gint64                   account,
                           guint64                 *hashes,
                           guint                    max_hashes)
{
  guint64 seed = make_seed (account);
  guint n = 0;
  guint n_last;

  /* whoever knows the conversation is not contradicted: what Gmail shows as two is not made one */
  n = add_texts (hashes, n, max_hashes, seed ^ 1, &facts->thread_id, 1);
  if (n > 0)
    return n;

  n = add_texts (hashes, n, max_hashes, seed, &facts->message_id, 1);
  n = add_texts (hashes, n, max_hashes, seed, facts->in_reply_to, MIN (facts->n_in_reply_to, 4));
  n = add_texts (hashes, n, max_hashes, seed, facts->references, MIN (facts->n_references, 1));

  n_last = MIN (facts->n_references, max_hashes - n);
  if (n_last == 0)
    return n;

  return add_texts (hashes, n, max_hashes, seed,
                    facts->references + (facts->n_references - n_last), n_last);
}
