#pragma once

#include "account-settings.h"
#include "store-folder.h"

G_BEGIN_DECLS

/* A mailbox as LIST named it, and what it is found to be for. */
typedef struct
{
  const char *name;         /* wire name */
  const char *display_name; /* the whole name, UTF-8 */
  char delimiter;
  gboolean is_selectable;
  StoreSpecialUse said; /* by the server */
  StoreSpecialUse use;  /* (out) */
} SyncRoleCandidate;

StoreSpecialUse sync_role_guess  (const char         *leaf);
void            sync_roles_find  (SyncRoleCandidate  *candidates,
                                  guint               n_candidates,
                                  AccountSettings    *settings);

G_END_DECLS
