#include "store-message.h"

G_DEFINE_BOXED_TYPE (StoreRow, store_row, store_row_copy, store_row_free)
G_DEFINE_BOXED_TYPE (StoreMessage, store_message, store_message_copy, store_message_free)

static StoreAddressList *
copy_list (const StoreAddressList *list)
{
  return list == NULL ? NULL : store_address_list_copy (list);
}

StoreRow *
store_row_copy (const StoreRow *self)
{
  StoreRow *copy = g_memdup2 (self, sizeof *self);

  copy->keywords = g_strdup (self->keywords);
  copy->message_id = g_strdup (self->message_id);
  copy->from = copy_list (self->from);
  copy->to = copy_list (self->to);
  copy->subject = g_strdup (self->subject);
  copy->preview = g_strdup (self->preview);
  return copy;
}

void
store_row_free (StoreRow *self)
{
  g_free (self->keywords);
  g_free (self->message_id);
  g_clear_pointer (&self->from, store_address_list_free);
  g_clear_pointer (&self->to, store_address_list_free);
  g_free (self->subject);
  g_free (self->preview);
  g_free (self);
}

StoreMessage *
store_message_copy (const StoreMessage *self)
{
  StoreMessage *copy = g_memdup2 (self, sizeof *self);

  copy->row = store_row_copy (self->row);
  copy->server_keywords = g_strdup (self->server_keywords);
  copy->email_id = g_strdup (self->email_id);
  copy->thread_id = g_strdup (self->thread_id);
  copy->sender = copy_list (self->sender);
  copy->reply_to = copy_list (self->reply_to);
  copy->cc = copy_list (self->cc);
  copy->bcc = copy_list (self->bcc);
  copy->in_reply_to = g_strdupv (self->in_reply_to);
  copy->references = g_strdupv (self->references);
  copy->list_id = g_strdup (self->list_id);
  copy->list_unsubscribe = g_strdup (self->list_unsubscribe);
  copy->list_unsubscribe_post = g_strdup (self->list_unsubscribe_post);
  copy->content_type = g_strdup (self->content_type);
  copy->authentication_results = g_strdup (self->authentication_results);
  copy->structure = g_strdup (self->structure);
  return copy;
}

void
store_message_free (StoreMessage *self)
{
  g_clear_pointer (&self->row, store_row_free);
  g_free (self->server_keywords);
  g_free (self->email_id);
  g_free (self->thread_id);
  g_clear_pointer (&self->sender, store_address_list_free);
  g_clear_pointer (&self->reply_to, store_address_list_free);
  g_clear_pointer (&self->cc, store_address_list_free);
  g_clear_pointer (&self->bcc, store_address_list_free);
  g_strfreev (self->in_reply_to);
  g_strfreev (self->references);
  g_free (self->list_id);
  g_free (self->list_unsubscribe);
  g_free (self->list_unsubscribe_post);
  g_free (self->content_type);
  g_free (self->authentication_results);
  g_free (self->structure);
  g_free (self);
}

void
store_recipient_free (StoreRecipient *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

/**
 * store_list_entry_compare:
 *
 * The order of every list: the newest first, and where two are of the same second, by id.
 *
 * Returns: less than, equal to or greater than 0
 */
int
store_list_entry_compare (const StoreListEntry *a,
                          const StoreListEntry *b)
{
  if (a->sort_date != b->sort_date)
    return a->sort_date > b->sort_date ? -1 : 1;
  if (a->location != b->location)
    return a->location < b->location ? -1 : 1;
  return 0;
}
