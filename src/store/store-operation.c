#include "store-operation.h"

StoreOperation *
store_operation_copy (const StoreOperation *self)
{
  StoreOperation *copy = g_memdup2 (self, sizeof *self);

  copy->account_uuid = g_strdup (self->account_uuid);
  copy->folder_uuid = g_strdup (self->folder_uuid);
  copy->message_id = g_strdup (self->message_id);
  copy->add_keywords = g_strdup (self->add_keywords);
  copy->remove_keywords = g_strdup (self->remove_keywords);
  copy->before_keywords = g_strdup (self->before_keywords);
  copy->target_folder_uuid = g_strdup (self->target_folder_uuid);
  copy->answer = g_strdup (self->answer);
  return copy;
}

void
store_operation_free (StoreOperation *self)
{
  g_free (self->account_uuid);
  g_free (self->folder_uuid);
  g_free (self->message_id);
  g_free (self->add_keywords);
  g_free (self->remove_keywords);
  g_free (self->before_keywords);
  g_free (self->target_folder_uuid);
  g_free (self->answer);
  g_free (self);
}

void
store_work_free (StoreWork *self)
{
  g_free (self->account_uuid);
  g_free (self->folder_uuid);
  g_free (self->add_keywords);
  g_free (self->remove_keywords);
  g_free (self->target_folder_uuid);
  g_clear_pointer (&self->uids, g_array_unref);
  g_clear_pointer (&self->operations, g_array_unref);
  g_free (self);
}
