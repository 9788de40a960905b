#include "store-outbox.h"

G_DEFINE_BOXED_TYPE (StoreOutboxItem, store_outbox_item, store_outbox_item_copy,
                     store_outbox_item_free)

void
store_outbox_recipient_free (StoreOutboxRecipient *self)
{
  g_free (self->address);
  g_free (self->text);
  g_free (self);
}

static StoreOutboxRecipient *
copy_recipient (const StoreOutboxRecipient *recipient)
{
  StoreOutboxRecipient *copy = g_memdup2 (recipient, sizeof *recipient);

  copy->address = g_strdup (recipient->address);
  copy->text = g_strdup (recipient->text);
  return copy;
}

StoreOutboxItem *
store_outbox_item_copy (const StoreOutboxItem *self)
{
  StoreOutboxItem *copy = g_memdup2 (self, sizeof *self);

  copy->uuid = g_strdup (self->uuid);
  copy->account_uuid = g_strdup (self->account_uuid);
  copy->identity = g_strdup (self->identity);
  copy->sender = g_strdup (self->sender);
  copy->recipients = g_ptr_array_new_with_free_func ((GDestroyNotify) store_outbox_recipient_free);
  for (guint i = 0; i < self->recipients->len; i++)
    g_ptr_array_add (copy->recipients, copy_recipient (self->recipients->pdata[i]));
  copy->message_id = g_strdup (self->message_id);
  copy->subject = g_strdup (self->subject);
  copy->to_text = g_strdup (self->to_text);
  copy->error_class = g_strdup (self->error_class);
  copy->error_text = g_strdup (self->error_text);
  copy->sent_folder_uuid = g_strdup (self->sent_folder_uuid);
  copy->answered_folder_uuid = g_strdup (self->answered_folder_uuid);
  return copy;
}

void
store_outbox_item_free (StoreOutboxItem *self)
{
  g_free (self->uuid);
  g_free (self->account_uuid);
  g_free (self->identity);
  g_free (self->sender);
  g_clear_pointer (&self->recipients, g_ptr_array_unref);
  g_free (self->message_id);
  g_free (self->subject);
  g_free (self->to_text);
  g_free (self->error_class);
  g_free (self->error_text);
  g_free (self->sent_folder_uuid);
  g_free (self->answered_folder_uuid);
  g_free (self);
}
