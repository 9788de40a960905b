#include "pipit-sidebar-model.h"

#include "pipit-account.h"
#include "pipit-folder.h"

/* A list with the one folder while a condition holds; else without it. */
typedef struct
{
  GListModel *watched; /* (unowned): owned by the handler's closure data */
  GListStore *store;   /* (owned) */
  PipitFolder *folder; /* (owned) */
  guint n_needed;
} OneFolder;

static void
one_folder_free (gpointer  data,
                 GClosure *closure)
{
  OneFolder *one = data;

  g_clear_object (&one->store);
  g_clear_object (&one->folder);
  g_free (one);
}

static void
one_folder_update (OneFolder *one)
{
  gboolean wanted = g_list_model_get_n_items (one->watched) >= one->n_needed;
  gboolean there = g_list_model_get_n_items (G_LIST_MODEL (one->store)) > 0;

  if (wanted && !there)
    g_list_store_append (one->store, one->folder);
  else if (!wanted && there)
    g_list_store_remove_all (one->store);
}

static void
on_watched_items_changed (GListModel *watched,
                          guint       position,
                          guint       n_removed,
                          guint       n_added,
                          gpointer    user_data)
{
  one_folder_update (user_data);
}

/* Shows @folder while @watched has at least @n_needed items. */
static GListModel *
one_folder_new (PipitFolder *folder,
                GListModel  *watched,
                guint        n_needed)
{
  OneFolder *one = g_new0 (OneFolder, 1);
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);

  one->watched = watched;
  one->store = g_object_ref (store);
  one->folder = g_object_ref (folder);
  one->n_needed = n_needed;
  one_folder_update (one);
  g_signal_connect_data (watched, "items-changed", G_CALLBACK (on_watched_items_changed),
                         one, one_folder_free, 0);

  return G_LIST_MODEL (store);
}

/* An account's heading, followed by its folders. */
static gpointer
account_rows_new (gpointer item,
                  gpointer user_data)
{
  g_autoptr(PipitAccount) account = item;
  g_autoptr(GListStore) heading = g_list_store_new (G_TYPE_OBJECT);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);

  g_list_store_append (heading, account);
  g_list_store_append (parts, heading);
  g_list_store_append (parts, pipit_account_get_folders (account));

  return gtk_flatten_list_model_new (G_LIST_MODEL (parts));
}

static GListModel *
folder_children_new (gpointer item,
                     gpointer user_data)
{
  GListModel *children;

  if (!PIPIT_IS_FOLDER (item))
    return NULL;

  children = pipit_folder_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

/**
 * pipit_sidebar_model_new:
 * @engine: the engine
 *
 * Makes the rows of the sidebar: all inboxes when there are several accounts, then each account
 * with its folders, special ones first, then local drafts and the outbox while there is anything
 * in them.
 *
 * Returns: (transfer full): a tree of #PipitAccount (headings) and #PipitFolder
 */
GtkTreeListModel *
pipit_sidebar_model_new (PipitEngine *engine)
{
  GListModel *accounts = pipit_engine_get_accounts (engine);
  g_autoptr(GListModel) inboxes = NULL;
  g_autoptr(GListModel) drafts = NULL;
  g_autoptr(GListModel) outbox = NULL;
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);
  GtkMapListModel *by_account;
  g_autoptr(GtkFlattenListModel) of_accounts = NULL;

  inboxes = one_folder_new (pipit_engine_get_all_inboxes (engine), accounts, 2);
  drafts = one_folder_new (pipit_engine_get_drafts_folder (engine),
                           pipit_engine_get_drafts (engine), 1);
  outbox = one_folder_new (pipit_engine_get_outbox_folder (engine),
                           pipit_engine_get_outbox (engine), 1);
  by_account = gtk_map_list_model_new (g_object_ref (accounts), account_rows_new, NULL, NULL);
  of_accounts = gtk_flatten_list_model_new (G_LIST_MODEL (by_account));

  g_list_store_append (parts, inboxes);
  g_list_store_append (parts, of_accounts);
  g_list_store_append (parts, drafts);
  g_list_store_append (parts, outbox);

  return gtk_tree_list_model_new (G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (parts))),
                                  FALSE, FALSE, folder_children_new, NULL, NULL);
}
