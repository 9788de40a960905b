#pragma once

#include "pipit-folder-private.h"

G_BEGIN_DECLS

/* The folders of one account as a tree: special ones first, the rest by name. */
typedef struct _PipitFolderTree PipitFolderTree;

PipitFolderTree *pipit_folder_tree_new     (PipitAccount    *account);
void             pipit_folder_tree_free    (PipitFolderTree *self);

GListModel      *pipit_folder_tree_get_top (PipitFolderTree *self);
void             pipit_folder_tree_update  (PipitFolderTree *self,
                                            GPtrArray       *facts);
PipitFolder     *pipit_folder_tree_find    (PipitFolderTree *self,
                                            gint64           id);
PipitFolder     *pipit_folder_tree_find_role (PipitFolderTree *self,
                                              PipitFolderRole  role);
void             pipit_folder_tree_foreach (PipitFolderTree *self,
                                            GFunc            func,
                                            gpointer         user_data);

G_END_DECLS
