#include "store-changes-private.h"

#include "store-message.h"

/* Rows of one folder beyond which reading its array again is cheaper than telling. */
#define MAX_ROWS 10000

typedef struct
{
  GArray *rows; /* (owned) (element-type StoreRowChange): in the order of the commits */
  gboolean is_reload;
  gboolean is_folder_changed;
  gboolean is_gone;
} FolderSet;

struct _StoreChangeSet
{
  GHashTable *folders;       /* (owned): id (owned) → FolderSet (owned) */
  GHashTable *messages;      /* (owned): set of ids */
  GHashTable *conversations; /* (owned): set of ids */
  GArray *merges;            /* (owned) (element-type StoreMerge) */
  gboolean is_folder_list;
  gboolean has_operations;
  gboolean has_outbox;
  gboolean has_drafts;
  gboolean has_learnt;
};

struct _StoreChanges
{
  gatomicrefcount ref_count;
  guint64 serial;
  GArray *folders;       /* (element-type StoreFolderChange), sorted by folder */
  GArray *messages;      /* (element-type gint64), sorted */
  GArray *conversations; /* (element-type gint64), sorted */
  GArray *merges;        /* (element-type StoreMerge), in order */
  gboolean is_folder_list;
  gboolean has_operations;
  gboolean has_outbox;
  gboolean has_drafts;
  gboolean has_learnt;
};

G_DEFINE_BOXED_TYPE (StoreChanges, store_changes, store_changes_ref, store_changes_unref)

static void
folder_set_free (FolderSet *self)
{
  g_clear_pointer (&self->rows, g_array_unref);
  g_free (self);
}

static GHashTable *
id_set_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
id_set_add (GHashTable *set,
            gint64      id)
{
  if (!g_hash_table_contains (set, &id))
    g_hash_table_add (set, g_memdup2 (&id, sizeof id));
}

StoreChangeSet *
store_change_set_new (void)
{
  StoreChangeSet *self = g_new0 (StoreChangeSet, 1);

  self->folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) folder_set_free);
  self->messages = id_set_new ();
  self->conversations = id_set_new ();
  self->merges = g_array_new (FALSE, FALSE, sizeof (StoreMerge));
  return self;
}

void
store_change_set_free (StoreChangeSet *self)
{
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->messages);
  g_hash_table_unref (self->conversations);
  g_array_unref (self->merges);
  g_free (self);
}

gboolean
store_change_set_is_empty (StoreChangeSet *self)
{
  return g_hash_table_size (self->folders) == 0 && g_hash_table_size (self->messages) == 0 &&
         g_hash_table_size (self->conversations) == 0 && self->merges->len == 0 &&
         !self->is_folder_list && !self->has_operations && !self->has_outbox &&
         !self->has_drafts && !self->has_learnt;
}

void
store_change_set_clear (StoreChangeSet *self)
{
  g_hash_table_remove_all (self->folders);
  g_hash_table_remove_all (self->messages);
  g_hash_table_remove_all (self->conversations);
  g_array_set_size (self->merges, 0);
  self->is_folder_list = FALSE;
  self->has_operations = FALSE;
  self->has_outbox = FALSE;
  self->has_drafts = FALSE;
  self->has_learnt = FALSE;
}

static FolderSet *
take_folder (StoreChangeSet *self,
             gint64          folder)
{
  FolderSet *set = g_hash_table_lookup (self->folders, &folder);

  if (set == NULL)
    {
      set = g_new0 (FolderSet, 1);
      set->rows = g_array_new (FALSE, FALSE, sizeof (StoreRowChange));
      g_hash_table_insert (self->folders, g_memdup2 (&folder, sizeof folder), set);
    }

  return set;
}

static void
add_rows (FolderSet            *set,
          const StoreRowChange *rows,
          guint                 n_rows)
{
  set->is_folder_changed = TRUE;
  if (!set->is_reload && set->rows->len + n_rows <= MAX_ROWS)
    {
      g_array_append_vals (set->rows, rows, n_rows);
      return;
    }

  set->is_reload = TRUE;
  g_array_set_size (set->rows, 0);
}

/**
 * store_change_set_row:
 *
 * Notes the state of a row as it is now; a later note on the same row replaces it.
 */
void
store_change_set_row (StoreChangeSet       *self,
                      gint64                folder,
                      const StoreRowChange *row)
{
  add_rows (take_folder (self, folder), row, 1);
}

void
store_change_set_reload (StoreChangeSet *self,
                         gint64          folder)
{
  FolderSet *set = take_folder (self, folder);

  set->is_reload = TRUE;
  set->is_folder_changed = TRUE;
  g_array_set_size (set->rows, 0);
}

void
store_change_set_folder (StoreChangeSet *self,
                         gint64          folder)
{
  take_folder (self, folder)->is_folder_changed = TRUE;
}

void
store_change_set_folder_gone (StoreChangeSet *self,
                              gint64          folder)
{
  take_folder (self, folder)->is_gone = TRUE;
  self->is_folder_list = TRUE;
}

void
store_change_set_folder_list (StoreChangeSet *self)
{
  self->is_folder_list = TRUE;
}

void
store_change_set_message (StoreChangeSet *self,
                          gint64          message)
{
  id_set_add (self->messages, message);
}

void
store_change_set_conversation (StoreChangeSet *self,
                               gint64          conversation)
{
  id_set_add (self->conversations, conversation);
}

void
store_change_set_merged (StoreChangeSet *self,
                         gint64          from,
                         gint64          into)
{
  StoreMerge merge = { from, into };

  g_array_append_val (self->merges, merge);
  id_set_add (self->conversations, into);
}

void
store_change_set_operations (StoreChangeSet *self)
{
  self->has_operations = TRUE;
}

void
store_change_set_outbox (StoreChangeSet *self)
{
  self->has_outbox = TRUE;
}

void
store_change_set_drafts (StoreChangeSet *self)
{
  self->has_drafts = TRUE;
}

void
store_change_set_learnt (StoreChangeSet *self)
{
  self->has_learnt = TRUE;
}

static void
merge_ids (GHashTable *into,
           GHashTable *later)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, later);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    id_set_add (into, *(gint64 *) id);
}

/**
 * store_change_set_merge:
 * @later: what a later commit changed
 */
void
store_change_set_merge (StoreChangeSet *self,
                        StoreChangeSet *later)
{
  GHashTableIter iter;
  gpointer id;
  gpointer value;

  g_hash_table_iter_init (&iter, later->folders);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      FolderSet *from = value;
      FolderSet *into = take_folder (self, *(gint64 *) id);

      into->is_gone |= from->is_gone;
      into->is_folder_changed |= from->is_folder_changed;
      if (from->is_reload)
        store_change_set_reload (self, *(gint64 *) id);
      else if (from->rows->len > 0)
        add_rows (into, (StoreRowChange *) (gpointer) from->rows->data, from->rows->len);
    }

  merge_ids (self->messages, later->messages);
  merge_ids (self->conversations, later->conversations);
  g_array_append_vals (self->merges, later->merges->data, later->merges->len);
  self->is_folder_list |= later->is_folder_list;
  self->has_operations |= later->has_operations;
  self->has_outbox |= later->has_outbox;
  self->has_drafts |= later->has_drafts;
  self->has_learnt |= later->has_learnt;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const StoreRowChange *left = a;
  const StoreRowChange *right = b;
  StoreListEntry left_entry = { left->sort_date, left->location };
  StoreListEntry right_entry = { right->sort_date, right->location };

  return store_list_entry_compare (&left_entry, &right_entry);
}

/* A row's place never changes, so that all its notes lie together after a stable sort, which
 * g_array_sort () is, and the last of them counts. */
static GArray *
finish_rows (GArray *noted)
{
  GArray *rows = g_array_sized_new (FALSE, FALSE, sizeof (StoreRowChange), noted->len);

  g_array_sort (noted, compare_rows);
  for (guint i = 0; i < noted->len; i++)
    {
      StoreRowChange *row = &g_array_index (noted, StoreRowChange, i);

      if (i + 1 < noted->len && compare_rows (row, row + 1) == 0)
        continue;
      g_array_append_val (rows, *row);
    }

  return rows;
}

static void
folder_change_clear (gpointer data)
{
  StoreFolderChange *change = data;

  g_clear_pointer (&change->rows, g_array_unref);
}

static GArray *
finish_folders (GHashTable *folders)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (StoreFolderChange));
  GHashTableIter iter;
  gpointer id;
  gpointer value;

  g_array_set_clear_func (changes, folder_change_clear);
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      FolderSet *set = value;
      StoreFolderChange change = {
        .folder = *(gint64 *) id,
        .rows = finish_rows (set->rows),
        .is_reload = set->is_reload,
        .is_folder_changed = set->is_folder_changed,
        .is_gone = set->is_gone,
      };

      g_array_append_val (changes, change);
    }

  /* the id is the first member */
  g_array_sort (changes, compare_ids);
  return changes;
}

static GArray *
finish_ids (GHashTable *set)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_val (ids, *(gint64 *) id);

  g_array_sort (ids, compare_ids);
  return ids;
}

/**
 * store_changes_new_from_set:
 * @set: emptied
 * @serial: of the last commit in it
 *
 * Returns: (transfer full): the notice
 */
StoreChanges *
store_changes_new_from_set (StoreChangeSet *set,
                            guint64         serial)
{
  StoreChanges *self = g_new0 (StoreChanges, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->serial = serial;
  self->folders = finish_folders (set->folders);
  self->messages = finish_ids (set->messages);
  self->conversations = finish_ids (set->conversations);
  self->merges = g_array_new (FALSE, FALSE, sizeof (StoreMerge));
  g_array_append_vals (self->merges, set->merges->data, set->merges->len);
  self->is_folder_list = set->is_folder_list;
  self->has_operations = set->has_operations;
  self->has_outbox = set->has_outbox;
  self->has_drafts = set->has_drafts;
  self->has_learnt = set->has_learnt;

  store_change_set_clear (set);
  return self;
}

StoreChanges *
store_changes_ref (StoreChanges *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
store_changes_unref (StoreChanges *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->folders);
  g_array_unref (self->messages);
  g_array_unref (self->conversations);
  g_array_unref (self->merges);
  g_free (self);
}

/**
 * store_changes_get_serial:
 *
 * Returns: the serial of the last commit that the notice covers. What was read with
 *   store_reader_get_serial () at least as high knows all of it already
 */
guint64
store_changes_get_serial (StoreChanges *self)
{
  return self->serial;
}

/**
 * store_changes_is_folder_list:
 *
 * Returns: whether accounts or folders came, went or were renamed
 */
gboolean
store_changes_is_folder_list (StoreChanges *self)
{
  return self->is_folder_list;
}

guint
store_changes_get_n_folders (StoreChanges *self)
{
  return self->folders->len;
}

const StoreFolderChange *
store_changes_get_folder (StoreChanges *self,
                          guint         position)
{
  g_return_val_if_fail (position < self->folders->len, NULL);

  return &g_array_index (self->folders, StoreFolderChange, position);
}

/**
 * store_changes_find_folder:
 *
 * Returns: (nullable): what changed in a folder, %NULL if nothing did
 */
const StoreFolderChange *
store_changes_find_folder (StoreChanges *self,
                           gint64        folder)
{
  guint position;

  /* the id is the first member */
  if (!g_array_binary_search (self->folders, &folder, compare_ids, &position))
    return NULL;

  return &g_array_index (self->folders, StoreFolderChange, position);
}

/**
 * store_changes_get_messages:
 *
 * Returns: (array length=out_n_messages) (nullable): ids, sorted, of messages of which more is
 *   known now (structure, preview, body)
 */
const gint64 *
store_changes_get_messages (StoreChanges *self,
                            guint        *out_n_messages)
{
  *out_n_messages = self->messages->len;
  return (const gint64 *) (gpointer) self->messages->data;
}

/**
 * store_changes_get_conversations:
 *
 * Returns: (array length=out_n_conversations) (nullable): ids, sorted, of conversations in which
 *   a message came, went or changed
 */
const gint64 *
store_changes_get_conversations (StoreChanges *self,
                                 guint        *out_n_conversations)
{
  *out_n_conversations = self->conversations->len;
  return (const gint64 *) (gpointer) self->conversations->data;
}

/**
 * store_changes_get_merges:
 *
 * Returns: (array length=out_n_merges) (nullable): conversations that became one, in order
 */
const StoreMerge *
store_changes_get_merges (StoreChanges *self,
                          guint        *out_n_merges)
{
  *out_n_merges = self->merges->len;
  return (const StoreMerge *) (gpointer) self->merges->data;
}

gboolean
store_changes_has_operations (StoreChanges *self)
{
  return self->has_operations;
}

gboolean
store_changes_has_outbox (StoreChanges *self)
{
  return self->has_outbox;
}

gboolean
store_changes_has_drafts (StoreChanges *self)
{
  return self->has_drafts;
}

/**
 * store_changes_has_learnt:
 *
 * Returns: whether a learnt fact about an account changed
 */
gboolean
store_changes_has_learnt (StoreChanges *self)
{
  return self->has_learnt;
}
