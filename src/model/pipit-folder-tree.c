#include "pipit-folder-tree.h"

#include <string.h>

struct _PipitFolderTree
{
  PipitAccount *account;  /* (unowned): owns this */
  GListStore *top;        /* (owned) of PipitFolder */
  GHashTable *by_id;      /* (owned) gint64 * -> (owned) PipitFolder */
  GHashTable *levels;     /* (owned) path -> (owned) PipitFolder that is no folder on the server */
};

PipitFolderTree *
pipit_folder_tree_new (PipitAccount *account)
{
  PipitFolderTree *self = g_new0 (PipitFolderTree, 1);

  self->account = account;
  self->top = g_list_store_new (PIPIT_TYPE_FOLDER);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  return self;
}

void
pipit_folder_tree_free (PipitFolderTree *self)
{
  g_clear_object (&self->top);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->levels, g_hash_table_unref);
  g_free (self);
}

/**
 * pipit_folder_tree_get_top:
 *
 * Returns: (transfer none): the folders of the first level
 */
GListModel *
pipit_folder_tree_get_top (PipitFolderTree *self)
{
  return G_LIST_MODEL (self->top);
}

/**
 * pipit_folder_tree_find:
 * @id: a folder's id
 *
 * Returns: (transfer none) (nullable): the folder
 */
PipitFolder *
pipit_folder_tree_find (PipitFolderTree *self,
                        gint64           id)
{
  return g_hash_table_lookup (self->by_id, &id);
}

/**
 * pipit_folder_tree_find_role:
 * @role: what it is for
 *
 * Returns: (transfer none) (nullable): the folder; the first by name where there are several
 */
PipitFolder *
pipit_folder_tree_find_role (PipitFolderTree *self,
                             PipitFolderRole  role)
{
  GHashTableIter iter;
  gpointer value;
  PipitFolder *found = NULL;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (pipit_folder_get_role (value) == role &&
        (found == NULL || pipit_folder_get_id (value) < pipit_folder_get_id (found)))
      found = value;

  return found;
}

void
pipit_folder_tree_foreach (PipitFolderTree *self,
                           GFunc            func,
                           gpointer         user_data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    func (value, user_data);
}

/* By name as a person counts, whatever the locale: "Part 9" before "part 10". */
static char *
sort_key (PipitFolder *folder)
{
  g_autofree char *folded = g_utf8_casefold (pipit_folder_get_name (folder), -1);

  return g_utf8_collate_key_for_filename (folded, -1);
}

static int
compare_folders (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  PipitFolder *x = (PipitFolder *) a;
  PipitFolder *y = (PipitFolder *) b;
  PipitFolderRole role_x = pipit_folder_get_role (x);
  PipitFolderRole role_y = pipit_folder_get_role (y);
  g_autofree char *key_x = NULL;
  g_autofree char *key_y = NULL;
  int order;

  if (role_x != role_y)
    return role_x < role_y ? -1 : 1;

  key_x = sort_key (x);
  key_y = sort_key (y);
  order = strcmp (key_x, key_y);
  if (order != 0)
    return order;

  return pipit_folder_get_id (x) < pipit_folder_get_id (y) ? -1 : 1;
}

static int
compare_in_array (gconstpointer a,
                  gconstpointer b)
{
  return compare_folders (*(gpointer *) a, *(gpointer *) b, NULL);
}

/* Makes @store hold @wanted, which is sorted, with as few changes as that takes. */
static void
fit_store (GListStore *store,
           GPtrArray  *wanted)
{
  g_autoptr(GHashTable) set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < wanted->len; i++)
    g_hash_table_add (set, g_ptr_array_index (wanted, i));

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (store)); i-- > 0;)
    {
      g_autoptr(PipitFolder) folder = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (!g_hash_table_contains (set, folder))
        g_list_store_remove (store, i);
    }

  for (guint i = 0; i < wanted->len; i++)
    {
      PipitFolder *folder = g_ptr_array_index (wanted, i);
      g_autoptr(PipitFolder) there = g_list_model_get_item (G_LIST_MODEL (store), i);
      guint position;

      if (there == folder)
        continue;
      if (g_list_store_find (store, folder, &position))
        g_list_store_remove (store, position);
      g_list_store_insert (store, i, folder);
    }
}

/* Cuts the last level off a path. NULL at the top. */
static char *
parent_path (const char *path,
             gunichar    delimiter)
{
  const char *last = delimiter != 0 ? g_utf8_strrchr (path, -1, delimiter) : NULL;

  return last != NULL && last != path ? g_strndup (path, last - path) : NULL;
}

static const char *
last_level (const char *path,
            gunichar    delimiter)
{
  const char *last = delimiter != 0 ? g_utf8_strrchr (path, -1, delimiter) : NULL;

  return last != NULL && last[1] != '\0' ? g_utf8_next_char (last) : path;
}

/* A level that a person sees as one: the inbox as the root of a namespace is none. */
static gboolean
is_level (GHashTable *by_path,
          const char *path)
{
  PipitFolder *folder = g_hash_table_lookup (by_path, path);

  if (folder == NULL)
    return g_ascii_strcasecmp (path, "INBOX") != 0;

  return pipit_folder_get_role (folder) != PIPIT_FOLDER_INBOX;
}

static char *
shown_path (const char *path,
            gunichar    delimiter)
{
  g_autofree char *separator = g_new0 (char, 7);
  g_auto(GStrv) levels = NULL;

  if (delimiter == 0)
    return g_strdup (path);

  g_unichar_to_utf8 (delimiter, separator);
  levels = g_strsplit (path, separator, -1);
  if (levels[0] != NULL && levels[1] != NULL && g_ascii_strcasecmp (levels[0], "INBOX") == 0)
    return g_strjoinv (" / ", levels + 1);

  return g_strjoinv (" / ", levels);
}

static GPtrArray *
children_of (GHashTable *children,
             gpointer    parent)
{
  GPtrArray *array = g_hash_table_lookup (children, parent);

  if (array == NULL)
    {
      array = g_ptr_array_new ();
      g_hash_table_insert (children, parent, array);
    }

  return array;
}

/* The folder that stands for a level that the server has no folder for. */
static PipitFolder *
ensure_level (PipitFolderTree *self,
              GHashTable      *used,
              const char      *path,
              gunichar         delimiter)
{
  PipitFolder *level = g_hash_table_lookup (self->levels, path);
  g_autofree char *shown = shown_path (path, delimiter);

  if (level == NULL)
    {
      level = pipit_folder_new (self->account, 0);
      g_hash_table_insert (self->levels, g_strdup (path), level);
    }
  pipit_folder_set_place (level, last_level (path, delimiter), shown);
  g_hash_table_add (used, level);

  return level;
}

/* Puts a folder below its parent, and the parent below its own, up to the top. */
static void
place (PipitFolderTree *self,
       GHashTable      *by_path,
       GHashTable      *children,
       GHashTable      *used,
       PipitFolder     *folder,
       const char      *path,
       gunichar         delimiter)
{
  g_autofree char *above = parent_path (path, delimiter);
  PipitFolder *parent;
  gboolean is_new_level;

  if (pipit_folder_get_role (folder) != PIPIT_FOLDER_PLAIN || above == NULL ||
      !is_level (by_path, above))
    {
      g_ptr_array_add (children_of (children, self), folder);
      return;
    }

  parent = g_hash_table_lookup (by_path, above);
  is_new_level = FALSE;
  if (parent == NULL)
    {
      is_new_level = !g_hash_table_contains (self->levels, above) ||
                     !g_hash_table_contains (used, g_hash_table_lookup (self->levels, above));
      parent = ensure_level (self, used, above, delimiter);
    }
  g_ptr_array_add (children_of (children, parent), folder);
  if (is_new_level)
    place (self, by_path, children, used, parent, above, delimiter);
}

/* A level that holds nothing but special folders, which stand at the top, is not shown. */
static gboolean
is_bare (GHashTable  *children,
         PipitFolder *folder)
{
  return !pipit_folder_can_open (folder) && !g_hash_table_contains (children, folder);
}

static void
fit_level (GHashTable *children,
           gpointer    parent,
           GListStore *store)
{
  GPtrArray *all = children_of (children, parent);
  g_autoptr(GPtrArray) wanted = g_ptr_array_new ();
  g_autoptr(GPtrArray) turned = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (!is_bare (children, g_ptr_array_index (all, i)))
      g_ptr_array_add (wanted, g_ptr_array_index (all, i));
  g_ptr_array_sort (wanted, compare_in_array);

  /* children before their parents: a row of the tree asks for them when it appears */
  for (guint i = 0; i < wanted->len; i++)
    {
      PipitFolder *folder = g_ptr_array_index (wanted, i);
      gboolean had_children = pipit_folder_get_children (folder) != NULL;

      if (g_hash_table_contains (children, folder))
        fit_level (children, folder, pipit_folder_ensure_children (folder));
      else
        pipit_folder_drop_children (folder);
      if (had_children != (pipit_folder_get_children (folder) != NULL))
        g_ptr_array_add (turned, folder);
    }

  fit_store (store, wanted);

  /* GtkTreeListModel asks for children once, when a row appears: let these appear anew */
  for (guint i = 0; i < turned->len; i++)
    {
      guint position;

      if (g_list_store_find (store, g_ptr_array_index (turned, i), &position))
        g_list_model_items_changed (G_LIST_MODEL (store), position, 1, 1);
    }
}

static gboolean
is_unused (gpointer key,
           gpointer value,
           gpointer user_data)
{
  return !g_hash_table_contains (user_data, value);
}

/**
 * pipit_folder_tree_update:
 * @facts: (element-type PipitFolderFacts): every folder of the account; the elements are taken
 *
 * Makes the tree show what the store says. Folders that stay keep their objects.
 */
void
pipit_folder_tree_update (PipitFolderTree *self,
                          GPtrArray       *facts)
{
  g_autoptr(GHashTable) by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) children = g_hash_table_new_full (NULL, NULL, NULL,
                                                          (GDestroyNotify) g_ptr_array_unref);
  g_autoptr(GHashTable) used = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, value;

  while (facts->len > 0)
    {
      PipitFolderFacts *fact = g_ptr_array_steal_index_fast (facts, facts->len - 1);
      gint64 id = fact->row->folder;
      gunichar delimiter = fact->row->delimiter;
      g_autofree char *path = g_strdup (fact->row->display_name);
      g_autofree char *shown = shown_path (path, delimiter);
      PipitFolder *folder = g_hash_table_lookup (self->by_id, &id);

      if (folder == NULL)
        {
          folder = pipit_folder_new (self->account, id);
          g_hash_table_insert (self->by_id, g_memdup2 (&id, sizeof id), folder);
        }
      pipit_folder_set_place (folder, last_level (path, delimiter), shown);
      pipit_folder_take_facts (folder, fact);
      g_hash_table_add (used, folder);
      g_hash_table_insert (by_path, g_steal_pointer (&path), folder);
    }

  g_hash_table_iter_init (&iter, by_path);
  while (g_hash_table_iter_next (&iter, &key, &value))
    place (self, by_path, children, used, value, key,
           pipit_folder_get_row (value)->delimiter);

  fit_level (children, self, self->top);
  g_hash_table_foreach_remove (self->by_id, is_unused, used);
  g_hash_table_foreach_remove (self->levels, is_unused, used);
}
