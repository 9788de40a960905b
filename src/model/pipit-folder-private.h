#pragma once

#include "pipit-folder.h"

#include "store-folder.h"

G_BEGIN_DECLS

/* What one query reads of a folder. */
typedef struct
{
  StoreFolder *row; /* (owned) */
  StoreFolderCounts counts;
  gint64 n_waiting; /* operations on their way to the server */
} PipitFolderFacts;

void             pipit_folder_facts_free     (PipitFolderFacts *facts);

PipitFolder     *pipit_folder_new            (PipitAccount     *account,
                                              gint64            id);
PipitFolder     *pipit_folder_new_virtual    (PipitFolderRole   role);
void             pipit_folder_take_facts     (PipitFolder      *self,
                                              PipitFolderFacts *facts);
void             pipit_folder_set_counts     (PipitFolder      *self,
                                              guint             unread,
                                              guint             total);
void             pipit_folder_set_place      (PipitFolder      *self,
                                              const char       *name,
                                              const char       *path);
void             pipit_folder_update_status  (PipitFolder      *self);
const StoreFolder *pipit_folder_get_row      (PipitFolder      *self);
GListStore      *pipit_folder_ensure_children (PipitFolder     *self);
void             pipit_folder_drop_children  (PipitFolder      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PipitFolderFacts, pipit_folder_facts_free)

G_END_DECLS
