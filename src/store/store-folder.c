#include "store-folder.h"

G_DEFINE_BOXED_TYPE (StoreFolder, store_folder, store_folder_copy, store_folder_free)

StoreFolder *
store_folder_copy (const StoreFolder *self)
{
  StoreFolder *copy = g_memdup2 (self, sizeof *self);

  copy->account_uuid = g_strdup (self->account_uuid);
  copy->uuid = g_strdup (self->uuid);
  copy->name = g_strdup (self->name);
  copy->display_name = g_strdup (self->display_name);
  copy->mailbox_id = g_strdup (self->mailbox_id);
  return copy;
}

void
store_folder_free (StoreFolder *self)
{
  g_free (self->account_uuid);
  g_free (self->uuid);
  g_free (self->name);
  g_free (self->display_name);
  g_free (self->mailbox_id);
  g_free (self);
}

/**
 * store_folder_is_selectable:
 *
 * Returns: whether it can hold messages
 */
gboolean
store_folder_is_selectable (const StoreFolder *self)
{
  return (self->attributes & (STORE_FOLDER_NO_SELECT | STORE_FOLDER_NON_EXISTENT)) == 0;
}
